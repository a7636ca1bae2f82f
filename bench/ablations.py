"""What each signal of the filter is worth: the default profile, with one of them switched off.

    .venv/bin/python bench/ablations.py DATA_DIR [--recorded FIELD] [--limit N] [--scenes 20]

On the photos of `did_bench.py` (whose captions are FIELD's, if it is named), scored by the offline verifier, and on
the scenes of `facts.py`, scored by a verifier that knows no rates. What is divided, described, detected and read is the
same for all lines of the table.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

import facts
import numpy as np
import simulation
from did_bench import Mentions, object_scores
from tqdm import tqdm

from core import evidence, verdicts
from core.aggregate import aggregate
from core.describe import describe
from core.divide import divide
from core.filter import filter_statements
from core.images import read_image
from core.models.offline.verifier import OfflineVerifier
from core.pipeline import Models
from core.settings import AggregateSettings

NOISE, AUC, INVENTS = 0.2, 0.8, 0.1
_prior_of, _calibration_of = evidence.Prior.of, evidence.LabelFreeCalibration.of


def _said_once(prior, captions, asked, **how):
    return _prior_of(prior, 1, asked, **how)


OFF = {
    "all signals": [],
    "a guess is a statement": [(evidence, "HEDGED", 0.0)],
    "what stands late is believed as much": [
        (verdicts, "_late", lambda image_record, said, region: 0.5)
    ],
    "a second sample says no more": [(evidence.Prior, "of", _said_once)],
    "another region says no more": [
        (
            verdicts,
            "combined_evidence",
            lambda own, scores, root, view, free: evidence.combined_evidence(
                own, scores, root, -math.inf, free
            ),
        )
    ],
    "nothing through the thing": [(evidence, "THING_WEIGHT", 0.0)],
    "contradictions are not looked for": [(verdicts, "_opponents", lambda pairs: {})],
    "the whole's silence proves nothing": [(verdicts, "UNMENTIONED", 0.0)],
    "one level for all texts": [
        (evidence.LabelFreeCalibration, "of", lambda levels, text: _calibration_of(levels, ""))
    ],
    "no scores of unrelated images": [
        (
            simulation.SimulatedVerifier,
            "baseline",
            lambda verifier, texts, on_progress: [[] for _ in texts],
        )
    ],
    "the offline verifier is not calibrated": [(OfflineVerifier, "calibration", None)],
}


@contextmanager
def without(name: str) -> Iterator[None]:
    """The signal of that line is switched off."""
    with ExitStack() as stack:
        for change in OFF[name]:
            stack.enter_context(mock.patch.object(*change))
        yield


def photos(records, options, mentions) -> dict[str, tuple[float, ...]]:
    """Line -> precision, recall and F1 of the objects mentioned."""
    models, (reader, _) = Models(), facts.tools()
    counts: dict[str, list] = {name: [] for name in OFF}
    for record in tqdm(records, disable=None):
        image = read_image(options.data / "images" / record["image"])
        given = [record[options.recorded]] if options.recorded else None
        image_records = divide(
            [image], detector=models.detector, captioner=models.captioner, captions=given
        )
        image_records = describe(image_records, models.captioner)
        true = mentions(record["reference"])
        for name in OFF:
            with without(name):
                kept = filter_statements(
                    image_records, models.verifier, models.embedder, reader=reader
                )
                [image_record] = aggregate(kept, models.writer, AggregateSettings(), reader=reader)
            said = mentions(image_record.caption)
            counts[name].append([len(said & true), len(said), len(true)])
    return {name: tuple(object_scores(np.array(rows))) for name, rows in counts.items()}


def scenes(count: int) -> dict[str, tuple[float, ...]]:
    """Line -> precision, recall and F1 of the facts told."""
    rows: dict[str, list] = {name: [] for name in OFF}
    for seed in tqdm(range(count), disable=None):
        scene = simulation.Scene.random(seed)
        for name in OFF:
            verifier = simulation.SimulatedVerifier(scene, AUC)
            with without(name):
                writer = simulation.SimulatedWriter(scene, INVENTS)
                image_record = facts.captioned(scene, "default", NOISE, verifier, writer)
            rows[name].append((*facts.fact_counts(image_record.caption, scene), 0))
    return {name: tuple(facts.scores(np.array(found))[:3]) for name, found in rows.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--recorded", default="", help="field with captions of the whole photos")
    parser.add_argument("--limit", type=int, help="only the first photos")
    parser.add_argument("--scenes", type=int, default=20)
    options = parser.parse_args()
    lines = (options.data / "records.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines][: options.limit]
    mentions = Mentions(json.loads((options.data / "coco_words.json").read_text(encoding="utf-8")))
    of_photos, of_scenes = photos(records, options, mentions), scenes(options.scenes)
    title = f"{len(records)} photos"
    print(f"{'':<40}{title:<30}{options.scenes} scenes (noise {NOISE}, AUC {AUC})")
    print(f"{'':<38}" + "".join(f"{column:>10}" for column in ("precision", "recall", "F1") * 2))
    for name in OFF:
        cells = (*of_photos[name], *of_scenes[name])
        print(f"{name:<38}" + "".join(f"{cell:>10.3f}" for cell in cells))


if __name__ == "__main__":
    main()
