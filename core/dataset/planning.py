"""What is to be done with each image: nothing, write a caption that is known, or ask the models."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..errors import PatchMattersError
from ..images import read_image
from .choices import APPEND, IMPROVE, KEEP, OVERWRITE, PREPEND
from .files import EDITED, OWN, USERS, Files
from .formats.sidecars import SUFFIXES, caption_in
from .job import Job
from .ledger import DONE, FAILED, Entry, Ledger, Result
from .listing import Found
from .sources import Images
from .words import context_text, joined

if TYPE_CHECKING:
    from PIL.Image import Image

KEEPS, RESUMES, READY, WORK, FAILS = "keeps", "resumes", "ready", "work", "fails"


@dataclass(frozen=True)
class Plan:
    """What is to be done with an image.

    Attributes:
        todo: `KEEPS`: its caption stays; `RESUMES`: it was done before; `READY`: the result is known and has
            to be written; `WORK`: the models have to be asked; `FAILS`: it cannot be captioned.
        before: the caption that it had; None where it had none.
        reason: why it fails.
        count: images that it stands for, where they were done before.
        image: decoded, where there is work.
    """

    path: str
    todo: str
    before: str | None = None
    reason: str = ""
    content: str = ""
    key: str = ""
    context: str = ""
    result: Result | None = None
    image: Image | None = None
    count: int = 1


class Planner:
    """Plans image by image, beside the models, in a thread of its own.

    Args:
        key: content, context, existing caption -> the key of the result.
        started: when the run began; a result with missing answers from before is asked for again.
    """

    def __init__(
        self,
        job: Job,
        ledger: Ledger,
        files: Files,
        key: Callable[[str, str, str], str],
        started: float,
    ):
        self._job, self._ledger, self._files, self._key = job, ledger, files, key
        self._started = started
        self._suffixes = [SUFFIXES[name] for name in job.formats if name in SUFFIXES]

    def plan(self, found: Found) -> Plan:
        """Return what is to be done with an image. It never raises for what is wrong with that image."""
        try:
            return self._planned(found)
        except PatchMattersError as error:
            return Plan(found.path, FAILS, reason=str(error))
        except OSError as error:
            why = error.strerror or error
            if error.errno == errno.ENAMETOOLONG:
                why = "the name of its caption file would be too long: rename the image"
            return Plan(found.path, FAILS, reason=f"{found.path} cannot be captioned: {why}")
        except (UnicodeError, MemoryError, RecursionError) as error:
            return Plan(found.path, FAILS, reason=f"{found.path} cannot be read: {error}")

    def _planned(self, found: Found) -> Plan:
        entry = self._ledger.entry(found.path)
        if self._job.retry_failed and (entry is None or entry.status != FAILED):
            return Plan(found.path, RESUMES)
        before, whose = self._before(found.path)
        if before and self._stays(whose):
            return Plan(found.path, KEEPS, before)
        if before and self._job.existing == KEEP and entry and entry.status == DONE:
            # An earlier run put it in place of, or around, the user's caption, which a run that keeps captions
            # must not take away.
            return Plan(found.path, RESUMES)
        content, data = self._content(found.path)
        if found.twin and self._suffixes and self._both_are_captioned(found.path, found.twin):
            raise PatchMattersError(
                f"{found.path} and {found.twin} would have the same caption file: rename one of them."
            )
        context = self._context(found.path, before or "")
        improved = (before or "") if self._job.existing == IMPROVE else ""
        key = self._key(content, context, improved)
        result = self._ledger.result(key)
        if result and not (result.missing and (entry is None or entry.at < self._started)):
            plan = Plan(found.path, READY, before, "", content, key, context, result)
            return Plan(found.path, RESUMES) if self._as_written(plan, entry, whose) else plan
        image = read_image(found.path, data or self._job.images.read(found.path))
        return Plan(found.path, WORK, before, "", content, key, context, None, image)

    def _as_written(self, plan: Plan, entry: Entry | None, whose: str) -> bool:
        """Return whether what would be written is what was written, and still stands there."""
        if not entry or (entry.status, entry.key) != (DONE, plan.key) or plan.result.missing:
            return False
        if entry.caption != text_of(plan, self._job):
            return False
        stem = os.path.splitext(plan.path)[0]
        others = self._suffixes[1:] if whose == OWN else self._suffixes
        return all(self._files.original(stem + suffix)[1] == OWN for suffix in others)

    def _stays(self, whose: str) -> bool:
        """Return whether a caption on disk is kept: a user's own; or the pack's with a user's corrections, to
        which nothing can be added a second time.
        """
        existing = self._job.existing
        if whose == EDITED:
            return existing in (KEEP, APPEND, PREPEND)
        return whose == USERS and existing == KEEP

    def _before(self, path: str) -> tuple[str | None, str]:
        """Return the caption that its owner gave an image, and whose caption file is there now."""
        stem = os.path.splitext(path)[0]
        places = [stem + suffix for suffix in self._suffixes or SUFFIXES.values()]
        before, whose = None, USERS
        for place in places:
            content, whose = self._files.original(place)
            before = caption_in(content, place)
            if before is not None or whose != USERS:
                break
        if before is None and self._job.root != self._job.folder and self._adds:
            found = (caption_in(self._job.images.text(place), place) for place in places)
            before = next((caption for caption in found if caption is not None), None)
        return before, whose

    @property
    def _adds(self) -> bool:
        """Whether the captions beside the images matter for those in another folder."""
        return self._job.existing not in (KEEP, OVERWRITE)

    def _content(self, path: str) -> tuple[str, bytes | None]:
        """Return the SHA-256 of an image file; and its bytes, where they had to be read for it."""
        size, modified = self._job.images.state(path)
        known = self._ledger.content(path, size, modified)
        if known:
            return known, None
        data = self._job.images.read(path)
        content = hashlib.sha256(data).hexdigest()
        self._ledger.set_content(path, size, modified, content)
        return content, data

    def _both_are_captioned(self, path: str, twin: str) -> bool:
        """Return whether two images show different things, and both can be opened."""
        if self._content(path)[0] == self._content(twin)[0]:
            return False
        try:
            for name in (path, twin):
                read_image(name, self._job.images.read(name))
        except PatchMattersError:
            return False
        return True

    def _context(self, path: str, before: str) -> str:
        if not self._job.context:
            return ""
        return context_text(self._job.context, old=before, **names(path, self._job.images))


def text_of(plan: Plan, job: Job) -> str:
    """Return the words of an image's caption file, one caption a line."""
    before = plan.before or ""
    text = job.words.text(plan.result.captions, old=before, **names(plan.path, job.images))
    first, *more = text.split("\n")
    if job.existing == APPEND:
        first = joined(before, first)
    if job.existing == PREPEND:
        first = joined(first, before)
    return "\n".join([first, *more])


def names(path: str, images: Images) -> dict[str, str]:
    """Return the `name` and the `folder` of an image for templates."""
    pure = PurePosixPath(path)
    return {"name": pure.stem, "folder": pure.parent.name or images.name}
