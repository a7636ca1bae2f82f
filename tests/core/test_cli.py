import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import run as run_script
from core import cli
from core.errors import PatchMattersError

ROOT = Path(__file__).parents[2]


def call(*arguments, cwd):
    """The real command, as `run.py --here` starts it."""
    command = [sys.executable, str(ROOT / "run.py"), "--here", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8")


def test_without_arguments_the_example_is_captioned(tmp_path):
    done = call(cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "cup" in done.stdout
    assert sorted(p.name for p in (tmp_path / "output").iterdir()) == [
        "example.json",
        "example.png",
        "example.txt",
    ]
    caption = (tmp_path / "output" / "example.txt").read_text().strip()
    assert caption in done.stdout
    assert Image.open(tmp_path / "output" / "example.png").size == (520, 380)
    assert json.loads((tmp_path / "output" / "example.json").read_text())["caption"] == caption
    assert "aggregate" in done.stderr  # the progress bar moved


def test_one_bad_picture_among_twenty(tmp_path):
    for n in range(19):
        Image.new("RGB", (40, 30), (n * 13, 80, 160)).save(tmp_path / f"{n}.png")
    (tmp_path / "bad.png").write_text("hello")
    names = [*(f"{n}.png" for n in range(10)), "bad.png", *(f"{n}.png" for n in range(10, 19))]
    done = call(*names, "--json", "all.json", "--out", "o", "--profile", "fast", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("error:") == 1 and "bad.png is not a picture" in done.stderr
    records = json.loads((tmp_path / "all.json").read_text())
    assert [r["image"] for r in records] == names
    assert [r["image"] for r in records if "error" in r] == ["bad.png"]
    assert all(r["caption"] for r in records if "error" not in r)
    assert len(list((tmp_path / "o").glob("*.txt"))) == 19


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--captioner", "no:such"], "offline:measured"),
        (["--detector", "no:such"], "offline:ssd-mobilenet"),
        (["--out", "file.txt/below"], "choose another"),
        (["missing.png"], "missing.png does not exist"),
        (["--profile", "best"], "invalid choice"),
    ],
)
def test_what_a_user_can_get_wrong_is_one_sentence(tmp_path, arguments, message):
    (tmp_path / "file.txt").write_text("")
    done = call(*arguments, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_help_says_what_each_option_takes(tmp_path):
    text = call("--help", cwd=tmp_path).stdout
    for option in ("detector", "captioner", "matcher", "writer", "profile", "seed", "json", "out"):
        assert f"--{option}" in text
    assert "offline:measured" in text


def test_equal_stems_get_a_suffix():
    paths = [Path(p) for p in ("a/x.png", "b/x.jpg", "X.png", "x-2.png", "y.png")]
    assert cli.unique_stems(paths) == ["x", "x-2", "X-3", "x-2-2", "y"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    file = tmp_path / "a.txt"
    cli.write_whole(file, b"old")

    def fails(handle):
        handle.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(PatchMattersError, match="No space left"):
        cli.write_whole(file, fails)
    assert file.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    if os.name != "nt":
        umask = os.umask(0)
        os.umask(umask)
        assert file.stat().st_mode & 0o777 == 0o666 & ~umask


def test_an_environment_is_set_up_once_and_again_when_the_requirements_change(
    tmp_path, monkeypatch
):
    """With the real venv and pip, and a package made here: nothing is downloaded."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "pyproject.toml").write_text(
        '[project]\nname = "made-here"\nversion = "1"\n[build-system]\nrequires = []\n'
        'build-backend = "backend"\nbackend-path = ["."]\n'
    )
    (package / "backend.py").write_text(
        "import zipfile, os\n"
        "def build_wheel(folder, config=None, metadata=None):\n"
        "    name = 'made_here-1-py3-none-any.whl'\n"
        "    with zipfile.ZipFile(os.path.join(folder, name), 'w') as z:\n"
        "        z.writestr('cv2.py', '')\n"
        "        z.writestr('made_here-1.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: made-here\\nVersion: 1\\n')\n"
        "        z.writestr('made_here-1.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n"
        "        z.writestr('made_here-1.dist-info/RECORD', '')\n"
        "    return name\n"
    )
    (tmp_path / "requirements.txt").write_text(f"{package}\n")
    monkeypatch.setattr(run_script, "ROOT", tmp_path)
    monkeypatch.setattr(run_script, "ENVIRONMENT", tmp_path / ".venv")
    ran = []
    real = run_script._run
    monkeypatch.setattr(run_script, "_run", lambda c, what: (ran.append(what), real(c, what)))
    python = run_script.set_up("requirements.txt")
    assert subprocess.run([python, "-c", "import cv2"]).returncode == 0
    assert ran == ["make .venv", "install the requirements"]
    assert run_script.set_up("requirements.txt") == python and len(ran) == 2
    with (tmp_path / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    run_script.set_up("requirements.txt")
    assert ran[2:] == ["install the requirements"]
