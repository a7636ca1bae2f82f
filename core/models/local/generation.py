"""Text generation with transformers: seeded for each row, in batches, interruptible."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from transformers import (
    DynamicCache,
    LogitsProcessor,
    LogitsProcessorList,
    StoppingCriteria,
    StoppingCriteriaList,
)

from .. import ERROR, LENGTH, STOP, Completion
from ..thinking import without_thinking
from .gumbel import gumbel_noise, row_keys, step_keys, token_counters

OVERFLOWED = "the model's numbers overflowed: choose the precision bf16 or fp32"


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
    decode: Callable[[torch.Tensor], str],
    every_token: Callable[[], None],
) -> list[Completion]:
    """Continue a left-padded batch; `len(rows) / batch` samples of each of its rows, in order.

    The images are encoded once for all samples of a row (transformers 5). The global random number
    generators are left as they were found.

    Args:
        every_token: called before each token; it may raise to interrupt.
    """
    length, ends = _prompt_length(model, inputs), _end_tokens(model)
    each = len(rows) // inputs["input_ids"].shape[0]
    devices = [model.device] if model.device.type == "cuda" else []
    stopping = StoppingCriteriaList([_EveryToken(every_token)])
    choice = SeededChoice(rows)
    with torch.inference_mode(), torch.random.fork_rng(devices=devices):
        if each > 1 and _can_share(model):
            inputs, each = _shared_prefill(model, inputs, each), 1
        out = model.generate(
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
            stopping_criteria=stopping,
        )
    completions = []
    for number, row in enumerate(out[:, length:].tolist()):
        if number in choice.overflowed:
            completions.append(Completion("", ERROR, OVERFLOWED))
            continue
        end = next((i for i, token in enumerate(row) if token in ends), None)
        text = decode(row if end is None else row[:end])
        finish = LENGTH if end is None and len(row) >= max_tokens else STOP
        tokens = len(row) if end is None else end + 1
        completions.append(Completion(without_thinking(text), finish, tokens=tokens))
    return completions


def last_logits(model, inputs: dict, ends: Sequence[list[int]] = ()) -> torch.Tensor:
    """The logits of the token after each row: float32, shape (rows, vocabulary).

    Args:
        inputs: a left-padded batch; with `ends`, one row.
        ends: rows that share all of `inputs` but its end; `ends[0]` is how that one ends. What is
            shared is read once.
    """
    with torch.inference_mode():
        if not ends:
            out = model.generate(**inputs, **_ONE_TOKEN, output_logits=True)
            return out.logits[0].float()
        shared = inputs["input_ids"].shape[1] - len(ends[0])
        names = ("input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids")
        before = {k: v[:, :shared] if k in names else v for k, v in inputs.items()}
        cache = model.generate(**before, **_ONE_TOKEN).past_key_values
        _repeat(model, cache, len(ends))
        # Padded on the right, where nothing looks at it; each row is read where it ends.
        last = [len(row) - 1 for row in ends]
        rows = torch.tensor([row + [0] * (max(last) + 1 - len(row)) for row in ends])
        rows = rows.to(model.device)
        places = torch.arange(shared, shared + rows.shape[1], device=model.device)
        wanted = "cache_position" in inspect.signature(model.forward).parameters  # transformers 4
        out = model(
            input_ids=rows,
            past_key_values=cache,
            use_cache=True,
            **({"cache_position": places} if wanted else {}),
        )
        return out.logits[torch.arange(len(ends)), last].float()


_ONE_TOKEN = {
    "max_new_tokens": 1,
    "do_sample": False,
    "num_beams": 1,
    "return_dict_in_generate": True,
    "use_cache": True,
}


def _prompt_length(model, inputs: dict) -> int:
    """How many tokens of the prompt an answer begins with."""
    if model.config.is_encoder_decoder:
        return 1  # the decoder's start token
    length = inputs["input_ids"].shape[1]
    return length - 1 if model.config.model_type == "blip" else length  # BLIP cuts the end token


def _end_tokens(model) -> set[int]:
    if model.config.model_type == "blip":
        return {model.config.text_config.sep_token_id}
    ends = model.generation_config.eos_token_id
    return set(ends) if isinstance(ends, (list, tuple)) else {ends}


def _can_share(model) -> bool:
    """Whether the cache can be stepped back: one with a sliding window has forgotten its start."""
    if model.config.is_encoder_decoder or model.config.model_type == "blip":
        return False
    cache = DynamicCache(config=model.config.get_text_config(decoder=True))
    return not any(getattr(layer, "is_sliding", False) for layer in cache.layers)


def _shared_prefill(model, inputs: dict, each: int) -> dict:
    """Inputs for `each` samples of every row, with images encoded and prompts read once a row."""
    cache = model.generate(**inputs, **_ONE_TOKEN).past_key_values
    # The last token of the prompt is read again, by each sample, for its logits.
    cache.crop(-1)
    _repeat(model, cache, each)
    names = ("input_ids", "attention_mask")
    rows = {name: inputs[name].repeat_interleave(each, dim=0) for name in names}
    return {**rows, "past_key_values": cache}


def _repeat(model, cache, each: int) -> None:
    """What was read of each row, for `each` rows that go on from it."""
    cache.batch_repeat_interleave(each)
    for part in model.modules():
        # Where a model numbers image positions in rows and columns, it keeps an offset of each row.
        offsets = getattr(part, "rope_deltas", None)
        if isinstance(offsets, torch.Tensor):
            part.rope_deltas = offsets.repeat_interleave(each, dim=0)


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
