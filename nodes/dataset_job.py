"""What the values of Caption Data Set ask for, for the node and for the plan of a run."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from .. import core
from ..core.dataset.choices import FORMAT_NAMES, KEEP
from ..core.english import split_words
from ..core.profiles import DEFAULT
from ..core.styles import DESCRIPTION, style_of
from . import folders

if TYPE_CHECKING:
    from ..core.dataset.job import Job

# The widgets that decide what is captioned, and their defaults.
VALUES = MappingProxyType(
    {
        "folder": "input",
        "existing": KEEP,
        "format": FORMAT_NAMES[0],
        "trigger": "",
        "exclude": "",
        "length": "long",
        "profile": DEFAULT.name,
        "limit": 0,
        "seed": 0,
        "style": DESCRIPTION.name,
        "style_text": "",
    }
)


def job_of(
    *, folder, existing, format, trigger, exclude, length, profile, limit, seed, style, style_text
) -> Job:
    """Return the job.

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
