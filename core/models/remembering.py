"""A captioner whose answers are kept on disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from . import ERROR, Captioner, CaptionRequest, Completion, Tick
from .answers import Answers

BATCH = 16  # requests between two times of keeping; those in between are lost in a crash


class RememberingCaptioner:
    """Asks only what it was not asked before.

    Args:
        identity: what an answer depends on besides the request: the model and how it is loaded.
        failed: is called where an answer is missing, which another run may bring.
    """

    def __init__(
        self,
        captioner: Captioner,
        answers: Answers,
        identity: Sequence,
        failed: Callable[[], None] = lambda: None,
    ):
        self.name, self._failed = captioner.name, failed
        self._captioner, self._answers, self._identity = captioner, answers, identity

    def caption(self, requests: Sequence[CaptionRequest], tick: Tick) -> list[list[Completion]]:
        keys = [self._key(request) for request in requests]
        found = {i: kept for i, key in enumerate(keys) if (kept := self._answers.get(key))}
        for index in found:
            tick(index)
        missing = [i for i in range(len(requests)) if i not in found]
        for start in range(0, len(missing), BATCH):
            part = missing[start : start + BATCH]
            ticks = lambda i, part=part: tick(None if i is None else part[i])  # noqa: E731
            answers = self._captioner.caption([requests[i] for i in part], ticks)
            for index, completions in zip(part, answers, strict=True):
                if all(c.finish != ERROR for c in completions):
                    self._answers.put(keys[index], completions)
                else:
                    self._failed()
                found[index] = completions
        # Counted when it was generated; from the cache it costs nothing.
        free = {"tokens": 0, "requests": 0}
        return [
            found[i] if i in missing else [replace(c, **free) for c in found[i]]
            for i in range(len(requests))
        ]

    def _key(self, request: CaptionRequest) -> str:
        image = request.image
        numbers = (request.n, request.temperature, request.max_tokens, request.seed)
        parts = (*self._identity, request.prompt, *numbers, list(image.size), image.tobytes())
        return Answers.key(*parts)
