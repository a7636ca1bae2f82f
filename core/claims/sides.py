"""Compares places in the image, such as "upper left corner", by the sides that they name."""

from __future__ import annotations

import re
from functools import lru_cache

from . import lexicon, values

_SIDES = {
    "left": {"left"}, "right": {"right"}, "top": {"top"}, "upper": {"top"}, "bottom": {"bottom"},
    "lower": {"bottom"}, "foreground": {"foreground"}, "front": {"foreground"}, "background": {"background"},
    "distance": {"background"}, "back": {"background"}, "backdrop": {"background"}, "center": {"center"},
    "middle": {"center"}, "central": {"center"}, "corner": {"corner"}, "far": {"background"},
    "leftmost": {"left"}, "rightmost": {"right"}, "above": {"top"}, "below": {"bottom"}, "overhead": {"top"},
    "horizon": {"background"}, "beyond": {"background"},
}  # fmt: skip
_APART = ({"left", "right"}, {"top", "bottom"}, {"foreground", "background"})


@lru_cache(maxsize=8192)
def sides(place: str) -> frozenset[str]:
    """Return the sides that a place names: "upper left corner" -> {top, left, corner}."""
    return frozenset(
        s for w in re.findall(r"[a-z]+", lexicon.normal(place)) for s in _SIDES.get(w, ())
    )


@lru_cache(maxsize=8192)
def places_clash(a: str, b: str) -> bool:
    """Return whether two places are on opposite sides of the image."""
    x, y = sides(a), sides(b)
    return any(
        len(pair & x) == 1 and len(pair & y) == 1 and (pair & x) != (pair & y) for pair in _APART
    )


@lru_cache(maxsize=8192)
def place_entails(a: str, b: str) -> bool:
    """Return whether what is at place a is also at place b."""
    x, y = sides(a), sides(b)
    if x and y:
        return y <= x or (y == {"background"} and "background" in x)
    return values.entails(a, b)
