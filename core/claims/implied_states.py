"""Which states a claim or a clause puts a thing in, and whether two of them exclude each other.

"Is drifting low above the lake" and "is still on the ground" share no word and no verb that excludes the other. Both say
where the balloon is, in the air or on the ground, and it is at one of them.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from . import ACTION, ATTRIBUTE, RELATION, Claim, lexicon, predicates, values
from .exclusive_states import OCCUPATIONS, SLOTS, STATES

State = tuple[int, int]  # row and cell of `STATES`
_ROLES = (ACTION, ATTRIBUTE, RELATION)
_SKIPPED = frozenset(
    "a an the his her its their our is are was were be been being has have had also both very".split()
)
SHADES = frozenset("dark bright light pale deep".split())
_GAP = frozenset(
    "still completely entirely fully all totally quite already now just slightly low high down up back right straight "
    "partly mostly gently slowly quickly heavily densely neatly tightly loosely brightly thick thin fresh bare cold "
    "hard wet dry sandy grassy stone wooden tiled of with by in from to".split()
)


@cache
def _rows() -> tuple[tuple[tuple[str, ...], dict[str, list[tuple[tuple[str, ...], int]]]], ...]:
    """The kinds and, by their first words, the phrases (rest of the phrase, cell) of every row."""
    rows = []
    for line in STATES.strip().splitlines():
        kinds, _, cells = line.partition(" : ")
        phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, cell in enumerate(cells.split("|")):
            for phrase in cell.split(","):
                first, *rest = phrase.split()
                phrases.setdefault(first, []).append((tuple(rest), number))
        rows.append((tuple(kinds.split()), phrases))
    return tuple(rows)


@lru_cache(maxsize=4096)
def _rows_of(noun: str) -> tuple[int, ...]:
    return tuple(
        number
        for number, (kinds, _) in enumerate(_rows())
        if any(
            not lexicon.is_living(noun) if kind == "object" else lexicon.is_kind(noun, kind)
            for kind in kinds
        )
    )


@lru_cache(maxsize=16384)
def _words(phrase: str) -> tuple[tuple[str, str], ...]:
    """Return each word of a phrase with its lemma, without articles and forms of "be" and "have"."""
    found = re.findall(r"[^\W_]+", re.sub(r"['’]s\b", " ", lexicon.normal(phrase)))
    return tuple((w, lexicon.lemma(w)) for w in found if w not in _SKIPPED)


def _follows(words: tuple[tuple[str, str], ...], at: int, rest: tuple[str, ...]) -> bool:
    """Return whether the rest of a phrase comes after the word at that index, with at most one small word between."""
    for word in rest:
        at += 1
        if at < len(words) and word not in words[at] and words[at][0] in _GAP:
            at += 1
        if at >= len(words) or word not in words[at]:
            return False
    return True


@lru_cache(maxsize=32768)
def states(noun: str, phrase: str) -> frozenset[State]:
    """Return the states that a phrase puts a thing of that noun in; of a row of which it says two, none."""
    words, found = _words(phrase), set()
    for row in _rows_of(noun):
        phrases = _rows()[row][1]
        matches = [
            (len(rest), cell)
            for at, pair in enumerate(words)
            for first in {*pair}
            for rest, cell in phrases.get(first, ())
            if _follows(words, at, rest) and not _shade(words, at)
        ]
        longest = max((n for n, _ in matches), default=0)
        cells = {cell for n, cell in matches if n == longest}
        if len(cells) == 1:
            found.add((row, cells.pop()))
    return frozenset(found)


def _shade(words: tuple[tuple[str, str], ...], at: int) -> bool:
    """Return whether the word tells the shade of a colour, as in "dark brown"."""
    return words[at][0] in SHADES and at + 1 < len(words) and words[at + 1][0] in values.COLOURS


def exclude(a: frozenset[State], b: frozenset[State]) -> bool:
    """Return whether nothing is in a state of both sets at once."""
    rows = dict(a)
    return any(row in rows and rows[row] != cell for row, cell in b)


def of_claim(claim: Claim, thing: int) -> frozenset[State]:
    """Return the states that a claim puts one of its things in."""
    if claim.negated or claim.kind not in _ROLES:
        return frozenset()
    if claim.value == "with" and lexicon.senses(claim.object, lexicon.VERB):
        return frozenset()  # a boat with sails need not sail
    noun, phrase = (
        (claim.subject, f"{claim.value} {claim.object}")
        if claim.thing == thing
        else (
            claim.object,
            f"{'somebody' if lexicon.is_living(claim.subject) else claim.subject} {claim.value}",
        )
    )
    if lexicon.head(noun) in _TWO and not (claim.plural and claim.thing == thing):
        return frozenset()  # one hand may be raised and the other in a pocket
    return states(noun, phrase)


_TWO = frozenset(("hand", "arm"))


def clash(p: Claim, h: Claim) -> bool:
    """Return whether two claims say of one thing, their subject, what is not true of it at once."""
    if p.negated or h.negated or p.kind not in _ROLES or h.kind not in _ROLES:
        return False
    if slots_clash(p, h) or _busy_otherwise(p, h):
        return True
    return exclude(of_claim(p, p.thing), of_claim(h, h.thing))


_WITHOUT_HANDS = frozenset("sleep nap doze kick dribble ski surf crawl pray eat".split())
MANUAL = frozenset(OCCUPATIONS.replace("|", " ").split()) - _WITHOUT_HANDS


@cache
def _occupations() -> dict[str, int]:
    return {
        verb: n for n, cell in enumerate(OCCUPATIONS.strip().split("|")) for verb in cell.split()
    }


def _busy_otherwise(p: Claim, h: Claim) -> bool:
    """Return whether somebody does two things of which nobody does both at a time."""
    if ATTRIBUTE in (p.kind, h.kind) or not lexicon.is_person(p.subject):
        return False
    a, b = (lexicon.lemma(predicates.parts(c.value)[0]) for c in (p, h))
    x, y = _occupations().get(a), _occupations().get(b)
    if x is None or y is None or x == y:
        return False
    return not (predicates.verb_entails(a, b) or predicates.verb_entails(b, a))


@cache
def _slots() -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    return tuple(
        (frozenset(verbs.split()), tuple(noun.replace("_", " ") for noun in nouns.split()))
        for verbs, _, nouns in (line.partition(" : ") for line in SLOTS.strip().splitlines())
    )


def slots_clash(p: Claim, h: Claim) -> bool:
    """Return whether somebody wears, rides or plays two things of which one has one at a time."""
    if not (p.kind == h.kind == RELATION and p.object and h.object):
        return False
    (pv, pp, _), (hv, hp, _) = predicates.parts(p.value), predicates.parts(h.value)
    for verbs, nouns in _slots():
        if not {pv or pp, hv or hp} <= verbs:
            continue
        one, other = ({n for n in nouns if lexicon.is_kind(o, n)} for o in (p.object, h.object))
        if one and other and not one & other:
            return not (lexicon.is_kind(p.object, h.object) or lexicon.is_kind(h.object, p.object))
    return False
