#!/usr/bin/env python3
"""Run the tests: `python3 run_tests.py [options] [pytest's own options]`.

The first call sets up `.venv`, as `run.py` does. Tests that need a ComfyUI or a browser are skipped
where there is none, and the last lines say what was skipped and how to set it up.
"""

import argparse
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

from run import ROOT, check_python, set_up

SOURCE = "https://github.com/comfyanonymous/ComfyUI"
COMFYUI = ROOT / ".comfyui"  # the tests look here first, unless COMFYUI_DIR names another
OF_ITS_USER = (".git", ".venv", "venv", "custom_nodes", "models", "output", "temp", "user")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="run_tests.py",
        description="Run the tests. All other options go to pytest, for example -k WORDS, -x, "
        "or a file as seen from tests/, such as core/test_cli.py.",
    )
    p.add_argument(
        "--with-comfyui",
        metavar="SOURCE",
        nargs="?",
        const=SOURCE,
        help="first set up what the tests in a running ComfyUI need: a ComfyUI in .comfyui, cloned "
        f"from a URL or copied from a folder (default: {SOURCE}), with an environment of its own; and "
        "Chromium where no browser is found. Several GB, once; later runs find it without this option",
    )
    p.add_argument(
        "--full",
        action="store_true",
        help="also run what takes too long for every day, and all examples of the randomised tests "
        "instead of a tenth",
    )
    return p


def find_browser() -> str | None:
    """The path of an installed Chromium or Chrome."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def set_up_comfyui(source: str, python: Path) -> None:
    """Bring a ComfyUI, make its environment, and have `python`'s Playwright get a browser."""
    if not (COMFYUI / "main.py").is_file():
        bring(source)
    elif source != SOURCE:
        print(f"{COMFYUI} is there already and is used as it is: delete it to use {source}.")
    # Paths as seen from this folder. The environment lies where the tests look for it.
    requirements = [
        ".comfyui/requirements.txt",
        "requirements.txt",
        "tests/comfyui/requirements.txt",
    ]
    set_up(*requirements, environment=COMFYUI / ".venv")
    if find_browser() is None:
        got = subprocess.run([str(python), "-m", "playwright", "install", "chromium"])
        if got.returncode:
            print(
                "No browser was set up, so the tests in ComfyUI's page will be skipped: install "
                "Chromium or Chrome.",
                file=sys.stderr,
            )


def bring(source: str) -> None:
    """A ComfyUI in `COMFYUI`, copied from a folder or cloned; whole, or not at all."""
    folder = Path(source).expanduser()
    part = COMFYUI.with_name(".comfyui.part")
    shutil.rmtree(part, ignore_errors=True)
    print(f"Bringing ComfyUI from {source} ...", file=sys.stderr)
    if (folder / "main.py").is_file():
        shutil.copytree(folder, part, ignore=partial(_of_its_user, folder))
    elif shutil.which("git") is None:
        sys.exit("--with-comfyui needs git, which is not installed; or name a ComfyUI's folder.")
    else:
        # git makes a shallow clone of a local repository only by URL.
        address = folder.resolve().as_uri() if folder.exists() else source
        subprocess.run(["git", "clone", "--quiet", "--depth", "1", address, str(part)])
    if not (part / "main.py").is_file():
        shutil.rmtree(part, ignore_errors=True)
        sys.exit(
            f"--with-comfyui: {source} could not be cloned, or is no ComfyUI. Name another: "
            "--with-comfyui URL_OR_FOLDER"
        )
    part.rename(COMFYUI)


def _of_its_user(comfyui: Path, folder: str, names: list[str]) -> list[str]:
    """What is not copied of a ComfyUI's folder: what others wrote, and what may be large or private."""
    if Path(folder) == comfyui:
        return [name for name in names if name in OF_ITS_USER]
    if Path(folder) == comfyui / "input":
        return [name for name in names if name != "example.png"]  # which is ComfyUI's own
    return []


def main() -> int:
    check_python()
    options, others = parser().parse_known_args()
    python = set_up("requirements.txt", "tests/requirements.txt")
    if options.with_comfyui:
        set_up_comfyui(options.with_comfyui, python)
    tests = ROOT / "tests"
    command = [str(python), "-m", "pytest", "-c", str(tests / "pytest.ini"), *others]
    if options.full:
        command.append("--full")
    if not others and (os.cpu_count() or 1) > 1:
        # Two processes, because much of a run waits for servers. A file's tests share what they set up.
        command += ["--numprocesses", "2", "--dist", "loadfile"]
    return subprocess.run(command, cwd=tests).returncode


if __name__ == "__main__":
    sys.exit(main())
