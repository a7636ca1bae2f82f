"""Helpers for scores: not finite ones, undecided ones, and NaN in JSON."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

# Distance from .5 at which the log-odds of a score (1.7) outweigh most priors of captions (`evidence.Prior`,
# `verdicts.PROBABLE`).
SURE = 0.35


def finite(scores: Iterable[float | None]) -> list[float | None]:
    """Return the scores, with None ("not scored") for values that are not finite.

    A model in fp16 overflows to NaN, which compares as below every threshold and which JSON cannot hold.
    """
    return [None if s is None or not isfinite(s) else float(s) for s in scores]


def undecided(score: float | None) -> bool:
    """Return whether a verifier's score (0..1) is so close to .5 that asking again can change the verdict."""
    return score is None or abs(score - 0.5) < SURE


def without_nan(value):
    """Replace NaN and infinity in a JSON value by None."""
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: without_nan(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(part) for part in value]
    return value
