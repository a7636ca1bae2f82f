"""Drops the claims about what is not to be described: what they are about is found by thing, not by word."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from .claims import (
    ATTRIBUTE,
    OBJECT,
    PLACE,
    RELATION,
    SCENE,
    STATEMENT,
    TEXT,
    Claim,
    Passage,
    Reading,
    Thing,
    lexicon,
    predicates,
)
from .claims.english_words import GARMENTS
from .claims.reading import is_english, read
from .claims.sayable import FOREIGN
from .claims.scene_words import ENCLOSED, SHOWN_SETTINGS
from .claims.thing_index import ThingIndex
from .excluding import mentions_topic, without_topics
from .facts import NOTHING_IN_FOCUS
from .focus import SHOWN, is_called
from .image_record import ImageRecord
from .statements import Reason, Statement, Verdict

BACKGROUND = "background"
# What is background wherever it is not said to be in the foreground.
_BEHIND = ("sky", "wall", "ceiling", "horizon", "skyline", "landscape", "backdrop")
_WRITING = frozenset("text word writing lettering letter inscription 文字".split())
_KEPT_WITH = frozenset(
    "wear have hold carry with dress".split()
)  # what these verbs name belongs to who does it


@dataclass(frozen=True)
class Topic:
    """What a user's words name: "the young woman on the left" is a woman, young, left."""

    words: str
    head: str
    traits: frozenset[str] = frozenset()
    place: str = ""


def topic_of(words: str) -> Topic:
    """Return what a user's words name; words that no reader takes apart name what they say."""
    named = " ".join(words.split())
    if not is_english(f"There is {named}."):
        return Topic(words, named)
    [reading] = read([Passage(f"There is {named}.")])
    if not reading.things:
        return Topic(words, lexicon.singular(named.lower().removeprefix("the ")))
    own = [c for c in reading.claims if c.thing == 0]
    places = [c.value for c in own if c.kind == PLACE]
    traits = frozenset(c.value for c in own if c.kind == ATTRIBUTE)
    return Topic(words, reading.things[0].head, traits, "".join(places[:1]))


def focused(record: ImageRecord) -> ImageRecord:
    """Return the record without its kept statements about what is not to be described.

    With `only`, a claim stays if it is about a thing that was named, or about what belongs to it or it wears or
    holds; of other things that such a claim names it stays that they are there. With `ignore`, a claim goes if
    it names such a thing at all. A thing of which all detections lie in hidden pixels goes, too.
    """
    focus = record.focus
    if not focus:
        return record
    index = _index(record)
    hidden = _belonging(index, _hidden(record))
    only = [topic_of(words) for words in focus.only]
    ignore = [topic_of(words) for words in focus.ignore]
    wanted = _belonging(index, _meant(index, only)) - hidden
    unwanted = _belonging(index, _meant(index, ignore)) | hidden
    beside = {
        c.other
        for c in index.reading.claims
        if c.kind == RELATION and c.thing in wanted and c.other not in unwanted
    }

    def outside(claim: Claim) -> bool:
        if claim.kind == STATEMENT:
            return _unread(claim.text, focus.only, focus.ignore)
        if {claim.thing, claim.other} & unwanted or _named_without_thing(claim, ignore):
            return True
        if not only or claim.thing in wanted or _named_without_thing(claim, only):
            return False
        return not (claim.kind == OBJECT and not claim.negated and claim.thing in beside)

    def dropped(statement: Statement) -> bool:
        claims = _claims(record, statement)
        if not claims:
            return _unread(statement.text, focus.only, focus.ignore)
        gone = [outside(claim) for claim in claims]
        # A whole sentence stays if any of it is wanted, unless it speaks of what is not.
        named = any({c.thing, c.other} & unwanted for c in claims)
        return all(gone) or named

    statements = tuple(
        replace(s, verdict=Verdict.DROPPED, reason=Reason.OUTSIDE, against="")
        if s.verdict is Verdict.KEPT and dropped(s)
        else s
        for s in record.statements
    )
    kept = any(s.verdict is Verdict.KEPT for s in statements)
    had = any(s.verdict is Verdict.KEPT for s in record.statements)
    notes = [*([NOTHING_IN_FOCUS] if had and not kept else []), *_of_another_language(record)]
    return record.extended(statements=statements, notes=notes)


def _of_another_language(record: ImageRecord) -> list[str]:
    """Return a note for each input whose names cannot be found, because the captions are in another language.

    The language is known from the letters, because proper names are in no dictionary. A name in Latin letters may be in the
    language of French captions.
    """
    texts = [s.text for s in record.statements if s.claim is not None]
    english = sum(map(is_english, texts))
    if 0 < english < len(texts) or (not english and not all(map(FOREIGN.search, texts))):
        return []
    notes = []
    for name, words in (("only", record.focus.only), ("ignore", record.focus.ignore)):
        other = [w for w in words if texts and bool(FOREIGN.search(w)) == bool(english)]
        if other:
            named = ", ".join(other)
            notes.append(
                f'{name}: "{named}" is not found, because the captions are in English: write the English names, or '
                "choose the style chinese."
                if english
                else f'{name}: "{named}" is not found, because the captions are not in English: write the names in the '
                "language of the captions."
            )
    return notes


def without_ignored(text: str, record: ImageRecord) -> tuple[str, list[str]]:
    """Return a caption without the sentences about what is to be ignored, and those sentences.

    For things told by more than their noun ("the red car") nothing is done: another one may be meant.
    """
    topics = [topic_of(words) for words in record.focus.ignore]
    return without_topics(text, [t.head for t in topics if not (t.traits or t.place)])


def _index(record: ImageRecord) -> ThingIndex:
    claims = [
        claim
        for s in record.statements
        if s.verdict is Verdict.KEPT
        for claim in _claims(record, s)
    ]
    return ThingIndex.of(Reading((), record.things, tuple(claims), ()))


def _claims(record: ImageRecord, statement: Statement) -> list[Claim]:
    """Return the claim of a statement; of one that is a whole sentence, the claims in it."""
    if statement.claim is not None:
        return [statement.claim]
    return [
        claim
        for o in statement.occurrences
        if o.source in record.readings
        for claim in record.readings[o.source].claims
        if claim.sentence == o.sentence
    ]


def _meant(index: ThingIndex, topics: Sequence[Topic]) -> set[int]:
    """Return the things that the topics name."""
    return {
        number
        for number, thing in enumerate(index.reading.things)
        if any(_names(index, number, thing, topic) for topic in topics)
    }


def _names(index: ThingIndex, number: int, thing: Thing, topic: Topic) -> bool:
    if topic.head == BACKGROUND:
        return _in_background(index, number, thing)
    if not any(_is(head, topic.head) for head in (thing.head, *thing.heads)):
        return False
    about = [c for c in index.about[number] if c.thing == number and not c.negated]
    values = {c.value for c in about if c.kind == ATTRIBUTE} | set(thing.told)
    places = {*(c.value for c in about if c.kind == PLACE), index.place(number)}
    there = any(set(topic.place.split()) <= set(place.split()) for place in places)
    return topic.traits <= values and there


def _is(head: str, named: str) -> bool:
    """Return whether a thing's noun is what was named or a kind of it; in Chinese, where the lexicon knows no word,
    whether it ends in it ("老人" is a "人").
    """
    return is_called(head, named) or (not head.isascii() and head.endswith(named))


def _in_background(index: ThingIndex, number: int, thing: Thing) -> bool:
    about = [c for c in index.about[number] if c.thing == number and not c.negated]
    places = {c.value for c in about if c.kind == PLACE} | {index.place(number)}
    if "foreground" in places or lexicon.is_person(thing.head):
        return BACKGROUND in places
    return (
        BACKGROUND in places
        or any(c.kind == RELATION and c.value.split()[-1:] == ["behind"] for c in about)
        or lexicon.head(thing.head) in SHOWN_SETTINGS | ENCLOSED
        or any(lexicon.is_kind(thing.head, kind) for kind in _BEHIND)
    )


def _belonging(index: ThingIndex, things: Collection[int]) -> set[int]:
    """Return the things, and what is part of them, what they wear, have or hold, and the members of a group."""
    found, new = set(things), set(things)
    owners = dict(index.owner)
    for claim in index.reading.claims:
        if claim.kind != RELATION or claim.negated or claim.thing == claim.other:
            continue
        if predicates.parts(claim.value)[0] in _KEPT_WITH:
            owners.setdefault(claim.other, claim.thing)
        elif claim.other in owners and lexicon.head(claim.subject) in GARMENTS:
            owners.setdefault(claim.thing, claim.other)  # "a hat on her head"
    while new:
        members = {m for t in new for m in index.reading.things[t].members}
        new = (members | {t for t, owner in owners.items() if owner in new}) - found
        found |= new
    return found


def _hidden(record: ImageRecord) -> set[int]:
    """Return the things of which every detection lies in hidden pixels."""
    if record.focus.shown is None:
        return set()
    found = set()
    for number, thing in enumerate(record.things):
        of = [
            d for d in record.detections if any(_is(h, d.label) for h in (thing.head, *thing.heads))
        ]
        if of and all(record.focus.share(d.box) < SHOWN for d in of):
            found.add(number)
    return found


def _scene_named(claim: Claim, topics: Sequence[Topic]) -> bool:
    """Return whether a claim about the scene is about a topic: "weather", or the background in general."""
    return claim.kind == SCENE and any(
        topic.head == BACKGROUND or lexicon.same(claim.subject, topic.head) for topic in topics
    )


def _named_without_thing(claim: Claim, topics: Sequence[Topic]) -> bool:
    """Return whether a claim is about a topic that is not a thing in the image: the scene, or the words written on a thing."""
    writing = claim.kind == TEXT and any(topic.head in _WRITING for topic in topics)
    return writing or _scene_named(claim, topics)


def _unread(text: str, only: Sequence[str], ignore: Sequence[str]) -> bool:
    """Return whether a sentence that no reader took apart has to go, by the words in it."""
    said = [any(mentions_topic(text, topic_of(w).head) for w in words) for words in (only, ignore)]
    return said[1] or (bool(only) and not said[0])
