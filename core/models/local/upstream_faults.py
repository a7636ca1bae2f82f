"""Tells faults of the installed transformers from faults of a model's files and of this pack."""

from __future__ import annotations

from collections.abc import Callable

import transformers
from transformers import GenerationMixin, PretrainedConfig

from ...errors import PatchMattersError, in_short, is_fault

# Exceptions of faulty code. Others may come from a model's files or from the device.
_OF_CODE = (AttributeError, NameError, TypeError)


def upstream_fault(
    model, name: str, error: Exception, inputs: Callable[[], dict]
) -> PatchMattersError | None:
    """Return what to do about a model that the installed transformers cannot run, or None if that is not the cause.

    The model is run once more by transformers alone. If that fails in the same way, no list of versions is needed to know
    whose fault it is.

    Args:
        model: errors of a class that is not transformers' own are never blamed on transformers.
        name: of the model, for the message.
        error: the exception that the model raised.
        inputs: returns one prompt with its image, as the model's processor prepares it.
    """
    if not isinstance(error, _OF_CODE) or not type(model).__module__.startswith("transformers."):
        return None
    if isinstance(getattr(error, "obj", None), PretrainedConfig):
        return None  # a field that the model's config.json lacks
    try:
        GenerationMixin.generate(model, **inputs(), do_sample=False, max_new_tokens=1)
    except Exception as again:
        if not is_fault(again):
            raise
        if (type(again), str(again)) == (type(error), str(error)):
            version = transformers.__version__
            return PatchMattersError(
                f"model: transformers {version} itself fails to run {name} ({in_short(error)}). Install another "
                f'version of transformers: python -m pip install "transformers!={version}"'
            )
    return None
