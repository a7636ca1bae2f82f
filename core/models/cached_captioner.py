"""A captioner whose answers are cached on disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from . import ERROR, Captioner, CaptionRequest, Completion, ModelProgress
from .completion_cache import CompletionCache

BATCH = 16  # requests between two times of keeping; those in between are lost in a crash


class CachedCaptioner:
    """Requests only captions that are not in the cache.

    Args:
        identity: what an answer depends on besides the request: the model and how it is loaded.
        failed: is called where an answer is missing, which another run may bring.
    """

    def __init__(
        self,
        captioner: Captioner,
        answers: CompletionCache,
        identity: Sequence,
        failed: Callable[[], None] = lambda: None,
    ):
        self.name, self._failed = captioner.name, failed
        self._captioner, self._answers, self._identity = captioner, answers, identity

    def caption(
        self, requests: Sequence[CaptionRequest], on_progress: ModelProgress
    ) -> list[list[Completion]]:
        keys = [self._key(request) for request in requests]
        found = {i: kept for i, key in enumerate(keys) if (kept := self._answers.get(key))}
        for index in found:
            on_progress(index)
        missing = [i for i in range(len(requests)) if i not in found]
        for start in range(0, len(missing), BATCH):
            part = missing[start : start + BATCH]
            on_part_progress = lambda i, part=part: on_progress(None if i is None else part[i])  # noqa: E731
            answers = self._captioner.caption([requests[i] for i in part], on_part_progress)
            for index, completions in zip(part, answers, strict=True):
                if all(c.finish != ERROR for c in completions):
                    self._answers.put(keys[index], completions)
                else:
                    self._failed()
                found[index] = completions
        # Counted when it was generated; from the cache it costs nothing.
        return [
            found[i] if i in missing else [replace(c, tokens=0, requests=0) for c in found[i]]
            for i in range(len(requests))
        ]

    def _key(self, request: CaptionRequest) -> str:
        image = request.image
        numbers = (request.n, request.temperature, request.max_tokens, request.seed)
        parts = (*self._identity, request.prompt, *numbers, list(image.size), image.tobytes())
        return CompletionCache.key(*parts)
