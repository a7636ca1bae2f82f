"""Files of a data set run: written whole or not at all, remembered with what was there before, put back.

Nothing but a file that the pack wrote and nobody changed is replaced, unless the caller says so; links, folders,
devices and images never are.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from ..errors import PatchMattersError
from ..outputs import sha256_of
from .choices import STATE
from .ledger import Ledger, Output
from .listing import is_image

MAX_CAPTION = 1_000_000  # bytes of a caption file that is read
MAX_BEFORE = 500_000_000  # bytes of a file whose content is kept for `undo`; SQLite takes 10^9
UNFINISHED = ".part"  # what the names of temporary files end with
USERS, OWN, EDITED = "users", "own", "edited"  # whose file it is; edited: the pack's, changed since


class NoRoom(PatchMattersError):
    """The disk is full or cannot be written to: nothing more can be done in this run."""


class Files:
    """The files below an output folder.

    Args:
        root: the folder; its state folder must exist.
    """

    def __init__(self, root: Path, ledger: Ledger):
        self._root, self._ledger = root, ledger
        self._temporary = root / STATE / "temporary"
        self._checked_folders: set[str] = set()

    def clear_temporary(self) -> None:
        """Delete what a run that was killed left unfinished. Only under the run's lock."""
        self._temporary.mkdir(exist_ok=True)
        for leftover in self._temporary.glob(f"*{UNFINISHED}"):
            with contextlib.suppress(OSError):
                leftover.unlink()

    def read(self, path: str, limit: int = MAX_CAPTION) -> bytes | None:
        """Return the content of a regular file below the folder; None where there is none.

        Args:
            limit: the most bytes that are read.

        Raises:
            PatchMattersError: it is a link, a folder or a device, too large, or cannot be read.
        """
        place = self._checked(path)
        if place is None:
            return None
        try:
            if place.stat().st_size > limit:
                raise PatchMattersError(f"{path} is larger than {limit // 1_000_000} MB.")
            return place.read_bytes()
        except OSError as error:
            raise PatchMattersError(f"{path} cannot be read: {error.strerror or error}") from error

    def original(self, path: str) -> tuple[bytes | None, str]:
        """Return what its user has at a path, and whose file is there now: `USERS`, `OWN` or `EDITED`.

        Where the pack's own, unchanged file is there, the content is what was there before it.
        """
        content = self.read(path)
        written = self._ledger.output(path)
        if content is None or written is None or content == written.before:
            return content, USERS
        if sha256(content) == written.sha256:
            return written.before, OWN
        return content, EDITED

    def write(self, path: str, content: bytes | Callable, image: str, *, replace: bool) -> None:
        """Write a file whole or not at all.

        Args:
            content: the bytes, or a function that writes them to an open binary file.
            image: the image that it belongs to; "" for all.
            replace: whether a file that the pack did not write may be replaced.

        Raises:
            PatchMattersError: something is in the way.
            NoRoom: the disk is full.
        """
        place = self._root / path
        temporary = None
        try:
            users = not path.startswith(f"{STATE}/")  # what is in the state folder is the pack's
            if users:
                self._checked(path)  # before a folder is made below a link
            place.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._finished(content, self._temporary)
            if users:
                digest = sha256_of(temporary)
                before = self._before(path, digest, replace)
                self._ledger.add_output(Output(path, digest, before, image))
            self._put(temporary, place, content)
        except OSError as error:
            if error.errno in (28, 122, 30):  # ENOSPC, EDQUOT, EROFS
                raise NoRoom(
                    f"{path} cannot be written ({error.strerror}): free up disk space, then start the "
                    "run again; it resumes where it ended."
                ) from error
            raise PatchMattersError(
                f"{path} cannot be written: {error.strerror or error}"
            ) from error
        finally:
            if temporary:
                with contextlib.suppress(OSError):
                    temporary.unlink()

    def replace_by_user(self, path: str, content: bytes) -> None:
        """Put a user's own text in a caption file. It counts as edited from then on, so runs keep it.

        What was there before the pack wrote anything stays known; where the pack wrote nothing, what is replaced
        is remembered.
        """
        if self._ledger.output(path) is None:
            before = self.read(path)
            written = sha256(before) if before is not None else ""
            self._ledger.add_output(Output(path, written, before, ""))
        try:
            self._put(self._finished(content, self._temporary), self._root / path, content)
        except OSError as error:
            raise PatchMattersError(
                f"{path} cannot be written: {error.strerror or error}"
            ) from error

    def undo(self) -> tuple[int, list[str]]:
        """Put back what was there before the pack wrote anything.

        Returns how many files were put back or removed, and a sentence for each that was not.
        """
        count, messages = 0, []
        for output in list(self._ledger.outputs()):
            try:
                content = self.read(output.path, MAX_BEFORE)
                if content is not None and sha256(content) != output.sha256:
                    if content != output.before:
                        # What was there before stays known: the user may want it after all.
                        messages.append(
                            f"{output.path} was changed since, so it is kept. Delete it and use --undo "
                            "again to put back what was there before."
                            if output.before is not None
                            else f"{output.path} was changed since, so it is kept."
                        )
                        continue
                elif output.before is not None:
                    temporary = self._finished(output.before, self._temporary)
                    try:
                        self._put(temporary, self._root / output.path, output.before)
                    finally:
                        temporary.unlink(missing_ok=True)
                    count += 1
                elif content is not None:
                    (self._root / output.path).unlink()
                    count += 1
                self._ledger.forget_output(output.path)
                if output.image:
                    self._ledger.forget_image(output.image)
            except (OSError, PatchMattersError) as error:
                why = getattr(error, "strerror", None) or error
                messages.append(f"{output.path} was not put back: {why}")
        return count, messages

    def _before(self, path: str, digest: str, replace: bool) -> bytes | None:
        """Return what `undo` puts back there: the user's own content.

        Raises:
            PatchMattersError: there is a file that the pack did not write, and `replace` does not permit it.
        """
        content = self.read(path, MAX_BEFORE)
        written = self._ledger.output(path)
        if content is None:
            return None
        if written and sha256(content) == written.sha256:
            return written.before
        if not replace and content.strip() and sha256(content) != digest:
            raise PatchMattersError(
                f"{path} was not written by this pack, or was changed since, so it is kept. To replace it, "
                "set existing to overwrite; or move it away."
            )
        return content

    def _checked(self, path: str) -> Path | None:
        """Return the regular file at a path below the folder; None where nothing is there.

        Raises:
            PatchMattersError: it is an image, a link, a folder or a device, or leads out of the folder.
        """
        folder, _, name = path.rpartition("/")
        if not name or name == ".." or path.startswith("/"):
            raise PatchMattersError(f"{path} is outside the folder.")
        if is_image(name):
            raise PatchMattersError(f"{path} is an image, so nothing is written there.")
        self._check_folder(folder, path)
        place = self._root / path
        try:
            mode = os.lstat(place).st_mode
        except FileNotFoundError:
            return None
        except OSError as error:
            why = error.strerror or error
            if error.errno == errno.ENAMETOOLONG:
                why = "the name of the caption file would be too long: rename the image"
            raise PatchMattersError(f"{path} cannot be used: {why}") from error
        if not stat.S_ISREG(mode):
            kind = "link" if stat.S_ISLNK(mode) else "folder" if stat.S_ISDIR(mode) else "device"
            raise PatchMattersError(f"{path} is a {kind}, so nothing is written there.")
        return place

    def _check_folder(self, folder: str, path: str) -> None:
        """Check, once for each folder, that no part of its path is a link or leads out of the root."""
        if not folder or folder in self._checked_folders:
            return
        parent, _, name = folder.rpartition("/")
        if name in ("", ".", ".."):
            raise PatchMattersError(f"{path} is outside the folder.")
        self._check_folder(parent, path)
        if os.path.islink(self._root / folder):
            raise PatchMattersError(f"{path} is below a link, so nothing is written there.")
        self._checked_folders.add(folder)

    def _finished(self, content: bytes | Callable, folder: Path) -> Path:
        """Return a temporary file with the content, on disk."""
        with tempfile.NamedTemporaryFile(dir=folder, suffix=UNFINISHED, delete=False) as file:
            temporary = Path(file.name)
            try:
                content(file) if callable(content) else file.write(content)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                temporary.unlink()
                raise
        return temporary

    def _put(self, temporary: Path, place: Path, content: bytes | Callable) -> None:
        """Put a finished file in its place, with the permissions of the file that it replaces."""
        try:
            mode = stat.S_IMODE(os.lstat(place).st_mode)
        except OSError:
            mode = 0o666 & ~_umask()
        temporary.chmod(mode)
        try:
            os.replace(temporary, place)
        except OSError as error:
            if error.errno != 18:  # EXDEV: the place is on another disk than the state folder
                raise
            temporary = self._finished(content, place.parent)
            temporary.chmod(mode)
            os.replace(temporary, place)


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def ignores_case(folder: Path) -> bool:
    """Return whether the file system takes "A" and "a" for one name."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix="case-") as file:
        path = Path(file.name)
        return path.with_name(path.name.upper()).exists()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
