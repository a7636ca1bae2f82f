"""A thing while its caption is being read."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import lexicon, values
from .english_words import COLOURS, FEMALE, GENERAL, MALE
from .nouns import is_animal, is_person


@dataclass
class Entity:
    """A thing while the caption is being read (see `Thing`).

    Attributes:
        owner: the entity that it is a part of; -1 where none.
        members: the entities that a group ("two individuals, a man and a woman") consists of.
        plural: grammatically.
        traits: lemmas of adjectives it was introduced with, by which it is told from its like.
        place: where in the image; `told`: that tells it from its like.
        part: a natural part of something, which nobody announces ("arm", "fur").
        announced: it was claimed that there is such a thing.
        joint: a group that a joint subject made ("a man and a woman").
        aspect: the image itself, its background or colours.
        unnamed: what a pronoun stands for whose noun is not in the text.
        nobody: of whom only denials are said ("no one is sitting").
        has, nouns: values among its attributes that it has ("a beard") or is ("a boy").
    """

    index: int
    head: str
    heads: list[str] = field(default_factory=list)
    number: int = 0
    plural: bool = False
    mass: bool = False
    definite: bool = False
    owner: int = -1
    members: list[int] = field(default_factory=list)
    traits: list[str] = field(default_factory=list)
    place: str = ""
    sentence: int = 0
    part: bool = False
    announced: bool = False
    told: bool = False
    joint: bool = False
    aspect: bool = False
    unnamed: bool = False
    nobody: bool = False
    has: set[str] = field(default_factory=set)
    nouns: set[str] = field(default_factory=set)

    @property
    def noun(self) -> str:
        return self.head.split()[-1]

    @property
    def person(self) -> bool:
        compound = self.head if lexicon.senses(self.head) else self.noun
        return is_person(compound)

    @property
    def animal(self) -> bool:
        return is_animal(self.noun)

    @property
    def gender(self) -> str:
        if self.noun in FEMALE or self.noun in MALE:
            return "f" if self.noun in FEMALE else "m"
        return (
            {"female": "f", "male": "m"}.get(lexicon.gender(self.noun), "") if self.person else ""
        )


def goes_by(e: Entity, head: str, noun: str) -> bool:
    """Return whether a thing goes by that noun: "laptop" names the "laptop computer", but "church"
    not the "church tower".
    """
    for h in e.heads:
        words = h.split()
        if noun == words[-1] and (" " not in head or " " not in h or head == h):
            return True
        if len(words) > 1 and head == words[0] and lexicon.is_kind(noun, words[-1]):
            return True
    return False


# General word -> nouns of people whom it cannot mean.
_GROWN = {
    "child": frozenset(
        "man woman adult mother father parent lady gentleman grandmother grandfather teacher nurse doctor".split()
    ),
    "adult": frozenset("child boy girl baby toddler infant kid".split()),
}


def may_be_called(e: Entity, noun: str, general: str) -> bool:
    """Return whether a general word can go back to a thing: "the animal" to a dog."""
    if general == "person":
        return e.person and not (noun in _GROWN and e.noun in _GROWN[noun])
    if e.person or e.aspect or e.part:
        return False
    return lexicon.is_kind(e.head, general or noun)


def has_telling_name(e: Entity, noun: str) -> bool:
    """Return whether a noun is the more telling name of a thing: "the seagull" of "a bird"."""
    if e.aspect or e.part or noun == e.noun:
        return False
    if is_person(noun):
        return e.noun in ("person", "adult", "figure", "human", "individual") and not e.members
    return lexicon.is_kind(noun, e.noun) and e.noun in GENERAL


def differs(e: Entity, traits: set[str]) -> bool:
    """Return whether a thing has other traits of the same sort: "the red car" is not "a blue car"."""
    mine, other = traits & COLOURS, set(e.traits) & COLOURS
    if mine and other and not mine & other:
        return True
    return any(values.distinguishes(x, y) for x in traits for y in e.traits)


def shares_trait(e: Entity, traits: set[str]) -> bool:
    """Return whether an adjective by which a thing is told says the same as one of these: "larger" and "bigger"."""
    return any(
        values.entails(values.compared(x), values.compared(y)) for x in traits for y in e.traits
    )
