"""Predictions for the gold files of claims_bench, by syntax alone, and the table of its score.py.

usage: claims.py DATA_DIR [DATA_DIR ...] --predictions OUT_DIR
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.claims import Claim, Passage
from core.claims.entailment import compare, unsupported
from core.claims.reading import read
from core.regions import Box


def items(file: Path) -> list[dict]:
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


def once(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims of a caption, each of them once however often the caption comes back to it."""
    return list(
        {
            replace(c, text="", firm="", hedged=False, sentence=0, spans=()): c
            for c in reversed(claims)
        }.values()
    )[::-1]


def claims(gold: list[dict]) -> list[dict]:
    passages = [Passage(g["caption"], Box(*g["frame"]) if g["frame"] else None) for g in gold]
    fields = ("kind", "subject", "value", "object", "negated", "hedged")
    return [
        {
            "id": g["id"],
            "claims": [{k: v for k, v in asdict(c).items() if k in fields} for c in once(r.claims)],
        }
        for g, r in zip(gold, read(passages))
    ]


def pairs(gold: list[dict]) -> list[dict]:
    first, second = (read([Passage(g[side]) for g in gold]) for side in "ab")
    return [{"id": g["id"], "label": compare(a, b)} for g, a, b in zip(gold, first, second)]


def writing(gold: list[dict]) -> list[dict]:
    facts = read([Passage(" ".join(g["facts"])) for g in gold])
    written = read([Passage(g["sentence"]) for g in gold])
    return [
        {"id": g["id"], "supported": not unsupported(f, w)} for g, f, w in zip(gold, facts, written)
    ]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("data", nargs="+", type=Path)
    arguments.add_argument("--predictions", type=Path, required=True)
    options = arguments.parse_args()
    for data in options.data:
        out = options.predictions / data.name if len(options.data) > 1 else options.predictions
        out.mkdir(parents=True, exist_ok=True)
        for name, predict in (("claims", claims), ("pairs", pairs), ("writing", writing)):
            lines = [
                json.dumps(p, ensure_ascii=False) for p in predict(items(data / f"{name}.jsonl"))
            ]
            (out / f"{name}.jsonl").write_text("".join(x + "\n" for x in lines), "utf-8")
        print(f"# {data}")
        score_of(options.data[0]).main(data, out)


def score_of(data: Path):
    """Return the module score.py beside the gold files."""
    file = data / "score.py"
    spec = importlib.util.spec_from_file_location("claims_score", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
