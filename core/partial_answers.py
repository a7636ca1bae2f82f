"""Reads the answers about patches of an image, which show only a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .claims import NUMBER, Claim, Passage, Reader, Reading, lexicon
from .claims.places import whole
from .image_record import ImageRecord
from .regions import Box, coverage

WHOLE_OF_IT = 0.9  # share of a detection that lies in a patch which shows the whole of it


class PartialAnswers:
    """Reads answers about patches, without what a part of an image cannot tell of the whole.

    That something is not there, or that there are two of it, is true of the image only if the whole image says so;
    a patch may count what it shows completely, which is so if all detections of it lie inside the patch.
    """

    def __init__(self, reader: Reader, record: ImageRecord):
        self.name, self._reader, self._record = reader.name, reader, record

    def read(self, passages: Sequence[Passage]) -> list[Reading]:
        readings = self._reader.read(passages)
        return [
            reading if whole(passage.frame) else self._partial(reading, passage.frame)
            for passage, reading in zip(passages, readings)
        ]

    def _partial(self, reading: Reading, frame: Box) -> Reading:
        counted = {
            c.thing for c in reading.claims if c.kind == NUMBER and self._shows_all(c, frame)
        }
        claims = tuple(
            c for c in reading.claims if not c.negated and (c.kind != NUMBER or c.thing in counted)
        )
        things = tuple(
            t if t.number < 2 or i in counted else replace(t, number=0)
            for i, t in enumerate(reading.things)
        )
        return replace(reading, claims=claims, things=things)

    def _shows_all(self, claim: Claim, frame: Box) -> bool:
        found = [d for d in self._record.detections if lexicon.is_kind(claim.subject, d.label)]
        boxes = [self._record.fraction(d.box) for d in found]
        return bool(boxes) and all(coverage(box, frame) >= WHOLE_OF_IT for box in boxes)
