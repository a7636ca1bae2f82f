"""Boxes and masks by which a user marks parts of images: as patches, or as what is to be described."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

from .. import core
from ..core.errors import PatchMattersError
from ..core.models import Detection
from ..core.regions import Box, clip_box

MAX_MARKED = 64  # patches that are marked in one image: each is described and scored by itself
MARKED = 0.5  # a pixel of a mask (0..1) is marked above this


def marked_boxes(boxes, images: Sequence[Image.Image], name: str) -> list[list[Detection]]:
    """Convert BOUNDING_BOX to the boxes that are marked in each image, with their labels.

    One box, or a list of boxes, is marked in every image; a list of lists has one list for each image. A box is
    clipped to its image.

    Raises:
        PatchMattersError: there is none, one lies outside its image, there are too many, the value has another
            form, or the number of lists is not that of the images.
    """
    if isinstance(boxes, dict):
        boxes = [boxes]
    if not isinstance(boxes, (list, tuple)):
        raise _wrong(name)
    if all(isinstance(box, dict) for box in boxes):
        boxes = [boxes] * len(images)
    if len(boxes) == 1:
        boxes = list(boxes) * len(images)
    if len(boxes) != len(images):
        raise PatchMattersError(
            f"{name}: boxes of {len(boxes)} images for a batch of {len(images)}: connect boxes of the same images."
        )
    if not any(boxes):
        raise PatchMattersError(
            f"{name}: no box came in: check the node that makes them, or disconnect it."
        )
    return [_boxes_in(of_image, image, name) for of_image, image in zip(boxes, images)]


def _boxes_in(boxes, image: Image.Image, name: str) -> list[Detection]:
    _few(len(boxes), name)
    found = []
    for number, box in enumerate(boxes, 1):
        try:
            x, y, w, h = (float(box[key]) for key in ("x", "y", "width", "height"))
            label = str(box.get("label") or "")
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _wrong(name) from None
        inside = clip_box(x, y, x + w, y + h, *image.size)
        if inside is None:
            raise PatchMattersError(
                f"{name}: box {number} (x {x:.0f}, y {y:.0f}, {w:.0f} x {h:.0f} px) lies outside the image of "
                f"{image.width} x {image.height} px: move it, in pixels from the upper left corner."
            )
        found.append(Detection(inside, label, 1.0))
    return found


def masked_boxes(
    masks: torch.Tensor, images: Sequence[Image.Image], name: str
) -> list[list[Detection]]:
    """Convert MASK to the boxes around what each mask marks.

    For one image every mask of the batch is a patch of its own; for several there is one mask for each, or one for
    all. An image whose mask is empty gets none.

    Raises:
        PatchMattersError: nothing is marked, or the masks do not fit the images.
    """
    values = _values(masks, images, name, several=len(images) == 1)
    if len(images) == 1:
        _few(len(values), name)
        return [[box for mask in values for box in _around(mask)]]
    return [_around(mask) for mask in values]


def _around(mask: np.ndarray) -> list[Detection]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return []
    box = Box(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
    return [Detection(box, "", 1.0)]


def shown_pixels(
    only: torch.Tensor | None, ignore: torch.Tensor | None, images: Sequence[Image.Image]
) -> list[Image.Image | None]:
    """Return for each image what the two masks leave to be described, 255 where it is; None without a mask.

    Several masks of one image count together.

    Raises:
        PatchMattersError: a mask is empty, the masks do not fit the images, or nothing is left.
    """
    if only is None and ignore is None:
        return [None] * len(images)
    least = core.divide.MIN_SIDE
    shape = (len(images), images[0].height, images[0].width)
    shown = np.ones(shape, bool) if only is None else _marked(only, images, "only_mask")
    if ignore is not None:
        shown &= ~_marked(ignore, images, "ignore_mask")
    for number, mask in enumerate(shown, 1):
        box = _around(mask)
        if not box or min(box[0].box.width, box[0].box.height) < least:
            raise PatchMattersError(
                f"only_mask, ignore_mask: they leave less than {least} x {least} px of image {number} to be "
                "described: mark more, or hide less."
            )
    return [Image.fromarray(mask.astype(np.uint8) * 255) for mask in shown]


def _marked(masks: torch.Tensor, images: Sequence[Image.Image], name: str) -> np.ndarray:
    values = _values(masks, images, name, several=len(images) == 1)
    if len(images) == 1:
        values = values.any(axis=0, keepdims=True)
    if name == "only_mask" and not values.any(axis=(1, 2)).all():
        empty = int(np.flatnonzero(~values.any(axis=(1, 2)))[0]) + 1
        raise PatchMattersError(
            f"{name}: the mask of image {empty} is empty: mark what is to be described, for example in the mask "
            "editor (right click on the image of Load Image)."
        )
    return values


def _values(
    masks: torch.Tensor, images: Sequence[Image.Image], name: str, *, several: bool
) -> np.ndarray:
    """Return MASK (float BHW in 0..1, or HW) as a bool array, for each image one mask unless there are `several`."""
    masks = masks.unsqueeze(0) if masks.ndim == 2 else masks
    if masks.ndim != 3:
        raise PatchMattersError(
            f"{name}: expected masks of shape (masks, height, width), got {tuple(masks.shape)}: connect a MASK."
        )
    values = masks.float().cpu().numpy() > MARKED
    if not values.any():
        raise PatchMattersError(
            f"{name}: the mask is empty: draw one in the mask editor (right click on the image of Load Image), "
            "check the node that makes it, or disconnect it."
        )
    width, height = images[0].size
    if values.shape[1:] != (height, width):
        raise PatchMattersError(
            f"{name}: a mask of {values.shape[2]} x {values.shape[1]} px does not fit an image of {width} x {height} "
            "px: connect the mask of the same image."
        )
    if len(values) == 1:
        return np.repeat(values, len(images), axis=0)
    if len(values) != len(images) and not several:
        raise PatchMattersError(
            f"{name}: {len(values)} masks for {len(images)} images: connect one mask for each image, or one for all."
        )
    return values


def _few(count: int, name: str) -> None:
    if count > MAX_MARKED:
        raise PatchMattersError(
            f"{name}: {count} patches are marked in one image, more than {MAX_MARKED}: connect fewer."
        )


def _wrong(name: str) -> PatchMattersError:
    return PatchMattersError(
        f"{name}: expected boxes with x, y, width and height in pixels: connect a BOUNDING_BOX output."
    )
