"""Tiny checkpoints of random weights, written by the real classes: config, processor, tokenizer.

No hub can be reached and no package ships these models; the architecture and every file format are
real, what they say is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from tiny_describers import blip_captioner, florence2, paligemma2
from tiny_language import LLAMA, llama, tokenizer, tokenizer_kind  # noqa: F401 - llama is used as tiny.llama
from tiny_mini_gemini import mgm_gemma_hd, mgm_vicuna
from tiny_towers import TOWER, save

CLIP_VISION = {
    **TOWER,
    "image_size": 28,
    "patch_size": 14,
    "projection_dim": 16,
}
LLAVA_TEMPLATE = (
    "{% for m in messages %}{{ m['role'] | upper }}: {% for c in m['content'] %}"
    "{% if c['type'] == 'image' %}<image>\n{% else %}{{ c['text'] }}{% endif %}{% endfor %} "
    "{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)
QWEN_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{% for c in m['content'] %}"
    "{% if c['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %}{{ c['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def llava(folder: Path, image_size: int = 28, special: Sequence[str] = (), **sizes) -> Path:
    """LLaVA-1.5: CLIP vision, a projector, Vicuna (Llama); `sizes` for a larger one.

    Args:
        special: more special tokens.
    """
    from transformers import (
        CLIPImageProcessor,
        CLIPVisionConfig,
        LlamaConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )

    t = tokenizer("<image>", *special)
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**{**CLIP_VISION, "image_size": image_size}),
        text_config=LlamaConfig(**{**LLAMA, **sizes}, vocab_size=len(t)),
        image_token_index=t.convert_tokens_to_ids("<image>"),
    )
    processor = LlavaProcessor(
        image_processor=CLIPImageProcessor(
            size={"shortest_edge": image_size},
            crop_size={"height": image_size, "width": image_size},
        ),
        tokenizer=t,
        patch_size=14,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        image_token="<image>",
        chat_template=LLAVA_TEMPLATE,
    )
    torch.manual_seed(0)
    return save(folder, LlavaForConditionalGeneration(config), processor)


def llava_next(folder: Path, language: str = "llama") -> Path:
    """LLaVA-1.6: an image grid; language model Vicuna (llama) or Mistral."""
    from transformers import (
        CLIPVisionConfig,
        LlamaConfig,
        LlavaNextConfig,
        LlavaNextForConditionalGeneration,
        LlavaNextImageProcessor,
        LlavaNextProcessor,
        MistralConfig,
    )

    t = tokenizer("<image>")
    text = {"llama": LlamaConfig, "mistral": MistralConfig}[language]
    pinpoints = [[28, 56], [56, 28], [56, 56]]
    config = LlavaNextConfig(
        vision_config=CLIPVisionConfig(**CLIP_VISION),
        text_config=text(**LLAMA, vocab_size=len(t)),
        image_token_index=t.convert_tokens_to_ids("<image>"),
        image_grid_pinpoints=pinpoints,
    )
    processor = LlavaNextProcessor(
        image_processor=LlavaNextImageProcessor(
            size={"shortest_edge": 28},
            crop_size={"height": 28, "width": 28},
            image_grid_pinpoints=pinpoints,
        ),
        tokenizer=t,
        patch_size=14,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        image_token="<image>",
        chat_template=LLAVA_TEMPLATE,
    )
    torch.manual_seed(0)
    return save(folder, LlavaNextForConditionalGeneration(config), processor)


def _qwen_tokenizer():
    special = (
        "<|im_start|>",
        "<|im_end|>",
        "<|vision_start|>",
        "<|vision_end|>",
        "<|image_pad|>",
        "<|video_pad|>",
    )
    return tokenizer(*special, kind=tokenizer_kind("Qwen2TokenizerFast"))


def qwen2_5_vl(folder: Path) -> Path:
    from transformers import (
        Qwen2_5_VLConfig,
        Qwen2_5_VLForConditionalGeneration,
        Qwen2_5_VLProcessor,
        Qwen2VLImageProcessor,
        Qwen2VLVideoProcessor,
    )

    t = _qwen_tokenizer()
    ids = t.convert_tokens_to_ids
    config = Qwen2_5_VLConfig(
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 2,
            "out_hidden_size": 32,
            "fullatt_block_indexes": [1],
        },
        text_config={
            **LLAMA,
            "vocab_size": len(t),
            "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3], "rope_type": "default"},
        },
        image_token_id=ids("<|image_pad|>"),
        video_token_id=ids("<|video_pad|>"),
        vision_start_token_id=ids("<|vision_start|>"),
        vision_end_token_id=ids("<|vision_end|>"),
    )
    size = {"min_pixels": 28 * 28, "max_pixels": 112 * 112}
    processor = Qwen2_5_VLProcessor(
        image_processor=Qwen2VLImageProcessor(**size),
        tokenizer=t,
        video_processor=Qwen2VLVideoProcessor(**size),
        chat_template=QWEN_TEMPLATE,
    )
    torch.manual_seed(0)
    return save(folder, Qwen2_5_VLForConditionalGeneration(config), processor)


def qwen3_vl(folder: Path) -> Path:
    from transformers import (
        Qwen2VLImageProcessor,
        Qwen3VLConfig,
        Qwen3VLForConditionalGeneration,
        Qwen3VLProcessor,
        Qwen3VLVideoProcessor,
    )

    t = _qwen_tokenizer()
    ids = t.convert_tokens_to_ids
    config = Qwen3VLConfig(
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 2,
            "out_hidden_size": 32,
            "deepstack_visual_indexes": [0],
            "num_position_embeddings": 64,
            "patch_size": 16,
        },
        text_config={
            **LLAMA,
            "head_dim": 16,
            "vocab_size": len(t),
            "rope_scaling": {
                "rope_type": "default",
                "mrope_section": [2, 3, 3],
                "mrope_interleaved": True,
            },
        },
        image_token_id=ids("<|image_pad|>"),
        video_token_id=ids("<|video_pad|>"),
        vision_start_token_id=ids("<|vision_start|>"),
        vision_end_token_id=ids("<|vision_end|>"),
    )
    size = {"shortest_edge": 32 * 32, "longest_edge": 128 * 128}
    processor = Qwen3VLProcessor(
        image_processor=Qwen2VLImageProcessor(size=size, patch_size=16),
        tokenizer=t,
        video_processor=Qwen3VLVideoProcessor(size=size),
        chat_template=QWEN_TEMPLATE,
    )
    torch.manual_seed(0)
    return save(folder, Qwen3VLForConditionalGeneration(config), processor)


def llava_1_6_mistral(folder: Path) -> Path:
    return llava_next(folder, "mistral")


def gemma3(folder: Path) -> Path:
    from transformers import (
        Gemma3Config,
        Gemma3ForConditionalGeneration,
        Gemma3ImageProcessor,
        Gemma3Processor,
    )

    special = ("<image_soft_token>", "<start_of_image>", "<end_of_image>")
    names = ("image_token", "boi_token", "eoi_token")
    t = tokenizer(*special, extra_special_tokens=dict(zip(names, special)))
    config = Gemma3Config(
        text_config={
            **LLAMA,
            "head_dim": 16,
            "vocab_size": len(t),
            "num_hidden_layers": 2,
            "sliding_window": 16,
            "layer_types": ["sliding_attention", "full_attention"],
        },
        vision_config={
            **TOWER,
            "image_size": 28,
            "patch_size": 14,
        },
        mm_tokens_per_image=4,
        image_token_index=t.convert_tokens_to_ids("<image_soft_token>"),
        boi_token_index=t.convert_tokens_to_ids("<start_of_image>"),
        eoi_token_index=t.convert_tokens_to_ids("<end_of_image>"),
    )
    template = LLAVA_TEMPLATE.replace("<image>", "<start_of_image>")
    processor = Gemma3Processor(
        image_processor=Gemma3ImageProcessor(size={"height": 28, "width": 28}),
        tokenizer=t,
        image_seq_length=4,
        chat_template=template,
    )
    torch.manual_seed(0)
    return save(folder, Gemma3ForConditionalGeneration(config), processor)


def internvl(folder: Path) -> Path:
    from transformers import (
        GotOcr2ImageProcessor,
        InternVLConfig,
        InternVLForConditionalGeneration,
        InternVLProcessor,
        InternVLVideoProcessor,
    )

    special = ("<IMG_CONTEXT>", "<img>", "</img>", "<video>")
    names = ("context_image_token", "start_image_token", "end_image_token", "video_token")
    t = tokenizer(*special, extra_special_tokens=dict(zip(names, special)))
    config = InternVLConfig(
        text_config={"model_type": "llama", **LLAMA, "vocab_size": len(t)},
        vision_config={
            **TOWER,
            "image_size": [28, 28],
            "patch_size": [7, 7],
        },
        image_token_id=t.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=4,
    )
    size = {"height": 28, "width": 28}
    processor = InternVLProcessor(
        image_processor=GotOcr2ImageProcessor(size=size, crop_to_patches=True, max_patches=4),
        tokenizer=t,
        video_processor=InternVLVideoProcessor(size=size),
        image_seq_length=4,
        chat_template=LLAVA_TEMPLATE.replace("<image>", "<IMG_CONTEXT>"),
    )
    torch.manual_seed(0)
    return save(folder, InternVLForConditionalGeneration(config), processor)


def smolvlm2(folder: Path) -> Path:
    from transformers import (
        SmolVLMConfig,
        SmolVLMForConditionalGeneration,
        SmolVLMImageProcessor,
        SmolVLMProcessor,
        SmolVLMVideoProcessor,
    )

    grid = [f"<row_{r}_col_{c}>" for r in range(1, 5) for c in range(1, 5)]
    special = ("<image>", "<fake_token_around_image>", "<end_of_utterance>", "<global-img>", *grid)
    t = tokenizer(*special)
    config = SmolVLMConfig(
        text_config={"model_type": "llama", **LLAMA, "vocab_size": len(t)},
        vision_config={
            **TOWER,
            "image_size": 56,
            "patch_size": 14,
        },
        scale_factor=2,
        image_token_id=t.convert_tokens_to_ids("<image>"),
        pad_token_id=0,
    )
    size = {"size": {"longest_edge": 112}, "max_image_size": {"longest_edge": 56}}
    processor = SmolVLMProcessor(
        image_processor=SmolVLMImageProcessor(**size),
        tokenizer=t,
        video_processor=SmolVLMVideoProcessor(size={"longest_edge": 56}),
        image_seq_len=4,
        chat_template=LLAVA_TEMPLATE.replace("\n", " "),
    )
    torch.manual_seed(0)
    return save(folder, SmolVLMForConditionalGeneration(config), processor)


CHATTING = (
    llava,
    llava_next,
    llava_1_6_mistral,
    qwen2_5_vl,
    qwen3_vl,
    gemma3,
    internvl,
    smolvlm2,
    mgm_vicuna,
    mgm_gemma_hd,
)
DESCRIBING = (paligemma2, florence2, blip_captioner)
