"""The paper's decisions, with a scripted language model that groups and scripted scores."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.filter import filter_statements
from core.models import Completion
from core.models.registry import load_embedder
from core.profiles import PAPER
from core.sentence_grouping import Grouping, read_grouping
from core.settings import FilterSettings
from core.statements import Reason, Verdict
from helpers import ScriptedVerifier, ScriptedWriter, record_with

THINGS = [f"A {thing} stands there." for thing in "dog cat cup car tree lamp boat bird".split()]


def run(record, scores, *answers):
    verifier, writer = ScriptedVerifier(scores), ScriptedWriter(*answers)
    [done] = filter_statements(
        [record], verifier, load_embedder(), FilterSettings(profile=PAPER), writer=writer
    )
    return {s.text: s for s in done.statements if s.verdict is Verdict.KEPT}, done, verifier


@pytest.mark.parametrize(
    "answer, same, contradictory, forgotten",
    [
        ("same: 1, 2\ncontradictory: 3, 4\nunique: 5", ((0, 1),), ((2, 3),), ()),
        ("- **Same**: 1 and 2\n* UNIQUE - 3, 4; 5", ((0, 1),), (), ()),
        ("same: 1, 4; 2, 5\nunique: 3", ((0, 3), (1, 4)), (), ()),
        ("same: 1, 2 — both name a dog\nsame: 3, 2, 4", ((0, 1), (2, 3)), (), (4,)),
        ("contradictory: 1, 9, 77\nunique: 2, 3, 4, 5", (), (), ()),
        ("Sure! Here are the groups.", (), (), (0, 1, 2, 3, 4)),
        ("", (), (), (0, 1, 2, 3, 4)),
    ],
)
def test_answers_are_read_however_malformed(answer, same, contradictory, forgotten):
    assert read_grouping(answer, 5) == Grouping(same, contradictory, forgotten)


@given(st.text(max_size=200), st.integers(0, 8))
def test_no_answer_breaks_it_and_nothing_is_placed_twice(answer, count):
    grouping = read_grouping(answer, count)
    placed = [i for g in (*grouping.same, *grouping.contradictory) for i in g]
    placed += grouping.forgotten
    assert len(placed) == len(set(placed)) and set(placed) <= set(range(count))


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_it_decides_as_the_paper_says(random):
    """Same: kept. Contradictory: the first best, if above 0.3. Unique and forgotten: above 0.3."""
    numbers = list(range(len(THINGS)))
    random.shuffle(numbers)
    scores = {text: random.choice((0.0, 0.3, 0.31, 0.5, 0.9)) for text in THINGS}
    same, contradictory, rest = numbers[:2], numbers[2:5], numbers[5:]
    lines = [("same", same), ("contradictory", contradictory), ("unique", rest[:1])]
    answer = "\n".join(f"{kind}: {', '.join(str(i + 1) for i in group)}" for kind, group in lines)
    candidates = [" ".join(THINGS[:3]), " ".join(THINGS[3:5]), " ".join(THINGS[5:])]
    kept, done, _ = run(record_with({"image": [], "a": candidates}), scores, answer)

    expected = {THINGS[same[0]]: Reason.AGREED}
    best = max(contradictory, key=lambda i: scores[THINGS[i]])
    if scores[THINGS[best]] > 0.3:
        expected[THINGS[best]] = Reason.BEST
    expected |= {THINGS[i]: Reason.ABOVE for i in rest if scores[THINGS[i]] > 0.3}
    assert {text: s.reason for text, s in kept.items()} == expected
    assert sorted(x.text for s in done.statements for x in s.occurrences) == sorted(THINGS)
    assert any("left out 2 of 8" in note for note in done.notes)
    assert done.calls["grouper"] == 1


def test_overlapping_neighbours_are_judged_together_and_others_are_not():
    boxes = {"a": (0, 0, 80, 50), "b": (20, 0, 100, 50), "c": (50, 60, 100, 100)}
    said = {name: [text] * 2 for name, text in zip("abc", THINGS)}
    scores = {THINGS[0]: 0.2, THINGS[1]: 0.8, THINGS[2]: 0.1}
    within = ["same: 1, 2"] * 3
    kept, done, verifier = run(
        record_with({"image": ["The sky is blue."], **said}, boxes),
        scores,
        *within,
        "contradictory: 1, 2",
    )
    assert set(kept) == {"The sky is blue.", THINGS[1], THINGS[2]}
    assert kept[THINGS[1]].against == THINGS[0] and kept["The sky is blue."].reason is Reason.GLOBAL
    assert [size for size, _ in verifier.batches] == [(100, 50)], "the pixels of both"
    assert done.calls == {"matcher": 1, "grouper": 4}
    # What stands alone beside the other patch is scored on its own one.
    kept, _, verifier = run(
        record_with({"image": [], **said}, boxes), scores, *within, "unique: 1, 2"
    )
    assert set(kept) == {THINGS[1], THINGS[2]}
    assert sorted(size for size, _ in verifier.batches) == [(80, 50), (80, 50)]


def test_a_failing_grouper_costs_no_sentence():
    record = record_with({"image": [], "a": THINGS[:2]})
    kept, done, _ = run(record, {THINGS[0]: 0.9, THINGS[1]: 0.1}, Completion("", "error", "no"))
    assert set(kept) == {THINGS[0]} and len(done.statements) == 2


def test_a_matcher_that_scores_nothing_is_noted():
    captions = {"left": [" ".join(THINGS[:2])], "right": [THINGS[2]]}
    _, blind, _ = run(record_with(captions), dict.fromkeys(THINGS), "unique: 1, 2", "unique: 1")
    assert any("could not score anything" in note for note in blind.notes)
    _, seeing, _ = run(record_with(captions), {}, "unique: 1, 2", "unique: 1")
    assert not any("could not score anything" in note for note in seeing.notes)
