"""Which claims say the same, entail or contradict each other, and what follows from facts all together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from . import (
    NUMBER,
    OBJECT,
    RELATION,
    SCENE,
    STATEMENT,
    Claim,
    Reading,
    Thing,
    clause_states,
    comparison,
    contrast,
    lexicon,
    opposition,
    plurals,
    quantified,
    quantifiers,
    support,
    surface_similarity,
)
from . import alignment as aligning
from .alignment import align, align_known
from .comparison import CONTRADICTED, ENTAILED, NEUTRAL
from .implications import follows
from .premise import moved_to, relation_to
from .second_opinion import second_opinion
from .thing_index import ThingIndex
from .unread import unread_claims

__all__ = [
    "CONTRADICTED",
    "ENTAILED",
    "NEUTRAL",
    "align",
    "claim_relation",
    "compare",
    "relation",
    "undecided",
    "unsupported",
    "without_echoes",
]

EQUIVALENT, A_ENTAILS_B, B_ENTAILS_A = "equivalent", "a_entails_b", "b_entails_a"
CONTRADICTION = "contradiction"


def claim_relation(a: Claim, b: Claim, things: Sequence[Thing]) -> str:
    """Return how two claims stand to each other, whose `thing` and `other` are indices into the same
    `things`.

    The same number is the same thing, another number another.

    Returns:
        equivalent | a_entails_b | b_entails_a | contradiction | neutral
    """
    if STATEMENT in (a.kind, b.kind):
        return surface_similarity.compare(a.text, b.text) if a.kind == b.kind else NEUTRAL
    apart = a.thing >= 0 and b.thing >= 0 and not {a.thing, a.other} & {b.thing, b.other} - {-1}
    if apart and not (a.negated or b.negated):
        return NEUTRAL
    forward, backward = comparison.says(a, b, things), comparison.says(b, a, things)
    if ENTAILED in (forward, backward):
        if forward == backward:
            return EQUIVALENT
        return A_ENTAILS_B if forward == ENTAILED else B_ENTAILS_A
    return CONTRADICTION if CONTRADICTED in (forward, backward) else NEUTRAL


def relation(claim: Claim, premise: Reading, alignment: Mapping[int, int]) -> str:
    """Return whether a claim follows from all claims of a premise together, contradicts them, or neither.

    Args:
        alignment: the claim's things -> things of the premise, as `align` returns them.
    """
    return relation_to(claim, ThingIndex.of(premise), alignment)


def compare(a: Reading, b: Reading) -> str:
    """Return how two texts of one image stand to each other.

    Returns:
        equivalent | a_entails_b | b_entails_a | contradiction | neutral
    """
    if _foreign(a) or _foreign(b):
        return surface_similarity.compare(_text(a), _text(b))
    x, y = ThingIndex.of(a), ThingIndex.of(b)
    if by_share := quantified.relation(_text(a), _text(b)):
        return by_share
    there = align_known(x, y)
    back = {i: j for j, i in there.items()}
    a, b = without_echoes(x.reading), without_echoes(y.reading)
    forward = [relation_to(c, x, there, y.owner) for c in b.claims]
    backward = [relation_to(c, y, back, x.owner) for c in a.claims]
    if _clash(b.claims, forward, x, y, there) or _clash(a.claims, backward, y, x, back):
        return CONTRADICTION
    if any(m.clash(x, y, there) for m in (contrast, opposition, clause_states)):
        return CONTRADICTION
    for known, text, found, label in ((x, y, there, A_ENTAILS_B), (y, x, back, B_ENTAILS_A)):
        if verdict := _of_each(known, text, found):
            return (
                CONTRADICTION
                if verdict == CONTRADICTED
                else label
                if verdict == ENTAILED
                else NEUTRAL
            )
    holds = bool(forward) and all(_supported(c, x, y, there, v) for c, v in zip(b.claims, forward))
    other = bool(backward) and all(_supported(c, y, x, back, v) for c, v in zip(a.claims, backward))
    if holds and other:
        return EQUIVALENT
    return A_ENTAILS_B if holds else B_ENTAILS_A if other else NEUTRAL


def without_echoes(reading: Reading) -> Reading:
    """Return the reading without denied things of which a denied relation says so already: "wears no veil" denies
    what "isn't wearing a veil" denies, not that there is one anywhere.
    """
    told = {(c.sentence, c.other) for c in reading.claims if c.kind == RELATION and c.negated}
    kept = [
        c
        for c in reading.claims
        if not (c.kind == OBJECT and c.negated and (c.sentence, c.thing) in told)
    ]
    return replace(reading, claims=tuple(kept))


def _of_each(premise: ThingIndex, text: ThingIndex, alignment: Mapping[int, int]) -> str:
    """Return what follows for a text about one of all things of which the premise speaks; "" for other texts."""
    single = quantifiers.instances(premise, text, alignment)
    if not single:
        return ""
    found = {**alignment, **single}
    claims = [c for c in text.reading.claims if not quantifiers.names_instance(c, single)]
    verdicts = [relation_to(c, premise, found, text.owner) for c in claims]
    if any(v == CONTRADICTED for v in verdicts):
        return CONTRADICTED
    every = claims and all(_supported(c, premise, text, found, v) for c, v in zip(claims, verdicts))
    return ENTAILED if every else NEUTRAL


def _clash(claims, verdicts, premise: ThingIndex, hypothesis: ThingIndex, there) -> bool:
    """Return whether a contradiction is one of the same things, not of one among several."""
    for claim, verdict in zip(claims, verdicts):
        if verdict != CONTRADICTED:
            continue
        things = [t for t in (claim.thing, hypothesis.owner.get(claim.thing, -1)) if t in there]
        if claim.kind in (NUMBER, OBJECT) or not any(
            aligning.one_and_many(premise, there[t], hypothesis, t) for t in things
        ):
            return True
    return False


def unsupported(facts: Reading, written: Reading) -> list[int]:
    """Indices of the claims of a written text that do not follow from the facts all together.

    A sentence with such claims may have been misread. Where all claims follow that it makes when it is read in other
    words, it is supported.
    """
    new = _unsupported(facts, written)
    return [] if not new else second_opinion(facts, written, new, _unsupported)


def _unsupported(facts: Reading, written: Reading) -> list[int]:
    known, text = ThingIndex.of(facts), ThingIndex.of(written)
    if _foreign(facts) or _foreign(written):
        return [i for i, c in enumerate(written.claims) if not _said_by_one(c, facts)]
    found = align_known(known, text)
    several = plurals.together(known, text, found)
    apart = plurals.of_another(known, text, found)
    unread = unread_claims(text, known)
    return [
        i
        for i, claim in enumerate(text.reading.claims)
        if i in unread
        or (not claim.negated and {claim.thing, claim.other} & apart)
        or not _follows_of_all(claim, known, text, found, several)
    ]


def undecided(facts: Reading, written: Reading) -> dict[int, tuple[Claim, ...]]:
    """Return the claims of a written text that neither follow from the facts nor contradict them.

    Returns:
        Index of the claim -> the facts about the same things. Claims about a thing that the facts do not have are
        left out.
    """
    if _foreign(facts) or _foreign(written):
        new = unsupported(facts, written)
        return {i: facts.claims for i in new if not _denied_by_one(written.claims[i], facts)}
    known, text = ThingIndex.of(facts), ThingIndex.of(written)
    found = align_known(known, text)
    left: dict[int, tuple[Claim, ...]] = {}
    for i, claim in enumerate(text.reading.claims):
        verdict = relation_to(claim, known, found, text.owner)
        if verdict != NEUTRAL or _supported(claim, known, text, found, verdict, strict=True):
            continue
        things = {found.get(thing, -1) for thing in {claim.thing, claim.other} - {-1}}
        about = [c for thing in things for c in known.about.get(thing, ())]
        if not things:
            about = [c for c in known.reading.claims if c.kind == SCENE]
        if about and -1 not in things:
            left[i] = tuple(about)
    return left


def _follows_of_all(
    claim: Claim,
    facts: ThingIndex,
    written: ThingIndex,
    found: Mapping[int, int],
    several: Mapping[int, Sequence[int]],
) -> bool:
    """Return whether a written claim follows, of each of the things that it names together."""
    if _of_each_member(claim, facts, found):
        return True
    for j in (claim.thing, claim.other):
        if j in several and claim.kind != OBJECT:
            if claim.kind == NUMBER and len(several[j]) != 1:
                return claim.value == str(len(several[j]))
            rest = {k: v for k, v in several.items() if k != j}
            return bool(several[j]) and all(
                _follows_of_all(claim, facts, written, {**found, j: k}, rest) for k in several[j]
            )
    verdict = relation_to(claim, facts, found, written.owner)
    return _supported(claim, facts, written, found, verdict, strict=True)


def _of_each_member(claim: Claim, facts: ThingIndex, found: Mapping[int, int]) -> bool:
    """Return whether each member of a group has one of its own: "two men in suits" where each wears a suit."""
    group = found.get(claim.thing, -1)
    if claim.kind != RELATION or claim.negated or claim.other < 0 or group < 0:
        return False
    single = aligning.members(facts, group)
    if len(single) < 2 or len(single) != facts.counted.get(group):
        return False
    things = facts.reading.things
    alike = [k for k, t in enumerate(things) if lexicon.is_kind(t.head, claim.object)]
    return all(
        any(
            relation_to(claim, facts, {**found, claim.thing: one, claim.other: k}) == ENTAILED
            for k in alike
        )
        for one in single
    )


def _supported(
    claim: Claim,
    facts: ThingIndex,
    written: ThingIndex,
    alignment: Mapping[int, int],
    verdict: str,
    strict: bool = False,
) -> bool:
    if (
        verdict == ENTAILED
        and strict
        and not _guessed(claim, written)
        and _only_hedged(claim, facts, alignment)
    ):
        return False
    if verdict == ENTAILED or (
        verdict == NEUTRAL and follows(claim, moved_to(claim, alignment), facts)
    ):
        return True
    moved = moved_to(claim, alignment)
    if verdict == CONTRADICTED:
        return False
    return support.is_supported(claim, moved, facts, written, alignment)


_HEDGE = re.compile(
    r"\b(?:appears?|seems?|seemingly|apparently|possibly|probably|perhaps|maybe|likely|might|may|could|suggest\w*|"
    r"looks? like|what looks|indicat\w+|as if|as though)\b",
    re.IGNORECASE,
)


def _guessed(claim: Claim, written: ThingIndex) -> bool:
    sentences = written.reading.sentences
    return claim.hedged or (
        claim.sentence < len(sentences) and bool(_HEDGE.search(sentences[claim.sentence].said))
    )


def _only_hedged(claim: Claim, facts: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """Return whether all facts that say it present it as a guess."""
    moved, things = moved_to(claim, alignment), facts.reading.things
    occurrence = [p for p in facts.reading.claims if comparison.says(p, moved, things) == ENTAILED]
    return bool(occurrence) and all(p.hedged for p in occurrence)


def _foreign(reading: Reading) -> bool:
    return bool(reading.claims) and all(c.kind == STATEMENT for c in reading.claims)


def _text(reading: Reading) -> str:
    return " ".join(s.text or s.said for s in reading.sentences)


def _said_by_one(claim: Claim, facts: Reading) -> bool:
    return any(
        surface_similarity.compare(f.text, claim.text) in (EQUIVALENT, A_ENTAILS_B)
        for f in facts.claims
    )


def _denied_by_one(claim: Claim, facts: Reading) -> bool:
    return any(
        surface_similarity.compare(f.text, claim.text) == CONTRADICTION for f in facts.claims
    )
