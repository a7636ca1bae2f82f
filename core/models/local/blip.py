"""BLIP image-text matching, the verifier of the paper."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import torch
from PIL.Image import Image
from torch.nn.functional import normalize

from ...errors import PatchMattersError, explained
from ...evidence import Calibration
from .. import ModelProgress
from ..scoring import finite
from .devices import Devices, Weights
from .folder import ModelFolder
from .generation import in_batches
from .pretrained import check_complete, from_folder
from .unrelated_images import on_unrelated_images

TEXTS = 64  # sentences scored together at most


class BlipVerifier:
    """Score: the mean of P(match) of the ITM head and the cosine of the ITC head, cut to 0..1.

    The paper keeps a sentence above 0.3. Each image is encoded once, by the vision model; its sentences follow in one batch. A sentence is at
    most 500 characters long (`statements.MAX_SENTENCE`), so it fits BLIP's 512 tokens.
    """

    threshold = 0.3
    calibration: Calibration | None = None

    def __init__(self, name: str, folder: ModelFolder, devices: Devices):
        if folder.model_type != "blip":
            raise PatchMattersError(
                f"verifier: {folder.path.name} has the model type “{folder.model_type}”: choose a BLIP "
                "model for image-text retrieval."
            )
        self.name, self._folder, self._devices = name, folder, devices
        self.weights = Weights(folder.path.name, self._load)

    @cached_property
    def _processor(self):
        from transformers import AutoProcessor

        return from_folder(AutoProcessor, self._folder.path)

    def _load(self, device: torch.device) -> torch.nn.Module:
        from transformers import BlipForImageTextRetrieval

        model, report = from_folder(
            BlipForImageTextRetrieval,
            self._folder.path,
            use_safetensors=True,
            output_loading_info=True,
        )
        if any(key.startswith("itm_head") for key in report["missing_keys"]):
            raise PatchMattersError(
                f"verifier: {self._folder.path.name} is a BLIP model without a matching head: choose "
                "one for image-text retrieval (its name has “itm”)."
            )
        check_complete(self._folder.path, sorted(report["missing_keys"]))
        return model

    def score(
        self, batches: Sequence[tuple[Image, Sequence[str]]], on_progress: ModelProgress
    ) -> list[list[float | None]]:
        scores = []
        for index, (image, texts) in enumerate(batches):
            with explained(f"verifier: {self.name}"):
                scores.append(self._score(image, list(texts), on_progress))
            on_progress(index)
        return scores

    def baseline(self, texts: Sequence[str], on_progress: ModelProgress) -> list[list[float]]:
        return on_unrelated_images(self, texts, on_progress)

    @torch.inference_mode()
    def _score(
        self, image: Image, texts: list[str], on_progress: ModelProgress
    ) -> list[float | None]:
        model = self._devices.ready(self.weights)
        device = model.device
        pixels = self._processor(images=image, return_tensors="pt")["pixel_values"]
        seen = model.vision_model(pixel_values=pixels.to(device, model.dtype))[0]
        image_vector = normalize(model.vision_proj(seen[:, 0, :]), dim=-1)

        def run(start: int, stop: int) -> list[float | None]:
            on_progress(None)
            words = self._processor.tokenizer(
                texts[start:stop], padding=True, return_tensors="pt", return_token_type_ids=False
            ).to(device)
            rows = seen.expand(stop - start, -1, -1)
            crossed = model.text_encoder(
                **words,
                encoder_hidden_states=rows,
                encoder_attention_mask=torch.ones(rows.shape[:2], dtype=torch.long, device=device),
            )[0]
            match = model.itm_head(crossed[:, 0, :]).softmax(dim=-1)[:, 1]
            alone = model.text_encoder(**words)[0]
            cosine = normalize(model.text_proj(alone[:, 0, :]), dim=-1) @ image_vector[0]
            return finite(((match + cosine) / 2).clamp(0, 1).float().tolist())

        return in_batches(len(texts), run, TEXTS)
