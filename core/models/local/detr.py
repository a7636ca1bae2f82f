"""Detectors of transformers: the DETR family, and open-vocabulary detectors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from math import isfinite

import torch
from PIL.Image import Image

from ...errors import explained
from ...regions import clip_box
from .. import Detection, ModelProgress
from .devices import Devices, Weights
from .folder import ModelFolder
from .pretrained import from_folder, load_weights

FLOOR = 0.05  # detections below this score are noise to every stage
WORDS = 20  # words asked for at once: Grounding DINO reads 256 tokens
WORD_FLOOR = 0.15  # of words: these detectors are seldom sure (their authors use 0.1 to 0.25)
_LETTERS = re.compile(r"\w+")


class TransformersDetector:
    """RT-DETR, DETR, YOLOS and the like: the classes stored in the model's config."""

    needs_words = False

    def __init__(self, name: str, folder: ModelFolder, devices: Devices):
        self.name, self._folder, self._devices = name, folder, devices
        self.weights = _weights("AutoModelForObjectDetection", folder)

    @cached_property
    def _processor(self):
        from transformers import AutoImageProcessor

        return from_folder(AutoImageProcessor, self._folder.path)

    def detect(
        self,
        images: Sequence[Image],
        on_progress: ModelProgress,
        words: Sequence[Sequence[str]] = (),
    ) -> list[list[Detection]]:
        with explained(f"detector: {self.name}"):
            return self._detect(images, on_progress)

    def _detect(self, images: Sequence[Image], on_progress: ModelProgress) -> list[list[Detection]]:
        found: list[list[Detection]] = []
        for index, image in enumerate(images):
            model = self._devices.ready(self.weights)
            inputs = self._processor(images=image, return_tensors="pt").to(model.device)
            with torch.inference_mode():
                out = model(**inputs)
            result = self._processor.post_process_object_detection(
                out, threshold=FLOOR, target_sizes=[(image.height, image.width)]
            )[0]
            names = [model.config.id2label[int(i)] for i in result["labels"]]
            found.append(_detections(result, names, image))
            on_progress(index)
        return found


class ZeroShotDetector:
    """Grounding DINO and OWL: finds what `words` name.

    Args:
        words: to look for in every image; without any, `detect` needs them for each image.
    """

    def __init__(self, name: str, folder: ModelFolder, devices: Devices, words: Sequence[str] = ()):
        self.name, self._folder, self._devices = name, folder, devices
        self.weights = _weights("AutoModelForZeroShotObjectDetection", folder)
        self._words = tuple(words)
        self.needs_words = not words

    @cached_property
    def _processor(self):
        from transformers import AutoProcessor

        return from_folder(AutoProcessor, self._folder.path)

    def detect(
        self,
        images: Sequence[Image],
        on_progress: ModelProgress,
        words: Sequence[Sequence[str]] = (),
    ) -> list[list[Detection]]:
        """`words` are one list an image, unless the detector has its own."""
        found: list[list[Detection]] = []
        for index, image in enumerate(images):
            asked = list(self._words or words[index])
            found.append([])
            for start in range(0, len(asked), WORDS):
                with explained(f"detector: {self.name}"):
                    found[-1] += self._find(image, asked[start : start + WORDS])
                on_progress(None)
            on_progress(index)
        return found

    @torch.inference_mode()
    def _find(self, image: Image, words: list[str]) -> list[Detection]:
        model = self._devices.ready(self.weights)
        size = [(image.height, image.width)]
        processor = self._processor
        if self._folder.model_type.startswith("owl"):
            asked = [[f"a photo of a {word}" for word in words]]
            inputs = processor(
                text=asked,
                images=image,
                return_tensors="pt",
                padding="max_length",
                truncation=True,
                max_length=model.config.text_config.max_position_embeddings,
            ).to(model.device)
            result = processor.post_process_grounded_object_detection(
                model(**inputs), threshold=WORD_FLOOR, target_sizes=size, text_labels=[words]
            )[0]
            return _detections(result, result["text_labels"], image)
        text = " ".join(f"{word.lower()}." for word in words)
        inputs = processor(text=text, images=image, return_tensors="pt").to(model.device)
        result = processor.post_process_grounded_object_detection(
            model(**inputs),
            inputs["input_ids"],
            threshold=WORD_FLOOR,
            text_threshold=WORD_FLOOR,
            target_sizes=size,
        )[0]
        # The answer is made of tokens of the question; it may hold parts of two words, or none.
        labels = [_nearest(label, words) for label in result["text_labels"]]
        return _detections(result, labels, image)


def _weights(auto: str, folder: ModelFolder) -> Weights:
    def load(device: torch.device) -> torch.nn.Module:
        import transformers

        return load_weights(getattr(transformers, auto), folder.path)

    return Weights(folder.path.name, load)


def _nearest(label: str, words: Sequence[str]) -> str:
    """Return the word that shares most with a label; empty where none shares anything."""

    def shared(word: str) -> int:
        return len(said & set(_LETTERS.findall(word.lower())))

    said = set(_LETTERS.findall(label.lower()))
    best = max(words, key=shared)
    return best if shared(best) else ""


def _detections(result: dict, labels: Sequence[str], image: Image) -> list[Detection]:
    found = []
    for sides, score, label in zip(result["boxes"].tolist(), result["scores"].tolist(), labels):
        box = clip_box(*sides, *image.size)
        if box and label and isfinite(score):
            found.append(Detection(box, label, min(1.0, float(score))))
    return sorted(found, key=lambda d: -d.score)
