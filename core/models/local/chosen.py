"""A detector with classes of its own, of which only some are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...claims.naming import same_noun
from .. import Detection, Detector, Tick

if TYPE_CHECKING:
    from PIL.Image import Image


class ChosenClasses:
    """Keeps the detections whose label is one of `words`, in any case, singular or plural."""

    needs_words = False

    def __init__(self, detector: Detector, words: Sequence[str]):
        self.name, self._detector = detector.name, detector
        self._words = tuple(words)

    def detect(
        self, images: Sequence[Image], tick: Tick, words: Sequence[Sequence[str]] = ()
    ) -> list[list[Detection]]:
        return [
            [d for d in found if any(same_noun(d.label, word) for word in self._words)]
            for found in self._detector.detect(images, tick)
        ]
