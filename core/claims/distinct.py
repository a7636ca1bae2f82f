"""Decides whether two things of two texts that were aligned are different things after all."""

from __future__ import annotations

import re

from . import (
    ACTION,
    NUMBER,
    PLACE,
    RELATION,
    TEXT,
    lexicon,
    predicates,
    sides,
    values,
)
from .comparison import called
from .thing_index import ThingIndex
from .thing_similarity import alike, clashes, noun_similarity, shared

# Places with many people: two that are only called "a man" there need not be one.
_PUBLIC = frozenset(
    "street sidewalk road platform park beach field market station square plaza crowd crosswalk court stadium "
    "slope mall track grass sand pavement bus train airport festival event stand lot".split()
)
_EVERYWHERE = frozenset(
    "sky sun moon floor ground horizon ceiling weather light background".split()
)
_MASS = frozenset(
    "grass sand snow water tree leaf cloud vegetation foliage building sky bush plant dirt".split()
)


def are_distinct(
    p: ThingIndex, i: int, h: ThingIndex, j: int, found: dict[int, int], one_view: bool
) -> bool:
    """Return whether something differs between two things and nothing says that they are one.

    Args:
        one_view: the two texts are known to describe the same part of an image.
    """
    a, b = p.reading.things[i], h.reading.things[j]
    if lexicon.same(a.head, b.head) and lexicon.head(a.head) in _EVERYWHERE:
        return False
    differ = clashes(p, i, h, j) + [
        pair
        for k in p.belongings(i)
        for m in h.belongings(j)
        if lexicon.same(p.reading.things[k].head, h.reading.things[m].head)
        or (found.get(m) == k and lexicon.is_kind(h.reading.things[m].head, "garment"))
        for pair in clashes(p, k, h, m)
    ]
    if a.definite and b.definite and _told_by_another(p, i, h, j):
        return True
    if not differ:
        return False
    own, other = p.owner.get(i, -1), h.owner.get(j, -1)
    if own >= 0 and other >= 0 and found.get(other) == own:
        return False
    if any(c.kind == TEXT for c, _ in differ) and (
        not (a.definite and b.definite) or lexicon.is_person(a.head)
    ):
        return True
    if _in_one_role(p, i, h, j, found):
        return False
    if _other(p, i) != _other(h, j) or _ranks_apart(p, i, h, j):
        return True
    if a.definite and b.definite and _restricted_apart(p, i, h, j):
        return True
    if _stands_elsewhere(p, i, h, j) or _stands_elsewhere(h, j, p, i):
        return True
    if any(c.kind == PLACE for c, _ in differ) and (
        lexicon.head(a.head) in _MASS or p.place(i) or h.place(j)
    ):
        return True
    if a.definite and b.definite:
        return False
    together = shared(p, i, h, j)
    if any(c.kind == NUMBER for c, _ in differ):
        return (
            not lexicon.same(a.head, b.head)
            or _counted_elsewhere(p, i, h, j, found)
            or (together < 1 and _doing(p, i) and _doing(h, j) and not (a.definite or b.definite))
        )
    if a.definite or b.definite:
        return (
            not lexicon.same(a.head, b.head)
            and together < 1
            and noun_similarity(a.head, b.head, called(a), called(b)) < 2
        )
    if p.plural(i) and h.plural(j):
        return together < 1
    living = lexicon.is_living(a.head)
    if living and not one_view:
        # A place where everybody is, and the garment of which something differs, do not identify a person.
        together -= sum(
            c.kind == RELATION
            and c.thing == i
            and (
                lexicon.head(c.object) in _PUBLIC
                or any(c.other in (x.thing, x.other) for x, _ in differ)
            )
            and any(alike(c, i, d, j) for d in h.about[j])
            for c in p.about[i]
        )
    crowd = any(lexicon.head(x) in _PUBLIC for x in _around(p, i) + _around(h, j))
    return together < (2 if not living or not crowd else 4)


_ANOTHER = re.compile(r"^(?:another|the other|a second|a different)\b", re.IGNORECASE)


def _other(known: ThingIndex, index: int) -> bool:
    """Return whether a text introduces the thing as one more of its kind."""
    return any(
        thing == index and _ANOTHER.match(sentence.text[start:end])
        for sentence in known.reading.sentences
        for start, end, thing in sentence.mentions
    )


_LEADS = re.compile(r"^(?: who is| that is)? (?:leads?|is leading|leading) the\b")
_FIRST = re.compile(r"\b(?:lead|leads|leading|first|front)\b")
_LAST = re.compile(r"\b(?:last|trail|trails|trailing|rear|back)\b")


def _rank(known: ThingIndex, index: int) -> int:
    """Return 1 for what leads a row or race, -1 for what comes last, 0 where the text tells neither."""
    thing = known.reading.things[index]
    where = known.restriction(index)
    said = [*thing.told, known.place(index), where[0] if where else ""]
    said += [
        f"{c.value} {c.object}"
        for c in known.about[index]
        if c.thing == index and predicates.parts(c.value)[0] in ("lead", "trail")
    ]
    said += [
        "first"
        for sentence in known.reading.sentences
        for _, end, named in sentence.mentions
        if named == index and _LEADS.match(sentence.text[end:])
    ]
    first, last = (any(pattern.search(s) for s in said) for pattern in (_FIRST, _LAST))
    return first - last


def _ranks_apart(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    return _rank(p, i) * _rank(h, j) == -1


def _doing(known: ThingIndex, index: int) -> bool:
    """Return whether a text says more of a thing than what kind it is and how many."""
    return any(c.thing == index and c.kind in (ACTION, RELATION) for c in known.about[index])


def _counted_elsewhere(p: ThingIndex, i: int, h: ThingIndex, j: int, found: dict[int, int]) -> bool:
    """Return whether both groups are somewhere, and nowhere together: five on the rock, two in the water."""
    first, second = _whereabouts(p, i), _whereabouts(h, j)
    if first and second:
        return not any(found.get(m) in first for m in second)
    # In two containers of one kind, which are told apart: the box in the foreground, the one at the back.
    return any(
        lexicon.same(p.reading.things[k].head, h.reading.things[m].head) and found.get(m) != k
        for k in _containers(p, i)
        for m in _containers(h, j)
    )


def _whereabouts(known: ThingIndex, index: int) -> set[int]:
    """Return the things that a thing is on, in or at."""
    return {
        c.other
        for c in known.about[index]
        if c.kind == RELATION
        and c.thing == index
        and c.object
        and not c.negated
        and predicates.parts(c.value)[1] in ("on", "in", "under", "above", "near", "at")
    }


def _containers(known: ThingIndex, index: int) -> set[int]:
    return {
        c.thing
        for c in known.about[index]
        if c.kind == RELATION and c.other == index and c.value in ("hold", "contain")
    }


def _told_by_another(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    """Return whether two things are told by two things of one noun that differ: the woman in the red kayak, the
    woman in the blue kayak.

    What somebody wears is left out, and what both do: then one of the two texts is wrong about the one person.
    """
    one, other = p.restriction(i), h.restriction(j)
    if not one or not other or shared(p, i, h, j) > 1:
        return False
    k, m = one[1], other[1]
    x, y = p.reading.things[k].head, h.reading.things[m].head
    return lexicon.same(x, y) and not lexicon.is_kind(x, "garment") and bool(clashes(p, k, h, m))


def _restricted_apart(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    """Return whether what follows the nouns tells the two apart: "the jar on the lower shelf", "the jar by the
    door".
    """
    one, other = p.restriction(i), h.restriction(j)
    a, b = p.reading.things[i], h.reading.things[j]
    for told, phrase in ((b.told, one), (a.told, other)):
        if phrase and any(values.distinguishes(x, w) for x in told for w in phrase[0].split()):
            return True
    for place, phrase in ((h.place(j), one), (p.place(i), other)):
        if phrase and place and sides.places_clash(place, phrase[0]):
            return True
    if not one or not other:
        return False
    (said, k), (also, m) = one, other
    if predicates.excludes(said, also):
        return True
    x, y = p.reading.things[k], h.reading.things[m]
    if noun_similarity(x.head, y.head, called(x), called(y)) <= 1 and not (
        lexicon.is_kind(y.head, x.head) or lexicon.is_kind(x.head, y.head)
    ):
        return True
    if any(values.distinguishes(v, w) for v in x.told for w in y.told):
        return True
    return lexicon.same(x.head, y.head) and bool(clashes(p, k, h, m))


def _stands_elsewhere(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    """Return whether one thing is told by where it is ("the dragon on the flag") and the other is somewhere else."""
    told = p.restriction(i)
    if told is None or not predicates.parts(told[0])[1] or h.restriction(j) is not None:
        return False
    there = p.reading.things[told[1]]
    where = [
        c
        for c in h.about[j]
        if c.kind == RELATION and c.thing == j and c.object and predicates.parts(c.value)[1]
    ]
    return bool(where) and not any(
        lexicon.is_kind(c.object, name) or lexicon.is_kind(name, c.object)
        for c in where
        for name in called(there)
    )


def _around(known: ThingIndex, index: int) -> list[str]:
    """Return what the thing stands on or beside, and the setting."""
    near = [
        c.object if c.thing == index else c.subject
        for c in known.about[index]
        if c.kind == RELATION
    ]
    return near + [c.value for c in known.reading.claims if c.subject == "setting"]


_ROLES = ("on", "in", "with", "toward", "under")


def _in_one_role(p: ThingIndex, i: int, h: ThingIndex, j: int, found: dict[int, int]) -> bool:
    """Return whether both things have one role to an aligned thing: the post that the sign is mounted on is one post,
    whatever it is made of.
    """
    head = p.reading.things[i].head
    if not lexicon.same(head, h.reading.things[j].head) or lexicon.is_person(head):
        return False
    roles = ("on",) if lexicon.is_kind(head, "animal") else _ROLES  # what somebody rides is one

    def neighbours(known: ThingIndex, index: int) -> set[int]:
        found = set()
        for c in known.about[index]:
            if c.kind == RELATION and c.other >= 0 and not c.negated:
                verb, place, _ = predicates.parts(c.value)
                if place in roles or (not place and verb in predicates.HAVING | {"wear"}):
                    found |= {c.thing, c.other} - {index}
        return found

    near = neighbours(p, i)
    return any(
        found.get(m) in near
        and (p.reading.things[found[m]].definite or h.reading.things[m].definite)
        for m in neighbours(h, j)
        if m in found
    )
