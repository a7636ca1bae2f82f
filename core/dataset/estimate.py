"""What a run will take, before it starts: images, requests, time, tokens, cost."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..budget import Demand, cost_of, describing, duration, thousands, verifying, writing
from ..errors import PatchMattersError
from ..models.registry import CAPTIONER, VERIFIER, WRITER
from ..pipeline import Models
from .choices import IMPROVE, KEEP, STATE
from .formats.sidecars import SUFFIXES, caption_in
from .job import Job
from .ledger import DONE, FAILED, LEDGER, Ledger
from .planning import names
from .sources import Folder
from .turns import is_remote
from .words import context_text


@dataclass(frozen=True)
class Estimate:
    """What a run will take, as far as it can be known before.

    Attributes:
        images: found.
        to_do: that have no caption yet, or one that is to be replaced.
        requests: role -> requests to a hosted model.
        tokens_in, tokens_out: of all of them.
        seconds: None where nothing was measured yet: the first images of the run tell.
        cost: None where the config file has no price of a model.
    """

    images: int
    to_do: int
    requests: Mapping[str, int]
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float | None = None
    cost: float | None = None

    def sentence(self) -> str:
        """Return the estimate for a person."""
        parts = [f"{self.images} images, {self.to_do} to caption"]
        if self.requests:
            by_role = ", ".join(f"{role} {count}" for role, count in self.requests.items())
            parts.append(f"about {sum(self.requests.values())} requests ({by_role})")
            tokens = (
                f"about {thousands(self.tokens_in)} tokens in and {thousands(self.tokens_out)} out"
            )
            parts.append(tokens)
            parts.append("price unknown" if self.cost is None else f"about {self.cost:.2f} to pay")
        if self.seconds is not None:
            parts.append(f"about {duration(self.seconds)}")
        elif self.to_do:
            parts.append("the first images will tell how long it takes")
        return "; ".join(parts) + "."


def estimate(job: Job, models: Models, prices: Mapping[str, tuple[float, float]]) -> Estimate:
    """Estimate a run without asking a model or writing a file.

    Args:
        prices: model name -> price of a million tokens in, and out.
    """
    ledger = Ledger(job.root) if Path(job.root, STATE, LEDGER).is_file() else None
    key = job.keys(models)
    try:
        images = to_do = 0
        for found in job.images.find(False):
            images += 1
            to_do += _is_to_do(job, key, ledger, found.path)
        to_do = min(to_do, job.limit) if job.limit else to_do
        measured, seconds, _, _ = ledger.averages() if ledger else (0, 0.0, 0.0, 0.0)
    finally:
        if ledger:
            ledger.close()
    demands = _demands(job, models, to_do)
    return Estimate(
        images,
        to_do,
        {demand.role: round(demand.requests) for demand in demands},
        round(sum(demand.tokens_in for demand in demands)),
        round(sum(demand.tokens_out for demand in demands)),
        to_do * seconds / max(1, job.concurrency) if measured else None,
        cost_of(demands, prices),
    )


def _is_to_do(job: Job, key: Callable, ledger: Ledger | None, path: str) -> bool:
    """Return whether the models will be asked about an image, as far as can be told without reading it."""
    entry = ledger.entry(path) if ledger else None
    if job.retry_failed and (entry is None or entry.status != FAILED):
        return False
    if entry and entry.status == DONE and job.existing == KEEP and entry.before:
        return False
    if ledger and (content := ledger.content(path, *job.images.state(path))):
        before = (entry and entry.before) or ""
        context = context_text(job.context, old=before, **names(path, job.images))
        improved = before if job.existing == IMPROVE else ""
        result = ledger.result(key(content, context, improved))
        if result and not result.missing:
            return False
    return (entry and entry.status == DONE) or job.existing != KEEP or not _has_caption(job, path)


def _has_caption(job: Job, path: str) -> bool:
    """Return whether an image has a caption, or something in its place that is not touched."""
    stem = os.path.splitext(path)[0]
    beside = [SUFFIXES[name] for name in job.formats if name in SUFFIXES] or SUFFIXES.values()
    if any(os.path.islink(job.root / (stem + suffix)) for suffix in beside):
        return True
    try:
        texts = ((stem + suffix, Folder(job.root).text(stem + suffix)) for suffix in beside)
        return any(caption_in(text, place) for place, text in texts)
    except (OSError, PatchMattersError):
        return True


def _demands(job: Job, models: Models, images: int) -> list[Demand]:
    """Return what the images need of the hosted models."""
    style = job.settings.describe.style
    writes = job.settings.aggregate.profile.writes and not style.tags
    # A service that gives several answers to one request is asked once a patch.
    requests, least = describing(images, job.settings.describe.candidates)
    counts = {
        # In another language than English the whole image is described twice: objects are found by English words.
        CAPTIONER: (requests + images * bool(style.language), least),
        VERIFIER: verifying(images),
        WRITER: writing(images) if writes else (0, 0),
    }
    return [
        Demand(role, getattr(models, role).name, requests, least)
        for role, (requests, least) in counts.items()
        if is_remote(getattr(models, role)) and (requests or role != WRITER)
    ]
