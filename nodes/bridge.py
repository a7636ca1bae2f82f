"""Between ComfyUI's values and the method's: images, boxes, masks, progress, errors."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import comfy.model_management
import comfy.utils
import numpy as np
import torch
from comfy_execution.utils import get_executing_context
from PIL import Image
from server import PromptServer

from ..core.errors import PatchMattersError
from ..core.images import MAX_PIXELS, to_rgb
from ..core.models import Detection
from ..core.models.scoring import without_nan
from ..core.picture import Picture
from ..core.pipeline import Models
from ..core.regions import IMAGE, clip_box
from ..core.report import annotated, as_dict
from ..core.stages import Stage

MAX_PICTURES = 1000  # in one batch; their captions and reports are kept in memory together
MAX_TEXT = 20_000  # characters of a prompt or caption that comes in


@contextlib.contextmanager
def explained():
    """Turns a package that is not installed into one sentence that names the command.

    (What finds no room on the GPU is left to ComfyUI, which unloads models and says what to do.)
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
    """IMAGE, float BHWC in 0..1 with 1, 3 or 4 channels -> RGB images.

    Values outside 0..1 are clipped, as core's SaveImage does.

    Raises:
        PatchMattersError: the batch is empty or of another shape, or a picture has NaN values.
    """
    shape = tuple(tensor.shape)
    if len(shape) != 4 or shape[3] not in (1, 3, 4):
        raise PatchMattersError(
            f"{name}: expected a batch of shape (images, height, width, 1, 3 or 4 channels), got "
            f"{shape}: connect an IMAGE."
        )
    if 0 in shape:
        raise PatchMattersError(f"{name}: there is no image in it (its shape is {shape}).")
    if shape[0] > MAX_PICTURES:
        raise PatchMattersError(
            f"{name}: {shape[0]} images are more than {MAX_PICTURES}: caption them in parts."
        )
    if shape[1] * shape[2] > MAX_PIXELS:
        raise PatchMattersError(
            f"{name}: {shape[2]} x {shape[1]} pixels are more than {MAX_PIXELS // 1_000_000} "
            "million: scale the image down first."
        )
    images = []
    for index, picture in enumerate(tensor):
        values = picture.float().cpu().numpy()  # HWC
        if np.isnan(values).any():
            raise PatchMattersError(
                f"{name}: image {index + 1} of {shape[0]} has values that are not numbers (NaN), "
                "so the node that made it failed: look at that one."
            )
        values = np.rint(values.clip(0, 1) * 255).astype(np.uint8)
        images.append(to_rgb(Image.fromarray(values[..., 0] if shape[3] == 1 else values)))
    return images


def bounded_text(text: str, name: str) -> str:
    """The text.

    Raises:
        PatchMattersError: it is longer than any prompt or caption.
    """
    if len(text) > MAX_TEXT:
        raise PatchMattersError(
            f"{name}: {len(text)} characters are more than {MAX_TEXT}: is this the right text?"
        )
    return text


def tensor_from_images(images: Sequence[Image.Image]) -> torch.Tensor:
    """RGB images of one size -> IMAGE, float32 BHWC in 0..1."""
    return torch.stack([torch.from_numpy(np.array(i, np.float32) / 255) for i in images])


def annotated_tensor(pictures: Sequence[Picture]) -> torch.Tensor:
    """The pictures with patches and detections drawn in, as IMAGE."""
    return tensor_from_images([annotated(picture) for picture in pictures])


def patch_masks(picture: Picture) -> torch.Tensor:
    """MASK, float32 (patches, height, width): 1 inside each patch, in the order of the boxes.

    For an image too small to divide, one mask of the whole.
    """
    width, height = picture.size
    regions = patches(picture)
    masks = torch.zeros((len(regions), height, width))
    for mask, region in zip(masks, regions):
        x1, y1, x2, y2 = region.box.pixels()
        mask[y1:y2, x1:x2] = 1
    return masks


def patch_boxes(picture: Picture) -> list[dict]:
    """The patches of one picture as BOUNDING_BOX values, in pixels."""
    boxes = []
    for region in patches(picture):
        x1, y1, x2, y2 = region.box.pixels()
        box = {"x": x1, "y": y1, "width": x2 - x1, "height": y2 - y1}
        boxes.append({**box, "label": region.name, "score": 1.0})
    return boxes


def patches(picture: Picture) -> list:
    """The regions below the whole image; the whole image where there are none."""
    regions = [r for r in picture.root.walk() if r.kind != IMAGE]
    return regions or [picture.root]


def detections_from_boxes(
    boxes, images: Sequence[Image.Image], name: str = "bboxes"
) -> list[list[Detection]]:
    """BOUNDING_BOX -> detections of each image.

    Core passes one box, a list of boxes (the same for every image), or a list of such lists (one an
    image). Boxes are cut at the image's border; what has no area inside it is left out.

    Raises:
        PatchMattersError: another form, or another number of lists than images.
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


def titled(pictures: Sequence, texts: Sequence[str]) -> str:
    """One text of many: each with a title where there is more than one picture."""
    if len(pictures) == 1:
        return texts[0]
    return "\n\n".join(f"— Image {i} of {len(texts)} —\n{t}" for i, t in enumerate(texts, 1))


def with_notes(pictures: Sequence[Picture]) -> list[str]:
    """The caption of each picture, followed by what the stages noted: it is shown on the node."""
    return [
        "\n".join([p.caption, *(["", "Notes:"] if p.notes else []), *(f"· {n}" for n in p.notes)])
        for p in pictures
    ]


def report_json(picture: Picture) -> str:
    """The full report of one picture."""
    value = without_nan(as_dict(picture))
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)


def processed(stage: Stage, batch: Sequence, models: Models, doing: str) -> list[Picture]:
    """Run one stage on a batch under the node's progress bar.

    Args:
        doing: what the bar says of it: "describe".
    """
    progress = NodeProgress(stage.steps(batch), doing, len(batch))
    with explained():
        return stage.process(batch, models, progress.step)


def current_run() -> str:
    """Names the queued prompt that is at work; empty outside of one."""
    context = get_executing_context()
    return context.prompt_id if context else ""


def announce(text: str) -> None:
    """Show a line in the result of the node that is at work, until its result is there."""
    server = PromptServer.instance
    data = {"node": get_executing_context().node_id, "text": text}
    server.send_sync("patch_matters.progress", data, server.client_id)


class NodeProgress:
    """The node's progress bar; names the patch at work, and raises where the user interrupts."""

    def __init__(self, steps: int, doing: str, images: int = 1):
        self._bar = comfy.utils.ProgressBar(max(1, steps))
        self._doing = doing
        self._images = images

    def step(self, index: int | None, region: str) -> None:
        """One more step is done: that region of that image. Without one, only check for an interrupt."""
        text = region and f"{self._doing}: {region}"
        if region and self._images > 1:
            text += f", image {index + 1} of {self._images}"
        self.move_to(self._bar.current + bool(region), text)

    def download(self, done: int, total: int) -> None:
        """So many bytes of a model are there."""
        comfy.model_management.throw_exception_if_processing_interrupted()
        if total:
            self._bar.update_absolute(int(100 * done / total), 100)
            text = f"Downloading: {done / 1e9:.2f} of {total / 1e9:.2f} GB"
            # Loaders have no result to show it in.
            PromptServer.instance.send_progress_text(text, get_executing_context().node_id)

    def move_to(self, steps: float, text: str) -> None:
        """So many steps are done in all. web/js/result.js shows the text on the node."""
        comfy.model_management.throw_exception_if_processing_interrupted()
        if not text:
            return
        self._bar.update_absolute(steps)
        announce(f"{text} …")
