"""Sentences of several clauses whose parts a small parser takes for each other's."""

import pytest

from core.claims import Passage
from core.claims.reading import read

pytest.importorskip("spacy")


def said(text: str) -> set[tuple[str, str, str, str]]:
    """(kind, subject, value, object) of the claims of a caption."""
    (reading,) = read([Passage(text)])
    return {(c.kind, c.subject, c.value, c.object) for c in reading.claims}


@pytest.mark.parametrize(
    ("text", "claims", "wrong"),
    [
        (  # a second main clause
            "Laundry hangs on lines between the balconies, and colorful houses line the narrow street.",
            {("relation", "line", "between", "balcony"), ("attribute", "house", "colorful", "")},
            {("relation", "line", "between", "house")},
        ),
        (  # an absolute at the end
            "A full moon is in the sky as a girl sits on a rooftop, a black cat beside her.",
            {("attribute", "cat", "black", ""), ("relation", "cat", "beside", "girl")},
            {("attribute", "moon", "black", ""), ("attribute", "moon", "cat", "")},
        ),
        (
            "A man and a woman walk through a vineyard, his arm around her shoulders.",
            {("relation", "arm", "around", "shoulder")},
            {("relation", "man", "around", "shoulder")},
        ),
        (  # an absolute between subject and verb
            "An old man lies in bed while a nurse, her hair tied in a bun, measures his blood pressure.",
            {("relation", "nurse", "measure", "blood pressure"), ("object", "nurse", "", "")},
            {("relation", "hair", "measure", "blood pressure")},
        ),
        (  # an absolute at the beginning
            "Newspaper in its mouth, a retriever walks along the path.",
            {("relation", "newspaper", "in", "mouth")},
            set(),
        ),
    ],
)
def test_clauses_are_kept_apart(text, claims, wrong):
    found = said(text)
    assert claims <= found
    assert not wrong & found


@pytest.mark.parametrize(
    "text",
    [
        "With their legs crossed, a person in jeans, a red shirt and red sneakers sits on a bench.",
        "As a man walks past, a woman and a dog sit on the lawn.",
        "On the table are a cup, a book with a red cover, and an apple.",
    ],
)
def test_lists_are_no_clauses(text):
    (reading,) = read([Passage(text)])
    assert reading.sentences[0].text == text
    assert len({c.subject for c in reading.claims if c.kind == "object"}) >= 3
