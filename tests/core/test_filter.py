"""The default profile's filter, on captions as vision-language models write them; scores are scripted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.filter import filter_statements
from core.models import LENGTH, Completion
from core.models.registry import load_embedder
from core.settings import FilterSettings
from core.statements import Reason, Verdict
from helpers import ScriptedVerifier, record_with

WOMAN = "A woman in a red coat is sitting on a bench, her small dog looking up at her."


def run(record, scores=None, threshold=0.0):
    verifier = ScriptedVerifier(scores)
    [done] = filter_statements([record], verifier, load_embedder(), FilterSettings(threshold))
    return {s.text: s for s in done.statements}, verifier, done


def kept(statements):
    return {text for text, s in statements.items() if s.verdict is Verdict.KEPT}


def reasons(statements):
    return {text: s.reason for text, s in statements.items() if s.verdict is Verdict.DROPPED}


def test_a_sentence_with_one_false_claim_loses_that_claim():
    statements, _, _ = run(record_with({"image": [], "a": [WOMAN]}), {"The coat is red.": 0.05})
    assert statements["The coat is red."].reason is Reason.IMPROBABLE
    assert {"There is a woman.", "There is a coat.", "There is a bench."} <= kept(statements)
    assert any("dog" in text for text in kept(statements))


def test_what_is_said_of_a_thing_goes_with_the_thing():
    said = "A woman holds a cup. The cup is blue and has a broken handle."
    low = {
        text: 0.02
        for text in ("There is a cup.", "The cup is blue.", "The woman is holding a cup.")
    }
    statements, _, _ = run(record_with({"image": [], "a": [said]}), low)
    assert not [text for text in kept(statements) if "cup" in text], reasons(statements)
    assert "There is a woman." in kept(statements)


def test_each_wording_is_kept_by_its_own_score():
    """The vaguer claim of two does not lend the more specific one its score."""
    said = ["There is a cup on the table.", "There is a red cup on the table."]
    scores = {"The cup is red.": 0.05, "There is a cup.": 0.9}
    statements, _, _ = run(record_with({"image": [], "a": said}), scores)
    assert statements["The cup is red."].verdict is Verdict.DROPPED
    assert "There is a cup." in kept(statements)
    assert statements["There is a cup."].support == (2, 2)


def test_of_a_contradiction_the_likelier_side_is_kept():
    said = ["A white cat sleeps on a sofa.", "A black cat sleeps on a sofa."]
    scores = {"The cat is white.": 0.5, "The cat is black.": 0.8}
    statements, _, _ = run(record_with({"image": [], "a": said}), scores)
    assert statements["The cat is white."].reason is Reason.CONTRADICTED
    assert statements["The cat is white."].against == "The cat is black."
    assert {"There is a cat.", "The cat is black."} <= kept(statements)


def test_the_whole_image_and_a_quadrant_can_contradict_each_other():
    record = record_with(
        {
            "image": ["The door of the red house is open."],
            "a": ["The door of the house is closed."],
        },
        {"a": (0, 0, 50, 50)},
    )
    statements, _, _ = run(record)
    found = [
        s.reason for s in statements.values() if "door" in s.text and s.claim.kind == "attribute"
    ]
    assert sorted(r.value for r in found) == ["contradicted", "probable"]


def test_the_same_words_of_disjoint_patches_are_two_things():
    boxes = {"a": (0, 0, 40, 40), "b": (60, 60, 100, 100)}
    said = {"image": [], "a": ["A man in a blue shirt."], "b": ["A man in a red shirt."]}
    statements, _, done = run(record_with(said, boxes))
    assert {"The shirt is blue.", "The shirt is red."} <= {t for t in kept(statements)}
    assert sum(thing.head == "man" for thing in done.things) == 2


def test_saying_the_same_in_two_patches_speaks_for_it():
    boxes = {"a": (0, 0, 60, 50), "b": (40, 0, 100, 50)}
    others = ["A tree stands there."] * 2
    once = {"image": [], "a": ["There is a boat.", *others], "b": ["A tree stands there."] * 3}
    twice = {**once, "b": ["There is a boat.", *others]}
    low = {"There is a boat.": 0.25}
    alone, both = (run(record_with(said, boxes), low)[0] for said in (once, twice))
    assert both["There is a boat."].score > alone["There is a boat."].score


def test_agreement_is_counted_but_a_model_repeats_what_it_invents():
    record = record_with({"image": [], "a": ["There is a boat."] * 3})
    statements, _, _ = run(record, {"There is a boat.": 0.02})
    assert statements["There is a boat."].support == (3, 3)
    assert statements["There is a boat."].verdict is Verdict.DROPPED


def test_a_place_in_a_crop_is_no_place_in_the_image():
    said = "In the center of the image, a man stands in front of a shop."
    record = record_with({"image": [], "a": [said]}, {"a": (50, 0, 100, 50)})
    statements, _, _ = run(record)
    assert not [t for t in kept(statements) if "center" in t], kept(statements)
    assert "There is a man." in kept(statements)


def test_headings_lead_ins_and_moods_are_no_claims_and_are_listed():
    said = (
        "Here is a detailed description of the image:\n\n**Main Subject**\n- A brown dog lies on a rug.\n\n"
        "The overall atmosphere is calm and peaceful."
    )
    statements, _, _ = run(record_with({"image": [], "a": [said]}))
    assert {"There is a dog.", "The dog is brown."} <= kept(statements)
    listed = [t for t, r in reasons(statements).items() if r is Reason.NOT_A_CLAIM]
    for part in ("Here is a detailed description", "Main Subject", "overall atmosphere"):
        assert any(part in text for text in listed), listed


def test_a_guess_needs_more_than_a_statement():
    firm = run(record_with({"image": [], "a": ["A man holds a book."]}), {"There is a book.": 0.5})
    guess = run(
        record_with({"image": [], "a": ["A man holds what appears to be a book."]}),
        {"There is a book.": 0.5},
    )
    [said] = [
        s for t, s in guess[0].items() if "book" in t and s.claim and s.claim.kind == "object"
    ]
    assert said.claim.hedged and said.score < firm[0]["There is a book."].score


def test_what_the_matcher_cannot_judge_is_decided_by_the_captions():
    said = ["A dog barks loudly.", "A dog barks loudly.", "A cat sleeps."]
    unknown = dict.fromkeys(
        ("There is a dog.", "The dog is barking.", "There is a cat.", "The cat is sleeping."), None
    )
    statements, _, _ = run(record_with({"image": [], "a": said}), unknown)
    assert "There is a dog." in kept(statements) and "There is a cat." not in kept(statements)
    assert statements["There is a dog."].evidence == {}


def test_a_threshold_is_the_probability_that_is_asked_for():
    record = record_with({"image": [WOMAN]})
    all_of_it = kept(run(record)[0])
    some = {t for t, s in run(record)[0].items() if s.score and s.score > 0.97}
    assert kept(run(record, threshold=0.97)[0]) <= some < all_of_it or some == all_of_it
    assert kept(run(record, threshold=1.0)[0]) == set()
    assert run(record, threshold=1.0)[2].threshold == 1.0


def test_a_sentence_that_was_cut_off_makes_no_claim_of_its_broken_end():
    cut = Completion("A dog runs on the beach. Behind it, two children are hold", LENGTH)
    statements, _, _ = run(record_with({"image": [], "a": [cut]}))
    assert "There is a dog." in kept(statements)
    assert not [t for t in kept(statements) if "hold" in t]


def test_each_crop_goes_to_the_matcher_once():
    record = record_with(
        {"image": ["A wide sky."], "a": ["A dog.", "A boat.", "A dog and a tree."]}
    )
    _, verifier, done = run(record)
    assert sorted(size for size, _ in verifier.batches) == [(50, 50), (100, 100)]
    assert done.calls["matcher"] == 2


def test_a_captioner_that_failed_leaves_the_rest_alone():
    failed = Completion("", "error", "no answer")
    statements, _, _ = run(record_with({"image": ["A dog runs."], "a": [failed]}))
    assert "There is a dog." in kept(statements)


def test_what_a_given_caption_of_the_whole_does_not_name_needs_more():
    said = {"image": ["A dog runs on a beach."], "a": ["There is a boat."] * 3}
    own = run(record_with(said), {"There is a boat.": 0.6})[0]
    given_ = record_with(said).extended(models={"caption": "given"})
    given_ = run(given_, {"There is a boat.": 0.6})[0]
    assert given_["There is a boat."].score < own["There is a boat."].score


SENTENCES = [
    WOMAN,
    "The man on the left is wearing a white helmet and holding a blue bag.",
    "There are two black cats lying on a wooden table.",
    "She appears to be smiling at the camera.",
    'A sign on the wall reads "OPEN".',
    "There are no people in the room.",
    "The overall mood is peaceful.",
    "In the background, several trees and a tall building can be seen.",
    "一只黑猫趴在书桌上。",
    "!?",
]
texts = st.lists(st.sampled_from(SENTENCES), max_size=4).map(" ".join)
captions = st.lists(texts, max_size=3)


@settings(max_examples=30, deadline=None)
@given(texts, captions, captions, st.randoms(use_true_random=False))
def test_nothing_disappears_nothing_given_is_changed_and_order_changes_nothing(whole, a, b, random):
    boxes = {"a": (0, 0, 60, 50), "b": (20, 0, 80, 50)}
    record = record_with({"image": [whole], "a": a, "b": b}, boxes)
    before = dict(record.candidates)
    statements, _, done = run(record, {"The coat is red.": 0.2, "The cats are black.": None})
    said = {
        (region, number, index)
        for (region, number), reading in done.readings.items()
        for index in range(len(reading.claims))
    }
    assert {
        (x.region, x.candidate, x.claim)
        for s in done.statements
        for x in s.occurrences
        if x.claim >= 0
    } == said
    assert all(s.verdict and s.reason for s in done.statements)
    assert record.candidates == before and record.statements == ()
    shuffled = [*a]
    random.shuffle(shuffled)
    other, _, _ = run(
        record_with({"image": [whole], "a": shuffled, "b": b}, boxes),
        {"The coat is red.": 0.2, "The cats are black.": None},
    )
    assert kept(other) == kept(statements)


@pytest.mark.parametrize("text", ["The coat is red.", "There is a woman.", "There is a bench."])
@settings(max_examples=15, deadline=None)
@given(a=st.floats(0, 1), b=st.floats(0, 1))
def test_a_higher_score_never_lowers_a_verdict(text, a, b):
    low, high = (
        run(record_with({"image": [], "a": [WOMAN, WOMAN]}), {text: s})[0][text].score
        for s in sorted((a, b))
    )
    assert low <= high + 1e-6


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 1), st.integers(1, 3))
def test_one_more_caption_never_lowers_a_verdict(score, times):
    scores = {"The coat is red.": score}
    fewer, more = (
        run(record_with({"image": [], "a": [WOMAN] * n + ["A tree."] * (3 - n)}), scores)[0]
        for n in (times, min(3, times + 1))
    )
    for text, statement in fewer.items():
        if statement.claim and text in more and "tree" not in text:
            assert more[text].score >= statement.score - 1e-6, text
