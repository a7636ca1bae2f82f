"""Prepositions and verbs between two things, and verbs of one: which say the same, entail or exclude.

A predicate is what `Claim.value` holds for a relation ("on", "left of", "hang from", "wear") or an
action ("sit", "look at camera"). English prepositions are a closed class; verbs beyond the lists are
compared by WordNet.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from . import lexicon, values
from .exclusive_verbs import OTHERWISE, TO_ONE_THING
from .lexicon import normal
from .predicate_words import FACING, POSTURES, PREPOSITIONS, SAME_VERBS
from .value_words import NEARLY

PLACES = {normal(p): name for name, line in PREPOSITIONS.items() for p in line.split(",")}
_LONGEST = sorted(PLACES, key=len, reverse=True)

_CONVERSE = {"left": "right", "right": "left", "front": "behind", "behind": "front", "above": "under",
             "under": "above", "near": "near"}  # fmt: skip
# A place of the first kind is a place of the others too.
_ALSO = {
    "on": {"at", "near", "in", "against", "down", "up"},
    "in": {"at", "on", "through", "near"},
    "near": {"at", "against", "toward"},
    "at": {"near", "in", "on"},
    "front": {"near", "at", "outside"},
    "against": {"near", "on", "at"},
    "behind": {"at"},
    "above": {"near"},
    "left": {"near"},
    "right": {"near"},
    "down": {"on", "in", "near"},
    "up": {"on", "in", "near"},
    "across": {"on", "in"},
    "through": {"in", "on", "from"},
    "from": {"on"},
    "between": {"in", "near"},
}
_PLACES_EXCLUDE = {
    frozenset(p.split())
    for p in ("on under|above under|down up|left right|front behind|in outside|in under").split("|")
}
# Subjects of these stand to their objects as "has" does, whatever the verb.
HAVING = frozenset(
    "have with feature include contain hold carry display show bear fill house support consist offer "
    "possess sport hold comprise store be host line laden load stock adorn decorate hang top".split()
)
_BEING = frozenset(
    "be place put set position situate locate lie stand rest sit arrange lay stack see find stay "
    "visible remain appear scatter spread display present sit mount hang attach fix affix grow "
    "perch park serve exist dot keep station lean build affixed secure fasten run".split()
)


@lru_cache(maxsize=8192)
def parts(predicate: str) -> tuple[str, str, tuple[str, ...]]:
    """Verb, class of the preposition and other words: "hang from" -> ("hang", "from", ())."""
    text = " ".join(
        re.sub(r"\b(?:the|a|an|is|are|being|its|his|her|their)\b", " ", normal(predicate)).split()
    )
    place = ""
    for phrase in _LONGEST:
        if (
            re.search(rf"\b{phrase}$", text)
            or text.startswith(phrase + " ")
            or f" {phrase} " in text
        ):
            place = PLACES[phrase]
            text = " ".join(re.sub(rf"\b{phrase}\b", " ", text, count=1).split())
            break
    left = text.split()
    verb = left[0] if left else ""
    return verb, place, tuple(left[1:])


@cache
def _groups(which: str) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for row, line in enumerate(
        {"verbs": SAME_VERBS, "postures": POSTURES, "facing": FACING}[which].strip().splitlines()
    ):
        for word in line.split(","):
            found.setdefault(word, set()).add(row)
    return {word: frozenset(rows) for word, rows in found.items()}


@lru_cache(maxsize=32768)
def verb_entails(a: str, b: str) -> bool:
    """Return whether doing `a` is doing `b`: strolling is walking, gazing is looking."""
    if a == b or b in ("be", "do", "engage"):
        return True
    groups = _groups("verbs")
    if groups.get(a, frozenset()) & groups.get(b, frozenset()):
        return True
    if values.related(a, b):
        return True
    targets = set(lexicon.senses(b, lexicon.VERB)[:3])
    return any(
        lexicon.above(s, lexicon.VERB) & targets for s in lexicon.senses(a, lexicon.VERB)[:2]
    )


def _place_entails(p: str, q: str) -> bool:
    return p == q or q in _ALSO.get(p, ())


def idle(value: str) -> bool:
    """A verb that only says that something is there: a vase "stands", a fence "runs"."""
    return (
        normal(value).split()[0:1] != []
        and normal(value).split()[0] in _BEING
        and len(value.split()) == 1
    )


def than(predicate: str) -> str:
    """ "bigger" of "bigger than"; "" where nothing is compared."""
    return predicate.removesuffix(" than") if predicate.endswith(" than") else ""


@lru_cache(maxsize=32768)
def entails(p: str, q: str, turned: bool = False) -> bool:
    """Return whether "x p y" says "x q y"; `turned`: whether it says "y q x"."""
    if (x := than(p)) and (y := than(q)):
        return (
            values.distinguishes(x, y)
            if turned
            else values.entails(values.compared(x), values.compared(y))
        )
    if {_within(p), _within(q)} == {"in", "on"}:
        return False
    (pv, pp, _), (qv, qp, _) = parts(p), parts(q)
    if turned:
        if pp == "front" and qv in ("follow", "trail", "chase") and not qp:
            return True
        if pp and qp and (not qv or qv in _BEING or qv == pv):
            return qp == _CONVERSE.get(pp) or {pp, qp} == {"on", "under"}
        # "a hat on her head" = "her head has a hat"; "the tray holds a pizza" = "a pizza on the tray"
        if qv in HAVING and pp in (
            "on",
            "in",
            "at",
            "above",
            "near",
            "with",
            "against",
            "from",
            "down",
        ):
            if qv in ("hold", "carry") and pp not in ("on", "in", "with"):
                return False  # somebody else may hold an umbrella over her
            return not (qv == "hold" and pv and pv not in _BEING)
        if (
            pv in HAVING
            and qp in ("on", "in", "at", "with", "from", "near")
            and (not qv or qv in _BEING)
        ):
            return qp != "near" or pv not in ("hold", "carry")  # what is held is not beside one
        if pv in ("wear", "dress") and qp in ("on", "in", "with") and (not qv or qv in _BEING):
            return True
        if pv in ("cover", "line", "surround", "top", "fill", "border", "crowd", "pack") and (
            qv in (pv, "have") or not qv or verb_entails(pv, qv)
        ):
            return qp in ("with", "in", "on", "near", "")
        if qv in ("crowd", "pack", "fill") and pp in ("in", "with") and verb_entails(pv, qv):
            return True  # "the car is packed with commuters", "commuters crowd the car"
        if qv in ("cover", "line", "surround") and pp in ("on", "near", "in"):
            return qv == "cover" and pp == "on" and pv in ("cover", "")
        return False
    if not qv:
        if not pp:
            # A verb with the bare thing says where it is: to ride a horse is to be on it.
            return (
                (pv, qp) in _IMPLIED
                or (pv in HAVING and qp == "with")
                or (pv in ("wear", "dress") and qp in ("with", "in"))
            )
        return _place_entails(pp, qp)
    if qv in _BEING and qp:
        return _place_entails(pp, qp) if pp else (pv, qp) in _IMPLIED
    if qv == "have":
        return pv in HAVING or pv in ("wear", "dress", "use") or (pp in ("with", "in") and not pv)
    if pv and verb_entails(pv, qv):
        return not qp or not pp or _place_entails(pp, qp)
    if qv in HAVING and (pp == "with" or pv in HAVING):
        return qv != "hold" or pv in ("hold", "carry") or pv in HAVING - {"have"}
    if qv in ("wear", "dress"):
        return (not pv and pp in ("with", "in")) or pv in ("have", "sport", "dress", "don")
    if qv == "occupy" and pp in ("on", "in"):
        return True
    if qv in ("surround", "encircle", "ring") and not qp:
        return "around" in p.split() or "surrounding" in p.split()
    if qv in ("strew", "scatter", "litter", "sprinkle", "dot") and not qp:
        return pp == "on" and (not pv or pv in _BEING)  # "leaves lie on the path"
    if qv in ("line", "cover", "border") and not pv:
        return (qv == "line" and pp == "near") or (qv == "cover" and pp == "on")
    return False


_IMPLIED = {
    ("ride", "on"), ("straddle", "on"), ("cover", "on"), ("line", "near"), ("top", "on"), ("mount", "on"),
    ("enter", "in"), ("cross", "on"), ("cross", "across"), ("cross", "above"), ("hug", "near"), ("flank", "near"), ("surround", "near"),
    ("board", "on"), ("wear", "with"), ("wear", "in"), ("carry", "with"), ("hold", "with"), ("surf", "on"),
    ("fill", "in"), ("drive", "in"), ("cover", "above"), ("follow", "behind"), ("pass", "near"), ("lead", "front"),
    ("touch", "on"), ("pat", "on"), ("cross", "in"), ("border", "near"), ("adorn", "on"), ("decorate", "on"),
    ("use", "with"), ("dot", "on"), ("mark", "on"), ("span", "above"), ("span", "across"), ("span", "on"), ("touch", "at"), ("face", "toward"), ("overlook", "near"), ("occupy", "on"), ("occupy", "in"),
}  # fmt: skip


@lru_cache(maxsize=32768)
def excludes(p: str, q: str, turned: bool = False) -> bool:
    """Return whether "x p y" and "x q y" (`turned`: "y q x") cannot both be true of one x and one y."""
    if (x := than(p)) and (y := than(q)):
        same = values.entails(values.compared(x), values.compared(y))
        return same if turned else values.distinguishes(x, y)
    (pv, pp, _), (qv, qp, _) = parts(p), parts(q)
    if turned:
        if pp and qp:
            return (
                pp == qp
                and pp in ("left", "right", "front", "behind", "above", "under", "on", "in")
                and (not pv or not qv or pv == qv)
            )
        return bool(pv) and not pp and not qp and (pv in _ONE_WAY and verb_entails(pv, qv))
    if {_within(p), _within(q)} == {"in", "on"}:
        return True
    if frozenset((pp, qp)) in _PLACES_EXCLUDE:
        return True
    if not pp and not qp and frozenset((pv, qv)) in TO_ONE_THING:
        return True
    return posture_excludes(pv, qv)


def _within(predicate: str) -> str:
    """Return "on" for "on top of", "in" for "inside": plain "on" and "in" say either of a bed."""
    words = normal(predicate).split()
    if {"atop", "top"} & set(words):
        return "on"
    return "in" if {"inside", "within"} & set(words) else ""


_ONE_WAY = frozenset(
    "pull tow haul drag push chase follow lead carry ride wear feed lift hold bite watch photograph film teach help "
    "examine comb brush shave massage lick groom spray hit kick tackle pet wash bathe paint draw serve scold".split()
)


@lru_cache(maxsize=8192)
def posture_excludes(a: str, b: str) -> bool:
    a, b = lexicon.lemma(a), lexicon.lemma(b)
    if "sleep" in (a, b) and (a if b == "sleep" else b) in _AWAKE:
        return True
    if frozenset((a, b)) in OTHERWISE:
        return True
    rows = _groups("postures")
    x, y = rows.get(a, frozenset()), rows.get(b, frozenset())
    return bool(x) and bool(y) and not x & y


_AWAKE = frozenset(
    "stand walk stroll run sprint jog gallop jump leap swim fly soar bark smile laugh talk eat read gaze stare watch "
    "glance wave dance play write drive".split()
)


@lru_cache(maxsize=8192)
def facing(value: str) -> int:
    """0: at the camera, 1: elsewhere, -1: the value says nothing of it."""
    text = " ".join(w for w in normal(value).split() if w not in _FILL)
    for phrase, rows in _groups("facing").items():
        if text.startswith(phrase):
            return min(rows)
    if "camera" in text:
        return 0
    if "shoulder" in text:
        return -1  # over the shoulder one may well look at the camera
    return 1 if re.match(r"(?:look|gaze|stare|glance)(?: \w+)+$", text) else -1


_FILL = frozenset(
    "at to the into directly straight in for of a is are be toward towards with his her its their turned".split()
)


@lru_cache(maxsize=32768)
def action_entails(a: str, b: str) -> bool:
    """Return whether who does `a` does `b`: "perform trick" by "do trick", "look at camera" by "face camera"."""
    a, b = normal(a), normal(b)
    if a == b:
        return True
    if a.partition(" ")[0] in NEARLY - {*b.split()}:
        return False
    first = [w for w in a.split() if w not in _FILL] or a.split()
    second = [w for w in b.split() if w not in _FILL] or b.split()
    if (i := facing(a)) >= 0 and facing(b) == i == 0:
        return second[0] in first or second[0] in ("look", "face") or first[0] == second[0]
    return all(
        any(
            verb_entails(x, y)
            or values.entails(x, y)
            or verb_entails(lexicon.lemma(x), lexicon.lemma(y))
            for x in first
        )
        for y in second
    )


@lru_cache(maxsize=32768)
def action_excludes(a: str, b: str) -> bool:
    i, j = facing(a), facing(b)
    if i >= 0 and j >= 0 and i != j:
        return True
    x, y = normal(a).split(), normal(b).split()
    return bool(x and y) and (posture_excludes(x[0], y[0]) or values.excludes(a, b))
