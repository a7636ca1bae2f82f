"""Places in a crop, translated to places in the whole image."""

import pytest

from core.claims import Passage
from core.claims.places import translate
from core.claims.reading import read
from core.regions import Box

UPPER_RIGHT = Box(0.5, 0.0, 1.0, 0.5)


@pytest.mark.parametrize(
    ("place", "frame", "whole"),
    [
        ("center", UPPER_RIGHT, "upper right"),
        ("left", UPPER_RIGHT, "top center"),
        ("bottom right", UPPER_RIGHT, "right"),
        ("left", None, "left"),
        ("foreground", UPPER_RIGHT, ""),  # what is near in a crop need not be in the image
        ("background", UPPER_RIGHT, "background"),
        ("right", Box(0, 0, 0.5, 1), "center"),
        ("left", Box(0, 0, 0.5, 1), "left"),
    ],
)
def test_places_of_a_crop_are_translated(place, frame, whole):
    assert translate(place, frame) == whole


def test_a_crops_place_is_translated_in_claim_and_sentence():
    (reading,) = read(
        [
            Passage(
                "In the center of the image, a clock hangs on a wall. On the left is a branch.",
                UPPER_RIGHT,
            )
        ]
    )
    places = {(c.subject, c.value) for c in reading.claims if c.kind == "place"}
    assert places == {("clock", "upper right"), ("branch", "top center")}
    assert reading.sentences[0].text == "In the upper right, a clock hangs on a wall."
    assert "center of the image" not in " ".join(c.text for c in reading.claims)


def test_a_chinese_crops_place_is_translated():
    (reading,) = read([Passage("画面左侧有一只猫。", UPPER_RIGHT)])
    assert "左侧" not in reading.sentences[0].text and "左侧" in reading.sentences[0].said


def test_a_place_next_to_another_thing_needs_no_translation():
    (reading,) = read([Passage("A lamp stands on the left side of the sofa.", UPPER_RIGHT)])
    assert not [c for c in reading.claims if c.kind == "place"]
    assert reading.sentences[0].text == "A lamp stands on the left side of the sofa."
