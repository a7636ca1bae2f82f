"""What a run and `--undo` do with files that the pack did not write: by hashes before and after."""

import json
import os
import shutil
import sqlite3
import stat

import pytest

from core.dataset.browsing import browse
from core.dataset.choices import EXISTING, STATE
from core.dataset.ledger import Ledger
from core.dataset.review import current, save
from core.dataset.run import caption_dataset, undo
from core.errors import PatchMattersError
from image_folders import captions, contents, fakes, folder_of, job, paint


def everything(folder):
    """Path -> bytes, or target of a link, of all files below a folder, hidden ones too."""
    return {
        path: os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def user_folder(state):
    (state / "temporary").mkdir(parents=True)
    (state / "temporary" / "mine.part").write_text("mine")
    (state / "report.html").write_text("mine")


def user_database(state):
    state.mkdir()
    with sqlite3.connect(state / "ledger.sqlite") as base:
        base.execute("CREATE TABLE mine (x)")
    base.close()


def linked_temporary(state):
    caption_dataset(job(state.parent), fakes())
    (state.parent / "00000.txt").unlink()
    shutil.rmtree(state / "temporary")
    outside = state.parent.parent / "outside"
    outside.mkdir()
    (outside / "mine.part").write_text("mine")
    (state / "temporary").symlink_to(outside)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (user_folder, "this pack did not make it"),
        (user_database, "not of this pack"),
        (linked_temporary, "is a link: remove it"),
        (lambda state: state.write_text("mine"), "rename it"),
        (lambda state: state.symlink_to(state.parent.parent), "is a link: remove it"),
    ],
)
def test_a_state_folder_that_is_not_the_packs_is_refused(tmp_path, make, message):
    folder = folder_of(tmp_path / "set", 1)
    make(folder / STATE)
    before = everything(tmp_path)
    with pytest.raises(PatchMattersError, match=message):
        caption_dataset(job(folder), fakes())
    with pytest.raises(PatchMattersError):
        undo(folder)
    assert before.items() <= everything(tmp_path).items()


def test_a_users_file_in_the_state_folder_stays(tmp_path):
    folder = folder_of(tmp_path, 1)
    caption_dataset(job(folder), fakes())
    (folder / STATE / "temporary" / "notes.txt").write_text("mine")
    (folder / STATE / "temporary" / "old.part").write_text("of a run that was killed")
    caption_dataset(job(folder), fakes())
    assert [p.name for p in (folder / STATE / "temporary").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("existing", EXISTING)
def test_undo_restores_every_byte_and_permission(tmp_path, existing):
    folder = folder_of(tmp_path / "set", 6)
    texts = {0: b"Mine, tags", 1: b"One.\r\nTwo.\r\n", 2: b"\xef\xbb\xbfMarked.", 3: b" \n"}
    for number, text in {**texts, 4: "Wide".encode("utf-16")}.items():
        (folder / f"{number:05d}.txt").write_bytes(text)
    (folder / "00000.txt").chmod(0o440)
    (folder / "00001.json").write_text('{"tags": "of another program"}')
    (folder / "metadata.jsonl").write_text('{"file_name": "x", "mine": 1}\nno JSON\n')
    (tmp_path / "other name").write_text("Linked.")
    os.link(tmp_path / "other name", folder / "00005.txt")
    before = contents(folder)
    formats = ("txt", "ai-toolkit", "metadata", "kohya")
    for _ in range(2):
        caption_dataset(job(folder, existing=existing, formats=formats), fakes())
    assert stat.S_IMODE((folder / "00000.txt").stat().st_mode) == 0o440
    assert (tmp_path / "other name").read_text() == "Linked."
    assert undo(folder)[1] == []
    assert contents(folder) == before
    assert stat.S_IMODE((folder / "00000.txt").stat().st_mode) == 0o440
    assert undo(folder) == (0, [])


@pytest.mark.parametrize("existing", ["append", "prepend", "improve"])
def test_a_run_that_keeps_does_not_take_away_what_was_added_to(tmp_path, existing):
    folder, models = folder_of(tmp_path, 1), fakes()
    (folder / "00000.txt").write_text("A blue kettle stands there.")
    caption_dataset(job(folder, existing=existing), models)
    written = captions(folder)
    asked = len(models.captioner.asked)
    summary = caption_dataset(job(folder), models)
    assert captions(folder) == written and summary.status.resumed == 1
    assert len(models.captioner.asked) == asked


@pytest.mark.parametrize("existing", ["keep", "append", "prepend", "improve"])
def test_only_overwrite_replaces_a_file_that_says_something_else(tmp_path, existing):
    folder = folder_of(tmp_path, 2)
    (folder / "00000.json").write_text('{"tags": "of another program"}')
    (folder / "00001.txt").write_text("One.")
    (folder / "00001.caption").write_text("Another.")
    (folder / "metadata.jsonl").write_text("mine\n")
    before = contents(folder)
    run = job(folder, existing=existing, formats=("txt", "caption", "ai-toolkit", "metadata"))
    summary = caption_dataset(run, fakes())
    assert "metadata.jsonl was not written by this pack" in summary.stopped
    assert any("00000.json was not written by this pack" in why for _, why in summary.failures)
    for name in ("00000.json", "00001.caption", "metadata.jsonl"):
        assert contents(folder)[name] == before[name]


def test_a_file_that_its_user_put_back_is_kept(tmp_path):
    folder = folder_of(tmp_path, 1)
    mine = '{"tags": "of another program"}'
    (folder / "00000.json").write_text(mine)
    caption_dataset(job(folder, existing="overwrite", formats=("ai-toolkit",)), fakes())
    (folder / "00000.json").write_text(mine)
    caption_dataset(job(folder, formats=("ai-toolkit",)), fakes())
    assert (folder / "00000.json").read_text() == mine


def test_other_fields_of_a_json_caption_stay(tmp_path):
    folder = folder_of(tmp_path, 1)
    (folder / "00000.json").write_text('{"url": "x", "caption": "Mine."}')
    for _ in range(2):
        caption_dataset(job(folder, existing="append", formats=("ai-toolkit",)), fakes())
    value = json.loads((folder / "00000.json").read_text())
    assert value["url"] == "x" and value["caption"].startswith("Mine. ") and value["caption_short"]


def test_undo_keeps_an_edit_and_can_still_put_back_what_was_there(tmp_path):
    folder = folder_of(tmp_path, 3)
    for number in range(2):
        (folder / f"{number:05d}.txt").write_text(f"Mine {number}")
    caption_dataset(job(folder, existing="overwrite"), fakes())
    (folder / "00000.txt").write_text("By hand.")
    (folder / "00001.txt").unlink()
    (folder / "00002.txt").write_text("By hand, too.")
    for put_back in (1, 0):
        count, messages = undo(folder)
        assert count == put_back and len(messages) == 2
        assert captions(folder) == {
            "00000.txt": "By hand.",
            "00001.txt": "Mine 1",
            "00002.txt": "By hand, too.",
        }
    (folder / "00000.txt").unlink()
    assert undo(folder)[0] == 1 and captions(folder)["00000.txt"] == "Mine 0"


def test_what_the_page_replaced_comes_back_once_the_edit_is_deleted(tmp_path):
    folder = folder_of(tmp_path, 1)
    (folder / "00000.txt").write_text("Mine.")
    caption_dataset(job(folder), fakes())
    save(folder, "00000.png", "Corrected.", current(folder, "00000.png").sha256)
    assert "Delete it and use --undo again" in undo(folder)[1][0]
    (folder / "00000.txt").unlink()
    assert undo(folder) == (1, []) and captions(folder) == {"00000.txt": "Mine."}


def test_a_ledger_of_another_folder_touches_no_file(tmp_path):
    first, second = folder_of(tmp_path / "first", 2), folder_of(tmp_path / "second", 2)
    (first / "00001.txt").write_text("First.")
    caption_dataset(job(first, existing="overwrite"), fakes())
    for number in range(2):
        (second / f"{number:05d}.txt").write_text(f"Second {number}.")
    shutil.copytree(first / STATE, second / STATE)
    before = contents(second)
    caption_dataset(job(second), fakes())
    undo(second)
    assert contents(second) == before


def test_no_folder_is_made_below_a_link(tmp_path):
    folder, out = folder_of(tmp_path / "set", 0), tmp_path / "out"
    paint(folder / "sub" / "deep" / "a.png")
    (tmp_path / "elsewhere").mkdir()
    out.mkdir()
    (out / "sub").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    summary = caption_dataset(job(folder, out=out), fakes())
    assert "is below a link" in summary.failures[0][1]
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_long_name_does_not_keep_the_page_from_listing_the_others(tmp_path):
    folder = folder_of(tmp_path, 1)
    paint(folder / f"{'l' * 250}.png", 7)
    caption_dataset(job(folder, formats=("metadata",)), fakes())
    with Ledger(folder) as ledger:
        assert ledger.count() == 2
    total, rows = browse(folder)
    assert total == 2 and "too long" in next(row.problem for row in rows if row.problem)
