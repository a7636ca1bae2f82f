"""A caption as models send it -> its sentences: markdown, headings, labels and lead-ins told apart from
what is said of the image."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from .chinese import clauses, is_cut, said_of_image

MAX_CAPTION = (
    20_000  # characters of a caption that are read; a model in a loop says no more after them
)
MAX_SENTENCES = 200
MAX_SENTENCE = 600  # characters of a sentence; longer ones are lists or loops

_PICTURE = r"(?:image|picture|photo(?:graph)?|snapshot|shot|frame|scene|view|artwork|painting|crop|region|section|part of the image)"
_KIND = r"(?:(?:close-?up|black[- ]and[- ]white|color|colour|vintage|candid|aerial|wide|indoor|outdoor)\s+)?"
_THE = rf"(?:th(?:e|is|at)\s+(?:\w+ed\s+|entire\s+|given\s+|overall\s+)?{_KIND}{_PICTURE})"
_SHOWS = (
    r"(?:primarily\s+|mainly\s+|also\s+|prominently\s+|clearly\s+)?"
    r"(?:shows?|depicts?|captures?|features?|displays?|presents?|portrays?|illustrates?|showcases?|contains?|"
    r"includes?|reveals?|is\s+of|consists\s+of|has|provides|offers)"
)
_WE_SEE = r"(?:we\s+(?:can\s+)?(?:also\s+)?(?:clearly\s+)?(?:see|observe|find)|you\s+(?:can\s+)?(?:also\s+)?see|one\s+can\s+(?:also\s+)?see|i\s+(?:can\s+)?(?:also\s+)?see)"
# "The image shows a man": what stands before the thing, which then begins with "There is".
_ELEMENTS = (
    rf"(?:the\s+)?(?:(?:key|main|other|notable|visible|primary|additional)\s+)+"
    rf"(?:elements?|objects?|items?|features?|subjects?|details?)\s+(?:visible\s+)?(?:in|of)\s+{_THE}"
)
SHOWN = re.compile(
    # "It has" is rather said of a thing than of the image: "A dog is lying there. It has a red collar."
    rf"^(?!it\s+has\b)(?:(?:{_THE}|it|there)\s+{_SHOWS}|{_ELEMENTS}\s+(?:also\s+)?(?:includes?|are|is))\s+(?=\S)",
    re.IGNORECASE,
)
SEEN = re.compile(rf"^(?:(?:here|in (?:the|this) \w+),?\s+)?{_WE_SEE}\s+(?=\S)", re.IGNORECASE)
IN_PICTURE = re.compile(
    rf"^(?:in|within|throughout)\s+{_THE}(?:\s+(?:provided|above|shown))?\s*,?\s+(?=\S)",
    re.IGNORECASE,
)
_IMAGES = r"photo(?:graph)?s?|images?|pictures?|paintings?|drawings?"
OF_PICTURE = re.compile(
    r"^(?:(?:an?|the|this\s+is\s+an?|it\s+is\s+an?|this)\s+)?(?:(?!of\b|showing\b)[\w-]+,?\s+){0,3}?"
    r"(?:photo(?:graph)?|image|picture|snapshot|shot|view|close-?up)\s+(?:(?:of|showing|depicting|featuring|capturing)\s+)(?=\S)",
    re.IGNORECASE,
)
_HANGS = re.compile(
    rf"^(?:an?|one|two|the) (?:[\w-]+ )?(?:{_IMAGES}) of .*?\b(?:hangs?|is hanging|are hanging|is hung|is mounted|stands|leans|rests|"
    r"is propped|is displayed|is pinned|is taped|adorns|decorates|is on the (?:wall|desk|shelf))\b",
    re.IGNORECASE,
)
_LINKS = re.compile(
    r"^(?:additionally|furthermore|moreover|also|overall|interestingly|notably|meanwhile|finally|in addition|lastly|"
    r"besides|as well|of note|similarly|likewise|firstly|secondly|however|in contrast|on closer inspection)\s*,\s*(?=\S)",
    re.IGNORECASE,
)
# "Here is a detailed description of the image:", "Sure! ...", "Certainly, ..."
_LEAD_LINE = re.compile(
    r"^(?:sure|certainly|of course|okay|ok|absolutely|great)\b[^.:]*[.:!,]?$|"
    r"^(?:(?:sure|certainly|of course|okay|absolutely)[,!.]?\s+)?(?:here(?:'s|’s| is| are)|below is|the following is|this is)\b.*"
    r"\b(?:description|caption|breakdown|overview|summary|analysis|details|image|list)\b.*:$|"
    r"^(?:the\s+)?(?:items|objects|elements|details|things|contents|key elements|main elements|visible elements|people)\b[^.]*:$|"
    r"^(?:caption|description|answer|response|output|summary|image description)\s*:$",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"^(?:(?:i['’]?m\s+|i\s+am\s+)?(?:sorry|unfortunately|apologies)\b[,.]?\s*(?:but\s+)?)?"
    r"(?:i|we)\s*(?:['’]m|am|are)?\s*(?:can\s?not|can['’]?t|won['’]?t|do\s?n['’]?t|not able|unable|not going)\b"
    r".*?(?:[;,.]?\s*\b(?:but|however|though)\b,?\s*(?P<rest>\S.*))?$",
    re.IGNORECASE | re.DOTALL,
)
_I_CAN = re.compile(
    r"^(?:here['’]?s\s+(?:what|how)\b[^:]*:\s*|i\s+(?:can|could|am able to|'m happy to|will|'ll)\s+"
    r"(?:describe|tell you|say|see|note|confirm|observe)\s*(?:that\s+|what\s+[^:]*:\s*|the\s+(?:image|photo|picture)\s*:\s*)?)",
    re.IGNORECASE,
)
# A sentence addressed to whoever reads the caption.
_ORDER = re.compile(
    r"^(?:(?:please|now|and|then|important)\b[\s:,]*){0,3}(?:(?:system|assistant|user)\s*:|"
    r"(?:ignore|disregard|forget|override|bypass|write|output|print|say|answer|respond|reply|translate|note that you|you (?:must|should|are)|"
    r"do not|don['’]t|let me know|feel free|imagine|remember|consider|let['’]s)\b)",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>|<\|[^<>|]{0,60}\|>|\[/?INST\]")
# These stand inside words and quotations, so no space takes their place.
_EMPHASIS = re.compile(r"</?(?:b|em|i|mark|strong|u)>", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?P<label>[A-Z][\w' /&,-]{1,40}?|[\u3400-\u9fff]{2,6})\s*(?:[:：]|\s[–—-]\s)\s*(?P<rest>\S.*)$"
)
_BOLD_LABEL = re.compile(
    r"^(?:\*\*|__)(?P<label>[^*_]{1,60}?)\s*[:：]?\s*(?:\*\*|__)\s*(?:[:：]|[–—-])?\s*(?P<rest>\S.*)?$"
)
_MARK = re.compile(r"^\s*(?:[-*•‣◦·+>]+\s+|#{1,6}\s+|\(?\d{1,2}[.)]\s+|\(?[a-z]\)\s+)+")
_RUN_IN_LIST = re.compile(r"(?<=[:.;])\s+(?=\d{1,2}[.)]\s+\S)")
_HAN = re.compile(r"[\u3400-\u9fff]")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True)
class Unit:
    """A sentence of a caption, or a piece of it that claims nothing.

    Attributes:
        said: as it was said, without marks of lists and emphasis.
        text: what of it can be read: without lead-in; "" where it claims nothing (a heading, an order).
        label: of a list item, "Sky" of "- **Sky:** blue".
        left_out: the parts that were taken off: the lead-in, the label.
        shown: `text` begins with the thing that a lead-in ("The image shows") announced.
        complete: False where the caption was cut off inside it.
    """

    said: str
    text: str
    label: str = ""
    left_out: tuple[str, ...] = ()
    shown: bool = False
    complete: bool = True


def read_markup(text: str, *, cut: bool = False) -> tuple[list[Unit], str]:
    """Return the sentences of a caption in order, and a note of what was too long to be read ("" where all
    was).
    """
    note = ""
    if len(text) > MAX_CAPTION:
        text = text[:MAX_CAPTION]
        note = f"Only the first {MAX_CAPTION} characters of a caption are read."
        cut = True
    units: list[Unit] = []
    seen: set[str] = set()
    lines = [line for raw in text.splitlines() for line in _RUN_IN_LIST.split(_without_tags(raw))]
    for line in lines:
        for unit in _line(line):
            key = unit.said.casefold()
            if unit.text and key in seen:
                continue  # a model in a loop
            seen.add(key)
            units.append(unit)
        if len(units) > MAX_SENTENCES:
            units = units[:MAX_SENTENCES]
            note = f"Only the first {MAX_SENTENCES} sentences of a caption are read."
            break
    if len(units) > 1 and _HAN.search(units[-1].said) and is_cut(units[-1].said):
        cut = True
    if units and (cut or len(units[-1].said) > MAX_SENTENCE) and not _ended(units[-1].said):
        units[-1] = replace(units[-1], complete=False)
    return units, note


def _without_tags(text: str) -> str:
    return _TAG.sub(" ", _EMPHASIS.sub("", text))


def _ended(text: str) -> bool:
    return unicodedata.category(text[-1])[0] == "P" and text[-1] not in ",;:-–—(*"


def _clean(text: str) -> str:
    text = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    text = re.sub(r"\*\*|__|`|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)", "", text)
    return re.sub(r"\s+", " ", text).strip()


def _line(raw: str) -> list[Unit]:
    raw = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in raw).strip()
    heading = bool(re.match(r"\s*#{1,6}\s", raw))
    marked = _MARK.match(raw) is not None
    line = _MARK.sub("", raw).strip()
    if not any(c.isalnum() for c in line):
        return []
    if heading:
        return [Unit(_clean(line), "")]
    label, rest, bold = "", line, _BOLD_LABEL.match(line)
    if bold:
        label, rest = _clean(bold["label"]).rstrip(":："), _clean(bold["rest"] or "")
        if label.endswith((".", "!", "?")) or len(label.split()) > 7:
            label, rest = "", _clean(line)
    else:
        rest = _clean(line)
        plain = _LABEL.match(rest)
        if plain and (marked or len(plain["label"].split()) <= 3) and not _LEAD_LINE.match(rest):
            label, rest = plain["label"].strip(), plain["rest"]
    if label and not rest:
        return [Unit(_clean(line), "")]
    if not label and (_LEAD_LINE.match(rest) or _is_heading(rest)):
        return [Unit(rest, "")]
    units = [_sentence(s) for s in _split(rest) if any(c.isalnum() for c in s)]
    if label and units:
        first = units[0]
        units[0] = replace(
            first,
            label=label,
            said=f"{label}: {first.said}",
            left_out=(f"{label}:", *first.left_out),
        )
    return units


def _split(text: str) -> list[str]:
    """Return the sentences of one line; in any of the languages that `sentencex` knows."""
    from sentencex import segment

    found: list[str] = []
    for piece in segment("en", text):
        for part in re.split(r"(?<=[.!?。！？][\"”’'])\s+(?=[A-Z])|;\s+(?=[A-Z])", piece):
            part = part.strip()
            while len(part) > MAX_SENTENCE:
                at = part.rfind(", ", 0, MAX_SENTENCE)
                at = at if at > 0 else MAX_SENTENCE
                found.append(part[:at])
                part = part[at:].lstrip(", ")
            if part:
                found += clauses(part) if _HAN.search(part) else [part]
    return found


def _is_heading(text: str) -> bool:
    """ "Main Subject.", "Background:", "Description": a line of title words and no sentence."""
    words = re.findall(r"[^\W\d_][\w'-]*", text)
    if not words or len(words) > 6 or CJK.search(text):
        return False
    title = all(w[0].isupper() for w in words if len(w) > 3) and words[0][0].isupper()
    if text.endswith(":"):
        return len(words) <= 4 or title
    known = {w.lower() for w in words} & {
        "subject", "background", "foreground", "description", "overview", "setting", "details", "composition", "summary",
        "atmosphere", "mood", "lighting", "elements", "caption", "scene", "style", "colors", "objects", "people", "analysis",
        "midground", "conclusion", "impression", "surroundings", "environment",
    }  # fmt: skip
    return title and bool(known) and (len(words) > 1 or not text.endswith("!"))


def _sentence(said: str) -> Unit:
    if _HAN.search(said):
        text, left_out = said_of_image(said)
        return Unit(said, text, left_out=tuple(left_out))
    text, out, shown = said, [], False
    refused = _REFUSES.match(text)
    if refused:
        if not refused["rest"]:
            return Unit(said, "")
        out.append(text[: refused.start("rest")].strip())
        text = refused["rest"]
    announced = _I_CAN.match(text)
    if announced and refused:
        out.append(announced[0].strip())
        text = text[announced.end() :]
    if _ORDER.match(text) or _LEAD_LINE.match(text) or not text:
        return Unit(said, "", left_out=())
    for pattern in (_LINKS, IN_PICTURE, SEEN, SHOWN, OF_PICTURE, SHOWN, IN_PICTURE):
        if pattern is OF_PICTURE and _HANGS.match(text):
            continue  # a thing in the image
        if match := pattern.match(text):
            out.append(match[0].strip())
            text = text[match.end() :]
            shown = shown or pattern in (SEEN, SHOWN, OF_PICTURE)
    return Unit(said, text[:1].upper() + text[1:], left_out=tuple(out), shown=shown)
