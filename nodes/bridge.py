"""Converts between ComfyUI's values and those of `core`: images, boxes, masks, progress and errors."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import comfy.model_management
import comfy.utils
import numpy as np
import torch
from comfy_execution.utils import get_executing_context
from PIL import Image
from server import PromptServer

from .. import core
from ..core.errors import PatchMattersError
from ..core.images import MAX_PIXELS, to_rgb
from ..core.models import Detection
from ..core.models.scoring import without_nan
from ..core.regions import IMAGE, clip_box
from . import plan

if TYPE_CHECKING:
    from ..core.image_record import ImageRecord
    from ..core.pipeline import Models
    from ..core.stages import Stage

MAX_IMAGES = 1000  # in one batch, because all captions and reports of a batch are held in memory
MAX_TEXT = 20_000  # characters of a prompt or caption that comes in


@contextlib.contextmanager
def explained():
    """Turn the error of a missing package into one sentence with the command that installs it.

    Out-of-memory errors pass through: ComfyUI unloads models and explains them itself.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        requirements = Path(__file__).parent.parent / "requirements.txt"
        raise PatchMattersError(
            f"The package {error.name} is not installed: {sys.executable} -m pip install -r "
            f"{requirements}, then start ComfyUI again."
        ) from error


def images_from_tensor(tensor: torch.Tensor, name: str = "image") -> list[Image.Image]:
    """Convert IMAGE (float BHWC in 0..1 with 1, 3 or 4 channels) to RGB images.

    Values outside 0..1 are clipped, as ComfyUI's SaveImage does.

    Raises:
        PatchMattersError: the batch is empty or has another shape, or an image has NaN values.
    """
    shape = tuple(tensor.shape)
    if len(shape) != 4 or shape[3] not in (1, 3, 4):
        raise PatchMattersError(
            f"{name}: expected a batch of shape (images, height, width, 1, 3 or 4 channels), got "
            f"{shape}: connect an IMAGE."
        )
    if 0 in shape:
        raise PatchMattersError(
            f"{name}: the batch is empty (its shape is {shape}): connect an IMAGE."
        )
    if shape[0] > MAX_IMAGES:
        raise PatchMattersError(
            f"{name}: {shape[0]} images are more than {MAX_IMAGES}: caption them in smaller batches."
        )
    if shape[1] * shape[2] > MAX_PIXELS:
        raise PatchMattersError(
            f"{name}: {shape[2]} x {shape[1]} pixels are more than {MAX_PIXELS // 1_000_000} "
            "million: scale the image down first."
        )
    plan.note_batch(shape[0])
    images = []
    for index, pixels in enumerate(tensor):
        values = pixels.float().cpu().numpy()  # HWC
        if np.isnan(values).any():
            raise PatchMattersError(
                f"{name}: image {index + 1} of {shape[0]} has values that are not numbers (NaN), "
                "so the node that made it failed: check that node."
            )
        values = np.rint(values.clip(0, 1) * 255).astype(np.uint8)
        images.append(to_rgb(Image.fromarray(values[..., 0] if shape[3] == 1 else values)))
    return images


def bounded_text(text: str, name: str) -> str:
    """Return the text if its length is acceptable.

    Raises:
        PatchMattersError: it has more than `MAX_TEXT` characters.
    """
    if len(text) > MAX_TEXT:
        raise PatchMattersError(
            f"{name}: {len(text)} characters are more than {MAX_TEXT}: connect a prompt or a caption."
        )
    return text


def tensor_from_images(images: Sequence[Image.Image]) -> torch.Tensor:
    """Convert RGB images of one size to IMAGE, float32 BHWC in 0..1."""
    return torch.stack([torch.from_numpy(np.array(i, np.float32) / 255) for i in images])


def annotated_tensor(records: Sequence[ImageRecord]) -> torch.Tensor:
    """Draw patches and detections into the images and return them as IMAGE."""
    return tensor_from_images([core.report.annotated(record) for record in records])


def patch_masks(record: ImageRecord) -> torch.Tensor:
    """Return MASK, float32 (patches, height, width): 1 inside each patch, in the order of the boxes.

    An image that is too small to divide gives one mask of the whole image.
    """
    width, height = record.size
    regions = patches(record)
    masks = torch.zeros((len(regions), height, width))
    for mask, region in zip(masks, regions):
        x1, y1, x2, y2 = region.box.pixels()
        mask[y1:y2, x1:x2] = 1
    return masks


def patch_boxes(record: ImageRecord) -> list[dict]:
    """Return the patches of one image as BOUNDING_BOX values, in pixels."""
    boxes = []
    for region in patches(record):
        x1, y1, x2, y2 = region.box.pixels()
        box = {"x": x1, "y": y1, "width": x2 - x1, "height": y2 - y1}
        boxes.append({**box, "label": region.name, "score": 1.0})
    return boxes


def patches(record: ImageRecord) -> list:
    """Return the regions below the whole image, or the whole image if there are none."""
    regions = [r for r in record.root.walk() if r.kind != IMAGE]
    return regions or [record.root]


def detections_from_boxes(
    boxes, images: Sequence[Image.Image], name: str = "bboxes"
) -> list[list[Detection]]:
    """Convert BOUNDING_BOX to the detections of each image.

    ComfyUI passes one box, a list of boxes (the same for every image), or one such list per image. Boxes are
    clipped to the image; a box without area inside it is left out.

    Raises:
        PatchMattersError: the value has another form, or the number of lists is not that of the images.
    """
    wrong = PatchMattersError(
        f"{name}: expected boxes with x, y, width and height in pixels: connect a detector's "
        "BOUNDING_BOX output."
    )
    if isinstance(boxes, dict):
        boxes = [boxes]
    if not isinstance(boxes, (list, tuple)):
        raise wrong
    if all(isinstance(box, dict) for box in boxes):
        boxes = [boxes] * len(images)
    if len(boxes) == 1:
        boxes = list(boxes) * len(images)
    if len(boxes) != len(images):
        raise PatchMattersError(
            f"{name}: boxes of {len(boxes)} images for a batch of {len(images)}: connect the "
            "detector to the same IMAGE."
        )
    found = []
    for of_image, image in zip(boxes, images):
        detections = []
        for box in of_image:
            try:
                x, y, w, h = (float(box[key]) for key in ("x", "y", "width", "height"))
                label, score = str(box.get("label") or "object"), float(box.get("score", 1.0))
            except (KeyError, TypeError, ValueError, AttributeError):
                raise wrong from None
            inside = clip_box(x, y, x + w, y + h, *image.size)
            if inside and 0 <= score <= 1:
                detections.append(Detection(inside, label, score))
        found.append(detections)
    return found


def titled(records: Sequence, texts: Sequence[str]) -> str:
    """Join the texts of a batch, with a title above each if there is more than one image."""
    if len(records) == 1:
        return texts[0]
    return "\n\n".join(f"— Image {i} of {len(texts)} —\n{t}" for i, t in enumerate(texts, 1))


def with_notes(records: Sequence[ImageRecord]) -> list[str]:
    """Return what the node shows for each image: its caption, followed by the notes of the stages."""
    return [
        "\n".join([p.caption, *(["", "Notes:"] if p.notes else []), *(f"· {n}" for n in p.notes)])
        for p in records
    ]


def report_json(record: ImageRecord) -> str:
    """Return the full report of one image as JSON."""
    value = without_nan(core.report.as_dict(record))
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)


def processed(stage: Stage, batch: Sequence, models: Models, doing: str) -> list[ImageRecord]:
    """Run one stage on a batch under the node's progress bar.

    Args:
        doing: what the bar says of it: "describe".
    """
    plan.note_batch(len(batch))
    progress = NodeProgress(stage.steps(batch), doing, len(batch))
    with explained():
        return stage.process(batch, models, progress.update)


def announce(text: str) -> None:
    """Show a line on the node that is being executed, until its result replaces it, and below it what the run has asked
    of hosted models.
    """
    server = PromptServer.instance
    data = {"node": get_executing_context().node_id, "text": text, "run": plan.status()}
    server.send_sync("patch_matters.progress", data, server.client_id)


class NodeProgress:
    """Drive the node's progress bar, show the current patch, and raise if the user interrupts."""

    def __init__(self, steps: int, doing: str, images: int = 1):
        self._bar = comfy.utils.ProgressBar(max(1, steps))
        self._doing = doing
        self._images = images

    def update(self, index: int | None, region: str) -> None:
        """Count a region of an image as done. Without a region, only check for an interrupt."""
        text = region and f"{self._doing}: {region}"
        if region and self._images > 1:
            text += f", image {index + 1} of {self._images}"
        self.move_to(self._bar.current + bool(region), text)

    def download(self, done: int, total: int) -> None:
        """Show how many bytes of a model have been downloaded."""
        comfy.model_management.throw_exception_if_processing_interrupted()
        if total:
            self._bar.update_absolute(int(100 * done / total), 100)
            text = f"Downloading: {done / 1e9:.2f} of {total / 1e9:.2f} GB"
            # Loaders show no result that could hold the text.
            PromptServer.instance.send_progress_text(text, get_executing_context().node_id)

    def move_to(self, steps: float, text: str) -> None:
        """Set the number of finished steps. web/js/result.js shows the text on the node."""
        comfy.model_management.throw_exception_if_processing_interrupted()
        if not text:
            return
        self._bar.update_absolute(steps)
        announce(f"{text} …")
