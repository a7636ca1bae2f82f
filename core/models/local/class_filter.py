"""Filters the detections of a detector by class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...claims.naming import same_noun
from .. import Detection, Detector, ModelProgress

if TYPE_CHECKING:
    from PIL.Image import Image


class ClassFilter:
    """Keeps detections whose label is one of `words`, ignoring case and number."""

    needs_words = False

    def __init__(self, detector: Detector, words: Sequence[str]):
        self.name, self._detector = detector.name, detector
        self._words = tuple(words)

    def detect(
        self,
        images: Sequence[Image],
        on_progress: ModelProgress,
        words: Sequence[Sequence[str]] = (),
    ) -> list[list[Detection]]:
        return [
            [d for d in found if any(same_noun(d.label, word) for word in self._words)]
            for found in self._detector.detect(images, on_progress)
        ]
