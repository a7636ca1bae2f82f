"""What was kept -> one paragraph, by rules: the captioners' own sentences without what is false in them.

Sentences are chosen so that together they say every kept statement and little of it twice; what no sentence
says is added in the wording of its claim.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from .claims import ATTRIBUTE, NUMBER, RELATION, Claim, Reading, Thing
from .claims.coverage import alike, share_unclaimed
from .claims.editing import Edit, edited
from .claims.entailment import A_ENTAILS_B, EQUIVALENT, claim_relation
from .claims.places import PHRASE
from .claims.rewriting import name_edits, without
from .claims.verifying import says_no_more
from .picture import Picture
from .regions import IMAGE, SEMANTIC, Region
from .statements import Verdict
from .wording import capital, join_words, place_name

_WHOLE = frozenset("picture image photo".split())
import os
UNCHECKED = float(os.environ.get("UNCH","0.5"))
REPEATED = 0.3  # what repeating one statement costs, in new statements
_OPENERS = ("a ", "an ", "the ", "there ", "some ", "several ", "many ", "two ", "three ", "four ")


@dataclass(frozen=True)
class Candidate:
    """A sentence that may be used.

    Attributes:
        region: that it is said of.
        source: (region, candidate number) of its caption; None for a claim in its own wording.
        index: of the sentence in its caption.
        text: without what was dropped.
        false: the claims of it (by their place among its own) that were dropped.
        covers: the kept statements that it says, by index.
        things: that it names.
    """

    region: Region
    source: tuple[str, int] | None
    index: int
    text: str
    false: frozenset[int]
    covers: frozenset[int]
    things: tuple[int, ...]


def compose(picture: Picture, region: str = "", max_sentences: int = 0) -> str:
    """One paragraph of what was kept; of one region where it is named.

    Args:
        max_sentences: those that say most that is new are taken (0: all).
    """
    return " ".join(compose_sentences(picture, region, max_sentences))


def compose_sentences(
    picture: Picture, region: str = "", max_sentences: int = 0, known: Collection[int] = ()
) -> list[str]:
    """The same, sentence by sentence.

    Args:
        known: kept statements (indices) that have been said already and are not wanted again.
    """
    chosen = _wanted(picture, region, known)
    if max_sentences:
        chosen = chosen[:max_sentences]
    return [text for text, _ in _told(picture, _in_order(picture, chosen))]


def ranked_sentences(picture: Picture) -> tuple[list[str], list[int]]:
    """The sentences of `compose`, and their indices, those first that say most that is new."""
    chosen = _wanted(picture)
    told = _told(picture, _in_order(picture, chosen))
    by_rank = sorted(range(len(told)), key=lambda i: _rank(told[i][1], chosen))
    return [text for text, _ in told], by_rank


def _rank(candidate: Candidate, chosen: Sequence[Candidate]) -> int:
    """When a sentence was chosen; of several that were joined, the first."""
    return next(n for n, c in enumerate(chosen) if c.covers <= candidate.covers)


def _wanted(picture: Picture, region: str = "", known: Collection[int] = ()) -> list[Candidate]:
    """Sentences that together say all that was kept, those first that say most that is new."""
    kept = {
        i
        for i, s in enumerate(picture.statements)
        if s.verdict is Verdict.KEPT and (not region or region in s.regions)
    }
    if not region:
        kept -= _of_parts(picture, kept)
    return _chosen(picture, kept - set(known), implications(picture, kept), region)


def _of_parts(picture: Picture, kept: Collection[int]) -> set[int]:
    """What is said of a part of the image that is said of all of it: "the area is mostly blue"."""
    claims = {i: picture.statements[i].claim for i in kept if picture.statements[i].claim}
    whole = {c.value for c in claims.values() if c.subject in _WHOLE and c.kind == ATTRIBUTE}
    return {i for i, c in claims.items() if c.subject == "area" and c.value in whole}


def implications(picture: Picture, among: Iterable[int]) -> dict[int, frozenset[int]]:
    """Index -> the indices (itself included) of what follows from that statement of the picture."""
    claims = {i: picture.statements[i].claim for i in sorted(among)}
    near: dict[int, set[int]] = {}
    for i, claim in claims.items():
        for thing in {claim.thing, claim.other} if claim else ():
            if thing >= 0:
                near.setdefault(thing, set()).add(i)
    found = {}
    for i, claim in claims.items():
        others = (
            set().union(*(near.get(t, ()) for t in (claim.thing, claim.other))) if claim else ()
        )
        found[i] = frozenset(
            {i, *(j for j in others if j != i and _entails(claim, claims[j], picture.things))}
        )
    return found


def _entails(a: Claim, b: Claim, things: Sequence[Thing]) -> bool:
    return claim_relation(a, b, things) in (A_ENTAILS_B, EQUIVALENT)


def _chosen(picture, wanted, implied, region) -> list[Candidate]:
    """Sentences that together say all that is wanted, each as new as can be, in the order chosen."""
    left, chosen = set(wanted), []
    pool = _verified(picture, list(_candidates(picture, implied, region)))
    for part in _reading_order(picture):
        own = [c for c in pool if c.region.name == part.name]
        while own and left:
            best = max(own, key=lambda c: (_gain(c, left), -len(c.text), -c.index))
            if _gain(best, left) <= 0:
                break
            own.remove(best)
            chosen.append(_without_repeats(picture, best, wanted - left))
            left -= best.covers
    for index in sorted(left):
        if index not in left:
            continue
        statement = picture.statements[index]
        place = min((picture.root.find(n) for n in statement.regions), key=lambda r: r.box.area)
        stronger = [i for i in left if index in implied[i] and i != index]
        if stronger:
            continue  # said together with what it follows from
        if _said(statement.text, (c.text for c in chosen)):
            continue
        claim = statement.claim
        things = tuple(t for t in (claim.thing, claim.other) if t >= 0) if claim else ()
        chosen.append(
            Candidate(place, None, 0, statement.text, frozenset(), implied[index], things)
        )
    return chosen


def _said(text: str, sentences: Iterable[str]) -> bool:
    """Whether one sentence has all the words of another, or forms of them."""
    words = _words(text) - _GRAMMAR
    return any(
        all(any(alike(word, other) for other in there) for word in words)
        for there in map(_words, sentences)
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))


_GRAMMAR = frozenset("the a an is are there has have s be being of in on at with".split())


def _gain(candidate: Candidate, left: Collection[int]) -> float:
    new = len(candidate.covers & set(left))
    return new - REPEATED * (len(candidate.covers) - new)


def _candidates(picture: Picture, implied, region) -> Iterable[Candidate]:
    of = _statement_numbers(picture)
    for source, reading in picture.readings.items():
        if region and source[0] != region:
            continue
        for index, sentence in enumerate(reading.sentences):
            if not sentence.text or not sentence.complete:
                continue
            numbers = [n for n, c in enumerate(reading.claims) if c.sentence == index]
            claims = [reading.claims[n] for n in numbers]
            false = {k for k, n in enumerate(numbers) if not _kept(picture, of.get((source, n)))}
            text, lost = without(sentence, claims, false)
            left = [k for k in range(len(numbers)) if k not in false and k not in lost]
            kept = [claims[k] for k in left]
            if not text or share_unclaimed(text, kept, reading.things) > UNCHECKED:
                continue
            said = {of[source, numbers[k]] for k in left}
            covers = frozenset().union(*(implied.get(i, ()) for i in said)) if said else frozenset()
            if covers:
                things = tuple(t for _, _, t in sentence.mentions)
                yield Candidate(
                    picture.root.find(source[0]),
                    source,
                    index,
                    text,
                    frozenset(false),
                    covers,
                    things,
                )


def _without_repeats(picture: Picture, candidate: Candidate, told: Collection[int]) -> Candidate:
    """The sentence without the attributes and relations that have been told, where what is left is a sentence
    that says all that is new."""
    reading = picture.readings[candidate.source]
    of = _statement_numbers(picture)
    numbers = [n for n, c in enumerate(reading.claims) if c.sentence == candidate.index]
    claims = [reading.claims[n] for n in numbers]
    repeated = {
        k
        for k, n in enumerate(numbers)
        if k not in candidate.false
        and of.get((candidate.source, n)) in told
        and claims[k].kind in (ATTRIBUTE, RELATION, NUMBER)
    }
    false = candidate.false | repeated
    text, lost = without(reading.sentences[candidate.index], claims, false)
    if not text or any(of.get((candidate.source, numbers[k])) not in told for k in lost):
        return candidate
    shorter = replace(candidate, text=text, false=frozenset(false))
    may = [claim for k, claim in enumerate(claims) if k not in candidate.false]
    return shorter if says_no_more([text], [may])[0] else candidate


def _verified(picture: Picture, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates without those whose cut left no sentence, or one that says something else."""
    cut = [c for c in candidates if c.false]
    may = [
        [
            claim
            for k, claim in enumerate(
                x for x in picture.readings[c.source].claims if x.sentence == c.index
            )
            if k not in c.false
        ]
        for c in cut
    ]
    wrong = {id(c) for c, ok in zip(cut, says_no_more([c.text for c in cut], may)) if not ok}
    return [c for c in candidates if id(c) not in wrong]


def _statement_numbers(picture: Picture) -> dict[tuple[tuple[str, int], int], int]:
    """(source, claim of its reading) -> the statement that it is part of."""
    return {
        (s.source, s.claim): i
        for i, statement in enumerate(picture.statements)
        for s in statement.sayings
        if s.claim >= 0
    }


def _kept(picture: Picture, index: int | None) -> bool:
    return index is not None and picture.statements[index].verdict is Verdict.KEPT


def _reading_order(picture: Picture) -> list[Region]:
    """The whole image, what it is about, then its parts line by line."""

    def key(region: Region) -> tuple:
        kind = {IMAGE: 0, SEMANTIC: 1}.get(region.kind, 2)
        x, y = region.box.center
        return (kind, round(y / picture.size[1], 1), x)

    return sorted(picture.root.walk(), key=key)


def _in_order(picture: Picture, chosen: Sequence[Candidate]) -> list[Candidate]:
    """As a caption is told: region by region, the sentences of a caption in their order, and a claim in its own
    wording after the last sentence on its thing."""
    regions = [r.name for r in _reading_order(picture)]

    def place(candidate: Candidate) -> tuple:
        return (regions.index(candidate.region.name), candidate.index, candidate.source)

    told = sorted((c for c in chosen if c.source), key=place)
    for single in (c for c in chosen if not c.source):
        about = [i for i, c in enumerate(told) if set(single.things[:1]) & set(c.things)]
        told.insert(about[-1] + 1 if about else len(told), single)
    return told


def _told(picture: Picture, candidates: Sequence[Candidate]) -> list[tuple[str, Candidate]]:
    """The sentences, so that each can be understood after the one before it."""
    sentences: list[tuple[str, Candidate]] = []
    introduced: set[int] = set()
    before: Candidate | None = None
    place = picture.root.name
    for candidate in candidates:
        text = candidate.text
        if candidate.source:
            follows = before is not None and (before.source, before.index) == (
                candidate.source,
                candidate.index - 1,
            )
            # What a pronoun may stand for: whatever the caption meant, or the one before is about.
            clear = set(candidate.things) if follows else set(before.things[:1] if before else ())
            text = _fitted(picture.readings[candidate.source], candidate, introduced, clear)
        if candidate.region.name != place and not introduced & set(candidate.things):
            place = candidate.region.name
            text = _with_place(picture, candidate.region, text)
        if text and text not in {other for other, _ in sentences}:
            joined = _joined(sentences[-1], (text, candidate)) if sentences else None
            sentences[-1:] = [joined] if joined else [*sentences[-1:], (text, candidate)]
            introduced |= set(candidate.things)
            before = candidate
    return sentences


def _fitted(
    reading: Reading, candidate: Candidate, introduced: Collection[int], clear: Collection[int]
) -> str:
    """The sentence with "the" for what was introduced, and names for pronouns that are not clear."""
    sentence = reading.sentences[candidate.index]
    claims = [c for c in reading.claims if c.sentence == candidate.index]
    edits: list[Edit] = name_edits(reading, candidate.index, clear)
    for start, end, thing in sentence.mentions:
        article = re.match(r"an?\b", sentence.text[start:end], re.IGNORECASE)
        if article and thing in introduced and reading.things[thing].number == 1:
            edits.append((start, start + article.end(), "The" if article[0][0] == "A" else "the"))
    sentence, claims = edited(sentence, claims, edits)
    text = without(sentence, claims, candidate.false)[0]
    return _known(text)


# "There is the woman holding a cup": who was introduced is not presented again.
_PRESENTED = re.compile(
    r"^There (?P<be>is|are) (?P<who>the (?:(?!\b(?:and|or)\b)[^,])*?)"
    r"(?:(?P<stop>[.!])$| (?P<with>with )| (?:that|which|who) (?P<does>(?!(?:is|are) ?$)\w+ )|"
    r" (?P<is>(?:\w+ing|\w+ed|in|on|at|behind|under|next|near|beside|above|below|between|around|against|along|across|"
    r"over|by|inside|outside|seen|hung|held|set|made|worn|full)\b))"
)
_PLACED = re.compile(
    r"^((?:In|On|At|Behind|Under|Next|Near|Above|Below|Beside|Between|Around)\b[^,]*), there (is|are) (?=the )"
)


def _known(text: str) -> str:
    """The sentence as it is said of what was introduced before; "" where that is all it says."""
    text = _PLACED.sub(r"\1 \2 ", text)
    found = _PRESENTED.match(text)
    if found is None:
        return text
    who, rest = capital(found["who"]), text[found.end() :]
    many = found["be"] == "are"
    if found["stop"]:
        return "" if len(found["who"].split()) == 2 else text
    if found["with"] and (doing := re.match(r"((?:[\w-]+ ){1,4}?)(\w+ing\b.*)", rest)):
        return f"{who} with {doing[1]}{found['be']} {doing[2]}"
    if found["with"]:
        return f"{who} {'have' if many else 'has'} {rest}"
    return (
        f"{who} {found['does']}{rest}"
        if found["does"]
        else f"{who} {found['be']} {found['is']}{rest}"
    )


_PREDICATE = re.compile(r"^(?P<who>The [^,]+?) (?P<be>is|are) (?P<what>[^,]+)\.$")


def _joined(
    before: tuple[str, Candidate], last: tuple[str, Candidate]
) -> tuple[str, Candidate] | None:
    """ "The table is small." and "The table is round." as one sentence, where both are claims in their own
    wording; None where they are not of this form."""
    if before[1].source or last[1].source:
        return None
    a, b = _PREDICATE.match(before[0]), _PREDICATE.match(last[0])
    if not a or not b or (a["who"], a["be"]) != (b["who"], b["be"]):
        return None
    both = before[1].covers | last[1].covers
    if text := _doing_there(a, b):
        both = before[1].covers | last[1].covers
        return text, replace(before[1], text=text, covers=both)
    parts = [*re.split(r", | and ", a["what"]), b["what"]]
    if len({_sort(part) for part in parts}) > 1:
        return None
    verb = parts[0].split()[0]
    if verb.endswith("ing") and all(p.startswith(f"{verb} ") for p in parts):
        parts = [parts[0], *(p.removeprefix(f"{verb} ") for p in parts[1:])]
    text = f"{a['who']} {a['be']} {join_words(parts)}."
    return text, replace(before[1], text=text, covers=both)


def _doing_there(a: re.Match, b: re.Match) -> str:
    """ "The woman is sitting." and "The woman is on a bench." -> "The woman is sitting on a bench."; else ""."""
    doing, there = sorted((a["what"], b["what"]), key=lambda what: _sort(what) != "action")
    if " " in doing or (_sort(doing), _sort(there)) != ("action", "place") or " and " in there:
        return ""
    return f"{a['who']} {a['be']} {doing} {there}."


def _sort(predicate: str) -> str:
    """What kind of words says it: only like kinds are joined by "and"."""
    first = predicate.split()[0]
    if first in ("a", "an", "the", "one"):
        return "name"
    if first.endswith("ing"):
        return "action"
    return "quality" if len(predicate.split()) == 1 else "place"


def _with_place(picture: Picture, region: Region, text: str) -> str:
    first = text.split()[0] if text else ""
    if (
        PHRASE.search(text)
        or region.kind in (IMAGE, SEMANTIC)
        or f"{first.lower()} " not in _OPENERS
    ):
        return text
    return (
        f"{capital(place_name(picture.fraction(region.box)))}, {first.lower()}{text[len(first) :]}"
    )
