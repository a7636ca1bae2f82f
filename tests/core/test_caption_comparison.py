"""Two captions of one image, claim by claim."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.caption_comparison import Side, as_text, as_view, compared
from core.filter import filter_statements
from core.models.registry import load_embedder
from core.profiles import PAPER
from core.settings import FilterSettings
from helpers import ScriptedVerifier, fuzz, record_with

TABLE = "An orange cup stands on a wooden table. A man in a hat is reading a book."
OTHER = "A blue cup is on a table. There is a poodle. A man is reading a book."


def texts(said):
    return [s.text if s else None for s in said]


def view_of(left, right):
    return compared(Side.of_text(left), Side.of_text(right))


def test_claims_of_both_of_one_and_contradicting():
    found = view_of(TABLE, OTHER)
    assert [texts(pair) for pair in found.contradicting] == [
        ["The cup is orange.", "The cup is blue."]
    ]
    assert ["There is a cup.", "There is a cup."] in [texts(pair) for pair in found.both]
    assert "The table is wooden." in texts(found.only_left)
    assert texts(found.only_right) == ["There is a poodle."]


@pytest.mark.parametrize(
    "left, right, contradicting",
    [
        ("There are two people.", "There are three people.", 1),
        ("The door is open.", "The door is closed.", 1),
        ("There is no dog.", "A dog is next to the door.", 1),
        ("画面中有一只橙色的杯子。", "画面中有一只蓝色的杯子。", 1),
        ("A red car and a blue car are parked.", "A red car is parked.", 0),
        ("A man on the left wears a hat.", "A man on the right wears no hat.", 0),
    ],
)
def test_what_contradicts(left, right, contradicting):
    assert len(view_of(left, right).contradicting) == contradicting


def test_what_follows_from_more_is_said_by_both():
    found = view_of("There is a dog.", "A poodle lies on the grass.")
    assert [texts(pair) for pair in found.both] == [["There is a dog.", None]]
    assert "There is a poodle." in texts(found.only_right)
    assert not found.only_left


@pytest.mark.parametrize("left, right", [(TABLE, OTHER), (TABLE, ""), ("", ""), (OTHER, TABLE)])
def test_every_claim_stands_in_one_place(left, right):
    found = view_of(left, right)
    for index, side in enumerate((found.left, found.right)):
        placed = [pair[index] for pair in (*found.contradicting, *found.both) if pair[index]]
        placed += (found.only_left, found.only_right)[index]
        assert sorted(s.text for s in placed) == sorted({s.text for s in side.said})


SENTENCES = [
    "A cup is on the table.", "The cup is orange.", "The cup is blue.", "There are two dogs.", "A dog is brown.",
    "A woman wears a red coat.", "The woman is sitting.", "There is no cat.", "A cat sleeps.", "It is sunny.",
]  # fmt: skip
captions = st.lists(st.sampled_from(SENTENCES), max_size=5, unique=True).map(" ".join)


@fuzz(200)
@given(captions, captions)
def test_swapping_the_sides_swaps_the_result(left, right):
    one, other = view_of(left, right), view_of(right, left)
    assert set(one.only_left) == set(other.only_right)
    assert set(one.contradicting) == {(a, b) for b, a in other.contradicting}
    assert {(b, a) for a, b in one.both} == set(other.both)


@fuzz(100)
@given(captions)
def test_a_caption_agrees_with_itself(caption):
    found = view_of(caption, caption)
    assert not found.only_left and not found.only_right


def filtered(captions, scores=None, settings=FilterSettings()):
    [record] = filter_statements(
        [record_with(captions, {"left": (0, 0, 60, 100)})],
        ScriptedVerifier(scores or {}),
        load_embedder(),
        settings,
    )
    return record


def test_kept_claims_have_scores_regions_and_cost():
    record = filtered(
        {"image": [TABLE], "left": ["An orange cup."]}, {"The man wears a hat.": 0.001}
    )
    record = replace(
        record,
        models={"captioner": "openai:gpt-4o", **record.models},
        calls={"captioner": 3, "detector": 1},
        tokens={"captioner": 1000},
    )
    view = as_view(
        compared(Side.of_record(record), Side.of_text(OTHER)), {"openai:gpt-4o": (2.5, 10)}
    )
    assert view["left"]["requests"] == 3, "a detector is no request"
    assert view["left"]["tokens"] == 1000 and view["left"]["cost"] == 0.01
    assert view["right"] | {"claims": 0} == {
        "claims": 0, "mean_score": None, "models": {}, "requests": 0, "tokens": 0, "cost": None,
    }  # fmt: skip
    assert "The man wears a hat." not in [s["text"] for s in view["only_left"]], "it was dropped"
    [[orange, _]] = view["contradicting"]
    assert orange["score"] > 0.8 and orange["regions"] == ["image", "left"]
    text = as_text(json.loads(json.dumps(view)))
    assert "CONTRADICTING (1)" in text and "requests: 3" in text and "0.0100" in text


def test_kept_sentences_of_the_papers_profile_are_compared_by_their_claims():
    record = filtered(
        {"image": ["An orange cup stands on a table."]}, settings=FilterSettings(profile=PAPER)
    )
    found = compared(Side.of_record(record), Side.of_text("A cup is on a table."))
    assert texts(found.only_left) == ["The cup is orange."]


def test_a_caption_is_checked_against_the_verified_claims():
    record = filtered({"image": [TABLE]}, {"The man wears a hat.": 0.001})
    said = Side.of_text(
        "The cup is blue. A man reads a book. The man wears a hat. A lamp.", record
    ).said
    checks = {s.text: (s.check, s.score) for s in said}
    assert checks["The cup is blue."][0] == "contradicted"
    assert checks["There is a book."][0] == "supported" and checks["There is a book."][1] > 0.8
    assert checks["The man wears a hat."][0] == "open" and checks["The man wears a hat."][1] < 0.5
    assert checks["There is a lamp."] == ("open", None)


def test_a_model_in_two_roles_is_paid_for_both():
    record = replace(
        filtered({"image": ["A cup."]}),
        models={"captioner": "openai:gpt-4o", "writer": "openai:gpt-4o"},
        tokens={"captioner": 1000, "writer": 500},
    )
    assert Side.of_record(record).cost({"openai:gpt-4o": (2.5, 10)}) == pytest.approx(0.015)


def test_no_price_is_shown_where_one_of_the_models_has_none():
    record = replace(
        filtered({"image": ["A cup."]}), tokens={"captioner": 10}, models={"captioner": "x"}
    )
    assert Side.of_record(record).cost({"openai:gpt-4o": (2.5, 10)}) is None
