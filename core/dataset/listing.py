"""Finding the images of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..outputs import PATCHES, RECORD, Record

# What `images.FORMATS` are called on disk.
EXTENSIONS = frozenset(
    (
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".mpo",
        ".png",
        ".webp",
        ".avif",
        ".gif",
        ".bmp",
        ".tif",
        ".tiff",
    )
)


@dataclass(frozen=True)
class Found:
    """An image file.

    Attributes:
        path: below the folder, with slashes.
        twin: another image of the same folder that has the same name apart from its ending, and comes
            first; "" where there is none. Both would have the same caption file.
    """

    path: str
    twin: str = ""


def find_images(folder: Path, *, ignore_case: bool = False) -> Iterator[Found]:
    """Yield the images below a folder, in the order of their names.

    Links, hidden files and folders (so `.patch_matters`, too), and annotated images that this pack wrote are
    passed over. A folder that cannot be listed is passed over as well.

    Args:
        ignore_case: whether the file system takes "A" and "a" for one name.
    """
    waiting = [""]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(os.path.join(folder, here)) as entries:
                rows = sorted((e for e in entries if not e.name.startswith(".")), key=_name)
        except OSError:
            continue
        record = Record(Path(folder, here)) if Path(folder, here, RECORD).is_file() else None
        stems: dict[str, str] = {}
        below = []
        for entry in rows:
            path = f"{here}/{entry.name}" if here else entry.name
            if entry.is_symlink():
                continue
            if entry.is_dir():
                below.append(path)
            elif is_image(entry.name) and not _annotated(entry.name, record):
                stem = os.path.splitext(entry.name)[0]
                first = stems.setdefault(stem.casefold() if ignore_case else stem, path)
                yield Found(path, first if first != path else "")
        waiting += reversed(below)


def is_image(name: str) -> bool:
    """Return whether a file of that name is taken for an image."""
    return os.path.splitext(name)[1].lower() in EXTENSIONS


def _name(entry: os.DirEntry) -> str:
    return entry.name


def _annotated(name: str, record: Record | None) -> bool:
    return record is not None and name.endswith(PATCHES) and record.wrote(name)
