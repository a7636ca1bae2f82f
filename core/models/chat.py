"""Captioner, writer and verifier of a model that can only be prompted: a hosted model or a text encoder."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Protocol

from PIL.Image import Image

from ..prompts import fenced, load_prompt
from . import ERROR, CaptionRequest, Completion, ModelProgress, WritingRequest
from .cleaning import answered, cleaned
from .failures import Failures
from .score_parser import parse_scores
from .scoring import undecided
from .writer_prompts import MAX_WRITTEN_TOKENS, writing_prompt

STATEMENTS = 60  # judged in one request: what three captions of five sentences claim of a patch (bench/RESULTS.md)
LINE_TOKENS = 8  # of an answer such as "12: 85"
AGAIN = 'Answer with one line for each statement, the number, a colon and 0 to 100, as in "1: 85".'
_log = logging.getLogger("patch_matters")


@dataclass(frozen=True)
class ChatRequest:
    """A prompt with an optional image, to which `n` answers are wanted.

    `schema`: the JSON schema that the answer is held to where the model can be; empty for plain text.
    """

    text: str
    image: Image | None = None
    n: int = 1
    temperature: float = 0.2
    max_tokens: int = 300
    seed: int = 0
    schema: str = ""


class ChatBackend(Protocol):
    name: str

    def ask(
        self, chat_requests: Sequence[ChatRequest], on_progress: ModelProgress
    ) -> list[list[Completion]]:
        """Return the answers to each request, in order. A failed request gives an error completion."""


class ChatCaptioner:
    """Describes images. The requests for all patches are sent together."""

    def __init__(self, model: ChatBackend):
        self.name, self._model = model.name, model
        self.remote = getattr(model, "remote", False)
        self._failures = Failures()

    def caption(
        self, requests: Sequence[CaptionRequest], on_progress: ModelProgress
    ) -> list[list[Completion]]:
        chat_requests = [
            ChatRequest(r.prompt, r.image, r.n, r.temperature, r.max_tokens, r.seed)
            for r in requests
        ]
        answers = self._model.ask(chat_requests, on_progress)
        self._failures.check(answers, f"model: {self.name}")
        return [[answered(c) for c in row] for row in answers]  # the stages clean captions


class ChatWriter:
    """Writes what the facts say; what it writes is checked against them."""

    generates = True

    def __init__(self, model: ChatBackend):
        self.name, self._model = model.name, model
        self.remote = getattr(model, "remote", False)

    def write(
        self, requests: Sequence[WritingRequest], on_progress: ModelProgress
    ) -> list[Completion]:
        prompts = [(writing_prompt(r), r.temperature, r.seed) for r in requests]
        return [cleaned(c) for c in self._said(prompts, on_progress)]

    def answer(
        self,
        prompts: Sequence[str],
        on_progress: ModelProgress,
        *,
        temperature: float,
        seed: int = 0,
    ) -> list[Completion]:
        return [
            answered(c) for c in self._said([(p, temperature, seed) for p in prompts], on_progress)
        ]

    def _said(
        self, prompts: Sequence[tuple[str, float, int]], on_progress: ModelProgress
    ) -> list[Completion]:
        chat_requests = [
            ChatRequest(text, None, 1, warmth, MAX_WRITTEN_TOKENS, seed)
            for text, warmth, seed in prompts
        ]
        return [row[0] for row in self._model.ask(chat_requests, on_progress)]


class ChatVerifier:
    """The score is the likelihood that the model states for a sentence, in hundredths.

    Up to `STATEMENTS` sentences on one image go in one request, because services charge for the image each time
    and few give the probabilities of their tokens. Language models favour what stands first (HalDec-Bench, arXiv
    2603.15253), so they are asked in a shuffled order; what they leave open (`undecided`) is asked again in the
    reverse order, and the mean counts. It is the model's own statement, not a measured probability. An answer in which no
    value can be read is asked for once more. A sentence of which nothing was read is not scored (None).
    """

    threshold = 0.5
    calibration = None

    def __init__(self, model: ChatBackend):
        self.name, self._model = model.name, model
        self.remote = getattr(model, "remote", False)
        self._failures = Failures()

    def score(
        self, batches: Sequence[tuple[Image, Sequence[str]]], on_progress: ModelProgress
    ) -> list[list[float | None]]:
        orders = []
        for _, texts in batches:
            order = list(range(len(texts)))
            random.Random("\n".join(texts)).shuffle(order)
            orders.append(order)
        given: list[list[list[float]]] = [[[] for _ in texts] for _, texts in batches]
        self._ask(batches, orders, given, on_progress)
        again = [
            [i for i in reversed(order) if any(row) and undecided(row[i][0] if row[i] else None)]
            for order, row in zip(orders, given)
        ]
        self._ask(batches, again, given, lambda index: on_progress(None))
        scores = [[fmean(values) if values else None for values in row] for row in given]
        missing = sum(score is None for row in scores for score in row)
        if missing:
            _log.warning(
                "%s: %d sentences were not scored: no score in its answer", self.name, missing
            )
        return scores

    def _ask(
        self,
        batches: Sequence[tuple[Image, Sequence[str]]],
        orders: Sequence[Sequence[int]],
        given: list[list[list[float]]],
        on_progress: ModelProgress,
    ) -> None:
        """Ask about the sentences of each image in an order (indices), and add what is read to `given`."""
        chat_requests, places = [], []
        for index, order in enumerate(orders):
            image, texts = batches[index]
            for start in range(0, len(order), STATEMENTS):
                numbers = order[start : start + STATEMENTS]
                said = enumerate((texts[i] for i in numbers), 1)
                lines = "\n".join(f"{n}. {fenced(text)}" for n, text in said)
                prompt = load_prompt("judge_many").format(statements=lines)
                tokens = 50 + LINE_TOKENS * len(numbers)
                chat_requests.append(
                    ChatRequest(prompt, image, 1, 0.0, tokens, schema=_schema(len(numbers)))
                )
                places.append((index, numbers))
        if not chat_requests:
            return
        on_part_progress = lambda i: on_progress(None if i is None else places[i][0])  # noqa: E731
        answers = self._model.ask(chat_requests, on_part_progress)
        self._failures.check(answers, f"model: {self.name}")
        read = [
            parse_scores(answered(answer[0]).text, len(numbers))
            for (_, numbers), answer in zip(places, answers)
        ]
        unread = [i for i, a in enumerate(answers) if not read[i] and a[0].finish != ERROR]
        if unread:
            again = [
                replace(chat_requests[i], text=f"{chat_requests[i].text}\n\n{AGAIN}", seed=1)
                for i in unread
            ]
            for i, answer in zip(unread, self._model.ask(again, lambda index: on_progress(None))):
                read[i] = parse_scores(answered(answer[0]).text, len(places[i][1]))
        for (index, numbers), found in zip(places, read):
            for number, value in found.items():
                given[index][numbers[number - 1]].append(value)

    def baseline(self, texts: Sequence[str], on_progress: ModelProgress) -> list[list[float]]:
        """Return empty lists, because a service charges for every request."""
        return [[] for _ in texts]


def _schema(count: int) -> str:
    """Return the JSON schema of a verifier's answer: the number of each statement, with its hundredths."""
    hundredths = {str(n): {"type": "integer"} for n in range(1, count + 1)}
    whole = {"type": "object", "properties": hundredths, "required": list(hundredths)}
    return json.dumps({**whole, "additionalProperties": False})


def chat_roles(model: ChatBackend) -> tuple[ChatCaptioner, ChatWriter, ChatVerifier]:
    """Return one vision model in its three roles."""
    return ChatCaptioner(model), ChatWriter(model), ChatVerifier(model)
