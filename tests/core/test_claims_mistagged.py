"""Words that the tagger takes for another kind of word, and phrases that the parser hangs on the subject."""

import pytest

from core.claims import Passage
from core.claims.entailment import compare, unsupported
from core.claims.reading import read

pytest.importorskip("spacy")


def said(text: str) -> set[tuple[str, str, str, str]]:
    (reading,) = read([Passage(text)])
    return {(c.kind, c.subject, c.value, c.object) for c in reading.claims if not c.negated}


@pytest.mark.parametrize(
    ("text", "claims", "wrong"),
    [
        (
            "The headphones have ear cushions of brown leather.",
            {("relation", "headphones", "have", "ear cushion")},
            {("relation", "headphones", "ear", "cushion")},
        ),
        (
            "Two children kick a ball in the middle of a street lined with houses.",
            {("relation", "house", "line", "street")},
            {("relation", "house", "line", "child")},
        ),
        (
            "A man with short gray hair and a trimmed beard stands before a brick wall.",
            {("attribute", "beard", "trimmed", ""), ("action", "man", "stand", "")},
            {("relation", "beard", "before", "wall")},
        ),
        (
            "She wears a white turtleneck under a corduroy blazer.",
            {("relation", "turtleneck", "under", "blazer")},
            {("relation", "person", "under", "blazer")},
        ),
        (
            "The shops are closed, and in front of the musician is a hat with some coins.",
            {("relation", "hat", "in front of", "musician")},
            {("relation", "shop", "in front of", "musician"), ("attribute", "shop", "hat", "")},
        ),
        (
            "Blueberries and a slice of butter crown the four pancakes on a plate.",
            {("relation", "blueberry", "crown", "pancake"), ("number", "pancake", "4", "")},
            {("object", "butter crown", "", "")},
        ),
        (
            "A red scarf is worn by the older man.",
            {("relation", "man", "wear", "scarf")},
            set(),
        ),
        (
            "A person is cooking, wearing a t-shirt under an apron and a gray hat.",
            {("relation", "shirt", "under", "apron"), ("relation", "person", "wear", "hat")},
            {("relation", "shirt", "under", "hat")},
        ),
        (
            "Several pedestrians are on the sidewalk wearing casual attire.",
            {("relation", "pedestrian", "wear", "attire")},
            {("relation", "sidewalk", "wear", "attire")},
        ),
        (
            "The ground is wet.",
            {("attribute", "ground", "wet", "")},
            {("object", "ground", "", "")},
        ),
        (  # who does it is not whom it is done to
            "The mother carries the child on her back.",
            {("relation", "mother", "carry", "child"), ("relation", "child", "on", "back")},
            set(),
        ),
    ],
)
def test_each_phrase_is_said_of_its_own_noun(text, claims, wrong):
    found = said(text)
    assert claims <= found
    assert not wrong & found


def test_lights_that_are_on_and_off():
    none, off, on = read(
        [
            Passage("None of the lights are on."),
            Passage("All of the lights are switched off."),
            Passage("The lights are on."),
        ]
    )
    assert compare(none, off) == "equivalent"
    assert compare(none, on) == "contradiction"


def test_exchanged_roles_do_not_follow():
    facts, same, turned = read(
        [
            Passage("The mother carries the child on her back."),
            Passage("The child is carried by the mother."),
            Passage("The mother is carried by the child."),
        ]
    )
    assert not unsupported(facts, same)
    assert unsupported(facts, turned)
