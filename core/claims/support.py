"""Finds claims that the wording of the facts supports although their reading does not.

A parser loses a clause here and hangs a phrase on the wrong noun there, in the facts and in what is
checked. So before a claim counts as made up, the words of the facts are asked: is everything it says said
there, in one sentence, of that thing, and of nothing else?
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import (
    ACTION,
    ATTRIBUTE,
    OBJECT,
    PLACE,
    RELATION,
    SCENE,
    STATEMENT,
    TEXT,
    Claim,
    comparison,
    implications,
    lexicon,
    predicates,
    sides,
    values,
)
from .misreadings import (
    SITES,
    attached_elsewhere,
    elsewhere,
    hung_on_another,
    of_neighbour,
    placed,
)
from .paraphrases import paraphrased
from .rewordings import denied, reworded
from .sentence_words import (
    PRONOUNS,
    SMALL,
    means,
    said,
    sentence_of,
    speaks_of,
    text_of,
    tokens,
    verb_of,
)
from .thing_index import ThingIndex
from .value_words import NEARLY
from .worded_relations import is_related


def is_supported(
    claim: Claim,
    moved: Claim,
    premise: ThingIndex,
    written: ThingIndex,
    alignment: Mapping[int, int],
) -> bool:
    """Return whether the facts' words support a claim of a written text that their reading leaves open.

    Args:
        moved: the claim in the numbers of the facts' things, -2 where the facts have no such thing.
    """
    if claim.kind == STATEMENT:
        words = tuple(w for w in tokens(claim.text) if w not in SMALL)
        return bool(words) and said(premise.text, words)
    if claim.negated:
        return denied(claim, premise, written, alignment)
    if _distinguished(claim, premise, written, alignment):
        return False
    if reworded(claim, moved, premise, written, alignment):
        return True
    if paraphrased(claim, moved, premise, written, alignment):
        return True
    if PRONOUNS & {claim.subject, claim.value, claim.object} and not claim.value.isdigit():
        return True
    if claim.kind == TEXT:
        return comparison.plain(claim.value) in comparison.plain(premise.text)
    if claim.kind == OBJECT:
        if claim.plural and _alone(claim, moved, premise):
            return False
        return _named(claim.subject, premise) or _agent(claim, moved, premise)
    if claim.kind in (ATTRIBUTE, ACTION):
        return not _nearly(moved, premise) and (
            _of_thing(claim, moved, premise)
            or of_neighbour(claim, premise, written, alignment)
            or (not values.inherent(claim.value) and elsewhere(claim, premise, written, alignment))
        )
    if claim.kind == PLACE:
        return (
            any(
                sides.place_entails(text_of(s), claim.value)
                and speaks_of(s, i, claim.subject, moved.thing, premise)
                for i, s in enumerate(premise.reading.sentences)
                if sides.sides(claim.value)
            )
            and not _placed_elsewhere(moved, premise)
        ) or elsewhere(claim, premise, written, alignment)
    if claim.kind == SCENE:
        return said(premise.text, values.words(claim.value)) or (
            claim.value == "outside" and _THROUGH_WINDOW.search(premise.text) is not None
        )
    if claim.kind == RELATION:
        return not _settled(moved, premise) and (
            is_related(claim, moved, premise, alignment)
            or attached_elsewhere(claim, premise, written, alignment)
            or hung_on_another(claim, moved, premise, written)
            or placed(moved, premise)
        )
    return False


_THROUGH_WINDOW = re.compile(r"\b(?:through|out of) (?:\w+ ){1,3}windows?\b")


def _nearly(moved: Claim, premise: ThingIndex) -> bool:
    """Return whether the facts state the value only with "half" or "almost"."""
    return any(
        p.kind == moved.kind
        and p.value.split(" ")[0] in NEARLY
        and not values.entails(p.value, moved.value)
        and values.entails(p.value.partition(" ")[2], moved.value)
        for p in (premise.about[moved.thing] if moved.thing >= 0 else ())
        if " " in p.value
    )


def _distinguished(
    claim: Claim, premise: ThingIndex, written: ThingIndex, alignment: Mapping[int, int]
) -> bool:
    """Return whether it speaks of the smaller one where the facts know only the larger."""
    for k in {claim.thing, claim.other} - {-1}:
        thing = written.reading.things[k]
        if k not in alignment and any(
            values.distinguishes(x, y)
            for other in premise.reading.things
            if lexicon.same(other.head, thing.head)
            for x in thing.told
            for y in other.told
        ):
            return True
    return False


def _settled(moved: Claim, premise: ThingIndex) -> bool:
    """Return whether a sentence that was read to its last word puts the two things to each other in another
    way, or the thing that is said to be worn or held somewhere else.
    """
    verb, place, _ = predicates.parts(moved.value)
    for p in premise.about[moved.thing] if moved.thing >= 0 and moved.other >= 0 else ():
        between = {p.thing, p.other} == {moved.thing, moved.other}
        if p.kind == RELATION and between and not p.negated and p.sentence not in premise.half_read:
            there = predicates.parts(p.value)[1]
            if place in _WHERE and there in _WHERE:
                return True
    if verb not in ("wear", "hold", "carry", "have") or place or moved.other < 0:
        return False
    if verb == "have" and any(lexicon.is_kind(moved.subject, site) for site in SITES):
        return False  # a room has what stands in it, wherever that is
    return any(
        p.kind == RELATION
        and p.thing == moved.other
        and not p.negated
        and predicates.parts(p.value)[1] in ("on", "in", "from", "against", "under")
        and p.other not in (moved.thing, -1)
        and premise.owner.get(p.other, -1) != moved.thing
        and p.sentence not in premise.half_read
        for p in premise.about[moved.other]
    )


_WHERE = frozenset("on in under above near front behind left right".split())


def _named(noun: str, premise: ThingIndex) -> bool:
    """Return whether a sentence names such a thing: each word of the compound, or a kind of it."""
    words = tuple(noun.split())
    verbal = lexicon.senses(words[-1], lexicon.VERB) or lexicon.senses(
        values.stem(words[-1]), lexicon.VERB
    )
    if (verbal or verb_of(words[-1])) and any(
        said(text_of(s), words) for s in premise.reading.sentences
    ):
        return True  # a verb that the tagger took for a noun, or the noun of a verb ("toppings")
    return any(
        said(text_of(s), words)
        and any(lexicon.is_kind(lexicon.singular(t), words[-1]) for t in tokens(text_of(s)))
        for s in premise.reading.sentences
    )


def _alone(claim: Claim, moved: Claim, premise: ThingIndex) -> bool:
    """Return whether the facts know a single thing of that kind: one car does not support "cars"."""
    things = premise.reading.things
    alike = [t for t in things if lexicon.is_kind(t.head, claim.subject)]
    return moved.thing >= 0 and len(alike) == 1 and alike[0].number == 1 and not alike[0].members


_AGENT = re.compile(r"(?:ers?|ors?|ists?|eers?)$")


def _agent(claim: Claim, moved: Claim, premise: ThingIndex) -> bool:
    """Who skis is a skier, who plays the guitar a guitarist."""
    noun = lexicon.head(claim.subject)
    if not _AGENT.search(noun) or not lexicon.is_person(noun):
        return False
    does = values.stem(_AGENT.sub("", noun))
    people = (
        [moved.thing]
        if moved.thing >= 0
        else [k for k, t in enumerate(premise.reading.things) if lexicon.is_person(t.head)]
    )
    return len(does) > 2 and any(
        values.stem(t) == does
        for k in people
        for p in premise.about[k]
        for t in tokens(sentence_of(premise, p.sentence))
    )


def _of_thing(claim: Claim, moved: Claim, premise: ThingIndex) -> bool:
    """Its value is said in a sentence about the thing, and the reading gives it to no other thing."""
    words = values.words(claim.value)
    return any(
        said(text_of(s), words)
        and speaks_of(s, i, claim.subject, moved.thing, premise)
        and (not _of_another(claim, moved, i, premise) or _twice(claim, premise))
        for i, s in enumerate(premise.reading.sentences)
    )


def _of_another(claim: Claim, moved: Claim, sentence: int, premise: ThingIndex) -> bool:
    """That sentence says it of another thing, and of this one none does."""
    things, own = premise.reading.things, moved.thing
    if own < 0:
        return False
    lives, first = lexicon.is_living(claim.subject), {*tokens(sentence_of(premise, sentence))[:1]}
    for p in premise.reading.claims:
        if p.sentence != sentence or p.kind not in (ATTRIBUTE, ACTION) or p.thing in (own, -1):
            continue
        if premise.owner.get(p.thing) == own or premise.owner.get(own) == p.thing:
            if not values.inherent(claim.value) or things[p.thing].head in implications.SURFACES:
                continue
        if lives and p.kind == ACTION and not lexicon.is_living(things[p.thing].head):
            continue  # hung on a thing that does nothing
        if not lives and p.kind == ACTION and first & PRONOUNS:
            continue  # "They are smiling", whatever "they" was taken for
        if values.entails(p.value, claim.value):
            return True
    return False


def _twice(claim: Claim, premise: ThingIndex) -> bool:
    """The value stands in the sentence right before the noun: "light green color", "white flower crown"."""
    last = lexicon.head(claim.subject)
    for s in premise.reading.sentences:
        there = tokens(text_of(s))
        for i, token in enumerate(there):
            if any(means(token, w) for w in values.words(claim.value)) and any(
                lexicon.is_kind(lexicon.singular(t), last) for t in there[i + 1 : i + 3]
            ):
                return True
    return False


def _placed_elsewhere(moved: Claim, premise: ThingIndex) -> bool:
    return moved.thing >= 0 and any(
        p.kind == PLACE and p.thing == moved.thing and sides.places_clash(p.value, moved.value)
        for p in premise.about[moved.thing]
    )
