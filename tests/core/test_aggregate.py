import pytest

from core.aggregate import AggregateSettings, aggregate, grounded_sentences, overlapping_groups
from core.filter import FilterSettings, filter_statements
from core.models import Completion, Fact
from core.models.offline.writer import OfflineWriter, compose
from core.models.registry import load_embedder
from core.regions import SPATIAL, Box, Region
from helpers import ScriptedMatcher, ScriptedWriter, picture_with

LEFT, RIGHT, ALL = Box(0, 0, 0.5, 0.5), Box(0.5, 0, 1, 0.5), Box(0, 0, 1, 1)


def fact(text, place="image", box=ALL, score=0.9):
    return Fact(text, place, box, score)


def filtered(candidates, scores=None, boxes=None):
    matcher = ScriptedMatcher(scores)
    picture = picture_with(candidates, boxes)
    return filter_statements([picture], matcher, load_embedder(), FilterSettings())[0]


def run(picture, writer=None, **settings):
    return aggregate(
        [picture], writer or OfflineWriter(), load_embedder(), AggregateSettings(**settings)
    )[0]


def test_whole_picture_first_then_its_parts_in_reading_order():
    facts = [
        fact("A lamp is lit.", "top right", RIGHT),
        fact("A dog runs.", "top left", LEFT),
        fact("A cat sleeps.", "main", LEFT),
        fact("The room is bright.", "image"),
    ]
    assert compose(facts) == (
        "The room is bright. A cat sleeps. In the upper left, a dog runs. "
        "In the upper right, a lamp is lit."
    )


def test_sentences_that_say_the_same_of_several_things_become_one():
    facts = [
        fact("A cup is on the left."),
        fact("Two red bowls are on the left."),
        fact("A dog runs."),
    ]
    facts.append(fact("A fork is on the left."))
    assert compose(facts) == "A cup, two red bowls and a fork are on the left. A dog runs."


def test_what_is_true_of_the_whole_is_not_said_of_its_parts():
    facts = [
        fact("The picture is mostly blue."),
        fact("The area at the top is mostly blue.", "top", LEFT),
        fact("The area at the bottom is mostly green.", "bottom", RIGHT),
    ]
    assert compose(facts) == "The picture is mostly blue. The area at the bottom is mostly green."


def test_a_place_is_said_once_and_not_where_the_sentence_has_one():
    facts = [
        fact("A dog runs.", "top left", LEFT),
        fact("A cat sits.", "top left", LEFT),
        fact("A lamp is on the right.", "top right", RIGHT),
        fact("Ein Hund läuft.", "bottom", Box(0, 0.6, 0.5, 1)),
    ]
    assert compose(facts) == (
        "In the upper left, a dog runs. A cat sits. A lamp is on the right. Ein Hund läuft."
    )


def test_length_takes_the_most_important():
    facts = [fact(f"Thing {n} stands there.") for n in range(6)]
    assert compose(facts, 2) == "Thing 0 stands there. Thing 1 stands there."
    picture = filtered({"image": ["A dog. A boat. A tree. A lamp. A car."]}, {"A boat.": 0.5})
    short = run(picture, length="short").caption
    assert short.count(".") == 3 and "boat" not in short
    assert run(picture, length="long").caption.count(".") == 5


def test_what_was_dropped_is_in_no_caption():
    picture = filtered({"image": ["A dog runs."], "a": ["A boat sails."]}, {"A boat sails.": 0.1})
    done = run(picture)
    assert done.caption == "A dog runs."
    assert done.captions == {"image": "A dog runs.", "a": ""}


def test_a_sentence_that_follows_from_no_statement_is_left_out_and_noted():
    picture = filtered({"image": ["A white dog runs on the grass."]})
    writer = ScriptedWriter(
        "A white dog is running across the grass. A black dog runs on the grass. A plane lands."
    )
    done = run(picture, writer)
    assert done.caption == "A white dog is running across the grass."
    assert [n for n in done.notes if "A plane lands." in n]
    assert [n for n in done.notes if "A black dog" in n]
    assert done.calls["writer"] == 1


@pytest.mark.parametrize(
    "answer",
    [
        Completion("", "error", "out of memory"),
        Completion("I can't help with that.", "refusal"),
        Completion("  "),
        Completion("A plane lands."),  # nothing of it is grounded
    ],
)
def test_where_the_writer_fails_the_kept_sentences_stand(answer):
    done = run(filtered({"image": ["A dog runs."]}), ScriptedWriter(answer))
    assert done.caption == "A dog runs."
    assert done.notes


def test_fast_does_not_ask_the_writer():
    done = run(filtered({"image": ["A dog runs."]}), ScriptedWriter(), profile="fast")
    assert done.caption == "A dog runs." and "writer" not in done.models


def test_if_nothing_is_kept_the_global_caption_stands_unfiltered_and_the_note_says_so():
    done = run(filtered({"image": ["A dog runs."]}, {"A dog runs.": 0.0}))
    assert done.caption == "A dog runs."
    assert any("unfiltered" in note for note in done.notes)
    empty = run(filtered({"image": [""]}))
    assert empty.caption == "" and any("empty" in note for note in empty.notes)


def test_the_paper_writes_level_by_level_and_loses_no_region():
    boxes = {"a": (0, 0, 60, 50), "b": (20, 0, 80, 50), "c": (0, 60, 50, 100)}
    said = {"image": ["A sky."], "a": ["A dog runs."], "b": ["A lamp."], "c": ["A boat sails."]}
    writer = ScriptedWriter(
        "sky", "dog", "lamp", "boat", "dog and lamp", "A dog runs. A boat sails."
    )
    done = run(filtered(said, boxes=boxes), writer, profile="paper")
    assert [len(r.drafts) for r in writer.requests] == [0, 0, 0, 0, 2, 3]
    assert dict(writer.requests[-1].drafts) == {
        "image": "sky",
        "c": "boat",
        "a + b": "dog and lamp",
    }
    assert done.calls["writer"] == 6
    assert done.caption == "A dog runs. A boat sails."


def test_patches_that_overlap_in_a_chain_are_one_group():
    regions = [
        Region(name, SPATIAL, Box(x, 0, x + 60, 50)) for name, x in (("a", 0), ("b", 20), ("c", 40))
    ]
    assert overlapping_groups(regions, {"a": "", "b": "", "c": ""}) == [("a", "b", "c")]
    assert overlapping_groups(regions, {"a": "", "c": ""}) == []


def test_grounding_of_nothing():
    assert grounded_sentences([], ["A dog."], load_embedder()) == []
    assert grounded_sentences(["A dog."], [], load_embedder()) == [False]


@pytest.mark.parametrize(
    "sentence, follows",
    [
        ("A person rides a brown horse.", True),
        ("A man is on a horse in the field.", True),
        ("A man rides a white horse.", False),  # another colour
        ("Two men ride a horse.", False),  # another number
        ("A man with a red hat rides a horse.", False),  # a thing that nobody named
        ("A green field lies there.", False),  # a colour that nobody gave it
        ("There is no horse.", False),
    ],
)
def test_a_written_sentence_follows_thing_by_thing(sentence, follows):
    facts = ["A man rides a brown horse.", "There is a field."]
    assert grounded_sentences([sentence], facts, load_embedder()) == [follows]
