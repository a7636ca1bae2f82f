"""What fails in a data set run costs itself, and says why."""

import errno
import os
import sys

import pytest

from core.dataset import files as dataset_files
from core.dataset.choices import STATE
from core.dataset.run import caption_dataset
from core.errors import PatchMattersError
from image_folders import FakeCaptioner, captions, fakes, folder_of, job, paint


def test_bad_files_cost_themselves_and_say_why(tmp_path):
    folder = folder_of(tmp_path, 2)
    (folder / "text.png").write_text("hello")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "cut.png").write_bytes((folder / "00000.png").read_bytes()[:60])
    (folder / "00001.txt").mkdir()
    paint(folder / "x.png", 5)
    paint(folder / "x.jpg", 6)
    paint(folder / "latin.png", 9)
    (folder / "latin.txt").write_bytes("Käse".encode("latin-1"))
    summary = caption_dataset(job(folder), fakes())
    reasons = dict(summary.failures)
    assert summary.status.done == 2
    assert "cannot be opened as an image: use" in reasons["text.png"]
    assert "cannot be opened as an image, because it is empty: use" in reasons["empty.jpg"]
    assert "cut.png" in reasons and "is a folder" in reasons["00001.png"]
    assert "would have the same caption file" in reasons["x.png"]
    assert "not UTF-8" in reasons["latin.png"]
    assert (folder / "latin.txt").read_bytes() == "Käse".encode("latin-1")


class Failing(FakeCaptioner):
    """A fake: fails on images whose red is in a set, all at once."""

    def __init__(self, reds, error=RuntimeError("CUDA error")):
        super().__init__()
        self.reds, self.error = reds, error

    def caption(self, requests, on_progress):
        if any(r.image.getpixel((0, 0))[0] in self.reds for r in requests):
            raise self.error
        return super().caption(requests, on_progress)


def test_one_image_of_a_batch_that_fails_costs_itself(tmp_path):
    folder = folder_of(tmp_path, 5)
    summary = caption_dataset(job(folder), fakes(Failing({3})))
    assert summary.status.done == 4 and not summary.stopped
    [(path, reason)] = summary.failures
    assert path == "00003.png" and "CUDA error" in reason and "report it" in reason


def test_a_model_that_does_not_work_ends_the_run(tmp_path):
    folder = folder_of(tmp_path, 60)
    error = PatchMattersError("model: openai:m is refused: wrong key")
    summary = caption_dataset(job(folder), fakes(Failing(set(range(60)), error)))
    assert "images failed in a row" in summary.stopped and "wrong key" in summary.stopped
    assert len(summary.failures) < 40


def test_a_full_disk_ends_the_run_and_loses_nothing(tmp_path, monkeypatch):
    folder, models = folder_of(tmp_path, 6), fakes()
    real, room = os.fsync, [3]

    def full(descriptor):
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(dataset_files.os, "fsync", full)
    summary = caption_dataset(job(folder), models)
    assert "free up disk space" in summary.stopped and len(captions(folder)) == 3
    assert not list((folder / STATE / "temporary").iterdir())
    monkeypatch.undo()
    assert caption_dataset(job(folder), models).status.done == 3
    assert len(models.captioner.asked) == 6


def test_an_image_that_vanishes_is_a_failure_of_its_own(tmp_path):
    folder = folder_of(tmp_path, 3)
    found = list(job(folder).images.find(False))
    (folder / "00001.png").unlink()
    one = job(folder)
    one.images.find = lambda ignore_case: iter(found)
    summary = caption_dataset(one, fakes())
    assert [path for path, _ in summary.failures] == ["00001.png"] and summary.status.done == 2


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.write_bytes(b"no database at all" * 100), "move it away"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "move it away"),
    ],
)
def test_a_damaged_ledger_is_one_sentence(tmp_path, damage, message):
    folder = folder_of(tmp_path, 1)
    caption_dataset(job(folder), fakes())
    for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
        (folder / STATE / name).unlink(missing_ok=True)
    damage(folder / STATE / "ledger.sqlite")
    (folder / "00000.txt").unlink()
    with pytest.raises(PatchMattersError, match=message):
        caption_dataset(job(folder), fakes())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_odd(tmp_path):
    names = [
        os.fsdecode(b"caf\xe9.png"),
        "杯子.png",
        "a b'\"<script>.png",
        "x" * 240 + ".png",
        "%s{0}.png",
    ]
    for number, name in enumerate(names):
        paint(tmp_path / name, number)
    summary = caption_dataset(job(tmp_path, formats=("txt", "metadata", "kohya")), fakes())
    assert summary.failures == () and not summary.stopped
    assert len(list(tmp_path.glob("*.txt"))) == 5


def test_a_name_that_is_too_long_for_a_caption_file_is_explained(tmp_path):
    paint(tmp_path / f"{'l' * 251}.png")
    summary = caption_dataset(job(tmp_path, formats=("caption",)), fakes())
    assert "would be too long: rename the image" in summary.failures[0][1]
    assert str(tmp_path) not in summary.failures[0][1]
