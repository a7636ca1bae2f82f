"""One request to a hosted model, whatever its wire format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One request for n answers, with an optional image (JPEG)."""

    text: str
    jpeg: bytes | None
    n: int
    temperature: float
    max_tokens: int
    seed: int
    schema: str = ""  # JSON schema of the answer; empty for plain text
