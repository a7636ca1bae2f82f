#!/usr/bin/env python3
"""Caption images: `python3 run.py [IMAGE ...]`, or all images of a folder: `python3 run.py FOLDER`.

The first call sets up what is needed in `.venv` beside this file; later calls start at once.
`--help` lists the options and needs no installation.
"""

import hashlib
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"


def set_up(*requirements: str, environment: Path = ENVIRONMENT) -> Path:
    """Make an environment and install requirement files, those that were not installed as they are now.

    Args:
        requirements: paths as seen from this folder.

    Returns the environment's Python.
    """
    windows = os.name == "nt"
    inside = ("Scripts", "python.exe") if windows else ("bin", "python")
    python = environment.joinpath(*inside)
    markers = {name: environment / f"installed-{name.replace('/', '-')}" for name in requirements}
    missing = [
        name
        for name, marker in markers.items()
        if not (python.exists() and marker.exists() and marker.read_text() == _state(name))
    ]
    if not missing:
        return python
    print(f"Setting up {environment} (several GB, most of it PyTorch) ...", file=sys.stderr)
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(environment)], environment, "make the environment")
    options = [option for name in missing for option in ("-r", str(ROOT / name))]
    install = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    _run([*install, "--quiet", *options], environment, "install the requirements")
    _mend_opencv(python, environment, install)
    for name in missing:
        markers[name].write_text(_state(name))
    return python


def install_extras(python: Path, packages: list) -> None:
    """Install packages that only some need."""
    print(f"Installing {', '.join(packages)} ...", file=sys.stderr)
    install = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    if subprocess.run([*install, *packages]).returncode != 0:
        sys.exit(f"Could not install {', '.join(packages)}: see the messages above.")


def _state(requirements: str) -> str:
    return hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()


def _mend_opencv(python: Path, environment: Path, install: list) -> None:
    """On a machine without a display's libraries, replace opencv-python by its headless twin."""
    works = subprocess.run([str(python), "-c", "import cv2"], capture_output=True).returncode == 0
    if not works:
        uninstall = [str(python), "-m", "pip", "uninstall", "--quiet", "-y", "opencv-python"]
        _run(uninstall, environment, "remove opencv-python")
        # Installed again if it was there: both packages own the same files, so half of them are gone now.
        again = ["--quiet", "--force-reinstall", "--no-deps"]
        headless = [*install, *again, "opencv-python-headless"]
        _run(headless, environment, "install opencv-python-headless")


def _run(command: list, environment: Path, what: str) -> None:
    if subprocess.run(command).returncode != 0:
        sys.exit(f"Could not {what}: see the messages above. To start over, delete {environment}.")


def check_python() -> None:
    """End with a sentence where this Python is too old."""
    if sys.version_info < (3, 10):  # noqa: UP036 - whoever starts this may have an older one
        sys.exit(f"Python 3.10 or newer is needed; this is {sys.version.split()[0]}.")


def main() -> int:
    check_python()
    if str(ROOT) not in sys.path:  # the Python of portable ComfyUI does not look beside the script
        sys.path.insert(0, str(ROOT))
    from core.dataset.choices import EXTRAS
    from core.options import parser

    options = parser().parse_args()  # before anything is installed: --help, a misspelt option
    packages = [package for name in options.extra for package in EXTRAS[name]]
    if packages and options.here:
        sys.exit(f"--here installs nothing: {sys.executable} -m pip install {' '.join(packages)}")
    try:
        if options.here:
            runpy.run_module("core", run_name="__main__")  # which ends with sys.exit
        python = set_up("requirements.txt")
        if packages:
            install_extras(python, packages)
        if packages and not options.images and not options.undo:
            return 0
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        with subprocess.Popen([str(python), "-m", "core", *sys.argv[1:]], env=environment) as child:
            # Ending this process also ends the child, which may be sending requests to a paid service.
            signal.signal(signal.SIGTERM, lambda *_: child.terminate())
            # A terminal's Ctrl-C reaches both; the child writes down what is done, and this waits for it.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            code = child.wait()
            return code if code >= 0 else 128 - code  # ended by a signal: as a shell says it
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
