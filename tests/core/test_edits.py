"""What a user changes in Patch Report, applied to real records; only the models are scripted."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.aggregate import aggregate
from core.compose import compose
from core.edit_patches import DescribedPatches
from core.edit_schema import MAX_ADDED, MAX_WORDS, image_key, read_edits
from core.edits import Edit
from core.facts import facts_of
from core.filter import filter_statements
from core.focus import Focus
from core.focus_claims import focused
from core.models.registry import load_embedder
from core.pipeline import Models
from core.profiles import PAPER
from core.report import as_dict, as_text, as_view, caption_of
from core.settings import AggregateSettings, FilterSettings
from core.statements import Reason, Verdict
from core.styles import STYLES
from helpers import ScriptedCaptioner, ScriptedVerifier, ScriptedWriter, fuzz, record_with

CAPTIONS = {
    "image": ["A red cup stands on a wooden table. A dog lies under the table."],
    "top left": ["A red cup stands on a table.", "A red cup with a handle.", "A red cup."],
}
DRAWN = (40, 30)  # the size of the patch that is drawn in these tests
PATCH = {"name": "drawn 1", "box": [50, 60, 90, 90]}


def filtered(captions=CAPTIONS, scores=None, settings=FilterSettings(), image=None):
    record = record_with(captions)
    if image:
        record = replace(record, image=image)
    [done] = filter_statements([record], ScriptedVerifier(scores), load_embedder(), settings)
    return done


def text_of(record, **edits):
    return json.dumps({"version": 1, "images": {image_key(record.image): edits}})


class Scripted:
    """The models of a run: a captioner that counts, and a verifier."""

    def __init__(self, captions=("A blue vase. A cat sits beside it.",), scores=None):
        self.captioner = ScriptedCaptioner({DRAWN: list(captions)})
        self.verifier = ScriptedVerifier(scores)
        self.models = Models(captioner=self.captioner, verifier=self.verifier)


def edited(record, models=None, remembered=None, **edits):
    stage = Edit(read_edits(text_of(record, **edits)), remembered or DescribedPatches())
    models = models.models if models else Models(captioner=None)
    [done] = stage.process([record], models)
    return done


def statement(record, text):
    return next(s for s in record.statements if s.text == text)


def kept(record):
    return {s.text for s in record.statements if s.verdict is Verdict.KEPT}


def drop(text, region="image"):
    return {"claim": text, "regions": [region], "keep": False}


def test_without_edits_a_record_stays_what_it_is():
    record = filtered()
    assert edited(record) == record
    [done] = Edit(read_edits("")).process([record], Models(captioner=None))
    assert done == record


def test_a_dropped_claim_is_dropped_by_the_user_and_the_filters_verdict_is_kept_beside_it():
    record = filtered()
    done = edited(record, claims=[drop("The table is wooden.")])
    changed = statement(done, "The table is wooden.")
    assert (changed.verdict, changed.reason) == (Verdict.DROPPED, Reason.BY_USER)
    assert changed.overruled is Verdict.KEPT
    assert kept(done) == kept(record) - {"The table is wooden."}
    assert "by the user" in as_text(done)
    assert "wooden" not in compose(done)
    assert statement(record, "The table is wooden.").verdict is Verdict.KEPT, "nothing was mutated"


def test_with_a_thing_goes_what_is_said_of_it():
    done = edited(filtered(), claims=[drop("There is a dog.")])
    assert "dog" not in " ".join(kept(done)) and "dog" not in compose(done).lower()
    assert statement(done, "The dog is lying.").reason is Reason.WITHOUT_THING


def test_what_is_not_in_the_image_is_in_no_patch_of_it():
    apart = {"top left": (0, 0, 40, 40), "bottom right": (60, 60, 100, 100)}
    said = {"image": ["A cup. A lamp glows."], "top left": ["A lamp."], "bottom right": ["A lamp."]}
    [record] = filter_statements(
        [record_with(said, apart)], ScriptedVerifier(), load_embedder(), FilterSettings()
    )
    lamps = [s for s in record.statements if s.text == "There is a lamp."]
    assert len(lamps) == 2, "one of them is another lamp"
    done = edited(record, claims=[drop("There is a lamp.")])
    assert kept(done) == {"There is a cup."}


def test_a_claim_that_the_user_keeps_brings_its_thing_back():
    record = filtered(scores={"There is a dog.": 0.001, "The dog is lying.": 0.001})
    assert "There is a dog." not in kept(record)
    keep = {"claim": "The dog is lying.", "regions": ["image"], "keep": True}
    done = edited(record, claims=[keep])
    assert {"There is a dog.", "The dog is lying."} <= kept(done)
    assert statement(done, "There is a dog.").overruled is Verdict.DROPPED
    assert "dog" in compose(done)


def test_what_contradicts_a_claim_of_the_user_is_dropped():
    done = edited(filtered(), added=[{"text": "The cup is blue."}])
    red = statement(done, "The cup is red.")
    assert (red.reason, red.against) == (Reason.CONTRADICTED, "The cup is blue.")
    assert "red" not in compose(done) and "blue" in compose(done)


def test_reworded_words_stand_for_the_old_ones():
    record = filtered()
    edit = {"claim": "The cup is red.", "regions": ["top left"], "text": "The cup is orange."}
    done = edited(record, claims=[edit])
    assert "The cup is orange." in kept(done) and "The cup is red." not in kept(done)
    assert statement(done, "There is a cup.").reason is Reason.PROBABLE, "the filter agrees"
    assert "orange" in compose(done) and "red" not in compose(done)


def test_an_added_claim_joins_the_thing_that_is_there_and_may_be_any_text():
    done = edited(
        filtered(),
        added=[{"text": "The cup is chipped."}, {"text": "ohwx style"}, {"text": "一只猫在窗边。"}],
    )
    cups = {s.claim.thing for s in done.statements if s.claim and s.claim.subject == "cup"}
    assert len(cups) == 1, "not a second cup"
    assert {"The cup is chipped.", "ohwx style.", "一只猫在窗边。"} <= kept(done)
    chipped = statement(done, "The cup is chipped.")
    assert chipped.written_by_user == ("The cup is chipped.",) and chipped.support == (0, 0)
    text = compose(done)
    assert all(part in text for part in ("The cup is chipped.", "ohwx style.", "一只猫在窗边。"))


def test_a_claim_with_a_box_belongs_to_the_patch_around_it():
    done = edited(filtered(), added=[{"text": "A neon sign glows.", "box": [5, 5, 30, 30]}])
    sign = statement(done, "There is a neon sign.")
    assert sign.regions == ("top left",) and sign.box.as_tuple() == (5, 5, 30, 30)
    assert "sign" in compose(done, "top left")
    [fact] = [f for f in facts_of(done) if f.text == "There is a neon sign."]
    assert fact.box.as_tuple() == (0.05, 0.05, 0.3, 0.3)
    moved = {"claim": "There is a dog.", "regions": ["image"], "box": [5, 5, 30, 30]}
    done = edited(filtered(), claims=[moved])
    dog = statement(done, "There is a dog.")
    assert dog.regions == ("top left",) and dog.reason is Reason.PROBABLE
    assert "dog" in compose(done, "top left")


def test_edits_belong_to_their_image_and_each_image_of_a_batch_has_its_own():
    first, second = filtered(), filtered(image=Image.new("RGB", (100, 100), "navy"))
    keys = [image_key(r.image) for r in (first, second)]
    edits = [{"claims": [drop("There is a dog.")]}, {"added": [{"text": "The cup is chipped."}]}]
    text = json.dumps({"version": 1, "images": dict(zip(keys, edits))})
    a, b = Edit(read_edits(text)).process([first, second], Models(captioner=None))
    assert "There is a dog." not in kept(a) and "The cup is chipped." not in kept(a)
    assert "There is a dog." in kept(b) and "The cup is chipped." in kept(b)
    other = filtered(image=Image.new("RGB", (100, 100), "teal"))
    assert Edit(read_edits(text)).process([other], Models(captioner=None)) == [other]


def test_an_edit_of_a_claim_that_is_gone_is_a_note():
    done = edited(filtered(), claims=[drop("There is a bus."), drop("There is a dog.", "top left")])
    assert len([n for n in done.notes if n.startswith("An edit was skipped: no claim says")]) == 2
    assert "There is a dog." in kept(done), "not said of that region"


def test_the_writer_brings_nothing_back_and_may_say_what_the_user_added():
    record = edited(
        filtered(), claims=[drop("There is a dog.")], added=[{"text": "A newspaper lies nearby."}]
    )
    writer = ScriptedWriter(
        "A red cup with a handle stands on a wooden table. A dog lies under the table. "
        "A newspaper lies nearby."
    )
    [done] = aggregate([record], writer)
    assert "dog" not in done.caption and "newspaper" in done.caption
    assert any('"There is a dog."' in n for n in done.notes if n.startswith("Removed"))
    assert "There is a newspaper." in {f.text for f in writer.requests[0].facts}


@pytest.mark.parametrize("length", ["short", "long"])
def test_what_the_writer_leaves_out_of_the_users_is_added(length):
    record = edited(filtered(), added=[{"text": "A newspaper lies nearby."}])
    said = "A red cup stands on a table. A dog lies under it. The table is wooden. It has a handle."
    writer = ScriptedWriter(said, said)
    [done] = aggregate([record], writer, AggregateSettings(length))
    assert "newspaper" in done.caption
    if length == "short":
        assert done.caption.count(".") <= 3


def test_a_short_caption_by_rules_has_what_the_user_added():
    record = edited(filtered(), added=[{"text": "A newspaper lies nearby."}])
    assert "newspaper" in compose(record, max_sentences=1)


def test_the_users_caption_is_passed_on_as_it_is_and_no_writer_is_asked():
    record = edited(filtered(), caption="  My own <b>words</b>.  ")
    writer = ScriptedWriter()
    [done] = aggregate([record], writer)
    assert caption_of(record) == done.caption == "My own <b>words</b>."
    assert writer.requests == [] and done.captions["top left"]


def test_behind_the_aggregator_the_rest_of_the_caption_stays():
    [record] = aggregate(
        [filtered()],
        ScriptedWriter("Under a wooden table lies a dog. On it, a red cup stands.", ""),
    )
    done = edited(
        record,
        claims=[drop("The cup is red.", "top left")],
        added=[{"text": "The cup is chipped."}],
    )
    assert done.caption.startswith("Under a wooden table lies a dog.")
    assert "red" not in done.caption and "chipped" in done.caption
    assert edited(record) == record
    assert edited(record, caption="Mine.").caption == "Mine."


def test_sentences_of_the_papers_profile_are_dropped_and_added():
    record = filtered(settings=FilterSettings(profile=PAPER))
    [sentence] = [s.text for s in record.statements if "dog" in s.text]
    done = edited(record, claims=[drop(sentence)], added=[{"text": "A newspaper lies nearby."}])
    assert statement(done, sentence).reason is Reason.BY_USER
    [captioned] = aggregate(
        [done], ScriptedWriter("A red cup. A dog. A newspaper lies nearby.", "")
    )
    assert "newspaper" in captioned.caption and "dog" not in captioned.caption
    drawn = edited(record, Scripted(), patches=[PATCH])
    assert "There is a vase." not in kept(drawn) and any("vase" in text for text in kept(drawn))


def test_two_reports_in_a_row_keep_each_others_edits():
    once = edited(filtered(), added=[{"text": "The cup is chipped."}])
    twice = edited(once, added=[{"text": "A newspaper lies nearby."}])
    assert {"The cup is chipped.", "There is a newspaper."} <= kept(twice)
    assert "chipped" in compose(twice) and "newspaper" in compose(twice)


# What a workflow may bring


BROKEN = [
    {"claims": 3, "added": {}, "patches": "x", "caption": ["a"]},
    {"claims": [{}, 1, None, {"claim": ""}, {"claim": "A cup.", "keep": "yes", "regions": []}]},
    {"claims": [{"claim": "A cup.", "regions": ["image"], "text": "x" * (MAX_WORDS + 1)}]},
    {
        "added": [
            {"text": "\ud800"},
            {"text": "x", "box": [0, 0, 1]},
            {"text": "x", "box": [True] * 4},
        ]
    },
    {"patches": [{"name": "drawn 1", "seed": -1}, {"name": "drawn 1", "seed": 2**53}, {"name": 3}]},
]


@pytest.mark.parametrize("edits", BROKEN)
def test_broken_edits_are_skipped_with_a_note_and_the_others_apply(edits):
    record = filtered()
    good = {"claims": [drop("There is a dog.")]}
    merged = {**edits, "claims": [*_list(edits.get("claims")), *good["claims"]]}
    done = edited(record, Scripted(), **merged)
    assert any(n.startswith("An edit was skipped") for n in done.notes)
    assert kept(done) == kept(edited(record, **good))


def _list(value):
    return value if isinstance(value, list) else []


def test_numbers_of_edits_are_bounded():
    many = [{"text": f"There are {n} cups."} for n in range(MAX_ADDED + 5)]
    found = read_edits(text_of(filtered(), added=many))
    [edits] = found.images.values()
    assert len(edits.added) == MAX_ADDED and found.notes


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["There is a dog.", "image", "top left", "drawn 1", "The cup is red."]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["claim", "regions", "keep", "text", "box", "name", "delete", "seed", "question"]),
        inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@fuzz(300)
@given(
    st.fixed_dictionaries(
        {}, optional={k: json_values for k in ("claims", "added", "patches", "caption")}
    ),
    st.lists(
        st.fixed_dictionaries(
            {"text": st.text(min_size=1, max_size=60)},
            optional={"box": st.lists(st.floats(-50, 150), min_size=4, max_size=4)},
        ),
        max_size=2,
    ),
)
def test_any_edits_give_a_record_with_a_report_and_a_caption(values, added):
    record = FILTERED
    values = {**values, "added": [*_list(values.get("added")), *added]}
    done = edited(record, Scripted(), **values)
    [captioned] = aggregate([done], ScriptedWriter(*["A cup."] * 50))
    assert isinstance(captioned.caption, str)
    assert as_text(done) and json.dumps(as_view(done)) and json.dumps(as_dict(done))


FILTERED = filtered()


def test_an_edited_list_of_tags_stays_a_list_of_tags():
    record = replace(filtered(), style=STYLES["tags-sdxl"])
    [record] = aggregate([record], Models().writer)
    assert "wooden table" in record.caption.split(", ")
    done = edited(record, claims=[drop("The table is wooden.")], added=[{"text": "A cat sleeps."}])
    tags = done.caption.split(", ")
    assert {"red cup", "table", "cat"} <= {*tags}
    assert "wooden" not in done.caption and "." not in done.caption
    assert "cat" in done.captions["image"] and "." not in done.captions["image"]


def written(record, writer=None, **settings):
    [done] = aggregate([record], writer or Models().writer, AggregateSettings(**settings))
    return done


ADDED = [{"text": "A spoon lies beside the cup."}]


def test_a_claim_that_the_user_adds_ends_the_note_that_nothing_was_kept():
    nothing = filtered(scores={text: 0.001 for text in ("There is a red cup.", "There is a dog.")})
    record = replace(nothing, focus=Focus(only=("the elephant",)))
    empty = written(focused(record))
    assert not empty.caption and any(n.startswith("Nothing ") for n in empty.notes)
    after = edited(empty, added=ADDED)
    assert "spoon" in after.caption
    assert not any(n.startswith("Nothing ") for n in after.notes)
    between = edited(focused(record), added=ADDED)
    assert not any(n.startswith("Nothing ") for n in written(between).notes)
    assert any(n.startswith("Nothing ") for n in edited(empty).notes), "nothing was added"


def test_an_unfiltered_caption_goes_when_the_user_adds_a_claim():
    said = {"image": ["A dog lies under a table."]}
    texts = [s.text for s in filtered(said).statements]
    empty = written(filtered(said, scores=dict.fromkeys(texts, 0.001)))
    assert any("unfiltered" in note for note in empty.notes), empty.caption
    after = edited(empty, added=[{"text": "A spoon lies there."}])
    assert "spoon" in after.caption and "dog" not in after.caption
    assert not any("unfiltered" in note for note in after.notes)


@pytest.mark.parametrize("order", ["before the aggregator", "after it"])
def test_alt_text_stays_one_sentence_and_has_the_added_claim(order):
    alt = {"style": STYLES["alt-text"]}
    writer = ScriptedWriter("A red cup stands on a wooden table.")
    if order == "after it":
        done = edited(written(filtered(), writer, **alt), added=ADDED)
    else:
        done = written(edited(filtered(), added=ADDED), writer, **alt)
    assert done.caption == ("A red cup stands on a wooden table, and a spoon lies beside the cup.")


def test_an_edited_list_of_tags_is_as_long_as_was_asked_for():
    many = " ".join(f"There is a {n}." for n in "cup dog chair lamp book plate clock vase".split())
    record = filtered({"image": [many]})
    short = written(record, style=STYLES["tags-sdxl"], length="short")
    after = edited(short, added=[{"text": "There is a spoon."}])
    assert len(after.caption.split(", ")) == len(short.caption.split(", ")) == 3
    assert after.caption.startswith("spoon, ")
