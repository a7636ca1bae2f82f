"""The nodes in a real ComfyUI server, over its own interface."""

import json
import subprocess
import time

import pytest

from conftest import comfyui_folder, comfyui_python

STAGES = ["PatchDivider", "LocalCaptioner", "SemanticFilter", "HierarchicalAggregator"]
LOADERS = [
    "PatchMattersLoadDetector",
    "PatchMattersLoadCaptioner",
    "PatchMattersLoadWriter",
    "PatchMattersLoadMatcher",
]
NODES = [*STAGES, "PatchMatters", *LOADERS]
LOAD = {"class_type": "LoadImage", "inputs": {"image": "my_cup.png"}}


def node(class_type, /, **inputs):
    return {"class_type": class_type, "inputs": inputs}


def chain(image=("load", 0), seed=0, **divide):
    """The four stages, as ids "divide" to "join"."""
    return {
        "divide": node(
            "PatchDivider", image=list(image), min_score=0.3, merge_iou=0.3, share=0.3,
            semantic_patch=True, semantic_iou=0.4, levels=1, **divide,
        ),
        "describe": node(
            "LocalCaptioner", patches=["divide", 0], prompt="", candidates=3, temperature=0.7,
            max_tokens=300, seed=seed,
        ),
        "filter": node(
            "SemanticFilter", captions=["describe", 0], threshold=0.0, overlap_iou=0.4,
            profile="default",
        ),
        "join": node(
            "HierarchicalAggregator", survivors=["filter", 0], length="long", profile="default"
        ),
    }  # fmt: skip


def whole(image=("load", 0), seed=0, **more):
    return node(
        "PatchMatters", image=list(image), length="long", profile="default", seed=seed, **more
    )


def shown(result, key):
    return "".join(result["outputs"][key]["text"])


def test_all_nodes_register_and_every_input_has_a_tooltip(server):
    info = server.get("/object_info")
    for name in NODES:
        assert info[name]["category"] == "Patch Matters"
        assert info[name]["description"] and info[name]["search_aliases"]
        inputs = {
            **info[name]["input"].get("required", {}),
            **info[name]["input"].get("optional", {}),
        }
        assert all(spec[1].get("tooltip") for spec in inputs.values()), name
        assert all(info[name]["output_tooltips"]), name


def test_the_import_is_light(server):
    """Nothing heavy that ComfyUI itself does not import at its start."""
    folder = comfyui_folder()
    code = f"""
import sys
sys.path.insert(0, {str(folder)!r}); sys.argv = ["main.py", "--cpu"]
import comfy.options; comfy.options.enable_args_parsing()
import utils.extra_config, nodes, server, comfy_api.latest
before = set(sys.modules)
import importlib.util
root = {str(server.base / "custom_nodes" / "comfyui-patch-matters")!r}
spec = importlib.util.spec_from_file_location("pack", root + "/__init__.py", submodule_search_locations=[root])
module = importlib.util.module_from_spec(spec); sys.modules["pack"] = module
spec.loader.exec_module(module)
assert module.comfy_entrypoint
print("ADDED", *sorted(set(sys.modules) - before))
"""
    python = comfyui_python(folder)
    done = subprocess.run([python, "-c", code], cwd=folder, capture_output=True, text=True)
    assert "ADDED" in done.stdout, done.stderr
    added = {name.split(".")[0] for name in done.stdout.split("ADDED")[1].split()}
    assert not added & {"transformers", "sentence_transformers", "ultralytics", "cv2", "inflect"}


def test_an_older_comfyui_gets_one_line_and_no_node(server):
    code = """
import sys, types, importlib.util
sys.modules["comfyui_version"] = types.SimpleNamespace(__version__="0.3.64")
spec = importlib.util.spec_from_file_location("pack", "__init__.py", submodule_search_locations=["."])
module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)
assert module.NODE_CLASS_MAPPINGS == {} and not hasattr(module, "comfy_entrypoint")
"""
    root = server.base / "custom_nodes" / "comfyui-patch-matters"
    python = comfyui_python(comfyui_folder())
    done = subprocess.run([python, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().splitlines() == [
        "WARNING:root:Patch Matters needs ComfyUI 0.19 or newer; this is 0.3.64. No node is added."
    ]


def test_the_four_stages_and_a_cached_second_run(server):
    prompt = {"load": LOAD, **chain(seed=11)}
    first = server.run(prompt)
    assert first["end"]["type"] == "execution_success", first["end"]
    assert "orange cup" in shown(first, "join")
    assert "mouse" in shown(first, "describe") and "mouse" not in shown(first, "join")
    assert "DROPPED" in shown(first, "filter") and "✗" in shown(first, "filter")
    assert first["outputs"]["divide"]["images"]
    at_work = [
        m["data"]["text"] for m in first["messages"] if m["type"] == "patch_matters.progress"
    ]
    assert "describe: top left …" in at_work and "filter: bottom right …" in at_work
    second = server.run(prompt)
    cached = next(m for m in second["messages"] if m["type"] == "execution_cached")
    assert set(cached["data"]["nodes"]) == set(prompt)
    assert shown(second, "join") == shown(first, "join")


def test_the_whole_chain_as_one_node(server):
    result = server.run({"load": LOAD, "all": whole(seed=12)})
    assert result["end"]["type"] == "execution_success", result["end"]
    assert "orange cup" in shown(result, "all") and result["outputs"]["all"]["images"]


def test_a_batch_of_three_gets_three_captions(server):
    prompt = {
        "load": LOAD,
        "blue": node("EmptyImage", width=520, height=380, batch_size=1, color=0x2040E0),
        "two": node("ImageBatch", image1=["load", 0], image2=["blue", 0]),
        "three": node("ImageBatch", image1=["two", 0], image2=["load", 0]),
        "all": whole(("three", 0), seed=13),
        **chain(("three", 0), seed=13),
        "each": node("PreviewAny", source=["join", 0]),
        "json": node("PreviewAny", source=["all", 1]),
    }
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    captions = result["outputs"]["each"]["text"]
    assert len(captions) == 3
    assert "cup" in captions[0] and captions[0] == captions[2]
    assert captions[1] == "The image is mostly blue."
    reports = [json.loads(text) for text in result["outputs"]["json"]["text"]]
    assert [r["size"] for r in reports] == [[520, 380]] * 3
    assert len(result["outputs"]["divide"]["images"]) == 3


def test_the_seed_decides(server):
    def said(seed):
        return shown(server.run({"load": LOAD, **chain(seed=seed)}), "describe")

    assert said(1) == said(1)
    assert len({said(seed) for seed in range(1, 6)}) > 1


def test_boxes_go_in_and_out_by_cores_type(server):
    prompt = {
        "load": LOAD,
        "box": node("PrimitiveBoundingBox", x=200, y=100, width=100, height=90),
        **chain(bboxes=["box", 0]),
        "draw": node("DrawBBoxes", image=["load", 0], bboxes=["divide", 2]),
        "seen": node("PreviewImage", images=["draw", 0]),
        "crops": node(
            "CropByBBoxes", image=["load", 0], bboxes=["divide", 2], output_width=64,
            output_height=64, padding=0, keep_aspect="stretch",
        ),
        "cut": node("PreviewImage", images=["crops", 0]),
        "mask": node("MaskToImage", mask=["divide", 3]),
        "masks": node("PreviewImage", images=["mask", 0]),
        "report": node("PreviewAny", source=["join", 2]),
    }  # fmt: skip
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    report = json.loads("".join(result["outputs"]["report"]["text"]))
    assert [d["box"] for d in report["detections"]] == [[200, 100, 300, 190]]
    assert "detector" not in report["models"]
    main = next(r for r in report["regions"] if r["kind"] == "semantic")
    assert main["box"] == [200, 100, 300, 190]
    assert len(result["outputs"]["masks"]["images"]) == 5  # four quarters and the semantic patch
    assert len(result["outputs"]["seen"]["images"]) == 1 and result["outputs"]["cut"]["images"]


def run_with_boxes(server, text):
    prompt = {"load": LOAD, "boxes": node("TestBoxes", json=text), **chain(bboxes=["boxes", 0])}
    prompt["report"] = node("PreviewAny", source=["join", 2])
    return server.run(prompt)


def test_boxes_that_cannot_be_are_cut_or_left_out(server):
    boxes = """[[{"x": -50, "y": 300, "width": 150, "height": 900, "label": "cup", "score": 0.9},
        {"x": 600, "y": 10, "width": 20, "height": 20}, {"x": 10, "y": 10, "width": 0, "height": 5},
        {"x": 10, "y": 10, "width": -5, "height": 5}, {"x": NaN, "y": 10, "width": 5, "height": 5}]]"""
    result = run_with_boxes(server, boxes)
    assert result["end"]["type"] == "execution_success", result["end"]
    report = json.loads("".join(result["outputs"]["report"]["text"]))
    assert [d["box"] for d in report["detections"]] == [[0, 300, 100, 380]]


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ('[{"left": 1}]', "bboxes: expected boxes with x, y, width and height"),
        ('"text"', "bboxes: expected boxes with x, y, width and height"),
        ("[[], [], []]", "bboxes: boxes of 3 images for a batch of 1"),
    ],
)
def test_what_is_no_boxes_is_explained(server, boxes, message):
    end = run_with_boxes(server, boxes)["end"]
    assert end["type"] == "execution_error"
    assert message in end["data"]["exception_message"]


def test_no_boxes_at_all_divide_into_plain_quarters(server):
    result = run_with_boxes(server, "[[]]")
    report = json.loads("".join(result["outputs"]["report"]["text"]))
    assert [r["kind"] for r in report["regions"]] == ["image"] + ["spatial"] * 4


def test_a_captioner_and_a_caption_can_be_connected(server):
    fake = node("TestScriptedCaptioner", text="A cup of coffee stands on a saucer.", seconds=0.0)
    prompt = {"load": LOAD, "fake": fake, **chain(captioner=["fake", 0])}
    prompt["describe"]["inputs"]["captioner"] = ["fake", 0]
    result = server.run(prompt)
    assert shown(result, "join").startswith("A cup of coffee")
    text = node("PrimitiveString", value="A spoon lies there.")
    prompt = {"load": LOAD, "text": text, **chain(caption=["text", 0])}
    prompt["said"] = node("PreviewAny", source=["describe", 1])
    result = server.run(prompt)
    assert "".join(result["outputs"]["said"]["text"]) == "A spoon lies there."


def test_an_interrupt_stops_within_a_patch(server):
    fake = node("TestScriptedCaptioner", text="A cup.", seconds=0.5)
    prompt = {"load": LOAD, "fake": fake, "all": whole(seed=14, captioner=["fake", 0])}
    pressed = []

    def press(message):
        if message["type"] == "patch_matters.progress" and not pressed:
            pressed.append(time.monotonic())
            server.post("/interrupt", {})

    result = server.run(prompt, press)
    assert result["end"]["type"] == "execution_interrupted"
    assert time.monotonic() - pressed[0] < 2
    after = server.run({"load": LOAD, "all": whole(seed=15)})
    assert after["end"]["type"] == "execution_success"


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("nan", "image: image 2 of 3 has values that are not numbers"),
        ("empty", "image: the batch is empty"),
        ("latent", "image: expected a batch of shape"),
    ],
)
@pytest.mark.parametrize("stage", ["divide", "all"])
def test_a_broken_image_is_explained(server, kind, message, stage):
    image = node("TestBrokenImage", kind=kind)
    target = chain(("broken", 0))["divide"] if stage == "divide" else whole(("broken", 0))
    result = server.run({"broken": image, stage: target})
    assert result["end"]["type"] == "execution_error"
    assert message in result["end"]["data"]["exception_message"]
    # No path before the sentence: the page shows "exception_type: exception_message".
    assert result["end"]["data"]["exception_type"] == "PatchMattersError"


def test_values_beyond_white_are_clipped(server):
    prompt = {"broken": node("TestBrokenImage", kind="beyond"), "all": whole(("broken", 0))}
    assert server.run(prompt)["end"]["type"] == "execution_success"


def test_a_widget_out_of_range_is_refused_by_its_name(server):
    prompt = {"load": LOAD, **chain()}
    prompt["describe"]["inputs"]["candidates"] = 99
    answer = server.post("/prompt", {"prompt": prompt})
    details = [e["details"] for e in answer["node_errors"]["describe"]["errors"]]
    assert details == ["candidates"]


CLIP_L = """
import sys
sys.argv = ["main.py", "--cpu"]
import comfy.options; comfy.options.enable_args_parsing()
import torch, safetensors.torch, comfy.sd1_clip
torch.manual_seed(0)
clip = comfy.sd1_clip.SDClipModel(device="cpu", dtype=torch.float16)
state = {k: torch.randn(v.shape, dtype=torch.float16) * 0.02 for k, v in clip.transformer.state_dict().items()}
safetensors.torch.save_file(state, OUT)
"""


def python(code):
    """What a program prints that ComfyUI's own Python runs in its folder."""
    done = subprocess.run(
        [comfyui_python(comfyui_folder()), "-c", code],
        cwd=comfyui_folder(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def random_clip_l(server):
    """A CLIP-L of random weights in core's own classes: the path is real, its meaning is not."""
    file = server.base / "models" / "text_encoders" / "random_clip_l.safetensors"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        python(CLIP_L.replace("OUT", repr(str(file))))
    return node("CLIPLoader", clip_name=file.name, type="stable_diffusion", device="default")


def test_the_caption_goes_into_cores_text_encoder(server):
    prompt = {
        "load": LOAD,
        "all": whole(seed=16),
        "clip": random_clip_l(server),
        "encode": node("CLIPTextEncode", text=["all", 0], clip=["clip", 0]),
        "see": node("PreviewAny", source=["encode", 0]),
    }  # fmt: skip
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    assert "pooled_output" in "".join(result["outputs"]["see"]["text"])
