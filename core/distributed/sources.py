"""Images by where they are: in folders, lists of files, WebDataset shards, and Parquet tables, local or remote.

A place is a path or a URL that fsspec knows (`s3://`, `gs://`, `hf://`, `https://`).
"""

from __future__ import annotations

import logging
import os
import posixpath
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import fsspec

from ..dataset.listing import find_images, is_image
from ..dataset.sources import MAX_FILE
from ..errors import PatchMattersError, in_short

SHARD, TABLE, LIST = ".tar", ".parquet", ".txt"
# Columns of a table, the first that it has: those with images in them, and those that say where images are.
IMAGE_COLUMNS = ("image", "img", "jpg", "png")
PATH_COLUMNS = ("path", "file_name", "image_path", "url", "image_url")
_TABLE_ROWS = 10_000  # read at once from a column of paths
_log = logging.getLogger("patch_matters")


@dataclass(frozen=True)
class Row:
    """Where an image is.

    Attributes:
        id: names the image in its source: the path below a folder, shard/member, table/number.
        file: path or URL of the file.
        offset: of a member of a shard, in bytes; of an image in a table, its row; 0 for a whole file.
        size: in bytes; -1 where it is not known.
        column: of the table that the image is in; "" for other files.
        version: another one where the image may have changed; "" where nothing is known.
    """

    id: str
    file: str
    offset: int = 0
    size: int = -1
    column: str = ""
    version: str = ""


def is_remote(place: str) -> bool:
    """Return whether a place is a URL, not a path."""
    return "://" in place


def open_place(place: str):
    """Return the fsspec file system of a place, and the place's path in it.

    Raises:
        PatchMattersError: its kind is unknown, or a package for it is missing.
    """
    try:
        return fsspec.core.url_to_fs(place)
    except (ImportError, ValueError) as error:
        raise PatchMattersError(f"{place} cannot be opened: {in_short(error)}") from error


def list_rows(places: list[str]) -> Iterator[Row]:
    """Yield the images of all places, in an order that stays the same as long as they do.

    Raises:
        PatchMattersError: a place is not there or cannot be read, or no image was found.
    """
    found = False
    for place in places:
        try:
            for row in _rows_of(place):
                found = True
                yield row
        except PatchMattersError:
            raise
        except Exception as error:  # for a URL, whatever a library for a store raises
            if not is_remote(place) and not isinstance(error, OSError):
                raise
            raise PatchMattersError(
                f"{place} cannot be read ({in_short(error)}): check the address and your access to it."
            ) from error
    if not found:
        raise PatchMattersError(
            f"{', '.join(places[:3])}: there is no image in it: name a source with images."
        )


def _rows_of(place: str) -> Iterator[Row]:
    fs, path = open_place(place)
    ending = posixpath.splitext(path)[1].lower()
    if ending == SHARD:
        yield from _members(fs, path, PurePosixPath(path).stem)
    elif ending == TABLE:
        yield from _table_rows(fs, path, PurePosixPath(path).stem)
    elif ending == LIST:
        yield from _listed(fs, path)
    elif fs.isdir(path):
        yield from _folder(place, fs, path)
    elif is_image(path) and fs.exists(path):
        yield Row(posixpath.basename(path), fs.unstrip_protocol(path), 0, fs.size(path) or -1)
    elif not fs.exists(path):
        raise PatchMattersError(f"{place} does not exist: check its spelling.")
    else:
        raise PatchMattersError(
            f"{place} is not a folder, a list of files (.txt), a shard (.tar) or a table (.parquet)."
        )


def _folder(place: str, fs, path: str) -> Iterator[Row]:
    """Yield the images below a folder; where it has none, those of its tables, or of its shards."""
    found = False
    for row in _local_folder(Path(path)) if not is_remote(place) else _remote_folder(fs, path):
        found = True
        yield row
    if found:
        return
    for ending, rows in ((TABLE, _table_rows), (SHARD, _members)):
        files = sorted(fs.glob(f"{path.rstrip('/')}/**/*{ending}"))
        for file in files:
            yield from rows(fs, file, posixpath.splitext(posixpath.relpath(file, path))[0])
        if files:
            return
    raise PatchMattersError(f"{place} has no images, tables (.parquet) or shards (.tar) in it.")


def _local_folder(folder: Path) -> Iterator[Row]:
    for found in find_images(folder):
        file = os.path.join(folder, found.path)
        try:
            found.path.encode()
            state = os.stat(file)
        except UnicodeEncodeError:
            _log.warning("%r is left out: its name is not UTF-8, as Parquet needs it", found.path)
            continue
        except OSError:
            continue
        yield Row(found.path, file, 0, state.st_size, "", str(state.st_mtime_ns))


def _remote_folder(fs, root: str) -> Iterator[Row]:
    root = root.rstrip("/")
    for here, folders, files in fs.walk(root, detail=True):
        for name in [name for name in folders if name.startswith(".")]:
            del folders[name]
        for name in sorted(files):
            if is_image(name) and not name.startswith("."):
                path, info = posixpath.join(here, name), files[name]
                # What object stores call the state of a file; the others have a time.
                version = info.get("ETag") or info.get("etag") or info.get("mtime") or ""
                size = info.get("size")
                yield Row(
                    path[len(root) :].lstrip("/"),
                    fs.unstrip_protocol(path),
                    0,
                    -1 if size is None else size,
                    "",
                    str(version).strip('"'),
                )


def _listed(fs, path: str) -> Iterator[Row]:
    """Yield the images that a list names, one place a line; paths count from the folder of the list."""
    folder = posixpath.dirname(fs.unstrip_protocol(path))
    try:
        with fs.open(path, "rt", encoding="utf-8-sig") as lines:
            for line in lines:
                if name := line.strip():
                    yield Row(name, _joined(folder, name))
    except UnicodeDecodeError as error:
        raise PatchMattersError(
            f"{path} is not UTF-8 text: save the list as UTF-8, one path or URL per line."
        ) from error


def _joined(folder: str, name: str) -> str:
    return name if is_remote(name) or name.startswith("/") else f"{folder}/{name}"


def _members(fs, path: str, name_of_shard: str) -> Iterator[Row]:
    """Yield the images of a shard; only the headers of its members are read."""
    url = fs.unstrip_protocol(path)
    version = str(fs.info(path).get("ETag") or fs.info(path).get("mtime") or "")
    try:
        with fs.open(path, "rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            for member in tar:
                name = PurePosixPath("/", member.name)
                if member.isreg() and is_image(member.name) and ".." not in name.parts:
                    row_id = f"{name_of_shard}/{name.relative_to('/')}"
                    yield Row(row_id, url, member.offset_data, member.size, "", version)
                tar.members = []  # type: ignore[attr-defined]  # or all headers of a shard stay in memory
    except tarfile.TarError as error:
        raise PatchMattersError(
            f"{path} cannot be read as a tar file ({error}): replace it, or leave it out."
        ) from error


def _table_rows(fs, path: str, name_of_table: str) -> Iterator[Row]:
    """Yield the images in a Parquet table, or those that it names."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    url = fs.unstrip_protocol(path)
    try:
        with fs.open(path, "rb") as file:
            table = pq.ParquetFile(file)
            column = _column(table.schema_arrow, path)
            if not pa.types.is_string(table.schema_arrow.field(column).type):
                for number in range(table.metadata.num_rows):
                    yield Row(f"{name_of_table}/{number:08d}", url, number, -1, column)
                return
            for batch in table.iter_batches(_TABLE_ROWS, columns=[column]):
                for name in filter(None, batch.column(0).to_pylist()):
                    yield Row(name, _joined(posixpath.dirname(url), name))
    except pa.ArrowInvalid as error:
        raise PatchMattersError(
            f"{path} cannot be read as Parquet ({in_short(error)}): replace it, or leave it out."
        ) from error


def _column(schema, path: str) -> str:
    """Return the column with the images: Hugging Face's struct of bytes and path, bytes, or text.

    Raises:
        PatchMattersError: the table has none.
    """
    import pyarrow as pa

    def holds_bytes(kind) -> bool:
        if pa.types.is_struct(kind):
            return kind.get_field_index("bytes") >= 0
        return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)

    kinds = dict(zip(schema.names, schema.types))
    for name in (*IMAGE_COLUMNS, *kinds):
        if name in kinds and holds_bytes(kinds[name]):
            return name
    for name in PATH_COLUMNS:
        if name in kinds and pa.types.is_string(kinds[name]):
            return name
    raise PatchMattersError(
        f"{path} has no column with images (bytes), and none with their places that is named "
        f"{', '.join(PATH_COLUMNS)}: rename the column, or name another table."
    )


class Reader:
    """Reads image files. It keeps the last part of a table, because neighbours are read one after the other.

    May be used from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._group: tuple[str, int] | None = None
        self._values: Any = None

    def read(self, row: Row) -> bytes:
        """Return the bytes of an image file.

        Raises:
            PatchMattersError: it cannot be read, or is larger than `MAX_FILE`.
        """
        if row.size > MAX_FILE:
            raise PatchMattersError(f"{row.id} is larger than {MAX_FILE // 10**9} GB.")
        try:
            if row.column:
                return self._in_table(row)
            fs, path = open_place(row.file)
            if row.offset:
                return fs.cat_file(path, start=row.offset, end=row.offset + row.size)
            with fs.open(path, "rb") as file:
                data = file.read(MAX_FILE + 1)
        except OSError as error:
            raise PatchMattersError(f"{row.id} cannot be read: {in_short(error)}") from error
        except Exception as error:  # whatever a library for a store raises
            if urlsplit(row.file).scheme in ("", "file"):
                raise
            raise PatchMattersError(f"{row.id} cannot be read: {in_short(error)}") from error
        if len(data) > MAX_FILE:
            raise PatchMattersError(f"{row.id} is larger than {MAX_FILE // 10**9} GB.")
        return data

    def _in_table(self, row: Row) -> bytes:
        import pyarrow.parquet as pq

        with self._lock:
            fs, path = open_place(row.file)
            first = number = 0
            with fs.open(path, "rb") as file:
                table = pq.ParquetFile(file)
                for number in range(table.num_row_groups):
                    rows = table.metadata.row_group(number).num_rows
                    if row.offset < first + rows:
                        break
                    first += rows
                if self._group != (row.file, number):
                    self._values = table.read_row_group(number, columns=[row.column]).column(0)
                    self._group = (row.file, number)
            value = self._values[row.offset - first].as_py()
        data = value.get("bytes") if isinstance(value, dict) else value
        if data is None:
            raise PatchMattersError(f"{row.id} has no image in its table.")
        return data
