"""A model that can only be asked (a hosted one, a text encoder) as captioner, as writer and as judge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from PIL.Image import Image

from ..errors import PatchMattersError
from ..prompts import load_prompt
from . import ERROR, CaptionRequest, Completion, Tick, WritingRequest
from .thinking import without_thinking
from .writing import MAX_WRITTEN_TOKENS, writing_prompt

STATEMENTS = 40  # judged in one request
LINE_TOKENS = 8  # of an answer such as "12: 85"
_LINE = re.compile(r"^\W*(\d+)\W+(\d{1,3})(?:\s*%|\s*/\s*100)?\W*$", re.MULTILINE)


@dataclass(frozen=True)
class Ask:
    """What a stage wants to know: `n` answers to a text, about an image if there is one."""

    text: str
    image: Image | None = None
    n: int = 1
    temperature: float = 0.2
    max_tokens: int = 300
    seed: int = 0


class Askable(Protocol):
    name: str

    def ask(self, asks: Sequence[Ask], tick: Tick) -> list[list[Completion]]:
        """The answers to each, in order. One that fails is an error of its own."""


class AskedCaptioner:
    """Describes images; all patches are asked about at once."""

    def __init__(self, model: Askable):
        self.name, self._model = model.name, model

    def caption(self, requests: Sequence[CaptionRequest], tick: Tick) -> list[list[Completion]]:
        asks = [Ask(r.prompt, r.image, r.n, r.temperature, r.max_tokens, r.seed) for r in requests]
        answers = self._model.ask(asks, tick)
        _check_some(answers, self.name)
        return [[_plain(c) for c in row] for row in answers]


class AskedWriter:
    """Writes what the facts say; what it writes is checked against them."""

    generates = True

    def __init__(self, model: Askable):
        self.name, self._model = model.name, model

    def write(self, requests: Sequence[WritingRequest], tick: Tick) -> list[Completion]:
        return self._said(
            [
                Ask(writing_prompt(r), None, 1, r.temperature, MAX_WRITTEN_TOKENS, r.seed)
                for r in requests
            ],
            tick,
        )

    def answer(
        self, prompts: Sequence[str], tick: Tick, *, temperature: float, seed: int = 0
    ) -> list[Completion]:
        asks = [Ask(p, None, 1, temperature, MAX_WRITTEN_TOKENS, seed) for p in prompts]
        return self._said(asks, tick)

    def _said(self, asks: Sequence[Ask], tick: Tick) -> list[Completion]:
        return [_plain(row[0]) for row in self._model.ask(asks, tick)]


class AskedJudge:
    """Score: how likely the model says it is that a sentence is true, in hundredths.

    All sentences on one image go in one request, for services charge for the image each time and few
    give the probabilities of their tokens. It is what the model says, no measured
    probability. A sentence that the answer leaves out is not scored.
    """

    threshold = 0.5
    calibration = None

    def __init__(self, model: Askable):
        self.name, self._model = model.name, model

    def score(
        self, batches: Sequence[tuple[Image, Sequence[str]]], tick: Tick
    ) -> list[list[float | None]]:
        asks, places = [], []
        for index, (image, texts) in enumerate(batches):
            for start in range(0, len(texts), STATEMENTS):
                part = texts[start : start + STATEMENTS]
                lines = "\n".join(f"{i}. {text}" for i, text in enumerate(part, 1))
                prompt = load_prompt("judge_many").format(statements=lines)
                asks.append(Ask(prompt, image, 1, 0.0, 50 + LINE_TOKENS * len(part)))
                places.append((index, start, len(part)))
        scores: list[list[float | None]] = [[None] * len(texts) for _, texts in batches]
        ticks = lambda i: tick(None if i is None else places[i][0])  # noqa: E731
        answers = self._model.ask(asks, ticks)
        _check_some(answers, self.name)
        for (index, start, size), answer in zip(places, answers):
            for number, value in judgements(_plain(answer[0]).text).items():
                if 1 <= number <= size:
                    scores[index][start + number - 1] = value
        return scores

    def baseline(self, texts: Sequence[str], tick: Tick) -> list[list[float]]:
        """Nothing: a service charges for every question."""
        return [[] for _ in texts]


def asked(model: Askable) -> tuple[AskedCaptioner, AskedWriter, AskedJudge]:
    """One model in the three roles of one that sees."""
    return AskedCaptioner(model), AskedWriter(model), AskedJudge(model)


def _check_some(answers: list[list[Completion]], name: str) -> None:
    """One failed patch costs that patch; where all failed, there is nothing to go on with. (A writer
    that fails is another matter: the rules write then.)

    Raises:
        PatchMattersError: every answer is an error.
    """
    details = [c.detail for row in answers for c in row if c.finish == ERROR]
    if details and len(details) == sum(map(len, answers)):
        raise PatchMattersError(f"model: {name}: {details[0]}")


def judgements(text: str) -> dict[int, float]:
    """ "1: 85" in each line -> number of the statement: 0..1. Other lines are passed over."""
    return {int(n): min(int(v), 100) / 100 for n, v in _LINE.findall(text)}


def _plain(completion: Completion) -> Completion:
    return replace(completion, text=without_thinking(completion.text))
