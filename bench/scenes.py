"""Invented scenes, end to end: what the default profile makes of realistic captions of which the facts are known.

    .venv/bin/python bench/scenes.py DATA_DIR [--seeds 20]

DATA_DIR holds scenes.jsonl (see bench/claims.py). The captions are given; the verifier is scripted: for a text
on a region's crop it looks up the facts that the text says, and is right with an AUC of .85. It knows no
rates of its own. The stages between are the real ones, and the writer arranges by rules. Printed: the shares of
the true and the false facts that the final caption says, their mean and spread over the seeds, beside the caption
of the whole image alone.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import sys
from pathlib import Path
from statistics import fmean, pstdev

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from core.aggregate import aggregate  # noqa: E402
from core.filter import filter_statements  # noqa: E402
from core.image_record import ImageRecord  # noqa: E402
from core.models import Completion  # noqa: E402
from core.models.offline.writer import OfflineWriter  # noqa: E402
from core.models.registry import load_embedder  # noqa: E402
from core.profiles import PROFILES  # noqa: E402
from core.regions import IMAGE, SEMANTIC, SPATIAL, WHOLE, Box, Region  # noqa: E402
from core.settings import AggregateSettings, FilterSettings  # noqa: E402

GAP = 0.735  # half the distance of right and wrong texts: AUC .85 at a standard deviation of 1
UNRELATED = 4  # images that a text is scored on where it cannot be true


def says(caption: str, fact: dict) -> bool:
    """Return whether one sentence of the caption holds a word of every group of the fact's keys."""
    for sentence in re.split(r"(?<=[.!?。])\s*", caption.lower()):
        if all(
            any(
                re.search(
                    rf"(?<!\w){re.escape(w)}(?!\w)" if w.isascii() else re.escape(w), sentence
                )
                for w in group.lower().split("|")
            )
            for group in fact["keys"]
        ):
            return True
    return False


class ScriptedSceneVerifier:
    """A fake: as good as a real verifier of AUC .85; sees regions, not pixels."""

    name = "scripted:scene"
    threshold = 0.5
    calibration = None

    def __init__(self, scene: dict, seed: int):
        self._scene, self._seed = scene, seed
        self._said: dict[str, tuple[int, ...]] = {}

    def score(self, batches, on_progress):
        scores = []
        for index, (image, texts) in enumerate(batches):
            region = self._region(image)
            scores.append([self._score(text, region) for text in texts])
            on_progress(index)
        return scores

    def baseline(self, texts, on_progress):
        places = [f"unrelated {n}" for n in range(UNRELATED)]
        return [[self._score(text, place) for place in places] for text in texts]

    def _region(self, crop: Image.Image) -> str:
        r, g, b = crop.getpixel((0, 0))
        corner = (r + 256 * (g % 16), b + 256 * (g // 16))
        for name, (x1, y1, x2, y2) in self._scene["regions"].items():
            if corner == (x1, y1) and crop.size == (x2 - x1, y2 - y1):
                return name
        raise ValueError(f"a crop at {corner} of {crop.size} is not a region of the scene")

    def _score(self, text: str, region: str) -> float:
        facts = self._scene["facts"]
        if text not in self._said:
            self._said[text] = tuple(i for i, f in enumerate(facts) if says(text, f))
        said = self._said[text]
        right = bool(said) and all(facts[i]["true"] and region in facts[i]["regions"] for i in said)
        base = f"{self._seed}/{self._scene['id']}/{region}"
        first = random.Random(f"{base}/{said}").gauss(0, 1)
        second = random.Random(f"{base}/{text}").gauss(0, 1)
        return 1 / (1 + math.exp(-((GAP if right else -GAP) + math.sqrt(0.5) * (first + second))))


def record_of(scene: dict) -> ImageRecord:
    """Return an image with the scene's regions and captions, whose pixels say where they are."""
    y, x = np.mgrid[: scene["height"], : scene["width"]]
    pixels = np.stack([x % 256, x // 256 + 16 * (y // 256), y % 256], axis=-1).astype(np.uint8)
    regions, captions = scene["regions"], scene["captions"]
    children = tuple(
        Region(name, SEMANTIC if name == "main" else SPATIAL, Box(*box))
        for name, box in regions.items()
        if name != "whole"
    )
    root = Region(WHOLE, IMAGE, Box(*regions["whole"]), children)
    said = {
        WHOLE if name == "whole" else name: tuple(Completion(text) for text in texts)
        for name, texts in captions.items()
    }
    return ImageRecord(Image.fromarray(pixels), root, candidates=said)


def captioned(scene: dict, seed: int, profile: str = "default", embedder=None) -> ImageRecord:
    """Return what a profile makes of a scene's captions."""
    chosen = PROFILES[profile]
    [record] = filter_statements(
        [record_of(scene)],
        ScriptedSceneVerifier(scene, seed),
        embedder or load_embedder(),
        FilterSettings(profile=chosen),
    )
    [record] = aggregate([record], OfflineWriter(), AggregateSettings(profile=chosen))
    return record


def read_scenes(folder: Path) -> list[dict]:
    lines = (folder / "scenes.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def shares(scenes: list[dict], captions: list[str]) -> tuple[float, float]:
    """Return the shares of the true and of the false facts that are said."""
    said: dict[bool, list[bool]] = {True: [], False: []}
    for scene, caption in zip(scenes, captions):
        for fact in scene["facts"]:
            said[fact["true"]].append(says(caption, fact))
    return fmean(said[True]), fmean(said[False])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--profile", choices=PROFILES, default="default")
    options = parser.parse_args()
    scenes, embedder = read_scenes(options.data), load_embedder()
    rows = [
        shares(scenes, [captioned(s, seed, options.profile, embedder).caption for s in scenes])
        for seed in range(options.seeds)
    ]
    whole = shares(scenes, [s["captions"]["whole"][0] for s in scenes])
    print(f"{'':<24}{'true said':>12}{'false said':>12}")
    for name, column in (("mean", fmean), ("spread (sd)", pstdev)):
        print(f"{name:<24}" + "".join(f"{column(c):>12.3f}" for c in zip(*rows)))
    print(f"{'whole image alone':<24}" + "".join(f"{v:>12.3f}" for v in whole))


if __name__ == "__main__":
    main()
