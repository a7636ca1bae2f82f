"""Finds the shots of a clip, and the frames of each shot that together show what can be seen in it.

Pure functions on thumbnails. Two frames are compared by the mean absolute difference of their pixels, as PySceneDetect's
ContentDetector does, but with their brightness evened out, so that flicker is no change, and for cuts at the best of
all small shifts, so that a pan is none. A dissolve or fade is found by the model of Hampapur, Jain and Weymouth (Digital
Video Segmentation, ACM Multimedia 1994): its frames are weighted means of the frames at its two ends.

The thresholds were chosen on clips made of still images (bench/shots.py, bench/RESULTS.md).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 32, 18  # px of a thumbnail, whatever the frame's own proportions
SHIFT = 4  # px of a thumbnail that a pan may move between two frames: an eighth of the width
CUT = 0.045  # difference (0..1) of two frames beyond which a cut may lie between them
SUDDEN = 2.5  # how many times that of the frames before it or behind it
QUIET_CUT, VERY_SUDDEN = 0.02, 8.0  # the same where little moves, as between two dark or gray shots
NEAR = 4  # frames to each side that are looked at for that
CHANGE = 0.11  # difference (0..1) in the quarter of the image that changes most that makes another key frame
NEW = 0.4  # share (0..1) of the image that a pan uncovers that makes another key frame
BLANK = 0.02  # standard deviation (0..1) of a frame below which nothing can be seen in it
FADED = 0.4  # share of the clip's usual contrast below which a frame beside a blank one is not looked at
CLEAR = 0.85  # contrast of a key frame, as a share of the best in its state
LONGEST = 36  # frames of a dissolve
STEADY = 0.55  # the least step between two frames of a dissolve, as a share of the mean one
FASTER = 1.3  # how many times that of the frames around it a frame of a dissolve differs from the next one
MIXED = 0.35  # how far frames of a dissolve may differ from a weighted mean of its ends, as a share of their difference


@dataclass(frozen=True)
class Shot:
    """Frames `start` to `stop - 1` without a cut. `keys`: the frames to describe, in order; none if there are too many
    shots to describe this one.
    """

    start: int
    stop: int
    keys: tuple[int, ...]


def thumbnail(frame: Image.Image) -> np.ndarray:
    """Return a frame as `find_shots` takes it: uint8 (`HEIGHT`, `WIDTH`, 3), each pixel the mean of its part."""
    return np.asarray(frame.convert("RGB").resize((WIDTH, HEIGHT), Image.Resampling.BOX))


def find_shots(thumbnails: np.ndarray, most: int) -> list[Shot]:
    """Divide a clip into shots and choose their key frames.

    Frames of a dissolve or fade belong to no shot, and neither do blank ones.

    Args:
        thumbnails: uint8 (frames, `HEIGHT`, `WIDTH`, 3).
        most: key frames of the whole clip. If there are more shots than that, only the longest ones have one.

    Returns:
        The shots in order; the first frame alone where all frames are blank.
    """
    frames = _even(thumbnails)
    gone = _blank(thumbnails)
    steps = _difference(frames[:-1], frames[1:])
    bounds = [0, *_cuts(thumbnails, frames, steps), len(frames)]
    for start, stop in _dissolves(thumbnails, frames, bounds):
        gone[start:stop] = True
        bounds += [start, stop]
    bounds = sorted(set(bounds))
    runs = [run for a, b in itertools.pairwise(bounds) for run in _runs(~gone[a:b], a)] or [(0, 1)]
    # A frame alone beside a dissolve is one of its own, or its end.
    runs = [r for r in runs if r[1] - r[0] > 1 or len(thumbnails) < 4] or runs
    spans = [runs[0]]
    for start, stop in runs[1:]:
        # After a flash, the frame before it comes back.
        before = spans[-1][1] - 1
        flash = start - before > 1 and _one_difference(frames, before, start) < CUT
        spans[-1:] = [(spans[-1][0], stop)] if flash else [spans[-1], (start, stop)]
    shots = [
        Shot(a, b, _states(thumbnails, frames, [i for i in range(a, b) if not gone[i]] or [a]))
        for a, b in spans
    ]
    return _limited(shots, frames, most)


def _even(thumbnails: np.ndarray) -> np.ndarray:
    """Return float32 YCbCr thumbnails (about 0..1) that all have the mean brightness of a middle gray.

    Dark ones are at most doubled, so that their noise is no change.
    """
    r, g, b = np.moveaxis(thumbnails.astype(np.float32) / 255, -1, 0)
    y = 0.299 * r + 0.587 * g + 0.114 * b
    gain = 0.5 / np.maximum(y.mean(axis=(1, 2), keepdims=True), 0.25)
    channels = [y * gain, 0.564 * (b - y) * gain, 0.713 * (r - y) * gain]
    return np.stack(channels, axis=-1)


def _blank(thumbnails: np.ndarray) -> np.ndarray:
    """Return a bool for each frame: whether it is of one colour, or close to that in a fade."""
    contrast = (thumbnails.astype(np.float32) / 255).std(axis=(1, 2)).max(axis=-1)
    blank = contrast < BLANK
    faded = contrast < FADED * float(np.median(contrast))
    for order in (range(1, len(blank)), range(len(blank) - 2, -1, -1)):
        for i in order:
            near = blank[i - 1] if order.step > 0 else blank[i + 1]
            blank[i] |= faded[i] and near
    return blank


def _difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the difference of pairs of frames (n, H, W, 3) at the best shift of one against the other; (n,).

    The third of the image that differs most does not count, so that a thing that comes in is no cut.
    """
    best: np.ndarray = np.full(len(a), np.inf, np.float32)
    if not len(a):
        return best
    for dy in range(-SHIFT // 2, SHIFT // 2 + 1):
        for dx in range(-SHIFT, SHIFT + 1):
            pixels = np.sort(_shifted(a, b, dx, dy).reshape(len(a), -1), axis=1)
            best = np.minimum(best, pixels[:, : pixels.shape[1] * 2 // 3].mean(axis=1))
    return best


def _one_difference(frames: np.ndarray, one: int, other: int) -> float:
    return float(_difference(frames[one : one + 1], frames[other : other + 1])[0])


def _shifted(a: np.ndarray, b: np.ndarray, dx: int, dy: int) -> np.ndarray:
    """Return the difference (..., h, w) of the part that frames (..., H, W, 3) share at a shift."""
    height, width = a.shape[-3:-1]
    one = a[..., max(0, dy) : height + min(0, dy), max(0, dx) : width + min(0, dx), :]
    other = b[..., max(0, -dy) : height + min(0, -dy), max(0, -dx) : width + min(0, -dx), :]
    return np.abs(one - other).sum(axis=-1) / 2


def _cuts(thumbnails: np.ndarray, frames: np.ndarray, steps: np.ndarray) -> list[int]:
    """Return the first frame after each cut. Frames on both sides must differ, so that a flash is no cut.

    Args:
        steps: the difference of each frame to the next one.
    """
    count = len(frames)
    across = steps.copy()
    for before, after in ((1, 1), (0, 2), (1, 2)):
        i = np.arange(before, count - after)
        across[i] = np.minimum(across[i], _difference(frames[i - before], frames[i + after]))
    cuts: list[int] = []
    for i in np.flatnonzero(across > QUIET_CUT).tolist():
        sides = steps[max(0, i - NEAR) : i], steps[i + 1 : i + NEAR + 1]
        usual = max((float(np.median(side)) for side in sides if len(side)), default=0.0)
        sudden = (SUDDEN if across[i] > CUT else VERY_SUDDEN) * usual
        # A bright thing that comes in changes all of an image whose brightness is evened out.
        pair = thumbnails[i : i + 2].astype(np.float32) / 255
        seen = _one_difference(pair, 0, 1) > QUIET_CUT
        if seen and across[i] > sudden and steps[i] >= steps[max(0, i - 1) : i + 2].max():
            cuts.append(i + 1)
    return cuts


def _dissolves(
    thumbnails: np.ndarray, frames: np.ndarray, bounds: Sequence[int]
) -> list[tuple[int, int]]:
    """Return (first, behind the last) of the frames of each dissolve or fade, without its two ends.

    One lies between two shots, and more changes from frame to frame than in one of them, which tells it from a zoom.
    """
    rgb = thumbnails.astype(np.float32).reshape(len(thumbnails), -1) / 255
    steps = np.abs(np.diff(rgb, axis=0)).mean(axis=1)
    found: list[tuple[int, int]] = []
    for first, behind in itertools.pairwise(bounds):
        start = first + 1
        while start + 3 < behind - 1:
            stop = _dissolve_end(rgb, frames, start, min(behind - 1, start + LONGEST + 2))
            before, after = steps[max(first, start - NEAR) : start], steps[stop : stop + NEAR]
            if stop and steps[start:stop].mean() < FASTER * min(
                np.median(before), np.median(after)
            ):
                stop = 0
            if stop and found and found[-1][1] == start:
                found[-1] = (found[-1][0], stop)
            elif stop:
                found.append((start + 1, stop))
            start = stop or start + 1
    return found


def _dissolve_end(rgb: np.ndarray, frames: np.ndarray, start: int, behind: int) -> int:
    """Return the last frame of the dissolve that begins after `start`, 0 where none does."""
    for stop in range(behind - 1, start + 2, -1):
        way = rgb[stop] - rgb[start]
        length = float(way @ way)
        if np.abs(way).mean() < CUT:
            continue
        inner = rgb[start + 1 : stop] - rgb[start]
        along = inner @ way / length
        rest = np.linalg.norm(inner - along[:, None] * way, axis=1).max() / np.sqrt(length)
        steady = np.all(np.diff([0.0, *along, 1.0]) > STEADY / (stop - start))
        if steady and rest < MIXED and _change(frames[start], frames[stop]) > 1:
            return stop
    return 0


def _runs(mask: np.ndarray, offset: int) -> list[tuple[int, int]]:
    """Return (start, stop) of every run of True, counted from `offset`."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(a) + offset, int(b) + offset) for a, b in edges.reshape(-1, 2)]


def _states(thumbnails: np.ndarray, frames: np.ndarray, shown: Sequence[int]) -> tuple[int, ...]:
    """Return one frame for each state of a shot: of the frames that differ little, the one most like the others."""
    states = [[shown[0]]]
    for index in shown[1:]:
        if _change(frames[states[-1][0]], frames[index]) > 1:
            states.append([])
        states[-1].append(index)
    return tuple(_middle(thumbnails, frames, state) for state in states)


def _change(a: np.ndarray, b: np.ndarray) -> float:
    """Return how much of one frame (H, W, 3) is not in another, as a multiple of what makes a key frame: how much a
    quarter of what both show differs, or how much only one of them shows.
    """
    small_a, small_b = _half(a), _half(b)
    height, width = small_a.shape[:2]
    every = [
        (dx, dy)
        for dy in range(-(height // 2), height // 2 + 1)
        for dx in range(-(width // 2), width // 2 + 1)
    ]
    dx, dy = min(every, key=lambda shift: _new(small_a, small_b, *shift))
    fine = [(2 * dx + x, 2 * dy + y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    return min(_new(_blurred(a), _blurred(b), *shift) for shift in fine)


def _new(a: np.ndarray, b: np.ndarray, dx: int, dy: int) -> float:
    """Return `_change` of two frames at one shift."""
    differences = _shifted(a, b, dx, dy).ravel()
    new = 1 - differences.size / a[..., 0].size
    quarter = max(1, len(differences) // 4)
    changed = np.partition(differences, -quarter)[-quarter:].mean() if len(differences) else 1.0
    return max(float(changed) / CHANGE, new / NEW)


def _half(frame: np.ndarray) -> np.ndarray:
    """Return a frame (H, W, 3) at half its size."""
    return frame.reshape(HEIGHT // 2, 2, WIDTH // 2, 2, 3).mean(axis=(1, 3))


def _blurred(frame: np.ndarray) -> np.ndarray:
    """Return a frame (H, W, 3) so that fine texture need not lie exactly on itself: (H - 1, W - 1, 3)."""
    return (frame[:-1, :-1] + frame[1:, :-1] + frame[:-1, 1:] + frame[1:, 1:]) / 4


def _middle(thumbnails: np.ndarray, frames: np.ndarray, state: Sequence[int]) -> int:
    """Return the frame that is most like the mean of a state, of those that are not darkened by a fade."""
    contrast = thumbnails[list(state)].reshape(len(state), -1).std(axis=1)
    clear = [i for i, c in zip(state, contrast) if c >= CLEAR * contrast.max()]
    mean = frames[clear].mean(axis=0)
    return min(clear, key=lambda i: float(np.abs(frames[i] - mean).mean()))


def _limited(shots: list[Shot], frames: np.ndarray, most: int) -> list[Shot]:
    """Return the shots with at most that many key frames, those that differ least from the one before left out."""
    if len(shots) > most:
        longest = sorted(shots, key=lambda s: s.start - s.stop)[:most]
        return [Shot(s.start, s.stop, s.keys[:1] if s in longest else ()) for s in shots]
    keys = [list(shot.keys) for shot in shots]
    change = cache(lambda a, b: _change(frames[a], frames[b]))
    while sum(map(len, keys)) > most:
        changes = [
            (change(a, b), s, b) for s, own in enumerate(keys) for a, b in itertools.pairwise(own)
        ]
        _, s, key = min(changes)
        keys[s].remove(key)
    return [Shot(s.start, s.stop, tuple(own)) for s, own in zip(shots, keys)]
