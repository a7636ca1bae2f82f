"""Words of setting, time, season, weather and light: what scene claims are made of."""

from __future__ import annotations

from functools import lru_cache

from . import lexicon
from .english_words import (
    EVALUATIVE,
    EVENTS,
    LIGHTS,
    SEASONS,
    SETTING_WORDS,
    SETTINGS,
    TIMES,
    WEATHER,
)

ENCLOSED = frozenset(
    "kitchen room bedroom bathroom office restaurant garage store shop classroom library gym museum church cafe bar "
    "hotel hospital lobby hallway corridor supermarket bakery workshop warehouse factory cafeteria lounge studio garden "
    "market station airport stadium".split()
)
# Places that a whole image shows, or is taken in: "in a park". A street, a field, a hillside are also things.
SURROUNDING = frozenset(
    "park backyard yard forest woods harbor harbour marina port market station city town village neighborhood countryside "
    "desert zoo plaza jungle campsite airport stadium arena playground site intersection suburb waterfront campus farm "
    "downtown fairground orchard vineyard rainforest rink gymnasium".split()
)
SHOWN_SETTINGS = SURROUNDING | frozenset(
    "street beach alley square landscape cityscape interior corner crossroads skyline".split()
)
_SETTING_KINDS = frozenset(
    "urban suburban rural residential commercial industrial outdoor indoor domestic natural coastal wooded forested "
    "mountainous tropical parking dining living public shopping waiting seating picnic play".split()
)
_DAY = {
    "daytime": "day",
    "nighttime": "night",
    "midday": "noon",
    "nightfall": "dusk",
    "fall": "autumn",
}
_PARTS_OF_DAY = frozenset("early late mid".split())


@lru_cache(maxsize=4096)
def is_room(noun: str) -> bool:
    """Return whether being in it says where the whole image was taken: "in a kitchen"."""
    return noun in ENCLOSED or (
        noun not in ("seating", "dining", "storage")
        and bool(lexicon.senses(noun))
        and lexicon.is_kind(noun, "room")
    )


def scene_of(token) -> tuple[str, str] | None:
    """(subject, value) of a scene claim that a noun or adjective makes: ("time", "early morning")."""
    base = token.lemma_.lower()
    before = [c.text.lower() for c in token.children if c.dep_ in ("amod", "compound", "nmod")]
    if base in ("day", "night", "evening", "morning", "afternoon", "weather", "sky"):
        weather = [w for w in before if w in WEATHER]
        if weather and base != "sky":
            return ("weather", " ".join(weather))
        season = [w for w in before if w in SEASONS]
        if season:
            return ("season", season[0])
    if base == "sky" and any(w == "overcast" for w in before):
        return ("sky", "overcast")
    if base == "weather" and before:
        return ("weather", " ".join(before))
    if base in TIMES and base != "day":
        return (
            "time",
            " ".join([*[w for w in before if w in _PARTS_OF_DAY], _DAY.get(base, base)]),
        )
    if base == "day" and not before and any(c.text.lower() == "the" for c in token.children):
        return ("time", "day")
    if base in SEASONS:
        return ("season", _DAY.get(base, base))
    if token.pos_ in ("ADJ", "ADV") and base in WEATHER:
        return ("weather", base)
    if base in ("outdoors", "indoors", "outdoor", "indoor", "outside", "inside") and token.dep_ in (
        "advmod",
        "acomp",
        "attr",
        "amod",
        "oprd",
    ):
        if base in ("outside", "inside") and any(
            c.dep_ in ("prep", "pobj") for c in token.children
        ):
            return None
        return ("setting", base.rstrip("s") + "s" if base.endswith(("door", "doors")) else base)
    if base in ("sunlight", "daylight") or (
        base in LIGHTS and token.tag_ == "NN" and token.dep_ != "compound" and _from(token)
    ):
        good = [w for w in before if w not in EVALUATIVE]
        return (
            "light",
            " ".join([*good, base] if base in ("sunlight", "daylight") else good)
            or f"from {_from(token)}",
        )
    if (
        base in ("rain", "drizzle", "snowfall", "rainstorm", "snowstorm", "blizzard")
        and token.pos_ == "NOUN"
        and token.dep_ != "compound"
    ):
        return ("weather", base)
    if (
        base in LIGHTS
        and token.tag_ == "NN"
        and token.dep_ != "compound"
        and any(c.dep_ == "amod" for c in token.children)
        and not {"on", "off"} & {*before}  # a lamp
    ):
        good = [w for w in before if w not in EVALUATIVE]
        return ("light", " ".join(good)) if good else None
    if base in SETTING_WORDS and base != "interior" and before:
        good = [
            w
            for w in before
            if w not in EVALUATIVE
            and (base in ("setting", "environment", "scene") or w in _SETTING_KINDS)
        ]
        return ("setting", " ".join(good)) if good else None
    return None


def _from(token) -> str:
    """Return where light comes from: "left"."""
    for p in token.children:
        if p.dep_ == "prep" and p.text.lower() == "from":
            words = [
                t.text.lower()
                for t in p.subtree
                if t.text.lower() in ("left", "right", "above", "upper", "behind", "top", "window")
            ]
            return " ".join(words)
    return ""


def time_of(token) -> tuple[str, str] | None:
    """Return the time that a noun says besides its weather: "a rainy night"."""
    base = token.lemma_.lower()
    return ("time", _DAY.get(base, base)) if base in TIMES and base != "day" else None


def setting_of(token) -> tuple[str, str] | None:
    """(subject, value) where a noun names the setting or event of the whole image: "a street", "a soccer match"."""
    base = token.lemma_.lower()
    before = [c.text.lower() for c in token.children if c.dep_ in ("compound", "nmod")]
    if base in EVENTS and base != "market":
        return ("event", " ".join([*before[-1:], base]))
    if base in SETTINGS or base in SHOWN_SETTINGS or is_room(base):
        return ("setting", " ".join([*before[-1:], base]))
    return None


def scene_subject(token) -> str:
    """Return the scene subject that a noun is, where a clause says something of it: "The weather is ..."."""
    base = token.lemma_.lower()
    if base in ("setting", "location", "environment", "place", "scene"):
        return "setting"
    if base in LIGHTS:
        lamp = any(
            c.dep_ == "nummod" or c.text.lower() in ("a", "one", "each") for c in token.children
        )
        return "" if lamp and base == "light" else "light"
    if base in ("weather", "season", "event", "time"):
        return base
    if base == "it" and token.pos_ == "PRON":
        return "it"
    return ""
