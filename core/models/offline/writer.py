"""The writer that asks no language model: what was kept is arranged by rules (`core/compose.py`)."""

from __future__ import annotations

from collections.abc import Sequence

from .. import Completion, Tick, WritingRequest


class OfflineWriter:
    """`offline:rules`: whole image first, then its parts in reading order, none said twice."""

    name = "offline:rules"
    generates = False

    def write(self, requests: Sequence[WritingRequest], tick: Tick) -> list[Completion]:
        """The facts, one after the other: what is wanted of it is done by `compose`."""
        return [Completion(" ".join(f.text for f in r.facts)) for r in requests]
