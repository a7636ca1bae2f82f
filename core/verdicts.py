"""Whether a claim is kept: all that speaks for it, for what follows from it, and against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from .claims import OBJECT
from .claims.scene import Grouped
from .evidence import Calibration, LabelFree, log_odds, probability, said
from .picture import Picture
from .statements import Reason, Statement, Verdict

# A claim raises F1 where its probability is above half of the F1 that is reached; captions that are to be
# trusted ask for more: it must be likelier true than false.
PROBABLE = 0.5

Scores = dict[tuple[str, str], float | None]  # (region, text) -> the matcher's score


@dataclass(frozen=True)
class Weighed:
    """A statement and all that speaks for it.

    Attributes:
        texts: its wordings that were scored.
        sayings: region -> the captions (numbers) that say it, or something that it follows from.
        scores: region -> the mean evidence of its wordings there.
        raw: region -> the mean of the matcher's own scores.
    """

    statement: Statement
    sayings: Mapping[str, frozenset[int]]
    firm: bool
    scores: Mapping[str, float]
    raw: Mapping[str, float]


def decided(
    picture: Picture,
    statements: Sequence[Statement],
    groups: Grouped,
    texts: Sequence[Sequence[str]],
    table: Scores,
    calibration: Calibration | LabelFree,
    threshold: float = 0.0,
) -> list[Statement]:
    """All statements, decided.

    Args:
        groups: how they stand to each other, by their index.
        texts: of each statement, the wordings that were scored.
        table: the matcher's scores of those.
        threshold: the probability (0..1) above which a statement is kept; 0 for `PROBABLE`.
    """
    threshold = threshold or PROBABLE
    stronger = _closure(groups.entails)
    weighed = [
        _weighed(statements, i, stronger.get(i, ()), texts[i], table, calibration)
        for i in range(len(statements))
    ]
    odds = [_odds(picture, weighed, i, stronger.get(i, ())) for i in range(len(statements))]
    for weak in stronger:  # what follows from a claim is at least as likely as it
        odds[weak] = max([odds[weak], *(odds[s] for s in stronger[weak])])
    done = [
        replace(w.statement, evidence=dict(w.raw), score=round(probability(o), 4))
        for w, o in zip(weighed, odds)
    ]
    order = sorted(range(len(done)), key=lambda i: (-odds[i], -len(done[i].sources), i))
    against = _opponents(groups.contradicts)
    kept: set[int] = set()
    for i in order:
        winner = next((j for j in order if j in kept and j in against.get(i, ())), None)
        if done[i].score <= threshold:
            done[i] = done[i].decided(Verdict.DROPPED, Reason.IMPROBABLE)
        elif winner is not None:
            done[i] = done[i].decided(Verdict.DROPPED, Reason.CONTRADICTED, done[winner].text)
        else:
            kept.add(i)
            done[i] = done[i].decided(Verdict.KEPT, Reason.PROBABLE)
    return _with_their_things(done)


def _with_their_things(statements: Sequence[Statement]) -> list[Statement]:
    """What is said of a thing that was dropped goes with it."""
    present: dict[int, bool] = {}
    for s in statements:
        if s.claim.kind == OBJECT and not s.claim.negated:
            kept = s.verdict is Verdict.KEPT
            present[s.claim.thing] = present.get(s.claim.thing, False) or kept
    return [
        s.decided(Verdict.DROPPED, Reason.WITHOUT_THING)
        if s.verdict is Verdict.KEPT
        and not all(present.get(t, True) for t in (s.claim.thing, s.claim.other))
        else s
        for s in statements
    ]


def _closure(entails: frozenset[tuple[int, int]]) -> dict[int, set[int]]:
    """weaker -> all that it follows from, in any number of steps."""
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


def _weighed(statements, index, stronger, texts, table, calibration) -> Weighed:
    statement = statements[index]
    sayings: dict[str, set[int]] = {}
    for s in (statement, *(statements[i] for i in stronger)):
        for saying in s.sayings:
            sayings.setdefault(saying.region, set()).add(saying.candidate)
    scores, raw = {}, {}
    for region in dict.fromkeys(region for region, _ in table):
        found = [(t, table.get((region, t))) for t in texts]
        found = [(t, v) for t, v in found if v is not None]
        if found:
            scores[region] = fmean(calibration.of(t).evidence(v) for t, v in found)
            raw[region] = fmean(v for _, v in found)
    return Weighed(
        statement,
        {region: frozenset(numbers) for region, numbers in sayings.items()},
        not statement.claim.hedged,
        scores,
        raw,
    )


def _odds(picture: Picture, weighed: Sequence[Weighed], index: int, stronger) -> float:
    own = weighed[index]
    sayings = {
        region: said(len(numbers), picture.asked((region,)), hedged=not own.firm)
        for region, numbers in own.sayings.items()
    }
    scores = dict(own.scores)
    root = picture.root.name
    others = {root: scores[root]} if root in scores and root not in sayings else {}
    return log_odds(sayings, scores, others)
