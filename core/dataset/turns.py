"""Threads that take turns: only one works in this process, the others wait for models that are elsewhere.

The parser, the offline models and weights on this machine are not made for several threads at once, and would gain
nothing from them. What is worth doing at once is waiting for servers.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from ..pipeline import Models

_ASKING = ("caption", "score", "baseline", "write", "answer", "detect")


class Turns:
    """One thread at a time holds the turn; it is free while a remote model is asked.

    Of the threads that wait, the one with the lowest number is next. An image whose answer has come so sends its
    next requests before the images behind it are begun, which keeps a server full from the start.
    """

    def __init__(self):
        self._lock = threading.Lock()  # of the two below
        self._taken = False
        self._waiting: list[tuple[int, int, threading.Event]] = []
        self._mine = threading.local()

    @contextmanager
    def held(self, number: int) -> Iterator[None]:
        """Wait for the turn, and hold it within.

        Args:
            number: the thread's place among those that wait; the lowest is next.
        """
        self._mine.number = number
        self._take()
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def free(self) -> Iterator[None]:
        """Let others have the turn within."""
        self._give()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            given = threading.Event()
            heapq.heappush(self._waiting, (self._mine.number, threading.get_ident(), given))
        given.wait()

    def _give(self) -> None:
        with self._lock:
            if self._waiting:
                heapq.heappop(self._waiting)[2].set()  # it stays taken
            else:
                self._taken = False

    def models(self, models: Models) -> Models:
        """Return the same models; a remote one gives up the turn while it is asked."""
        roles = ("detector", "captioner", "verifier", "writer")
        wrapped = {role: self._wrapped(getattr(models, role)) for role in roles}
        return replace(models, **wrapped)

    def _wrapped(self, model):
        return _Elsewhere(model, self) if is_remote(model) else model


class _Elsewhere:
    """A remote model that gives up the turn while it is asked."""

    def __init__(self, model, turns: Turns):
        self._model, self._turns = model, turns

    def __getattr__(self, name: str):
        found = getattr(self._model, name)
        if name not in _ASKING:
            return found

        def asked(*arguments, **named):
            with self._turns.free():
                return found(*arguments, **named)

        return asked


def is_remote(model) -> bool:
    """Return whether a model is a hosted or served one."""
    return getattr(model, "remote", False)


def concurrency_for(models: Models, requests: int) -> int:
    """Return how many batches of images should be at work at once.

    Args:
        requests: that a server takes at once.
    """
    asked = (models.captioner, models.verifier, models.writer)
    if not any(map(is_remote, asked)):
        return 1
    # With weights on this machine, one batch is theirs while servers answer for another.
    return 2 if has_weights(models) else max(2, requests)


def has_weights(models: Models) -> bool:
    """Return whether a model loads weights that evict each other: not an offline one, not a remote one."""
    asked = (models.detector, models.captioner, models.verifier, models.writer)
    return any(not is_remote(m) and not m.name.startswith("offline:") for m in asked)
