"""The structured prompts of Bria's FIBO models."""

from __future__ import annotations

from ..claims import ACTION, lexicon
from ..claims.english_words import COLOURS, MATERIALS, POSTURES
from ..sentences import join_sentences
from .scene_graph import SURROUNDINGS, WEARING, Object, SceneGraph

MOST_OBJECTS = 5  # FIBO asks for the most prominent; the others are described with the background


def fibo(graph: SceneGraph) -> dict:
    """Return a value of schemas/fibo.json.

    A required field for which there is no claim is an empty string, which FIBO's own code leaves out of the prompt.
    """
    things = sorted(graph.foreground(), key=_says_little)
    main, rest = things[:MOST_OBJECTS], things[MOST_OBJECTS:]
    surroundings = graph.scene_texts(*SURROUNDINGS)
    behind = graph.describe((*rest, *graph.background()))
    texts = [(one, text) for one in graph.objects for text in one.texts]
    return {
        "short_description": graph.summary(),
        "objects": [_object(graph, one) for one in main],
        "background_setting": join_sentences([*surroundings, *behind]),
        "lighting": {"conditions": join_sentences(graph.scene_texts("light")), "direction": ""},
        "aesthetics": {"composition": "", "color_scheme": "", "mood_atmosphere": ""},
        **({"text_render": [_text(one, text) for one, text in texts]} if texts else {}),
        "context": "",
    }


def _says_little(one: Object) -> bool:
    """Return whether an object is only named: neither found by a detector nor described."""
    return not (one.boxes or one.attributes or one.actions or one.texts or one.parts)


def _object(graph: SceneGraph, one: Object) -> dict:
    person = lexicon.is_person(one.label)
    worn = [
        graph.by_thing[r.object]
        for r in graph.relations
        if r.subject == one.thing and r.predicate in WEARING
    ]
    poses = [c.text for c in graph.claims_of(one, ACTION) if c.value.split()[0] in POSTURES]
    optional = {
        "shape_and_color": ", ".join(_valued(one, COLOURS)),
        "texture": ", ".join(_valued(one, MATERIALS)),
        "appearance_details": ", ".join(_details(one)),
        "pose": join_sentences(poses) if person else "",
        "clothing": ", ".join(" ".join([*w.attributes, w.label]) for w in worn) if person else "",
        "action": ", ".join(one.actions) if person else "",
    }
    return {
        "description": join_sentences(graph.describe([one])),
        "location": ", ".join(one.places),
        "relationship": join_sentences(r.text for r in graph.relations if r.subject == one.thing),
        **{key: text for key, text in optional.items() if text},
        **({"number_of_objects": one.count} if one.count > 1 else {}),
    }


def _valued(one: Object, words: frozenset[str]) -> list[str]:
    return [a for a in one.attributes if a.split()[-1] in words]


def _details(one: Object) -> list[str]:
    rest = [a for a in one.attributes if a.split()[-1] not in COLOURS | MATERIALS]
    return [*rest, *(" ".join([*values, label]) for label, values in one.parts.items())]


def _text(one: Object, text: str) -> dict:
    return {"text": text, "location": ", ".join(one.places), "size": "", "color": "", "font": ""}
