"""The routes of the page Captions, asked as anyone can ask them who reaches the server."""

import http.client
import io
import json
import os
import shutil
import sqlite3
import urllib.parse

import pytest
from PIL import Image

from core.dataset.ledger import DONE, Entry, Ledger
from core.dataset.review import current
from core.dataset.run import caption_dataset
from image_folders import captions, contents, fakes, folder_of, job, paint

NAME = "input/to review"


@pytest.fixture
def folder(server):
    made = folder_of(server.base / "input" / "to review", 2)
    caption_dataset(job(made), fakes())
    yield made
    shutil.rmtree(made)


def ask(server, route, body=None, kind="application/json", /, **query):
    """Status, headers and body of an answer."""
    connection = http.client.HTTPConnection(server.address, timeout=30)
    url = f"/patch_matters/{route}?{urllib.parse.urlencode(query)}"
    if body is None:
        connection.request("GET", url, headers={"If-None-Match": kind})
    else:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("POST", url, data, {"Content-Type": kind})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content


def said(server, route, body=None, /, **query):
    status, _, content = ask(server, route, body, **query)
    return status, json.loads(content)


def save(server, path="00000.png", caption="A blue cup.", sha256="", folder=NAME):
    values = {"folder": folder, "path": path, "caption": caption, "sha256": sha256}
    return said(server, "save", values)


def test_only_folders_with_captions_are_listed(server, folder):
    folder_of(server.base / "input" / "without captions", 1)
    status, answer = said(server, "folders")
    assert status == 200 and NAME in answer["folders"]
    assert "input/without captions" not in answer["folders"]
    status, answer = said(server, "images", folder="input/without captions")
    assert status == 400 and "caption it first" in answer["error"]
    assert not (server.base / "input" / "without captions" / ".patch_matters").exists()
    shutil.rmtree(server.base / "input" / "without captions")


def test_images_come_a_page_at_a_time(server, folder):
    status, answer = said(server, "images", folder=NAME, offset=1, limit=1)
    assert status == 200 and answer["total"] == 2
    assert [image["path"] for image in answer["images"]] == ["00001.png"]
    for wrong in ({"offset": "-1"}, {"limit": "1e3"}, {"order": "path; DROP"}, {"filter": "x"}):
        assert said(server, "images", folder=NAME, **wrong)[0] == 400, wrong


def test_a_caption_is_saved_and_one_that_changed_meanwhile_is_not(server, folder):
    _, image = said(server, "image", folder=NAME, path="00000.png")
    assert image["caption"] == captions(folder)["00000.txt"] and image["claims"]
    status, answer = save(server, sha256="0" * 64)
    assert status == 409 and answer["current"]["text"] == image["caption"]
    assert captions(folder)["00000.txt"] == image["caption"]
    status, answer = save(server, sha256=image["sidecar"]["sha256"])
    assert status == 200 and answer["sidecar"]["edited"]
    assert captions(folder)["00000.txt"] == "A blue cup."
    assert save(server, caption="x" * 30_000, sha256=answer["sidecar"]["sha256"])[0] == 400


def test_claims_are_composed(server, folder):
    _, image = said(server, "image", folder=NAME, path="00000.png")
    kept = [n for n, claim in enumerate(image["claims"]) if claim["kept"]]
    values = {"folder": NAME, "path": "00000.png", "kept": kept}
    assert said(server, "compose", values) == (200, {"caption": image["composed"]})
    for wrong in (None, "0", [0.5], [True], [-1], [10_000]):
        assert said(server, "compose", {**values, "kept": wrong})[0] == 400, wrong


@pytest.mark.parametrize(
    "name", ["", "..", "/etc", "input/..", "input/../user", "models", "input/link"]
)
def test_no_folder_outside_is_read_or_written(server, folder, tmp_path, name):
    outside = folder_of(tmp_path / "outside", 1)
    caption_dataset(job(outside), fakes())
    before = contents(outside)
    link = server.base / "input" / "link"
    link.symlink_to(outside, target_is_directory=True)
    try:
        for route in ("images", "image"):
            status, answer = said(server, route, folder=name, path="00000.png")
            assert status == 400 and answer["error"].startswith("folder: "), (route, answer)
        assert ask(server, "thumbnail", folder=name, path="00000.png")[0] == 404
        sha256 = current(outside, "00000.png").sha256
        assert save(server, folder=name, sha256=sha256)[0] == 400
    finally:
        link.unlink()
    assert contents(outside) == before


@pytest.mark.parametrize(
    "path",
    ["", "../my_cup.png", "/etc/passwd", "00000.txt", ".patch_matters/lock", "a\0", "\udcff"],
)
def test_nothing_but_images_of_the_ledger_is_read_or_written(server, folder, path):
    before = contents(folder)
    quoted = path.encode("utf-8", "surrogateescape")
    assert said(server, "image", folder=NAME, path=quoted)[0] == 400
    assert ask(server, "thumbnail", folder=NAME, path=quoted)[0] == 404
    assert save(server, path=path)[0] == 400
    assert contents(folder) == before


def test_a_ledger_that_someone_brought_along_leads_to_no_other_file(server, folder, tmp_path):
    paint(tmp_path / "secret.png")
    paint(server.base / "input" / "outside.png")
    os.symlink(tmp_path / "secret.png", folder / "link.png")
    with Ledger(folder) as ledger:
        for path in ("../outside.png", "link.png", str(tmp_path / "secret.png")):
            ledger.set_image(Entry(path, DONE, caption="x"))
    for path in ("../outside.png", "link.png", str(tmp_path / "secret.png")):
        assert ask(server, "thumbnail", folder=NAME, path=path)[0] == 404, path
    for path in ("../outside.png", str(tmp_path / "secret.png")):
        assert save(server, path=path)[0] == 400
    assert not (server.base / "input" / "outside.txt").exists()
    status, answer = said(server, "images", folder=NAME)
    assert status == 200 and answer["total"] == 5


def test_a_thumbnail_is_small_and_sent_once(server, folder):
    paint(folder / "large.png", size=(3000, 1500))
    (folder / "broken.png").write_bytes(b"no image")
    caption_dataset(job(folder), fakes())
    for large, size in (("", (256, 128)), ("1", (1024, 512))):
        status, headers, body = ask(server, "thumbnail", folder=NAME, path="large.png", large=large)
        assert status == 200 and headers["Content-Type"] == "image/jpeg"
        assert Image.open(io.BytesIO(body)).size == size
    again = ask(
        server, "thumbnail", None, headers["ETag"], folder=NAME, path="large.png", large="1"
    )
    assert again[0] == 304 and not again[2]
    assert ask(server, "thumbnail", folder=NAME, path="broken.png")[0] == 404


def test_another_site_cannot_write(server, folder):
    values = {"folder": NAME, "path": "00000.png", "caption": "x"}
    values["sha256"] = current(folder, "00000.png").sha256
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        assert ask(server, "save", json.dumps(values).encode(), kind)[0] == 400
    for body in (b"", b"[]", b"{", b"\xff"):
        assert ask(server, "save", body)[0] == 400, body
    assert captions(folder)["00000.txt"] != "x"


def test_files_of_other_programs_are_not_touched(server, folder, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (folder / "00000.txt").unlink()
    (folder / "00000.txt").symlink_to(tmp_path / "secret")
    (folder / "00001.txt").write_bytes("Mine".encode("utf-16"))
    (folder / "00001.json").write_text('{"tags": "of another program"}')
    before = contents(folder)
    status, answer = said(server, "images", folder=NAME)
    assert status == 200 and [bool(image["reason"]) for image in answer["images"]] == [True, True]
    for path in ("00000.png", "00001.png"):
        status, answer = save(server, path=path)
        assert status == 400 and answer["error"], path
    (
        folder / "00001.txt"
    ).unlink()  # what is left is no caption file, so a new one is made beside it
    assert save(server, path="00001.png")[0] == 200
    assert captions(folder)["00001.txt"] == "A blue cup."
    assert {**before, "00001.txt": ""} == {**contents(folder), "00001.txt": ""}
    assert (tmp_path / "secret").read_text() == "secret"


def test_a_database_that_is_not_the_packs_is_not_opened(server, tmp_path):
    state = folder_of(server.base / "input" / "strange", 1) / ".patch_matters"
    state.mkdir()
    with sqlite3.connect(state / "ledger.sqlite") as base:
        base.execute("CREATE TABLE mine (x)")
    base.close()
    before = (state / "ledger.sqlite").read_bytes()
    try:
        for route in ("images", "image"):
            status, answer = said(server, route, folder="input/strange", path="00000.png")
            assert status == 400 and "not of this pack" in answer["error"]
        assert save(server, folder="input/strange")[0] == 400
        assert [path.name for path in state.iterdir()] == ["ledger.sqlite"]
        assert (state / "ledger.sqlite").read_bytes() == before
    finally:
        shutil.rmtree(state.parent)
