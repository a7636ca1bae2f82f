"""Objects that several patches name, each by itself, as one object.

`claims.scene` never takes things of patches that do not overlap for one, because no patch shows what is only in the
other. But an object at their border is in both, and so are the sky and the ground.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

from ..claims import OBJECT, Claim, Reading, lexicon
from ..claims.alignment import may_be_one
from ..claims.scene import joined_thing, same_claim
from ..claims.thing_index import ThingIndex
from ..image_record import ImageRecord
from ..statements import Statement
from .object_boxes import distinct_detections, shows


def without_repeats(record: ImageRecord) -> ImageRecord:
    """Return the record with one thing in place of several that are one, as far as claims and detections tell.

    Two things are one if they have the same name, no caption names both, nothing that is said of them tells them apart
    (`claims.distinct`), neither is counted, and the image is not known to have several: the detector found at most one,
    and no caption of the whole image has a plural of them.

    Args:
        record: with a claim in each statement.
    """
    same = _Things(record).same()
    if not same:
        return record

    def one(index: int) -> int:
        return same.get(index, index)

    things = list(record.things)
    for other, first in same.items():
        things[first] = joined_thing(things[first], things[other])
    # What belongs to a thing now belongs to the one that it is.
    owned = tuple(
        replace(t, owner=one(t.owner), members=tuple(dict.fromkeys(map(one, t.members))))
        for t in things
    )

    def renumbered(claim: Claim) -> Claim:
        return replace(claim, thing=one(claim.thing), other=one(claim.other))

    statements: list[Statement] = []
    for s in record.statements:
        changed = renumbered(s.claim)
        found = (
            same_claim(changed, [x.claim for x in statements], owned)
            if changed != s.claim or changed.thing in same.values()
            else None
        )
        if found is None:
            statements.append(replace(s, claim=changed))
        else:
            statements[found] = _both(statements[found], s)
    readings = {
        source: replace(r, things=owned, claims=tuple(map(renumbered, r.claims)))
        for source, r in record.readings.items()
    }
    return replace(record, things=owned, statements=tuple(statements), readings=readings)


def _both(a: Statement, b: Statement) -> Statement:
    """Return one statement of two that say the same, with the better score."""
    scores = [s.score for s in (a, b) if s.score is not None]
    occurrences = tuple(dict.fromkeys((*a.occurrences, *b.occurrences)))
    return replace(a, occurrences=occurrences, score=max(scores, default=None))


class _Things:
    """The things of an image, and which captions name them."""

    def __init__(self, record: ImageRecord):
        self._record = record
        self._detections = distinct_detections(record.detections)
        self._statements = record.statements
        self._named: dict[int, set] = {}
        for s in self._statements:
            if s.claim.kind == OBJECT and not (s.claim.negated or s.claim.hedged):
                self._named.setdefault(s.claim.thing, set()).update(s.sources)

    def same(self) -> dict[int, int]:
        """Return thing -> an earlier one that it is."""
        found: dict[int, int] = {}
        pairs = [p for p in combinations(sorted(self._named), 2) if self._may_be_one(*p)]
        said = {thing: self._said_with(thing) for pair in pairs for thing in pair}
        # What belongs to two things can be one only when the things are.
        while new := next(
            (p for p in pairs if p[1] not in found and self._agree(*p, said, found)), None
        ):
            first = found.get(new[0], new[0])
            found = {k: first if v == new[1] else v for k, v in found.items()} | {new[1]: first}
            pairs.remove(new)
        return found

    def _may_be_one(self, a: int, b: int) -> bool:
        """Return whether two things are called the same, in different captions, and the image may have just one."""
        one, other = self._record.things[a], self._record.things[b]
        if not lexicon.same(one.head, other.head) or self._named[a] & self._named[b]:
            return False
        names = (*one.heads, *other.heads, one.head)
        if sum(shows(d, names) for d in self._detections) > 1:
            return False
        whole = self._record.root.name
        several = (
            self._record.things[i]
            for i, sources in self._named.items()
            if i not in (a, b) and any(region == whole for region, _ in sources)
        )
        return not any(t.number != 1 and lexicon.same(t.head, one.head) for t in several)

    def _agree(
        self, a: int, b: int, said: Mapping[int, ThingIndex], found: Mapping[int, int]
    ) -> bool:
        """Return whether what is said of two things allows that they are one."""
        p, h = said[a], said[b]
        if a in p.counted or b in h.counted or p.plural(a) != h.plural(b):
            return False
        known = {i: i for i in range(len(self._record.things)) if i not in (a, b)}
        return may_be_one(p, a, h, b, known | {k: v for k, v in found.items() if k != b})

    def _said_with(self, thing: int) -> ThingIndex:
        """Return what the captions say that name a thing."""
        sources = self._named[thing]
        claims = tuple(s.claim for s in self._statements if s.sources & sources)
        return ThingIndex.of(Reading((), self._record.things, claims, ()))
