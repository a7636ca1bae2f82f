"""Objects named in the captions of real photos against those in human-checked ones.

    .venv/bin/python bench/did_bench.py DATA_DIR [--profile default]

DATA_DIR has `images/`, `records.jsonl` (a photo a line: `image`, `reference`) and
`coco_words.json` (class -> the words that count as a mention of it). A class is mentioned by a text
when one of its words stands in it as a whole word; "hot dog" is taken out before "dog" is looked
for. Precision: mentioned and true / mentioned; recall: mentioned and true / true; over all photos.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tqdm import tqdm  # noqa: E402

from core.aggregate import PROFILES  # noqa: E402
from core.images import read_image  # noqa: E402
from core.pipeline import Models, caption_images, profile_settings  # noqa: E402


class Mentions:
    """Which classes a text mentions."""

    def __init__(self, words: dict[str, list[str]]):
        self._patterns = {
            name: re.compile(rf"\b(?:{'|'.join(map(re.escape, forms))})\b")
            for name, forms in words.items()
        }

    def __call__(self, text: str) -> set[str]:
        text = text.lower()
        first = "hot dog"
        found = {first} if self._patterns[first].search(text) else set()
        text = self._patterns[first].sub(" ", text)
        others = (name for name in self._patterns if name != first)
        return found | {name for name in others if self._patterns[name].search(text)}


def row(name: str, said: list[set[str]], truth: list[set[str]]) -> str:
    """One line of the table."""
    right = sum(len(a & b) for a, b in zip(said, truth))
    precision = right / max(1, sum(map(len, said)))
    recall = right / max(1, sum(map(len, truth)))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{name:<34}{precision:>10.3f}{recall:>8.3f}{f1:>8.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--profile", choices=PROFILES, default=PROFILES[0])
    options = parser.parse_args()
    lines = (options.data / "records.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    mentions = Mentions(json.loads((options.data / "coco_words.json").read_text(encoding="utf-8")))
    models, settings = Models(), profile_settings(options.profile)
    start = time.perf_counter()
    pictures = [
        caption_images([read_image(options.data / "images" / r["image"])], models, settings)[0]
        for r in tqdm(records)
    ]
    seconds = (time.perf_counter() - start) / len(records)
    truth = [mentions(r["reference"]) for r in records]
    print(f"{len(records)} photos, offline models, profile {options.profile}, {seconds:.2f} s each")
    print(f"{'caption':<34}{'precision':>10}{'recall':>8}{'F1':>8}")
    print(row("whole picture", [mentions(p.global_caption) for p in pictures], truth))
    everything = [" ".join(x.text for s in p.statements for x in s.sayings) for p in pictures]
    print(row("everything said of any patch", list(map(mentions, everything)), truth))
    print(row("what the filter keeps", [mentions(p.caption) for p in pictures], truth))


if __name__ == "__main__":
    main()
