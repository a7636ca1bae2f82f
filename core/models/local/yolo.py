"""Detectors of ultralytics from a .pt file: YOLO v8, 11, 26 (detection and segmentation), YOLO-World
and YOLOE."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import import_module
from math import isfinite
from pathlib import Path

from PIL.Image import Image

from ...errors import PatchMattersError
from ...regions import clip_box
from .. import Detection, ModelProgress
from .pretrained import from_folder, load_weights

FLOOR = 0.05  # detections below this score are noise to every stage
_loading = threading.Lock()


class UltralyticsDetector:
    """`ultralytics:<file>`: the classes stored in the file.

    Args:
        words: classes that a YOLO-World looks for instead of those in its file.
        text_encoder: gives the folder of the CLIP ViT-B/32 that reads those words (ultralytics' own
            way would install a package).

    A .pt file is a pickle, which may hold a program. It is loaded in ultralytics' safe mode, which
    builds only the model classes that it knows; where that mode is missing, it is not loaded.
    """

    needs_words = False

    def __init__(
        self,
        name: str,
        path: Path,
        device: str = "cpu",
        words: Sequence[str] = (),
        text_encoder: Callable[[], Path] | None = None,
    ):
        if path.suffix != ".pt" or not path.is_file():
            raise PatchMattersError(
                f"detector: {path} is not a .pt file of ultralytics: give the path of one, such as "
                "yolo11n.pt."
            )
        self.name, self._path, self._device = name, path.resolve(), device
        self._words, self._text_encoder = list(words), text_encoder

    @cached_property
    def _yolo(self):
        os.environ.setdefault("YOLO_AUTOINSTALL", "false")
        os.environ.setdefault(
            "YOLO_OFFLINE", "true"
        )  # no analytics, no crash reports, no version check
        import inspect

        from ultralytics import YOLO
        from ultralytics.nn import tasks
        from ultralytics.utils import checks

        # Another pack may have imported ultralytics before the variables were set.
        checks.AUTOINSTALL = False
        _send_nothing()
        known = "safe_only" in inspect.signature(tasks.torch_safe_load).parameters
        if not known or not tasks._SafeLoad.SUPPORTED:
            raise PatchMattersError(
                "detector: this version of ultralytics or PyTorch cannot load .pt files safely: python -m pip install -U ultralytics torch (8.4 and 2.6 or newer)."
            )
        with _loading:
            before, tasks.SAFE_LOAD = tasks.SAFE_LOAD, True
            try:
                yolo = YOLO(str(self._path))
            except Exception as error:
                raise PatchMattersError(
                    f"detector: {self._path.name} was not loaded, because it is damaged, is not a model of "
                    f"ultralytics, or contains more than a model: {str(error)[:300]}"
                ) from error
            finally:
                tasks.SAFE_LOAD = before
        if yolo.task not in ("detect", "segment"):
            raise PatchMattersError(
                f"detector: {self._path.name} is for the task “{yolo.task}”: choose one for "
                "detection or segmentation."
            )
        if self._words and self.takes_words(yolo):
            yolo.model.txt_feats = _word_vectors(self._words, self._text_encoder())
            yolo.model.model[-1].nc = len(self._words)
            yolo.model.names = dict(enumerate(self._words))
        return yolo

    @staticmethod
    def takes_words(yolo) -> bool:
        """Return whether a loaded model is a YOLO-World."""
        return hasattr(yolo.model, "txt_feats")

    def detect(
        self,
        images: Sequence[Image],
        on_progress: ModelProgress,
        words: Sequence[Sequence[str]] = (),
    ) -> list[list[Detection]]:
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
                if box and isfinite(score):
                    detections.append(Detection(box, result.names[int(kind)], float(score)))
            found.append(detections)
            on_progress(index)
        # The next stage needs the room; a detector is small enough to be moved back and forth.
        self._yolo.predictor = None
        self._yolo.model.to("cpu")
        return found


def _send_nothing() -> None:
    """Switch ultralytics' analytics off for this process; the user's settings file is left alone.

    It posts the model's name and the machine's hardware while its setting `sync` is on, which it is
    until the user switches it off. (To change the setting is to have it saved sooner or later.)
    """
    for module in ("ultralytics.utils.events", "ultralytics.hub.utils"):  # newer, older
        with contextlib.suppress(ImportError, AttributeError):
            import_module(module).events.enabled = False


def _word_vectors(words: Sequence[str], folder: Path):
    """Return what YOLO-World was trained to look for: CLIP's vectors of words, shape (1, words, 512)."""
    import torch
    from transformers import AutoTokenizer, CLIPTextModelWithProjection

    tokenizer = from_folder(AutoTokenizer, folder)
    model = load_weights(CLIPTextModelWithProjection, folder).eval()
    with torch.inference_mode():
        vectors = model(**tokenizer(list(words), padding=True, return_tensors="pt")).text_embeds
    return torch.nn.functional.normalize(vectors.float(), dim=-1).clone().unsqueeze(0)
