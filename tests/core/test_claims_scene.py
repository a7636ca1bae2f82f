"""Many captions of one image: which things are the same, and that no order of the captions matters."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.claims import Passage
from core.claims.reading import read
from core.claims.scene import Scene, grouped, merged

# In the manner of LLaVA and Qwen-VL; "whole" is seen by all, the two patches see nothing of each other.
CAPTIONS = {
    "whole": (
        "A woman in a red coat sits on a bench with her dog. Two men are walking past a white van in the background.",
    ),
    "left": (
        "A lady wearing a red coat is seated on a wooden bench. Her small brown dog is lying next to her.",
        "The person in the red coat is sitting on a bench. There is a dog on the ground.",
        "A woman with a blue coat is sitting, and a cat lies beside her.",
    ),
    "right": (
        "Two men walk past a parked van. One of them is carrying a bag.",
        "A white van is parked on the street, and a couple is walking by.",
        "A man in a black jacket stands next to a delivery van.",
    ),
}


def may_meet(a: str, b: str) -> bool:
    return {a, b} != {"left", "right"}


def understood(regions) -> tuple[set, set, set]:
    """(groups, entailments, contradictions) in words: who says what, whatever the order was."""
    sources = [(r, i) for r in regions for i in range(len(CAPTIONS[r]))]
    readings = read([Passage(CAPTIONS[r][i]) for r, i in sources])
    scene: Scene = merged(dict(zip(sources, readings)), may_meet)
    said = [(source, n, c) for source, r in scene.readings.items() for n, c in enumerate(r.claims)]
    found = grouped([c for *_, c in said], [s for s, *_ in said], scene.things)
    names = [frozenset((said[i][0], said[i][1]) for i in group) for group in found.groups]
    return (
        set(names),
        {(names[a], names[b]) for a, b in found.entails},
        {frozenset((names[a], names[b])) for a, b in found.contradicts},
    )


@pytest.mark.parametrize("regions", list(itertools.permutations(CAPTIONS))[1:])
def test_the_order_of_regions_changes_nothing(regions):
    assert understood(regions) == understood(tuple(CAPTIONS))


@settings(max_examples=15, deadline=None)
@given(st.permutations([(r, i) for r in CAPTIONS for i in range(len(CAPTIONS[r]))]))
def test_the_order_of_captions_changes_nothing(sources):
    read_once = dict(zip(sources, read([Passage(CAPTIONS[r][i]) for r, i in sources])))
    first, second = (merged(x, may_meet) for x in (read_once, dict(sorted(read_once.items()))))
    assert first.things == second.things
    assert dict(first.readings) == dict(second.readings)


def test_a_couple_is_no_man():
    [one, other] = read(
        [Passage("A man in a hat walks on the beach."), Passage("A couple walks on the beach.")]
    )
    scene = merged({("whole", 0): one, ("whole", 1): other}, may_meet)
    assert sorted(t.head for t in scene.things if t.head in ("man", "couple")) == ["couple", "man"]
