"""A writer of a model folder: a language model, or a vision-language model."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ...errors import PatchMattersError
from .. import ERROR, Completion, Tick, WritingRequest
from ..writing import MAX_WRITTEN_TOKENS, writing_prompt
from .generation import Sampling
from .vlm import VisionLanguageModel


class TransformersWriter:
    """Writes what the facts say; what it writes is checked against them."""

    generates = True

    def __init__(self, name: str, model: VisionLanguageModel):
        self.name, self._model = name, model

    def write(self, requests: Sequence[WritingRequest], tick: Tick) -> list[Completion]:
        if not self._model.chats:
            raise PatchMattersError(
                f"writer: {self.name} describes images and cannot write: choose a chat model, or "
                "connect none, and the sentences are arranged by rules."
            )
        completions = []
        for index, request in enumerate(requests):
            try:
                completions += self._model.generate(
                    [self._model.prompt(writing_prompt(request), image=False)],
                    None,
                    [Sampling(request.seed, 0, request.temperature)],
                    MAX_WRITTEN_TOKENS,
                    lambda: tick(None),
                )
            except torch.OutOfMemoryError:
                why = "the model has no room: choose a smaller one, or a lower precision"
                completions.append(Completion("", ERROR, why))
            tick(index)
        return completions
