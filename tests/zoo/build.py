"""Tiny checkpoints of any architecture of transformers: its own classes, their sizes cut down, random weights.

A row of `table.py` says what cutting down by rule leaves wrong. What the models say means nothing; caches,
processors, templates and files are the real ones.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from pathlib import Path

import tiny
import torch
import transformers
from tiny_towers import lively
from transformers import CONFIG_MAPPING, PreTrainedTokenizerFast

SIZES = {
    **dict.fromkeys(("hidden_size", "embed_dim", "d_model", "n_embed", "out_hidden_size"), 32),
    **dict.fromkeys(("projection_dim", "projector_dim", "connector_hidden_size"), 32),
    **dict.fromkeys(("intermediate_size", "mlp_dim", "ffn_dim", "intermediate_size_mlp"), 64),
    **dict.fromkeys(("moe_intermediate_size", "shared_expert_intermediate_size"), 32),
    **dict.fromkeys(("num_hidden_layers", "depth", "num_layers", "n_layers"), 2),
    **dict.fromkeys(("num_attention_heads", "num_heads", "attention_heads", "n_heads"), 2),
    **dict.fromkeys(("num_key_value_heads", "num_kv_heads"), 1),
    **dict.fromkeys(("num_experts", "n_routed_experts", "num_local_experts", "moe_num_experts"), 4),
    **dict.fromkeys(("num_experts_per_tok", "moe_topk", "moe_k"), 2),
    **dict.fromkeys(("linear_num_key_heads", "linear_num_value_heads"), 2),
    **dict.fromkeys(("linear_key_head_dim", "linear_value_head_dim", "head_dim"), 16),
    **dict.fromkeys(("q_lora_rank", "kv_lora_rank", "v_head_dim"), 16),
    **dict.fromkeys(("qk_rope_head_dim", "qk_nope_head_dim"), 8),
    **dict.fromkeys(("n_group", "topk_group", "n_shared_experts"), 1),
    "max_position_embeddings": 8192,
    "sliding_window": 16,
    "image_size": 56,
    "patch_size": 14,
    "mrope_section": [2, 3, 3],
    "initializer_range": 0.02,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}


ORDINARY = {"bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token"}


@dataclass(frozen=True)
class Kind:
    """What a tiny checkpoint of an architecture needs beside the rules.

    Attributes:
        image: what stands for an image in the chat template; None where the template is not usual.
        template: the chat template, if it is another than the usual one; "" for a model without one.
        tokens: special tokens by the name that processor and config know them under (`image_token`),
            where `<image>` would not do; empty for one that the tokenizer does not name.
        config: fields of the config that the rules leave wrong; dicts go into the nested ones.
        images: how the image processor is made; and, where it differs, the video processor.
        ids: tokens whose ids (or lists of them) are fields of the config under another name.
        vocabulary: tokens for the codes of images (of sounds); a `vocabulary_map` of the config gives their ids.
        parts: kinds of nested configs that the config has none of by itself.
        processor: further arguments of the processor.
        package: what it needs beside transformers.
        classes: of transformers, where its tables do not name them: model, processor, image, video.
    """

    image: str | None = None
    template: str | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str | list[str]] = field(default_factory=dict)
    vocabulary: tuple[str, ...] = ()
    config: dict = field(default_factory=dict)
    images: dict = field(default_factory=dict)
    videos: dict = field(default_factory=dict)
    processor: dict = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    package: str = ""


def known(name: str) -> bool:
    """Whether this transformers has the architecture for images and text."""
    # transformers 4 does not find LFM2-VL again, whose config names it otherwise than the mapping.
    found = name in CONFIG_MAPPING and CONFIG_MAPPING[name].model_type in CONFIG_MAPPING
    return found and any(name in names for names in _models())


def make(name: str, kind: Kind, folder: Path) -> Path:
    """Write a tiny checkpoint of an architecture as its real ones are written."""
    processor_class = _class(kind, "processor", name)
    fields = CONFIG_MAPPING[name]().to_dict()
    named, others = _tokens(kind, processor_class, fields)
    unnamed = dict.fromkeys(
        text for text in (*others, *kind.vocabulary) if text not in named.values()
    )
    tokenizer = tiny.tokenizer(
        *dict.fromkeys([*named.values(), *unnamed]),
        kind=_tokenizer_class(processor_class),
        extra_special_tokens={**named, **{f"other_{i}_token": t for i, t in enumerate(unnamed)}},
    )
    template = kind.template
    if template is None:
        image = kind.image or named.get("image_token", "<image>")
        template = tiny.LLAVA_TEMPLATE.replace("<image>", image)
    # Before the model: some processors of transformers 4 add tokens.
    _processor(name, kind, processor_class, tokenizer, named, template).save_pretrained(folder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = _model_class(name, kind)._from_config(_config(name, kind, fields, named, tokenizer))
    model = lively(model.float(), 6)
    model.generation_config.eos_token_id, model.generation_config.pad_token_id = 2, 0
    model.save_pretrained(folder)
    return folder


def _tokens(kind: Kind, processor_class, fields: dict) -> tuple[dict[str, str], list[str]]:
    """The special tokens that processor and config ask for: by name, and those without one."""
    source = inspect.getsource(processor_class)
    wanted = inspect.signature(processor_class.__init__).parameters
    names = {
        *re.findall(r"tokenizer\.(\w+_token)\b", source),
        *(m[1] for key in fields if (m := re.fullmatch(r"(\w+_token)_(?:id|index)", key))),
    }
    named = {name: f"<{name.removesuffix('_token')}>" for name in sorted(names - ORDINARY)}
    for name, parameter in wanted.items():
        if name.endswith("_token") and isinstance(parameter.default, str):
            named[name] = parameter.default
    named = {name: text for name, text in {**named, **kind.tokens}.items() if text}
    return named, re.findall(r'<[^"\'<> {}]+>|\[[A-Z_]+\]', source)


def _class(kind: Kind, part: str, name: str):
    if part in kind.classes:
        return getattr(transformers, kind.classes[part])
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES as NAMES

    return getattr(transformers, NAMES[name])


def _model_class(name: str, kind: Kind):
    if "model" in kind.classes:
        return getattr(transformers, kind.classes["model"])
    return getattr(transformers, next(names[name] for names in _models() if name in names))


def _models() -> tuple[dict, dict]:
    from transformers.models.auto import modeling_auto as auto

    return (
        auto.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
        auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    )


def _tokenizer_class(processor_class):
    """transformers 4 insists on the processor's own; 5 has one for all."""
    named = getattr(processor_class, "tokenizer_class", None)
    names = [named] if isinstance(named, str) else list(named or ())
    fast = [n for n in names if n and n.endswith("Fast")]
    if not transformers.__version__.startswith("4.") or not fast:
        return PreTrainedTokenizerFast
    return getattr(transformers, fast[0])


def _config(name: str, kind: Kind, fields: dict, named: dict[str, str], tokenizer):
    fields = _smaller(fields, len(tokenizer))
    for token, text in named.items():
        for key in (f"{token}_id", f"{token}_index"):
            if key in fields:
                fields[key] = tokenizer.convert_tokens_to_ids(text)
    for key, text in kind.ids.items():
        fields[key] = tokenizer.convert_tokens_to_ids(text)
    if "vocabulary_map" in fields:
        fields["vocabulary_map"] = {
            text: tokenizer.convert_tokens_to_ids(text) for text in kind.vocabulary
        }
    for key, kind_of in kind.parts.items():
        fields[key] = _smaller(CONFIG_MAPPING[kind_of]().to_dict(), len(tokenizer))
    _merge(fields, kind.config)
    for key in ("transformers_version", "architectures", "dtype", "torch_dtype", "model_type"):
        fields.pop(key, None)
    return CONFIG_MAPPING[name](**fields)


def _smaller(fields: dict, vocabulary: int) -> dict:
    """A config's fields by the rules; a list with one entry a layer keeps one layer of each kind."""
    kinds = fields.get("layer_types")
    kinds = list(dict.fromkeys(kinds)) if kinds else None
    if kinds and len(kinds) == 1:
        kinds = kinds * 2
    layers = len(kinds) if kinds else 2
    before = fields.get("num_hidden_layers")
    small = {}
    for key, value in fields.items():
        if isinstance(value, dict):
            small[key] = {} if key == "per_layer_config" else _smaller(value, vocabulary)
        elif key in ("num_hidden_layers", "num_layers") and value is not None:
            small[key] = layers
        elif key == "layer_types":
            small[key] = kinds
        elif key in ("vocab_size", "unpadded_vocab_size"):
            small[key] = vocabulary
        elif isinstance(value, list) and len(value) == before and len(value) > 2:
            small[key] = value[:layers]
        elif key in SIZES and isinstance(value, list) and not isinstance(SIZES[key], list):
            small[key] = [SIZES[key]] * len(value)
        elif key in SIZES and value is not None:
            small[key] = SIZES[key]
        else:
            small[key] = value
    return small


def _merge(fields: dict, changes: dict) -> None:
    for key, value in changes.items():
        if key == "rope_scaling":  # the name that both majors take
            fields.pop("rope_parameters", None)
        if isinstance(value, dict) and isinstance(fields.get(key), dict):
            _merge(fields[key], value)
        else:
            fields[key] = value


def _processor(name: str, kind: Kind, processor_class, tokenizer, named, template: str):
    wanted = inspect.signature(processor_class.__init__).parameters
    parts = {"tokenizer": tokenizer}
    if template and not {"chat_template", "kwargs"} & set(wanted):
        tokenizer.chat_template = template  # the only part that can keep it
    elif template:
        parts["chat_template"] = template
    if "image_processor" in wanted:
        image = _part(name, kind, "image", getattr(processor_class, "image_processor_class", None))
        parts["image_processor"] = image(**kind.images)
    if "video_processor" in wanted:
        video = _part(name, kind, "video")
        options = {
            k: v for k, v in kind.images.items() if k in ("size", "patch_size", "merge_size")
        }
        parts["video_processor"] = video(**options, **kind.videos) if video else None
    if "qformer_tokenizer" in wanted:
        parts["qformer_tokenizer"] = tiny.tokenizer()
    for name_of_part in {"feature_extractor", "audio_processor"} & set(wanted):
        audio = _part(name, kind, "audio")
        parts[name_of_part] = audio() if audio else None
    parts |= {key: value for key, value in named.items() if key in wanted}
    return processor_class(**parts, **kind.processor)


def _part(name: str, kind: Kind, what: str, demanded=None):
    """The class of a part; `demanded` is the one that a processor of transformers 4 insists on."""
    if isinstance(demanded, str) and not demanded.startswith("Auto"):
        return getattr(transformers, demanded)
    if what in kind.classes:
        return getattr(transformers, kind.classes[what])
    if what == "image":
        from transformers.models.auto.image_processing_auto import (
            IMAGE_PROCESSOR_MAPPING_NAMES as NAMES,
        )
    elif what == "video":
        from transformers.models.auto.video_processing_auto import (
            VIDEO_PROCESSOR_MAPPING_NAMES as NAMES,
        )
    else:
        from transformers.models.auto.feature_extraction_auto import (
            FEATURE_EXTRACTOR_MAPPING_NAMES as NAMES,
        )
    found = NAMES.get(name)
    if isinstance(found, dict):
        found = found.get("torchvision") or found.get("pil")
    if isinstance(found, tuple):  # transformers 4: slow and fast
        found = found[1] or found[0]
    return getattr(transformers, found) if found else None
