"""Tiny Mini-Gemini checkpoints in the layout of the published ones, random weights.

Written name by name, as the authors' code saves them, not by the pack's own classes. Each weight is
drawn by its name alone, from a generator whose stream NumPy keeps, so a checkpoint is the same on
every machine. `tests/mini_gemini/record.py` gave these files to the authors' code.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file

QUESTION = "Describe what is in this picture."
HERE = Path(__file__).parent / "mini_gemini"  # with two SentencePiece models of 420 and 440 pieces
CLIP = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 3, "image_size": 56}
CLIP |= {"num_attention_heads": 1, "patch_size": 14}
WIDTHS, DEPTHS = (8, 16, 32, 64), (1, 1, 2, 1)
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
    "mm_hidden_size": 64,
    "mm_hidden_size_aux": sum(WIDTHS),
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


def picture(width: int, height: int = 0) -> Image.Image:
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


def _clip_shapes() -> dict:
    width, inner = CLIP["hidden_size"], CLIP["intermediate_size"]
    positions = (CLIP["image_size"] // CLIP["patch_size"]) ** 2 + 1
    shapes = {
        "embeddings.class_embedding": (width,),
        "embeddings.patch_embedding.weight": (width, 3, CLIP["patch_size"], CLIP["patch_size"]),
        "embeddings.position_embedding.weight": (positions, width),
        **_norm("pre_layrnorm", width),
        **_norm("post_layernorm", width),
    }
    for i in range(CLIP["num_hidden_layers"]):
        layer = f"encoder.layers.{i}"
        for part in "qkv":
            shapes |= _linear(f"{layer}.self_attn.{part}_proj", width, width)
        shapes |= _linear(f"{layer}.self_attn.out_proj", width, width)
        shapes |= _linear(f"{layer}.mlp.fc1", inner, width)
        shapes |= _linear(f"{layer}.mlp.fc2", width, inner)
        shapes |= _norm(f"{layer}.layer_norm1", width) | _norm(f"{layer}.layer_norm2", width)
    return {LOW + name: shape for name, shape in shapes.items()}


def _convnext_shapes() -> dict:
    shapes = {"stem.0.weight": (WIDTHS[0], 3, 4, 4), "stem.0.bias": (WIDTHS[0],)}
    shapes |= _norm("stem.1", WIDTHS[0])
    for i, (width, depth) in enumerate(zip(WIDTHS, DEPTHS)):
        if i:
            shapes |= _norm(f"stages.{i}.downsample.0", WIDTHS[i - 1])
            shapes[f"stages.{i}.downsample.1.weight"] = (width, WIDTHS[i - 1], 2, 2)
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


def _joint_shapes(config: dict) -> dict:
    low, high, width = CLIP["hidden_size"], sum(WIDTHS), config["hidden_size"]
    shapes = _linear("model.mm_projector.0", width, low) | _linear(
        "model.mm_projector.2", width, width
    )
    for part, into in {"query": low, "aux": high, "val": high}.items():
        shapes |= _norm(f"model.vlm_uni_{part}_projector.0", into)
        shapes |= _linear(f"model.vlm_uni_{part}_projector.1", low, into)
    return shapes


def weights(config: dict, *, towers: bool = True) -> dict[str, torch.Tensor]:
    """All of a checkpoint, by its published names."""
    shapes = _language_shapes(config) | _joint_shapes(config)
    if towers:
        shapes |= _clip_shapes() | _convnext_shapes()
    return {name: tensor(name, *shape) for name, shape in shapes.items()}


def write(folder: Path, config: dict = LLAMA, *, hd: bool = False, towers: bool = True) -> Path:
    """A folder as one of the published: config, tokenizer.model, two shards of safetensors.

    Args:
        hd: the image grid of the HD variants.
        towers: whether the two vision towers are among the weights.
    """
    folder.mkdir(parents=True, exist_ok=True)
    grid = {"image_grid": 2, "image_global": True, "image_size_aux": 256}
    plain = {"image_grid": 1, "image_global": False, "image_size_aux": 128}
    full = {**config, **SEES, **(grid if hd else plain), "torch_dtype": "float32"}
    full["architectures"] = ["MGMForCausalLM"]
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
    shards: dict[str, dict] = {}
    for name, value in weights(config, towers=towers).items():
        first = name.startswith(("model.layers.0.", "model.embed_tokens", LOW))
        shards.setdefault(f"model-0000{1 if first else 2}-of-00002.safetensors", {})[name] = value
    places = {name: file for file, part in shards.items() for name in part}
    index = {"metadata": {}, "weight_map": places}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    for file, part in shards.items():
        save_file(part, folder / file, metadata={"format": "pt"})
    return folder


def mgm_vicuna(folder: Path) -> Path:
    return write(folder)


def mgm_gemma_hd(folder: Path) -> Path:
    return write(folder, GEMMA, hd=True)
