"""Decides whether the wording of one sentence of the facts supports a relation between two things."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from . import RELATION, Claim, Sentence, implications, lexicon, plurals, predicates
from .misreadings import clashing, directions, otherwise_placed
from .sentence_words import (
    PRONOUNS,
    does,
    means,
    places_in,
    said,
    speaks_of,
    text_of,
    tokens,
)
from .thing_index import ThingIndex


def is_related(
    claim: Claim, moved: Claim, premise: ThingIndex, alignment: Mapping[int, int]
) -> bool:
    """Return whether one sentence mentions both things and has the words of the predicate, and nobody else owns the second."""
    verb, place, rest = predicates.parts(claim.value)
    if (moved.other >= 0 and verb in ("wear", "have", "hold", "carry")) or place == "with":
        owner = premise.owner.get(moved.other, -1)
        if owner >= 0 and owner != moved.thing and not _again(premise, owner, claim.subject):
            return False
    if clashing(moved, premise) or otherwise_placed(moved, premise):
        return False
    if verb == "wear" and moved.other >= 0 and _put_away(moved.other, premise):
        return False
    others = _anothers(claim, moved, premise, alignment.values()) if moved.thing >= 0 else ()
    holds = verb in _WEAK or (verb in predicates.HAVING and not lexicon.is_person(claim.subject))
    if (
        place in ("on", "in")
        and not verb
        and moved.other >= 0
        and _stands_elsewhere(moved, place, premise)
    ):
        return False
    if place == "with" and not verb and moved.other >= 0 and _scenery(claim.object):
        return True
    for i, s in enumerate(premise.reading.sentences):
        if i in others or not speaks_of(s, i, claim.subject, moved.thing, premise):
            continue
        there = tokens(text_of(s))
        last = lexicon.head(claim.object)
        if plurals.rival_named(s, moved.other, premise):
            continue
        mentioned = moved.other >= 0 and any(m[2] == moved.other for m in s.mentions)
        if moved.other >= 0 and not mentioned and _names_another(s, last, premise):
            continue
        if not mentioned and not any(means(t, last) for t in there if t not in PRONOUNS):
            continue
        if rest and not said(text_of(s), tuple(rest)):
            continue
        weak = (
            not verb
            or holds
            or verb in ("have", "be", "include", "feature")
            or predicates.idle(verb)
        )
        worn = (
            verb == "wear"
            and ({"in", "with", "on"} & set(there) or premise.owner.get(moved.other) == moved.thing)
        ) or (verb == "use" and "with" in there)
        worn = worn or (
            verb == "cover"
            and re.search(rf"\bover (?:\w+ )?{re.escape(last)}\b", text_of(s)) is not None
        )
        if not weak and not worn and not any(does(t, verb) for t in there):
            continue
        if place and place not in ("with", "at"):
            before = directions(s, moved.thing, moved.other)
            if before and not any(place in (q, *predicates._ALSO.get(q, ())) for q in before):
                continue  # "from a rack above the counter" puts nothing on the counter
            classes = places_in(text_of(s))
            if place == "on" and "under" in classes:
                classes |= {"on"}  # "the ground beneath its feet is grass"
            if not any(q == place or place in predicates._ALSO.get(q, ()) for q in classes):
                continue
        return True
    return False


def _names_another(sentence: Sentence, noun: str, premise: ThingIndex) -> bool:
    """Return whether a sentence mentions a thing of that noun."""
    things = premise.reading.things
    return any(lexicon.head(things[m[2]].head) == noun for m in sentence.mentions)


def _put_away(garment: int, premise: ThingIndex) -> bool:
    """Return whether a garment is held, hangs from something or lies on something, other than a part of the body."""
    about = [p for p in premise.about[garment] if p.kind == RELATION and not p.negated]
    if any(p.other == garment and predicates.parts(p.value)[0] in _HOLD for p in about):
        return True
    return any(
        p.thing == garment
        and predicates.parts(p.value)[1] in ("on", "in", "from", "above", "against", "behind")
        and not lexicon.is_living(p.object)
        and lexicon.head(p.object) not in implications.PARTS
        and not lexicon.is_kind(p.object, "body part")
        and not lexicon.is_kind(p.object, "garment")
        for p in about
    )


_HOLD = ("hold", "carry", "grip", "clutch")


def _again(premise: ThingIndex, thing: int, noun: str) -> bool:
    """Return whether a definite thing may be the same as one with a more special noun: "the boat" is the sailboat."""
    other = premise.reading.things[thing]
    return (
        other.definite
        and other.number == 1
        and lexicon.is_kind(noun, other.head)
        and not lexicon.is_living(noun)
    )


_WEAK = frozenset("occupy say read label mark".split())


@lru_cache(maxsize=2048)
def _scenery(noun: str) -> bool:
    """Return whether a noun names scenery, of which "with" only says that it is there too."""
    return any(lexicon.is_kind(noun, kind) for kind in _LAND)


_LAND = (
    "geological formation",
    "body of water",
    "building",
    "tree",
    "sky",
    "land",
    "light",
    "room",
    "road",
)


def _stands_elsewhere(moved: Claim, place: str, premise: ThingIndex) -> bool:
    """Return whether the facts put the thing on or in something else that is not part of the claimed place."""
    return any(
        p.kind == RELATION
        and p.thing == moved.thing
        and p.other not in (moved.other, -1)
        and not p.negated
        and predicates.parts(p.value)[1] == place
        and premise.owner.get(p.other) != moved.other
        and premise.owner.get(moved.other) != p.other
        for p in premise.about[moved.thing]
    )


def _anothers(claim: Claim, moved: Claim, premise: ThingIndex, taken: Collection[int]) -> set[int]:
    """Return the sentences that state the relation of another thing of that kind."""
    return {
        p.sentence
        for p in premise.reading.claims
        if p.kind == RELATION
        and p.thing not in (moved.thing, -1)
        and not p.negated
        and (premise.reading.things[p.thing].number == 1 or p.thing in taken)
        and (lexicon.is_kind(p.subject, claim.subject) or _does_it(p, moved, premise))
        and lexicon.is_kind(p.object, claim.object)
        and predicates.entails(p.value, claim.value)
    }


def _does_it(p: Claim, moved: Claim, premise: ThingIndex) -> bool:
    """Return whether the facts say that somebody else than in the claim does it to that thing."""
    verb, place, _ = predicates.parts(moved.value)
    return (
        bool(verb)
        and not place
        and (verb not in predicates.HAVING or verb in _HOLD)
        and p.other == moved.other
        and lexicon.is_living(p.subject)
        and moved.thing not in premise.reading.things[p.thing].members
        and p.thing not in premise.reading.things[moved.thing].members
    )
