"""A local vision-language model as captioner."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ...errors import PatchMattersError
from .. import ERROR, CaptionRequest, Completion, ModelProgress
from ..failures import Failures
from .generation import Sampling, in_batches
from .vlm import BATCH, RefusedImage, Unanswered, VisionLanguageModel


class TransformersCaptioner:
    """Describes images: all requests in batches, the candidates of one sharing its prompt."""

    def __init__(self, name: str, model: VisionLanguageModel):
        self.name, self._model = name, model
        self._failures = Failures()

    def caption(
        self, requests: Sequence[CaptionRequest], on_progress: ModelProgress
    ) -> list[list[Completion]]:
        if not self._model.sees:
            raise PatchMattersError(
                f"captioner: {self.name} cannot read images: choose a vision-language model."
            )
        answers: list[list[Completion]] = [[] for _ in requests]
        # Requests of one kind go together: a row more or less changes no other row.
        kinds: dict[tuple[int, int], list[int]] = {}
        for index, request in enumerate(requests):
            kinds.setdefault((request.n, request.max_tokens), []).append(index)
        for (n, max_tokens), members in kinds.items():

            def run(start, stop, n=n, max_tokens=max_tokens, members=members):
                batch = [requests[i] for i in members[start:stop]]
                found = self._batch(batch, n, max_tokens, on_progress)
                for i, completions in zip(members[start:stop], found):
                    answers[i] = completions
                    on_progress(i)
                return found

            in_batches(len(members), run, BATCH)
        self._failures.check(answers, f"captioner: {self.name}")
        return answers

    def _batch(
        self, requests, n: int, max_tokens: int, on_progress: ModelProgress
    ) -> list[list[Completion]]:
        rows = [Sampling(r.seed, c, r.temperature) for r in requests for c in range(n)]
        try:
            completions = self._model.generate(
                [self._model.prompt(r.prompt, image=True) for r in requests],
                [r.image for r in requests],
                rows,
                max_tokens,
                lambda: on_progress(None),
            )
        except torch.OutOfMemoryError:
            if len(requests) > 1:
                raise
            why = "too little memory for one image: choose a smaller model, or a lower precision"
            return [[Completion("", ERROR, why)] * n]
        except (RefusedImage, Unanswered) as error:
            if len(requests) > 1:  # which of them is it?
                return [
                    one for r in requests for one in self._batch([r], n, max_tokens, on_progress)
                ]
            return [[Completion("", ERROR, str(error))] * n]
        return [completions[i * n : (i + 1) * n] for i in range(len(requests))]
