"""Sentences in an order, and in a form, in which each can be understood after the one before it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from .candidates import Candidate, is_broken, is_understood
from .claims import Reading, lexicon
from .claims.editing import Edit, edited
from .claims.grammar_check import are_sentences
from .claims.places import PHRASE
from .claims.rewriting import name_edits, without
from .english import capital, place_name
from .image_record import ImageRecord
from .noun_phrases import trait_edits
from .regions import IMAGE, SEMANTIC, Region

_OPENERS = ("a ", "an ", "the ", "there ", "some ", "several ", "many ", "two ", "three ", "four ")


def reading_order(record: ImageRecord) -> list[Region]:
    """Return the whole image, what it is about, then its parts line by line."""

    def key(region: Region) -> tuple:
        kind = {IMAGE: 0, SEMANTIC: 1}.get(region.kind, 2)
        x, y = region.box.center
        return (kind, round(y / record.size[1], 1), x)

    return sorted(record.root.walk(), key=key)


def in_order(record: ImageRecord, chosen: Sequence[Candidate]) -> list[Candidate]:
    """Return the sentences region by region, in the order of their caption; a claim in its own wording follows the
    last sentence about its thing, or about its region."""
    regions = [r.name for r in reading_order(record)]

    def place(candidate: Candidate) -> tuple:
        name, number = candidate.source
        # The user's own sentences follow the captions of their region.
        return (regions.index(name), max(0, -number), candidate.index, number)

    told = sorted((c for c in chosen if c.source), key=place)
    for single in (c for c in chosen if not c.source):
        about = [i for i, c in enumerate(told) if set(single.things[:1]) & set(c.things)]
        about = about or [i for i, c in enumerate(told) if c.region.name == single.region.name]
        told.insert(about[-1] + 1 if about else len(told), single)
    return told


def told(record: ImageRecord, candidates: Sequence[Candidate]) -> list[tuple[str, Candidate]]:
    """Return the sentences, so that each can be understood after the one before it."""
    sentences: list[tuple[str, Candidate]] = []
    introduced: set[int] = set()
    before: Candidate | None = None
    place = record.root.name
    for candidate in candidates:
        text = candidate.text
        if candidate.source:
            follows = before is not None and (before.source, before.index) == (
                candidate.source,
                candidate.index - 1,
            )
            if not follows and not is_understood(record, candidate):
                continue
            # A pronoun may refer to what the caption meant, or to the subject of the sentence before.
            clear = set(candidate.things) if follows else set(before.things[:1] if before else ())
            reading = record.readings[candidate.source]
            text = _fitted(reading, candidate, introduced, clear)
            said = reading.sentences[candidate.index].text
            if text and not _still_sentence(text, said):
                text = _fitted(reading, candidate, (), clear)  # as if nothing had been introduced
                if not _still_sentence(text, said):
                    continue
            if (without := _IN_THIS.sub("", text)) != text:
                text = capital(without)
            text = _agreeing(text)
            text = _ended(_IN_IMAGE.sub(r"\1", _IS_IMAGE.sub("There is ", text)))
        if candidate.region.name != place and not introduced & set(candidate.things):
            place = candidate.region.name
            text = _with_place(record, candidate.region, text)
        if text and not is_broken(text) and text not in {other for other, _ in sentences}:
            sentences.append((text, candidate))
            introduced |= set(candidate.things)
            before = candidate
    return sentences


def _agreeing(text: str) -> str:
    """Return "There are the tops of trees" for "There is the tops of trees"."""
    found = _THERE_IS.match(text)
    if found is None or lexicon.singular(found["noun"]) == found["noun"]:
        return text
    return f"There are {text[len('There is ') :]}"


_THERE_IS = re.compile(
    r"^There is (?:the )?(?!an? |one |no )(?:[a-z-]+ )?(?P<noun>[a-z]+s) (?:of|with|in|on|partially|covered)\b"
)


def _still_sentence(text: str, said: str) -> bool:
    return text == said or are_sentences([text])[0] or not are_sentences([said])[0]


_IS_IMAGE = re.compile(r"^The (?:image|photo|picture) is (?=an? )")
_IN_THIS = re.compile(r"^In (?:this|the) (?:image|photo|picture), (?=\w)")
_IN_IMAGE = re.compile(
    r"^((?:The|An?) (?:[\w-]+ ){1,3})in the (?:image|photo|picture) (?=\w+s\b|are\b|have\b)"
)


def _ended(text: str) -> str:
    """Return the sentence with a full stop, also after words in quotation marks."""
    return text if re.search(r"[.!?。！？][\"'”’）)」』]?$", text) or not text else f"{text}."


def _fitted(
    reading: Reading, candidate: Candidate, introduced: Collection[int], clear: Collection[int]
) -> str:
    """Return the sentence with "the" for what was introduced, and names for pronouns that are not clear."""
    sentence = reading.sentences[candidate.index]
    claims = [c for c in reading.claims if c.sentence == candidate.index]
    edits: list[Edit] = name_edits(reading, candidate.index, clear)
    for start, end, thing in sentence.mentions:
        article = re.match(r"an?\b", sentence.text[start:end], re.IGNORECASE)
        if article and thing in introduced and reading.things[thing].number == 1:
            edits.append((start, start + article.end(), "The" if article[0][0] == "A" else "the"))
    traits = trait_edits(sentence, candidate, {start for start, _, _ in edits})
    known = introduced_before(_changed(sentence, claims, [*edits, *traits], candidate.false))
    if not _STILL_PRESENTED.match(known):
        return known
    # "There is the cup and the glass" would be wrong: what "there is" presents keeps its indefinite article.
    names = [e for e in edits if e[2].lower() != "the"]
    traits = trait_edits(sentence, candidate, {start for start, _, _ in names})
    return _changed(sentence, claims, [*names, *traits], candidate.false)


def _changed(sentence, claims, edits: Sequence[Edit], false: Collection[int]) -> str:
    changed, moved = edited(sentence, claims, edits)
    return without(changed, moved, false)[0]


_STILL_PRESENTED = re.compile(r"^(?:[^,]+, )?there(?: is|'s| are) the\b", re.IGNORECASE)


# Nouns that are no participles: "the facade of the old building".
_DOING = (
    r"(?!(?:building|ceiling|painting|clothing|railing|awning|wedding|evening|morning|string|ring|wing|king|thing|lighting|"
    r"crossing|clearing|topping|dressing|icing|drawing|carving|landing|lining)\b)\w+ing"
)
# "There is the woman holding a cup": who was introduced is not presented again.
_PRESENTED = re.compile(
    r"^There (?P<be>is|are) (?P<who>the (?:(?!\b(?:and|or)\b)[^,])*?)"
    r"(?:(?P<stop>[.!])$| (?P<with>with )| (?:that|which|who) (?P<does>(?!(?:is|are) ?$)\w+ )|"
    rf" (?P<is>(?:{_DOING}|\w+ed|in|on|at|behind|under|next|near|beside|above|below|between|around|against|along|across|"
    r"over|by|inside|outside|seen|hung|held|set|made|worn|full)\b))"
)
_PREPOSITIONS = frozenset("from to of in on at with by for behind under near".split())
# "Next to the board, there is the white bowl."
_PLACED_ALONE = re.compile(
    r"^(?P<where>(?:In|On|At|Behind|Under|Next|Near|Above|Below|Beside|Between|Around)\b[^,]*), "
    r"there (?P<be>is|are) (?P<who>the (?:(?!\b(?:and|or|that|which|who|where)\b)[^,])*)\.$"
)
_PLACED = re.compile(
    r"^((?:In|On|At|Behind|Under|Next|Near|Above|Below|Beside|Between|Around)\b[^,]*), there (is|are) (?=the )"
)


def introduced_before(text: str) -> str:
    """Return the sentence as it reads after its subject was introduced; "" if it only introduces it."""
    if placed := _PLACED_ALONE.match(text):
        where = f"{placed['where'][0].lower()}{placed['where'][1:]}"
        return f"{capital(placed['who'])} {placed['be']} {where}."
    text = _PLACED.sub(r"\1 \2 ", text)
    found = _PRESENTED.match(text)
    if found is None:
        return text
    who, rest = capital(found["who"]), text[found.end() :]
    many = found["be"] == "are"
    if who.endswith(" from"):  # "the cyclist from behind"
        return f"{who.removesuffix(' from')} {found['be']} seen from {found['is']}{rest}"
    if who.split()[-1] in _PREPOSITIONS:
        return text
    if found["stop"]:
        words = who.split()
        if not many and len(words) == 3 and lexicon.senses(words[1], lexicon.ADJECTIVE):
            return f"The {words[2]} {found['be']} {words[1]}."
        return "" if len(words) == 2 else text
    if found["with"] and (doing := re.match(r"((?:[\w-]+ ){1,4}?)(\w+ing\b.*)", rest)):
        return f"{who} with {doing[1]}{found['be']} {doing[2]}"
    if found["with"]:
        return f"{who} {'have' if many else 'has'} {rest}"
    return (
        f"{who} {found['does']}{rest}"
        if found["does"]
        else f"{who} {found['be']} {found['is']}{rest}"
    )


# "The kite's stripes are red": the thing that has them was placed.
_POSSESSIVE = re.compile(r"^The (?:[\w-]+ ){0,2}[\w-]+['’]s? ")


def _with_place(record: ImageRecord, region: Region, text: str) -> str:
    first = text.split()[0] if text else ""
    if (
        PHRASE.search(text)
        or _POSSESSIVE.match(text)
        or region.kind in (IMAGE, SEMANTIC)
        or f"{first.lower()} " not in _OPENERS
    ):
        return text
    return (
        f"{capital(place_name(record.fraction(region.box)))}, {first.lower()}{text[len(first) :]}"
    )
