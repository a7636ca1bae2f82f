"""Stage 2: samples candidate captions for each region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .evidence import Prior
from .image_record import GIVEN, ImageRecord, StageProgress, no_progress, region_progress
from .models import ERROR, REFUSAL, Captioner, CaptionRequest, Completion, requests_of
from .models.cleaning import cleaned
from .refusals import marked_refusals
from .settings import DescribeSettings
from .styles import is_in
from .whole import composed_prompt, whole_image_request


def describe(
    records: Sequence[ImageRecord],
    captioner: Captioner,
    settings: DescribeSettings = DescribeSettings(),
    *,
    on_progress: StageProgress = no_progress,
) -> list[ImageRecord]:
    """Caption every region of every image in one call of the captioner.

    A region that already has candidates (the whole image, where the first stage captioned it) is not asked for
    again, unless that was in another style: the earlier caption then remains as one more candidate, if it is in
    the same language. So does a caption that the image came with (`ImageRecord.existing_caption`).

    Args:
        on_progress: called as each region is done.
    """
    places, requests = [], []
    earlier = [_earlier(record, settings) for record in records]
    records = [_asked_anew(record, settings) for record in records]
    for index, record in enumerate(records):
        for order, region in enumerate(record.root.walk()):
            if region.name in record.candidates:
                continue
            places.append((index, region.name))
            if region is record.root:
                requests.append(
                    whole_image_request(
                        record,
                        settings.style,
                        seed=settings.seed,
                        max_tokens=settings.max_tokens,
                    )
                )
            else:
                requests.append(
                    CaptionRequest(
                        record.view(region.name),
                        composed_prompt(
                            settings.prompt or settings.style.prompt("patch"),
                            record,
                            settings.style,
                        ),
                        settings.candidates,
                        settings.temperature,
                        settings.max_tokens,
                        settings.seed + order,
                        record.fraction(record.seen(region.name)),
                    )
                )
    answers = captioner.caption(requests, region_progress(places, on_progress)) if requests else []

    asked = {index for index, _ in places}
    said: list[dict] = [dict(record.candidates) for record in records]
    calls, tokens = [0] * len(records), [0] * len(records)
    notes: list[list[str]] = [[] for _ in records]
    for (index, name), answered in zip(places, answers, strict=True):
        completions = said[index][name] = marked_refusals(answered)
        calls[index] += requests_of(completions)
        tokens[index] += sum(c.tokens for c in completions)
        failed = {c.detail or c.finish for c in completions if c.finish == ERROR}
        notes[index] += [f'The region "{name}" has no caption: {why}' for why in sorted(failed)]
        notes[index] += [
            f'The caption of the region "{name}": {c.detail}'
            for c in completions
            if c.detail and c.finish not in (ERROR, REFUSAL)
        ]
        refused = {c.detail for c in completions if c.finish == REFUSAL}
        notes[index] += [
            f'The captioner refused the region "{name}": {why}' for why in sorted(refused)
        ]
        if not any(c.text.strip() for c in completions) and not failed | refused:
            notes[index].append(f'The captioner said nothing about the region "{name}".')
    for record, candidates, before in zip(records, said, earlier):
        if before:
            candidates[record.root.name] = (*candidates[record.root.name], *before)
        if record.existing_caption.strip():
            existing = cleaned(Completion(record.existing_caption))
            candidates[record.root.name] = (*candidates.get(record.root.name, ()), existing)
    return [
        record.extended(
            candidates=said[i],
            captioner_prior=getattr(captioner, "prior", Prior()),
            notes=notes[i],
            models={"captioner": captioner.name} if i in asked else {},
            calls={"captioner": calls[i]},
            tokens={"captioner": tokens[i]},
        )
        for i, record in enumerate(records)
    ]


def _stale(record: ImageRecord, settings: DescribeSettings) -> bool:
    """Return whether the captioner was asked about the whole image before, but for another caption."""
    if record.root.name not in record.candidates or GIVEN in record.models:
        return False
    return record.style != settings.style or settings.known.strip() not in record.context


def _earlier(record: ImageRecord, settings: DescribeSettings) -> list[Completion]:
    """Return the stale captions of the whole image that are in the style's language."""
    if not _stale(record, settings):
        return []
    said = record.candidates[record.root.name]
    return [c for c in said if is_in(c.text, settings.style.language)]


def _asked_anew(record: ImageRecord, settings: DescribeSettings) -> ImageRecord:
    """Return the record with style and knowledge, and without what has to be asked again."""
    left = dict(record.candidates)
    if _stale(record, settings):
        del left[record.root.name]
    known = settings.known.strip()
    context = record.context
    if known not in context:
        context = f"{context}\n{known}".strip()
    return replace(record, candidates=left, style=settings.style, context=context)
