"""Pairs of sentences that structure and lexicon leave open: what sentence embeddings or an NLI model would add.

    .venv/bin/python bench/open_pairs.py DATA_DIR bench/claims_third bench/claims_fourth [--nli NAME --models DIR]

Of the pairs of `bench/claims.py` those that the pack calls neutral. By embeddings (all-MiniLM-L6-v2) a pair would be
called equivalent above a cosine, which is chosen on four fifths of the pairs and tried on the last; printed are the
pairs that are right before and after, and the AUC of the cosine for what is equivalent or entailed against the rest.
By an NLI model a pair counts as entailed or contradictory where it is as sure as the filter asks.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import numpy as np  # noqa: E402
from claims import items, pairs  # noqa: E402

from core.claims.inference import SURE  # noqa: E402
from core.models.registry import NLI, load_embedder, load_model  # noqa: E402

FOLDS = 5
SUPPORTING = ("equivalent", "a_entails_b", "b_entails_a")


def auc(scores: np.ndarray, positive: np.ndarray) -> float:
    """Return the chance that a positive one scores above a negative one; ties count half."""
    high, low = scores[positive][:, None], scores[~positive][None, :]
    return float(np.mean((high > low) + 0.5 * (high == low)))


def with_threshold(cosines: np.ndarray, labels: np.ndarray) -> int:
    """Right ones where a pair above a cosine is equivalent, which is chosen on the other folds."""
    right = 0
    for fold in range(FOLDS):
        own = np.arange(len(labels)) % FOLDS == fold
        choices = [1.01, *sorted(set(cosines[~own]))]
        gains = [np.sum(_called(cosines[~own], cut) == labels[~own]) for cut in choices]
        right += int(np.sum(_called(cosines[own], choices[int(np.argmax(gains))]) == labels[own]))
    return right


def _called(cosines: np.ndarray, cut: float) -> np.ndarray:
    return np.where(cosines >= cut, "equivalent", "neutral")


def by_inference(forward, backward) -> str:
    if min(forward.contradiction, backward.contradiction) > SURE:
        return "contradiction"
    there, back = forward.entailment > SURE, backward.entailment > SURE
    if there and back:
        return "equivalent"
    return "a_entails_b" if there else "b_entails_a" if back else "neutral"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--nli", default="", help="by its name")
    parser.add_argument("--models", type=Path, nargs="*", default=[], help="folders of models")
    options = parser.parse_args()
    gold = [item for folder in options.data for item in items(folder / "pairs.jsonl")]
    said = [prediction["label"] for prediction in pairs(gold)]
    left = [g for g, label in zip(gold, said) if label == "neutral"]
    labels = np.array([g["label"] for g in left])
    right = int(np.sum(labels == "neutral"))
    print(f"{len(gold)} pairs, {sum(g['label'] == s for g, s in zip(gold, said))} right")
    print(f"{len(left)} are called neutral, {right} of them rightly")
    first, second = (load_embedder().embed([g[side] for g in left]) for side in "ab")
    cosines = np.sum(first * second, axis=1)
    print(f"embeddings: {with_threshold(cosines, labels)} right by cross-validation, ", end="")
    print(f"AUC {auc(cosines, np.isin(labels, SUPPORTING)):.3f}")
    model = load_model(NLI, options.nli, roots=options.models)
    if model:
        both = [(g["a"], g["b"]) for g in left]
        found = model.infer([*both, *((b, a) for a, b in both)], lambda index: None)
        called = [by_inference(f, b) for f, b in zip(found, found[len(left) :])]
        print(f"{model.name}: {int(np.sum(labels == np.array(called)))} right")


if __name__ == "__main__":
    main()
