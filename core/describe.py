"""Stage 2: the tree of regions + a captioner -> candidate captions of each region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .evidence import Prior
from .models import ERROR, REFUSAL, Captioner, CaptionRequest, Completion, requests_of
from .models.cleaning import cleaned
from .picture import Picture, Step, no_step, ticks_at
from .prompts import load_prompt, with_context
from .refusals import told_apart
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
    pictures: Sequence[Picture],
    captioner: Captioner,
    settings: DescribeSettings = DescribeSettings(),
    *,
    step: Step = no_step,
) -> list[Picture]:
    """Caption every region of every picture, in one call of the captioner.

    A region that already has candidates (the whole image, where the first stage captioned it) is
    not asked for again. A caption that the image came with (`Picture.existing_caption`) becomes one more
    candidate of the whole image.

    Args:
        step: called as each region is done.
    """
    places, requests = [], []
    for index, picture in enumerate(pictures):
        for order, region in enumerate(picture.root.walk()):
            if region.name in picture.candidates:
                continue
            places.append((index, region.name))
            if region is picture.root:
                requests.append(
                    whole_image_request(
                        picture.image,
                        seed=settings.seed,
                        max_tokens=settings.max_tokens,
                        context=picture.context,
                    )
                )
            else:
                requests.append(
                    CaptionRequest(
                        picture.crop(region.box),
                        with_context(settings.prompt or load_prompt("patch"), picture.context),
                        settings.candidates,
                        settings.temperature,
                        settings.max_tokens,
                        settings.seed + order,
                        picture.fraction(region.box),
                    )
                )
    answers = captioner.caption(requests, ticks_at(places, step)) if requests else []

    asked = {index for index, _ in places}
    said: list[dict] = [dict(picture.candidates) for picture in pictures]
    calls, tokens = [0] * len(pictures), [0] * len(pictures)
    notes: list[list[str]] = [[] for _ in pictures]
    for (index, name), completions in zip(places, answers, strict=True):
        completions = said[index][name] = told_apart(completions)
        calls[index] += requests_of(completions)
        tokens[index] += sum(c.tokens for c in completions)
        failed = {c.detail or c.finish for c in completions if c.finish == ERROR}
        notes[index] += [f"The region “{name}” has no caption: {why}" for why in sorted(failed)]
        notes[index] += [
            f'The caption of the region "{name}": {c.detail}'
            for c in completions
            if c.detail and c.finish not in (ERROR, REFUSAL)
        ]
        refused = {c.detail for c in completions if c.finish == REFUSAL}
        notes[index] += [
            f"The captioner refused the region “{name}”: {why}" for why in sorted(refused)
        ]
        if not any(c.text.strip() for c in completions) and not failed | refused:
            notes[index].append(f"The captioner said nothing about the region “{name}”.")
    for picture, candidates in zip(pictures, said):
        if picture.existing_caption.strip():
            existing = cleaned(Completion(picture.existing_caption))
            candidates[picture.root.name] = (*candidates.get(picture.root.name, ()), existing)
    return [
        picture.extended(
            candidates=said[i],
            said_by=getattr(captioner, "prior", Prior()),
            notes=notes[i],
            models={"captioner": captioner.name} if i in asked else {},
            calls={"captioner": calls[i]},
            tokens={"captioner": tokens[i]},
        )
        for i, picture in enumerate(pictures)
    ]
