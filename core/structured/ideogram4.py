"""Ideogram 4's structured captions, which the model was trained on and ComfyUI's nodes for it build."""

from __future__ import annotations

from ..regions import Box, union_box
from ..sentences import join_sentences
from .scene_graph import SURROUNDINGS, Object, SceneGraph

GRID = 1000  # boxes are on a grid of 1000 x 1000


def ideogram4(graph: SceneGraph) -> dict:
    """Return a value of schemas/ideogram4.json.

    Only boxes of a detector are given: a patch is far larger than most objects in it. The optional style is left
    out, because no claim says how an image was made. The order of the keys is the one that Ideogram asks for.
    """
    summary = graph.summary()
    behind = [
        *graph.scene_texts(*SURROUNDINGS, "light"),
        *graph.describe(graph.background()),
    ]
    elements = [element for one in graph.foreground() for element in _elements(graph, one)]
    return {
        **({"high_level_description": summary} if summary else {}),
        "compositional_deconstruction": {
            "background": join_sentences(behind),
            "elements": elements,
        },
    }


def _elements(graph: SceneGraph, one: Object) -> list[dict]:
    """Return the element of an object, and one for each text that is written on it or on what it wears or has."""
    box = {"bbox": _on_grid(graph, union_box(one.boxes))} if one.boxes else {}
    elements = [{"type": "obj", **box, "desc": join_sentences(graph.describe([one]))}]
    owned = [graph.by_thing[t] for t, owner in graph.folded().items() if owner == one.thing]
    for carrier in (one, *owned):
        where = {"bbox": _on_grid(graph, union_box(carrier.boxes))} if carrier.boxes else {}
        said = graph.claims_of(carrier, "text")
        elements += [
            {"type": "text", **where, "text": claim.value, "desc": claim.text} for claim in said
        ]
    return elements


def _on_grid(graph: SceneGraph, box: Box) -> list[int]:
    """Return [y_min, x_min, y_max, x_max] on the grid."""
    x1, y1, x2, y2 = (round(v * GRID) for v in graph.record.fraction(box).as_tuple())
    return [y1, x1, y2, x2]
