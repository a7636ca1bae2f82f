"""The architectures from A to I."""

from __future__ import annotations

from .build import Kind
from .parts import (
    BLIP2,
    CLIP,
    IDEFICS3,
    INKLING_TEXT,
    INKLING_VISION,
    PINPOINTS,
    QWEN3,
    mrope,
    pixels,
    sized,
)

KINDS: dict[str, Kind] = {
    "apertus1p5": Kind(
        images={"size": {"min_pixels": 64**2, "max_pixels": 64**2}},
        vocabulary=tuple(f"<{kind}_{number}>" for kind in ("seen", "heard") for number in range(8)),
        ids={"image_token_offset": "<seen_0>", "audio_token_offset": "<heard_0>"},
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
    "blip-2": Kind(**BLIP2),
    "chameleon": Kind(
        images=CLIP,
        processor={"image_seq_length": 9},
        tokens={
            "image_token": "<image>",
            "boi_token": "<racm3:break>",
            "eoi_token": "<eoss>",
            "sep_token": "<reserved08706>",
        },
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
    "cosmos3_edge": Kind(images=pixels(28, 112, patch_size=14)),
    "cosmos3_omni": Kind(
        **QWEN3, classes={"processor": "Qwen3VLProcessor", "video": "Qwen3VLVideoProcessor"}
    ),
    "deepseek_ocr2": Kind(
        config={
            "vision_config": {
                "sam_config": {
                    "downsample_channels": [32, 32],
                    "global_attn_indexes": [1],
                    "output_channels": 32,
                }
            },
            "text_config": {
                "mlp_layer_types": ["dense", "sparse"],
                "num_experts_per_tok": 2,
                "n_group": 1,
                "topk_group": 1,
            },
        },
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
    "fast_vlm": Kind(
        package="timm",
        images={"size": {"shortest_edge": 64}, "crop_size": {"height": 64, "width": 64}},
        classes={"processor": "LlavaProcessor", "image": "CLIPImageProcessor"},
        processor={"patch_size": 32, "vision_feature_select_strategy": "full"},
        config={
            "image_seq_length": 4,
            "vision_config": {"architecture": "test_resnet", "model_args": None, "hidden_size": 96},
        },
    ),
    "gemma3": Kind(
        image="<boi>",
        images=sized(56),
        processor={"image_seq_length": 4},
        config={"mm_tokens_per_image": 4},
    ),
    "gemma3n": Kind(
        package="timm",
        images={"size": {"height": 64, "width": 64}},
        processor={"image_seq_length": 4},
        config={
            "vision_soft_tokens_per_image": 4,
            "vision_config": {"architecture": "test_resnet", "hidden_size": 96},
            "text_config": {
                "num_kv_shared_layers": 0,
                "layer_types": ["sliding_attention", "full_attention"],
                "intermediate_size": [64, 64],
                "activation_sparsity_pattern": [0.95, 0.0],
                "hidden_size_per_layer_input": 16,
                "laurel_rank": 8,
            },
        },
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
    "hyperclovax_vision_v2": Kind(),
    "idefics2": Kind(images={"size": {"shortest_edge": 28, "longest_edge": 56}}),
    "idefics3": Kind(**IDEFICS3),
    "inkling2": Kind(config={"vision_config": INKLING_VISION, "text_config": INKLING_TEXT}),
    "inkling2_loop": Kind(
        config={
            "vision_config": INKLING_VISION,
            "text_config": {
                **INKLING_TEXT,
                "loop_layer_index_start": 1,
                "loop_layer_index_end": 2,
                "loop_num_passes": 2,
                "loop_gate_rank": 8,
            },
        },
    ),
    "inkling_mm_model": Kind(config={"vision_config": {"patch_size": 40}}),
    "instructblip": Kind(**BLIP2),
    "internvl": Kind(
        image="<context_image>",
        images=sized(56, max_patches=4),
        processor={"image_seq_length": 4},
        ids={"image_token_id": "<context_image>"},
        classes={"image": "GotOcr2ImageProcessor", "video": "InternVLVideoProcessor"},
    ),
}
