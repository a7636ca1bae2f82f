"""Core's own detectors, of random weights, into the divider, and the patches on into core's nodes."""

import json

from test_server import LOAD, chain, node, python, shown

RT_DETR = """
import sys
sys.argv = ["main.py", "--cpu"]
import comfy.options; comfy.options.enable_args_parsing()
import torch, safetensors.torch, comfy.ops
from comfy.ldm.rt_detr.rtdetr_v4 import RTv4
torch.manual_seed(0)
model = RTv4(device="cpu", dtype=torch.float32, operations=comfy.ops.manual_cast)
state = {}
for key, value in model.state_dict().items():
    if key.endswith(("running_var", "bn.weight", "norm.weight")) or not value.is_floating_point():
        state[key] = torch.ones_like(value)
    else:
        state[key] = torch.randn(value.shape) * 0.05
safetensors.torch.save_file(state, OUT)
"""


def test_rt_detr_divides_each_picture_of_a_batch(server):
    file = server.base / "models" / "diffusion_models" / "random_rt_detr.safetensors"
    file.parent.mkdir(exist_ok=True)
    python(RT_DETR.replace("OUT", repr(str(file))))
    stages = chain(image=["two", 0], seed=81, bboxes=["detect", 0])
    stages["divide"]["inputs"]["min_score"] = 0.0
    prompt = {
        "load": LOAD,
        "turned": node("ImageRotate", image=["load", 0], rotation="180 degrees"),
        "two": node("ImageBatch", image1=["load", 0], image2=["turned", 0]),
        "model": node("UNETLoader", unet_name=file.name, weight_dtype="default"),
        "detect": node("RTDETR_detect", model=["model", 0], image=["two", 0], threshold=0.0, class_name="all", max_detections=4),
        **stages,
        "report": node("PreviewAny", source=["join", 2]),
        "boxes": node("PreviewAny", source=["detect", 0]),
        "patches": node("PreviewAny", source=["divide", 2]),
        "draw": node("DrawBBoxes", image=["two", 0], bboxes=["divide", 2]),
        "drawn": node("PreviewImage", images=["draw", 0]),
        "crop": node("CropByBBoxes", image=["two", 0], bboxes=["divide", 2], output_width=64, output_height=64, padding=0, keep_aspect="pad"),
        "cut": node("PreviewImage", images=["crop", 0]),
    }  # fmt: skip
    result = server.run(prompt)
    file.unlink()
    assert result["end"]["type"] == "execution_success", result["end"]
    found, patches = (json.loads(shown(result, key)) for key in ("boxes", "patches"))
    reports = [json.loads(text) for text in result["outputs"]["report"]["text"]]
    assert len(found) == len(reports) == len(patches) == 2 and found[0] != found[1]
    for boxes, report in zip(found, reports):
        corners = [corners_of(box, *report["size"]) for box in boxes]
        divided = [d["box"] for d in report["detections"]]
        assert len(divided) == len(corners) == 4
        for detection, corner in zip(divided, corners):
            assert all(abs(a - b) < 1 for a, b in zip(detection, corner))
        assert [d["label"] for d in report["detections"]] == [box["label"] for box in boxes]
        assert "detector" not in report["models"]
    drawn, cut = (result["outputs"][key]["images"] for key in ("drawn", "cut"))
    assert len(drawn) == len(cut) == 2


def corners_of(box, width, height):
    """[x1, y1, x2, y2] of a box as core writes it, cut at the picture's border."""
    x2, y2 = box["x"] + box["width"], box["y"] + box["height"]
    return [max(box["x"], 0), max(box["y"], 0), min(x2, width), min(y2, height)]
