"""The requests to a captioner, whichever stage makes them."""

from __future__ import annotations

from .image_record import ImageRecord
from .models import CaptionRequest
from .styles import Style

GLOBAL_TEMPERATURE = 0.2  # paper, section 4.1


def whole_image_request(
    record: ImageRecord,
    style: Style,
    temperature: float = GLOBAL_TEMPERATURE,
    *,
    seed: int,
    max_tokens: int = 300,
) -> CaptionRequest:
    """Return the request for the one caption of a whole image, in this style."""
    asked = composed_prompt(style.prompt("whole"), record, style)
    name = record.root.name
    frame = record.fraction(record.seen(name))
    return CaptionRequest(record.view(name), asked, 1, temperature, max_tokens, seed, frame)


def composed_prompt(prompt: str, record: ImageRecord, style: Style) -> str:
    """Return a prompt with what the style asks for, what is to be described, and what is known."""
    asked = "\n\n".join(filter(None, (prompt, style.for_captioner(record.context))))
    return style.with_known(record.focus.told(asked, style), record.context)
