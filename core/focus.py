"""What of an image is to be described: only these things, not those, and the pixels that are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .claims import lexicon
from .claims.naming import things_named
from .models import Detection
from .prompts import fenced
from .regions import Box
from .styles import Style

if TYPE_CHECKING:
    from PIL.Image import Image

GREY = (128, 128, 128)  # in place of hidden pixels; the prompt says what it is
# A detected object is hidden where fewer of the pixels of its box are shown: a thing fills 40 to 80 % of its
# box, so a mask drawn around it shows more than this.
SHOWN = 0.3


@dataclass(frozen=True)
class Focus:
    """What is to be described, and what is not.

    Attributes:
        only: things by their names ("the person"); nothing else is described. Empty for everything.
        ignore: things of which nothing is said.
        shown: as large as the image, mode "L": 255 where its pixels are to be described, 0 where they are
            hidden. None where all of it is.
    """

    only: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    shown: Image | None = None

    def __bool__(self) -> bool:
        return bool(self.only or self.ignore or self.shown)

    def area(self) -> Box | None:
        """Return the smallest box around all pixels that are shown; None where the whole image is."""
        found = self.shown.getbbox() if self.shown else None
        return Box(*found) if found else None

    def share(self, box: Box) -> float:
        """Return the fraction (0..1) of the pixels of a box that are shown."""
        if self.shown is None:
            return 1.0
        counts = self.shown.crop(box.pixels()).histogram()
        return 1 - counts[0] / sum(counts)

    def cropped(self, image: Image, box: Box) -> Image:
        """Return the pixels of a box with hidden ones in grey; the image itself where the box shows all of it."""
        pixels = box.pixels()
        if self.shown is None:
            return image if pixels == (0, 0, *image.size) else image.crop(pixels)
        crop = image.crop(pixels)
        crop.paste(GREY, mask=self.shown.crop(pixels).point(lambda value: 255 - value))
        return crop

    def wants(self, detection: Detection) -> bool:
        """Return whether a detected object is to be described, as far as its label and its place tell."""
        if self.share(detection.box) < SHOWN:
            return False
        if any(_called(detection.label, word) for word in self.ignore):
            return False
        return not self.only or any(_called(detection.label, word) for word in self.only)

    def told(self, prompt: str, style: Style) -> str:
        """Return a prompt for a captioner with what it has to say about the focus, in the style's language."""
        hidden = [style.prompt("hidden")] if self.shown else []
        return "\n\n".join([prompt, *self.words(style), *hidden])

    def words(self, style: Style) -> list[str]:
        """Return what a prompt says of the things to be described, and of those not to be."""
        parts = []
        for name, words in (("only", self.only), ("ignore", self.ignore)):
            if words:
                parts.append(style.prompt(name).format(words=fenced(", ".join(words))))
        return parts


def _called(label: str, words: str) -> bool:
    """Return whether a detector's label is what words name: both "woman" and "human" name a person."""
    name = thing_named(words)
    return is_called(label, name) or is_called(name, label)


def is_called(noun: str, name: str) -> bool:
    """Return whether what a noun names has been named: "woman" by "person", but not by "animal"."""
    if lexicon.is_person(noun) and not lexicon.is_person(name):
        return False
    return lexicon.is_kind(noun, name)


def thing_named(words: str) -> str:
    """Return the noun of a user's words: "person" of "the person on the left"."""
    named = things_named(f"There is {words}.")
    return named[0] if named else words
