"""What was kept of an image, as statements, as facts for a writer, and as one reading."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .claims import Claim, Reading, Sentence
from .claims.sayable import is_sayable
from .image_record import ImageRecord
from .models import (
    Fact,
)
from .regions import IMAGE
from .statements import Reason, Statement, Verdict

# Notes for when nothing was kept, which no longer hold once the user has added a claim.
NOTHING_IN_FOCUS = "Nothing that was kept is about what is to be described."
NOTHING_TO_DESCRIBE = "Nothing of what is to be described was kept, so the caption is empty."
NOTHING_REACHED = "Nothing reached the threshold of "
NOTHING_PASSED = "Nothing passed the filter, so the caption is the captioner's unfiltered caption of the whole image."
NOTHING_SAID = "The captioner said nothing usable, so the caption is empty."
NOTHING_KEPT = (
    NOTHING_IN_FOCUS,
    NOTHING_TO_DESCRIBE,
    NOTHING_REACHED,
    NOTHING_PASSED,
    NOTHING_SAID,
)


def kept_statements(record: ImageRecord) -> list[Statement]:
    """Return the kept statements, most important first.

    What the user decided comes first. Then importance is the number of regions whose captions make it, then the score,
    or the support if there is none.
    """

    def weight(statement: Statement) -> tuple[bool, int, float]:
        said, asked = statement.support
        score = said / max(1, asked) if statement.score is None else statement.score
        return (statement.reason is not Reason.BY_USER, -len(statement.regions), -score)

    return sorted((s for s in record.statements if s.verdict is Verdict.KEPT), key=weight)


def facts_of(record: ImageRecord, region: str = "") -> tuple[Fact, ...]:
    """Return the kept statements as facts, most important first; those of one region where it is named."""
    facts = []
    order = {id(s): number for number, s in enumerate(record.statements)}
    for statement in kept_statements(record):
        if region and region not in statement.regions:
            continue
        by_user = statement.reason is Reason.BY_USER
        if statement.claim and not by_user and not is_sayable(statement.claim):
            continue
        regions = [record.root.find(name) for name in statement.regions]
        # A claim about the whole image needs no place; otherwise the smallest region is the most precise.
        whole = next((r for r in regions if r.kind == IMAGE), None)
        place = whole or min(regions, key=lambda r: r.box.area)
        claim = statement.claim
        thing = record.things[claim.thing].name if claim and claim.thing >= 0 else ""
        box = record.fraction(statement.box or place.box)
        facts.append(
            Fact(statement.text, place.name, box, statement.score, order[id(statement)], thing)
        )
    return tuple(facts)


def kept_reading(record: ImageRecord) -> Reading:
    """Return the kept claims as one reading: the facts against which a written text is checked.

    Its sentences are the captioners', each with what was kept of it, because a check also looks at wording.
    """
    kept = [s for s in record.statements if s.verdict is Verdict.KEPT]
    said = {(*o.source, o.claim) for s in kept if s.claim for o in s.occurrences}
    whole = {(*o.source, o.sentence) for s in kept if not s.claim for o in s.occurrences}
    sentences: list[Sentence] = []
    number: dict[tuple[str, int, int], int] = {}  # (*source, sentence) -> index into `sentences`
    for source, reading in record.readings.items():
        left = {n for n in range(len(reading.claims)) if (*source, n) in said}
        for index in range(len(reading.sentences)):
            place = (*source, index)
            sentence = _kept_sentence(reading, index, left, place in whole)
            if sentence is not None:
                number[place] = len(sentences)
                sentences.append(sentence)
    claims: list[Claim] = []
    for statement in kept:
        places = [number.get((*o.source, o.sentence), -1) for o in statement.occurrences]
        if statement.claim:
            at = next((n for n in places if n >= 0), len(sentences))
            if at == len(sentences):
                sentences.append(Sentence(statement.text, statement.text))
            claims.append(replace(statement.claim, sentence=at, spans=()))
        for occurrence, at in zip(statement.occurrences, places) if not statement.claim else ():
            own = record.readings[occurrence.source].claims
            claims += [replace(c, sentence=at) for c in own if c.sentence == occurrence.sentence]
    return Reading(tuple(sentences), record.things, tuple(claims), ())


def _kept_sentence(
    reading: Reading, index: int, left: Collection[int], whole: bool
) -> Sentence | None:
    """Return a sentence, without what was dropped of it; None where nothing of it was kept.

    Args:
        left: the claims of the reading that were kept, by index.
        whole: the sentence was kept as one statement.
    """
    own = [n for n, c in enumerate(reading.claims) if c.sentence == index]
    kept = [n for n in own if n in left]
    if whole or (own and kept == own):
        sentence = reading.sentences[index]
        return replace(sentence, said=sentence.text)  # with places in the whole image
    text = " ".join(reading.claims[n].text for n in kept)
    return Sentence(text, text) if text else None
