"""The folders of images that a workflow or a page of this server may name, and nothing outside of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import folder_paths

from ..core.errors import PatchMattersError
from ..core.models.hosted.endpoints import CONFIG, Config
from . import scan

DEPTH = 3  # levels below a root that are listed; deeper folders can be named all the same
MOST = 1000  # folders that are listed
LONGEST_NAME = 1000  # characters


def roots() -> dict[str, Path]:
    """Name -> folder: ComfyUI's input and output, and those that the config file allows.

    Raises:
        PatchMattersError: the config file cannot be used.
    """
    own = {
        "input": Path(folder_paths.get_input_directory()),
        "output": Path(folder_paths.get_output_directory()),
    }
    return {**Config.read(scan.home()).folders, **own}


def names() -> list[str]:
    """The roots and the folders below them, as "root/folder"; hidden ones and links are passed over."""
    try:
        known = roots()
    except PatchMattersError:  # said when a folder is used
        known = {"input": Path(folder_paths.get_input_directory())}
    found: list[str] = []
    for name, root in known.items():
        for folder in (name, *_below(name, root, DEPTH)):
            if len(found) == MOST:
                return found
            found.append(folder)
    return found


def folder_of(name: str) -> Path:
    """The folder of a name such as "input/photos".

    Raises:
        PatchMattersError: it does not lead to a folder inside a root; the message says why and what to do.
    """
    root_name, _, rest = name.partition("/")
    known = roots()
    if len(name) > LONGEST_NAME or root_name not in known:
        raise PatchMattersError(
            f'folder: "{name[:100]}" is not in {", ".join(known)}: choose a folder in one of these, or '
            f'allow another one in {CONFIG} of this pack, under "folders" (see docs/datasets.md).'
        )
    root = known[root_name]
    return root / inside(root, rest) if rest else _existing(root, name)


def inside(root: Path, path: str) -> str:
    """The path, once it is sure that it leads to a file or folder below a root and that no part is a link.

    Args:
        path: below the root, with slashes.

    Raises:
        PatchMattersError: it leads outside, is or is below a link, or does not exist.
    """
    parts = path.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise PatchMattersError(f'folder: "{path[:100]}" leads out of its folder.')
    place = root.joinpath(*parts)
    real = os.path.join(os.path.realpath(root), *parts)
    if os.path.normcase(os.path.realpath(place)) != os.path.normcase(real):
        raise PatchMattersError(
            f'folder: "{path[:100]}" is, or is below, a link, and links are not followed: allow the '
            f'folder that it leads to in {CONFIG} of this pack, under "folders" (see docs/datasets.md).'
        )
    _existing(place, path)
    return path


def _existing(place: Path, name: str) -> Path:
    if not place.exists():
        raise PatchMattersError(
            f'folder: "{name[:100]}" does not exist: press R and choose another.'
        )
    return place


def _below(name: str, folder: Path, depth: int) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            below = sorted(
                e.name
                for e in entries
                if not e.name.startswith(".") and e.is_dir(follow_symlinks=False)
            )
    except OSError:
        return
    for each in below:
        yield f"{name}/{each}"
        if depth > 1:
            yield from _below(f"{name}/{each}", folder / each, depth - 1)
