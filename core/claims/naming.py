"""What a text names: for detectors that are told what to find, for matching their labels, and as tags."""

from __future__ import annotations

from collections.abc import Sequence

from . import ATTRIBUTE, OBJECT, STATEMENT, Claim, Passage, Reading, lexicon
from .reading import read


def things_named(text: str) -> list[str]:
    """Return the things that a text says are there, by their nouns in the singular, in order.

    Compounds stay whole ("traffic light"). Empty for a text that no reader takes apart.
    """
    [reading] = read([Passage(text)])
    return things_of(reading)


def things_of(reading: Reading) -> list[str]:
    """Return the same of a text that was read already."""
    named = (c.subject for c in reading.claims if c.kind == OBJECT and not c.negated)
    return list(dict.fromkeys(named))


def names_label(named: Sequence[str], label: str) -> bool:
    """Return whether one of the things named is what a detector calls `label`: "woman" is a "person"."""
    return any(lexicon.is_kind(noun, label) for noun in named)


def same_noun(a: str, b: str) -> bool:
    """Return whether two nouns name the same kind of thing, in the singular or the plural."""
    return lexicon.same(a, b)


def tags(text: str) -> list[str]:
    """Return what a text names, each with the attributes that stand before a noun: "white cup", "dining
    table".
    """
    [reading] = read([Passage(text)])
    found = []
    for claim in reading.claims:
        if claim.kind == OBJECT and not claim.negated:
            found.append(" ".join([*_before(text, reading.claims, claim), claim.subject]))
        elif claim.kind == STATEMENT:
            found.append(claim.text.rstrip(".。"))
    return list(dict.fromkeys(found))


def _before(text: str, claims: Sequence[Claim], named: Claim) -> list[str]:
    """Return the attributes of a thing that the text puts right before a noun, as in "white cup"."""
    lower = text.lower()
    values = (
        c.value for c in claims if c.kind == ATTRIBUTE and c.thing == named.thing and not c.negated
    )
    return [v for v in values if " " not in v and f"{v} " in lower and f"{v}." not in lower]
