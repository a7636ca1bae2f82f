"""The command line: images in; captions, reports and annotated images out."""

from __future__ import annotations

import argparse
import glob
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .errors import PatchMattersError
from .images import read_image
from .models.hosted.endpoints import Config
from .models.local.loading import Loading, check_precision
from .models.registry import DETECTOR, load_answers, load_model
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
    paths = named_images(options.images)
    try:
        check_precision(options.precision)
        output = OutputFolder(options.out, paths, overwrite=options.overwrite)
        stems = output.stems(paths)
        if options.json:
            reports = OutputFolder(Path(options.json).parent, paths, overwrite=options.overwrite)
            _check_json(Path(options.json), reports, output.folder, stems)
        if options.clear_answers and (answers := load_answers(Config.read(HOME), HOME)):
            answers.clear()
        models = Models(**{role: _load(role, options) for role in ROLES})
    except PatchMattersError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    import torch

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
            except (PatchMattersError, torch.OutOfMemoryError) as error:
                if isinstance(error, torch.OutOfMemoryError):
                    error = "no room on the GPU: choose smaller models, or --precision 4-bit"
                record = {"image": str(path), "error": str(error)}
                bar.write(f"error: {error}", file=sys.stderr)
            records.append(record)
    failed = any("error" in record for record in records)
    if options.json:
        try:
            reports.write(Path(options.json).name, _json_bytes(records))
        except PatchMattersError as error:
            print(f"error: {error}", file=sys.stderr)
            failed = True
    return 1 if failed else 0


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


def _load(role: str, options):
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
    output.write(stem + CAPTION, (picture.caption + "\n").encode(), path)
    output.write(stem + REPORT, _json_bytes(record), path)
    output.write(stem + PATCHES, lambda file: annotated(picture).save(file, "PNG"), path)
    return record


def _json_bytes(value) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


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
