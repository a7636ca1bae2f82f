"""What a user changed in Patch Report, as the workflow keeps it: JSON that may come from a stranger.

The text is `{"version": 1, "images": {KEY: {...}}}` with the changes of each image under `image_key` of its pixels, so
that they apply to no other image. What is unknown, broken or too much is skipped, and a note says so.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

VERSION = 1
MAX_TEXT = 2_000_000  # characters of the whole JSON text
MAX_IMAGES = 500
MAX_CLAIMS, MAX_ADDED, MAX_PATCHES = 300, 100, 40  # changes of each kind of one image
MAX_WORDS = 1_000  # characters of a claim or a question
MAX_CAPTION = 20_000  # characters of a final caption
MAX_REGIONS = 100  # that one claim may name
MAX_NAME = 200  # characters of the name of a region
MAX_SEED = 2**53 - 1  # up to which JavaScript counts exactly
DRAWN = re.compile(r"drawn [1-9][0-9]{0,2}")  # names of patches that the user drew

Sides = tuple[float, float, float, float]


@dataclass(frozen=True)
class ClaimEdit:
    """A decision about a claim that the captions make.

    Attributes:
        claim: its text.
        regions: the names of the regions whose captions make it.
        keep: whether it is kept; None leaves that to the filter.
        text: words in place of its own; "" leaves them.
        box: where it is, as x1, y1, x2, y2 in pixels; None leaves it in its regions.
    """

    claim: str
    regions: tuple[str, ...]
    keep: bool | None = None
    text: str = ""
    box: Sides | None = None


@dataclass(frozen=True)
class AddedClaim:
    """What the user says of the image: one or several claims.

    Attributes:
        box: where it is, as x1, y1, x2, y2 in pixels; None for the whole image.
    """

    text: str
    box: Sides | None = None


@dataclass(frozen=True)
class PatchEdit:
    """A change of a patch.

    Attributes:
        name: of the patch; a new one is called "drawn" and a number.
        delete: it goes, with what only its captions say.
        box: its new place, as x1, y1, x2, y2 in pixels; None leaves it where it is.
        seed: of its new captions.
        question: asked about it instead of the pack's own prompt; "" for that.
    """

    name: str
    delete: bool = False
    box: Sides | None = None
    seed: int = 0
    question: str = ""


@dataclass(frozen=True)
class ImageEdits:
    """All changes of one image; empty where there are none.

    Attributes:
        caption: the final caption in the user's words; "" leaves it to the aggregator.
    """

    claims: tuple[ClaimEdit, ...] = ()
    added: tuple[AddedClaim, ...] = ()
    patches: tuple[PatchEdit, ...] = ()
    caption: str = ""


NO_EDITS = ImageEdits()


@dataclass(frozen=True)
class Edits:
    """Attributes:
    images: key of an image -> its changes.
    notes: what was skipped, and why.
    """

    images: Mapping[str, ImageEdits] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def of(self, image: Image) -> ImageEdits:
        """Return the changes of an image."""
        return self.images.get(image_key(image), NO_EDITS) if self.images else NO_EDITS


def image_key(image: Image) -> str:
    """Return 32 hexadecimal digits that stand for the size and the pixels of an RGB image."""
    width, height = image.size
    digest = hashlib.sha256(f"{width}x{height}:".encode() + image.tobytes())
    return digest.hexdigest()[:32]


def read_edits(text: str) -> Edits:
    """Return the changes that a JSON text holds; it may hold anything."""
    if not text.strip():
        return Edits()
    if len(text) > MAX_TEXT:
        return Edits(notes=(f"The edits were skipped: they have more than {MAX_TEXT} characters.",))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Edits(notes=("The edits were skipped: they are not valid JSON.",))
    images = value.get("images") if isinstance(value, dict) else None
    if not isinstance(images, dict) or value.get("version") != VERSION:
        return Edits(notes=(f"The edits were skipped: they are not edits of version {VERSION}.",))
    skipped: list[str] = []
    found = {
        key: _image_edits(edits, skipped)
        for key, edits in _some(list(images.items()), MAX_IMAGES, "images", skipped)
        if isinstance(edits, dict)
    }
    return Edits(found, tuple(dict.fromkeys(skipped)))


def _image_edits(value: dict, skipped: list[str]) -> ImageEdits:
    caption = value.get("caption", "")
    if not _is_text(caption, MAX_CAPTION):
        skipped.append("An edit was skipped: its final caption is not a text, or is too long.")
        caption = ""
    return ImageEdits(
        _each(value, "claims", MAX_CLAIMS, _claim_edit, skipped),
        _each(value, "added", MAX_ADDED, _added_claim, skipped),
        _each(value, "patches", MAX_PATCHES, _patch_edit, skipped),
        caption.strip(),
    )


def _each(value: dict, kind: str, most: int, read: Callable, skipped: list[str]) -> tuple:
    entries = value.get(kind, [])
    if not isinstance(entries, list):
        skipped.append(f"An edit was skipped: {kind} is not a list.")
        return ()
    done = []
    for entry in _some(entries, most, kind, skipped):
        edit = read(entry) if isinstance(entry, dict) else None
        if edit is None:
            skipped.append(
                f"An edit was skipped: one of {kind} is incomplete or has a wrong value."
            )
        else:
            done.append(edit)
    return tuple(done)


def _some(entries: list, most: int, kind: str, skipped: list[str]) -> list:
    if len(entries) > most:
        skipped.append(f"Only the first {most} edits of {kind} were read.")
    return entries[:most]


def _claim_edit(entry: dict) -> ClaimEdit | None:
    claim, regions = entry.get("claim"), entry.get("regions", [])
    keep, text, box = entry.get("keep"), entry.get("text", ""), entry.get("box")
    if not isinstance(regions, list) or len(regions) > MAX_REGIONS:
        return None
    # A claim of a captioner can be longer than what a user may write.
    right = (
        _is_text(claim, MAX_CAPTION)
        and claim.strip()
        and all(_is_text(name, MAX_NAME) for name in regions)
        and (keep is None or isinstance(keep, bool))
        and _is_text(text, MAX_WORDS)
        and _is_box(box)
    )
    return ClaimEdit(claim, tuple(regions), keep, text.strip(), _sides(box)) if right else None


def _added_claim(entry: dict) -> AddedClaim | None:
    text, box = entry.get("text"), entry.get("box")
    if not (_is_text(text, MAX_WORDS) and text.strip() and _is_box(box)):
        return None
    return AddedClaim(text.strip(), _sides(box))


def _patch_edit(entry: dict) -> PatchEdit | None:
    name, delete, box = entry.get("name"), entry.get("delete", False), entry.get("box")
    seed, question = entry.get("seed", 0), entry.get("question", "")
    right = (
        _is_text(name, MAX_NAME)
        and isinstance(delete, bool)
        and _is_box(box)
        and type(seed) is int
        and 0 <= seed <= MAX_SEED
        and _is_text(question, MAX_WORDS)
    )
    return PatchEdit(name, delete, _sides(box), seed, question.strip()) if right else None


def _is_text(value: Any, most: int) -> bool:
    """Return whether a value is a text of at most `most` characters that can be encoded."""
    if not isinstance(value, str) or len(value) > most:
        return False
    return not any("\ud800" <= c <= "\udfff" for c in value)


def _is_box(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, list) or len(value) != 4:
        return False
    return all(type(v) in (int, float) and abs(v) < 1e9 for v in value)  # NaN compares as false


def _sides(value: list | None) -> Sides | None:
    if value is None:
        return None
    x1, y1, x2, y2 = map(float, value)
    return (x1, y1, x2, y2)
