import json
import os

import pytest

from core.dataset.browsing import browse
from core.dataset.ledger import Ledger
from core.dataset.review import Changed, current, recompose, save
from core.dataset.run import caption_dataset, locked, undo
from core.errors import PatchMattersError
from image_folders import captions, fakes, folder_of, job


@pytest.fixture
def folder(tmp_path):
    folder = folder_of(tmp_path, 2)
    (folder / "00001.txt").write_text("My own words.")
    caption_dataset(job(folder), fakes())
    return folder


def test_a_caption_is_corrected_and_later_runs_keep_it(folder):
    was = current(folder, "00000.png")
    assert was.path == "00000.txt" and "cup" in was.text and not was.edited
    now = save(folder, "00000.png", "A blue cup. <b>&", was.sha256)
    assert now.edited and captions(folder)["00000.txt"] == "A blue cup. <b>&"
    for existing in ("keep", "append", "prepend"):
        caption_dataset(job(folder, existing=existing, limit=1), fakes())
        assert captions(folder)["00000.txt"] == "A blue cup. <b>&"
    with Ledger(folder) as ledger:
        assert ledger.entry("00000.png").caption == "A blue cup. <b>&"


def test_a_caption_in_a_json_file_is_corrected_and_the_rest_of_it_stays(tmp_path):
    folder = folder_of(tmp_path, 1)
    caption_dataset(job(folder, formats=("ai-toolkit",)), fakes())
    before = json.loads((folder / "00000.json").read_text())
    now = save(folder, "00000.png", "A blue cup.", current(folder, "00000.png").sha256)
    assert now.text == "A blue cup." and now.edited
    assert json.loads((folder / "00000.json").read_text()) == {**before, "caption": "A blue cup."}


def test_images_are_found_by_what_became_of_them(folder):
    (folder / "00002.png").write_bytes(b"no image")
    caption_dataset(job(folder), fakes())
    save(folder, "00000.png", "A blue cup.", current(folder, "00000.png").sha256)

    def found(**named):
        total, rows = browse(folder, **named)
        assert total == len(rows)
        return [row.entry.path for row in rows]

    assert found() == ["00000.png", "00001.png", "00002.png"]
    assert found(status="failed") == ["00002.png"] and found(status="kept") == ["00001.png"]
    assert found(edited=True) == ["00000.png"] == found(contains="BLUE cup")
    assert browse(folder, edited=True)[1][0].text == "A blue cup."
    assert [row.entry.path for row in browse(folder, offset=1, limit=1)[1]] == ["00001.png"]
    (folder / "00001.txt").write_bytes(b"\xff\xfe no UTF-8")
    assert "not UTF-8" in browse(folder)[1][1].problem


def test_a_file_that_changed_meanwhile_is_shown_and_kept(folder):
    was = current(folder, "00000.png")
    (folder / "00000.txt").write_text("From another program.")
    with pytest.raises(Changed) as raised:
        save(folder, "00000.png", "Mine.", was.sha256)
    assert raised.value.current.text == "From another program."
    assert captions(folder)["00000.txt"] == "From another program."


def test_an_owners_caption_that_is_corrected_comes_back_with_undo_only_where_it_can(folder):
    was = current(folder, "00001.png")
    save(folder, "00001.png", "Corrected.", was.sha256)
    _, messages = undo(folder)
    assert captions(folder) == {"00001.txt": "Corrected."} and "was changed since" in messages[0]


@pytest.mark.parametrize("path", ["../outside.png", "/etc/x.png", "a/../../b.png"])
def test_no_path_leads_out_of_the_folder(folder, path):
    with pytest.raises(PatchMattersError, match="outside the folder"):
        save(folder, path, "x", "")


def test_links_are_neither_read_nor_written(folder, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (folder / "00000.txt").unlink()
    os.symlink(tmp_path / "secret", folder / "00000.txt")
    for act in (lambda: current(folder, "00000.png"), lambda: save(folder, "00000.png", "x", "")):
        with pytest.raises(PatchMattersError, match="is a link"):
            act()
    assert (tmp_path / "secret").read_text() == "secret"


def test_nothing_is_saved_while_a_run_is_at_work(folder):
    with locked(folder), pytest.raises(PatchMattersError, match="Another run"):
        save(folder, "00000.png", "x", current(folder, "00000.png").sha256)


def test_a_caption_of_the_claims_that_are_ticked(folder):
    with Ledger(folder) as ledger:
        record = ledger.record("00000.png")
    statements = record["statements"]
    kept = [i for i, s in enumerate(statements) if s["verdict"] == "kept"]
    assert recompose(record, kept) == record["caption"]
    handle = [i for i in kept if "handle" in statements[i]["text"]]
    assert handle
    text = recompose(record, set(kept) - set(handle))
    assert "handle" not in text and "cup" in text
    assert recompose(record, []) == ""


def test_a_caption_of_tags_stays_one_of_tags(folder):
    with Ledger(folder) as ledger:
        record = ledger.record("00000.png")
    kept = [i for i, s in enumerate(record["statements"]) if s["verdict"] == "kept"]
    tags = recompose({**record, "style": "tags-sdxl"}, kept)
    assert "cup" in tags and ", " in tags and "." not in tags
