"""Time and memory of the offline pipeline, and of the stages' own work. Prints one table.

    .venv/bin/python bench/speed.py [--comfyui DIR]

Own work: 6 regions x 3 candidates x 8 sentences with models that answer at once; embeddings are a
model's work and are taken from a table. With --comfyui also the pack's import time at the start of
that ComfyUI's server.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from core.aggregate import aggregate  # noqa: E402
from core.cli import EXAMPLE  # noqa: E402
from core.describe import describe  # noqa: E402
from core.divide import divide  # noqa: E402
from core.filter import filter_statements  # noqa: E402
from core.images import read_image  # noqa: E402
from core.models import Completion  # noqa: E402
from core.models.offline.writer import OfflineWriter  # noqa: E402
from core.models.registry import load_embedder  # noqa: E402
from core.pipeline import Models, caption_images  # noqa: E402
from core.statements import read_candidates  # noqa: E402
from core.words import attributes  # noqa: E402
from helpers import FixedDetector, ScriptedMatcher  # noqa: E402

NOUNS = "dog cat car bus tree lamp chair table cup bowl boat bird horse truck clock vase".split()
COLOURS = "red white black blue green brown".split()


class EightSentences:
    """A fake captioner: three captions of eight sentences for each region, at once."""

    name = "bench:eight"

    def caption(self, requests, tick):
        return [
            [Completion(self.text(3 * region + n)) for n in range(3)]
            for region in range(len(requests))
        ]

    @staticmethod
    def text(n: int) -> str:
        return " ".join(
            f"A {COLOURS[(n + i) % 6]} {NOUNS[(3 * n + i) % 16]} stands near thing {n} {i}."
            for i in range(8)
        )


class TableEmbedder:
    """A fake: looks vectors up that the real model made before."""

    name = "bench:table"

    def __init__(self, texts):
        self.rows = dict(zip(texts, load_embedder().embed(texts)))

    def embed(self, texts):
        return np.stack([self.rows[t] for t in texts])


def own_work(runs: int) -> float:
    """Median milliseconds of all four stages, models apart."""
    image = Image.new("RGB", (640, 480))
    detector = FixedDetector(("cup", 0.9, 100, 100, 260, 220), ("dog", 0.8, 300, 200, 420, 330))
    embedder = None
    times = []
    for _ in range(runs + 1):
        attributes.cache_clear()  # new sentences each time
        start = time.perf_counter()
        pictures = divide([image], detector=detector)
        pictures = describe(pictures, EightSentences())
        if embedder is None:
            skeletons = {
                s.attributes.skeleton
                for name, cs in pictures[0].candidates.items()
                for s in read_candidates(name, cs)
            }
            embedder = TableEmbedder(sorted(skeletons))
            continue  # the first run made the table
        pictures = filter_statements(pictures, ScriptedMatcher(), embedder)
        aggregate(pictures, OfflineWriter(), embedder)
        times.append(1000 * (time.perf_counter() - start))
        assert len(list(pictures[0].root.walk())) == 6
    return statistics.median(times)


def peak_memory_gb() -> float:
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


def offline_photo(runs: int) -> tuple[float, float]:
    """Seconds of the first photo, and the median of new photos of 640 x 480 after it."""
    photo = read_image(EXAMPLE).resize((700, 520))
    models = Models()
    times = []
    for run in range(runs + 1):
        # Another part each time, so that no view was seen before.
        part = photo.crop((4 * run, 3 * run, 640 + 4 * run, 480 + 3 * run))
        start = time.perf_counter()
        caption_images([part], models)
        times.append(time.perf_counter() - start)
    return times[0], statistics.median(times[1:])


def import_seconds(folder: Path) -> float:
    """What the server's own line says of this pack."""
    from conftest import comfyui_python

    with tempfile.TemporaryDirectory() as base:
        (Path(base) / "custom_nodes").mkdir()
        (Path(base) / "user").mkdir()
        (Path(base) / "custom_nodes" / "patch-matters").symlink_to(ROOT, target_is_directory=True)
        command = [comfyui_python(folder), "main.py", "--cpu", "--quick-test-for-ci"]
        done = subprocess.run(
            [*map(str, command), "--base-directory", base, "--database-url", "sqlite:///:memory:"],
            cwd=folder,
            capture_output=True,
            text=True,
        )
    return float(re.search(r"([\d.]+) seconds.*patch-matters", done.stdout + done.stderr)[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comfyui", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    first, warm = offline_photo(options.runs)
    rows = [
        ("first photo, models loading", f"{first:.1f} s"),
        ("one 640x480 photo, warm, offline models", f"{warm:.2f} s"),
        ("peak memory of the process", f"{peak_memory_gb():.2f} GB"),
        ("stages' own work, 6 x 3 x 8 sentences", f"{own_work(options.runs):.0f} ms"),
    ]
    if options.comfyui:
        rows.append(("import at ComfyUI's start", f"{import_seconds(options.comfyui):.1f} s"))
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    for name, value in rows:
        print(f"{name:<42} {value:>10}")


if __name__ == "__main__":
    main()
