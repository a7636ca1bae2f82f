"""Places in an image: phrases that name them, and those of a crop translated into the whole image."""

from __future__ import annotations

import re

from ..regions import Box

_PICTURE = (
    r"(?:image|picture|photo(?:graph)?|frame|scene|shot|view|snapshot|composition|crop|canvas)"
)
_WHERE = r"(?:top|bottom|upper|lower|left|right|middle|cent(?:er|re)|central|mid)\b"
_HOW = r"(?:far|very|immediate|near|extreme|slightly|just|direct|dead|blurred|blurry|hazy|distant|dark|soft)"
# "in the upper left corner of the image", "on the left", "in the foreground"; not "on the left of the car".
PHRASE = re.compile(
    rf"(?!near the (?:top|bottom|center|centre|middle)(?!(?: edge| side| corner| part| border)? of the {_PICTURE}))\b(?:(?:slightly|just|positioned|located|directly|mostly)\s+)*(?:in|at|on|to|towards?|near|along|from|across|off to|over on)\s+"
    rf"(?:the|its|both)\s+(?:{_HOW}[-\s]+)*"
    rf"(?:(?P<where>{_WHERE}(?:(?:[-\s]+|\s+and\s+){_WHERE})*)(?:[-\s]*hand)?(?:\s+(?:sides?|parts?|corners?|half|third|edges?|"
    rf"portions?|areas?|sections?|quadrant|foreground|background|center|centre|middle))?|(?P<depth>foreground|background|distance|midground|middle\s+ground))"
    rf"(?:\s+(?:of|in)\s+(?:the|this)\s+(?:\w+\s+)?{_PICTURE}\b|(?!\s+of\b)(?!\s+(?!(?:is|are|and|or|while|with|there|where|"
    r"wearing|who|has|in|on|at|standing|sitting|stands|sits|was|were|holds|holding|wears|a|an|the|two|three|several|"
    r"hangs?|lies?|rests?|walks?|runs?|looks?|faces?|appears?|seems?|can|shows?|near|next|behind|we|you)\b)[a-z]+\b))",
    re.IGNORECASE,
)
# An area of the image that something is said of: "the left half of the picture".
AREA = re.compile(
    rf"\b(?:the|its)\s+(?:{_HOW}[-\s]+)*(?P<where>{_WHERE}(?:(?:[-\s]+|\s+and\s+){_WHERE})*)(?:[-\s]*hand)?\s+"
    rf"(?:half|halves|sides?|parts?|corners?|thirds?|edges?|portion|areas?|sections?|quadrant|quarter)"
    rf"(?P<of>\s+(?:of|in)\s+(?:the|this)\s+(?:\w+\s+)?{_PICTURE}\b)?(?!\s+of\b)(?P<depth>)",
    re.IGNORECASE,
)
# Middle of a named place, in fractions of what it was said of; None on an axis that it leaves open.
_ACROSS = {"left": 1 / 6, "right": 5 / 6, "center": 0.5}
_DOWN = {"top": 1 / 6, "bottom": 5 / 6, "center": 0.5}
_DEPTHS = {
    "foreground": "foreground",
    "background": "background",
    "distance": "background",
    "midground": "midground",
}


def whole(frame: Box | None) -> bool:
    """Return whether a frame (in fractions of the image) is the image itself."""
    return frame is None or (
        frame.x1 <= 0.01 and frame.y1 <= 0.01 and frame.x2 >= 0.99 and frame.y2 >= 0.99
    )


def value(phrase: re.Match) -> str:
    """Return the place that a phrase names: "top left", "right", "center", "foreground"."""
    if depth := phrase["depth"]:
        return _DEPTHS.get(depth.lower().split()[0], "midground")
    return " ".join(
        w
        for w in re.split(r"[-\s]+", phrase["where"].lower().replace("centre", "center"))
        if w != "and"
    )


def translate(place: str, frame: Box | None) -> str:
    """Return a place of a crop, as a place of the whole image; "" where that can't be said.

    Thirds of the image name it: the middle of the place, which on an axis that the place leaves open is the
    middle of the crop. What is far away in a crop is far away in the image; what is near in it need not be.
    """
    if whole(frame) or place == "background":
        return place
    if place in _DEPTHS.values():
        return ""
    across, down = _read(place)
    x = frame.x1 + frame.width * (0.5 if across is None else across)
    y = frame.y1 + frame.height * (0.5 if down is None else down)
    column = "left" if x < 0.36 else "right" if x > 0.64 else ""
    row = "upper" if y < 0.36 else "lower" if y > 0.64 else ""
    if row and column:
        return f"{row} {column}"
    if column:
        return column
    return {"upper": "top center", "lower": "bottom center", "": "center"}[row]


def _read(place: str) -> tuple[float | None, float | None]:
    words = [
        {"upper": "top", "lower": "bottom", "middle": "center", "central": "center"}.get(w, w)
        for w in place.split()
    ]
    across = next((_ACROSS[w] for w in words if w in ("left", "right")), None)
    down = next((_DOWN[w] for w in words if w in ("top", "bottom")), None)
    if "center" in words:
        across = 0.5 if across is None else across
        down = 0.5 if down is None else down
    return across, down


def phrase(place: str) -> str:
    """Return the words that say it: "in the upper left", "on the right", "at the top"."""
    if place in ("foreground", "background", "midground", "center", "middle") or " " in place:
        prep = "at" if place in ("top center", "bottom center") else "in"
        return f"{prep} the {place}"
    return f"on the {place}" if place in ("left", "right") else f"at the {place}"


def area(place: str) -> str:
    """Return an area of the image by its place: "the left side of the image", "the upper left of the image"."""
    side = " side" if place in ("left", "right") else ""
    return f"the {place}{side} of the image"
