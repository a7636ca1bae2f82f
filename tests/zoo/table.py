"""The architectures: what each needs beside the rules of `build.py`. A new one is a row."""

from __future__ import annotations

import tiny
import transformers

from .build import Kind


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

KINDS: dict[str, Kind] = {
    "aria": Kind(images={"max_image_size": 490, "min_image_size": 336}),
    "aya_vision": Kind(
        images=sized(56, max_patches=4),
        processor={"patch_size": 14, "img_size": 56, "downsample_factor": 2},
        ids={"image_token_id": "<|IMG_PATCH|>", "image_token_index": "<|IMG_PATCH|>"},
        classes={"image": "GotOcr2ImageProcessor"},
    ),
    "cohere2_vision": Kind(images=sized(56, max_patches=4, patch_size=2)),
    "deepseek_vl": Kind(images=sized(56), processor={"num_image_tokens": 16}),
    "deepseek_vl_hybrid": Kind(
        images=sized(56, high_res_size={"height": 56, "width": 56}),
        processor={"num_image_tokens": 16},
        config={"high_res_vision_config": {"global_attn_indexes": [1]}},
    ),
    "exaone4_5": Kind(images=pixels(28, 112)),
    "gemma3": Kind(
        image="<boi>",
        images=sized(56),
        processor={"image_seq_length": 4},
        config={"mm_tokens_per_image": 4},
    ),
    "gemma4": Kind(parts={"vision_config": "gemma4_vision"}, images={"patch_size": 14}),
    "gemma4_unified": Kind(
        parts={"vision_config": "gemma4_unified_vision"}, images={"patch_size": 14}
    ),
    "glm46v": Kind(images=pixels(56, 112), config={"text_config": mrope(2, 3, 3)}),
    "glm4v": Kind(images=pixels(56, 112), config={"text_config": mrope(2, 3, 3)}),
    "glm4v_moe": Kind(
        images=pixels(56, 112),
        config={"text_config": mrope(1, 1, 2)},
        classes={"image": "Glm4vImageProcessor", "video": "Glm4vVideoProcessor"},
    ),
    "granite4_vision": Kind(
        images={**CLIP, "image_grid_pinpoints": PINPOINTS},
        config={
            "image_grid_pinpoints": PINPOINTS,
            "downsample_rate": "1/2",
            "deepstack_layer_map": [[-1, 0]],
            "spatial_target_layers": [1],
            "vision_config": {"hidden_size": 64},
            "qformer_config": {"hidden_size": 64, "encoder_hidden_size": 64},
        },
        processor={
            "patch_size": 14,
            "downsample_rate": "1/2",
            "vision_feature_select_strategy": "full",
        },
    ),
    "granite_docling": Kind(images=sized(56, max_patches=4), processor={"image_seq_len": 1}),
    "hunyuan_vl": Kind(
        image="<image_start><image><image_end>",
        images=pixels(28, 112, patch_size=14),
        config={"text_config": {"head_dim": 16, **mrope(2, 2, 2, 2)}},
    ),
    "hyperclovax_vision_v2": Kind(),
    "idefics2": Kind(images={"size": {"shortest_edge": 28, "longest_edge": 56}}),
    "idefics3": Kind(
        images={"size": {"longest_edge": 112}, "max_image_size": {"longest_edge": 56}},
        processor={"image_seq_len": 4},
    ),
    "inkling_mm_model": Kind(config={"vision_config": {"patch_size": 40}}),
    "internvl": Kind(
        image="<context_image>",
        images=sized(56, max_patches=4),
        processor={"image_seq_length": 4},
        ids={"image_token_id": "<context_image>"},
        classes={"image": "GotOcr2ImageProcessor", "video": "InternVLVideoProcessor"},
    ),
    "janus": Kind(
        images=sized(JANUS),
        processor={"num_image_tokens": (JANUS // 14) ** 2},
        config={"vision_config": {"image_size": JANUS}},
    ),
    "kimi_k25": Kind(
        images={"size": {"max_height": 112, "max_width": 112}},
        config={
            "projection_hidden_size": 32,
            "text_config": {"head_dim": 8, "num_key_value_heads": 2},
        },
    ),
    "lfm2_vl": Kind(
        tokens={
            "image_token": "<image>",
            "image_thumbnail": "<|img_thumbnail|>",
            "image_start_token": "<|image_start|>",
            "image_end_token": "<|image_end|>",
        },
        images={"encoder_patch_size": 14},
    ),
    "lfm3_vl": Kind(
        **{
            **QWEN3,
            "config": {
                "text_config": {
                    "rope_parameters": {"full_attention": mrope(2, 3, 3)["rope_scaling"]}
                }
            },
        }
    ),
    "lighton_ocr": Kind(),
    "llama4": Kind(
        image="<|image|>",
        images=sized(56, max_patches=4),
        ids={"image_token_index": "<|patch|>"},
        config={
            "vision_config": {
                "intermediate_size": 128,
                "vision_output_dim": 32,
                "projector_input_dim": 32,
                "projector_output_dim": 32,
            }
        },
    ),
    "llava": Kind(
        images=CLIP,
        processor={
            "patch_size": 14,
            "num_additional_image_tokens": 1,
            "vision_feature_select_strategy": "default",
        },
    ),
    "llava_next": Kind(**GRID),
    "llava_next_video": Kind(**GRID, classes={"image": "LlavaNextImageProcessor"}),
    "llava_onevision": Kind(
        images=sized(56, image_grid_pinpoints=PINPOINTS),
        config={"image_grid_pinpoints": PINPOINTS},
        processor={"num_image_tokens": 16, "vision_feature_select_strategy": "full"},
    ),
    "minicpm_ocr": Kind(),
    "minicpmv4_6": Kind(config={"insert_layer_id": 0}),
    "minicpmv4_7": Kind(config={"insert_layer_id": 0}),
    "minimax_m3_vl": Kind(tokens={"image_token": "]<]image[>["}, images=pixels(28, 112)),
    "mistral3": Kind(
        images={"patch_size": {"height": 14, "width": 14}, "size": {"longest_edge": 112}},
        processor={"patch_size": 14, "spatial_merge_size": 2},
        config={"vision_config": {"image_size": 112}},
    ),
    "mistral_large4": Kind(
        images={"patch_size": {"height": 14, "width": 14}, "size": {"longest_edge": 112}},
        processor={"patch_size": 14, "spatial_merge_size": 2},
        config={"text_config": {"num_key_value_heads": 2}},
    ),
    "mllama": Kind(
        images=sized(56),
        config={
            "vision_config": {
                "intermediate_layers_indices": [0, 1],
                "num_global_layers": 2,
                "vision_output_dim": 96,
            },
            "text_config": {
                "cross_attention_layers": [1],
                "rope_scaling": {"rope_type": "default", "rope_theta": 1e4},
            },
        },
    ),
    "molmo2": Kind(
        image="<|image|>",
        ids={"image_patch_id": "<im_patch>"},
        config={"adapter_config": {"vision_feature_layer": [-1, -2], "text_hidden_size": 32}},
    ),
    "muse_glimmer": Kind(
        tokens={"image_token": "<|patch|>"},
        config={"out_hidden_size": 128, "projector_hidden_size": 64},
    ),
    "muse_spark": Kind(
        tokens={"image_token": "<|patch|>"},
        config={"out_hidden_size": 128, "projector_hidden_size": 64},
    ),
    "ovis2": Kind(
        images=sized(56, max_patches=4),
        processor={"image_seq_length": 16},
        ids={
            "image_token_id": "<IMG_ATOM>",
            "visual_indicator_token_ids": [
                "<IMG_START>",
                "<IMG_GRID>",
                "<IMG_COL>",
                "<IMG_ROW>",
                "<IMG_END>",
            ],
        },
    ),
    "paddleocr_vl": Kind(images=pixels(28, 112), config={"text_config": mrope(2, 3, 3)}),
    "phi4_multimodal": Kind(),
    "qianfan_ocr": Kind(
        image="<image>",
        images=sized(56, max_patches=4),
        processor={"image_seq_length": 4},
        ids={"image_token_id": "<context_image>"},
    ),
    "qwen2_vl": Kind(**QWEN, images=pixels(28, 112), config={"text_config": mrope(2, 3, 3)}),
    "qwen2_5_vl": Kind(**QWEN, images=pixels(28, 112), config={"text_config": mrope(2, 3, 3)}),
    "qwen3_vl": Kind(**QWEN3),
    "qwen3_vl_moe": Kind(**QWEN3, classes={"image": "Qwen2VLImageProcessor"}),
    "qwen3_5": Kind(**QWEN3),
    "qwen3_5_moe": Kind(**QWEN3),
    "qwen4_exp": Kind(
        **{
            **QWEN3,
            "config": {
                "text_config": {
                    "indexer_n_heads": 2,
                    "indexer_kv_heads": 1,
                    "indexer_head_dim": 16,
                    "indexer_budget": 64,
                    "indexer_compress_ratio": 4,
                }
            },
        }
    ),
    "smolvlm": Kind(
        images={"size": {"longest_edge": 112}, "max_image_size": {"longest_edge": 56}},
        processor={"image_seq_len": 4},
    ),
    "step3p7": Kind(
        tokens={"image_token": "<im_patch>"}, config={"text_config": {"sliding_window": 16}}
    ),
    "video_llama_3": Kind(images=pixels(28, 112)),
    "video_llava": Kind(images=CLIP, processor={"patch_size": 14}),
    "vipllava": Kind(
        images=CLIP,
        processor={
            "patch_size": 14,
            "num_additional_image_tokens": 1,
            "vision_feature_select_strategy": "default",
        },
        config={"vision_feature_layers" if OLD else "vision_feature_layer": [-1, -2]},
    ),
    "blip-2": Kind(
        template="",
        tokens={"image_token": ""},
        images=sized(56),
        processor={"num_query_tokens": 4},
        ids={"image_token_index": "<image>"},
        config={"num_query_tokens": 4, "text_config": {"word_embed_proj_dim": 32}},
    ),
    "instructblip": Kind(
        template="",
        tokens={"image_token": ""},
        images=sized(56),
        processor={"num_query_tokens": 4},
        ids={"image_token_index": "<image>"},
        config={"num_query_tokens": 4, "text_config": {"word_embed_proj_dim": 32}},
    ),
    "kosmos-2": Kind(template="", images=CLIP, classes={"processor": "Kosmos2Processor"}),
    "cosmos3_edge": Kind(images=pixels(28, 112, patch_size=14)),
}

# A few of each kind of cache: full attention, sliding windows, linear attention, convolutions,
# chunks, cross-attention; and one that is asked by a template on its tokenizer.
EVERY_DAY = ("llava", "qwen3_vl", "gemma3", "qwen3_5", "lfm2_vl", "llama4", "mllama", "janus")

if OLD:  # whose own classes cannot run the tiny checkpoints that these rows make
    for name in ("idefics2", "phi4_multimodal"):
        del KINDS[name]
