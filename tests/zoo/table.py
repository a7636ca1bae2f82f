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
    "apertus1p5": Kind(
        images={"min_pixels": 64**2, "max_pixels": 64**2},
        config={
            "vision_config": {
                "codebook_size": 8,
                "embed_dim": 16,
                "latent_channels": 16,
                "base_channels": 32,
                "num_res_blocks": 1,
                "resolution": 64,
            },
            "audio_config": {
                "codebook_dim": 32,
                "codebook_size": 8,
                "num_filters": 4,
                "decoder_hidden_size": 32,
                "decoder_intermediate_size": 32,
                "decoder_num_layers": 1,
            },
        },
    ),
    "aria": Kind(images={"max_image_size": 490, "min_image_size": 336}),
    "aya_vision": Kind(
        images=sized(56, max_patches=4),
        processor={"patch_size": 14, "img_size": 56, "downsample_factor": 2},
        ids={"image_token_id": "<|IMG_PATCH|>", "image_token_index": "<|IMG_PATCH|>"},
        classes={"image": "GotOcr2ImageProcessor"},
    ),
    "chameleon": Kind(
        images=CLIP,
        processor={"image_seq_length": 9},
        tokens={"image_token": "<image>", "boi_token": "<racm3:break>", "eoi_token": "<eoss>"},
        vocabulary=("<image>", *(f"IMGIMG{letter}Z" for letter in "ABCDEFGH")),
        config={
            "vq_config": {
                "num_embeddings": 8,
                "embed_dim": 16,
                "latent_channels": 16,
                "base_channels": 32,
                "resolution": 56,
            }
        },
    ),
    "cohere2_vision": Kind(images=sized(56, max_patches=4, patch_size=2)),
    "cohere_compass": Kind(
        image="<|VISION_START|><|IMAGE_PAD|><|VISION_END|>",
        images=pixels(28, 112, patch_size=14),
        tokens={
            "image_token": "<|IMAGE_PAD|>",
            "video_token": "<|VIDEO_PAD|>",
            "vision_start_token": "<|VISION_START|>",
            "vision_end_token": "<|VISION_END|>",
        },
        config={
            "vision_config": {"deepstack_visual_indexes": [0]},
            "text_config": {
                "layer_types": ["sliding_attention", "full_attention"],
                "rope_parameters": {
                    "sliding_attention": mrope(2, 3, 3)["rope_scaling"],
                    "full_attention": None,
                },
            },
        },
    ),
    "cosmos3_omni": Kind(
        **QWEN3, classes={"processor": "Qwen3VLProcessor", "video": "Qwen3VLVideoProcessor"}
    ),
    "deepseek_vl": Kind(images=sized(56), processor={"num_image_tokens": 16}),
    "deepseek_vl_hybrid": Kind(
        images=sized(56, high_res_size={"height": 56, "width": 56}),
        processor={"num_image_tokens": 16},
        config={"high_res_vision_config": {"global_attn_indexes": [1]}},
    ),
    "dots3_note": Kind(
        image="<|img|><|imgpad|><|endofimg|>",
        images=pixels(28, 112, temporal_patch_size=1),
        tokens={
            "image_token": "<|imgpad|>",
            "video_token": "<|video_pad|>",
            "audio_token": "<|audio_comp_pad|>",
        },
        config={
            "text_config": {
                "num_key_value_heads": 2,
                "head_dim": 16,
                "shared_experts_intermediate_size": 32,
                "index_head_dim": 16,
                "index_n_heads": 2,
                "layer_types": ["indexed_attention", "sliding_attention"],
                "mlp_layer_types": ["dense", "sparse"],
                "per_layer_config": {"01": {"num_attention_heads": 2, "num_key_value_heads": 2}},
            },
            "vision_config": {
                "adapter_in_dim": 32,
                "adapter_out_dim": 32,
                "mlp_layer_types": ["dense", "dense"],
                "rope_parameters": None,
            },
            "audio_config": {
                "adapter_input_size": 32,
                "adapter_out_dim": 32,
                "downsample_hidden_size": 32,
                "num_key_value_heads": 2,
            },
        },
    ),
    "emu3": Kind(
        images={"min_pixels": 64**2, "max_pixels": 64**2},
        tokens={
            "image_token": "<image>",
            "boi_token": "<|image start|>",
            "eoi_token": "<|image end|>",
            "image_wrapper_token": "<|image token|>",
            "eof_token": "<|extra_201|>",
        },
        vocabulary=(
            "<image>",
            "<|extra_200|>",
            *(f"<|visual token {number:06}|>" for number in range(8)),
        ),
        config={
            "vq_config": {
                "codebook_size": 8,
                "base_channels": 32,
                "channel_multiplier": [1, 1, 1, 1],
                "num_attention_heads": 1,
            }
        },
    ),
    "ernie4_5_vl_moe": Kind(
        image="<|IMAGE_START|><|IMAGE_PLACEHOLDER|><|IMAGE_END|>",
        images=pixels(28, 112),
        videos={"draw_on_frames": False, "font": ""},
        tokens={"image_token": "<|IMAGE_PLACEHOLDER|>", "video_token": "<|VIDEO_PLACEHOLDER|>"},
        config={
            "text_config": {
                "rope_parameters": {
                    "rope_type": "default",
                    "rope_theta": 1e4,
                    "mrope_section": [3, 3, 2],
                }
            }
        },
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
    "glm_ocr": Kind(
        images=pixels(56, 112),
        config={"text_config": mrope(2, 3, 3)},
        classes={
            "processor": "Glm46VProcessor",
            "image": "Glm46VImageProcessor",
            "video": "Glm46VVideoProcessor",
        },
    ),
    "glmga": Kind(
        images=pixels(56, 112),
        config={"text_config": mrope(2, 3, 3)},
        classes={"processor": "Glm46VProcessor"},
    ),
    "glm5_next": Kind(
        images=pixels(56, 112),
        config={
            "text_config": {
                "num_key_value_heads": 2,
                "qk_nope_head_dim": 16,
                "qk_rope_head_dim": 0,
                "index_head_dim": 16,
                "index_n_heads": 2,
                "linear_num_heads": 2,
                "linear_head_dim": 16,
                "mlp_layer_types": ["dense", "sparse"],
                "indexer_types": ["full", "full"],
                "layer_types": ["linear_attention", "indexed_attention"],
            },
            "vision_config": {"projection_intermediate_size": 64},
        },
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
    "hy_v4_vl": Kind(
        images=pixels(28, 112, patch_size=14),
        config={
            "text_config": {
                "num_key_value_heads": 2,
                "index_head_dim": 16,
                "index_n_heads": 2,
                "mlp_layer_types": ["dense", "sparse"],
                "indexer_types": ["full", "full"],
                **mrope(1, 1, 2),
            }
        },
    ),
    "idefics2": Kind(images={"size": {"shortest_edge": 28, "longest_edge": 56}}),
    "idefics3": Kind(
        images={"size": {"longest_edge": 112}, "max_image_size": {"longest_edge": 56}},
        processor={"image_seq_len": 4},
    ),
    "inkling_mm_model": Kind(config={"vision_config": {"patch_size": 40}}),
    "inkling2": Kind(
        config={
            "vision_config": {
                "patch_size": 20,
                "text_hidden_size": 32,
                "projection_hidden_dim": 64,
                "posemb_grid_size": 4,
            },
            "text_config": {
                "layer_types": ["hybrid_sliding", "hybrid"],
                "swa_num_attention_heads": 2,
                "swa_num_key_value_heads": 1,
                "swa_head_dim": 16,
                "sliding_window_size": 16,
                "n_layers_per_attn_res_block": 1,
            },
        },
    ),
    "inkling2_loop": Kind(
        config={
            "vision_config": {
                "patch_size": 20,
                "text_hidden_size": 32,
                "projection_hidden_dim": 64,
                "posemb_grid_size": 4,
            },
            "text_config": {
                "layer_types": ["hybrid_sliding", "hybrid"],
                "swa_num_attention_heads": 2,
                "swa_num_key_value_heads": 1,
                "swa_head_dim": 16,
                "sliding_window_size": 16,
                "n_layers_per_attn_res_block": 1,
                "loop_layer_index_start": 1,
                "loop_layer_index_end": 2,
                "loop_num_passes": 2,
                "loop_gate_rank": 8,
            },
        },
    ),
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
    "nemotron_h_omni": Kind(
        images={"patch_size": 14},
        classes={"audio": "ParakeetFeatureExtractor"},
        config={
            "vision_hidden_size": 32,
            "projector_hidden_size": 32,
            "vision_config": {"patch_dim": 588, "video_patch_dim": 1176, "max_img_size": 112},
            "text_config": {
                "mamba_num_heads": 4,
                "mamba_head_dim": 16,
                "n_groups": 1,
                "ssm_state_size": 8,
                "moe_shared_expert_intermediate_size": 32,
            },
        },
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
