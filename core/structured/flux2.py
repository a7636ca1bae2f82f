"""The JSON prompts of Black Forest Labs' guide for FLUX.2."""

from __future__ import annotations

from ..claims import ATTRIBUTE, RELATION, TEXT
from .scene_graph import Object, SceneGraph


def flux2(graph: SceneGraph) -> dict:
    """Return a value of schemas/flux2.json. Keys for which there is no claim (style, mood, camera ...) are left out."""
    optional = {
        "lighting": " ".join(graph.scene_texts("light")),
        "background": " ".join(graph.describe(graph.background())),
    }
    surroundings = graph.scene_texts("setting", "event", "time", "season", "weather", "sky")
    return {
        "scene": " ".join(dict.fromkeys([graph.summary(), *surroundings[1:]])).strip(),
        "subjects": [_subject(graph, one) for one in graph.foreground()],
        **{key: text for key, text in optional.items() if text},
    }


def _subject(graph: SceneGraph, one: Object) -> dict:
    optional = {"position": ", ".join(one.places), "action": ", ".join(one.actions)}
    return {
        "description": " ".join(graph.describe([one], ATTRIBUTE, RELATION, TEXT)),
        **{key: text for key, text in optional.items() if text},
    }
