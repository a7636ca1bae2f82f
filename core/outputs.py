"""Writes files completely or not at all, and never in place of a user's file.

Beside what it writes, a folder has a record, `.patch_matters.jsonl`: one JSON object a line with the
file's name, the SHA-256 of what was written, and the image that it belongs to. A file is replaced only
if it still is what the record says. The record travels with its folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .errors import PatchMattersError

RECORD = ".patch_matters.jsonl"
MAX_STEM = 230  # bytes
# What follows the stem. Trainers read the caption of `a.jpg` in `a.txt`; the others meet no image.
CAPTION, REPORT, PATCHES = ".txt", ".report.json", ".patches.png"


class OutputFolder:
    """An output folder, which is created if necessary.

    Args:
        inputs: files that are read in this run; they are never replaced.
        overwrite: whether files that the pack did not write may be replaced. Links, folders and
            `inputs` may not be.

    Raises:
        PatchMattersError: it cannot be made or written to, or its record is not a regular file.
    """

    def __init__(self, folder: str | Path, inputs: Iterable[Path] = (), *, overwrite: bool = False):
        self.folder = Path(folder)
        self._overwrite = overwrite
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise PatchMattersError(
                f"The folder {self.folder} cannot be written to ({error.strerror or error}): choose "
                "another."
            ) from error
        if (record := self.folder / RECORD).is_symlink() or (
            record.exists() and not record.is_file()
        ):
            raise PatchMattersError(f"{record} is not a regular file: remove it.")
        self._inputs = {key for path in inputs if (key := _file_key(path))}
        self._record = Record(self.folder)

    def stems(self, images: Sequence[Path]) -> list[str]:
        """Return what the names of each image's files begin with.

        That is the image's own stem, or `stem-2`, `stem-3` … where files of that stem (in any case)
        belong to another image, of this run or of an earlier one.
        """
        taken: set[str] = set()
        stems = []
        for image in images:
            stem, number = _short(image.stem) or "image", 1
            while True:
                unique = stem if number == 1 else f"{stem}-{number}"
                if unique.lower() not in taken and not self._record.of_another(unique, image):
                    break
                number += 1
            taken.add(unique.lower())
            stems.append(unique)
        return stems

    def check(self, name: str) -> None:
        """Make sure that a file of that name may be written.

        Raises:
            PatchMattersError: something has that name that is not the pack's own, unchanged file.
        """
        path = self.folder / name
        if name.lower() == RECORD:
            raise PatchMattersError(
                f"{path} is the pack's record of its files: choose another name."
            )
        try:
            path.lstat()
        except FileNotFoundError:
            return
        except OSError as error:
            raise PatchMattersError(f"{path} cannot be written: {error.strerror}") from error
        if _file_key(path) in self._inputs:
            raise PatchMattersError(f"{path} is an image of this run, so it is not replaced.")
        if path.is_symlink() or not path.is_file():
            kind = "link" if path.is_symlink() else "folder" if path.is_dir() else "device"
            raise PatchMattersError(
                f"{path} is a {kind}, so nothing is written there: choose another name or folder."
            )
        if not self._overwrite and not self._record.wrote(name):
            raise PatchMattersError(
                f"{path} was not written by this pack, or was changed since, so it is kept: choose another "
                "folder, or use --overwrite to replace it."
            )

    def write(self, name: str, content: bytes | Callable, image: Path | None = None) -> None:
        """Write a file whole or not at all.

        Args:
            content: the bytes, or a function that writes them to an open binary file.
            image: the image that the file belongs to.

        Raises:
            PatchMattersError: as of `check`, or it cannot be written.
        """
        path = self.folder / name
        temporary = None
        try:
            with tempfile.NamedTemporaryFile(
                dir=self.folder, prefix=".", suffix=".part", delete=False
            ) as file:
                temporary = Path(file.name)
                content(file) if callable(content) else file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o666 & ~_umask())
            self.check(name)  # now, because it may have come while the models were at work
            self._record.add(name, sha256_of(temporary), image)
            _move(temporary, path)
        except OSError as error:
            raise PatchMattersError(
                f"{path} cannot be written: {error.strerror or error}"
            ) from error
        finally:
            if temporary:
                with contextlib.suppress(OSError):
                    temporary.unlink()


class Record:
    """The record of files that the pack wrote to a folder. Unreadable lines are skipped."""

    def __init__(self, folder: Path):
        self._folder, self._path = folder, folder / RECORD
        self._entries: dict[str, list[dict]] = {}  # by name
        self._owners: dict[str, dict] = {}  # the last entry of a caption, by its stem in lower case
        self._broken = False  # whether the last line lacks its end
        if self._path.is_file() and not self._path.is_symlink():
            with contextlib.suppress(OSError):
                text = self._path.read_text(encoding="utf-8", errors="replace")
                self._broken = text != "" and not text.endswith("\n")
                for line in text.splitlines():
                    self._read(line)

    def _read(self, line: str) -> None:
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            return
        if isinstance(entry, dict) and isinstance(entry.get("file"), str):
            self._keep(entry)

    def _keep(self, entry: dict) -> None:
        name = entry["file"]
        self._entries.setdefault(name, []).append(entry)
        if name.endswith(CAPTION):
            self._owners[name[: -len(CAPTION)].lower()] = entry

    def wrote(self, name: str) -> bool:
        """Return whether the file of that name is one that the pack wrote, unchanged."""
        written = [entry.get("sha256") for entry in self._entries.get(name, ())]
        path = self._folder / name
        return bool(written) and path.is_file() and _sha256_or_none(path) in written

    def of_another(self, stem: str, image: Path) -> bool:
        """Return whether the caption of that stem (in any case) was written for another image.

        An image is the same if it has the same path, seen from this folder, or the same bytes.
        """
        owner = self._owners.get(stem.lower())
        if owner is None or owner.get("image") == self._seen_from_here(image):
            return False
        digest = _sha256_or_none(image)  # None: said when the image is opened
        return digest is not None and owner.get("image_sha256") != digest

    def add(self, name: str, sha256: str, image: Path | None) -> None:
        """Record a file that is about to be put in its place."""
        entry = {"file": name, "sha256": sha256}
        if image is not None:
            entry |= {"image": self._seen_from_here(image), "image_sha256": _sha256_or_none(image)}
        if self._entries.get(name, [])[-1:] == [entry]:
            return
        with self._path.open("a", encoding="utf-8") as file:
            file.write("\n" * self._broken + json.dumps(entry) + "\n")
        self._broken = False
        self._keep(entry)

    def _seen_from_here(self, image: Path) -> str:
        path = os.path.realpath(image)
        with contextlib.suppress(ValueError):  # another drive of Windows
            path = os.path.relpath(path, os.path.realpath(self._folder))
        return Path(path).as_posix()


def _short(stem: str) -> str:
    """Return a stem that leaves room for a number and for what follows it, in the 255 bytes of a name."""
    while len(os.fsencode(stem)) > MAX_STEM:
        stem = stem[:-1]
    return stem


def _sha256_or_none(path: Path) -> str | None:
    try:
        return sha256_of(path)
    except OSError:
        return None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, as 64 hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _file_key(path: Path) -> tuple[int, int] | None:
    """Return the same for all names of one file: links, other case; None where there is no file."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _move(temporary: Path, path: Path) -> None:
    """Put a file in its place. One that has come there since it was checked is not replaced."""
    if os.path.lexists(path):
        os.replace(temporary, path)
        return
    try:
        os.link(temporary, path)  # fails where there is a file, which `os.replace` does not
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        os.replace(temporary, path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
