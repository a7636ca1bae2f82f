"""Compares the words of sentences, in any inflected form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from . import Claim, Sentence, lexicon, plurals, predicates, values
from .lexicon import lemma
from .thing_index import ThingIndex

PRONOUNS = frozenset(
    "she he they it her his their its them him both one someone who which that whose these those each other".split()
)


SMALL = frozenset(
    "a an the is are was be been being of and or in on at to with by from for as it its his her their they she he "
    "there this that which who whose where while some one other another image scene photo picture visible seen can "
    "also too both all each out up off into onto".split()
)


def text_of(sentence: Sentence) -> str:
    return sentence.said or sentence.text


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+(?:[:'][^\W_]+)*", lexicon.normal(text).replace("'s", " ")))


@lru_cache(maxsize=65536)
def means(token: str, word: str) -> bool:
    """Return whether the token of a fact says what the word says."""
    if token == word:
        return True
    if token in SMALL:
        return False
    first, second = lemma(token), lemma(word)
    if first == second or values.related(token, word) or first == verb_of(second):
        return True
    return (
        values.entails(first, second)
        or values.entails(token, word)
        or lexicon.is_kind(lexicon.singular(token), lexicon.singular(word))
        or predicates.verb_entails(first, second)
    )


@lru_cache(maxsize=32768)
def does(token: str, verb: str) -> bool:
    """Return whether the token of a fact is a form of the verb, or of one that entails it."""
    if token == verb:
        return True
    if token in SMALL:
        return False
    first, second = lemma(token), lemma(verb)
    return first == second or values.related(token, verb) or predicates.verb_entails(first, second)


@lru_cache(maxsize=4096)
def _phrasal(text: str) -> tuple[str, ...]:
    """Return "hold up" of "holding up": a verb and the particle right after it."""
    there = tokens(text)
    return tuple(
        f"{lemma(verb)} {particle}"
        for verb, particle in pairwise(there)
        if particle in ("up", "out")
    )


_NOMINAL = re.compile(r"(?:ment|ing|ation|ion)$")


@lru_cache(maxsize=16384)
def verb_of(noun: str) -> str:
    """Return the verb that a noun is made of, "pave" of "pavement"; "" where there is none."""
    base = _NOMINAL.sub("", noun)
    if base == noun or len(base) < 3:
        return ""
    return next(
        (v for v in (base + "e", base, base + "ate") if lexicon.senses(v, lexicon.VERB)), ""
    )


@lru_cache(maxsize=16384)
def said(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a sentence says each of the words, or a word that entails it."""
    there = (*tokens(text), *_phrasal(text))
    telling = [w for w in words if w not in SMALL] or words
    return all(any(means(t, w) for t in there) for w in telling)


def sentence_of(premise: ThingIndex, index: int) -> str:
    sentences = premise.reading.sentences
    return (sentences[index].said or sentences[index].text) if index < len(sentences) else ""


def named_with(claim: Claim, written: ThingIndex, alignment: Mapping[int, int]) -> set[int]:
    """Return the things of the facts that the claim's sentence names."""
    return {
        alignment[k]
        for c in written.reading.claims
        if c.sentence == claim.sentence
        for k in (c.thing, c.other)
        if k in alignment
    }


def speaks_of(sentence: Sentence, index: int, noun: str, thing: int, premise: ThingIndex) -> bool:
    if thing >= 0 and any(m[2] == thing for m in sentence.mentions):
        return True
    if thing >= 0 and any(c.sentence == index for c in premise.about[thing]):
        return True
    if plurals.rival_named(sentence, thing, premise):
        return False
    there = tokens(text_of(sentence))
    last = lexicon.head(noun)
    if any(means(t, last) for t in there if t not in PRONOUNS):
        return True
    return there[:1] != () and there[0] in PRONOUNS


@lru_cache(maxsize=4096)
def places_in(text: str) -> frozenset[str]:
    """Return the classes of all prepositions in a sentence."""
    text = f" {lexicon.normal(text)} ".replace(" the ", " ").replace(" a ", " ")
    return frozenset(name for phrase, name in predicates.PLACES.items() if f" {phrase} " in text)
