"""The command line of a cluster: `run.py SOURCE --ray`, and `run.py SOURCE --captions-from RESULTS`."""

from __future__ import annotations

import argparse
import functools
import os
import socket
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from ..dataset.command import FAILURES_SHOWN, ProgressLine, settings_of
from ..dataset.estimate import duration
from ..dataset.job import Job
from ..dataset.listing import is_image
from ..dataset.run import Status
from ..errors import PatchMattersError
from ..loading import load_models
from ..models.completion_cache import SplitCache
from ..models.hosted.budget import Budget
from ..models.hosted.endpoints import Config, Limits
from ..models.registry import DETECTOR, load_model
from ..options import EXPORT_ONLY, ROLES, given
from ..pipeline import Models
from .executor import CONNECT_SECONDS, Cluster, SharedBudget, caption_slices, connect, import_ray
from .manifest import Part, extend, parts
from .results import rows_in, states_of_all
from .run_folder import locked, note_run, open_folder
from .sources import SHARD, TABLE, is_remote, list_rows
from .worker import Done, Work

# Of each part: first row of a slice -> images to caption in it.
Todo = list[tuple[Part, dict[int, int]]]


def caption_on_ray(options: argparse.Namespace) -> int:
    """Run the command of a cluster.

    Returns 0, or 1 if any image has no caption or only a part of one, or 130 if it was interrupted.

    Raises:
        PatchMattersError: it could not start.
    """
    from ..cli import HOME

    _check(options)
    cluster = Cluster(options.ray, options.ray_workers, options.ray_gpus)
    source = [place if is_remote(place) else os.path.abspath(place) for place in options.images]
    options.models = os.path.abspath(options.models)
    config = Config.read(HOME)
    job = Job(
        Path("."),
        settings=settings_of(options),
        context=options.context,
        identity=(options.precision,),
    )
    models = load_models(options, HOME, load_model)
    run = job.run_key(models)[:16]
    place = options.out if is_remote(options.out) else os.path.abspath(options.out)
    if options.dry_run:
        storage = open_folder(place, create=True, write=False)
        found = extend(storage, list_rows(source), write=False)
        todo = unfinished(found, states_of_all(storage, run, found), limit=options.limit)
        print(f"{_rows(found)} images, {_images(todo)} to caption", file=sys.stderr)
        _say_who_is_silent(options, config)
        return 0
    import_ray(cluster)  # before anything is written
    storage = open_folder(place, create=True)
    with locked(storage):
        workers = connect(cluster)
        with storage.written():
            found = parts(storage) if options.retry else extend(storage, list_rows(source))
        states = states_of_all(storage, run, found)
        todo = unfinished(found, states, retry=options.retry == "failed", limit=options.limit)
        total = _rows(found)
        status = Status(total=total, resumed=total - _images(unfinished(found, states)))
        print(f"{total} images, {_images(todo)} to caption", file=sys.stderr)
        if todo:
            _say_who_is_silent(options, config)
        chosen = {role: model.name for role in ROLES if (model := getattr(models, role))}
        with storage.written():
            note_run(storage, run, source, {"models": chosen, "profile": options.profile})
        load = functools.partial(
            _load, options, config, SharedBudget(), -(-options.concurrency // workers)
        )
        work = Work(place, run, job, load, -(-options.concurrency // workers))
        try:
            problems, still_open, status = _run(work, todo, cluster, workers, status)
        except KeyboardInterrupt:
            print(
                "Interrupted: what is done stays done, and the next run resumes.", file=sys.stderr
            )
            return 130
    print(
        f"{status.done} captioned, {status.resumed} were done before, {status.failed} failed in "
        f"{duration(status.seconds)}. The captions are in {place}/results/{run}",
        file=sys.stderr,
    )
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if still_open:
        print(
            f"{still_open} {'image has' if still_open == 1 else 'images have'} no caption, or only a part of one: "
            "the columns error and missing say why, and the next run asks again.",
            file=sys.stderr,
        )
    return 1 if still_open else 0


def unfinished(
    found: Sequence[Part], states: Sequence[dict[int, int]], *, retry: bool = False, limit: int = 0
) -> Todo:
    """Return the slices that have work in them, by their parts.

    Args:
        states: of each part, see `results.states`.
        retry: only those with images that failed or lack answers.
        limit: the most images; 0 for all.
    """
    todo, left = [], limit or sum(part.rows for part in found)
    for part, state in zip(found, states):
        slices = {}
        for first in part.slices():
            still_open = state.get(first, 0 if retry else rows_in(part, first))
            if not left:
                break
            if still_open:
                slices[first] = min(left, still_open)
                left -= slices[first]
        if slices:
            todo.append((part, slices))
    return todo


def _say_who_is_silent(options: argparse.Namespace, config: Config) -> None:
    """Say which servers take no connection, because a run with none waits for them without a word."""
    names = {getattr(options, role).partition(":")[0] for role in ROLES if role != DETECTOR}
    for name in sorted(names & set(config.endpoints)):
        urls = config.endpoint(name).urls
        with ThreadPoolExecutor(len(urls) or 1) as pool:
            silent = [url for url, answers in zip(urls, pool.map(_answers, urls)) if not answers]
        if silent:
            waits = f" The run waits for one, for {duration(Limits().seconds)} at most."
            print(
                f"{name}: {len(silent)} of {len(urls)} servers take no connection from this machine, such as "
                f"{silent[0]}: start them, or mend urls in config.json.{waits * (len(silent) == len(urls))}",
                file=sys.stderr,
            )


def _answers(url: str) -> bool:
    place = urlsplit(url)
    port = place.port or {"https": 443}.get(place.scheme, 80)
    try:
        socket.create_connection((place.hostname or "", port), CONNECT_SECONDS).close()
    except OSError:
        return False
    return True


def _rows(found: Sequence[Part]) -> int:
    return sum(part.rows for part in found)


def _images(todo: Todo) -> int:
    return sum(sum(slices.values()) for _, slices in todo)


def _load(options: argparse.Namespace, config: Config, budget: Budget, requests: int) -> Models:
    """Load the models in a worker."""
    from ..cli import HOME

    options = argparse.Namespace(**{**vars(options), "concurrency": requests})
    # Every worker of a machine uses the same files, so that what one had asked another need not ask again.
    answers = SplitCache(HOME / "ray-answers", config.cache_mb) if config.cache_mb else None
    return load_models(options, HOME, load_model, config=config, budget=budget, answers=answers)


def _run(
    work: Work, todo: Todo, cluster: Cluster, workers: int, status: Status
) -> tuple[list[str], int, Status]:
    """Return why images have no caption or only a part of one, some of them; how many they are; and the last status."""
    problems: list[str] = []
    still_open = 0
    if not todo:
        return problems, still_open, status
    began = time.monotonic()
    with ProgressLine(status.total) as line:
        for done in caption_slices(work, todo, cluster, workers):
            status = _added(status, done, time.monotonic() - began)
            still_open += done.still_open
            line.show(status)
            new = [problem for problem in dict.fromkeys(done.problems) if problem not in problems]
            problems += new[: FAILURES_SHOWN - len(problems)]
    return problems, still_open, replace(status, seconds=time.monotonic() - began)


def _added(status: Status, done: Done, seconds: float) -> Status:
    images = status.done + done.images
    rate = 60 * images / seconds if seconds else 0.0
    status = replace(
        status,
        done=images,
        failed=status.failed + done.failed,
        seconds=seconds,
        rate=rate,
        requests=status.requests + done.requests,
        tokens=status.tokens + done.tokens,
        image=done.last or status.image,
        caption=done.caption or status.caption,
    )
    left = 60 * (status.total - status.settled) / rate if rate else None
    return replace(status, left=left)


def _check(options: argparse.Namespace) -> None:
    """Check the options.

    Raises:
        PatchMattersError: one is missing, or says nothing about this command.
    """
    if not options.ray:
        raise PatchMattersError(
            "--ray: the address is empty: leave it out to start Ray on this machine."
        )
    if not all(options.images):
        raise PatchMattersError("--ray: the name of a source is empty: name what to caption.")
    if not options.images:
        raise PatchMattersError(
            "--ray: name what to caption before it: a folder, a list of files (.txt), shards (.tar) or "
            "tables (.parquet), on disk or as a URL."
        )
    if not options.out:
        raise PatchMattersError(
            "--ray needs --out: an empty folder, or a bucket, for the captions."
        )
    if options.clear_answers:
        raise PatchMattersError(
            "--clear-answers: with --ray, answers are in ~/.patch_matters/ray-answers of each machine: delete that "
            "folder, or choose another --seed."
        )
    if options.captions_from is not None:
        raise PatchMattersError(
            "--ray and --captions-from are two commands: run the first, then the second."
        )
    if name := given(options, EXPORT_ONLY):
        raise PatchMattersError(
            f"{name} says how caption files are written: use it with --captions-from, after the run with --ray."
        )
    _check_names([PurePosixPath(place.rstrip("/")) for place in options.images])


def _check_names(places: Sequence[PurePosixPath]) -> None:
    """Check that no two images get the same id, because results are found by it.

    Raises:
        PatchMattersError: there are several folders or lists, or two shards, tables or images of one name.
    """
    apart = (SHARD, TABLE)  # their names are part of the ids of their images
    others = [p for p in places if not is_image(p.name) and p.suffix.lower() not in apart]
    if len(others) > 1 or len({place.name for place in places}) < len(places):
        raise PatchMattersError(
            "--ray: name one folder, or one list of files, or shards, tables or images whose names differ, because "
            "captions are found by the names of the images."
        )
