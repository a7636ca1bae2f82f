"""From the results of a run on Ray to caption files, or to WebDataset shards; no model is asked."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import chain
from pathlib import PurePosixPath

from PIL import Image

from ..dataset.choices import IMPROVE, STATE
from ..dataset.command import ProgressLine, job_of, say
from ..dataset.files import ignores_case, sha256
from ..dataset.formats import check_formats
from ..dataset.formats.shards import SHARD_BYTES, key
from ..dataset.job import Job
from ..dataset.ledger import Ledger
from ..dataset.listing import Found, is_image
from ..dataset.run import caption_dataset, locked
from ..dataset.sources import Folder, Images, Shards
from ..errors import PatchMattersError, reason_of
from ..models.completion_cache import CompletionCache
from ..options import given
from ..pipeline import Models
from .manifest import Part, parts, read_rows
from .reader import Reader
from .results import read_slice, result_of, states
from .run_folder import latest_run, open_folder
from .sources import Row, is_remote, local_path
from .storage import Storage

SHARDS = "webdataset"
# Options that say nothing about this command, and those of them about caption files of single images.
_UNUSED = (
    *("context", "retry", "limit", "dry_run", "undo"),
    *("json", "overwrite", "clear_answers"),
)
_OF_FILES = ("existing", "lines", "trigger", "prefix", "suffix", "template")


def write_captions(options: argparse.Namespace) -> int:
    """Run the command that writes captions of an earlier run.

    Returns 0, or 1 if a caption could not be written.

    Raises:
        PatchMattersError: it could not start.
    """
    if name := given(options, _UNUSED):
        raise PatchMattersError(
            f"{name} does not go with --captions-from, which asks no model and writes the captions that are there: "
            "leave it out."
        )
    if not options.captions_from or not all(options.images):
        raise PatchMattersError(
            "--captions-from: the name of a folder is empty: name the folder or bucket with the captions."
        )
    storage = open_folder(options.captions_from, create=False)
    run = latest_run(storage)
    if not options.images:
        if options.format != SHARDS or not options.out:
            raise PatchMattersError(
                "--captions-from: name the folder whose images were captioned, or write shards from the results "
                "alone: --format webdataset --out DIR."
            )
        if name := given(options, _OF_FILES):
            raise PatchMattersError(
                f"{name} says how caption files are written, and shards from results alone have captions as they "
                "are: leave it out, or name the folder whose images were captioned."
            )
        check_formats([SHARDS])
        return _write_all_shards(storage, run, options.out)
    job = job_of(options)
    if job.existing == IMPROVE:
        raise PatchMattersError(
            "--existing improve asks models, and --captions-from does not: choose another of its values."
        )
    job = _Exported(**{field.name: getattr(job, field.name) for field in fields(Job)}, run=run)
    job.check()
    with locked(job.root), Ledger(job.root, create=True) as ledger:
        wanted = tuple(_known(storage, run, job, ledger))
    if not wanted:
        raise PatchMattersError(
            f"{job.folder} has no image that was captioned in {storage.place} and is unchanged: name the folder whose "
            "images were captioned."
        )
    with ProgressLine(len(wanted)) as line:
        summary = caption_dataset(replace(job, wanted=wanted), Models(), line.show)
    say(summary, job)
    return 1 if summary.failures or summary.stopped else 0


@dataclass(frozen=True)
class _Exported(Job):
    """A data set run over images whose results are all known.

    Attributes:
        run: names the results.
        wanted: the images.
    """

    run: str = ""
    wanted: tuple[Found, ...] = ()

    def run_key(self, models: Models) -> str:
        return self.run

    @cached_property
    def images(self) -> Images:
        images = Shards(self.shards) if self.shards else Folder(self.folder)
        return _Wanted(images, self.wanted) if self.wanted else images


class _Wanted:
    """Some of the images of a source."""

    def __init__(self, images: Images, wanted: tuple[Found, ...]):
        self._images, self._wanted = images, wanted

    def __getattr__(self, name: str):
        return getattr(self._images, name)

    def find(self, ignore_case: bool) -> Iterator[Found]:
        return iter(self._wanted)


def _known(storage: Storage, run: str, job: Job, ledger: Ledger) -> Iterator[Found]:
    """Put the results of unchanged images into the ledger, and yield those images."""
    # Of one path there are several where the image changed, or another source has the same name.
    contents: dict[str, list[tuple[str, int, str]]] = {}
    root = "" if job.shards else os.path.abspath(job.folder)
    for _, row, found in _rows(storage, run, parts(storage)):
        if result := result_of(found):
            own = CompletionCache.key(job.run_key(None), result.content, "", "")
            ledger.add_result(replace(result, key=own, missing=""))
            state = (result.content, row.size, row.version)
            contents.setdefault(_path_below(root, row), []).append(state)
    for image in job.images.find(ignores_case(job.root / STATE)):
        if image.path not in contents:
            continue
        size, modified = job.images.state(image.path)
        for content, *listed in contents[image.path]:
            if listed == [size, str(modified)]:
                ledger.set_content(image.path, size, modified, content)
                break
        else:
            content = sha256(job.images.read(image.path))
            if content not in [known for known, *_ in contents[image.path]]:
                print(f"{image.path} changed since it was captioned: skipped.", file=sys.stderr)
                continue
        yield image


def _path_below(root: str, row: Row) -> str:
    """Return the path of a row's image in a folder: that of its file if it is there, else its id.

    A list of absolute paths has those as ids.
    """
    if root and not row.column and not row.offset:
        path = local_path(row.file)
        if path.startswith(os.path.join(root, "")):
            return os.path.relpath(path, root)
    return row.id


def _rows(storage: Storage, run: str, chosen: Sequence[Part]) -> Iterator[tuple[Part, Row, dict]]:
    """Yield the rows of the manifest that have results, with them; of an image that changed, the newest last."""
    for part in chosen:
        rows = {row.id: row for row in read_rows(storage, part)}
        for first in sorted(states(storage, run, part)):
            for found in read_slice(storage, run, part, first):
                yield part, rows[found["id"]], found


def _write_all_shards(storage: Storage, run: str, out: str) -> int:
    """Write shards, some of each part of the manifest. A part whose list of shards is there is not written again.

    Raises:
        PatchMattersError: such a part has other results than when it was written.
    """
    target = open_folder(out if is_remote(out) else os.path.abspath(out), create=True)
    if target.is_same(storage):
        raise PatchMattersError(f"--out: {out} has the captions in it: name another folder.")
    there, todo, problems = set(target.names()), [], 0
    for part in parts(storage):
        if _list_of(part) not in there:
            todo.append(part)
        elif json.loads(target.read(_list_of(part))).get("results") != _written(storage, run, part):
            raise PatchMattersError(
                f"--out: {out} has shards of other captions than those that {storage.place} has now: name another "
                "folder."
            )
    found = parts(storage)
    for part in todo:
        with target.written():
            found_problems = write_shards(storage, run, part, target)
        for problem in found_problems:
            print(f"error: {problem}", file=sys.stderr)
            problems += 1
    lists = [json.loads(target.read(_list_of(part))) for part in found]
    images = sum(each["images"] for each in lists)
    shards = sum(len(each["shards"]) for each in lists)
    print(
        f"{images} images, in {shards} {'shard' if shards == 1 else 'shards'}, are in {out}.",
        file=sys.stderr,
    )
    return 1 if problems else 0


def _list_of(part: Part) -> str:
    return f"{part.number:06d}.json"


def _written(storage: Storage, run: str, part: Part) -> dict:
    """Return what decides the shards of a part: its run, and the state of each slice."""
    return {"run": run, **{str(key): value for key, value in states(storage, run, part).items()}}


def write_shards(storage: Storage, run: str, part: Part, target: Storage) -> list[str]:
    """Write the captioned images of a part as shards `PART-NUMBER.tar`, and then their list `PART.json`.

    Returns why images are missing in them.
    """
    import webdataset

    reader, problems, names, images = Reader(), [], [], 0
    made_of = _written(storage, run, part)  # before they are read: a run may be adding to them
    found = ((row, result) for _, row, result in _rows(storage, run, [part]) if result["caption"])
    for number, first in enumerate(found):
        names.append(f"{part.number:06d}-{number:03d}.tar")
        with tempfile.TemporaryFile() as file:
            size = 0
            taken: set[str] = set()
            with webdataset.TarWriter(file, encoder=False) as writer:
                for row, result in chain([first], found):
                    try:
                        image = reader.read(row)
                        if sha256(image) != result["content"]:
                            raise PatchMattersError(f"{row.id} changed since it was captioned.")
                    except Exception as error:
                        problems.append(reason_of(row.id, error))
                        continue
                    writer.write(_sample(row, result, image, taken))
                    size, images = size + len(image), images + 1
                    if size >= SHARD_BYTES:
                        break
            file.seek(0)
            target.write_file(names[-1], file)
    made = {"shards": names, "images": images, "results": made_of}
    target.write(_list_of(part), json.dumps(made).encode())
    return problems


def _sample(row: Row, result: dict, image: bytes, taken: set[str]) -> dict:
    ending = PurePosixPath(row.id).suffix.lstrip(".").lower()
    if not is_image(
        row.id
    ):  # what is in a table, or behind a URL, has no name that says what it is
        ending = (Image.open(io.BytesIO(image)).format or "jpg").lower()
    return {
        "__key__": key(row.id, taken),
        {"jpeg": "jpg"}.get(ending, ending): image,
        "txt": result["caption"].encode(),
        "json": result["report"].encode(),
    }
