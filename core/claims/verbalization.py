"""Words claims as short English sentences that stand alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from .. import english
from ..english import article, capital, number_word, present_participle
from . import ACTION, ATTRIBUTE, NUMBER, OBJECT, PLACE, RELATION, SCENE, TEXT, lexicon, places
from .english_words import HAIR, PLURAL_ONLY

if TYPE_CHECKING:
    from .reading_builder import FoundClaim
    from .things import Entity

# Verbs that English says of a lasting state in the simple present.
_SIMPLE = frozenset(
    "cover line surround wear fill have contain resemble overlook show say read include support connect cross".split()
)
_ADJECTIVES = frozenset(
    "urban rural suburban domestic outdoor indoor natural casual professional formal residential industrial commercial outside inside indoors outdoors".split()
)
_UNCOUNTED = frozenset("hair facial hair fur stubble skin plumage".split())
_TIMES = {"day": "daytime", "sunset": "sunset", "fall": "autumn"}


@lru_cache(maxsize=4096)
def plural(noun: str) -> str:
    """Return the plural of a noun; of a plural-only word itself."""
    if noun.split()[-1:] and noun.split()[-1] in PLURAL_ONLY:
        return noun
    *before, last = noun.split()
    irregular = "people" if last == "person" else f"{last}ren" if last.endswith("child") else ""
    return " ".join([*before, irregular or english.plural(last) or last])


class Names:
    """Definite names of the things of one caption, each told from the others: "the man on the left"."""

    def __init__(self, things: Sequence[Entity]):
        self.things = things
        self._names: dict[int, str] = {}
        self.known: set[int] = set()  # things that a claim with another thing has named already

    def name(self, e: Entity, without: str | None = None) -> str:
        """Return the name; not by the value `without`, which is what is claimed of it."""
        if without is not None and (without == "number" or without in (*e.traits, e.place)):
            return self._name(e, without)
        if e.index not in self._names:
            self._names[e.index] = f"the {e.noun}"  # in case two things own each other
            self._names[e.index] = self._name(e)
        return self._names[e.index]

    def _name(self, e: Entity, without: str = "") -> str:
        noun = plural(e.head) if e.plural else e.head
        if e.part and (side := next((t for t in e.traits if t in ("left", "right")), "")):
            noun = f"{side} {noun}"
        if e.members and e.joint:
            return " and ".join(self.name(self.things[m]) for m in e.members)
        if 0 <= e.owner < len(self.things) and self.things[e.owner].owner != e.index:
            owner = self.name(self.things[e.owner])
            if len(owner.split()) <= 4:
                return f"{owner}{chr(39) if owner.endswith('s') else chr(39) + 's'} {noun}"
            return f"the {noun} of {owner}"
        count = (
            f"{number_word(e.number)} " if e.plural and e.number > 1 and without != "number" else ""
        )
        alike = [x for x in self.things if x is not e and x.head == e.head and x.plural == e.plural]
        told = [
            t
            for t in e.traits
            if t not in without.split() and not any(t in x.traits for x in alike)
        ]
        if (alike or e.aspect) and e.place and (e.told or not told) and e.place != without:
            return f"the {count}{noun} {places.phrase(e.place)}"
        if alike and told:
            return f"the {count}{told[0]} {noun}"
        return f"the {count}{noun}"

    def said_first(self, e: Entity) -> str:
        """As at a first mention: "a red cup", "trees"; definite where it belongs to somebody or isn't alone."""
        if e.owner >= 0 or any(x is not e and x.head == e.head for x in self.things):
            return self.name(e)
        return indefinite(e)


def many(e: Entity) -> bool:
    return e.plural or e.noun in PLURAL_ONLY or len(e.members) > 1


def indefinite(e: Entity) -> str:
    if many(e):
        return f"{number_word(e.number)} {plural(e.head)}" if e.number > 1 else plural(e.head)
    return e.head if e.mass else article(e.head)


def _be(e: Entity, f: FoundClaim) -> str:
    no = " not" if f.negated else ""
    if f.hedged:
        return f"{'appear' if many(e) else 'appears'}{no} to be"
    return f"{'are' if many(e) else 'is'}{no}"


def claim(names: Names, f: FoundClaim) -> str:
    """Return the claim as a sentence."""
    if f.kind == SCENE:
        return _scene(f)
    e = f.entity
    subject = capital(names.name(e, f.value if f.kind in (ATTRIBUTE, PLACE) else None))
    if e.nobody and f.negated:
        subject, f = "No one", replace(f, negated=False)
    if f.kind == OBJECT:
        if f.negated:
            return f"There {'are' if many(e) else 'is'} no {plural(e.head) if many(e) else e.head}."
        what = plural(e.head) if many(e) else e.head if e.mass else article(e.head)
        return f"There {'may be' if f.hedged else 'are' if many(e) else 'is'} {what}."
    if f.kind == NUMBER:
        one = f.value == "1"
        word = number_word(int(f.value)) if f.value.isdigit() else f.value
        if one and e.head in PLURAL_ONLY:
            return f"There is one pair of {e.head}."
        return f"There {'is' if one else 'are'} {word} {e.head if one else plural(e.head)}."
    if f.kind == TEXT:
        return f'{subject} {"read" if many(e) else "reads"} "{f.value}".'
    if f.kind == RELATION:
        return _relation(names, f, subject)
    be = _be(e, f)
    if f.kind == PLACE:
        return f"{subject} {be} {places.phrase(f.value)}."
    if f.kind == ACTION:
        return f"{subject} {be} {_progressive(f.verb, f.value)}."
    if f.kind == ATTRIBUTE and (f.value.split()[-1] in HAIR or f.value in e.has):
        what = f.value if f.negated or f.value in _UNCOUNTED else article(f.value)
        return f"{subject} {'have' if many(e) else 'has'} {'no ' if f.negated else ''}{what}."
    if f.value in e.nouns:
        if f.value == e.head:  # "The uniform is a school uniform."
            subject = subject.replace(e.head, e.noun)
        return f"{subject} {be} {plural(f.value) if many(e) else article(f.value)}."
    value = (
        f.value.removesuffix(" camera") + " the camera" if f.value.endswith(" camera") else f.value
    )
    return f"{subject} {be} {value}."


def _progressive(verb, value: str) -> str:
    """ "stand" -> "standing", "look at camera" -> "looking at the camera"."""
    base, _, rest = value.partition(" ")
    as_said = verb is not None and (verb.tag_ == "VBG" or (verb.tag_ == "VBN" and base == "seat"))
    form = verb.text.lower() if as_said else present_participle(base)
    if rest.endswith("camera"):
        rest = rest[: -len("camera")] + "the camera"
    return f"{form} {rest}".strip()


def _relation(names: Names, f: FoundClaim, subject: str) -> str:
    a, b, be = f.entity, f.other, _be(f.entity, f)
    new = (
        b.sentence == f.sentence
        and not b.definite
        and b.index not in names.known
        and a.owner != b.index
    )
    other = names.said_first(b) if new else names.name(b)
    names.known |= {a.index, b.index}
    base, _, rest = f.value.partition(" ")
    if f.value in ("with", "have"):
        return f"{subject} {'have' if many(a) else 'has'} {'no ' if f.negated else ''}{other}."
    if f.verb is None and f.value != "wear":
        said = f.value if rest or f.value not in ("left", "right") else f"{f.value} of"
        said = {"left of": "to the left of", "right of": "to the right of"}.get(said, said)
        if said.split()[0] in ("left", "right", "top", "bottom", "far", "side"):
            said = f"on the {said}"
        return f"{subject} {be} {said} {other}."
    passive = f.verb is not None and f.verb.tag_ == "VBN" and not f.active and f.value != "wear"
    if passive and not any(c.dep_ == "dobj" for c in f.verb.children):
        form = f"{be} {f.verb.text.lower()}"
    elif base in _SIMPLE and not f.negated and not f.hedged:
        form = base if many(a) else third_person(base)
    else:
        form = f"{be} {_progressive(None if f.active or passive else f.verb, base) if base != 'wear' else 'wearing'}"
    return " ".join(filter(None, (subject, form, rest, other))) + "."


def third_person(base: str) -> str:
    """Return the third person singular of a verb: "wear" -> "wears"."""
    return {"have": "has"}.get(base) or base + (
        "es" if base.endswith(("s", "sh", "ch", "x", "o")) else "s"
    )


def _scene(f: FoundClaim) -> str:
    be = f"{'may be' if f.hedged else 'is'}{' not' if f.negated else ''}"
    if f.subject in ("time", "season", "it"):
        return f"It {be} {_TIMES.get(f.value, f.value)}."
    last = f.value.split()[-1] if f.value else ""
    if f.subject in ("setting", "event") and last not in _ADJECTIVES and lexicon.senses(last):
        return f"The {f.subject} {be} {article(f.value)}."
    return f"The {f.subject} {be} {f.value}."
