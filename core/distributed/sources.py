"""Images by where they are: in folders, lists of files, WebDataset shards, and Parquet tables, local or remote.

A place is a path or a URL that fsspec knows (`s3://`, `gs://`, `hf://`, `https://`).
"""

from __future__ import annotations

import functools
import logging
import os
import posixpath
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import fsspec
from fsspec.implementations.local import LocalFileSystem

from ..dataset.listing import find_images, is_image
from ..errors import PatchMattersError, in_short

SHARD, TABLE, LIST = ".tar", ".parquet", ".txt"
MARKER = "patch_matters.json"  # marks the folder of a run; such a folder is skipped when images are listed
# Columns of a table, the first that it has: those with images in them, and those that say where images are.
IMAGE_COLUMNS = ("image", "img", "jpg", "jpeg", "png", "webp", "image_bytes", "bytes", "content")
PATH_COLUMNS = ("path", "file_name", "image_path", "url", "image_url", "image")
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


def local_path(place: str) -> str:
    """Return the absolute path of a place on a disk; "" of a URL."""
    if is_remote(place) and not place.startswith("file://"):
        return ""
    return os.path.normpath(LocalFileSystem._strip_protocol(place))


def open_place(place: str):
    """Return the fsspec file system of a place, and the place's path in it.

    Raises:
        PatchMattersError: its kind is unknown, or a package for it is missing.
    """
    if path := local_path(place):
        # Not by `url_to_fs`, which takes "::" in the name of a file for two file systems.
        return fsspec.filesystem("file"), path
    try:
        return fsspec.core.url_to_fs(place)
    except (ImportError, ValueError) as error:
        raise PatchMattersError(_unknown(place, error)) from error


def _unknown(place: str, error: Exception) -> str:
    do = (
        "install what is missing on each machine"
        if isinstance(error, ImportError)
        else "use a path, or a URL that fsspec knows"
    )
    return f"{place} cannot be opened ({in_short(error)}): {do}."


@functools.lru_cache
def _check_kind(scheme: str) -> None:
    """Check that URLs of a kind can be opened, before workers try each of them.

    Raises:
        PatchMattersError: as `open_place`.
    """
    try:
        fsspec.get_filesystem_class(scheme)
    except (ImportError, ValueError) as error:
        raise PatchMattersError(_unknown(f"{scheme}://", error)) from error


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
    """Yield the images below a folder; where it has none, those of its shards, or of its tables."""
    root = path.rstrip("/") or "/"
    others: list[str] = []
    found = False
    local = isinstance(fs, LocalFileSystem)
    for row in _local_images(root, others) if local else _remote_images(fs, root, others):
        found = True
        yield row
    shards, tables = (
        [file for file in sorted(others) if _ending(file) == e] for e in (SHARD, TABLE)
    )
    if found or (shards and tables):
        # img2dataset writes a table of what is in it beside each shard.
        left, has = (shards + tables, "images") if found else (tables, "shards")
        if left:
            _log.warning(
                "%s has %s, so %d other files in it are not read, such as %s: to caption what is in those, name them.",
                *(place, has, len(left), posixpath.relpath(left[0], root)),
            )
    if found:
        return
    for file in shards or tables:
        name = posixpath.splitext(posixpath.relpath(file, root))[0]
        yield from (_members if shards else _table_rows)(fs, file, name)
    if not others:
        raise PatchMattersError(
            f"{place} has no images, tables (.parquet) or shards (.tar) in it: name another folder."
        )


def _ending(name: str) -> str:
    return posixpath.splitext(name)[1].lower()


def _local_images(root: str, others: list[str]) -> Iterator[Row]:
    """Yield the images below a folder, and add the shards and tables to `others`."""
    for found in find_images(Path(root)):
        file = os.path.join(root, found.path)
        try:
            found.path.encode()
            state = os.stat(file)
        except UnicodeEncodeError:
            _log.warning("%r is left out: its name is not UTF-8, as Parquet needs it", found.path)
            continue
        except OSError:
            continue
        yield Row(found.path, file, 0, state.st_size, "", str(state.st_mtime_ns))
    for here, folders, files in os.walk(root, onerror=_not_listed):
        _prune(folders, files, top=here == root)
        others += [os.path.join(here, n) for n in files if _ending(n) in (SHARD, TABLE)]


def _not_listed(error: OSError) -> None:
    _log.warning(
        "%s cannot be listed (%s), so what is in it is left out.", error.filename, error.strerror
    )


def _prune(folders, files, *, top: bool) -> None:
    """Take out hidden names, and what is in the folder of a run below a source."""
    for names in (folders, files):
        for name in [
            name for name in names if name.startswith(".") or (MARKER in files and not top)
        ]:
            names.remove(name) if isinstance(names, list) else names.pop(name)


def _remote_images(fs, root: str, others: list[str]) -> Iterator[Row]:
    """Yield the images below a folder, and add the shards and tables to `others`."""
    # Without "raise", what cannot be listed is left out without a word.
    for here, folders, files in fs.walk(root, detail=True, on_error="raise"):
        _prune(folders, files, top=here.rstrip("/") == root)
        for name in sorted(files):
            path, info = posixpath.join(here, name), files[name]
            if _ending(name) in (SHARD, TABLE):
                others.append(path)
            elif is_image(name):
                size = info.get("size")
                yield Row(
                    path[len(root) :].lstrip("/"),
                    fs.unstrip_protocol(path),
                    0,
                    -1 if size is None else size,
                    "",
                    _version(info),
                )


def _version(info: dict) -> str:
    """Return what a store calls the state of a file, or the time of its last change; "" where it says neither."""
    names = ("ETag", "etag", "blob_id", "mtime")
    return str(next((info[name] for name in names if info.get(name)), "")).strip('"')


def _listed(fs, path: str) -> Iterator[Row]:
    """Yield the images that a list names, one place a line; paths count from the folder of the list."""
    folder = posixpath.dirname(fs.unstrip_protocol(path))
    try:
        with fs.open(path, "rt", encoding="utf-8-sig") as lines:
            for line in lines:
                if name := line.strip():
                    yield _named(folder, name)
    except UnicodeDecodeError as error:
        raise PatchMattersError(
            f"{path} is not UTF-8 text: save the list as UTF-8, one path or URL per line."
        ) from error


def _named(folder: str, name: str) -> Row:
    """Return the row of an image that a list or a table names.

    Raises:
        PatchMattersError: it is a URL of a kind that cannot be opened.
    """
    if is_remote(name):
        _check_kind(name.partition("://")[0])
        return Row(name, name)
    name = posixpath.normpath(name)
    return Row(name, name if name.startswith("/") else f"{folder}/{name}")


def _members(fs, path: str, name_of_shard: str) -> Iterator[Row]:
    """Yield the images of a shard; only the headers of its members are read."""
    url, version = fs.unstrip_protocol(path), _version(fs.info(path))
    try:
        with fs.open(path, "rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            for member in tar:
                name = PurePosixPath("/", member.name)
                hidden = name.name.startswith(".")  # macOS adds "._a.jpg" to "a.jpg"
                if member.isreg() and is_image(name.name) and not hidden and ".." not in name.parts:
                    row_id = f"{name_of_shard}/{name.relative_to('/')}"
                    yield Row(row_id, url, member.offset_data, member.size, "", version)
                tar.members = []  # type: ignore[attr-defined]  # or all headers of a shard stay in memory
    except tarfile.TarError as error:
        raise PatchMattersError(
            f"{path} cannot be read as a tar file ({error}): shards have to be whole and not compressed. Replace it, "
            "or leave it out."
        ) from error


def _table_rows(fs, path: str, name_of_table: str) -> Iterator[Row]:
    """Yield the images in a Parquet table, or those that it names."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    url, version = fs.unstrip_protocol(path), _version(fs.info(path))
    try:
        with fs.open(path, "rb") as file:
            table = pq.ParquetFile(file)
            column = _column(table.schema_arrow, path)
            if not _holds_text(table.schema_arrow.field(column).type):
                for number in range(table.metadata.num_rows):
                    yield Row(f"{name_of_table}/{number:08d}", url, number, -1, column, version)
                return
            for batch in table.iter_batches(_TABLE_ROWS, columns=[column]):
                for name in filter(None, batch.column(0).to_pylist()):
                    yield _named(posixpath.dirname(url), name)
    except pa.ArrowInvalid as error:
        raise PatchMattersError(
            f"{path} cannot be read as Parquet ({in_short(error)}): replace it, or leave it out."
        ) from error


def _column(schema, path: str) -> str:
    """Return the column with the images: Hugging Face's struct of bytes and path, bytes, or text.

    Raises:
        PatchMattersError: the table has none.
    """
    names = {name.lower(): name for name in reversed(schema.names)}  # of "url" and "URL" the first

    def first(wanted: Sequence[str], holds) -> str | None:
        found = (names[name] for name in wanted if name in names)
        return next((name for name in found if holds(schema.field(name).type)), None)

    # A column of bytes that has another name may be a hash, so what says where images are goes first.
    for wanted, holds in (
        (IMAGE_COLUMNS, _holds_images),
        (list(names), _is_image_struct),
        (PATH_COLUMNS, _holds_text),
        (list(names), _holds_images),
    ):
        if column := first(wanted, holds):
            return column
    raise PatchMattersError(
        f"{path} has no column with images (bytes), and none with their places that is named "
        f"{', '.join(PATH_COLUMNS)}: rename the column, or name another table."
    )


def _is_image_struct(kind) -> bool:
    import pyarrow as pa

    return pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0


def _holds_images(kind) -> bool:
    import pyarrow as pa

    checks = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    return _is_image_struct(kind) or any(check(kind) for check in checks)


def _holds_text(kind) -> bool:
    import pyarrow as pa

    # Polars writes large ones.
    checks = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(check(kind) for check in checks)
