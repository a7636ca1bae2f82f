"""Captioning a folder from a node, in a real server: resumed, interrupted, and nothing outside of what is allowed."""

import json
import os
import shutil

import pytest
from test_server import node

from core.dataset.choices import EXISTING, STATE
from core.dataset.run import undo
from image_folders import captions, contents, folder_of

SAID = "A red cup stands on a wooden table. The cup has a handle."


def caption_all(folder, seconds=0.0, **more):
    """A prompt that captions a folder with a captioner that says the same of every image."""
    inputs = {
        "folder": folder, "existing": "keep", "format": "txt", "trigger": "", "exclude": "",
        "length": "long", "profile": "fast", "limit": 0, "seed": 0,
    }  # fmt: skip
    return {
        "fake": node("TestScriptedCaptioner", text=SAID, seconds=seconds),
        "all": node("PatchMattersCaptionDataSet", captioner=["fake", 0], **{**inputs, **more}),
        "each": node("PreviewAny", source=["all", 0]),
        "summary": node("PreviewAny", source=["all", 1]),
    }


def summary_of(result):
    assert result["end"]["type"] == "execution_success", result["end"]
    return result["outputs"]["summary"]["text"][0]


def message_of(result):
    assert result["end"]["type"] == "execution_error", result["end"]
    return result["end"]["data"]["exception_message"]


@pytest.fixture
def folder(server, request):
    """A folder of five images below the server's input, named as the test."""
    made = server.base / "input" / request.node.name.replace("[", "_").strip("]")
    yield folder_of(made, 5, size=(96, 80))
    shutil.rmtree(made)


def test_a_folder_is_captioned_and_a_second_run_resumes(server, folder):
    before = contents(folder)
    (folder / "00003.txt").write_text("My own words.")
    prompt = caption_all(f"input/{folder.name}", trigger="ohwx", exclude="handle")
    first = server.run(prompt)
    assert summary_of(first).startswith("4 captioned")
    assert "1 kept their own caption" in summary_of(first)
    written = captions(folder)
    assert written["00003.txt"] == "My own words."
    assert written["00000.txt"].startswith("ohwx, A red cup") and "handle" not in str(written)
    assert first["outputs"]["each"]["text"] == list(written.values())
    assert {name: contents(folder)[name] for name in before} == before, "images are as they were"
    shown = [m["data"]["text"] for m in first["messages"] if m["type"] == "patch_matters.progress"]
    assert any("of 5 images" in text and "ohwx, A red cup" in text for text in shown)

    (folder / "00001.txt").unlink()
    again = server.run(prompt)
    assert summary_of(again).startswith("1 captioned"), "no cached result"
    assert captions(folder) == written


def test_a_style_decides_how_the_captions_are_written(server, folder):
    prompt = caption_all(f"input/{folder.name}", style="tags-sdxl")
    assert summary_of(server.run(prompt)).startswith("5 captioned")
    assert all(t.startswith("red cup, ") and "." not in t for t in captions(folder).values())
    prompt["all"]["inputs"] |= {"style": "custom", "style_text": " "}
    assert "style_text: the style custom needs your own text" in message_of(server.run(prompt))


def test_an_interrupted_run_keeps_what_is_done_and_the_next_one_resumes(server, folder):
    prompt = caption_all(f"input/{folder.name}", seconds=0.2, limit=2)
    assert summary_of(server.run(prompt)).startswith("2 captioned")
    pressed = []

    def press(message):
        if message["type"] == "patch_matters.progress" and not pressed:
            pressed.append(message)
            server.post("/interrupt", {})

    stopped = server.run(caption_all(f"input/{folder.name}", seconds=0.3), press)
    assert stopped["end"]["type"] == "execution_interrupted" and pressed
    assert len(captions(folder)) == 2
    rest = summary_of(server.run(caption_all(f"input/{folder.name}")))
    assert rest.startswith("3 captioned") and "2 were done before" in rest


def test_a_bad_file_among_the_images_is_named_and_the_others_are_captioned(server, folder):
    (folder / "00002.png").write_bytes(b"no image")
    result = server.run(caption_all(f"input/{folder.name}"))
    assert "1 failed" in summary_of(result) and "00002.png: " in summary_of(result)
    assert len(captions(folder)) == 4 == len(result["outputs"]["each"]["text"])


@pytest.mark.parametrize("way", ["..", "absolute", "parts", "link", "unknown", "missing", "empty"])
def test_a_folder_outside_is_refused_and_nothing_is_written(server, tmp_path, way):
    outside = folder_of(tmp_path / "outside", 1)
    link = server.base / "input" / "link"
    link.symlink_to(outside, target_is_directory=True)
    named = {
        "..": f"input/../../{outside.name}", "absolute": str(outside), "parts": "input//etc",
        "link": "input/link", "unknown": "models/LLM", "missing": "input/nowhere", "empty": "",
    }[way]  # fmt: skip
    before = contents(outside)
    try:
        answer = server.post("/prompt", {"prompt": caption_all(named)})
        details = [e["details"] for e in answer["node_errors"]["all"]["errors"]]
        assert any("folder: " in detail for detail in details), details
    finally:
        link.unlink()
    assert contents(outside) == before


def test_a_folder_that_the_config_file_allows(server, tmp_path):
    allowed = folder_of(tmp_path / "photos" / "of 2026", 1)
    file = server.home / "config.json"
    before = file.read_text()
    assert "is not in input, output" in str(
        server.post("/prompt", {"prompt": caption_all("mine/of 2026")})
    )
    try:
        file.write_text(
            json.dumps({**json.loads(before), "folders": {"mine": str(allowed.parent)}})
        )
        info = server.get("/object_info/PatchMattersCaptionDataSet")
        options = info["PatchMattersCaptionDataSet"]["input"]["required"]["folder"][1]["options"]
        assert "mine/of 2026" in options and "input" in options
        assert not any(os.path.isabs(option) for option in options)
        assert summary_of(server.run(caption_all("mine/of 2026"))).startswith("1 captioned")
        file.write_text(json.dumps({"folders": {"mine": "relative"}}))
        assert "write its whole path" in str(
            server.post("/prompt", {"prompt": caption_all("mine")})
        )
    finally:
        file.write_text(before)
    assert list(captions(allowed)) == ["00000.txt"]


def test_two_runs_in_one_folder_the_second_says_so(server, folder):
    from core.dataset.run import locked

    with locked(folder):
        assert "Another run is at work" in message_of(
            server.run(caption_all(f"input/{folder.name}"))
        )


def test_hosted_models_are_asked_about_several_images_at_once_and_an_interrupt_ends_them(
    hosted_server, folder
):
    server = hosted_server
    server.vendor.say = lambda prompt, image: SAID
    server.vendor.seconds, server.vendor.most = 0.3, 0
    prompt = caption_all(f"input/{folder.name}")
    prompt["fake"] = node(
        "PatchMattersHostedModel", endpoint="openai", model="gpt-4o", concurrency=24, max_requests=200,
        seconds=60, reuse_answers=False,
    )  # fmt: skip
    pressed = []

    def press(message):
        if (
            message["type"] == "patch_matters.progress"
            and " of 5 images" in message["data"]["text"]
            and not pressed
        ):
            pressed.append(message)
            server.post("/interrupt", {})

    assert server.run(prompt, press)["end"]["type"] == "execution_interrupted"
    result = server.run(prompt)
    server.vendor.seconds = 0.0
    assert "captioned" in summary_of(result)
    assert len(captions(folder)) == 5 == len(result["outputs"]["each"]["text"])
    assert server.vendor.most > 6, "requests for more than one image were under way"
    shown = [m["data"]["text"] for m in result["messages"] if m["type"] == "patch_matters.progress"]
    assert any("tokens" in text for text in shown)


@pytest.mark.parametrize("existing", EXISTING)
@pytest.mark.parametrize("format", ["txt", "ai-toolkit", "metadata"])
def test_what_was_there_comes_back_with_undo(server, folder, existing, format):
    (folder / "00000.txt").write_bytes(b"Mine.\r\nMore.\r\n")
    (folder / "00001.json").write_text('{"tags": "of another program"}')
    (folder / "00002.json").write_text('{"caption": "Mine.", "url": "x"}')
    (folder / "metadata.jsonl").write_text('{"file_name": "x", "mine": 1}\nno JSON\n')
    before = contents(folder)
    prompt = caption_all(f"input/{folder.name}", existing=existing, format=format)
    summary_of(server.run(prompt))
    written = contents(folder)
    if existing == "keep":
        assert before.items() <= written.items()
    summary_of(server.run(prompt))
    assert contents(folder) == written, "a second run changes nothing"
    assert undo(folder)[1] == [] and contents(folder) == before


def test_a_users_folder_of_the_packs_name_is_refused(server, folder):
    (folder / STATE).mkdir()
    (folder / STATE / "report.html").write_text("mine")
    message = message_of(server.run(caption_all(f"input/{folder.name}")))
    assert "this pack did not make it: rename it" in message
    assert [path.name for path in (folder / STATE).iterdir()] == ["report.html"]
    assert (folder / STATE / "report.html").read_text() == "mine" and captions(folder) == {}
