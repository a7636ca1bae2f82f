"""Distinguishes one failed answer from a model that does not work."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import PatchMattersError
from . import ERROR, Completion


class Failures:
    """Counts how many answers of a model failed in a row."""

    def __init__(self):
        self._in_a_row = 0

    def check(self, answers: Sequence[Sequence[Completion]], name: str) -> None:
        """Accept single failures, and raise when every answer failed.

        Raises:
            PatchMattersError: every answer is an error, and it is the second at least.
        """
        details = [c.detail for row in answers for c in row if c.finish == ERROR]
        if not details or len(details) < sum(map(len, answers)):
            self._in_a_row = 0
            return
        self._in_a_row += len(answers)
        if self._in_a_row > 1:
            raise PatchMattersError(f"{name}: {details[0]}")
