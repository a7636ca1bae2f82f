"""What a writer wrote, checked against what was kept; written as language models write."""

import re

import pytest

from core.caption_check import check, without_doubled
from core.claims import Passage
from core.claims.reading import SyntaxReader
from core.models import LENGTH, Completion

READER = SyntaxReader()
WOMAN = (
    "A woman is sitting on a wooden bench. She wears a red coat. A small brown dog is next to her. "
    "There are trees in the background."
)
MAN = "A man is standing at a bus stop. He wears a blue jacket and holds a black umbrella."


def checked(facts, text, finish="stop"):
    [reading] = READER.read([Passage(facts)])
    return check(Completion(text, finish), reading, READER)


@pytest.mark.parametrize(
    "facts, text",
    [
        (WOMAN, "A woman in a red coat sits on a wooden bench with a small brown dog beside her."),
        (WOMAN, "Seated on a wooden bench is a woman wearing a red coat."),
        (WOMAN, "Trees can be seen in the background."),
        (MAN, "A man in a blue jacket is standing at a bus stop, holding a black umbrella."),
        (MAN, "A person with a black umbrella stands at a bus stop."),
    ],
)
def test_what_follows_is_kept(facts, text):
    found = checked(facts, text)
    assert " ".join(found.sentences) == text and not found.removed


@pytest.mark.parametrize(
    "facts, text, gone",
    [
        (WOMAN, "A man is sitting on a bench.", "man"),
        (WOMAN, "A woman in a green coat sits on a wooden bench.", "green"),
        (WOMAN, "A woman in a red coat sits on a wooden bench, reading a newspaper.", "newspaper"),
        (WOMAN, "Two small brown dogs are next to the woman.", "Two"),
        (MAN, "A man holds a black umbrella in the rain.", "rain"),
        (MAN, "A young man in a blue jacket stands at a bus stop.", "young"),
    ],
)
def test_what_does_not_follow_is_cut_out(facts, text, gone):
    found = checked(facts, text)
    assert gone.lower() not in " ".join(found.sentences).lower()
    assert found.removed


def test_the_rest_of_a_sentence_stays():
    found = checked(WOMAN, "A woman in a green coat sits on a wooden bench.")
    assert "sits on a wooden bench" in " ".join(found.sentences)


def test_headings_lead_ins_and_moods_go():
    found = checked(
        MAN,
        "Here is the description:\n\nA man in a blue jacket stands at a bus stop. The scene conveys a sense of "
        "loneliness and quiet anticipation.",
    )
    assert list(found.sentences) == ["A man in a blue jacket stands at a bus stop."]
    assert len(found.removed) >= 2


def test_what_was_removed_is_listed_once():
    found = checked(
        WOMAN,
        "A woman in a red coat sits on a wooden bench. Overall, the mood is calm. A horse gallops.",
    )
    words = [" ".join(re.findall(r"\w+", text.lower())) for text in found.removed]
    assert "the mood is calm" in words and any("horse" in text for text in words)
    assert not any(a in b for a in words for b in words if a is not b)


def test_an_answer_that_was_cut_off_does_not_end_in_mid_sentence():
    found = checked(
        WOMAN, "A woman in a red coat sits on a wooden bench. Next to her, a small bro", LENGTH
    )
    assert list(found.sentences) == ["A woman in a red coat sits on a wooden bench."]


def test_what_was_left_out_is_missing():
    [facts] = READER.read([Passage(WOMAN)])
    found = check(Completion("A woman in a red coat sits on a wooden bench."), facts, READER)
    missing = {facts.claims[i].text for i in found.missing}
    assert any("dog" in text for text in missing) and any("tree" in text for text in missing)
    assert not any("coat" in text for text in missing)


def test_of_a_text_of_which_nothing_follows_nothing_is_left():
    found = checked(WOMAN, "A plane is landing on a runway.")
    assert found.sentences == () and len(found.missing) > 5


def test_words_of_the_facts_stay_though_no_rule_reads_them():
    facts = "The ground is wet. Natural light is coming in from the windows of a church."
    found = checked(facts, "Natural light is coming in from the windows. The ground is wet.")
    assert "coming in from the windows" in " ".join(found.sentences)
    assert "ground is wet" in " ".join(found.sentences)


def test_a_thing_that_the_facts_name_nowhere_goes_though_no_claim_names_it():
    found = checked(WOMAN, "A woman sits on a wooden bench like a queen on her throne.")
    assert "throne" not in " ".join(found.sentences)


def test_an_added_sentence_replaces_what_it_contains():
    short, full = "A woman sits on a bench.", "A woman in a red coat is sitting on a wooden bench."
    assert without_doubled([short, "Trees are in the background."], [full], READER) == [
        "Trees are in the background.",
        full,
    ]
    assert without_doubled([full], ["A dog is next to her."], READER) == [
        full,
        "A dog is next to her.",
    ]


def test_nobody_stands_next_to_a_man_who_was_made_up():
    found = checked(WOMAN, "A man stands under a tree. Next to him, a woman is sitting on a bench.")
    assert "him" not in " ".join(found.sentences) and "man " not in " ".join(
        found.sentences
    ).replace("woman", "")
