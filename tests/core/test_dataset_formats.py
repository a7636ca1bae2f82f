"""The formats, read back by their own readers where those can be had, else by their documented rules."""

import glob
import io
import json
import os
import tarfile

import pytest
from PIL import Image

from core.dataset import formats
from core.dataset.choices import FORMAT_NAMES, STATE
from core.dataset.job import Job
from core.dataset.run import caption_dataset, undo
from core.dataset.words import Words
from core.errors import PatchMattersError
from image_folders import captions, fakes, folder_of, job, paint


@pytest.fixture
def folder(tmp_path):
    """Three images, one in a subfolder, one with a caption of its owner's."""
    folder_of(tmp_path / "set", 2)
    paint(tmp_path / "set" / "sub" / "dotted.name.jpg", 9)
    (tmp_path / "set" / "00001.txt").write_text("My own words.")
    return tmp_path / "set"


def test_the_names_are_those_of_the_options():
    assert tuple(formats.FORMATS) == FORMAT_NAMES


def test_metadata_leaves_out_a_path_that_is_not_utf8_and_stays_readable(folder):
    with open(os.fsencode(folder) + b"/bad\xff.png", "wb") as file:
        file.write(paint(folder / "00002.png", 5).read_bytes())
    (folder / "00002.txt").write_bytes(b"a dog, a cat\r\nsecond line\r\n")
    summary = caption_dataset(job(folder, formats=("txt", "metadata", "kohya")), fakes())
    assert summary.failures == ()
    rows = [json.loads(row) for row in (folder / "metadata.jsonl").read_text().splitlines()]
    assert [r["file_name"] for r in rows][:3] == ["00000.png", "00001.png", "00002.png"]
    assert len(rows) == 4 and rows[2]["text"] == "a dog, a cat"
    assert "bad\udcff" in json.loads((folder / STATE / "kohya_metadata.json").read_text())


def test_metadata_is_what_hugging_face_reads(folder):
    caption_dataset(job(folder, formats=("txt", "metadata")), fakes())
    rows = [json.loads(line) for line in (folder / "metadata.jsonl").read_text().splitlines()]
    assert [r["file_name"] for r in rows] == ["00000.png", "00001.png", "sub/dotted.name.jpg"]
    assert rows[1]["text"] == "My own words." and "cup" in rows[0]["text"]
    huggingface = pytest.importorskip(
        "datasets.load", reason="the package datasets is not installed"
    )
    read = huggingface.load_dataset(
        "imagefolder", data_dir=str(folder), split="train", cache_dir=str(folder.parent)
    )
    assert sorted(r["text"] for r in read) == sorted(r["text"] for r in rows)


def test_kohya_finds_each_image_and_its_caption(folder):
    caption_dataset(job(folder, formats=("kohya",), words=Words(trigger="ohwx")), fakes())
    metadata = json.loads((folder / STATE / "kohya_metadata.json").read_text(encoding="utf-8"))
    assert len(metadata) == 3
    for key, row in metadata.items():  # as library/train_util.py of sd-scripts looks them up
        found = glob.glob(os.path.join(glob.escape(str(folder)), key + ".*"))
        assert any(path.endswith((".png", ".jpg")) for path in found)
        assert row["caption"].startswith(("ohwx, A red cup", "My own words."))
    assert (
        metadata["00000"]["tags"] == "red cup, wooden table, handle"
        or "cup" in metadata["00000"]["tags"]
    )


def test_ai_toolkit_reads_the_json_beside_each_image(folder):
    (folder / "sub" / "dotted.name.json").write_text('[{"mine": 1}]')
    summary = caption_dataset(job(folder, formats=("ai-toolkit",)), fakes())
    value = json.loads((folder / "00000.json").read_text(encoding="utf-8"))
    assert "cup" in value["caption"] and value["caption_short"]
    [(path, reason)] = summary.failures
    assert path == "sub/dotted.name.jpg" and "was not written by this pack" in reason
    assert (folder / "sub" / "dotted.name.json").read_text() == '[{"mine": 1}]'


def test_several_captions_are_lines_of_one_file(folder):
    words = Words(trigger="t", lines=("long", "short", "tags"))
    caption_dataset(job(folder, formats=("caption",), words=words), fakes())
    lines = captions(folder, ".caption")["00000.caption"].split("\n")
    assert len(lines) == 3 and all(line.startswith("t, ") for line in lines)


def test_parquet_has_old_and_new_captions_claims_and_scores(folder):
    parquet = pytest.importorskip("pyarrow.parquet", reason="the package pyarrow is not installed")
    caption_dataset(job(folder, formats=("txt", "parquet"), existing="overwrite"), fakes())
    rows = parquet.read_table(folder / STATE / "captions.parquet").to_pylist()
    assert [r["path"] for r in rows] == ["00000.png", "00001.png", "sub/dotted.name.jpg"]
    assert rows[1]["before"] == "My own words." and rows[0]["before"] is None
    claims = rows[0]["claims"]
    assert any(c["kept"] and "cup" in c["text"] and 0 < c["score"] <= 1 for c in claims)


def test_shards_go_out_and_come_in(folder, tmp_path):
    webdataset = pytest.importorskip("webdataset", reason="the package webdataset is not installed")
    caption_dataset(job(folder, formats=("webdataset",)), fakes())
    shard = folder / STATE / "shards" / "000000.tar"
    samples = list(webdataset.WebDataset(str(shard), shardshuffle=False, empty_check=False))
    assert [s["__key__"] for s in samples] == ["00000", "00001", "sub/dotted_name"]
    assert samples[1]["txt"] == b"My own words." and json.loads(samples[0]["json"])["regions"]
    assert Image.open(io.BytesIO(samples[2]["jpg"])).size == (48, 40)

    out = tmp_path / "again"
    shards = Job(
        shard.parent, out, job(folder).settings, "append", ("txt", "webdataset"), shards=(shard,)
    )
    summary = caption_dataset(shards, fakes())
    assert summary.status.done == 3 and not summary.failures
    assert captions(out)["000000/00001.txt"].startswith("My own words. A red cup")
    with tarfile.open(out / "shards" / "000000.tar") as tar:
        assert "000000/sub/dotted_name.txt" in tar.getnames()


def test_shards_need_another_folder_and_must_be_tar_files(tmp_path):
    (tmp_path / "a.tar").write_text("no")
    shards = Job(tmp_path, shards=(tmp_path / "a.tar",))
    with pytest.raises(PatchMattersError, match="out: name a folder"):
        shards.check()
    with pytest.raises(PatchMattersError, match="is not a tar file"):
        shards.images.find(False)


def test_a_metadata_file_of_the_users_is_kept_unless_overwritten_and_comes_back(folder):
    (folder / "metadata.jsonl").write_text("mine\n")
    summary = caption_dataset(job(folder, formats=("txt", "metadata")), fakes())
    assert "metadata.jsonl was not written by this pack" in summary.stopped
    assert (folder / "metadata.jsonl").read_text() == "mine\n"
    caption_dataset(job(folder, formats=("txt", "metadata"), existing="overwrite"), fakes())
    assert "file_name" in (folder / "metadata.jsonl").read_text()
    assert undo(folder)[1] == []
    assert (folder / "metadata.jsonl").read_text() == "mine\n"
    assert captions(folder) == {"00001.txt": "My own words."}


def test_what_is_not_installed_is_said_before_any_work(folder, monkeypatch):
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    models = fakes()
    with pytest.raises(PatchMattersError, match=r"run.py --extra parquet"):
        caption_dataset(job(folder, formats=("parquet",)), models)
    assert not models.captioner.asked
