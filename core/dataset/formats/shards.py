"""WebDataset shards: tar files with each image, its caption and its report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..ledger import Entry
    from . import Export

SHARD_BYTES = 1_000_000_000  # of images in a shard; WebDataset advises around 1 GB
SHARD_IMAGES = 10_000


def write(export: Export) -> None:
    """Write shards `shards/000000.tar` ... with `key.jpg`, `key.txt` and `key.json`."""
    import webdataset

    def shard(file, entries: Iterator[Entry]) -> None:
        size = count = 0
        taken: set[str] = set()
        with webdataset.TarWriter(file, encoder=False) as writer:
            for entry in entries:
                image = export.job.images.read(entry.path)
                record = export.ledger.record(entry.path) or {}
                writer.write(
                    {
                        "__key__": key(entry.path, taken),
                        _ending(entry.path): image,
                        "txt": entry.caption.encode("utf-8", "replace"),
                        "json": json.dumps({"before": entry.before, **record}).encode(),
                    }
                )
                size, count = size + len(image), count + 1
                if size >= SHARD_BYTES or count >= SHARD_IMAGES:
                    return

    entries = export.entries()
    for number, first in enumerate(entries):
        following = chain([first], entries)
        export.write(
            f"{export.place}shards/{number:06d}.tar",
            lambda file, following=following: shard(file, following),
        )


def key(path: str, taken: set[str]) -> str:
    """Return the key of an image in a shard, and add it to those that are taken, which others of the shard have.

    It ends at its first dot, so a name may have none; and stays below the folder that a shard is unpacked to.
    """
    _, _, after = path.rpartition("://")
    parts = [part for part in PurePosixPath(after).parts if part not in ("/", "..")]
    pure = PurePosixPath(*parts)
    found = pure.with_name(pure.stem.replace(".", "_")).as_posix()
    if found in taken:  # a.jpg and a.png, a_b.jpg and a.b.jpg
        found = pure.with_name(pure.name.replace(".", "_")).as_posix()
    free, number = found, 1
    while free in taken:
        free, number = f"{found}_{number}", number + 1
    taken.add(free)
    return free


def _ending(path: str) -> str:
    return PurePosixPath(path).suffix.lstrip(".").lower()
