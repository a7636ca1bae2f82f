"""Stage 1: divides images into regions around the detected objects (paper, section 3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from .claims.naming import names_label, things_named
from .errors import PatchMattersError
from .focus import Focus, thing_named
from .image_record import GIVEN, ImageRecord, StageProgress, heartbeat, no_progress
from .models import (
    ERROR,
    REFUSAL,
    Captioner,
    Completion,
    Detection,
    Detector,
    requests_of,
)
from .models.cleaning import cleaned
from .prompts import fenced
from .refusals import marked_refusals
from .regions import (
    IMAGE,
    MARKED,
    SEMANTIC,
    SPATIAL,
    WHOLE,
    Box,
    Region,
    coverage,
    intersection_box,
    iou,
    merge_boxes,
    quadrants,
    union_box,
)
from .settings import REPLACE, DivideSettings
from .styles import DESCRIPTION, Style
from .whole import GLOBAL_TEMPERATURE, whole_image_request

if TYPE_CHECKING:
    from PIL.Image import Image

MAIN = "main"  # the name of the semantic patch
MAX_LABEL = 40  # characters of a marked box that name its patch, in the report and for the writer
MIN_SIDE = 16  # px; below this a crop shows nothing that a vision model was trained to see
# A patch is divided again where its quarters still fill the 300 px input of the offline detector,
# and where there is more than one object for each quarter.
LARGE_SIDE = 600  # px
CROWDED = 5  # objects


def select_detections(detections: Sequence[Detection], min_score: float) -> list[Detection]:
    """Return the detections above `min_score`; if there are none, the two best, if there are two."""
    best = sorted(detections, key=lambda d: -d.score)
    kept = [d for d in best if d.score > min_score]
    return kept or (best[:2] if len(best) >= 2 else [])


def spatial_boxes(box: Box, objects: Sequence[Box], min_coverage: float) -> dict[str, Box]:
    """Return the four quarters of `box`, each widened to contain the objects that belong to it.

    `objects` are merged boxes; one joins a quarter that holds more than `min_coverage` of its area.
    """
    return {
        name: union_box([quarter, *(o for o in objects if coverage(o, quarter) > min_coverage)])
        for name, quarter in quadrants(box).items()
    }


def named_box(detections: Sequence[Detection], caption: str) -> Box | None:
    """Return the union of the detections whose label the caption names; None where it names none.

    A caption names what is a kind of the label: "woman" names a person.
    """
    said = things_named(caption)
    named = [d.box for d in detections if names_label(said, d.label)]
    return union_box(named) if named else None


def prominent_box(objects: Sequence[Box], whole: Box) -> Box | None:
    """Return the object that is largest and nearest to the middle: area x (1 - distance / half diagonal).

    Stands in for the semantic patch where no caption says what the image is about.
    """

    def prominence(box: Box) -> float:
        dx = (box.center[0] - whole.center[0]) / whole.width
        dy = (box.center[1] - whole.center[1]) / whole.height
        return box.area * (1 - (dx * dx + dy * dy) ** 0.5 / 0.5**0.5)

    return max(objects, key=prominence, default=None)


def region_tree(
    whole: Box, detections: Sequence[Detection], caption: str, settings: DivideSettings
) -> tuple[Region, list[str]]:
    """Return the regions of an image, and notes on decisions that the user should know about."""
    notes = []
    kept = select_detections(detections, settings.min_score)
    if not kept:
        notes.append("No object was detected, so the image is divided into plain quarters.")
    objects = merge_boxes([d.box for d in kept], settings.merge_iou)

    children = _divide_again("", whole, objects, settings, settings.levels)
    if not children:
        notes.append(
            f"The image is too small to divide: patches need at least {MIN_SIDE} px per side."
        )
    if settings.semantic and kept:
        if caption:
            main = named_box(kept, caption)
        else:
            main = prominent_box(objects, whole)
            notes.append(
                "No captioner or caption was connected, so the semantic patch is placed around the largest, "
                "most central object."
            )
        if main and iou(main, whole) < settings.semantic_iou and _large_enough(main):
            children = (*children, Region(MAIN, SEMANTIC, main))
    return Region(WHOLE, IMAGE, whole, children), notes


def _divide_again(
    path: str, box: Box, objects: Sequence[Box], settings: DivideSettings, levels: int
) -> tuple[Region, ...]:
    regions = []
    for name, patch in spatial_boxes(box, objects, settings.min_coverage).items():
        if not _large_enough(patch):
            continue
        name = f"{path} > {name}" if path else name
        inside = [o for o in objects if coverage(o, patch) > settings.min_coverage]
        children: tuple[Region, ...] = ()
        large = min(patch.width, patch.height) >= LARGE_SIDE
        if levels > 1 and large and len(inside) >= CROWDED:
            within = [intersection_box(o, patch) for o in inside]
            # An object as large as the patch would only make every quarter the patch again.
            smaller = [o for o in within if o.area < patch.area / 2]
            children = _divide_again(name, patch, smaller, settings, levels - 1)
        regions.append(Region(name, SPATIAL, patch, children))
    return tuple(regions)


def _large_enough(box: Box) -> bool:
    return min(box.width, box.height) >= MIN_SIDE


def marked_regions(boxes: Sequence[Detection]) -> tuple[tuple[Region, ...], list[str]]:
    """Return the regions that the user marked as patches, and a note on those that are too small.

    A region is named by its label and its number ("cup 2"), or "region 2" where it has no label.
    """
    regions, notes = [], []
    for number, marked in enumerate(boxes, 1):
        name = f"{fenced(marked.label)[:MAX_LABEL] or 'region'} {number}"
        if _large_enough(marked.box):
            regions.append(Region(name, MARKED, marked.box))
        else:
            notes.append(
                f'"{name}" is left out: it is {marked.box.width:.0f} x {marked.box.height:.0f} px, and a patch '
                f"needs at least {MIN_SIDE} px per side."
            )
    return tuple(regions), notes


def _divided(
    record: ImageRecord,
    detections: Sequence[Detection],
    marked: Sequence[Detection],
    settings: DivideSettings,
) -> tuple[Region, list[str]]:
    """Return the regions of an image by what is to be described of it, and notes."""
    whole, focus = record.root.box, record.focus
    regions, notes = marked_regions(marked)
    if settings.marked == REPLACE:
        if not regions:
            notes.append("No region is marked in this image, so only the whole image is described.")
        return replace(record.root, children=regions), notes
    wanted = [d for d in detections if focus.wants(d)]
    area = focus.area()
    if focus.only:
        named = [d.box for d in select_detections(wanted, settings.min_score)]
        if named:
            together = union_box(named)
            area = together if area is None else intersection_box(together, area)
        else:
            notes.append(
                f"No detected object is called {_listed(focus.only)}, so all patches are described, and only "
                "what is said of it is kept."
            )
            wanted = [d for d in detections if replace(focus, only=()).wants(d)]
    if area and iou(area, whole) < settings.semantic_iou:
        own = _divided_area(area, wanted, settings)
    else:
        tree, more = region_tree(area or whole, wanted, record.global_caption, settings)
        own, notes = tree.children, [*notes, *more]
    return replace(record.root, children=(*own, *regions)), notes


def _divided_area(
    area: Box, detections: Sequence[Detection], settings: DivideSettings
) -> tuple[Region, ...]:
    """Return the patches of a part of the image: the part itself, and its quarters if it is large."""
    kept = select_detections(detections, settings.min_score)
    objects = merge_boxes([d.box for d in kept], settings.merge_iou)
    within = [o for o in (intersection_box(o, area) for o in objects) if o]
    quarters: tuple[Region, ...] = ()
    if min(area.width, area.height) >= LARGE_SIDE:
        quarters = _divide_again("", area, within, settings, settings.levels)
    return (*quarters, Region(MAIN, SEMANTIC, area))


def _listed(words: Sequence[str]) -> str:
    return " or ".join(f'"{word}"' for word in words)


def divide(
    images: Sequence[Image],
    *,
    detector: Detector | None = None,
    detections: Sequence[Sequence[Detection]] | None = None,
    captioner: Captioner | None = None,
    captions: Sequence[str | None] | None = None,
    contexts: Sequence[str] = (),
    focuses: Sequence[Focus] = (),
    marked: Sequence[Sequence[Detection]] = (),
    settings: DivideSettings = DivideSettings(),
    style: Style = DESCRIPTION,
    temperature: float = GLOBAL_TEMPERATURE,
    seed: int = 0,
    on_progress: StageProgress = no_progress,
) -> list[ImageRecord]:
    """Divide each image into regions.

    Args:
        images: upright RGB images.
        detector: finds the objects; not asked where `detections` are given (one list an image).
            One that needs words looks for the things that the caption names (paper, section 3.1: semantic
            patches, here without COCO's 80 classes).
        captioner: says what each image is about, for the semantic patch. Not asked where
            `captions` are given (one an image; an empty one counts as none, and None asks the
            captioner). Either way the caption travels with the image as its global caption, and is
            not asked for again.
        contexts: text about each image that is added to the captioner's prompt.
        focuses: what of each image is to be described.
        marked: boxes that the user marked in each image as patches; their label may be empty.
        style: of the captioner's caption. One in another language than English is left to the next stage,
            because the detections' English labels are looked for in the caption.
        temperature: of the captioner.
        seed: of the captioner.
        on_progress: called as each image is done.
    """
    given = captions if captions is not None else [None] * len(images)
    style = DESCRIPTION if style.language else style
    records = [
        ImageRecord(image, _undivided(image), context=context, style=style, focus=focus)
        for image, context, focus in zip(
            images, contexts or [""] * len(images), focuses or [Focus()] * len(images)
        )
    ]
    if settings.marked == REPLACE and detections is None:
        detections = [()] * len(images)  # nothing is placed by what is in the image
    models = {"detector": detector.name} if detections is None else {}
    calls = {"detector": 1} if detections is None else {}
    ask = partial(_captions, records, captioner, given, temperature, seed, on_progress)
    # A remote captioner first: it works while other images are detected. One on this machine last, so that it
    # stays loaded for the next stage.
    captioned = ask() if getattr(captioner, "remote", False) else None
    if detections is None and not detector.needs_words:
        detections = detector.detect(images, heartbeat(on_progress))
    captioned = ask() if captioned is None else captioned
    if detections is None:
        words = [
            [*map(thing_named, record.focus.only), *(things_named(said[0].text) if said else [])]
            for record, (said, _) in zip(records, captioned)
        ]
        if not any(words):
            raise PatchMattersError(
                f"detector: {detector.name} needs words to look for. Connect a captioner or a caption to the "
                "Patch Divider, or enter classes in Load Detector."
            )
        detections = detector.detect(images, heartbeat(on_progress), words)
    done = []
    for index, (record, (said, asked)) in enumerate(zip(records, captioned)):
        record = replace(record, candidates={record.root.name: said} if said else {})
        own_marks = marked[index] if marked else ()
        root, notes = _divided(record, detections[index], own_marks, settings)
        notes += [
            f"The whole image has no caption: {c.detail or c.finish}"
            for c in said
            if c.finish in (ERROR, REFUSAL)
        ]
        kept = select_detections(detections[index], settings.min_score)
        own = {"captioner": captioner.name} if captioner and given[index] is None else {}
        if given[index] is not None and said:
            own = {GIVEN: "given"}
        done.append(
            record.extended(
                root=root,
                detections=tuple(kept),
                notes=notes,
                models={**models, **own},
                calls={**calls, "captioner": asked},
                tokens={"captioner": sum(c.tokens for c in said)},
            )
        )
        on_progress(index, WHOLE)
    return done


def _undivided(image: Image) -> Region:
    return Region(WHOLE, IMAGE, Box(0, 0, *image.size))


def _captions(
    records: Sequence[ImageRecord],
    captioner: Captioner | None,
    given: Sequence[str | None],
    temperature: float,
    seed: int,
    on_progress: StageProgress,
) -> list[tuple[tuple[Completion, ...], int]]:
    """Return for each image the caption of the whole and the number of requests it took."""
    said = [(_given(caption), 0) for caption in given]
    asked = [i for i, caption in enumerate(given) if caption is None] if captioner else []
    if asked:
        requests = [
            whole_image_request(records[i], records[i].style, temperature, seed=seed) for i in asked
        ]
        answers = captioner.caption(requests, heartbeat(on_progress))
        for i, answer in zip(asked, answers, strict=True):
            said[i] = (marked_refusals(answer), requests_of(answer))
    return said


def _given(caption: str | None) -> tuple[Completion, ...]:
    caption = (caption or "").strip()
    return (cleaned(Completion(caption)),) if caption else ()
