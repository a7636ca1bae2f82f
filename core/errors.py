"""The one exception that a user can cause. Its text is shown as it is, without a traceback."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PatchMattersError(ValueError):
    """Says which input, what is wrong with it, and what to do, in one or two sentences."""


def in_short(error: Exception) -> str:
    """The first line of what a library says; its kind, if it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def is_fault(error: Exception) -> bool:
    """Whether a library failed: no sentence of ours, no lack of room on the GPU (whoever called halves the
    batch, or says what to do), no interrupt (an Exception in older ComfyUIs)."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    return not kinds & {"PatchMattersError", "OutOfMemoryError", "InterruptProcessingException"}


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turns what a library raises within (see `is_fault`) into one sentence that begins with `what`."""
    try:
        yield
    except Exception as error:
        if not is_fault(error):
            raise
        raise PatchMattersError(
            f"{what} failed ({in_short(error)}): its files do not fit together, or this version of "
            "transformers cannot use it; download it again, or choose another model."
        ) from error


def reason_of(image: str, error: Exception) -> str:
    """Why an image was not captioned, in a sentence. Of what nobody foresaw, also where it was raised."""
    if isinstance(error, PatchMattersError):
        return str(error)
    if type(error).__name__ == "OutOfMemoryError":
        return "There is no room on the GPU: choose smaller models, or --precision 4-bit."
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"{image} was not captioned because of an error that the pack did not expect, in "
        f"{Path(place.filename).name}:{place.lineno} ({type(error).__name__}: {in_short(error)}): "
        "please report it."
    )
