"""A vision-language model as verifier: its confidence in "yes" when asked whether a sentence is true."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from PIL import Image

from ...errors import PatchMattersError, explained
from ...prompts import fenced, load_prompt
from .. import ModelProgress
from ..scoring import finite
from .generation import in_batches
from .vlm import BATCH, VisionLanguageModel

GREY_SIDE = 336  # px, of the image that shows nothing


class VlmVerifier:
    """The score is P(yes) / (P(yes) + P(no)) for the first word of the answer.

    0.5 is where the model thinks no as likely as yes. Each sentence is a question of its own, so no order of sentences
    can change a score; the image and the words that all questions begin with are read once for a batch. What the
    model answers where it sees nothing (`baseline`) is its bias for a sentence: the evidence that counts is the
    difference of the two, as log-odds (`evidence.LabelFreeCalibration`).
    """

    threshold = 0.5
    calibration = None

    def __init__(self, name: str, model: VisionLanguageModel):
        self.name, self._model = name, model

    def score(
        self, batches: Sequence[tuple[Image.Image, Sequence[str]]], on_progress: ModelProgress
    ) -> list[list[float | None]]:
        if not self._model.sees or not self._model.chats:
            raise PatchMattersError(
                f"verifier: {self.name} cannot answer questions about an image: choose a vision-language "
                "model with a chat template, or a BLIP, CLIP or SigLIP."
            )
        question = load_prompt("judge")
        scores = []
        for index, (image, texts) in enumerate(batches):
            prompts = [
                self._model.prompt(question.format(statement=fenced(text)), image=True)
                for text in texts
            ]

            def run(start, stop, prompts=prompts, image=image):
                on_progress(None)
                with explained(f"verifier: {self.name}"):
                    return self._confidence(self._model.next_logits(prompts[start:stop], image))

            scores.append(in_batches(len(prompts), run, BATCH))
            on_progress(index)
        return scores

    def baseline(self, texts: Sequence[str], on_progress: ModelProgress) -> list[list[float]]:
        """Return what it answers where there is nothing to see: on a plain grey image.

        The prompt stays the same, token by token: without an image, "look at the image" is another question.
        """
        if not texts:
            return []
        grey = Image.new("RGB", (GREY_SIDE, GREY_SIDE), (128, 128, 128))
        [scores] = self.score([(grey, texts)], lambda index: on_progress(None))
        return [[] if score is None else [score] for score in scores]

    def _confidence(self, logits: torch.Tensor) -> list[float | None]:
        """(rows, vocabulary) -> P(yes) of each row; None if the logits are not numbers."""
        yes, no = (
            torch.logsumexp(logits[:, self._first_tokens(word)], dim=1) for word in ("yes", "no")
        )
        return finite(torch.sigmoid(yes - no).tolist())

    def _first_tokens(self, word: str) -> list[int]:
        """Return the tokens that an answer may begin with, in any spelling; a blank alone is none."""
        tokenizer = self._model.tokenizer
        found = set()
        for spelled in (word, word.capitalize(), word.upper()):
            for text in (spelled, f" {spelled}"):
                ids = tokenizer(text, add_special_tokens=False)["input_ids"]
                found.add(next(i for i in ids if tokenizer.decode([i]).strip()))
        return sorted(found)
