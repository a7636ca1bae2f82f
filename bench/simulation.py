"""Invented scenes whose every fact is known, and simulated models that see, say, score and write them.

Scenes of objects with a colour, a number and a place; bench/simulated_text.py reads and writes the texts about them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from PIL import Image
from simulated_text import COLOURS, NOUNS, NUMBERS, Fact, Item, caption_of, facts_in, phrase

from core.english import number_word, plural
from core.models import Completion, Detection
from core.regions import Box, coverage

SIZE = (640, 480)
UNRELATED = 5  # scenes that a text is scored on where it is true by chance only
GAPS = NormalDist()


@dataclass(frozen=True)
class Scene:
    """What is in an image, and what its captioner likes to say wrong: items that are not there, and colours."""

    items: tuple[Item, ...]
    favourites: tuple[Item, ...]
    mistaken: tuple[str, ...]
    seed: int

    @classmethod
    def random(cls, seed: int) -> Scene:
        draw = random.Random(seed)
        nouns = draw.sample(NOUNS, 10)
        items = []
        for noun in nouns[:8]:
            width, height = draw.uniform(50, 200), draw.uniform(50, 200)
            x, y = draw.uniform(0, SIZE[0] - width), draw.uniform(0, SIZE[1] - height)
            box = Box(x, y, x + width, y + height)
            items.append(Item(noun, draw.choice(COLOURS), draw.choice((1, 1, 1, 2, 3)), box))
        favourites = tuple(Item(n, draw.choice(COLOURS), draw.choice((1, 2))) for n in nouns[8:])
        mistaken = tuple(draw.choice([c for c in COLOURS if c != i.colour]) for i in items)
        return cls(tuple(items), favourites, mistaken, seed)

    def image(self) -> Image.Image:
        """Return a canvas whose red and green say where a pixel is, so that a crop can be placed; items are
        drawn in its blue.
        """
        canvas = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        canvas[..., 0] = np.linspace(0, 255, SIZE[0])[None, :]
        canvas[..., 1] = np.linspace(0, 255, SIZE[1])[:, None]
        for number, item in enumerate(self.items):
            x1, y1, x2, y2 = item.box.pixels()
            canvas[y1:y2, x1:x2, 2] = 60 + 20 * number
        return Image.fromarray(canvas)

    def facts(self) -> set[Fact]:
        """Return what a caption should tell: items, and how each stands to the next."""
        relations = (relation(a, b) for a, b in zip(self.items, self.items[1:]))
        return {f for item in self.items for f in item.facts()} | set(relations)

    def seen(self, box: Box) -> list[Item]:
        return [item for item in self.items if coverage(item.box, box) >= 0.5]

    def true(self, box: Box = Box(0, 0, *SIZE)) -> set[Fact]:
        """Return all that holds of a part of the image."""
        seen = self.seen(box)
        found = {
            f for item in seen for f in (*item.facts(), ("number", item.noun, str(item.number)))
        }
        return found | {relation(a, b) for a in seen for b in seen if a is not b}


def relation(a: Item, b: Item) -> Fact:
    left = a.box.center[0] < b.box.center[0]
    return ("relation", a.noun, "left" if left else "right", b.noun)


class SimulatedCaptioner:
    """Omits, mistakes and invents, each at `noise`; less is omitted the larger an item looks.

    Half of its mistakes and most of its inventions are its favourites of the scene, so that they return in
    several captions and regions.
    """

    name = "simulated"

    def __init__(self, scene: Scene, noise: float):
        self._scene, self._noise = scene, noise

    def caption(self, requests, on_progress):
        answers = []
        for index, request in enumerate(requests):
            base = f"{self._scene.seed}/{request.seed}/{request.frame}"
            answers.append(
                [Completion(self._one(request.frame, base, c)) for c in range(request.n)]
            )
            on_progress(index)
        return answers

    def _one(self, frame: Box, base: str, candidate: int) -> str:
        # Samples of one model are alike in form: they share the draws of how a thing is said.
        draw, form = random.Random(f"{base}/{candidate}"), random.Random(base)
        width, height = SIZE
        box = Box(frame.x1 * width, frame.y1 * height, frame.x2 * width, frame.y2 * height)
        noticed: list[Item] = []
        for item, mistaken in zip(self._scene.items, self._scene.mistaken):
            looks = min(1.0, 5 * item.box.area / box.area)
            seen = coverage(item.box, box) >= 0.5
            if not seen or draw.random() > (1 - 0.5 * self._noise) * (0.35 + 0.65 * looks):
                continue
            number, colour = item.number, item.colour
            if draw.random() < 0.5 * self._noise:
                number = draw.choice([n for n in NUMBERS.values() if n > 1 and n != number])
            if draw.random() < self._noise:
                colour = draw.choice((mistaken, draw.choice(COLOURS)))
            noticed.append(Item(item.noun, colour, number, item.box))
        relations = []
        for n, item in enumerate(noticed[:-1]):
            other = noticed[min(n + draw.choice((1, 1, 2)), len(noticed) - 1)]
            if draw.random() < 0.5:
                fact = relation(item, other)
                if draw.random() < self._noise:
                    fact = (*fact[:2], "left" if fact[2] == "right" else "right", fact[3])
                relations.append(fact)
        noticed += [item for item in self._scene.favourites if draw.random() < self._noise]
        if draw.random() < self._noise:
            known = {item.noun for item in noticed}
            noun = draw.choice([n for n in NOUNS if n not in known])
            noticed.append(Item(noun, draw.choice(COLOURS), 1))
        return caption_of(noticed, relations, form)


class SimulatedVerifier:
    """Scores true and false texts so that one of each is ranked right with probability `auc`; a text that is
    partly true lies between.

    Half of its error lies in the text, whatever the crop: it has favourites, too. It knows no rates.
    """

    name = "simulated"
    threshold = 0.5
    calibration = None

    def __init__(self, scene: Scene, auc: float):
        self._scene, self._gap = scene, 2**0.5 * GAPS.inv_cdf(auc)
        self._others = [
            Scene.random(100_000 + UNRELATED * scene.seed + n) for n in range(UNRELATED)
        ]
        self.scored = 0

    def score(self, batches, on_progress):
        scores = []
        for index, (image, texts) in enumerate(batches):
            x, y = (image.getpixel((0, 0))[c] / 255 * SIZE[c] for c in (0, 1))
            box = Box(x, y, x + image.width, y + image.height)
            true = self._scene.true(box)
            scores.append([self._score(text, true, box.pixels()) for text in texts])
            self.scored += len(texts)
            on_progress(index)
        return scores

    def baseline(self, texts, on_progress):
        truths = [(other.seed, other.true()) for other in self._others]
        return [[self._score(text, true, seed) for seed, true in truths] for text in texts]

    def _score(self, text: str, true: set[Fact], place) -> float:
        asserted = facts_in(text)[1]
        right = len(asserted & true) / max(1, len(asserted))
        shared = random.Random(f"{self._scene.seed}/{text}").gauss(0, 0.5**0.5)
        own = random.Random(f"{self._scene.seed}/{text}/{place}").gauss(0, 0.5**0.5)
        return 1 / (1 + np.exp(-(shared + own + self._gap * (right - 0.5))))


class SimulatedWriter:
    """Merges the facts about each item and says them in its own words, forgets some, and adds inventions of its
    own: `rate` for each fact. `written` is the last text it wrote."""

    name = "simulated"
    generates = True

    def __init__(self, scene: Scene, rate: float):
        self._scene, self._rate = scene, rate
        self.written = ""

    def write(self, requests, on_progress):
        completions = []
        for index, request in enumerate(requests):
            texts = [fact.text for fact in request.facts]
            draw = random.Random(f"{self._scene.seed}/{len(texts)}")
            texts = [text for text in texts if draw.random() > FORGOTTEN]
            texts += [_invention(texts, draw) for _ in texts if draw.random() < self._rate]
            self.written = _merged(texts, draw)
            completions.append(Completion(self.written))
            on_progress(index)
        return completions

    def answer(self, prompts, on_progress, *, temperature, seed=0):
        return [Completion(self._answer(prompt)) for prompt in prompts]

    @staticmethod
    def _answer(prompt: str) -> str:
        """Sorts sentences without a fault, so that the paper's line does not suffer from a poor sorter; adds what
        a draft leaves out."""
        sentences = re.findall(r"^(\d+)\. \[caption (\d+)\] (.+)$", prompt, re.MULTILINE)
        if sentences:
            return sorted_sentences(sentences)
        draft, facts = re.search(
            r"^===\n(.*)\n---\n(.*)\n===$", prompt, re.DOTALL | re.MULTILINE
        ).groups()
        more = [line.removeprefix("- ") for line in facts.splitlines()]
        return f"{draft} {_merged(more, random.Random(draft))}".strip()


FORGOTTEN = 0.05  # of the facts a writer leaves out


def _invention(texts: Sequence[str], draw: random.Random) -> str:
    """Return an item that no fact names, or another colour or number for one that they name."""
    named = sorted({f[1] for text in texts for f in facts_in(text)[0]})
    new = Item(draw.choice([n for n in NOUNS if n not in named]), draw.choice(COLOURS), 1)
    if not named or draw.random() < 0.5:
        return f"There is {phrase(new)}."
    return f"The {draw.choice(named)} is {draw.choice(COLOURS)}."


def _merged(texts: Iterable[str], draw: random.Random) -> str:
    """Return the same facts, item by item; a value that differs from one said before in a sentence of its
    own.
    """
    items: dict[str, Item] = {}
    relations: list[Fact] = []
    others: list[str] = []
    for text in texts:
        found = facts_in(text)[0]
        if not found:
            others.append(text)
        for fact in sorted(found):
            several = re.search(rf"\b{plural(fact[1])}\b", text, re.IGNORECASE)
            item = items.setdefault(fact[1], Item(fact[1], "", 0 if several else 1))
            if fact[0] == "relation":
                relations.append(fact)
            elif fact[0] == "colour" and item.colour not in ("", fact[2]):
                others.append(f"The {item.noun} is {fact[2]}.")
            elif fact[0] == "number" and item.number > 1 and item.number != int(fact[2]):
                others.append(f"There are {number_word(int(fact[2]))} {plural(item.noun)}.")
            elif fact[0] != "object":
                value = fact[2] if fact[0] == "colour" else int(fact[2])
                items[fact[1]] = replace(item, **{fact[0]: value})
    return " ".join(
        [caption_of(list(items.values()), relations, draw), *dict.fromkeys(others)]
    ).strip()


def sorted_sentences(sentences: Sequence[tuple[str, str, str]]) -> str:
    """(number, caption, text) -> the groups as the paper's prompt asks for them. What is said twice is "same", and
    as in the paper's code contradicts nothing then."""
    same: dict[frozenset[Fact], list[str]] = {}
    for number, _, text in sentences:
        same.setdefault(facts_in(text)[0], []).append(number)
    lines = [f"same: {', '.join(numbers)}" for numbers in same.values() if len(numbers) > 1]
    disputed: list[list[tuple[str, frozenset[Fact]]]] = []
    for facts, [number, *more] in same.items():
        if more:
            continue
        for group in disputed:
            if all(_exclusive(facts, other) for _, other in group):
                group.append((number, facts))
                break
        else:
            disputed.append([(number, facts)])
    for group in disputed:
        kind = "contradictory" if len(group) > 1 else "unique"
        lines.append(f"{kind}: {', '.join(number for number, _ in group)}")
    return "\n".join(lines)


def _exclusive(a: frozenset[Fact], b: frozenset[Fact]) -> bool:
    """Return whether they give an item different values."""
    aspects = {(f[0], f[1], *f[3:]): f for f in a if f[0] != "object"}
    return any(aspects.get((f[0], f[1], *f[3:]), f) != f for f in b if f[0] != "object")


class SimulatedDetector:
    name = "simulated"
    needs_words = False

    def __init__(self, scene: Scene):
        self._scene = scene

    def detect(self, images, on_progress, words=()):
        draw = random.Random(self._scene.seed)
        found = [item for item in self._scene.items if draw.random() < 0.7]
        return [[Detection(i.box, i.noun, draw.uniform(0.3, 1)) for i in found] for _ in images]
