#!/usr/bin/env python3
"""Run all tests: `python3 run_tests.py [pytest options]`. Sets up `.venv` where that is needed.

Tests that need a ComfyUI or a browser say so and skip where there is none: see the README.
"""

import subprocess
import sys

from run import ROOT, set_up

if __name__ == "__main__":
    python = set_up("requirements.txt", "tests/requirements.txt")
    tests = ROOT / "tests"
    command = [str(python), "-m", "pytest", "-c", str(tests / "pytest.ini"), *sys.argv[1:]]
    sys.exit(subprocess.run(command, cwd=tests).returncode)
