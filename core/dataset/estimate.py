"""What a run will take, before it starts: images, requests, time, tokens, cost."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from ..budget import Demand, asked_in_words, captioning, cost_of, duration
from ..errors import PatchMattersError
from ..models.hosted.endpoints import Config
from ..pipeline import Models
from .choices import IMPROVE, KEEP, STATE
from .formats.sidecars import SUFFIXES, caption_in
from .job import Job
from .ledger import DONE, FAILED, LEDGER, Ledger
from .planning import names
from .sources import Folder
from .turns import has_weights, is_remote
from .words import context_text


@dataclass(frozen=True)
class Estimate:
    """What a run will take, as far as it can be known before.

    Attributes:
        images: found.
        to_do: that have no caption yet, or one that is to be replaced.
        demands: what they ask of hosted models.
        seconds: None where nothing was measured yet: the first images of the run tell.
        cost: at least and at most; None where the config file has no price of a model.
    """

    images: int
    to_do: int
    demands: tuple[Demand, ...] = ()
    seconds: float | None = None
    cost: tuple[float, float] | None = None

    def sentence(self) -> str:
        """Return the estimate for a person."""
        parts = [f"{self.images} images, {self.to_do} to caption"]
        if self.demands:
            parts += asked_in_words(self.demands, self.cost)
        if self.seconds is not None:
            parts.append(f"about {duration(self.seconds)}")
        elif self.to_do:
            parts.append("the first images will tell how long it takes")
        return "; ".join(parts) + "."


def estimate(job: Job, models: Models, config: Config) -> Estimate:
    """Estimate a run without asking a model or writing a file.

    Args:
        config: of the hosted models.
    """
    images, to_do = to_caption(job, job.keys(models))
    demands = tuple(_demands(job, models, to_do, config))
    seconds = _seconds_of_an_image(job, models)
    return Estimate(
        images,
        to_do,
        demands,
        None if seconds is None else to_do * seconds,
        cost_of(demands, config.prices),
    )


def to_caption(job: Job, key: Callable[[str, str, str], str]) -> tuple[int, int]:
    """Return how many images there are, and of how many the models will be asked.

    Args:
        key: gives the name of the result for an image (`Job.keys`).
    """
    with _ledger(job) as ledger:
        images = to_do = 0
        for found in job.images.find(False):
            images += 1
            to_do += _is_to_do(job, key, ledger, found.path)
    return images, min(to_do, job.limit) if job.limit else to_do


def _seconds_of_an_image(job: Job, models: Models) -> float | None:
    """Return how long a run took for one image after the other; None where there was none."""
    each_alone = job.concurrency > 1 and not has_weights(models)
    with _ledger(job) as ledger:
        seconds = ledger.pace(at_once=each_alone) if ledger else None
    if seconds is None or each_alone:
        return seconds
    return seconds / max(1, job.concurrency)  # batches at once, each with its share of the time


def _ledger(job: Job) -> AbstractContextManager[Ledger | None]:
    """Return the ledger of a job, or nothing where there is none yet."""
    return Ledger(job.root) if Path(job.root, STATE, LEDGER).is_file() else nullcontext()


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


def _demands(job: Job, models: Models, images: int, config: Config) -> Iterator[Demand]:
    """Yield what the images need of the hosted models."""
    endpoint = config.endpoints.get(models.captioner.name.partition(":")[0])
    several = endpoint is not None and endpoint.n
    for role, requests in captioning(images, job.settings, several=several).items():
        if is_remote(model := getattr(models, role)) and requests.most:
            yield Demand(role, model.name, requests)
