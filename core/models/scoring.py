"""Scores that are numbers, and JSON without what is none."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite


def finite(scores: Iterable[float | None]) -> list[float | None]:
    """The scores; None ("not scored") where one is no finite number.

    A model in fp16 overflows to NaN, which compares as below every threshold and which JSON cannot hold.
    """
    return [None if s is None or not isfinite(s) else float(s) for s in scores]


def without_nan(value):
    """A JSON value in which None stands for every number that JSON does not have."""
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: without_nan(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(part) for part in value]
    return value
