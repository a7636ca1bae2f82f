"""Tiny checkpoints of models that only describe (see `tiny.py`)."""

from __future__ import annotations

from pathlib import Path

import torch
from tiny_language import LLAMA, tokenizer, tokenizer_kind
from tiny_towers import TOWER, blip, save


def paligemma2(folder: Path) -> Path:
    """PaliGemma 2: no chat template, but a task."""
    from transformers import (
        PaliGemmaConfig,
        PaliGemmaForConditionalGeneration,
        PaliGemmaProcessor,
        SiglipImageProcessor,
    )

    own = {"image_token": "<image>"}
    t = tokenizer("<image>", kind=tokenizer_kind("GemmaTokenizerFast"), extra_special_tokens=own)
    images = SiglipImageProcessor(size={"height": 28, "width": 28})
    images.image_seq_length = 4
    processor = PaliGemmaProcessor(image_processor=images, tokenizer=t)
    config = PaliGemmaConfig(
        text_config={
            "model_type": "gemma2",
            **LLAMA,
            "head_dim": 16,
            "vocab_size": len(t),
            "sliding_window": 16,
        },
        vision_config={
            "model_type": "siglip_vision_model",
            **TOWER,
            "image_size": 28,
            "patch_size": 14,
            "projection_dim": 32,
            "vision_use_head": False,
        },
        projection_dim=32,
        hidden_size=32,
        image_token_index=t.convert_tokens_to_ids("<image>"),
        vocab_size=len(t),
    )
    torch.manual_seed(0)
    return save(folder, PaliGemmaForConditionalGeneration(config), processor)


def florence2(folder: Path) -> Path:
    """Florence-2: an encoder and a decoder, asked by a task's name."""
    from transformers import (
        CLIPImageProcessor,
        Florence2Config,
        Florence2ForConditionalGeneration,
        Florence2Processor,
    )

    own = {"image_token": "<image>"}
    t = tokenizer("<image>", kind=tokenizer_kind("BartTokenizerFast"), extra_special_tokens=own)
    images = CLIPImageProcessor(size={"height": 64, "width": 64}, do_center_crop=False)
    images.image_seq_length = 5  # 2 x 2 of the picture, and their mean
    config = Florence2Config(
        text_config={
            "model_type": "bart",
            "d_model": 32,
            "encoder_layers": 2,
            "decoder_layers": 2,
            "encoder_attention_heads": 2,
            "decoder_attention_heads": 2,
            "encoder_ffn_dim": 64,
            "decoder_ffn_dim": 64,
            "vocab_size": len(t),
            "pad_token_id": 0,
            "bos_token_id": 1,
            "eos_token_id": 2,
            "decoder_start_token_id": 2,
            "forced_eos_token_id": 2,
            "init_std": 0.5,  # so that it says more than one letter
        },
        vision_config={
            "depths": [1, 1, 1, 1],
            "embed_dim": [8, 16, 32, 32],
            "num_heads": [2, 2, 2, 2],
            "num_groups": [2, 2, 2, 2],
            "window_size": 4,
            "projection_dim": 32,
        },
        image_token_id=t.convert_tokens_to_ids("<image>"),
    )
    torch.manual_seed(0)
    return save(folder, Florence2ForConditionalGeneration(config), Florence2Processor(images, t))


def blip_captioner(folder: Path) -> Path:
    return blip(folder, retrieval=False)
