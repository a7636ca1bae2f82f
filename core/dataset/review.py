"""Captions of a data set, looked at and corrected afterwards: what is on disk, what a user writes instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from PIL import Image

from ..claims.reading import SyntaxReader
from ..compose import compose
from ..errors import PatchMattersError
from ..facts import kept_statements
from ..filter import read_captions, statements_of
from ..image_record import ImageRecord
from ..models import Completion
from ..regions import IMAGE, Box, Region
from ..report import statement_dict
from ..statements import Reason, Verdict
from ..styles import DESCRIPTION, STYLES
from ..tags import joined, tags_of_record
from .files import EDITED, Files, sha256
from .formats.sidecars import SUFFIXES, caption_in, with_caption
from .ledger import DONE, Entry, Ledger
from .run import locked


@dataclass(frozen=True)
class Sidecar:
    """A caption file as it is on disk.

    Attributes:
        path: of the file, below the output folder.
        text: its caption; "" where there is no file.
        sha256: of its content; "" where there is no file.
        edited: it differs from what the pack wrote.
    """

    path: str
    text: str = ""
    sha256: str = ""
    edited: bool = False


class Changed(PatchMattersError):
    """A caption file is not what it was when the user began to edit it.

    Attributes:
        current: as it is now.
    """

    def __init__(self, current: Sidecar):
        super().__init__(f"{current.path} was changed meanwhile: look at it before you save.")
        self.current = current


def current(root: Path, path: str) -> Sidecar:
    """Return the caption file of an image as it is on disk.

    Args:
        root: the output folder.
        path: of the image, below the folder.
    """
    with Ledger(root) as ledger:
        return sidecar_of(Files(root, ledger), path)


def save(root: Path, path: str, text: str, expected_sha256: str) -> Sidecar:
    """Write a user's caption to the caption file of an image; later runs keep it.

    Args:
        expected_sha256: what `current` gave when the user began to edit; "" for no file.

    Raises:
        Changed: the file is another one now.
        PatchMattersError: a run is at work in the folder, or the file cannot be written.
    """
    with locked(root), Ledger(root) as ledger:
        files = Files(root, ledger)
        files.clear_temporary()
        before = sidecar_of(files, path)
        if before.sha256 != expected_sha256:
            raise Changed(before)
        content = with_caption(files.read(before.path), before.path, text.strip())
        files.replace_by_user(before.path, content)
        entry = ledger.entry(path) or Entry(path, DONE)
        ledger.set_image(replace(entry, caption=text.strip(), at=0.0))
        return sidecar_of(files, path)


def recompose(record: dict, kept: Collection[int]) -> str:
    """Return a caption, by rules, of the statements that are ticked.

    Args:
        record: of the image, as `Ledger.record` gives it.
        kept: indices into `record["statements"]`.
    """
    [image_record] = read_captions([_picture(record)], SyntaxReader())
    ticked = {_identity(record["statements"][i]) for i in kept}
    statements = [
        s.decided(Verdict.KEPT, Reason.PROBABLE)
        if _identity(statement_dict(s)) in ticked
        else s.decided(Verdict.DROPPED, Reason.IMPROBABLE)
        for s in statements_of(image_record)
    ]
    edited = image_record.extended(statements=tuple(statements))
    style = STYLES.get(record.get("style", ""), DESCRIPTION)
    if style.tags:
        return joined(tags_of_record(edited, kept_statements(edited), style.tags))
    return compose(edited)


def _identity(statement: dict) -> tuple:
    """Return what tells a statement from others of the same wording: which captions say it."""
    said = ((s["region"], s["candidate"], s["text"]) for s in statement["said"])
    return (statement["text"], statement["kind"], *said)


def sidecar_of(files: Files, path: str) -> Sidecar:
    """As `current`, where the ledger is open already."""
    stem = PurePosixPath(path).with_suffix("").as_posix()
    places = [stem + suffix for suffix in SUFFIXES.values()]
    for place in places:
        content = files.read(place)
        caption = caption_in(content, place)
        if caption is not None:
            edited = files.original(place)[1] == EDITED
            return Sidecar(place, caption, sha256(content), edited)
    return Sidecar(places[0])


def _picture(record: dict) -> ImageRecord:
    """Return the regions and captions of a record, on a blank image of its size."""
    regions = {
        row["name"]: Region(row["name"], row["kind"], Box(*row["box"])) for row in record["regions"]
    }
    root = next(r for r in regions.values() if r.kind == IMAGE)
    children = tuple(r for r in regions.values() if r is not root)
    candidates = {
        row["name"]: tuple(Completion(c["text"], c["finish"]) for c in row["candidates"])
        for row in record["regions"]
        if row["candidates"]
    }
    image = Image.new("1", tuple(record["size"]))
    return ImageRecord(image, replace(root, children=children), candidates=candidates)
