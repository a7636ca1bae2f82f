"""Download a catalogued repository into a model folder, by huggingface_hub.

HF_ENDPOINT, HF_HUB_OFFLINE and HF_TOKEN count, as everywhere in huggingface_hub.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from ...errors import PatchMattersError
from .catalogue import Entry

STAGING = ".patch_matters_downloads"  # hidden, so that no one takes a half download for a model
POLL_SECONDS = 0.2
SPARE = 1.02  # of the free disk: a file system needs a little more than the bytes of the files
_FETCH = Path(__file__).parent / "fetcher" / "fetch.py"

DownloadProgress = Callable[[int, int], None]
"""Called several times a second with the bytes that are there and the bytes of all; it may raise to
stop the download, which a later call goes on with."""


def download(entry: Entry, root: Path, progress: DownloadProgress) -> Path:
    """Download a repository to `root/<author>/<name>`, completely or not at all.

    What was downloaded before an interruption lies in a hidden folder of `root`; the next call goes
    on from there.

    Raises:
        PatchMattersError: not reachable, not there, not permitted, no room, or in the way lies a
            folder that is not a whole model.
    """
    target = root / entry.id
    if target.exists():
        raise PatchMattersError(
            f"model: {target} is incomplete: delete that folder, and {entry.id} will be downloaded."
        )
    staging = root / STAGING / entry.id.replace("/", "--")
    try:
        staging.mkdir(parents=True, exist_ok=True)
        with _Fetch(entry, staging) as fetch:
            commit = fetch.wait(progress)
        if not re.fullmatch(r"[0-9a-f]{40}", commit):  # it becomes a path
            raise PatchMattersError(
                f"model: {entry.id}: the hub returned no commit: check HF_ENDPOINT."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(staging / commit, target)
        shutil.rmtree(staging, ignore_errors=True)  # what was begun of other commits
    except OSError as error:
        raise PatchMattersError(
            f"model: {entry.id} could not be written to {root} ({error.strerror or error}): free up disk "
            "space or fix the folder's permissions. What was already downloaded is kept."
        ) from error
    return target


class _Fetch:
    """A download process, its messages, and the number of bytes written so far."""

    def __init__(self, entry: Entry, staging: Path):
        self._entry, self._staging = entry, staging
        self._messages: queue.SimpleQueue = queue.SimpleQueue()

    def __enter__(self) -> _Fetch:
        # In the staging folder, where nothing lies that Python could import.
        self._process = subprocess.Popen(
            [sys.executable, str(_FETCH), self._entry.id, self._entry.revision, "."],
            cwd=self._staging,
            env={**os.environ, "HF_HUB_DISABLE_PROGRESS_BARS": "1", "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *exception) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()

    def _read(self) -> None:
        for line in self._process.stdout:
            with contextlib.suppress(ValueError):  # what a library printed
                self._messages.put(json.loads(line))
        self._messages.put({"error": ["Ended"], "text": "the process ended unexpectedly"})

    def wait(self, progress: DownloadProgress) -> str:
        """Wait for the download and return the commit."""
        total = 0
        while True:
            try:
                message = self._messages.get(timeout=POLL_SECONDS)
            except queue.Empty:
                progress(min(self._written(), total), total)
                continue
            if "total" in message:
                total = message["total"]
                self._check_room(total)
            elif "error" in message:
                raise PatchMattersError(_explained(self._entry, message))
            else:
                progress(total, total)
                return message["done"]

    def _written(self) -> int:
        sizes = 0
        for folder, _, names in os.walk(self._staging):
            for name in names:
                try:
                    sizes += os.stat(os.path.join(folder, name)).st_size
                except OSError:
                    continue  # just finished, and moved to its place
        return sizes

    def _check_room(self, total: int) -> None:
        needed = total - self._written()
        free = shutil.disk_usage(self._staging).free
        if needed * SPARE > free:
            raise PatchMattersError(
                f"model: {self._entry.id} needs {needed / 1e9:.1f} GB more on the disk of "
                f"{self._staging.parents[1]}, where {free / 1e9:.1f} GB are free: free up disk space, or "
                "choose a smaller model."
            )


def _explained(entry: Entry, message: dict) -> str:
    kinds, page = message["error"], f"https://huggingface.co/{entry.id}"
    if "OfflineModeIsEnabled" in kinds:
        return (
            f"model: {entry.id} is not on disk, and downloads are disabled by HF_HUB_OFFLINE: unset it, or "
            "put the model's folder into models/LLM."
        )
    if "GatedRepoError" in kinds or (entry.gated and "RepositoryNotFoundError" in kinds):
        return (
            f"model: {entry.id} requires you to accept its licence: accept it on {page}, and set HF_TOKEN to "
            "a token of your account."
        )
    if "RepositoryNotFoundError" in kinds or "RevisionNotFoundError" in kinds:
        return (
            f"model: {entry.id} ({entry.revision}) was not found, or needs a token: see {page}. If "
            f"HF_ENDPOINT or HF_TOKEN is set, check that it is right."
        )
    if "NoSafetensors" in kinds:
        return f"model: {entry.id} cannot be used: {message['text']}. Choose another."
    return (
        f"model: the download of {entry.id} did not finish ({message['text']}): check the connection and run "
        "again; it resumes where it left off."
    )
