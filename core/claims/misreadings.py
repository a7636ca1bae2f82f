"""Recognises claims that the parser attached to the wrong thing.

A claim of a written text that is said of another thing of the same sentence by the facts is taken as
the parser's slip, where the thing it was hung on could not do or have it, or where nothing else is said of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from . import (
    ACTION,
    ATTRIBUTE,
    PLACE,
    RELATION,
    Claim,
    Sentence,
    comparison,
    lexicon,
    predicates,
    values,
)
from .sentence_words import PRONOUNS, SMALL, means, places_in, text_of, tokens
from .thing_index import ThingIndex


def of_neighbour(
    claim: Claim, premise: ThingIndex, written: ThingIndex, alignment: Mapping[int, int]
) -> bool:
    """What only the living do, hung by the parser on a garment: whoever is there does it."""
    if claim.kind != ACTION or lexicon.is_living(claim.subject):
        return False
    for k, thing in enumerate(written.reading.things):
        if lexicon.is_living(thing.head) and k in alignment:
            if premise.states(replace(claim, subject=thing.head, thing=alignment[k])):
                return True
    return False


def elsewhere(
    claim: Claim, premise: ThingIndex, written: ThingIndex, alignment: Mapping[int, int]
) -> bool:
    """The facts say it of another thing of the written sentence, onto which the parser did not hang it."""
    others = {c.thing for c in written.reading.claims if c.sentence == claim.sentence} - {
        claim.thing
    }
    for k in others & set(alignment):
        head = premise.reading.things[alignment[k]].head
        if premise.states(replace(claim, thing=alignment[k], subject=head)):
            return True
    return False


def clashing(moved: Claim, premise: ThingIndex) -> bool:
    if moved.thing < 0 or moved.other < 0:
        return False
    between = [
        p
        for p in premise.about[moved.thing]
        if p.kind == RELATION and {p.thing, p.other} == {moved.thing, moved.other}
    ]
    verb, place, _ = predicates.parts(moved.value)
    return any(
        predicates.excludes(p.value, moved.value, p.thing != moved.thing)
        or (
            p.thing != moved.thing
            and verb
            and not place
            and (
                verb not in predicates.HAVING
                or (lexicon.is_living(moved.subject) and lexicon.is_living(moved.object))
            )
            and predicates.verb_entails(predicates.parts(p.value)[0], verb)
        )
        for p in between
    )


def otherwise_placed(moved: Claim, premise: ThingIndex) -> bool:
    """Return whether the facts say where one of two things is to the other, and it is another place than the
    claim's.
    """
    place = predicates.parts(moved.value)[1]
    if moved.thing < 0 or moved.other < 0 or place in ("", "with"):
        return False
    stated = [
        (p, p.thing != moved.thing)
        for p in premise.about[moved.thing]
        if p.kind == RELATION
        and {p.thing, p.other} == {moved.thing, moved.other}
        and predicates.parts(p.value)[1] not in ("", "with")
    ]
    return bool(stated) and not any(predicates.entails(p.value, place, t) for p, t in stated)


def attached_elsewhere(
    claim: Claim, premise: ThingIndex, written: ThingIndex, alignment: Mapping[int, int]
) -> bool:
    """A phrase that the parser hung on the wrong noun: the facts say it of another thing of the sentence."""
    verb, place, _ = predicates.parts(claim.value)
    bare = place and (not verb or predicates.idle(verb))
    if not bare and lexicon.is_living(claim.subject):
        return False
    others = {
        k
        for c in written.reading.claims
        if c.sentence == claim.sentence
        for k in (c.thing, c.other)
        if k in alignment and k not in (claim.thing, claim.other)
    }
    target = alignment.get(claim.other, -2)
    if target < 0:
        # "A cactus in a pot" follows from a potted cactus.
        return bool(bare) and any(
            p.kind == ATTRIBUTE
            and p.thing == alignment[k]
            and values.related(p.value, lexicon.head(claim.object))
            for k in others
            for p in premise.about[alignment[k]]
        )
    for k in others:
        head = premise.reading.things[alignment[k]].head
        if not bare and lexicon.is_kind(head, claim.subject):
            continue
        turned = replace(claim, thing=alignment[k], other=target, subject=head)
        if any(
            comparison.says(p, turned, premise.reading.things) == comparison.ENTAILED
            for p in premise.about[target]
        ):
            return True
    return False


def hung_on_another(claim: Claim, moved: Claim, premise: ThingIndex, written: ThingIndex) -> bool:
    """What the parser hung on a thing that does nothing, and a fact says of something else that the sentence names.

    A setting has all that is there.
    """
    verb, place, _ = predicates.parts(claim.value)
    last = lexicon.head(claim.object)
    if lexicon.is_living(claim.subject) or (
        lexicon.is_kind(claim.subject, "garment") and verb == "wear"
    ):
        return False
    if written.plural(claim.other) and moved.other < 0:
        return False
    has = (place == "with" and not verb) or (verb in ("have", "include", "feature") and not place)
    site = any(lexicon.is_kind(claim.subject, kind) for kind in SITES)
    if has and site and moved.other >= 0 and moved.other not in premise.owner:
        return True
    if place == "with" and not verb and moved.other >= 0 and not _held(moved.other, premise):
        return True
    sentences = written.reading.sentences
    named = (
        {m[2] for m in sentences[claim.sentence].mentions}
        if claim.sentence < len(sentences)
        else set()
    ) | {
        t
        for c in written.reading.claims
        if c.sentence == claim.sentence
        for t in (c.thing, c.other)
    }
    own = {
        lexicon.head(h)
        for k in named - {-1, claim.thing, claim.other}
        for h in comparison.called(written.reading.things[k])
    }
    for s in premise.reading.sentences:
        there = tokens(text_of(s))
        if not any(means(t, last) for t in there if t not in PRONOUNS):
            continue
        if verb and not predicates.idle(verb) and not any(means(t, verb) for t in there):
            continue
        classes = places_in(text_of(s))
        if place and not any(q == place or place in predicates._ALSO.get(q, ()) for q in classes):
            continue
        there = there[: next(k for k, t in enumerate(there) if means(t, last))]
        nouns = {
            lexicon.singular(t)
            for t in there
            if t not in SMALL and lexicon.senses(lexicon.singular(t))
        }
        if any(
            not means(n, last)
            and not lexicon.same(n, lexicon.head(claim.subject))
            and any(means(n, t) for t in own)
            for n in nouns
            if not lexicon.senses(n, lexicon.ADJECTIVE)
        ):
            return True
    return False


def _held(thing: int, premise: ThingIndex) -> bool:
    """The facts say where it is, or whose."""
    return thing in premise.owner or any(p.kind in (RELATION, PLACE) for p in premise.about[thing])


SITES = ("area", "room", "enclosure", "street", "field", "tract")


def placed(moved: Claim, premise: ThingIndex) -> bool:
    """Return whether a sentence that speaks of one of two things has the preposition between them, or speaks
    of both.

    The facts put the thing nowhere else. The other end may be a pronoun that was taken for something else.
    """
    verb, place, _ = predicates.parts(moved.value)
    if (
        moved.thing < 0
        or moved.other < 0
        or (verb and not predicates.idle(verb))
        or clashing(moved, premise)
        or otherwise_placed(moved, premise)
    ):
        return False
    if any(
        p.kind == RELATION
        and p.thing == moved.thing
        and p.other not in (moved.other, -1)
        and predicates.parts(p.value)[1] in (place, "on", "in", "at")
        for p in premise.about[moved.thing]
    ):
        return False
    ends = {moved.thing, moved.other}
    for i, s in enumerate(premise.reading.sentences):
        named = {m[2] for m in s.mentions} | {
            t for c in premise.reading.claims if c.sentence == i for t in (c.thing, c.other)
        }
        said = directions(s, moved.thing, moved.other)
        if place and said and not any(place in (q, *predicates._ALSO.get(q, ())) for q in said):
            continue
        if (
            place in ("front", "behind")
            and ends & named
            and {place, predicates._CONVERSE[place]} & places_in(text_of(s))
        ):
            return True
        if place in ("in", "on", "at") and ends <= named:
            return True
    return False


def directions(sentence: Sentence, a: int, b: int) -> set[str]:
    """Return the classes of the prepositions that a sentence writes before b, and the converse of those
    before a.
    """
    named = {t for _, _, t in sentence.mentions}
    if not {a, b} <= named:
        return set()
    found = set()
    for start, _, thing in sentence.mentions:
        if thing in (a, b):
            before = lexicon.normal(sentence.text[:start]).split()
            phrases = [" ".join(before[-n:]) for n in (3, 2, 1)]
            place = next((predicates.PLACES[p] for p in phrases if p in predicates.PLACES), "")
            if thing == a:
                place = predicates._CONVERSE.get(place, "")
            found |= {place} - {"", "with"}
    return found
