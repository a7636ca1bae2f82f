"""Shortens a caption to a prompt that fits a text encoder, by leaving out the least important parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .errors import PatchMattersError

Count = Callable[[str], int]
"""The tokens that a text encoder makes of a text, without those it adds to every text."""

# Where a control token of an encoder that is a language model begins: <|im_end|>, <end_of_turn>, [INST].
_CONTROL = re.compile(r"<(?=[|/\w])|\[(?=/?[A-Z_]+\])")

SENTENCES, TAGS, BOORU_TAGS = "sentences", "tags", "booru tags"


@dataclass(frozen=True)
class Fitted:
    """A prompt, its number of tokens, and the parts that did not fit, most important first."""

    prompt: str
    tokens: int
    dropped: tuple[str, ...]


def fit(
    parts: Sequence[str],
    importance: Sequence[int],
    count: Count,
    budget: int,
    *,
    prefix: str = "",
    suffix: str = "",
    between: str = " ",
    escape: Callable[[str], str] = lambda text: text,
) -> Fitted:
    """Return a prompt of at most `budget` tokens.

    The most important parts go in first; one that finds no room is left out whole, and a shorter,
    less important one may take it. They keep the order they came in.

    Args:
        parts: sentences or tags.
        importance: the indices of `parts`, most important first.
        prefix, suffix: stay as they are: trigger and style words may be meant as weights.
        between: what stands between two parts: a blank, or a comma and a blank.
        escape: applied to the parts, which must not be read as commands.

    Raises:
        PatchMattersError: prefix and suffix alone are longer than the budget.
    """
    written = [escape(part) for part in parts]

    def joined(kept: set[int]) -> str:
        body = between.join(written[i] for i in sorted(kept))
        return ", ".join(part for part in (prefix.strip(" ,"), body, suffix.strip(" ,")) if part)

    if (alone := count(joined(set()))) > budget:
        raise PatchMattersError(
            f"prefix and suffix: they take {alone} of {budget} tokens, which leaves none for the caption. "
            "Shorten them, or raise the budget."
        )
    kept: set[int] = set()
    dropped = []
    for index in importance:
        if count(joined(kept | {index})) <= budget:
            kept.add(index)
        else:
            dropped.append(parts[index])
    prompt = joined(kept)
    return Fitted(prompt, count(prompt), tuple(dropped))


def neutralised(text: str, *, weights: bool) -> str:
    """Escape weights, embeddings and control tokens, so that a text encoder reads the caption as plain words.

    Args:
        weights: whether the encoder reads "(word:1.2)" as a weight; its brackets are then escaped.
    """
    text = re.sub(r"\bembedding:", "embedding : ", text, flags=re.IGNORECASE)
    text = _CONTROL.sub(lambda found: f"{found[0]} ", text)
    return re.sub(r"([()])", r"\\\1", text) if weights else text
