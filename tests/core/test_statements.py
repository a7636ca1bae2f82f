import numpy as np
import pytest

from core.models import LENGTH, Completion
from core.models.registry import load_embedder
from core.statements import (
    SAME,
    Reason,
    contradictions,
    merge_same,
    read_candidates,
    split_sentences,
)
from core.words import attributes


def group(*captions):
    """What the captions of one region say, merged, and the pairs that contradict each other."""
    statements = [
        s for s in read_candidates("image", [Completion(c) for c in captions]) if s.verdict is None
    ]
    skeletons = [s.attributes.skeleton for s in statements]
    vectors = dict(zip(skeletons, load_embedder().embed(skeletons)))
    merged = merge_same(statements, vectors, lambda names: len(captions))
    return merged, contradictions(merged, vectors)


def test_embeddings_alone_take_white_for_black_and_the_grouping_does_not():
    white, black = load_embedder().embed(["A white cat.", "A black cat."])
    assert white @ black > 0.65  # as similar as many a paraphrase
    merged, conflicts = group("A white cat.", "A black cat.", "A white cat.")
    assert [(s.text, s.support) for s in merged] == [
        ("A white cat.", (2, 3)),
        ("A black cat.", (1, 3)),
    ]
    assert conflicts == [(0, 1)]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("A dog runs on the grass.", "A brown dog is running across the lawn.", True),
        ("A cat is sleeping on the bed.", "A cat is lying on the bed asleep.", True),
        ("Two dogs play with a ball.", "Two dogs are playing.", True),
        ("A wooden table.", "The table is made of wood.", True),
        ("There is a cup.", "A cup is on the left of the picture.", True),
        ("A cup is on the left of the picture.", "A bowl is on the left of the picture.", False),
        ("The cup is on the dining table.", "The bowl is on the dining table.", False),
        ("A man stands near the car.", "A man stands near the bus.", False),
        ("A bicycle is on the left.", "A motorcycle is on the left.", False),
        ("A couch.", "A chair.", False),
    ],
)
def test_same_is_what_the_measured_threshold_says(a, b, same):
    rows = load_embedder().embed([attributes(a).skeleton, attributes(b).skeleton])
    assert (rows[0] @ rows[1] >= SAME) == same
    assert (len(group(a, b)[0]) == 1) == same


def test_a_caption_does_not_contradict_itself():
    merged, conflicts = group("A red car is on the left. A blue car is on the right.")
    assert len(merged) == 2 and conflicts == []


def test_the_more_specific_wording_stands_for_all_and_every_wording_is_kept():
    merged, _ = group("There is a cat.", "There is a cat.", "A white cat is on the left.")
    assert [s.text for s in merged] == ["A white cat is on the left."]
    assert [x.text for x in merged[0].sayings] == [
        "There is a cat.",
        "There is a cat.",
        "A white cat is on the left.",
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("A dog. Mr. Smith has 3.5 kg.", ["A dog.", "Mr. Smith has 3.5 kg."]),
        ("- A dog\n- A **cat**\n\n2. A cow", ["A dog", "A cat", "A cow"]),
        ("A dog\x00 \x1b[31mruns\u200b.", ["A dog [31mruns ."]),
        ("一只狗坐着。天空是蓝色的。", ["一只狗坐着。", "天空是蓝色的。"]),
        ("कुत्ता बैठा है। आकाश नीला है।", ["कुत्ता बैठा है।", "आकाश नीला है।"]),
        ("", []),
        ("  \n \t", []),
    ],
)
def test_sentences(text, sentences):
    assert split_sentences(text) == sentences


def test_what_cannot_be_used_is_decided_with_a_reason_and_not_lost():
    cut = Completion("A dog runs. A cat sits on the", LENGTH)
    whole = Completion("A dog runs. A cat sits.", LENGTH)  # ends on its own at the limit
    endless = Completion("word " * 300)
    statements = read_candidates("image", [cut, whole, endless, Completion("?!"), Completion("")])
    assert [(s.text[:12], s.reason) for s in statements] == [
        ("A dog runs.", None),
        ("A cat sits o", Reason.CUT_OFF),
        ("A dog runs.", None),
        ("A cat sits.", None),
        ("word word wo", Reason.TOO_LONG),
        ("?!", Reason.NO_WORDS),
    ]
    assert {s.asked for s in statements} == {4}  # an empty caption says nothing


def test_embeddings_have_unit_length():
    rows = load_embedder().embed(["a", "A longer sentence about a dog.", ""])
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert load_embedder().embed([]).shape[0] == 0
