import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.divide import (
    divide,
    prominent_box,
    region_tree,
    select_detections,
    spatial_boxes,
)
from core.models import Detection
from core.regions import SEMANTIC, Box, coverage, quadrants, union_box
from core.settings import DivideSettings
from helpers import FixedDetector, ScriptedCaptioner
from strategies import boxes, pixels

WHOLE = Box(0, 0, 100, 100)


def found(*items):
    return [Detection(Box(*box), label, score) for label, score, *box in items]


@pytest.mark.parametrize(
    ("scores", "kept"),
    [
        ([0.9, 0.31, 0.3], [0.9, 0.31]),  # above 0.3 only
        ([0.1, 0.3, 0.2], [0.3, 0.2]),  # none passes: the two best
        ([0.2], []),  # one alone that does not pass: the whole image stands for it
        ([], []),
    ],
)
def test_which_detections_count(scores, kept):
    detections = [Detection(Box(0, 0, 1, 1), "cat", s) for s in scores]
    assert [d.score for d in select_detections(detections, 0.3)] == kept


@given(st.lists(boxes(), max_size=6), st.sampled_from([0.0, 0.3, 0.5]))
def test_patches_hold_their_quarter_and_its_objects(objects, share):
    whole = Box(0, 0, 24, 24)
    for name, patch in spatial_boxes(whole, objects, share).items():
        quarter = quadrants(whole)[name]
        members = [o for o in objects if len(pixels(o) & pixels(quarter)) / len(pixels(o)) > share]
        assert patch == union_box([quarter, *members])
        assert coverage(patch, whole) == 1


def test_an_object_on_the_border_belongs_to_both_sides():
    patches = spatial_boxes(WHOLE, [Box(40, 10, 60, 20)], 0.3)
    assert patches["top left"] == Box(0, 0, 60, 50)
    assert patches["top right"] == Box(40, 0, 100, 50)
    assert patches["bottom left"] == Box(0, 50, 50, 100)


def main_patch(caption, detections, **settings):
    root, notes = region_tree(WHOLE, detections, caption, DivideSettings(**settings))
    return next((r.box for r in root.walk() if r.kind == SEMANTIC), None), notes


def test_the_semantic_patch_is_what_the_caption_names():
    detections = found(
        ("cat", 0.9, 10, 10, 30, 30), ("dog", 0.8, 40, 10, 60, 30), ("tv", 0.9, 0, 90, 9, 99)
    )
    assert main_patch("Two cats and a dog.", detections)[0] == Box(10, 10, 60, 30)
    assert main_patch("A caterpillar.", detections)[0] is None  # names none: the whole image
    assert main_patch("A cat.", detections, semantic=False)[0] is None


def test_the_semantic_patch_must_differ_from_the_whole():
    detections = found(("cat", 0.9, 0, 0, 60, 70))  # IoU with the image 0.42
    assert main_patch("A cat.", detections)[0] is None
    assert main_patch("A cat.", detections, semantic_iou=0.5)[0] == Box(0, 0, 60, 70)


def test_without_a_caption_the_largest_central_object_counts_and_the_report_says_so():
    detections = found(("cat", 0.9, 40, 40, 60, 60), ("dog", 0.9, 0, 0, 21, 21))
    box, notes = main_patch("", detections)
    assert box == Box(40, 40, 60, 60)
    assert any("most central object" in note for note in notes)
    assert prominent_box([], WHOLE) is None


def test_no_detection_gives_plain_quarters_and_a_note():
    root, notes = region_tree(WHOLE, [], "A cat.", DivideSettings())
    assert [r.box for r in root.children] == list(quadrants(WHOLE).values())
    assert any("No object" in note for note in notes)


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (3, 40), (30, 30)])
def test_a_tiny_picture_is_not_divided(size):
    record = divide([Image.new("RGB", size)], detector=FixedDetector())[0]
    assert list(record.root.walk()) == [record.root]
    assert any("too small" in note for note in record.notes)


def test_deeper_levels_divide_large_crowded_patches_only():
    many = found(*[("cup", 0.9, x, 10, x + 20, 40) for x in range(10, 700, 100)])
    whole = Box(0, 0, 1600, 1600)
    flat, _ = region_tree(whole, many, "", DivideSettings(levels=1))
    deep, _ = region_tree(whole, many, "", DivideSettings(levels=2))
    assert {r.name for r in deep.walk()} - {r.name for r in flat.walk()} == {
        f"top left > {name}" for name in quadrants(whole)
    }
    for parent in deep.walk():
        assert all(coverage(child.box, parent.box) == 1 for child in parent.children)


def test_the_captioners_word_is_kept_and_travels():
    captioner = ScriptedCaptioner({(100, 100): ["A cat."]})
    image = Image.new("RGB", (100, 100))
    detector = FixedDetector(("cat", 0.9, 10, 10, 30, 30))
    record = divide([image], detector=detector, captioner=captioner)[0]
    assert record.global_caption == "A cat."
    assert record.root.find("main").box == Box(10, 10, 30, 30)
    assert captioner.requests[0].temperature == 0.2 and captioner.requests[0].n == 1
    given_caption = divide([image], detector=detector, captioner=captioner, captions=["A dog."])[0]
    assert given_caption.global_caption == "A dog." and len(captioner.requests) == 1
