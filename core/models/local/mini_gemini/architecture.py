"""Adds Mini-Gemini's vision to a language model of transformers.

Two towers look at the image: CLIP's ViT at a low resolution, and a ConvNeXt at a high one. Each
token of the first asks the features of the second that lie under it (patch info mining: arXiv
2403.18814, section 3.2), and what it learns is added to it.
"""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from transformers import (
    MODEL_FOR_CAUSAL_LM_MAPPING,
    CLIPVisionConfig,
    CLIPVisionModel,
    ConvNextConfig,
    ConvNextModel,
)


class Vision(nn.Module):
    """From the pixels of one image to its tokens. Parts are named as in published checkpoints.

    Args:
        config: the language model's, with the sizes of both towers (`checkpoint.configure`).
    """

    def __init__(self, config):
        super().__init__()
        clip, convnext = CLIPVisionConfig(**config.clip), ConvNextConfig(**config.convnext)
        self.layer, self.grid = config.mm_vision_select_layer, config.image_grid
        self.vision_tower = CLIPVisionModel(clip)
        self.vision_tower_aux = ConvNextModel(convnext)
        self.vision_tower_aux.layernorm = nn.Identity()  # for its pooled output, which is not used
        low, high = clip.hidden_size, sum(convnext.hidden_sizes)
        self.vlm_uni_query_projector = nn.Sequential(nn.LayerNorm(low), nn.Linear(low, low))
        self.vlm_uni_aux_projector = nn.Sequential(nn.LayerNorm(high), nn.Linear(high, low))
        self.vlm_uni_val_projector = nn.Sequential(nn.LayerNorm(high), nn.Linear(high, low))
        layers = [nn.Linear(low, config.hidden_size)]
        for _ in range(1, config.projector_depth):
            layers += [nn.GELU(), nn.Linear(config.hidden_size, config.hidden_size)]
        self.mm_projector = nn.Sequential(*layers)

    def forward(self, views: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        """Return the tokens of one image: (views * tokens of a view, width of the language model).

        Args:
            views: (views, 3, side, side): the image at the ViT's resolution; with a grid, the whole
                first (if the model looks at it), then its tiles, row by row.
            image: (3, height, width): the image at the high resolution.
        """
        seen = self.vision_tower(views, output_hidden_states=True)
        low = seen.hidden_states[self.layer][:, 1:]
        high = self._high(image[None])
        parts = [part for row in high.chunk(self.grid, 2) for part in row.chunk(self.grid, 3)]
        if len(views) > len(parts):
            whole = functional.interpolate(
                high.float(), scale_factor=1 / self.grid, mode="bilinear"
            )
            parts.insert(0, whole.to(high.dtype))
        # View by view: of a large image, the features of all at once would be gigabytes.
        tokens = torch.cat([a + self._mined(a, part[0]) for a, part in zip(low, parts)])
        return self.mm_projector(tokens)

    def _high(self, images: torch.Tensor) -> torch.Tensor:
        """Return the features of all stages, at the size of the first: (1, channels of all, rows, columns)."""
        features, found = self.vision_tower_aux.embeddings(images), []
        for stage in self.vision_tower_aux.encoder.stages:
            features = stage(features)
            found.append(features)
        size = found[0].shape[-2:]
        larger = (
            functional.interpolate(f.float(), size=size, mode="bilinear").to(f.dtype)
            for f in found[1:]
        )
        return torch.cat([found[0], *larger], dim=1)

    def _mined(self, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
        """Return what each token, (tokens, width), finds in the features under it, (channels, rows, columns)."""
        side = isqrt(len(low))
        under = high.unflatten(2, (side, -1)).unflatten(1, (side, -1))
        under = under.permute(1, 3, 2, 4, 0).flatten(2, 3).flatten(0, 1)  # token, place, channel
        return functional.scaled_dot_product_attention(
            self.vlm_uni_query_projector(low).unsqueeze(1),
            self.vlm_uni_aux_projector(under),
            self.vlm_uni_val_projector(under),
        ).squeeze(1)


class _MiniGemini:
    """Goes before a language model's class: where the prompt has an image, its tokens come in."""

    def __init__(self, config):
        super().__init__(config)
        self.vision = Vision(config)
        self.post_init()

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        position_ids: torch.Tensor | None = None,
        past_key_values=None,
        inputs_embeds: torch.Tensor | None = None,
        use_cache: bool | None = None,
        logits_to_keep: int | torch.Tensor = 0,
        pixel_values: torch.Tensor | None = None,
        pixel_values_aux: torch.Tensor | None = None,
        **kwargs,
    ):
        """See the language model's `forward`.

        Args:
            pixel_values: (batch, views, 3, side, side); see `Vision.forward`.
            pixel_values_aux: (batch, 3, height, width).
        """
        if pixel_values is not None and inputs_embeds is None:
            places = input_ids == self.config.image_token_id
            if places.any():  # in the prompt; the tokens after it are generated
                inputs_embeds = self._embedded(input_ids, places, pixel_values, pixel_values_aux)
                input_ids = None
        return super().forward(
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            past_key_values=past_key_values,
            inputs_embeds=inputs_embeds,
            use_cache=use_cache,
            logits_to_keep=logits_to_keep,
            **kwargs,
        )

    def _embedded(self, ids, places, views, images) -> torch.Tensor:
        embed = self.get_input_embeddings()
        words = embed(ids.masked_fill(places, 0))  # the image's id is beyond the vocabulary
        seen = torch.cat([self.vision(*image) for image in zip(views, images)])
        # Gemma scales what it reads: transformers 4 all of it, transformers 5 in this embedding.
        seen = seen * getattr(embed, "embed_scale", 1.0)
        return words.masked_scatter(places.unsqueeze(-1), seen.to(words.dtype))


@lru_cache
def seeing(config_class: type) -> Any:
    """Return the language model of a config's class, seeing."""
    language = MODEL_FOR_CAUSAL_LM_MAPPING[config_class]
    return type(f"MiniGemini{language.__name__}", (_MiniGemini, language), {})
