"""What is said of all things of a kind ("all of the lanterns", "both windows") is true of each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import NUMBER, OBJECT, PLACE, lexicon
from .comparison import a_kind, called
from .thing_index import ThingIndex

_BEFORE = re.compile(
    r"\b(?:all|both|each|every|none|neither)(?: (?:of|the|these|those|two|three|four|five|six))*$"
)
_AFTER = re.compile(r"^ (?:(?:are|were|have) )?(?:all|both)\b")


def universal(known: ThingIndex) -> set[int]:
    """Return the things of which the text speaks as all of their kind."""
    found = set()
    for sentence in known.reading.sentences:
        text = sentence.text.lower()
        for start, end, thing in sentence.mentions:
            words = text[start:end].split()
            before = f"{text[:start]}{' '.join(words[:-1])}".rstrip()
            if _BEFORE.search(before) or _AFTER.search(text[end:]):
                found.add(thing)
    return found


def instances(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> dict[int, int]:
    """Return the single, definite things of h that are among all things of a kind of which p speaks -> that thing of
    p.
    """
    found = {}
    for i in universal(p):
        head = p.reading.things[i].head
        for j, thing in enumerate(h.reading.things):
            if (
                thing.definite
                and thing.number == 1
                and j not in universal(h)
                and alignment.get(j, i) == i
                and a_kind(called(thing), head)
                and not lexicon.is_kind(head, "garment")
            ):
                found[j] = i
    return found


def names_instance(claim, found: Mapping[int, int]) -> bool:
    """Return whether a claim only says which of all is meant, or that it is there."""
    return claim.thing in found and claim.kind in (OBJECT, PLACE, NUMBER) and not claim.negated
