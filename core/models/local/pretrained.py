"""`from_pretrained` as every backend calls it: from a folder, whole, and without the folder's code."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...errors import PatchMattersError

# Buffers that transformers computes itself; older checkpoints have them and newer ones do not.
_COMPUTED = ("position_ids", "num_batches_tracked", "inv_freq")


def from_folder(kind, path: Path, **options):
    """`kind.from_pretrained` of a folder on disk.

    Code that the folder names (`auto_map`) is never run: transformers' own class is taken.

    Args:
        kind: a class of transformers, as in `AutoProcessor`.

    Raises:
        PatchMattersError: transformers has no class of its own for what the folder holds.
    """
    try:
        return kind.from_pretrained(path, local_files_only=True, trust_remote_code=False, **options)
    except ValueError as error:
        if "trust_remote_code" not in str(error):
            raise
        raise PatchMattersError(
            f"model: {path.name} needs its own code, which is never run, because transformers has no "
            f"{kind.__name__} class for it. Choose another model."
        ) from error


def load_weights(kind, path: Path, **options):
    """Return the model of a folder, every one of its weights read from safetensors.

    Raises:
        PatchMattersError: as `from_folder`; or weights are missing, which transformers would fill with
            random numbers.
    """
    model, report = from_folder(
        kind, path, use_safetensors=True, output_loading_info=True, **options
    )
    check_complete(path, sorted(report["missing_keys"]))
    return model


def check_complete(path: Path, missing: Iterable[str]) -> None:
    """Args:
        missing: names of weights that the files do not have, tied ones left out.

    Raises:
        PatchMattersError: there are some.
    """
    names = [name for name in missing if not name.endswith(_COMPUTED)]
    if names:
        more = f" and {len(names) - 1} more" if names[1:] else ""
        raise PatchMattersError(
            f"model: {path.name} lacks the weights {names[0]}{more}: download it again."
        )
