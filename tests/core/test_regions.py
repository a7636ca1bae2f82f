import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.regions import (
    Box,
    clip_box,
    coverage,
    intersection_area,
    iou,
    merge_boxes,
    quadrants,
    union_box,
)
from strategies import boxes, pixels


@given(boxes(), boxes())
def test_overlap_equals_a_count_of_pixels(a, b):
    both, either = pixels(a) & pixels(b), pixels(a) | pixels(b)
    assert intersection_area(a, b) == len(both)
    assert iou(a, b) == pytest.approx(len(both) / len(either))
    assert coverage(a, b) == pytest.approx(len(both) / len(pixels(a)))


@given(st.lists(boxes(), max_size=12), st.sampled_from([0.0, 0.1, 0.3, 0.5]), st.randoms())
def test_merging_is_idempotent_and_independent_of_order(found, limit, draw: random.Random):
    merged = merge_boxes(found, limit)
    shuffled = draw.sample(found, len(found))
    assert merge_boxes(shuffled, limit) == merged
    assert merge_boxes(merged, limit) == merged
    assert all(iou(a, b) <= limit for i, a in enumerate(merged) for b in merged[i + 1 :])
    # Nothing is lost: every box lies in one of the results.
    assert all(any(coverage(box, m) == 1 for m in merged) for box in found)


def test_a_chain_of_overlaps_becomes_one_box():
    chain = [Box(0, 0, 10, 10), Box(5, 0, 15, 10), Box(10, 0, 20, 10)]  # IoU of neighbours 1/3
    assert merge_boxes(chain, 0.3) == [Box(0, 0, 20, 10)]


def test_merging_goes_on_until_unions_no_longer_overlap():
    # The first two become (0, 0, 10, 10), which only then overlaps the third by more than 0.3.
    found = [Box(0, 0, 10, 7), Box(0, 3, 10, 10), Box(0, 0, 4, 10)]
    assert merge_boxes(found, 0.3) == [Box(0, 0, 10, 10)]


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 9), st.integers(0, 9))
def test_quadrants_tile_the_box(width, height, x, y):
    box = Box(x, y, x + width, y + height)
    parts = list(quadrants(box).values())
    assert sum(part.area for part in parts) == box.area
    assert set().union(*map(pixels, parts)) == pixels(box)
    assert all(value == int(value) for part in parts for value in part.as_tuple())


def test_quadrants_split_at_half_rounded_down():
    assert quadrants(Box(0, 0, 7, 5)) == {
        "top left": Box(0, 0, 3, 2),
        "top right": Box(3, 0, 7, 2),
        "bottom right": Box(3, 2, 7, 5),
        "bottom left": Box(0, 2, 3, 5),
    }


@settings(max_examples=200)
@given(*[st.floats(allow_nan=True, allow_infinity=True)] * 4)
def test_clipping_gives_a_box_inside_or_none(x1, y1, x2, y2):
    box = clip_box(x1, y1, x2, y2, 30, 20)
    assert box is None or (0 <= box.x1 < box.x2 <= 30 and 0 <= box.y1 < box.y2 <= 20)


@pytest.mark.parametrize(
    "sides",
    [
        (0, 0, 0, 5),  # no width
        (5, 5, 1, 9),  # negative width
        (0, 0, float("nan"), 1),
        (0, 0, float("inf"), 1),
    ],
)
def test_a_box_without_area_cannot_be(sides):
    with pytest.raises(ValueError):
        Box(*sides)


@given(st.lists(boxes(), min_size=1, max_size=6))
def test_union_covers_all(found):
    union = union_box(found)
    assert all(coverage(box, union) == 1 for box in found)
    assert union.x1 in {b.x1 for b in found} and union.y2 in {b.y2 for b in found}
