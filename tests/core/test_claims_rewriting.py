"""Sentences without some of their claims, and sentences that need no other before them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.claims import Passage
from core.claims.editing import edited
from core.claims.reading import read
from core.claims.rewriting import name_edits, without


def standalone(reading, index):
    """The sentence with names for the pronouns that only its predecessors explain."""
    sentence = reading.sentences[index]
    return edited(sentence, [], name_edits(reading, index))[0].text


def cut(text: str, *, subject: str, value: str = "", kind: str = "") -> str:
    (reading,) = read([Passage(text)])
    false = {
        i
        for i, c in enumerate(reading.claims)
        if c.subject == subject and (not value or c.value == value) and (not kind or c.kind == kind)
    }
    assert false, reading.claims
    return without(reading.sentences[0], reading.claims, false)[0]


@pytest.mark.parametrize(
    ("text", "which", "left"),
    [
        (
            "A woman in a red coat is sitting on a bench.",
            {"subject": "coat", "value": "red"},
            "A woman in a coat is sitting on a bench.",
        ),
        (
            "There is an old red car in front of a house.",
            {"subject": "car", "value": "old"},
            "There is a red car in front of a house.",
        ),
        (
            "A man is walking, his dog looking up at him.",
            {"subject": "dog", "kind": "object"},
            "A man is walking.",
        ),
        (
            "She is holding a cup, a book, and an apple.",
            {"subject": "apple"},
            "She is holding a cup and a book.",
        ),
        (
            "She is holding a cup, a book, and an apple.",
            {"subject": "cup"},
            "She is holding a book and an apple.",
        ),
        (
            "A man and a woman are walking.",
            {"subject": "woman", "kind": "object"},
            "A man is walking.",
        ),
        (
            "In the background, there are trees and a building.",
            {"subject": "tree"},
            "In the background, there is a building.",
        ),
        (
            "A cat is lying on a table next to a laptop, which is open.",
            {"subject": "laptop", "kind": "object"},
            "A cat is lying on a table.",
        ),
        (
            "There is a car parked in front of a house.",
            {"subject": "house"},
            "There is a car parked.",
        ),
        (
            "A large dining table is in the center of the picture.",
            {"subject": "dining table", "kind": "place"},
            "There is a large dining table.",
        ),
        ("A cat sleeps.", {"subject": "cat", "value": "sleep"}, ""),
        ("A printer is located next to the desk.", {"subject": "desk"}, "There is a printer."),
        ("A lighthouse stands on a hill.", {"subject": "hill"}, "There is a lighthouse."),
        (
            "On the table, there are a mug and a pair of scissors.",
            {"subject": "scissors"},
            "On the table, there is a mug.",
        ),
    ],
)
def test_a_sentence_loses_its_false_claim_and_no_more(text, which, left):
    assert cut(text, **which) == left


def test_a_true_claim_that_goes_with_a_false_one_is_reported():
    (reading,) = read([Passage("A woman in a red coat is sitting on a bench.")])
    false = {i for i, c in enumerate(reading.claims) if c.kind == "object" and c.subject == "coat"}
    text, lost = without(reading.sentences[0], reading.claims, false)
    assert text == "A woman is sitting on a bench."
    assert {(reading.claims[i].kind, reading.claims[i].value) for i in lost} == {
        ("attribute", "red"),
        ("relation", "wear"),
    }


@pytest.mark.parametrize(
    ("text", "index", "alone"),
    [
        (
            "A woman is sitting on a bench. She is reading a book.",
            1,
            "The woman is reading a book.",
        ),
        ("A woman is sitting on a bench. Her coat is red.", 1, "The woman's coat is red."),
        ("A black dog lies on a rug. It is asleep.", 1, "The dog is asleep."),
        ("A man and a woman walk. They are smiling.", 1, "The man and the woman are smiling."),
        ("A woman holds her hat.", 0, "A woman holds her hat."),
    ],
)
def test_a_sentence_that_stands_alone_names_its_things(text, index, alone):
    (reading,) = read([Passage(text)])
    assert standalone(reading, index) == alone


_WHO = st.sampled_from(
    [
        "A woman",
        "Two men",
        "The old man on the left",
        "A brown dog",
        "A man and a woman",
        "Several people",
        "She",
        "They",
    ]
)
_DOES = st.sampled_from(
    ["is sitting", "are holding a cup, a book and an umbrella", "is wearing a red and white jacket", "walks past a parked car",
     "appears to be looking at a phone", "is covered in snow", "stands next to an orange bus that is empty", "is not smiling"]
)  # fmt: skip
_WHERE = st.sampled_from(
    ["", " on a wooden bench", " in the foreground", " in a kitchen", " near an old tree, with a bag beside it",
     ", possibly waiting for a bus", " while its owner, a tall man, is reading a newspaper", ' under a sign that reads "OPEN"']
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(_WHO, _DOES, _WHERE), min_size=1, max_size=3), st.data())
def test_rewriting_leaves_sentences(parts, data):
    caption = " ".join(f"{who} {does}{where}." for who, does, where in parts)
    (reading,) = read([Passage(caption)])
    for number, sentence in enumerate(reading.sentences):
        claims = [c for c in reading.claims if c.sentence == number]
        for a, b in (span for c in claims for span in c.spans):
            assert 0 <= a < b <= len(sentence.text)
        for a, b, thing in sentence.mentions:
            assert 0 <= a < b <= len(sentence.text) and thing < len(reading.things)
        assert without(sentence, claims, ()) == (sentence.text, set())
        if not claims:
            continue
        false = data.draw(st.sets(st.integers(0, len(claims) - 1), min_size=1))
        text, lost = without(sentence, claims, false)
        assert not lost & false
        for result in (text, standalone(reading, number)):
            if result:
                assert re.search(r"[.!?][\"”’']?$", result)
                assert not re.search(
                    r",\s*,|\s\s|\s[,.]|\b(?:and|with|a|an|the|in|on|of)\s*[.]$", result
                ), result
                assert not result[0].islower()


def test_people_before_it_in_the_sentence_do_not_explain_an_it():
    [reading] = read([Passage("A blue bus is parked. Three people walk in front of it.")])
    assert standalone(reading, 1) == "Three people walk in front of the bus."
    [reading] = read([Passage("A bus is parked. A watering can lies on its side.")])
    assert standalone(reading, 1) == "A watering can lies on its side."


def test_it_is_named_where_a_plural_of_its_sentence_cannot_explain_it():
    [reading] = read([Passage("A fox sits under a mushroom. Small snails crawl around it.")])
    edits = name_edits(reading, 1)
    assert [new for _, _, new in edits] == ["the fox"]
