"""What several rows of the table have in common."""

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
OLD = transformers.__version__.startswith("4.")
PINPOINTS = [[56, 112], [112, 56], [112, 112]]
CLIP = {"size": {"shortest_edge": 56}, "crop_size": {"height": 56, "width": 56}}
GRID = {
    "images": {**CLIP, "image_grid_pinpoints": PINPOINTS},
    "config": {"image_grid_pinpoints": PINPOINTS},
    "processor": {
        "patch_size": 14,
        "num_additional_image_tokens": 1,
        "vision_feature_select_strategy": "default",
    },
}

JANUS = 336 if OLD else 56  # px; the processor of transformers 4 writes 576 tokens for any size
