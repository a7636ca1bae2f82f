"""Tiny checkpoints of random weights, as in tiny.py: models that match and models that detect."""

from __future__ import annotations

from pathlib import Path

import torch

TOWER = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,"


def save(folder: Path, model, processor) -> Path:
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def lively(model, factor: float = 10):
    """Larger weights, so that images and texts make a difference."""
    for part in model.modules():
        if isinstance(part, (torch.nn.Linear, torch.nn.Conv2d)):
            part.weight.data *= factor
    return model


def bert_tokenizer(folder: Path, words: str = ""):
    """One token a letter, and the words."""
    from transformers import BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    known = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{c}" for c in LETTERS)]
    (folder / "vocab.txt").write_text("\n".join(known + words.split()))
    return BertTokenizerFast(str(folder / "vocab.txt"))


def clip_tokenizer(folder: Path):
    """CLIP's own kind, one token a letter."""
    import json

    from transformers import CLIPTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    known = [*LETTERS, *(f"{c}</w>" for c in LETTERS), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({w: i for i, w in enumerate(known)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizerFast(str(folder / "vocab.json"), str(folder / "merges.txt"))


def clip(folder: Path, joint: int = 16, patch: int = 16) -> Path:
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor

    t = clip_tokenizer(folder)
    end = t.eos_token_id
    text = {"vocab_size": len(t), "max_position_embeddings": 40, "eos_token_id": end}
    config = CLIPConfig(
        text_config={**TOWER, **text, "bos_token_id": end - 1, "pad_token_id": end},
        vision_config={**TOWER, "image_size": 64, "patch_size": patch},
        projection_dim=joint,
    )
    side = {"height": 64, "width": 64}
    images = CLIPImageProcessor(size={"shortest_edge": 64}, crop_size=side)
    torch.manual_seed(0)
    return save(folder, lively(CLIPModel(config), 3), CLIPProcessor(images, t))


def clip_b32(folder: Path) -> Path:
    """The vector length and patch of CLIP ViT-B/32, whose words YOLO-World reads."""
    return clip(folder, 512, 32)


def siglip(folder: Path) -> Path:
    """SigLIP 2 at a fixed resolution is of this kind, too."""
    from transformers import SiglipConfig, SiglipImageProcessor, SiglipModel, SiglipProcessor

    t = clip_tokenizer(folder)
    config = SiglipConfig(
        text_config={
            **TOWER,
            "vocab_size": len(t),
            "max_position_embeddings": 40,
            "projection_size": 32,
        },
        vision_config={**TOWER, "image_size": 64, "patch_size": 16},
    )
    images = SiglipImageProcessor(size={"height": 64, "width": 64})
    torch.manual_seed(0)
    return save(folder, lively(SiglipModel(config), 3), SiglipProcessor(images, t))


def siglip2(folder: Path) -> Path:
    """SigLIP 2 with any aspect ratio (NaFlex)."""
    from transformers import Siglip2Config, Siglip2ImageProcessor, Siglip2Model, Siglip2Processor

    t = clip_tokenizer(folder)
    config = Siglip2Config(
        text_config={
            **TOWER,
            "vocab_size": len(t),
            "max_position_embeddings": 40,
            "projection_size": 32,
        },
        vision_config={**TOWER, "num_patches": 16, "patch_size": 16},
    )
    images = Siglip2ImageProcessor(patch_size=16, max_num_patches=16)
    torch.manual_seed(0)
    return save(folder, lively(Siglip2Model(config), 3), Siglip2Processor(images, t))


def rt_detr(folder: Path) -> Path:
    from transformers import (
        RTDetrConfig,
        RTDetrForObjectDetection,
        RTDetrImageProcessor,
        RTDetrResNetConfig,
    )

    config = RTDetrConfig(
        backbone_config=RTDetrResNetConfig(
            embedding_size=8,
            hidden_sizes=[8, 16, 16, 16],
            depths=[1, 1, 1, 1],
            layer_type="basic",
            out_features=["stage2", "stage3", "stage4"],
        ),
        encoder_hidden_dim=32,
        encoder_in_channels=[16, 16, 16],
        encoder_ffn_dim=32,
        encoder_attention_heads=2,
        d_model=32,
        num_queries=20,
        decoder_in_channels=[32, 32, 32],
        decoder_ffn_dim=32,
        decoder_layers=2,
        decoder_attention_heads=2,
        num_denoising=0,
        id2label={0: "cup", 1: "dog", 2: "dining table"},
    )
    size = {"height": 64, "width": 64}
    torch.manual_seed(0)
    model = RTDetrForObjectDetection(config)
    for part in model.modules():
        if isinstance(part, torch.nn.Linear) and part.out_features == 3 and part.bias is not None:
            part.bias.data.fill_(-1.0)  # its start is never sure of anything
    return save(folder, model, RTDetrImageProcessor(size=size))


def grounding_dino(folder: Path) -> Path:
    from transformers import (
        GroundingDinoConfig,
        GroundingDinoForObjectDetection,
        GroundingDinoImageProcessor,
        GroundingDinoProcessor,
        SwinConfig,
    )

    t = bert_tokenizer(folder, "cup dog dining table")
    config = GroundingDinoConfig(
        backbone_config=SwinConfig(
            image_size=64,
            patch_size=4,
            embed_dim=8,
            depths=[1, 1, 1, 1],
            num_heads=[1, 2, 2, 2],
            window_size=4,
            out_features=["stage2", "stage3", "stage4"],
        ),
        text_config={
            "model_type": "bert",
            **TOWER,
            "vocab_size": len(t),
            "max_position_embeddings": 256,
        },
        d_model=32,
        encoder_layers=1,
        encoder_ffn_dim=32,
        encoder_attention_heads=2,
        decoder_layers=2,
        decoder_ffn_dim=32,
        decoder_attention_heads=2,
        num_queries=20,
    )
    images = GroundingDinoImageProcessor(size={"shortest_edge": 128, "longest_edge": 192})
    torch.manual_seed(0)
    model = GroundingDinoForObjectDetection(config)
    return save(folder, model, GroundingDinoProcessor(images, t))


def owlv2(folder: Path) -> Path:
    from transformers import Owlv2Config, Owlv2ForObjectDetection, Owlv2ImageProcessor
    from transformers import Owlv2Processor as Processor

    t = clip_tokenizer(folder)
    t.pad_token = t.eos_token
    config = Owlv2Config(
        text_config={**TOWER, "vocab_size": len(t), "max_position_embeddings": 40},
        vision_config={**TOWER, "image_size": 64, "patch_size": 16},
        projection_dim=32,
    )
    images = Owlv2ImageProcessor(size={"height": 64, "width": 64})
    torch.manual_seed(0)
    return save(folder, Owlv2ForObjectDetection(config), Processor(images, t))


def blip(
    folder: Path, *, retrieval: bool = True, text=(), vision=(), joint: int = 16, words: str = ""
) -> Path:
    """BLIP for image-text retrieval; else for captioning, without a matching head.

    `text`, `vision` and `joint` give sizes for a larger one, `words` more words for its tokenizer.
    """
    from transformers import (
        BlipConfig,
        BlipForConditionalGeneration,
        BlipForImageTextRetrieval,
        BlipImageProcessor,
        BlipProcessor,
    )

    t = bert_tokenizer(folder, words)
    sizes = {**TOWER, "initializer_range": 0.02}  # BLIP's own is 1e-10
    config = BlipConfig(
        text_config={
            **sizes,
            "vocab_size": len(t) + 2,
            "encoder_hidden_size": 32,
            "bos_token_id": 2,
            "sep_token_id": 3,
            "pad_token_id": 0,
            "eos_token_id": 3,
            **dict(text),
        },
        vision_config={**sizes, "image_size": 32, "patch_size": 16, **dict(vision)},
        image_text_hidden_size=joint,
        projection_dim=joint,
    )
    side = config.vision_config.image_size
    processor = BlipProcessor(BlipImageProcessor(size={"height": side, "width": side}), t)
    torch.manual_seed(0)
    kind = BlipForImageTextRetrieval if retrieval else BlipForConditionalGeneration
    model = kind(config)
    return save(folder, model if vision else lively(model), processor)


def blip_itm(folder: Path, **options) -> Path:
    return blip(folder, **options)


def nli(
    folder: Path, labels=("contradiction", "entailment", "neutral"), kind: str = "deberta"
) -> Path:
    """A cross-encoder with these classes: DeBERTa v3 (as cross-encoder/nli-deberta-v3-small) or BERT."""
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        DebertaV2Config,
        DebertaV2ForSequenceClassification,
    )

    t = bert_tokenizer(folder)
    sizes = {**TOWER, "vocab_size": len(t), "max_position_embeddings": 128}
    sizes["id2label"] = dict(enumerate(labels))
    sizes["label2id"] = {label: i for i, label in enumerate(labels)}
    torch.manual_seed(0)
    if kind == "bert":
        return save(folder, lively(BertForSequenceClassification(BertConfig(**sizes)), 5), t)
    deberta = {
        "relative_attention": True,
        "position_buckets": 16,
        "pos_att_type": ["p2c", "c2p"],
        "share_att_key": True,
        "norm_rel_ebd": "layer_norm",
        "position_biased_input": False,
        "type_vocab_size": 0,
        "pooler_hidden_size": TOWER["hidden_size"],
    }
    config = DebertaV2Config(**sizes, **deberta)
    return save(folder, lively(DebertaV2ForSequenceClassification(config), 5), t)
