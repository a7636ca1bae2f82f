"""Seeded sampling: the noise is Gumbel's, a function of its place alone, and gives samples of the softmax."""

import itertools
import math

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from core.models.local.generation import Sampling, SeededChoice
from core.models.local.gumbel import gumbel_noise, row_keys, step_keys, token_counters

NO_IDS = torch.zeros(1, 1, dtype=torch.long)


def noise(rows, step=0, vocabulary=1000):
    return gumbel_noise(step_keys(row_keys(rows), step), token_counters(vocabulary))


def uniform(values):
    """Gumbel noise as numbers that should be uniform in 0..1: its distribution function."""
    return torch.exp(-torch.exp(-values.double()))


def chi_square(counts, expected):
    """The statistic in standard deviations from its mean."""
    counts, expected = counts.double(), expected.double()
    freedom = counts.numel() - 1
    statistic = ((counts - expected) ** 2 / expected).sum().item()
    return (statistic - freedom) / math.sqrt(2 * freedom)


def chosen(choice, logits):
    return choice(NO_IDS, logits).argmax(dim=1)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 1.7])
def test_tokens_come_as_often_as_the_softmax_says(temperature):
    logits = torch.tensor([0.0, 1.0, 2.0, -1.0, 0.5, 3.0, -0.5])
    times = 40_000
    rows = [Sampling(seed, 0, temperature) for seed in range(200)]
    choice, found = SeededChoice(rows), []
    for _ in range(times // len(rows)):
        found.append(chosen(choice, logits.repeat(len(rows), 1)))
    counts = torch.bincount(torch.cat(found), minlength=len(logits))
    assert chi_square(counts, times * (logits / temperature).softmax(0)) < 4


def test_the_noise_is_gumbels_and_finite():
    values = noise([(seed, c) for seed in range(10) for c in range(2)], 3, 152_000)
    assert values.isfinite().all() and values.dtype == torch.float32
    ordered = uniform(values.flatten()).sort().values
    n = len(ordered)
    distance = (ordered - (torch.arange(n) + 0.5) / n).abs().max().item()
    assert distance < 1.95 / math.sqrt(n)  # Kolmogorov and Smirnov, p = .001
    # What is sampled is decided far up, where a float32 of 1 - u would be coarse.
    for top in (12.0, 14.0):
        above = n * -math.expm1(-math.exp(-top))
        assert abs((values > top).sum().item() - above) < 4 * math.sqrt(above) + 1


def test_of_many_equal_words_each_wins_as_often():
    words, steps = 500, 400
    choice = SeededChoice([Sampling(9, c, 1.0) for c in range(100)])
    found = [chosen(choice, torch.zeros(100, words)) for _ in range(steps)]
    counts = torch.bincount(torch.cat(found), minlength=words)
    assert abs(chi_square(counts, torch.full((words,), 100 * steps / words))) < 4


def test_steps_candidates_seeds_and_neighbouring_words_know_nothing_of_each_other():
    size = 200_000
    base = noise([(1, 0)], 0, size)[0]
    others = {
        "the next step": noise([(1, 0)], 1, size)[0],
        "a later step": noise([(1, 0)], 256, size)[0],
        "another candidate": noise([(1, 1)], 0, size)[0],
        "another seed": noise([(2, 0)], 0, size)[0],
        "the next word": base.roll(1),
        "the word 256 on": base.roll(256),
        "the word 65536 on": base.roll(65_536),
    }
    cells = 32
    for name, other in others.items():
        pairs = (uniform(base) * cells).long() * cells + (uniform(other) * cells).long()
        counts = torch.bincount(pairs, minlength=cells**2)
        assert abs(chi_square(counts, torch.full((cells**2,), size / cells**2))) < 4.5, name


def test_one_bit_of_a_seed_a_step_or_a_word_changes_half_of_the_bits():
    keys = row_keys([(seed, 0) for seed in range(2000)])

    def changed(a, b):
        return sum(((a ^ b) >> bit) & 1 for bit in range(31)).double().mean().item() / 31

    for bit in range(12):
        assert changed(step_keys(keys, 0), step_keys(keys, 1 << bit)) == pytest.approx(
            0.5, abs=0.03
        )
        other = row_keys([(seed ^ (1 << bit), 0) for seed in range(2000)])
        assert changed(step_keys(keys, 7), step_keys(other, 7)) == pytest.approx(0.5, abs=0.03)


def test_a_row_samples_the_same_whatever_is_in_its_batch():
    torch.manual_seed(0)
    logits = torch.randn(7, 3000)
    rows = [Sampling(s, c, t) for s, c, t in zip(range(7), [0, 1, 2, 0, 0, 5, 0], [0.7, 0, 1] * 3)]
    together = SeededChoice(rows)
    steps = [chosen(together, logits) for _ in range(5)]
    for i in range(7):
        alone = SeededChoice([rows[i]])
        assert [chosen(alone, logits[i : i + 1]).item() for _ in range(5)] == [
            step[i].item() for step in steps
        ]
    assert all(step[1] == logits[1].argmax() for step in steps)  # temperature 0
    assert len({step[0].item() for step in steps}) > 1


def test_the_best_of_equals_is_the_first_as_transformers_takes_it():
    logits = torch.tensor([[1.0, 3.0, 3.0], [-torch.inf, -torch.inf, 0.0]])
    assert chosen(SeededChoice([Sampling(0, 0, 0.0)] * 2), logits).tolist() == [1, 2]
    sampled = [Sampling(s, 0, 5.0) for s in range(50)]
    assert set(chosen(SeededChoice(sampled), logits[1:].repeat(50, 1)).tolist()) == {2}


def test_bf16_logits_and_rows_that_are_no_numbers():
    logits = torch.tensor([[0.0, 1.0], [float("nan"), 1.0], [0.0, 2.0]], dtype=torch.bfloat16)
    choice = SeededChoice([Sampling(0, 0, 0.5), Sampling(1, 0, 0.5), Sampling(2, 0, 0.5)])
    left = choice(NO_IDS, logits)
    assert left.shape == (3, 2) and not left.isnan().any() and choice.overflowed == {1}
    choice(NO_IDS, torch.zeros(3, 2))
    assert choice.overflowed == {1}  # it stays so, though the next token was one


def test_the_integers_are_those_of_every_device():
    """Worked out by hand in Python's integers, which know neither overflow nor signs."""

    def hashed(x):
        x = x * 0x7FEB352D % 2**32
        x ^= (x >> 16) | (0xFFFF0000 if x >> 31 else 0)
        x = x * 0x846CA68B % 2**32
        return x ^ ((x >> 15) | (0xFFFE0000 if x >> 31 else 0))

    rows, steps = [(0, 0), (7, 2), (2**62, 1)], [0, 1, 300]
    words = [0, 1, 2, 31_999, 151_935]
    counters = token_counters(152_000)
    for (i, row), step in itertools.product(enumerate(rows), steps):
        key = hashed(row_keys([row]).item() % 2**32 ^ (step + 1) * 0x9E3779B9 % 2**32)
        assert step_keys(row_keys(rows), step)[i].item() == key
        got = gumbel_noise(torch.tensor([[key]], dtype=torch.int32), counters)[0]
        for word in words:
            bits = hashed(key ^ word * 0x9E3779B9 % 2**32)
            expected = -math.log(-math.log1p(-(bits * 2**-31 * (1 - 2**-23) + 2**-33)))
            assert got[word].item() == pytest.approx(expected, abs=2e-5)


class Operations(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.names.append(str(function))
        return function(*args, **(kwargs or {}))


def test_a_token_takes_few_operations_and_copies_nothing_to_the_host():
    """On tensors without data: whatever looked at a number would fail."""
    choice = SeededChoice([Sampling(s, 0, 0.7) for s in range(24)])
    logits = torch.empty(24, 152_000, device="meta", dtype=torch.bfloat16)
    choice(NO_IDS, logits)
    with Operations() as operations:
        choice(NO_IDS, logits)
    assert len(operations.names) <= 40
    moved = [n for n in operations.names if "local_scalar" in n or "to_copy" in n or "nonzero" in n]
    assert all("to_copy" in n for n in moved) and len(moved) <= 3  # changes of type, on the device
