"""One JSON file for all images: Hugging Face's imagefolder, and kohya's metadata."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import Export

METADATA = "metadata.jsonl"
KOHYA = "kohya_metadata.json"


def write_metadata(export: Export) -> None:
    """Write `metadata.jsonl`, which `datasets` reads as "imagefolder": one JSON object a line.

    An image whose path is not UTF-8 is left out: the file can't name it, and `datasets` would refuse all of it.
    """

    def lines(file) -> None:
        for entry in export.entries():
            if _is_unicode(entry.path):
                row = {"file_name": entry.path, "text": entry.caption.split("\n")[0]}
                file.write(_bytes(row) + b"\n")

    export.write(export.place + METADATA, lines)


def write_kohya(export: Export) -> None:
    """Write kohya's metadata: an image's path in its `image_dir`, without the ending, -> caption and tags.

    sd-scripts look a key up as `image_dir/key.*` (library/train_util.py, FineTuningDataset).
    """

    def rows(file) -> None:
        file.write(b"{")
        between = b"\n"
        for entry in export.entries():
            key = PurePosixPath(entry.path).with_suffix("").as_posix()
            result = export.ledger.result(entry.key) if entry.key else None
            row = {"caption": entry.caption.split("\n")[0]}
            if result and result.captions.tags:
                row["tags"] = result.captions.tags
            file.write(between + _bytes(key) + b": " + _bytes(row))
            between = b",\n"
        file.write(b"\n}\n")

    export.write(export.place + KOHYA, rows)


def _is_unicode(path: str) -> bool:
    """Return whether a path has no byte that stands for itself (PEP 383)."""
    return not any("\udc80" <= letter <= "\udcff" for letter in path)


def _bytes(value) -> bytes:
    # A path of a file need not be UTF-8: what is not stays escaped.
    text = json.dumps(value, ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()
