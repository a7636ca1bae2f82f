"""Stage 4: kept statements + a writer -> region captions and the one caption of the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .checking import Checked, check, without_doubled
from .claims import AUTO, Claim, Reader, Reading
from .claims.readers import reader_for
from .claims.sayable import is_sayable
from .compose import compose, compose_sentences, not_said
from .models import ERROR, NLI, REFUSAL, Completion, Fact, Writer, WritingRequest, requests_of
from .models.writing import missing_prompt
from .picture import Picture, Step, no_step, sign_of_life
from .profiles import DEFAULT, LENGTHS, Profile
from .regions import IMAGE, WHOLE, Region, iou
from .statements import Reason, Statement, Verdict

NEIGHBOURS_IOU = 0.4  # overlapping patches are written together above it (paper, section 3.3)


@dataclass(frozen=True)
class AggregateSettings:
    """Attributes:
    length: "short", "medium" or "long": see `LENGTHS`.
    profile: how the writer is asked.
    reader: what takes the written text apart: one of `claims.READERS`.
    seed: for the writer.
    """

    length: str = "long"
    profile: Profile = DEFAULT
    reader: str = AUTO
    seed: int = 0


def kept_statements(picture: Picture) -> list[Statement]:
    """The kept statements, most important first.

    Importance: said of how many regions, then the score, or the support where there is none.
    """

    def weight(statement: Statement) -> tuple[int, float]:
        said, asked = statement.support
        score = said / asked if statement.score is None else statement.score
        return (-len(statement.regions), -score)

    return sorted((s for s in picture.statements if s.verdict is Verdict.KEPT), key=weight)


def facts_of(picture: Picture, region: str = "") -> tuple[Fact, ...]:
    """The kept statements as facts, most important first; those of one region where it is named."""
    facts = []
    order = {id(s): number for number, s in enumerate(picture.statements)}
    for statement in kept_statements(picture):
        if region and region not in statement.regions:
            continue
        if statement.claim and not is_sayable(statement.claim):
            continue
        regions = [picture.root.find(name) for name in statement.regions]
        # What the whole image also shows needs no place; else the smallest region says it best.
        whole = next((r for r in regions if r.kind == IMAGE), None)
        place = whole or min(regions, key=lambda r: r.box.area)
        claim = statement.claim
        thing = picture.things[claim.thing].name if claim and claim.thing >= 0 else ""
        box = picture.fraction(place.box)
        facts.append(
            Fact(statement.text, place.name, box, statement.score, order[id(statement)], thing)
        )
    return tuple(facts)


def kept_reading(picture: Picture) -> Reading:
    """What was kept, as one reading: the facts that a written text is checked against."""
    claims: list[Claim] = []
    for statement in picture.statements:
        if statement.verdict is not Verdict.KEPT:
            continue
        if statement.claim:
            claims.append(statement.claim)
        for saying in statement.sayings if not statement.claim else ():
            said = picture.readings[saying.source].claims
            claims += [c for c in said if c.sentence == saying.sentence]
    return Reading((), picture.things, tuple(claims), ())


def aggregate(
    pictures: Sequence[Picture],
    writer: Writer,
    settings: AggregateSettings = AggregateSettings(),
    *,
    reader: Reader | None = None,
    nli: NLI | None = None,
    step: Step = no_step,
) -> list[Picture]:
    """Write one caption for each picture, and for each region what was kept of its own.

    What a writer claims beyond the kept statements is taken out, and what it left out is added; both are
    noted. Where the writer fails, its caption is what was kept, arranged by rules.

    Args:
        reader: in place of the settings' one.
        nli: says whether what was written follows from the facts, where structure and lexicon leave that open.
    """
    reader = reader or reader_for(settings.reader, writer, sign_of_life(step))
    maximum = LENGTHS[settings.length]
    requests = [
        WritingRequest(facts_of(picture), maximum, seed=settings.seed) for picture in pictures
    ]
    spent: list[list[Completion]] = [[] for _ in pictures]
    if settings.profile.by_level and writer.generates:
        requests, spent = _write_regions(pictures, requests, writer, step)
    asked = [i for i, r in enumerate(requests) if r.facts and settings.profile.writes]
    answers: dict[int, Completion] = {}
    if asked and writer.generates:
        written = writer.write([requests[i] for i in asked], sign_of_life(step))
        answers = dict(zip(asked, written, strict=True))

    done = []
    for index, (picture, request) in enumerate(zip(pictures, requests)):
        notes: list[str] = []
        caption = ""
        if index in answers:
            spent[index].append(answers[index])
            caption = _written(
                picture, answers[index], request, writer, reader, nli, spent[index], notes, step
            )
        if not caption and request.facts:
            caption = compose(picture, max_sentences=maximum)
        if not maximum:
            odd = not_said(picture)
            notes += [f'Not said, because it would be no English sentence: "{text}"' for text in odd]
        if not request.facts:
            caption = _nothing_kept(picture, notes)
        captions = {region.name: compose(picture, region.name) for region in picture.root.walk()}
        done.append(
            picture.extended(
                caption=caption,
                captions=captions,
                notes=notes,
                models={"writer": writer.name} if settings.profile.writes else {},
                calls={"writer": sum(requests_of([c]) for c in spent[index])},
                tokens={"writer": sum(c.tokens for c in spent[index])},
            )
        )
        step(index, WHOLE)
    return done


def _nothing_kept(picture: Picture, notes: list[str]) -> str:
    """The caption where nothing passed the filter: none where a threshold was set, for that is what was asked
    for; else what the captioner said of the whole image, unfiltered."""
    if picture.threshold:
        notes.append(
            f"Nothing reached the threshold of {picture.threshold:.2f}, so the caption is empty: lower "
            "the threshold of the Semantic Filter, or set it to 0 for the pack's own."
        )
        return ""
    doubted = (Reason.IMPROBABLE, Reason.BELOW, Reason.MINORITY)
    kept = {
        (saying.source, saying.sentence): None
        for s in picture.statements
        for saying in s.sayings
        if s.reason in doubted and saying.region == picture.root.name and saying.sentence >= 0
    }
    caption = " ".join(picture.readings[source].sentences[i].text for source, i in sorted(kept))
    notes.append(
        "Nothing passed the filter: the caption is what the captioner said of the whole image, "
        "unfiltered."
        if caption
        else "The captioner said nothing that can be used: the caption is empty."
    )
    return caption


def _written(
    picture: Picture,
    answer: Completion,
    request: WritingRequest,
    writer: Writer,
    reader: Reader,
    nli: NLI | None,
    spent: list[Completion],
    notes: list[str],
    step: Step,
) -> str:
    """The writer's text, checked and completed; empty if nothing of it can be used."""
    if answer.finish in (ERROR, REFUSAL) or not answer.text.strip():
        why = answer.detail or answer.finish if answer.text.strip() == "" else answer.finish
        notes.append(
            f"The writer gave no caption ({why}): what was kept is arranged by rules instead."
        )
        return ""
    facts = kept_reading(picture)
    best = check(answer, facts, reader, nli, sign_of_life(step))
    if best.missing and not request.max_sentences and hasattr(writer, "answer"):
        texts = [facts.claims[i].text for i in best.missing]
        prompt = missing_prompt(" ".join(best.sentences), texts)
        [again] = writer.answer(
            [prompt], sign_of_life(step), temperature=request.temperature, seed=request.seed
        )
        spent.append(again)
        if again.finish not in (ERROR, REFUSAL) and again.text.strip():
            second = check(again, facts, reader, nli, sign_of_life(step))
            if len(second.missing) < len(best.missing):
                best = second
    notes += [f'Removed: not supported by anything kept: "{text}"' for text in best.removed]
    sentences = list(best.sentences)
    if not request.max_sentences:
        added = _missing_sentences(picture, facts, best)
        notes += [f'Added: the writer left it out: "{text}"' for text in added]
        sentences = without_doubled(sentences, added, reader)
    return " ".join(sentences[: request.max_sentences or None])


def _missing_sentences(picture: Picture, facts: Reading, checked: Checked) -> list[str]:
    """Sentences, by rules, for the kept statements that a text does not say."""
    absent = {facts.claims[i] for i in checked.missing}
    kept = [i for i, s in enumerate(picture.statements) if s.verdict is Verdict.KEPT]
    known = [i for i in kept if picture.statements[i].claim not in absent]
    return compose_sentences(picture, known=known) if checked.sentences else []


def _write_regions(
    pictures: Sequence[Picture], final: Sequence[WritingRequest], writer: Writer, step: Step
) -> tuple[list[WritingRequest], list[list[Completion]]]:
    """The paper's levels: each region, then overlapping patches together, as drafts of the last."""
    places = [
        (index, region)
        for index, picture in enumerate(pictures)
        for region in picture.root.walk()
        if facts_of(picture, region.name)
    ]
    first = [
        WritingRequest(facts_of(pictures[i], r.name), temperature=0.6, seed=final[i].seed)
        for i, r in places
    ]
    written = writer.write(first, sign_of_life(step)) if first else []
    drafts: list[dict[str, str]] = [{} for _ in pictures]
    spent: list[list[Completion]] = [[] for _ in pictures]
    for (index, region), completion in zip(places, written, strict=True):
        drafts[index][region.name] = completion.text
        spent[index].append(completion)

    groups = [
        (index, group)
        for index, picture in enumerate(pictures)
        for group in overlapping_groups(picture.root.children, drafts[index])
    ]
    second = [
        WritingRequest(
            tuple(dict.fromkeys(f for name in group for f in facts_of(pictures[i], name))),
            drafts=tuple((name, drafts[i][name]) for name in group),
            temperature=0.6,
            seed=final[i].seed,
        )
        for i, group in groups
    ]
    merged = writer.write(second, sign_of_life(step)) if second else []
    for (index, group), completion in zip(groups, merged, strict=True):
        for name in group:
            del drafts[index][name]
        drafts[index][" + ".join(group)] = completion.text
        spent[index].append(completion)
    return [replace(r, drafts=tuple(drafts[i].items())) for i, r in enumerate(final)], spent


def overlapping_groups(
    regions: Sequence[Region], described: Mapping[str, str]
) -> list[tuple[str, ...]]:
    """The connected groups (two or more) of described regions that overlap by `NEIGHBOURS_IOU`."""
    groups: list[list[Region]] = []
    for region in (r for r in regions if r.name in described):
        near = [
            g for g in groups if any(iou(region.box, other.box) > NEIGHBOURS_IOU for other in g)
        ]
        groups = [g for g in groups if not any(g is n for n in near)]
        groups.append([*(r for g in near for r in g), region])
    return [tuple(r.name for r in group) for group in groups if len(group) > 1]
