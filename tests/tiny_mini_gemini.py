"""Tiny Mini-Gemini checkpoints in the layout of the published ones, random weights.

Written name by name, as the authors' code saves them, not by the pack's own classes. Each weight is
drawn by its name alone, from a generator whose stream NumPy keeps, so a checkpoint is the same on
every machine. `tests/mini_gemini/record.py` gave these files to the authors' code.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file

QUESTION = "Describe what is in this picture."
HERE = Path(__file__).parent / "mini_gemini"  # with two SentencePiece models of 420 and 440 pieces


@dataclass(frozen=True)
class Towers:
    """The sizes of a CLIP ViT and a ConvNeXt."""

    clip: dict
    widths: tuple[int, ...]
    depths: tuple[int, ...]


TOWERS = Towers(
    clip={
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 3,
        "num_attention_heads": 1,
        "image_size": 56,
        "patch_size": 14,
    },
    widths=(8, 16, 32, 64),
    depths=(1, 1, 2, 1),
)
LANGUAGE = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 4096,
    "rms_norm_eps": 1e-6,
}
LLAMA = {**LANGUAGE, "model_type": "mgm", "vocab_size": 420, "num_key_value_heads": 2}
LLAMA |= {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "tie_word_embeddings": False}
GEMMA = {**LANGUAGE, "model_type": "mgm_gemma", "vocab_size": 440, "num_key_value_heads": 1}
GEMMA |= {"head_dim": 16, "hidden_act": "gelu_pytorch_tanh", "pad_token_id": 0}
GEMMA |= {"eos_token_id": 1, "bos_token_id": 2}
MIXTRAL = {**LLAMA, "model_type": "mgm_mixtral", "num_local_experts": 4}
MIXTRAL |= {"num_experts_per_tok": 2, "sliding_window": None}
SEES = {
    "image_aspect_ratio": "pad",
    "mm_projector_type": "mlp2x_gelu",
    "mm_use_im_patch_token": False,
    "mm_use_im_start_end": False,
    "mm_vision_select_feature": "patch",
    "mm_vision_select_layer": -2,
    "mm_vision_tower": "model_zoo/OpenAI/clip-vit-large-patch14-336",
    "mm_vision_tower_aux": "model_zoo/OpenAI/"
    "openclip-convnext-large-d-320-laion2B-s29B-b131K-ft-soup",
    "optimize_vision_tower": False,
    "optimize_vision_tower_aux": False,
    "use_mm_proj": True,
}
LOW = "model.vision_tower.vision_tower.vision_model."
HIGH = "model.vision_tower_aux.vision_"


def image(width: int, height: int = 0) -> Image.Image:
    """Noise on a slope, square if no height is given; the same on every machine."""
    noise = np.random.RandomState(5).randint(0, 128, (height or width, width, 3))
    slope = np.linspace(0, 127, width).astype(int)[None, :, None]
    return Image.fromarray((noise + slope).astype(np.uint8))


def tensor(name: str, *shape: int) -> torch.Tensor:
    """A weight by its name: norms near one, biases near nought, the rest as wide as it is deep."""
    drawn = np.random.RandomState(crc32(name.encode())).standard_normal(shape)
    norm = "norm" in name or name.endswith(("stem.1.weight", "downsample.0.weight", "gamma"))
    if name.endswith(".bias") or (norm and len(shape) == 1):
        drawn = drawn * 0.1 + (norm and not name.endswith("bias"))
    elif "embed_tokens" in name:
        drawn = drawn * 0.3
    else:
        drawn = drawn * 1.5 / np.sqrt(np.prod(shape[1:]) or 1)
    return torch.from_numpy(drawn.astype(np.float32))


def _linear(name: str, out: int, into: int, bias: bool = True) -> dict:
    return {f"{name}.weight": (out, into), **({f"{name}.bias": (out,)} if bias else {})}


def _norm(name: str, width: int) -> dict:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _clip_shapes(clip: dict) -> dict:
    width, inner = clip["hidden_size"], clip["intermediate_size"]
    positions = (clip["image_size"] // clip["patch_size"]) ** 2 + 1
    shapes = {
        "embeddings.class_embedding": (width,),
        "embeddings.patch_embedding.weight": (width, 3, clip["patch_size"], clip["patch_size"]),
        "embeddings.position_embedding.weight": (positions, width),
        **_norm("pre_layrnorm", width),
        **_norm("post_layernorm", width),
    }
    for i in range(clip["num_hidden_layers"]):
        layer = f"encoder.layers.{i}"
        for part in "qkv":
            shapes |= _linear(f"{layer}.self_attn.{part}_proj", width, width)
        shapes |= _linear(f"{layer}.self_attn.out_proj", width, width)
        shapes |= _linear(f"{layer}.mlp.fc1", inner, width)
        shapes |= _linear(f"{layer}.mlp.fc2", width, inner)
        shapes |= _norm(f"{layer}.layer_norm1", width) | _norm(f"{layer}.layer_norm2", width)
    return {LOW + name: shape for name, shape in shapes.items()}


def _convnext_shapes(widths: tuple[int, ...], depths: tuple[int, ...]) -> dict:
    shapes = {"stem.0.weight": (widths[0], 3, 4, 4), "stem.0.bias": (widths[0],)}
    shapes |= _norm("stem.1", widths[0])
    for i, (width, depth) in enumerate(zip(widths, depths)):
        if i:
            shapes |= _norm(f"stages.{i}.downsample.0", widths[i - 1])
            shapes[f"stages.{i}.downsample.1.weight"] = (width, widths[i - 1], 2, 2)
            shapes[f"stages.{i}.downsample.1.bias"] = (width,)
        for j in range(depth):
            block = f"stages.{i}.blocks.{j}"
            shapes[f"{block}.gamma"] = (width,)
            shapes |= {f"{block}.conv_dw.weight": (width, 1, 7, 7)}
            shapes |= {f"{block}.conv_dw.bias": (width,), **_norm(f"{block}.norm", width)}
            shapes |= _linear(f"{block}.mlp.fc1", 4 * width, width)
            shapes |= _linear(f"{block}.mlp.fc2", width, 4 * width)
    return {HIGH + name: shape for name, shape in shapes.items()}


def _language_shapes(config: dict) -> dict:
    width, inner = config["hidden_size"], config["intermediate_size"]
    head = config.get("head_dim", width // config["num_attention_heads"])
    shapes = {
        "model.embed_tokens.weight": (config["vocab_size"], width),
        "model.norm.weight": (width,),
    }
    if not config.get("tie_word_embeddings", True):
        shapes["lm_head.weight"] = (config["vocab_size"], width)
    for i in range(config["num_hidden_layers"]):
        layer = f"model.layers.{i}"
        heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
        for part, count in {"q": heads, "k": groups, "v": groups}.items():
            shapes |= _linear(f"{layer}.self_attn.{part}_proj", count * head, width, bias=False)
        shapes |= _linear(f"{layer}.self_attn.o_proj", width, heads * head, bias=False)
        experts = config.get("num_local_experts", 0)
        for j in range(experts):
            expert = f"{layer}.block_sparse_moe.experts.{j}"
            shapes |= {f"{expert}.w1.weight": (inner, width), f"{expert}.w3.weight": (inner, width)}
            shapes |= {f"{expert}.w2.weight": (width, inner)}
        if experts:
            shapes[f"{layer}.block_sparse_moe.gate.weight"] = (experts, width)
        else:
            for part in ("gate", "up"):
                shapes |= _linear(f"{layer}.mlp.{part}_proj", inner, width, bias=False)
            shapes |= _linear(f"{layer}.mlp.down_proj", width, inner, bias=False)
        shapes[f"{layer}.input_layernorm.weight"] = (width,)
        shapes[f"{layer}.post_attention_layernorm.weight"] = (width,)
    return shapes


def _joint_shapes(config: dict, towers: Towers) -> dict:
    low, high, width = towers.clip["hidden_size"], sum(towers.widths), config["hidden_size"]
    shapes = _linear("model.mm_projector.0", width, low) | _linear(
        "model.mm_projector.2", width, width
    )
    for part, into in {"query": low, "aux": high, "val": high}.items():
        shapes |= _norm(f"model.vlm_uni_{part}_projector.0", into)
        shapes |= _linear(f"model.vlm_uni_{part}_projector.1", low, into)
    return shapes


def shapes(config: dict, towers: Towers = TOWERS) -> dict[str, tuple[int, ...]]:
    """Of all weights of a checkpoint, by their published names."""
    see = _clip_shapes(towers.clip) | _convnext_shapes(towers.widths, towers.depths)
    return _language_shapes(config) | _joint_shapes(config, towers) | see


def weights(config: dict) -> dict[str, torch.Tensor]:
    """All of a tiny checkpoint."""
    return {name: tensor(name, *shape) for name, shape in shapes(config).items()}


def write_weights(
    folder: Path,
    wanted: dict[str, tuple[int, ...]],
    make: Callable[..., torch.Tensor] = tensor,
    shards: int = 2,
) -> None:
    """Shards of safetensors and their index; one shard is in memory at a time."""
    places = {
        name: f"model-{i * shards // len(wanted) + 1:05}-of-{shards:05}.safetensors"
        for i, name in enumerate(wanted)
    }
    index = {"metadata": {}, "weight_map": places}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    for file in set(places.values()):
        held = {name: make(name, *shape) for name, shape in wanted.items() if places[name] == file}
        save_file(held, folder / file, metadata={"format": "pt"})


def write(folder: Path, config: dict = LLAMA, *, hd: bool = False, towers: bool = True) -> Path:
    """A folder as one of the published, tiny.

    Args:
        hd: the image grid of the HD variants.
        towers: whether the two vision towers are among the weights.
    """
    write_texts(folder, config, hd=hd)
    wanted = shapes(config)
    if not towers:
        wanted = {n: s for n, s in wanted.items() if not n.startswith((LOW, HIGH))}
    write_weights(folder, wanted)
    return folder


def write_texts(
    folder: Path, config: dict, towers: Towers = TOWERS, *, hd: bool = False, dtype: str = "float32"
) -> None:
    """All but the weights: config, tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    grid = 2 if hd else 1
    tokens = towers.clip["image_size"] // towers.clip["patch_size"]
    sizes = {"mm_hidden_size": towers.clip["hidden_size"], "mm_hidden_size_aux": sum(towers.widths)}
    sizes |= {"image_grid": grid, "image_global": hd, "image_size_aux": 32 * tokens * grid}
    full = {**config, **SEES, **sizes, "torch_dtype": dtype, "architectures": ["MGMForCausalLM"]}
    (folder / "config.json").write_text(json.dumps(full, indent=1))
    gemma = config["model_type"].endswith("gemma")
    shutil.copy(HERE / ("gemma.model" if gemma else "vicuna.model"), folder / "tokenizer.model")
    names = ("<bos>", "<eos>", "<unk>") if gemma else ("<s>", "</s>", "<unk>")
    tokenizer = {
        "tokenizer_class": "GemmaTokenizer" if gemma else "LlamaTokenizer",
        "add_bos_token": True,
        "add_eos_token": False,
        "legacy": False,
        "model_max_length": 4096,
        "padding_side": "right",
        **dict(zip(("bos_token", "eos_token", "unk_token"), names)),
    }
    if gemma:
        tokenizer["pad_token"] = "<pad>"
        tokenizer["additional_special_tokens"] = ["<start_of_turn>", "<end_of_turn>"]
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))


def mgm_vicuna(folder: Path) -> Path:
    return write(folder)


def mgm_gemma_hd(folder: Path) -> Path:
    return write(folder, GEMMA, hd=True)
