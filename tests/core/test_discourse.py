"""How a sentence reads after its subject was introduced."""

import pytest

from core.discourse import introduced_before


def test_a_known_thing_is_told_with_its_place():
    said = "Next to the board, there is the white bowl."
    assert introduced_before(said) == "The white bowl is next to the board."


@pytest.mark.parametrize(
    "said",
    ["There is the facade of an old building.", "There is the frame of a painting."],
)
def test_a_noun_in_ing_is_no_participle(said):
    assert introduced_before(said) == said
