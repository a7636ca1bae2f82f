"""Reads the bytes of images from where their rows say that they are."""

from __future__ import annotations

import posixpath
import threading
from collections import OrderedDict
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from ..dataset.sources import MAX_FILE
from ..errors import PatchMattersError, in_short
from .sources import Row, is_remote, open_place

KEPT_BYTES = 500_000_000  # of parts of tables, if one is not larger


class Reader:
    """Reads image files. It keeps some parts of tables, because neighbours are read one after the other.

    May be used from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._groups: OrderedDict[tuple[str, str, int], Any] = OrderedDict()

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
        with self._lock:
            first, values = self._group(row)
            value = values[row.offset - first].as_py()
        if isinstance(value, dict):
            place = value.get("path")
            if value["bytes"] is None and place:  # an image that is beside the table
                beside = posixpath.join(posixpath.dirname(row.file), place)
                file = place if is_remote(place) else beside
                return self.read(replace(row, file=file, offset=0, column=""))
            value = value["bytes"]
        if value is None:
            raise PatchMattersError(f"{row.id} has no image in its table.")
        return value

    def _group(self, row: Row) -> tuple[int, Any]:
        """Return the part of a table that a row is in: the number of its first row, and its values."""
        for (file, column, first), values in self._groups.items():
            if (file, column) == (row.file, row.column) and 0 <= row.offset - first < len(values):
                self._groups.move_to_end((file, column, first))
                return first, values
        import pyarrow.parquet as pq

        fs, path = open_place(row.file)
        with fs.open(path, "rb") as opened:
            table = pq.ParquetFile(opened)
            first = 0
            for number in range(table.num_row_groups):
                rows = table.metadata.row_group(number).num_rows
                if row.offset < first + rows:
                    break
                first += rows
            else:
                raise PatchMattersError(f"{row.id} is not in its table any more.")
            values = table.read_row_group(number, columns=[row.column]).column(0)
        self._groups[row.file, row.column, first] = values
        while (
            len(self._groups) > 1
            and sum(each.nbytes for each in self._groups.values()) > KEPT_BYTES
        ):
            self._groups.popitem(last=False)
        return first, values
