"""The command line: images in; captions, reports and annotated images out. Of a folder: `dataset/command.py`."""

from __future__ import annotations

import argparse
import contextlib
import glob
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .dataset.command import (
    caption_folder,
    check_no_dataset_options,
    is_dataset,
    settings_of,
)
from .errors import PatchMattersError, UnusableModel, reason_of
from .image_record import ImageRecord
from .images import read_image
from .loading import load_models
from .models.hosted.endpoints import Config
from .models.local.loading import check_precision
from .models.registry import load_cache, load_model
from .models.scoring import without_nan
from .options import PACK, given
from .outputs import CAPTION, PATCHES, REPORT, OutputFolder, Record
from .pipeline import STAGES, Models, Progress, Settings, run_each
from .report import annotated, as_dict
from .stages import Source

EXAMPLE = PACK / "assets" / "example.png"
HOME = Path.home() / ".patch_matters"  # config.json and cache of hosted models
BATCH = 8  # images that go through the stages together


def main(options: argparse.Namespace) -> int:
    """Run the command with the options of `options.parser`.

    Returns 0, or 1 if any image was not captioned, or 2 if it could not start.
    """
    for stream in (sys.stdout, sys.stderr):
        # A console of another code page shows question marks in place of a Chinese caption.
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        check_precision(options.precision)
        if options.ray is not None:
            from .distributed.command import caption_on_ray

            return caption_on_ray(options)
        if name := given(options, ("ray_workers", "ray_gpus")):
            raise PatchMattersError(f"{name} is for a run on Ray: add --ray, or leave it out.")
        if options.captions_from is not None:
            from .distributed.export import write_captions

            return write_captions(options)
        if is_dataset(options.images) or options.undo:
            return caption_folder(options, lambda: load_models(options, HOME, load_model))
        return _caption_files(options)
    except PatchMattersError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _caption_files(options: argparse.Namespace) -> int:
    check_no_dataset_options(options)
    paths = named_images(options.images)
    output = OutputFolder(options.out or "output", paths, overwrite=options.overwrite)
    stems = output.stems(paths)
    if options.json:
        reports = OutputFolder(Path(options.json).parent, paths, overwrite=options.overwrite)
        _check_json(Path(options.json), reports, output.folder, stems)
    if options.clear_answers and (answers := load_cache(Config.read(HOME), HOME)):
        answers.clear()
    models = load_models(options, HOME, load_model)
    for path, stem in zip(paths, stems):
        if stem != path.stem:
            print(
                f"{path}: its files are named {stem}, because those named {path.stem} belong to "
                "another image.",
                file=sys.stderr,
            )
    settings = settings_of(options)
    records = []
    with _progress_bar(len(paths)) as (bar, progress):
        for path, record in caption_files(paths, output, stems, models, settings, progress):
            if "error" in record:
                bar.write(f"error: {record['error']}", file=sys.stderr)
            else:
                bar.write(f"{path}\n{record['caption']}\n", file=sys.stdout)
            records.append(record)
    failed = any("error" in record for record in records)
    if options.json:
        try:
            reports.write(Path(options.json).name, _json_bytes(records))
        except PatchMattersError as error:
            print(f"error: {error}", file=sys.stderr)
            failed = True
    return 1 if failed else 0


def caption_files(
    paths: Sequence[Path],
    output: OutputFolder,
    stems: Sequence[str],
    models: Models,
    settings: Settings,
    progress: Callable[[int, int], Progress],
) -> Iterator[tuple[Path, dict]]:
    """Caption files and write their captions, reports and annotated images; yield each file's report.

    Some images at a time go through the stages together, so that no model is loaded for each image. One image
    that fails costs that image: its report has an "error". The first image that fails because a model cannot be used
    at all is the last.

    Args:
        progress: gives the `Progress` of a batch, by the number of its first image and its size.
    """
    for start in range(0, len(paths), BATCH):
        found: list[tuple[Path, str, Source | Exception]] = []
        for path, stem in zip(paths[start : start + BATCH], stems[start : start + BATCH]):
            try:
                for suffix in (CAPTION, REPORT, PATCHES):
                    output.check(stem + suffix)  # before any model is asked
                found.append((path, stem, Source(read_image(path))))
            except Exception as error:
                found.append((path, stem, error))
        sources = [source for *_, source in found if isinstance(source, Source)]
        batch_progress = progress(start, len(found))
        image_records = iter(run_each(settings, sources, models, batch_progress) if sources else ())
        for path, stem, source in found:
            outcome = next(image_records) if isinstance(source, Source) else source
            try:
                if isinstance(outcome, Exception):
                    raise outcome
                yield path, _written(path, stem, outcome, output)
            except Exception as error:
                yield path, {"image": str(path), "error": reason_of(str(path), error)}
                if isinstance(error, UnusableModel):
                    return


def _written(path: Path, stem: str, image_record: ImageRecord, output: OutputFolder) -> dict:
    record = {"image": str(path), **as_dict(image_record)}
    output.write(stem + CAPTION, (image_record.caption + "\n").encode("utf-8", "replace"), path)
    output.write(stem + REPORT, _json_bytes(record), path)
    output.write(stem + PATCHES, lambda file: annotated(image_record).save(file, "PNG"), path)
    return record


def named_images(names: Sequence[str]) -> list[Path]:
    """Return the images that the command names: patterns expanded, which not every shell does, and without
    the annotated images that the pack itself wrote. One named twice counts once. None named: the example.
    """
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
            f"--json {path} is an output file of one of the images: choose another name."
        )


def _json_bytes(value) -> bytes:
    text = json.dumps(without_nan(value), ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8", "replace")  # a name of a file need not be UTF-8


class _progress_bar:
    """A bar over all images, and a `Progress` for each batch of them."""

    def __init__(self, image_records: int):
        self._images = image_records

    def __enter__(self):
        from tqdm import tqdm

        self._bar = tqdm(
            total=self._images * len(STAGES),
            bar_format="{desc:40.40} {percentage:3.0f}%|{bar}| {elapsed}",
            disable=None if sys.stderr.isatty() else False,
            mininterval=0.2,
        )
        return self._bar, self._of_batch

    def __exit__(self, *exception):
        self._bar.close()

    def _of_batch(self, first: int, size: int) -> Progress:
        def progress(stage: str, done: int, total: int, region: str) -> None:
            if not region or stage not in STAGES:
                return
            reached = first * len(STAGES) + size * (STAGES.index(stage) + done / total)
            self._bar.set_description_str(f"{first + 1}/{self._images} {stage}: {region}", False)
            self._bar.update(reached - self._bar.n)

        return progress
