"""Models on disk, chosen in the loader nodes of a real server. Tiny random weights."""

import json
import shutil
import time

import pytest
from test_server import LOAD, chain, node, shown

from conftest import comfyui_folder, comfyui_python
from core.models.local.catalogue import entries
from core.models.registry import OFFLINE

MAKE = """
import sys; sys.path.insert(0, {tests!r})
import tiny, tiny_mini_gemini, tiny_towers, pathlib
folder = pathlib.Path({folder!r})
tiny.llava(folder / "author" / "tiny-llava")
tiny.llama(folder / "tiny-llama")
tiny_mini_gemini.mgm_gemma_hd(folder / "author" / "tiny-mgm-2b-hd")
tiny_towers.blip_itm(folder / "tiny-blip-itm")
from ultralytics import YOLO
yolo = folder.parent / "ultralytics" / "bbox"; yolo.mkdir(parents=True)
YOLO("yolov8n.yaml").save(yolo / "random-yolov8n.pt")
tiny_towers.clip(folder.parent / "clip_vision" / "tiny-clip")
tiny_towers.grounding_dino(folder / "tiny-dino")
tiny.qwen3_vl(folder.parent / "hub" / "captioner")
tiny_towers.blip_itm(folder.parent / "hub" / "matcher")
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

    def expected(role, *on_disk):
        known = [f"transformers:{entry.id}" for entry in entries(role)]
        return [OFFLINE[role], *on_disk, *known]

    seeing = ["bulky-llava", "author/tiny-llava", "author/tiny-mgm-2b-hd"]
    seeing = [f"transformers:{name}" for name in seeing]
    assert options("PatchMattersLoadCaptioner") == expected("captioner", *seeing)
    assert options("PatchMattersLoadDetector") == expected(
        "detector", "ultralytics:bbox/random-yolov8n.pt", "transformers:tiny-dino"
    )
    assert options("PatchMattersLoadMatcher") == expected(
        "verifier", "transformers:tiny-blip-itm", "transformers:tiny-clip"
    )
    writers = expected("writer", "transformers:tiny-llama", *seeing)
    assert sorted(options("PatchMattersLoadWriter")) == sorted(writers)
    tip = info["PatchMattersLoadCaptioner"]["input"]["required"]["model"][1]["tooltip"]
    assert "Qwen3-VL-4B-Instruct: 8.9, 11, Apache-2.0" in tip


def report_of(result, name="report"):
    assert result["end"]["type"] == "execution_success", result["end"]
    return json.loads("".join(result["outputs"][name]["text"]))


def test_a_detector_that_takes_words_and_a_clip(server, models):
    prompt = {"load": LOAD, **chain(seed=31)}
    prompt["dino"] = node(
        "PatchMattersLoadDetector", model="transformers:tiny-dino", classes="", device="auto"
    )
    prompt["clip"] = node("PatchMattersLoadMatcher", model="transformers:tiny-clip", device="cpu")
    prompt["divide"]["inputs"] |= {"detector": ["dino", 0], "min_score": 0.0}
    prompt["filter"]["inputs"]["matcher"] = ["clip", 0]
    prompt["report"] = node("PreviewAny", source=["join", 2])
    end = server.run(prompt)["end"]
    assert end["type"] == "execution_error"  # nobody says what to look for
    assert "enter classes in Load Detector" in end["data"]["exception_message"]
    prompt["dino"]["inputs"]["classes"] = "cup, dining table"
    report = report_of(server.run(prompt))
    assert report["models"]["detector"] == "transformers:tiny-dino"
    assert report["models"]["matcher"] == "transformers:tiny-clip"
    assert {d["label"] for d in report["detections"]} <= {"cup", "dining table"}


def test_a_mini_gemini_describes_writes_and_judges(server, models):
    name = "transformers:author/tiny-mgm-2b-hd"
    prompt = with_captioner(name, seed=30)
    # A seed and a threshold with which something is kept of what random weights say, so that the
    # writer is asked.
    prompt["filter"]["inputs"] |= {"matcher": ["vlm", 2], "threshold": 1e-6}
    prompt["join"]["inputs"]["writer"] = ["vlm", 1]
    prompt["report"] = node("PreviewAny", source=["join", 2])
    report = report_of(server.run(prompt))
    assert {report["models"][role] for role in ("captioner", "writer", "matcher")} == {name}
    assert all(report["tokens"][role] > 0 for role in ("captioner", "writer"))
    assert any(statement["score"] is not None for statement in report["statements"])


def test_a_catalogued_model_is_downloaded_once_and_then_found(server, models):
    captioner, matcher = "Qwen/Qwen3-VL-2B-Instruct", "Salesforce/blip-itm-base-coco"
    hub = models.parent / "hub"
    server.hub.repositories |= {captioner: hub / "captioner", matcher: hub / "matcher"}
    prompt = with_captioner(f"transformers:{captioner}", seed=32)
    prompt["blip"] = node("PatchMattersLoadMatcher", model=f"transformers:{matcher}", device="auto")
    prompt["filter"]["inputs"]["matcher"] = ["blip", 0]
    prompt["report"] = node("PreviewAny", source=["join", 2])
    report = report_of(server.run(prompt))
    assert report["models"]["captioner"] == f"transformers:{captioner}"
    assert report["tokens"]["captioner"] > 0
    assert (models / captioner / "model.safetensors").is_file()
    asked = len(server.hub.asked)
    prompt["describe"]["inputs"]["seed"] = 33
    report_of(server.run(prompt))
    assert len(server.hub.asked) == asked
    options = server.get("/object_info/PatchMattersLoadCaptioner")["PatchMattersLoadCaptioner"]
    listed = options["input"]["required"]["model"]
    listed = listed[0] if isinstance(listed[0], list) else listed[1]["options"]
    assert listed.count(f"transformers:{captioner}") == 1
    shutil.rmtree(models / "Qwen")
    shutil.rmtree(models / "Salesforce")


def test_a_download_is_interrupted_and_explained(server, models):
    writer = "HuggingFaceTB/SmolLM2-1.7B-Instruct"
    server.hub.repositories[writer] = models / "bulky-llava"  # 470 MB
    server.hub.slow = 0.01
    prompt = {
        "load": LOAD,
        "llm": node(
            "PatchMattersLoadWriter", model=f"transformers:{writer}", precision="auto", device="cpu"
        ),
        **chain(seed=34),
    }
    prompt["join"]["inputs"]["writer"] = ["llm", 0]
    texts = []

    def press(message):
        if message["type"] == "progress" and message["data"]["value"] > 0:
            texts.append(message["data"])
            server.post("/interrupt", {})

    result = server.run(prompt, press)
    assert result["end"]["type"] == "execution_interrupted" and texts
    assert not (models / "HuggingFaceTB").exists()
    server.hub.slow = 0
    del server.hub.repositories[writer]
    end = server.run(prompt)["end"]
    assert end["type"] == "execution_error"
    assert "was not found" in end["data"]["exception_message"]


def test_local_models_in_every_role(server, models):
    prompt = with_captioner("transformers:author/tiny-llava", seed=21)
    prompt["blip"] = node(
        "PatchMattersLoadMatcher", model="transformers:tiny-blip-itm", device="auto"
    )
    prompt["llama"] = node(
        "PatchMattersLoadWriter", model="transformers:tiny-llama", precision="fp32", device="cpu"
    )
    prompt["filter"]["inputs"] |= {"matcher": ["blip", 0], "profile": "paper", "threshold": 1e-6}
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
    # What stays in memory on purpose, such as the parser, is there after a first run.
    first = server.run(with_captioner("transformers:bulky-llava", seed=24))
    assert first["end"]["type"] == "execution_success", first["end"]
    server.post("/free", {"unload_models": True, "free_memory": True})
    time.sleep(2)
    before = resident_gb(server)
    result = server.run(with_captioner("transformers:bulky-llava", seed=23))
    assert result["end"]["type"] == "execution_success", result["end"]
    during = resident_gb(server)
    server.post("/free", {"unload_models": True, "free_memory": True})
    after, deadline = resident_gb(server), time.monotonic() + 30
    while after - before >= 0.15 and time.monotonic() < deadline:  # a busy machine takes a while
        time.sleep(0.5)
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
