"""Stage 3: candidate captions + a matcher -> each statement kept or dropped, level by level.

The levels: the captions of one region against each other, overlapping regions against each other,
then the whole picture. Everything is decided before any text is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .models import Embedder, Matcher, Writer
from .paper import PaperFilter
from .picture import Picture, Step, no_step, sign_of_life, ticks_at
from .regions import PAIR, Region, iou, union_box
from .statements import (
    Reason,
    Statement,
    Verdict,
    contradictions,
    merge_same,
    read_candidates,
)
from .verdicts import Court, FilterSettings, Scores, views, wordings, wrong_view

if TYPE_CHECKING:
    import numpy as np

DEFAULT, PAPER, FAST = "default", "paper", "fast"


def filter_statements(
    pictures: Sequence[Picture],
    matcher: Matcher,
    embedder: Embedder,
    settings: FilterSettings = FilterSettings(),
    *,
    grouper: Writer | None = None,
    step: Step = no_step,
) -> list[Picture]:
    """Decide about every sentence of every candidate caption.

    Args:
        grouper: sorts the sentences where the paper's profile decides; one that does not generate is
            not asked, and they are sorted by their embeddings.
        step: called as each region is scored.

    Returns:
        The pictures with `statements`: all of them, kept and dropped, each with its reason.
    """
    read = [_read(picture) for picture in pictures]
    said = (s for by_region in read for group in by_region.values() for s in group)
    talking = grouper if settings.paper and grouper and grouper.generates else None
    vectors = {} if talking else _embed(said, embedder)
    if settings.paper:
        sorted_by = {} if talking else {"embedder": embedder.name}
        return [
            PaperFilter(picture, matcher, settings, vectors, talking, step)
            .decided(index, by_region)
            .extended(models=sorted_by)
            for index, (picture, by_region) in enumerate(zip(pictures, read))
        ]
    local = [
        [s for group in by_region.values() for s in _merge(picture, group, vectors)]
        for picture, by_region in zip(pictures, read)
    ]
    scores = _score_regions(pictures, local, matcher, step)
    local = [
        _resolve_within(picture, statements, table, vectors)
        for picture, statements, table in zip(pictures, local, scores)
    ]
    overlapping = [_overlapping(picture, settings.overlap) for picture in pictures]
    local, pair_calls = _resolve_pairs(pictures, local, overlapping, matcher, vectors, step)

    done = []
    for picture, statements, table, pairs in zip(pictures, local, scores, pair_calls):
        merged = _merge(picture, statements, vectors)
        court = Court(picture, merged, table, matcher, settings)
        done.append(
            picture.extended(
                statements=tuple(court.decided()),
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
    undecided = [s for s in statements if s.verdict is not Verdict.DROPPED]
    dropped = [s for s in statements if s.verdict is Verdict.DROPPED]
    return merge_same(undecided, vectors, picture.asked) + dropped


def _score_regions(
    pictures: Sequence[Picture],
    local: Sequence[Sequence[Statement]],
    matcher: Matcher,
    step: Step,
) -> list[Scores]:
    """Score each undecided statement on its views: each crop once, with all its texts."""
    batches, places, pooled = [], [], matcher.pooled_threshold is not None
    for index, (picture, statements) in enumerate(zip(pictures, local)):
        texts: dict[str, list[str]] = {}
        for statement in statements:
            if statement.verdict is None:
                shown = views(picture, statement, pooled)
                wrong = wrong_view(picture, statement) if matcher.contrast else None
                for region in [*shown, *filter(None, [wrong])]:
                    texts.setdefault(region.name, []).extend(wordings(statement))
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
