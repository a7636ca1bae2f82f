"""Merges the readings of one image: numbers its things consistently, and groups equivalent claims."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from . import Claim, Reading, Thing
from .entailment import (
    A_ENTAILS_B,
    B_ENTAILS_A,
    CONTRADICTION,
    EQUIVALENT,
    align,
    claim_relation,
)

Source = tuple[str, int]  # (region, number of the candidate)
MayMeet = Callable[[str, str], bool]
"""Whether two regions, by their names, can show the same thing."""


@dataclass(frozen=True)
class Scene:
    """What all captions of an image say, with one numbering of things.

    Attributes:
        things: of the whole image.
        readings: source -> its reading, whose claims and mentions use the numbering of `things`.
        numbers: source -> index in its own `things` -> index in `things`.
    """

    things: tuple[Thing, ...]
    readings: Mapping[Source, Reading]
    numbers: Mapping[Source, Mapping[int, int]] = field(default_factory=dict)


def merged(readings: Mapping[Source, Reading], may_meet: MayMeet) -> Scene:
    """Find out which things of different captions are the same.

    The captions are taken in an order of their own (first those of the region that can show most of what others
    show, which is the whole image; then by what they say), so that the order of regions and candidates changes
    nothing.

    Args:
        may_meet: things of regions that cannot show the same thing are never the same.
    """
    regions = {region for region, _ in readings}
    meets = {r: sum(may_meet(r, other) for other in regions) for r in regions}
    ordered = sorted(
        readings, key=lambda s: (-meets[s[0]], [x.said for x in readings[s].sentences], s[0])
    )
    gathered = _Gathered([], [], [])
    added = {s: gathered.added(readings[s], {s[0]}, may_meet) for s in ordered}
    every = tuple(gathered.things)
    return Scene(
        every,
        {s: replace(added[s][0], things=every) for s in readings},
        {s: added[s][1] for s in readings},
    )


def extended(known: Scene, new: Scene, may_meet: MayMeet) -> tuple[Scene, dict[int, int]]:
    """Add the captions of a scene to another one, whose numbers of things stay as they are.

    Returns:
        The scene of both, and for each thing of `new` its number there.
    """
    claims = [claim for reading in known.readings.values() for claim in reading.claims]
    seen_in: list[set[str]] = [set() for _ in known.things]
    for (region, _), reading in known.readings.items():
        mentioned = {t for s in reading.sentences for _, _, t in s.mentions}
        for thing in mentioned | {t for c in reading.claims for t in (c.thing, c.other)} - {-1}:
            seen_in[thing].add(region)
    gathered = _Gathered(list(known.things), claims, seen_in)
    said = tuple(claim for reading in new.readings.values() for claim in reading.claims)
    regions = {region for region, _ in new.readings}
    _, numbers = gathered.added(Reading((), new.things, said, ()), regions, may_meet)
    every = tuple(gathered.things)
    readings = {**known.readings, **{s: renumbered(r, numbers) for s, r in new.readings.items()}}
    every_number = {
        **known.numbers,
        **{s: {i: numbers[n] for i, n in own.items()} for s, own in new.numbers.items()},
    }
    whole = Scene(every, {s: replace(r, things=every) for s, r in readings.items()}, every_number)
    return whole, numbers


@dataclass
class _Gathered:
    """Collects the things and claims of captions.

    Attributes:
        seen_in: for each thing the regions that speak of it.
    """

    things: list[Thing]
    claims: list[Claim]
    seen_in: list[set[str]]

    def added(
        self, reading: Reading, regions: Collection[str], may_meet: MayMeet
    ) -> tuple[Reading, dict[int, int]]:
        """Add a reading of these regions; return it in the numbering of `things`, and that of each of its things."""

        def may_be(old: int, new: int) -> bool:
            return all(may_meet(region, other) for region in regions for other in self.seen_in[old])

        premise = Reading((), tuple(self.things), tuple(self.claims), ())
        found = align(premise, reading, may_be)
        new = (i for i in range(len(reading.things)) if i not in found)
        numbers = {**found, **{i: number for number, i in enumerate(new, len(self.things))}}
        for index, thing in enumerate(reading.things):
            thing = _renumbered_thing(thing, numbers)
            if index in found:
                self.things[found[index]] = joined_thing(self.things[found[index]], thing)
            else:
                self.things.append(thing)
                self.seen_in.append(set())
            self.seen_in[numbers[index]] |= set(regions)
        done = renumbered(reading, numbers)
        self.claims += done.claims
        return done, numbers


def renumbered(reading: Reading, numbers: Mapping[int, int]) -> Reading:
    """Return the same reading with other numbers for its things."""
    return replace(
        reading,
        claims=tuple(
            replace(c, thing=numbers.get(c.thing, -1), other=numbers.get(c.other, -1))
            for c in reading.claims
        ),
        sentences=tuple(
            replace(s, mentions=tuple((a, b, numbers[t]) for a, b, t in s.mentions if t in numbers))
            for s in reading.sentences
        ),
    )


_GENERAL = re.compile(r"\b(?:person|people|thing|things|individuals?)\b")


def joined_thing(a: Thing, b: Thing) -> Thing:
    """Return one thing of two that are the same: called by all its nouns, by the longer of its names."""
    name = max(a.name, b.name, key=lambda n: (not _GENERAL.search(n), len(n)))
    number = a.number or b.number
    return replace(
        a,
        heads=tuple(dict.fromkeys((*a.heads, *b.heads))),
        name=name,
        number=number,
        definite=a.definite or b.definite,
        owner=a.owner if a.owner >= 0 else b.owner,
        members=tuple(dict.fromkeys((*a.members, *b.members))),
        place=a.place or b.place,
        told=tuple(dict.fromkeys((*a.told, *b.told))),
    )


def _renumbered_thing(thing: Thing, numbers: Mapping[int, int]) -> Thing:
    members = tuple(numbers[m] for m in thing.members if m in numbers)
    return replace(thing, owner=numbers.get(thing.owner, -1), members=members)


@dataclass(frozen=True)
class Grouped:
    """Claims that say the same, and how the groups stand to each other.

    Attributes:
        groups: each the indices of its claims, the first said first.
        entails: (stronger, weaker) pairs of groups.
        contradicts: pairs of groups of which one at most can be true.
    """

    groups: tuple[tuple[int, ...], ...]
    entails: frozenset[tuple[int, int]]
    contradicts: frozenset[tuple[int, int]]


def grouped(claims: Sequence[Claim], sources: Sequence[Source], things: Sequence[Thing]) -> Grouped:
    """Group claims that are equivalent; those of one caption never contradict each other, for where it
    said both, it meant two things.

    Args:
        sources: of each claim, the caption that made it.
    """
    groups: list[list[int]] = []
    near: dict[object, list[int]] = {}  # what a claim is about -> groups about it
    # In an order of their own, so that it does not matter which was said first.
    for index in sorted(range(len(claims)), key=lambda i: (claims[i].text, sources[i])):
        claim = claims[index]
        candidates = dict.fromkeys(g for key in _about(claim) for g in near.get(key, ()))
        same = next(
            (g for g in candidates if _relation(claims, groups[g][0], index, things) == EQUIVALENT),
            None,
        )
        if same is not None:
            groups[same].append(index)
            continue
        for key in _about(claim):
            near.setdefault(key, []).append(len(groups))
        groups.append([index])
    entails, contradicts = set(), set()
    pairs = {(a, b) for those in near.values() for i, a in enumerate(those) for b in those[i + 1 :]}
    for a, b in sorted(pairs):
        relation = _relation(claims, groups[a][0], groups[b][0], things)
        if relation == A_ENTAILS_B:
            entails.add((a, b))
        elif relation == B_ENTAILS_A:
            entails.add((b, a))
        elif relation == CONTRADICTION and not (
            {sources[x] for x in groups[a]} & {sources[x] for x in groups[b]}
        ):
            contradicts.add((a, b))
    order = sorted(range(len(groups)), key=lambda g: min(groups[g]))
    place = {g: n for n, g in enumerate(order)}
    return Grouped(
        tuple(tuple(sorted(groups[g])) for g in order),
        frozenset((place[a], place[b]) for a, b in entails),
        frozenset((min(place[a], place[b]), max(place[a], place[b])) for a, b in contradicts),
    )


def same_claim(claim: Claim, among: Sequence[Claim], things: Sequence[Thing]) -> int | None:
    """Return the index of the first claim that says the same as another one; None if none does."""
    about = set(_about(claim))
    return next(
        (
            i
            for i, other in enumerate(among)
            if about & set(_about(other)) and claim_relation(other, claim, things) == EQUIVALENT
        ),
        None,
    )


def _relation(claims: Sequence[Claim], a: int, b: int, things: Sequence[Thing]) -> str:
    return claim_relation(claims[a], claims[b], things)


def _about(claim: Claim) -> Sequence[object]:
    """Return what two claims must share to be compared: a thing, or the aspect of the scene."""
    things = [number for number in (claim.thing, claim.other) if number >= 0]
    return things or [(claim.kind, claim.subject)]
