"""What a queued prompt will ask of hosted models, and its ceiling, in a real server."""

import json
import shutil

import pytest
from PIL import Image
from test_hosted_nodes import HOSTED, prompt_with, says
from test_server import LOAD, chain, node

from core.edit_schema import image_key


@pytest.fixture
def asked(hosted_server):
    hosted_server.vendor.say = says
    return hosted_server


def shown(result, key="text"):
    found = [m["data"] for m in result["messages"] if m["type"] == "patch_matters.progress"]
    return [data[key] for data in found if data[key]]


def error_of(result):
    assert result["end"]["type"] == "execution_error", result["end"]
    return result["end"]["data"]["exception_message"]


def test_the_whole_run_is_estimated_before_its_first_request(asked):
    console = []

    def say(prompt, image):
        console.append(asked.log.read_text())
        return says(prompt, image)

    asked.vendor.say = say
    start = len(asked.vendor.seen)
    result = asked.run(prompt_with(61, model="first-model"))
    sent = len(asked.vendor.seen) - start
    [text] = [t for t in shown(result) if t.startswith("This run takes ")]
    plan = text.split("\n")[0]
    # Five or six captions of the image and its patches, as many scores or two of each, and the writer.
    assert "about 12 to 19 requests (captioner 6, verifier 6 to 11, writer 1 to 2)" in plan
    assert "price unknown; time unknown until the first answers" in plan
    assert sent <= 19 and plan in console[0]
    lines = shown(result, "run")
    assert lines[0] == "5 of about 12 to 19 requests, at most 50 allowed"
    assert lines[-1].startswith(f"{sent} of about 12 to 19 requests")


def test_the_time_comes_from_the_answers_of_runs_before(asked):
    asked.run(prompt_with(62, model="second-model"))
    result = asked.run(prompt_with(63, model="second-model"))
    plan = next(t for t in shown(result) if t.startswith("This run takes "))
    assert "unknown" not in plan.split("price unknown")[1]
    assert " left" in shown(result, "run")[0]


def test_a_run_that_needs_more_in_any_case_sends_nothing(asked):
    start = len(asked.vendor.seen)
    result = asked.run(prompt_with(64, max_requests=5))
    assert "at least 7 requests are needed and 5 allowed, so nothing was sent" in error_of(result)
    assert "raise max_requests of Hosted Model (node hosted)" in error_of(result)
    assert error_of(result).strip() in shown(result)[-1]
    assert len(asked.vendor.seen) == start


def test_the_ceiling_stops_a_run_keeps_the_answers_and_the_next_one_goes_on(asked):
    start = len(asked.vendor.seen)
    # A model of its own, so that no answer of another test is cached.
    limited = prompt_with(65, model="limited-model", max_requests=7)
    message = error_of(asked.run(limited))
    assert "were already sent in this run. Their answers are kept" in message
    sent = len(asked.vendor.seen) - start
    assert sent <= 7
    for _ in range(3):
        before = len(asked.vendor.seen)
        result = asked.run(limited)
        assert len(asked.vendor.seen) - before <= 7
        if result["end"]["type"] == "execution_success":
            break
    assert result["end"]["type"] == "execution_success"


def test_the_lowest_limit_of_all_hosted_models_holds(asked):
    prompt = prompt_with(66, max_requests=50)
    prompt["other"] = node(
        "PatchMattersHostedModel", **{**HOSTED, "model": "small", "max_requests": 6}
    )
    prompt["join"]["inputs"]["writer"] = ["other", 1]
    start = len(asked.vendor.seen)
    assert "Hosted Model (node other)" in error_of(asked.run(prompt))
    assert len(asked.vendor.seen) == start


def test_what_ran_before_is_not_counted_again(asked):
    prompt = prompt_with(67, model="third-model")
    asked.run(prompt)
    prompt["join"]["inputs"]["length"] = "short"
    prompt["hosted2"] = node("PatchMattersHostedModel", **{**HOSTED, "model": "writes"})
    prompt["join"]["inputs"]["writer"] = ["hosted2", 1]
    result = asked.run(prompt)
    plan = next(t for t in shown(result) if t.startswith("This run takes "))
    assert "about 1 to 2 requests (writer 1 to 2)" in plan


def test_all_in_one_and_a_batch(asked):
    prompt = {
        "load": LOAD,
        "batch": node("RepeatImageBatch", image=["load", 0], amount=3),
        "hosted": node("PatchMattersHostedModel", **{**HOSTED, "model": "fourth", "max_requests": 200}),
        "caption": node(
            "PatchMatters", image=["batch", 0], captioner=["hosted", 0], matcher=["hosted", 2],
            writer=["hosted", 1], length="long", profile="default", seed=68,
        ),
    }  # fmt: skip
    result = asked.run(prompt)
    plan = next(t for t in shown(result) if t.startswith("This run takes "))
    assert "captioner 17, verifier 17 to 34, writer 3 to 6" in plan


def test_a_question_is_asked_of_every_patch(asked):
    prompt = {
        "load": LOAD,
        "divide": chain(seed=70)["divide"],
        "hosted": node("PatchMattersHostedModel", **{**HOSTED, "model": "sixth"}),
        "ask": node(
            "AskImage", patches=["divide", 0], question="What is on the saucer?", samples=3, seed=70,
            captioner=["hosted", 0], matcher=["hosted", 2], writer=["hosted", 1],
        ),
    }  # fmt: skip
    start = len(asked.vendor.seen)
    result = asked.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    plan = next(t for t in shown(result) if t.startswith("This run takes "))
    assert "about 11 to 18 requests (captioner 6, verifier 6 to 11, writer 0 to 1)" in plan
    assert 5 <= len(asked.vendor.seen) - start <= 18


def data_set(folder, **values):
    return node(
        "PatchMattersCaptionDataSet", folder=folder, existing="keep", format="txt", trigger="", exclude="",
        length="short", profile="fast", limit=0, seed=0, captioner=["hosted", 0], **values,
    )  # fmt: skip


def test_a_data_set_counts_the_images_that_have_no_caption(asked):
    folder = asked.base / "input" / "set71"
    folder.mkdir()
    for number in range(3):
        shutil.copy(asked.base / "input" / "my_cup.png", folder / f"{number}.png")
    (folder / "0.txt").write_text("A cup, as its owner says.")
    hosted = node("PatchMattersHostedModel", **{**HOSTED, "model": "seventh"})
    prompt = {"hosted": hosted, "folder": data_set("input/set71", style="short")}
    result = asked.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    plan = next(t for t in shown(result) if t.startswith("This run takes "))
    # Two of the three images, each with the whole image and 4.6 patches.
    assert "about 11 requests (captioner 11)" in plan and "not counted" not in plan
    (folder / "1.txt").unlink()
    shutil.copy(asked.base / "input" / "example.png", folder / "3.png")
    plan = next(t for t in shown(asked.run(prompt)) if t.startswith("This run takes "))
    assert "about 6 requests (captioner 6)" in plan, "what is done is not asked again"


def test_patches_that_are_described_again_are_counted(asked):
    prompt = prompt_with(72, model="eighth")
    del prompt["join"], prompt["report"]
    prompt["edit"] = node(
        "PatchReport", survivors=["filter", 0], captioner=["hosted", 0], matcher=["hosted", 2], edits="",
    )  # fmt: skip
    asked.run(prompt)
    with Image.open(asked.base / "input" / "my_cup.png") as image:
        key = image_key(image.convert("RGB"))
    patches = [{"name": f"drawn {n}", "box": [0, 0, 90 * n, 90]} for n in (1, 2)]
    edits = {"version": 1, "images": {key: {"patches": patches}}}
    prompt["edit"]["inputs"]["edits"] = json.dumps(edits)
    start = len(asked.vendor.seen)
    result = asked.run(prompt)
    plan = next(t for t in shown(result) if t.startswith("This run takes "))
    assert "about 3 to 10 requests (captioner 1 to 2, verifier 2 to 8)" in plan
    assert 3 <= len(asked.vendor.seen) - start <= 10


def test_a_node_whose_requests_cannot_be_known_is_named(asked):
    """The name of a local detector, under which the folder's record has its results, is not in the graph."""
    prompt = prompt_with(69, model="fifth")
    prompt["local"] = node(
        "PatchMattersLoadDetector", model="offline:ssd-mobilenet", name="", classes=""
    )
    prompt["folder"] = data_set("input", detector=["local", 0])
    prompt["folder"]["inputs"]["limit"] = 1
    result = asked.run(prompt)
    plan = next(t for t in shown(result) if t.startswith("This run takes "))
    assert "not counted: PatchMattersCaptionDataSet" in plan
