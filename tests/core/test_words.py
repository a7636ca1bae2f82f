import pytest

from core.regions import Box
from core.words import attributes, contradiction, names_label, nouns, place_name, split_words


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("A white cat.", "A black cat.", "colour"),
        ("A white fluffy cat sits.", "A black cat sits.", "colour"),
        ("The cat is white.", "A black cat.", "colour"),
        ("A red and white bus.", "A white bus.", ""),  # one colour in common
        ("A grey cat.", "A silver cat.", ""),  # one family
        ("A white cat on a red sofa.", "A white cat on a blue sofa.", "colour"),
        ("A white cat and a black dog.", "A black dog and a white cat.", ""),
        ("Two dogs.", "Three dogs.", "number"),
        ("A dog.", "Two dogs.", "number"),
        ("2 dogs.", "Two dogs.", ""),
        ("Several dogs.", "Two dogs.", ""),  # no number is stated
        ("A dog on the left.", "A dog on the right.", "position"),
        ("A dog in the upper left.", "A dog on the left.", ""),
        ("A dog in the foreground.", "A dog in the background.", "position"),
        ("The dog is to the left of the car.", "The dog is to the right of the car.", "position"),
        ("A dog left of the car.", "A dog on the right.", ""),  # of the car, not of the picture
        ("A cup on top of the box.", "A cup at the bottom of the picture.", ""),
        ("There is no dog.", "There is a dog.", "presence"),
        ("一只狗。", "一只猫。", ""),  # another language states no attribute
        ("", "A dog.", ""),
    ],
)
def test_contradictions_of_attributes(a, b, kind):
    assert contradiction(attributes(a), attributes(b)) == kind
    assert contradiction(attributes(b), attributes(a)) == kind


@pytest.mark.parametrize(
    ("sentence", "skeleton"),
    [
        ("A large red bus is in the center of the picture.", "bus"),
        ("There are two cups on the left.", "cups"),
        ("The book is above the laptop.", "the book is above the laptop"),
        ("Red.", "red."),  # nothing but a value: kept whole, so that it can be compared
    ],
)
def test_the_skeleton_is_what_a_sentence_is_about(sentence, skeleton):
    assert attributes(sentence).skeleton == skeleton


def test_labels_are_named_as_whole_words_in_singular_or_plural():
    assert names_label("Two knives and a hot dog.", "knife")
    assert names_label("Some people stand there.", "person")
    assert not names_label("A caterpillar.", "cat")


@pytest.mark.parametrize(
    ("box", "name"),
    [
        (Box(0, 0, 0.2, 0.2), "in the upper left"),
        (Box(0.4, 0, 0.6, 0.2), "at the top"),
        (Box(0.4, 0.4, 0.6, 0.6), "in the center"),
        (Box(0.8, 0.4, 1, 0.6), "on the right"),
        (Box(0.4, 0.8, 0.6, 1), "at the bottom"),
    ],
)
def test_places_are_thirds_of_the_picture(box, name):
    assert place_name(box) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A large dining table and an orange cup are in the center.", ["dining table", "cup"]),
        (
            "The image shows a man wearing a red hat, riding a brown horse along the beach.",
            ["man", "hat", "horse", "beach"],
        ),
        ("A cat sleeps near trees and parked cars.", ["cat", "tree", "car"]),
        ("There are three traffic lights hanging from poles.", ["traffic light", "pole"]),
        ("Un gato negro duerme.", []),
        ("", []),
    ],
)
def test_the_things_a_text_names(text, expected):
    assert nouns(text) == expected


def test_words_in_a_widget():
    assert split_words(" person, red car;\n person,, ") == ["person", "red car"]
