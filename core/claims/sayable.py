"""Claims whose own wording is no English sentence: the parser took a word for something else."""

from __future__ import annotations

from . import ACTION, ATTRIBUTE, OBJECT, RELATION, Claim, lexicon
from .english_words import COLOURS, LOCATED

_PRONOUNS = frozenset(
    "itself himself herself themselves myself yourself self it they he she them him her this that these those which who "
    "what one ones other others another each both all some any none someone something everything everyone".split()
)
_BARE = frozenset("to of from for by as like than with-out".split())  # say nothing of where
_EMPTY = frozenset(
    "have appear seem be look feature include add make do get become give create suggest indicate contain bring lend "
    "consist relate imply mean show".split()
)
_FRUIT = frozenset(("orange",))  # a colour that is a thing, too


def is_sayable(claim: Claim) -> bool:
    """Whether a claim says something of a thing in words that belong together.

    "The kitchen is an itself", "There is a homey", "The toppings are to the pizza" do not.
    """
    if not _names(claim.subject) and claim.kind in (OBJECT, ATTRIBUTE, ACTION, RELATION):
        return False
    if claim.kind == ATTRIBUTE:
        last = claim.value.split(" ")[-1]
        return last not in _PRONOUNS and claim.value not in _EMPTY and claim.value not in LOCATED
    if claim.kind == ACTION:
        return lexicon.lemma(claim.value.split(" ")[0]) not in _EMPTY
    if claim.kind == RELATION:
        verb = lexicon.lemma(claim.value.split(" ")[0])
        return (
            _names(claim.object)
            and claim.value not in _BARE
            and (verb == "have" or verb not in _EMPTY)
        )
    return True


def _names(noun: str) -> bool:
    """Whether a word can name a thing; words that no dictionary has are names."""
    last = lexicon.head(noun)
    if not last or last in _PRONOUNS or (last in COLOURS and last not in _FRUIT):
        return False
    if lexicon.senses(last):
        return True
    return not lexicon.senses(last, lexicon.ADJECTIVE) and (
        lexicon.is_person(last) or not last.endswith("ly")
    )
