"""Captions slices of the manifest and writes their results; one worker is one process of a cluster.

It knows nothing of Ray. Several slices may be at work at once, each in a thread of its caller's; the images of all of
them take turns as those of a data set run in one process do (`dataset.turns`).
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ..dataset.ahead import PIXELS, pixels
from ..dataset.captioning import caption_batch
from ..dataset.command import FAILURES_SHOWN
from ..dataset.files import sha256
from ..dataset.job import Job
from ..dataset.planning import WORK, Plan
from ..dataset.run import BATCH, FAILURES_IN_A_ROW
from ..dataset.turns import Turns, concurrency_for, has_weights
from ..dataset.words import context_text
from ..errors import PatchMattersError, UnusableModel, reason_of
from ..images import read_image
from ..pipeline import Models
from .manifest import SLICE, Part
from .reader import Reader
from .results import Captioned, is_open, read_slice, write_slice
from .sources import Row
from .storage import Storage


@dataclass(frozen=True)
class Work:
    """What a worker is told.

    Attributes:
        place: of the manifest and the results.
        run: names the results.
        job: settings of the stages and the context; its folders are not used.
        load: gives the models.
        requests: to hosted models that the worker may have under way at once.
    """

    place: str
    run: str
    job: Job
    load: Callable[[], Models]
    requests: int


@dataclass(frozen=True)
class Done:
    """What came of a slice.

    Attributes:
        images: that were captioned.
        failed: that have no caption.
        still_open: that failed, or have only a part of their caption: the next run asks again.
        requests, tokens: of all models.
        last, caption: an image that was captioned, and its caption.
        problems: why some images have no caption, or only a part of one.
        stop: why the run cannot go on; nothing came of the slice then.
    """

    images: int = 0
    failed: int = 0
    still_open: int = 0
    requests: int = 0
    tokens: int = 0
    last: str = ""
    caption: str = ""
    problems: Sequence[str] = ()
    stop: str = ""


class Worker:
    """Captions slices. `caption` may be called from several threads."""

    def __init__(self, work: Work):
        self._job, self._run = work.job, work.run
        self._storage, self._reader = Storage(work.place), Reader()
        models = work.load()
        self._key = work.job.keys(models)
        at_once = concurrency_for(models, work.requests)
        alone = at_once == 1
        self._batch = BATCH if alone or has_weights(models) else 1
        self._turns, self._numbers = Turns(), itertools.count()
        self._models = models if alone else self._turns.models(models)
        self._pool = ThreadPoolExecutor(at_once)
        self._lock, self._in_a_row = threading.Lock(), 0

    def caption(self, part: Part, first: int, rows: Sequence[Row], most: int = SLICE) -> Done:
        """Caption the rows of a slice that have no result yet, and write the results.

        Args:
            most: images to caption; the others stay as they are.

        Raises:
            PatchMattersError: too many images failed in a row, so that a model is at fault, or nothing can be written.
            UnusableModel: a model cannot be used at all.
        """
        before = {row["id"]: row for row in read_slice(self._storage, self._run, part, first)}
        kept = [row for row in before.values() if not is_open(row)]
        settled = {row["id"] for row in kept}
        todo = [row for row in rows if row.id not in settled][:most]
        batches = [todo[n : n + self._batch] for n in range(0, len(todo), self._batch)]
        at_work = [
            self._pool.submit(self._caption, batch, next(self._numbers)) for batch in batches
        ]
        new = [captioned for future in at_work for captioned in future.result()]
        # An image that was captioned in part, and fails this time, keeps what it has.
        tried = {each.row.id for each in new}
        failed = {each.row.id for each in new if each.result is None}
        still_open = sum(each.result is None or bool(each.result.missing) for each in new)
        kept += [
            row
            for row in before.values()
            if is_open(row) and (row["id"] not in tried or (row["caption"] and row["id"] in failed))
        ]
        settled = {row["id"] for row in kept}
        new = [each for each in new if each.row.id not in settled]
        with self._storage.written():
            write_slice(self._storage, self._run, part, first, kept, new)
        return _done(new, still_open)

    def _caption(self, rows: Sequence[Row], number: int) -> list[Captioned]:
        with self._turns.held(number):
            found = []
            for plans in self._planned(rows):
                failed = {plan.path: plan.reason for plan in plans if plan.image is None}
                asked = [plan for plan in plans if plan.image is not None]
                results = iter(self._results(asked))
                by_id = {row.id: row for row in rows}
                for plan in plans:
                    result = failed.get(plan.path) or next(results)
                    if isinstance(result, str):
                        found.append(Captioned(by_id[plan.path], None, result))
                    else:
                        found.append(Captioned(by_id[plan.path], result))
            return found

    def _results(self, plans: Sequence[Plan]) -> list:
        """Return for each plan its result, or the reason why it has none."""
        if not plans:
            return []
        quiet = lambda stage, done, total, region: None  # noqa: E731
        results = caption_batch(plans, self._job, self._models, quiet)
        found = []
        for plan, result in zip(plans, results):
            if isinstance(result, UnusableModel):
                raise result  # the images are not at fault: they stay as they are, for the next run
            reason = reason_of(plan.path, result) if isinstance(result, Exception) else ""
            self._count(reason)
            found.append(reason or result)
        return found

    def _count(self, reason: str) -> None:
        with self._lock:
            self._in_a_row = self._in_a_row + 1 if reason else 0
            if self._in_a_row >= FAILURES_IN_A_ROW:
                raise PatchMattersError(
                    f"{self._in_a_row} images failed in a row, the last with: {reason}"
                )

    def _planned(self, rows: Sequence[Row]) -> Iterator[list[Plan]]:
        """Yield the images decoded, no more than `PIXELS` at a time, if one is not larger."""
        plans: list[Plan] = []
        for row in rows:
            plan = self._plan(row)
            if plans and sum(map(pixels, plans)) + pixels(plan) > PIXELS:
                yield plans
                plans = []
            plans.append(plan)
        if plans:
            yield plans

    def _plan(self, row: Row) -> Plan:
        plan = Plan(row.id, WORK)
        try:
            data = self._reader.read(row)
            content = sha256(data)
            context = self._context(row)
            image = read_image(row.id, data)
            return replace(
                plan,
                content=content,
                key=self._key(content, context, ""),
                context=context,
                image=image,
            )
        except Exception as error:  # whatever a file or a library for a store has wrong
            return replace(plan, reason=reason_of(row.id, error))

    def _context(self, row: Row) -> str:
        if not self._job.context:
            return ""
        path = PurePosixPath(row.id)
        return context_text(self._job.context, old="", name=path.stem, folder=path.parent.name)


def _problem(captioned: Captioned) -> str:
    if captioned.result is None:
        return captioned.reason
    return captioned.result.missing and f"{captioned.row.id}: {captioned.result.missing}"


def _done(new: Sequence[Captioned], still_open: int) -> Done:
    results = [each.result for each in new if each.result is not None]
    last = next((each for each in reversed(new) if each.result is not None), None)
    return Done(
        len(results),
        len(new) - len(results),
        still_open,
        sum(result.requests for result in results),
        sum(result.tokens for result in results),
        last.row.id if last else "",
        last.result.captions.long if last else "",
        list(filter(None, map(_problem, new)))[:FAILURES_SHOWN],
    )
