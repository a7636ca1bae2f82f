"""Scores that are numbers."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite


def finite(scores: Iterable[float | None]) -> list[float | None]:
    """The scores; None ("not scored") where one is no finite number.

    A model in fp16 overflows to NaN, which compares as below every threshold and which JSON cannot hold.
    """
    return [None if s is None or not isfinite(s) else float(s) for s in scores]
