"""The job that the widgets of Caption Data Set describe. The node runs it, and the plan of a run counts its images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import core
from ..core.english import split_words
from ..core.styles import DESCRIPTION, style_of
from . import folders

if TYPE_CHECKING:
    from ..core.dataset.job import Job


def job_of(
    *,
    folder,
    existing,
    format,
    trigger,
    exclude,
    length,
    profile,
    limit,
    seed,
    style=DESCRIPTION.name,
    style_text="",
) -> Job:
    """Return the job. The parameters are named like the widgets that decide what is captioned.

    Raises:
        PatchMattersError: the folder may not be named or does not exist, or the style is unknown or has no text.
    """
    return core.dataset.job.Job(
        folders.folder_of(folder),
        settings=core.pipeline.profile_settings(
            profile,
            seed=seed,
            length=length,
            exclude=split_words(exclude),
            style=style_of(style, style_text),
        ),
        existing=existing,
        formats=(format,),
        words=core.dataset.words.Words(trigger),
        limit=limit,
    )
