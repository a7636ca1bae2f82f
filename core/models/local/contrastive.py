"""CLIP and SigLIP as verifiers: they compare an image vector and a text vector by their cosine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import torch
from PIL.Image import Image
from torch.nn.functional import normalize

from ...errors import explained
from ...evidence import Calibration
from .. import ModelProgress
from ..scoring import finite
from .devices import Devices, Weights
from .folder import ModelFolder
from .generation import in_batches
from .pretrained import from_folder, load_weights
from .unrelated_images import on_unrelated_images, unrelated_images

TEXTS = 64  # sentences encoded together at most
CLIP_SCALE = 2.5  # CLIPScore (Hessel et al. 2021, section 3)


class ContrastiveVerifier:
    """Score of CLIP: CLIPScore, 2.5 x cosine, cut to 0..1; of SigLIP: its probability.

    CLIP's cosines crowd together (published means for ViT-L/14 on COCO: about 0.25 for a caption of
    the image, 0.12 for one of another), so CLIPScore 0.5, a cosine of 0.2, is the threshold. SigLIP's
    probability was trained with one true text among tens of thousands, so that true sentences often
    stay below 0.5 (0.3 in the transformers documentation's own example): its threshold is 0.05. Both
    were set by those figures, not measured here. A text longer than the model reads is scored in parts, and its weakest part counts.
    """

    calibration: Calibration | None = None

    def __init__(self, name: str, folder: ModelFolder, devices: Devices):
        self.name, self._folder, self._devices = name, folder, devices
        self._sigmoid = folder.model_type != "clip"
        self.weights = Weights(folder.path.name, self._load)
        self._unrelated: dict[int, torch.Tensor] = {}  # vectors of `unrelated_images`, by their id
        self.threshold = 0.05 if self._sigmoid else 0.5

    @cached_property
    def _processor(self):
        from transformers import AutoProcessor

        return from_folder(AutoProcessor, self._folder.path)

    def _load(self, device: torch.device) -> torch.nn.Module:
        from transformers import AutoModel

        return load_weights(AutoModel, self._folder.path)

    @cached_property
    def _limit(self) -> int:
        """Tokens that the text model reads, its own start and end included."""
        from transformers import AutoConfig

        config = from_folder(AutoConfig, self._folder.path)
        return config.text_config.max_position_embeddings

    def score(
        self, batches: Sequence[tuple[Image, Sequence[str]]], on_progress: ModelProgress
    ) -> list[list[float | None]]:
        with explained(f"verifier: {self.name}"):
            return self._scores(batches, on_progress)

    def _scores(
        self, batches: Sequence[tuple[Image, Sequence[str]]], on_progress: ModelProgress
    ) -> list[list[float | None]]:
        texts = list(dict.fromkeys(text for _, of_image in batches for text in of_image))
        parts = {text: in_parts(text, self._fits) for text in texts}
        pieces = list(dict.fromkeys(part for text in texts for part in parts[text]))
        vectors = dict(zip(pieces, self._text_vectors(pieces, on_progress)))
        scores = []
        for index, (image, of_image) in enumerate(batches):
            seen = self._unrelated.get(id(image))
            seen = self._image_vector(image) if seen is None else seen
            fits = {part: self._score(seen, vectors[part]) for t in of_image for part in parts[t]}
            # NaN compares as neither more nor less: a sentence with one such part is not scored.
            weakest = (torch.tensor([fits[part] for part in parts[t]]).min() for t in of_image)
            scores.append(finite(map(float, weakest)))
            on_progress(index)
        return scores

    def baseline(self, texts: Sequence[str], on_progress: ModelProgress) -> list[list[float]]:
        for image in unrelated_images():
            if id(image) not in self._unrelated:
                self._unrelated[id(image)] = self._image_vector(image)
        return on_unrelated_images(self, texts, on_progress)

    def _fits(self, text: str) -> bool:
        return len(self._processor.tokenizer(text)["input_ids"]) <= self._limit

    @torch.inference_mode()
    def _image_vector(self, image: Image) -> torch.Tensor:
        model = self._devices.ready(self.weights)
        inputs = self._processor(images=image, return_tensors="pt").to(model.device)
        return normalize(_vectors(model.get_image_features(**inputs))[0].float(), dim=0)

    def _text_vectors(self, texts: Sequence[str], on_progress: ModelProgress) -> list[torch.Tensor]:
        # SigLIP was trained on texts filled up to its limit.
        padding = {"padding": "max_length", "max_length": self._limit} if self._sigmoid else {}

        @torch.inference_mode()
        def run(start: int, stop: int) -> list[torch.Tensor]:
            on_progress(None)
            model = self._devices.ready(self.weights)
            inputs = self._processor.tokenizer(
                list(texts[start:stop]), return_tensors="pt", **{"padding": True, **padding}
            ).to(model.device)
            found = model.get_text_features(
                input_ids=inputs["input_ids"], attention_mask=inputs.get("attention_mask")
            )
            return list(normalize(_vectors(found).float(), dim=-1))

        return in_batches(len(texts), run, TEXTS)

    @torch.inference_mode()
    def _score(self, image: torch.Tensor, text: torch.Tensor) -> float:
        cosine = image @ text
        if self._sigmoid:
            model = self._devices.ready(self.weights)
            scale, bias = model.logit_scale.float().exp(), model.logit_bias.float()
            return float(torch.sigmoid(cosine * scale + bias))
        return float((CLIP_SCALE * cosine).clamp(0, 1))


def in_parts(text: str, fits) -> list[str]:
    """Return the text, or parts of it that each fit: cut after a sentence, else a comma, else a word."""
    if fits(text):
        return [text]
    for pattern in (r"(?<=[.!?])\s+", r"(?<=[,;:])\s+", r"\s+"):
        cuts = [m.span() for m in re.finditer(pattern, text.strip())]
        if cuts:
            start, end = min(cuts, key=lambda c: abs(c[0] - len(text) / 2))
            text = text.strip()
            return [*in_parts(text[:start], fits), *in_parts(text[end:], fits)]
    half = len(text) // 2
    return [*in_parts(text[:half], fits), *in_parts(text[half:], fits)]


def _vectors(output) -> torch.Tensor:
    """transformers 4 gives the projected vectors themselves, 5 an object that holds them."""
    return output if isinstance(output, torch.Tensor) else output.pooler_output
