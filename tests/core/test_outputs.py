import hashlib
import json
import os
from pathlib import Path

import pytest

from core.errors import PatchMattersError
from core.outputs import RECORD, OutputFolder, Record


def written(folder):
    return [json.loads(line) for line in (folder / RECORD).read_text().splitlines() if line]


def test_what_was_written_is_recorded_with_its_hash_and_its_image(tmp_path):
    image = tmp_path / "in" / "a.png"
    image.parent.mkdir()
    image.write_bytes(b"pixels")
    OutputFolder(tmp_path / "out").write("a.txt", b"a cup", image)
    [entry] = written(tmp_path / "out")
    assert entry == {
        "file": "a.txt",
        "sha256": hashlib.sha256(b"a cup").hexdigest(),
        "image": "../in/a.png",
        "image_sha256": hashlib.sha256(b"pixels").hexdigest(),
    }
    OutputFolder(tmp_path / "out").write("a.txt", b"a cup", image)
    assert len(written(tmp_path / "out")) == 1, "the same again adds no line"


def test_only_what_was_written_and_not_changed_is_replaced(tmp_path):
    first = OutputFolder(tmp_path)
    first.write("a.txt", b"one")
    first.write("a.txt", b"two")
    OutputFolder(tmp_path).write("a.txt", b"three")
    (tmp_path / "a.txt").write_bytes(b"three, and more")
    for folder in (first, OutputFolder(tmp_path)):
        with pytest.raises(PatchMattersError, match="was changed since, so it is kept"):
            folder.write("a.txt", b"four")
    assert (tmp_path / "a.txt").read_bytes() == b"three, and more"
    OutputFolder(tmp_path, overwrite=True).write("a.txt", b"four")
    assert (tmp_path / "a.txt").read_bytes() == b"four"


def test_a_file_that_comes_while_the_models_work_is_kept(tmp_path):
    folder = OutputFolder(tmp_path)
    folder.check("a.txt")
    (tmp_path / "a.txt").write_text("saved in the meantime")
    with pytest.raises(PatchMattersError, match="so it is kept"):
        folder.write("a.txt", b"x")

    def slow(file):
        file.write(b"x")
        (tmp_path / "b.txt").write_text("saved in the meantime")

    with pytest.raises(PatchMattersError, match="so it is kept"):
        folder.write("b.txt", slow)
    assert {p.read_text() for p in tmp_path.glob("*.txt")} == {"saved in the meantime"}


def linked(path, target, make):
    try:
        make(target, path)
    except OSError as error:
        pytest.skip(f"this machine makes no such links: {error}")


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("target", ["mine.txt", "missing.txt", "folder"])
def test_a_link_is_neither_followed_nor_replaced(tmp_path, target, overwrite):
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "folder").mkdir()
    out = tmp_path / "out"
    out.mkdir()
    linked(out / "a.txt", tmp_path / target, os.symlink)
    with pytest.raises(PatchMattersError, match="is a link"):
        OutputFolder(out, overwrite=overwrite).write("a.txt", b"x")
    assert (out / "a.txt").is_symlink()
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert not (tmp_path / "missing.txt").exists()


def test_a_link_to_a_file_that_the_pack_wrote_is_kept_too(tmp_path):
    OutputFolder(tmp_path).write("a.txt", b"x")
    os.rename(tmp_path / "a.txt", tmp_path / "moved.txt")
    linked(tmp_path / "a.txt", tmp_path / "moved.txt", os.symlink)
    with pytest.raises(PatchMattersError, match="is a link"):
        OutputFolder(tmp_path).write("a.txt", b"y")


def test_other_names_of_a_replaced_file_keep_their_content(tmp_path):
    OutputFolder(tmp_path).write("a.txt", b"one")
    linked(tmp_path / "copy.txt", tmp_path / "a.txt", os.link)
    OutputFolder(tmp_path).write("a.txt", b"two")
    assert (tmp_path / "copy.txt").read_bytes() == b"one"


@pytest.mark.parametrize("make", [os.symlink, os.link])
def test_an_image_of_the_run_is_never_replaced_by_whatever_name(tmp_path, make):
    image = tmp_path / "a.patches.png"
    image.write_bytes(b"pixels")
    linked(tmp_path / "other.patches.png", image, make)
    folder = OutputFolder(tmp_path, [image, tmp_path / "gone.png"], overwrite=True)
    for name in ("a.patches.png", "other.patches.png"):
        with pytest.raises(PatchMattersError, match="is an image of this run"):
            folder.write(name, b"x")
    assert image.read_bytes() == b"pixels"


def test_another_case_is_another_file_or_is_kept(tmp_path):
    (tmp_path / "A.txt").write_text("mine")
    if not (tmp_path / "a.txt").exists():  # a file system that tells case apart
        OutputFolder(tmp_path).write("a.txt", b"x")
    else:
        with pytest.raises(PatchMattersError, match="so it is kept"):
            OutputFolder(tmp_path).write("a.txt", b"x")
    assert (tmp_path / "A.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "content", ["", "{", "[]\n3\n{}\n", '{"file": 3}\n', "\x00" * 99, "[" * 9999]
)
def test_a_damaged_record_protects_every_file_and_can_be_written_on(tmp_path, content):
    (tmp_path / RECORD).write_text(content)
    (tmp_path / "a.txt").write_text("mine")
    folder = OutputFolder(tmp_path)
    with pytest.raises(PatchMattersError, match="so it is kept"):
        folder.write("a.txt", b"x")
    folder.write("b.txt", b"x")
    assert Record(tmp_path).wrote("b.txt") and not Record(tmp_path).wrote("a.txt")


def test_a_record_leads_to_no_file_of_another_folder(tmp_path):
    """A data set from the net may bring a record that names what it likes."""
    (tmp_path / "mine.txt").write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    entry = {"file": "../mine.txt", "sha256": hashlib.sha256(b"mine").hexdigest()}
    (out / RECORD).write_text(json.dumps(entry) + "\n")
    OutputFolder(out).write("a.txt", b"x")
    assert (tmp_path / "mine.txt").read_text() == "mine"
    (out / RECORD).unlink()
    linked(out / RECORD, tmp_path / "mine.txt", os.symlink)
    with pytest.raises(PatchMattersError, match="not a regular file"):
        OutputFolder(out)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_equal_stems_get_a_suffix(tmp_path):
    paths = [Path(p) for p in ("a/x.png", "b/x.jpg", "X.png", "x-2.png", "y.png")]
    assert OutputFolder(tmp_path).stems(paths) == ["x", "x-2", "X-3", "x-2-2", "y"]


def test_a_stem_stays_with_its_image(tmp_path):
    images = [tmp_path / folder / "x.png" for folder in "abc"]
    for image in images:
        image.parent.mkdir()
        image.write_bytes(image.parent.name.encode())
    out = tmp_path / "out"
    folder = OutputFolder(out)
    for image, stem in zip(images, folder.stems(images)):
        folder.write(f"{stem}.txt", b"said", image)
    assert OutputFolder(out).stems(images[::-1]) == ["x-3", "x-2", "x"]
    os.rename(tmp_path / "b", tmp_path / "moved")
    assert OutputFolder(out).stems([tmp_path / "moved" / "x.png"]) == ["x-2"], "the same bytes"
    images[2].write_bytes(b"cropped")
    assert OutputFolder(out).stems([images[2]]) == ["x-3"], "the same path"


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    folder = OutputFolder(tmp_path)
    folder.write("a.txt", b"old")

    def fails(handle):
        handle.write(b"half")
        raise OSError(28, "No space left on device")

    for name in ("a.txt", "new.txt"):
        with pytest.raises(PatchMattersError, match="No space left"):
            folder.write(name, fails)
    file = tmp_path / "a.txt"
    assert file.read_bytes() == b"old"
    assert {p.name for p in tmp_path.iterdir()} == {RECORD, "a.txt"}
    if os.name != "nt":
        umask = os.umask(0)
        os.umask(umask)
        assert file.stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_file_system_without_hard_links(tmp_path, monkeypatch):
    def unsupported(*paths):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", unsupported)
    OutputFolder(tmp_path).write("a.txt", b"x")
    assert (tmp_path / "a.txt").read_bytes() == b"x"
    assert {p.name for p in tmp_path.iterdir()} == {RECORD, "a.txt"}


def test_a_name_that_is_too_long_is_refused_before_any_work(tmp_path):
    with pytest.raises(PatchMattersError, match="cannot be written"):
        OutputFolder(tmp_path).check("x" * 300 + ".txt")
