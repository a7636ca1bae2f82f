"""Detectors of ultralytics: YOLO v8, 11, 26 (detection and segmentation), from a .pt file."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from PIL.Image import Image

from ..errors import PatchMattersError
from ..regions import clip_box
from . import Detection, Tick

FLOOR = 0.05  # detections below this score are noise to every stage
_loading = threading.Lock()


class UltralyticsDetector:
    """`ultralytics:<file>`: the classes stored in the file.

    A .pt file is a pickle, which may hold a program. It is loaded in ultralytics' safe mode, which
    builds only the model classes that it knows; where that mode is missing, it is not loaded.
    """

    def __init__(self, name: str, path: Path, device: str = "cpu"):
        if path.suffix != ".pt" or not path.is_file():
            raise PatchMattersError(
                f"detector: {path} is no .pt file of ultralytics: give the path of one, as in "
                "yolo11n.pt."
            )
        self.name, self._path, self._device = name, path.resolve(), device

    @cached_property
    def _yolo(self):
        os.environ.setdefault("YOLO_AUTOINSTALL", "false")
        import inspect

        from ultralytics import YOLO
        from ultralytics.nn import tasks
        from ultralytics.utils import checks

        # Another pack may have imported ultralytics before the variable was set.
        checks.AUTOINSTALL = False
        known = "safe_only" in inspect.signature(tasks.torch_safe_load).parameters
        if not known or not tasks._SafeLoad.SUPPORTED:
            raise PatchMattersError(
                "detector: this ultralytics or PyTorch cannot load .pt files safely, and they may "
                "hold a program: python -m pip install -U ultralytics torch (8.4 and 2.6 or newer)."
            )
        with _loading:
            before, tasks.SAFE_LOAD = tasks.SAFE_LOAD, True
            try:
                yolo = YOLO(str(self._path))
            except Exception as error:
                raise PatchMattersError(
                    f"detector: {self._path.name} was not loaded, for it is damaged, no model of "
                    f"ultralytics, or holds more than a model: {str(error)[:300]}"
                ) from error
            finally:
                tasks.SAFE_LOAD = before
        if yolo.task not in ("detect", "segment"):
            raise PatchMattersError(
                f"detector: {self._path.name} is for the task «{yolo.task}»: choose one for "
                "detection or segmentation."
            )
        return yolo

    def detect(self, images: Sequence[Image], tick: Tick) -> list[list[Detection]]:
        found = []
        for index, image in enumerate(images):
            result = self._yolo.predict(
                image, conf=FLOOR, verbose=False, device=self._device, save=False
            )[0]
            detections = []
            for sides, score, kind in zip(
                result.boxes.xyxy.tolist(), result.boxes.conf.tolist(), result.boxes.cls.tolist()
            ):
                box = clip_box(*sides, *image.size)
                if box:
                    detections.append(Detection(box, result.names[int(kind)], float(score)))
            found.append(detections)
            tick(index)
        # The next stage needs the room; a detector is small enough to be moved back and forth.
        self._yolo.predictor = None
        self._yolo.model.to("cpu")
        return found
