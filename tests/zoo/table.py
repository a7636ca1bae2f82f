"""The architectures: what each needs beside the rules of `build.py`. A new one is a row."""

from __future__ import annotations

from . import table_a_to_i, table_j_to_z
from .build import Kind
from .parts import OLD

KINDS: dict[str, Kind] = {**table_a_to_i.KINDS, **table_j_to_z.KINDS}

# A few of each kind of cache: full attention, sliding windows, linear attention, convolutions,
# chunks, cross-attention; one that is asked by a template on its tokenizer, and one that sees the padding of a batch.
EVERY_DAY = (
    "llava",
    "qwen3_vl",
    "gemma3",
    "qwen3_5",
    "lfm2_vl",
    "llama4",
    "mllama",
    "janus",
    "emu3",
)

# What else transformers lists among those that see and write.
ELSEWHERE = {
    **dict.fromkeys(("blip", "florence2", "paligemma"), "tests/core/test_local_models.py"),
    "pixtral": "the eyes of mistral3",
    "mistral4": "the language model of mistral_large4",
    "t5gemma2": "only published before it was taught to answer",
}

if OLD:
    for name in ("idefics2", "phi4_multimodal"):
        del KINDS[name]
        ELSEWHERE[name] = "transformers 4's own classes cannot run the tiny checkpoint of its row"
