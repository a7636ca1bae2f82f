"""The pack's own form: objects with attributes and boxes, relations, and what is said of the scene."""

from __future__ import annotations

from ..regions import Box
from . import PIXELS
from .scene_graph import Object, SceneGraph


def generic(graph: SceneGraph, coordinates: str = PIXELS) -> dict:
    """Return a value of schemas/generic.json.

    Args:
        coordinates: of the boxes: "pixels", or "fractions" (0..1) of the image's width and height.
    """
    width, height = graph.record.size
    ids = {one.thing: number for number, one in enumerate(graph.objects)}
    return {
        "size": {"width": width, "height": height},
        "coordinates": coordinates,
        "scene": [{"aspect": a, "value": v, "claim": text} for a, v, text in graph.scene],
        "objects": [_object(graph, one, ids[one.thing], coordinates) for one in graph.objects],
        "relations": [
            {
                "subject": ids[r.subject],
                "predicate": r.predicate,
                "object": ids[r.object],
                "claim": r.text,
                **_score(r.score),
            }
            for r in graph.relations
        ],
        "other_claims": list(graph.others),
    }


def _object(graph: SceneGraph, one: Object, number: int, coordinates: str) -> dict:
    lists = {
        "attributes": one.attributes,
        "actions": one.actions,
        "places": one.places,
        "texts": one.texts,
    }
    value = {
        "id": number,
        "label": one.label,
        **({"count": one.count} if one.count else {}),
        **{name: list(values) for name, values in lists.items() if values},
    }
    if one.parts:
        parts = one.parts.items()
        value["parts"] = [{"label": label, "attributes": list(found)} for label, found in parts]
    boxes = one.boxes or ((one.patch,) if one.patch else ())
    if boxes:
        value["boxes"] = [_box(graph, box, coordinates) for box in boxes]
        value["boxes_from"] = "detector" if one.boxes else "patch"
    return {**value, **_score(one.score)}


def _box(graph: SceneGraph, box: Box, coordinates: str) -> list[float]:
    shown = box if coordinates == PIXELS else graph.record.fraction(box)
    return [round(v, 1 if coordinates == PIXELS else 4) for v in shown.as_tuple()]


def _score(score: float | None) -> dict:
    return {} if score is None else {"score": round(score, 3)}
