"""Stage 3: decides which claims of the captions are kept, and why.

Captions are read into claims; claims of all captions that say the same become one statement; each is scored
on the regions that say it and on the whole image. Everything is decided before any text is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from .claims import Claim, Passage, Reader, Reading
from .claims.inference import inferred, open_pairs
from .claims.readers import reader_for
from .claims.scene import Grouped, MayMeet, Source, grouped, merged
from .evidence import LabelFreeCalibration
from .image_record import GIVEN, ImageRecord, StageProgress, heartbeat, no_progress, region_progress
from .models import LENGTH, NLI, ChatModel, Embedder, Verifier, Writer
from .models.scoring import finite
from .paper_filter import UNSCORED_NOTE, PaperFilter
from .regions import intersection_area
from .settings import FilterSettings
from .statements import Occurrence, Reason, Statement, Verdict
from .verdicts import Scores, decided
from .written import not_read, read_words

WORDINGS = 2  # of a statement that are scored on a region: the most frequent ones


def filter_statements(
    records: Sequence[ImageRecord],
    verifier: Verifier,
    embedder: Embedder,
    settings: FilterSettings = FilterSettings(),
    *,
    reader: Reader | None = None,
    writer: Writer | None = None,
    nli: NLI | None = None,
    ocr: Verifier | None = None,
    on_progress: StageProgress = no_progress,
) -> list[ImageRecord]:
    """Keep or drop every claim of the candidate captions.

    Args:
        embedder: compares sentences if the paper's profile has no writer to group them.
        reader: used instead of the settings' one.
        writer: splits captions in other languages than English, and groups the sentences in the paper's profile;
            one that does not generate is not asked.
        nli: decides whether one claim follows from another or contradicts it, where grammar and lexicon cannot;
            the paper's profile does not use it.
        ocr: scores the words alone of claims that something is written in the image, by reading it.
        on_progress: called as each region is scored.

    Returns:
        The images with `statements`: all of them, kept and dropped, each with its reason.
    """
    reader = reader or reader_for(settings.reader, writer, heartbeat(on_progress))
    records = read_captions(records, reader)
    if settings.profile.by_sentence:
        grouper = cast(ChatModel, writer) if writer and writer.generates else None
        return [
            PaperFilter(record, verifier, settings, grouper, embedder, on_progress).decided(index)
            for index, record in enumerate(records)
        ]
    found = [_statements(record, nli, on_progress) for record in records]
    texts = [[texts_of(p, s) for s in statements] for p, (statements, _) in zip(records, found)]
    tables = _score(records, [s for s, _ in found], texts, verifier, on_progress)
    read = read_words(records, [s for s, _ in found], ocr, heartbeat(on_progress))
    done = []
    for record, (statements, groups), wordings, table, words in zip(
        records, found, texts, tables, read
    ):
        calibration = verifier.calibration or label_free(verifier, table, on_progress)
        verdicts = decided(
            record, statements, groups, wordings, table, calibration, settings.threshold, words
        )
        silent = bool(table) and all(score is None for score in table.values())
        done.append(
            record.extended(
                notes=[*[UNSCORED_NOTE] * silent, *not_read(statements, ocr)],
                statements=(*verdicts, *_no_claims(record)),
                threshold=settings.threshold,
                models={
                    "matcher": verifier.name,
                    "reader": reader.name,
                    **({"nli": nli.name} if nli else {}),
                    **({"ocr": ocr.name} if words and ocr else {}),
                },
                calls={"matcher": len({region for region, _ in table})},
            )
        )
    return done


def read_captions(records: Sequence[ImageRecord], reader: Reader) -> list[ImageRecord]:
    """Read the captions of all images in one batch, and number the things of each image consistently."""
    places = [
        (index, region, number, completion)
        for index, record in enumerate(records)
        for region in record.root.walk()
        for number, completion in enumerate(record.candidates.get(region.name, ()))
        if completion.text.strip()
    ]
    passages = [
        Passage(c.text, _frame(records[i], region.name), c.finish == LENGTH)
        for i, region, _, c in places
    ]
    read: list[dict[Source, Reading]] = [{} for _ in records]
    for (index, region, number, _), reading in zip(places, reader.read(passages), strict=True):
        read[index][region.name, number] = reading
    done = []
    for record, readings in zip(records, read):
        scene = merged(readings, may_meet(record))
        notes = [note for reading in readings.values() for note in reading.notes]
        done.append(record.extended(notes=notes, things=scene.things, readings=scene.readings))
    return done


def _frame(record: ImageRecord, region: str):
    given = region == record.root.name and GIVEN in record.models  # said of the whole image
    return None if given else record.fraction(record.seen(region))


def may_meet(record: ImageRecord) -> MayMeet:
    """Return a function that says whether two regions can show the same thing, which is so if they overlap."""
    regions = list(record.root.walk())
    meeting = {
        (a.name, b.name) for a in regions for b in regions if intersection_area(a.box, b.box)
    }
    return lambda a, b: (a, b) in meeting


def statements_of(record: ImageRecord) -> list[Statement]:
    """Return what the captions of an image that was read state, before anything is decided."""
    return _statements(record, None, no_progress)[0]


def _statements(
    record: ImageRecord, nli: NLI | None, on_progress: StageProgress
) -> tuple[list[Statement], Grouped]:
    claims: list[Claim] = []
    occurrences: list[Occurrence] = []
    for (region, number), reading in record.readings.items():
        for index, claim in enumerate(reading.claims):
            said = reading.sentences[claim.sentence].said
            claims.append(claim)
            occurrences.append(Occurrence(region, number, said, index, claim.sentence))
    sources = [s.source for s in occurrences]
    groups = grouped(claims, sources, record.things)
    if nli:
        groups = _compared(record, claims, sources, groups, nli, on_progress)
    statements = []
    for group in groups.groups:
        best = _wordings([claims[i] for i in group])[0]
        distinct = tuple(dict.fromkeys(occurrences[i] for i in group))
        statement = Statement(best.text, distinct, claim=best)
        statements.append(replace(statement, asked=record.asked(statement.regions)))
    return statements, groups


def _compared(
    record: ImageRecord,
    claims: Sequence[Claim],
    sources: Sequence[Source],
    groups: Grouped,
    nli: NLI,
    on_progress: StageProgress,
) -> Grouped:
    """Return the groups with what the model of natural language inference says of the pairs that are open."""
    pairs = open_pairs(claims, sources, groups, may_meet(record))
    texts = [claims[group[0]].text for group in groups.groups]
    forward = [(texts[a], texts[b]) for a, b in pairs]
    backward = [(texts[b], texts[a]) for a, b in pairs]
    said = nli.infer([*forward, *backward], heartbeat(on_progress)) if pairs else []
    return inferred(claims, sources, groups, dict(zip(pairs, zip(said, said[len(pairs) :]))))


def _wordings(claims: Sequence[Claim]) -> list[Claim]:
    """Return one claim for each wording, unhedged ones first, then the most frequent."""
    times = Counter(claim.text for claim in claims)
    ranked = sorted(claims, key=lambda c: (c.hedged, -times[c.text], len(c.text), c.text))
    return list({claim.text: claim for claim in reversed(ranked)}.values())[::-1]


def texts_of(record: ImageRecord, statement: Statement) -> list[str]:
    """Return the wordings of a statement that are scored."""
    said = [record.readings[s.source].claims[s.claim] for s in statement.occurrences]
    texts = dict.fromkeys(claim.firm or claim.text for claim in _wordings(said))
    return list(texts)[:WORDINGS]


def _score(
    records: Sequence[ImageRecord],
    found: Sequence[Sequence[Statement]],
    texts: Sequence[Sequence[Sequence[str]]],
    verifier: Verifier,
    on_progress: StageProgress,
) -> list[Scores]:
    """Score each statement on the regions whose captions make it and on the whole image, with one call per
    crop.
    """
    batches, places = [], []
    for index, (record, statements, wordings) in enumerate(zip(records, found, texts)):
        of_region: dict[str, dict[str, None]] = {}
        for statement, said in zip(statements, wordings):
            for region in dict.fromkeys((*statement.regions, record.root.name)):
                of_region.setdefault(region, {}).update(dict.fromkeys(said))
        for name, wanted in of_region.items():
            batches.append((record.view(name), list(wanted)))
            places.append((index, name))
    tables: list[Scores] = [{} for _ in records]
    if batches:
        answers = verifier.score(batches, region_progress(places, on_progress))
        for (index, name), (_, texts_), values in zip(places, batches, answers, strict=True):
            tables[index].update(zip(((name, t) for t in texts_), finite(values), strict=True))
    return tables


def label_free(
    verifier: Verifier, table: Scores, on_progress: StageProgress
) -> LabelFreeCalibration:
    """Return what scores of a verifier without a calibration mean, from those of the same texts where they cannot be
    true.
    """
    texts = list(dict.fromkeys(text for _, text in table))
    baseline = dict(zip(texts, verifier.baseline(texts, heartbeat(on_progress)))) if texts else {}
    scores = [value for value in table.values() if value is not None]
    return LabelFreeCalibration(baseline, scores, verifier.threshold)


def _no_claims(record: ImageRecord) -> list[Statement]:
    """Return the texts that claim nothing about the image, as dropped statements, so that the report is
    complete.
    """
    return [
        Statement(text, (Occurrence(region, number, text),), record.asked((region,))).decided(
            Verdict.DROPPED, Reason.NOT_A_CLAIM
        )
        for (region, number), reading in record.readings.items()
        for text in reading.not_claims
    ]
