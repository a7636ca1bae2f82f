"""A simulation in which every fact is known: how many the final caption tells, and how many it invents.

    .venv/bin/python bench/facts.py [--scenes 20] [--plot facts.png]

Scenes and simulated models: bench/simulation.py. The captioner says several claims in a sentence, makes its
favourite mistakes and inventions again and again; the verifier has a given AUC and knows no rates of its own; the
writer merges, forgets and invents. The stages between them are the real ones. Lines: the caption of the whole image;
all captions in a row; the paper's algorithm (profile paper), also with its writer's text as it came, which the
paper's code does not check; the default profile. How far that one is above the paper's in F1 comes with the 95 %
interval of a paired bootstrap over scenes.

Models are called as often as counted; for the paper's line as often as its published code does it
(16 captions, 12 calls of a language model, two passes of the verifier a scored sentence).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import numpy as np  # noqa: E402
from simulated_text import facts_in  # noqa: E402
from simulation import (  # noqa: E402
    Scene,
    SimulatedCaptioner,
    SimulatedDetector,
    SimulatedVerifier,
    SimulatedWriter,
)

from core.aggregate import aggregate  # noqa: E402
from core.claims import Passage, Reading  # noqa: E402
from core.claims.reading import SyntaxReader  # noqa: E402
from core.describe import describe  # noqa: E402
from core.divide import divide  # noqa: E402
from core.filter import filter_statements  # noqa: E402
from core.image_record import ImageRecord  # noqa: E402
from core.models.registry import load_embedder  # noqa: E402
from core.profiles import PROFILES  # noqa: E402
from core.settings import AggregateSettings, DescribeSettings, FilterSettings  # noqa: E402

LINES = ("whole image", "all in a row", "paper", "paper, unchecked", "default")
ROUNDS = 2000  # of the bootstrap


class CachedReader:
    """The pack's own reader; what it read before is not read again."""

    name = SyntaxReader.name

    def __init__(self):
        self._reader, self._known = SyntaxReader(), {}

    def read(self, passages: Sequence[Passage]) -> list[Reading]:
        new = [p for p in dict.fromkeys(passages) if p not in self._known]
        self._known |= dict(zip(new, self._reader.read(new), strict=True)) if new else {}
        return [self._known[p] for p in passages]


@cache
def tools() -> tuple:
    """Reader and embedder of this process."""
    return CachedReader(), load_embedder()


def captioned(scene: Scene, profile: str, noise: float, verifier, writer) -> ImageRecord:
    """Return what a profile makes of a scene."""
    reader, embedder = tools()
    chosen = PROFILES[profile]
    captioner = SimulatedCaptioner(scene, noise)
    records = divide([scene.image()], detector=SimulatedDetector(scene), captioner=captioner)
    asked = DescribeSettings(
        candidates=chosen.candidates, temperature=chosen.temperature, seed=scene.seed
    )
    records = describe(records, captioner, asked)
    settings = FilterSettings(profile=chosen)
    records = filter_statements(records, verifier, embedder, settings, reader=reader, writer=writer)
    settings = AggregateSettings(profile=chosen, seed=scene.seed)
    return aggregate(records, writer, settings, reader=reader)[0]


def simulate(scene: Scene, noise: float, auc: float, invents: float) -> dict[str, tuple]:
    """Line -> the numbers of `fact_counts`, and the model calls."""
    results = {}
    for profile in ("paper", "default"):
        verifier, writer = SimulatedVerifier(scene, auc), SimulatedWriter(scene, invents)
        record = captioned(scene, profile, noise, verifier, writer)
        calls = sum(count for role, count in record.calls.items() if role != "detector")
        if profile == "paper":
            calls = 16 + 12 + 2 * verifier.scored
            results["paper, unchecked"] = (*fact_counts(writer.written, scene), calls)
        results[profile] = (*fact_counts(record.caption, scene), calls)
    said = [c.text for captions in record.candidates.values() for c in captions]
    results["whole image"] = (*fact_counts(record.global_caption, scene), 1)
    results["all in a row"] = (*fact_counts(" ".join(said), scene), len(said))
    return results


def fact_counts(text: str, scene: Scene) -> tuple[int, int, int, int]:
    """Return how many facts a text states, how many of them are true, how many wanted ones, and how many are wanted."""
    facts, wanted = facts_in(text)[0], scene.facts()
    return len(facts), len(facts & scene.true()), len(facts & wanted), len(wanted)


def scores(rows: np.ndarray) -> np.ndarray:
    """(..., scenes, 5) of `simulate` -> (..., 4) precision, recall, F1 over all scenes, calls a scene."""
    said, right, wanted, true, calls = np.moveaxis(np.asarray(rows, float).sum(axis=-2), -1, 0)
    precision, recall = right / np.maximum(1, said), wanted / np.maximum(1, true)
    f1 = 2 * precision * recall / np.maximum(1e-9, precision + recall)
    return np.stack([precision, recall, f1, calls / np.shape(rows)[-2]], axis=-1)


def difference(default: np.ndarray, paper: np.ndarray) -> tuple[float, float, float]:
    """Of F1, and its 95 % interval, by a paired bootstrap over scenes."""
    count = len(default)
    picks = np.random.default_rng(0).integers(0, count, (ROUNDS, count))
    found = scores(np.asarray(default)[picks])[:, 2] - scores(np.asarray(paper)[picks])[:, 2]
    whole = scores(default)[2] - scores(paper)[2]
    return (whole, *np.percentile(found, (2.5, 97.5)))


def cells_of(seed: int, noises, aucs, invents: float) -> dict[tuple, dict[str, tuple]]:
    """(noise, auc) -> the numbers of `simulate` of one scene; its captions are read once."""
    scene = Scene.random(seed)
    return {(n, a): simulate(scene, n, a, invents) for n in noises for a in aucs}


def grid(scenes: int, noises, aucs, invents: float, jobs: int = 1) -> dict[tuple, np.ndarray]:
    """(noise, auc, line) -> an array (scenes, 5) of the numbers of `simulate`."""
    one = partial(cells_of, noises=noises, aucs=aucs, invents=invents)
    if jobs > 1:
        with ProcessPoolExecutor(jobs) as pool:
            found = list(pool.map(one, range(scenes)))
    else:
        found = [one(seed) for seed in range(scenes)]
    return {
        (*cell, line): np.array([scene[cell][line] for scene in found])
        for cell in found[0]
        for line in LINES
    }


def plot(table, noises, aucs, file: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(aucs), figsize=(4 * len(aucs), 3.5), sharey=True)
    for axis, auc in zip(np.atleast_1d(axes), aucs):
        for line in LINES:
            f1 = [scores(table[n, auc, line])[2] for n in noises]
            axis.plot(noises, f1, marker="o", label=line)
        axis.set(title=f"matcher's AUC {auc}", xlabel="captioner's noise", ylim=(0, 1))
    np.atleast_1d(axes)[0].set_ylabel("F1 of facts")
    np.atleast_1d(axes)[0].legend()
    figure.tight_layout()
    figure.savefig(file, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenes", type=int, default=20)
    parser.add_argument("--noise", type=float, nargs="+", default=[0.1, 0.2, 0.3, 0.4])
    parser.add_argument("--auc", type=float, nargs="+", default=[0.7, 0.8, 0.9])
    parser.add_argument("--invents", type=float, default=0.1, help="of the writer, for each fact")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--plot", type=Path, help="write the curves into this image")
    options = parser.parse_args()
    table = grid(options.scenes, options.noise, options.auc, options.invents, options.jobs)
    print(f"{options.scenes} scenes; the writer adds {options.invents} inventions for each fact\n")
    print(f"{'noise':>6}{'AUC':>6}  {'':<16}{'precision':>10}{'recall':>8}{'F1':>8}{'calls':>8}")
    for (noise, auc, line), rows in table.items():
        cells = "".join(
            f"{v:>{w}.{d}f}" for v, w, d in zip(scores(rows), (10, 8, 8, 8), (3, 3, 3, 1))
        )
        print(f"{noise:>6}{auc:>6}  {line:<16}{cells}")
    print("\nF1 of the default profile above that of the paper's, 95 % interval (* not by chance)")
    print(f"{'noise':>6}{'AUC':>6}  {'paper':<26}paper, unchecked")
    for noise in options.noise:
        for auc in options.auc:
            cells = ""
            for line in ("paper", "paper, unchecked"):
                default, other = table[noise, auc, "default"], table[noise, auc, line]
                value, low, high = difference(default, other)
                star = "*" if low > 0 or high < 0 else " "
                cells += f"{value:+.3f} [{low:+.3f}, {high:+.3f}]{star}  "
            print(f"{noise:>6}{auc:>6}  {cells}".rstrip())
    if options.plot:
        plot(table, options.noise, options.auc, options.plot)


if __name__ == "__main__":
    main()
