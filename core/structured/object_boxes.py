"""Which detections show which object: only where nothing else could be meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..claims import lexicon
from ..claims.sides import sides
from ..image_record import ImageRecord
from ..models import Detection
from ..regions import Box, coverage, iou

if TYPE_CHECKING:
    from .scene_graph import Object

SEEN = 0.5  # share of a detection that lies in a region whose captions name the object
MIDDLE = 0.3  # how far, as a share of the image, the centre of what is in the middle may be from the image's
SAME = 0.6  # two detections of one label that overlap by more (IoU) are one object


def object_boxes(
    record: ImageRecord, objects: Sequence[Object], names: Mapping[int, Sequence[str]]
) -> dict[int, tuple[Box, ...]]:
    """Return thing -> the boxes of its instances, in pixels, for the objects that can be told from all others.

    A detection may be an object if its label is one of the object's names or a kind of it, if it lies in a region
    whose captions name the object, and on the side of the image that a claim names. A single object gets a box if
    one detection is left for it, several get theirs if as many are left as were counted.

    Args:
        objects: most important first.
        names: thing -> the nouns that it is called by.
    """
    distinct = distinct_detections(record.detections)
    left = {
        o.thing: [d for d in distinct if _may_be(record, d, o, names.get(o.thing, ()))]
        for o in objects
    }
    found: dict[int, tuple[Box, ...]] = {}
    single = [o for o in objects if o.count == 1]
    while chosen := next(
        (o for o in single if o.thing not in found and len(left[o.thing]) == 1), None
    ):
        [taken] = left[chosen.thing]
        found[chosen.thing] = (taken.box,)
        for thing, others in left.items():
            if thing != chosen.thing:
                left[thing] = [d for d in others if d is not taken]
    for o in objects:
        boxes = tuple(d.box for d in left[o.thing])
        if o.count != 1 and boxes and o.count in (0, len(boxes)):
            found[o.thing] = boxes
    return found


def patch_box(record: ImageRecord, regions: Sequence[str]) -> Box | None:
    """Return the smallest of the patches of these names; None where only the whole image is among them.

    Patches are widened until one of them holds the whole of an object (`divide.py`).
    """
    patches = [record.root.find(name).box for name in regions if name != record.root.name]
    return min(patches, key=lambda box: box.area) if patches else None


def shows(detection: Detection, names: Sequence[str]) -> bool:
    """Return whether the label of a detection is one of an object's names or a kind of it, or the other way round."""
    label = detection.label
    return any(lexicon.is_kind(n, label) or lexicon.is_kind(label, n) for n in names)


def distinct_detections(detections: Sequence[Detection]) -> list[Detection]:
    """Return the detections without those that show an object again, by their label and place."""
    kept: list[Detection] = []
    for d in sorted(detections, key=lambda d: -d.score):
        if not any(k.label == d.label and iou(k.box, d.box) > SAME for k in kept):
            kept.append(d)
    return kept


def _may_be(record: ImageRecord, detection: Detection, one: Object, names: Sequence[str]) -> bool:
    if not shows(detection, names):
        return False
    patches = [record.root.find(name).box for name in one.regions if name != record.root.name]
    if patches and all(coverage(detection.box, patch) < SEEN for patch in patches):
        return False
    x, y = record.fraction(detection.box).center
    there = {
        "left": x < 0.5,
        "right": x > 0.5,
        "top": y < 0.5,
        "bottom": y > 0.5,
        "center": abs(x - 0.5) < MIDDLE and abs(y - 0.5) < MIDDLE,
    }
    return all(there.get(side, True) for place in one.places for side in sides(place))
