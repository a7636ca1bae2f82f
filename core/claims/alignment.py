"""Aligns the things of two texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import RELATION, Reading, lexicon, sides, values
from .comparison import called
from .distinct import are_distinct
from .english_words import COLLECTIVES
from .thing_index import ThingIndex
from .thing_similarity import clashes, noun_similarity, same_role, shared

MayBe = Callable[[int, int], bool]


def align(premise: Reading, hypothesis: Reading, may_be: MayBe | None = None) -> dict[int, int]:
    """Return for each aligned thing of the hypothesis the thing of the premise that it is.

    Pairs are taken from the likeliest on; parts and belongings follow what they belong to. Two
    indefinite things of which something differs stay two, unless what they do shows them to be one.

    Args:
        may_be: (thing of the premise, thing of the hypothesis) -> False where they cannot be one.
    """
    return align_known(ThingIndex.of(premise), ThingIndex.of(hypothesis), may_be)


def align_known(p: ThingIndex, h: ThingIndex, may_be: MayBe | None = None) -> dict[int, int]:
    """Align as `align` does, with both readings indexed already."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    owned = set(h.owner)
    first = [i for i in range(len(h.reading.things)) if i not in owned]
    middle = [i for i in owned if h.owner[i] not in owned]
    for chosen in (first, sorted(middle), sorted(owned - set(middle))):
        pairs = []
        for j in chosen:
            for i in range(len(p.reading.things)):
                if may_be and not may_be(i, j):
                    continue
                if (score := _score(p, i, h, j, found)) > 0:
                    pairs.append((-score, j, i))
        for _, j, i in sorted(pairs):
            if j not in found and i not in taken:
                found[j] = i
                taken.add(i)
        # A second name for a thing that is taken ("the person", where coreference missed it).
        for score, j, i in sorted(pairs):
            if (
                j not in found
                and -score >= 2
                and h.reading.things[j].definite
                and _free(h, j, found, i)
            ):
                found[j] = i
    kept = {
        j: i for j, i in found.items() if not are_distinct(p, i, h, j, found, may_be is not None)
    }
    return {
        j: i
        for j, i in kept.items()
        if not (h.owner.get(j, -1) in found and h.owner[j] not in kept and i in p.owner)
    }


def may_be_one(p: ThingIndex, i: int, h: ThingIndex, j: int, found: dict[int, int]) -> bool:
    """Return whether nothing that two texts say of a thing each makes them two things.

    Args:
        found: things of the hypothesis that are known -> those of the premise.
    """
    return _score(p, i, h, j, found) > 0 and not are_distinct(p, i, h, j, found, one_view=False)


def one_and_many(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    """Return whether one text has one person or animal and the other several."""
    a, b = p.reading.things[i], h.reading.things[j]
    if not lexicon.is_living(a.head):
        return False
    return (a.number == 1) != (b.number == 1)


def _free(h: ThingIndex, j: int, found: dict[int, int], i: int) -> bool:
    """Return whether i is not yet aligned with another thing that the hypothesis tells from j by a relation or a place."""
    rivals = [k for k, v in found.items() if v == i]
    return not any(
        c.kind == RELATION and {c.thing, c.other} == {j, k} for k in rivals for c in h.about[j]
    ) and not any(h.place(k) != h.place(j) for k in rivals)


def _score(p: ThingIndex, i: int, h: ThingIndex, j: int, found: dict[int, int]) -> float:
    """Return how likely thing i of the premise is thing j of the hypothesis; 0 where it cannot be."""
    a, b = p.reading.things[i], h.reading.things[j]
    kind = noun_similarity(a.head, b.head, called(a), called(b))
    own, other = p.owner.get(i, -1), h.owner.get(j, -1)
    owners = own >= 0 and other >= 0 and found.get(other) == own
    if kind <= 0:
        # The animal on her lap may be called another; a person of other sex is another person.
        named = a.definite or b.definite or p.plural(i)
        same = kind < 0 and ((named and shared(p, i, h, j) >= 2) or same_role(p, i, h, j))
        if not same:
            return 0.0
        kind = 0.5
    if own >= 0 and other >= 0 and found.get(other) != own:
        known = other in found
        if (known and not _group_of(p, own, found[other])) or (
            not known and _strangers(p, own, h, other)
        ):
            return 0.0
    many, single = (a, b) if lexicon.head(a.head) in COLLECTIVES else (b, a)
    if (
        lexicon.head(many.head) in COLLECTIVES
        and lexicon.head(single.head) not in COLLECTIVES
        and single.number == 1
    ):
        return 0.0  # a man is not a couple
    one, two = p.place(i), h.place(j)
    if sides.places_clash(one, two):
        return 0.0
    if any(values.distinguishes(x, y) for x in a.told for y in b.told):
        return 0.0
    if {a.number == 1, b.number == 1} == {True, False} and len(a.members or b.members) > 1:
        kind -= 1.0  # a swan is hardly the swans and their cygnets
    score = (
        kind + owners + 0.3 * min(4, shared(p, i, h, j)) - 0.4 * min(3, len(clashes(p, i, h, j)))
    )
    if any(values.compared(x) == values.compared(y) for x in a.told for y in b.told):
        score += 1.0
    m, n = p.counted.get(i, a.number), h.counted.get(j, b.number)
    if m and n and m != n:
        counted = i in p.counted and j in h.counted
        if not counted and (m > 1) != (n > 1):
            return 0.0 if not (a.definite or b.definite) or one or two else max(0.1, score - 1.5)
        score -= 0.3
    elif m == n:
        score += 1.0 if m > 1 else 0.2
    return max(score, 0.05)


def _strangers(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    """Return whether two owners that are not aligned are both people, or of one kind."""
    a, b = p.reading.things[i].head, h.reading.things[j].head
    return lexicon.same(a, b) or (lexicon.is_person(a) and lexicon.is_person(b))


def _group_of(p: ThingIndex, a: int, b: int) -> bool:
    """Return whether one of two things is a group that the other belongs to."""
    x, y = p.reading.things[a], p.reading.things[b]
    return b in x.members or a in y.members


def members(known: ThingIndex, index: int) -> Sequence[int]:
    """Return the single things that a group consists of, as far as the text names them."""
    thing = known.reading.things[index]
    if thing.members:
        return thing.members
    if not known.plural(index):
        return ()
    return [
        k
        for k, other in enumerate(known.reading.things)
        if k != index
        and other.number == 1
        and lexicon.is_kind(other.head, thing.head)
        and (known.place(k) or other.definite)
    ]
