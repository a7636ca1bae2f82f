"""Recognises what a fact says in words made of its own ("flower-filled", "tattooed"), through a third thing (what is in a
case in front of a man is in front of him), or with a verb that says as much ("smoke billows").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from . import ACTION, ATTRIBUTE, PLACE, RELATION, Claim, lexicon, predicates, values
from .english_words import COLOURS
from .sentence_words import does, means, named_with, sentence_of, speaks_of, text_of, tokens
from .thing_index import ThingIndex


def paraphrased(
    claim: Claim,
    moved: Claim,
    premise: ThingIndex,
    written: ThingIndex,
    alignment: Mapping[int, int],
) -> bool:
    """Return whether a positive claim follows from facts by one of these rules.

    Args:
        moved: the claim in the numbers of the facts' things, -2 where the facts have no such thing.
    """
    if moved.thing < 0:
        return False
    if claim.kind == ATTRIBUTE:
        return (
            _compounded(moved, premise)
            or _from_noun(moved, premise)
            or _furnished(moved, premise)
            or _as_much(moved, premise)
            or _tied(moved, premise)
        )
    if claim.kind == ACTION:
        return _as_much(moved, premise) or _from_noun(moved, premise)
    if claim.kind == PLACE:
        return _beside_another(claim, premise, written, alignment)
    return claim.kind == RELATION and (
        _by_hand(moved, premise)
        or _on_both_sides(moved, premise)
        or _loosely(moved, premise)
        or _through_its_place(moved, premise)
        or _done_by(claim, premise, written, alignment)
        or _worn_bag(moved, premise)
        or _from_adjective(moved, premise, named_with(claim, written, alignment))
        or _on_the_image(moved, premise)
    )


def _related(thing: int, premise: ThingIndex) -> Iterator[tuple[Claim, int]]:
    """Return the positive relations of a thing, each with the other thing, and those that others have to its parts."""
    for p in premise.about[thing]:
        if p.kind == RELATION and not p.negated and p.other >= 0:
            yield p, p.other if p.thing == thing else p.thing
    for part in premise.belongings(thing):
        for p in premise.about[part]:
            if p.kind == RELATION and not p.negated and p.thing >= 0 and p.other == part:
                yield p, p.thing


_COMPOUND = re.compile(r"^([a-z]+)[- ]([a-z]{3,})$")


def _compounded(moved: Claim, premise: ThingIndex) -> bool:
    """A basket with flowers in it is flower-filled, somebody in a white jersey white-clad, a gown with lace sleeves
    lace-sleeved.
    """
    found = _COMPOUND.match(moved.value)
    if not found or not found[2].endswith(("ed", "en", "clad")):
        return False
    first, last = found[1], found[2]
    things = premise.reading.things
    if last in ("clad", "dressed"):
        worn = [
            k
            for _, k in _related(moved.thing, premise)
            if lexicon.is_kind(things[k].head, "garment")
        ]
        return first in COLOURS and any(
            p.kind == ATTRIBUTE and p.thing == k and values.entails(p.value, first)
            for k in worn
            for p in premise.about[k]
        )
    if any(lexicon.is_kind(things[k].head, first) for _, k in _related(moved.thing, premise)):
        return True
    noun = next((n for n in _nouns_of(last) if lexicon.senses(n)), "")
    return bool(noun) and any(
        means(one, first) and lexicon.singular(other) == noun
        for i, s in enumerate(premise.reading.sentences)
        if speaks_of(s, i, moved.subject, moved.thing, premise)
        for one, other in zip(tokens(text_of(s)), tokens(text_of(s))[1:])
    )


def _nouns_of(participle: str) -> tuple[str, ...]:
    """Return the nouns of which a participle may be made: "tattooed", "iced", "rimmed"."""
    if not participle.endswith("ed"):
        return ()
    stem = participle[:-2]
    short = stem[:-1] if stem[-1:] == stem[-2:-1] else stem
    return (
        stem,
        participle[:-1],
        short,
        f"{stem}ing",
        f"{stem[:-1]}y" if stem.endswith("i") else stem,
    )


def _from_noun(moved: Claim, premise: ThingIndex) -> bool:
    """Who has a tattoo is tattooed, a cake with icing is iced."""
    nouns = set(_nouns_of(moved.value)) | (
        {"glass", "spectacles"} if moved.value == "bespectacled" else set()
    )
    things = premise.reading.things
    near = {k for _, k in _related(moved.thing, premise)} | {*premise.belongings(moved.thing)}
    owner = premise.owner.get(moved.thing, -1)
    near |= {k for p, k in _related(owner, premise) if p.other == k} if owner >= 0 else set()
    return bool(nouns) and any(
        {lexicon.head(h) for h in (things[k].head, *things[k].heads)} & nouns for k in near
    )


def _on_the_image(moved: Claim, premise: ThingIndex) -> bool:
    """Where the image is a poster, what it shows is on the poster."""
    verb, place, _ = predicates.parts(moved.value)
    return (
        place in ("on", "in")
        and not verb
        and re.search(
            rf"\b(?:image|picture|photo) is an? (?:\w+ ){{0,3}}{re.escape(lexicon.head(moved.object))}\b",
            premise.text,
        )
        is not None
    )


def _from_adjective(moved: Claim, premise: ThingIndex, named: Collection[int]) -> bool:
    """Muddy wheels have mud on them, and so has the car whose they are; a striped shirt has stripes.

    Args:
        named: things of the sentence, of which the parser may have hung the noun on another.
    """
    verb, place, _ = predicates.parts(moved.value)
    noun, owner = lexicon.head(moved.object), moved.thing
    if place == "on" and moved.other >= 0 and (not verb or predicates.idle(verb)):
        noun, owner = lexicon.head(moved.subject), moved.other
    elif place != "with" and verb not in predicates.HAVING:
        return False
    made = {
        f"{noun}y",
        f"{noun}{noun[-1:]}y",
        f"{noun.removesuffix('e')}y",
        f"{noun}ed",
        f"{noun}d",
    }
    return owner >= 0 and any(
        p.kind == ATTRIBUTE and p.thing == k and not p.negated and p.value in made
        for k in (owner, *premise.belongings(owner), *named)
        for p in premise.about[k]
    )


_HAIRDOS = frozenset("bun ponytail pigtail braid plait knot topknot".split())


def _tied(moved: Claim, premise: ThingIndex) -> bool:
    """Hair that is in a bun or a ponytail is tied up or back."""
    return (
        lexicon.head(moved.subject) == "hair"
        and re.match(r"(?:tied|pulled|pinned|gathered|swept)(?: up| back)?$", moved.value)
        is not None
        and any(
            lexicon.singular(token) in _HAIRDOS
            for i, s in enumerate(premise.reading.sentences)
            if speaks_of(s, i, moved.subject, moved.thing, premise)
            for token in tokens(text_of(s))
        )
    )


def _worn_bag(moved: Claim, premise: ThingIndex) -> bool:
    """A bag that somebody wears or is seen with is carried."""
    verb, place, _ = predicates.parts(moved.value)
    return (
        verb == "carry"
        and not place
        and lexicon.is_kind(moved.object, "bag")
        and any(
            p.thing == moved.thing and k == moved.other and predicates.parts(p.value)[0] == "wear"
            for p, k in _related(moved.thing, premise)
        )
    )


_FURNISHED = frozenset(
    "decorated adorned equipped fitted trimmed outfitted furnished embellished".split()
)


def _furnished(moved: Claim, premise: ThingIndex) -> bool:
    """What has something is decorated or equipped with it."""
    return moved.value in _FURNISHED and any(
        predicates.parts(p.value)[1] in ("with", "on")
        or predicates.parts(p.value)[0] in predicates.HAVING
        for p, _ in _related(moved.thing, premise)
    )


# A verb of a written text -> verbs of facts that say as much of the same thing.
_AS_MUCH = {
    "billow": "rise come pour drift emerge", "drift": "rise float come", "waft": "rise come drift", "curl up": "rise",
    "cascade": "fall flow drop pour", "tumble": "fall", "drape": "hang lie", "dangle": "hang", "suspend": "hang",
    "gaze": "look", "peer": "look", "glance": "look", "stare": "look", "stroll": "walk", "stride": "walk",
    "perform": "play sing dance", "lounge": "lie sit recline", "recline": "lie", "nestle": "lie sit", "loom": "stand rise",
    "tower": "stand rise", "soar": "fly", "glide": "fly swim", "leap": "jump", "hover": "fly float", "ascend": "climb",
    "shine": "glow light", "illuminate": "light shine", "twinkle": "glow shine", "beam": "smile", "grin": "smile",
    "race": "run ride", "dash": "run", "sprint": "run", "trot": "run walk", "wander": "walk", "graze": "eat",
    "nibble": "eat", "munch": "eat", "chat": "talk", "converse": "talk", "doze": "sleep", "slumber": "sleep",
    "wait": "stand", "fly": "soar glide", "sail": "float", "stretch": "extend", "extend": "stretch reach",
}  # fmt: skip
_WAITING = ("stop", "station", "platform", "crossing", "crosswalk", "queue", "line", "light")


def _as_much(moved: Claim, premise: ThingIndex) -> bool:
    """Smoke that comes out of a roof billows, who stands at a bus stop waits there."""
    verb = lexicon.lemma(moved.value.split(" ")[0])
    enough = _AS_MUCH.get(verb, "").split()
    if verb == "wait" and not _at_a_stop(moved.thing, premise):
        return False
    if not enough:
        return False
    done = [predicates.parts(p.value)[0] for p in premise.about[moved.thing] if not p.negated]
    lost = [  # verbs of its sentences, where the parser lost its own
        token
        for p in premise.about[moved.thing]
        if p.thing == moved.thing and p.sentence in premise.half_read
        for token in tokens(sentence_of(premise, p.sentence))
    ]
    return any(does(word, other) for word in (*done, *lost) if word for other in enough)


def _at_a_stop(thing: int, premise: ThingIndex) -> bool:
    return any(
        lexicon.head(premise.reading.things[k].head) in _WAITING
        for _, k in _related(thing, premise)
    )


def _beside_another(
    claim: Claim, premise: ThingIndex, written: ThingIndex, alignment: Mapping[int, int]
) -> bool:
    """ "With a turtle to the left": the facts say to the left of what, and of which thing of the sentence."""
    named = named_with(claim, written, alignment)
    return claim.value in ("left", "right") and any(
        predicates.parts(p.value)[1] == claim.value and p.thing == k and p.other in named
        for k in named
        for p, _ in _related(k, premise)
    )


_WITH_ITS = {
    "clap": "hand", "wave": "hand arm", "nod": "head", "shrug": "shoulder", "blink": "eye", "wink": "eye",
    "point": "finger hand",
}  # fmt: skip


def _by_hand(moved: Claim, premise: ThingIndex) -> bool:
    """Who claps, claps her hands."""
    verb, place, _ = predicates.parts(moved.value)
    return (
        not place
        and lexicon.head(moved.object) in _WITH_ITS.get(verb, "").split()
        and any(
            p.thing == moved.thing
            and not p.negated
            and p.kind in (ACTION, RELATION)
            and does(predicates.parts(p.value)[0] or "-", verb)
            for p in premise.about[moved.thing]
        )
    )


_SIDES = re.compile(r"\b(?:both|either|each) sides? of\b|\bon (?:both|either) sides?\b")


def _on_both_sides(moved: Claim, premise: ThingIndex) -> bool:
    """Pines on both sides of a trail flank it."""
    verb, place, _ = predicates.parts(moved.value)
    return (
        verb in ("flank", "line", "border", "frame")
        and not place
        and any(
            _SIDES.search(text_of(s)) and any(m[2] == moved.thing for m in s.mentions)
            for s in premise.reading.sentences
        )
    )


def _loosely(moved: Claim, premise: ThingIndex) -> bool:
    """ "By their strings", "with her stroller": a preposition that says no more than that two things belong together."""
    verb, place, _ = predicates.parts(moved.value)
    return (
        moved.other >= 0
        and not verb
        and place in ("near", "with", "at")
        and any(
            k == moved.other
            and not (place == "near" and predicates.parts(p.value)[0] in ("hold", "carry"))
            for p, k in _related(moved.thing, premise)
        )
    )


_WHERE = frozenset("front behind near left right under above".split())


def _through_its_place(moved: Claim, premise: ThingIndex) -> bool:
    """What is in or on something that is in front of somebody is in front of him."""
    verb, place, _ = predicates.parts(moved.value)
    if place not in _WHERE or moved.other < 0 or (verb and not predicates.idle(verb)):
        return False
    for p, holder in _related(moved.thing, premise):
        within = (p.thing == moved.thing and predicates.parts(p.value)[1] in ("in", "on")) or (
            p.other == moved.thing and predicates.parts(p.value)[0] in ("contain", "hold", "have")
        )
        if (
            within
            and holder != moved.other
            and not lexicon.is_person(premise.reading.things[holder].head)
        ):
            for q, other in _related(holder, premise):
                if other == moved.other and predicates.entails(
                    q.value, moved.value, q.thing != holder
                ):
                    return True
    return False


def _done_by(
    claim: Claim, premise: ThingIndex, written: ThingIndex, alignment: Mapping[int, int]
) -> bool:
    """ "..., driven by a farmer", hung by the parser on the noun before it: the facts say what he drives."""
    verb, place, _ = predicates.parts(claim.value)
    if place or not verb or claim.sentence >= len(written.reading.sentences):
        return False
    sentence = written.reading.sentences[claim.sentence]
    agent = re.escape(lexicon.head(claim.subject))
    if not re.search(
        rf"\w(?:ed|en|wn|t|ld|ng) by (?:[\w-]+ ){{1,4}}?{agent}", sentence.text.lower()
    ):
        return False
    named = {alignment[m[2]] for m in sentence.mentions if m[2] in alignment}
    own = alignment.get(claim.thing, -1)
    return any(
        p.kind == RELATION
        and p.thing == own
        and p.other in named
        and not p.negated
        and predicates.verb_entails(predicates.parts(p.value)[0], verb)
        for p in (premise.about[own] if own >= 0 else ())
    )
