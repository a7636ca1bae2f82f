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
from .gumbel import gumbel_noise, row_keys, step_keys, token_counters

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


# Logits that a CPU works on at a time, so that they stay in its second-level cache: two rows of 150,000.
_CPU_LOGITS = 300_000


class SeededChoice(LogitsProcessor):
    """Leaves one token a row: the best of `logits + temperature * Gumbel noise`.

    That is a sample of the softmax of `logits / temperature` (Gumbel-max trick). The noise of a token is a function of
    the row's seed and candidate, the step and the token alone (`gumbel.py`), drawn where the logits are.
    Nothing is copied from the device at a token.
    """

    def __init__(self, rows: Sequence[Sampling]):
        self._rows, self._step = rows, 0
        self._overflowed: torch.Tensor | None = None  # bool, shape (rows, 1)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        if self._overflowed is None:
            self._prepare(scores)
        keys, places = step_keys(self._keys, self._step), []
        for start in range(0, len(self._rows), self._together):
            part = slice(start, start + self._together)
            noisy = self._with_noise(scores[part].float(), keys[part], self._warmth[part])
            place = noisy.argmax(dim=1, keepdim=True)  # of NaN, where there is one
            self._overflowed[part] |= noisy.gather(1, place).isnan()
            places.append(place)
        self._step += 1
        left = torch.full(scores.shape, -torch.inf, dtype=torch.float32, device=scores.device)
        return left.scatter_(1, torch.cat(places), 0.0)

    @property
    def overflowed(self) -> set[int]:
        """The rows whose logits were no numbers at some token: what they say means nothing."""
        return set() if self._overflowed is None else set(self._overflowed.nonzero()[:, 0].tolist())

    def _prepare(self, scores: torch.Tensor) -> None:
        device, words = scores.device, scores.shape[1]
        self._overflowed = torch.zeros(len(self._rows), 1, dtype=torch.bool, device=device)
        self._sampled = any(row.temperature > 0 for row in self._rows)
        self._keys = row_keys([(row.seed, row.candidate) for row in self._rows], device)
        self._counters = token_counters(words, device)
        self._warmth = torch.tensor([[row.temperature] for row in self._rows], device=device)
        most = max(1, _CPU_LOGITS // words)
        self._together = most if device.type == "cpu" else len(self._rows)

    def _with_noise(self, logits, keys, warmth) -> torch.Tensor:
        if not self._sampled:
            return logits
        return torch.addcmul(logits, gumbel_noise(keys, self._counters), warmth)


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
        # Of one token left, transformers need not draw: its draw takes 150 ms a token on a CPU.
        do_sample=each > 1,
        num_beams=1,
        temperature=1.0,
        top_k=None,
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
    """Return whether the model's `generate` reads the image with a part of its own, as BLIP's does."""
    return "pixel_values" in inspect.signature(model.generate).parameters


def _in_common(row: list[int], prompt: list[int]) -> int:
    """Return how many tokens both begin with."""
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
