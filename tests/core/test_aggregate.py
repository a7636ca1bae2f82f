import pytest

from core.aggregate import aggregate
from core.facts import facts_of
from core.filter import filter_statements
from core.models import LENGTH, Completion
from core.models.offline.writer import OfflineWriter
from core.models.registry import load_embedder
from core.profiles import DEFAULT, FAST, PAPER
from core.region_writing import overlapping_groups
from core.regions import SPATIAL, Box, Region
from core.settings import AggregateSettings, FilterSettings
from helpers import ScriptedVerifier, ScriptedWriter, record_with

DOG = "A white dog is running on the grass."
SCENE = "A woman in a red coat is sitting on a bench. A small dog is lying next to her."


def filtered(candidates, scores=None, boxes=None, threshold=0.0):
    verifier = ScriptedVerifier(scores)
    record = record_with(candidates, boxes)
    settings = FilterSettings(threshold)
    return filter_statements([record], verifier, load_embedder(), settings)[0]


def run(record, writer=None, length="long", profile=DEFAULT):
    settings = AggregateSettings(length, profile)
    return aggregate([record], writer or OfflineWriter(), settings)[0]


def test_what_follows_from_nothing_is_taken_out_and_noted():
    writer = ScriptedWriter(
        "A white dog is running on the grass. A black cat sits on a fence. A plane is landing."
    )
    done = run(filtered({"image": [DOG]}), writer)
    assert done.caption == DOG
    assert any("Removed" in n and "plane" in n for n in done.notes)
    assert any("Removed" in n and "cat" in n for n in done.notes)
    assert done.calls["writer"] == 1, "nothing was left out, so it is not asked again"


def test_what_the_writer_left_out_is_asked_for_once():
    writer = ScriptedWriter(
        "A woman in a red coat sits on a bench.",
        "A woman in a red coat sits on a bench with a small dog lying next to her.",
    )
    done = run(filtered({"image": [SCENE]}), writer)
    assert "small dog lying next to her" in done.caption
    assert done.calls["writer"] == 2 and len(writer.requests) == 2
    assert "dog" in writer.requests[1] and "bench" in writer.requests[1]


def test_what_it_leaves_out_again_is_added_by_rule_and_noted():
    short = "A woman in a red coat sits on a bench."
    done = run(filtered({"image": [SCENE]}), ScriptedWriter(short, short))
    assert done.caption.startswith(short) and "dog" in done.caption
    assert any("Added" in n and "dog" in n for n in done.notes)


def test_an_answer_that_was_cut_off_is_completed():
    cut = Completion("A woman in a red coat sits on a bench. Next to her, a smal", LENGTH)
    done = run(filtered({"image": [SCENE]}), ScriptedWriter(cut, Completion("", "error", "no")))
    assert done.caption.endswith(".") and "smal " not in done.caption and "dog" in done.caption


@pytest.mark.parametrize(
    "answer",
    [
        Completion("", "error", "out of memory"),
        Completion("I can't help with that.", "refusal"),
        Completion("  "),
        Completion("A plane is landing on a runway."),  # nothing of it follows
    ],
)
def test_where_the_writer_fails_what_was_kept_stands(answer):
    done = run(filtered({"image": [DOG]}), ScriptedWriter(answer, Completion("", "error", "no")))
    assert done.caption == DOG
    assert done.notes


def test_fast_does_not_ask_the_writer():
    done = run(filtered({"image": [DOG]}), ScriptedWriter(), profile=FAST)
    assert done.caption == DOG and "writer" not in done.models


LOW = dict.fromkeys(
    ("There is a dog.", "The dog is white.", "The dog is running.", "There is grass.",
     "The dog is on the grass."), 0.01,
)  # fmt: skip


def test_if_nothing_is_kept_the_global_caption_stands_unfiltered_and_the_note_says_so():
    done = run(filtered({"image": [DOG]}, LOW))
    assert done.caption == DOG
    assert any("unfiltered" in note for note in done.notes)
    empty = run(filtered({"image": [""]}))
    assert empty.caption == "" and any("empty" in note for note in empty.notes)


def test_nothing_reaches_a_threshold_of_one_and_the_note_says_so():
    done = run(filtered({"image": [DOG]}, threshold=1.0))
    assert done.caption == ""
    assert any("threshold of 1.00" in note and "Lower" in note for note in done.notes)


def test_facts_name_their_thing_and_place():
    record = filtered({"image": ["A dog is running."], "a": ["A red boat is on the lake."]})
    facts = {f.text: f for f in facts_of(record)}
    assert facts["The boat is red."].thing == "the boat"
    assert facts["The boat is red."].place == "a"
    assert facts["There is a dog."].place == "image"


def test_length_limits_the_sentences():
    said = "A dog is running. A boat is sailing. A man is reading. A lamp is lit. A car is parked."
    record = filtered({"image": [said]})
    assert run(record, length="short").caption.count(".") == 3
    assert run(record, length="long").caption.count(".") == 5


def test_the_paper_writes_level_by_level_and_loses_no_region():
    boxes = {"a": (0, 0, 60, 50), "b": (20, 0, 80, 50), "c": (0, 60, 50, 100)}
    said = {
        "image": ["The sky is blue."],
        "a": ["A dog is running."],
        "b": ["A lamp is lit."],
        "c": ["A boat is sailing."],
    }
    text = "A dog is running. A boat is sailing. A lamp is lit. The sky is blue."
    writer = ScriptedWriter("sky", "dog", "lamp", "boat", "dog and lamp", text)
    done = run(filtered(said, boxes=boxes), writer, profile=PAPER)
    assert [len(r.drafts) for r in writer.requests] == [0, 0, 0, 0, 2, 3]
    assert dict(writer.requests[-1].drafts) == {
        "image": "sky",
        "c": "boat",
        "a + b": "dog and lamp",
    }
    assert done.calls["writer"] == 6
    assert done.caption == text


def test_patches_that_overlap_in_a_chain_are_one_group():
    regions = [
        Region(name, SPATIAL, Box(x, 0, x + 60, 50)) for name, x in (("a", 0), ("b", 20), ("c", 40))
    ]
    assert overlapping_groups(regions, {"a": "", "b": "", "c": ""}) == [("a", "b", "c")]
    assert overlapping_groups(regions, {"a": "", "c": ""}) == []
