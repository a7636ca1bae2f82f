"""What a text names: for detectors that are told what to find, and for matching their labels."""

from __future__ import annotations

from collections.abc import Sequence

from . import OBJECT, Passage, Reading, lexicon
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
