"""The list of all images of a run, in Parquet, which only grows.

It is divided into parts, a file each, and a part into slices, each the work of one task. Neither ever changes, so the
results of a slice keep their name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np

from .sources import Row
from .storage import Storage

FOLDER = "manifest"
PART = 4096  # rows of a file, at most
SLICE = 32  # rows of a task: few, because a worker that ends loses the work on its tasks


@dataclass(frozen=True)
class Part:
    """A file of the manifest, which is named `number.rows.parquet`."""

    number: int
    rows: int

    @property
    def name(self) -> str:
        return f"{FOLDER}/{self.number:06d}.{self.rows}.parquet"

    def slices(self) -> range:
        """Return the first row of each slice."""
        return range(0, self.rows, SLICE)


def parts(storage: Storage) -> list[Part]:
    """Return the parts that are there, in their order."""
    names = [name.split(".") for name in storage.names(FOLDER) if name.endswith(".parquet")]
    return sorted(
        (Part(int(number), int(rows)) for number, rows, _ in names), key=lambda part: part.number
    )


def read_rows(storage: Storage, part: Part, first: int = 0, count: int = PART) -> list[Row]:
    """Return rows of a part."""
    return [Row(**row) for row in storage.read_table(part.name).slice(first, count).to_pylist()]


def extend(storage: Storage, rows: Iterable[Row], *, write: bool = True) -> list[Part]:
    """Add the rows that are new, or whose image changed, as new parts; return all parts.

    A row that comes twice is added once. What is kept in memory is 8 bytes a row and the rows of one part.

    Args:
        write: False only counts: nothing is written.
    """
    found = parts(storage)
    known = [_known(storage, found)]
    number = found[-1].number + 1 if found else 0
    for block in _blocks(rows, PART):
        marks = _marks((row.id, row.version) for row in block)
        fresh: np.ndarray = np.zeros(len(block), bool)
        fresh[np.unique(marks, return_index=True)[1]] = True  # the first of those that are the same
        for each in known:
            fresh &= ~_contained(each, marks)
        new = [row for row, is_new in zip(block, fresh) if is_new]
        _add(known, np.sort(marks[fresh]))
        if new:
            part = Part(number, len(new))
            if write:
                storage.write_table(part.name, _table(new))
            found.append(part)
            number += 1
    return found


def _known(storage: Storage, found: Sequence[Part]) -> np.ndarray:
    """Return the sorted marks of all rows of the manifest."""
    marks = []
    for part in found:
        table = storage.read_table(part.name, ["id", "version"])
        marks.append(_marks(zip(table["id"].to_pylist(), table["version"].to_pylist())))
    return np.sort(np.concatenate(marks)) if marks else np.empty(0, np.uint64)


def _marks(pairs: Iterable[tuple[str, str]]) -> np.ndarray:
    """Return 64 bits for each (id, version). Of ten million, two are the same with a probability of 3e-6."""
    digests = (
        hashlib.blake2b(f"{a}\0{b}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
        for a, b in pairs
    )
    return np.frombuffer(b"".join(digests), np.uint64)


def _add(known: list[np.ndarray], marks: np.ndarray) -> None:
    """Add sorted marks to a list of sorted arrays, of which each is at least twice as long as the next."""
    known.append(marks)
    while len(known) > 1 and len(known[-2]) < 2 * len(known[-1]):
        known.append(np.sort(np.concatenate([known.pop(), known.pop()]), kind="stable"))


def _contained(known: np.ndarray, marks: np.ndarray) -> np.ndarray:
    places = np.searchsorted(known, marks)
    if not len(known):
        return np.zeros(len(marks), bool)
    return (places < len(known)) & (known[np.minimum(places, len(known) - 1)] == marks)


def _blocks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    block: list[Row] = []
    for row in rows:
        block.append(row)
        if len(block) == size:
            yield block
            block = []
    if block:
        yield block


def _table(rows: Sequence[Row]):
    import pyarrow as pa

    kinds = {"offset": pa.int64(), "size": pa.int64()}
    names = [field.name for field in fields(Row)]
    schema = pa.schema([pa.field(name, kinds.get(name, pa.string())) for name in names])
    return pa.Table.from_pylist([asdict(row) for row in rows], schema)
