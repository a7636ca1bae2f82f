"""Patches that a user draws, moves, deletes or has described again."""

import json
from dataclasses import replace

from PIL import Image
from test_edits import DRAWN, PATCH, Scripted, drop, edited, filtered, kept, statement

from core.compose import compose
from core.edit_patches import DescribedPatches
from core.focus import Focus
from core.focus_claims import focused
from core.models import ERROR, Completion
from core.report import as_dict, as_view


def test_a_drawn_patch_asks_about_itself_alone_and_once():
    record, models, remembered = filtered(), Scripted(), DescribedPatches()
    done = edited(record, models, remembered, patches=[PATCH])
    assert [r.image.size for r in models.captioner.requests] == [DRAWN]
    assert {size for size, _ in models.verifier.batches} == {DRAWN, (100, 100)}
    assert {"There is a vase.", "The cat is sitting."} <= kept(done)
    assert done.calls["captioner"] == 1 and "vase" in compose(done, "drawn 1")
    again = edited(
        record, models, remembered, patches=[PATCH], claims=[drop("There is a cat.", "drawn 1")]
    )
    assert len(models.captioner.requests) == 1, "no request"
    assert len(models.verifier.batches) == 2 and "There is a cat." not in kept(again)
    edited(record, models, remembered, patches=[{**PATCH, "seed": 1}])
    question = {**PATCH, "question": "What does the sign say?"}
    edited(record, models, remembered, patches=[question])
    seeds = [r.seed for r in models.captioner.requests]
    assert seeds[1] == seeds[0] + 1 and len(seeds) == 3
    assert "What does the sign say?" in models.captioner.requests[2].prompt
    assert models.captioner.requests[0].n == 3, "as many captions as the other patches have"


def test_a_patch_that_failed_is_asked_again():
    models, remembered = Scripted([Completion("", ERROR, "the server is down")]), DescribedPatches()
    done = edited(filtered(), models, remembered, patches=[PATCH])
    assert 'The region "drawn 1" has no caption: the server is down' in done.notes
    edited(filtered(), models, remembered, patches=[PATCH])
    assert len(models.captioner.requests) == 2


def test_another_verifier_than_before_is_a_note():
    other = Scripted()
    other.verifier.name = "test:other"
    done = edited(filtered(), other, patches=[PATCH])
    note = "Changed patches were verified by test:other, the others by test:scripted."
    assert note in done.notes and done.models["matcher"] == "test:scripted"


def test_a_patch_without_a_captioner_is_a_note():
    done = edited(filtered(), patches=[PATCH])
    assert any("no captioner is connected to Patch Report" in note for note in done.notes)
    assert done.root.find("drawn 1").box.as_tuple() == (50, 60, 90, 90)
    assert as_view(done)["regions"][-1]["name"] == "drawn 1"


def test_a_moved_patch_loses_what_only_it_said():
    record = filtered()
    assert statement(record, "The cup has a handle.").regions == ("top left",)
    moved = {"name": "top left", "box": [50, 60, 90, 90]}
    done = edited(record, Scripted(), patches=[moved])
    assert "The cup has a handle." not in {s.text for s in done.statements}
    assert statement(done, "The cup is red.").support == (1, 1), "the whole image says it, too"
    assert statement(done, "There is a vase.").regions == ("top left",)


def test_a_deleted_patch_goes_with_what_only_it_said():
    record, models = filtered(), Scripted()
    done = edited(record, models, patches=[{"name": "top left", "delete": True}])
    assert [r.name for r in done.root.walk()] == ["image"] and models.captioner.requests == []
    assert "The cup has a handle." not in {s.text for s in done.statements}
    assert "The cup is red." in kept(done) and compose(done)
    assert json.dumps(as_dict(done)) and as_view(done)["regions"] == []


def test_an_unknown_patch_and_one_without_area_are_notes():
    odd = [
        {"name": "nowhere", "delete": True},
        {"name": "../../etc", "box": [0, 0, 50, 50]},
        {"name": "drawn 1", "box": [500, 500, 900, 900]},
        {"name": "image", "delete": True},
    ]
    done = edited(filtered(), Scripted(), patches=odd)
    assert len([n for n in done.notes if "there is no patch" in n]) == 4
    assert done.root == filtered().root


def test_a_drawn_patch_brings_nothing_back_that_is_not_to_be_described():
    record = filtered()
    hidden = Image.new("L", record.size, 255)
    hidden.paste(0, (PATCH["box"][0], PATCH["box"][1], PATCH["box"][0] + 5, PATCH["box"][1] + 5))
    record = focused(replace(record, focus=Focus(only=("the cup",), shown=hidden)))
    models = Scripted(["A blue cup. There is a vase."])
    done = edited(record, models, patches=[PATCH])
    assert "There is a cup." in kept(done)
    assert not {"There is a vase.", "There is a dog."} & kept(done)
    [request] = models.captioner.requests
    assert "the cup" in request.prompt, "asked as the other patches were"
    assert request.image.getpixel((2, 2)) == (128, 128, 128), "what was hidden stays hidden"
