"""Broken input on the command line: one image costs one image, and the JSON is written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from vendor import running_vendor

from core import cli
from core.models import Completion
from core.models.registry import CAPTIONER
from core.options import parser
from helpers import ScriptedCaptioner

ROOT = Path(__file__).parents[2]


class Raises(ScriptedCaptioner):
    """A fake: a captioner that fails as nobody foresaw on images of one size."""

    def caption(self, requests, on_progress):
        if any(r.image.size == (60, 30) for r in requests):
            raise KeyError("nobody foresaw this")
        return super().caption(requests, on_progress)


def run(monkeypatch, captioner, *arguments):
    real = cli.load_model
    monkeypatch.setattr(
        cli,
        "load_model",
        lambda role, *a, **k: captioner if role == CAPTIONER else real(role, *a, **k),
    )
    return cli.main(parser().parse_args([*map(str, arguments), "--out", "o", "--json", "all.json"]))


def test_an_error_that_nobody_foresaw_costs_its_image(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for width in (50, 60, 70):
        Image.new("RGB", (width, 30)).save(f"{width}.png")
    said = ScriptedCaptioner({}).script
    captioner = Raises({**said, (50, 30): ["A wall."], (70, 30): ["A wall."]})
    assert run(monkeypatch, captioner, "50.png", "60.png", "70.png") == 1
    records = json.loads(Path("all.json").read_text())
    assert ["error" in r for r in records] == [False, True, False]
    error = records[1]["error"]
    assert "KeyError" in error and "test_hostile_cli.py" in error and "report it" in error
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["A cup \ud800 stands.", "A cup.\x00\x1b[31m", "一个杯子。", "!", "..."]
)
def test_what_a_captioner_may_say(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (50, 30)).save("a.png")
    run(monkeypatch, ScriptedCaptioner({(50, 30): [Completion(text)]}), "a.png")
    [record] = json.loads(Path("all.json").read_text(encoding="utf-8"))
    assert record.get("error", "") == "" or "Traceback" not in record["error"]
    assert "\x1b" not in record.get("caption", "")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_name_that_is_not_utf8_and_one_that_is_too_long(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    odd = os.fsdecode(b"caf\xe9.png")
    long = "x" * 251 + ".png"
    try:
        for name in (odd, long):
            Image.new("RGB", (50, 30)).save(name)
    except OSError:
        pytest.skip("this file system has no such names")
    captioner = ScriptedCaptioner({(50, 30): ["A wall."]})
    assert run(monkeypatch, captioner, odd, long) == 0
    assert len(json.loads(Path("all.json").read_text(encoding="utf-8"))) == 2
    assert len(list(Path("o").glob("*.txt"))) == 2


def test_a_console_of_another_code_page(tmp_path):
    Image.new("RGB", (50, 30)).save(tmp_path / "杯子.png")
    command = [sys.executable, str(ROOT / "run.py"), "--here", "杯子.png", "--profile", "fast"]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output" / "杯子.txt").is_file()


def test_numbers_that_json_does_not_have():
    text = cli._json_bytes({"score": float("nan"), "box": (1.0, float("inf"))}).decode()
    assert json.loads(text) == {"score": None, "box": [1.0, None]} and "NaN" not in text


def test_one_budget_for_one_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (300, 200)).save("a.png")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(cli, "HOME", home)
    with running_vendor() as (vendor, address):
        vendor.say = lambda prompt, image: (
            "1: 90" if "numbered" in prompt else "A wall stands there."
        )
        config = {"max_requests": 6, "endpoints": {"openai": {"url": f"{address}/v1"}}}
        (home / "config.json").write_text(json.dumps(config))
        roles = [f"--{role}=openai:m" for role in ("captioner", "matcher", "writer")]
        assert cli.main(parser().parse_args(["a.png", "--json", "all.json", *roles])) == 1
        assert len(vendor.seen) <= 6
    [record] = json.loads(Path("all.json").read_text())
    assert "were already sent in this run" in record["error"]
