"""What words read in an image tell about a claim: rates on rendered signs and on photos. Prints a table.

    .venv/bin/python bench/ocr.py DATA_DIR [--signs 60]

DATA_DIR has DID-Bench's photos: `images/`, and `records.jsonl` with a human-checked caption each. True claims are the
words that such a caption quotes; false ones are the quotes of other photos. On signs, false ones are also near misses: another
word that differs in a letter or two, as a captioner misreads. `core/models/ocr.py` has its calibration from here.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import signs  # noqa: E402
from PIL import Image  # noqa: E402

from core.models.ocr import OcrVerifier  # noqa: E402

QUOTED = re.compile(r"[\"“]([^\"“”]{1,60})[\"”]")
LIMITS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)


def photos(folder: Path) -> list[tuple[Image.Image, list[str]]]:
    """Return each photo whose caption quotes words, with the quotes."""
    rows = []
    for line in (folder / "records.jsonl").read_text().splitlines():
        record = json.loads(line)
        quotes = [q.strip(" .,") for q in QUOTED.findall(record["reference"])]
        if quotes:
            rows.append((Image.open(folder / "images" / record["image"]).convert("RGB"), quotes))
    return rows


def scores(rows: list[tuple[Image.Image, list[str]]]) -> list[list[float]]:
    found = OcrVerifier().score(rows, lambda index: None)
    return [[s for s in row if s is not None] for row in found]


def flat(rows: list[list[float]]) -> list[float]:
    return [s for row in rows for s in row]


def show(name: str, true: list[float], false: dict[str, list[float]]) -> None:
    print(f"{name}: {len(true)} true, " + ", ".join(f"{len(f)} {k}" for k, f in false.items()))
    print("  score from      true" + "".join(f"{kind:>14}" for kind in false))
    for limit in LIMITS:
        rates = [sum(s >= limit for s in row) / max(1, len(row)) for row in (true, *false.values())]
        print(f"  {limit:10.2f}" + "".join(f"{rate:10.3f}    " for rate in rates))
    every = flat(list(false.values()))
    limit = OcrVerifier.threshold
    # Laplace's rule: of none in n, one in n + 2.
    hit, alarm = ((sum(s >= limit for s in r) + 1) / (len(r) + 2) for r in (true, every))
    print(
        f"  at {limit}: read +{math.log(hit / alarm):.2f}, not read {math.log((1 - hit) / (1 - alarm)):.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--signs", type=int, default=60)
    options = parser.parse_args()
    chance = random.Random(0)
    rows = photos(options.data)
    others = [
        [q for i in chance.sample(range(len(rows)), 3) if i != k for q in rows[i][1]]
        for k in range(len(rows))
    ]
    found = scores([(image, true + false) for (image, true), false in zip(rows, others)])
    true = flat([f[: len(r[1])] for f, r in zip(found, rows)])
    false = flat([f[len(r[1]) :] for f, r in zip(found, rows)])
    show(f"photos ({len(rows)})", true, {"other photo": false})
    made = [signs.sign(i) for i in range(options.signs)]
    words = [word for _, word in made]
    asked = [
        [w, signs.misread(w, i), *chance.sample([o for o in words if o != w], 2)]
        for i, w in enumerate(words)
    ]
    found = scores([(image, row) for (image, _), row in zip(made, asked)])
    show(
        f"signs ({len(made)})",
        [row[0] for row in found],
        {"near miss": [row[1] for row in found], "other sign": flat([r[2:] for r in found])},
    )


if __name__ == "__main__":
    main()
