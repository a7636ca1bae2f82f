"""The report's words, held against those that the frontend shows."""

import json
from pathlib import Path

import pytest
from PIL import Image

from core.pipeline import caption_images
from core.report import as_text, as_view
from core.statements import Reason, Statement, Verdict

ROOT = Path(__file__).parents[2]


def words(language):
    return json.loads((ROOT / "locales" / language / "main.json").read_text())["patchMatters"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_has_words_in_every_language(language):
    assert set(words(language)["reasons"]) == {reason.value for reason in Reason}


def test_the_text_and_the_frontend_give_a_reason_in_the_same_words():
    [image] = caption_images([Image.new("RGB", (64, 64), "navy")])
    for reason in Reason:
        statement = Statement(
            "A cup.", (), verdict=Verdict.DROPPED, reason=reason, against="A mug.", needed=0.5
        )
        shown = as_text(image.extended(statements=(statement,)))
        said = words("en")["reasons"][reason.value].replace("{}", "A mug.")
        if reason in (Reason.IMPROBABLE, Reason.BELOW):
            said = words("en")["needed"].replace("{}", said, 1).replace("{}", "0.50")
        assert said in shown, reason


def test_a_view_names_reason_and_what_was_needed_not_words():
    [image] = caption_images([Image.new("RGB", (64, 64), "navy")])
    for statement in as_view(image)["statements"]:
        assert statement["reason"] in {reason.value for reason in Reason}
        assert {"needed", "against", "kept", "score", "support", "regions", "text"} <= set(
            statement
        )


def test_the_languages_have_the_same_labels():
    for group in ("labels", "editor"):
        assert set(words("en")[group]) == set(words("zh")[group])
    for english, chinese in words("zh")["messages"].items():
        assert english.count("{}") == chinese.count("{}"), english


def test_a_note_of_several_captions_stands_once():
    [image] = caption_images([Image.new("RGB", (64, 64), "navy")])
    twice = image.extended(notes=("Left out.", "Left out.")).extended(notes=("Left out.",))
    assert twice.notes == (*image.notes, "Left out.")
