"""How two sentences about all, some or none of one kind of things stand to each other.

"All but one of the lamps are lit" leaves a share between none and all of the lamps lit, "none of the lamps is lit" the
share 0. Two sentences with one predicate contradict each other where no share is allowed by both.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache
from typing import NamedTuple

from . import contrast, lexicon, values
from .sentence_words import SMALL, means, places_in, tokens

_NONE, _SOME, _ALL = "none", "some", "all"  # shares of 0, between 0 and 1, and 1
_COUNT = r"one|two|three|four|five|six|seven|eight|nine|ten|\d+"
_OF = rf"(?: of (?:the|these|those|his|her|its|their|all)(?: (?:{_COUNT}))?(?= ))"
_LEADS = (
    (rf"(?:not a single|not one|none|neither|no)(?: one)?(?:{_OF})?", {_NONE}),
    (rf"(?:all|each|every one|each one)(?: of)?(?: the| these| those| his| her| its| their)?(?: (?:{_COUNT}))? (?:but|except)(?: for)? (?:{_COUNT})(?:{_OF})?", {_SOME}),
    (rf"(?:not all|not every|not each)(?:{_OF})?(?: the)?", {_NONE, _SOME}),
    (rf"(?:all|every|each|both)(?:{_OF}|(?: one)? of the)?(?: the| his| her| its| their| of)?(?: (?:{_COUNT}))?", {_ALL}),
    (rf"(?:most|half|a majority)(?:{_OF})?(?: the)?", {_SOME}),
    (rf"(?:only|just) (?:some|a few|(?:{_COUNT}))(?:{_OF})", {_SOME}),
    (rf"(?:{_COUNT}) of (?:the|these|those) (?:{_COUNT})", {_SOME}),
    (rf"(?:some|several|a few|many|at least one|(?:{_COUNT}))(?:{_OF})?", {_SOME, _ALL}),
)  # fmt: skip
_PATTERNS = tuple((re.compile(rf"^{lead} (?=\w)"), frozenset(shares)) for lead, shares in _LEADS)
_FLOATING = re.compile(
    r"^the (?P<noun>(?:\w+ ){1,3}?)(?P<verb>are|have|were) (?P<which>all|both|none|each) (?P<rest>.+)$"
)
_THERE_ARE_NO = re.compile(r"^there (?:are|is) no (\w+) (\w+)((?: (?:in|on|at) .+)?)$")
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|wears?|carr(?:y|ies)|holds?|sits?|stands?|lies?|looks?|faces?|rides?|contains?|shows?|hangs?|"
    r"appears?|seems?|\w+ing)\b"
)
_DENIED = re.compile(r"\b(?:not|never|without|n't)\b|(?<=\w)n['’]t\b")
_EXCEPT = re.compile(r"\b(?:except|apart from|save for|but) (?:for )?(?:a |one|two|the)\b.*")
_FLIPPED = {_NONE: _ALL, _ALL: _NONE, _SOME: _SOME}


class _Quantified(NamedTuple):
    noun: str
    shares: frozenset[str]
    predicate: tuple[str, ...]
    places: frozenset[str]
    counted: (
        bool  # "of the lamps", or a word for all or none: the shares are those of one known set
    )


# Share of the one -> possible shares of what excludes it.
_BESIDE = {_ALL: (_NONE,), _SOME: (_NONE, _SOME), _NONE: (_NONE, _SOME, _ALL)}


def relation(first: str, second: str) -> str:
    """Return how two sentences stand to each other that say what share of one kind of things is so; "" for all others.

    Returns:
        equivalent | a_entails_b | b_entails_a | contradiction | ""
    """
    a, b = _quantified(first), _quantified(second)
    if not a or not b or not _one_noun(a.noun, b.noun) or not (a.counted or b.counted):
        return ""
    same, opposed = _compared(a.predicate, b.predicate)
    if not same or (a.places != b.places and opposed is None):
        return ""
    if opposed:
        # What is red is not blue, but what is not red need not be.
        left = frozenset(x for s in b.shares for x in _BESIDE[s])
        flipped = frozenset(_FLIPPED[s] for s in b.shares)
        if not a.shares & left:
            return "contradiction"
        if a.shares == flipped and len(flipped) == 1 and _SOME not in flipped:
            return "equivalent"
        if {x for s in a.shares for x in _BESIDE[s]} <= b.shares:
            return "a_entails_b"
        return "b_entails_a" if left <= a.shares else ""
    shares = b.shares
    if not a.shares & shares:
        return "contradiction"
    if same != "equal" or not (a.counted and b.counted):
        return ""
    if a.shares == shares:
        return "equivalent" if len(shares) == 1 and _SOME not in shares else ""
    return "a_entails_b" if a.shares < shares else "b_entails_a" if shares < a.shares else ""


@lru_cache(maxsize=1024)
def _quantified(text: str) -> _Quantified | None:
    text = contrast.switched(" ".join(text.lower().strip(" .!").split()))
    if len(text) > 200 or re.search(r"[.;]|, (?:and|but|while)\b", text):
        return None
    text = _THERE_ARE_NO.sub(r"no \2\3 is \1", text)
    shares: Set[str] | None = None
    rest = ""
    if found := _FLOATING.match(text):
        shares = {"all": {_ALL}, "both": {_ALL}, "each": {_ALL}, "none": {_NONE}}[found["which"]]
        rest = f"{found['noun']}{found['verb']} {found['rest']}"
    for pattern, allowed in _PATTERNS:
        if shares is None and (found := pattern.match(text)):
            shares, rest, lead = allowed, text[found.end() :], found[0]
            break
    else:
        lead = "all"
    if shares is None or not (verb := _VERB.search(rest)) or verb.start() == 0:
        return None
    subject = tokens(rest[: verb.start()])
    noun = re.split(r"\b(?:of|in|on|at|with|around|along|under|behind)\b", rest[: verb.start()])[0]
    named = tokens(noun)
    if not named:
        return None
    predicate = rest[verb.start() :]
    if _EXCEPT.search(predicate):
        shares, predicate = {_SOME}, predicate[: _EXCEPT.search(predicate).start()]
    if _DENIED.search(predicate):
        shares = {_FLIPPED[s] if s != _SOME else _SOME for s in shares}
        predicate = _DENIED.sub(" ", predicate)
    noun = lexicon.singular(named[-1])
    said = tuple(
        t
        for t in tokens(f"{' '.join(subject[len(named) :])} {predicate}")
        if t not in SMALL and t not in _HAVE
    )
    counted = " of " in lead or lead.split()[0] in (
        "all", "both", "every", "each", "none", "neither", "no", "not", "most", "half", "at",
    )  # fmt: skip
    return (
        _Quantified(noun, frozenset(shares), said, places_in(predicate), counted) if said else None
    )


def _one_noun(a: str, b: str) -> bool:
    return lexicon.same(a, b) or a.removesuffix("s") == b.removesuffix("s")


_HAVE = frozenset("have has had yet already still so far any anything them".split())


def _compared(x: tuple[str, ...], y: tuple[str, ...]) -> tuple[str, bool | None]:
    """Return whether two predicates are "equal" or "alike" (one says more) and whether they are opposed (None where there
    is nothing between them); "" where they are neither.
    """
    more = [t for t in x if not any(means(t, u) or means(u, t) for u in y)]
    fewer = [t for t in y if not any(means(t, u) or means(u, t) for u in x)]
    if not more and not fewer:
        return "equal", False
    if len(more) == len(fewer) == 1 and (
        values.excludes(more[0], fewer[0])
        or values.excludes(lexicon.lemma(more[0]), lexicon.lemma(fewer[0]))
    ):
        return "alike", True
    return ("alike", False) if not more or not fewer else ("", None)
