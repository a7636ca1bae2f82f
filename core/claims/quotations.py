"""Text that can be read in an image, quoted in a caption: the parser sees a name in its stead."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Words in quotation marks are text that can be read in the image. The parser sees a name in their stead.
QUOTE = re.compile(
    r"[\"“”„\u00ab]([^\"“”„\u00ab\u00bb]{1,200})[\"”“\u00bb]|(?<![\w’'])[‘']([^'‘’]{1,80})[’'](?!\w)"
    # ... or in capitals or digits after a word that announces text: "labeled 42", "reading STOP".
    r"|(?<=\bnumber )(\d[\w-]*)|(?:(?<=\breads )|(?<=\breading )|(?<=\bsays )|(?<=\bsaying )|(?<=\blabeled )|(?<=\blabelled )|(?<=\bmarked )|(?<=\bnumbered )|(?<=\bword )|(?<=\bwords ))((?:[A-Z0-9][A-Z0-9&'-]*(?:\s+(?=[A-Z0-9]))?)+)\b(?![a-z])"
)
_HOURS = "one two three four five six seven eight nine ten eleven twelve".split()
_MINUTES = {
    "five": 5,
    "ten": 10,
    "quarter": 15,
    "a quarter": 15,
    "twenty": 20,
    "twenty-five": 25,
    "half": 30,
}
# "ten past two" after a verb of showing: what a clock shows is text, and no ten of anything.
_TIME = (
    rf"(?P<minutes>a quarter|quarter|half|five|ten|twenty-five|twenty)(?: minutes?)? (?P<way>past|to|after|before) "
    rf"(?P<hour>{'|'.join(_HOURS)})"
)
CLOCK = re.compile(
    rf"(?:(?<=\bshows )|(?<=\breads )|(?<=\bshowing )|(?<=\breading )|(?<=\bsays ))"
    rf"(?:{_TIME}|(?P<even>{'|'.join(_HOURS)}) o['’]clock|\d{{1,2}}:\d\d)\b",
    re.IGNORECASE,
)
STANDIN = "Quotation"


_MARKS = re.compile(r"[\"“”„\u00ab\u00bb]")


def clock_time(text: str) -> str:
    """ "10:45" for "a quarter to eleven", "half past ten" as "10:30"; any other text as it stands."""
    found = re.fullmatch(_TIME, text.strip(), re.IGNORECASE)
    even = re.fullmatch(rf"({'|'.join(_HOURS)}) o['’]clock", text.strip(), re.IGNORECASE)
    if even:
        return f"{_HOURS.index(even[1].lower()) + 1}:00"
    if not found:
        return text
    hour = _HOURS.index(found["hour"].lower()) + 1
    minutes = _MINUTES[found["minutes"].lower()]
    if found["way"].lower() in ("to", "before"):
        return f"{(hour - 2) % 12 + 1}:{60 - minutes:02d}"
    return f"{hour}:{minutes:02d}"


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
    """Return the text with names in place of its quotations, and these."""
    quotes: list[Quote] = []
    parts, at, length = [], 0, 0
    times = [] if _MARKS.search(text) else list(CLOCK.finditer(text))
    for match in times or QUOTE.finditer(text):
        words = match[0] if times else next(filter(None, match.groups()), "").strip()
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
