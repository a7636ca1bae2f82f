"""Time and memory of the offline pipeline, and of the stages' own work. Prints one table.

    .venv/bin/python bench/speed.py [--comfyui DIR]

Own work: 6 regions x 3 captions x 5 sentences of 20 words with models that answer at once, spaCy included.
With --comfyui also the pack's import time at the start of
that ComfyUI's server.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from PIL import Image  # noqa: E402

from core.aggregate import aggregate  # noqa: E402
from core.claims import Passage, Reading  # noqa: E402
from core.claims.reading import SyntaxReader  # noqa: E402
from core.cli import EXAMPLE  # noqa: E402
from core.describe import describe  # noqa: E402
from core.divide import divide  # noqa: E402
from core.english import plural  # noqa: E402
from core.filter import filter_statements  # noqa: E402
from core.images import read_image  # noqa: E402
from core.models import Completion  # noqa: E402
from core.models.offline.writer import OfflineWriter  # noqa: E402
from core.models.registry import load_embedder  # noqa: E402
from core.pipeline import Models, caption_images  # noqa: E402
from helpers import FixedDetector, ScriptedVerifier  # noqa: E402

PEOPLE = "woman man child girl boy cyclist vendor tourist".split()
ANIMALS = "dog cat horse goat pigeon sheep".split()
VEHICLES = "car bus bicycle truck tram van".split()
COLOURS = "red white black blue green brown yellow grey".split()
ACTIONS = ("walking past", "standing near", "looking at", "leaning against", "sitting beside", "waiting behind")  # fmt: skip
# Twenty words each, the patterns of vision-language models.
SENTENCES = (
    "A {person} in a {colour} coat is {action} a parked {colour2} {vehicle} on the left side of a narrow street.",
    "Next to the {person}, there are {number} small {colour2} {animals} that seem to be resting on the old wooden bench quietly.",
    "The {vehicle} has a large {colour} stripe along its side, and its front door is open toward the wet pavement.",
    "In the background, {number} tall brick buildings with {colour2} windows can be seen behind a row of bare, leafless trees there.",
    "The {person} is holding a {colour2} umbrella in one hand, while a {colour} {animal} stands close to a metal fence.",
)  # fmt: skip


class FiveSentences:
    """A fake captioner: three captions of five sentences for each region, at once. No two runs say the same."""

    name = "bench:five"

    def __init__(self, run: int):
        self._run = run

    def caption(self, requests, on_progress):
        return [
            [Completion(self.text(random.Random(f"{self._run}/{region}"), n)) for n in range(3)]
            for region in range(len(requests))
        ]

    @staticmethod
    def text(draw: random.Random, candidate: int) -> str:
        said = {
            "person": draw.choice(PEOPLE),
            "animal": (animal := draw.choice(ANIMALS)),
            "animals": plural(animal),
            "vehicle": draw.choice(VEHICLES),
            "action": draw.choice(ACTIONS),
            "number": draw.choice(("two", "three", "four")),
            "colour": COLOURS[(draw.randrange(8) + candidate) % 8],
            "colour2": draw.choice(COLOURS),
        }
        return " ".join(sentence.format(**said) for sentence in SENTENCES)


def own_work(runs: int) -> dict[str, float]:
    """Stage -> median milliseconds of its own work, models apart."""
    image = Image.new("RGB", (640, 480))
    detector = FixedDetector(("cup", 0.9, 100, 100, 260, 220), ("dog", 0.8, 300, 200, 420, 330))
    reader, embedder = SyntaxReader(), load_embedder()
    times: list[list[float]] = []
    for run in range(runs + 1):
        marks = [time.perf_counter()]
        records = divide([image], detector=detector)
        records = describe(records, FiveSentences(run))
        said = [c.text for captions in records[0].candidates.values() for c in captions]
        marks.append(time.perf_counter())
        known = dict(zip(said, reader.read([Passage(text) for text in said])))
        marks.append(time.perf_counter())
        records = filter_statements(records, ScriptedVerifier(), embedder, reader=Known(known))
        marks.append(time.perf_counter())
        aggregate(records, OfflineWriter(), reader=reader)
        marks.append(time.perf_counter())
        assert len(said) == 18 and len(list(records[0].root.walk())) == 6
        times.append([1000 * (b - a) for a, b in itertools.pairwise(marks)])
    # The first run loads spaCy and the lexicon.
    divided, read, filtered, arranged = (statistics.median(c) for c in zip(*times[1:]))
    return {"divide, describe": divided, "read": read, "filter": filtered, "aggregate": arranged}


class Known:
    """A reader of captions that were read before."""

    name = SyntaxReader.name

    def __init__(self, readings: dict[str, Reading]):
        self._readings = readings

    def read(self, passages):
        return [self._readings[passage.text] for passage in passages]


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
    """Return what the server's own line says of this pack."""
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
    ]
    work = own_work(options.runs)
    rows.append(("stages' own work, 6 x 3 x 5 sentences", f"{sum(work.values()):.0f} ms"))
    rows += [(f"    {stage}", f"{ms:.0f} ms") for stage, ms in work.items()]
    if options.comfyui:
        rows.append(("import at ComfyUI's start", f"{import_seconds(options.comfyui):.1f} s"))
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    for name, value in rows:
        print(f"{name:<42} {value:>10}")


if __name__ == "__main__":
    main()
