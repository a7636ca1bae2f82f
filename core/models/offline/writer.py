"""The writer without a language model: it arranges sentences by rules (`core/compose.py`)."""

from __future__ import annotations

from collections.abc import Sequence

from .. import Completion, ModelProgress, WritingRequest


class OfflineWriter:
    """`offline:rules`: whole image first, then its parts in reading order, none said twice."""

    name = "offline:rules"
    generates = False

    def write(
        self, requests: Sequence[WritingRequest], on_progress: ModelProgress
    ) -> list[Completion]:
        """Return the facts one after the other; the stage uses `compose` instead."""
        return [Completion(" ".join(f.text for f in r.facts)) for r in requests]
