"""The value that passes through the stages: one image and everything known about it so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from .claims import Reading, Thing
from .evidence import GIVEN_PRIOR, Prior
from .focus import Focus
from .models import Completion, Detection, ModelProgress
from .regions import Box, Region, intersection_box
from .statements import Statement
from .styles import DESCRIPTION, Style

if TYPE_CHECKING:
    from PIL.Image import Image

StageProgress = Callable[[int | None, str], None]
"""Called by a stage with the index of the image and the name of the region that is done; with
None and "" in between, while a model works. It may raise to interrupt."""

GIVEN = (
    "caption"  # the entry of `ImageRecord.models` if the caption of the whole image was supplied
)
EMPTY: Mapping = MappingProxyType({})


@dataclass(frozen=True)
class ImageRecord:
    """One image (upright RGB) and the results of the stages so far.

    A stage never changes an `ImageRecord`; it returns a new one (ComfyUI caches what nodes return).
    """

    image: Image
    root: Region
    detections: tuple[Detection, ...] = ()
    context: str = ""  # text about the image that is added to the captioner's prompt
    style: Style = DESCRIPTION  # that the captioner was asked for; at the end, that of the caption
    focus: Focus = Focus()
    existing_caption: str = (
        ""  # the one that the image came with; its claims are checked like the captioner's
    )
    candidates: Mapping[str, tuple[Completion, ...]] = field(default_factory=lambda: EMPTY)
    # (region, number of the candidate caption) -> its claims. All readings number things as in `things`.
    readings: Mapping[tuple[str, int], Reading] = field(default_factory=lambda: EMPTY)
    things: tuple[Thing, ...] = ()
    statements: tuple[Statement, ...] = ()
    captioner_prior: Prior = Prior()  # how reliable the captioner of the regions is
    threshold: float = 0.0  # that the user set for what is kept; 0 where it was left to the pack
    captions: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    caption: str = ""
    length: str = "long"  # of the caption, as it was asked for: one of `profiles.LENGTHS`
    own_caption: str = (
        ""  # the final caption as the user wrote it; it replaces that of the aggregator
    )
    notes: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    calls: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    tokens: Mapping[str, int] = field(default_factory=lambda: EMPTY)  # generated, by role

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return self.image.size

    def crop(self, box: Box) -> Image:
        """Return the pixels of `box`, hidden ones in grey; the image itself where the box covers it."""
        return self.focus.cropped(self.image, box)

    def seen(self, region: str) -> Box:
        """Return the box of the region of that name, without margins that are hidden."""
        box, area = self.root.find(region).box, self.focus.area()
        return (area and intersection_box(box, area)) or box

    def view(self, region: str) -> Image:
        """Return the pixels of the region of that name that models get to see."""
        return self.crop(self.seen(region))

    def fraction(self, box: Box) -> Box:
        """Return `box` in fractions of the image (0..1)."""
        width, height = self.size
        return Box(box.x1 / width, box.y1 / height, box.x2 / width, box.y2 / height)

    @property
    def global_caption(self) -> str:
        """Return the caption of the whole image; empty if the captioner failed or was not asked."""
        said = self.candidates.get(self.root.name, ())
        return said[0].text if said else ""

    def prior(self, region: str) -> Prior:
        """Return the prior for the claims about a region."""
        given = region == self.root.name and GIVEN in self.models
        return GIVEN_PRIOR if given else self.captioner_prior

    def asked(self, regions: Sequence[str]) -> int:
        """Return how many captions the regions of these names have."""
        return sum(bool(c.text.strip()) for name in regions for c in self.candidates.get(name, ()))

    def extended(
        self, *, notes=(), models=EMPTY, calls=EMPTY, tokens=EMPTY, **changes
    ) -> ImageRecord:
        """Return a copy with `changes`, adding to notes, models and counts."""
        return replace(
            self,
            notes=tuple(dict.fromkeys((*self.notes, *notes))),
            models=MappingProxyType({**self.models, **models}),
            calls=MappingProxyType(dict(Counter(self.calls) + Counter(calls))),
            tokens=MappingProxyType(dict(Counter(self.tokens) + Counter(tokens))),
            **changes,
        )


def no_progress(index: int | None, region: str) -> None:
    """Do nothing; the default progress callback."""


def region_progress(places: Sequence[tuple[int, str]], on_progress: StageProgress) -> ModelProgress:
    """Return a model's progress callback for requests that belong to these places (image, region)."""
    return lambda i: on_progress(None, "") if i is None else on_progress(*places[i])


def heartbeat(on_progress: StageProgress) -> ModelProgress:
    """Return a progress callback that only signals that the model is alive."""
    return lambda i: on_progress(None, "")
