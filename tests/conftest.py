"""A real ComfyUI server for the tests that need one, and what the last lines of a run say.

Tests that need what is not set up are skipped with `skip_for_want_of`. Those that take too long for
every day have the marker `full`, and randomised ones take the size of their sample from
`helpers.fuzz` or `helpers.scale`.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from pathlib import Path

import pytest
from hub import running_hub
from vendor import running_vendor

import helpers
from run_tests import COMFYUI

ROOT = Path(__file__).parents[1]
PACK = "comfyui-patch-matters"  # with dashes, as people's folders have
START_SECONDS = 180
WANTED, TOO_LONG = "not set up: ", "too long for every day"


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="also run what takes too long")


def pytest_configure(config):
    config.addinivalue_line("markers", "full: takes too long for every day; runs with --full")
    helpers.FULL = config.getoption("full")


def pytest_runtest_setup(item):
    if item.get_closest_marker("full") and not helpers.FULL:
        pytest.skip(TOO_LONG)


def skip_for_want_of(what: str):
    """Skip a test for something that `run_tests.py --with-comfyui` sets up."""
    pytest.skip(WANTED + what)


def pytest_unconfigure(config):
    """The last lines: what was skipped, and the command that would run it."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    skipped = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in (terminal.stats.get("skipped", []) if terminal else [])
    )
    too_long = skipped.pop(TOO_LONG, 0)
    if count := sum(skipped.values()):
        terminal.write_line(f"\n{count} {'test was' if count == 1 else 'tests were'} skipped:")
        for reason, n in skipped.most_common():
            terminal.write_line(f"  {n}: {reason}")
    if any(reason.startswith(WANTED) for reason in skipped):
        terminal.write_line(
            "To set up all that is needed (several GB): python3 run_tests.py --with-comfyui",
            bold=True,
        )
    if too_long:
        takes, them = ("test takes", "it") if too_long == 1 else ("tests take", "them")
        terminal.write_line(
            f"{too_long} {takes} too long for every day. To run {them}: python3 run_tests.py --full",
            bold=True,
        )


def comfyui_folder() -> Path | None:
    """COMFYUI_DIR; or what `run_tests.py --with-comfyui` set up, the ComfyUI whose custom_nodes this
    pack lies in, or comfy-cli's default."""
    named = os.environ.get("COMFYUI_DIR")
    default = Path.home() / "comfy" / "ComfyUI"
    folders = [Path(named)] if named else [COMFYUI, ROOT.parents[1], default]
    return next((f for f in folders if (f / "comfyui_version.py").is_file()), None)


def comfyui_python(folder: Path) -> Path:
    """COMFYUI_PYTHON, or the Python of an environment beside that ComfyUI, or this one."""
    windows = os.name == "nt"
    inside = ("Scripts", "python.exe") if windows else ("bin", "python")
    candidates = [
        Path(os.environ.get("COMFYUI_PYTHON", "")),
        *(folder / name / Path(*inside) for name in (".venv", "venv")),
        folder.parent / "python_embeded" / "python.exe",
    ]
    return next((c for c in candidates if c.is_file()), Path(sys.executable))


def failing_import(python: Path, modules: str) -> str:
    """The last line of what a Python says when it imports modules; empty where it can."""
    done = subprocess.run([str(python), "-c", f"import {modules}"], capture_output=True, text=True)
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


class Server:
    """A running ComfyUI with this pack, the test's own pack of scripted models, a hub and a vendor."""

    key = "sk-test-ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def __init__(self, folder: Path, python: Path, base: Path, hub, vendor):
        self.base, (self.hub, hub_address), (self.vendor, vendor_address) = base, hub, vendor
        for name in ("custom_nodes", "input", "models", "user", "output"):
            (base / name).mkdir()
        (base / "custom_nodes" / PACK).symlink_to(ROOT, target_is_directory=True)
        shutil.copytree(
            ROOT / "tests" / "comfyui" / "scripted_models",
            base / "custom_nodes" / "scripted_models",
        )
        # As in any ComfyUI: core's own example.png is there, and this is some user's image.
        shutil.copy(folder / "input" / "example.png", base / "input" / "example.png")
        shutil.copy(ROOT / "assets" / "example.png", base / "input" / "my_cup.png")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{s.getsockname()[1]}"
        self.home = base / "user" / "__patch_matters"
        self.home.mkdir()
        endpoint = {"url": f"{vendor_address}/v1", "key_variable": "PATCH_MATTERS_TEST_KEY"}
        (self.home / "config.json").write_text(json.dumps({"endpoints": {"openai": endpoint}}))
        self.log = base / "server.log"
        command = [
            str(python), "main.py", "--cpu", "--listen", "127.0.0.1",
            "--port", self.address.split(":")[1], "--disable-auto-launch",
            "--base-directory", str(base), "--disable-api-nodes",
            "--database-url", "sqlite:///:memory:",
        ]  # fmt: skip
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                stdout=log,
                stderr=log,
                env={
                    **os.environ,
                    "HF_ENDPOINT": hub_address,
                    "HF_HUB_OFFLINE": "0",
                    "PATCH_MATTERS_TEST_KEY": self.key,
                },
            )

    def wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.get("/system_stats")
                return
            except OSError:
                time.sleep(0.3)
        raise RuntimeError(f"ComfyUI did not start:\n{self.log.read_text()[-3000:]}")

    def get(self, path: str):
        with urllib.request.urlopen(f"http://{self.address}{path}", timeout=30) as answer:
            return json.load(answer)

    def post(self, path: str, body) -> dict:
        """The answer; what the server refuses comes back as its JSON, too."""
        request = urllib.request.Request(
            f"http://{self.address}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            return json.loads(error.read())

    def run(self, prompt: dict, on_message=lambda message: None, seconds: float = 120) -> dict:
        """Queue a prompt and wait for its end; `messages`, `outputs` and how it ended."""
        import websocket

        client = uuid.uuid4().hex
        socket_ = websocket.create_connection(f"ws://{self.address}/ws?clientId={client}")
        socket_.settimeout(seconds)
        answer = self.post("/prompt", {"prompt": prompt, "client_id": client})
        if "prompt_id" not in answer:
            raise AssertionError(f"the server refused the prompt: {json.dumps(answer)[:2000]}")
        messages = []
        while True:
            received = socket_.recv()
            if isinstance(received, bytes):
                continue
            message = json.loads(received)
            if message.get("data", {}).get("prompt_id") not in (None, answer["prompt_id"]):
                continue
            messages.append(message)
            on_message(message)
            if message["type"] in (
                "execution_success", "execution_error", "execution_interrupted",
            ):  # fmt: skip
                break
        socket_.close()
        return {
            "end": messages[-1],
            "messages": messages,
            "outputs": self._outputs(answer["prompt_id"]),
        }

    def wait_for(self, prompt_id: str, seconds: float = 120) -> dict:
        """The status of a prompt that was queued, once it has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            history = self.get(f"/history/{prompt_id}")
            if prompt_id in history:
                return history[prompt_id]["status"]
            time.sleep(0.02)
        raise AssertionError("the prompt did not end in time")

    def _outputs(self, prompt_id: str) -> dict:
        """From the history, which the server writes a moment after its last message."""
        for _ in range(100):
            history = self.get(f"/history/{prompt_id}")
            if prompt_id in history:
                return history[prompt_id]["outputs"]
            time.sleep(0.05)
        raise AssertionError("the server wrote no history of the run")


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    folder = comfyui_folder()
    if folder is None:
        skip_for_want_of("a ComfyUI (or name the folder of yours in COMFYUI_DIR)")
    python = comfyui_python(folder)
    problem = failing_import(
        python, "aiohttp, torch, sentencex, inflect, sentence_transformers, cv2"
    )
    if problem:
        skip_for_want_of(
            f"{python} lacks what the pack needs ({problem}; requirements.txt in that Python would "
            "do, too)"
        )
    with running_hub() as hub, running_vendor() as vendor:
        running = Server(folder, python, tmp_path_factory.mktemp("comfyui"), hub, vendor)
        try:
            running.wait()
            yield running
        finally:
            running.process.terminate()
            running.process.wait(30)


@pytest.fixture(scope="session")
def hosted_server(server):
    """The server, where its Python has the package by which hosted models are asked."""
    python = comfyui_python(comfyui_folder())
    if problem := failing_import(python, "openai"):
        skip_for_want_of(f"{python} lacks the optional package openai ({problem})")
    return server
