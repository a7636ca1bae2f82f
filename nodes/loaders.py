"""Nodes that choose a model. Their outputs are handles; weights are loaded when a stage first uses one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from comfy_api.latest import io

from ..core.english import split_words
from ..core.errors import PatchMattersError
from ..core.models.hosted.endpoints import Config
from ..core.models.local.catalogue import entries
from ..core.models.local.loading import Loading, attentions, precisions
from ..core.models.local.model_store import find_or_download, names
from ..core.models.registry import (
    CAPTIONER,
    DETECTOR,
    NLI,
    OFFLINE,
    TRANSFORMERS,
    ULTRALYTICS,
    VERIFIER,
    WRITER,
    load_cache,
    load_folder,
    load_model,
    load_vlm,
    load_yolo,
    with_cache,
)
from . import bridge, memory, scan, types

_failures: Counter = Counter()  # model -> how often answers were missing


class _Loader(io.ComfyNode):
    @classmethod
    def fingerprint_inputs(cls, model, **kwargs) -> str:
        """Changes when the model's files changed, or when answers were missing. The node and the stages behind it
        then run again."""
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
        tooltip=f"{what} Models on disk (in models/LLM and similar folders) are listed first, then "
        "models that are downloaded to models/LLM when the node runs (download in GB, GB of VRAM, licence):\n"
        f"{downloads}",
    )


def _precision_input():
    return io.Combo.Input(
        "precision",
        options=precisions(),
        default="auto",
        tooltip="Number format of the weights. auto: as saved. bf16 and fp16 use 2 bytes per parameter, "
        "fp32 uses 4, 8-bit about 1 and 4-bit about 0.6. The last two are listed if bitsandbytes and "
        "accelerate are installed. 8-bit and 4-bit weights cannot be moved off the GPU; they are unloaded "
        "when another model of this pack loads.",
    )


def _attention_input():
    return io.Combo.Input(
        "attention",
        options=attentions(),
        default="sdpa",
        optional=True,
        advanced=True,
        tooltip="How attention is computed. sdpa: PyTorch's own implementation, fast everywhere. eager: "
        "slower, for models that fail with sdpa. flash_attention_2 is listed if flash-attn is installed.",
    )


def _device_input():
    return io.Combo.Input(
        "device",
        options=["auto", "cpu"],
        default="auto",
        tooltip="Where the model runs. auto: on ComfyUI's device, under its memory management.",
    )


def _folder(role: str, name: str) -> Path:
    """Return the folder of a model by its name on disk or in the catalogue (downloading it if needed).

    A path is never accepted.
    """
    if not name.startswith(TRANSFORMERS):
        raise PatchMattersError(f"model: there is no model named “{name[:100]}”.")
    progress = bridge.NodeProgress(100, "").download
    return find_or_download(role, name[len(TRANSFORMERS) :], scan.roots(), progress)


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
            description="Loads a detector, which finds the objects that the patches are built around: a "
            "YOLO from ultralytics, a DETR, or an open-vocabulary detector (Grounding DINO, OWL). "
            "ComfyUI's built-in detectors connect to bboxes of the Patch Divider instead.",
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
                    "The model that detects. ultralytics: .pt files from models/ultralytics (YOLO v8, "
                    "11, 26, YOLO-World, YOLOE), which are loaded in safe mode. ultralytics is AGPL-3.0.",
                    [ULTRALYTICS + name for name in scan.yolo_files()],
                ),
                io.String.Input(
                    "classes",
                    default="",
                    optional=True,
                    placeholder="person, red car (empty: all)",
                    tooltip="The classes to detect, separated by commas. If empty, all classes of the "
                    "model are detected; Grounding DINO and OWL then look for the nouns of the image's "
                    "caption. YOLO-World encodes these words with a CLIP ViT-B/32 from models/LLM.",
                ),
                _device_input(),
            ],
            outputs=[types.Detector.Output("detector", tooltip="Connect to the Patch Divider.")],
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
            description="Loads a vision-language model (LLaVA, Qwen-VL and others), which describes the "
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
                types.Captioner.Output("captioner", tooltip="Connect to the Local Captioner."),
                types.Writer.Output(
                    "writer",
                    tooltip="The same weights as a writer, so that one model in memory does both. (The "
                    "offline captioner comes with the offline writer. Florence-2, PaliGemma and BLIP can "
                    "only describe.)",
                ),
                types.Verifier.Output(
                    "judge",
                    display_name="verifier",
                    tooltip="The same weights as a verifier. Its score is the model's confidence that a "
                    "sentence is true. (The offline captioner comes with the offline verifier. "
                    "Florence-2, PaliGemma and BLIP can only describe.)",
                ),
            ],
        )

    @classmethod
    def execute(cls, model, precision, device, attention="sdpa") -> io.NodeOutput:
        if model == OFFLINE[CAPTIONER]:
            roles = (CAPTIONER, WRITER, VERIFIER)
            return io.NodeOutput(*(_load(role, OFFLINE[role], device) for role in roles))
        with bridge.explained():
            folder = _folder(CAPTIONER, model)
            loading = Loading(precision, attention)
            devices = memory.devices(device)
            captioner, *others = load_vlm(model, folder, devices, loading)
            answers = load_cache(Config.read(scan.home()), scan.home())
            failed = lambda: _failures.update([model])  # noqa: E731
            captioner = with_cache(captioner, folder, loading, answers, failed)
            return io.NodeOutput(captioner, *others)


class LoadWriter(_Loader):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadWriter",
            display_name="Load Writer",
            category=types.CATEGORY,
            description="Loads a chat model (Llama, Qwen and others), which writes the caption from the "
            "claims that were kept.",
            search_aliases=["patch matters", "llm", "llama", "load model"],
            inputs=[
                _model_input(WRITER, "The model that writes."),
                _precision_input(),
                _attention_input(),
                _device_input(),
            ],
            outputs=[
                types.Writer.Output("writer", tooltip="Connect to the Hierarchical Aggregator.")
            ],
        )

    @classmethod
    def execute(cls, model, precision, device, attention="sdpa") -> io.NodeOutput:
        return io.NodeOutput(_load(WRITER, model, device, Loading(precision, attention)))


class LoadVerifier(_Loader):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadMatcher",
            display_name="Load Verifier",
            category=types.CATEGORY,
            description="Loads a verifier, which scores sentences against the pixels: a BLIP as in the "
            "paper, a CLIP or a SigLIP.",
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
                    VERIFIER,
                    'The model that scores: BLIP (a name with "itm"; its threshold is 0.3, as in the '
                    "paper), CLIP (0.5, of 2.5 x cosine) or SigLIP (0.05, of its probability).",
                ),
                _device_input(),
            ],
            outputs=[
                types.Verifier.Output(
                    "matcher", display_name="verifier", tooltip="Connect to the Semantic Filter."
                )
            ],
        )

    @classmethod
    def execute(cls, model, device) -> io.NodeOutput:
        return io.NodeOutput(_load(VERIFIER, model, device))


class LoadNLI(_Loader):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersLoadNLI",
            display_name="Load NLI Model",
            category=types.CATEGORY,
            description="Loads a cross-encoder for natural language inference (NLI). It decides whether "
            "one claim follows from another or contradicts it, where grammar and lexicon cannot.",
            search_aliases=[
                *("patch matters", "nli", "natural language inference", "entailment"),
                *("contradiction", "cross-encoder", "deberta"),
            ],
            inputs=[
                _model_input(
                    NLI,
                    "The model that compares claims. nli-deberta-v3-small and -base read English. The "
                    "multilingual mDeBERTa reads about a hundred languages and was fine-tuned on 27.",
                ),
                _device_input(),
            ],
            outputs=[
                types.NLI.Output(
                    "nli", tooltip="Connect to the Semantic Filter and the Hierarchical Aggregator."
                )
            ],
        )

    @classmethod
    def execute(cls, model, device) -> io.NodeOutput:
        return io.NodeOutput(_load(NLI, model, device))
