"""Rooms and places that are indoors or outdoors, and which settings exclude each other."""

from __future__ import annotations

from functools import lru_cache

from . import lexicon

INDOOR = frozenset(
    "indoor indoors inside interior kitchen bathroom bedroom room living room office library classroom hallway "
    "restaurant cafe bar pub gym hospital museum gallery church cathedral garage workshop studio lobby elevator "
    "hall store shop supermarket mall theater cinema bakery diner basement attic laundry dining room corridor "
    "auditorium laboratory nursery waiting room bus interior train car cabin cockpit warehouse factory".split()
)
OUTDOOR = frozenset(
    "outdoor outdoors outside street road beach park field forest garden sidewalk plaza square yard lawn meadow "
    "mountain slope hillside desert lake river sea ocean harbor marina parking lot playground farm pasture "
    "backyard highway alley trail crosswalk intersection shore pier vineyard orchard campsite patio countryside "
    "rooftop hill valley canyon woods savannah savanna".split()
)
_ROOMS = ("kitchen", "bathroom", "bedroom", "office", "library", "classroom", "living room", "church", "garage",
          "gym", "restaurant", "museum", "dining room", "hallway")  # fmt: skip
_LANDS = ("street", "beach", "forest", "desert", "field", "park", "snow", "water")


@lru_cache(maxsize=4096)
def _inside(value: str) -> int:
    """1: indoors, -1: outdoors, 0: either."""
    words = lexicon.normal(value).split()
    indoor = any(w in INDOOR for w in words)
    outdoor = any(w in OUTDOOR for w in words)
    if words[:1] == ["outside"]:
        return -1
    return 0 if indoor == outdoor else 1 if indoor else -1


@lru_cache(maxsize=4096)
def entails(a: str, b: str) -> bool:
    a, b = lexicon.normal(a), lexicon.normal(b)
    if b in ("indoor", "indoors", "inside", "interior"):
        return _inside(a) == 1
    if b in ("outdoor", "outdoors", "outside", "exterior"):
        return _inside(a) == -1
    return bool(a and b) and lexicon.is_kind(a, b)


@lru_cache(maxsize=4096)
def excludes(a: str, b: str) -> bool:
    x, y = _inside(a), _inside(b)
    if x * y == -1:
        return True
    a, b = lexicon.normal(a), lexicon.normal(b)
    for kind in (_ROOMS, _LANDS):
        p = {k for k in kind if lexicon.is_kind(a, k)}
        q = {k for k in kind if lexicon.is_kind(b, k)}
        if p and q and not p & q:
            return True
    return False
