"""The command line: pictures in, captions, annotated pictures and reports out."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from .profiles import DEFAULT, LENGTHS, PROFILES
from .errors import PatchMattersError
from .images import read_image
from .models.hosted.endpoints import Config
from .models.local.loading import Loading, precisions
from .models.registry import (
    CAPTIONER,
    DETECTOR,
    MATCHER,
    WRITER,
    known_models,
    load_answers,
    load_model,
)
from .pipeline import STAGES, Models, Progress, Settings, caption_images, profile_settings
from .report import annotated, as_dict
from .wording import split_words

PACK = Path(__file__).parent.parent
EXAMPLE = PACK / "assets" / "example.png"
HOME = Path.home() / ".patch_matters"  # config.json and cache of hosted models
ROLES = {
    DETECTOR: "finds the objects that the patches are built around",
    CAPTIONER: "describes the whole image and each patch",
    MATCHER: "scores each sentence against the pixels",
    WRITER: "writes the caption from the sentences that were kept",
}


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    p = argparse.ArgumentParser(
        prog="run.py",
        description="Long, detailed, trustworthy captions: divide the picture into patches, describe "
        "each, keep the sentences that fit the pixels, and join them.",
    )
    p.add_argument(
        "images", nargs="*", metavar="IMAGE", help="pictures to caption (none: the example photo)"
    )
    for role, what in ROLES.items():
        p.add_argument(
            f"--{role}", default="", metavar="NAME", help=f"{what}: {known_models(role)}"
        )
    p.add_argument(
        "--classes",
        default="",
        metavar="WORDS",
        help="what the detector is to look for, as in «person, red car» (default: all its classes, "
        "or the nouns of the caption for a detector that takes words)",
    )
    p.add_argument(
        "--precision",
        choices=precisions(),
        default="auto",
        help="number format of a captioner's or writer's weights (default: as saved)",
    )
    p.add_argument(
        "--models",
        metavar="DIR",
        default=_models_folder(),
        help="folder of model folders, where models of the catalogue are found and downloaded to "
        "(default: %(default)s)",
    )
    p.add_argument(
        "--profile",
        choices=PROFILES,
        default=DEFAULT.name,
        help="default: score every sentence on all patches that show its place, write once; paper: "
        "keep what two captions of a patch agree on unscored, write level by level; fast: one "
        "caption of each patch, no writer",
    )
    p.add_argument(
        "--length",
        choices=tuple(LENGTHS),
        default="long",
        help="sentences of the caption: short 3, medium 8, long all that were kept (default)",
    )
    p.add_argument("--seed", type=int, default=0, help="of the sampled captions (default: 0)")
    p.add_argument(
        "--clear-answers",
        action="store_true",
        help="forget the kept answers of hosted models first, so that they are asked again",
    )
    p.add_argument(
        "--json", metavar="FILE", help="write the reports of all pictures to FILE, as one list"
    )
    p.add_argument(
        "--out",
        metavar="DIR",
        default="output",
        help="folder for caption (.txt), annotated picture (.png) and report (.json) of each "
        "picture (default: output)",
    )
    return p


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns 0, or 1 if any picture failed, or 2 if it could not start."""
    options = parser().parse_args(arguments)
    paths = [Path(p) for p in options.images] or [EXAMPLE]
    try:
        if options.clear_answers and (answers := load_answers(Config.read(HOME), HOME)):
            answers.clear()
        models = Models(**{role: _load(role, options) for role in ROLES})
        folder = _writable_folder(options.out)
        if options.json:
            _writable_folder(Path(options.json).parent)
    except PatchMattersError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    import torch

    settings = profile_settings(options.profile, seed=options.seed, length=options.length)
    records = []
    with _progress_bar(len(paths)) as (bar, progress):
        for number, (path, stem) in enumerate(zip(paths, unique_stems(paths))):
            try:
                record = caption_file(path, folder / stem, models, settings, progress(number))
                bar.write(f"{path}\n{record['caption']}\n", file=sys.stdout)
            except (PatchMattersError, torch.OutOfMemoryError) as error:
                if isinstance(error, torch.OutOfMemoryError):
                    error = "no room on the GPU: choose smaller models, or --precision 4-bit"
                record = {"image": str(path), "error": str(error)}
                bar.write(f"error: {error}", file=sys.stderr)
            records.append(record)
    if options.json:
        write_whole(Path(options.json), _json_bytes(records))
    return 1 if any("error" in record for record in records) else 0


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


def _models_folder() -> str:
    """That of the ComfyUI around this pack, if there is one."""
    of_comfyui = PACK.parent.parent / "models" / "LLM"
    return str(of_comfyui if of_comfyui.is_dir() else PACK / "models" / "LLM")


def caption_file(
    path: Path, target: Path, models: Models, settings: Settings, progress: Progress
) -> dict:
    """Caption one file and write `<target>.txt`, `.png` and `.json`; returns the report."""
    picture = caption_images([read_image(path)], models, settings, progress=progress)[0]
    record = {"image": str(path), **as_dict(picture)}
    write_whole(target.with_name(target.name + ".txt"), (picture.caption + "\n").encode())
    write_whole(target.with_name(target.name + ".json"), _json_bytes(record))
    write_whole(
        target.with_name(target.name + ".png"), lambda file: annotated(picture).save(file, "PNG")
    )
    return record


def unique_stems(paths: Sequence[Path]) -> list[str]:
    """The files' stems; one that came before (in any case) gets `-2`, `-3` …"""
    taken: set[str] = set()
    stems = []
    for path in paths:
        stem, number = path.stem or "image", 1
        while (unique := stem if number == 1 else f"{stem}-{number}").lower() in taken:
            number += 1
        taken.add(unique.lower())
        stems.append(unique)
    return stems


def write_whole(path: Path, content: bytes | Callable) -> None:
    """Write a file whole or not at all.

    Raises:
        PatchMattersError: it cannot be written.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            temporary = file.name
            content(file) if callable(content) else file.write(content)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise PatchMattersError(f"{path} cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _writable_folder(folder: str | Path) -> Path:
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise PatchMattersError(
            f"The folder {folder} cannot be written to ({error.strerror or error}): choose another "
            "with --out."
        ) from error


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
