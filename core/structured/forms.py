"""Makes the structured caption of an image, in any of the forms."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ..image_record import ImageRecord
from . import FIBO, FLUX2, GENERIC, IDEOGRAM4, PIXELS
from .fibo import fibo
from .flux2 import flux2
from .generic import generic
from .ideogram4 import ideogram4
from .scene_graph import SceneGraph, scene_graph
from .validation import validated

_MAKERS: Mapping[str, Callable[[SceneGraph], dict]] = {
    GENERIC: generic,
    IDEOGRAM4: ideogram4,
    FLUX2: flux2,
    FIBO: fibo,
}


def structured(
    record: ImageRecord, form: str = GENERIC, coordinates: str = PIXELS
) -> tuple[dict, SceneGraph, str]:
    """Return the structured caption of an image whose claims were filtered, and the scene graph it was made of.

    Args:
        form: one of `FORMS`.
        coordinates: of the boxes of the generic form: one of `COORDINATES`. The other forms have their own.

    Returns:
        The value, its scene graph, and a note: empty, or why the value was not validated.

    Raises:
        PatchMattersError: the value does not match its schema.
    """
    graph = scene_graph(record)
    value = generic(graph, coordinates) if form == GENERIC else _MAKERS[form](graph)
    return value, graph, validated(value, form)


def compact(value: dict) -> str:
    """Return the JSON on one line, with all letters as they are, as image models were trained on it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
