"""Clips of plain frames, and fakes of a captioner and a verifier that know what each frame shows by its colour.

The fakes stand in for a vision-language model, whose weights cannot be had.
"""

from __future__ import annotations

import re

import numpy as np
from PIL import Image

from core.models import Completion

SIZE = (320, 200)


class Scene:
    """What frames that look alike show, as a caption.

    A statement is true of it if all its words are among those of the caption and of `true`. `covered`: most of the frame
    is hidden by something else.
    """

    def __init__(self, number: int, caption: str, true: str = "", covered: bool = False):
        self.number, self.caption, self.covered = number, caption, covered
        self.words = _words(f"{caption} {true}")

    def frame(self) -> Image.Image:
        """Return a frame: blocks drawn from the scene's own random numbers, so that each scene has its own colours."""
        rng = np.random.default_rng(self.number)
        blocks = rng.integers(40, 215, (5, 8, 3)).astype(np.uint8)
        image = Image.fromarray(blocks).resize(SIZE, Image.Resampling.NEAREST)
        if self.covered:
            other = np.random.default_rng(self.number + 100).integers(0, 255, (3, 4, 3))
            block = Image.fromarray(other.astype(np.uint8)).resize(
                (160, 120), Image.Resampling.NEAREST
            )
            image.paste(block, (100, 60))
        return image


def _words(text: str) -> set[str]:
    stems = re.findall(r"[a-z]+", text.lower())
    always = "there a an the i are ha be wear stand lie ly".split()
    return {re.sub(r"(?:ing|es|s)$", "", w) for w in stems} | {*always}


class Known:
    """Finds the scene of a view of it by its colours."""

    def __init__(self, *scenes: Scene):
        self.colours = [
            (set(map(tuple, np.asarray(s.frame()).reshape(-1, 3)[::37])), s) for s in scenes
        ]

    def of(self, image: Image.Image) -> Scene:
        seen = set(map(tuple, np.asarray(image).reshape(-1, 3)[::37]))
        return max(self.colours, key=lambda c: len(c[0] & seen))[1]


class SceneCaptioner:
    """A fake: says the caption of the scene that it is shown, of the image and of every patch of it."""

    name = "test:scripted"

    def __init__(self, known: Known):
        self.known, self.requests = known, 0

    def caption(self, requests, on_progress):
        answers = []
        for index, request in enumerate(requests):
            self.requests += 1
            text = self.known.of(request.image).caption
            answers.append([Completion(text, requests=int(c == 0)) for c in range(request.n)])
            on_progress(index)
        return answers


class SceneVerifier:
    """A fake: a statement is true of a scene if all its words are among the scene's."""

    name = "test:scripted"
    threshold = 0.5
    calibration = None

    def __init__(self, known: Known):
        self.known, self.requests = known, 0

    def score(self, batches, on_progress):
        answers = []
        for index, (image, texts) in enumerate(batches):
            self.requests += 1
            words = self.known.of(image).words
            answers.append([0.95 if _words(t) <= words else 0.04 for t in texts])
            on_progress(index)
        return answers

    def baseline(self, texts, on_progress):
        return [[] for _ in texts]
