"""Where the constants of the offline verifier, the captioners' priors and `core/evidence.py` come from.

    .venv/bin/python bench/calibrate.py DATA_DIR --recorded FIELD [--limit N]

On the photos of `did_bench.py`, claims read by the pack's reader: how often the objects that recorded captions of the
whole photos name are there, by how they are said and where in the caption; how often what only the offline captioner's
patches say is; and logistic regressions of what a score of the offline verifier is worth, each number as the mean
and the spread (sd) of five, every one fitted without a fifth of the photos. An object counts as true where the reference
mentions its class.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from did_bench import FOLDS, Mentions
from tqdm import tqdm

from core.claims import OBJECT
from core.claims.reading import SyntaxReader
from core.describe import describe
from core.divide import divide
from core.evidence import logit
from core.filter import read_captions
from core.images import read_image
from core.models.registry import CAPTIONER, DETECTOR, VERIFIER, load_model

SHOWN = 6.0  # logits of the offline verifier's scores are cut here: a score of 0 is the absence of any box


@dataclass(frozen=True)
class Said:
    """An object class that captions of a photo name.

    Attributes:
        fold: of the photo.
        whole: the recorded caption of the whole photo names it; `hedged` there as a guess only, `place` in
            which part of the caption first (0..1).
        patches: how many patches say it; `samples`: the most captions of one patch that do.
        score: the highest logit of the verifier's scores on the whole photo and the regions that say it.
    """

    fold: int
    true: bool
    whole: bool
    hedged: bool
    place: float
    patches: int
    samples: int
    score: float


def said_of(image_record, mentions: Mentions, true: set[str], fold: int, verifier) -> list[Said]:
    """Return every class that the picture's captions name."""
    root = image_record.root.name
    by_class: dict[str, dict[tuple[str, int], list]] = {}
    for source, reading in image_record.readings.items():
        last = max(1, len(reading.sentences) - 1)
        for claim in reading.claims:
            if claim.kind == OBJECT and not claim.negated:
                for name in mentions(claim.text):
                    found = by_class.setdefault(name, {}).setdefault(source, [])
                    found.append((claim.hedged, claim.sentence / last))
    texts = {name: f"There is a {name}." for name in by_class}
    regions = [region.name for region in image_record.root.walk()]
    batches = [(image_record.view(region), list(texts.values())) for region in regions]
    scores = dict(zip(regions, verifier.score(batches, lambda index: None)))
    found = []
    for number, (name, sources) in enumerate(by_class.items()):
        whole = sources.get((root, 0), [])
        patches = [region for region, _ in sources if region != root]
        looked = {root, *patches}
        found.append(
            Said(
                fold,
                name in true,
                bool(whole),
                bool(whole) and all(hedged for hedged, _ in whole),
                min((place for _, place in whole), default=0.0),
                len(set(patches)),
                max((patches.count(region) for region in patches), default=0),
                max(logit(scores[region][number] or 0.0) for region in looked),
            )
        )
    return found


def true_fraction(rows: Sequence[Said]) -> str:
    true = sum(row.true for row in rows)
    return f"{true / max(1, len(rows)):.2f}  ({true} of {len(rows)})"


def fitted(rows: Sequence[Said], values: Callable[[Said], list[float]]) -> list[str]:
    """Return a logistic regression of truth on some values: intercept and slopes, over the folds."""
    found = []
    for fold in range(FOLDS):
        kept = [row for row in rows if row.fold != fold]
        x = np.array([[1.0, *values(row)] for row in kept])
        found.append(regression(x, np.array([row.true for row in kept], float)))
    return [f"{m:+.2f} ± {sd:.2f}" for m, sd in zip(np.mean(found, axis=0), np.std(found, axis=0))]


def regression(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights (columns of x) of a logistic regression with a ridge of 1, by Newton's method."""
    weights = np.zeros(x.shape[1])
    ridge = np.diag([1e-6, *[1.0] * (x.shape[1] - 1)])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (y - p) - ridge @ weights
        weights = weights + np.linalg.solve((x.T * (p * (1 - p))) @ x + ridge, gradient)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--recorded", required=True, help="field with captions of whole photos")
    parser.add_argument("--limit", type=int, help="only the first photos")
    options = parser.parse_args()
    lines = (options.data / "records.jsonl").read_text(encoding="utf-8").splitlines()
    words = json.loads((options.data / "coco_words.json").read_text(encoding="utf-8"))
    mentions, reader = Mentions(words), SyntaxReader()
    detector, captioner = load_model(DETECTOR), load_model(CAPTIONER)
    verifier = load_model(VERIFIER)
    given: list[Said] = []  # with the recorded captions of the whole
    offline: list[Said] = []  # with the offline captioner alone
    for number, line in enumerate(tqdm(lines[: options.limit], disable=None)):
        record = json.loads(line)
        image = read_image(options.data / "images" / record["image"])
        for rows, captions in ((given, [record[options.recorded]]), (offline, None)):
            image_records = divide(
                [image], detector=detector, captioner=captioner, captions=captions
            )
            [image_record] = read_captions(describe(image_records, captioner), reader)
            true = mentions(record["reference"])
            rows += said_of(image_record, mentions, true, number % FOLDS, verifier)
    report(given, offline)


def report(given: Sequence[Said], offline: Sequence[Said]) -> None:
    named = [row for row in given if row.whole]
    others = [row for row in given if not row.whole]
    firm = [row for row in named if not row.hedged]
    print(f"objects that the recorded captions name, true:   {true_fraction(named)}")
    print(f"    stated:                                      {true_fraction(firm)}")
    print(
        f"    in guesses alone:                            {true_fraction([r for r in named if r.hedged])}"
    )
    for low, high in ((0.0, 0.01), (0.01, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1.01)):
        part = [row for row in named if low <= row.place < high]
        print(
            f"    first said at {low:.2f} to {min(high, 1):.2f} of the caption:   {true_fraction(part)}"
        )
    for title, rows in (("stated", firm), ("guessed", [r for r in named if r.hedged]), ("not named", others)):  # fmt: skip
        for low, high in ((-99, -SHOWN), (-SHOWN, 0), (0, 2), (2, 99)):
            part = [row for row in rows if low <= row.score < high]
            print(
                f"    {title}, verifier's logit {max(low, -13)} to {min(high, 13)}:".ljust(49)
                + true_fraction(part)
            )
    print(f"objects that the offline captioner names, true:  {true_fraction(offline)}")
    print(f"\nLogistic regressions, mean ± sd over {FOLDS} folds of photos")

    def score(row: Said) -> float:
        return min(max(row.score, -SHOWN), SHOWN)

    for title, rows, values, names in (
        ("recorded captions", named, lambda r: [score(r), float(r.hedged), r.place], "score guess place"),
        ("offline captioner", offline, lambda r: [score(r), float(r.whole), float(r.samples > 1), float(r.patches > 1)], "score whole again patches"),
        ("not named by the recorded", others, lambda r: [score(r), float(r.samples > 1)], "score again"),
    ):  # fmt: skip
        if len({row.true for row in rows}) > 1:
            cells = zip(("intercept", *names.split()), fitted(rows, values))
            print(f"    {title}: " + ", ".join(f"{name} {cell}" for name, cell in cells))


if __name__ == "__main__":
    main()
