"""Edits sentences and keeps the positions of their claims and things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from . import Claim, Sentence

Edit = tuple[int, int, str]  # characters from, to, and what stands there instead


def edited(
    sentence: Sentence, claims: Sequence[Claim], edits: Sequence[Edit]
) -> tuple[Sentence, list[Claim]]:
    """Return the sentence with parts of it replaced, and its claims with their spans moved along.

    Args:
        edits: none overlaps another; a span that ends or begins inside one is widened to hold all of it.
    """
    ordered = sorted(edits)
    text = sentence.text
    for start, end, words in reversed(ordered):
        text = text[:start] + words + text[end:]

    def moved(position: int, end_of_span: bool) -> int:
        shift = 0
        for start, end, words in ordered:
            if position >= end:
                shift += len(words) - (end - start)
            elif position > start:
                return start + shift + (len(words) if end_of_span else 0)
        return position + shift

    def span(start: int, end: int) -> tuple[int, int]:
        return (moved(start, False), moved(end, True))

    mentions = tuple((*span(a, b), thing) for a, b, thing in sentence.mentions)
    return (
        replace(sentence, text=text, mentions=mentions),
        [replace(c, spans=tuple(span(*s) for s in c.spans)) for c in claims],
    )
