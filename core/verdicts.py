"""Decides which claims are kept, from all evidence for and against them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from .claims import NUMBER, OBJECT, PLACE, Claim
from .claims.scene import Grouped
from .evidence import (
    UNMENTIONED,
    Calibration,
    LabelFreeCalibration,
    combined_evidence,
    evidence_for_thing,
    logit,
    probability,
)
from .image_record import GIVEN, ImageRecord
from .statements import Occurrence, Reason, Statement, Verdict

# A claim raises F1 where its probability is above half of the F1 that is reached; a caption that is to be trusted
# asks for more. Chosen on invented scenes (bench/RESULTS.md).
PROBABLE = 0.85
UNSCORED = 0.5  # for claims that the verifier cannot score: the captions alone decide, so they must be likelier than not
ROUNDS = 2  # in which things that are said of each other learn from each other

Scores = dict[tuple[str, str], float | None]  # (region, text) -> the verifier's score


@dataclass(frozen=True)
class Weighed:
    """The evidence for one statement, without that of related statements.

    Attributes:
        prior: log-odds of who says it; of what is said of a thing, where the thing is there.
        evidence: log-likelihood ratio of the verifier's scores.
        raw: region -> the mean of the verifier's scores of its wordings.
    """

    prior: float
    evidence: float
    raw: Mapping[str, float]


def decided(
    record: ImageRecord,
    statements: Sequence[Statement],
    groups: Grouped,
    texts: Sequence[Sequence[str]],
    table: Scores,
    calibration: Calibration | LabelFreeCalibration,
    threshold: float = 0.0,
    read: Mapping[int, float] = {},
) -> list[Statement]:
    """Return all statements with their verdicts.

    Args:
        groups: how they stand to each other, by their index.
        texts: of each statement, the wordings that were scored.
        table: the verifier's scores of those.
        threshold: the probability (0..1) above which a statement is kept; 0 for `PROBABLE`,
            or `UNSCORED` where the verifier could not score.
        read: index of a statement about written words -> the log-likelihood ratio of what was read.
    """
    stronger = _closure(groups.entails)
    weighed = [
        _weighed(record, statements, i, stronger.get(i, ()), texts[i], table, calibration)
        for i in range(len(statements))
    ]
    weighed = [replace(w, evidence=w.evidence + read.get(i, 0.0)) for i, w in enumerate(weighed)]
    named = {s.claim.thing for s in statements if s.claim.kind == OBJECT}
    needs = [needed_things(record, named, s.claim) for s in statements]
    odds = _joint(statements, weighed, needs, calibration.thing_weight)
    for weak in stronger:  # what follows from a claim is at least as likely as it
        if statements[weak].claim.kind != OBJECT:
            odds[weak] = max([odds[weak], *(odds[s] for s in stronger[weak])])
    done = [
        replace(
            s,
            evidence=dict(w.raw),
            score=round(probability(o), 4),
            needed=threshold or (PROBABLE if w.raw or i in read else UNSCORED),
        )
        for i, (s, w, o) in enumerate(zip(statements, weighed, odds))
    ]
    order = sorted(range(len(done)), key=lambda i: (-odds[i], -len(done[i].sources), i))
    against = _opponents(groups.contradicts)
    kept: list[int] = []
    for i in order:
        winner = next((j for j in kept if j in against.get(i, ())), None)
        if done[i].score <= done[i].needed:
            done[i] = done[i].decided(Verdict.DROPPED, Reason.IMPROBABLE)
        elif winner is not None:
            done[i] = done[i].decided(Verdict.DROPPED, Reason.CONTRADICTED, done[winner].text)
        else:
            kept.append(i)
            done[i] = done[i].decided(Verdict.KEPT, Reason.PROBABLE)
    return without_absent_things(done, needs)


def needed_things(record: ImageRecord, named: Collection[int], claim: Claim) -> frozenset[int]:
    """Return the things that must be there for a claim to be true: its own, or the owner of a part that no claim
    names as a thing ("the handle of the cup").
    """
    found = set()
    for thing in {claim.thing, claim.other} - {-1}:
        owners = {thing}
        while thing not in named and (thing := record.things[thing].owner) >= 0:
            if thing in owners:
                break
            owners.add(thing)
        found.add(thing if thing >= 0 else min(owners))
    return frozenset(found)


def _joint(
    statements: Sequence[Statement],
    weighed: Sequence[Weighed],
    needs: Sequence[frozenset[int]],
    share: float,
) -> list[float]:
    """Return the log-odds of every statement, given what is said of the same things: evidence for a claim
    about a thing is also evidence for the thing, and no claim about an absent thing is true.
    """
    named: dict[int, list[int]] = {}  # thing -> the statements that it is there
    said_of: dict[int, list[int]] = {}
    for i, s in enumerate(statements):
        if s.claim.negated or s.claim.kind in (PLACE, NUMBER):
            continue  # a verifier's score of a place is about the thing; a wrong count does not mean that it is absent
        if s.claim.kind == OBJECT:
            named.setdefault(s.claim.thing, []).append(i)
        else:
            for thing in needs[i]:
                said_of.setdefault(thing, []).append(i)
    alone = {
        t: max(weighed[i].prior + weighed[i].evidence for i in own) for t, own in named.items()
    }
    there = dict(alone)
    for _ in range(ROUNDS):
        there = {
            thing: alone[thing]
            + share
            * sum(
                evidence_for_thing(
                    weighed[i].prior,
                    weighed[i].evidence,
                    _likely(there, needs[i] - {thing}),
                )
                for i in said_of.get(thing, ())
            )
            for thing in alone
        }
    odds = []
    for s, w, needed in zip(statements, weighed, needs):
        if s.claim.negated:
            odds.append(w.prior + w.evidence)
        elif s.claim.kind == OBJECT:
            # Several names of a thing ("bird", "seagull") keep the differences of their own log-odds.
            odds.append(there[s.claim.thing] + w.prior + w.evidence - alone[s.claim.thing])
        else:
            own = probability(w.prior + w.evidence)
            odds.append(logit(own * _likely(there, needed)))
    return odds


def _likely(there: Mapping[int, float], things: Collection[int]) -> float:
    """Return the probability that all the things are there."""
    return math.prod(probability(there[t]) for t in things if t in there)


def without_absent_things(
    statements: Sequence[Statement], needs: Sequence[frozenset[int]]
) -> list[Statement]:
    """Drop claims about a thing that was dropped, or that use a name for a thing that was dropped."""
    present: dict[int, bool] = {}
    named: dict[tuple[int, str], bool] = {}
    for s in statements:
        if s.claim.kind == OBJECT and not s.claim.negated:
            kept = s.verdict is Verdict.KEPT
            present[s.claim.thing] = present.get(s.claim.thing, False) or kept
            named[s.claim.thing, s.claim.subject] = kept
    return [
        s.decided(Verdict.DROPPED, Reason.WITHOUT_THING)
        if s.verdict is Verdict.KEPT
        and not s.claim.negated
        and not (
            all(present.get(t, True) for t in needed)
            and named.get((s.claim.thing, s.claim.subject), True)
            and named.get((s.claim.other, s.claim.object), True)
        )
        else s
        for s, needed in zip(statements, needs)
    ]


def _closure(entails: frozenset[tuple[int, int]]) -> dict[int, set[int]]:
    """Return weaker -> all claims that it follows from, directly or through others."""
    direct: dict[int, set[int]] = {}
    for strong, weak in entails:
        direct.setdefault(weak, set()).add(strong)
    closed = {}
    for weak in direct:
        found, new = set(), set(direct[weak])
        while new:
            found |= new
            new = {s for w in new for s in direct.get(w, ())} - found - {weak}
        closed[weak] = found
    return closed


def _opponents(pairs: frozenset[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for a, b in pairs:
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return found


def _weighed(record, statements, index, stronger, texts, table, calibration) -> Weighed:
    """Weigh one statement by the captions that make it, or that make a claim from which it follows."""
    statement = statements[index]
    said = [x for s in (statement, *(statements[i] for i in stronger)) for x in s.occurrences]
    occurrences: dict[str, set[int]] = {}
    for occurrence in said:
        occurrences.setdefault(occurrence.region, set()).add(occurrence.candidate)
    scores, unlimited, raw = {}, {}, {}
    for region in (*occurrences, record.root.name):
        found = [(t, table.get((region, t))) for t in texts]
        found = [(t, v) for t, v in found if v is not None]
        if found:
            scores[region] = fmean(calibration.of(t).evidence(v) for t, v in found)
            unlimited[region] = fmean(calibration.of(t).unlimited(v) for t, v in found)
            raw[region] = fmean(v for _, v in found)
    hedged = statement.claim.hedged
    prior = max(
        record.prior(region).of(
            len(numbers),
            record.asked((region,)),
            hedged=hedged,
            late=_late(record, said, region),
        )
        + (record.prior(region).of_thing if statement.claim.kind != OBJECT else 0.0)
        for region, numbers in occurrences.items()
    )
    if GIVEN in record.models and record.root.name not in occurrences and record.global_caption:
        prior += UNMENTIONED
    others = () if record.root.name in occurrences else (record.root.name,)
    shown = combined_evidence(
        occurrences, scores, others, record.captioner_prior.other_view, unlimited
    )
    return Weighed(prior, shown, raw)


def _late(record: ImageRecord, said: Sequence[Occurrence], region: str) -> float:
    """Return where a region's captions first say it: 0 in the first sentence, 1 in the last."""
    found = (
        x.sentence / max(1, len(record.readings[x.source].sentences) - 1)
        for x in said
        if x.region == region and x.sentence >= 0
    )
    return min(found, default=0.5)
