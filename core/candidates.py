"""The captioners' sentences that may be used, each without its false claims."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from .claims import ATTRIBUTE, NUMBER, OBJECT, RELATION, Claim, Reading
from .claims.coverage import share_unclaimed
from .claims.grammar_check import Change, says_no_more
from .claims.rewriting import still_names, without
from .image_record import ImageRecord
from .regions import Region
from .statements import FIRST_BY_USER, Verdict

UNCHECKED = 0.7  # a sentence with more of its words in no claim was hardly checked


@dataclass(frozen=True)
class Candidate:
    """A sentence that may be used.

    Attributes:
        region: that it is said of.
        source: (region, candidate number) of its caption; None for claims in the pack's own words.
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


def candidates(
    record: ImageRecord, implied: Mapping[int, frozenset[int]], region: str = ""
) -> list[Candidate]:
    """Return all sentences of which something was kept, and which without the rest are still sentences.

    Args:
        implied: what follows from each kept statement, by index.
        region: if given, only what was said of it.
    """
    of = statement_numbers(record)
    found = []
    for source, reading in record.readings.items():
        if region and source[0] != region:
            continue
        gone = _dropped_things(record, reading, source, of)
        for index, sentence in enumerate(reading.sentences):
            if not sentence.text or not sentence.complete:
                continue
            numbers = [n for n, c in enumerate(reading.claims) if c.sentence == index]
            claims = [reading.claims[n] for n in numbers]
            false = {k for k, n in enumerate(numbers) if not _kept(record, of.get((source, n)))}
            text, lost = without(sentence, claims, false)
            left = [k for k in range(len(numbers)) if k not in false and k not in lost]
            kept = [claims[k] for k in left]
            by_user = source[1] <= FIRST_BY_USER
            if not text:
                continue
            if not by_user and share_unclaimed(text, kept, reading.things) > UNCHECKED:
                continue
            if false and still_names(sentence, claims, false, gone):
                continue
            said = {of[source, numbers[k]] for k in left}
            covers = frozenset().union(*(implied.get(i, ()) for i in said)) if said else frozenset()
            if covers:
                things = tuple(t for _, _, t in sentence.mentions if t not in gone)
                place = record.root.find(source[0])
                found.append(
                    Candidate(place, source, index, text, frozenset(false), covers, things)
                )
    return _verified(record, found)


def _dropped_things(record, reading: Reading, source, of) -> frozenset[int]:
    """Return the things of which the caption says that they are there, and that are not."""
    verdicts: dict[int, list[bool]] = {}
    for n, claim in enumerate(reading.claims):
        if claim.kind == OBJECT and claim.thing >= 0 and not claim.negated:
            verdicts.setdefault(claim.thing, []).append(_kept(record, of.get((source, n))))
    kept = {
        s.claim.thing
        for s in record.statements
        if s.claim and s.claim.kind == OBJECT and s.verdict is Verdict.KEPT
    }
    return frozenset(t for t, said in verdicts.items() if not any(said) and t not in kept)


def without_repeats(record: ImageRecord, candidate: Candidate, told: Collection[int]) -> Candidate:
    """Return the sentence without the attributes and relations that have been stated, where what is left is a
    sentence that says all that is new.
    """
    reading = record.readings[candidate.source]
    of = statement_numbers(record)
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
    may = tuple(claim for k, claim in enumerate(claims) if k not in candidate.false)
    must_not = tuple(claims[k] for k in candidate.false)
    change = Change(reading.sentences[candidate.index].text, text, may, must_not)
    return shorter if says_no_more([change])[0] else candidate


def _verified(record: ImageRecord, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates without those whose cut left no sentence, or one that says something else."""
    cut = [c for c in found if c.false]
    wrong = {id(c) for c, ok in zip(cut, says_no_more([_change(record, c) for c in cut])) if not ok}
    return [c for c in found if id(c) not in wrong]


def _change(record: ImageRecord, candidate: Candidate) -> Change:
    reading = record.readings[candidate.source]
    claims: list[Claim] = [c for c in reading.claims if c.sentence == candidate.index]
    return Change(
        reading.sentences[candidate.index].text,
        candidate.text,
        tuple(c for k, c in enumerate(claims) if k not in candidate.false),
        tuple(claims[k] for k in candidate.false),
    )


def statement_numbers(record: ImageRecord) -> dict[tuple[tuple[str, int], int], int]:
    """(source, claim of its reading) -> the statement that it is part of."""
    return {
        (s.source, s.claim): i
        for i, statement in enumerate(record.statements)
        for s in statement.occurrences
        if s.claim >= 0
    }


def _kept(record: ImageRecord, index: int | None) -> bool:
    return index is not None and record.statements[index].verdict is Verdict.KEPT
