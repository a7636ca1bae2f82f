"""Mini-Gemini (MGM, arXiv 2403.18814), for which transformers has no class.

Published as a Llama, Gemma or Mixtral with weights of its own inside: `checkpoint.py` reads that
layout, `architecture.py` adds what sees to transformers' language model, `inputs.py` makes prompts
and pixels. What comes of it is a model of transformers like any other.
"""

from __future__ import annotations

from functools import cached_property
from importlib import import_module

from transformers import AutoConfig, AutoTokenizer

from ..pretrained import from_folder
from ..vlm import VisionLanguageModel
from .checkpoint import configure, load
from .inputs import MiniGeminiProcessor


class MiniGemini(VisionLanguageModel):
    """Weights and processor of one folder of that layout."""

    @cached_property
    def _config(self):
        return configure(self._folder)

    def _open_processor(self) -> MiniGeminiProcessor:
        if not (self._folder.path / "tokenizer.json").is_file():
            for package in ("sentencepiece", "google.protobuf"):  # to read tokenizer.model
                import_module(package)
        # Llama's reads those of Mixtral and Yi as they were trained; Mixtral's of transformers 5 not.
        kind = "gemma" if self._config.model_type == "gemma" else "llama"
        config = AutoConfig.for_model(kind)
        tokenizer = from_folder(AutoTokenizer, self._folder.path, config=config)
        return MiniGeminiProcessor(tokenizer, self._config)

    def _open_model(self, options: dict):
        return load(self._folder, self._config, self.processor, options)
