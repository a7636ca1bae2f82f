"""Text generation with transformers: seeded for each row, in batches, interruptible."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import torch
from transformers import (
    GenerationMixin,
    LogitsProcessor,
    LogitsProcessorList,
    StoppingCriteria,
    StoppingCriteriaList,
)

from .. import ERROR, LENGTH, STOP, Completion
from ..seeds import mixed_seed

OVERFLOWED = "the model's numbers overflowed: choose the precision bf16 or fp32"
ONLY_THOUGHT = (
    "the model thought until max_tokens was used up and gave no answer: raise max_tokens, or choose "
    "a model that does not think aloud"
)


@dataclass(frozen=True)
class Sampling:
    """How one row is sampled: by its own seed and number alone, whatever else is in its batch."""

    seed: int
    candidate: int
    temperature: float

    def generator(self) -> torch.Generator:
        return torch.Generator().manual_seed(mixed_seed(self.seed, self.candidate))


class SeededChoice(LogitsProcessor):
    """Leaves one token a row: the best of `logits / temperature + Gumbel noise`.

    That is a sample of the softmax (Gumbel-max trick). The noise is drawn on the CPU, so a seed
    gives the same noise on every device.

    Attributes:
        overflowed: the rows whose logits were no numbers at some token: what they say means nothing.
    """

    def __init__(self, rows: Sequence[Sampling]):
        self._rows = rows
        self._generators = [row.generator() for row in rows]
        self.overflowed: set[int] = set()

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        scores = scores.float()
        if bool(scores.isnan().any()):
            self.overflowed.update(scores.isnan().any(dim=1).nonzero().flatten().tolist())
            scores = scores.nan_to_num(nan=-torch.inf)
        noise = torch.stack(
            [
                torch.rand(scores.shape[1], generator=g).clamp_(1e-20).log_().neg_().log_().neg_()
                if row.temperature > 0
                else torch.zeros(scores.shape[1])
                for row, g in zip(self._rows, self._generators)
            ]
        ).to(scores.device)
        warmth = torch.tensor(
            [row.temperature or 1.0 for row in self._rows], device=scores.device
        ).unsqueeze(1)
        best = (scores / warmth + noise).argmax(dim=1, keepdim=True)
        return torch.full_like(scores, -torch.inf).scatter_(1, best, 0.0)


class _EveryToken(StoppingCriteria):
    def __init__(self, call: Callable[[], None]):
        self._call = call

    def __call__(self, input_ids, scores, **kwargs):
        self._call()
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)


def generate(
    model,
    inputs: dict,
    rows: Sequence[Sampling],
    max_tokens: int,
    read: Callable[[list[int]], tuple[str, bool]],
    every_token: Callable[[], None],
) -> list[Completion]:
    """Continue a left-padded batch; `len(rows) / batch` samples of each of its rows, in order.

    Args:
        read: the text of an answer's tokens, and whether it is a thought that did not end.
        every_token: called before each token; it may raise to interrupt.
    """
    each = len(rows) // inputs["input_ids"].shape[0]
    choice = SeededChoice(rows)
    # Where it is not needed, a model's own `generate` is passed by: Janus's drops the choice.
    run = model.generate if prepares_itself(model) else partial(GenerationMixin.generate, model)
    out = run(
        **inputs,
        do_sample=True,
        num_beams=1,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        num_return_sequences=each,
        max_new_tokens=max_tokens,
        logits_processor=LogitsProcessorList([choice]),
        stopping_criteria=StoppingCriteriaList([_EveryToken(every_token)]),
    )
    prompts = inputs["input_ids"].repeat_interleave(each, dim=0).tolist()
    ends = _end_tokens(model)
    completions = []
    for number, (row, prompt) in enumerate(zip(out.tolist(), prompts)):
        if number in choice.overflowed:
            completions.append(Completion("", ERROR, OVERFLOWED))
            continue
        # The decoder's start token, or what comes back of the prompt: BLIP cuts its end token.
        row = row[1 if model.config.is_encoder_decoder else _in_common(row, prompt) :]
        end = next((i for i, token in enumerate(row) if token in ends), None)
        text, thinks = read(row if end is None else row[:end])
        tokens = len(row) if end is None else end + 1
        if thinks:
            completions.append(Completion("", ERROR, ONLY_THOUGHT, tokens=tokens))
            continue
        finish = LENGTH if end is None and len(row) >= max_tokens else STOP
        completions.append(Completion(text, finish, tokens=tokens))
    return completions


@contextmanager
def undisturbed(model) -> Iterator[None]:
    """Inference alone, which leaves the global random number generators as they were found."""
    devices = [model.device] if model.device.type == "cuda" else []
    with torch.inference_mode(), torch.random.fork_rng(devices=devices):
        yield


def prepares_itself(model) -> bool:
    """Whether the model's `generate` reads the image with a part of its own, as BLIP's does."""
    return "pixel_values" in inspect.signature(model.generate).parameters


def _in_common(row: list[int], prompt: list[int]) -> int:
    """How many tokens both begin with."""
    return next(
        (i for i, (a, b) in enumerate(zip(row, prompt)) if a != b), min(len(row), len(prompt))
    )


def _end_tokens(model) -> set[int]:
    if model.config.model_type == "blip":
        return {model.config.text_config.sep_token_id}
    ends = model.generation_config.eos_token_id
    return set(ends) if isinstance(ends, (list, tuple)) else {ends}


def in_batches(size: int, run: Callable[[int, int], list], limit: int) -> list:
    """`run(start, stop)` over 0..size in batches of `limit`, halved on out-of-memory.

    Raises:
        torch.OutOfMemoryError: one alone does not fit.
    """
    done: list = []
    while len(done) < size:
        stop = min(size, len(done) + limit)
        try:
            done += run(len(done), stop)
        except torch.OutOfMemoryError:
            if stop - len(done) == 1:
                raise
            limit = (stop - len(done)) // 2
            torch.cuda.empty_cache()
    return done
