"""Gumbel noise without state: a function of seed, candidate, step and token, the same on every device.

A counter-based generator: each number is a hash of its own place, so none depends on what was drawn before it,
on the batch around it or on the device. The integers are equal everywhere; the logarithms of two devices may
differ in the last digit of a float32.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ..seeds import derive_seed


def _wrapped(number: int) -> int:
    """Return the lowest 32 bits of a number, as a signed int32."""
    number &= 0xFFFFFFFF
    return number - 2**32 if number >= 2**31 else number


# The multipliers of the integer hash "lowbias32" (Chris Wellons, nullprogram.com, 2018).
_FIRST, _SECOND = _wrapped(0x7FEB352D), _wrapped(0x846CA68B)
_GOLDEN = 0x9E3779B9  # 2^32 / golden ratio, odd: its multiples visit every 32-bit number once


def row_keys(rows: Sequence[tuple[int, int]], device: torch.device | str = "cpu") -> torch.Tensor:
    """Return a key for each (seed, candidate): int32, shape (rows, 1)."""
    keys = [[_wrapped(derive_seed(seed, candidate))] for seed, candidate in rows]
    return torch.tensor(keys, dtype=torch.int32, device=device)


def token_counters(vocabulary: int, device: torch.device | str = "cpu") -> torch.Tensor:
    """Return a number of its own for each token: int32, shape (vocabulary,)."""
    return torch.arange(vocabulary, dtype=torch.int32, device=device).mul_(_wrapped(_GOLDEN))


def step_keys(keys: torch.Tensor, step: int) -> torch.Tensor:
    """Return the keys of one step (of one generated token): int32 >= 0, shape (rows, 1)."""
    return _hashed(torch.bitwise_xor(keys, _wrapped((step + 1) * _GOLDEN)))


def gumbel_noise(keys: torch.Tensor, counters: torch.Tensor) -> torch.Tensor:
    """Standard Gumbel noise: float32, shape (rows, vocabulary), finite, from about -2.8 to 22.2.

    Args:
        keys: int32 of shape (rows, 1), from `step_keys`.
        counters: int32 of shape (vocabulary,), from `token_counters`.
    """
    bits = _hashed(torch.bitwise_xor(keys, counters))
    # -u, a uniform number in (-1, 0). The largest noise comes from the smallest u, where a float32 is finest:
    # with log(1 - u) it has 31 random bits there, with log(u) it would have 24.
    uniform = bits.float().mul_(-(2.0**-31) * (1 - 2.0**-23)).sub_(2.0**-33)
    return uniform.log1p_().neg_().log_().neg_()


def _hashed(numbers: torch.Tensor) -> torch.Tensor:
    """Return a hash of int32 numbers, in place: int32 >= 0.

    torch has no logical right shift of signed numbers on every device. The arithmetic one folds the sign into the
    upper bits, which leaves 31 random bits.
    """
    numbers.mul_(_FIRST)
    numbers.bitwise_xor_(torch.bitwise_right_shift(numbers, 16))
    numbers.mul_(_SECOND)
    return numbers.bitwise_xor_(torch.bitwise_right_shift(numbers, 15))
