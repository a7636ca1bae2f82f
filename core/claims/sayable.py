"""Claims whose wording would not be an English sentence, because the parser misread a word."""

from __future__ import annotations

import re

from . import ACTION, ATTRIBUTE, OBJECT, PLACE, RELATION, Claim, lexicon
from .english_words import COLOURS, GARMENTS, LOCATED, MATERIALS, POSTURES

FOREIGN = re.compile(r"[^\x00-\u024f\u2000-\u20bf]")  # letters that no English text has
_PRONOUNS = frozenset(
    "itself himself herself themselves myself yourself self it they he she them him her this that these those which who "
    "what one ones other others another each both all some any none someone something everything everyone".split()
)
_BARE = frozenset("to of from for by as like than with-out".split())  # say nothing of where
_EMPTY = frozenset(
    "have appear seem be look feature include add make do get become give create suggest indicate contain bring lend "
    "consist relate imply mean show try start begin help".split()
)
_PREPOSITIONS = frozenset(
    "in on at under below above behind beside next near between around against along across over by inside outside left "
    "right front top bottom with through toward towards into onto down up from off beneath among amid atop within".split()
)
# What things do that do not live.
_STATIVE = frozenset(
    "hang lean cover contain hold show fill line surround top decorate support connect cross overlook face extend stretch "
    "rise run lead read say display have wear rest lie stand park flow fly float burn glow shine reflect cast light hide "
    "frame separate divide touch overlap match illuminate adorn scatter stack attach mount place serve melt steam".split()
)
_FRUIT = frozenset(("orange",))  # a colour that is a thing, too


def is_sayable(claim: Claim) -> bool:
    """Return whether a claim says something of a thing in words that belong together.

    "The kitchen is an itself", "There is a homey", "The toppings are to the pizza" do not. A claim in another
    script is a language model's, and its own sentence.
    """
    if FOREIGN.search(claim.text):
        return True
    if not _names(claim.subject) and claim.kind in (OBJECT, ATTRIBUTE, ACTION, RELATION):
        return False
    if claim.kind == PLACE:
        return claim.value not in ("lower", "upper")
    if claim.kind == ATTRIBUTE:
        return _is_quality(claim)
    if claim.kind == ACTION:
        verb = lexicon.lemma(claim.value.split(" ")[0])
        looks = verb == "look" and " " in claim.value  # "is looking down"
        return (looks or verb not in _EMPTY) and _can_do(claim.subject, verb)
    if claim.kind == RELATION:
        return _names(claim.object) and _is_relation(claim)
    return True


def _is_quality(claim: Claim) -> bool:
    last = claim.value.split(" ")[-1]
    if last in _PRONOUNS or claim.value in _EMPTY or claim.value in LOCATED:
        return False
    noun = lexicon.senses(lexicon.singular(last)) and not lexicon.senses(last, lexicon.ADJECTIVE)
    if not noun or last in MATERIALS | COLOURS or last.endswith(("ed", "ing")) or "-" in last:
        return True
    # "The lace is gown" lacks an article, and a foot is not a kind of guitar.
    kind = lexicon.singular(last)
    if re.search(r" (?:has|have)\b", claim.text):
        return True
    return bool(re.search(r" (?:an?|the|are)\b", claim.text)) and (
        (lexicon.is_person(kind) and lexicon.is_person(claim.subject))
        or lexicon.is_kind(kind, claim.subject)
        or lexicon.is_kind(claim.subject, kind)
    )


def _is_relation(claim: Claim) -> bool:
    verb = claim.value.split(" ")[0]
    if claim.value in _BARE:
        return False
    if verb in _PREPOSITIONS:
        over = verb in ("over", "under", "above", "below") and lexicon.is_person(claim.subject)
        return f"{verb}ing " not in claim.text and not (
            over and lexicon.head(claim.object) in GARMENTS
        )
    verb = lexicon.lemma(verb)
    if verb == "have":
        return True
    return (
        bool(lexicon.senses(verb, lexicon.VERB))
        and verb not in _EMPTY
        and _can_do(claim.subject, verb)
    )


def _can_do(subject: str, verb: str) -> bool:
    """Return whether a thing does what the verb says; what does not live only stands, hangs, covers, ..."""
    if verb in POSTURES | _STATIVE or lexicon.is_person(subject):
        return True
    return any(lexicon.is_kind(subject, kind) for kind in ("animal", "vehicle", "boat", "aircraft"))


def _names(noun: str) -> bool:
    """Return whether a word can name a thing; words that no dictionary has are names."""
    last = lexicon.head(noun)
    if not last or last in _PRONOUNS or (last in COLOURS and last not in _FRUIT):
        return False
    if lexicon.senses(last):
        return True
    return not lexicon.senses(last, lexicon.ADJECTIVE) and (
        lexicon.is_person(last) or not last.endswith("ly")
    )
