"""The stages in a row, and the executor that runs them in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .errors import UnusableModel
from .excluding import Exclude
from .image_record import ImageRecord, StageProgress
from .models import NLI, Captioner, Detection, Detector, Embedder, Verifier, Writer
from .models.ocr import load_ocr
from .models.registry import CAPTIONER, DETECTOR, VERIFIER, WRITER, load_embedder, load_model
from .profiles import PROFILES
from .settings import AUTO
from .stages import Describe, Divide, Source, Stage, Verify, Write
from .styles import DESCRIPTION, Style

if TYPE_CHECKING:
    from PIL.Image import Image

STAGES = (Divide.name, Describe.name, Verify.name, Write.name)
Progress = Callable[[str, int, int, str], None]
"""Called with the stage, the number of regions or images done, their total, and the name of the region
that is done; in between with an empty name, so that an interrupt is noticed."""


@dataclass(frozen=True)
class Models:
    """The models of a run. The defaults need no download and no key; `nli` has none."""

    detector: Detector = field(default_factory=lambda: load_model(DETECTOR))
    captioner: Captioner | None = field(default_factory=lambda: load_model(CAPTIONER))
    verifier: Verifier = field(default_factory=lambda: load_model(VERIFIER))
    writer: Writer = field(default_factory=lambda: load_model(WRITER))
    embedder: Embedder = field(default_factory=load_embedder)
    nli: NLI | None = None
    ocr: Verifier | None = field(default_factory=load_ocr)  # where its packages are installed

    @classmethod
    def connected(cls, **models) -> Models:
        """Return these models by role; a role without one (None) gets the default."""
        return cls(**{role: model for role, model in models.items() if model is not None})


@dataclass(frozen=True)
class Settings:
    """The stages of a run with their settings; iterating gives them in their order.

    Attributes:
        exclude: what captions must not say.
    """

    divide: Divide = Divide()
    describe: Describe = Describe()
    filter: Verify = Verify()
    aggregate: Write = Write()
    exclude: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Stage]:
        # Dropped before anything is written, then looked for in what was written.
        excluding: list[Stage] = [Exclude(self.exclude)] if self.exclude else []
        stages: list[Stage] = [self.divide, self.describe, self.filter, *excluding]
        yield from [*stages, self.aggregate, *excluding]


def profile_settings(
    profile: str,
    *,
    seed: int = 0,
    length: str = "long",
    reader: str = AUTO,
    exclude: Sequence[str] = (),
    style: Style = DESCRIPTION,
    only: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Settings:
    """Return the settings of a profile, by its name in `profiles.PROFILES`, for one style of all stages."""
    chosen = PROFILES[profile]
    return Settings(
        divide=Divide(seed=seed, style=style, only=tuple(only), ignore=tuple(ignore)),
        describe=Describe(
            candidates=chosen.candidates, temperature=chosen.temperature, seed=seed, style=style
        ),
        filter=Verify(profile=chosen, reader=reader),
        aggregate=Write(length, chosen, reader, seed, style),
        exclude=tuple(exclude),
    )


def run(
    stages: Settings | Sequence[Stage],
    batch: Sequence[Source],
    models: Models,
    progress: Progress = lambda stage, done, total, region: None,
) -> list[ImageRecord]:
    """Run the stages one after the other on the whole batch, so that each local model is loaded once."""
    records: Sequence = batch
    for stage in stages:
        on_progress = counted(progress, stage.name, stage.steps(records))
        records = stage.process(records, models, on_progress)
    return list(records)


def run_each(
    stages: Settings | Sequence[Stage],
    batch: Sequence[Source],
    models: Models,
    progress: Progress = lambda stage, done, total, region: None,
) -> list[ImageRecord | Exception]:
    """Run the stages as `run` does, so that an image that fails stops no other image.

    If the batch fails as a whole, each image is run by itself. Answers that came before are then in the cache of
    the models, so nothing is paid for twice. No image is tried again if a model cannot be used at all.

    Returns:
        For each image its record, or the exception that it raised.
    """
    try:
        return list(run(stages, batch, models, progress))
    except UnusableModel as error:
        return [error] * len(batch)
    except Exception as error:  # whatever a library raises
        if len(batch) == 1:
            return [error]
    return [run_each(stages, [source], models, progress)[0] for source in batch]


def caption_images(
    images: Sequence[Image],
    models: Models | None = None,
    settings: Settings = Settings(),
    *,
    detections: Sequence[Sequence[Detection]] | None = None,
    captions: Sequence[str] | None = None,
    context: str = "",
    progress: Progress = lambda stage, done, total, region: None,
) -> list[ImageRecord]:
    """Divide, describe, verify and write: one `ImageRecord` with its caption for each image.

    Args:
        images: upright RGB images of any sizes.
        detections: one list for each image, used instead of the detector's.
        captions: of the whole images, one for each, used instead of the captioner's.
        context: what is known about all of the images.
    """
    nothing = [None] * len(images)
    batch = [
        Source(image, found, caption, context)
        for image, found, caption in zip(images, detections or nothing, captions or nothing)
    ]
    return run(settings, batch, models or Models(), progress)


def counted(progress: Progress, stage: str, total: int) -> StageProgress:
    """Return a stage's progress callback that counts what is done for `progress`."""
    done = 0

    def on_progress(index: int | None, region: str) -> None:
        nonlocal done
        done = min(done + bool(region), total)
        progress(stage, done, total, region)

    return on_progress
