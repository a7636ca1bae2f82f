"""Splits texts into sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

SENTENCE_END = tuple(".!?。！？…\"'”’")


def clean_text(text: str) -> str:
    """Remove control characters and markup, and collapse whitespace.

    Line ends are kept, because they end sentences.
    """
    lines = []
    for line in text.splitlines():
        line = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in line)
        line = re.sub(r"^\s*(?:[-*•#>]+|\d{1,2}[.)])\s+", "", line)
        line = re.sub(r"\*\*|__|`", "", line)
        lines.append(re.sub(r"\s+", " ", line).strip())
    return "\n".join(line for line in lines if line)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a caption, cleaned; in any of the languages that `sentencex` knows."""
    from sentencex import segment

    return [
        sentence.strip()
        for line in clean_text(text).split("\n")
        for sentence in segment("en", line)
        if sentence.strip()
    ]


def join_sentences(sentences: Iterable[str]) -> str:
    """Return sentences as one paragraph. No space follows the end of a Chinese or Japanese sentence."""
    text = " ".join(sentence.strip() for sentence in sentences if sentence.strip())
    return re.sub(r"(?<=[。！？；]) (?=\S)|(?<=[。！？；][”」』）]) (?=\S)", "", text)
