"""The formats that captions are written in, by name.

Formats with a suffix write one caption file beside each image while the run goes on; the others write one file of
all images at its end. What a trainer looks for in the folder of the images goes there, the rest into the state
folder (or into the output folder, where that is not the images').
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from ...errors import PatchMattersError
from ..choices import OVERWRITE, STATE
from ..files import Files
from ..job import Job
from ..ledger import FAILED, Entry, Ledger
from . import json_files, parquet, shards, sidecars


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes:
        suffix: of the caption file of each image; "" for a format with one file for all.
        write: for a format with one file for all: writes it.
        package: that it needs beyond the pack's own requirements, which `run.py --extra` installs.
    """

    suffix: str = ""
    write: Callable[[Export], None] | None = None
    package: str = ""


@dataclass(frozen=True)
class Export:
    """What a format with one file for all images writes from.

    Attributes:
        place: where its files go, below the output folder: "" or the state folder with a slash.
    """

    job: Job
    ledger: Ledger
    files: Files
    place: str

    def entries(self) -> Iterator[Entry]:
        """Return the images that have a caption and are still there, in the order of their paths."""
        for entry in self.ledger.every_entry():
            if entry.status != FAILED and self.job.images.exists(entry.path):
                yield entry

    def write(self, path: str, content: bytes | Callable) -> None:
        """Write a file below the output folder."""
        self.files.write(path, content, "", replace=self.job.existing == OVERWRITE)


FORMATS = {
    **{name: Format(suffix=suffix) for name, suffix in sidecars.SUFFIXES.items()},
    "metadata": Format(write=json_files.write_metadata),
    "kohya": Format(write=json_files.write_kohya),
    "parquet": Format(write=parquet.write, package="pyarrow"),
    "webdataset": Format(write=shards.write, package="webdataset"),
}


def check_formats(names: Sequence[str]) -> None:
    """Check that the formats are known and can be written.

    Raises:
        PatchMattersError: one is unknown, or its package is not installed.
    """
    if not names:
        raise PatchMattersError(f"format: name one or more of {', '.join(FORMATS)}.")
    for name in names:
        if name not in FORMATS:
            raise PatchMattersError(
                f'format: "{name[:50]}" is unknown: choose from {", ".join(FORMATS)}.'
            )
        package = FORMATS[name].package
        if package and find_spec(package) is None:
            raise PatchMattersError(
                f"format: {name} needs the package {package}: run.py --extra {name} installs it, or "
                f"pip install {package} in the Python that runs this."
            )


def export(job: Job, ledger: Ledger, files: Files) -> None:
    """Write the formats that have one file for all images."""
    for name in job.formats:
        if write := FORMATS[name].write:
            beside = job.root == job.folder and name != "metadata"
            write(Export(job, ledger, files, f"{STATE}/" if beside else ""))
