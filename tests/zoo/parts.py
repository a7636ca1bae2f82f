"""Fields that several rows of the table share."""

from __future__ import annotations

import tiny
import transformers


def sized(side: int, **others) -> dict:
    return {"size": {"height": side, "width": side}, **others}


def pixels(least: int, most: int, **others) -> dict:
    return {"size": {"shortest_edge": least**2, "longest_edge": most**2}, **others}


def mrope(*section: int, **others) -> dict:
    return {
        "rope_scaling": {
            "rope_type": "default",
            "rope_theta": 1e4,
            "mrope_section": list(section),
            **others,
        }
    }


QWEN = {
    "template": tiny.QWEN_TEMPLATE,
    "tokens": {
        "image_token": "<|image_pad|>",
        "video_token": "<|video_pad|>",
        "vision_start_token": "<|vision_start|>",
        "vision_end_token": "<|vision_end|>",
        "im_start": "<|im_start|>",
        "im_end": "<|im_end|>",
    },
}
QWEN3 = {
    **QWEN,
    "images": pixels(28, 112),
    "config": {"text_config": mrope(2, 3, 3, mrope_interleaved=True)},
}
AUDIO = {
    "encoder_layers": 1,
    "encoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "output_dim": 32,
}
OMNI_CLASSES = {
    "image": "Qwen2VLImageProcessor",
    "video": "Qwen2VLVideoProcessor",
    "audio": "WhisperFeatureExtractor",
}
OLD = transformers.__version__.startswith("4.")
PINPOINTS = [[56, 112], [112, 56], [112, 112]]
CLIP = {"size": {"shortest_edge": 56}, "crop_size": {"height": 56, "width": 56}}
LLAVA = {
    "patch_size": 14,
    "num_additional_image_tokens": 1,
    "vision_feature_select_strategy": "default",
}
GRID = {
    "images": {**CLIP, "image_grid_pinpoints": PINPOINTS},
    "config": {"image_grid_pinpoints": PINPOINTS},
    "processor": LLAVA,
}
BLIP2 = {
    "template": "",
    "tokens": {"image_token": ""},
    "images": sized(56),
    "processor": {"num_query_tokens": 4},
    "ids": {"image_token_index": "<image>"},
    "config": {"num_query_tokens": 4, "text_config": {"word_embed_proj_dim": 32}},
}
IDEFICS3 = {
    "images": {"size": {"longest_edge": 112}, "max_image_size": {"longest_edge": 56}},
    "processor": {"image_seq_len": 4},
}
INKLING_VISION = {
    "patch_size": 20,
    "text_hidden_size": 32,
    "projection_hidden_dim": 64,
    "posemb_grid_size": 4,
}
INKLING_TEXT = {
    "layer_types": ["hybrid_sliding", "hybrid"],
    "swa_num_attention_heads": 2,
    "swa_num_key_value_heads": 1,
    "swa_head_dim": 16,
    "sliding_window_size": 16,
    "n_layers_per_attn_res_block": 1,
}
JANUS = 336 if OLD else 56  # px; the processor of transformers 4 writes 576 tokens for any size
