"""Stage 3: candidate captions + a matcher -> each claim kept or dropped, with its reason.

Captions are read into claims; claims of all captions that say the same become one statement; each is scored
on the regions that say it and on the whole image. Everything is decided before any text is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .claims import AUTO, Claim, Passage, Reader, Reading
from .claims.inference import inferred, open_pairs
from .claims.readers import reader_for
from .claims.scene import Grouped, MayMeet, Source, grouped, merged
from .evidence import LabelFree
from .models import LENGTH, NLI, Embedder, Matcher, Writer
from .models.scoring import finite
from .paper import UNSCORED_NOTE, PaperFilter
from .picture import Picture, Step, no_step, sign_of_life, ticks_at
from .profiles import DEFAULT, Profile
from .regions import intersection_area
from .statements import Reason, Saying, Statement, Verdict
from .verdicts import Scores, decided
from .written import not_read, read_words

WORDINGS = 2  # of a statement that are scored on a region: the most frequent ones


@dataclass(frozen=True)
class FilterSettings:
    """Attributes:
    threshold: what is kept must be above it (0..1): in the default profile the probability that a claim is
        true, in the paper's the matcher's score of a sentence; 0 takes the pack's own, or the matcher's.
    overlap: in the paper's profile, regions that overlap by more than this IoU are filtered together
        (paper: 0.4).
    profile: how it is decided.
    reader: what takes the captions apart: one of `claims.READERS`.
    """

    threshold: float = 0.0
    overlap: float = 0.4
    profile: Profile = DEFAULT
    reader: str = AUTO


def filter_statements(
    pictures: Sequence[Picture],
    matcher: Matcher,
    embedder: Embedder,
    settings: FilterSettings = FilterSettings(),
    *,
    reader: Reader | None = None,
    writer: Writer | None = None,
    nli: NLI | None = None,
    ocr: Matcher | None = None,
    step: Step = no_step,
) -> list[Picture]:
    """Decide about everything that the candidate captions say.

    Args:
        embedder: compares sentences where the paper's profile has no writer to sort them.
        reader: in place of the settings' one.
        writer: reads captions in languages that no installed pipeline reads, and sorts the sentences where
            the paper's profile decides; one that does not generate is not asked.
        nli: says whether a claim follows from another or contradicts it, where structure and lexicon leave that
            open; the paper's profile does not ask it.
        ocr: scores the words alone of claims that something is written in the image, by reading it.
        step: called as each region is scored.

    Returns:
        The pictures with `statements`: all of them, kept and dropped, each with its reason.
    """
    reader = reader or reader_for(settings.reader, writer, sign_of_life(step))
    pictures = read_captions(pictures, reader)
    if settings.profile.by_sentence:
        talking = writer if writer and writer.generates else None
        return [
            PaperFilter(picture, matcher, settings, talking, embedder, step).decided(index)
            for index, picture in enumerate(pictures)
        ]
    found = [_statements(picture, nli, step) for picture in pictures]
    texts = [[texts_of(p, s) for s in statements] for p, (statements, _) in zip(pictures, found)]
    tables = _score(pictures, [s for s, _ in found], texts, matcher, step)
    read = read_words(pictures, [s for s, _ in found], ocr, sign_of_life(step))
    done = []
    for picture, (statements, groups), wordings, table, words in zip(
        pictures, found, texts, tables, read
    ):
        calibration = matcher.calibration or _label_free(matcher, table, step)
        verdicts = decided(
            picture, statements, groups, wordings, table, calibration, settings.threshold, words
        )
        silent = bool(table) and all(score is None for score in table.values())
        done.append(
            picture.extended(
                notes=[*[UNSCORED_NOTE] * silent, *not_read(statements, ocr)],
                statements=(*verdicts, *_no_claims(picture)),
                threshold=settings.threshold,
                models={
                    "matcher": matcher.name,
                    "reader": reader.name,
                    **({"nli": nli.name} if nli else {}),
                    **({"ocr": ocr.name} if words and ocr else {}),
                },
                calls={"matcher": len({region for region, _ in table})},
            )
        )
    return done


def read_captions(pictures: Sequence[Picture], reader: Reader) -> list[Picture]:
    """Read every caption of every picture in one batch; things get one numbering for each picture."""
    places = [
        (index, region, number, completion)
        for index, picture in enumerate(pictures)
        for region in picture.root.walk()
        for number, completion in enumerate(picture.candidates.get(region.name, ()))
        if completion.text.strip()
    ]
    passages = [
        Passage(c.text, _frame(pictures[i], region.name), c.finish == LENGTH)
        for i, region, _, c in places
    ]
    read: list[dict[Source, Reading]] = [{} for _ in pictures]
    for (index, region, number, _), reading in zip(places, reader.read(passages), strict=True):
        read[index][region.name, number] = reading
    done = []
    for picture, readings in zip(pictures, read):
        scene = merged(readings, _may_meet(picture))
        notes = [note for reading in readings.values() for note in reading.notes]
        done.append(picture.extended(notes=notes, things=scene.things, readings=scene.readings))
    return done


def _frame(picture: Picture, region: str):
    return None if region == picture.root.name else picture.fraction(picture.root.find(region).box)


def _may_meet(picture: Picture) -> MayMeet:
    """Whether two regions can show the same thing: patches overlap where a thing straddles them."""
    regions = list(picture.root.walk())
    meeting = {
        (a.name, b.name) for a in regions for b in regions if intersection_area(a.box, b.box)
    }
    return lambda a, b: (a, b) in meeting


def statements_of(picture: Picture) -> list[Statement]:
    """What the captions of a picture that was read state, before anything is decided."""
    return _statements(picture, None, no_step)[0]


def _statements(
    picture: Picture, nli: NLI | None, step: Step
) -> tuple[list[Statement], Grouped]:
    claims: list[Claim] = []
    sayings: list[Saying] = []
    for (region, number), reading in picture.readings.items():
        for index, claim in enumerate(reading.claims):
            said = reading.sentences[claim.sentence].said
            claims.append(claim)
            sayings.append(Saying(region, number, said, index, claim.sentence))
    sources = [s.source for s in sayings]
    groups = grouped(claims, sources, picture.things)
    if nli:
        groups = _compared(picture, claims, sources, groups, nli, step)
    statements = []
    for group in groups.groups:
        best = _wordings([claims[i] for i in group])[0]
        said = tuple(dict.fromkeys(sayings[i] for i in group))
        statement = Statement(best.text, said, claim=best)
        statements.append(replace(statement, asked=picture.asked(statement.regions)))
    return statements, groups


def _compared(
    picture: Picture,
    claims: Sequence[Claim],
    sources: Sequence[Source],
    groups: Grouped,
    nli: NLI,
    step: Step,
) -> Grouped:
    """The groups with what the model of natural language inference says of the pairs that are open."""
    pairs = open_pairs(claims, sources, groups, _may_meet(picture))
    texts = [claims[group[0]].text for group in groups.groups]
    forward = [(texts[a], texts[b]) for a, b in pairs]
    backward = [(texts[b], texts[a]) for a, b in pairs]
    said = nli.infer([*forward, *backward], sign_of_life(step)) if pairs else []
    return inferred(claims, sources, groups, dict(zip(pairs, zip(said, said[len(pairs) :]))))


def _wordings(claims: Sequence[Claim]) -> list[Claim]:
    """One claim for each wording, firm ones first, then the most frequent."""
    times = Counter(claim.text for claim in claims)
    ranked = sorted(claims, key=lambda c: (c.hedged, -times[c.text], len(c.text), c.text))
    return list({claim.text: claim for claim in reversed(ranked)}.values())[::-1]


def texts_of(picture: Picture, statement: Statement) -> list[str]:
    """The wordings of a statement that are scored."""
    said = [picture.readings[s.source].claims[s.claim] for s in statement.sayings]
    texts = dict.fromkeys(claim.firm or claim.text for claim in _wordings(said))
    return list(texts)[:WORDINGS]


def _score(
    pictures: Sequence[Picture],
    found: Sequence[Sequence[Statement]],
    texts: Sequence[Sequence[Sequence[str]]],
    matcher: Matcher,
    step: Step,
) -> list[Scores]:
    """Score each statement where it was said and on the whole image: each crop once, with all its texts."""
    batches, places = [], []
    for index, (picture, statements, wordings) in enumerate(zip(pictures, found, texts)):
        of_region: dict[str, dict[str, None]] = {}
        for statement, said in zip(statements, wordings):
            for region in dict.fromkeys((*statement.regions, picture.root.name)):
                of_region.setdefault(region, {}).update(dict.fromkeys(said))
        for name, said in of_region.items():
            batches.append((picture.view(name), list(said)))
            places.append((index, name))
    tables: list[Scores] = [{} for _ in pictures]
    if batches:
        answers = matcher.score(batches, ticks_at(places, step))
        for (index, name), (_, texts_), values in zip(places, batches, answers, strict=True):
            tables[index].update(zip(((name, t) for t in texts_), finite(values), strict=True))
    return tables


def _label_free(matcher: Matcher, table: Scores, step: Step) -> LabelFree:
    texts = list(dict.fromkeys(text for _, text in table))
    baseline = dict(zip(texts, matcher.baseline(texts, sign_of_life(step)))) if texts else {}
    scores = [value for value in table.values() if value is not None]
    return LabelFree(baseline, scores, matcher.threshold)


def _no_claims(picture: Picture) -> list[Statement]:
    """What claims nothing of the image: listed, so that nothing disappears."""
    return [
        Statement(
            text, (Saying(region, number, text),), picture.asked((region,))
        ).decided(Verdict.DROPPED, Reason.NOT_A_CLAIM)
        for (region, number), reading in picture.readings.items()
        for text in reading.not_claims
    ]
