"""Contradictions between two texts that no pair of claims shows: roles exchanged, a phrase denied, another reading of
a display, closed eyes that look at something, a back turned to the camera.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import ACTION, ATTRIBUTE, RELATION, comparison, lexicon, predicates, sides, values
from .sentence_words import SMALL, means, tokens
from .thing_index import ThingIndex
from .thing_similarity import clashes


def clash(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """Return whether two texts contradict each other as wholes.

    Args:
        alignment: things of h -> the things of p that they are.
    """
    if not alignment and p.reading.things and h.reading.things:
        return _measured_otherwise(p.text, h.text)
    back = {i: j for j, i in alignment.items()}
    return (
        _exchanged(p, h, alignment)
        or _sides_exchanged(p.text, h.text)
        or _given_back(p, h, alignment)
        or _measured_otherwise(p.text, h.text)
        or _directed_otherwise(p.text, h.text)
        or _held_by_another(p, h, alignment)
        or _dark(p, h, alignment)
        or _dark(h, p, back)
        or _pictured_otherwise(p, h, alignment)
        or _turned_away(p, h, alignment)
        or _turned_away(h, p, back)
        or _eyes_closed(p, h, alignment)
        or _eyes_closed(h, p, back)
        or _phrase_denied(p, h)
        or _phrase_denied(h, p)
    )


_HELD = frozenset(
    "hold carry wear ride push pull play read drive drink eat lead walk use have throw kick".split()
)


def _held(known: ThingIndex) -> set[tuple[int, str]]:
    """(who, noun of what) of everything that somebody holds, wears, rides, ..."""
    return {
        (c.thing, lexicon.singular(c.object))
        for c in known.reading.claims
        if c.kind == RELATION
        and c.thing >= 0
        and c.object
        and not c.negated
        and predicates.parts(c.value)[0] in _HELD
        and not predicates.parts(c.value)[1]
    }


def _exchanged(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """One has this and another that; the other text has it the other way round."""
    first = _held(p)
    second = {(alignment[j], noun) for j, noun in _held(h) if j in alignment}
    return any(
        one != other
        and a != b
        and (one, b) in second
        and (other, a) in second
        and (one, b) not in first
        and (other, a) not in first
        for one, a in first
        for other, b in first
    )


_ALONE = frozenset("hold carry wear ride drive".split())


def _held_by_another(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """Return whether one thing is held by different people: by the player in white, by the player in red."""

    def holders(known: ThingIndex) -> list[tuple[str, int, int]]:
        return [
            (predicates.parts(c.value)[0], c.thing, c.other)
            for c in known.reading.claims
            if c.kind == RELATION
            and not c.negated
            and c.thing >= 0
            and c.other >= 0
            and predicates.parts(c.value)[0] in _ALONE
            and not predicates.parts(c.value)[1]
            and lexicon.is_person(c.subject)
            and known.reading.things[c.thing].definite
            and known.reading.things[c.thing].number == 1
            and known.reading.things[c.other].definite
            and known.reading.things[c.other].number == 1
            and not lexicon.is_kind(c.object, "garment")
        ]

    return any(
        verb == other
        and alignment.get(thing) == held
        and alignment.get(who) != one
        and lexicon.same(p.reading.things[one].head, h.reading.things[who].head)
        and _distinguished(p, one, h, who)
        for verb, one, held in holders(p)
        for other, who, thing in holders(h)
    )


def _distinguished(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    """Return whether two people of one noun differ in their place, an adjective or what they wear."""
    a, b = p.reading.things[i], h.reading.things[j]
    if sides.places_clash(p.place(i), h.place(j)):
        return True
    if any(values.distinguishes(x, y) for x in a.told for y in b.told):
        return True
    return any(
        lexicon.same(p.reading.things[k].head, h.reading.things[m].head) and clashes(p, k, h, m)
        for k in p.belongings(i)
        for m in h.belongings(j)
    )


_SCREENS = frozenset("screen display monitor television tv phone laptop tablet computer".split())
_SHOWN = re.compile(r"\b(?:shown|displayed|visible|seen|open) (?:on|across)\b")


def _dark(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """Return whether one text says that a screen is off and the other that it shows something."""
    off = {
        c.thing
        for c in p.reading.claims
        if c.kind == ATTRIBUTE
        and not c.negated
        and lexicon.head(c.subject) in _SCREENS
        and (values.entails(c.value, "turned off") or c.value in ("dark", "blank", "black"))
    }
    return any(
        c.kind == RELATION
        and not c.negated
        and (
            (
                alignment.get(c.thing, -1) in off
                and predicates.parts(c.value)[0] in ("show", "display")
            )
            or (alignment.get(c.other, -1) in off and bool(_SHOWN.search(h.text)))
        )
        for c in h.reading.claims
    )


_PICTURES = frozenset(
    "painting picture poster drawing mural portrait photograph photo print tapestry engraving billboard".split()
)


def _pictured_otherwise(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """Return whether one painting shows things of different kinds in the two texts."""
    for j, i in alignment.items():
        if lexicon.head(p.reading.things[i].head) not in _PICTURES or p.plural(i):
            continue
        if not (p.reading.things[i].definite and h.reading.things[j].definite):
            continue
        first, second = _motifs(p, i), _motifs(h, j)
        if len(first) == len(second) == 1:
            [a], [b] = first, second
            alike = lexicon.is_kind(a, b) or lexicon.is_kind(b, a)
            people = lexicon.is_person(a) and lexicon.is_person(b)
            if not alike and not people and lexicon.senses(a) and lexicon.senses(b):
                return True
    return False


def _motifs(known: ThingIndex, picture: int) -> set[str]:
    """Return the nouns of what a text says that a painting shows."""
    return {
        lexicon.singular(c.object)
        for c in known.about[picture]
        if c.kind == RELATION
        and c.thing == picture
        and not c.negated
        and predicates.parts(c.value)[0] in ("show", "depict", "portray", "display")
    }


_SIDES = ("left", "right"), ("foreground", "background"), ("top", "bottom"), ("front", "back")


def _sides_exchanged(first: str, second: str) -> bool:
    """ "A on the left, B on the right" against "B on the left, A on the right"."""
    for one, other in _SIDES:
        a, b = _sided(first, one, other), _sided(second, one, other)
        if (
            a
            and b
            and a != b
            and a[0] ^ a[1]
            and a[0] - a[1] == b[1] - b[0]
            and a[1] - a[0] == b[0] - b[1]
        ):
            return True
    return False


def _sided(text: str, one: str, other: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """Return the words of the clause with `one` and of that with `other`, where each has a clause of its own."""
    clauses = [tokens(c) for c in re.split(r"[,;.]|\band\b|\bwhile\b|\bwhereas\b|\bbut\b", text)]
    with_one = [c for c in clauses if one in c and other not in c]
    with_other = [c for c in clauses if other in c and one not in c]
    if len(with_one) != 1 or len(with_other) != 1:
        return None
    drop = SMALL | {one, other, "side"}
    return (
        frozenset(lexicon.lemma(w) for w in with_one[0] if w not in drop),
        frozenset(lexicon.lemma(w) for w in with_other[0] if w not in drop),
    )


_GIVING = frozenset("give hand feed pass throw show offer serve toss bring kick read teach".split())
_TO = (
    r"\b(\w+) (?:(?:a|an|the|his|her|their|some|one|two)\b [\w -]{1,40}?) to (?:the |a |an )?(\w+)"
)


def _given(known: ThingIndex) -> set[tuple[int, int]]:
    """(giver, receiver) of every "hands the student a book" and "hands a book to the student"."""
    found = set()
    living = {
        lexicon.head(t.head): i
        for i, t in enumerate(known.reading.things)
        if lexicon.is_living(t.head)
    }
    for c in known.reading.claims:
        verb = predicates.parts(c.value)[0]
        if c.kind != RELATION or c.negated or lexicon.lemma(verb) not in _GIVING:
            continue
        named = [lexicon.lemma(verb) + e for e in ("", "s", "es", "ing")]
        named += [lexicon.lemma(verb).removesuffix("e") + "ing"]
        for match in re.finditer(_TO, known.text):
            if match[1] in named and match[2] in living:
                found.add((c.thing, living[match[2]]))
        for noun, index in living.items():
            if re.search(rf"\b(?:{'|'.join(named)}) (?:the |a |an )?{noun}\b(?! to\b)", known.text):
                found.add((c.thing, index))
    return {(a, b) for a, b in found if a != b}


def _given_back(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """One gives it to the other here, and gets it there."""
    first = _given(p)
    second = {
        (alignment[i], alignment[j]) for i, j in _given(h) if i in alignment and j in alignment
    }
    return any((b, a) in second for a, b in first) and not first & second


_MEASURES = (
    re.compile(r"\b(\d+(?:\.\d+)?) ?(?:%|percent\b)"),
    re.compile(r"\b(\d{1,2}[:.]\d\d)\b"),
    re.compile(r"[$€£¥] ?(\d+(?:[.,]\d+)?)"),
    re.compile(r"(-?\d+(?:\.\d+)?) ?(?:°|degrees?\b)"),
    re.compile(r"\b(\d+ ?(?:to|-|–) ?\d+)\b"),
    re.compile(r"\b(\d+) ?(?:mph|km/h|kph)\b"),
)


def _measured_otherwise(first: str, second: str) -> bool:
    """Each text has one percentage, time, price, temperature or speed, of one noun, and they differ."""
    for measure in _MEASURES:
        a, b = set(measure.findall(first)), set(measure.findall(second))
        if len(a) == len(b) == 1 and a != b:
            x, y = (
                {t for t in tokens(text) if t not in SMALL and not t[0].isdigit()}
                for text in (first, second)
            )
            shared = {u for u in x if any(means(u, v) or means(v, u) for v in y)}
            return len(shared) >= 0.5 * min(len(x), len(y))
    return False


_DIRECTED = re.compile(
    r"\b(point|fac|look|turn|head|lean|tilt|dive|mov|gaz|slop|swip|driv|swim|fly|walk|run|bend)(?:s|es|e|ed|ing|ning)? "
    r"(?:straight |directly |off |sharply )?(?:to |towards? )?(?:the |its |his |her )?(left|right|up|down|upward|downward)s?\b"
    r"(?! (?:hand|arm|foot|leg|at|of|from|the))"
)


def _directed_otherwise(first: str, second: str) -> bool:
    """One thing points, faces or moves left here and right there, in otherwise like sentences."""
    a, b = _DIRECTED.findall(first), _DIRECTED.findall(second)
    if len(a) != 1 or len(b) != 1 or a[0][0] != b[0][0]:
        return False
    opposed = values.distinguishes(a[0][1], b[0][1]) or {a[0][1][:2], b[0][1][:2]} == {"up", "do"}
    return opposed and _likeness(first, second) >= 0.6


_BACK_TO = re.compile(
    r"\bbacks? (?:is |are )?(?:turned )?(?:to|on|towards?) (?:the |her |his |their )?([a-z]+)"
)
_FACES = re.compile(
    r"\b(?:fac(?:es|ing|e)|look(?:s|ing)? (?:directly |straight )?(?:at|toward|towards|into)) (?:the |her |his |their )?([a-z]+)"
)
_AWAY = re.compile(
    r"\bbacks? (?:is |are )?(?:turned )?(?:to|towards?) (?:the |us\b)?(?:camera|viewer|photographer)?|"
    r"\b(?:facing|looking|turned|faces|looks|face|look) away\b|\bseen from behind\b|\bfrom (?:the back|behind)$"
)


def _turned_away(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """Who has their back to the camera does not look into it."""
    if len(alignment) == 1 and {*_BACK_TO.findall(p.text)} & {*_FACES.findall(h.text)}:
        return True
    if not _AWAY.search(p.text):
        return False
    return any(
        c.kind in (ACTION, ATTRIBUTE)
        and not c.negated
        and predicates.facing(c.value) == 0
        and (i := alignment.get(c.thing, -1)) >= 0
        and _subject_of(p, _AWAY) in (i, -1)
        for c in h.reading.claims
    )


def _subject_of(known: ThingIndex, pattern: re.Pattern) -> int:
    """Return the living thing that was named last before the phrase; -1 where there is one or none in all."""
    living = [i for i, t in enumerate(known.reading.things) if lexicon.is_living(t.head)]
    if len(living) < 2:
        return -1
    for sentence in known.reading.sentences:
        if match := pattern.search(sentence.text.lower()):
            before = [m for m in sentence.mentions if m[1] <= match.start() and m[2] in living]
            return before[-1][2] if before else -2
    return -2


_LOOKING = frozenset("look gaze stare watch glance read observe peer".split())


def _eyes_closed(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """Whose eyes are closed looks at nothing."""
    closed = {
        alignment_of
        for c in p.reading.claims
        if c.kind == ATTRIBUTE
        and not c.negated
        and lexicon.head(c.subject) == "eye"
        and values.entails(c.value, "closed")
        and (alignment_of := p.owner.get(c.thing, -1)) >= 0
    }
    return any(
        c.kind in (ACTION, RELATION)
        and not c.negated
        and alignment.get(c.thing, -1) in closed
        and predicates.parts(c.value)[0] in _LOOKING
        for c in h.reading.claims
    )


_ABSENT = re.compile(
    r"\b(?:no|without(?: an?y?)?|(?:not|n't) have an?y?|lacks? an?y?|lacking an?y?|free of) "
    r"((?:[a-z-]+ ){0,2}?[a-z-]+)(?= (?:on|in|at|around|over|under|is|are|and|or|to|with|of|that|it)\b|[.,;]|$)"
)
_NOT_AT = re.compile(
    r"\b(?:not|n't) (in|on|under|behind|inside|beside|above) (?:his|her|its|the|their|a|an|any) ([a-z-]+)"
)


def _phrase_denied(p: ThingIndex, h: ThingIndex) -> bool:
    """One text says "without scars", "not in his mouth"; the other names the scar, the mouth, in an otherwise like
    sentence."""
    if comparison.DENIAL.search(h.text):
        return False
    there = tokens(h.text)
    if _likeness(p.text, h.text) < 0.5:
        return False
    for phrase in _ABSENT.findall(p.text):
        words = [w for w in tokens(phrase) if w not in SMALL]
        if words and all(any(means(t, lexicon.singular(w)) for t in there) for w in words):
            return True
    for place, noun in _NOT_AT.findall(p.text):
        if re.search(rf"\b{place} (?:his|her|its|the|their|a|an) (?:[a-z]+ )?{noun}\b", h.text):
            return True
    return False


def _likeness(first: str, second: str) -> float:
    """Return the share of the shorter text's telling words that the other says too."""
    x, y = ([t for t in tokens(text) if t not in SMALL] for text in (first, second))
    if not x or not y or len(x) > 60 or len(y) > 60:
        return 0.0
    short, long = (x, y) if len(x) <= len(y) else (y, x)
    return sum(any(means(u, t) or means(t, u) for u in long) for t in short) / len(short)
