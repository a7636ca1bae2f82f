"""The one request for the caption of a whole image, whichever stage makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .models import CaptionRequest
from .prompts import load_prompt, with_context
from .regions import Box

if TYPE_CHECKING:
    from PIL.Image import Image

GLOBAL_TEMPERATURE = 0.2  # paper, section 4.1


def whole_image_request(
    image: Image,
    prompt: str = "",
    temperature: float = GLOBAL_TEMPERATURE,
    *,
    seed: int,
    max_tokens: int = 300,
    context: str = "",
) -> CaptionRequest:
    """Return the request for the one caption of a whole image.

    Args:
        prompt: what to ask; empty for the pack's own prompt.
        context: text about the image that is added to the captioner's prompt; empty for nothing.
    """
    asked = with_context(prompt or load_prompt("whole"), context)
    return CaptionRequest(image, asked, 1, temperature, max_tokens, seed, Box(0, 0, 1, 1))
