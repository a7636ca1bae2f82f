"""Words of a sentence that none of its claims accounts for: what was not understood was not checked either."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from . import STATEMENT, Claim, Thing, lexicon
from .english_words import COLOUR_NOUNS, GROUPS, INFER, LOCATED

# Words that add nothing that can be true or false where a place or a relation is claimed: verbs of being somewhere,
# of showing and of having on; nouns of measure and of writing.
LIGHT = frozenset(
    "stand sit lie rest run place position locate situate display hang mount put set arrange find feature show "
    "depict appear seem dress wear hold have contain include visible pair word letter lettering number text group "
    "row stack set piece kind type area side part front back top bottom second other another image picture photo "
    "scene view background foreground distance nearby close upright scattered filled day crowd".split()
)
NOTHING = (
    LIGHT
    | GROUPS
    | LOCATED
    | INFER
    | COLOUR_NOUNS
    | frozenset("individual item object element adorn be corner colored coloured subject".split())
)
_SHORTEST = 3  # letters; shorter words are function words or endings


@cache
def _function_words() -> frozenset[str]:
    from spacy.lang.en.stop_words import STOP_WORDS

    return frozenset(STOP_WORDS)


def unclaimed_words(text: str, claims: Sequence[Claim], things: Sequence[Thing]) -> list[str]:
    """Return the content words of an English text that are in none of its claims, nor in the names of their
    things.

    Inflected forms count as the same word; adverbs of manner ("comfortably") claim nothing that is checked. Empty
    where the text is a claim as it stands.
    """
    if any(claim.kind == STATEMENT for claim in claims):
        return []
    known = set()
    for claim in claims:
        named = [things[t] for t in (claim.thing, claim.other) if t >= 0]
        known |= _words(f"{claim.text} {claim.subject} {claim.value} {claim.object}")
        known |= _words(" ".join(word for t in named for word in (t.name, *t.heads)))
    return [word for word in content_words(text) if not any(alike(word, other) for other in known)]


def share_unclaimed(text: str, claims: Sequence[Claim], things: Sequence[Thing]) -> float:
    """Return the share (0 to 1) of a text's content words that are in none of its claims."""
    return len(unclaimed_words(text, claims, things)) / max(1, len(content_words(text)))


def content_words(text: str) -> list[str]:
    """Return the words of an English text that say something that can be true or false, sorted."""
    return [
        word
        for word in sorted(_words(text) - _function_words())
        if len(word) >= _SHORTEST
        and not word.endswith("ly")
        and not {word, lexicon.lemma(word), lexicon.singular(word)} & NOTHING
    ]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text.lower()))


def alike(a: str, b: str) -> bool:
    """Return whether two words may be forms of one: "rides" and "riding"."""
    if a == b or lexicon.lemma(a) == lexicon.lemma(b):
        return True
    shared = max(4, min(len(a), len(b)) - 3)
    return abs(len(a) - len(b)) <= 4 and a[:shared] == b[:shared]
