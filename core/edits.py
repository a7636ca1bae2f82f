"""The user's changes of a record: patches first, then claims, then the caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from .aggregate import revised
from .claims.readers import reader_for
from .edit_claims import with_claims
from .edit_patches import DescribedPatches, described, with_regions
from .edit_schema import Edits
from .facts import NOTHING_KEPT
from .focus_claims import focused
from .image_record import ImageRecord, StageProgress, heartbeat, no_progress
from .models.registry import CAPTIONER, OFFLINE, VERIFIER, WRITER, load_model
from .settings import AUTO
from .stages import EMBEDDER, ModelsByRole
from .statements import Verdict


@dataclass(frozen=True)
class Edit:
    """Apply what the user changed. Only patches that were drawn, moved or asked about again need a model.

    Attributes:
        edits: of all images; each record gets those of its own pixels.
        remembered: patches that were described before.
    """

    edits: Edits
    remembered: DescribedPatches = field(default_factory=DescribedPatches)

    name: ClassVar[str] = "edit"
    roles: ClassVar[tuple[str, ...]] = (CAPTIONER, VERIFIER, EMBEDDER, WRITER)

    def steps(self, batch: Sequence[ImageRecord]) -> int:
        return sum(len(with_regions(r, self.edits.of(r.image))[1]) for r in batch)

    def process(
        self,
        batch: Sequence[ImageRecord],
        models: ModelsByRole,
        on_progress: StageProgress = no_progress,
    ) -> list[ImageRecord]:
        """Return the edited records.

        Args:
            models: `captioner` may be None. Patches are then described only if the offline captioner described the
                others, because then they have the captions of the same model.
        """
        return [
            self._edited(record, models, index, on_progress) for index, record in enumerate(batch)
        ]

    def _edited(
        self, record: ImageRecord, models: ModelsByRole, index: int, on_progress: StageProgress
    ) -> ImageRecord:
        edits = self.edits.of(record.image)
        before = record.extended(notes=self.edits.notes)
        record, wanted = with_regions(before, edits)
        if wanted:
            captioner = models.captioner
            if captioner is None and record.models.get(CAPTIONER) == OFFLINE[CAPTIONER]:
                captioner = load_model(CAPTIONER)
            record = described(
                record, wanted, captioner, models, self.remembered, index, on_progress
            )
            record = focused(record)
        reader = reader_for(AUTO, models.writer, heartbeat(on_progress))
        record = with_claims(record, edits, reader)
        if edits.caption:
            return replace(record, own_caption=edits.caption, caption=edits.caption)
        if any(s.verdict is Verdict.KEPT for s in record.statements):
            notes = tuple(n for n in record.notes if not n.startswith(NOTHING_KEPT))
            record = replace(record, notes=notes)
        written = bool(record.captions)  # it comes from the aggregator
        if written and record.statements != before.statements:
            return revised(record, reader, heartbeat(on_progress))
        return record
