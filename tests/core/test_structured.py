"""Structured captions: what goes in, where the boxes come from, and that every word is a claim's."""

import builtins
import sys
from dataclasses import replace

import pytest

from bench.structured import added_words
from core.errors import PatchMattersError
from core.filter import filter_statements
from core.models import Detection
from core.models.registry import load_embedder
from core.profiles import PAPER
from core.regions import Box
from core.settings import FilterSettings
from core.structured import FORMS, validation
from core.structured.flux2 import flux2
from core.structured.forms import compact, structured
from core.structured.scene_graph import SceneGraph
from helpers import ScriptedVerifier, record_with

FALSE = ("The umbrella is blue.", "There is a dog.", "The woman is tall.")
STREET = {
    "image": [
        "The image shows a street on a rainy day. On the left, a young woman with an umbrella is walking a "
        "bicycle. She wears a red coat. A man is sitting on a bench on the right.",
    ],
    "left": [
        "A young woman in a red coat is walking a bicycle. Her umbrella is yellow. There is a dog.",
        "A woman holds a yellow umbrella. She wears a red coat, and her hair is dark.",
    ],
    "right": ['A man sits on a wooden bench. Above him hangs a sign that reads "OPEN".'],
}
BOXES = {"left": (0, 0, 55, 100), "right": (45, 0, 100, 100)}
FOUND = (
    ("person", 0.9, 10, 20, 30, 90),
    ("person", 0.8, 60, 30, 80, 90),
    ("bicycle", 0.8, 20, 50, 45, 95),
    ("umbrella", 0.7, 12, 5, 32, 25),
)
SCENES = [
    (STREET, BOXES, FOUND),
    (
        {
            "image": ["Three cups stand on a round table. There is no plate. The light is soft."],
            "left": ["Two blue cups are on a table. It may be made of oak."],
        },
        {"left": (0, 0, 60, 100)},
        (("cup", 0.9, 5, 5, 20, 30), ("cup", 0.9, 30, 5, 45, 30), ("cup", 0.9, 70, 5, 85, 30)),
    ),
    ({"image": ["画面中有一只橙色的杯子。", ], "left": ["一只杯子。"]}, {"left": (0, 0, 60, 100)}, ()),
    ({"image": [""]}, {}, ()),
]  # fmt: skip


def filtered(captions, boxes, found, settings=FilterSettings()):
    record = record_with(captions, boxes)
    record = replace(record, detections=tuple(Detection(Box(*b), n, s) for n, s, *b in found))
    verifier = ScriptedVerifier({text: 0.001 for text in FALSE})
    [record] = filter_statements([record], verifier, load_embedder(), settings)
    return record


@pytest.fixture(scope="module")
def street():
    return filtered(*SCENES[0])


def objects(record, **options):
    value, _, _ = structured(record, "generic", **options)
    return value, {o["label"]: o for o in value["objects"]}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("settings", [FilterSettings(), FilterSettings(profile=PAPER)])
@pytest.mark.parametrize("scene", SCENES, ids=["street", "cups", "chinese", "nothing said"])
def test_every_form_is_valid_and_has_no_word_of_its_own(scene, settings, form):
    record = filtered(*scene, settings)
    value, _, note = structured(record, form)
    assert note == "", "validated"
    assert added_words(value, form, record) == set()


def test_objects_have_the_attributes_that_were_kept(street):
    value, found = objects(street)
    assert "dog" not in found and "dog" not in compact(value)
    assert found["coat"]["attributes"] == ["red"]
    assert found["umbrella"]["attributes"] == ["yellow"]
    assert found["woman"]["attributes"] == ["young"]
    assert found["woman"]["parts"] == [{"label": "hair", "attributes": ["dark"]}]
    assert found["sign"]["texts"] == ["OPEN"]
    triples = {
        (value["objects"][r["subject"]]["label"], r["predicate"], value["objects"][r["object"]]["label"])
        for r in value["relations"]
    }  # fmt: skip
    assert ("woman", "walk", "bicycle") in triples and ("woman", "wear", "coat") in triples
    assert {s["aspect"]: s["value"] for s in value["scene"]}["weather"] == "rainy"


def test_two_people_get_the_boxes_of_their_own_sides(street):
    _, found = objects(street)
    assert (
        found["woman"]["boxes"] == [[10, 20, 30, 90]] and found["woman"]["boxes_from"] == "detector"
    )
    assert found["man"]["boxes"] == [[60, 30, 80, 90]]
    assert found["bicycle"]["boxes"] == [[20, 50, 45, 95]]


def test_what_no_detector_found_gets_the_patch_that_it_was_seen_in(street):
    _, found = objects(street)
    assert found["coat"]["boxes"] == [[0, 0, 55, 100]] and found["coat"]["boxes_from"] == "patch"


def test_boxes_in_fractions(street):
    value, found = objects(street, coordinates="fractions")
    assert value["coordinates"] == "fractions" and found["man"]["boxes"] == [[0.6, 0.3, 0.8, 0.9]]


def test_several_alike_get_their_boxes_only_if_as_many_were_found():
    captions, _, found = SCENES[1]
    _, three = objects(filtered({"image": captions["image"]}, {}, found))
    assert three["cup"]["count"] == 3 and len(three["cup"]["boxes"]) == 3
    _, two = objects(filtered({"image": captions["image"]}, {}, found[:2]))
    assert "boxes" not in two["cup"]


def test_of_two_that_look_alike_neither_gets_a_box():
    captions = {"image": ["A man in a red hat is talking to a man in a blue hat."]}
    _, found = objects(filtered(captions, {}, FOUND[:2]))
    assert "boxes" not in found["man"]


def test_what_is_in_the_middle_gets_no_box_at_the_edge():
    captions = {"image": ["In the middle, a man holds a phone."]}
    at_edge, inside = ("person", 0.9, 80, 30, 100, 90), ("person", 0.9, 40, 30, 60, 90)
    _, found = objects(filtered(captions, {}, [at_edge]))
    assert "boxes" not in found["man"]
    _, found = objects(filtered(captions, {}, [at_edge, inside]))
    assert found["man"]["boxes"] == [[40, 30, 60, 90]]


def test_chinese_sentences_are_joined_without_blanks(street):
    scene = (("setting", "街道", "场景是街道。"), ("weather", "晴朗", "天气晴朗。"))
    assert flux2(SceneGraph(street, scene=scene))["scene"] == "场景是街道。天气晴朗。"


def test_what_is_denied_or_guessed_is_in_no_prompt_and_in_full_in_the_generic_form():
    record = filtered(*SCENES[1])
    value, _, _ = structured(record, "generic")
    assert "There is no plate." in value["other_claims"]
    for form in FORMS:
        if form != "generic":
            assert "plate" not in compact(structured(record, form)[0]), form


def test_ideogram_gets_tight_boxes_texts_and_its_order_of_keys(street):
    value, _, _ = structured(street, "ideogram4")
    assert list(value) == ["high_level_description", "compositional_deconstruction"]
    scene = value["compositional_deconstruction"]
    assert list(scene) == ["background", "elements"] and "rainy" in scene["background"]
    order = validation.schema("ideogram4")["properties"]["compositional_deconstruction"]
    keys = {r["properties"]["type"]["const"]: list(r["properties"])
            for r in order["properties"]["elements"]["items"]["oneOf"]}  # fmt: skip
    for element in scene["elements"]:
        assert list(element) == [k for k in keys[element["type"]] if k in element]
    [woman] = [e for e in scene["elements"] if "woman" in e["desc"].split(" is ")[0]]
    assert woman["bbox"] == [200, 100, 900, 300], "y before x, on a grid of 1000"
    assert "red coat" in woman["desc"], "what she wears is described with her"
    [text] = [e for e in scene["elements"] if e["type"] == "text"]
    assert text["text"] == "OPEN" and "bbox" not in text, "a patch is no box of a sign"
    assert "\n" not in compact(value) and ": " not in compact({"a": "b"})


def test_fibo_describes_five_objects_and_the_rest_with_the_background():
    said = ["There is a red cup, a knife, a green plate, a spoon, a fork, a book and a lamp."]
    value, _, _ = structured(filtered({"image": said}, {}, ()), "fibo")
    assert len(value["objects"]) == 5
    text = compact(value)
    assert all(noun in text for noun in "cup knife plate spoon fork book lamp".split())
    assert value["lighting"] == {"conditions": "", "direction": ""}, "nothing is made up"


def test_fibo_describes_what_something_is_said_of_before_what_is_only_named():
    said = "There is a cup, a knife, a plate, a spoon, a fork. A man in a black coat is holding a phone."
    value, _, _ = structured(filtered({"image": [said]}, {}, ()), "fibo")
    assert "man" in value["objects"][0]["description"] and "man" not in value["background_setting"]


def test_flux2_says_the_weather_that_comes_before_the_setting_and_says_the_setting_once(street):
    scene = (
        ("weather", "sunny", "The weather is sunny."),
        ("setting", "park", "The setting is a park."),
    )
    value = flux2(SceneGraph(street, scene=scene))
    assert value["scene"] == "The setting is a park. The weather is sunny."


def test_a_value_that_does_not_match_names_the_place():
    with pytest.raises(PatchMattersError, match=r"flux2 JSON does not match .*\$"):
        validation.validated({"subjects": []}, "flux2")


def test_without_jsonschema_the_note_says_how_to_install_it(street, monkeypatch):
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    found = builtins.__import__("importlib.util").util.find_spec
    monkeypatch.setattr(
        validation, "find_spec", lambda name: None if name == "jsonschema" else found(name)
    )
    value, _, note = structured(street, "flux2")
    assert value["subjects"] and "pip install jsonschema" in note


QUARTERS = {"upper left": (0, 0, 50, 50), "lower right": (50, 50, 100, 100)}


def of_two_patches(first, second, whole="", found=()):
    captions = {"image": [whole], "upper left": [first], "lower right": [second]}
    return objects(filtered(captions, QUARTERS, found))


def labels(value):
    return sorted(o["label"] for o in value["objects"])


@pytest.mark.parametrize(
    "first, second",
    [
        ("A wooden table stands there.", "There is a wooden table. A cup is on the table."),
        ("The sky is blue.", "The sky is cloudy."),
        ("Trees stand behind a fence.", "There are trees."),
    ],
)
def test_one_object_that_two_patches_name_is_listed_once(first, second):
    value, _ = of_two_patches(first, second)
    found = labels(value)
    assert len(found) == len(set(found)), found


def test_the_object_has_what_both_patches_say_of_it():
    value, by_label = of_two_patches(
        "A wooden table stands there.", "There is a round table. A cup is on the table."
    )
    assert by_label["table"]["attributes"] == ["wooden", "round"]
    assert [(r["predicate"], r["object"]) for r in value["relations"]] == [
        ("on", by_label["table"]["id"])
    ]


@pytest.mark.parametrize(
    "first, second, whole, found",
    [
        ("There is a red cup.", "There is a blue cup.", "", ()),
        ("There is a cup.", "There is a cup.", "Two cups are on a table.", ()),
        ("There is a cup.", "There is a cup.", "", (("cup", 0.9, 5, 5, 20, 20), ("cup", 0.9, 70, 70, 90, 90))),
        ("Two cups are there.", "Three cups are there.", "", ()),
    ],
    ids=["colours", "whole image", "detections", "counted"],
)  # fmt: skip
def test_objects_that_are_told_apart_stay_two(first, second, whole, found):
    value, _ = of_two_patches(first, second, whole, found)
    assert labels(value).count("cup") >= 2
