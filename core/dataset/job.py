"""What a data set run is asked to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

from ..errors import PatchMattersError
from ..models.completion_cache import CompletionCache
from ..models.registry import CAPTIONER, DETECTOR, VERIFIER, WRITER
from ..pipeline import Models, Settings
from .choices import EXISTING, IMPROVE, KEEP
from .sources import Folder, Images, Shards
from .words import Words

ASKED = (DETECTOR, CAPTIONER, VERIFIER, WRITER)  # whose models decide what comes out


@dataclass(frozen=True)
class Job:
    """A data set run.

    Attributes:
        folder: of the images; subfolders count, links and hidden folders do not. Or the folder of `shards`.
        out: where captions go, in the same tree; None puts them beside the images.
        shards: WebDataset tar files to read the images from, in place of the folder; they need an `out`.
        settings: of the stages.
        existing: what becomes of a caption that an image already has: one of `EXISTING`.
        formats: names of `formats.FORMATS`.
        words: what stands around each caption.
        context: what the captioner is told about each image; a template with {name}, {folder} and {tags}.
        limit: the most images to caption in this run; 0 for all.
        retry_failed: caption only what failed in an earlier run.
        concurrency: images at work at once, for hosted models; 1 where a model is on this machine.
        identity: what else decides the captions: the precision of local weights.
    """

    folder: Path
    out: Path | None = None
    settings: Settings = field(default_factory=Settings)
    existing: str = KEEP
    formats: tuple[str, ...] = ("txt",)
    words: Words = Words()
    context: str = ""
    limit: int = 0
    retry_failed: bool = False
    concurrency: int = 1
    identity: tuple[str, ...] = ()
    shards: tuple[Path, ...] = ()

    @cached_property
    def images(self) -> Images:
        """Where the images are read from."""
        return Shards(self.shards) if self.shards else Folder(self.folder)

    @property
    def root(self) -> Path:
        """The folder that captions go to."""
        if self.out is None or os.path.realpath(self.out) == os.path.realpath(self.folder):
            return self.folder
        return self.out

    def check(self) -> None:
        """Check what can be checked before any model is asked.

        Raises:
            PatchMattersError: an input is wrong; it is named.
        """
        from .formats import check_formats

        if not self.folder.is_dir():
            raise PatchMattersError(f"{self.folder} is not a folder.")
        if self.shards and self.root == self.folder:
            raise PatchMattersError(
                "out: name a folder for the captions of shards, other than the one that they are in."
            )
        if self.existing not in EXISTING:
            raise PatchMattersError(
                f'existing: "{self.existing}" is unknown: choose one of {", ".join(EXISTING)}.'
            )
        if self.existing == IMPROVE and self.settings.filter.profile.by_sentence:
            raise PatchMattersError(
                "existing: improve needs the profile default or fast, because the paper's profile does "
                "not check captions of the whole image."
            )
        check_formats(self.formats)
        self.words.check()
        self.words.check_context(self.context)

    def keys(self, models: Models) -> Callable[[str, str, str], str]:
        """Return what names the result for an image: the same name whenever the same caption would come out.

        It takes the SHA-256 of the image file, the context, and the existing caption where that is improved.
        """
        return self._keyed(self.run_key(models))

    def keys_of(self, names: Mapping[str, str]) -> Callable[[str, str, str], str]:
        """Return the same as `keys`, from role -> the name of its model."""
        return self._keyed(self._run_key([names[role] for role in ASKED]))

    def run_key(self, models: Models) -> str:
        """Return what names a run: the same name whenever the same image would get the same caption."""
        return self._run_key([getattr(models, role).name for role in ASKED])

    def _keyed(self, run: str) -> Callable[[str, str, str], str]:
        return lambda content, context, existing: CompletionCache.key(
            run, content, context, existing
        )

    def _run_key(self, names: Sequence[str]) -> str:
        stages = [[stage.name, asdict(stage)] for stage in self.settings]
        return CompletionCache.key(list(names), list(self.identity), stages)
