"""Sentences that may be used: forms that a cut leaves broken, and fluent ones that look like them."""

from __future__ import annotations

import pytest

from core.candidates import is_broken, is_of_itself


@pytest.mark.parametrize(
    "text",
    [
        "A man opens the on-screen menu.",
        "A woman waits at Gate A.",
        "The flag has three colors: red, white and blue.",
        "There is a lamp on the desk, and a poster can be seen above it.",
        "The bag matches the coat she is wearing.",
    ],
)
def test_fluent_sentences_are_not_broken(text):
    assert not is_broken(text)


@pytest.mark.parametrize(
    "text", ["A dog sits on the of.", "There is a lamp can be seen.", "Objects: a cup, a lamp."]
)
def test_what_no_english_sentence_is(text):
    assert is_broken(text)


def test_an_unseen_face_is_a_detail():
    assert is_of_itself("The rest of the room is not visible.")
    assert not is_of_itself("A man whose face is not visible holds a kite.")
