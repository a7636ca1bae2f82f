"""How the tests are set up and what their last lines say."""

import os
import shutil
import subprocess
import sys

import pytest

import run_tests
from conftest import ROOT

SAMPLE = """
import pytest
from conftest import skip_for_want_of
from helpers import fuzz, scale
from hypothesis import given, strategies

seen = []

@fuzz(300)
@given(strategies.integers())
def test_randomised(number):
    seen.append(number)

@pytest.mark.full
def test_long():
    print(f"{scale(300)} wanted, {len(seen)} seen, {hash(tuple(seen))}")

def test_needs_a_server():
    skip_for_want_of("a server")
"""


def last_lines(tmp_path, *options):
    file = tmp_path / "test_sample.py"
    file.write_text(SAMPLE)
    tests = ROOT / "tests"
    command = [sys.executable, "-m", "pytest", "-c", tests / "pytest.ini", "-p", "conftest"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-s", *options, file],
        cwd=tests,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (tests, ROOT)))},
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_last_lines_say_what_was_skipped_and_the_command_that_sets_it_up(tmp_path):
    text = last_lines(tmp_path)
    assert text.splitlines()[-5:] == [
        "",
        "1 test was skipped:",
        "  1: not set up: a server",
        "To set up all that is needed (several GB): python3 run_tests.py --with-comfyui",
        "1 test takes too long for every day. To run it: python3 run_tests.py --full",
    ]
    assert "wanted" not in text


def test_full_runs_everything_and_each_run_has_the_same_examples(tmp_path):
    texts = [last_lines(tmp_path, "--full") for _ in range(2)]
    [first, second] = [next(row for row in t.splitlines() if "wanted" in row) for t in texts]
    assert "300 wanted, 300 seen" in first and first == second
    assert "too long" not in texts[0]


@pytest.fixture
def comfyui(tmp_path, monkeypatch):
    """A folder that looks like a ComfyUI in use; the copy goes to the second path."""
    folder = tmp_path / "ComfyUI"
    own = ("main.py", "comfy/models/a.py", "input/example.png")
    for name in (*own, "input/me.png", "models/LLM/large.bin", "user/private.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    monkeypatch.setattr(run_tests, "COMFYUI", tmp_path / "copy" / ".comfyui")
    (tmp_path / "copy").mkdir()
    return folder, run_tests.COMFYUI


def files(folder):
    found = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return {p.as_posix() for p in found if p.parts[0] != ".git"}


def test_a_comfyui_is_copied_from_a_folder_without_what_is_its_users(comfyui):
    folder, copy = comfyui
    run_tests.bring(str(folder))
    assert files(copy) == {"main.py", "comfy/models/a.py", "input/example.png"}
    assert [p.name for p in copy.parent.iterdir()] == [".comfyui"]


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_a_comfyui_is_cloned_from_a_repository(comfyui, tmp_path):
    folder, copy = comfyui
    git = ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True)
    bare = tmp_path / "bare"
    subprocess.run(["git", "clone", "-q", "--bare", folder, bare], check=True)
    run_tests.bring(str(bare))
    assert files(copy) == files(folder)


def test_what_is_no_comfyui_is_not_brought(comfyui, tmp_path):
    for wrong in (tmp_path / "missing", tmp_path):
        with pytest.raises(SystemExit, match="could not be cloned, or is no ComfyUI"):
            run_tests.bring(str(wrong))
    assert list(run_tests.COMFYUI.parent.iterdir()) == []
