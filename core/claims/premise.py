"""Decides whether one claim follows from, or contradicts, all claims of a premise together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from . import (
    ATTRIBUTE,
    NUMBER,
    OBJECT,
    PLACE,
    RELATION,
    SCENE,
    Claim,
    Thing,
    comparison,
    lexicon,
    values,
)
from . import alignment as aligning
from .comparison import CONTRADICTED, ENTAILED, NEUTRAL
from .thing_index import ThingIndex

# An attribute of these is one of their owner as well.
_SHOWN = frozenset("expression look face mood pattern finish texture color coat hair".split())


_BARE = {"head": "bareheaded", "foot": "barefoot", "chest": "bare-chested", "torso": "bare-chested"}


def _of_clouds(claim: Claim, premise: ThingIndex) -> bool:
    """Return whether the claim follows because an overcast sky is covered by clouds, and the other way round."""
    nouns = {lexicon.head(claim.subject), lexicon.head(claim.object or "x")}
    for p in premise.reading.claims:
        if p.negated:
            continue
        covered = (
            p.kind == SCENE
            and p.subject == "sky"
            and "part" not in p.value
            and values.entails(p.value, "overcast")
        )
        if covered and claim.kind in (OBJECT, RELATION) and nouns <= {"cloud", "sky", "x"}:
            return True
        over = p.kind == RELATION and (lexicon.head(p.subject), lexicon.head(p.object)) == (
            "cloud",
            "sky",
        )
        if not over or p.value not in ("cover", "fill", "blanket") or claim.subject != "sky":
            continue
        if claim.kind == SCENE and values.entails("overcast", claim.value):
            return True
        if claim.kind in (SCENE, ATTRIBUTE) and any(
            q.kind == ATTRIBUTE
            and q.thing == p.thing
            and not q.negated
            and values.entails(q.value, claim.value)
            for q in premise.about[p.thing]
        ):
            return True  # gray clouds make a gray sky
    return False


def relation_to(
    claim: Claim,
    premise: ThingIndex,
    alignment: Mapping[int, int],
    owner: Mapping[int, int] = MappingProxyType({}),
) -> str:
    """Return what a premise says of a claim: `ENTAILED`, `CONTRADICTED` or `NEUTRAL`.

    Args:
        alignment: the claim's things -> things of the premise.
        owner: the claim's things -> the things that own them.
    """
    things = premise.reading.things
    moved = moved_to(claim, alignment)
    if not claim.negated and _of_clouds(claim, premise):
        return ENTAILED
    if (
        claim.kind == ATTRIBUTE
        and claim.thing not in alignment
        and lexicon.head(claim.subject) in _SHOWN
        and (own := alignment.get(owner.get(claim.thing, -1), -1)) >= 0
    ):
        moved = replace(moved, subject=things[own].head, thing=own)
    if (
        claim.value == "bare"
        and (bare := _BARE.get(lexicon.head(claim.subject)))
        and (own := alignment.get(owner.get(claim.thing, -1), -1)) >= 0
    ):
        moved = replace(moved, subject=things[own].head, thing=own, value=bare)
    if moved.thing < -1 and not claim.negated:
        if moved.kind == OBJECT:
            return _existence(moved, premise)
        if moved.other < 0:
            return NEUTRAL
    if claim.kind == OBJECT and claim.negated and lexicon.head(claim.subject) == "cloud":
        moved = replace(claim, kind=SCENE, subject="sky", value="clear", negated=False, thing=-1)
        return _against_all(moved, premise, things)
    verdict = _against_all(moved, premise, things)
    if claim.kind == NUMBER and verdict == NEUTRAL and moved.thing >= 0:
        return ENTAILED if str(things[moved.thing].number) == claim.value else NEUTRAL
    if (
        verdict == NEUTRAL
        and claim.subject == "sky"
        and "clear" in claim.value
        and any(
            p.negated and p.kind == OBJECT and lexicon.head(p.subject) == "cloud"
            for p in premise.reading.claims
        )
    ):
        return ENTAILED
    if verdict == NEUTRAL and moved.thing >= 0:
        verdict = _through_group(moved, premise, things)
    return verdict


def moved_to(claim: Claim, alignment: Mapping[int, int]) -> Claim:
    """Return the claim in the premise's numbers; -2 for a thing that the premise does not have."""
    thing = alignment.get(claim.thing, -2) if claim.thing >= 0 else -1
    other = alignment.get(claim.other, -2) if claim.other >= 0 else -1
    return replace(claim, thing=thing, other=other)


def _existence(claim: Claim, premise: ThingIndex) -> str:
    for p in premise.reading.claims:
        if p.negated and p.kind == OBJECT and lexicon.is_kind(claim.subject, p.subject):
            return CONTRADICTED
        if (
            p.kind == SCENE
            and p.subject == "setting"
            and not p.negated
            and lexicon.is_kind(p.value, claim.subject)
        ):
            return ENTAILED
    return NEUTRAL


def _against_all(claim: Claim, premise: ThingIndex, things: Sequence[Thing]) -> str:
    verdict = NEUTRAL
    for p in premise.reading.claims:
        said = comparison.says(p, claim, things)
        if said == ENTAILED:
            return ENTAILED
        if said == CONTRADICTED:
            verdict = CONTRADICTED
    return verdict


def _through_group(claim: Claim, premise: ThingIndex, things: Sequence[Thing]) -> str:
    """Return what all members do the group does; what the group does its members do."""
    inside = aligning.members(premise, claim.thing)
    if inside and len(inside) >= max(2, premise.counted.get(claim.thing, 2)):
        said = [_against_all(replace(claim, thing=k), premise, things) for k in inside]
        if all(s == ENTAILED for s in said):
            return ENTAILED
    groups = [k for k in range(len(things)) if claim.thing in aligning.members(premise, k)]
    for k in groups:
        if (
            claim.kind not in (NUMBER, PLACE)
            and _against_all(replace(claim, thing=k), premise, things) == ENTAILED
        ):
            return ENTAILED
    return NEUTRAL
