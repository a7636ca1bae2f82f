"""A matcher built on detection evidence: does a second look find what the sentence names?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from PIL.Image import Image

from ...words import COLOURS, Attributes, attributes, singular
from .. import Detection, Tick
from .captioner import SURE, middle_colours
from .coco import mentions
from .colours import NAMES, colour_shares
from .ssd import shared_ssd

_OVERALL = re.compile(r"^The (?:picture|area .*) is mostly (\w+)(?: and (\w+))?\.$")


class OfflineMatcher:
    """`offline:evidence`: the score is about the probability that the sentence is true.

    The image is looked at straight and mirrored; of the objects that a sentence names, the one
    with the weakest evidence counts, and of the two looks the weaker. A stated colour is compared
    with the pixels, a stated number with the objects found. Sentences that name none of the 80
    COCO classes (nor the overall colours) cannot be judged: None.

    Thresholds: on the 101 photos of DID-Bench, object precision / recall were .79 / .634 with a
    threshold of 0.41 on single views and .784 / .647 with 0.6 on pooled ones.
    """

    name = "offline:evidence"
    threshold = 0.41
    pooled_threshold = 0.6
    # Of the objects that LLaVA-1.5 named in those photos (bench/calibrate.py).
    rates = (0.79, 0.29)
    contrast = False  # its views are pooled: no crop is a wrong one
    kin = ("offline:measured",)

    def score(
        self, batches: Sequence[tuple[Image, Sequence[str]]], tick: Tick
    ) -> list[list[float | None]]:
        scores = []
        for index, (image, texts) in enumerate(batches):
            looks = [shared_ssd().detect(image, mirrored=m) for m in (False, True)]
            scores.append([_score(text, image, looks) for text in texts])
            tick(index)
        return scores


def _score(text: str, image: Image, looks: Sequence[Sequence[Detection]]) -> float | None:
    overall = _OVERALL.match(text)
    if overall:
        shares = colour_shares(image)
        return min(1.0, sum(shares[name] for name in overall.groups() if name in shares))
    named = mentions(text)
    if not named:
        return None
    stated = attributes(text)
    if stated.negated:
        return 1 - max(_presence(label, look) for label, _ in named for look in looks)
    return min(_evidence(label, word, stated, image, looks) for label, word in named)


def _presence(label: str, look: Sequence[Detection], number: int = 1) -> float:
    """The score of the best object of a class; lowered where there are fewer than `number`."""
    scores = sorted((d.score for d in look if d.label == label), reverse=True)
    if not scores:
        return 0.0
    nth = scores[number - 1] if number <= len(scores) else 0.0
    return scores[0] * min(1.0, nth / SURE) if number > 1 else scores[0]


def _evidence(
    label: str, word: str, stated: Attributes, image: Image, looks: Sequence[Sequence[Detection]]
) -> float:
    last = word.split()[-1]
    number = max(1, stated.numbers.get(singular(last), 1))
    presence = min(_presence(label, look, number) for look in looks)
    colours = stated.colours.get(last, frozenset())
    boxes = [d for d in looks[0] if d.label == label]
    if not colours or not boxes:
        return presence
    families: dict[str, float] = {}
    for name, share in middle_colours(image, boxes[0].box).items():
        families[COLOURS[name]] = families.get(COLOURS[name], 0.0) + share
    fit = sum(families.get(colour, 0.0) for colour in colours) / max(families.values())
    return presence * min(1.0, fit)


assert set(NAMES) <= COLOURS.keys()  # every measured colour is a word that statements are read for
