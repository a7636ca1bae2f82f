"""Which claims say the same, entail or contradict each other, and what follows from facts all together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from . import ATTRIBUTE, NUMBER, OBJECT, PLACE, RELATION, SCENE, STATEMENT, Claim, Reading, Thing
from . import alignment as aligning
from . import foreign, judging, lexicon, predicates, values
from .alignment import Known, MayBe, align, align_known
from .judging import CONTRADICTED, ENTAILED, NEUTRAL

__all__ = ["align", "claim_relation", "compare", "relation", "unsupported", "CONTRADICTED", "ENTAILED", "NEUTRAL"]

EQUIVALENT, A_ENTAILS_B, B_ENTAILS_A = "equivalent", "a_entails_b", "b_entails_a"
CONTRADICTION = "contradiction"


def claim_relation(a: Claim, b: Claim, things: Sequence[Thing]) -> str:
    """How two claims stand to each other, whose `thing` and `other` are indices into the same `things`.

    The same number is the same thing, another number another.

    Returns:
        equivalent | a_entails_b | b_entails_a | contradiction | neutral
    """
    if STATEMENT in (a.kind, b.kind):
        return foreign.compare(a.text, b.text) if a.kind == b.kind else NEUTRAL
    if a.thing != b.thing and not ({a.thing, a.other} & {b.thing, b.other} - {-1}):
        if a.thing >= 0 and b.thing >= 0 and not (a.negated or b.negated):
            return NEUTRAL
    forward, backward = judging.says(a, b, things), judging.says(b, a, things)
    if ENTAILED in (forward, backward):
        if forward == backward:
            return EQUIVALENT
        return A_ENTAILS_B if forward == ENTAILED else B_ENTAILS_A
    return CONTRADICTION if CONTRADICTED in (forward, backward) else NEUTRAL


def relation(claim: Claim, premise: Reading, alignment: Mapping[int, int]) -> str:
    """Whether a claim follows from all claims of a premise together, contradicts them, or neither.

    Args:
        alignment: the claim's things -> things of the premise, as `align` returns them.
    """
    return _relation(claim, Known.of(premise), alignment)


def _relation(claim: Claim, premise: Known, alignment: Mapping[int, int]) -> str:
    things = premise.reading.things
    moved = _moved(claim, alignment)
    if moved.thing < -1 and not claim.negated:
        if moved.kind == OBJECT:
            return _existence(moved, premise, things)
        if moved.other < 0:
            return NEUTRAL
    verdict = _against_all(moved, premise, things)
    if verdict == NEUTRAL and moved.thing >= 0:
        verdict = _through_group(moved, premise, things)
    return verdict


def _moved(claim: Claim, alignment: Mapping[int, int]) -> Claim:
    """The claim in the premise's numbers; -2 for a thing that the premise does not have."""
    thing = alignment.get(claim.thing, -2) if claim.thing >= 0 else -1
    other = alignment.get(claim.other, -2) if claim.other >= 0 else -1
    return replace(claim, thing=thing, other=other)


def _existence(claim: Claim, premise: Known, things: Sequence[Thing]) -> str:
    for p in premise.reading.claims:
        if p.negated and p.kind == OBJECT and lexicon.is_kind(claim.subject, p.subject):
            return CONTRADICTED
    return NEUTRAL


def _against_all(claim: Claim, premise: Known, things: Sequence[Thing]) -> str:
    verdict = NEUTRAL
    for p in premise.reading.claims:
        said = judging.says(p, claim, things)
        if said == ENTAILED:
            return ENTAILED
        if said == CONTRADICTED:
            verdict = CONTRADICTED
    return verdict


def _through_group(claim: Claim, premise: Known, things: Sequence[Thing]) -> str:
    """What all members do the group does; what the group does its members do."""
    inside = aligning.members(premise, claim.thing)
    if inside and len(inside) >= max(2, premise.counted.get(claim.thing, 2)):
        said = [_against_all(replace(claim, thing=k), premise, things) for k in inside]
        if all(s == ENTAILED for s in said):
            return ENTAILED
    groups = [k for k in range(len(things)) if claim.thing in aligning.members(premise, k)]
    for k in groups:
        if claim.kind not in (NUMBER, PLACE) and _against_all(replace(claim, thing=k), premise, things) == ENTAILED:
            return ENTAILED
    return NEUTRAL


def compare(a: Reading, b: Reading) -> str:
    """How two texts of one image stand to each other.

    Returns:
        equivalent | a_entails_b | b_entails_a | contradiction | neutral
    """
    if _foreign(a) or _foreign(b):
        return foreign.compare(_text(a), _text(b))
    x, y = Known.of(a), Known.of(b)
    there = align_known(x, y)
    back = {i: j for j, i in there.items()}
    forward = [_relation(c, x, there) for c in b.claims]
    backward = [_relation(c, y, back) for c in a.claims]
    if CONTRADICTED in forward or CONTRADICTED in backward:
        return CONTRADICTION
    holds = bool(forward) and all(
        v == ENTAILED or _follows(c, x, there) for c, v in zip(b.claims, forward)
    )
    other = bool(backward) and all(
        v == ENTAILED or _follows(c, y, back) for c, v in zip(a.claims, backward)
    )
    if holds and other:
        return EQUIVALENT
    return A_ENTAILS_B if holds else B_ENTAILS_A if other else NEUTRAL


def unsupported(facts: Reading, written: Reading) -> list[int]:
    """Indices of the claims of a written text that do not follow from the facts all together."""
    known, text = Known.of(facts), Known.of(written)
    if _foreign(facts) or _foreign(written):
        return [i for i, c in enumerate(written.claims) if not _said_by_one(c, facts)]
    found = align_known(known, text)
    return [
        i
        for i, claim in enumerate(written.claims)
        if _relation(claim, known, found) != ENTAILED and not _follows(claim, known, found)
    ]


def _follows(claim: Claim, premise: Known, alignment: Mapping[int, int]) -> bool:
    """What no single claim says, but several do: its words are all said of its things."""
    moved, things = _moved(claim, alignment), premise.reading.things
    if claim.negated or moved.thing == -2 or moved.other == -2:
        return False
    if _relation(claim, premise, alignment) == CONTRADICTED:
        return False
    if claim.kind in (OBJECT, NUMBER, PLACE):
        return False
    if claim.kind == RELATION:
        return _connected(moved, premise)
    if moved.thing < 0:
        return False
    said = [
        f"{p.value} {p.object if p.thing == moved.thing else p.subject}"
        for p in premise.about[moved.thing]
        if not p.negated
    ]
    heads = " ".join(judging.called(things[moved.thing]))
    return all(any(values.entails(s, w) for s in [*said, heads]) for w in values.words(claim.value))


def _connected(claim: Claim, premise: Known) -> bool:
    """A bare "with", "has" or "is at" between two things that the premise connects somehow."""
    verb, place, _ = predicates.parts(claim.value)
    if claim.thing < 0 or claim.other < 0:
        return False
    if verb and verb not in ("have", "feature", "include", "be") or place not in ("", "with", "at"):
        return False
    return any({p.thing, p.other} == {claim.thing, claim.other} for p in premise.about[claim.thing])


def _foreign(reading: Reading) -> bool:
    return bool(reading.claims) and all(c.kind == STATEMENT for c in reading.claims)


def _text(reading: Reading) -> str:
    return " ".join(s.text or s.said for s in reading.sentences)


def _said_by_one(claim: Claim, facts: Reading) -> bool:
    return any(
        foreign.compare(f.text, claim.text) in (EQUIVALENT, A_ENTAILS_B) for f in facts.claims
    )
