"""The folder or bucket of a run: its manifest, its results, and what was asked for."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..errors import PatchMattersError
from .manifest import PART, SLICE
from .results import FOLDER
from .sources import MARKER
from .storage import Storage

RUN = "run.json"
LOCK = "lock"
_FORM = {"version": 1, "part": PART, "slice": SLICE}


def open_folder(place: str, *, create: bool, write: bool = True) -> Storage:
    """Return the storage of a run.

    Args:
        create: make it a run's folder, if it is new or empty.
        write: False leaves it as it is.

    Raises:
        PatchMattersError: it is a folder of something else, of another version, or not there and not to be made, or
            it cannot be read or written to.
    """
    storage = Storage(place)
    try:
        _check(storage, create=create, write=write)
    except OSError as error:
        raise PatchMattersError(
            f"{place} cannot be used ({error.strerror or error}): choose another folder."
        ) from error
    return storage


def _check(storage: Storage, *, create: bool, write: bool) -> None:
    place, names = storage.place, storage.names()
    if storage.is_file():
        raise PatchMattersError(f"{place} is a file: name a folder.")
    if MARKER in names:
        if _form(storage) != _FORM:
            raise PatchMattersError(
                f"{place} was written by another version of this pack, or its {MARKER} is not of this pack: "
                "choose another folder."
            )
    elif not create:
        raise PatchMattersError(f"{place} has no captions of a run with --ray.")
    elif names:
        raise PatchMattersError(
            f"--out: {place} has files in it that are not of this pack: name an empty folder or a new one."
        )
    elif write:
        storage.write(MARKER, json.dumps(_FORM).encode())


def _form(storage: Storage):
    """Return what the marker says; None if it is not JSON."""
    try:
        return json.loads(storage.read(MARKER))
    except ValueError:
        return None


@contextlib.contextmanager
def locked(storage: Storage) -> Iterator[None]:
    """Hold the lock of a run's folder. A bucket has none.

    Raises:
        PatchMattersError: another run holds it, or the folder cannot be written to.
    """
    if not storage.local:
        yield
        return
    from filelock import FileLock, Timeout

    path = Path(storage.path(LOCK))
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    with storage.written():
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise PatchMattersError(
                f"Another run is at work in {storage.place}: wait for it, or end it first."
            ) from error
    try:
        yield
    finally:
        lock.release()


def note_run(storage: Storage, run: str, source: Sequence[str], settings: Mapping) -> None:
    """Write down what a run was asked for, beside its results."""
    found = {"run": run, "source": list(source), "at": time.time(), **settings}
    storage.write(f"{FOLDER}/{run}/{RUN}", json.dumps(found, indent=1).encode())


def latest_run(storage: Storage) -> str:
    """Return the run that was started last.

    Raises:
        PatchMattersError: there is none.
    """
    at = {}
    for run in storage.names(FOLDER):
        with contextlib.suppress(FileNotFoundError):
            at[run] = json.loads(storage.read(f"{FOLDER}/{run}/{RUN}"))["at"]
    if not at:
        raise PatchMattersError(f"{storage.place} has no captions yet.")
    return max(at, key=at.__getitem__)
