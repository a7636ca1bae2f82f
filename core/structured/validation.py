"""Structured captions validated against their JSON Schemas, where the package jsonschema is installed."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec

from ..errors import PatchMattersError

MISSING = (
    "The JSON was not validated against its schema, because the optional package jsonschema is not installed: "
    "pip install jsonschema in the Python that runs this."
)


@lru_cache
def schema(form: str) -> dict:
    """Return the JSON Schema of a form."""
    return json.loads(files(__package__).joinpath(f"schemas/{form}.json").read_text("utf-8"))


def validated(value: dict, form: str) -> str:
    """Return an empty text if the value matches the schema of the form; `MISSING` if that cannot be checked.

    Raises:
        PatchMattersError: the value does not match.
    """
    if find_spec("jsonschema") is None:
        return MISSING
    from jsonschema import Draft202012Validator

    error = next(iter(Draft202012Validator(schema(form)).iter_errors(value)), None)
    if error is not None:
        raise PatchMattersError(
            f"form: the {form} JSON does not match its schema at {error.json_path}: {error.message[:200]}: "
            "please report it, and choose another form."
        )
    return ""
