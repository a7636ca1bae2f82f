"""Nodes that choose a model. They give a handle; the weights load when a stage first uses it."""

from __future__ import annotations

from comfy_api.latest import io

from ..core.errors import PatchMattersError
from ..core.models.registry import (
    CAPTIONER,
    DETECTOR,
    MATCHER,
    OFFLINE,
    TRANSFORMERS,
    ULTRALYTICS,
    WRITER,
    load_model,
    load_yolo,
)
from ..core.models.registry import load_folder as open_folder
from . import bridge, memory, scan, types

PRECISIONS = ["auto", "bf16", "fp16", "fp32"]


def _model_input(role: str, names: list[str], what: str):
    return io.Combo.Input(
        "model",
        options=[OFFLINE[role], *(TRANSFORMERS + name for name in names)],
        default=OFFLINE[role],
        tooltip=f"{what} Found in models/LLM (and where extra_model_paths.yaml points LLM to), each "
        "in a folder of its own with config.json and safetensors.",
    )


def _precision_input():
    return io.Combo.Input(
        "precision",
        options=PRECISIONS,
        default="auto",
        tooltip="Number format of the weights. auto: as saved. bf16 and fp16 take 2 bytes a "
        "parameter, fp32 takes 4.",
    )


def _device_input():
    return io.Combo.Input(
        "device",
        options=["auto", "cpu"],
        default="auto",
        tooltip="Where the model runs. auto: ComfyUI's device, under its memory management.",
    )


def _load(role: str, name: str, device: str, precision: str = "auto"):
    """The model of a scanned name: no path, and nothing that is not on disk."""
    if name == OFFLINE[role]:
        return load_model(role, name)
    folder = scan.model_folders().get(name.removeprefix(TRANSFORMERS))
    if folder is None or not name.startswith(TRANSFORMERS):
        raise PatchMattersError(
            f"model: «{name[:100]}» is not in models/LLM: put its folder there and press R, or "
            "choose another."
        )
    with bridge.explained():
        return open_folder(role, name, folder, memory.devices(device), precision)


class LoadDetector(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadDetector",
            display_name="Load Detector",
            category=types.CATEGORY,
            description="A YOLO of ultralytics on disk that finds the objects which the patches "
            "are built around. (Core's own detectors connect to the divider's bboxes.)",
            search_aliases=["patch matters", "yolo", "ultralytics", "load model"],
            inputs=[
                io.Combo.Input(
                    "model",
                    options=[OFFLINE[DETECTOR], *(ULTRALYTICS + n for n in scan.yolo_files())],
                    default=OFFLINE[DETECTOR],
                    tooltip="The model that detects. Found in models/ultralytics as .pt files "
                    "(YOLO v8, 11, 26; detection or segmentation); loaded in safe mode. ultralytics "
                    "is AGPL-3.0.",
                ),
                _device_input(),
            ],
            outputs=[types.Detector.Output("detector", tooltip="For the Patch Divider.")],
        )

    @classmethod
    def execute(cls, model, device) -> io.NodeOutput:
        if model == OFFLINE[DETECTOR]:
            return io.NodeOutput(load_model(DETECTOR, model))
        file = scan.yolo_files().get(model.removeprefix(ULTRALYTICS))
        if file is None:
            raise PatchMattersError(
                f"model: «{model[:100]}» is not in models/ultralytics: put its file there and press "
                "R, or choose another."
            )
        return io.NodeOutput(load_yolo(model, file, str(memory.devices(device).device)))


class LoadCaptioner(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadCaptioner",
            display_name="Load Captioner",
            category=types.CATEGORY,
            description="A vision-language model on disk (LLaVA, Qwen-VL and the like) that "
            "describes the patches.",
            search_aliases=["patch matters", "vlm", "llava", "qwen vl", "load model"],
            inputs=[
                _model_input(CAPTIONER, scan.captioners(), "The model that describes."),
                _precision_input(),
                _device_input(),
            ],
            outputs=[
                types.Captioner.Output("captioner", tooltip="For the Local Captioner."),
                types.Writer.Output(
                    "writer",
                    tooltip="The same weights as writer: one model in memory does both. (With the "
                    "offline captioner: the offline writer.)",
                ),
                types.Matcher.Output(
                    "judge",
                    tooltip="The same weights as matcher: how sure is the model's yes, asked "
                    "whether a sentence is true? (With the offline captioner: the offline matcher.)",
                ),
            ],
        )

    @classmethod
    def execute(cls, model, precision, device) -> io.NodeOutput:
        offline = model == OFFLINE[CAPTIONER]
        return io.NodeOutput(
            *(
                _load(role, OFFLINE[role] if offline else model, device, precision)
                for role in (CAPTIONER, WRITER, MATCHER)
            )
        )


class LoadWriter(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadWriter",
            display_name="Load Writer",
            category=types.CATEGORY,
            description="A chat model on disk (Llama, Qwen and the like) that writes the caption "
            "from the sentences that were kept.",
            search_aliases=["patch matters", "llm", "llama", "load model"],
            inputs=[
                _model_input(WRITER, scan.writers(), "The model that writes."),
                _precision_input(),
                _device_input(),
            ],
            outputs=[types.Writer.Output("writer", tooltip="For the Hierarchical Aggregator.")],
        )

    @classmethod
    def execute(cls, model, precision, device) -> io.NodeOutput:
        return io.NodeOutput(_load(WRITER, model, device, precision))


class LoadMatcher(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadMatcher",
            display_name="Load Matcher",
            category=types.CATEGORY,
            description="A BLIP model on disk that scores sentences against the pixels, as in the "
            "paper.",
            search_aliases=["patch matters", "blip", "itm", "image text matching", "load model"],
            inputs=[
                _model_input(MATCHER, scan.matchers(), "The model that scores (BLIP with «itm»)."),
                _device_input(),
            ],
            outputs=[types.Matcher.Output("matcher", tooltip="For the Semantic Filter.")],
        )

    @classmethod
    def execute(cls, model, device) -> io.NodeOutput:
        return io.NodeOutput(_load(MATCHER, model, device))
