"""What texts of the simulation say, and how they say it: its own words and sentence patterns, nothing of core/claims, so
that the pack is not graded by its own reader."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.english import article, join_words, number_word, plural
from core.regions import Box

NOUNS = (
    "dog cat horse bicycle umbrella bench kite bottle laptop clock vase truck boat elephant pizza "
    "guitar ladder statue lamp suitcase tent fountain mailbox scarecrow telescope windmill drum "
    "wheelbarrow piano helmet lantern anchor basket candle cactus carpet"
).split()
COLOURS = ("red", "blue", "green", "yellow", "black", "white")
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4}
Fact = tuple[
    str, ...
]  # ("object", noun), ("number" or "colour", noun, value), ("relation", noun, side, noun)


@dataclass(frozen=True)
class Item:
    noun: str
    colour: str
    number: int
    box: Box = Box(0, 0, 1, 1)

    def facts(self) -> list[Fact]:
        counted = [("number", self.noun, str(self.number))] if self.number > 1 else []
        return [("object", self.noun), *counted, ("colour", self.noun, self.colour)]


# What a text says.

_SINGULAR = {form: noun for noun in NOUNS for form in (noun, plural(noun))}
_COLOUR = "|".join(COLOURS)
_PHRASE = re.compile(
    rf"(?P<side>(?:to|on) the (?P<way>left|right)(?: side)? of|(?P<way2>left|right) of)"
    rf"|(?:\b(?P<the>the|its|their) )?(?P<first>(?:\b(?:{_COLOUR}) )*)"
    rf"(?:\b(?P<det>an?|{'|'.join(NUMBERS)}|some|several) )?(?P<adj>(?:\b(?:{_COLOUR})(?:,? and |, | ))*)"
    rf"\b(?P<noun>{'|'.join(sorted(_SINGULAR, key=len, reverse=True))})\b"
    rf"|(?P<which>,? (?:that|which) (?:is|are))\b|\b(?P<be>is|are|was|were|appears?|looks?)\b"
    rf"|\b(?P<pron>it|they|them|both)\b|(?P<colour>\b(?:{_COLOUR})\b)|(?P<clause>;|\bwhile\b|\bwhereas\b)"
    rf"|(?P<and>,? and\b|,)",
    re.IGNORECASE,
)


@lru_cache(maxsize=200_000)
def facts_in(text: str) -> tuple[frozenset[Fact], frozenset[Fact]]:
    """Return what a text says, and the part of it that it asserts ("the red dog is ..." takes the red for
    granted).
    """
    asserted: set[Fact] = set()
    granted: set[Fact] = set()
    subjects: list[str] = []
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        for clause in _clauses(list(_PHRASE.finditer(sentence))):
            subjects = _clause(clause, subjects, asserted, granted) or subjects
    granted |= {("object", f[1]) for f in asserted} | {
        ("object", f[3]) for f in asserted if len(f) > 3
    }
    return frozenset(asserted | granted), frozenset(asserted or granted)


def _clauses(marks: Sequence[re.Match]) -> Iterator[list[re.Match]]:
    """Split at "while", and at "and" where what is before is a whole clause and what follows has a verb."""
    clause: list[re.Match] = []
    for number, mark in enumerate(marks):
        kind = _kind(mark)
        if kind == "clause" or (kind == "and" and _whole(clause) and _begins(marks[number + 1 :])):
            yield clause
            clause = []
        else:
            clause.append(mark)
    yield clause


def _kind(mark: re.Match) -> str:
    return next(
        k for k in ("side", "noun", "which", "be", "pron", "colour", "clause", "and") if mark[k]
    )


def _whole(clause: Sequence[re.Match]) -> bool:
    kinds = [_kind(mark) for mark in clause]
    return "be" in kinds and bool({"noun", "colour"} & set(kinds[kinds.index("be") :]))


def _begins(rest: Sequence[re.Match]) -> bool:
    kinds = [_kind(mark) for mark in rest[:2]]
    return kinds[:1] == ["be"] or (
        len(kinds) > 1 and kinds[0] in ("noun", "pron") and kinds[1] == "be"
    )


def _clause(
    marks: Sequence[re.Match], before: Sequence[str], asserted: set[Fact], granted: set[Fact]
) -> list[str]:
    """Add what a clause says to the two sets; the nouns of its subjects."""
    subjects: list[str] = []
    front: list[tuple[str, str]] = []  # sides and landmarks that stand before their subjects
    side, last, nearest = "", "", ""
    for mark in marks:
        kind = _kind(mark)
        if kind == "side":
            side = (mark["way"] or mark["way2"]).lower()
        elif kind == "noun":
            nearest = _phrase(mark, asserted, granted)
            if last == "side" and not subjects:
                front.append((side, nearest))
            elif last == "side" or (side and last == "and" and subjects and not front):
                asserted |= {("relation", s, side, nearest) for s in subjects}
            else:
                subjects.append(nearest)
                asserted |= {("relation", nearest, *place) for place in front}
        elif kind == "pron" and not subjects:
            subjects = list(before)
        elif kind == "colour":
            of = [nearest] if last == "which" and nearest else subjects or before
            asserted |= {("colour", s, mark["colour"].lower()) for s in of}
        last = kind
    return subjects


def _phrase(mark: re.Match, asserted: set[Fact], granted: set[Fact]) -> str:
    """Add what a noun phrase says; its noun."""
    noun = _SINGULAR[mark["noun"].lower()]
    facts = granted if mark["the"] else asserted
    facts.add(("object", noun))
    facts |= {
        ("colour", noun, c) for c in re.findall(_COLOUR, f"{mark['first']}{mark['adj']}".lower())
    }
    number = NUMBERS.get((mark["det"] or "").lower())
    if number:
        facts.add(("number", noun, str(number)))
    return noun


# How a text says it.


def phrase(item: Item, definite: bool = False) -> str:
    """ "a red dog", "two red dogs"; "red dogs" where the number is 0."""
    words = f"{item.colour} {item.noun if item.number == 1 else plural(item.noun)}".strip()
    if definite:
        return f"the {words}"
    if item.number == 0:
        return words
    return article(words) if item.number == 1 else f"{number_word(item.number)} {words}"


def caption_of(items: Sequence[Item], relations: Sequence[Fact], draw: random.Random) -> str:
    """Sentences of several claims, as vision-language models write them, that say the items and relations."""
    known = {item.noun: item for item in items}

    def the(noun: str) -> str:
        return phrase(Item(noun, "", known[noun].number), definite=True)

    def place(fact: Fact) -> str:
        return f"to the {fact[2]} of {the(fact[3])}"

    left, open_ = list(items), list(dict.fromkeys(relations))
    texts: list[str] = []
    while left:
        group = [left.pop(0)]
        own = [r for r in open_ if r[1] == group[0].noun]
        if own:  # the next may stand to the same landmark
            joint = [r for r in open_ if left and r[1] == left[0].noun and r[2:] == own[0][2:]]
            if joint:
                group.append(left.pop(0))
                open_.remove(joint[0])
            open_.remove(own[0])
        while not own and left and len(group) < 3 and draw.random() < 0.6:
            group.append(left.pop(0))
        text = draw.choice(_shapes(group, place(own[0]) if own else ""))
        texts.append(text[0].upper() + text[1:])
        for fact in [r for r in open_ if r[1] in {item.noun for item in group}]:
            open_.remove(fact)
            texts.append(f"{the(fact[1]).capitalize()} {_verb([known[fact[1]]])} {place(fact)}.")
    return " ".join(texts)


def _verb(items: Sequence[Item]) -> str:
    return "is" if len(items) == 1 and items[0].number == 1 else "are"


def _shapes(group: Sequence[Item], placed: str) -> list[str]:
    """Sentences that say the same of one item or several."""
    first, names, are = group[0], join_words([phrase(item) for item in group]), _verb(group)
    there = "there is" if first.number == 1 else "there are"
    pronoun = "it" if first.number == 1 else "they"
    if len(group) > 1:
        plain = [f"{there} {names}.", f"the image shows {names}.", f"{names} are visible."]
        return [f"{names} are {placed}.", f"{placed}, there are {names}."] if placed else plain
    if placed:
        return [
            f"{names} {are} {placed}.",
            f"{placed}, {there} {names}.",
            f"{there} {names}, and {pronoun} {are} {placed}.",
            f"{there} {names}. {pronoun.capitalize()} {are} {placed}.",
        ]
    bare = phrase(Item(first.noun, "", first.number))
    coloured = [f"{there} {bare}, and {pronoun} {are} {first.colour}.", f"the image also shows {bare} which {are} {first.colour}."]  # fmt: skip
    return [
        f"{there} {names} in the scene.",
        f"{names} can be seen.",
        *(coloured if first.colour else []),
    ]
