"""Folders of images and fast fakes for tests of data set runs. The fakes stand in for models whose weights cannot
be had; what they say reads like what such models say."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from PIL import Image

from core.dataset.choices import STATE
from core.dataset.job import Job
from core.models import Completion
from core.pipeline import Models, profile_settings
from helpers import FixedDetector, ScriptedVerifier

SAID = "A red cup stands on a wooden table. The cup has a handle."


class FakeCaptioner:
    """A fake: says the same of every image; counts what it is asked, by the pixels of the whole image."""

    name = "test:captioner"

    def __init__(self, said: str = SAID):
        self.said, self.asked, self.prompts = said, [], []

    def caption(self, requests, on_progress):
        answers = []
        for index, request in enumerate(requests):
            if request.frame.area == 1:
                self.asked.append(request.image.getpixel((0, 0)))
            self.prompts.append(request.prompt)
            answers.append([Completion(self.said, tokens=10)] * request.n)
            on_progress(index)
        return answers


def fakes(captioner=None) -> Models:
    """Models that answer at once."""
    return Models(FixedDetector(), captioner or FakeCaptioner(), ScriptedVerifier())


def job(folder: Path, **named) -> Job:
    """A job with the settings that take least time."""
    settings = profile_settings("fast", exclude=named.pop("exclude", ()))
    return Job(Path(folder), settings=settings, **named)


def paint(path: Path, number: int = 0, size: tuple[int, int] = (48, 40)) -> Path:
    """An image of a colour of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    colour = (number % 256, number // 256 % 256, 90)
    Image.new("RGB", size, colour).save(path)
    return path


def folder_of(folder: Path, count: int, size: tuple[int, int] = (48, 40)) -> Path:
    """A folder of images 0.png, 1.png ..."""
    for number in range(count):
        paint(folder / f"{number:05d}.png", number, size)
    return folder


def contents(folder: Path) -> dict[str, str]:
    """Path -> SHA-256 of every file below a folder, the state folder aside; links by where they lead."""
    found = {}
    for here, _, names in os.walk(folder):
        for name in names:
            path = Path(here, name)
            inside = path.relative_to(folder).as_posix()
            if not inside.startswith(STATE):
                read = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
                found[inside] = hashlib.sha256(read).hexdigest()
    return found


def captions(folder: Path, suffix: str = ".txt") -> dict[str, str]:
    """Path -> text of every caption file."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8").strip()
        for path in sorted(folder.rglob(f"*{suffix}"))
        if STATE not in path.parts
    }
