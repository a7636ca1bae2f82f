"""A writer of a model folder: a language model, or a vision-language model."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ...errors import PatchMattersError
from .. import ERROR, Completion, Tick, WritingRequest
from ..cleaning import answered, cleaned
from ..writing import MAX_WRITTEN_TOKENS, writing_prompt
from .generation import Sampling
from .vlm import Unanswered, VisionLanguageModel


class TransformersWriter:
    """Writes what the facts say; what it writes is checked against them."""

    generates = True

    def __init__(self, name: str, model: VisionLanguageModel):
        self.name, self._model = name, model

    def write(self, requests: Sequence[WritingRequest], tick: Tick) -> list[Completion]:
        return [
            cleaned(self._said(writing_prompt(r), Sampling(r.seed, 0, r.temperature), index, tick))
            for index, r in enumerate(requests)
        ]

    def answer(
        self, prompts: Sequence[str], tick: Tick, *, temperature: float, seed: int = 0
    ) -> list[Completion]:
        sampling = Sampling(seed, 0, temperature)
        return [answered(self._said(p, sampling, i, tick)) for i, p in enumerate(prompts)]

    def _said(self, prompt: str, sampling: Sampling, index: int, tick: Tick) -> Completion:
        if not self._model.chats:
            raise PatchMattersError(
                f"writer: {self.name} describes images and cannot write: choose a chat model, or "
                "connect none, and the sentences are arranged by rules."
            )
        try:
            [completion] = self._model.generate(
                [self._model.prompt(prompt, image=False)],
                None,
                [sampling],
                MAX_WRITTEN_TOKENS,
                lambda: tick(None),
            )
        except Unanswered as error:
            completion = Completion("", ERROR, str(error))
        except torch.OutOfMemoryError:
            why = "the model has no room: choose a smaller one, or a lower precision"
            completion = Completion("", ERROR, why)
        tick(index)
        return completion
