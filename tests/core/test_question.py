"""Questions about an image: what they ask for, and answers from what was verified. The captioner is scripted, because
no vision-language model's weights can be had; its answers are worded as such models word them."""

from dataclasses import replace

import pytest

from core.image_record import ImageRecord
from core.models import ERROR, Completion, Detection
from core.models.offline.writer import OfflineWriter
from core.models.registry import load_embedder
from core.pipeline import Models
from core.question import Ask, evidence_text
from core.question_forms import (
    CANNOT_TELL,
    CANNOT_TELL_ZH,
    COLOUR,
    COUNT,
    OPEN,
    WHERE,
    WRITTEN,
    YES_NO,
    read_question,
)
from core.regions import Box
from core.report import as_view
from core.statements import Verdict
from helpers import FixedDetector, ScriptedCaptioner, ScriptedVerifier, ScriptedWriter, record_with

WHOLE, LEFT, RIGHT = (100, 100), (60, 100), (50, 100)
BOXES = {"left": (0, 0, 60, 100), "right": (50, 0, 100, 100)}
NOT_VISIBLE = "Not visible."


def image(detections=()) -> ImageRecord:
    record = record_with({"left": [""], "right": [""]}, BOXES)
    found = tuple(Detection(Box(*box), label, 0.9) for label, *box in detections)
    return replace(record, candidates={"image": (Completion("An old caption."),)}, detections=found)


def ask(question, whole, left=NOT_VISIBLE, right=NOT_VISIBLE, *, false=(), writer=None, **options):
    captioner = ScriptedCaptioner({WHOLE: [whole], LEFT: [left], RIGHT: [right]})
    models = Models(
        FixedDetector(),
        captioner,
        ScriptedVerifier({text: 0.001 for text in false}),
        writer or OfflineWriter(),
        load_embedder(),
        ocr=None,
    )
    [record] = Ask(question).process([image(**options)], models)
    return record, captioner


@pytest.mark.parametrize(
    "text, kind, statement, things",
    [
        ("Is there a dog?", YES_NO, "There is a dog.", ("dog",)),
        ("Are there any people in the picture?", YES_NO, "There are people.", ("person",)),
        ("Is the cup orange?", YES_NO, "The cup is orange.", ("cup",)),
        ("Is the man's hat red?", YES_NO, "The man's hat is red.", ("hat", "man")),
        ("Does the man wear a hat?", YES_NO, "The man wears a hat.", ("man", "hat")),
        ("Is the traffic light green?", YES_NO, "The traffic light is green.", ("traffic light",)),
        ("Can you see a spoon?", YES_NO, "There is a spoon.", ("spoon",)),
        ("Is the dog in the image?", YES_NO, "There is the dog.", ("dog",)),
        ("Does the man in the image wear a hat?", OPEN, "", ("man", "hat")),
        ("Is the door open or closed?", OPEN, "", ("door",)),
        ("How many people are sitting on the bench?", COUNT, "", ("person", "bench")),
        ("What is the color of the woman's coat?", COLOUR, "", ("coat", "woman")),
        ("What does the sign say?", WRITTEN, "", ("sign",)),
        ("Where is the cup?", WHERE, "", ("cup",)),
        ("What is the woman holding?", OPEN, "", ("woman",)),
        ("图片里有狗吗？", OPEN, "", ()),
        ("???", OPEN, "", ()),
    ],
)
def test_what_a_question_asks_for(text, kind, statement, things):
    question = read_question(text)
    assert (question.kind, question.statement, question.things) == (kind, statement, things)


@pytest.mark.parametrize(
    "question, answer, told",
    [
        ("Is there a dog?", "Yes.", "There is a dog."),
        ("Is there a dog?", "Yes, there is a dog.", "There is a dog."),
        ("Is there a dog?", "No, there is a cat.", "There is no dog. There is a cat."),
        ("How many chairs are there?", "Two.", "There are two chairs."),
        ("How many chairs are there?", "3", "There are three chairs."),
        ("How many chairs are there?", "None", "There are no chairs."),
        ("How many chairs are there?", "²", "²"),
        ("What colour is the car?", "Dark blue", "The car is dark blue."),
        ("What does the sign say?", '"Fresh Bread"', 'The sign reads "Fresh Bread".'),
        ("What does the sign say?", "I can't tell.", ""),
        ("What does the sign say?", "Not visible.", ""),
        ("What colour is the car?", "The car is red.", "The car is red."),
    ],
)
def test_a_short_answer_is_read_as_a_statement(question, answer, told):
    assert read_question(question).told(answer) == told


def test_the_whole_image_and_each_patch_are_asked_the_question():
    record, captioner = ask("Is there a dog?", "Yes, there is a dog.")
    assert len(captioner.requests) == 3
    assert all("Question: Is there a dog?" in r.prompt for r in captioner.requests)
    assert captioner.requests[1].frame == Box(0, 0, 0.6, 1)
    assert record.calls["captioner"] == 3
    assert "An old caption." not in evidence_text(record, "Is there a dog?")


@pytest.mark.parametrize(
    "question, whole, left, answer",
    [
        ("Is there a dog?", "Yes.", "A brown dog lies on the floor.", "Yes. There is a dog."),
        ("Is there a dog?", "There is no dog.", NOT_VISIBLE, "No. There is no dog."),
        ("Is the dog in the image?", "Yes.", "A brown dog lies on the floor.", "Yes. There is a dog."),
        ("Is the cup blue?", "No, the cup is red.", "The cup is red.", "No."),
        ("What colour is the car?", "Red.", "The car is red.", "There is a red car."),
        ("How many chairs are there?", "Two.", "There are two chairs.", "There are two chairs."),
        ("What does the sign say?", 'The sign says "OPEN".', "OPEN", 'The sign reads "OPEN".'),
        ("What is the woman holding?", "The woman is holding an umbrella.", "She stands on a street.", "umbrella"),
        ("Where is the cat?", "The cat is on the sofa.", NOT_VISIBLE, "on a sofa"),
        ("图片里有什么？", "画面中有一只猫。", "一只猫。", "画面中有一只猫。"),
    ],
)  # fmt: skip
def test_the_answer_comes_from_what_was_kept(question, whole, left, answer):
    record, _ = ask(question, whole, left)
    assert answer in record.caption
    assert CANNOT_TELL not in record.caption


@pytest.mark.parametrize(
    "question, whole, false",
    [
        ("What colour is the car?", "The car is red.", ("The car is red.", "There is a car.")),
        ("Is there a dog?", "Yes, there is a dog.", ("There is a dog.",)),
        ("Is there a dog?", NOT_VISIBLE, ()),
        ("Is there a dog?", "", ()),
        ("What does the sign say?", "Not visible.", ()),
        ("How many chairs are there?", "I cannot tell.", ()),
    ],
)
def test_where_nothing_is_kept_it_cannot_tell(question, whole, false):
    record, _ = ask(question, whole, false=false)
    assert record.caption == CANNOT_TELL


def test_a_chinese_question_is_answered_in_chinese():
    record, _ = ask("图中有狗吗？", NOT_VISIBLE)
    assert record.caption == CANNOT_TELL_ZH and "KEPT" not in evidence_text(record, "图中有狗吗？")
    record, _ = ask("图片里有什么？", "画面中有一只猫。沙发是红色的。")
    assert record.caption == "画面中有一只猫。沙发是红色的。"


def test_a_patch_that_lacks_something_does_not_deny_it():
    record, _ = ask("Is there a dog?", "Yes, there is a dog.", "No.", "There is no dog.")
    assert record.caption.startswith("Yes.")
    assert not any(s.claim.negated for s in record.statements if s.claim)


def test_a_patch_counts_only_what_it_shows_completely():
    answers = ("There are three cups.", "There are two cups.", "There is one cup.")
    record, _ = ask("How many cups are there?", *answers)
    assert record.caption == "There are three cups."
    cups = [("cup", 5, 10, 15, 20), ("cup", 20, 10, 30, 20)]
    record, _ = ask(
        "How many cups are there?",
        "There are several cups.",
        "There are two cups.",
        detections=cups,
    )
    assert record.caption == "There are two cups.", "both detections are in the left patch"


def test_what_was_seen_but_not_counted_is_at_least_that_many():
    record, _ = ask("How many dogs are there?", "A dog sleeps on the rug.")
    assert record.caption.startswith("At least one.")


def test_the_writer_answers_and_what_it_adds_is_removed():
    writer = ScriptedWriter("The car is red. A man is driving the car.")
    record, _ = ask("What colour is the car?", "The car is red.", writer=writer)
    assert record.caption == "The car is red."
    [prompt] = writer.requests
    assert "What colour is the car?" in prompt and "The car is red." in prompt
    assert record.calls["writer"] == 1 and record.models["writer"] == "test:scripted"


def test_a_writer_that_does_not_know_leaves_the_answer_to_the_rules():
    record, _ = ask(
        "What colour is the car?", "The car is red.", writer=ScriptedWriter("Not visible.")
    )
    assert record.caption == "There is a red car."
    record, _ = ask("Is there a car?", "Yes.", writer=ScriptedWriter("Yes, there is a car."))
    assert record.caption == "Yes. There is a car.", "yes is said once"


def test_the_evidence_names_claims_scores_and_patches():
    question = "What colour is the car?"
    record, _ = ask(question, "The car is red.", "A red car is parked by a tree.")
    text = evidence_text(record, question)
    evidence, answers = text.split("ANSWERS")
    assert "The car is red." in evidence and "image, left" in evidence and "in 2 of 2" in evidence
    assert "tree" not in evidence and "[left]\nA red car is parked by a tree." in answers
    view = as_view(record)
    assert any(s["kept"] for s in view["statements"]), "Patch Report shows it"


def test_a_failed_region_costs_only_its_own_answer():
    failed = Completion("", ERROR, "The server is overloaded.")
    record, _ = ask("What colour is the car?", failed, "The car is red.")
    assert "red car" in record.caption
    assert "A region gave no answer: The server is overloaded." in record.notes


def test_no_image_is_changed_and_each_of_a_batch_is_answered():
    captioner = ScriptedCaptioner({WHOLE: ["The car is red."], LEFT: [NOT_VISIBLE], RIGHT: [""]})
    batch = [image(), image()]
    models = Models(FixedDetector(), captioner, ScriptedVerifier(), OfflineWriter(), ocr=None)
    steps = []
    done = Ask("What colour is the car?").process(batch, models, lambda i, r: steps.append((i, r)))
    assert [r.caption for r in done] == ["There is a red car."] * 2
    assert batch[0].candidates["image"][0].text == "An old caption." and not batch[0].caption
    assert {i for i, region in steps if region} == {0, 1}
    assert all(s.verdict is not Verdict.DROPPED for s in done[0].statements)
