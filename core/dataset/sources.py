"""Where images come from: a folder, or WebDataset shards."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from ..errors import PatchMattersError
from .listing import Found, find_images, is_image

MAX_FILE = 2_000_000_000  # bytes of an image file


class Images(Protocol):
    """Images by their paths, which have slashes and stay below one root."""

    name: str

    def find(self, ignore_case: bool) -> Iterator[Found]:
        """Yield the images in the order of their names."""

    def state(self, path: str) -> tuple[int, int]:
        """Size in bytes and time in ns; another one where the image may have changed."""

    def read(self, path: str) -> bytes:
        """Return the bytes of an image file."""

    def text(self, path: str) -> bytes | None:
        """Return the bytes of another file; None where there is none."""

    def exists(self, path: str) -> bool:
        """Return whether the image is still there."""


class Folder:
    """The images below a folder."""

    def __init__(self, folder: Path):
        self._folder, self.name = folder, Path(os.path.abspath(folder)).name

    def find(self, ignore_case: bool) -> Iterator[Found]:
        return find_images(self._folder, ignore_case=ignore_case)

    def state(self, path: str) -> tuple[int, int]:
        found = (self._folder / path).stat()
        return found.st_size, found.st_mtime_ns

    def read(self, path: str) -> bytes:
        place = self._folder / path
        if place.is_symlink() or not place.is_file():
            raise PatchMattersError(f"{path} is not there any more, or is not a regular file.")
        if place.stat().st_size > MAX_FILE:
            raise PatchMattersError(f"{path} is larger than {MAX_FILE // 10**9} GB.")
        return place.read_bytes()

    def text(self, path: str) -> bytes | None:
        place = self._folder / path
        return place.read_bytes() if place.is_file() and not place.is_symlink() else None

    def exists(self, path: str) -> bool:
        return os.path.lexists(self._folder / path)


class Shards:
    """The images in tar files. An image's path is the name of its shard, a slash, and its name in it.

    Raises:
        PatchMattersError: a file is not a tar file, or two have the same name.
    """

    def __init__(self, shards: Sequence[Path]):
        self.name = Path(os.path.abspath(shards[0])).parent.name
        self._members: dict[str, tuple[Path, int, int]] = {}
        self._times: dict[Path, int] = {}
        for shard in shards:
            try:
                self._times[shard] = shard.stat().st_mtime_ns
                with tarfile.open(shard) as tar:
                    for member in tar:
                        if member.isreg():
                            path = (
                                f"{shard.stem}/{PurePosixPath('/', member.name).relative_to('/')}"
                            )
                            self._members[path] = (shard, member.offset_data, member.size)
            except tarfile.TarError as error:
                raise PatchMattersError(
                    f"{shard} is not a tar file, or it is damaged: use shards as WebDataset writes them."
                ) from error
            except OSError as error:
                raise PatchMattersError(
                    f"{shard} cannot be read: {error.strerror or error}."
                ) from error

    def find(self, ignore_case: bool) -> Iterator[Found]:
        for path in sorted(self._members):
            if is_image(path) and ".." not in PurePosixPath(path).parts:
                yield Found(path)

    def state(self, path: str) -> tuple[int, int]:
        shard, _, size = self._members[path]
        return size, self._times[shard]

    def read(self, path: str) -> bytes:
        shard, offset, size = self._members[path]
        if size > MAX_FILE:
            raise PatchMattersError(f"{path} is larger than {MAX_FILE // 10**9} GB.")
        with shard.open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def text(self, path: str) -> bytes | None:
        return self.read(path) if path in self._members else None

    def exists(self, path: str) -> bool:
        return path in self._members
