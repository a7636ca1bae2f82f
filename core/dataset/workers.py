"""Batches at work: in this thread, or several at once where hosted models are waited for."""

from __future__ import annotations

import contextlib
import contextvars
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from ..models.offline import spacy_english
from ..pipeline import Models
from .captioning import Interrupted, caption_batch
from .job import Job
from .ledger import Result
from .planning import Plan
from .turns import Turns


class _Stopped(BaseException):
    """Ends a batch in a worker thread."""


class Workers:
    """Captions batches. A context manager: leaving it ends the batches that are at work.

    Args:
        on_progress: is called with what is being done, in the thread that made this object; it may raise.

    Attributes:
        alone: batches are captioned in `submit`, in the caller's thread.
    """

    def __init__(self, job: Job, models: Models, on_progress: Callable[[str], None]):
        self.alone = job.concurrency <= 1
        self._job, self._tick, self._limit = job, on_progress, max(1, job.concurrency)
        self._done: queue.SimpleQueue = queue.SimpleQueue()
        self._at_work, self._doing, self._stopping = 0, "", threading.Event()
        self._submitted = 0
        self._turns = Turns()
        self._models = models if self.alone else self._turns.models(models)
        self._pool = None if self.alone else ThreadPoolExecutor(self._limit + 1)
        if self._pool:
            self._pool.submit(_load_parser)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *exception) -> None:
        self._stopping.set()
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def busy(self) -> bool:
        """Whether results are still to come."""
        return self._at_work > 0

    @property
    def full(self) -> bool:
        """Whether no more batches should be submitted."""
        return not self.alone and self._at_work > self._limit

    def submit(self, plans: Sequence[Plan]) -> None:
        """Caption a batch."""
        self._at_work += 1
        if self.alone:
            self._caption(plans, self._progress)
            return
        # The node that is at work, in ComfyUI, is a context variable.
        context = contextvars.copy_context()
        self._submitted += 1
        self._pool.submit(context.run, self._caption_in_turn, plans, self._submitted)

    def finished(self, seconds: float) -> list[tuple[Plan, Result | Exception]]:
        """Return what is finished; waits for something up to so many seconds."""
        if self._doing:
            self._tick(self._doing)
        found: list[tuple[Plan, Result | Exception]] = []
        try:
            while True:
                item = (
                    self._done.get(timeout=seconds)
                    if seconds and not found
                    else self._done.get_nowait()
                )
                if isinstance(item, BaseException):
                    raise item
                found += item
                self._at_work -= 1
        except queue.Empty:
            return found

    def _progress(self, stage: str, done: int, total: int, region: str) -> None:
        self._tick(region and f"{stage}: {region}")

    def _progress_in_thread(self, stage: str, done: int, total: int, region: str) -> None:
        if self._stopping.is_set():
            raise _Stopped
        self._doing = f"{stage}: {region}" if region else self._doing

    def _caption_in_turn(self, plans: Sequence[Plan], number: int) -> None:
        try:
            with self._turns.held(number):
                self._caption(plans, self._progress_in_thread)
        except (_Stopped, Interrupted):
            pass
        except BaseException as error:
            self._done.put(error)

    def _caption(self, plans: Sequence[Plan], progress) -> None:
        results = caption_batch(plans, self._job, self._models, progress)
        self._done.put(list(zip(plans, results)))


def _load_parser() -> None:
    """Load the English parser (5 s of imports) while the first answers are waited for."""
    if spacy_english.installed():
        with contextlib.suppress(Exception):  # the stage that needs it says what is wrong
            spacy_english.pipeline()
