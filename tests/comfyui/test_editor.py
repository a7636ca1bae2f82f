"""Patch Report between filter and aggregator in a real server: what an edit costs, and what it changes."""

import json
import time

import pytest
from test_server import LOAD, chain, node, shown

CAPTION = "A red cup stands on a wooden table. A lamp stands behind the cup."


def prompt_with(edits="", image=("load", 0), seed=1, **report):
    """The chain with a scripted captioner, which is a fake, and Patch Report before the aggregator."""
    prompt = {"load": LOAD, **chain(image, seed)}
    prompt["say"] = node("TestScriptedCaptioner", text=CAPTION, seconds=0.0)
    prompt["describe"]["inputs"]["captioner"] = ["say", 0]
    prompt["report"] = node("PatchReport", survivors=["filter", 0], edits=edits, **report)
    prompt["join"]["inputs"]["survivors"] = ["report", 2]
    return prompt


def requests_of(server):
    """How many requests the scripted captioner has got so far."""
    lines = server.log.read_text().splitlines()
    counts = [line.split()[2] for line in lines if line.startswith("scripted captioner:")]
    return sum(map(int, counts))


def views_of(result):
    return result["outputs"]["report"]["patch_matters_report"]


def text_of(view, **edits):
    return json.dumps({"version": 1, "images": {view["key"]: edits}})


def cached(result):
    [message] = [m for m in result["messages"] if m["type"] == "execution_cached"]
    return set(message["data"]["nodes"])


@pytest.fixture(scope="module")
def first(server):
    """The chain without an edit."""
    result = server.run(prompt_with())
    assert result["end"]["type"] == "execution_success", result["end"]
    assert "lamp" in shown(result, "join")
    return views_of(result)[0]


def test_an_edit_asks_no_captioner_and_reaches_the_caption(server, first):
    before = requests_of(server)
    assert before >= 5, "every patch and the whole image"
    drop = {"claim": "There is a lamp.", "regions": ["image"], "keep": False}
    edits = text_of(first, claims=[drop], added=[{"text": "A newspaper lies nearby."}])
    started = time.monotonic()
    result = server.run(prompt_with(edits))
    print(f"an edit and its run: {time.monotonic() - started:.2f} s")
    assert result["end"]["type"] == "execution_success", result["end"]
    assert requests_of(server) == before
    assert {"divide", "describe", "filter"} <= cached(result)
    assert "lamp" not in shown(result, "join") and "newspaper" in shown(result, "join")
    [view] = views_of(result)
    lamp = next(s for s in view["statements"] if s["text"] == "There is a lamp.")
    assert (lamp["kept"], lamp["reason"], lamp["overruled"]) == (False, "by_user", "kept")
    assert result["outputs"]["report"]["patch_matters_edits"] == [edits]


def test_a_drawn_patch_takes_one_request_and_none_when_it_runs_again(server, first):
    before = requests_of(server)
    patch = {"name": "drawn 1", "box": [10, 10, 200, 150], "seed": 4}
    result = server.run(prompt_with(text_of(first, patches=[patch]), captioner=["say", 0]))
    assert result["end"]["type"] == "execution_success", result["end"]
    assert requests_of(server) == before + 1
    assert "drawn 1" in [r["name"] for r in views_of(result)[0]["regions"]]
    again = text_of(first, patches=[patch], caption="My own words.")
    result = server.run(prompt_with(again, captioner=["say", 0]))
    assert requests_of(server) == before + 1
    assert shown(result, "join").startswith("My own words.")


def test_each_image_of_a_batch_has_its_own_edits(server):
    prompt = prompt_with(image=("both", 0))
    prompt["turned"] = node("ImageInvert", image=["load", 0])
    prompt["both"] = node("ImageBatch", image1=["load", 0], image2=["turned", 0])
    views = views_of(server.run(prompt))
    assert len({view["key"] for view in views}) == 2
    added = [{"text": "A newspaper lies nearby."}]
    prompt["report"]["inputs"]["edits"] = text_of(views[1], added=added)
    result = server.run(prompt)
    first, second = shown(result, "join").split("— Image 2 of 2 —")
    assert "newspaper" not in first and "newspaper" in second


def test_behind_the_aggregator_the_caption_is_edited(server, first):
    prompt = prompt_with()
    prompt["join"]["inputs"]["survivors"] = ["filter", 0]
    prompt["report"]["inputs"]["survivors"] = ["join", 3]
    prompt["see"] = node("PreviewAny", source=["report", 3])
    assert "lamp" in shown(server.run(prompt), "see")
    drop = {"claim": "There is a lamp.", "regions": ["image"], "keep": False}
    prompt["report"]["inputs"]["edits"] = text_of(first, claims=[drop])
    said = shown(server.run(prompt), "see")
    assert "lamp" not in said and "cup" in said


@pytest.mark.parametrize("edits", ["{", "[[]]", '{"version": 1, "images": {"x": 3}}', "null"])
def test_edits_that_cannot_be_read_stop_nothing(server, first, edits):
    result = server.run(prompt_with(edits))
    assert result["end"]["type"] == "execution_success", result["end"]
    assert "lamp" in shown(result, "join")
    assert views_of(result)[0]["statements"]


def test_a_prompt_from_before_the_editor_runs(server):
    prompt = prompt_with()
    del prompt["report"]["inputs"]["edits"]
    prompt["join"]["inputs"]["survivors"] = ["filter", 0]
    prompt["picture"] = node("PreviewImage", images=["report", 0])
    prompt["table"] = node("PreviewAny", source=["report", 1])
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    assert "KEPT" in shown(result, "table") and result["outputs"]["picture"]["images"]
