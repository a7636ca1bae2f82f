"""How well cuts and dissolves are found, and how many frames of a clip are described.

Clips are made of still images: pans, zooms, jitter, flicker, noise, cuts, dissolves, fades through black, flashes, and
objects that come in. The thresholds of core/video/shots.py were chosen on the images of assets/unrelated; with
--held-out the images that come with scikit-image are used, on which nothing was chosen.

    python bench/shots.py [--held-out] [--clips 200]
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.video.shots import find_shots, thumbnail

ROOT = Path(__file__).parents[1]
SIDE = (192, 108)  # px of the frames that are made
HELD_OUT = ("camera", "cell", "coins", "horse", "hubble_deep_field", "ihc", "motorcycle_left", "page", "retina", "gravel", "color", "moon")  # fmt: skip


@dataclass
class Clip:
    """Frames, and for each true boundary the range of frames in which it may be found (first, last)."""

    frames: list[Image.Image]
    boundaries: list[tuple[int, int]]


def images(held_out: bool) -> list[Image.Image]:
    """Return the images that clips are made of, at least 256 px to each side."""
    if held_out:
        import skimage

        folder = Path(skimage.__file__).parent / "data"
        files = [f for name in HELD_OUT for f in folder.glob(f"{name}.*")]
    else:
        files = [*sorted((ROOT / "assets/unrelated").glob("*.jpg")), ROOT / "assets/example.png"]
    return [Image.open(f).convert("RGB").resize((480, 320)) for f in files]


def shot(
    image: Image.Image, count: int, rng: np.random.Generator, motion: str
) -> list[Image.Image]:
    """Return `count` frames of one image: still, panned, zoomed, or shaken with noise."""
    frames = []
    pan = (
        rng.uniform(-1, 1, 2) * (480 - 288, 320 - 162) / max(count, 16)
        if motion == "pan"
        else np.zeros(2)
    )
    place = np.array([(480 - 288) / 2, (320 - 162) / 2])
    if motion == "pan":
        place -= pan * count / 2
    for k in range(count):
        zoom = 1 - 0.35 * k / max(count, 16) if motion == "zoom" else 1.0
        x, y = place + pan * k + (rng.uniform(-3, 3, 2) if motion == "shake" else 0)
        w, h = 288 * zoom, 162 * zoom
        x, y = np.clip(x + (288 - w) / 2, 0, 480 - w), np.clip(y + (162 - h) / 2, 0, 320 - h)
        frames.append(image.crop((int(x), int(y), int(x + w), int(y + h))).resize(SIDE))
    if motion == "shake":
        frames = [_noisy(f, rng) for f in frames]
    return frames


def _noisy(frame: Image.Image, rng: np.random.Generator) -> Image.Image:
    values = np.asarray(frame, np.float32) + rng.normal(0, 6, (SIDE[1], SIDE[0], 3))
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def _scaled(frame: Image.Image, gain: float) -> Image.Image:
    return Image.fromarray((np.asarray(frame, np.float32) * gain).clip(0, 255).astype(np.uint8))


MOTIONS = ("still", "pan", "zoom", "shake")


def cuts(pool, rng, motion=None) -> Clip:
    """Three shots of 6 to 12 frames."""
    frames, boundaries = [], []
    for n, i in enumerate(rng.choice(len(pool), 3, replace=False)):
        if n:
            boundaries.append((len(frames), len(frames)))
        frames += shot(pool[i], int(rng.integers(6, 13)), rng, motion or rng.choice(MOTIONS))
    return Clip(frames, boundaries)


def one_shot(pool, rng) -> Clip:
    return Clip(shot(pool[rng.integers(len(pool))], 24, rng, rng.choice(MOTIONS)), [])


def flicker(pool, rng) -> Clip:
    clip = cuts(pool, rng)
    return Clip([_scaled(f, rng.uniform(0.7, 1.15)) for f in clip.frames], clip.boundaries)


def flash(pool, rng) -> Clip:
    clip = one_shot(pool, rng)
    clip.frames[int(rng.integers(4, 20))] = Image.new("RGB", SIDE, (250, 250, 245))
    return clip


def dissolve(pool, rng) -> Clip:
    """Two shots that overlap by 5 to 12 frames."""
    length = int(rng.integers(5, 13))
    a, b = (
        shot(pool[i], 8 + length, rng, rng.choice(("still", "pan", "zoom")))
        for i in rng.choice(len(pool), 2, replace=False)
    )
    mixed = [
        Image.blend(x, y, (k + 1) / (length + 1)) for k, (x, y) in enumerate(zip(a[8:], b[:length]))
    ]
    return Clip([*a[:8], *mixed, *b[length:]], [(8, 8 + length)])


def fade(pool, rng) -> Clip:
    """Two shots with 4 to 8 frames of fading to black and as many out of it."""
    length = int(rng.integers(4, 9))
    a, b = (
        shot(pool[i], 8 + length, rng, "still") for i in rng.choice(len(pool), 2, replace=False)
    )
    out = [_scaled(f, 1 - (k + 1) / length) for k, f in enumerate(a[8:])]
    into = [_scaled(f, k / length) for k, f in enumerate(b[:length])]
    return Clip([*a[:8], *out, *into, *b[length:]], [(8, 8 + 2 * length)])


def comes_in(pool, rng) -> Clip:
    """One still shot into which a part of another image comes, a quarter of the frame, and stays."""
    i, j = rng.choice(len(pool), 2, replace=False)
    frames = shot(pool[i], 24, rng, "still")
    part = pool[j].resize((96, 54))
    at = int(rng.integers(8, 16))
    for frame in frames[at:]:
        frame.paste(part, (72, 44))
    return Clip(frames, [])


KINDS: dict[str, Callable] = {
    "cuts, still": lambda pool, rng: cuts(pool, rng, "still"),
    "cuts, pans": lambda pool, rng: cuts(pool, rng, "pan"),
    "cuts, any motion": cuts,
    "cuts, flicker": flicker,
    "one shot": one_shot,
    "one shot, a flash": flash,
    "dissolve": dissolve,
    "fade through black": fade,
    "something comes in": comes_in,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--held-out", action="store_true", help="use images of scikit-image")
    parser.add_argument("--clips", type=int, default=100, help="of each kind")
    options = parser.parse_args()
    pool = images(options.held_out)
    print(f"{len(pool)} images, {options.clips} clips of each kind")
    print(
        "| clips | boundaries found | false ones a clip | key frames a clip (frames) | in a transition |"
    )
    print("|---|---|---|---|---|")
    for kind, make in KINDS.items():
        rng, total = np.random.default_rng(7), defaultdict(float)
        for _ in range(options.clips):
            clip = make(pool, rng)
            shots = find_shots(np.stack([thumbnail(f) for f in clip.frames]), 99)
            starts = [s.start for s in shots[1:]]
            found = [any(a <= s <= b + 1 for s in starts) for a, b in clip.boundaries]
            total["found"] += sum(found)
            total["true"] += len(found)
            outside = sum(not any(a <= s <= b + 1 for a, b in clip.boundaries) for s in starts)
            again = max(0, len(starts) - sum(found) - outside)  # a boundary found more than once
            total["false"] += outside + again
            keys = [k for s in shots for k in s.keys]
            total["keys"] += len(keys)
            total["frames"] += len(clip.frames)
            total["inside"] += sum(a < k < b - 1 for k in keys for a, b in clip.boundaries)
        n = options.clips
        share = f"{total['found'] / total['true']:.1%}" if total["true"] else "-"
        print(
            f"| {kind} | {share} | {total['false'] / n:.2f} | {total['keys'] / n:.1f} ({total['frames'] / n:.0f}) "
            f"| {total['inside'] / n:.2f} |"
        )


if __name__ == "__main__":
    main()
