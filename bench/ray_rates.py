"""A run on Ray on this machine: rates, scaling, overhead, faults, a million rows. Prints a line for each figure.

    .venv/bin/python bench/ray_rates.py all                     everything, about 70 minutes on two idle cores
    .venv/bin/python bench/ray_rates.py rate [--images 2000]    four servers, against what they allow (20 min)
    .venv/bin/python bench/ray_rates.py scaling                 one, two and four servers (3 x 8 min)
    .venv/bin/python bench/ray_rates.py overhead                one worker against the data set run of one process (8 min)
    .venv/bin/python bench/ray_rates.py faults [--images 1000]  workers, servers and drivers killed (14 min)
    .venv/bin/python bench/ray_rates.py rows [--rows 1000000]   listed, planned and resumed (5 min, most of it to make them)

The servers are those of tests/simulated_server.py, on the loopback: SLOTS requests at once, each answered after a drawn
delay. What they allow is servers x SLOTS / mean delay / requests of an image. Images are the example photo with noise of
their own, so no answer serves two of them. Own CPU time is that of Ray and its workers; the servers have another.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from simulated_server import Running  # noqa: E402

from core.distributed import manifest, results  # noqa: E402
from core.distributed.command import unfinished  # noqa: E402
from core.distributed.run_folder import open_folder  # noqa: E402
from core.distributed.sources import list_rows  # noqa: E402

SLOTS, SECONDS = 4, 0.7  # of a server, so that four need less than half of two cores
WAITING = 1.5  # requests under way for each slot
MODEL = "sim:m"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def photos(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True)
    image = Image.open(ROOT / "assets" / "example.png").convert("RGB")
    pixels = np.asarray(image).astype(int)
    for number in range(count):
        noise = np.random.default_rng(number).integers(-6, 7, pixels.shape[:2])[..., None]
        noisy = Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))
        noisy.save(folder / f"{number:05d}.jpg", quality=90)
    return folder


class Bench:
    """A home with a config, images, and servers. A context manager."""

    def __init__(self, images: int, servers: int, seconds: float = SECONDS, slots: int = SLOTS):
        self._place = tempfile.TemporaryDirectory()
        self.root, self.images = Path(self._place.name), images
        self.folder = photos(self.root / "images", images)
        self.servers = [
            Running(free_port(), slots, seconds, self.root / f"log{n}", n) for n in range(servers)
        ]
        self.fill = WAITING * slots * servers
        config = {"urls": [server.url for server in self.servers], "n": True}
        (self.root / ".patch_matters").mkdir()
        (self.root / ".patch_matters" / "config.json").write_text(
            json.dumps({"endpoints": {"sim": config}, "max_requests": 10**7})
        )

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *exception) -> None:
        for server in self.servers:
            server.kill()
        self._place.cleanup()

    def start(self, *options: str, folder: Path | None = None) -> subprocess.Popen:
        """Start the command of a run, as a user would."""
        models = [
            word for role in ("captioner", "verifier", "writer") for word in (f"--{role}", MODEL)
        ]
        command = [sys.executable, "-m", "core", str(folder or self.folder), *models]
        command += ["--concurrency", str(int(self.fill)), *options]
        env = {**os.environ, "HOME": str(self.root), "PYTHONPATH": str(ROOT)}
        log = open(self.root / "run.log", "a")  # noqa: SIM115 - the process has it
        return subprocess.Popen(command, env=env, cwd=self.root, stdout=log, stderr=log)

    def run(self, *options: str, folder: Path | None = None) -> tuple[float, Usage]:
        """Run the command; return its seconds and what it used."""
        began, process = time.monotonic(), self.start(*options, folder=folder)
        used = Usage(process.pid)
        while process.poll() is None:
            time.sleep(0.5)
            used.look()
            if not used.start and self.seen():
                used.start = used.cpu
        if process.returncode:
            sys.exit(f"the run failed:\n{(self.root / 'run.log').read_text()[-3000:]}")
        return time.monotonic() - began, used

    def seen(self) -> list[tuple[str, float]]:
        return sorted((s for server in self.servers for s in server.seen()), key=lambda s: s[1])

    def allowed(self, images: int) -> float:
        """Images a second that the servers allow, by the requests that an image took."""
        requests = len({digest for digest, _ in self.seen()}) / images
        return sum(s.slots / s.seconds for s in self.servers) / requests


class Usage:
    """What a process and its descendants use, as it was last seen.

    Attributes:
        memory: most of the process alone, in MB.
        start: CPU seconds of all before the first request.
        store: most of /dev/shm beyond the beginning, in MB: Ray's object store.
    """

    def __init__(self, pid: int):
        self._root, self._seen = psutil.Process(pid), {}
        self._before = shutil.disk_usage("/dev/shm").used
        self.memory = self.store = self.start = 0.0

    def look(self) -> None:
        try:
            self.memory = max(self.memory, self._root.memory_info().rss / 1e6)
            self.store = max(self.store, (shutil.disk_usage("/dev/shm").used - self._before) / 1e6)
            for process in (self._root, *self._root.children(recursive=True)):
                times = process.cpu_times()
                self._seen[process.pid] = times.user + times.system
        except psutil.NoSuchProcess:
            return

    @property
    def cpu_at_work(self) -> float:
        """CPU seconds since the first request."""
        return self.cpu - self.start

    @property
    def cpu(self) -> float:
        """CPU seconds of all."""
        return sum(self._seen.values())


def on_ray(bench: Bench, *options: str) -> tuple[float, Usage]:
    return bench.run("--ray", "--ray-workers", "2", "--out", str(bench.root / "out"), *options)


def said(text: str) -> None:
    print(text, flush=True)


def measure(images: int, servers: int, what: str) -> float:
    with Bench(images, servers) as bench:
        seconds, usage = on_ray(bench)
        seen = bench.seen()
        allowed, rate = bench.allowed(images), images / seconds
        steady = images / (seen[-1][1] - seen[0][1])
        used = sum(sum(psutil.Process(s.pid).cpu_times()[:2]) for s in bench.servers)
    said(
        f"{what:<10} {servers} servers, {images} images in {seconds:.0f} s: {rate:.3f} a second, "
        f"{100 * rate / allowed:.0f} % of the {allowed:.3f} that the servers allow ({100 * steady / allowed:.0f} % "
        f"from the first request to the last); {len(seen) / images:.1f} requests an image; CPU {usage.cpu_at_work / images:.2f} s an "
        f"image, the servers' {used / images:.3f} s; memory of the driver {usage.memory:.0f} MB, of the object store "
        f"{usage.store:.0f} MB at most"
    )
    return steady


def rate(options) -> None:
    measure(options.images or 2000, 4, "rate")


def scaling(options) -> None:
    each = options.images or 200
    rates = {n: measure(each * n, n, "scaling") for n in (1, 2, 4)}
    for n in (2, 4):
        said(f"scaling    {n} servers: {rates[n] / rates[1]:.2f} times the rate of one")


def overhead(options) -> None:
    """Servers that answer almost at once: what an image takes more in one worker than in a data set run."""
    few, many = 60, options.images or 360
    slopes = {}
    for kind in ("local", "ray"):
        found = []
        for images in (few, many):
            with Bench(images, 1, seconds=0.02, slots=12) as bench:
                ray = ("--ray", "--ray-workers", "1", "--out", str(bench.root / "out"))
                seconds, usage = bench.run(*(ray if kind == "ray" else ()))
                found.append((seconds, usage.cpu))
        slopes[kind] = [(b - a) / (many - few) for a, b in zip(*found)]
        start = found[0][0] - few * slopes[kind][0]
        said(
            f"overhead   {kind:<6} {1000 * slopes[kind][0]:.0f} ms an image (CPU {1000 * slopes[kind][1]:.0f} ms), and "
            f"{start:.0f} s to start"
        )
    more = [100 * (ray / local - 1) for ray, local in zip(slopes["ray"], slopes["local"])]
    said(f"overhead   of Ray: {more[0]:+.0f} % time an image, {more[1]:+.0f} % CPU")


FAULTS = ("worker", "server", "driver", "worker", "server", "worker", "driver", "server", "worker", "driver")  # fmt: skip


def faults(options) -> None:
    images, chance = options.images or 1000, random.Random(0)
    began = time.monotonic()
    with Bench(images, 4) as bench:
        command = ("--ray", "--ray-workers", "2", "--out", str(bench.root / "out"))
        run, driven, due = bench.start(*command), 1, [n / 11 for n in range(1, 11)]
        faults_left = list(zip(FAULTS, due))
        while run.poll() is None or run.returncode < 0:
            if run.poll() is not None:
                run, driven = bench.start(*command), driven + 1
            time.sleep(0.5)
            done = _captioned(bench.root / "out")
            if faults_left and done >= faults_left[0][1] * images:
                what = faults_left.pop(0)[0]
                if what == "driver":
                    run.send_signal(signal.SIGKILL)
                    run.wait()
                elif what == "server":
                    server = chance.choice(bench.servers)
                    server.kill()
                    time.sleep(chance.uniform(1, 8))
                    server.start()
                elif not _kill_a_worker(run.pid, chance):
                    faults_left.insert(0, (what, due[0]))
                    continue
                said(
                    f"faults     {what} killed after {done} images, {time.monotonic() - began:.0f} s"
                )
        code = run.returncode
        seen = Counter(digest for digest, _ in bench.seen())
        repeated = sum(seen.values()) - len(seen)
        done = _captioned(bench.root / "out")
        said((bench.root / "run.log").read_text().strip().splitlines()[-1])
    said(
        f"faults     {len(FAULTS)} faults, {driven} drivers, exit code {code}: {done} of {images} images captioned, "
        f"{repeated} of {len(seen)} requests repeated ({100 * repeated / len(seen):.2f} %)"
    )


def _captioned(out: Path) -> int:
    found = 0
    for place in out.glob(f"{results.FOLDER}/*/*/*.parquet"):
        first, still_open, _ = place.name.split(".")
        rows = next(out.glob(f"{manifest.FOLDER}/{place.parent.name}.*.parquet")).name.split(".")[1]
        found += min(manifest.SLICE, int(rows) - int(first)) - int(still_open)
    return found


def _kill_a_worker(pid: int, chance: random.Random) -> bool:
    """Kill one of the workers of a run; whether there was one."""
    workers = []
    for process in psutil.Process(pid).children(recursive=True):
        try:
            if "ray::MapWorker" in " ".join(process.cmdline()):
                workers.append(process)
        except psutil.NoSuchProcess:
            continue
    if workers:
        chance.choice(workers).kill()
    return bool(workers)


def rows(options) -> None:
    for count in (options.rows // 10, options.rows):
        code = f"import bench.ray_rates as b; b.million({count})"
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def million(count: int) -> None:
    """List, plan and resume so many images; all but one slice have results."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "images")
        for number in range(count):
            path = folder / f"{number // 1000:04d}" / f"{number:07d}.jpg"
            if number % 1000 == 0:
                path.parent.mkdir(parents=True)
                path.write_bytes(b"x")
                first = path
            else:
                os.link(first, path)
        before = _peak()
        storage = open_folder(str(Path(place, "out")), create=True)
        began = time.monotonic()
        parts = manifest.extend(storage, list_rows([str(folder)]))
        listed = time.monotonic() - began
        row = dict.fromkeys(results.schema().names) | {"status": "done", "missing": ""}
        for part in parts:
            for start in part.slices():
                name = f"{results.folder_of('r', part)}/{start:04d}.0.parquet"
                path = Path(storage.path(name))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(str(row).encode())
        path.unlink()
        began = time.monotonic()
        parts = manifest.extend(storage, list_rows([str(folder)]))
        again = time.monotonic() - began
        began = time.monotonic()
        todo = unfinished(parts, results.states_of_all(storage, "r", parts))
        planned = time.monotonic() - began
        assert [len(slices) for _, slices in todo] == [1], todo
    said(
        f"rows       {count} images: listed in {listed:.1f} s; a second run lists again in {again:.1f} s and plans in "
        f"{planned:.1f} s; memory {_peak() - before:.0f} MB more than before"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = {"rate": rate, "scaling": scaling, "overhead": overhead, "faults": faults, "rows": rows}
    parser.add_argument("what", choices=("all", *kinds))
    parser.add_argument("--images", type=int)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    for name, measured in kinds.items():
        if options.what in ("all", name):
            measured(options)


if __name__ == "__main__":
    main()
