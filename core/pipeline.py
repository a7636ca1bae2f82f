"""The four stages in a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .aggregate import AggregateSettings, aggregate
from .claims import AUTO
from .describe import DescribeSettings, describe
from .divide import DivideSettings, divide
from .filter import FilterSettings, filter_statements
from .models import Captioner, Detection, Detector, Embedder, Matcher, Writer
from .models.ocr import load_ocr
from .models.registry import CAPTIONER, DETECTOR, MATCHER, WRITER, load_embedder, load_model
from .picture import Picture, Step
from .profiles import PROFILES

if TYPE_CHECKING:
    from PIL.Image import Image

STAGES = ("divide", "describe", "filter", "aggregate")
Progress = Callable[[str, int, int, str], None]
"""Called with stage, steps done, steps of the stage, and the name of the region that is done; with
an empty name as a sign of life in between."""


@dataclass(frozen=True)
class Models:
    """The models of a run; by default those that need no download and no key."""

    detector: Detector = field(default_factory=lambda: load_model(DETECTOR))
    captioner: Captioner = field(default_factory=lambda: load_model(CAPTIONER))
    matcher: Matcher = field(default_factory=lambda: load_model(MATCHER))
    writer: Writer = field(default_factory=lambda: load_model(WRITER))
    embedder: Embedder = field(default_factory=load_embedder)
    ocr: Matcher | None = field(default_factory=load_ocr)  # where its packages are installed


@dataclass(frozen=True)
class Settings:
    """The settings of all stages."""

    divide: DivideSettings = DivideSettings()
    describe: DescribeSettings = DescribeSettings()
    filter: FilterSettings = FilterSettings()
    aggregate: AggregateSettings = AggregateSettings()


def profile_settings(
    profile: str, *, seed: int = 0, length: str = "long", reader: str = AUTO
) -> Settings:
    """The settings of a profile, by its name in `profiles.PROFILES`."""
    chosen = PROFILES[profile]
    return Settings(
        describe=DescribeSettings(
            candidates=chosen.candidates, temperature=chosen.temperature, seed=seed
        ),
        filter=FilterSettings(profile=chosen, reader=reader),
        aggregate=AggregateSettings(length, chosen, reader, seed),
    )


def caption_images(
    images: Sequence[Image],
    models: Models | None = None,
    settings: Settings = Settings(),
    *,
    detections: Sequence[Sequence[Detection]] | None = None,
    captions: Sequence[str] | None = None,
    progress: Progress = lambda stage, done, total, region: None,
) -> list[Picture]:
    """Divide, describe, filter and aggregate: one `Picture` with its caption for each image.

    Args:
        images: upright RGB images of any sizes.
        detections: one list an image, in place of the detector's.
        captions: of the whole of each image, one an image, in place of the captioner's.
    """
    models = models or Models()

    def steps(stage: str, total: int) -> Step:
        done = 0

        def step(index: int | None, region: str) -> None:
            nonlocal done
            done = min(done + bool(region), total)
            progress(stage, done, total, region)

        return step

    pictures = divide(
        images,
        detector=models.detector,
        detections=detections,
        captioner=models.captioner if settings.divide.semantic else None,
        captions=captions,
        settings=settings.divide,
        seed=settings.describe.seed,
        step=steps("divide", len(images)),
    )
    regions = sum(1 for p in pictures for _ in p.root.walk())
    pictures = describe(
        pictures, models.captioner, settings.describe, step=steps("describe", regions)
    )
    pictures = filter_statements(
        pictures,
        models.matcher,
        models.embedder,
        settings.filter,
        writer=models.writer,
        ocr=models.ocr,
        step=steps("filter", regions),
    )
    return aggregate(
        pictures,
        models.writer,
        settings.aggregate,
        step=steps("aggregate", len(pictures)),
    )
