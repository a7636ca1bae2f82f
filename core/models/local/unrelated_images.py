"""Scores texts on unrelated images, of which they cannot be true.

The images are photographs in the public domain (assets/unrelated/README.md). One of them may happen to show
what a text says, so the best score of each text is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from PIL import Image

from .. import ModelProgress, Verifier

FOLDER = Path(__file__).parents[3] / "assets" / "unrelated"


@lru_cache(maxsize=1)
def unrelated_images() -> tuple[Image.Image, ...]:
    """Return the images of the pack, in the order of their names."""
    files = sorted(FOLDER.glob("*.jpg"))
    return tuple(Image.open(file).convert("RGB") for file in files)


def on_unrelated_images(
    verifier: Verifier, texts: Sequence[str], on_progress: ModelProgress
) -> list[list[float]]:
    """For each text its scores on the images of the pack, the best left out."""
    batches = [(image, texts) for image in unrelated_images()]
    scored = verifier.score(batches, lambda index: on_progress(None)) if texts else []
    return [sorted(column)[:-1] for column in zip(*scored)] if texts else []
