"""Captions out of answers, as models wrap them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import Completion
from core.models.cleaning import (
    MAX_CHARACTERS,
    MAX_SENTENCES,
    answered,
    clean_caption,
    cleaned,
    sentences_of,
)
from core.models.reasoning import without_reasoning
from core.refusals import marked_refusals

CUP = "A cup stands on a table."


@pytest.mark.parametrize(
    "answer",
    [
        f"<think>Let me look.</think>\n\n{CUP}",
        f"Let me look at it closely.\n</think>\n\n{CUP}",  # the opening tag is in the prompt
        f"<thinking>a</thinking><think>b</think>{CUP}",
        f"<reasoning>There is a cup.</reasoning>{CUP}",
        f"<think>a</think><answer>{CUP}</answer>",
        f"<answer>{CUP}",
        f"{CUP}</answer>",
        f"◁think▷It is white.◁/think▷{CUP}",
        f"[THINK]hm[/THINK]{CUP}",
        f"<|begin_of_box|>{CUP}<|end_of_box|>",
        f"<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>{CUP}",
        f"{CUP}<|im_end|>",
        f"{CUP}</s>",
    ],
)
def test_thinking_and_control_tokens(answer):
    assert without_reasoning(answer) == CUP
    assert clean_caption(answer) == (CUP, [])


def test_thinking_that_never_ends_is_no_answer():
    assert without_reasoning("<think>on and on") == ""


@pytest.mark.parametrize(
    "answer",
    [
        f"Here is the caption:\n\n{CUP}",
        f"Sure! Here's a detailed caption of the image:\n\n{CUP}",
        f"**Caption:** {CUP}",
        f"Description: {CUP}",
        f'"{CUP}"',
        f"“{CUP}”",
        f'{{"caption": "{CUP}"}}',
        f'```json\n{{"description": "{CUP}"}}\n```',
        f'[{{"caption": "{CUP}"}}]',
        f"## Caption\n\n{CUP}",
        f"- **{CUP}**",
        f"A cup <lora:evil:1>stands {'embedding:evil '}on a table.",
        "\ufeff" + CUP + "\x00\x07",
    ],
)
def test_what_is_around_a_caption(answer):
    assert clean_caption(answer) == (CUP, [])


@pytest.mark.parametrize(
    "caption",
    [
        CUP,
        'A sign reads "STOP".',
        '"A" and "B" are written on it.',
        "It costs 3.50 and is 2*3 cm large; the label says snake_case.",
        "A man holds a sign: no entry.",
        "Three dogs run. Three cats sleep.",
    ],
)
def test_a_plain_caption_stays_as_it_is(caption):
    assert clean_caption(caption) == (caption, [])


def test_json_that_was_cut_off_and_lists():
    assert clean_caption('{"caption": "A cup stands')[0] == "A cup stands"
    assert clean_caption("1. A cup.\n2. A *red* dog.")[0] == "A cup.\nA red dog."
    assert clean_caption("这是图片的描述：一个杯子。")[0] == "一个杯子。"


def test_repetition_is_cut_and_said():
    text, notes = clean_caption(f"It is day. {f'{CUP} ' * 40}")
    assert text == f"It is day. {CUP}" and "repeated itself: 39 sentences" in notes[0]
    once = cleaned(Completion(f"{CUP} " * 40, "stop"))
    assert once.text == CUP and "repeated itself" in once.detail
    assert cleaned(once) == once
    assert clean_caption("A man, " * 500 + "stands.")[0] == "A man, stands."
    assert clean_caption("Red, red and blue.")[0] == "Red, red and blue."


def test_a_caption_is_bounded():
    many = " ".join(f"Thing {i} stands there." for i in range(1000))
    text, notes = clean_caption(many)
    assert len(sentences_of(text)) == MAX_SENTENCES and len(text) <= MAX_CHARACTERS and notes
    long = cleaned(Completion("abcdefghij" * 10_000))
    assert len(long.text) == MAX_CHARACTERS and long.finish == "length" and "longer" in long.detail
    assert len(answered(Completion("1: 85\n" * 100_000)).text) <= MAX_CHARACTERS


def test_a_lone_surrogate_can_be_written():
    text, _ = clean_caption("A cup \ud800 stands.")
    assert text.encode() and "A cup" in text


def test_every_captioners_answers_pass_through_it():
    assert marked_refusals([Completion(f"Here is the caption: {CUP}")]) == (Completion(CUP),)


@given(st.text(max_size=300))
def test_cleaning_twice_cleans_no_more_than_once(text):
    once, _ = clean_caption(text)
    assert once.encode() is not None
    twice, _ = clean_caption(once)
    assert len(twice) <= len(once)


@pytest.mark.parametrize(
    ("answer", "caption"),
    [
        ("A red car " + "a" * 600, "A red car"),
        (
            "The man holds a cup and a cup and a cup and a cup and a cup on the table.",
            "The man holds a cup on the table.",
        ),
        ("图中有一只猫和一只猫和一只猫和一只猫和一只猫。", "图中有一只猫。"),
        # emphasis is no loop
        (
            "A very, very, very tall man says no, no, no.",
            "A very, very, very tall man says no, no, no.",
        ),
    ],
)
def test_a_loop_inside_a_sentence_is_said_once(answer, caption):
    text, notes = clean_caption(answer)
    assert text == caption
    assert bool(notes) == (answer != caption)


@pytest.mark.parametrize(
    ("answer", "caption"),
    [
        (
            '{"main_subject": "A cat sleeps on a sofa.", "weather": "sunny", "objects": ["lamp", "rug"]}',
            "A cat sleeps on a sofa.\nWeather: sunny\nObjects: lamp, rug",
        ),
        (
            'Here is the JSON:\n```json\n{"subject": "A cat sits.", "weather": "sunny"}\n```',
            "A cat sits.\nWeather: sunny",
        ),
        # cut off by max_tokens
        (
            '{"subject": "A cat sits.", "weather": "sunny", "details": "It has',
            "A cat sits.\nWeather: sunny",
        ),
        (
            "| Object | Colour |\n|---|---|\n| Car | red |\n| House | white |",
            "Car: red\nHouse: white",
        ),
        (
            "A [red car](https://x.y/z) stands there. ![a view](http://a.b/c.png)",
            "A red car stands there.",
        ),
    ],
)
def test_json_tables_and_links_are_read_and_not_shown(answer, caption):
    assert clean_caption(answer)[0] == caption


@pytest.mark.parametrize(
    "answer",
    ["a cup and " * 100_000, "[" * 200_000, "|" * 200_000, "(" * 50_000 + "a" + ")" * 50_000],
)
def test_no_answer_takes_long(answer):
    started = time.perf_counter()
    clean_caption(answer)
    assert time.perf_counter() - started < 2
