"""One answer that failed, told from a model that does not work."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import PatchMattersError
from . import ERROR, Completion


class Failures:
    """Counts the answers of a model that failed in a row, with none between that came."""

    def __init__(self):
        self._in_a_row = 0

    def check(self, answers: Sequence[Sequence[Completion]], name: str) -> None:
        """One failed patch costs that patch; where all fail, there is nothing to go on with.

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
