"""Tags from claims: what is there, with its qualities, what it does, and the setting. No word that no claim has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from .claims import (
    ACTION,
    ATTRIBUTE,
    NUMBER,
    OBJECT,
    RELATION,
    SCENE,
    STATEMENT,
    TEXT,
    Claim,
    Passage,
    Thing,
    lexicon,
)
from .claims.english_words import COLOURS, MATERIALS
from .claims.nouns import is_abstract
from .claims.reading import read
from .claims.sayable import is_sayable
from .claims.verbalization import plural
from .english import number_word
from .image_record import ImageRecord
from .statements import Statement
from .styles import BOORU, PHRASES

_WHO = re.compile(r"^(?P<who>.+?) (?P<verb>is|are|has|have) (?P<what>.+)\.$")
_DOING = re.compile(r" (?:is|are) (?P<doing>\w+ing)\b(?P<rest>.*)\.$")
_PLACED = re.compile(
    r" (?:is|are) (?P<where>(?:on|in|under|behind|beside|against|inside|above|below|\w+ed) .+)\.$"
)
_DETERMINER = re.compile(r"\b(?:the|an?|some|its|his|her|their) ")
_OWNED = re.compile(r"^.*(?:'s|s') (?=\S)")
_QUOTED = re.compile(r'".+"$')
_NOT_THINGS = frozenset("image picture photo photograph area scene view upper lower".split())
_AFTER = (
    "covered",
    "filled",
    "made",
    "lined",
    "surrounded",
)  # with what follows them, after the noun
MOST_WORDS = 5  # of a tag; a longer one is a sentence


@dataclass(frozen=True)
class Tag:
    """A tag, and the thing (its index) that it is about; -1 for the scene."""

    text: str
    thing: int


def tags_of(
    claims: Sequence[Claim],
    things: Sequence[Thing],
    form: str = PHRASES,
    captions: Sequence[Collection[int]] = (),
) -> list[Tag]:
    """Return the tags of claims that are in the order of their importance; those about one thing together.

    Args:
        form: "phrases" puts the qualities before the noun ("long brown hair"); "booru" gives each a tag of its own
            ("long hair", "brown hair"), and counts people first ("2girls"), as Danbooru does.
        captions: the things that each caption names, where the claims are those of several. People whom no
            caption names together may be one person, and are not added up.
    """
    said = [c for c in dict.fromkeys(claims) if _says_something(c)]
    order = list(dict.fromkeys(c.thing for c in said))
    counts = _people(said, captions or [order]) if form == BOORU else []
    people = {thing for _, counted in counts for thing in counted}
    tags = [Tag(text, counted[0]) for text, counted in counts]
    for thing in [t for t in order if t >= 0]:
        own = [c for c in said if c.thing == thing]
        tags += [Tag(text, thing) for text in _of_thing(own, form, counted=thing in people)]
    tags += [Tag(c.value, -1) for c in said if c.thing < 0 and c.kind == SCENE]
    return _once(t for t in _read_once(tags) if 0 < len(t.text.split()) <= MOST_WORDS)


def tags_of_text(text: str, form: str = PHRASES) -> list[Tag]:
    """Return the tags of a caption; a sentence that no reader takes apart is one tag, however long."""
    [reading] = read([Passage(text)])
    whole = [Tag(c.text.rstrip(".。"), -1) for c in reading.claims if c.kind == STATEMENT]
    return _once([*tags_of(reading.claims, reading.things, form), *whole])


def tags_of_record(
    record: ImageRecord, kept: Sequence[Statement], form: str = PHRASES
) -> list[Tag]:
    """Return the tags of kept statements of an image, most important first."""
    claims: list[Claim] = []
    for statement in kept:
        if statement.claim is not None:
            claims.append(statement.claim)
            continue
        for occurrence in statement.occurrences:  # a whole sentence
            said = record.readings[occurrence.source].claims
            claims += [c for c in said if c.sentence == occurrence.sentence]
    captions = [{c.thing for c in reading.claims} for reading in record.readings.values()]
    unread = [Tag(c.text.rstrip(".。"), -1) for c in claims if c.kind == STATEMENT]
    return _once([*tags_of(claims, record.things, form, captions), *unread])


def limited(tags: Sequence[Tag], most_things: int) -> list[Tag]:
    """Return the tags of the first so many things, and of the scene; 0 for all."""
    if not most_things:
        return list(tags)
    first = list(dict.fromkeys(t.thing for t in tags if t.thing >= 0))[:most_things]
    return [t for t in tags if t.thing < 0 or t.thing in first]


def joined(tags: Iterable[Tag]) -> str:
    return ", ".join(tag.text for tag in tags)


def _says_something(claim: Claim) -> bool:
    if claim.negated or claim.hedged or claim.kind == STATEMENT or not is_sayable(claim):
        return False
    if lexicon.head(claim.subject) in _NOT_THINGS:
        return False
    return claim.kind in (SCENE, TEXT) or not is_abstract(claim.subject)


def _of_thing(claims: Sequence[Claim], form: str, *, counted: bool) -> list[str]:
    """Return the tags of one thing; without one that only says that it is there, if that was `counted`."""
    noun, count = _noun(claims), _count(claims)
    if not noun:
        return []
    before: list[str] = []
    after: list[str] = []
    has: list[str] = []
    for claim in claims:
        if claim.kind != ATTRIBUTE:
            continue
        value, owned = _quality(claim)
        trails = value.split()[0] in _AFTER and " " in value
        if not (owned and value == "hair"):  # "has hair" says nothing; what it is like has a tag
            (has if owned else after if trails else before).append(value)
    before = [v for v in dict.fromkeys(before) if not set(v.split()) & set(noun.split())]
    there = any(c.kind in (OBJECT, NUMBER) for c in claims)
    if form == BOORU:
        named = [f"{value} {noun}" for value in before]
        if there and not counted and (count or not named):
            named.insert(0, " ".join(filter(None, (count, noun))))
    else:
        whole = " ".join(filter(None, (count, *sorted(before, key=_rank), noun)))
        few = " ".join(filter(None, (count, *sorted(before, key=_rank)[:2], noun)))
        named = [whole if len(whole.split()) <= MOST_WORDS else few] if there or before else []
        named += [f"{v} {noun}" for v in before if v not in whole] if few == whole else []
    named += [*has, *(f"{noun} {value}" for value in after)]
    named += [text for c in claims if (text := _does(c, noun))]
    read_there = [f'{noun} "{c.value}"' for c in claims if c.kind == TEXT]
    return [*(name for name in named if name != noun or not read_there), *read_there]


def _noun(claims: Sequence[Claim]) -> str:
    """Return the noun of a thing as its claims say it, in the singular or the plural."""
    for claim in claims:
        who = _who(claim)
        for name in (claim.subject, plural(claim.subject)):
            if who.lower() == name or who.lower().endswith(f" {name}"):
                return name
    return ""


def _who(claim: Claim) -> str:
    """Return what a claim's sentence is about: "eyes" of "The person's eyes are blue."."""
    text = re.sub(r"^There (?:is|are) (.+)\.$", r"\1 is there.", claim.text)
    found = _WHO.match(text)
    if found is None:
        words = text.rstrip(".").split()  # "The woman wears a coat."
        ends = [i for i, w in enumerate(words) if w.lower() in _forms(claim.subject)]
        return " ".join(words[: ends[0] + 1]) if ends else ""
    return _OWNED.sub("", found["who"])


def _forms(noun: str) -> tuple[str, str]:
    last = noun.split()[-1]
    return (last, plural(last))


def _count(claims: Sequence[Claim]) -> str:
    for claim in claims:
        if claim.kind == NUMBER and claim.value.isdigit() and int(claim.value) > 1:
            return number_word(int(claim.value))
    return ""


def _quality(claim: Claim) -> tuple[str, bool]:
    """Return an attribute in the words of its claim, without an article ("black and white"), and whether it is
    something that the thing has ("a beard").
    """
    found = _WHO.match(claim.text)
    if found is None:
        return claim.value, False
    return _DETERMINER.sub("", found["what"]), found["verb"] in ("has", "have")


def _rank(value: str) -> int:
    """Return where an adjective stands before a noun: a colour after a size, a material after a colour."""
    last = value.split()[-1]
    return 2 if last in MATERIALS or last == "wooden" else 1 if last in COLOURS else 0


def _does(claim: Claim, noun: str) -> str:
    """Return what a thing does: "sitting", "holding cup"; nothing for what it wears or has, which has its own tag."""
    if claim.kind not in (ACTION, RELATION):
        return ""
    found = _DOING.search(claim.text)
    if found and found["doing"] != "wearing":
        return " ".join(_DETERMINER.sub("", f"{found['doing']}{found['rest']}").split())
    placed = _PLACED.search(claim.text) if claim.kind == RELATION else None
    return f"{noun} {_DETERMINER.sub('', placed['where'])}" if placed else ""


def _people(
    claims: Sequence[Claim], captions: Sequence[Collection[int]]
) -> list[tuple[str, list[int]]]:
    """Return Danbooru's counts ("1girl", "2boys", "multiple girls"), each with the things that it counts."""
    found = []
    for gender, word in (("female", "girl"), ("male", "boy")):
        of = dict.fromkeys(c.thing for c in claims if c.kind == OBJECT and _person(c) == gender)
        numbers = {thing: _number([c for c in claims if c.thing == thing]) for thing in of}
        if not numbers:
            continue
        total = max(sum(numbers.get(t, 0) for t in set(named)) for named in captions)
        if 0 in numbers.values():
            text = f"multiple {word}s"
        else:
            text = f"1{word}" if total == 1 else f"{total}{word}s" if total < 6 else f"6+{word}s"
        found.append((text, list(numbers)))
    return found


def _person(claim: Claim) -> str:
    return lexicon.gender(claim.subject) if lexicon.is_person(claim.subject) else ""


def _number(claims: Sequence[Claim]) -> int:
    """Return how many a thing is: the number that is claimed, or one; 0 for an uncounted plural."""
    counted = [int(c.value) for c in claims if c.kind == NUMBER and c.value.isdigit()]
    if counted:
        return counted[0]
    return 0 if any(c.plural for c in claims if c.kind == OBJECT) else 1


def _read_once(tags: Iterable[Tag]) -> list[Tag]:
    """Return the tags, with written words ('bus "24"') only on the first thing that has them: what is written on the side
    of a bus is also written on the bus.
    """
    once: list[Tag] = []
    read: set[str] = set()
    for tag in tags:
        quoted = _QUOTED.search(tag.text)
        if quoted and quoted[0].lower() in read:
            continue
        read |= {quoted[0].lower()} if quoted else set()
        once.append(tag)
    return once


def _once(tags: Iterable[Tag]) -> list[Tag]:
    return list({tag.text.lower(): tag for tag in reversed(list(tags))}.values())[::-1]
