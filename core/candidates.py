"""The captioners' sentences that may be used, each without its false claims."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from .claims import ACTION, ATTRIBUTE, NUMBER, OBJECT, RELATION, STATEMENT, Claim, Reading, lexicon
from .claims.coverage import share_unclaimed
from .claims.grammar_check import Change, are_sentences, says_no_more
from .claims.rewriting import still_names, without
from .image_record import ImageRecord
from .regions import Region
from .statements import FIRST_BY_USER, Verdict

# Forms that a cut leaves and no English sentence has: an article without a noun ("a of", but not "the on-screen menu"
# or "Gate A."), a predicate without an end.
_BROKEN = re.compile(
    r"\b(?:[Aa]n|[Tt]he|a) (?:and|or|of|in|on|at|with|to|is|are|has|have|an?|the)\b(?![-/])|\b(?:an|the|a)[,.;:]|"
    r"\b(?:has|have) hair[,.]|\b(?:is|are) (?:shaped|topped|surrounded|accompanied|located|situated|positioned|equipped)[.]$|"
    r"\b[Tt]here (?:is|are) (?:and|or)\b|\b(?:has|have) (?:his|her|its|their) \w+[,.]|"
    r"\b(?:is|are) (?:is|are)\b|\bwith,|\bto be years\b|"
    r"\b[Tt]here (?:is|are) (?:(?!\b(?:and|that|which|who|while|but|where)\b)[^,;])* (?:can be seen|is attached|are attached)\b|"
    r"\b(?:has|have|with|and|the|an?|of|including|what)[.!]$|(?<!\bis )(?<!\bare )\b(?:wearing|holding|carrying)[.!]$|"
    r"\b(?:holding|carrying|wearing|holds|carries|wears) (?:an?|the) (?:\w+ )?\w+ (?:in|on) it\b",
)
_BEFORE_LIST = re.compile(r"^([^.,:]{1,40}): (?!\d)")
# Statements about the image itself, or about what it does not show.
_OF_ITSELF = re.compile(
    r"\b(?:image|photo|picture) (?:is|appears)(?: not)?(?: to be)? (?:cropped|cut off)|\bnot (?:be )?(?:visible|shown|seen)\b",
    re.IGNORECASE,
)
_FURTHER = re.compile(
    r"[,;]|\b(?:whose|which|who|and|while|but|as|with|because|where)\b", re.IGNORECASE
)
_HAS_VERB = re.compile(
    r"\b(?:is|are|was|has|have|can|may|appears?|seems?|stands?|sits?|wears?|holds?|hangs?|lies?)\b|'s\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:it|its|he|she|they|him|them|his|their)\b", re.IGNORECASE)
_EXPLETIVE = re.compile(
    r"^(?:it (?:is|appears|seems|looks like)|there)\b.*", re.IGNORECASE
)  # "It is night", "It appears that ..."
_FRAGMENT = 6  # words
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
        traits: attributes to add, each with the index of the character of its text before which it is put.
    """

    region: Region
    source: tuple[str, int] | None
    index: int
    text: str
    false: frozenset[int]
    covers: frozenset[int]
    things: tuple[int, ...]
    traits: tuple[tuple[int, str], ...] = ()


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
            text = without_label(text)
            if not text or is_broken(text, sentence.said) or is_of_itself(text):
                continue
            said = {of[source, numbers[k]] for k in left}
            covers = frozenset().union(*(implied.get(i, ()) for i in said)) if said else frozenset()
            if covers:
                cut = [span for k in false for span in claims[k].spans]
                things = tuple(
                    t
                    for a, b, t in sentence.mentions
                    if t not in gone and not any(x <= a and b <= y for x, y in cut)
                )
                place = record.root.find(source[0])
                found.append(
                    Candidate(place, source, index, text, frozenset(false), covers, things)
                )
    return _verified(record, found)


# Rows of a list: "衣着：灰色毛衣，黑色长裤". The text after the colon is a sentence only if it has a verb.
_ROW = re.compile(r"^[\u3400-\u9fff]{1,6}[:：]\s*(?P<rest>.+)$")
_NAMED = r"(?:[一两三几]?[\u3400-\u9fff]{0,3}?色|[木金藤棉皮][质属编制][\u3400-\u9fff]?|[一两三几][\u3400-\u9fff])[^，。是有在着了正]{0,8}"
_NOUNS = re.compile(
    rf"^{_NAMED}(?:[，、]{_NAMED})*。?$|^[^，。是在着了正被有]{{1,8}}的[^，。是在着了正被有的]{{1,4}}。?$"
)
_VERB = re.compile(r"[是有在着了正被把]")


def without_label(text: str) -> str:
    """Return a Chinese sentence without the label of a list; "" where that leaves a mere list of nouns."""
    row = _ROW.match(text)
    rest = row["rest"] if row else text
    if not _HAN.search(rest):
        return text
    return "" if _NOUNS.match(rest) or (row and not _VERB.search(rest)) else rest


_HAN = re.compile(r"[\u3400-\u9fff]")


def is_broken(text: str, said: str = "") -> bool:
    """Return whether a text has a form that no English sentence has.

    Args:
        said: what the captioner wrote; words of it in a row are not broken, unless they are a mere list.
    """
    head = _BEFORE_LIST.match(text)
    if head and not are_sentences([f"{head[1]}."])[0]:
        return True  # "Objects: a cup, a lamp", and not "The sign reads: ..."
    if said and text.rstrip(".").casefold() in said.casefold():
        return False
    return _BROKEN.search(text) is not None


def is_of_itself(text: str) -> bool:
    """Return whether all that a text says is that the image is cropped, or what cannot be seen in it.

    "A man whose face is not visible holds a kite." says more.
    """
    found = _OF_ITSELF.search(text)
    if found is None:
        return False
    return not found[0].lower().startswith("not") or not (
        _FURTHER.search(text[: found.start()]) or re.search(r"[,;]", text[found.end() :])
    )


def is_understood(record: ImageRecord, candidate: Candidate) -> bool:
    """Return whether the reader knows what every pronoun of a sentence refers to.

    Otherwise the sentence can only be used after the sentence that it followed.
    """
    sentence = record.readings[candidate.source].sentences[candidate.index]
    if _EXPLETIVE.match(sentence.text):
        return True
    known = {start for start, _, _ in sentence.mentions}
    nouns = [a for a, b, _ in sentence.mentions if not _PRONOUN.fullmatch(sentence.text[a:b])]
    return all(
        p.start() in known
        or any(noun < p.start() for noun in nouns)
        or sentence.text[: p.start()].endswith("that ")
        for p in _PRONOUN.finditer(sentence.text)
    )


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
    lost_new = any(of.get((candidate.source, numbers[k])) not in told for k in lost)
    if not text or lost_new or is_broken(text):
        return candidate
    shorter = replace(candidate, text=text, false=frozenset(false))
    may = tuple(claim for k, claim in enumerate(claims) if k not in candidate.false)
    must_not = tuple(claims[k] for k in candidate.false)
    change = Change(reading.sentences[candidate.index].text, text, may, must_not)
    return shorter if says_no_more([change])[0] else candidate


def _verified(record: ImageRecord, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates without fragments, and without sentences that a cut left ungrammatical or with new claims."""
    # A small parser misses verbs in long sentences, so only short ones are taken for fragments.
    bare = [
        c
        for c in found
        if len(c.text.split()) <= _FRAGMENT
        and not _HAS_VERB.search(c.text)
        and not _does(record, c)
    ]
    fragments = {id(c) for c, ok in zip(bare, are_sentences([c.text for c in bare])) if not ok}
    found = [c for c in found if id(c) not in fragments]
    cut = [c for c in found if c.false]
    wrong = {id(c) for c, ok in zip(cut, says_no_more([_change(record, c) for c in cut])) if not ok}
    return [c for c in found if id(c) not in wrong]


def _does(record: ImageRecord, candidate: Candidate) -> bool:
    """Return whether a claim of the sentence has a verb, or is the whole sentence, so that the reader found a predicate."""
    claims = record.readings[candidate.source].claims
    return any(
        c.kind in (ACTION, STATEMENT)
        or (c.kind == RELATION and lexicon.senses(c.value.split(" ")[0], lexicon.VERB))
        for c in claims
        if c.sentence == candidate.index
    )


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
