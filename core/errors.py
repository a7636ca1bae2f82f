"""The exception for everything that a user can cause. Its text is shown without a traceback."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PatchMattersError(ValueError):
    """An error that a user can cause. It says which input is wrong, why, and what to do, in one or two
    sentences.
    """


class UnusableModel(PatchMattersError):
    """An error of a model that every further request to it would meet, too: no key, no such model, no requests left."""


def in_short(error: Exception) -> str:
    """Return the first line of an exception's message, or its type if it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def is_fault(error: Exception) -> bool:
    """Return whether an exception is a fault of a library: not a `PatchMattersError`, not an out-of-memory
    error (which the caller handles) and not an interrupt (an `Exception` in older versions of ComfyUI).
    """
    kinds = {kind.__name__ for kind in type(error).__mro__}
    return not kinds & {"PatchMattersError", "OutOfMemoryError", "InterruptProcessingException"}


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn a library's exception (see `is_fault`) into one sentence that begins with `what`."""
    try:
        yield
    except Exception as error:
        if not is_fault(error):
            raise
        raise PatchMattersError(
            f"{what} failed ({in_short(error)}): its files do not match, or this version of transformers "
            "cannot use it. Download it again, or choose another model."
        ) from error


def reason_of(image: str, error: Exception) -> str:
    """Return a sentence that says why an image was not captioned; for an unforeseen error also where it was raised."""
    if isinstance(error, PatchMattersError):
        return str(error)
    if type(error).__name__ == "OutOfMemoryError":
        return "The GPU has too little memory: choose smaller models, or --precision 4-bit."
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"{image} was not captioned because of an unexpected error in "
        f"{Path(place.filename).name}:{place.lineno} ({type(error).__name__}: {in_short(error)}): "
        "please report it."
    )
