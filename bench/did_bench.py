"""Captions of real photos against human-checked ones.

    .venv/bin/python bench/did_bench.py DATA_DIR [--recorded FIELD] [--captioner NAME] ...

DATA_DIR has `images/`, `records.jsonl` (a photo a line: `image`, `reference`) and
`coco_words.json` (class -> the words that count as a mention of it). A class is mentioned by a text
when one of its words stands in it as a whole word; "hot dog" is taken out before "dog" is looked
for. Precision: mentioned and true / mentioned; recall: mentioned and true / true; over all photos.

The lines: the caption of the whole image; everything said, unfiltered; the paper's profile; the
default one. Object scores are given for all photos, and as mean and spread of five parts of them (by
their place in the file), as constants were chosen on other parts. Text scores are pycocoevalcap's
(with its PTB tokenizer; one reference, times 100), where that package and Java are there. Differences
to the first line come with the 95 % interval of a paired bootstrap over photos. What is done is kept
in --results, and not done again while the code and the options are the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from tqdm import tqdm  # noqa: E402

from core.cli import HOME  # noqa: E402
from core.images import read_image  # noqa: E402
from core.models.registry import (  # noqa: E402
    CAPTIONER,
    DETECTOR,
    VERIFIER,
    WRITER,
    load_embedder,
    load_model,
)
from core.pipeline import Models, caption_images, profile_settings  # noqa: E402
from core.profiles import PROFILES  # noqa: E402
from core.sentences import split_sentences  # noqa: E402
from core.statements import Verdict  # noqa: E402

ROLES = (DETECTOR, CAPTIONER, VERIFIER, WRITER)
ROUNDS = 2000  # of the bootstrap
FOLDS = 5
METRICS = ("BLEU-4", "ROUGE-L", "METEOR", "CIDEr")


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


def object_scores(counts: np.ndarray) -> np.ndarray:
    """(..., photos, 3) numbers of right, said and true -> (..., 3) precision, recall and F1."""
    right, said, true = np.moveaxis(counts.sum(axis=-2), -1, 0)
    precision, recall = right / np.maximum(said, 1), right / np.maximum(true, 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return np.stack([precision, recall, f1], axis=-1)


def fold_scores(counts: np.ndarray) -> np.ndarray:
    """(photos, 3) -> (folds, 3) precision, recall and F1 of every `FOLDS`-th photo; fewer folds where there are
    fewer photos."""
    return np.stack([object_scores(counts[n::FOLDS]) for n in range(min(FOLDS, len(counts)))])


def text_scores(said: list[str], references: list[str]) -> dict[str, np.ndarray] | None:
    """Metric -> a score for each photo, times 100. BLEU-4 is of all photos together, as usual, so it
    is one number. None without pycocoevalcap or Java."""
    try:
        from pycocoevalcap.bleu.bleu import Bleu
        from pycocoevalcap.cider.cider import Cider
        from pycocoevalcap.meteor.meteor import Meteor
        from pycocoevalcap.rouge.rouge import Rouge
        from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer
    except ImportError:
        return None
    if not shutil.which("java"):
        return None
    tokenizer = PTBTokenizer()
    truth, found = (
        tokenizer.tokenize({i: [{"caption": t or "."}] for i, t in enumerate(texts)})
        for texts in (references, said)
    )
    bleu, _ = Bleu(4).compute_score(truth, found, verbose=0)
    rows = {"BLEU-4": 100 * np.array([bleu[3]])}
    for name, scorer in (("ROUGE-L", Rouge()), ("METEOR", Meteor()), ("CIDEr", Cider())):
        _, each = scorer.compute_score(truth, found)
        rows[name] = 100 * np.array(each)
    return rows


def interval(values: np.ndarray) -> str:
    """Return the middle 95 % of bootstrapped differences; a star where they lie on one side of 0."""
    low, high = np.percentile(values, (2.5, 97.5))
    return f"[{low:+.3f}, {high:+.3f}]{'*' if low > 0 or high < 0 else ' '}"


def code_digest() -> str:
    files = sorted((ROOT / "core").rglob("*.py")) + sorted((ROOT / "core").rglob("*.txt"))
    return hashlib.blake2b(b"".join(f.read_bytes() for f in files), digest_size=8).hexdigest()


def run(options, records) -> dict[str, list[dict]]:
    """Line of the table -> for each photo its caption, statements, calls, tokens and seconds."""
    names = {role: getattr(options, role) for role in ROLES}
    identity = json.dumps([code_digest(), names, options.recorded, options.seed], sort_keys=True)
    options.results.mkdir(parents=True, exist_ok=True)
    key = hashlib.blake2b(identity.encode(), digest_size=8).hexdigest()
    file = options.results / f"{key}.jsonl"
    done = {}
    if file.exists():
        lines = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
        done = {(line["image"], line["profile"]): line for line in lines}
    models = Models(
        *(load_model(role, name, roots=options.models, home=HOME) for role, name in names.items()),
        load_embedder(),
    )
    with file.open("a", encoding="utf-8") as out:
        for record in tqdm(records, disable=None):
            for profile in options.profile:
                if (record["image"], profile) not in done:
                    line = one(record, profile, models, options)
                    done[record["image"], profile] = line
                    out.write(json.dumps(line, ensure_ascii=False) + "\n")
                    out.flush()
    first = [done[r["image"], options.profile[0]] for r in records]
    table = {
        "whole picture": [{**line, **line["whole"]} for line in first],
        "everything said, unfiltered": [{**line, **line["unfiltered"]} for line in first],
    }
    for profile in options.profile:
        table[f"profile {profile}"] = [done[r["image"], profile] for r in records]
    return table


def one(record: dict, profile: str, models: Models, options) -> dict:
    """Return what becomes of one photo."""
    image = read_image(options.data / "images" / record["image"])
    given = [record[options.recorded]] if options.recorded else None
    start = time.perf_counter()
    settings = profile_settings(profile, seed=options.seed)
    [image_record] = caption_images([image], models, settings, captions=given)
    seconds = time.perf_counter() - start
    whole = image_record.global_caption
    said = [" ".join(c.text for c in told) for told in image_record.candidates.values()]
    return {
        "image": record["image"],
        "profile": profile,
        "caption": image_record.caption,
        "statements": sum(s.verdict is Verdict.KEPT for s in image_record.statements),
        "calls": sum(image_record.calls.values()),
        "tokens": sum(image_record.tokens.values()),
        "seconds": seconds,
        "whole": part(whole, int(given is None)),
        "unfiltered": part(" ".join(said), image_record.calls.get("captioner", 0)),
    }


def part(text: str, calls: int) -> dict:
    """Return the columns of a line that is not a run of its own."""
    statements = len(split_sentences(text))
    return {"caption": text, "statements": statements, "calls": calls, "tokens": 0, "seconds": 0}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--recorded", default="", help="field with captions of the whole photos")
    for role in ROLES:
        parser.add_argument(f"--{role}", default="", help="by its name; offline unless named")
    parser.add_argument("--models", type=Path, nargs="*", default=[], help="folders of models")
    parser.add_argument("--profile", nargs="+", choices=PROFILES, default=["default", "paper"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, help="only the first photos")
    parser.add_argument("--results", type=Path, default=ROOT / "output" / "did_bench")
    options = parser.parse_args()
    lines = (options.data / "records.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines][: options.limit]
    mentions = Mentions(json.loads((options.data / "coco_words.json").read_text(encoding="utf-8")))
    print_tables(run(options, records), records, mentions)


def print_tables(table: dict[str, list[dict]], records: list[dict], mentions: Mentions) -> None:
    """The scores of each line, and the differences to the first."""
    references = [record["reference"] for record in records]
    truth = [mentions(text) for text in references]
    picks = np.random.default_rng(0).integers(0, len(records), (ROUNDS, len(records)))
    rows, samples, folds = {}, {}, {}
    for name, photos in table.items():
        said = [mentions(photo["caption"]) for photo in photos]
        counts = np.array([[len(s & t), len(s), len(t)] for s, t in zip(said, truth)])
        texts = text_scores([photo["caption"] for photo in photos], references)
        means = {
            column: np.mean([photo[column] for photo in photos])
            for column in ("statements", "calls", "tokens", "seconds")
        }
        means["words"] = np.mean([len(photo["caption"].split()) for photo in photos])
        rows[name] = (object_scores(counts), texts, means)
        folds[name] = fold_scores(counts)
        samples[name] = {
            **dict(zip(("precision", "recall", "F1"), object_scores(counts[picks]).T)),
            **{m: texts[m][picks].mean(axis=1) for m in METRICS[1:] if texts},
        }
    print(f"{len(records)} photos\n")
    header = ("precision", "recall", "F1", *METRICS, "words", "statem.", "calls", "tokens", "sec.")
    print(f"{'':<29}" + "".join(f"{title:>10}" for title in header))
    for name, (objects, texts, means) in rows.items():
        cells = [f"{value:.3f}" for value in objects]
        cells += [f"{texts[m].mean():.2f}" if texts else "n/a" for m in METRICS]
        columns = (("words", 0), ("statements", 1), ("calls", 1), ("tokens", 0), ("seconds", 2))
        cells += [f"{means[column]:.{digits}f}" for column, digits in columns]
        print(f"{name:<29}" + "".join(f"{cell:>10}" for cell in cells))
    first, *others = table
    print(
        f"\n{len(folds[first])} folds, mean and spread (sd), and F1 less that of {first!r} in each"
    )
    for name, found in folds.items():
        cells = [f"{m:.3f} ± {sd:.3f}" for m, sd in zip(found.mean(axis=0), found.std(axis=0))]
        above = " ".join(f"{d:+.3f}" for d in found[:, 2] - folds[first][:, 2])
        print(f"{name:<29}" + "".join(f"{cell:>16}" for cell in cells) + f"    {above}")
    print(f"\nDifference to {first!r}, 95 % interval (* not by chance)")
    for name in others:
        print(name)
        for metric, values in samples[name].items():
            difference = values - samples[first][metric]
            print(f"    {metric:<10}{difference.mean():+8.3f} {interval(difference)}")


if __name__ == "__main__":
    main()
