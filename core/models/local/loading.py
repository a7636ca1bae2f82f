"""Options for loading weights, and which of them this machine supports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec

from ...errors import PatchMattersError, in_short

QUANTISED = ("8-bit", "4-bit")
PRECISIONS = ("auto", "bf16", "fp16", "fp32", *QUANTISED)


@dataclass(frozen=True)
class Loading:
    """How the weights of a vision-language or language model are loaded.

    Attributes:
        precision: auto (as saved), fp32, bf16, fp16; or 8-bit, 4-bit (NF4) by bitsandbytes.
        attention: sdpa (PyTorch's own), eager, or flash_attention_2.
    """

    precision: str = "auto"
    attention: str = "sdpa"


def precisions() -> list[str]:
    """Return the precisions that can be loaded here. 8-bit and 4-bit need bitsandbytes and accelerate."""
    installed = find_spec("bitsandbytes") and find_spec("accelerate")
    return [p for p in PRECISIONS if installed or p not in QUANTISED]


def check_precision(precision: str) -> None:
    """Make sure that weights can be loaded in that format here.

    Raises:
        PatchMattersError: packages are missing.
    """
    if precision not in precisions():
        raise PatchMattersError(
            f"precision: {precision} needs two packages that are not installed: python -m pip "
            "install bitsandbytes accelerate"
        )


def attentions() -> list[str]:
    """Return the attention implementations that are available here."""
    import torch

    flash = torch.cuda.is_available() and find_spec("flash_attn")
    return ["sdpa", "eager", *(["flash_attention_2"] if flash else ())]


def lacking_package(name: str, error: ImportError) -> PatchMattersError:
    """Return what to do where a model needs a package that is not installed, as transformers or Python says.

    Args:
        name: of the model.
    """
    wanted = re.search(r"pip install ([\w.-]+)", str(error)) or re.search(
        r"named '(\w+)", str(error)
    )
    if wanted is None:
        return PatchMattersError(
            f"model: {name} needs a package that is missing ({in_short(error)})."
        )
    return PatchMattersError(
        f"model: {name} needs a package that is not installed: python -m pip install {wanted[1]}"
    )
