"""A simulation in which every fact is known: how many the final caption tells, and how many it invents.

    .venv/bin/python bench/facts.py [--scenes 20] [--plot facts.png]

Scenes of objects with a colour, a number and a place. A simulated captioner omits and invents at
given rates, repeats its favourite inventions of a scene, takes a colour or a number for another, and
sees more in a patch than in the whole; a simulated matcher scores with a given AUC; a simulated writer
adds inventions of its own. The stages between them are the real ones. Lines: the caption of the whole
picture; all captions in a row; the paper's algorithm (profile paper); the default profile.

Models are called as often as counted; for the paper's line as often as its published code does it
(16 captions, 12 calls of a language model, two passes of the matcher a scored sentence).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from core.aggregate import grounded_sentences  # noqa: E402
from core.models import Completion, Detection  # noqa: E402
from core.models.registry import load_embedder  # noqa: E402
from core.pipeline import Models, caption_images, profile_settings  # noqa: E402
from core.regions import Box, coverage  # noqa: E402
from core.statements import split_sentences  # noqa: E402
from core.words import article, number_word, plural  # noqa: E402

SIZE = (640, 480)
NOUNS = (
    "dog cat horse bicycle umbrella bench kite bottle laptop clock vase truck boat elephant pizza "
    "guitar ladder statue lamp suitcase tent fountain mailbox scarecrow telescope windmill drum "
    "wheelbarrow piano helmet lantern anchor basket candle cactus carpet"
).split()
COLOURS = ("red", "blue", "green", "yellow", "black", "white")
GAPS = NormalDist()
Fact = tuple[str, ...]


@dataclass(frozen=True)
class Thing:
    noun: str
    colour: str
    number: int
    box: Box

    def facts(self) -> list[Fact]:
        return [("number", self.noun, str(self.number)), ("colour", self.noun, self.colour)]


@dataclass(frozen=True)
class Scene:
    """What is in a picture, and the two things that its captioner likes to invent."""

    things: tuple[Thing, ...]
    favourites: tuple[str, ...]
    seed: int

    @classmethod
    def random(cls, seed: int) -> Scene:
        draw = random.Random(seed)
        nouns = draw.sample(NOUNS, 10)
        things = []
        for noun in nouns[:8]:
            width, height = draw.uniform(50, 200), draw.uniform(50, 200)
            x, y = draw.uniform(0, SIZE[0] - width), draw.uniform(0, SIZE[1] - height)
            number = draw.choice((1, 1, 1, 2, 3))
            box = Box(x, y, x + width, y + height)
            things.append(Thing(noun, draw.choice(COLOURS), number, box))
        return cls(tuple(things), tuple(nouns[8:]), seed)

    def image(self) -> Image.Image:
        """A canvas whose red and green say where a pixel is, so that a crop can be placed; things
        are drawn in its blue."""
        canvas = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        canvas[..., 0] = np.linspace(0, 255, SIZE[0])[None, :]
        canvas[..., 1] = np.linspace(0, 255, SIZE[1])[:, None]
        for number, thing in enumerate(self.things):
            x1, y1, x2, y2 = thing.box.pixels()
            canvas[y1:y2, x1:x2, 2] = 60 + 20 * number
        return Image.fromarray(canvas)

    def facts(self) -> set[Fact]:
        relations = (relation(a, b) for a, b in zip(self.things, self.things[1:]))
        return {f for thing in self.things for f in thing.facts()} | set(relations)

    def true(self, fact: Fact | None) -> bool:
        """Whether a fact holds: more do than are counted on, for things stand to each other."""
        return fact in self.facts() or fact in {
            relation(a, b) for a in self.things for b in self.things if a is not b
        }

    def seen(self, box: Box) -> list[Thing]:
        return [thing for thing in self.things if coverage(thing.box, box) >= 0.5]


def relation(a: Thing, b: Thing) -> Fact:
    left = a.box.center[0] < b.box.center[0]
    return ("relation", a.noun, "left" if left else "right", b.noun)


def sentence(fact: Fact) -> str:
    kind, noun, value, *other = fact
    if kind == "colour":
        return f"The {noun} is {value}."
    if kind == "relation":
        return f"The {noun} is to the {value} of the {other[0]}."
    if value == "1":
        return f"There is {article(noun)}."
    return f"There are {number_word(int(value))} {plural(noun)}."


SENTENCES = {
    sentence(fact): fact
    for noun in NOUNS
    for fact in [
        *(("number", noun, str(n)) for n in (1, 2, 3, 4)),
        *(("colour", noun, colour) for colour in COLOURS),
        *(("relation", noun, side, b) for side in ("left", "right") for b in NOUNS if b != noun),
    ]
}


class SimulatedCaptioner:
    """Omits, mistakes and invents; each at `noise`, and less is omitted the larger a thing looks."""

    name = "simulated"

    def __init__(self, scene: Scene, noise: float):
        self._scene, self._noise = scene, noise

    def caption(self, requests, tick):
        answers = []
        for index, request in enumerate(requests):
            draws = (
                random.Random(f"{self._scene.seed}/{request.seed}/{request.frame}/{c}")
                for c in range(request.n)
            )
            answers.append([Completion(self._one(request.frame, draw)) for draw in draws])
            tick(index)
        return answers

    def _one(self, frame: Box, draw: random.Random) -> str:
        width, height = SIZE
        box = Box(frame.x1 * width, frame.y1 * height, frame.x2 * width, frame.y2 * height)
        told: list[Fact] = []
        before: Thing | None = None
        for thing in self._scene.seen(box):
            looks = min(1.0, 5 * thing.box.area / box.area)
            if draw.random() > (1 - 0.5 * self._noise) * (0.35 + 0.65 * looks):
                continue
            number, colour = thing.facts()
            if draw.random() < 0.5 * self._noise:
                number = (*number[:2], str(1 + int(number[2]) % 4))
            if draw.random() < self._noise:
                colour = (*colour[:2], draw.choice(COLOURS))
            told += [number, colour]
            if before and draw.random() < 0.5:
                fact = relation(before, thing)
                if draw.random() < self._noise:
                    fact = (*fact[:2], "left" if fact[2] == "right" else "right", fact[3])
                told.append(fact)
            before = thing
        for favourite in self._scene.favourites:
            if draw.random() < self._noise:
                told += [("number", favourite, "1"), ("colour", favourite, "red")]
        if draw.random() < self._noise:
            told.append(("number", draw.choice(NOUNS), "1"))
        return " ".join(dict.fromkeys(sentence(fact) for fact in told))


class SimulatedMatcher:
    """Scores true and false sentences so that one of each is ranked right with probability `auc`.

    Half of its error lies in the sentence, whatever the crop: it has favourites, too.
    """

    name = "simulated"
    threshold = 0.5
    pooled_threshold = None
    contrast = True
    kin = ()

    def __init__(self, scene: Scene, auc: float):
        self._scene, self._gap = scene, 2**0.5 * GAPS.inv_cdf(auc)
        hit = GAPS.cdf(self._gap / 2)
        self.rates = (hit, 1 - hit)
        self.scored = 0

    def score(self, batches, tick):
        scores = []
        for index, (image, texts) in enumerate(batches):
            box = self._place(image)
            scores.append([self._score(text, box) for text in texts])
            self.scored += len(texts)
            tick(index)
        return scores

    @staticmethod
    def _place(crop: Image.Image) -> Box:
        x, y = (crop.getpixel((0, 0))[c] / 255 * SIZE[c] for c in (0, 1))
        return Box(x, y, x + crop.width, y + crop.height)

    def _score(self, text: str, box: Box) -> float:
        said, seen = SENTENCES.get(text), self._scene.seen(box)
        true = {f for thing in seen for f in thing.facts()}
        true |= {relation(a, b) for a in seen for b in seen if a is not b}
        shared = random.Random(f"{self._scene.seed}/{text}").gauss(0, 0.5**0.5)
        own = random.Random(f"{self._scene.seed}/{text}/{box.pixels()}").gauss(0, 0.5**0.5)
        evidence = shared + own + (self._gap if said in true else 0) - self._gap / 2
        return 1 / (1 + np.exp(-evidence))


class SimulatedWriter:
    """Writes the facts as they are, and in between inventions: `rate` for each fact."""

    name = "simulated"
    generates = True

    def __init__(self, scene: Scene, rate: float):
        self._scene, self._rate = scene, rate

    def write(self, requests, tick):
        completions = []
        for index, request in enumerate(requests):
            draw = random.Random(f"{self._scene.seed}/{len(request.facts)}")
            text = []
            for fact in request.facts:
                text.append(fact.text)
                if draw.random() < self._rate:
                    text.append(draw.choice(list(SENTENCES)))
            completions.append(Completion(" ".join(dict.fromkeys(text))))
            tick(index)
        return completions

    def answer(self, prompts, tick, *, temperature, seed=0):
        """Sorts sentences without a fault: the paper's line is not to suffer from a poor sorter."""
        return [Completion(self._sorted(prompt)) for prompt in prompts]

    @staticmethod
    def _sorted(prompt: str) -> str:
        """What is said twice is "same", and as in the paper's code contradicts nothing then."""
        subjects: dict[Fact, dict[Fact, list[str]]] = {}
        for number, text in re.findall(r"^(\d+)\. \[caption \d+\] (.+)$", prompt, re.MULTILINE):
            fact = SENTENCES[text]
            subject = fact[:2] + fact[3:]
            subjects.setdefault(subject, {}).setdefault(fact, []).append(number)
        lines = []
        for values in subjects.values():
            once = [numbers[0] for numbers in values.values() if len(numbers) == 1]
            lines += [f"same: {', '.join(n)}" for n in values.values() if len(n) > 1]
            lines.append(f"{'contradictory' if len(once) > 1 else 'unique'}: {', '.join(once)}")
        return "\n".join(lines)


class SimulatedDetector:
    name = "simulated"
    needs_words = False

    def __init__(self, scene: Scene):
        self._scene = scene

    def detect(self, images, tick, words=()):
        draw = random.Random(self._scene.seed)
        found = [t for t in self._scene.things if draw.random() < 0.7]
        return [[Detection(t.box, t.noun, draw.uniform(0.3, 1)) for t in found] for _ in images]


class RememberingEmbedder:
    """The real sentence model; a sentence that came before is not embedded again."""

    def __init__(self):
        self._model, self._known = load_embedder(), {}
        self.name = self._model.name

    def embed(self, texts):
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= dict(zip(new, self._model.embed(new))) if new else {}
        return np.array([self._known[text] for text in texts]).reshape(len(texts), -1)


LINES = ("whole picture", "all in a row", "paper", "default")


def simulate(scene: Scene, noise: float, auc: float, invents: float, embedder) -> dict[str, tuple]:
    """Line -> the numbers of `told`, and the model calls."""
    results = {}
    for profile in ("paper", "default"):
        matcher = SimulatedMatcher(scene, auc)
        models = Models(
            SimulatedDetector(scene),
            SimulatedCaptioner(scene, noise),
            matcher,
            SimulatedWriter(scene, invents),
            embedder,
        )
        settings = profile_settings(profile, seed=scene.seed)
        [picture] = caption_images([scene.image()], models, settings)
        calls = sum(count for role, count in picture.calls.items() if role != "detector")
        if profile == "paper":
            calls = 16 + 12 + 2 * matcher.scored
        results[profile] = (*told(picture.caption, scene), calls)
    said = [[c.text for c in told_] for told_ in picture.candidates.values()]
    results["whole picture"] = (*told(picture.global_caption, scene), 1)
    everything = " ".join(text for texts in said for text in texts)
    asked = sum(len(texts) for texts in said)
    results["all in a row"] = (*told(everything, scene), asked)
    return results


def told(text: str, scene: Scene) -> tuple[int, int, int, int]:
    """Facts told, those that are true, those that were to be told, and how many were to be."""
    facts, wanted = {SENTENCES.get(s) for s in split_sentences(text)}, scene.facts()
    return len(facts), sum(map(scene.true, facts)), len(facts & wanted), len(wanted)


def scores(rows: list[tuple]) -> tuple[float, float, float, float]:
    said, right, wanted, true, calls = (sum(column) for column in zip(*rows))
    precision, recall = right / max(1, said), wanted / true
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return precision, recall, f1, calls / len(rows)


def grid(scenes: int, noises, aucs, invents: float):
    """(noise, auc, line) -> precision, recall, F1, calls a picture."""
    embedder = RememberingEmbedder()
    table = {}
    for noise in noises:
        for auc in aucs:
            found = [
                simulate(Scene.random(seed), noise, auc, invents, embedder)
                for seed in range(scenes)
            ]
            for line in LINES:
                table[noise, auc, line] = scores([result[line] for result in found])
    return table


def writing(scenes: int, rates, embedder) -> dict[float, tuple[float, float]]:
    """Invention rate of the writer -> the shares of inventions left out and of facts left out."""
    found = {}
    for rate in rates:
        invented = caught = facts = lost = 0
        for seed in range(scenes):
            scene = Scene.random(seed)
            known = [sentence(fact) for fact in sorted(scene.facts())]
            draw = random.Random(seed)
            others = [s for s in SENTENCES if s not in known]
            added = draw.sample(others, max(1, round(rate * len(known))))
            kept = grounded_sentences([*known, *added], known, embedder)
            invented, caught = invented + len(added), caught + kept[len(known) :].count(False)
            facts, lost = facts + len(known), lost + kept[: len(known)].count(False)
        found[rate] = (caught / invented, lost / facts)
    return found


def plot(table, noises, aucs, file: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(aucs), figsize=(4 * len(aucs), 3.5), sharey=True)
    for axis, auc in zip(np.atleast_1d(axes), aucs):
        for line in LINES:
            axis.plot(noises, [table[n, auc, line][2] for n in noises], marker="o", label=line)
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
    parser.add_argument("--plot", type=Path, help="write the curves into this picture")
    options = parser.parse_args()
    table = grid(options.scenes, options.noise, options.auc, options.invents)
    print(f"{options.scenes} scenes; the writer adds {options.invents} inventions for each fact\n")
    print(f"{'noise':>6}{'AUC':>6}  {'':<16}{'precision':>10}{'recall':>8}{'F1':>8}{'calls':>8}")
    for (noise, auc, line), (precision, recall, f1, calls) in table.items():
        print(
            f"{noise:>6}{auc:>6}  {line:<16}{precision:>10.3f}{recall:>8.3f}{f1:>8.3f}{calls:>8.1f}"
        )
    print("\nThe check of what the writer wrote (inventions left out, facts lost)")
    for rate, (caught, lost) in writing(options.scenes, (0.1, 0.3), RememberingEmbedder()).items():
        print(
            f"    {rate:.1f} inventions a fact: {caught:.2f} left out, {lost:.2f} of the facts lost"
        )
    if options.plot:
        plot(table, options.noise, options.auc, options.plot)


if __name__ == "__main__":
    main()
