"""Two sentences in one frame that differ in a value: a contradiction that a parser's slip would hide.

The words of both are laid side by side. Where one has a word that the other excludes, of one noun that
both name, and most of the rest is shared, the two contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import RELATION, comparison, lexicon, predicates, values
from .alignment import one_and_many
from .lexicon import lemma
from .sentence_words import means, tokens
from .thing_index import ThingIndex

_QUOTED = re.compile(r"[\"“”]([^\"“”]+)[\"“”]")
_SMALL = frozenset(
    "a an the is are was be been being of and or in on at to with by from for as it its his her their they she he "
    "there this that which who image photo picture scene shows show seen visible can".split()
)
_SHARED = 0.5


def clash(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """Return whether the wording of two texts contradicts.

    Args:
        alignment: things of h -> the things of p that they are.
    """
    if _other_hand(p, h, alignment):
        return True
    a, b = p.reading, h.reading
    first, second = (switched(" ".join(s.said or s.text for s in r.sentences)) for r in (a, b))
    x = [t for t in tokens(first) if t not in _SMALL]
    y = [t for t in tokens(second) if t not in _SMALL]
    if (
        not x
        or not y
        or len(x) > 60
        or len(y) > 60
        or comparison.DENIAL.search(f"{first} {second}")
    ):
        return False
    more = [t for t in x if not any(means(t, u) or means(u, t) for u in y)]
    fewer = [t for t in y if not any(means(t, u) or means(u, t) for u in x)]
    if 1 - len(more) / len(x) < _SHARED and 1 - len(fewer) / len(y) < _SHARED:
        return False
    nouns = {lexicon.head(n): -1 for r in (a, b) for t in r.things for n in comparison.called(t)}
    for j, i in alignment.items():
        own = alignment.get(h.owner.get(j, -1), -1)
        if not lexicon.same(a.things[i].head, b.things[j].head) and lexicon.is_kind(
            a.things[i].head, "garment"
        ):
            continue
        if one_and_many(p, i, h, j) or (own >= 0 and one_and_many(p, own, h, h.owner[j])):
            continue
        for n in (*comparison.called(a.things[i]), *comparison.called(b.things[j])):
            nouns[lexicon.head(n)] = j
    return _texts_clash(first, second, x, y) or any(
        _opposed(u, v)
        and not (f"{u} than" in first and f"{v} than" in second)  # `predicates` knows the converse
        and (one := _noun(u, x, nouns, first)) >= 0
        and one == _noun(v, y, nouns, second)
        for u in {*x} - {*y}
        for v in {*y} - {*x}
        if u in more or v in fewer
    )


def _opposed(p: str, q: str) -> bool:
    if p in _PLACES or q in _PLACES:
        return False
    one, other = lemma(p), lemma(q)
    return (
        values.excludes(p, q)
        or values.excludes(one, other)
        or predicates.posture_excludes(one, other)
    )


_PLACES = frozenset(
    "left right top bottom front back foreground background up down upper lower".split()
)


_SWITCH = re.compile(
    r"\b(?:(?:switched|turned|burned|burnt|blown|gone) |(?<=is )|(?<=are ))(on|off|out)(?=[,.;]| and\b|$)"
)


def switched(text: str) -> str:
    """ "is off", "switched on" as one word each."""
    return _SWITCH.sub(lambda m: "lit" if m[1] == "on" else "unlit", text)


_HOLDING = frozenset("hold have carry wear grip clutch grasp".split())
_HANDS = frozenset("hand arm paw foot leg shoulder wrist knee".split())


def _other_hand(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """One thing is in or on the left hand of somebody here and the right one there."""
    first = _in_hand(p, dict(enumerate(range(len(p.reading.things)))))
    second = _in_hand(h, alignment)
    return (
        any(
            one[0] == other[0] and one[1] == other[1] and one[2] != other[2]
            for one in first
            for other in second
        )
        and not first & second
    )


def _in_hand(known: ThingIndex, number: Mapping[int, int]) -> set[tuple[int, int, str]]:
    """(thing, whose hand, side) of everything that is in or on a left or right hand, in the numbers of the premise."""
    found = set()
    for k, hand in enumerate(known.reading.things):
        side = {"left", "right"} & {*hand.told}
        if (
            lexicon.head(hand.head) not in _HANDS
            or len(side) != 1
            or known.owner.get(k) not in number
        ):
            continue
        own = known.owner[k]
        near = [c for c in known.about[k] if c.kind == RELATION and {c.thing, c.other} != {k, own}]
        if not near:  # "has the cane in his left hand", of which the hand was not read
            near = [
                c
                for c in known.about[own]
                if c.thing == own and c.object and predicates.parts(c.value)[0] in _HOLDING
            ]
        for c in near:
            one = c.thing if c.other == k else c.other
            if c.kind == RELATION and not c.negated and one in number and one != own:
                found.add((number[one], number[own], min(side)))
    return found


_STATED = (
    r"\b(?:is|are|was|were|looks?|seems?|appears?|[\w]+ly) (?:made (?:out )?(?:of|from) )?{}\b"
)


_OF = re.compile(r" (?:of|on|at|in|with) (?:the |a |an |his |her |its |their )?[\w'’-]+")


def _noun(word: str, words: list[str], nouns: Mapping[str, int], text: str) -> int:
    """Return the thing that a word is said of: the next noun close by, or else the last before it.

    After a verb of being ("the terrace is empty") it is the last before it.
    """
    at = words.index(word)
    stated = re.search(_STATED.format(re.escape(word)), text, re.IGNORECASE)
    if stated:
        before = _OF.sub(" ", lexicon.normal(text[: stated.start()]))
        named = [nouns[n] for t in tokens(before) if (n := lexicon.singular(t)) in nouns]
        return named[-1] if named else -1
    for t in words[at + 1 : at + 3]:
        if (found := nouns.get(lexicon.singular(t))) is not None:
            return found
    for t in reversed(words[:at]):
        if (found := nouns.get(lexicon.singular(t))) is not None:
            return found
    return -1


def _texts_clash(first: str, second: str, x: list[str], y: list[str]) -> bool:
    """One place of one thing is said to read two things."""
    p, q = ({comparison.plain(t) for t in _QUOTED.findall(text)} for text in (first, second))
    if (
        not p
        or not q
        or p & q
        or not (
            any(t in first.lower() for t in _DEFINITE)
            and any(t in second.lower() for t in _DEFINITE)
        )
    ):
        return False
    quoted = {t for text in (first, second) for m in _QUOTED.findall(text) for t in tokens(m)}
    m, n = ({lemma(t) for t in words if t not in quoted} for words in (x, y))
    return len(m & n) >= 0.6 * min(len(m), len(n)) and len(m & n) >= 2


_DEFINITE = ("the ", "its ", "their ")
