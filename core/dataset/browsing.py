"""The images of a data set, found by what became of them, with their captions as they are on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import PatchMattersError
from .files import Files
from .ledger import Entry, Ledger
from .review import sidecar_of


@dataclass(frozen=True)
class Row:
    """An image, and its caption file as it is on disk.

    Attributes:
        entry: as the last run left it.
        text: the caption on disk; "" where there is none.
        edited: the file differs from what the pack wrote.
        problem: why the file cannot be read; "" where it can.
    """

    entry: Entry
    text: str = ""
    edited: bool = False
    problem: str = ""


def browse(
    root: Path,
    *,
    status: str = "",
    edited: bool = False,
    contains: str = "",
    order: str = "path",
    offset: int = 0,
    limit: int = 100,
) -> tuple[int, list[Row]]:
    """Return how many images there are, and some of them.

    Args:
        root: the output folder.
        status: only those; "" for all.
        edited: only those whose caption file differs from what the pack wrote; each file is read.
        contains: only those whose caption, as the ledger has it, or path has this text, in any case.
        order: as `Ledger.entries` takes it.
        offset, limit: which of them to return.

    Raises:
        PatchMattersError: there is no ledger, or it is damaged.
    """
    with Ledger(root) as ledger:
        files = Files(root, ledger)
        if not edited:
            entries = ledger.entries(status, contains, order, offset, limit)
            return ledger.count(status, contains), [_row(files, entry) for entry in entries]
        rows = (_row(files, entry) for entry in ledger.entries(status, contains, order))
        found = [row for row in rows if row.edited]
        return len(found), found[offset : offset + limit]


def _row(files: Files, entry: Entry) -> Row:
    try:
        sidecar = sidecar_of(files, entry.path)
    except PatchMattersError as error:
        return Row(entry, problem=str(error))
    return Row(entry, sidecar.text, sidecar.edited)
