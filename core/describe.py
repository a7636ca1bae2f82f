"""Stage 2: samples candidate captions for each region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .evidence import Prior
from .image_record import ImageRecord, StageProgress, no_progress, region_progress
from .models import ERROR, REFUSAL, Captioner, CaptionRequest, Completion, requests_of
from .models.cleaning import cleaned
from .prompts import load_prompt, with_context
from .refusals import marked_refusals
from .whole import whole_image_request


@dataclass(frozen=True)
class DescribeSettings:
    """Defaults are the paper's.

    Attributes:
        prompt: asked of every patch; empty for the pack's own.
        candidates: captions of each patch.
        temperature: of the patches' captions; the whole image always has `GLOBAL_TEMPERATURE`.
        max_tokens: of one caption.
        seed: with the place in the tree it decides every sample.
    """

    prompt: str = ""
    candidates: int = 3
    temperature: float = 0.7
    max_tokens: int = 300
    seed: int = 0


def describe(
    records: Sequence[ImageRecord],
    captioner: Captioner,
    settings: DescribeSettings = DescribeSettings(),
    *,
    on_progress: StageProgress = no_progress,
) -> list[ImageRecord]:
    """Caption every region of every image in one call of the captioner.

    A region that already has candidates (the whole image, where the first stage captioned it) is
    not asked for again. A caption that the image came with (`ImageRecord.existing_caption`) becomes one more
    candidate of the whole image.

    Args:
        on_progress: called as each region is done.
    """
    places, requests = [], []
    for index, record in enumerate(records):
        for order, region in enumerate(record.root.walk()):
            if region.name in record.candidates:
                continue
            places.append((index, region.name))
            if region is record.root:
                requests.append(
                    whole_image_request(
                        record.image,
                        seed=settings.seed,
                        max_tokens=settings.max_tokens,
                        context=record.context,
                    )
                )
            else:
                requests.append(
                    CaptionRequest(
                        record.crop(region.box),
                        with_context(settings.prompt or load_prompt("patch"), record.context),
                        settings.candidates,
                        settings.temperature,
                        settings.max_tokens,
                        settings.seed + order,
                        record.fraction(region.box),
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
    for record, candidates in zip(records, said):
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
