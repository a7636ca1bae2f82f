"""Compares two things of two texts: how alike their nouns are, which claims they share, which exclude each other."""

from __future__ import annotations

from functools import lru_cache

from . import (
    ACTION,
    ATTRIBUTE,
    NUMBER,
    OBJECT,
    PLACE,
    RELATION,
    TEXT,
    Claim,
    comparison,
    implied_states,
    lexicon,
    predicates,
    sides,
    values,
)
from .thing_index import ThingIndex


@lru_cache(maxsize=16384)
def noun_similarity(a: str, b: str, heads: tuple[str, ...], others: tuple[str, ...]) -> float:
    """Return how similar two nouns are, by kind.

    Args:
        heads, others: all nouns by which the first and the second thing are called.

    Returns:
        3: the same kind; 2.8: the things share another noun; 2.5 or 2: one is a kind of the other; 1 to 1.5: loosely
        related, such as two people; 0: unrelated; -1: kinds that exclude each other.
    """
    if lexicon.same(a, b):
        return 3.0
    if any(lexicon.same(x, y) for x in heads for y in others):
        return 2.8
    if (x := lexicon.gender(a)) and (y := lexicon.gender(b)) and x != y:
        return -1.0
    if lexicon.are_counterparts(a, b):
        return -1.0
    if any(lexicon.is_kind(x, b) for x in heads):
        return 2.5 if b not in lexicon.ANYTHING else 1.0
    if any(lexicon.is_kind(a, y) or lexicon.is_kind(y, a) for y in others):
        return 2.0 if a not in lexicon.ANYTHING else 1.0
    if lexicon.is_person(a) and lexicon.is_person(b):
        return 1.2
    if any(b in x.split() or x in b.split() for x in heads):
        return 1.5
    if lexicon.excludes(a, b):
        return -1.0
    return 0.0


def shared(p: ThingIndex, i: int, h: ThingIndex, j: int) -> int:
    """Return how many claims of the two things say the same, apart from existence and number."""
    return sum(
        any(alike(c, i, d, j) for c in p.about[i])
        for d in h.about[j]
        if d.kind not in (OBJECT, NUMBER)
    )


def alike(c: Claim, i: int, d: Claim, j: int) -> bool:
    """Return whether claim c says of thing i what claim d says of thing j. The numbers of other things are ignored."""
    if c.negated or d.negated:
        return False
    if c.kind == RELATION == d.kind:
        if (c.thing == i) == (d.thing == j):
            x, y = (c.object, d.object) if c.thing == i else (c.subject, d.subject)
            return lexicon.is_kind(x, y) and predicates.entails(c.value, d.value)
        x, y = (c.object, d.subject) if c.thing == i else (c.subject, d.object)
        return lexicon.is_kind(x, y) and predicates.entails(c.value, d.value, True)
    if c.thing != i or d.thing != j:
        return False
    if c.kind == PLACE == d.kind:
        return sides.place_entails(c.value, d.value)
    if {c.kind, d.kind} <= {ATTRIBUTE, ACTION}:
        return values.entails(c.value, d.value) or predicates.action_entails(c.value, d.value)
    return False


def clashes(p: ThingIndex, i: int, h: ThingIndex, j: int) -> list[tuple[Claim, Claim]]:
    """Return the pairs of claims of the two things that cannot both be true of one thing."""
    found = []
    for c in p.about[i]:
        if c.thing != i or c.kind not in (ATTRIBUTE, ACTION, PLACE, RELATION, NUMBER, TEXT):
            continue
        for d in h.about[j]:
            if d.thing != j:
                continue
            if c.kind == PLACE == d.kind:
                clash = sides.places_clash(c.value, d.value)
            elif c.kind == NUMBER == d.kind or c.kind == TEXT == d.kind:
                clash = comparison.plain(c.value) != comparison.plain(d.value)
            elif {c.kind, d.kind} <= {ATTRIBUTE, ACTION}:
                clash = c.negated == d.negated and (
                    values.excludes(c.value, d.value)
                    or predicates.action_excludes(c.value, d.value)
                )
            elif {c.kind, d.kind} <= {ATTRIBUTE, ACTION, RELATION}:
                clash = predicates.posture_excludes(
                    predicates.parts(c.value)[0], predicates.parts(d.value)[0]
                )
            else:
                clash = False
            clash = clash or implied_states.clash(c, d) or _lacks(c, d) or _lacks(d, c)
            if clash and not c.negated and not d.negated:
                found.append((c, d))
    return found


def _lacks(c: Claim, d: Claim) -> bool:
    """Return whether one claim says that somebody has nothing of what the other names: barefoot and in boots."""
    return (
        c.kind == ATTRIBUTE
        and d.kind == RELATION
        and any(lexicon.is_kind(d.object, kind) for kind in comparison.lacked(c.value))
    )


def same_role(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    """Return whether one of two things, not garments, is definite and both stand in one relation to things of one name."""
    a, b = p.reading.things[i], h.reading.things[j]
    if not (a.definite or b.definite) or lexicon.is_kind(a.head, "garment"):
        return False
    return any(
        alike(c, i, d, j) for c in p.about[i] for d in h.about[j] if c.kind == RELATION == d.kind
    )
