"""What each signal of the filter is worth: the default profile, with one of them switched off.

    .venv/bin/python bench/ablations.py DATA_DIR [--recorded FIELD] [--limit N] [--scenes 20]

On the photos of `did_bench.py` (whose captions are FIELD's, if it is named) and on the scenes of
`facts.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

import facts
import numpy as np
from did_bench import Mentions, object_scores
from tqdm import tqdm

from core import filter as stage
from core import verdicts
from core.images import read_image
from core.models.offline.matcher import OfflineMatcher
from core.pipeline import Models, caption_images

OFF = {
    "all signals": [],
    "guesses count as statements": [(verdicts, "guesses", lambda sentence: False)],
    "the matcher's rates are not known": [
        (OfflineMatcher, "rates", None),
        (facts.SimulatedMatcher, "rates", property(lambda self: None, lambda self, value: None)),
    ],
    "the whole's silence proves nothing": [(verdicts, "UNMENTIONED", 0.0)],
    "no wrong crop": [(facts.SimulatedMatcher, "contrast", False)],
    "contradictions are not looked for": [(stage, "contradictions", lambda *of: [])],
}


def photos(records, options, mentions, models) -> tuple[float, ...]:
    counts = []
    for record in tqdm(records, disable=None):
        image = read_image(options.data / "images" / record["image"])
        given = [record[options.recorded]] if options.recorded else None
        [picture] = caption_images([image], models, captions=given)
        said, true = mentions(picture.caption), mentions(record["reference"])
        counts.append([len(said & true), len(said), len(true)])
    return tuple(object_scores(np.array(counts)))


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
    models, embedder = Models(), facts.RememberingEmbedder()
    titles = ("precision", "recall", "F1")
    print(f"{'':<38}{len(records)} photos{'':<16}{options.scenes} scenes (noise 0.2, AUC 0.8)")
    print(f"{'':<36}" + "".join(f"{title:>10}" for title in titles * 2))
    for name, changes in OFF.items():
        patches = [mock.patch.object(*change, create=True) for change in changes]
        for patch in patches:
            patch.start()
        of_photos = photos(records, options, mentions, models)
        found = [
            facts.simulate(facts.Scene.random(seed), 0.2, 0.8, 0.1, embedder)["default"]
            for seed in range(options.scenes)
        ]
        for patch in patches:
            patch.stop()
        cells = (*of_photos, *facts.scores(found)[:3])
        print(f"{name:<36}" + "".join(f"{cell:>10.3f}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
