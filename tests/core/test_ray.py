"""A short run on a Ray of two CPUs that the tests start themselves."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from simulated_server import Running

from core.dataset.choices import EXTRAS
from core.distributed import results
from core.distributed.command import unfinished
from core.distributed.executor import Cluster, SharedBudget, caption_slices, connect
from core.distributed.manifest import SLICE, extend, parts
from core.distributed.run_folder import open_folder
from core.distributed.sources import list_rows
from core.distributed.worker import Work
from core.errors import PatchMattersError
from core.loading import load_models
from core.options import parser
from image_folders import FakeCaptioner, fakes, folder_of, job

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install -r requirements-ray.txt")
ROOT = Path(__file__).parents[2]
CLUSTER = Cluster(workers=2)


@pytest.fixture(scope="module")
def workers():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT / "tests"))
        count = connect(CLUSTER)
    # Workers know no test modules, so the fakes of this one travel with the run.
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    yield count
    ray.shutdown()


class SlowCaptioner(FakeCaptioner):
    """A fake: takes a while, and notes who asked about how many images."""

    def __init__(self, notes: Path):
        super().__init__()
        self.notes = notes

    def caption(self, requests, on_progress):
        time.sleep(0.02 * len(requests))
        with self.notes.open("a") as file:
            file.write(f"{os.getpid()}\n" * sum(r.frame.area == 1 for r in requests))
        return super().caption(requests, on_progress)


class BrokenCaptioner(FakeCaptioner):
    """A fake: a model that always fails."""

    def caption(self, requests, on_progress):
        raise RuntimeError("the model is gone")


def prepared(tmp_path, count: int, load):
    storage = open_folder(str(tmp_path / "out"), create=True)
    found = extend(storage, list_rows([str(folder_of(tmp_path / "images", count))]))
    todo = unfinished(found, results.states_of_all(storage, "r", found))
    return storage, todo, Work(storage.place, "r", job(Path(".")), load, 1)


def test_a_run_captions_all_though_a_worker_is_killed_and_a_bad_image_is_a_row(tmp_path, workers):
    notes = tmp_path / "notes"
    count = 2 * SLICE + 5
    storage, todo, work = prepared(tmp_path, count, partial(slow_fakes, notes))
    (tmp_path / "images" / "00007.png").write_bytes(b"no image")

    def kill_a_worker() -> None:
        while not notes.exists():
            time.sleep(0.05)
        os.kill(int(notes.read_text().split()[0]), signal.SIGKILL)

    killer = threading.Thread(target=kill_a_worker, daemon=True)
    killer.start()
    done = list(caption_slices(work, todo, CLUSTER, workers))
    killer.join()
    assert sum(each.images for each in done) == count - 1
    assert [each.problems for each in done if each.failed] and sum(d.failed for d in done) == 1
    [part] = parts(storage)
    rows = [r for first in part.slices() for r in results.read_slice(storage, "r", part, first)]
    assert sorted(row["id"] for row in rows) == [f"{n:05d}.png" for n in range(count)]
    assert [row["id"] for row in rows if row["status"] == "failed"] == ["00007.png"]
    pids = notes.read_text().split()
    assert len(set(pids)) >= 2 and len(pids) <= count + 3 * SLICE


def slow_fakes(notes: Path):
    return fakes(SlowCaptioner(notes))


def broken_fakes():
    return fakes(BrokenCaptioner())


def test_a_model_that_always_fails_ends_the_run_with_its_reason(tmp_path, workers):
    _, todo, work = prepared(tmp_path, 12, broken_fakes)
    with pytest.raises(PatchMattersError, match="^10 images failed in a row.*the model is gone"):
        list(caption_slices(work, todo, CLUSTER, workers))


def test_the_requests_of_all_workers_are_counted_together(workers):
    budget = SharedBudget()
    take = ray.remote(num_cpus=0)(lambda wanted: budget.take(wanted, 10))
    assert ray.get([take.remote(4), take.remote(4)]) == [None, None]
    refused = budget.take(3, 10)
    assert (refused.used, refused.permitted) == (8, 10) and budget.take(2, 10) is None
    assert budget.used == 10 and budget.plan is None


def hosted(options, home: Path, budget: SharedBudget):
    return load_models(options, home, budget=budget)


def test_workers_ask_a_server_and_share_a_budget(tmp_path, workers):
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = Running(port, 8, 0.01, tmp_path / "log")
    home, budget = tmp_path / "home", SharedBudget()
    home.mkdir()
    config = {"endpoints": {"sim": {"urls": [server.url], "n": True}}}
    (home / "config.json").write_text(json.dumps(config))
    models = [word for role in ("captioner", "verifier") for word in (f"--{role}", "sim:m")]
    options = parser().parse_args([*models, "--models", str(tmp_path)])
    try:
        _, todo, work = prepared(tmp_path, 3, partial(hosted, options, home, budget))
        done = list(caption_slices(work, todo, CLUSTER, workers))
    finally:
        server.kill()
    assert [list(each.problems) for each in done] == [[]] and done[0].images == 3
    # Equal patches are asked about once, and reserved for each.
    assert budget.used == done[0].requests >= len(server.seen()) > 0


def test_without_ray_the_command_says_what_to_install(tmp_path):
    code = "import sys; sys.modules['ray'] = None; import core.__main__"
    command = [sys.executable, "-c", code, str(folder_of(tmp_path / "set", 1)), "--ray"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 2
    assert "run.py --extra ray installs it" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_the_command_installs_is_what_the_requirements_say():
    lines = (ROOT / "requirements-ray.txt").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == list(EXTRAS["ray"])
