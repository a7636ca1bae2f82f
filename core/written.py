"""Checks claims that something is written in the image by reading it."""

from __future__ import annotations

from collections.abc import Sequence

from .claims import TEXT
from .image_record import ImageRecord
from .models import ModelProgress, Verifier
from .models.ocr import MISSING
from .models.scoring import finite
from .statements import Statement


def read_words(
    records: Sequence[ImageRecord],
    found: Sequence[Sequence[Statement]],
    ocr: Verifier | None,
    on_progress: ModelProgress,
) -> list[dict[int, float]]:
    """Return for each image: index of a statement about written words -> the log-likelihood ratio of what was read.

    Each such statement is looked for in the regions that say it and in the whole image, and counts where it was
    read best: small letters are lost in the whole, words at an edge are cut in a patch.
    """
    if ocr is None:
        return [{} for _ in records]
    wanted: dict[tuple[int, str], dict[str, None]] = {}
    for index, (record, statements) in enumerate(zip(records, found)):
        for statement in filter(_written, statements):
            for region in (*statement.regions, record.root.name):
                wanted.setdefault((index, region), {})[statement.claim.value] = None
    batches = [(records[i].view(region), list(words)) for (i, region), words in wanted.items()]
    scores: dict[tuple[int, str], list[float]] = {}
    answers = ocr.score(batches, lambda index: on_progress(None)) if batches else []
    for ((index, _), words), row in zip(wanted.items(), answers, strict=True):
        for word, score in zip(words, finite(row), strict=True):
            if score is not None:
                scores.setdefault((index, word), []).append(score)
    return [
        {
            number: ocr.calibration.of(value).evidence(max(scores[index, value]))
            for number, statement in enumerate(statements)
            if _written(statement) and (index, value := statement.claim.value) in scores
        }
        for index, statements in enumerate(found)
    ]


def not_read(statements: Sequence[Statement], ocr: Verifier | None) -> list[str]:
    """Return a note where words are claimed and nothing can read them."""
    return [MISSING] if ocr is None and any(map(_written, statements)) else []


def _written(statement: Statement) -> bool:
    claim = statement.claim
    return claim is not None and claim.kind == TEXT and not claim.negated and bool(claim.value)
