"""Stage 3: candidate captions + a matcher -> each statement kept or dropped, level by level.

The levels: the captions of one region against each other, overlapping regions against each other,
then the whole picture. Everything is decided before any text is written.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .models import Embedder, Matcher
from .picture import Picture, Step, no_step, sign_of_life, ticks_at
from .regions import IMAGE, PAIR, Region, intersection_area, iou, union_box
from .statements import (
    Reason,
    Statement,
    Verdict,
    contradictions,
    merge_same,
    read_candidates,
)

if TYPE_CHECKING:
    import numpy as np

DEFAULT, PAPER, FAST = "default", "paper", "fast"


@dataclass(frozen=True)
class FilterSettings:
    """Attributes:
    threshold: a statement is kept above this score (0..1); 0 takes the matcher's own.
    overlap: regions that overlap by more than this IoU are filtered together (paper: 0.4).
    paper: decide as the paper does: statements of several captions are kept unscored, the rest
        are scored on their own patch alone, and the caption of the whole image is not filtered.
    """

    threshold: float = 0.0
    overlap: float = 0.4
    paper: bool = False


Scores = dict[tuple[str, str], float | None]  # (region, text) -> the matcher's score


def filter_statements(
    pictures: Sequence[Picture],
    matcher: Matcher,
    embedder: Embedder,
    settings: FilterSettings = FilterSettings(),
    *,
    step: Step = no_step,
) -> list[Picture]:
    """Decide about every sentence of every candidate caption.

    Args:
        step: called as each region is scored.

    Returns:
        The pictures with `statements`: all of them, kept and dropped, each with its reason.
    """
    read = [_read(picture) for picture in pictures]
    said = (s for by_region in read for group in by_region.values() for s in group)
    vectors = _embed(said, embedder)
    pooled = matcher.pooled_threshold is not None and not settings.paper
    threshold = settings.threshold or (matcher.pooled_threshold if pooled else matcher.threshold)

    local = [
        [s for group in by_region.values() for s in _merge(picture, group, vectors)]
        for picture, by_region in zip(pictures, read)
    ]
    scores = _score_regions(pictures, local, matcher, pooled, step)
    local = [
        _resolve_within(picture, statements, table, vectors)
        for picture, statements, table in zip(pictures, local, scores)
    ]
    overlapping = [_overlapping(picture, settings.overlap) for picture in pictures]
    local, pair_calls = _resolve_pairs(pictures, local, overlapping, matcher, vectors, step)

    done = []
    for picture, statements, table, pairs in zip(pictures, local, scores, pair_calls):
        merged = _merge(picture, statements, vectors)
        weighed = [_weigh(picture, s, table, pooled) for s in merged]
        done.append(
            picture.extended(
                statements=tuple(_decide(s, picture, threshold, settings.paper) for s in weighed),
                models={"matcher": matcher.name, "embedder": embedder.name},
                calls={"matcher": len({region for region, _ in table}) + pairs},
            )
        )
    return done


def _read(picture: Picture) -> dict[str, list[Statement]]:
    return {
        region.name: read_candidates(region.name, picture.candidates.get(region.name, ()))
        for region in picture.root.walk()
    }


def _embed(statements: Iterable[Statement], embedder: Embedder) -> dict[str, np.ndarray]:
    skeletons = sorted({s.attributes.skeleton for s in statements if s.verdict is None})
    return dict(zip(skeletons, embedder.embed(skeletons))) if skeletons else {}


def _merge(
    picture: Picture, statements: Sequence[Statement], vectors: Mapping[str, np.ndarray]
) -> list[Statement]:
    """Merge what is still undecided; what is decided stays."""

    def asked(names: tuple[str, ...]) -> int:
        return sum(1 for name in names for c in picture.candidates[name] if c.text.strip())

    undecided = [s for s in statements if s.verdict is not Verdict.DROPPED]
    dropped = [s for s in statements if s.verdict is Verdict.DROPPED]
    return merge_same(undecided, vectors, asked) + dropped


def _views(picture: Picture, statement: Statement, pooled: bool) -> list[Region]:
    """The regions whose pixels bear on a statement: its own, and those that overlap them."""
    own = [picture.root.find(name) for name in statement.regions]
    if not pooled:
        return own
    return [
        region
        for region in picture.root.walk()
        if any(intersection_area(region.box, o.box) for o in own)
    ]


def _score_regions(
    pictures: Sequence[Picture],
    local: Sequence[Sequence[Statement]],
    matcher: Matcher,
    pooled: bool,
    step: Step,
) -> list[Scores]:
    """Score each undecided statement on its views: each crop once, with all its texts."""
    batches, places = [], []
    for index, (picture, statements) in enumerate(zip(pictures, local)):
        texts: dict[str, list[str]] = {}
        for statement in statements:
            if statement.verdict is None:
                for region in _views(picture, statement, pooled):
                    texts.setdefault(region.name, []).append(statement.text)
        for name, said in texts.items():
            batches.append((picture.view(name), list(dict.fromkeys(said))))
            places.append((index, name))
    tables: list[Scores] = [{} for _ in pictures]
    if batches:
        answers = matcher.score(batches, ticks_at(places, step))
        for (index, name), (_, texts), values in zip(places, batches, answers, strict=True):
            tables[index].update({(name, t): v for t, v in zip(texts, values, strict=True)})
    return tables


def _resolve_within(
    picture: Picture,
    statements: Sequence[Statement],
    table: Scores,
    vectors: Mapping[str, np.ndarray],
) -> list[Statement]:
    """Contradictions between the captions of one region, judged on its own pixels."""
    resolved = list(statements)
    for region in picture.root.walk():
        own = [
            i for i, s in enumerate(resolved) if s.verdict is None and s.regions == (region.name,)
        ]
        chosen = _resolve(
            [resolved[i] for i in own],
            vectors,
            {s.text: table.get((region.name, s.text)) for s in statements},
        )
        for i, statement in zip(own, chosen):
            resolved[i] = statement
    return resolved


def _overlapping(picture: Picture, overlap: float) -> list[tuple[Region, Region]]:
    regions = list(picture.root.walk())
    return [
        (a, b)
        for i, a in enumerate(regions)
        for b in regions[i + 1 :]
        if iou(a.box, b.box) > overlap
    ]


def _resolve_pairs(
    pictures: Sequence[Picture],
    local: Sequence[Sequence[Statement]],
    overlapping: Sequence[Sequence[tuple[Region, Region]]],
    matcher: Matcher,
    vectors: Mapping[str, np.ndarray],
    step: Step,
) -> tuple[list[list[Statement]], list[int]]:
    """Contradictions between overlapping regions, judged on the pixels of both together."""
    resolved = [list(statements) for statements in local]
    calls = [0] * len(pictures)
    for index, picture in enumerate(pictures):
        for a, b in overlapping[index]:
            pair = Region(f"{a.name} + {b.name}", PAIR, union_box([a.box, b.box]))
            names = {a.name, b.name}
            involved = [
                i
                for i, s in enumerate(resolved[index])
                if s.verdict is not Verdict.DROPPED and set(s.regions) <= names
            ]
            statements = [resolved[index][i] for i in involved]
            if not any(
                statements[i].regions != statements[j].regions
                for i, j in contradictions(statements, vectors)
            ):
                continue
            texts = list(dict.fromkeys(s.text for s in statements))
            values = matcher.score([(picture.crop(pair.box), texts)], sign_of_life(step))[0]
            calls[index] += 1
            by_text = dict(zip(texts, values, strict=True))
            chosen = _resolve(statements, vectors, by_text)
            for i, statement in zip(involved, chosen):
                value = by_text[statement.text]
                if value is not None and statement.against:
                    evidence = {**statement.evidence, pair.name: value}
                    statement = replace(statement, evidence=evidence)
                resolved[index][i] = statement
    return resolved, calls


def _resolve(
    statements: Sequence[Statement],
    vectors: Mapping[str, np.ndarray],
    scores: Mapping[str, float | None],
) -> list[Statement]:
    """Of statements that contradict each other the one that fits best stays undecided or BEST.

    A tie goes to the one that more captions said, then to the one said first.
    """
    conflicts = contradictions(statements, vectors)
    if not conflicts:
        return list(statements)

    def rank(i: int) -> tuple[float, float, int]:
        said, asked = statements[i].support
        return (-round(scores[statements[i].text] or 0.0, 2), -said / asked, i)

    resolved = list(statements)
    for winner in sorted({i for pair in conflicts for i in pair}, key=rank):
        if resolved[winner].verdict is Verdict.DROPPED:
            continue
        for pair in conflicts:
            if winner in pair:
                loser = pair[0] if pair[1] == winner else pair[1]
                if resolved[loser].verdict is Verdict.DROPPED:
                    continue
                resolved[loser] = resolved[loser].decided(
                    Verdict.DROPPED, Reason.CONTRADICTED, statements[winner].text
                )
                resolved[winner] = replace(
                    resolved[winner], reason=Reason.BEST, against=statements[loser].text
                )
    return resolved


def _weigh(picture: Picture, statement: Statement, table: Scores, pooled: bool) -> Statement:
    """Fill in evidence and score."""
    evidence = {}
    for region in _views(picture, statement, pooled):
        values = [table.get((region.name, statement.text))]
        if values == [None]:  # another wording of the same was scored here
            values = [table.get((region.name, saying.text)) for saying in statement.sayings]
        values = [v for v in values if v is not None]
        if values:
            evidence[region.name] = sum(values) / len(values)
    score = None
    if evidence:
        own = [v for name, v in evidence.items() if name in statement.regions]
        if pooled:
            score = 1 - math.prod(1 - v for v in evidence.values())
        elif own:
            score = max(own)
    return replace(statement, evidence={**evidence, **statement.evidence}, score=score)


def _decide(statement: Statement, picture: Picture, threshold: float, paper: bool) -> Statement:
    if statement.verdict is not None:
        return statement
    said, asked = statement.support
    kinds = {picture.root.find(name).kind for name in statement.regions}
    if paper and IMAGE in kinds:
        return statement.decided(Verdict.KEPT, Reason.GLOBAL, statement.against)
    if paper and said > 1 and statement.reason is not Reason.BEST:
        return statement.decided(Verdict.KEPT, Reason.AGREED)
    if statement.score is None:
        majority = 2 * said > asked
        return statement.decided(
            Verdict.KEPT if majority else Verdict.DROPPED,
            Reason.MAJORITY if majority else Reason.MINORITY,
            statement.against,
        )
    if statement.score <= threshold:
        return statement.decided(Verdict.DROPPED, Reason.BELOW, statement.against)
    return statement.decided(Verdict.KEPT, statement.reason or Reason.ABOVE, statement.against)
