"""`run.py FOLDER`, as users call it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from vendor import running_vendor

from core import cli
from core.dataset.choices import EXTRAS, STATE
from core.options import parser
from image_folders import captions, contents, folder_of

ROOT = Path(__file__).parents[2]


def command(*arguments):
    """The command in this process; returns its exit code."""
    return cli.main(parser().parse_args([*map(str, arguments), "--profile", "fast"]))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "HOME", tmp_path / "home")
    return folder_of(tmp_path / "set", 3)


def test_a_folder_is_captioned_resumed_and_undone(folder, capsys):
    before = contents(folder)
    assert command(folder, "--trigger", "ohwx", "--json", "all.json") == 0
    said = capsys.readouterr().err
    assert "3 images, 3 to caption" in said and "3 captioned in" in said and "report.html" in said
    assert all(text.startswith("ohwx, ") for text in captions(folder).values())
    assert [r["image"] for r in json.loads(Path("all.json").read_text())] == sorted(before)
    assert command(folder, "--trigger", "ohwx") == 0
    said = capsys.readouterr().err
    assert "3 images, 0 to caption" in said and "3 were done before" in said
    assert command(folder, "--undo") == 0
    assert "3 files are as they were before" in capsys.readouterr().err
    assert contents(folder) == before


def test_overwrite_without_a_report_names_the_option_of_a_folder(folder, capsys):
    assert command(folder, "--overwrite") == 2
    assert "use --existing overwrite" in capsys.readouterr().err and not captions(folder)


def test_nothing_is_put_back_in_a_dry_run(folder, capsys):
    command(folder)
    before = contents(folder)
    assert command(folder, "--undo", "--dry-run") == 2
    assert "leave out --dry-run" in capsys.readouterr().err
    assert contents(folder) == before


@pytest.mark.parametrize(
    "name", ["00000.png", "00000.txt", "00000.JSON", f"{STATE}/ledger.sqlite", "new.png"]
)
def test_reports_replace_no_image_caption_or_ledger(folder, capsys, name):
    command(folder, "--limit", "1")
    before = contents(folder)
    assert command(folder, "--json", folder / name, "--overwrite") == 2
    assert "choose another name" in capsys.readouterr().err
    assert contents(folder) == before, "it is said before any image is captioned"


def test_an_estimate_knows_captions_as_the_run_does(folder, capsys):
    (folder / "00000.txt").write_text(" \n")  # no caption
    (folder / "00001.json").write_text('{"kohya": 1}')  # of no chosen format
    (folder / "00002.txt").write_text("Mine.")
    command(folder)
    said = capsys.readouterr().err
    assert "3 images, 2 to caption" in said and "2 captioned, 1 kept" in said
    command(folder, "--undo")
    command(folder, "--dry-run")
    assert "3 images, 0 to caption" in capsys.readouterr().err, "the ledger has their captions"


def test_an_empty_folder_takes_no_time(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cli, "HOME", tmp_path / "home")
    assert command(tmp_path, "--dry-run") == 0
    assert capsys.readouterr().err.strip() == "0 images, 0 to caption."


def test_a_folder_that_is_missing_is_said_to_be(folder, capsys):
    assert command("missing", "--existing", "append") == 2
    assert "missing does not exist" in capsys.readouterr().err


def test_failures_give_exit_code_1_and_their_reasons(folder, capsys):
    (folder / "bad.png").write_text("hello")
    assert command(folder) == 1
    assert "error: bad.png: bad.png cannot be opened as an image" in capsys.readouterr().err
    assert len(captions(folder)) == 3


def test_a_dry_run_writes_nothing_and_counts_requests_and_cost(folder, capsys, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.json").write_text(json.dumps({"prices": {"ollama:m": [2, 8]}}))
    before = contents(tmp_path)
    assert command(folder, "--captioner", "ollama:m", "--dry-run") == 0
    said = capsys.readouterr().err
    assert "3 images, 3 to caption; about 17 requests (captioner 17)" in said
    assert "about 0.06 to pay" in said and "tokens in" in said
    assert contents(tmp_path) == before and not (folder / STATE).exists()


@pytest.mark.parametrize("doubts", [False, True], ids=["sure", "undecided"])
@pytest.mark.parametrize("several", [False, True], ids=["an answer each", "several answers"])
def test_a_run_sends_what_its_dry_run_says(tmp_path, monkeypatch, capsys, several, doubts):
    """Between the two figures: the lower one if the verifier decides at once, the upper one if it has doubts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "HOME", tmp_path / "home")
    folder = tmp_path / "set"
    for path in (folder, tmp_path / "home"):
        path.mkdir()
    photo = Image.open(cli.EXAMPLE).convert("RGB").resize((480, 360))
    for number in range(4):
        photo.crop((20 * number, 0, 400 + 20 * number, 360)).save(folder / f"{number}.png")
    with running_vendor() as (vendor, address):
        score = 60 if doubts else 95
        vendor.say = lambda prompt, image: (
            "\n".join(f"{n}: {score}" for n in range(1, 13))
            if "numbered" in prompt
            else "A grey wall stands there. The wall is high."
        )
        endpoint = {"url": f"{address}/v1", "n": several, "sdk": "openai", "key": "sk-test"}
        config = {"endpoints": {"openai": endpoint}, "max_requests": 500}
        (tmp_path / "home" / "config.json").write_text(json.dumps(config))
        roles = [f"--{role}=openai:m" for role in ("captioner", "verifier", "writer")]
        arguments = [str(folder), *roles, "--profile", "default"]
        assert cli.main(parser().parse_args([*arguments, "--dry-run"])) == 0
        said = re.search(r"about (\d+) to (\d+) requests", capsys.readouterr().err)
        assert not vendor.seen
        assert cli.main(parser().parse_args(arguments)) == 0, capsys.readouterr().err
        sent = len(vendor.seen)
    few, most = map(int, said.groups())
    print(f"{few} to {most} expected, {sent} sent")
    # An image has four or five patches.
    assert 0.85 * few <= sent <= most
    assert most < 2 * sent


def test_a_price_that_is_none_is_one_sentence(folder, capsys, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.json").write_text('{"prices": {"ollama:m": 2}}')
    assert command(folder, "--dry-run") == 2
    assert "cannot be used" in capsys.readouterr().err


def test_one_limit_for_all_roles_and_images_of_a_hosted_model(folder, capsys, tmp_path):
    """Requests of several images are under way at once, no more than permitted, and all that is permitted."""
    (tmp_path / "home").mkdir()
    with running_vendor() as (vendor, address):
        vendor.seconds = 0.2
        vendor.say = lambda prompt, image: (
            "1: 90\n2: 90\n3: 90\n4: 90" if "numbered" in prompt else "A grey wall stands there."
        )
        config = {"max_requests": 5, "endpoints": {"openai": {"url": f"{address}/v1"}}}
        (tmp_path / "home" / "config.json").write_text(json.dumps(config))
        roles = [f"--{role}=openai:m" for role in ("captioner", "matcher", "writer")]
        options = ["--concurrency", "4", "--max-requests", "500"]
        assert command(folder, *roles, *options) == 0, capsys.readouterr().err
        assert vendor.most == 4
        assert command(folder, *roles, *options) == 0
    assert len(captions(folder)) == 3 and "grey wall" in captions(folder)["00000.txt"]


def test_ctrl_c_ends_with_what_is_done(tmp_path):
    """The real command, interrupted as a terminal does it."""
    import signal
    import time

    folder = folder_of(tmp_path / "set", 200)
    line = [sys.executable, str(ROOT / "run.py"), "--here", str(folder), "--profile", "fast"]
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as run:
        deadline = time.monotonic() + 90
        while not captions(folder) and time.monotonic() < deadline:
            time.sleep(0.2)
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=60)[1]
    assert run.returncode == 130, said
    assert "the next run resumes" in said and "Traceback" not in said
    assert 0 < len(captions(folder)) < 200
    assert (folder / STATE / "report.html").is_file()


def test_extras_are_installed_only_into_the_environment_of_run_py(tmp_path):
    line = [sys.executable, str(ROOT / "run.py"), "--here", "--extra", "parquet"]
    done = subprocess.run(line, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert f"pip install {EXTRAS['parquet'][0]}" in done.stderr and "Traceback" not in done.stderr


def test_a_missing_key_ends_the_run_and_is_said_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "HOME", tmp_path / "home")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    folder = folder_of(tmp_path / "set", 40)
    roles = [f"--{role}=openai:gpt-4o" for role in ("captioner", "verifier", "writer")]
    assert command(folder, *roles) == 1
    said = capsys.readouterr().err
    assert said.count("needs a key: set the environment variable OPENAI_API_KEY") == 1
    assert "error: The run ended early: model: openai" in said and "failed" not in said
    assert command(*sorted(folder.glob("*.png")), *roles) == 1
    assert capsys.readouterr().err.count("needs a key") == 1
    assert command(folder, "--limit", "1") == 0, "the images are not taken for failed ones"


def test_a_wrong_key_ends_the_run_and_is_said_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "HOME", tmp_path / "home")
    folder = folder_of(tmp_path / "set", 40)
    (tmp_path / "home").mkdir()
    with running_vendor() as (vendor, address):
        vendor.fault, vendor.error = lambda number: 401, "Incorrect API key"
        config = {"endpoints": {"openai": {"url": f"{address}/v1", "key": "sk-wrong"}}}
        (tmp_path / "home" / "config.json").write_text(json.dumps(config))
        assert command(folder, "--captioner", "openai:m") == 1
        assert len(vendor.seen) < 40
    said = capsys.readouterr().err
    assert said.count("Incorrect API key") == 1, said
