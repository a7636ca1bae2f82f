"""Models on disk, chosen in the loader nodes of a real server. Tiny random weights."""

import json
import shutil
import time

import pytest
from test_server import LOAD, chain, node, shown

from conftest import comfyui_folder, comfyui_python

MAKE = """
import sys; sys.path.insert(0, {tests!r})
import tiny, tiny_towers, pathlib
folder = pathlib.Path({folder!r})
tiny.llava(folder / "author" / "tiny-llava")
tiny.llama(folder / "tiny-llama")
tiny_towers.blip_itm(folder / "tiny-blip-itm")
from ultralytics import YOLO
yolo = folder.parent / "ultralytics" / "bbox"; yolo.mkdir(parents=True)
YOLO("yolov8n.yaml").save(yolo / "random-yolov8n.pt")
tiny.llava(folder / "bulky-llava", hidden_size=1024, intermediate_size=8192, num_hidden_layers=4)
"""


@pytest.fixture(scope="module")
def models(server):
    """models/LLM, filled by the server's own Python (files of one version may not suit another)."""
    import subprocess
    from pathlib import Path

    folder = server.base / "models" / "LLM"
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [comfyui_python(comfyui_folder()), "-c", MAKE.format(tests=tests, folder=str(folder))],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


def load_captioner(name, **options):
    options = {"precision": "auto", "device": "auto", **options}
    return node("PatchMattersLoadCaptioner", model=name, **options)


def with_captioner(name, seed=0):
    prompt = {"load": LOAD, "vlm": load_captioner(name), **chain(seed=seed)}
    prompt["describe"]["inputs"] |= {"captioner": ["vlm", 0], "max_tokens": 16, "candidates": 2}
    return prompt


def test_the_pickers_list_what_is_on_disk_sorted_by_what_it_can_do(server, models):
    info = server.get("/object_info")

    def options(name):
        spec = info[name]["input"]["required"]["model"]
        return spec[0] if isinstance(spec[0], list) else spec[1]["options"]

    seeing = ["transformers:bulky-llava", "transformers:author/tiny-llava"]
    assert options("PatchMattersLoadCaptioner") == ["offline:measured", *seeing]
    yolo = "ultralytics:bbox/random-yolov8n.pt"
    assert options("PatchMattersLoadDetector") == ["offline:ssd-mobilenet", yolo]
    assert options("PatchMattersLoadMatcher") == ["offline:evidence", "transformers:tiny-blip-itm"]
    assert set(options("PatchMattersLoadWriter")) == {
        "offline:rules",
        *seeing,
        "transformers:tiny-llama",
    }


def test_local_models_in_every_role(server, models):
    prompt = with_captioner("transformers:author/tiny-llava", seed=21)
    prompt["blip"] = node(
        "PatchMattersLoadMatcher", model="transformers:tiny-blip-itm", device="auto"
    )
    prompt["llama"] = node(
        "PatchMattersLoadWriter", model="transformers:tiny-llama", precision="fp32", device="cpu"
    )
    prompt["filter"]["inputs"] |= {"matcher": ["blip", 0], "profile": "paper"}
    prompt["join"]["inputs"]["writer"] = ["llama", 0]
    prompt["report"] = node("PreviewAny", source=["join", 2])
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    report = json.loads("".join(result["outputs"]["report"]["text"]))
    assert report["models"]["captioner"] == "transformers:author/tiny-llava"
    assert report["models"]["matcher"] == "transformers:tiny-blip-itm"
    assert report["models"]["writer"] == "transformers:tiny-llama"
    assert report["calls"]["captioner"] == 5
    assert shown(result, "describe") == shown(server.run(prompt), "describe")


def test_a_yolo_and_the_captioner_as_judge(server, models):
    prompt = with_captioner("transformers:author/tiny-llava", seed=25)
    prompt["yolo"] = node(
        "PatchMattersLoadDetector", model="ultralytics:bbox/random-yolov8n.pt", device="auto"
    )
    prompt["divide"]["inputs"]["detector"] = ["yolo", 0]
    prompt["filter"]["inputs"]["matcher"] = ["vlm", 2]
    prompt["report"] = node("PreviewAny", source=["join", 2])
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    used = json.loads("".join(result["outputs"]["report"]["text"]))["models"]
    assert used["detector"] == "ultralytics:bbox/random-yolov8n.pt"
    assert used["matcher"] == "transformers:author/tiny-llava"


def test_a_name_that_was_not_scanned_is_refused(server, models):
    for name in ("transformers:../../etc", "transformers:/etc", "openai:gpt-4o"):
        answer = server.post("/prompt", {"prompt": with_captioner(name)})
        details = [e["details"] for e in answer["node_errors"]["vlm"]["errors"]]
        assert details and name in details[0]


def test_an_interrupt_stops_a_local_model_within_a_token(server, models):
    prompt = with_captioner("transformers:bulky-llava", seed=22)
    prompt["describe"]["inputs"]["max_tokens"] = 2048
    pressed = []

    def press(message):
        at_captioner = message["type"] == "executing" and message["data"]["node"] == "describe"
        if at_captioner and not pressed:
            time.sleep(6)  # until it generates
            pressed.append(time.monotonic())
            server.post("/interrupt", {})

    result = server.run(prompt, press)
    assert result["end"]["type"] == "execution_interrupted"
    assert time.monotonic() - pressed[0] < 4


def resident_gb(server):
    import psutil

    return psutil.Process(server.process.pid).memory_info().rss / 1e9


def test_free_memory_really_frees(server, models):
    server.post("/free", {"unload_models": True, "free_memory": True})
    time.sleep(2)
    before = resident_gb(server)
    result = server.run(with_captioner("transformers:bulky-llava", seed=23))
    assert result["end"]["type"] == "execution_success", result["end"]
    during = resident_gb(server)
    server.post("/free", {"unload_models": True, "free_memory": True})
    time.sleep(3)
    after = resident_gb(server)
    print(f"resident GB: before {before:.2f}, with the model {during:.2f}, after free {after:.2f}")
    assert during - before > 0.35  # about 118 million parameters in fp32
    assert after - before < 0.15


def test_a_folder_removed_while_chosen_is_explained(server, models):
    shutil.copytree(models / "tiny-llama", models / "gone")
    prompt = {
        "load": LOAD,
        "llm": node(
            "PatchMattersLoadWriter", model="transformers:gone", precision="auto", device="cpu"
        ),
        **chain(seed=24),
    }
    prompt["join"]["inputs"]["writer"] = ["llm", 0]
    (models / "gone" / "model.safetensors").unlink()
    end = server.run(prompt)["end"]
    assert end["type"] == "execution_error"
    assert "lacks model.safetensors" in end["data"]["exception_message"]
