"""Finds what a written sentence says that no claim accounts for and no fact says.

A claim is checked against the facts; a word that a parser lost is in no claim, and may be invented all the same:
a number, a side, a name, a colour, a noun of something that can be seen.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from . import TEXT, Claim, Thing, lexicon
from .coverage import unclaimed_words
from .english_words import COLOURS
from .nouns import is_abstract
from .sentence_words import means, text_of, tokens
from .thing_index import ThingIndex

_SIDES = frozenset(("left", "right"))
_ORDINALS = frozenset("first third fourth fifth sixth".split())


def unread_claims(written: ThingIndex, premise: ThingIndex) -> set[int]:
    """Return the indices of the claims of a written text that would have to go with an invented word.

    They are those whose characters contain the word; where none does, all claims of its sentence.
    """
    named, found = words_of(premise), set()
    told = {pair for s in premise.reading.sentences for pair in _told(text_of(s))}
    claims = written.reading.claims
    for index, sentence in enumerate(written.reading.sentences):
        own = [i for i, c in enumerate(claims) if c.sentence == index]
        text = text_of(sentence)
        words = invented_words(text, [claims[i] for i in own], written.reading.things, named)
        for word in (*words, *_exchanged(_told(text), told)):
            at = sentence.text.lower().find(word)
            around = {i for i in own if any(a <= at < b for a, b in claims[i].spans)}
            found |= around or set(own)
    return found


_OPPOSITES = {
    word: frozenset(others.split())
    for word, others in {
        "left": "right", "right": "left", "first": "last final", "last": "first", "final": "first",
        "front": "back rear", "back": "front", "rear": "front", "upper": "lower", "lower": "upper",
        "top": "bottom", "bottom": "top", "inner": "outer", "outer": "inner", "near": "far", "far": "near",
    }.items()
}  # fmt: skip


def _told(text: str) -> set[tuple[str, str]]:
    """(word, noun) of "the front row", "her right hand": what tells a noun from its counterpart."""
    there = tokens(text)
    return {
        (word, lexicon.singular(noun))
        for word, noun in pairwise(there)
        if word in _OPPOSITES and lexicon.senses(lexicon.singular(noun))
    }


def _exchanged(written: set[tuple[str, str]], told: set[tuple[str, str]]) -> list[str]:
    """Return the words of a text for which the facts have the opposite, and never the word itself."""
    return [
        word
        for word, noun in sorted(written)
        if not any(
            other == noun and word not in _OPPOSITES[said] and said not in _OPPOSITES[word]
            for said, other in told
        )
        and any(other == noun and said in _OPPOSITES[word] for said, other in told)
    ]


def words_of(premise: ThingIndex) -> frozenset[str]:
    """Return all words of the facts."""
    said = " ".join(text_of(s) for s in premise.reading.sentences)
    return frozenset(tokens(f"{said} {' '.join(c.text for c in premise.reading.claims)}"))


def invented_words(
    text: str, claims: Sequence[Claim], things: Sequence[Thing], named: Collection[str]
) -> list[str]:
    """Return the words that tell of something to be seen, are in no claim, and are nowhere among `named`."""
    if not claims:
        return []
    names = {w.lower() for w in re.findall(r"(?<=[a-z,] )[A-Z]\w+", text)}
    quoted = " ".join(c.value for c in claims if c.kind == TEXT).lower()
    words = [
        word
        for word in unclaimed_words(text, claims, things)
        if word in COLOURS | _SIDES | _ORDINALS
        or (word in names and word not in quoted)
        or (_is_noun(word, text) and not is_abstract(lexicon.singular(word)))
    ]
    said = f"{quoted} {' '.join(c.text for c in claims)}"
    words += [number for number in re.findall(r"\d+", text) if number not in said]
    return [word for word in words if not any(means(n, word) or _may_be(n, word) for n in named)]


def _may_be(noun: str, general: str) -> bool:
    """An oak is a wood first, and a tree second."""
    kinds = set(lexicon.senses(general)[:1])
    return any(lexicon.above(s) & kinds for s in lexicon.senses(lexicon.singular(noun))[:2])


_BEFORE_NOUNS = r"(?:a|an|the|his|her|its|their|with|of|two|three|four|some|several|\w+ing)"


def _is_noun(word: str, text: str) -> bool:
    """Return whether a word can be nothing but a noun, by itself or by the word before it."""
    noun = lexicon.singular(word)
    if not lexicon.senses(noun):
        return False
    forms = {word, noun, lexicon.lemma(word)}
    if any(lexicon.senses(f, lexicon.ADJECTIVE) for f in forms):
        return False
    return not any(lexicon.senses(f, lexicon.VERB) for f in forms) or bool(
        re.search(rf"\b{_BEFORE_NOUNS} {word}\b", text.lower())
    )
