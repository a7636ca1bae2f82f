"""Claims whose own wording is English, and those that a misread word made."""

import pytest

from core.claims import ACTION, ATTRIBUTE, OBJECT, RELATION, Claim
from core.claims.sayable import is_sayable


@pytest.mark.parametrize(
    "claim",
    [
        Claim("There is a macbook.", OBJECT, "macbook"),
        Claim("The bench is wooden.", ATTRIBUTE, "bench", "wooden"),
        Claim("The door is glass.", ATTRIBUTE, "door", "glass"),
        Claim("The player is a boy.", ATTRIBUTE, "player", "boy"),
        Claim("The horse is grazing.", ACTION, "horse", "graze"),
        Claim("The bus is driving.", ACTION, "bus", "drive"),
        Claim("The curtain is hanging.", ACTION, "curtain", "hang"),
        Claim("The cup is on the table.", RELATION, "cup", "on", "table"),
        Claim("The woman has a bag.", RELATION, "woman", "have", "bag"),
    ],
)
def test_said(claim):
    assert is_sayable(claim)


@pytest.mark.parametrize(
    "claim",
    [
        Claim("There is a homey.", OBJECT, "homey"),
        Claim("The kitchen is an itself.", ATTRIBUTE, "kitchen", "itself"),
        Claim("The lace is gown.", ATTRIBUTE, "lace", "gown"),
        Claim("The guitar is a foot.", ATTRIBUTE, "guitar", "foot"),
        Claim("The path is dancing.", ACTION, "path", "dance"),
        Claim("The bat appears to be having.", ACTION, "bat", "have"),
        Claim("The toppings are to the pizza.", RELATION, "topping", "to", "pizza"),
        Claim("The leaves are oning the pizza.", RELATION, "leaf", "on", "pizza"),
        Claim("The visible is on bottles.", RELATION, "visible", "on", "bottle"),
        Claim("The man is over a shirt.", RELATION, "man", "over", "shirt"),
    ],
)
def test_not_said(claim):
    assert not is_sayable(claim)
