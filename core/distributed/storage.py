"""Whole files in a results folder, which may be a bucket."""

from __future__ import annotations

import contextlib
import io
import os
import posixpath
import shutil
import uuid
from collections.abc import Iterator
from typing import BinaryIO

from ..errors import PatchMattersError
from .sources import open_place

_AT_ONCE = 8_000_000  # bytes


class Storage:
    """A folder of files that are written whole or not at all.

    Args:
        place: a path, or a URL that fsspec knows.
    """

    def __init__(self, place: str):
        self.place = place
        self.fs, self._root = open_place(place)
        self.local = "file" in (
            (self.fs.protocol,) if isinstance(self.fs.protocol, str) else self.fs.protocol
        )

    def path(self, name: str) -> str:
        """Return the path of a file in its file system."""
        return posixpath.join(self._root, name)

    @contextlib.contextmanager
    def written(self) -> Iterator[None]:
        """Say what to do where nothing can be written within.

        Raises:
            PatchMattersError: the disk is full, or it may not be written to.
        """
        try:
            yield
        except OSError as error:
            raise PatchMattersError(
                f"{self.place} cannot be written to ({error.strerror or error}): free up space or fix its permissions, "
                "then start the command again; it resumes where it ended."
            ) from error

    def is_same(self, other: Storage) -> bool:
        """Return whether another storage is the same folder."""
        return self.fs.unstrip_protocol(self._root) == other.fs.unstrip_protocol(other._root)

    def is_file(self) -> bool:
        """Return whether there is a file in place of the folder."""
        return self.fs.isfile(self._root)

    def names(self, folder: str = "") -> list[str]:
        """Return the names of what is in a folder; none where it is not there."""
        try:
            found = self.fs.ls(self.path(folder), detail=False)
        except FileNotFoundError:
            return []
        return sorted(posixpath.basename(path.rstrip("/")) for path in found)

    def read(self, name: str) -> bytes:
        return self.fs.cat_file(self.path(name))

    def write(self, name: str, data: bytes) -> None:
        """Write a file."""
        self.write_file(name, io.BytesIO(data))

    def write_file(self, name: str, content: BinaryIO) -> None:
        """Write a file from another one. Of one that a killed program left unfinished, nothing can be seen."""
        path = self.path(name)
        self.fs.makedirs(posixpath.dirname(path), exist_ok=True)
        if not self.local:  # an object is not there before it is whole
            with self.fs.open(path, "wb") as file:
                shutil.copyfileobj(content, file, _AT_ONCE)
            return
        unfinished = posixpath.join(posixpath.dirname(path), f".{uuid.uuid4().hex}.part")
        with open(unfinished, "wb") as file:
            shutil.copyfileobj(content, file, _AT_ONCE)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)

    def remove(self, name: str) -> None:
        self.fs.rm_file(self.path(name))

    def read_table(self, name: str, columns: list[str] | None = None):
        """Return a Parquet file as an Arrow table."""
        import pyarrow.parquet as pq

        return pq.read_table(io.BytesIO(self.read(name)), columns=columns)

    def write_table(self, name: str, table) -> None:
        """Write an Arrow table as a Parquet file."""
        import pyarrow.parquet as pq

        file = io.BytesIO()
        pq.write_table(table, file, compression="zstd")
        self.write(name, file.getvalue())
