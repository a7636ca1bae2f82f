"""A tiny language model and the tokenizer of all tiny checkpoints (see `tiny.py`)."""

from __future__ import annotations

from pathlib import Path

import torch
import transformers
from tiny_towers import save
from tokenizers import Tokenizer, decoders, models
from transformers import PreTrainedTokenizerFast

LLAMA = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "max_position_embeddings": 8192,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
TEXT_TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)


def tokenizer(*special: str, kind=PreTrainedTokenizerFast, **options) -> PreTrainedTokenizerFast:
    """One token a character, and the special ones."""
    words = ["<pad>", "<s>", "</s>", "<unk>", *special, *map(chr, range(32, 127)), "\n"]
    vocabulary = {word: i for i, word in enumerate(words)}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    core.decoder = decoders.Fuse()
    return kind(
        tokenizer_object=core,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        model_input_names=["input_ids", "attention_mask"],
        **{"additional_special_tokens": list(special), **options},
    )


def tokenizer_kind(name: str):
    """The processors of transformers 4 insist on the tokenizer's class; 5 has one for all."""
    old = transformers.__version__.startswith("4.")
    return getattr(transformers, name) if old else PreTrainedTokenizerFast


def llama(folder: Path, **sizes) -> Path:
    """A language model with a chat template."""
    from transformers import LlamaConfig, LlamaForCausalLM

    t = tokenizer(chat_template=TEXT_TEMPLATE)
    torch.manual_seed(0)
    return save(folder, LlamaForCausalLM(LlamaConfig(**{**LLAMA, **sizes}, vocab_size=len(t))), t)
