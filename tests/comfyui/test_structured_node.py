"""Structured Caption in a real server."""

import json

import pytest
from test_server import LOAD, chain, node, shown

from bench.structured import words
from core.structured import FORMS, validation


def structured_run(server, form, coordinates="pixels"):
    prompt = {
        "load": LOAD,
        **chain(seed=11),
        "json": node("StructuredCaption", survivors=["filter", 0], form=form, coordinates=coordinates),
        "see": node("PreviewAny", source=["json", 0]),
        "draw": node("DrawBBoxes", image=["load", 0], bboxes=["json", 1]),
        "preview": node("PreviewImage", images=["draw", 0]),
    }  # fmt: skip
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    return result


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_valid_and_says_only_what_was_kept(server, form):
    result = structured_run(server, form)
    text = "".join(result["outputs"]["see"]["text"])
    assert "\n" not in text
    value = json.loads(text)
    assert validation.validated(value, form) == ""
    assert {"cup", "orange"} <= words(text), "kept"
    dropped = shown(result, "filter").split("DROPPED")[1]
    assert "mouse" in dropped and "mouse" not in text
    assert result["outputs"]["preview"]["images"], "the boxes can be drawn"


def test_the_node_shows_the_json_on_many_lines_and_boxes_fit_the_image(server):
    result = structured_run(server, "generic", "fractions")
    assert shown(result, "json").startswith('{\n "size"')
    value = json.loads("".join(result["outputs"]["see"]["text"]))
    boxes = [box for one in value["objects"] for box in one.get("boxes", ())]
    assert boxes and all(0 <= v <= 1 for box in boxes for v in box)
    assert any(one.get("boxes_from") == "detector" for one in value["objects"])


def test_an_unknown_form_is_refused(server):
    prompt = {
        "load": LOAD,
        **chain(),
        "json": node("StructuredCaption", survivors=["filter", 0], form="yaml", coordinates="pixels"),
    }  # fmt: skip
    answer = server.post("/prompt", {"prompt": prompt})
    assert "yaml" in json.dumps(answer["node_errors"])
