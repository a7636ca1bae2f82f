"""Text that can be read in an image, quoted in a caption: the parser sees a name in its stead."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Words in quotation marks are text that can be read in the image. The parser sees a name in their stead.
QUOTE = re.compile(
    r"[\"“”„«]([^\"“”„«»]{1,200})[\"”“»]|(?<![\w’'])[‘']([^'‘’]{1,80})[’'](?!\w)"
    # ... or in capitals or digits after a word that announces text: "labeled 42", "reading STOP".
    r"|(?<=\bnumber )(\d[\w-]*)|(?:(?<=\breads )|(?<=\breading )|(?<=\bsays )|(?<=\bsaying )|(?<=\blabeled )|(?<=\blabelled )|(?<=\bmarked )|(?<=\bnumbered )|(?<=\bword )|(?<=\bwords ))((?:[A-Z0-9][A-Z0-9&'-]*(?:\s+(?=[A-Z0-9]))?)+)\b(?![a-z])"
)
STANDIN = "Quotation"


@dataclass
class Quote:
    """A text in quotation marks, and where its stand-in is in what is parsed.

    Attributes:
        text, said: without and with its marks.
        start, length: characters of the stand-in.
        token: its index among the tokens.
        used: a claim was made of it.
    """

    text: str
    said: str
    start: int
    length: int = 0
    token: int = -1
    used: bool = False


def stand_in(text: str) -> tuple[str, list[Quote]]:
    """The text with names in place of its quotations, and these."""
    quotes: list[Quote] = []
    parts, at, length = [], 0, 0
    for match in QUOTE.finditer(text):
        words = next(filter(None, match.groups()), "").strip()
        before = text[at : match.start()]
        if not any(c.isalnum() for c in words):
            continue
        parts.append(before)
        length += len(before)
        inner = words.rstrip(".,;!?") if words.endswith((",", ".", ";")) else words
        quotes.append(Quote(inner, match[0], length))
        tail = words[len(inner) :] if len(words) - len(inner) == 1 else ""
        parts.append(STANDIN + tail)
        length += len(STANDIN + tail)
        quotes[-1].length = len(STANDIN + tail)
        at = match.end()
    parts.append(text[at:])
    return "".join(parts), quotes
