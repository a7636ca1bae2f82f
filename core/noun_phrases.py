"""Puts attributes that no sentence states before the noun of their thing: "a plate" becomes "a round brass plate"."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from .candidates import Candidate
from .claims import ATTRIBUTE, Claim, Sentence, lexicon
from .claims.coverage import alike
from .claims.editing import Edit
from .claims.english_words import COLOURS, MATERIALS
from .claims.sayable import is_sayable
from .english import article, capital
from .image_record import ImageRecord
from .statements import Statement

_DETERMINER = re.compile(
    r"(?:an?|the|his|her|its|their|two|three|four|five|six|some|several|many|\w+'s)\s",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(r"\b(?:no|not|without|neither|nor|may|might|possibly)\b|n't\b", re.I)
# Adjectives that cannot stand before a noun, or that mean little without what follows them.
_NEVER = frozenset(
    "about alive afraid alone asleep awake aware available able due present ready visible seen used other same such own next last "
    "first more most much full further left right".split()
)
_MOST = 3  # adjectives before a noun
_LONGEST = 3  # words of one


# Participles that say nothing without what follows them: "topped" with what?
INCOMPLETE = frozenset(
    "topped shaped covered filled surrounded lined made placed set used located attached laid positioned stretched rising "
    "designed equipped based gathered situated accompanied adorned held seen shown worn tied toned dressed".split()
)


def before_noun(value: str) -> bool:
    """Return whether an attribute can stand before its noun: "bright orange", "wooden"; not "covered in
    snow".
    """
    words = value.split()
    if (
        len(words) > _LONGEST
        or words[-1] in _NEVER
        or words[0] in ("made", "covered", "filled")
        or value in INCOMPLETE
        or words[-1] in ("on", "off", "up", "down", "visible")
    ):
        return False
    if words[-1] in COLOURS | MATERIALS or "-" in words[-1]:
        return True
    return bool(lexicon.senses(words[-1], lexicon.ADJECTIVE)) and not words[-1].endswith("ing")


def rank(value: str) -> int:
    """Return where an adjective stands before a noun: a colour after a size, a material after a colour."""
    last = value.split()[-1]
    if last == "stainless":
        return 2
    return 2 if last in MATERIALS or last == "wooden" else 1 if last in COLOURS else 0


def with_attributes(
    record: ImageRecord, ordered: Sequence[Candidate], left: Collection[int]
) -> tuple[list[Candidate], set[int]]:
    """Return the sentences with attributes before the nouns of their things, and the statements that are said in this way.

    Args:
        ordered: captioners' sentences in the order in which they are read.
        left: kept statements (indices) that none of them says.
    """
    done, said = list(ordered), set()
    wanted = [i for i in sorted(left) if _is_plain(record.statements[i].claim)]
    wanted.sort(key=lambda i: rank(record.statements[i].claim.value))
    for i in wanted:
        claim = record.statements[i].claim
        for n, candidate in enumerate(done):
            if candidate.source is None or claim.thing not in candidate.things:
                continue
            place = _place(record, candidate, claim)
            if place is not None:
                traits = (*candidate.traits, (place, cased(claim.value, record, i)))
                done[n] = replace(candidate, traits=traits, covers=candidate.covers | {i})
                said.add(i)
                break
    return done, said


def _is_plain(claim: Claim | None) -> bool:
    return (
        claim is not None
        and claim.kind == ATTRIBUTE
        and not (claim.negated or claim.hedged)
        and claim.thing >= 0
        and re.search(rf" (?:is|are) {re.escape(claim.value)}\.$", claim.text, re.I) is not None
        and before_noun(claim.value)
        and is_sayable(claim)
    )


def _place(record: ImageRecord, candidate: Candidate, claim: Claim) -> int | None:
    """Return the index of the character of the sentence before which the attribute fits; None if nowhere."""
    reading = record.readings[candidate.source]
    sentence = reading.sentences[candidate.index]
    claims = [c for c in reading.claims if c.sentence == candidate.index]
    gone = [span for k in candidate.false for span in claims[k].spans]
    if _NOT_THERE.search(sentence.text):
        return None
    for start, end, thing in sentence.mentions:
        if thing != claim.thing or any(a < end and start < b for a, b in gone):
            continue
        if re.search(r"\b(?:of|from|in) (?:which|whom)\b|\bone of $", sentence.text[:start][-9:]):
            continue
        there = [value.lower() for place, value in candidate.traits if start <= place < end]
        heads = {h for h in _nouns(record, thing) if _is_called(h, claim.subject)}
        found = _before(sentence.text[start:end], claim, heads, there)
        if found is not None:
            return start + found
    return None


def _nouns(record: ImageRecord, thing: int) -> set[str]:
    return {lexicon.singular(h.split()[-1]) for h in record.things[thing].heads}


def _is_called(noun: str, subject: str) -> bool:
    """Return whether an attribute of a subject also fits a noun: the same word, or both are people."""
    own = lexicon.singular(subject.split()[-1])
    return noun == own or (lexicon.is_person(noun) and lexicon.is_person(own))


def _before(phrase: str, claim: Claim, heads: Collection[str], there: Sequence[str]) -> int | None:
    """Return the index of the character before which an attribute belongs in a noun phrase; None if it does not fit.

    Args:
        heads: the nouns by which its thing is called.
        there: other attributes that are put into it.
    """
    determiner = _DETERMINER.match(phrase)
    if determiner is None and not claim.plural:
        return None
    start = determiner.end() if determiner else 0
    words = [(start + w.start(), w[0].lower()) for w in re.finditer(r"[\w'-]+", phrase[start:])]
    if not words or re.search(r"[,;]| of | and .* and ", phrase):
        return None
    noun = words[-1][1]
    if (lexicon.singular(noun) != noun) != claim.plural or lexicon.singular(noun) not in heads:
        return None
    adjectives = []
    for place, word in words[:-1]:
        if word != "and" and not _is_adjective(word):
            break
        adjectives.append((place, word))
    known = [w for _, w in adjectives] + [w for value in there for w in value.split()]
    own = claim.value.split()
    if len(known) + 1 > _MOST or any(alike(a, b) for a in own for b in (*known, noun)):
        return None
    if rank(claim.value) and any(rank(word) == rank(claim.value) for word in known):
        return None
    later = [place for place, word in adjectives if rank(word) > rank(claim.value)]
    after = [place for place, _ in words if place not in {p for p, _ in adjectives}]
    return min([*later[:1], after[0]])


def _is_adjective(word: str) -> bool:
    if word in COLOURS | MATERIALS or "-" in word or word.endswith("ed"):
        return True
    return bool(lexicon.senses(word, lexicon.ADJECTIVE)) and not word.endswith("ing")


def trait_edits(sentence: Sentence, candidate: Candidate, changed: Collection[int]) -> list[Edit]:
    """Return the edits that put a sentence's attributes in their places.

    Args:
        changed: characters where another edit replaces the determiner of a noun phrase.
    """
    edits: list[Edit] = []
    text = sentence.text
    for place in dict.fromkeys(place for place, _ in candidate.traits):
        values = [value for at, value in candidate.traits if at == place]
        words = " ".join(values)
        if place == 0:
            edits.append((0, 1, f"{capital(words)} {text[0].lower()}"))
            continue
        edits.append((place, place, f"{words} "))
        before = re.search(r"\b(an?) $", text[:place], re.IGNORECASE)
        if before and before.start(1) not in changed:
            right = article(words).split()[0]
            right = capital(right) if before[1][0].isupper() else right
            edits.append((before.start(1), before.end(1), right))
    return edits


def cased(text: str, record: ImageRecord, index: int) -> str:
    """Return a text with the capitals of the captions that said it: "Indian", "TV"."""
    forms = _capitals(record.statements[index], record.readings)
    return re.sub(r"[^\W\d_]+", lambda word: forms.get(word[0], word[0]), text) if forms else text


def _capitals(statement: Statement, readings: Mapping) -> dict[str, str]:
    forms: dict[str, str] = {}
    for occurrence in statement.occurrences:
        reading = readings.get(occurrence.source)
        if reading is None or not 0 <= occurrence.sentence < len(reading.sentences):
            continue
        said = reading.sentences[occurrence.sentence].said
        words = re.findall(r"(?<=[\w,] )[^\W\d_]+", said)
        lower = {w for w in words if w.islower()}
        forms |= {w.lower(): w for w in words if w != w.lower() and w.lower() not in lower}
    return forms
