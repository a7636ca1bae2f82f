"""Reads a prompt once for several continuations, by repeating its KV cache.

Caches differ (sliding windows, linear attention, convolutions, cross-attention). If a cache cannot be repeated, the
functions return None and the caller reads the prompt for each continuation. A prompt is read without its last
token, so nothing has to be cropped.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence

import torch
from transformers import GenerationMixin

# Inputs with one entry a token that the tokens of an answer do without.
EACH_TOKEN = ("input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids")
_ONE_TOKEN = {
    "max_new_tokens": 1,
    "do_sample": False,
    "num_beams": 1,
    "return_dict_in_generate": True,
    "use_cache": True,
}
# Norm of the difference of two readings, relative to the norm of the logits; rounding stays below it.
_SAME = {torch.float32: 1e-3}
_SAME_IN_HALF = 0.1


def shared_prefill(model, inputs: dict, each: int) -> dict | None:
    """Return inputs for `each` samples of every row, with images encoded and prompts read once per row.

    Args:
        inputs: a left-padded batch.

    Returns:
        None where the model's cache cannot be repeated.
    """
    read = _read(model, inputs, inputs["input_ids"].shape[1] - 1)
    if read is None or not _repeat(model, read, inputs["input_ids"].shape[0], each):
        return None
    names = ("input_ids", "attention_mask")
    rows = {name: inputs[name].repeat_interleave(each, dim=0) for name in names}
    return {**rows, **read}


def last_logits(model, inputs: dict) -> torch.Tensor:
    """Return the logits of the token after each row of a left-padded batch: float32, (rows, vocabulary)."""
    out = GenerationMixin.generate(model, **inputs, **_ONE_TOKEN, output_logits=True)
    return out.logits[0].float()


def shared_last_logits(model, inputs: dict, ends: Sequence[list[int]]) -> torch.Tensor | None:
    """Return the logits of the token after each of several prompts: float32, (prompts, vocabulary).

    Args:
        inputs: one row, of the first prompt.
        ends: what each prompt has after the tokens that all begin with; `ends[0]` is how `inputs` ends.

    Returns:
        None where the model's cache cannot be repeated.
    """
    shared = inputs["input_ids"].shape[1] - len(ends[0])
    read = _read(model, inputs, shared)
    if read is None or not _repeat(model, read, 1, len(ends)):
        return None
    # Padded on the right, where nothing looks at it; each row is read where it ends.
    last = [len(row) - 1 for row in ends]
    rows = torch.tensor([row + [0] * (max(last) + 1 - len(row)) for row in ends])
    rows = rows.to(model.device)
    options = dict(read)
    if "cache_position" in inspect.signature(model.forward).parameters:  # transformers 4
        options["cache_position"] = torch.arange(
            shared, shared + rows.shape[1], device=model.device
        )
    out = model(input_ids=rows, use_cache=True, **options)
    return out.logits[torch.arange(len(ends)), last].float()


def same_logits(one: torch.Tensor, other: torch.Tensor, dtype: torch.dtype) -> bool:
    """Return whether two readings of a prompt differ by rounding alone.

    Args:
        dtype: in which they were computed.
    """
    known = one.isfinite() & other.isfinite()
    one, other = one[known], other[known]
    most = _SAME.get(dtype, _SAME_IN_HALF)
    return bool((one - other).norm() <= most * (one - one.mean()).norm() + 1e-6)


def _read(model, inputs: dict, length: int) -> dict | None:
    """Read the first `length` tokens of each row.

    Returns:
        The cache, under the argument name that the model takes (transformers 5.24 changed it); None if it cannot be
        continued.
    """
    if model.config.is_encoder_decoder or length < 1:
        return None
    rows, tokens = inputs["input_ids"].shape
    tensors = {k: v for k, v in inputs.items() if isinstance(v, torch.Tensor)}
    one_a_token = {k for k, v in tensors.items() if v.shape[:2] == (rows, tokens)}
    if one_a_token - set(EACH_TOKEN):
        return None  # such as mllama's cross_attention_mask, which an answer needs as well
    start = {k: v[:, :length] if k in one_a_token else v for k, v in inputs.items()}
    out = GenerationMixin.generate(model, **start, **_ONE_TOKEN)
    name = "cache" if "cache" in out else "past_key_values"
    return {name: out[name]} if out.get(name) is not None else None


def _repeat(model, read: dict, rows: int, each: int) -> bool:
    """Repeat the cache of each of `rows` rows `each` times, in place. Return whether the cache supports it."""
    [cache] = read.values()
    fixed = any(hasattr(layer, "max_cache_len") for layer in getattr(cache, "layers", ()))
    if fixed or not hasattr(cache, "reorder_cache"):
        return False
    order = torch.arange(rows, device=model.device).repeat_interleave(each)
    cache.reorder_cache(order)
    for part in model.modules():
        # Models with 2D image positions (Qwen-VL) keep one offset per row.
        offsets = getattr(part, "rope_deltas", None)
        if isinstance(offsets, torch.Tensor):
            part.rope_deltas = offsets.repeat_interleave(each, dim=0)
    return True
