"""The JSON prompts of Black Forest Labs' guide for FLUX.2."""

from __future__ import annotations

from ..claims import ATTRIBUTE, RELATION, TEXT
from .scene_graph import SURROUNDINGS, Object, SceneGraph


def flux2(graph: SceneGraph) -> dict:
    """Return a value of schemas/flux2.json. Keys for which there is no claim (style, mood, camera ...) are left out."""
    optional = {
        "lighting": " ".join(graph.scene_texts("light")),
        "background": " ".join(graph.describe(graph.background())),
    }
    opening = graph.setting()
    more = [text for text in graph.scene_texts(*SURROUNDINGS) if text not in opening]
    return {
        "scene": " ".join(dict.fromkeys([graph.summary(), *more])).strip(),
        "subjects": [_subject(graph, one) for one in graph.foreground()],
        **{key: text for key, text in optional.items() if text},
    }


def _subject(graph: SceneGraph, one: Object) -> dict:
    optional = {"position": ", ".join(one.places), "action": ", ".join(one.actions)}
    return {
        "description": " ".join(graph.describe([one], ATTRIBUTE, RELATION, TEXT)),
        **{key: text for key, text in optional.items() if text},
    }
