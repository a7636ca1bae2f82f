"""The four stages as objects, which every executor runs: a node, the command line, a bench, a data set.

A stage is a frozen dataclass. Its fields are its settings, `roles` are the models that it needs, and
`process` turns a batch into the next one without changing it. Stages load no models and know nothing of each
other; an executor (`pipeline.run`) gives them their models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Protocol

from .aggregate import aggregate
from .describe import describe
from .divide import divide
from .filter import filter_statements
from .focus import Focus
from .focus_claims import focused
from .image_record import ImageRecord, StageProgress, no_progress
from .models import NLI, Captioner, Detection, Detector, Embedder, Verifier, Writer
from .models.registry import CAPTIONER, DETECTOR, VERIFIER, WRITER
from .settings import AggregateSettings, DescribeSettings, DivideSettings, FilterSettings
from .styles import DESCRIPTION, Style

if TYPE_CHECKING:
    from PIL.Image import Image

EMBEDDER = "embedder"  # the role of the sentence model, which is not selectable


class ModelsByRole(Protocol):
    """The models that stages use, by role; `pipeline.Models` is one."""

    @property
    def detector(self) -> Detector: ...

    @property
    def captioner(self) -> Captioner | None: ...

    @property
    def verifier(self) -> Verifier: ...

    @property
    def writer(self) -> Writer: ...

    @property
    def embedder(self) -> Embedder: ...

    @property
    def nli(self) -> NLI | None: ...

    @property
    def ocr(self) -> Verifier | None: ...


@dataclass(frozen=True)
class Source:
    """One image to caption, and what its owner says about it.

    Attributes:
        image: upright, RGB.
        detections: used instead of the detector's, in all sources of a batch or in none.
        caption: of the whole image, used instead of the captioner's; None asks the captioner, and an empty
            one counts as no caption.
        context: text about the image that is added to the captioner's prompt.
        existing_caption: one more caption whose claims are checked like the captioner's.
        shown: as large as the image, mode "L": 255 where it is to be described, 0 where it is hidden; None for
            all of it.
        marked: boxes that the user marked as patches; their label may be empty.
    """

    image: Image
    detections: Sequence[Detection] | None = None
    caption: str | None = None
    context: str = ""
    existing_caption: str = ""
    shown: Image | None = None
    marked: Sequence[Detection] = ()


class Stage(Protocol):
    """One step from images to captions.

    Attributes:
        name: in progress and messages.
        roles: of the models that `process` asks.
    """

    name: ClassVar[str]
    roles: ClassVar[tuple[str, ...]]
    __dataclass_fields__: ClassVar[dict]  # its settings

    def steps(self, batch: Sequence) -> int:
        """Return how often `process` calls `on_progress` with the name of a region."""

    def process(
        self, batch: Sequence, models: ModelsByRole, on_progress: StageProgress = no_progress
    ) -> list[ImageRecord]:
        """Return the next batch, one item for each of this one."""


@dataclass(frozen=True)
class Divide(DivideSettings):
    """Stage 1: sources to images with regions.

    Attributes:
        seed: of the caption of the whole image, which the semantic patch needs.
        style: of that caption.
        only: things by their names ("the person"); nothing else is described, in any stage. Empty for everything.
        ignore: things of which nothing is said.
    """

    seed: int = 0
    style: Style = DESCRIPTION
    only: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    name: ClassVar[str] = "divide"
    roles: ClassVar[tuple[str, ...]] = (DETECTOR, CAPTIONER)

    def steps(self, batch: Sequence[Source]) -> int:
        return len(batch)

    def process(
        self,
        batch: Sequence[Source],
        models: ModelsByRole,
        on_progress: StageProgress = no_progress,
    ) -> list[ImageRecord]:
        given = [source.detections for source in batch if source.detections is not None]
        records = divide(
            [source.image for source in batch],
            detector=models.detector,
            detections=given if batch and len(given) == len(batch) else None,
            captioner=models.captioner,
            captions=[source.caption for source in batch],
            contexts=[source.context for source in batch],
            focuses=[Focus(self.only, self.ignore, source.shown) for source in batch],
            marked=[source.marked for source in batch],
            settings=self,
            style=self.style,
            seed=self.seed,
            on_progress=on_progress,
        )
        return [replace(p, existing_caption=s.existing_caption) for p, s in zip(records, batch)]


@dataclass(frozen=True)
class Describe(DescribeSettings):
    """Stage 2: a caption of the whole image and several of each region."""

    name: ClassVar[str] = "describe"
    roles: ClassVar[tuple[str, ...]] = (CAPTIONER,)

    def steps(self, batch: Sequence[ImageRecord]) -> int:
        return region_count(batch)

    def process(
        self,
        batch: Sequence[ImageRecord],
        models: ModelsByRole,
        on_progress: StageProgress = no_progress,
    ) -> list[ImageRecord]:
        return describe(batch, models.captioner, self, on_progress=on_progress)


@dataclass(frozen=True)
class Verify(FilterSettings):
    """Stage 3: each claim of the captions kept or dropped, with its reason."""

    name: ClassVar[str] = "filter"
    roles: ClassVar[tuple[str, ...]] = (VERIFIER, EMBEDDER, WRITER)

    def steps(self, batch: Sequence[ImageRecord]) -> int:
        return region_count(batch)

    def process(
        self,
        batch: Sequence[ImageRecord],
        models: ModelsByRole,
        on_progress: StageProgress = no_progress,
    ) -> list[ImageRecord]:
        decided = filter_statements(
            batch,
            models.verifier,
            models.embedder,
            self,
            writer=models.writer,
            nli=models.nli,
            ocr=models.ocr,
            on_progress=on_progress,
        )
        return [focused(record) for record in decided]


@dataclass(frozen=True)
class Write(AggregateSettings):
    """Stage 4: one caption of each image, from what was kept."""

    name: ClassVar[str] = "aggregate"
    roles: ClassVar[tuple[str, ...]] = (WRITER,)

    def steps(self, batch: Sequence[ImageRecord]) -> int:
        return len(batch)

    def process(
        self,
        batch: Sequence[ImageRecord],
        models: ModelsByRole,
        on_progress: StageProgress = no_progress,
    ) -> list[ImageRecord]:
        return aggregate(batch, models.writer, self, nli=models.nli, on_progress=on_progress)


def region_count(records: Sequence[ImageRecord]) -> int:
    """Return the regions of all images, whole images included."""
    return sum(1 for record in records for _ in record.root.walk())
