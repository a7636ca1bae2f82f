"""The model roles as protocols. Each backend is a file of its own in this package.

Importing this package loads no model and no heavy library; a backend does so when it is first used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..regions import Box

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    from ..evidence import Calibration

STOP, LENGTH, REFUSAL, ERROR = "stop", "length", "refusal", "error"

ModelProgress = Callable[[int | None], None]
"""Called with the index of each request as it is finished, and with None for each generated token:
it may raise to interrupt."""


@dataclass(frozen=True)
class Detection:
    """One object found: its box in pixels, its class name, and its score (0..1)."""

    box: Box
    label: str
    score: float


@dataclass(frozen=True)
class CaptionRequest:
    """A request for `n` captions of one image.

    `frame` says where the image lies in the whole image, as fractions of it, so that a captioner
    can name places in the image rather than in the crop.
    """

    image: Image
    prompt: str
    n: int = 1
    temperature: float = 0.2
    max_tokens: int = 300
    seed: int = 0
    frame: Box = Box(0, 0, 1, 1)


@dataclass(frozen=True)
class Completion:
    """A model's answer, and how it ended: stop, length, refusal or error.

    With `error`, `text` is empty and `detail` says in a sentence what went wrong. `tokens` were
    generated for it (0 if that is not known). `requests` were sent for it: 0 for an answer from the
    cache; None if a single call of a model gave several answers.
    """

    text: str
    finish: str = STOP
    detail: str = ""
    tokens: int = 0
    requests: int | None = None


def requests_of(completions: Sequence[Completion]) -> int:
    """Return how many requests the answers to one question took."""
    counted = [c.requests for c in completions if c.requests is not None]
    return sum(counted) if counted else 1


@dataclass(frozen=True)
class Fact:
    """One kept statement, as a writer gets it."""

    text: str
    place: str  # the name of the smallest region that said it
    box: Box  # of that region, as fractions of the image
    score: float | None
    order: int = 0  # its place among all statements, in the order of the captions
    thing: str = ""  # what it is about: "the woman in the red coat"


@dataclass(frozen=True)
class WritingRequest:
    """A request for one description that states `facts` (most important first) and nothing else.

    `max_sentences` of 0 sets no limit. `drafts` are (place, description) pairs written of the same
    facts before, to be merged; empty unless the writing goes level by level. `instruction` says how it is to be
    written, in a `language` ("zh") of which the prompts are; empty for English ones.
    """

    facts: tuple[Fact, ...]
    max_sentences: int = 0
    drafts: tuple[tuple[str, str], ...] = ()
    temperature: float = 0.2
    seed: int = 0
    instruction: str = ""
    language: str = ""


class Detector(Protocol):
    """Detects objects of its own classes, or, if `needs_words`, the words that it is given."""

    name: str
    needs_words: bool

    def detect(
        self,
        images: Sequence[Image],
        on_progress: ModelProgress,
        words: Sequence[Sequence[str]] = (),
    ) -> list[list[Detection]]:
        """Return the objects of each image. `words`: what to look for in each, where it needs words."""


class Captioner(Protocol):
    """Describes images. One that has a `prior` (an `evidence.Prior`) says how reliable its claims are; the
    others get the prior of a vision-language model."""

    name: str

    def caption(
        self, requests: Sequence[CaptionRequest], on_progress: ModelProgress
    ) -> list[list[Completion]]: ...


class Verifier(Protocol):
    """Scores how well texts fit an image.

    Attributes:
        threshold: the score (0..1) from which the paper's profile keeps a sentence.
        calibration: turns scores into evidence, if that was measured; None if not. Scores are then compared with
            those of the same texts where they cannot be true (`baseline`).
    """

    name: str
    threshold: float
    calibration: Calibration | None

    def score(
        self, batches: Sequence[tuple[Image, Sequence[str]]], on_progress: ModelProgress
    ) -> list[list[float | None]]:
        """Return a score (0..1) for each text of each image; None for a text it cannot score."""

    def baseline(self, texts: Sequence[str], on_progress: ModelProgress) -> list[list[float]]:
        """Return what each text scores where it cannot be true: on unrelated images, or without an image.
        Empty lists from a verifier that would pay more for it than for the scores themselves.
        """


class Writer(Protocol):
    """Phrases facts. `generates` is false for one that only arranges the facts' own sentences.

    What a generating writer writes is checked against the facts before it is used.
    """

    name: str
    generates: bool

    def write(
        self, requests: Sequence[WritingRequest], on_progress: ModelProgress
    ) -> list[Completion]: ...


class ChatModel(Writer, Protocol):
    """A writer that can also answer any other prompt."""

    def answer(
        self,
        prompts: Sequence[str],
        on_progress: ModelProgress,
        *,
        temperature: float,
        seed: int = 0,
    ) -> list[Completion]: ...


@dataclass(frozen=True)
class Inference:
    """Probabilities (0..1) that a hypothesis follows from a premise, is left open by it, or contradicts it."""

    entailment: float
    neutral: float
    contradiction: float


class NLI(Protocol):
    """Natural language inference."""

    name: str

    def infer(
        self, pairs: Sequence[tuple[str, str]], on_progress: ModelProgress
    ) -> list[Inference]:
        """Return one inference for each (premise, hypothesis)."""


class Embedder(Protocol):
    name: str

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return a float32 array of shape (len(texts), d); every row has unit length."""
