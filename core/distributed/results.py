"""Captions in Parquet: a file for each slice of the manifest, so that what is done can be seen from names alone.

`results/RUN/PART/FIRST.OPEN.parquet` has the rows of the slice of a part that begins with the row FIRST. OPEN is how
many are still to be done: images that failed, of which answers are missing, or that a run with a limit left.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..dataset.formats.parquet import claim_rows, claim_type
from ..dataset.ledger import DONE, FAILED, Result
from ..dataset.words import Captions
from .manifest import SLICE, Part
from .sources import Row
from .storage import Storage

FOLDER = "results"
LISTED_AT_ONCE = 16  # folders; a bucket answers in 50 ms or more


@dataclass(frozen=True)
class Captioned:
    """A row of the manifest with its result, or the reason why it has none."""

    row: Row
    result: Result | None
    reason: str = ""


def folder_of(run: str, part: Part) -> str:
    return f"{FOLDER}/{run}/{part.number:06d}"


def states(storage: Storage, run: str, part: Part) -> dict[int, int]:
    """Return first row of a slice -> how many of its rows have to be done again, of the slices that have results."""
    found: dict[int, int] = {}
    for name in storage.names(folder_of(run, part)):
        first, _, rest = name.partition(".")
        if first.isdecimal() and rest.endswith(".parquet"):
            still_open = int(rest.split(".")[0])
            # Of two, the older is what a program that was killed had no time to remove.
            found[int(first)] = min(still_open, found.get(int(first), still_open))
    return found


def states_of_all(storage: Storage, run: str, parts: Sequence[Part]) -> list[dict[int, int]]:
    """Return `states` of each part."""
    there = set(storage.names(f"{FOLDER}/{run}"))

    def of_part(part: Part) -> dict[int, int]:
        return states(storage, run, part) if f"{part.number:06d}" in there else {}

    with ThreadPoolExecutor(LISTED_AT_ONCE) as pool:
        return list(pool.map(of_part, parts))


def read_slice(storage: Storage, run: str, part: Part, first: int) -> list[dict]:
    """Return the rows of a slice as dictionaries; none where it has no results."""
    still_open = states(storage, run, part).get(first)
    if still_open is None:
        return []
    return storage.read_table(_name(run, part, first, still_open)).to_pylist()


def write_slice(
    storage: Storage, run: str, part: Part, first: int, before: Sequence[dict], new: Sequence
) -> None:
    """Write the results of a slice.

    Args:
        before: its rows that stay as they are, from `read_slice`.
        new: the others, each a `Captioned`.
    """
    import pyarrow as pa

    earlier = states(storage, run, part).get(first)
    rows = [*before, *map(_as_row, new)]
    # With those that the run was not to caption, which have no row yet.
    still_open = rows_in(part, first) - sum(not is_open(row) for row in rows)
    storage.write_table(_name(run, part, first, still_open), pa.Table.from_pylist(rows, schema()))
    if earlier not in (None, still_open):
        storage.remove(_name(run, part, first, earlier))


def is_open(row: dict) -> bool:
    """Return whether a row of results has to be done again."""
    return row["status"] == FAILED or bool(row["missing"])


def result_of(row: dict) -> Result | None:
    """Return the result in a row; None of an image that failed."""
    if row["status"] == FAILED:
        return None
    return Result(
        row["key"],
        row["content"],
        Captions(row["caption"], row["medium"], row["short"], row["tags"]),
        **{name: row[name] for name in _NUMBERS},
        missing=row["missing"],
        record=json.loads(row["report"]),
    )


_NUMBERS = ("doubt", "excluded", "seconds", "requests", "tokens")
_TEXTS = ("caption", "medium", "short", "tags", "missing", "content", "key", "report")


def schema():
    """Return the columns of results. `report` is `report.as_dict` as JSON."""
    import pyarrow as pa

    return pa.schema(
        [
            *(pa.field(name, pa.string()) for name in ("id", "file", "version", "status", "error")),
            *(pa.field(name, pa.string()) for name in _TEXTS),
            *(pa.field(name, pa.float32()) for name in ("doubt", "seconds")),
            *(pa.field(name, pa.int64()) for name in ("excluded", "requests", "tokens")),
            pa.field("claims", pa.list_(claim_type())),
        ]
    )


def _as_row(captioned: Captioned) -> dict:
    row, result = captioned.row, captioned.result
    found = {"id": row.id, "file": row.file, "version": row.version, "error": captioned.reason}
    if result is None:
        return {**found, "status": FAILED, **dict.fromkeys(_TEXTS, ""), "claims": []}
    said = result.captions
    return {
        **found,
        "status": DONE,
        **{"caption": said.long, "medium": said.medium, "short": said.short, "tags": said.tags},
        **{"missing": result.missing, "content": result.content, "key": result.key},
        **{name: getattr(result, name) for name in _NUMBERS},
        "report": json.dumps(result.record),
        "claims": claim_rows(result.record),
    }


def _name(run: str, part: Part, first: int, still_open: int) -> str:
    return f"{folder_of(run, part)}/{first:04d}.{still_open}.parquet"


def rows_in(part: Part, first: int) -> int:
    """Return how many rows a slice has."""
    return min(SLICE, part.rows - first)
