"""Dominant colours of pixels, by name."""

from __future__ import annotations

import numpy as np
from PIL import Image

NAMES = (
    "black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown",
)  # fmt: skip
_SIDE = 48  # px; the fraction of a colour does not change below this size


def colour_shares(image: Image.Image) -> dict[str, float]:
    """Return colour name -> fraction of the pixels (0..1), largest first.

    Hue decides the name, after pixels with little light are set apart as black and pixels with
    little saturation as grey or white. Dark orange is called brown, light red pink.
    """
    small = image.resize((_SIDE, _SIDE), Image.Resampling.BOX).convert("HSV")
    hue, saturation, value = (np.asarray(small, np.float32) / 255).reshape(-1, 3).T
    degrees = hue * 360
    name = np.select(
        [
            value < 0.2,
            (saturation < 0.15) & (value > 0.8),
            (saturation < 0.15) | ((saturation < 0.3) & (value < 0.35)),
            ((degrees < 15) | (degrees >= 345)) & (saturation < 0.5) & (value > 0.7),
            (degrees < 48) & (value < 0.65),
            (degrees < 15) | (degrees >= 345),
            degrees < 40,
            degrees < 68,
            degrees < 170,
            degrees < 260,
            degrees < 295,
        ],
        [NAMES.index(n) for n in (
            "black", "white", "grey", "pink", "brown", "red", "orange", "yellow", "green", "blue",
            "purple",
        )],
        NAMES.index("pink"),
    )  # fmt: skip
    counts = np.bincount(name, minlength=len(NAMES)) / name.size
    order = np.argsort(-counts, kind="stable")
    return {NAMES[i]: float(counts[i]) for i in order}
