"""Claims where a small parser errs, nonsense that is not claimed, and the text that is left of a sentence."""

from __future__ import annotations

import pytest

from core.claims import Passage
from core.claims.reading import read


def said(text: str) -> set[tuple[str, str, str, str]]:
    """(kind, subject, value, object) of the claims of a caption."""
    (reading,) = read([Passage(text)])
    return {(c.kind, c.subject, c.value, c.object) for c in reading.claims}


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        (
            "There is a red fire hydrant on the sidewalk.",
            {("attribute", "fire hydrant", "red", "")},
        ),
        (
            "The child wears a pink dress and white sandals.",
            {
                ("attribute", "dress", "pink", ""),
                ("attribute", "sandal", "white", ""),
                ("relation", "child", "wear", "dress"),
            },
        ),
        (
            "There is a cat with orange fur sitting on the floor.",
            {("attribute", "fur", "orange", "")},
        ),
        ("A round glass coffee table stands there.", {("attribute", "coffee table", "round", "")}),
        ("A white phone resting on the desk is visible.", {("relation", "phone", "on", "desk")}),
        ("Parked behind her are a silver car and a black truck.", {("object", "truck", "", "")}),
        ("Three copper pans on a stove", {("number", "pan", "3", "")}),
        ("A cup \U0001f9e1 on a table \U0001fa91!", {("object", "cup", "", "")}),
        ("A dog number 5 runs.", {("object", "dog", "", ""), ("action", "dog", "run", "")}),
        ("A skier in a red jacket on a slope is turning.", {("relation", "skier", "on", "slope")}),
        ("A person is holding ski poles.", {("object", "ski pole", "", "")}),
        (
            "A pair of gloves is hanging on the fence.",
            {("relation", "glove", "hang on", "fence")},
        ),
        ("The bench is made of wood.", {("attribute", "bench", "made of wood", "")}),
        ("She holds a racket in her right hand.", {("relation", "racket", "in", "hand")}),
        ("A woman is stirring a pot on the stove.", {("relation", "pot", "on", "stove")}),
        ("It is late in the afternoon.", {("scene", "time", "late afternoon", "")}),
        ("The atmosphere is calm, with a dog lying on the floor.", {("object", "dog", "", "")}),
        ("The presence of a cooler adds a touch of charm.", {("object", "cooler", "", "")}),
    ],
)
def test_common_misparses_are_repaired(text, claims):
    assert claims <= said(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("A bottle of dish soap stands by the faucet.", ("soap", "dish")),
        ("A man is holding a phone in his hand.", ("man", "in")),
        ("A red hydrant adds a pop of color to the scene.", ("pop", "")),
        ("The bicycle has a basket on the front.", ("front", "")),
        ("A board hangs there, along with a calendar.", ("board", "along with")),
        ("A group of large people and many are wearing hats.", ("many", "")),
        ("The toppings include basil, based on its style.", ("topping", "base")),
    ],
)
def test_no_nonsense_is_claimed(text, wrong):
    assert wrong not in {(subject, value) for _, subject, value, _ in said(text)}


@pytest.mark.parametrize(
    ("said_", "text"),
    [
        ("A red hydrant adds a pop of color to the scene.", "There is a red hydrant."),
        ("She is wearing a white helmet for safety.", "She is wearing a white helmet."),
        (
            "- Two children in green vests, standing on skis",
            "There are two children in green vests, standing on skis.",
        ),
        ("The image captures a sunny day at the beach.", "It is a sunny day at the beach."),
        (
            "The key elements in this picture include a woman sitting on a bench.",
            "There is a woman sitting on a bench.",
        ),
        ("A person stands on a snow-covered slope.", "A person stands on a snow-covered slope."),
    ],
)
def test_a_sentences_text_holds_what_it_claims(said_, text):
    (reading,) = read([Passage(said_)])
    assert reading.sentences[0].text == text


@pytest.mark.parametrize(
    ("text", "there", "absent"),
    [
        (
            "A skateboarder is in mid-air above the ramp.",
            ("attribute", "skateboarder", "in mid-air", ""),
            "mid",
        ),
        ("The man holds what appears to be a phone.", ("relation", "man", "hold", "phone"), "what"),
        (
            "On the desk lies what looks like a book or a box.",
            ("relation", "box", "on", "desk"),
            "what",
        ),
        (
            "Neon signs in red and blue illuminate the street.",
            ("relation", "neon sign", "illuminate", "street"),
            "",
        ),
        (
            "A couple walks hand in hand along the beach.",
            ("attribute", "couple", "hand in hand", ""),
            "hand",
        ),
        ("There are two cats, one black and one white.", ("attribute", "cat", "white", ""), "one"),
        (
            "It is a homey and inviting kitchen with wooden cabinets.",
            ("relation", "kitchen", "with", "cabinet"),
            "homey",
        ),
        (
            "She is wearing a dark blue top and a matching skirt.",
            ("attribute", "top", "dark blue", ""),
            "",
        ),
        (
            "The image shows a modern, high-speed train.",
            ("attribute", "train", "high-speed", ""),
            "speed train",
        ),
        ("A laptop with its lid open stands on the desk.", ("attribute", "lid", "open", ""), ""),
        ("There are three cups, two of which are orange.", ("number", "cup", "3", ""), "two"),
        ("The clock shows ten past two.", ("text", "clock", "ten past two", ""), "ten"),
        ("A tractor is driving down a dirt road.", ("relation", "tractor", "down", "road"), ""),
        (
            "The boat on the right is smaller than the one on the left.",
            ("relation", "boat", "smaller than", "boat"),
            "",
        ),
        (
            "The horse has a coat of brown and white.",
            ("attribute", "coat", "brown and white", ""),
            "",
        ),
        (
            "The person has a tattoo visible on their arm.",
            ("relation", "tattoo", "on", "arm"),
            "visible",
        ),
    ],
)
def test_constructions_are_read_as_they_are_meant(text, there, absent):
    [reading] = read([Passage(text)])
    claims = {(c.kind, c.subject, c.value, c.object) for c in reading.claims}
    assert there in claims
    assert not absent or absent not in {c.subject for c in reading.claims if c.kind == "object"}


@pytest.mark.parametrize(
    "text",
    ["It is hard to tell what the man is holding.", "It is unclear whether the door is open."],
)
def test_what_cannot_be_told_is_no_claim(text):
    [reading] = read([Passage(text)])
    assert not reading.claims and reading.not_claims


@pytest.mark.parametrize(
    ("text", "subject", "value"),
    [
        ("The chair has no arms or cushions.", "chair", "have"),
        ("Neither the cup nor the saucer is empty.", "saucer", "empty"),
        ("No one is looking at the camera.", "person", "look at camera"),
    ],
)
def test_denials_reach_all_that_they_govern(text, subject, value):
    [reading] = read([Passage(text)])
    said = [c for c in reading.claims if (c.subject, c.value) == (subject, value)]
    assert said and all(c.negated for c in said)
