"""Whether the wording of the facts bears a claim out that their reading does not.

A parser loses a clause here and hangs a phrase on the wrong noun there, in the facts and in what is
checked. So before a claim counts as made up, the words of the facts are asked: is everything it says said
there, in one sentence, of that thing, and of nothing else?
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache

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
    Sentence,
    judging,
    lexicon,
    predicates,
    values,
)
from .alignment import Known
from .lexicon import lemma

_PRONOUNS = frozenset("she he they it her his their its them him both one someone who which that whose these those each other".split())
_SMALL = frozenset(
    "a an the is are was be been being of and or in on at to with by from for as it its his her their they she he "
    "there this that which who whose where while some one other another image scene photo picture visible seen can "
    "also too both all each out up off into onto".split()
)


def _text(sentence: Sentence) -> str:
    return sentence.said or sentence.text


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+(?:[:'][^\W_]+)*", lexicon.normal(text).replace("'s", " ")))


@lru_cache(maxsize=65536)
def means(token: str, word: str) -> bool:
    """Whether the token of a fact says what the word says."""
    if token == word:
        return True
    if token in _SMALL:
        return False
    first, second = lemma(token), lemma(word)
    if first == second or values.related(token, word):
        return True
    return (
        values.entails(first, second)
        or values.entails(token, word)
        or lexicon.is_kind(lexicon.singular(token), lexicon.singular(word))
        or predicates.verb_entails(first, second)
    )


@lru_cache(maxsize=16384)
def said(text: str, words: tuple[str, ...]) -> bool:
    """Whether a sentence says each of the words, or a word that entails it."""
    there = tokens(text)
    telling = [w for w in words if w not in _SMALL] or words
    return all(any(means(t, w) for t in there) for w in telling)


def borne_out(claim: Claim, moved: Claim, premise: Known, written: Known, alignment: Mapping[int, int]) -> bool:
    """Whether the facts' words bear out a claim of a written text that their reading leaves open.

    Args:
        moved: the claim in the numbers of the facts' things, -2 where the facts have no such thing.
    """
    if claim.kind == STATEMENT:
        words = tuple(w for w in tokens(claim.text) if w not in _SMALL)
        return bool(words) and said(premise.text, words)
    if claim.negated:
        return False
    if _PRONOUNS & {claim.subject, claim.value, claim.object} and not claim.value.isdigit():
        return True
    if claim.kind == TEXT:
        return judging._plain(claim.value) in judging._plain(premise.text)
    if claim.kind == OBJECT:
        return _named(claim.subject, premise) or _agent(claim, moved, premise)
    if claim.kind in (ATTRIBUTE, ACTION):
        return (
            _of_thing(claim, moved, premise)
            or _of_neighbour(claim, premise, written, alignment)
            or (not values.inherent(claim.value)
            and _elsewhere(claim, premise, written, alignment))
        )
    if claim.kind == PLACE:
        return (any(
            judging.place_entails(_text(s), claim.value) and _speaks_of(s, i, claim.subject, moved.thing, premise)
            for i, s in enumerate(premise.reading.sentences)
            if judging.sides(claim.value)
        ) and not _placed_elsewhere(moved, premise)) or _elsewhere(claim, premise, written, alignment)
    if claim.kind == SCENE:
        return said(premise.text, values.words(claim.value))
    if claim.kind == RELATION:
        return (
            _related(claim, moved, premise, alignment)
            or _attached_elsewhere(claim, premise, written, alignment)
            or _misread(claim, moved, premise, written)
            or _placed(moved, premise)
        )
    return False


def _named(noun: str, premise: Known) -> bool:
    """Whether a sentence names such a thing: each word of the compound, or a kind of it."""
    words = tuple(noun.split())
    verbal = lexicon.senses(words[-1], lexicon.VERB) or lexicon.senses(values.stem(words[-1]), lexicon.VERB)
    if verbal and any(said(_text(s), words) for s in premise.reading.sentences):
        return True  # a verb that the tagger took for a noun, or the noun of a verb ("toppings")
    return any(
        said(_text(s), words) and any(lexicon.is_kind(lexicon.singular(t), words[-1]) for t in tokens(_text(s)))
        for s in premise.reading.sentences
    )


_AGENT = re.compile(r"(?:ers?|ors?|ists?|eers?)$")


def _agent(claim: Claim, moved: Claim, premise: Known) -> bool:
    """Who skis is a skier, who plays the guitar a guitarist."""
    noun = lexicon.head(claim.subject)
    if not _AGENT.search(noun) or not lexicon.is_person(noun):
        return False
    does = values.stem(_AGENT.sub("", noun))
    people = [moved.thing] if moved.thing >= 0 else [
        k for k, t in enumerate(premise.reading.things) if lexicon.is_person(t.head)
    ]
    return len(does) > 2 and any(
        values.stem(t) == does
        for k in people
        for p in premise.about[k]
        for t in tokens(_sentence(premise, p.sentence))
    )


def _sentence(premise: Known, index: int) -> str:
    sentences = premise.reading.sentences
    return (sentences[index].said or sentences[index].text) if index < len(sentences) else ""


def _speaks_of(sentence: Sentence, index: int, noun: str, thing: int, premise: Known) -> bool:
    if thing >= 0 and any(m[2] == thing for m in sentence.mentions):
        return True
    if thing >= 0 and any(c.sentence == index for c in premise.about[thing]):
        return True
    there = tokens(_text(sentence))
    last = lexicon.head(noun)
    if any(means(t, last) for t in there if t not in _PRONOUNS):
        return True
    return there[:1] != () and there[0] in _PRONOUNS


def _of_thing(claim: Claim, moved: Claim, premise: Known) -> bool:
    """Its value is said in a sentence about the thing, and the reading gives it to no other thing."""
    words = values.words(claim.value)
    return any(
        said(_text(s), words)
        and _speaks_of(s, i, claim.subject, moved.thing, premise)
        and (not _of_another(claim, moved, i, premise) or _twice(claim, premise))
        for i, s in enumerate(premise.reading.sentences)
    )


def _of_another(claim: Claim, moved: Claim, sentence: int, premise: Known) -> bool:
    """That sentence says it of another thing, and of this one none does."""
    things, own = premise.reading.things, moved.thing
    if own < 0:
        return False
    living = _living(claim.subject)
    for p in premise.reading.claims:
        if p.sentence != sentence or p.kind not in (ATTRIBUTE, ACTION) or p.thing in (own, -1):
            continue
        if premise.owner.get(p.thing) == own or premise.owner.get(own) == p.thing:
            continue
        if living and p.kind == ACTION and not _living(things[p.thing].head):
            continue  # hung on a thing that does nothing
        if not living and p.kind == ACTION and tokens(_sentence(premise, sentence))[:1] and tokens(
            _sentence(premise, sentence)
        )[0] in _PRONOUNS:
            continue  # "They are smiling", whatever "they" was taken for
        if values.entails(p.value, claim.value):
            return True
    return False


@lru_cache(maxsize=4096)
def _living(noun: str) -> bool:
    return lexicon.is_person(noun) or lexicon.is_kind(noun, "animal")


def _twice(claim: Claim, premise: Known) -> bool:
    """The value stands in the sentence right before the noun: "light green color", "white flower crown"."""
    last = lexicon.head(claim.subject)
    for s in premise.reading.sentences:
        there = tokens(_text(s))
        for i, token in enumerate(there):
            if any(means(token, w) for w in values.words(claim.value)) and any(
                lexicon.is_kind(lexicon.singular(t), last) for t in there[i + 1 : i + 3]
            ):
                return True
    return False


def _of_neighbour(claim: Claim, premise: Known, written: Known, alignment: Mapping[int, int]) -> bool:
    """What only the living do, hung by the parser on a garment: whoever is there does it."""
    if claim.kind != ACTION or _living(claim.subject):
        return False
    for k, thing in enumerate(written.reading.things):
        if _living(thing.head) and k in alignment:
            for p in premise.about[alignment[k]]:
                if judging.says(
                    p, replace(claim, subject=thing.head, thing=alignment[k]), premise.reading.things
                ) == judging.ENTAILED:
                    return True
    return False


def _elsewhere(claim: Claim, premise: Known, written: Known, alignment: Mapping[int, int]) -> bool:
    """The facts say it of another thing of the written sentence, onto which the parser did not hang it."""
    others = {c.thing for c in written.reading.claims if c.sentence == claim.sentence} - {claim.thing}
    for k in others & set(alignment):
        head = premise.reading.things[alignment[k]].head
        turned = replace(claim, thing=alignment[k], subject=head)
        if any(judging.says(p, turned, premise.reading.things) == judging.ENTAILED for p in premise.about[alignment[k]]):
            return True
    return False


def _placed_elsewhere(moved: Claim, premise: Known) -> bool:
    return moved.thing >= 0 and any(
        p.kind == PLACE and p.thing == moved.thing and judging.places_clash(p.value, moved.value)
        for p in premise.about[moved.thing]
    )


@lru_cache(maxsize=4096)
def _places_in(text: str) -> frozenset[str]:
    """The classes of all prepositions in a sentence."""
    text = f" {lexicon.normal(text)} ".replace(" the ", " ").replace(" a ", " ")
    return frozenset(name for phrase, name in predicates.PLACES.items() if f" {phrase} " in text)


def _related(claim: Claim, moved: Claim, premise: Known, alignment: Mapping[int, int]) -> bool:
    """One sentence speaks of both and has the predicate's words; the second thing is no other's."""
    verb, place, rest = predicates.parts(claim.value)
    if (moved.other >= 0 and verb in ("wear", "have", "hold", "carry")) or place == "with":
        owner = premise.owner.get(moved.other, -1)
        if owner >= 0 and owner != moved.thing and not _again(premise, owner, claim.subject):
            return False
    others = _anothers(claim, moved, premise, alignment.values()) if moved.thing >= 0 else ()
    holds = verb in _WEAK or (verb in predicates.HAVING and not lexicon.is_person(claim.subject))
    if place in ("on", "in") and not verb and moved.other >= 0 and _stands_elsewhere(moved, place, premise):
        return False
    if place == "with" and not verb and moved.other >= 0 and _scenery(claim.object):
        return True
    for i, s in enumerate(premise.reading.sentences):
        if i in others or not _speaks_of(s, i, claim.subject, moved.thing, premise):
            continue
        there = tokens(_text(s))
        last = lexicon.head(claim.object)
        mentioned = moved.other >= 0 and any(m[2] == moved.other for m in s.mentions)
        if not mentioned and not any(means(t, last) for t in there if t not in _PRONOUNS):
            continue
        if rest and not said(_text(s), tuple(rest)):
            continue
        weak = not verb or holds or verb in ("have", "be", "include", "feature") or predicates.idle(verb)
        worn = (verb == "wear" and {"in", "with", "on"} & set(there)) or (verb == "use" and "with" in there)
        if not weak and not worn and not any(means(t, verb) for t in there):
            continue
        if place and place not in ("with", "at"):
            classes = _places_in(_text(s))
            if place == "on" and "under" in classes:
                classes |= {"on"}  # "the ground beneath its feet is grass"
            if not any(q == place or place in predicates._ALSO.get(q, ()) for q in classes):
                continue
        if _clashing(moved, premise):
            continue
        return True
    return False


def _again(premise: Known, thing: int, noun: str) -> bool:
    """ "The boat" may be the sailboat again, which the reader took for another."""
    other = premise.reading.things[thing]
    return other.definite and other.number == 1 and lexicon.is_kind(noun, other.head) and not _living(noun)


_WEAK = frozenset("occupy say read label mark".split())


@lru_cache(maxsize=2048)
def _scenery(noun: str) -> bool:
    """What nobody has with him: where it says "with", both are there."""
    return any(lexicon.is_kind(noun, kind) for kind in _LAND)


_LAND = ("geological formation", "body of water", "building", "tree", "sky", "land", "light", "room", "road")


def _stands_elsewhere(moved: Claim, place: str, premise: Known) -> bool:
    """The facts say that it is on something else, which is no part of this."""
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


def _anothers(claim: Claim, moved: Claim, premise: Known, taken: Collection[int]) -> set[int]:
    """The sentences that say it of another thing of that kind, told from this one."""
    return {
        p.sentence
        for p in premise.reading.claims
        if p.kind == RELATION
        and p.thing not in (moved.thing, -1)
        and not p.negated
        and (premise.reading.things[p.thing].number == 1 or p.thing in taken)
        and lexicon.is_kind(p.subject, claim.subject)
        and lexicon.is_kind(p.object, claim.object)
        and predicates.entails(p.value, claim.value)
    }


def _clashing(moved: Claim, premise: Known) -> bool:
    if moved.thing < 0 or moved.other < 0:
        return False
    between = [
        p for p in premise.about[moved.thing] if p.kind == RELATION and {p.thing, p.other} == {moved.thing, moved.other}
    ]
    verb, place, _ = predicates.parts(moved.value)
    return any(
        predicates.excludes(p.value, moved.value, p.thing != moved.thing)
        or (p.thing != moved.thing
        and verb
        and not place
        and verb not in predicates.HAVING
        and predicates.verb_entails(predicates.parts(p.value)[0], verb))
        for p in between
    )


def _attached_elsewhere(claim: Claim, premise: Known, written: Known, alignment: Mapping[int, int]) -> bool:
    """A phrase that the parser hung on the wrong noun: the facts say it of another thing of the sentence."""
    verb, place, _ = predicates.parts(claim.value)
    bare = place and (not verb or predicates.idle(verb))
    if not bare and _living(claim.subject):
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
            p.kind == ATTRIBUTE and p.thing == alignment[k] and values.related(p.value, lexicon.head(claim.object))
            for k in others
            for p in premise.about[alignment[k]]
        )
    for k in others:
        head = premise.reading.things[alignment[k]].head
        if not bare and lexicon.is_kind(head, claim.subject):
            continue
        turned = replace(claim, thing=alignment[k], other=target, subject=head)
        if any(judging.says(p, turned, premise.reading.things) == judging.ENTAILED for p in premise.about[target]):
            return True
    return False


def _misread(claim: Claim, moved: Claim, premise: Known, written: Known) -> bool:
    """What the parser hung on a thing that does nothing, and a fact says of something else that the sentence names.

    A setting has all that is there.
    """
    verb, place, _ = predicates.parts(claim.value)
    last = lexicon.head(claim.object)
    if _living(claim.subject) or lexicon.is_kind(claim.subject, "garment") and verb == "wear":
        return False
    if written.plural(claim.other) and moved.other < 0:
        return False
    if moved.other >= 0 and (place == "with" or verb in ("have", "include", "feature")) and (not verb or not place):
        if any(lexicon.is_kind(claim.subject, kind) for kind in _SITES) and moved.other not in premise.owner:
            return True
    if place == "with" and not verb and moved.other >= 0 and not _held(moved.other, premise):
        return True
    sentences = written.reading.sentences
    own = tokens(_text(sentences[claim.sentence])) if claim.sentence < len(sentences) else ()
    for i, s in enumerate(premise.reading.sentences):
        there = tokens(_text(s))
        if not any(means(t, last) for t in there if t not in _PRONOUNS):
            continue
        if verb and not predicates.idle(verb) and not any(means(t, verb) for t in there):
            continue
        classes = _places_in(_text(s))
        if place and not any(q == place or place in predicates._ALSO.get(q, ()) for q in classes):
            continue
        there = there[: next(k for k, t in enumerate(there) if means(t, last))]
        nouns = {lexicon.singular(t) for t in there if t not in _SMALL and lexicon.senses(lexicon.singular(t))}
        if any(
            not means(n, last) and not lexicon.same(n, lexicon.head(claim.subject)) and any(means(n, t) for t in own)
            for n in nouns
            if not lexicon.senses(n, lexicon.ADJECTIVE)
        ):
            return True
    return False


def _held(thing: int, premise: Known) -> bool:
    """The facts say where it is, or whose."""
    return thing in premise.owner or any(p.kind in (RELATION, PLACE) for p in premise.about[thing])


_SITES = ("area", "room", "enclosure", "street", "field", "tract")


def _placed(moved: Claim, premise: Known) -> bool:
    """Whether a sentence that speaks of one of two things has the preposition between them, or speaks of both.

    The facts put the thing nowhere else. The other end may be a pronoun that was taken for something else.
    """
    verb, place, _ = predicates.parts(moved.value)
    if moved.thing < 0 or moved.other < 0 or (verb and not predicates.idle(verb)) or _clashing(moved, premise):
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
        named = {m[2] for m in s.mentions} | {t for c in premise.reading.claims if c.sentence == i for t in (c.thing, c.other)}
        if place in ("front", "behind") and ends & named and {place, predicates._CONVERSE[place]} & _places_in(_text(s)):
            return True
        if place in ("in", "on", "at") and ends <= named:
            return True
    return False
