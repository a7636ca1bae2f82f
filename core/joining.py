"""Joins predicates and sentences: "is sitting" and "is on a bench" to "is sitting on a bench"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .claims.english_words import COLOURS
from .english import is_plural_form, join_words

PLACES = (
    r"in front|to the left|to the right|on the left|on the right|on top|in|on|at|under|below|above|behind|beside|next to|"
    r"near|between|around|against|along|across|over|by|inside|outside|through|toward|towards|into|onto|down|up|with|from|of|for|to"
)
_LONGEST = 14  # words of two predicates that are joined to one sentence


@dataclass(frozen=True)
class Realized:
    """A sentence in the pack's words.

    Attributes:
        says: the statements that it says, by index.
        things: that it names, the one it is about first.
    """

    text: str
    says: frozenset[int]
    things: tuple[int, ...]


def alike(first: str, second: str) -> bool:
    """Return whether two predicates read well with "and" between them."""
    if len(f"{first} {second}".split()) > _LONGEST:
        return False
    if {is_plural_form(predicate.split()[0]) for predicate in (first, second)} == {True, False}:
        return False
    if _DOING.match(first) and _THERE.match(second):
        return True
    return bool(_THERE.match(first)) == bool(_THERE.match(second)) and " and " not in first


def joined_colours(words: Sequence[str]) -> list[str]:
    """Return the words before a noun with "and" between its colours: "a blue and purple jacket"."""
    colours = [word for word in words if word in COLOURS]
    if len(colours) < 2:
        return list(words)
    return [w if w not in colours else join_words(colours) for w in words if w not in colours[1:]]


_DOING = re.compile(r"^(?P<be>is|are) (?P<doing>\w+ing)$")
_THERE = re.compile(rf"^(?:is|are) (?P<there>(?:{PLACES})\b.*)$")


def both(first: str, second: str) -> str:
    """Join two predicates of one subject: "is sitting" and "is on a bench" become one."""
    doing, there = _DOING.match(first), _THERE.match(second)
    if doing and there:
        return f"{first} {there['there']}"
    be = re.match(r"(?:is|are) ", first)
    if be and second.startswith(be[0]):
        second = second[be.end() :]
    return f"{first} and {second}"


_ONLY = re.compile(r"^There (?P<be>is|are) (?P<what>[^,]+)\.$")


def listed(sentences: Sequence[Realized], place: Callable[[Realized], str]) -> list[Realized]:
    """Join sentences that only say what is in one region: "There is a cup, a glass and a bowl."."""
    alone: dict[str, list[Realized]] = {}
    for sentence in sentences:
        if _ONLY.match(sentence.text):
            alone.setdefault(place(sentence), []).append(sentence)
    together = {group[0]: _together(group) for group in alone.values()}
    rest = {s for group in alone.values() for s in group[1:]}
    return [together.get(s, s) for s in sentences if s not in rest]


def _together(alone: Sequence[Realized]) -> Realized:
    found = [_ONLY.match(s.text) for s in alone]
    # Things of one name are named once: nothing tells them apart.
    names = list(dict.fromkeys(f["what"] for f in found))
    return Realized(
        f"There {found[0]['be']} {join_words(names)}.",
        frozenset().union(*(s.says for s in alone)),
        tuple(dict.fromkeys(t for s in alone for t in s.things)),
    )
