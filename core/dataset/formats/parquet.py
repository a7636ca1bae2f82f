"""A table of all images in Parquet: the old and the new caption, claims and scores."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..ledger import Entry, Ledger
    from . import Export

TABLE = "captions.parquet"
ROWS = 500  # in memory at once


def write(export: Export) -> None:
    """Write the table, some hundred images at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            *(pa.field(name, pa.string()) for name in ("path", "status", "before", "caption")),
            *(pa.field(name, pa.string()) for name in ("long", "medium", "short", "tags")),
            pa.field("doubt", pa.float32()),
            pa.field("claims", pa.list_(claim_type())),
        ]
    )

    def table(file) -> None:
        entries = export.entries()
        with pq.ParquetWriter(file, schema) as writer:
            while batch := list(islice(entries, ROWS)):
                rows = [_row(entry, export.ledger) for entry in batch]
                writer.write_table(pa.Table.from_pylist(rows, schema))

    export.write(export.place + TABLE, table)


def _row(entry: Entry, ledger: Ledger) -> dict:
    result = ledger.result(entry.key) if entry.key else None
    record = ledger.record(entry.path) or {}
    said = result.captions if result else None
    return {
        "path": entry.path.encode("utf-8", "replace").decode(),
        "status": entry.status,
        "before": entry.before,
        "caption": entry.caption,
        **{name: getattr(said, name, None) for name in ("long", "medium", "short", "tags")},
        "doubt": entry.doubt if result else None,
        "claims": claim_rows(record),
    }


def claim_type():
    """Return the Arrow type of a claim."""
    import pyarrow as pa

    return pa.struct(
        [
            pa.field("text", pa.string()),
            pa.field("kept", pa.bool_()),
            pa.field("reason", pa.string()),
            pa.field("score", pa.float32()),
            pa.field("regions", pa.list_(pa.string())),
        ]
    )


def claim_rows(record: dict) -> list[dict]:
    """Return the claims of a report (`report.as_dict`), as `claim_type` has them."""
    return [
        {
            "text": statement["text"],
            "kept": statement["verdict"] == "kept",
            "reason": statement["reason"],
            "score": statement["score"],
            "regions": statement["regions"],
        }
        for statement in record.get("statements", ())
    ]
