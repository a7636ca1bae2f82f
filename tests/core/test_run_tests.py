"""How the tests are set up and what their last lines say."""

import os
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
        "  1: a server",
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
def repository(tmp_path):
    folder = tmp_path / "ComfyUI"
    folder.mkdir()
    (folder / "main.py").write_text("")
    git = ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True)
    return folder


@pytest.mark.skipif(not run_tests.shutil.which("git"), reason="git is not installed")
def test_a_comfyui_is_cloned_from_a_folder_or_not_at_all(tmp_path, repository, monkeypatch):
    target = tmp_path / ".comfyui"
    monkeypatch.setattr(run_tests, "COMFYUI", target)
    for wrong in (tmp_path / "missing", tmp_path):
        with pytest.raises(SystemExit, match="could not be cloned, or is no ComfyUI"):
            run_tests.clone(str(wrong))
    assert not target.exists()
    run_tests.clone(str(repository))
    assert (target / "main.py").is_file()
    assert not target.with_name(".comfyui.part").exists()
