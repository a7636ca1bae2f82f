"""Claims that something is written in the image, and what reading it tells about them."""

from __future__ import annotations

from collections.abc import Sequence

from .claims import TEXT
from .models import Matcher, Tick
from .models.ocr import MISSING
from .models.scoring import finite
from .picture import Picture
from .statements import Statement


def read_words(
    pictures: Sequence[Picture],
    found: Sequence[Sequence[Statement]],
    ocr: Matcher | None,
    tick: Tick,
) -> list[dict[int, float]]:
    """For each picture: index of a statement about written words -> the log-likelihood ratio of what was read.

    Each such statement is looked for in the regions that say it and in the whole image, and counts where it was
    read best: small letters are lost in the whole, words at an edge are cut in a patch.
    """
    if ocr is None:
        return [{} for _ in pictures]
    wanted: dict[tuple[int, str], dict[str, None]] = {}
    for index, (picture, statements) in enumerate(zip(pictures, found)):
        for statement in filter(_written, statements):
            for region in (*statement.regions, picture.root.name):
                wanted.setdefault((index, region), {})[statement.claim.value] = None
    batches = [(pictures[i].view(region), list(words)) for (i, region), words in wanted.items()]
    scores: dict[tuple[int, str], list[float]] = {}
    answers = ocr.score(batches, lambda index: tick(None)) if batches else []
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


def not_read(statements: Sequence[Statement], ocr: Matcher | None) -> list[str]:
    """A note where words are claimed and nothing can read them."""
    return [MISSING] if ocr is None and any(map(_written, statements)) else []


def _written(statement: Statement) -> bool:
    claim = statement.claim
    return claim is not None and claim.kind == TEXT and not claim.negated and bool(claim.value)
