"""Structured captions of invented scenes: whether they match their schemas, and whether a word is in no claim.

    .venv/bin/python bench/structured.py DATA_DIR [--seeds 3] [--show ideogram4]

DATA_DIR holds scenes.jsonl, whose captions are filtered as bench/scenes.py does it. A word counts as added if no kept
claim of the image has it; articles and "and" may be added.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from scenes import captioned, read_scenes  # noqa: E402

from core.image_record import ImageRecord  # noqa: E402
from core.models.registry import load_embedder  # noqa: E402
from core.structured import FORMS  # noqa: E402
from core.structured.forms import structured  # noqa: E402
from core.structured.validation import schema  # noqa: E402

GRAMMAR = frozenset(("a", "an", "the", "and"))


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))


def claimed_words(record: ImageRecord) -> set[str]:
    """Return the words of the kept claims of an image whose claims were filtered."""
    kept = [s for s in record.statements if s.verdict and s.verdict.value == "kept"]
    said = [s.text for s in kept]
    for s in kept:
        claims = [s.claim] if s.claim else record.readings[s.occurrences[0].source].claims
        said += [f"{c.text} {c.subject} {c.value} {c.object}" for c in claims]
    return set().union(*map(words, said))


def said_words(value, rules: dict) -> Iterator[str]:
    """Yield the words of all strings of a value, but for those that its schema lists (`enum`, `const`)."""
    if isinstance(value, str):
        if not {"enum", "const"} & set(rules):
            yield from words(value)
    elif isinstance(value, list):
        for item in value:
            yield from said_words(item, rules["items"])
    elif isinstance(value, dict):
        if "oneOf" in rules:
            [rules] = [
                r for r in rules["oneOf"] if r["properties"]["type"]["const"] == value["type"]
            ]
        for key, item in value.items():
            yield from said_words(item, rules["properties"][key])


def added_words(value: dict, form: str, record: ImageRecord) -> set[str]:
    """Return the words of a structured caption that no kept claim has."""
    return set(said_words(value, schema(form))) - claimed_words(record) - GRAMMAR


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--show", choices=FORMS, help="print the JSON of this form")
    options = parser.parse_args()
    scenes, embedder = read_scenes(options.data), load_embedder()
    records = [
        captioned(s, seed, "default", embedder) for seed in range(options.seeds) for s in scenes
    ]
    print(f"{'form':<12}{'captions':>10}{'valid':>8}{'words':>8}{'added':>8}")
    for form in FORMS:
        valid = total = 0
        added: set[str] = set()
        for record in records:
            value, _, note = structured(record, form)
            valid += not note
            total += len(list(said_words(value, schema(form))))
            added |= added_words(value, form, record)
            if form == options.show:
                print(json.dumps(value, ensure_ascii=False, indent=1))
        print(f"{form:<12}{len(records):>10}{valid:>8}{total:>8}{len(added):>8} {sorted(added)}")


if __name__ == "__main__":
    main()
