"""Limits the requests of a run over all stages and models."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable


class Budget:
    """Counts the requests of one run: one queued prompt, or one command.

    Args:
        run: names the run that is going on; what was counted in another one is forgotten.
    """

    def __init__(self, run: Callable[[], Hashable] = lambda: None):
        self._run, self._current, self._used = run, run(), 0
        self._lock = threading.Lock()

    def take(self, wanted: int, permitted: int) -> int | None:
        """Reserve `wanted` requests, if the total then does not exceed `permitted`.

        Returns None where they were taken, else how many were taken before.
        """
        with self._lock:
            if (run := self._run()) != self._current:
                self._current, self._used = run, 0
            if self._used + wanted > permitted:
                return self._used
            self._used += wanted
            return None
