"""Weights that Python packages carry: found without importing the package, checked before use."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from ...errors import PatchMattersError


def package_folder(module: str, distribution: str) -> Path:
    """Return the folder of an installed package.

    Raises:
        PatchMattersError: it is not installed.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise PatchMattersError(
            f"The offline models need the package {distribution}, which is not installed: "
            f"python -m pip install {distribution}"
        )
    return Path(next(iter(spec.submodule_search_locations)))


def checked(path: Path, sha256: str, distribution: str) -> Path:
    """Return the path after checking the file's SHA-256.

    Raises:
        PatchMattersError: the file is missing or differs.
    """
    if not path.is_file():
        raise PatchMattersError(
            f"The package {distribution} lacks its file {path.name}: reinstall it with "
            f"python -m pip install --force-reinstall --no-deps {distribution}"
        )
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != sha256:
        raise PatchMattersError(
            f"{path.name} of the package {distribution} is not the file this pack was tested with "
            "(its SHA-256 differs), so it is not loaded: reinstall the package, or update this pack."
        )
    return path
