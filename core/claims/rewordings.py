"""Recognises what a fact says in another construction: passive for active, a denial for an adjective, "with" for a
place, a noun for a verb.

Each function takes a claim of a written text and decides it from claims of the facts, not from loose words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from . import (
    ACTION,
    ATTRIBUTE,
    OBJECT,
    PLACE,
    RELATION,
    Claim,
    Sentence,
    comparison,
    lexicon,
    predicates,
    values,
)
from .sentence_words import named_with
from .thing_index import ThingIndex


def reworded(
    claim: Claim,
    moved: Claim,
    premise: ThingIndex,
    written: ThingIndex,
    alignment: Mapping[int, int],
) -> bool:
    """Return whether a positive claim is a fact in another construction.

    Args:
        moved: the claim in the numbers of the facts' things, -2 where the facts have no such thing.
    """
    if claim.kind in (ATTRIBUTE, ACTION):
        return (
            _done_to(moved, premise)
            or _lacking(moved, premise)
            or _of_all(moved, premise)
            or _switched(moved, premise)
        )
    if claim.kind != RELATION:
        return False
    return (
        _in_hands(claim, moved, premise, written, alignment)
        or _by_its_face(claim, moved, premise)
        or _in_one_word(moved, premise)
        or _in_several_words(moved, premise)
        or _with_its_place(claim, moved, premise, written, alignment)
        or _next_to_its_preposition(claim, premise, written, alignment)
    )


def denied(
    claim: Claim, premise: ThingIndex, written: ThingIndex, alignment: Mapping[int, int]
) -> bool:
    """Return whether the facts deny what a claim denies: "without shoes", "an empty chair"."""
    named = named_with(claim, written, alignment)
    if claim.kind == OBJECT:
        return any(
            p.kind == RELATION
            and p.negated
            and p.thing in named
            and lexicon.is_kind(claim.subject, p.object)
            and predicates.parts(p.value)[0] in ("wear", "have")
            for p in premise.reading.claims
        )
    # Nobody is on an empty seat.
    return (
        claim.kind in (ACTION, RELATION)
        and claim.subject == "person"
        and any(
            p.kind == ATTRIBUTE
            and not p.negated
            and p.thing in named
            and p.value in comparison.EMPTY_WORDS
            and lexicon.is_kind(p.subject, "seat")
            for p in premise.reading.claims
        )
    )


def _done_to(moved: Claim, premise: ThingIndex) -> bool:
    """ "Oranges are sold" follows from a stall that sells oranges."""
    verb, *rest = moved.value.split() or [""]
    done = lexicon.lemma(verb)
    if moved.thing < 0 or done == verb or not lexicon.senses(done, lexicon.VERB):
        return False
    return any(
        p.kind == RELATION
        and p.other == moved.thing
        and not p.negated
        and not predicates.parts(p.value)[1]
        and predicates.parts(p.value)[0] not in predicates.HAVING
        and predicates.verb_entails(predicates.parts(p.value)[0], done)
        and all(w in predicates.parts(p.value)[2] for w in rest)
        for p in premise.about[moved.thing]
    )


_PARTS_OF_BARE = {"tree": "leaf", "branch": "leaf", "bush": "leaf"}


def _lacking(moved: Claim, premise: ThingIndex) -> bool:
    """Trees that have no leaves are bare."""
    if moved.thing < 0:
        return False
    lacked = comparison.lacked(moved.value)
    if moved.value == "bare" and lexicon.head(moved.subject) in _PARTS_OF_BARE:
        lacked = (_PARTS_OF_BARE[lexicon.head(moved.subject)],)
    return any(
        p.kind == RELATION
        and p.negated
        and p.thing == moved.thing
        and any(lexicon.is_kind(noun, p.object) for noun in lacked)
        for p in premise.about[moved.thing]
    )


def _of_all(moved: Claim, premise: ThingIndex) -> bool:
    """What "the walls" are, without a number or an owner, each wall is."""
    things = premise.reading.things
    return moved.thing >= 0 and any(
        p.kind == moved.kind
        and not p.negated
        and p.plural
        and p.thing != moved.thing
        and things[p.thing].definite
        and not things[p.thing].number
        and not things[p.thing].place
        and not things[p.thing].told
        and p.thing not in premise.owner
        and lexicon.same(p.subject, moved.subject)
        and values.entails(p.value, moved.value)
        for p in premise.reading.claims
        if p.thing >= 0
    )


_HANDS = frozenset("hand arm paw fist grip grasp palm finger".split())


def _in_hands(
    claim: Claim,
    moved: Claim,
    premise: ThingIndex,
    written: ThingIndex,
    alignment: Mapping[int, int],
) -> bool:
    """Return whether the claim says that something is in the hands of whoever carries it in the facts."""
    if (
        predicates.parts(claim.value)[1] not in ("in", "with")
        or lexicon.head(claim.object) not in _HANDS
        or moved.thing < 0
    ):
        return False
    owner = alignment.get(written.owner.get(claim.other, -1), -1)
    carriers = {
        p.thing
        for p in premise.about[moved.thing]
        if p.kind == RELATION
        and p.other == moved.thing
        and not p.negated
        and predicates.parts(p.value)[0] in ("hold", "carry", "grip", "clutch", "cradle")
    }
    return bool(carriers) and (owner in carriers or owner < 0)


# A side of a thing that facts call by a name of its own -> what has one.
_SCREENED = ("computer", "computer monitor", "phone", "television", "camera", "watch", "machine")
_LABELLED = ("container", "package", "garment", "book")
_FACES = {
    "screen": _SCREENED,
    "display": _SCREENED,
    "touchscreen": _SCREENED,
    "label": _LABELLED,
    "tag": _LABELLED,
    "cover": ("book",),
    "dial": ("clock", "watch"),
}
_SHOWING = frozenset("show display read say feature bear".split())


def _by_its_face(claim: Claim, moved: Claim, premise: ThingIndex) -> bool:
    """What the screen shows the monitor shows, and a label that is nowhere else is on the bottle."""
    verb, place, _ = predicates.parts(claim.value)
    things = premise.reading.things
    faces = [k for k, t in enumerate(things) if t.head in _FACES and t.definite and t.number == 1]
    if len(faces) != 1:
        return False
    face, head = faces[0], things[faces[0]].head
    owner = premise.owner.get(face, -1)
    if verb in _SHOWING and not place and moved.thing >= 0 and _has(claim.subject, head):
        shown = replace(moved, thing=face, subject=head)
        return owner in (-1, moved.thing) and premise.states(shown)
    if place != "on" or (verb and not predicates.idle(verb)) or not _has(claim.object, head):
        return False
    if moved.thing != face:
        shown = replace(moved, other=face, object=head)
        return moved.thing >= 0 and owner in (-1, moved.other) and premise.states(shown)
    placed = any(
        p.kind in (RELATION, PLACE) and p.thing == face and predicates.parts(p.value)[1]
        for p in premise.about[face]
    )
    sentences = premise.reading.sentences
    first = next((i for i, s in enumerate(sentences) if _mentions(s, face)), 0)
    before = any(_mentions(s, moved.other) for s in sentences[:first])
    return owner < 0 and not placed and before


def _has(noun: str, face: str) -> bool:
    return any(lexicon.is_kind(noun, kind) or lexicon.same(noun, kind) for kind in _FACES[face])


def _mentions(sentence: Sentence, thing: int) -> bool:
    return any(m[2] == thing for m in sentence.mentions)


def _in_one_word(moved: Claim, premise: ThingIndex) -> bool:
    """A letter written by hand is handwritten, moss that covers rocks makes them moss-covered."""
    verb, place, _ = predicates.parts(moved.value)
    agent = lexicon.head(moved.subject)
    return (
        bool(verb)
        and not place
        and moved.other >= 0
        and any(
            p.kind == ATTRIBUTE
            and p.thing == moved.other
            and not p.negated
            and (word := lexicon.normal(p.value).replace(" ", "")).startswith(agent)
            and len(word) > len(agent)
            and lexicon.lemma(word[len(agent) :]) == verb
            for p in premise.about[moved.other]
        )
    )


def _in_several_words(moved: Claim, premise: ThingIndex) -> bool:
    """Who is taking a photo of the waterfall photographs it."""
    verb, place, _ = predicates.parts(moved.value)
    sentences = premise.reading.sentences
    return (
        bool(verb)
        and not place
        and moved.thing >= 0
        and any(
            p.kind == ACTION
            and p.thing == moved.thing
            and not p.negated
            and " " in p.value
            and predicates.verb_entails(lexicon.normal(p.value), verb)
            and p.sentence < len(sentences)
            and _mentions(sentences[p.sentence], moved.other)
            for p in premise.about[moved.thing]
        )
    )


_SWITCHED = re.compile(r"^(?:(?:turned|switched) )?(on|off)$")


def _switched(moved: Claim, premise: ThingIndex) -> bool:
    """ "Turned on" follows from "is on", which a parser takes for a preposition without its noun."""
    state = _SWITCHED.match(moved.value)
    return (
        bool(state)
        and moved.thing >= 0
        and any(
            _mentions(s, moved.thing)
            and re.search(
                rf"\b(?:is|are|be)(?: turned| switched)? {state[1]}(?=[.,;]|$)", s.said or s.text
            )
            and not re.search(r"\bnot\b|n't\b", s.said or s.text)
            for s in premise.reading.sentences
        )
    )


def _with_its_place(
    claim: Claim,
    moved: Claim,
    premise: ThingIndex,
    written: ThingIndex,
    alignment: Mapping[int, int],
) -> bool:
    """ "With a crowd in the background": the text says itself where the second thing is, and that is checked.

    Where the reader lost that place, the facts must put it at a thing that the sentence names.
    """
    verb, place, _ = predicates.parts(claim.value)
    if verb or place != "with" or moved.other < 0 or "without" in claim.value:
        return False
    for c in written.reading.claims:
        if c.thing == claim.other and c.sentence == claim.sentence and c.kind in (PLACE, RELATION):
            where = predicates.parts(c.value)[1]
            if c.kind == PLACE or (where and where != "with" and not c.negated):
                return True
    if lexicon.is_living(claim.subject):
        return False
    named = named_with(claim, written, alignment)
    return any(
        p.kind == RELATION
        and not p.negated
        and p.thing == moved.other
        and p.other in named
        and predicates.parts(p.value)[1] not in ("", "with")
        for p in premise.about[moved.other]
    )


def _next_to_its_preposition(
    claim: Claim, premise: ThingIndex, written: ThingIndex, alignment: Mapping[int, int]
) -> bool:
    """A phrase that stands right behind another noun, or whose "it" may be another thing of the sentence."""
    verb, place, _ = predicates.parts(claim.value)
    if (
        not place
        or (verb and not predicates.idle(verb))
        or claim.sentence >= len(written.reading.sentences)
    ):
        return False
    for first, other in _readings(claim, written):
        ends = [_found(k, premise, written, alignment) for k in (first, other)]
        if -1 in ends or ends[0] == ends[1]:
            continue
        things = premise.reading.things
        turned = replace(
            claim,
            thing=ends[0],
            subject=things[ends[0]].head,
            other=ends[1],
            object=things[ends[1]].head,
        )
        if premise.states(turned):
            return True
    return False


def _readings(claim: Claim, written: ThingIndex) -> Iterator[tuple[int, int]]:
    """Return the pairs of things that the words around the preposition may put together."""
    sentence = written.reading.sentences[claim.sentence]
    mentions = sorted(sentence.mentions)
    for start, end, thing in mentions:
        if thing != claim.other:
            continue
        before = [m for m in mentions if m[1] <= start]
        if not before:
            continue
        near = max(m[1] for m in before)
        between = sentence.text[near:start].strip()
        if not 1 <= len(between.split()) <= 4 or "," in between:
            continue
        if predicates.parts(between)[1] != predicates.parts(claim.value)[1]:
            continue
        nearest = [
            m[2] for m in before if m[1] == near or sentence.text[m[1] : near].startswith(" of ")
        ]
        stands_for = [thing]
        if sentence.text[start:end].lower() in ("it", "them"):
            stands_for += [
                m[2] for m in before if not lexicon.is_living(written.reading.things[m[2]].head)
            ]
        for first in nearest:
            for other in stands_for:
                if first != other:
                    yield first, other


def _found(
    thing: int, premise: ThingIndex, written: ThingIndex, alignment: Mapping[int, int]
) -> int:
    """Return the thing of the facts; where none is aligned, the only one of that noun; else -1."""
    if thing in alignment:
        return alignment[thing]
    head = written.reading.things[thing].head
    alike = [k for k, t in enumerate(premise.reading.things) if lexicon.is_kind(t.head, head)]
    return alike[0] if len(alike) == 1 else -1
