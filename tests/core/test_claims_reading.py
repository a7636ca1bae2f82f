"""Reading captions into claims, and rewriting sentences without some of them.

The captions are written in the manner of LLaVA, Qwen-VL, GPT-4o, Claude and Florence-2.
"""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.claims import STATEMENT, Passage
from core.claims.reading import SyntaxReader, is_english, read
from core.claims.rewriting import name_edits, without
from core.models.offline import spacy_english
from core.regions import Box

UPPER_RIGHT = Box(0.5, 0.0, 1.0, 0.5)


def said(text: str, **how) -> set[tuple[str, str, str, str]]:
    """(kind, subject, value, object) of the claims of a caption."""
    (reading,) = read([Passage(text, **how)])
    return {(c.kind, c.subject, c.value, c.object) for c in reading.claims}


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        # with-phrases, clothing, posture and place of a person
        (
            "A woman in a red coat is sitting on a bench.",
            {
                ("object", "woman", "", ""),
                ("object", "coat", "", ""),
                ("attribute", "coat", "red", ""),
                ("relation", "woman", "wear", "coat"),
                ("object", "bench", "", ""),
                ("action", "woman", "sit", ""),
                ("relation", "woman", "on", "bench"),
            },
        ),
        # an absolute construction, and whose dog it is
        (
            "A woman is reading a book, her small dog looking up at her.",
            {
                ("relation", "woman", "read", "book"),
                ("attribute", "dog", "small", ""),
                ("relation", "dog", "look at", "woman"),
            },
        ),
        # two colours are one value; a compound is one thing
        (
            "A red and white bus stops at a traffic light.",
            {("attribute", "bus", "red and white", ""), ("object", "traffic light", "", "")},
        ),
        # passive is active
        ("A dog is being walked by an old man.", {("relation", "man", "walk", "dog")}),
        # joined subjects and objects
        (
            "A man and a woman are holding a cup and an umbrella.",
            {("relation", "man", "hold", "cup"), ("relation", "woman", "hold", "umbrella")},
        ),
        # a plain sentence whose verb looks like a noun
        ("A dog runs.", {("action", "dog", "run", "")}),
        ("The door of the house is closed.", {("attribute", "door", "closed", "")}),
        (
            "A light brown cat rides on a bus.",
            {("attribute", "cat", "light brown", ""), ("action", "cat", "ride", "")},
        ),
        ("A boat sails.", {("action", "boat", "sail", "")}),
        # numbers, and members of a counted group
        (
            "There are two individuals, a man and a woman, standing side by side.",
            {
                ("number", "person", "2", ""),
                ("object", "man", "", ""),
                ("relation", "man", "next to", "woman"),
            },
        ),
        # text
        (
            'A sign above the door reads "CAFE LUNA."',
            {("text", "sign", "CAFE LUNA", ""), ("relation", "sign", "above", "door")},
        ),
        (
            'The words "Fresh Fish" are written on a chalkboard.',
            {("text", "chalkboard", "Fresh Fish", "")},
        ),
        ("A bus labelled 42 waits at the stop.", {("text", "bus", "42", "")}),
        # scenes
        ("The image shows a busy street market on a sunny day.", {("weather", "sunny")}),
        ("It is snowing.", {("weather", "snow")}),
        (
            "The setting appears to be a train station at night.",
            {("setting", "train station"), ("time", "night")},
        ),
        # fragments and lists
        (
            "A man riding a brown horse on a dirt road.",
            {("relation", "man", "ride", "horse"), ("attribute", "road", "dirt", "")},
        ),
        ("- **Sky:** blue, with few clouds", {("attribute", "sky", "blue", "")}),
    ],
)
def test_claims_of_a_sentence(text, claims):
    found = said(text)
    scenes = {(subject, value) for kind, subject, value, _ in found if kind == "scene"}
    missing = {c for c in claims if c not in (scenes if len(c) == 2 else found)}
    assert not missing, sorted(found)


@pytest.mark.parametrize(
    ("text", "pronoun_claim"),
    [
        (
            "A seagull is perched on a post. The bird is casting a shadow.",
            ("relation", "seagull", "cast", "shadow"),
        ),
        (
            "An old man and a young woman sit on a bench. He is leaning over a board.",
            ("relation", "man", "lean over", "board"),
        ),
        (
            "A black dog lies on a rug. It is wearing a red harness.",
            ("relation", "dog", "wear", "harness"),
        ),
        (
            "A woman stands at a counter next to a car. She holds a knife.",
            ("relation", "woman", "hold", "knife"),
        ),
        (
            "Two riders sit on horses. Both are wearing helmets.",
            ("relation", "rider", "wear", "helmet"),
        ),
    ],
)
def test_pronouns_and_general_words_go_back_to_their_thing(text, pronoun_claim):
    (reading,) = read([Passage(text)])
    claim = next(
        c for c in reading.claims if (c.kind, c.subject, c.value, c.object) == pronoun_claim
    )
    assert claim.sentence == 1
    assert claim.thing == next(
        c.thing
        for c in reading.claims
        if c.kind == "object" and c.sentence == 0 and c.subject == claim.subject
    )
    assert not re.search(r"\b(?:he|she|it|they|both)\b", claim.text, re.IGNORECASE)


def test_the_man_on_the_left_is_not_the_man_on_the_right():
    (reading,) = read(
        [
            Passage(
                "Two men stand on a street. The man on the left wears a hat. The man on the right holds a bag."
            )
        ]
    )
    wears = next(c for c in reading.claims if c.value == "wear")
    holds = next(c for c in reading.claims if c.value == "hold")
    assert wears.thing != holds.thing
    assert reading.things[wears.thing].place == "left"
    assert "on the left" in wears.text and "on the right" in holds.text


@pytest.mark.parametrize(
    "text",
    [
        "A bird, possibly a gull, sits on a post.",
        "The man appears to be smiling.",
        "The floor seems wet.",
        "The woman might be waiting.",
    ],
)
def test_guesses_are_hedged_and_have_a_firm_wording(text):
    (reading,) = read([Passage(text)])
    hedged = [c for c in reading.claims if c.hedged]
    assert hedged
    for claim in hedged:
        assert claim.firm and claim.firm != claim.text
        assert not re.search(r"\b(?:appear|seem|may)", claim.firm)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("There are no people in the image.", "person"),
        ("A street with no cars.", "car"),
        ("A bowl without a spoon stands on the table.", "spoon"),
        ("There is no one on the street.", "person"),
    ],
)
def test_denials(text, subject):
    (reading,) = read([Passage(text)])
    assert [c.subject for c in reading.claims if c.negated] == [subject]
    assert next(c.text for c in reading.claims if c.negated).startswith("There ")


def test_a_refusal_in_front_costs_only_itself():
    (reading,) = read(
        [Passage("I can't identify the person, but the woman is wearing a green dress.")]
    )
    assert ("relation", "woman", "wear", "dress") in {
        (c.kind, c.subject, c.value, c.object) for c in reading.claims
    }
    assert any("identify" in n for n in reading.not_claims)
    assert reading.sentences[0].text == "The woman is wearing a green dress."


def test_a_caption_cut_off_makes_no_claims_of_its_broken_end():
    (reading,) = read([Passage("A dog lies on a rug. Next to it there is a red", cut=True)])
    assert [s.complete for s in reading.sentences] == [True, False]
    assert all(c.sentence == 0 for c in reading.claims)


def test_a_model_in_a_loop_is_read_once():
    (reading,) = read([Passage("A dog runs. " + "The dog is brown. " * 40)])
    assert len(reading.sentences) == 2


@pytest.mark.parametrize(
    "text",
    [
        "画面左侧,一位女摊主正在烤羊肉串。她身后挂着灯笼。",
        "고양이가 창가에 앉아 있다.",
        "Ein Hund läuft über die Wiese.",
    ],
)
def test_other_languages_are_read_by_sentences(text):
    assert not is_english(text)
    (reading,) = read([Passage(text)])
    assert reading.claims and {c.kind for c in reading.claims} == {STATEMENT}
    assert "".join(s.text for s in reading.sentences).replace(" ", "") == text.replace(" ", "")


def test_without_spacy_a_sentence_is_a_claim_and_the_command_is_told(monkeypatch):
    monkeypatch.setattr(spacy_english, "installed", lambda: False)
    (reading,) = read([Passage("The image shows a dog. It runs.")])
    assert {c.kind for c in reading.claims} == {STATEMENT}
    assert reading.notes == (spacy_english.MISSING,)
    assert "python -m pip install spacy" in reading.notes[0]


def test_what_claims_nothing_leaves_the_sentence():
    (reading,) = read(
        [Passage("The image captures a lively street with a charming cafe, giving it a cozy feel.")]
    )
    assert reading.sentences[0].text == "There is a street with a cafe."
    assert "giving it a cozy feel" in reading.not_claims


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    (reading,) = read([Passage(text, UPPER_RIGHT, cut=True)])
    for claim in reading.claims:
        assert claim.text and claim.sentence < len(reading.sentences)


_PIECES = ["the", "of", "and", "red", "dog", ",", ".", '"', "is", "with", "woman", "no", "two", "which", "**", "-", ":", "her", "left", "image", "looks", "8", "\n", "’s", "(", ")"]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40))
def test_any_words_can_be_read(words):
    (reading,) = read([Passage(" ".join(words))])
    for sentence in reading.sentences:
        assert sentence.said
    for number in range(len(reading.sentences)):
        name_edits(reading, number)
        claims = [c for c in reading.claims if c.sentence == number]
        for i in range(len(claims)):
            without(reading.sentences[number], claims, {i})


# -- bounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "the dog runs and " * 60_000,
        " ".join(f"Dog {i} runs." for i in range(10_000)),
        "(" * 50_000 + "a dog" + ")" * 50_000,
    ],
    ids=["a megabyte", "ten thousand sentences", "deep nesting"],
)
def test_a_caption_without_end_is_cut_with_a_note(text):
    read([Passage("A dog runs.")])  # the pipeline is loaded
    start = time.process_time()
    (reading,) = read([Passage(text)])
    assert time.process_time() - start < 2
    assert reading.notes and "Only the first" in reading.notes[0]


def test_captions_are_read_in_one_batch_in_their_order():
    texts = ["A dog runs.", "一只猫。", "The image shows a cat.", ""]
    readings = SyntaxReader().read([Passage(t) for t in texts])
    assert [r.claims[0].subject if r.claims else None for r in readings] == ["dog", "", "cat", None]


@pytest.mark.parametrize(
    "text, there, not_there",
    [
        ("A brown horse grazes in a green field.", {"horse", "field"}, set()),
        ("A black dog and a white dog chase a red ball.", {"dog", "ball"}, set()),
        ("A woman holding a transparent umbrella waits to cross.", {"woman", "umbrella"}, set()),
        ("The man is not wearing a hat.", {"man"}, {"hat"}),
        ("Neither of them is wearing a collar.", set(), {"collar"}),
        ("No other objects are present.", set(), {"object"}),
    ],
)
def test_verbs_taken_for_nouns_and_what_is_denied(text, there, not_there):
    [reading] = read([Passage(text)])
    objects = {c.subject for c in reading.claims if c.kind == "object" and not c.negated}
    assert there <= objects and not not_there & objects
    assert not any("zz" in c.text for c in reading.claims)


def _said(text):
    [reading] = read([Passage(text)])
    return {(c.kind, c.subject, c.value, c.object, c.negated) for c in reading.claims}


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("A woman, red coat, two dogs, park bench", {"woman", "coat", "dog", "park bench"}),
        ("A cat, a dog, and a bird are on the sofa.", {"cat", "dog", "bird", "sofa"}),
        (
            "A woman wears a brown leather jacket, a white T-shirt and dark blue jeans.",
            {"woman", "jacket", "shirt", "jeans"},
        ),
        (
            "Passengers on blue benches, a boy in a gray hoodie wearing headphones, a sleeping toddler in a stroller.",
            {"passenger", "bench", "boy", "hoodie", "headphones", "toddler", "stroller"},
        ),
    ],
)
def test_items_of_a_list_are_things_and_no_other_names_of_the_first(text, things):
    said = _said(text)
    assert {subject for kind, subject, *_ in said if kind == "object"} == things
    assert not {v for kind, _, v, *_ in said if kind == "attribute"} & things


def test_colours_stay_with_their_items():
    said = _said("A woman wears a brown leather jacket, a white T-shirt and dark blue jeans.")
    colours = {(s, v) for kind, s, v, *_ in said if kind == "attribute"}
    assert colours == {
        ("jacket", "brown"), ("jacket", "leather"), ("shirt", "white"), ("jeans", "dark blue"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ('The slogan "Drive" runs across the top.', ("text", "slogan", "Drive", "", False)),
        ('The text "KITE" is printed in small letters on the cup.', ("text", "cup", "KITE", "", False)),
        ('A player in a jersey with the number "7" jumps.', ("text", "jersey", "7", "", False)),
        ("**Background:** A tall crane lifts a pipe.", ("place", "crane", "background", "", False)),
        ("The girl wears a school uniform.", ("attribute", "school uniform", "school uniform", "", False)),
        ("A vase with tulips stands there.", ("relation", "tulip", "in", "vase", False)),
        ("The keyboard is not visible.", ("object", "keyboard", "", "", True)),
        ("A sleeping cat lies on a rug.", ("action", "cat", "sleep", "", False)),
        ("There are wine glasses on a table.", ("object", "wine glass", "", "", False)),
    ],
)  # fmt: skip
def test_what_a_phrase_says(text, claim):
    assert claim in _said(text)


@pytest.mark.parametrize("text", ["Traffic lights hang there.", "A cell phone lies on a bed."])
def test_a_compound_of_the_language_says_no_kind(text):
    assert not any(kind == "attribute" for kind, *_ in _said(text))


def test_what_is_about_to_happen_is_no_attribute():
    [reading] = read([Passage("A woman is about to hit a tennis ball.")])
    assert "The woman is hitting a tennis ball." in {c.text for c in reading.claims}
    assert "about" not in {c.value for c in reading.claims}
