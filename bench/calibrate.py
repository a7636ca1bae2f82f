"""Where the constants of `core/verdicts.py` and the offline matcher's rates come from.

    .venv/bin/python bench/calibrate.py DATA_DIR --recorded FIELD [--limit N]

On the photos of `did_bench.py`: how often the objects that recorded captions of the whole photos name
are true, stated or guessed; how often the offline matcher scores true and false ones above its pooled
threshold; and how often what it sees is true though the caption does not name it.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from did_bench import Mentions
from tqdm import tqdm

from core.divide import divide
from core.guesses import firm_part, guesses
from core.images import read_image
from core.models.registry import DETECTOR, MATCHER, load_model
from core.statements import split_sentences


def share(rows: list[dict]) -> str:
    true = sum(row["true"] for row in rows)
    return f"{true / max(1, len(rows)):.2f}  ({true} of {len(rows)})"


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
    mentions = Mentions(words)
    detector, matcher = load_model(DETECTOR), load_model(MATCHER)
    rows, sentences, guessing = [], 0, 0
    for line in tqdm(lines[: options.limit], disable=None):
        record = json.loads(line)
        image = read_image(options.data / "images" / record["image"])
        [picture] = divide([image], detector=detector)
        said = split_sentences(record[options.recorded])
        sentences, guessing = sentences + len(said), guessing + sum(map(guesses, said))
        named = mentions(record[options.recorded])
        stated = mentions(" ".join(map(firm_part, said)))
        true = mentions(record["reference"])
        texts = [f"There is a {name}." for name in words]
        views = [(picture.view(region.name), texts) for region in picture.root.walk()]
        for name, scores in zip(words, zip(*matcher.score(views, lambda index: None))):
            known = [score for score in scores if score is not None]
            pooled = 1 - math.prod(1 - score for score in known) if known else None
            rows.append(
                {
                    "true": name in true,
                    "named": name in named,
                    "stated": name in stated,
                    "score": pooled,
                }
            )
    named = [row for row in rows if row["named"]]
    print(f"sentences with a guess: {guessing} of {sentences}")
    print(f"true of the objects named:            {share(named)}")
    print(f"    stated:                           {share([r for r in named if r['stated']])}")
    print(f"    in guesses alone:                 {share([r for r in named if not r['stated']])}")
    judged = [r for r in named if r["score"] is not None]
    for kind in (True, False):
        of_kind = [r for r in judged if r["true"] is kind]
        above = sum(r["score"] > matcher.pooled_threshold for r in of_kind)
        rate = above / max(1, len(of_kind))
        print(
            f"scored above {matcher.pooled_threshold} of the {str(kind).lower():<5} ones: {rate:.2f}"
        )
    for low, high in ((0.6, 0.8), (0.8, 0.99), (0.99, 1.01)):
        seen = [r for r in rows if not r["named"] and low < (r["score"] or 0) <= high]
        print(f"true of what is seen ({low} to {min(high, 1.0)}) and not named: {share(seen)}")


if __name__ == "__main__":
    main()
