"""A sentence without what is false in it, and one that can stand alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from . import Claim, Reading, Sentence

_SHORTEST = 2  # words of what can be a sentence
_LOOSE = r"and|or|but|with|while|which|that|who|as well as|including|such as|of|in|on|at|by|to|a|an|the"
_MENDS = (
    (re.compile(r"\s+"), " "),
    (re.compile(r"\s+([,.;:!?])"), r"\1"),
    (re.compile(r"([,;:])(?:\s*[,;:])+"), r"\1"),
    (re.compile(r",\s*and\s*(?=[,.;])"), ""),
    (re.compile(rf"(?:[,\s]|\b(?:{_LOOSE})\b)+(?=[.!?]$)"), ""),
    (re.compile(r"\b(and|or)\s+(?:and|or)\b"), r"\1"),
    (re.compile(r"\b(is|are|was|were)\s*,?\s+and\s+(?=\w+ing\b)"), r"\1 "),
    (re.compile(r"\b(with|and|or)\s*,\s*"), r"\1 "),
    (re.compile(r"\bwith\s+(?:and|or)\b"), "with"),
    (re.compile(r"^[\s,;:]*(?:(?:and|but|or|while)\s+)?"), ""),
    (re.compile(r",\s*([.!?])"), r"\1"),
)
_ARTICLE = re.compile(r"\b([Aa])n?\s+(?=([A-Za-z]))")
_AN = re.compile(r"(?i)^(?:[aeio]|u(?!ni(?!n)|s[aeiu]|ti))")
PRONOUNS = frozenset("he she it they his her its their him them both".split())
POSSESSIVES = frozenset("his her its their".split())


def without(
    sentence: Sentence, claims: Sequence[Claim], false: Collection[int]
) -> tuple[str, frozenset[int]]:
    """The sentence without its false claims.

    Args:
        claims: all claims of the sentence.
        false: places in `claims` of those that must go.

    Returns:
        What is left, a sentence, or "" where that is none; and the places of claims that are not false but
        are no longer said.
    """
    everything = frozenset(range(len(claims)))
    if not false:
        return sentence.text, frozenset()
    none = ("", everything - set(false))
    if any(not claims[k].spans for k in false):
        return none
    cuts = _joined([span for k in false for span in claims[k].spans])
    if _headless(sentence, claims, false, cuts):
        return none
    text = _cut(sentence.text, cuts)
    if len(re.findall(r"\w+", text)) < _SHORTEST:
        return none
    lost = frozenset(
        k
        for k in everything - set(false)
        if claims[k].spans and all(_inside(span, cuts) for span in claims[k].spans)
    )
    if lost == everything - set(false):
        return none
    return text, lost


def _headless(
    sentence: Sentence, claims: Sequence[Claim], false: Collection[int], cuts
) -> bool:
    """Whether a cut takes away what the sentence, or a part of it that stays, is said of."""
    gone = {thing for a, b, thing in sentence.mentions if _inside((a, b), cuts)}
    stays = {thing for a, b, thing in sentence.mentions if not _inside((a, b), cuts)}
    return any(
        claim.thing in gone - stays
        for k, claim in enumerate(claims)
        if k not in false and not (claim.spans and all(_inside(s, cuts) for s in claim.spans))
    )


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _inside(span: tuple[int, int], cuts: Sequence[tuple[int, int]]) -> bool:
    return any(a <= span[0] and span[1] <= b for a, b in cuts)


def _cut(text: str, cuts: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(cuts):
        before = text[:start]
        # "red and white" less "white": the "and" before it goes, too.
        if re.match(r"\s*(?:[,.;!?]|$|and\b|or\b)", text[end:]):
            before = re.sub(r"\s*(?:,\s*)?\b(?:and|or)\s*$", "", before)
        elif re.search(r"(?:^|[\s(])$", before):
            end += len(re.match(r"\s*(?:,\s*(?:and\s+)?|and\s+|or\s+)?", text[end:])[0])
        text = f"{before} {text[end:]}"
    return mended(text)


def mended(text: str) -> str:
    """Blanks, commas, articles and the ends of a sentence put right."""
    for pattern, put in _MENDS:
        text = pattern.sub(put, text)
    text = _ARTICLE.sub(lambda m: _article(m, text), text).strip()
    if not text:
        return ""
    text = text[:1].upper() + text[1:]
    return text if re.search(r"[.!?。！？…][\"'”’)]*$", text) else text.rstrip(",;:") + "."


def _article(found: re.Match, text: str) -> str:
    word = re.match(r"\w+", text[found.end() :])[0]
    return f"{found[1]}{'n' if _AN.match(word) else ''} "


def standalone(reading: Reading, index: int) -> str:
    """The sentence of that index with names for the pronouns that its own words do not explain."""
    sentence = reading.sentences[index]
    named: set[int] = set()
    text, shift = sentence.text, 0
    for start, end, thing in sorted(sentence.mentions):
        first = sentence.text[start:end].split(" ")[0]
        name = reading.things[thing].name
        if first.lower() in PRONOUNS and thing not in named and name:
            put = f"{name}'s" if first.lower() in POSSESSIVES else name
            put = put[:1].upper() + put[1:] if start == 0 else put
            text = text[: start + shift] + put + text[start + shift + len(first) :]
            shift += len(put) - len(first)
        named.add(thing)
    return text
