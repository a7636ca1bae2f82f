"""A local language model or vision-language model as writer."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ...errors import PatchMattersError
from .. import ERROR, Completion, ModelProgress, WritingRequest
from ..cleaning import answered, cleaned
from ..writer_prompts import MAX_WRITTEN_TOKENS, writing_prompt
from .generation import Sampling
from .vlm import Unanswered, VisionLanguageModel


class TransformersWriter:
    """Writes what the facts say; what it writes is checked against them."""

    generates = True

    def __init__(self, name: str, model: VisionLanguageModel):
        self.name, self._model = name, model

    def write(
        self, requests: Sequence[WritingRequest], on_progress: ModelProgress
    ) -> list[Completion]:
        return [
            cleaned(
                self._said(
                    writing_prompt(r), Sampling(r.seed, 0, r.temperature), index, on_progress
                )
            )
            for index, r in enumerate(requests)
        ]

    def answer(
        self,
        prompts: Sequence[str],
        on_progress: ModelProgress,
        *,
        temperature: float,
        seed: int = 0,
    ) -> list[Completion]:
        sampling = Sampling(seed, 0, temperature)
        return [answered(self._said(p, sampling, i, on_progress)) for i, p in enumerate(prompts)]

    def _said(
        self, prompt: str, sampling: Sampling, index: int, on_progress: ModelProgress
    ) -> Completion:
        if not self._model.chats:
            raise PatchMattersError(
                f"writer: {self.name} can only describe images: choose a chat model, or connect no writer to "
                "arrange the sentences by rules."
            )
        try:
            [completion] = self._model.generate(
                [self._model.prompt(prompt, image=False)],
                None,
                [sampling],
                MAX_WRITTEN_TOKENS,
                lambda: on_progress(None),
            )
        except Unanswered as error:
            completion = Completion("", ERROR, str(error))
        except torch.OutOfMemoryError:
            why = "too little memory for the model: choose a smaller one, or a lower precision"
            completion = Completion("", ERROR, why)
        on_progress(index)
        return completion
