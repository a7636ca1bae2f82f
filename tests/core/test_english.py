"""Forms of English words."""

import pytest

from core.english import present_participle


@pytest.mark.parametrize(
    "third, form",
    [("listens", "listening"), ("mirrors", "mirroring"), ("gallops", "galloping"), ("runs", "running"), ("begins", "beginning"),
     ("visits", "visiting"), ("permits", "permitting"), ("hops", "hopping"), ("equips", "equipping")],
)  # fmt: skip
def test_a_consonant_is_doubled_after_a_stressed_syllable_only(third, form):
    assert present_participle(third) == form
