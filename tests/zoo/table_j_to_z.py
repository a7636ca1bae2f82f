"""The architectures from J to Z."""

from __future__ import annotations

from .build import Kind
from .parts import (
    AUDIO,
    CLIP,
    GRID,
    IDEFICS3,
    JANUS,
    LLAVA,
    OLD,
    OMNI_CLASSES,
    PINPOINTS,
    QWEN,
    QWEN3,
    mrope,
    pixels,
    sized,
)

KINDS: dict[str, Kind] = {
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
    "kosmos-2": Kind(template="", images=CLIP, classes={"processor": "Kosmos2Processor"}),
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
        processor=LLAVA,
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
    "perception_lm": Kind(
        package="timm",
        images={"max_num_tiles": 1, "tile_size": 56},
        processor={"patch_size": 14, "pooling_ratio": 2},
        config={
            "projector_pooling_ratio": 2,
            "vision_config": {
                "architecture": "test_vit",
                "model_args": {"embed_dim": 64, "img_size": [56, 56], "patch_size": 14},
            },
        },
    ),
    "phi4_multimodal": Kind(),
    "qianfan_ocr": Kind(
        image="<image>",
        images=sized(56, max_patches=4),
        processor={"image_seq_length": 4},
        ids={"image_token_id": "<context_image>"},
    ),
    "qwen2_5_omni_thinker": Kind(
        **QWEN,
        images=pixels(28, 112),
        config={
            "text_config": mrope(2, 3, 3),
            "vision_config": {"fullatt_block_indexes": [1]},
            "audio_config": AUDIO,
        },
        ids={"vision_start_token_id": "<|vision_start|>"},
        classes={"processor": "Qwen2_5OmniProcessor", **OMNI_CLASSES},
    ),
    "qwen2_5_vl": Kind(**QWEN, images=pixels(28, 112), config={"text_config": mrope(2, 3, 3)}),
    "qwen2_vl": Kind(**QWEN, images=pixels(28, 112), config={"text_config": mrope(2, 3, 3)}),
    "qwen3_5": Kind(**QWEN3),
    "qwen3_5_moe": Kind(**QWEN3),
    "qwen3_omni_moe_thinker": Kind(
        **{
            **QWEN3,
            "config": {
                **QWEN3["config"],
                "audio_config": AUDIO,
            },
        },
        ids={"vision_start_token_id": "<|vision_start|>"},
        classes={"processor": "Qwen3OmniMoeProcessor", **OMNI_CLASSES},
    ),
    "qwen3_vl": Kind(**QWEN3),
    "qwen3_vl_moe": Kind(**QWEN3, classes={"image": "Qwen2VLImageProcessor"}),
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
    "smolvlm": Kind(**IDEFICS3),
    "step3p7": Kind(
        tokens={"image_token": "<im_patch>"}, config={"text_config": {"sliding_window": 16}}
    ),
    "unlimited_ocr": Kind(
        images=sized(256, tile_size=128),
        config={
            "vision_config": {
                "sam_config": {
                    "downsample_channels": [32, 32],
                    "global_attn_indexes": [1],
                    "output_channels": 32,
                    "patch_size": 16,
                }
            }
        },
    ),
    "video_llama_3": Kind(images=pixels(28, 112)),
    "video_llava": Kind(images=CLIP, processor={"patch_size": 14}),
    "vipllava": Kind(
        images=CLIP,
        processor=LLAVA,
        config={"vision_feature_layers" if OLD else "vision_feature_layer": [-1, -2]},
    ),
}
