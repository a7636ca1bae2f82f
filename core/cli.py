"""The command line: images in; captions, reports and annotated images out."""

from __future__ import annotations

import argparse
import contextlib
import glob
import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from .errors import PatchMattersError, in_short
from .images import read_image
from .models.hosted.budget import Budget
from .models.hosted.endpoints import Config
from .models.local.loading import Loading, check_precision
from .models.registry import DETECTOR, load_answers, load_model
from .models.scoring import without_nan
from .options import PACK, ROLES
from .outputs import CAPTION, PATCHES, REPORT, OutputFolder, Record
from .pipeline import STAGES, Models, Progress, Settings, caption_images, profile_settings
from .report import annotated, as_dict
from .wording import split_words

EXAMPLE = PACK / "assets" / "example.png"
HOME = Path.home() / ".patch_matters"  # config.json and cache of hosted models


def main(options: argparse.Namespace) -> int:
    """Run the command with the options of `options.parser`.

    Returns 0, or 1 if any image was not captioned, or 2 if it could not start.
    """
    for stream in (sys.stdout, sys.stderr):
        # A console of another code page shows question marks in place of a Chinese caption.
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")
    paths = named_images(options.images)
    budget = Budget()
    try:
        check_precision(options.precision)
        output = OutputFolder(options.out, paths, overwrite=options.overwrite)
        stems = output.stems(paths)
        if options.json:
            reports = OutputFolder(Path(options.json).parent, paths, overwrite=options.overwrite)
            _check_json(Path(options.json), reports, output.folder, stems)
        if options.clear_answers and (answers := load_answers(Config.read(HOME), HOME)):
            answers.clear()
        models = Models(**{role: _load(role, options, budget) for role in ROLES})
    except PatchMattersError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for path, stem in zip(paths, stems):
        if stem != path.stem:
            print(
                f"{path}: its files are named {stem}, because those named {path.stem} belong to "
                "another image.",
                file=sys.stderr,
            )
    settings = profile_settings(
        options.profile, seed=options.seed, length=options.length, reader=options.reader
    )
    records = []
    with _progress_bar(len(paths)) as (bar, progress):
        for number, (path, stem) in enumerate(zip(paths, stems)):
            try:
                record = caption_file(path, output, stem, models, settings, progress(number))
                bar.write(f"{path}\n{record['caption']}\n", file=sys.stdout)
            except Exception as error:  # one image costs one image
                record = {"image": str(path), "error": _in_a_sentence(path, error)}
                bar.write(f"error: {record['error']}", file=sys.stderr)
            records.append(record)
    failed = any("error" in record for record in records)
    if options.json:
        try:
            reports.write(Path(options.json).name, _json_bytes(records))
        except PatchMattersError as error:
            print(f"error: {error}", file=sys.stderr)
            failed = True
    return 1 if failed else 0


def _in_a_sentence(path: Path, error: Exception) -> str:
    """What went wrong with an image. Of what nobody foresaw, also where it was raised, for a report."""
    import torch

    if isinstance(error, PatchMattersError):
        return str(error)
    if isinstance(error, torch.OutOfMemoryError):
        return "no room on the GPU: choose smaller models, or --precision 4-bit"
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"{path} was not captioned because of an error that the pack did not expect, in "
        f"{Path(place.filename).name}:{place.lineno} ({type(error).__name__}: {in_short(error)}): "
        "please report it."
    )


def named_images(names: Sequence[str]) -> list[Path]:
    """The images that the command names: patterns expanded, which not every shell does, and without
    the annotated images that the pack itself wrote. One named twice counts once. None named: the
    example."""
    if not names:
        return [EXAMPLE]
    found = [Path(path) for name in names for path in _expanded(name)]
    records = {folder: Record(folder) for folder in {path.parent for path in found}}
    kept = []
    for path in {os.path.abspath(path): path for path in found}.values():
        if path.name.endswith(PATCHES) and records[path.parent].wrote(path.name):
            print(f"{path} is an annotated image that this pack wrote: skipped.", file=sys.stderr)
        else:
            kept.append(path)
    return kept


def _expanded(name: str) -> list[str]:
    if os.path.lexists(name) or not glob.has_magic(name):
        return [name]
    return sorted(glob.glob(name)) or [name]


def _check_json(path: Path, reports: OutputFolder, output: Path, stems: Sequence[str]) -> None:
    reports.check(path.name)
    own = {stem.lower() + suffix for stem in stems for suffix in (CAPTION, REPORT, PATCHES)}
    if os.path.samefile(path.parent, output) and path.name.lower() in own:
        raise PatchMattersError(
            f"--json {path} is a file of one of the images: choose another name."
        )


def _load(role: str, options, budget: Budget):
    from tqdm import tqdm

    name = getattr(options, role)
    classes = split_words(options.classes) if role == DETECTOR else ()
    with tqdm(unit="B", unit_scale=True, desc=name, delay=1, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return load_model(
            role,
            name,
            roots=[Path(options.models)],
            progress=progress,
            loading=Loading(options.precision),
            classes=classes,
            home=HOME,
            budget=budget,
        )


def caption_file(
    path: Path,
    output: OutputFolder,
    stem: str,
    models: Models,
    settings: Settings,
    progress: Progress,
) -> dict:
    """Caption one file and write its caption, report and annotated image; returns the report.

    Raises:
        PatchMattersError: of the models; or a file is in the way, which is found out before any
            model is asked.
    """
    for suffix in (CAPTION, REPORT, PATCHES):
        output.check(stem + suffix)
    picture = caption_images([read_image(path)], models, settings, progress=progress)[0]
    record = {"image": str(path), **as_dict(picture)}
    output.write(stem + CAPTION, (picture.caption + "\n").encode("utf-8", "replace"), path)
    output.write(stem + REPORT, _json_bytes(record), path)
    output.write(stem + PATCHES, lambda file: annotated(picture).save(file, "PNG"), path)
    return record


def _json_bytes(value) -> bytes:
    text = json.dumps(without_nan(value), ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8", "replace")  # a name of a file need not be UTF-8


class _progress_bar:
    """A bar over all pictures, and a `Progress` for each."""

    def __init__(self, pictures: int):
        self._pictures = pictures

    def __enter__(self):
        from tqdm import tqdm

        self._bar = tqdm(
            total=self._pictures * len(STAGES),
            bar_format="{desc:40.40} {percentage:3.0f}%|{bar}| {elapsed}",
            disable=None if sys.stderr.isatty() else False,
            mininterval=0.2,
        )
        return self._bar, self._of_picture

    def __exit__(self, *exception):
        self._bar.close()

    def _of_picture(self, number: int) -> Progress:
        def progress(stage: str, done: int, total: int, region: str) -> None:
            if not region:
                return
            before = number * len(STAGES) + STAGES.index(stage)
            self._bar.set_description_str(f"{number + 1}/{self._pictures} {stage}: {region}", False)
            self._bar.update(before + done / total - self._bar.n)

        return progress
