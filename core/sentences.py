"""Splits texts into sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

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


# First words of sentences that are written small within one.
_SMALL = frozenset(
    "a an the this that these those there it he she they his her its their one two three four five six seven eight "
    "nine ten several some many both another each in on at above below behind beside under near next".split()
)


def within_limit(sentences: Sequence[str], added: Sequence[str], maximum: int) -> list[str]:
    """Return the sentences and those added, at most so many.

    Of the sentences the last ones go. The added ones stay, and so does the first sentence: where they are too many,
    some are joined to one.

    Args:
        maximum: of the result; 0 for no limit.
    """
    if not maximum or len(sentences) + len(added) <= maximum:
        return [*sentences, *added]
    if len(added) < maximum:
        return [*sentences[: maximum - len(added)], *added]
    every = [*sentences[:1], *added]
    rest = len(every) - maximum + 1
    return [_as_one(every[:rest]), *every[rest:]]


def _as_one(sentences: Sequence[str]) -> str:
    """Return several sentences as one: "A cup stands there, and a dog lies beside it."."""
    first, *others = sentences
    for text in others:
        text = text.strip()
        if not text.isascii() and first.rstrip().endswith("。"):
            first = f"{first.rstrip()[:-1]}，{text}"
            continue
        word = text.split(" ")[0]
        small = word.lower() in _SMALL
        text = word.lower() + text[len(word) :] if small else text
        first = f"{first.rstrip().rstrip('.')}, and {text}"
    return first
