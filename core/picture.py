"""The value that grows along the four stages: one picture and what is known about it so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from .claims import Reading, Thing
from .evidence import GIVEN_PRIOR, Prior
from .models import Completion, Detection, Tick
from .regions import Box, Region
from .statements import Statement

if TYPE_CHECKING:
    from PIL.Image import Image

Step = Callable[[int | None, str], None]
"""Called by a stage with the index of the picture and the name of the region that is done; with
None and "" as a sign of life in between. It may raise to interrupt."""

GIVEN = "caption"  # the entry of `Picture.models` where the caption of the whole came from outside
EMPTY: Mapping = MappingProxyType({})


@dataclass(frozen=True)
class Picture:
    """One image (upright RGB) and what the stages found out about it.

    A stage never changes a `Picture`; it returns a new one (ComfyUI caches what nodes return).
    """

    image: Image
    root: Region
    detections: tuple[Detection, ...] = ()
    context: str = ""  # what the captioner is told about the image, beside the prompt
    existing_caption: str = ""  # that the image came with; its claims are checked like the captioner's
    candidates: Mapping[str, tuple[Completion, ...]] = field(default_factory=lambda: EMPTY)
    # What the captions say: (region, number of the candidate) -> its reading. All readings number the things
    # of the image as `things` does.
    readings: Mapping[tuple[str, int], Reading] = field(default_factory=lambda: EMPTY)
    things: tuple[Thing, ...] = ()
    statements: tuple[Statement, ...] = ()
    said_by: Prior = Prior()  # how far the captioner of the regions is to be believed
    threshold: float = 0.0  # that the user set for what is kept; 0 where it was left to the pack
    captions: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    caption: str = ""
    notes: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    calls: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    tokens: Mapping[str, int] = field(default_factory=lambda: EMPTY)  # generated, by role

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.size

    def crop(self, box: Box) -> Image:
        """The pixels of `box`; the image itself where the box covers it."""
        pixels = box.pixels()
        return self.image if pixels == (0, 0, *self.size) else self.image.crop(pixels)

    def view(self, region: str) -> Image:
        """The pixels of the region of that name."""
        return self.crop(self.root.find(region).box)

    def fraction(self, box: Box) -> Box:
        """`box` in fractions of the picture (0..1)."""
        width, height = self.size
        return Box(box.x1 / width, box.y1 / height, box.x2 / width, box.y2 / height)

    @property
    def global_caption(self) -> str:
        """What the captioner said of the whole image; empty where it failed or was not asked."""
        said = self.candidates.get(self.root.name, ())
        return said[0].text if said else ""

    def prior(self, region: str) -> Prior:
        """How far what is said of a region is to be believed."""
        given = region == self.root.name and GIVEN in self.models
        return GIVEN_PRIOR if given else self.said_by

    def asked(self, regions: Sequence[str]) -> int:
        """How many captions the regions of these names have."""
        return sum(1 for name in regions for c in self.candidates[name] if c.text.strip())

    def extended(self, *, notes=(), models=EMPTY, calls=EMPTY, tokens=EMPTY, **changes) -> Picture:
        """A copy with `changes`, in which notes, models and counts are added to ours."""
        return replace(
            self,
            notes=(*self.notes, *(n for n in notes if n not in self.notes)),
            models=MappingProxyType({**self.models, **models}),
            calls=MappingProxyType(dict(Counter(self.calls) + Counter(calls))),
            tokens=MappingProxyType(dict(Counter(self.tokens) + Counter(tokens))),
            **changes,
        )


def no_step(index: int | None, region: str) -> None:
    """A `Step` that does nothing."""


def ticks_at(places: Sequence[tuple[int, str]], step: Step) -> Tick:
    """A model's `Tick` for requests that belong to these places (picture, region)."""
    return lambda i: step(None, "") if i is None else step(*places[i])


def sign_of_life(step: Step) -> Tick:
    """A model's `Tick` for a request that no region waits for."""
    return lambda i: step(None, "")
