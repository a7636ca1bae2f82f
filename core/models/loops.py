"""Degenerate text of a model in a loop: one letter, one word or one phrase again and again, inside a sentence."""

from __future__ import annotations

import re

TIMES = 4  # a phrase so often in a row, and it is a loop
LONGEST = 12  # words (characters, in scripts without blanks) of a phrase that is looked for
_SHORTEST = 8  # words or characters of a whole loop: "very, very, very, very" is none
_RUN = re.compile(r"(\w)\1{24,}")  # no word of any language has one letter so often
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def without_loops(text: str) -> tuple[str, int]:
    """Return the text with each loop said once, and how many characters that leaves out. Linear in the text's
    length.
    """
    short = _RUN.sub("", text)
    pieces = re.findall(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+|\s+", short)
    words = [i for i, piece in enumerate(pieces) if not piece.isspace()]
    said = [re.sub(r"\W+", "", pieces[i]).casefold() or pieces[i] for i in words]
    gone: set[int] = set()
    at = 0
    while at < len(said):
        length, period = _loop(said, at)
        if length:  # "a cup and a cup and ... a cup": what is left of the phrase at the end is how it goes on
            left = length % period
            gone.update(range(at, at + length - left) if left else range(at + period, at + length))
        at += max(1, length)
    dropped = {words[k] for k in gone}
    dropped |= {i - 1 for i in dropped if i and pieces[i - 1].isspace()}
    kept = "".join(piece for i, piece in enumerate(pieces) if i not in dropped)
    return kept.strip(), len(text) - len(kept)


def _loop(said: list[str], at: int) -> tuple[int, int]:
    """(words of the loop that begins here, words of its phrase); (0, 0) where none begins."""
    for period in range(1, LONGEST + 1):
        end = at + period
        while end < len(said) and said[end] == said[end - period]:
            end += 1
        length = (end - at) // period * period
        if length >= max(TIMES * period, _SHORTEST):
            return end - at, period
    return 0, 0
