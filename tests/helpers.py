"""Parts that several tests use. The scripted models stand in for models whose weights cannot be had."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from PIL import Image

from core.image_record import ImageRecord
from core.models import Completion, Detection
from core.regions import IMAGE, SPATIAL, WHOLE, Box, Region

FULL = False  # whether --full was given; set before any test module is imported


def scale(examples: int) -> int:
    """How many examples a randomised test takes: a tenth of them, or all with --full."""
    return examples if FULL else max(1, examples // 10)


def fuzz(examples: int):
    """Settings of a hypothesis test: `scale(examples)` examples, the same ones in every run."""
    return settings(
        max_examples=scale(examples),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )


class ScriptedCaptioner:
    """A fake: says what it was told to, by the size of the image it is shown."""

    name = "test:scripted"

    def __init__(self, script: dict[tuple[int, int], list[str | Completion]]):
        self.script = script
        self.requests = []

    def caption(self, requests, on_progress):
        answers = []
        for index, request in enumerate(requests):
            self.requests.append(request)
            said = self.script.get(request.image.size, [""])
            answers.append([c if isinstance(c, Completion) else Completion(c) for c in said])
            on_progress(index)
        return answers


class ScriptedVerifier:
    """A fake: scores by text, on every image alike; 0.9 where the script says nothing."""

    name = "test:scripted"
    threshold = 0.3
    calibration = None

    def __init__(self, scores: dict[str, float | None] | None = None):
        self.scores = scores or {}
        self.batches = []

    def score(self, batches, on_progress):
        answers = []
        for index, (image, texts) in enumerate(batches):
            self.batches.append((image.size, list(texts)))
            answers.append([self.scores.get(text, 0.9) for text in texts])
            on_progress(index)
        return answers

    def baseline(self, texts, on_progress):
        return [[] for _ in texts]


class ScriptedWriter:
    """A fake: answers with the texts it was given, in turn."""

    name = "test:scripted"
    generates = True

    def __init__(self, *answers: str | Completion):
        self.answers = list(answers)
        self.requests = []

    def write(self, requests, on_progress):
        self.requests += requests
        return [
            a if isinstance(a, Completion) else Completion(a)
            for a in (self.answers.pop(0) for _ in requests)
        ]

    def answer(self, prompts, on_progress, *, temperature, seed=0):
        return self.write(prompts, on_progress)


class FixedDetector:
    """Finds the same boxes in every image: (label, score, x1, y1, x2, y2)."""

    name = "test:fixed"
    needs_words = False

    def __init__(self, *found):
        self.found = [Detection(Box(*box), label, score) for label, score, *box in found]

    def detect(self, images, on_progress, words=()):
        return [self.found for _ in images]


def record_with(
    candidates: dict[str, list[str]], boxes: dict[str, tuple] | None = None
) -> ImageRecord:
    """A 100 x 100 picture whose patches have these captions (region name -> candidates)."""
    boxes = boxes or {}
    children = tuple(
        Region(name, SPATIAL, Box(*boxes.get(name, (0, 0, 50, 50))))
        for name in candidates
        if name != WHOLE
    )
    root = Region(WHOLE, IMAGE, Box(0, 0, 100, 100), children)
    said = {
        name: tuple(c if isinstance(c, Completion) else Completion(c) for c in texts)
        for name, texts in candidates.items()
    }
    return ImageRecord(Image.new("RGB", (100, 100), "white"), root, candidates=said)
