"""The JSON prompts of Black Forest Labs' guide for FLUX.2."""

from __future__ import annotations

from ..claims import ATTRIBUTE, RELATION, TEXT
from ..sentences import join_sentences
from .scene_graph import SURROUNDINGS, Object, SceneGraph


def flux2(graph: SceneGraph) -> dict:
    """Return a value of schemas/flux2.json. Keys for which there is no claim (style, mood, camera ...) are left out."""
    optional = {
        "lighting": join_sentences(graph.scene_texts("light")),
        "background": join_sentences(graph.describe(graph.background())),
    }
    opening = graph.setting()
    more = [text for text in graph.scene_texts(*SURROUNDINGS) if text not in opening]
    return {
        "scene": join_sentences(dict.fromkeys([graph.summary(), *more])),
        "subjects": [_subject(graph, one) for one in graph.foreground()],
        **{key: text for key, text in optional.items() if text},
    }


def _subject(graph: SceneGraph, one: Object) -> dict:
    optional = {"position": ", ".join(one.places), "action": ", ".join(one.actions)}
    return {
        "description": join_sentences(graph.describe([one], ATTRIBUTE, RELATION, TEXT)),
        **{key: text for key, text in optional.items() if text},
    }
