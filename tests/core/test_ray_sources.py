"""Sources of a run on Ray, and its list of images."""

import io
import os
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from core.distributed.manifest import PART, Part, extend, parts, read_rows
from core.distributed.reader import Reader
from core.distributed.run_folder import open_folder
from core.distributed.sources import Row, list_rows
from core.errors import PatchMattersError
from image_folders import folder_of

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def rows_of(*places) -> list[Row]:
    return list(list_rows([str(place) for place in places]))


def table_of(path: Path, images: list[Path]) -> Path:
    """A table as Hugging Face writes it: a struct of bytes and path, two rows a group."""
    column = [{"bytes": image.read_bytes(), "path": image.name} for image in images]
    pq.write_table(pa.table({"label": [0] * len(images), "image": column}), path, row_group_size=2)
    return path


def shard_of(path: Path, images: list[Path]) -> Path:
    with tarfile.open(path, "w") as tar:
        for image in images:
            tar.add(image, image.name)
            note = tarfile.TarInfo(image.with_suffix(".txt").name)
            note.size = 3
            tar.addfile(note, io.BytesIO(b"old"))
    return path


@pytest.fixture
def images(tmp_path) -> list[Path]:
    return sorted(folder_of(tmp_path / "images", 5).iterdir())


def test_every_kind_of_source_gives_the_bytes_of_the_same_images(tmp_path, images):
    listed = tmp_path / "list.txt"
    listed.write_text("images/00000.png\n\n" + "\n".join(map(str, images[1:])) + "\n")
    named = tmp_path / "named.parquet"
    pq.write_table(pa.table({"path": [f"images/{image.name}" for image in images]}), named)
    sources = [
        tmp_path / "images",
        listed,
        named,
        table_of(tmp_path / "set.parquet", images),
        shard_of(tmp_path / "shard.tar", images),
    ]
    reader = Reader()
    for source in sources:
        rows = rows_of(source)
        assert [reader.read(row) for row in rows] == [image.read_bytes() for image in images], (
            source
        )
        assert len({row.id for row in rows}) == len(images)


def test_a_folder_of_tables_or_of_shards_is_a_source_and_names_stay_apart(tmp_path, images):
    for split in ("train", "test"):
        (tmp_path / "set" / split).mkdir(parents=True)
        table_of(tmp_path / "set" / split / "0000.parquet", images)
    ids = [row.id for row in rows_of(tmp_path / "set")]
    assert len(set(ids)) == 10 and ids[0] == "test/0000/00000000"


def test_what_others_write_is_read(tmp_path, images):
    reader, first = Reader(), images[0].read_bytes()

    def read(place) -> list[bytes]:
        return [reader.read(row) for row in rows_of(place)]

    odd = tmp_path / "a [set] #1 %20" / "x::y"
    odd.mkdir(parents=True)
    (odd / "a::b ü猫?.png").write_bytes(first)
    assert read(odd) == [first] == read(f"file://{odd}")
    webdataset = tmp_path / "img2dataset [1]"  # which writes a table of URLs beside each shard
    webdataset.mkdir()
    shard_of(webdataset / "00000.TAR", images[:2])
    urls = pa.table({"url": ["https://example.com/a.jpg"]})
    pq.write_table(urls, webdataset / "00000.parquet")
    assert read(webdataset) == [image.read_bytes() for image in images[:2]]
    tables = {
        "polars": pa.table({"path": pa.array(["images/00000.png"], pa.large_string())}),
        "hash": pa.table({"sha": [b"12"], "URL": ["images/00000.png"]}),
        "named": pa.table({"image": ["images/00000.png"]}),
        "beside": pa.table({"photo": [{"bytes": None, "path": "images/00000.png"}]}),
        "view": pa.table({"bytes": pa.array([first], pa.binary_view())}),
    }
    for name, table in tables.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
        assert read(tmp_path / f"{name}.parquet") == [first], name


def test_hidden_members_of_a_shard_are_left_out_and_rows_that_come_twice_are_one(tmp_path, images):
    shard = shard_of(tmp_path / "mac.tar", images[:2])
    with tarfile.open(shard, "a") as tar:
        tar.add(images[0], "._00000.png")
        tar.add(images[0], "00000.png")
    storage = open_folder(str(tmp_path / "out"), create=True)
    assert [part.rows for part in extend(storage, rows_of(shard))] == [2]
    listed = tmp_path / "list.txt"
    listed.write_text("images/00000.png\nimages/00001.png\n./images/00000.png\n")
    assert [part.rows for part in extend(storage, rows_of(listed))] == [2, 2]
    rows = [Row(f"{n % (PART + 5)}.jpg", "/x") for n in range(3 * PART)]
    other = open_folder(str(tmp_path / "other"), create=True)
    assert sum(part.rows for part in extend(other, rows)) == PART + 5


def test_results_below_their_source_are_no_source(tmp_path, images):
    table_of(tmp_path / "set.parquet", images)
    (tmp_path / "tables").mkdir()
    (tmp_path / "set.parquet").rename(tmp_path / "tables" / "set.parquet")
    rows = rows_of(tmp_path / "tables")
    storage = open_folder(str(tmp_path / "tables" / "out"), create=True)
    found = extend(storage, rows)
    assert rows_of(tmp_path / "tables") == rows
    assert extend(storage, rows_of(f"file://{tmp_path}/tables")) == found
    table_of(tmp_path / "tables" / "set.parquet", images[1:])
    os.utime(tmp_path / "tables" / "set.parquet", (1, 1))
    assert len(extend(storage, rows_of(tmp_path / "tables"))) == 2, "it changed"


def test_a_bucket_is_read_and_written_like_a_folder(images):
    import fsspec

    bucket = fsspec.filesystem("memory")
    for image in images:
        bucket.pipe_file(f"/photos/{image.name}", image.read_bytes())
    rows = rows_of("memory://photos")
    assert [row.id for row in rows] == [image.name for image in images]
    assert Reader().read(rows[2]) == images[2].read_bytes()
    storage = open_folder("memory://photos-out", create=True)
    assert extend(storage, rows) == [Part(0, 5)] and read_rows(storage, Part(0, 5)) == rows


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p: p / "none", "does not exist"),
        (lambda p: p / "none.png", "does not exist"),
        (lambda p: (p / "a.doc").write_text("x") and p / "a.doc", "is not a folder, a list of"),
        (lambda p: (p / "a.txt").write_text("\n") and p / "a.txt", "there is no image in it"),
        (lambda p: shard_of(p / "none.tar", []), "there is no image in it"),
        (lambda p: (p / "a.txt").write_bytes(b"\xe4.png") and p / "a.txt", "is not UTF-8 text"),
        (lambda p: (p / "empty").mkdir() or p / "empty", "has no images, tables"),
        (lambda p: (p / "a.tar").write_text("no tar" * 200) and p / "a.tar", "as a tar file"),
        (lambda p: (p / "a.parquet").write_text("nothing") and p / "a.parquet", "as Parquet"),
        (
            lambda p: pq.write_table(pa.table({"x": [1]}), p / "b.parquet") or p / "b.parquet",
            "no column with images",
        ),
    ],
)
def test_a_source_that_is_none_says_why(tmp_path, make, says):
    with pytest.raises(PatchMattersError, match=says):
        rows_of(make(tmp_path))


def test_the_manifest_grows_by_what_is_new_or_changed_only(tmp_path):
    storage = open_folder(str(tmp_path / "out"), create=True)
    rows = [Row(f"{n}.jpg", f"/x/{n}.jpg", 0, 9, "", "1") for n in range(PART + 10)]
    assert [part.rows for part in extend(storage, rows)] == [PART, 10]
    changed = [replace(rows[3], version="2"), Row("new.jpg", "/x/new.jpg")]
    found = extend(storage, [*rows[:3], changed[0], *rows[4:], changed[1]])
    assert [part.rows for part in found] == [PART, 10, 1, 1] and found == parts(storage)
    assert [row for part in found[2:] for row in read_rows(storage, part)] == changed
    assert extend(storage, rows) == found
