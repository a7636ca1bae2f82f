"""Boxes, and the tree of regions of an image. Pure geometry without I/O."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

IMAGE, SPATIAL, SEMANTIC, PAIR = "image", "spatial", "semantic", "pair"
MARKED = "marked"  # by the user
WHOLE = "image"  # the name of the root region


@dataclass(frozen=True, order=True)
class Box:
    """A half-open rectangle in pixels, `x1 <= x < x2` and `y1 <= y < y2`; never empty.

    Raises:
        ValueError: a side is not finite, or the box has no area.
    """

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self):
        if not all(math.isfinite(v) for v in self.as_tuple()):
            raise ValueError(f"box {self.as_tuple()} has a side that is not a finite number")
        if self.x2 <= self.x1 or self.y2 <= self.y1:
            raise ValueError(f"box {self.as_tuple()} has no area")

    def as_tuple(self) -> tuple[float, float, float, float]:
        return (self.x1, self.y1, self.x2, self.y2)

    @property
    def width(self) -> float:
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def center(self) -> tuple[float, float]:
        return ((self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2)

    def pixels(self) -> tuple[int, int, int, int]:
        """Return the smallest rectangle of whole pixels that covers the box (for cropping)."""
        return (math.floor(self.x1), math.floor(self.y1), math.ceil(self.x2), math.ceil(self.y2))


def clip_box(x1: float, y1: float, x2: float, y2: float, width: float, height: float) -> Box | None:
    """Return the part of a box inside an image of `width` x `height` pixels.

    None where nothing is left of it: it lies outside, has no area, or is not finite.
    """
    if not all(math.isfinite(v) for v in (x1, y1, x2, y2)):
        return None
    x1, x2 = max(0.0, x1), min(float(width), x2)
    y1, y2 = max(0.0, y1), min(float(height), y2)
    return Box(x1, y1, x2, y2) if x2 > x1 and y2 > y1 else None


def intersection_box(a: Box, b: Box) -> Box | None:
    """Return the intersection of two boxes; None if they only touch or are apart."""
    x1, y1 = max(a.x1, b.x1), max(a.y1, b.y1)
    x2, y2 = min(a.x2, b.x2), min(a.y2, b.y2)
    return Box(x1, y1, x2, y2) if x2 > x1 and y2 > y1 else None


def intersection_area(a: Box, b: Box) -> float:
    """Return the shared area in square pixels; 0 where the boxes only touch."""
    shared = intersection_box(a, b)
    return shared.area if shared else 0.0


def iou(a: Box, b: Box) -> float:
    """Return the intersection over union, 0..1."""
    shared = intersection_area(a, b)
    return shared / (a.area + b.area - shared) if shared else 0.0


def coverage(inner: Box, outer: Box) -> float:
    """Return the fraction (0..1) of `inner` that lies inside `outer`."""
    return intersection_area(inner, outer) / inner.area


def union_box(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all of `boxes` (at least one)."""
    x1, y1, x2, y2 = zip(*(box.as_tuple() for box in boxes))
    return Box(min(x1), min(y1), max(x2), max(y2))


def merge_boxes(boxes: Iterable[Box], limit: float) -> list[Box]:
    """Replace every connected component of the graph `IoU > limit` by its union box.

    Repeated until no two boxes overlap by more than `limit`, so the result does not depend on the
    order of `boxes` and merging it again changes nothing. Sorted by position.
    """
    merged = sorted(set(boxes))
    while True:
        components: list[list[Box]] = []
        for box in merged:
            near = [c for c in components if any(iou(box, other) > limit for other in c)]
            components = [c for c in components if not any(c is n for n in near)]
            components.append([box, *(other for c in near for other in c)])
        if len(components) == len(merged):
            return merged
        merged = sorted({union_box(c) for c in components})


def quadrants(box: Box) -> dict[str, Box]:
    """Return the four quarters of a box, split at whole pixels (`W // 2`, `H // 2`; paper, section 3.1).

    They tile the box. A box one pixel wide or high has no left or upper quarters.
    """
    middle_x = box.x1 + box.width // 2
    middle_y = box.y1 + box.height // 2
    corners = {
        "top left": (box.x1, box.y1, middle_x, middle_y),
        "top right": (middle_x, box.y1, box.x2, middle_y),
        "bottom right": (middle_x, middle_y, box.x2, box.y2),
        "bottom left": (box.x1, middle_y, middle_x, box.y2),
    }
    return {name: Box(*c) for name, c in corners.items() if c[2] > c[0] and c[3] > c[1]}


@dataclass(frozen=True)
class Region:
    """A part of the image, and the parts it is divided into.

    `name` is unique in its tree: `image` for the root, `top left`, `main`, and for deeper levels
    the path, as in `top left > bottom right`.
    """

    name: str
    kind: str
    box: Box
    children: tuple[Region, ...] = ()

    def walk(self) -> Iterator[Region]:
        """Yield this region, then all below it, parents before children."""
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, name: str) -> Region:
        """Return the region of that name in this tree.

        Raises:
            KeyError: there is none.
        """
        for region in self.walk():
            if region.name == name:
                return region
        raise KeyError(name)
