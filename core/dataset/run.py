"""Run a data set job: list, plan, caption, write; resumable at any moment."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ..budget import duration
from ..errors import PatchMattersError, UnusableModel, reason_of
from ..pipeline import Models
from .ahead import PIXELS, Ahead, pixels
from .captioning import Interrupted
from .choices import KEEP, OVERWRITE, STATE
from .files import Files, NoRoom, ignores_case
from .formats import FORMATS, export, sidecars
from .job import Job
from .ledger import DONE, FAILED, KEPT, LEDGER, Entry, Ledger, Result
from .planning import FAILS, KEEPS, READY, RESUMES, WORK, Plan, Planner, text_of
from .report import write_report
from .turns import has_weights
from .workers import Workers

BATCH = 16  # images that go through the stages together where weights or the parser work best in batches
FAILURES_IN_A_ROW = 10  # after which a run ends: a model, not an image, is at fault
OBSERVE_SECONDS = 0.2
LOCK = "lock"  # in the state folder


@dataclass(frozen=True)
class Status:
    """Where a run stands.

    Attributes:
        total: images found.
        done: captioned in this run.
        resumed: were done before.
        kept: have a caption of their user's, which stays.
        failed: could not be captioned in this run.
        excluded: statements that were dropped because they were excluded.
        seconds: since the run began.
        rate: images captioned a minute.
        left: seconds that the rest will take; None while that is not known.
        requests, tokens: of all models in this run.
        image, caption: the last one captioned.
        doing: the stage and region at work.
    """

    total: int = 0
    done: int = 0
    resumed: int = 0
    kept: int = 0
    failed: int = 0
    excluded: int = 0
    seconds: float = 0.0
    rate: float = 0.0
    left: float | None = None
    requests: int = 0
    tokens: int = 0
    image: str = ""
    caption: str = ""
    doing: str = ""

    @property
    def settled(self) -> int:
        """Images about which nothing is left to do in this run."""
        return self.done + self.resumed + self.kept + self.failed

    def numbers(self) -> str:
        """Return how it goes, for a person: "14.2 a minute, 8 min left, 1 failed"."""
        parts = [f"{self.rate:.1f} a minute"] if self.done else []
        parts += [f"{duration(self.left)} left"] if self.left is not None else []
        parts += [f"{self.failed} failed"] if self.failed else []
        parts += [f"{self.tokens} tokens"] if self.tokens else []
        return ", ".join(parts)


@dataclass(frozen=True)
class Summary:
    """How a run ended.

    Attributes:
        status: the last.
        failures: (image, reason) of all images that have no caption.
        stopped: why it ended before all images were done; "" where it did not.
    """

    status: Status
    failures: tuple[tuple[str, str], ...] = ()
    stopped: str = ""

    def sentence(self) -> str:
        """Return what was done, for a person."""
        status = self.status
        parts = [f"{status.done} captioned"]
        parts += [f"{status.resumed} were done before"] if status.resumed else []
        parts += [f"{status.kept} kept their own caption"] if status.kept else []
        parts += [f"{status.excluded} excluded claims were removed"] if status.excluded else []
        parts += [f"{len(self.failures)} failed"] if self.failures else []
        return f"{', '.join(parts)} in {duration(status.seconds)}."


def caption_dataset(
    job: Job, models: Models, observe: Callable[[Status], None] = lambda status: None
) -> Summary:
    """Caption the images of a folder that have no caption yet.

    Args:
        observe: is called in this thread, a few times a second; whatever it raises ends the run and comes out,
            and what is done by then stays done.

    Raises:
        PatchMattersError: the run could not start: an input is wrong, or another run is at work in the folder.
    """
    job.check()
    with locked(job.root), Ledger(job.root, create=True) as ledger:
        files = Files(job.root, ledger)
        files.clear_temporary()
        return _Run(job, models, ledger, files, observe).run()


def undo(root: Path) -> tuple[int, list[str]]:
    """Put back what was in an output folder before the pack wrote anything.

    Returns how many files were put back or removed, and a sentence for each that was not.
    """
    with Ledger(root):
        pass  # say that there is none before a lock is made
    with locked(root), Ledger(root) as ledger:
        files = Files(root, ledger)
        files.clear_temporary()
        return files.undo()


def locked(root: Path):
    """Hold the lock of an output folder, which ends with this process.

    Raises:
        PatchMattersError: another run holds it, or the folder cannot be written to.
    """
    from filelock import FileLock, Timeout

    state = root / STATE
    try:
        _check_state(state)
        state.mkdir(parents=True, exist_ok=True)
        return FileLock(state / LOCK).acquire(timeout=0)
    except Timeout as error:
        raise PatchMattersError(
            f"Another run is at work in {root}: wait for it, or end it first."
        ) from error
    except OSError as error:
        raise PatchMattersError(
            f"The folder {root} cannot be written to ({error.strerror or error}): choose another with --out."
        ) from error


def _check_state(state: Path) -> None:
    """Check that a folder, where there is one, is the state folder that this pack made.

    Raises:
        PatchMattersError: it is a link or something else, or has links or a user's files in it.
    """
    if state.is_symlink():
        raise PatchMattersError(f"{state} is a link: remove it.")
    if not os.path.lexists(state):
        return
    if not state.is_dir():
        raise PatchMattersError(
            f"{state} is not a folder, but this pack needs a folder of that name: rename it."
        )
    names = {entry.name for entry in state.iterdir()}
    for name in sorted(names):
        if (state / name).is_symlink():
            raise PatchMattersError(f"{state / name} is a link: remove it.")
    if names - {LOCK} and LEDGER not in names:
        raise PatchMattersError(
            f"{state} has files in it, but no {LEDGER}, so this pack did not make it: rename it."
        )


class _Run:
    def __init__(
        self,
        job: Job,
        models: Models,
        ledger: Ledger,
        files: Files,
        observe: Callable[[Status], None],
    ):
        self._job, self._models, self._ledger, self._files = job, models, ledger, files
        self._observe, self._began, self._observed = observe, time.time(), 0.0
        self._clock = time.monotonic()
        self._status = Status()
        self._waiting: dict[str, list[Plan]] = {}  # key -> images with the content that is at work
        self._asked, self._in_a_row, self._stopped = 0, 0, ""

    def run(self) -> Summary:
        ignore_case = ignores_case(self._job.root / STATE)
        found = list(self._job.images.find(ignore_case))
        self._status = replace(self._status, total=len(found))
        keys = self._job.keys(self._models)
        planner = Planner(self._job, self._ledger, self._files, keys, self._began)
        ahead = Ahead(found, planner.plan)
        workers = Workers(self._job, self._models, self._tick)
        try:
            with workers:
                self._work(ahead, workers)
        except NoRoom as error:
            self._stopped = str(error)
        except (Interrupted, KeyboardInterrupt) as interrupt:
            self._finish()
            raise getattr(interrupt, "cause", interrupt) from None
        finally:
            ahead.stop()
        self._finish()
        failures = ((e.path, e.reason) for e in self._ledger.every_entry(FAILED))
        return Summary(self._status, tuple(failures), self._stopped)

    def _work(self, ahead: Ahead, workers: Workers) -> None:
        size = BATCH if workers.alone or has_weights(self._models) else 1
        batch: list[Plan] = []
        while not self._stopped:
            try:
                plan = ahead.take(OBSERVE_SECONDS)
            except StopIteration:
                break
            if plan is None:
                self._tick()
            elif plan.todo != WORK:
                self._settle(plan)
            elif plan.key in self._waiting:
                self._waiting[plan.key].append(replace(plan, image=None))
            elif (result := self._ledger.result(plan.key)) and not result.missing:
                self._settle(replace(plan, todo=READY, result=result, image=None))
            elif self._job.limit and self._asked >= self._job.limit:
                break
            else:
                self._asked += 1
                self._waiting[plan.key] = []
                if batch and sum(map(pixels, batch)) + pixels(plan) > PIXELS:
                    workers.submit(batch)
                    batch = []
                batch.append(plan)
                if len(batch) == size:
                    workers.submit(batch)
                    batch = []
            self._collect(workers)
        if batch and not self._stopped:
            workers.submit(batch)
        while workers.busy:
            self._collect(workers, wait=True)

    def _collect(self, workers: Workers, wait: bool = False) -> None:
        """Write what is finished; wait while all workers are busy, or for one more where `wait` is set."""
        while workers.full or wait:
            finished = workers.finished(OBSERVE_SECONDS)
            self._take(finished)
            self._tick()
            wait = wait and not finished
        self._take(workers.finished(0))

    def _take(self, finished: Sequence[tuple[Plan, Result | Exception]]) -> None:
        """Keep results, all of them before the first caption file is written, then write."""
        for _, result in finished:
            if isinstance(result, Result):
                self._ledger.add_result(result)
        for plan, result in finished:
            same = [replace(p, image=None) for p in (plan, *self._waiting.pop(plan.key, ()))]
            if isinstance(result, Result):
                self._in_a_row = 0
                self._status = replace(
                    self._status,
                    requests=self._status.requests + result.requests,
                    tokens=self._status.tokens + result.tokens,
                )
                settled = [replace(p, todo=READY, result=result) for p in same]
            elif isinstance(result, UnusableModel):
                # The images are not at fault: they stay as they are, for the next run.
                self._stopped = self._stopped or str(result)
                continue
            else:
                reason = reason_of(plan.path, result)
                self._in_a_row += 1
                if self._in_a_row >= FAILURES_IN_A_ROW:
                    self._stopped = (
                        f"{self._in_a_row} images failed in a row, the last with: {reason}"
                    )
                settled = [replace(p, todo=FAILS, reason=reason) for p in same]
            for each in settled:
                self._settle(each)

    def _settle(self, plan: Plan) -> None:
        """Write what is to be written for an image, and count it."""
        status = self._status
        if plan.todo == RESUMES:
            self._status = replace(status, resumed=status.resumed + plan.count)
        elif plan.todo == KEEPS:
            self._ledger.set_image(Entry(plan.path, KEPT, "", plan.before or "", plan.before))
            self._status = replace(status, kept=status.kept + 1)
        elif plan.todo == FAILS:
            self._fail(plan, plan.reason)
        else:
            self._write(plan)
        self._tick()

    def _write(self, plan: Plan) -> None:
        status, result = self._status, plan.result
        text = text_of(plan, self._job)
        entry = self._ledger.entry(plan.path)
        try:
            written = [self._sidecar(plan, name, text) for name in self._job.formats]
        except NoRoom:
            raise
        except PatchMattersError as error:
            self._fail(plan, str(error))
            return
        known = entry and (entry.status, entry.key, entry.caption) == (DONE, result.key, text)
        if known and not any(written) and entry.reason == result.missing:
            self._status = replace(status, resumed=status.resumed + 1)
            return
        self._ledger.set_image(
            Entry(plan.path, DONE, result.missing, text, plan.before, result.key)
        )
        self._status = replace(
            status,
            done=status.done + 1,
            excluded=status.excluded + result.excluded,
            image=plan.path,
            caption=text,
        )
        self._tick(now=True)

    def _sidecar(self, plan: Plan, name: str, text: str) -> bool:
        """Write a caption file, where the format has one; whether anything was written."""
        if not (suffix := FORMATS[name].suffix):
            return False
        place = PurePosixPath(plan.path).with_suffix(suffix).as_posix()
        theirs, _ = self._files.original(place)
        data = sidecars.content(name, text, plan.result.captions, theirs)
        if self._ledger.output(place) and self._files.read(place) == data:
            return False
        extends = self._job.existing != KEEP and plan.before is not None
        replaces = self._job.existing == OVERWRITE or (
            # Of several formats, one may say something else, which would be lost.
            extends and sidecars.caption_in(theirs, place) == plan.before
        )
        self._files.write(place, data, plan.path, replace=replaces)
        return True

    def _fail(self, plan: Plan, reason: str) -> None:
        self._ledger.set_image(Entry(plan.path, FAILED, reason, before=plan.before, key=plan.key))
        self._status = replace(self._status, failed=self._status.failed + 1, image=plan.path)

    def _tick(self, doing: str = "", *, now: bool = False) -> None:
        """Tell the observer, not more often than it is worth."""
        if doing:
            self._status = replace(self._status, doing=doing)
        clock = time.monotonic()
        if not now and clock - self._observed < OBSERVE_SECONDS:
            return
        self._observed = clock
        status = self._status
        seconds = clock - self._clock
        rate = 60 * status.done / seconds if seconds and status.done else 0.0
        left = 60 * (status.total - status.settled) / rate if rate else None
        self._status = replace(status, seconds=seconds, rate=rate, left=left)
        try:
            self._observe(self._status)
        except BaseException as error:
            raise Interrupted(error) from error

    def _finish(self) -> None:
        """Write what is written once for all images."""
        try:
            export(self._job, self._ledger, self._files)
            write_report(self._job, self._ledger, self._files)
        except PatchMattersError as error:
            self._stopped = self._stopped or str(error)
        self._observed = 0.0
