"""Compares two claims about consistently numbered things: does the first entail or contradict the second?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from . import (
    ACTION,
    ATTRIBUTE,
    NUMBER,
    OBJECT,
    PLACE,
    RELATION,
    SCENE,
    STATEMENT,
    TEXT,
    Claim,
    Thing,
    implied_states,
    lexicon,
    predicates,
    scene_settings,
    sides,
    surface_similarity,
    values,
)
from .quotations import clock_time

ENTAILED, CONTRADICTED, NEUTRAL = "entailed", "contradicted", "neutral"
_OF_ONE = (ATTRIBUTE, ACTION, SCENE)
DENIAL = re.compile(
    r"\b(?:not?|without|never|none|nothing|neither|nor|\w+n['’]t|(?:empty|free|devoid) of)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return written text for comparison: lower case, without blanks and punctuation, times in one form."""
    return re.sub(r"[\W_]+", "", clock_time(text).lower())


_MASS = frozenset(
    "grass sand snow water tree leaf cloud vegetation foliage building sky bush plant dirt light person shadow "
    "reflection fog smoke flower rock wall".split()
)


def everywhere(noun: str) -> bool:
    """Stuff, and things of which there is more: it may be here and there."""
    return lexicon.head(lexicon.singular(noun)) in _MASS


def names(claim: Claim, thing: int) -> str:
    """Return what the claim calls that thing; "" where it does not speak of it."""
    if claim.thing == thing:
        return claim.subject
    return claim.object if claim.other == thing else ""


def called(thing: Thing) -> tuple[str, ...]:
    return (thing.head, *thing.heads)


def a_kind(heads: Sequence[str], general: str) -> bool:
    return any(lexicon.is_kind(h, general) for h in heads)


def says(p: Claim, h: Claim, things: Sequence[Thing]) -> str:
    """Return whether `p` entails, contradicts or leaves open `h`, both true of one numbering of things."""
    if STATEMENT in (p.kind, h.kind):
        if p.kind != h.kind:
            return NEUTRAL
        return {"equivalent": ENTAILED, "a_entails_b": ENTAILED, "contradiction": CONTRADICTED}.get(
            surface_similarity.compare(p.text, h.text), NEUTRAL
        )
    if h.kind == OBJECT:
        return _object(p, h, things)
    if p.kind == OBJECT and p.negated and not h.negated:
        if h.thing >= 0 and a_kind(called(things[h.thing]), p.subject) and h.kind != SCENE:
            return CONTRADICTED
        if h.other >= 0 and a_kind(called(things[h.other]), p.subject):
            return CONTRADICTED
        return NEUTRAL
    if p.kind == OBJECT and p.negated and h.negated and h.kind == RELATION:
        denied = lexicon.is_kind(h.subject, p.subject) or lexicon.is_kind(
            h.object or "?", p.subject
        )
        return ENTAILED if denied else NEUTRAL
    if h.kind == NUMBER:
        if p.kind == NUMBER and _one(p, h) and not p.negated:
            return ENTAILED if p.value == h.value else CONTRADICTED
        return NEUTRAL
    if h.kind == PLACE:
        return _place(p, h)
    if h.kind == TEXT:
        if p.kind == TEXT and (_one(p, h) or h.thing < 0 or p.thing < 0):
            a, b = plain(p.value), plain(h.value)
            if b and b in a:
                return CONTRADICTED if p.negated != h.negated else ENTAILED
            if _one(p, h) and not p.negated and not h.negated:
                return CONTRADICTED
        return NEUTRAL
    verdict = _relation(p, h, things) if h.kind == RELATION else _of_one(p, h)
    if verdict == NEUTRAL and p.thing >= 0 and _one(p, h) and implied_states.clash(p, h):
        return CONTRADICTED
    return verdict


def _one(p: Claim, h: Claim) -> bool:
    """Return whether both claims are about one thing. A thing that the other text does not mention (-2) is none of its things."""
    if -2 in (p.thing, h.thing):
        return False
    return p.thing == h.thing if p.thing >= 0 and h.thing >= 0 else p.subject == h.subject


def _object(p: Claim, h: Claim, things: Sequence[Thing]) -> str:
    if h.negated:
        if p.negated:
            return (
                ENTAILED if p.kind == OBJECT and lexicon.is_kind(h.subject, p.subject) else NEUTRAL
            )
        if p.kind == OBJECT and lexicon.is_kind(p.subject, h.subject):
            return CONTRADICTED
        return NEUTRAL
    if p.negated:
        clash = p.kind == OBJECT and lexicon.is_kind(h.subject, p.subject)
        return CONTRADICTED if clash else NEUTRAL
    if h.plural and _single(p, h, things):
        return NEUTRAL
    name = names(p, h.thing) if h.thing >= 0 else p.subject if p.kind == OBJECT else ""
    if name:
        if lexicon.is_kind(name, h.subject):
            return ENTAILED
        if lexicon.excludes(name, h.subject):
            return CONTRADICTED
        if p.kind == ATTRIBUTE and lexicon.is_kind(p.value, h.subject):
            return ENTAILED
    return NEUTRAL


def _single(p: Claim, h: Claim, things: Sequence[Thing]) -> bool:
    """Return whether the premise speaks of one thing where the claim is that there are several."""
    if p.plural or h.thing < 0 or h.thing not in (p.thing, p.other):
        return False
    return things[h.thing].number == 1 and not things[h.thing].members


def _place(p: Claim, h: Claim) -> str:
    if p.kind != PLACE or not _one(p, h):
        return NEUTRAL
    if p.negated == h.negated:
        if sides.place_entails(p.value, h.value):
            return ENTAILED
        clash = not p.negated and sides.places_clash(p.value, h.value) and not everywhere(h.subject)
        return CONTRADICTED if clash else NEUTRAL
    return CONTRADICTED if values.entails(p.value, h.value) else NEUTRAL


def _signed(p: Claim, h: Claim, entails: bool, backward: bool, excludes: bool) -> str:
    """Return the verdict with the denials of both: a denied general value denies the special ones."""
    if not p.negated and not h.negated:
        return ENTAILED if entails else CONTRADICTED if excludes else NEUTRAL
    if p.negated and h.negated:
        return ENTAILED if backward else NEUTRAL
    if p.negated:
        return CONTRADICTED if backward else ENTAILED if _dual(p.value, h.value) else NEUTRAL
    return CONTRADICTED if entails else ENTAILED if excludes else NEUTRAL


_TWO_SIDED = re.compile(
    r"^(?:open|closed|shut|on|off|run|turn|lit|empty|full|occupied|move|still|stationary|plugged|locked|buttoned|zipped|"
    r"fold|tied|dressed|made|switch|awake|asleep|lock|button|zip|plug|peel|paint|pave|frozen)"
)


def _dual(denied: str, said: str) -> bool:
    """Return whether two states are opposites with nothing between them, so that denying one states the other."""
    opposite = denied == f"un{said}" or said == f"un{denied}"
    return opposite or (bool(_TWO_SIDED.match(denied)) and values.excludes(denied, said))


def _relation(p: Claim, h: Claim, things: Sequence[Thing]) -> str:
    if p.kind in (ATTRIBUTE, ACTION):
        if not _one(p, h) and not (h.other >= 0 and p.thing == h.other):
            return NEUTRAL
        said = (
            values.entails(p.value, f"{h.value} {h.object}")
            if _one(p, h)
            else (
                predicates.parts(h.value)[0] in ("cover", "blanket")
                and values.entails(p.value, h.subject)
            )
        )
        if not said and predicates.parts(h.value)[0] in predicates.HAVING | {"wear"} and _one(p, h):
            said = values.entails(p.value, h.object)
        verb = predicates.parts(h.value)[0]
        clash = _one(p, h) and bool(
            any(lexicon.is_kind(h.object, k) for k in lacked(p.value) if h.object)
            or predicates.posture_excludes(predicates.parts(p.value)[0], verb)
            or (verb and predicates.action_excludes(p.value, f"{h.value} {h.object}"))
        )
        return _signed(p, h, said, said, clash)
    if p.kind != RELATION:
        return NEUTRAL
    p, h = _bare(p), _bare(h)
    straight = _one(p, h) and _same_other(p, h)
    turned = p.other == h.thing and p.thing == h.other and p.thing >= 0 and h.thing >= 0
    if straight or turned:
        return _signed(
            p,
            h,
            predicates.entails(p.value, h.value, turned),
            predicates.entails(h.value, p.value, turned),
            predicates.excludes(p.value, h.value, turned),
        )
    if _one(p, h) and not p.negated and not h.negated:
        (pv, pp, _), (hv, hp, _) = predicates.parts(p.value), predicates.parts(h.value)
        if predicates.posture_excludes(pv, hv):
            return CONTRADICTED
        a, b = p.object, h.object
        if pp == hp == "on" and pv == hv and a and b and _grounds_clash(a, b):
            return CONTRADICTED
        if pv == hv and not pp and not hp and pv in _ONE_AT_A_TIME and lexicon.excludes(a, b):
            return CONTRADICTED
    return NEUTRAL


_ONE_AT_A_TIME = frozenset("ride drive play read drink pull steer row".split())


def _bare(claim: Claim) -> Claim:
    """Return the claim with "have" for "wear" where its subject is not alive: a ramp has graffiti on it."""
    if claim.value == "wear" and not lexicon.is_living(claim.subject):
        return replace(claim, value="have")
    return claim


def _same_other(p: Claim, h: Claim) -> bool:
    if p.other >= 0 and h.other >= 0:
        return p.other == h.other
    return bool(p.object and h.object) and lexicon.is_kind(p.object, h.object)


def _grounds_clash(a: str, b: str) -> bool:
    return scene_settings.excludes(a, b) or lexicon.excludes(a, b)


def _of_one(p: Claim, h: Claim) -> str:
    if h.kind == SCENE or p.kind == SCENE:
        return _scene(p, h)
    if p.kind == OBJECT and p.thing == h.thing and p.thing >= 0 and not p.negated:
        compound = f"{h.value} {lexicon.head(h.subject)}"  # a cello is a musical instrument
        said = lexicon.is_kind(p.subject, h.value) or (
            bool(lexicon.senses(compound)) and lexicon.is_kind(p.subject, compound)
        )
        clash = lexicon.excludes(p.subject, h.value) and bool(lexicon.senses(h.value))
        return _signed(p, h, said, said, clash and lexicon.gender(h.value) != "")
    if p.kind == NUMBER:
        return NEUTRAL
    if p.kind == RELATION:
        return _one_from_relation(p, h)
    if not _one(p, h) or p.kind not in _OF_ONE:
        return NEUTRAL
    a, b = p.value, h.value
    entails = values.entails(a, b) or predicates.action_entails(a, b)
    backward = values.entails(b, a) or (h.kind == ACTION and predicates.action_entails(b, a))
    clash = values.excludes(a, b, h.subject) or predicates.action_excludes(a, b)
    return _signed(p, h, entails, backward, clash)


def _one_from_relation(p: Claim, h: Claim) -> str:
    """ "trees line the street" says "tree-lined"; "sits on a bench" says "sits"."""
    if h.thing < 0 or h.thing not in (p.thing, p.other):
        return NEUTRAL
    verb = predicates.parts(p.value)[0]
    if p.thing == h.thing:
        if any(lexicon.is_kind(p.object, k) for k in lacked(h.value) if p.object):
            return _signed(p, h, False, False, True)
        said = values.entails(f"{p.value} {p.object}", h.value) or bool(
            verb and predicates.action_entails(f"{p.value} {p.object}", h.value)
        )
        clash = predicates.action_excludes(f"{p.value} {p.object}", h.value) or (
            bool(verb)
            and (
                predicates.posture_excludes(verb, predicates.parts(h.value)[0])
                or (h.value in EMPTY_WORDS and verb in _FILLING)
            )
        )
        return _signed(p, h, said, said, clash)
    verb, place, _ = predicates.parts(p.value)
    said = values.entails(f"{p.subject} {p.value}", h.value) or (
        place in ("in", "on") and h.value in _TAKEN and lexicon.is_person(p.subject)
    )
    there = place in ("in", "on") or (place in _MOVING_IN and lexicon.is_living(p.subject))
    clash = (there and _is_empty(h.value)) or (
        verb == "cover" and values.excludes(p.subject, h.value)
    )
    return _signed(p, h, said, said, clash)


_MOVING_IN = ("across", "through", "down", "up", "at", "between")


@lru_cache(maxsize=4096)
def _is_empty(value: str) -> bool:
    return {*values.words(value)} <= EMPTY_WORDS


EMPTY_WORDS = frozenset(("empty", "vacant", "unoccupied", "deserted", "bare"))
_TAKEN = frozenset(("occupied", "taken", "in use"))
_FILLING = frozenset(
    "load fill pack crowd stuff cram jam pile heap lade stack hold contain".split()
)


@lru_cache(maxsize=4096)
def lacked(value: str) -> tuple[str, ...]:
    """Return what somebody or something does not have who is so: "shirtless", "clean-shaven", "barefoot"."""
    value = lexicon.normal(value)
    if value in _LACKS:
        return _LACKS[value]
    found = re.match(r"^(\w{3,})less$", value)
    return (found.group(1),) if found and lexicon.senses(found.group(1)) else ()


_LACKS = {
    "clean shaven": ("beard", "mustache"), "shaven": ("beard",), "barefoot": ("shoe", "boot", "footwear"),
    "bareheaded": ("headgear", "hat", "helmet"), "bald": ("hair",), "shirtless": ("shirt", "top", "jacket"),
    "bare chested": ("shirt", "top", "jacket"), "topless": ("shirt", "top"), "nude": ("garment",),
    "naked": ("garment",), "cloudless": ("cloud",), "leafless": ("leaf",),
}  # fmt: skip


@lru_cache(maxsize=4096)
def _sky(a: str, b: str) -> bool:
    """Return whether a sky cannot be both: clear or blue, and overcast or gray."""
    x, y = ({w for w in values.words(v)} for v in (a, b))
    return bool(x & _CLEAR and y & _COVERED and not x & _PARTLY and not y & _PARTLY) or bool(
        y & _CLEAR and x & _COVERED and not x & _PARTLY and not y & _PARTLY
    )


_CLEAR = frozenset("clear blue cloudless sunny azure".split())
_COVERED = frozenset("overcast cloudy gray grey stormy rainy dark foggy".split())
_PARTLY = frozenset("partly partially few some scattered white".split())


def _scene(p: Claim, h: Claim) -> str:
    if p.kind in (OBJECT, NUMBER, TEXT, PLACE):
        return NEUTRAL
    if p.kind == RELATION:
        if h.subject == "setting" and scene_settings.entails(p.object, h.value) and not p.negated:
            return ENTAILED
        return NEUTRAL
    subjects = {p.subject, h.subject}
    if {"sky", "weather"} & subjects and _sky(p.value, h.value):
        return CONTRADICTED if p.negated == h.negated else ENTAILED
    if subjects == {"time", "weather"}:
        sunny = p.value if p.subject == "weather" else h.value
        time = h.value if p.subject == "weather" else p.value
        clash = "sunny" in sunny and "night" in time and p.negated == h.negated
        return CONTRADICTED if clash else NEUTRAL
    if (
        len(subjects) > 1
        and not subjects <= {"sky", "weather", "setting", "time", "light", "event"}
        and p.kind == h.kind
    ):
        return NEUTRAL
    if p.kind != h.kind and "sky" not in subjects:
        one, other = (p, h) if p.kind == SCENE else (h, p)
        if one.subject != "setting" or other.value not in (
            "indoor",
            "outdoor",
            "indoors",
            "outdoors",
        ):
            return NEUTRAL
    entails = values.entails(p.value, h.value) or scene_settings.entails(p.value, h.value)
    clash = values.excludes(p.value, h.value) or scene_settings.excludes(p.value, h.value)
    if len(subjects) > 1 and "setting" in subjects and not clash:
        entails = False
    return _signed(p, h, entails, entails, clash)
