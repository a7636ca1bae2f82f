"""A published Mini-Gemini folder: what its weights are called, which towers they need, how large
everything is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import is_zipfile

import torch
from safetensors import SafetensorError, safe_open
from transformers import CONFIG_MAPPING, GenerationConfig, PretrainedConfig

from ....errors import PatchMattersError, in_short
from ..folder import MINI_GEMINI, ModelFolder, weight_files
from ..pretrained import check_complete, from_folder
from .architecture import Vision, seeing
from .inputs import MiniGeminiProcessor

HEAD = 64  # width of an attention head in each of OpenAI's CLIPs; the weights do not say it
# How transformers' ConvNeXt calls what timm's, and so a checkpoint, calls otherwise.
CONVNEXT = {
    "embeddings.patch_embeddings.": "stem.0.",
    "embeddings.layernorm.": "stem.1.",
    "encoder.stages.": "stages.",
    ".downsampling_layer.": ".downsample.",
    ".layers.": ".blocks.",
    ".dwconv.": ".conv_dw.",
    ".layernorm.": ".norm.",
    ".pwconv1.": ".mlp.fc1.",
    ".pwconv2.": ".mlp.fc2.",
    ".layer_scale_parameter": ".gamma",
}

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Tower:
    """One of the two vision towers.

    Attributes:
        prefix: of its weights in a checkpoint; `own_prefix`: in the folder it comes in.
        key: in config.json, of the path which that folder had where the model was trained.
        repository: where it is from.
    """

    prefix: str
    own_prefix: str
    key: str
    repository: str


LOW = Tower(
    "model.vision_tower.vision_tower.vision_model.",
    "vision_model.",
    "mm_vision_tower",
    "openai/clip-vit-large-patch14-336",
)
HIGH = Tower(
    "model.vision_tower_aux.vision_",
    "visual.trunk.",
    "mm_vision_tower_aux",
    "laion/CLIP-convnext_large_d_320.laion2B-s29B-b131K-ft-soup",
)
TOWER_FILES = (
    "model.safetensors",
    "open_clip_model.safetensors",
    "pytorch_model.bin",
    "open_clip_pytorch_model.bin",
)


def read_weights(folder: ModelFolder) -> Tensors:
    """Name -> tensor, of the folder and of the towers that it lacks; mapped from the files, so
    memory is used where they are.

    Raises:
        PatchMattersError: a tower is neither in the folder's weights nor beside the folder.
    """
    weights = _tensors(folder.weights)
    for tower in (LOW, HIGH):
        if not any(name.startswith(tower.prefix) for name in weights):
            own = _tensors(_find_tower(folder, tower))
            weights |= {
                tower.prefix + name.removeprefix(tower.own_prefix): tensor
                for name, tensor in own.items()
                if name.startswith(tower.own_prefix)
            }
    return weights


def configure(folder: ModelFolder) -> PretrainedConfig:
    """Return the language model's config, to which is added what `Vision` is built by.

    The towers' sizes are those of their weights, so a tower that was swapped is seen where the rest
    does not fit it.

    Raises:
        PatchMattersError: it is not one of the published variants, or weights are missing.
    """
    given: dict[str, Any] = {"image_grid": 1, "image_global": False, "image_aspect_ratio": "square"}
    given |= {"mm_vision_select_layer": -2, "mm_projector_type": "", "image_size_aux": 0}
    given |= folder.config
    _check_variant(folder, given)
    given["image_global"] = bool(given["image_global"]) and given["image_grid"] > 1
    given["projector_depth"] = int(given["mm_projector_type"][3])
    weights = read_weights(folder)
    given["clip"], given["convnext"] = _clip(folder, weights), _convnext(folder, weights)
    layer, layers = given["mm_vision_select_layer"], given["clip"]["num_hidden_layers"]
    if layer not in range(-layers - 1, layers + 1):
        raise _unknown(folder, "mm_vision_select_layer", layer, f"one of {layers} layers")
    side = given["clip"]["image_size"] // given["clip"]["patch_size"] * given["image_grid"]
    cell = given["convnext"]["patch_size"] * side
    if given["image_size_aux"] % cell:
        raise _unknown(folder, "image_size_aux", given["image_size_aux"], f"a multiple of {cell}")
    about_the_file = ("model_type", "architectures", "auto_map", "transformers_version")
    fields = {name: value for name, value in given.items() if name not in about_the_file}
    return CONFIG_MAPPING[MINI_GEMINI[folder.model_type]].from_dict(fields)


def load(folder: ModelFolder, config, processor: MiniGeminiProcessor, options: dict):
    """Return the model, as `from_pretrained` with these options gives others.

    Raises:
        PatchMattersError: weights are missing, or have another shape than config and towers say.
    """
    weights = read_weights(folder)
    vision = _vision_weights(folder, config, weights)
    language = {name: tensor for name, tensor in weights.items() if not _is_vision(name)}
    config.image_token_id = processor.image_token_id
    if "quantization_config" in options:  # the words only: what sees is small
        options["quantization_config"].llm_int8_skip_modules = ["vision", "lm_head"]
    model, report = seeing(config.__class__).from_pretrained(
        None,
        config=config,
        state_dict=language | vision,
        output_loading_info=True,
        ignore_mismatched_sizes=True,
        trust_remote_code=False,
        **options,
    )
    for entry in report["mismatched_keys"]:
        if isinstance(entry, str):  # transformers 4 gives the names alone
            entry = entry, weights[entry].shape, model.get_parameter(entry).shape
        raise _misfit(folder, *entry)
    check_complete(folder.path, sorted(report["missing_keys"]))
    if (folder.path / "generation_config.json").is_file():
        model.generation_config = from_folder(GenerationConfig, folder.path)
    model.generation_config.eos_token_id = processor.ends
    return model


def _check_variant(folder: ModelFolder, config: dict) -> None:
    if not re.fullmatch(r"mlp[1-9]x_gelu", str(config["mm_projector_type"])):
        raise _unknown(folder, "mm_projector_type", config["mm_projector_type"], "mlp2x_gelu")
    expected = {"mm_vision_select_feature": "patch", "mm_use_im_start_end": False}
    for key, value in expected.items():
        if config.get(key, value) != value:
            raise _unknown(folder, key, config[key], value)
    for key in ("image_grid", "image_size_aux"):
        if type(config[key]) is not int or config[key] < 1:
            raise _unknown(folder, key, config[key], "a whole number above 0")


def _unknown(folder: ModelFolder, key: str, value, expected) -> PatchMattersError:
    return PatchMattersError(
        f"model: {folder.path.name} is not a known Mini-Gemini: {key} in its config.json "
        f"is “{value}” instead of {expected}; use one of the published MGM models."
    )


def _vision_weights(folder: ModelFolder, config, weights: Tensors) -> Tensors:
    """Return the weights of `Vision` by its own names."""
    with torch.device("meta"):
        wanted = Vision(config).state_dict()
    names = {name: _published(name) for name in wanted}
    check_complete(folder.path, [name for name in names.values() if name not in weights])
    for name, tensor in wanted.items():
        if tensor.shape != weights[names[name]].shape:
            raise _misfit(folder, names[name], weights[names[name]].shape, tensor.shape)
    return {f"vision.{name}": weights[names[name]] for name in wanted}


def _published(name: str) -> str:
    """Return what a checkpoint calls a weight of `Vision`."""
    tower, _, rest = name.partition(".")
    if tower == "vision_tower":
        return LOW.prefix + rest.removeprefix("vision_model.")  # transformers 5 leaves that out
    if tower == "vision_tower_aux":
        for ours, theirs in CONVNEXT.items():
            rest = rest.replace(ours, theirs)
        return HIGH.prefix + rest
    return f"model.{name}"


def _is_vision(name: str) -> bool:
    return name.startswith(("model.vision_tower", "model.mm_projector", "model.vlm_uni"))


def _misfit(folder: ModelFolder, name: str, found, expected) -> PatchMattersError:
    return PatchMattersError(
        f"model: {folder.path.name} has {name} in the shape {tuple(found)}, but its config.json and "
        f"its vision towers ask for {tuple(expected)}: these files do not match; download the model again."
    )


def _clip(folder: ModelFolder, weights: Tensors) -> dict:
    """Return the sizes of the low-resolution tower."""
    layers = (
        "embeddings.patch_embedding.weight",
        "embeddings.position_embedding.weight",
        "encoder.layers.0.mlp.fc1.weight",
    )
    names = [LOW.prefix + layer for layer in layers]
    check_complete(folder.path, [name for name in names if name not in weights])
    patch, positions, inner = (weights[name].shape for name in names)
    return {
        "hidden_size": patch[0],
        "patch_size": patch[-1],
        "image_size": isqrt(positions[0] - 1) * patch[-1],
        "intermediate_size": inner[0],
        "num_hidden_layers": _count(weights, LOW.prefix + "encoder.layers."),
        "num_attention_heads": max(1, patch[0] // HEAD),
    }


def _convnext(folder: ModelFolder, weights: Tensors) -> dict:
    """Return the sizes of the high-resolution tower."""
    stages = f"{HIGH.prefix}stages."
    stem = f"{HIGH.prefix}stem.0.weight"
    count = _count(weights, stages)
    widths = [f"{stages}{i}.blocks.0.conv_dw.weight" for i in range(max(1, count))]
    check_complete(folder.path, [name for name in (stem, *widths) if name not in weights])
    return {
        "num_stages": count,
        "patch_size": weights[stem].shape[-1],
        "hidden_sizes": [weights[name].shape[0] for name in widths],
        "depths": [_count(weights, f"{stages}{i}.blocks.") for i in range(count)],
    }


def _count(weights: Tensors, prefix: str) -> int:
    """Return how many numbers follow the prefix in the names."""
    return len({n[len(prefix) :].partition(".")[0] for n in weights if n.startswith(prefix)})


def _find_tower(folder: ModelFolder, tower: Tower) -> list[Path]:
    """Return the weights' files of a tower's own folder: in the model's, beside it, or one folder away."""
    trained = str(folder.config.get(tower.key, "")).replace("\\", "/").rstrip("/")
    names = {path.split("/")[-1] for path in (trained, tower.repository)} - {"", ".", ".."}
    above = folder.path.resolve().parent
    near = (folder.path, above, *above.glob("*/"), above.parent, *above.parent.glob("*/"))
    for parent in near:
        for name in sorted(names):
            for file in TOWER_FILES:
                if files := weight_files(parent / name, file):
                    return files
    raise PatchMattersError(
        f"model: {folder.path.name} has no weights of its vision tower ({tower.prefix}*), and neither is "
        f"{' or '.join(sorted(names))} beside it: put {tower.repository} there."
    )


def _tensors(files: Iterable[Path]) -> Tensors:
    found: Tensors = {}
    for file in files:
        try:
            found |= _safe(file) if file.suffix == ".safetensors" else _unpickled(file)
        except UnpicklingError as error:  # whose own words advise to read it unsafely
            raise PatchMattersError(
                f"model: {file} contains more than weights and could run code, so it is not loaded: use a "
                "version of the model with safetensors."
            ) from error
        except (SafetensorError, OSError, RuntimeError, EOFError, ValueError) as error:
            raise PatchMattersError(
                f"model: {file} cannot be read ({in_short(error)}): download the model again."
            ) from error
    return found


def _safe(file: Path) -> Tensors:
    with safe_open(file, framework="pt") as opened:
        return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118


def _unpickled(file: Path) -> Tensors:
    version = tuple(int(part) for part in re.findall(r"\d+", torch.__version__)[:2])
    if version < (2, 6):  # before, a prepared file ran code in spite of weights_only
        raise PatchMattersError(
            f"model: {file} is a pickle, which this PyTorch ({torch.__version__}) cannot read "
            "safely: convert it to safetensors, or install PyTorch 2.6 or newer."
        )
    return torch.load(file, map_location="cpu", weights_only=True, mmap=is_zipfile(file))
