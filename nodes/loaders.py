"""Nodes that choose a model. They give a handle; the weights load when a stage first uses it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from comfy_api.latest import io

from ..core.errors import PatchMattersError
from ..core.models.hosted.endpoints import Config
from ..core.models.local.catalogue import entries
from ..core.models.local.loading import Loading, attentions, precisions
from ..core.models.local.shelf import names, obtain
from ..core.models.registry import (
    CAPTIONER,
    DETECTOR,
    MATCHER,
    NLI,
    OFFLINE,
    TRANSFORMERS,
    ULTRALYTICS,
    WRITER,
    load_answers,
    load_folder,
    load_model,
    load_seeing,
    load_yolo,
    remembering,
)
from ..core.wording import split_words
from . import bridge, memory, scan, types

_failures: Counter = Counter()  # model -> how often answers were missing


class _Loader(io.ComfyNode):
    @classmethod
    def fingerprint_inputs(cls, model, **kwargs) -> str:
        """Other where the model's files changed, or where answers were missing: the node then runs again,
        and with it the stages behind it."""
        name = model if isinstance(model, str) else ""
        return f"{scan.model_state(name.partition(':')[2])} {_failures[name]}"


def _model_input(role: str, what: str, files: list[str] | None = None):
    on_disk = [TRANSFORMERS + name for name in names(role, scan.roots())]
    listed = [*(files or []), *on_disk]
    known = [entry for entry in entries(role) if TRANSFORMERS + entry.id not in listed]
    downloads = "\n".join(entry.summary for entry in known)
    offline = [OFFLINE[role]] if role in OFFLINE else []
    options = [*offline, *listed, *(TRANSFORMERS + entry.id for entry in known)]
    return io.Combo.Input(
        "model",
        options=options,
        default=options[0],
        tooltip=f"{what} First those on disk (in models/LLM and similar folders), then those "
        f"that are downloaded to models/LLM when the node runs (GB to download, GB of VRAM, licence):\n"
        f"{downloads}",
    )


def _precision_input():
    return io.Combo.Input(
        "precision",
        options=precisions(),
        default="auto",
        tooltip="Number format of the weights. auto: as saved. bf16 and fp16 take 2 bytes a "
        "parameter, fp32 takes 4. 8-bit takes about 1 and 4-bit about 0.6; they are listed where "
        "bitsandbytes and accelerate are installed, and such weights cannot be moved out of the "
        "GPU for others: they are dropped when another model of this pack loads.",
    )


def _attention_input():
    return io.Combo.Input(
        "attention",
        options=attentions(),
        default="sdpa",
        optional=True,
        advanced=True,
        tooltip="How attention is computed. sdpa: PyTorch's own, fast everywhere. eager: slower, for "
        "models that fail with it. flash_attention_2 is listed where flash-attn is installed.",
    )


def _device_input():
    return io.Combo.Input(
        "device",
        options=["auto", "cpu"],
        default="auto",
        tooltip="Where the model runs. auto: ComfyUI's device, under its memory management.",
    )


def _folder(role: str, name: str) -> Path:
    """That of a name on disk, or in the catalogue, from where it is downloaded: no path, and
    nothing else."""
    if not name.startswith(TRANSFORMERS):
        raise PatchMattersError(f"model: there is no model named “{name[:100]}”.")
    progress = bridge.NodeProgress(100, "").download
    return obtain(role, name[len(TRANSFORMERS) :], scan.roots(), progress)


def _load(role: str, name: str, device: str, loading: Loading = Loading(), classes=()):
    with bridge.explained():
        if name == OFFLINE.get(role):
            return load_model(role, name, classes=classes)
        folder = _folder(role, name)
        return load_folder(role, name, folder, memory.devices(device), loading, classes)


class LoadDetector(_Loader):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadDetector",
            display_name="Load Detector",
            category=types.CATEGORY,
            description="A detector that finds the objects the patches are built around: a YOLO from "
            "ultralytics, a DETR, or one that is told in words what to find. (ComfyUI's built-in "
            "detectors connect to the divider's bboxes instead.)",
            search_aliases=[
                "patch matters",
                "yolo",
                "ultralytics",
                "grounding dino",
                "owl",
                "detr",
            ],
            inputs=[
                _model_input(
                    DETECTOR,
                    "The model that detects. ultralytics: .pt files in models/ultralytics (YOLO v8, "
                    "11, 26, YOLO-World, YOLOE), loaded in safe mode; ultralytics is AGPL-3.0.",
                    [ULTRALYTICS + name for name in scan.yolo_files()],
                ),
                io.String.Input(
                    "classes",
                    default="",
                    optional=True,
                    placeholder="person, red car (empty: all)",
                    tooltip="What to look for, separated by commas. Empty: all classes of the model; "
                    "Grounding DINO and OWL then look for the nouns in the image's caption. "
                    "YOLO-World reads the words with a CLIP ViT-B/32 in models/LLM.",
                ),
                _device_input(),
            ],
            outputs=[types.Detector.Output("detector", tooltip="For the Patch Divider.")],
        )

    @classmethod
    def execute(cls, model, device, classes="") -> io.NodeOutput:
        words = split_words(bridge.bounded_text(classes, "classes"))
        if not model.startswith(ULTRALYTICS):
            return io.NodeOutput(_load(DETECTOR, model, device, classes=words))
        file = scan.yolo_files().get(model.removeprefix(ULTRALYTICS))
        if file is None:
            raise PatchMattersError(
                f"model: “{model[:100]}” is not in models/ultralytics: put its file there and press "
                "R, or choose another."
            )
        name = str(memory.devices(device).device)
        return io.NodeOutput(load_yolo(model, file, name, words, scan.roots()))


class LoadCaptioner(_Loader):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadCaptioner",
            display_name="Load Captioner",
            category=types.CATEGORY,
            description="A vision-language model (LLaVA, Qwen-VL and the like) that describes the "
            "patches.",
            search_aliases=[
                *("patch matters", "vlm", "vqa", "load model", "反推", "打标"),
                *("llava", "qwen vl", "mini-gemini", "mgm", "florence"),
            ],
            inputs=[
                _model_input(CAPTIONER, "The model that describes."),
                _precision_input(),
                _attention_input(),
                _device_input(),
            ],
            outputs=[
                types.Captioner.Output("captioner", tooltip="For the Local Captioner."),
                types.Writer.Output(
                    "writer",
                    tooltip="The same weights as writer: one model in memory does both. (With the "
                    "offline captioner: the offline writer. Florence-2, PaliGemma and BLIP only "
                    "describe.)",
                ),
                types.Matcher.Output(
                    "judge",
                    tooltip="The same weights as matcher: the model's confidence that a "
                    "sentence is true. (With the offline captioner: the offline matcher. "
                    "Florence-2, PaliGemma and BLIP only describe.)",
                ),
            ],
        )

    @classmethod
    def execute(cls, model, precision, device, attention="sdpa") -> io.NodeOutput:
        if model == OFFLINE[CAPTIONER]:
            roles = (CAPTIONER, WRITER, MATCHER)
            return io.NodeOutput(*(_load(role, OFFLINE[role], device) for role in roles))
        with bridge.explained():
            folder = _folder(CAPTIONER, model)
            loading = Loading(precision, attention)
            devices = memory.devices(device)
            captioner, *others = load_seeing(model, folder, devices, loading)
            answers = load_answers(Config.read(scan.home()), scan.home())
            failed = lambda: _failures.update([model])  # noqa: E731
            captioner = remembering(captioner, folder, loading, answers, failed)
            return io.NodeOutput(captioner, *others)


class LoadWriter(_Loader):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadWriter",
            display_name="Load Writer",
            category=types.CATEGORY,
            description="A chat model (Llama, Qwen and the like) that writes the caption from the "
            "sentences that were kept.",
            search_aliases=["patch matters", "llm", "llama", "load model"],
            inputs=[
                _model_input(WRITER, "The model that writes."),
                _precision_input(),
                _attention_input(),
                _device_input(),
            ],
            outputs=[types.Writer.Output("writer", tooltip="For the Hierarchical Aggregator.")],
        )

    @classmethod
    def execute(cls, model, precision, device, attention="sdpa") -> io.NodeOutput:
        return io.NodeOutput(_load(WRITER, model, device, Loading(precision, attention)))


class LoadMatcher(_Loader):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadMatcher",
            display_name="Load Matcher",
            category=types.CATEGORY,
            description="A model that scores sentences against the pixels: a BLIP as in the paper, "
            "a CLIP or a SigLIP.",
            search_aliases=[
                "patch matters",
                "blip",
                "itm",
                "clip",
                "siglip",
                "image text matching",
            ],
            inputs=[
                _model_input(
                    MATCHER,
                    "The model that scores: BLIP (with “itm”; threshold 0.3, the paper's), CLIP "
                    "(0.5 of 2.5 x cosine) or SigLIP (0.05 of its probability).",
                ),
                _device_input(),
            ],
            outputs=[types.Matcher.Output("matcher", tooltip="For the Semantic Filter.")],
        )

    @classmethod
    def execute(cls, model, device) -> io.NodeOutput:
        return io.NodeOutput(_load(MATCHER, model, device))


class LoadNLI(_Loader):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadNLI",
            display_name="Load NLI Model",
            category=types.CATEGORY,
            description="A cross-encoder for natural language inference: it says whether one claim "
            "follows from another or contradicts it, where grammar and lexicon leave that open.",
            search_aliases=[
                *("patch matters", "nli", "natural language inference", "entailment"),
                *("contradiction", "cross-encoder", "deberta"),
            ],
            inputs=[
                _model_input(
                    NLI,
                    "The model that compares claims. nli-deberta-v3-small and -base read English; the "
                    "multilingual mDeBERTa reads about a hundred languages, and was trained on 27.",
                ),
                _device_input(),
            ],
            outputs=[
                types.NLI.Output(
                    "nli", tooltip="For the Semantic Filter and the Hierarchical Aggregator."
                )
            ],
        )

    @classmethod
    def execute(cls, model, device) -> io.NodeOutput:
        return io.NodeOutput(_load(NLI, model, device))
