"""Stage 4: writes the caption of each region and of the whole image from the kept statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from .caption_check import Checked, check, without_doubled
from .claims import Reader, Reading
from .claims.readers import reader_for
from .compose import compose, compose_sentences, not_said
from .facts import (
    NOTHING_PASSED,
    NOTHING_REACHED,
    NOTHING_SAID,
    NOTHING_TO_DESCRIBE,
    facts_of,
    kept_reading,
    kept_statements,
)
from .focus_claims import without_ignored
from .image_record import ImageRecord, StageProgress, heartbeat, no_progress
from .models import (
    ERROR,
    NLI,
    REFUSAL,
    ChatModel,
    Completion,
    ModelProgress,
    Writer,
    WritingRequest,
    requests_of,
)
from .models.writer_prompts import missing_prompt
from .profiles import LENGTHS
from .region_writing import write_regions
from .regions import WHOLE
from .sentences import join_sentences, within_limit
from .settings import AggregateSettings
from .statements import Reason, Verdict
from .styles import Style, is_in
from .tags import joined, limited, tags_of_record, tags_of_text
from .translation import check_translation


def aggregate(
    records: Sequence[ImageRecord],
    writer: Writer,
    settings: AggregateSettings = AggregateSettings(),
    *,
    reader: Reader | None = None,
    nli: NLI | None = None,
    on_progress: StageProgress = no_progress,
) -> list[ImageRecord]:
    """Write one caption for each image, and one for each region from its own kept statements.

    What a writer claims beyond the kept statements is removed, and what it left out is added; notes list both.
    If the writer fails, the kept sentences are arranged by rules.

    Args:
        reader: used instead of the settings' one.
        nli: decides whether the text follows from the facts, where grammar and lexicon cannot.
    """
    reader = reader or reader_for(settings.reader, writer, heartbeat(on_progress))
    styles = [settings.style or record.style for record in records]
    requests = [_request(record, style, settings) for record, style in zip(records, styles)]
    spent: list[list[Completion]] = [[] for _ in records]
    if settings.profile.by_level and writer.generates:
        requests, spent = write_regions(records, requests, writer, on_progress)
    asked = [
        i
        for i, (record, request) in enumerate(zip(records, requests))
        if request.facts
        and settings.profile.writes
        and not styles[i].tags
        and not record.own_caption
    ]
    answers: dict[int, Completion] = {}
    if asked and writer.generates:
        written = writer.write([requests[i] for i in asked], heartbeat(on_progress))
        answers = dict(zip(asked, written, strict=True))

    done = []
    for index, (record, request, style) in enumerate(zip(records, requests, styles)):
        notes: list[str] = []
        caption = ""
        maximum = request.max_sentences
        if index in answers:
            spent[index].append(answers[index])
            caption = _written(
                record,
                answers[index],
                request,
                writer,
                reader,
                nli,
                spent[index],
                notes,
                on_progress,
            )
        if record.own_caption:
            caption = record.own_caption
        elif style.tags:
            caption = _tags(record, style, most_things=LENGTHS[settings.length])
        elif not caption and request.facts:
            caption = compose(record, max_sentences=maximum)
            notes += _not_translated(request, writer)
        if not maximum and not style.tags and not record.own_caption:
            odd = not_said(record)
            notes += [
                f'Not said, because it would be no English sentence: "{text}"' for text in odd
            ]
        if not request.facts and not record.own_caption:
            caption = _nothing_kept(record, notes)
            caption = joined(tags_of_text(caption, style.tags)) if style.tags else caption
        ignored: list[str] = []
        if not record.own_caption:
            caption, ignored = without_ignored(caption, record)
        notes += [f'Removed: it says what is to be ignored: "{text}"' for text in ignored]
        captions = {
            region.name: _tags(record, style, region.name, LENGTHS[settings.length])
            if style.tags
            else compose(record, region.name)
            for region in record.root.walk()
        }
        done.append(
            record.extended(
                caption=caption,
                captions=captions,
                style=style,
                length=settings.length,
                notes=notes,
                models={"writer": writer.name} if settings.profile.writes else {},
                calls={"writer": sum(requests_of([c]) for c in spent[index])},
                tokens={"writer": sum(c.tokens for c in spent[index])},
            )
        )
        on_progress(index, WHOLE)
    return done


def _request(record: ImageRecord, style: Style, settings: AggregateSettings) -> WritingRequest:
    """Return the request for the caption of an image in a style, with the lower of the two limits."""
    told = "\n\n".join(filter(None, (style.for_writer(record.context), *record.focus.words(style))))
    return WritingRequest(
        facts_of(record),
        _most_sentences(style, settings.length),
        seed=settings.seed,
        instruction=told,
        language=style.language,
    )


def _most_sentences(style: Style, length: str) -> int:
    """Return the lower of the limits of a style and of a length; 0 where there is none."""
    return min((n for n in (LENGTHS[length], style.max_sentences) if n), default=0)


def _tags(record: ImageRecord, style: Style, region: str = "", most_things: int = 0) -> str:
    """Return the kept claims as tags, or those of one region: of the first so many things, or of all (0)."""
    kept = [s for s in kept_statements(record) if not region or region in s.regions]
    return joined(limited(tags_of_record(record, kept, style.tags), most_things))


def _translates(request: WritingRequest) -> bool:
    """Return whether most facts are in another language than the caption is to be in."""
    foreign = sum(not is_in(fact.text, request.language) for fact in request.facts)
    return 2 * foreign > len(request.facts)


def _not_translated(request: WritingRequest, writer: Writer) -> list[str]:
    """Return a note where a caption that is arranged by rules is not in the language of its style."""
    if writer.generates or not _translates(request):
        return []
    return [
        "The captions are in another language than the style asks for, and the rule-based writer cannot "
        "translate. Connect a chat model as writer."
    ]


def _nothing_kept(record: ImageRecord, notes: list[str]) -> str:
    """Return the caption for an image of which nothing passed the filter. It is empty if the user set a
    threshold or said what is to be described; otherwise it is the captioner's unfiltered caption of the whole image.
    """
    if record.focus:
        notes.append(NOTHING_TO_DESCRIBE)
        return ""
    if record.threshold:
        notes.append(
            f"{NOTHING_REACHED}{record.threshold:.2f}, so the caption is empty. Lower the "
            "threshold of the Semantic Filter, or set it to 0 for the default."
        )
        return ""
    doubted = (Reason.IMPROBABLE, Reason.BELOW, Reason.MINORITY)
    kept = {
        (occurrence.source, occurrence.sentence): None
        for s in record.statements
        for occurrence in s.occurrences
        if s.reason in doubted
        and occurrence.region == record.root.name
        and occurrence.sentence >= 0
    }
    sentences = (record.readings[source].sentences[i].text for source, i in sorted(kept))
    caption = join_sentences(sentences)
    notes.append(NOTHING_PASSED if caption else NOTHING_SAID)
    return caption


def _written(
    record: ImageRecord,
    answer: Completion,
    request: WritingRequest,
    writer: Writer,
    reader: Reader,
    nli: NLI | None,
    spent: list[Completion],
    notes: list[str],
    on_progress: StageProgress,
) -> str:
    """Return the writer's text, checked and completed, or an empty string if none of it is usable."""
    if answer.finish in (ERROR, REFUSAL) or not answer.text.strip():
        why = answer.detail or answer.finish if answer.text.strip() == "" else answer.finish
        notes.append(
            f"The writer gave no caption ({why}), so the kept sentences are arranged by rules instead."
        )
        return ""
    facts = kept_reading(record)
    translates = _translates(request) and hasattr(writer, "answer")

    def checked(written: Completion) -> Checked:
        if not translates:
            return check(written, facts, reader, nli, heartbeat(on_progress))
        talker = cast(ChatModel, writer)
        found, translated = check_translation(written, facts, talker, heartbeat(on_progress))
        spent.extend([translated] if translated else [])
        return found

    best = checked(answer)
    if best.missing and not request.max_sentences and hasattr(writer, "answer"):
        texts = [facts.claims[i].text for i in best.missing]
        prompt = missing_prompt(join_sentences(best.sentences), texts, request.instruction)
        [again] = writer.answer(
            [prompt], heartbeat(on_progress), temperature=request.temperature, seed=request.seed
        )
        spent.append(again)
        if again.finish not in (ERROR, REFUSAL) and again.text.strip():
            second = checked(again)
            if len(second.missing) < len(best.missing):
                best = second
    notes += [f'Removed, because no kept claim supports it: "{text}"' for text in best.removed]
    maximum, sentences = request.max_sentences, list(best.sentences)
    if translates:
        notes += [f'The writer left out: "{facts.claims[i].text}"' for i in best.missing]
        return join_sentences(sentences[: maximum or None])
    # A short text leaves out much, but not what the user decided.
    added = _missing_sentences(record, facts, best, only_users=bool(maximum))
    notes += [f'Added, because the writer left it out: "{text}"' for text in added]
    return _joined(sentences, added, maximum, reader)


def revised(
    record: ImageRecord, reader: Reader, on_progress: ModelProgress = lambda index: None
) -> ImageRecord:
    """Return a record whose statements were edited, with its caption brought in line with them.

    What no kept statement supports any more is removed from the caption, and what the user decided is added; the rest
    of the caption stays as it was written. A list of tags is made anew, as long as it was asked for.
    """
    most, maximum = LENGTHS[record.length], _most_sentences(record.style, record.length)
    if record.style.tags:
        tags = {
            r.name: _tags(record, record.style, r.name, most_things=most)
            for r in record.root.walk()
        }
        return replace(record, caption=_tags(record, record.style, most_things=most), captions=tags)
    facts = kept_reading(record)
    checked = check(Completion(record.caption), facts, reader, None, on_progress)
    added = _missing_sentences(record, facts, checked, only_users=True)
    caption = _joined(checked.sentences, added, maximum, reader)
    caption = caption or compose(record, max_sentences=maximum)
    captions = {region.name: compose(record, region.name) for region in record.root.walk()}
    return replace(record, caption=caption, captions=captions)


def _joined(sentences: Sequence[str], added: Sequence[str], maximum: int, reader: Reader) -> str:
    """Return a caption of sentences and those added, within a limit, without what then would be said twice."""
    left = without_doubled(sentences, added, reader)
    return join_sentences(within_limit(left[: len(left) - len(added)], added, maximum))


def _missing_sentences(
    record: ImageRecord, facts: Reading, checked: Checked, only_users: bool = False
) -> list[str]:
    """Write sentences by rule for the kept statements that a text leaves out.

    Args:
        only_users: of these, only for those that the user decided.
    """
    absent = {facts.claims[i].text for i in checked.missing}
    known = [
        i
        for i, s in enumerate(record.statements)
        if s.verdict is Verdict.KEPT
        and (
            s.claim is None
            or s.claim.text not in absent
            or (only_users and s.reason is not Reason.BY_USER)
        )
    ]
    return compose_sentences(record, known=known) if checked.sentences else []
