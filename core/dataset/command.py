"""The command line of a folder: `run.py FOLDER`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ..english import split_words
from ..errors import PatchMattersError
from ..models.hosted.endpoints import Config
from ..models.registry import load_cache
from ..options import DATASET_ONLY, given
from ..outputs import OutputFolder
from ..pipeline import Models, Settings, profile_settings
from ..styles import style_of
from .choices import REPORT, STATE
from .estimate import estimate
from .job import Job
from .ledger import Ledger
from .listing import is_image
from .run import Status, Summary, caption_dataset, undo
from .turns import concurrency_for
from .words import Words

FAILURES_SHOWN = 20
LINE_SECONDS = 30  # between two lines of progress where there is no terminal


def is_dataset(names: Sequence[str]) -> bool:
    """Return whether a command names a folder, or shards, and not images."""
    return any(Path(name).is_dir() or name.lower().endswith(".tar") for name in names)


def settings_of(options: argparse.Namespace) -> Settings:
    """Return the settings of the stages that the options ask for."""
    return profile_settings(
        options.profile,
        seed=options.seed,
        length=options.length,
        reader=options.reader,
        exclude=split_words(options.exclude),
        style=style_of(options.style, options.style_text),
        only=split_words(options.only),
        ignore=split_words(options.ignore),
    )


def check_no_dataset_options(options: argparse.Namespace) -> None:
    """Refuse options that say nothing about single images.

    Raises:
        PatchMattersError: one is set.
    """
    if name := given(options, DATASET_ONLY):
        missing = [each for each in options.images if not os.path.lexists(each)]
        raise PatchMattersError(
            f"{name} is for a folder of images: name the folder in place of the images."
            + (f" {missing[0]} does not exist." if missing else "")
        )


def caption_folder(options: argparse.Namespace, load: Callable[[], Models]) -> int:
    """Run the command of a folder.

    Returns 0, or 1 if any image has no caption, or 130 if it was interrupted.

    Raises:
        PatchMattersError: it could not start.
    """
    from ..cli import HOME

    job = job_of(options)
    if options.undo and options.dry_run:
        raise PatchMattersError("--undo has no dry run: leave out --dry-run to put the files back.")
    if options.undo:
        return _undo(job.root)
    if options.overwrite and not options.json:
        raise PatchMattersError(
            "--overwrite replaces the results of single images: for a folder use --existing overwrite."
        )
    job.check()
    config = Config.read(HOME)
    if options.clear_answers and (answers := load_cache(config, HOME)):
        answers.clear()
    models = load()
    job = replace(job, concurrency=concurrency_for(models, options.concurrency))
    expected = estimate(job, models, config)
    print(expected.sentence(), file=sys.stderr)
    if options.dry_run:
        return 0
    reports = options.json and _checked_json(Path(options.json), job, overwrite=options.overwrite)
    with ProgressLine(expected.images) as line:
        try:
            summary = caption_dataset(job, models, line.show)
        except KeyboardInterrupt:
            line.close()
            print(
                "Interrupted: what is done stays done, and the next run resumes.", file=sys.stderr
            )
            return 130
    say(summary, job)
    if reports:
        _write_json(reports, Path(options.json).name, job)
    return 1 if summary.failures or summary.stopped else 0


def job_of(options: argparse.Namespace) -> Job:
    """Return the job that the options ask for.

    Raises:
        PatchMattersError: the command names more than one folder, or a folder and images.
    """
    names = options.images or ["."]
    shards = tuple(Path(name) for name in names if name.lower().endswith(".tar"))
    if len(shards) not in (0, len(names)) or (not shards and len(names) != 1):
        raise PatchMattersError("Name one folder, or shards, or images: not several of them.")
    return Job(
        folder=shards[0].parent if shards else Path(names[0]),
        out=Path(options.out) if options.out else None,
        settings=settings_of(options),
        existing=options.existing,
        formats=tuple(split_words(options.format)),
        words=Words(
            options.trigger,
            options.prefix,
            options.suffix,
            options.template,
            tuple(split_words(options.lines)),
        ),
        context=options.context,
        limit=options.limit,
        retry_failed=options.retry == "failed",
        identity=(options.precision,),
        shards=shards,
    )


def _undo(root: Path) -> int:
    count, messages = undo(root)
    for message in messages:
        print(message, file=sys.stderr)
    print(f"{count} files are as they were before.", file=sys.stderr)
    return 1 if messages else 0


def say(summary: Summary, job: Job) -> None:
    """Print how a run ended."""
    print(f"{summary.sentence()} The report is {job.root / STATE / REPORT}", file=sys.stderr)
    if summary.stopped:
        print(f"error: The run ended early: {summary.stopped}", file=sys.stderr)
    for path, reason in summary.failures[:FAILURES_SHOWN]:
        print(f"error: {path}: {reason}", file=sys.stderr)
    if len(summary.failures) > FAILURES_SHOWN:
        print(
            f"... and {len(summary.failures) - FAILURES_SHOWN} more in the report.", file=sys.stderr
        )


def _checked_json(path: Path, job: Job, *, overwrite: bool) -> OutputFolder:
    """Return the folder of the file of all reports, which may be written there.

    Raises:
        PatchMattersError: it may not.
    """
    reports = OutputFolder(path.parent, (), overwrite=overwrite)
    stems = {each.stem.lower() for each in path.parent.iterdir() if is_image(each.name)}
    state = os.path.realpath(job.root / STATE)
    if is_image(path.name) or path.stem.lower() in stems or os.path.realpath(path.parent) == state:
        raise PatchMattersError(
            f"--json {path} is the name of an image, of its caption file or of a file of this pack: choose "
            "another name."
        )
    reports.check(path.name)
    return reports


def _write_json(reports: OutputFolder, name: str, job: Job) -> None:
    """Write the reports of all images as one list."""

    def rows(file) -> None:
        between = b"[\n"
        with Ledger(job.root) as ledger:
            for entry in ledger.every_entry():
                value = {"image": entry.path, "status": entry.status, "words": entry.caption}
                if entry.reason:
                    value["error"] = entry.reason
                row = json.dumps({**value, **(ledger.record(entry.path) or {})})
                file.write(between + row.encode())
                between = b",\n"
        file.write(b"\n]\n" if between == b",\n" else b"[]\n")

    reports.write(name, rows)


class ProgressLine:
    """The line of progress: a bar in a terminal, else a line now and then."""

    def __init__(self, images: int):
        from tqdm import tqdm

        self._bar = tqdm(
            total=images,
            unit="image",
            disable=None,
            mininterval=0.2,
            bar_format="{n_fmt}/{total_fmt} {postfix} |{bar:20}| {desc}",
        )
        self._said = time.monotonic()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    def close(self) -> None:
        self._bar.close()

    def show(self, status: Status) -> None:
        if not self._bar.disable:
            self._bar.set_postfix_str(status.numbers(), refresh=False)
            self._bar.set_description_str(f"{status.image}: {status.caption}"[:120], refresh=False)
            self._bar.update(status.settled - self._bar.n)
            self._bar.refresh()
        elif time.monotonic() - self._said > LINE_SECONDS:
            self._said = time.monotonic()
            text = f"{status.settled}/{status.total} images, {status.numbers()}. {status.image}: "
            print(text + status.caption, file=sys.stderr, flush=True)
