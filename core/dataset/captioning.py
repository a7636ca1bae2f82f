"""From a batch of planned images to results: through the stages, one image costing one image."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from ..compose import ranked_sentences
from ..errors import PatchMattersError
from ..excluding import excluded_count, without_topics
from ..facts import kept_statements
from ..image_record import ImageRecord
from ..models import ERROR
from ..pipeline import Models, Progress, run_each
from ..profiles import LENGTHS
from ..report import as_dict
from ..stages import Source
from ..statements import Verdict
from ..styles import PHRASES, Style
from ..tags import joined, tags_of_record
from .choices import IMPROVE
from .job import Job
from .ledger import Result
from .planning import Plan
from .words import Captions, one_line


class Interrupted(BaseException):
    """Carries what an observer raised past everything that handles the faults of an image."""

    def __init__(self, cause: BaseException):
        self.cause = cause


def caption_batch(
    plans: Sequence[Plan], job: Job, models: Models, progress: Progress
) -> list[Result | Exception]:
    """Caption planned images, stage by stage; for each its result, or why it has none."""
    started = time.monotonic()
    sources = [
        Source(
            plan.image,
            context=plan.context,
            existing_caption=(plan.before or "") if job.existing == IMPROVE else "",
        )
        for plan in plans
    ]
    records = run_each(job.settings, sources, models, progress)
    seconds = (time.monotonic() - started) / len(plans)
    return [
        record if isinstance(record, Exception) else _result(plan, record, job, seconds)
        for plan, record in zip(plans, records)
    ]


def _result(plan: Plan, record: ImageRecord, job: Job, seconds: float) -> Result | Exception:
    if not record.caption.strip():
        why = record.notes[-1] if record.notes else "the captioner said nothing."
        return PatchMattersError(f"{plan.path} has no caption: {why}")
    failed = [
        c.detail or c.finish
        for said in record.candidates.values()
        for c in said
        if c.finish == ERROR
    ]
    return Result(
        plan.key,
        plan.content,
        captions_of(record, job.settings.exclude, job.settings.aggregate.style),
        doubt(record),
        excluded_count(record),
        seconds,
        # Each region's crop is one question to a verifier, though a local one answers many at once.
        sum(count for role, count in record.calls.items() if role != "detector"),
        sum(record.tokens.values()),
        f"{len(failed)} captions of patches are missing: {failed[0]}" if failed else "",
        as_dict(record),
    )


def captions_of(
    record: ImageRecord, exclude: Sequence[str] = (), style: Style | None = None
) -> Captions:
    """Return the caption of an image, shorter ones of what was kept, and tags, in the form of the style if it
    asks for tags.
    """
    sentences, by_rank = ranked_sentences(record)

    def best(length: str) -> str:
        chosen = sorted(by_rank[: LENGTHS[length]])
        return without_topics(" ".join(sentences[i] for i in chosen), exclude)[0]

    long = one_line(record.caption)
    medium, short = (one_line(best(length)) or long for length in ("medium", "short"))
    form = style.tags if style and style.tags else PHRASES
    tags = joined(tags_of_record(record, kept_statements(record), form))
    return Captions(long, medium, short, tags)


def doubt(record: ImageRecord) -> float:
    """Return the expected fraction of an image's claims that are false, 0 to 1.

    A dropped claim counts as 1, a kept claim as 1 minus its probability of being true.
    """
    said = [s for s in record.statements if s.claim is not None] or record.statements
    if not said:
        return 1.0
    open_ = [
        1.0 if s.verdict is not Verdict.KEPT else 1 - s.score if s.score is not None else 0.5
        for s in said
    ]
    return math.fsum(open_) / len(open_)
