"""A captioner that states only what was detected and measured, without a language model."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL.Image import Image

from ...english import article, capital, join_words, number_word, place_name, plural
from ...evidence import Prior
from ...regions import Box, coverage, intersection_area, union_box
from .. import CaptionRequest, Completion, Detection, ModelProgress
from .colours import colour_shares
from .ssd import shared_ssd

# Score above which each candidate mentions an object. The first is the paper's; the others let
# less certain objects in, about which the filter decides by the evidence.
THRESHOLDS = (0.3, 0.2, 0.25)
SURE = 0.5  # an object counts in "two dogs" from this score
MAX_INSET = 0.1  # a candidate's view is cut by up to this fraction of each side at temperature 0.7
NAMED_COLOUR = 0.5  # fraction of an object's pixels from which its colour is named
OVERALL_COLOUR = 0.6  # fraction of a region's pixels that its one or two main colours must cover
LARGE, SMALL = 0.35, 0.01  # fraction of the whole image's area
SPREAD = 0.5  # fraction of the image's width from which several objects are "across" it
# Two looks at a thing measure its middle up to this fraction of the image's side apart. If the middle is nearer to a border
# of the thirds, the caption of a patch names no place, so that it cannot disagree with the whole image's caption.
UNSTEADY = 0.06
BORDER = 0.02  # fraction of a side within which a box touches the border
FILLS = 0.5  # fraction of a patch from which an object is taken to extend beyond it
MAX_RELATIONS = 2  # in one caption

SUPPORTS = {
    "bench", "couch", "chair", "bed", "dining table", "skateboard", "surfboard", "snowboard",
    "skis", "horse", "elephant", "bicycle", "motorcycle", "boat",
}  # fmt: skip
_PAIRED = {"skis", "scissors"}  # plural words for one thing
_SHOWN = {"tv": "TV", "remote": "remote control"}


def noun(label: str, count: int, adjectives: str = "") -> str:
    """Return the subject phrase: "a small red car", "three people", "a pair of skis"."""
    if label in _PAIRED:
        word, many = f"pair of {label}", f"pairs of {label}"
    else:
        word = _SHOWN.get(label, label)
        many = plural(word)
    if count == 1:
        return article(f"{adjectives} {word}".strip())
    return f"{number_word(count)} {f'{adjectives} {many}'.strip()}"


class OfflineCaptioner:
    """`offline:measured`: class, number, place, size, colour and relation of detected objects."""

    name = "offline:measured"
    # Three views of one network add little to one (logistic regression on DID-Bench, bench/calibrate.py). What it
    # says about an object is measured, so `of_thing` is high.
    prior = Prior(once=0.4, again=0.7, alone=0.8, of_thing=3.0, late=0.0)

    def caption(
        self, requests: Sequence[CaptionRequest], on_progress: ModelProgress
    ) -> list[list[Completion]]:
        answers = []
        for index, request in enumerate(requests):
            answers.append([Completion(_describe(request, i)) for i in range(request.n)])
            on_progress(index)
        return answers


def _describe(request: CaptionRequest, candidate: int) -> str:
    threshold = THRESHOLDS[candidate % len(THRESHOLDS)]
    image, detections = _view(request, candidate)
    seen = [d for d in detections if d.score > threshold]
    groups: dict[str, list[Detection]] = {}
    for d in sorted(seen, key=lambda d: -d.score * d.box.area):
        groups.setdefault(d.label, []).append(d)
    placed = {label: _sure(found) for label, found in groups.items()}

    sentences = [_object_sentence(label, found, image, request) for label, found in placed.items()]
    sentences += _relation_sentences({k: v[0] for k, v in placed.items() if len(v) == 1})
    whole = request.frame.area > 0.99
    if whole or not sentences:
        subject = "The image" if whole else f"The area {place_name(request.frame)}"
        sentences += _colour_sentence(subject, request.image)
    return " ".join(sentences)


def _view(request: CaptionRequest, candidate: int) -> tuple[Image, list[Detection]]:
    """Return the image, and what one look at it found, boxes in its pixels.

    Without temperature every candidate looks straight at it. Otherwise the second looks at its
    mirror image, and each further one at a slightly smaller part of it, drawn by seed and number.
    """
    image = request.image
    if request.temperature <= 0 or candidate == 0:
        return image, shared_ssd().detect(image)
    if candidate == 1:
        return image, shared_ssd().detect(image, mirrored=True)
    draw = random.Random(f"{request.seed}/{candidate}")
    width, height = image.size
    reach = min(MAX_INSET * request.temperature / 0.7, 0.3)
    left, top, right, bottom = (
        int(side * reach * draw.random()) for side in (width, height, width, height)
    )
    part = image.crop((left, top, width - right, height - bottom))
    found = shared_ssd().detect(part, mirrored=draw.random() < 0.5)
    return image, [
        Detection(
            Box(d.box.x1 + left, d.box.y1 + top, d.box.x2 + left, d.box.y2 + top), d.label, d.score
        )
        for d in found
    ]


def _cut(box: Box, request: CaptionRequest) -> bool:
    """Return whether a patch shows only a part of an object: its place and size are then unknown.

    A border of the patch inside the image cuts it, or it fills the patch like a part of something
    larger does.
    """
    width, height = request.image.size
    frame = request.frame
    return (
        (frame.area < 1 and box.area > FILLS * width * height)
        or (frame.x1 > 0 and box.x1 < BORDER * width)
        or (frame.y1 > 0 and box.y1 < BORDER * height)
        or (frame.x2 < 1 and box.x2 > (1 - BORDER) * width)
        or (frame.y2 < 1 and box.y2 > (1 - BORDER) * height)
    )


def _sure(found: list[Detection]) -> list[Detection]:
    """Return the objects of one class that are counted: the sure ones, or the best."""
    sure = [d for d in found if d.score >= SURE]
    return sure or [max(found, key=lambda d: d.score)]


def _object_sentence(
    label: str, found: list[Detection], image: Image, request: CaptionRequest
) -> str:
    count = len(found)
    whole = [d.box for d in found if not _cut(d.box, request)]
    if not whole:
        return f"There {'is' if count == 1 else 'are'} {noun(label, count)}."
    box = union_box(whole)
    frame = request.frame
    sx, sy = frame.width / image.width, frame.height / image.height
    in_image = Box(
        frame.x1 + box.x1 * sx,
        frame.y1 + box.y1 * sy,
        frame.x1 + box.x2 * sx,
        frame.y1 + box.y2 * sy,
    )
    if count > 1 and in_image.width > SPREAD:
        return f"{capital(noun(label, count))} are spread across the image."
    adjectives = []
    if count == 1:
        size = in_image.area
        adjectives += ["large"] if size > LARGE else ["small"] if size < SMALL else []
        # The box of a person shows clothes and background, so people get no colour.
        adjectives += [object_colour(image, box)] if label != "person" else []
    subject = noun(label, count, " ".join(a for a in adjectives if a))
    verb = "is" if count == 1 else "are"
    if frame.area < 1 and _between_thirds(in_image):
        return f"There {verb} {subject}."
    return f"{capital(subject)} {verb} {place_name(in_image)} of the image."


def _between_thirds(box: Box) -> bool:
    """Return whether the middle of a box (in fractions of the image) is too near to where `place_name`
    changes.
    """
    return any(abs(v - third) < UNSTEADY for v in box.center for third in (1 / 3, 2 / 3))


def object_colour(image: Image, box: Box) -> str:
    """Return the colour of most pixels in the middle 60 % of a box; empty where none prevails."""
    name, share = next(iter(middle_colours(image, box).items()))
    return name if share >= NAMED_COLOUR else ""


def middle_colours(image: Image, box: Box) -> dict[str, float]:
    """Return colour name -> fraction (0..1) of the pixels in the middle 60 % of a box, where little background shows."""
    dx, dy = box.width * 0.2, box.height * 0.2
    inner = Box(box.x1 + dx, box.y1 + dy, box.x2 - dx, box.y2 - dy)
    return colour_shares(image.crop(inner.pixels()))


def _relation_sentences(single: dict[str, Detection]) -> list[str]:
    """Return how objects of which there is one each stand to each other, from their boxes alone."""
    sentences = []
    labels = list(single)
    for i, first in enumerate(labels):
        for second in labels[i + 1 :]:
            a, b = sorted((first, second), key=lambda name: single[name].box.area)
            relation = _relation(single[a].box, single[b].box, b)
            if relation:
                names = [_SHOWN.get(name, name) for name in (a, b)]
                verb = "are" if a in _PAIRED else "is"
                sentences.append(f"The {names[0]} {verb} {relation} the {names[1]}.")
    return sentences[:MAX_RELATIONS]


def _relation(a: Box, b: Box, support: str) -> str:
    """Return the relation of the smaller box `a` to the larger `b`; empty if boxes do not show one."""
    side_by_side = min(a.y2, b.y2) - max(a.y1, b.y1) > 0.5 * min(a.height, b.height)
    stacked = min(a.x2, b.x2) - max(a.x1, b.x1) > 0.5 * min(a.width, b.width)
    rests = b.y1 < a.y2 < b.y1 + 0.8 * b.height and a.y1 < b.y1 + 0.5 * b.height
    if support in SUPPORTS and stacked and rests and coverage(a, b) > 0.2:
        return "on"
    if intersection_area(a, b):
        return ""
    if side_by_side:
        return "to the left of" if a.center[0] < b.center[0] else "to the right of"
    if stacked:
        return "above" if a.center[1] < b.center[1] else "below"
    return ""


def _colour_sentence(subject: str, image: Image) -> list[str]:
    shares = list(colour_shares(image).items())
    main = shares[:1] if shares[0][1] >= OVERALL_COLOUR else shares[:2]
    if sum(share for _, share in main) < OVERALL_COLOUR:
        return []
    return [f"{subject} is mostly {join_words([name for name, _ in main])}."]
