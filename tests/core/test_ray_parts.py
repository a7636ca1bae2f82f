"""What a run on Ray is made of, without Ray: sources, manifest, results and export."""

import json
import os
import socket
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from core.dataset.run import caption_dataset
from core.distributed import results
from core.distributed.command import unfinished
from core.distributed.manifest import SLICE, Part, extend, parts, read_rows
from core.distributed.run_folder import locked, note_run, open_folder
from core.distributed.sources import Row, list_rows
from core.distributed.storage import Storage
from core.distributed.worker import Work, Worker
from core.errors import PatchMattersError, UnusableModel
from image_folders import FakeCaptioner, captions, contents, fakes, folder_of, job, paint

ROOT = Path(__file__).parents[2]
pytest.importorskip("pyarrow")


def rows_of(*places) -> list[Row]:
    return list(list_rows([str(place) for place in places]))


def test_a_dry_run_counts_and_writes_nothing(tmp_path):
    folder = folder_of(tmp_path / "images", 3)
    done = command(str(folder), "--ray", "--dry-run", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0 and "3 images, 3 to caption" in done.stderr, done.stderr
    assert not (tmp_path / "out").exists()


def test_servers_that_take_no_connection_are_named(tmp_path):
    folder = folder_of(tmp_path / "images", 1)
    with (
        socket.create_server(("127.0.0.1", 0)) as up,
        socket.create_server(("127.0.0.1", 0)) as down,
    ):
        urls = [f"http://127.0.0.1:{each.getsockname()[1]}/v1" for each in (up, down)]
        down.close()
        (tmp_path / ".patch_matters").mkdir()
        config = tmp_path / ".patch_matters" / "config.json"
        options = (str(folder), "--ray", "--dry-run", "--out", "out", "--captioner", "sim:m")
        config.write_text(json.dumps({"endpoints": {"sim": {"urls": urls}}}))
        done = command(*options, cwd=tmp_path)
        assert done.returncode == 0
        assert (
            f"sim: 1 of 2 servers take no connection from this machine, such as {urls[1]}"
            in done.stderr
        )
        assert "waits" not in done.stderr
        config.write_text(json.dumps({"endpoints": {"sim": {"urls": urls[1:]}}}))
        done = command(*options, cwd=tmp_path)
        assert (
            "1 of 1 servers" in done.stderr and "waits for one, for 15 min at most" in done.stderr
        )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--ray"], "--ray needs --out"),
        (["--ray", "--out", "out", "--format", "kohya"], "--format says how caption files"),
        (["--ray", "--out", "."], "has files in it that are not of this pack"),
        (["--captions-from", "."], "has no captions of a run with --ray"),
        (["--captions-from", ".", "--json", "all.json"], "--json does not go with"),
        (["--captions-from", ".", "--limit", "1"], "--limit does not go with"),
        (["--captions-from", ".", "--ray", "--out", "out"], "are two commands"),
        (["images", "--ray", "--out", "out"], "whose names differ"),
        (["other", "--ray", "--out", "out"], "name one folder"),
        (["--ray", "", "--out", "out"], "the address is empty"),
        (["", "--ray", "--out", "out"], "name of a source is empty"),
        (["--ray", "--out", "images/00000.png"], "is a file: name a folder"),
        (["--captions-from", ""], "name of a folder is empty"),
        (["--ray-workers", "2"], "--ray-workers is for a run on Ray"),
    ],
)
def test_a_command_that_cannot_start_says_why(tmp_path, options, says):
    folder = folder_of(tmp_path / "images", 1)
    if "--ray" in options:  # it says so before it starts Ray
        options = [*options, "--dry-run"]
    done = command(str(folder), *options, cwd=tmp_path)
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr


def test_what_is_unfinished_is_seen_from_names(tmp_path):
    part = Part(0, 2 * SLICE + 1)
    assert unfinished([part], [{}]) == [(part, {0: SLICE, SLICE: SLICE, 2 * SLICE: 1})]
    assert unfinished([part], [{0: 0, SLICE: 3}]) == [(part, {SLICE: 3, 2 * SLICE: 1})]
    assert unfinished([part], [{0: 0, SLICE: 3}], retry=True) == [(part, {SLICE: 3})]
    assert unfinished([part], [{}], limit=SLICE + 2) == [(part, {0: SLICE, SLICE: 2})]
    assert unfinished([part], [{0: 0, SLICE: 0, 2 * SLICE: 0}]) == []


def test_a_folder_of_something_else_is_not_written_to(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(PatchMattersError, match="files in it that are not of this pack"):
        open_folder(str(tmp_path), create=True)
    storage = open_folder(str(tmp_path / "out"), create=True)
    with locked(storage), pytest.raises(PatchMattersError, match="Another run"), locked(storage):
        pass
    (tmp_path / "out" / "lock").unlink(missing_ok=True)
    (tmp_path / "out" / "lock").mkdir()
    with (
        pytest.raises(PatchMattersError, match="cannot be written to .*fix its perm"),
        locked(storage),
    ):
        pass
    before = {"lock": b"a user's", "patch_matters.json": b"a user's, too"}
    for name, content in before.items():
        (tmp_path / "users").mkdir(exist_ok=True)
        (tmp_path / "users" / name).write_bytes(content)
        with pytest.raises(PatchMattersError, match="not of this pack"):
            open_folder(str(tmp_path / "users"), create=True)
    assert {p.name: p.read_bytes() for p in (tmp_path / "users").iterdir()} == before
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for place in (tmp_path / "notes.txt" / "below", tmp_path / "link"):
        with pytest.raises(PatchMattersError, match="cannot be used .*choose another folder"):
            open_folder(str(place), create=True)


def captioned_by(worker: Worker, storage: Storage, run: str = "r", limit: int = 0):
    """Caption everything that is unfinished, or no more than a limit; what came of each slice."""
    found = parts(storage)
    todo = unfinished(found, results.states_of_all(storage, run, found), limit=limit)
    return [
        worker.caption(
            part, first, read_rows(storage, part, first, results.rows_in(part, first)), most
        )
        for part, slices in todo
        for first, most in slices.items()
    ]


def worker_of(storage: Storage, captioner=None) -> Worker:
    return Worker(Work(storage.place, "r", job(Path(".")), lambda: fakes(captioner), 4))


def test_a_bad_image_is_a_row_with_its_error_and_is_tried_again(tmp_path):
    folder = folder_of(tmp_path / "images", 3)
    (folder / "00001.png").write_bytes(b"no image")
    storage = open_folder(str(tmp_path / "out"), create=True)
    [part] = extend(storage, rows_of(folder))
    [done] = captioned_by(worker_of(storage), storage)
    assert (done.images, done.failed) == (2, 1) and "cannot be opened as an image" in done.problems[
        0
    ]
    assert results.states(storage, "r", part) == {0: 1}
    by_id = {row["id"]: row for row in results.read_slice(storage, "r", part, 0)}
    assert by_id["00001.png"]["status"] == "failed" and "00001.png" in by_id["00001.png"]["error"]
    assert by_id["00000.png"]["claims"] and by_id["00000.png"]["caption"]
    paint(folder / "00001.png", 1)
    captioner = FakeCaptioner()
    [done] = captioned_by(worker_of(storage, captioner), storage)
    assert done.images == 1 and len(captioner.asked) == 1, "only what had failed is asked about"
    assert results.states(storage, "r", part) == {0: 0}
    assert len(storage.names(results.folder_of("r", part))) == 1
    assert captioned_by(worker_of(storage), storage) == []


def test_a_limit_is_kept_within_a_slice_and_the_next_run_does_the_rest(tmp_path):
    folder = folder_of(tmp_path / "images", 5)
    (folder / "00000.png").write_bytes(b"no image")
    storage = open_folder(str(tmp_path / "out"), create=True)
    [part] = extend(storage, rows_of(folder))
    captioner = FakeCaptioner()
    [done] = captioned_by(worker_of(storage, captioner), storage, limit=3)
    assert (done.images, done.failed, done.still_open, len(captioner.asked)) == (2, 1, 1, 2)
    assert results.states(storage, "r", part) == {0: 3}
    paint(folder / "00000.png", 99)
    [done] = captioned_by(worker_of(storage, captioner), storage, limit=1)
    assert done.images == 1 and results.states(storage, "r", part) == {0: 2}
    [done] = captioned_by(worker_of(storage, captioner), storage)
    assert done.images == 2 and results.states(storage, "r", part) == {0: 0}
    rows = results.read_slice(storage, "r", part, 0)
    assert sorted(row["id"] for row in rows if row["caption"]) == [f"{n:05d}.png" for n in range(5)]
    assert len(captioner.asked) == 5


def command(*options, cwd: Path) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(cwd)}
    return subprocess.run(
        [sys.executable, "-m", "core", *options],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def captioned(tmp_path) -> Storage:
    """Results of five images of a folder, one of which changed since, and of a bad one."""
    folder = folder_of(tmp_path / "images", 6)
    (folder / "00005.png").write_bytes(b"no image")
    storage = open_folder(str(tmp_path / "out"), create=True)
    extend(storage, rows_of(folder))
    note_run(storage, "r", [str(folder)], {})
    captioned_by(worker_of(storage), storage)
    paint(folder / "00004.png", 77)
    return storage


def test_caption_files_are_written_from_results_and_a_user_s_own_are_kept(tmp_path, captioned):
    (tmp_path / "images" / "00001.txt").write_text("mine")
    done = command("images", "--captions-from", "out", "--trigger", "ohwx", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = captions(tmp_path / "images")
    assert sorted(found) == ["00000.txt", "00001.txt", "00002.txt", "00003.txt"]
    assert found["00001.txt"] == "mine" and found["00000.txt"].startswith("ohwx, A red cup")
    assert "00004.png changed since" in done.stderr
    assert command("images", "--undo", cwd=tmp_path).returncode == 0
    assert captions(tmp_path / "images") == {"00001.txt": "mine"}


def test_shards_are_written_from_results_alone_and_once(tmp_path, captioned):
    pytest.importorskip("webdataset")
    options = ("--captions-from", "out", "--format", "webdataset", "--out", "shards")
    done = command(*options, cwd=tmp_path)
    assert done.returncode == 1 and "00004.png changed since" in done.stderr
    assert "4 images, in 1 shard, are in shards." in done.stderr
    [shard] = (tmp_path / "shards").glob("*.tar")
    with tarfile.open(shard) as tar:
        names = tar.getnames()
        said = tar.extractfile("00000.txt").read().decode()
    assert said.startswith("A red cup") and len(names) == 12 and "00005.png" not in names
    before = contents(tmp_path / "shards")
    assert command(*options, cwd=tmp_path).returncode == 0
    assert contents(tmp_path / "shards") == before
    done = command(*options[:-1], "out", cwd=tmp_path)
    assert done.returncode == 2 and "has the captions in it" in done.stderr
    done = command(*options, "--trigger", "ohwx", cwd=tmp_path)
    assert done.returncode == 2 and "--trigger says how caption files" in done.stderr
    paint(tmp_path / "images" / "00005.png", 5)  # was a bad one
    captioned_by(worker_of(captioned), captioned)
    done = command(*options, cwd=tmp_path)
    assert done.returncode == 2 and "has shards of other captions" in done.stderr
    assert contents(tmp_path / "shards") == before


def test_captions_of_a_list_of_absolute_paths_find_their_folder_and_other_folders_do_not_hide_them(
    tmp_path,
):
    one, two = folder_of(tmp_path / "one", 2), folder_of(tmp_path / "two" / "one", 2, (30, 30))
    (tmp_path / "list.txt").write_text("\n".join(map(str, sorted(one.iterdir()))))
    storage = open_folder(str(tmp_path / "out"), create=True)
    note_run(storage, "r", [], {})
    extend(storage, rows_of(tmp_path / "list.txt"))
    extend(storage, rows_of(two))
    captioned_by(worker_of(storage), storage)
    for folder in (one, two):
        done = command(str(folder), "--captions-from", "out", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert sorted(captions(folder)) == ["00000.txt", "00001.txt"]


def test_keys_in_shards_are_one_an_image_and_stay_below_their_folder(tmp_path):
    webdataset = pytest.importorskip("webdataset")
    for name in ("a.b.png", "a_b.png", "a_b.jpg"):
        paint(tmp_path / "images" / name, len(name))
    paint(tmp_path / "other.png", 7)
    below = "\n".join(f"images/{name}" for name in ("a.b.png", "a_b.png", "a_b.jpg"))
    (tmp_path / "set").mkdir()
    (tmp_path / "images").rename(tmp_path / "set" / "images")
    (tmp_path / "set" / "list.txt").write_text(f"{below}\n../other.png\n{tmp_path}/other.png\n")
    storage = open_folder(str(tmp_path / "out"), create=True)
    note_run(storage, "r", [], {})
    extend(storage, rows_of(tmp_path / "set" / "list.txt"))
    captioned_by(worker_of(storage), storage)
    options = ("--captions-from", "out", "--format", "webdataset", "--out", "shards")
    assert command(*options, cwd=tmp_path).returncode == 0
    [shard] = (tmp_path / "shards").glob("*.tar")
    with tarfile.open(shard) as tar:
        assert not [name for name in tar.getnames() if name.startswith(("/", ".."))]
    samples = list(webdataset.WebDataset(str(shard), shardshuffle=False))
    assert len(samples) == 5 == len({sample["__key__"] for sample in samples})


class Broken(FakeCaptioner):
    """A fake: a model that always fails."""

    def caption(self, requests, on_progress):
        raise RuntimeError("the model is gone")


def test_a_model_that_always_fails_ends_the_run_and_damaged_images_do_not(tmp_path):
    folder = folder_of(tmp_path / "images", 12)
    storage = open_folder(str(tmp_path / "out"), create=True)
    extend(storage, rows_of(folder))
    with pytest.raises(PatchMattersError, match="10 images failed in a row.*the model is gone"):
        captioned_by(worker_of(storage, Broken()), storage)
    for image in folder.iterdir():
        image.write_bytes(b"")
    assert captioned_by(worker_of(storage), storage)[0].failed == 12


class WithoutKey(FakeCaptioner):
    """A fake: a hosted model whose key is missing."""

    def caption(self, requests, on_progress):
        raise UnusableModel("model: openai needs a key")


def test_a_model_that_cannot_be_used_ends_the_run_at_once_and_no_image_is_taken_for_failed(
    tmp_path,
):
    folder = folder_of(tmp_path / "images", 2)
    storage = open_folder(str(tmp_path / "out"), create=True)
    [part] = extend(storage, rows_of(folder))
    with pytest.raises(UnusableModel, match="needs a key"):
        captioned_by(worker_of(storage, WithoutKey()), storage)
    assert results.states(storage, "r", part) == {}


def test_a_worker_gives_what_a_data_set_run_gives(tmp_path):
    folder = folder_of(tmp_path / "images", 4)
    storage = open_folder(str(tmp_path / "out"), create=True)
    [part] = extend(storage, rows_of(folder))
    captioned_by(worker_of(storage), storage)
    caption_dataset(job(folder), fakes())
    rows = results.read_slice(storage, "r", part, 0)
    ours = {row["id"].replace(".png", ".txt"): row["caption"] for row in rows}
    assert ours == captions(folder)
