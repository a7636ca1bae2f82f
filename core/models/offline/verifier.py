"""A verifier that runs the detector again and looks for what a sentence names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PIL import Image

from ...claims import ATTRIBUTE, NUMBER, OBJECT, PLACE, Claim, Passage, Reading
from ...claims.reading import read
from ...evidence import Calibration
from .. import Detection, ModelProgress
from .captioner import SURE, middle_colours
from .coco import mentions
from .colours import NAMES, colour_shares
from .ssd import shared_ssd

_OVERALL = re.compile(r"^The (?:image|picture|area .*) is mostly (\w+)(?: and (\w+))?\.$")
# Colour words that pixels cannot distinguish -> the name of their family.
FAMILIES = {"beige": "brown", "silver": "grey", "gray": "grey", "gold": "yellow", "golden": "yellow",
            "tan": "brown", "maroon": "red", "navy": "blue", "cream": "brown"}  # fmt: skip


class OfflineVerifier:
    """`offline:evidence`: scores sentences about the 80 classes of COCO by what the detector finds.

    The image is looked at straight and mirrored; of the objects that a sentence names, the one
    with the weakest evidence counts, and of the two looks the weaker. A stated colour is compared
    with the pixels, a stated number with the objects found. The place of a thing in the image cannot be seen in a
    crop, so finding the thing there gives at most `UNDECIDED`. Sentences about anything else, or about none of the 80
    classes (nor the overall colours), are not scored (None).

    `threshold` is for the paper's profile: on the 101 photos of DID-Bench, object precision / recall were
    .79 / .634 with it on single views. The calibration is a logistic regression on what the offline captioner
    says of those photos (bench/calibrate.py); a detector that misses a fifth of what is there proves little by
    finding nothing, so it never weighs more than `low`. The score of a thing's colour or
    number rests on the same detection, so it adds no evidence for the thing (`thing_weight`).
    """

    name = "offline:evidence"
    threshold = 0.41
    calibration = Calibration(middle=0.6, slope=0.4, low=-0.3, high=1.3, thing_weight=0.0)

    def score(
        self, batches: Sequence[tuple[Image.Image, Sequence[str]]], on_progress: ModelProgress
    ) -> list[list[float | None]]:
        texts = list(dict.fromkeys(text for _, said in batches for text in said if mentions(text)))
        readings = dict(zip(texts, read([Passage(text) for text in texts])))
        scores = []
        for index, (image, said) in enumerate(batches):
            looks = [shared_ssd().detect(image, mirrored=m) for m in (False, True)]
            scores.append([_score(text, readings.get(text), image, looks) for text in said])
            on_progress(index)
        return scores

    def baseline(self, texts: Sequence[str], on_progress: ModelProgress) -> list[list[float]]:
        """Return empty lists, because the calibration was measured."""
        return [[] for _ in texts]


UNDECIDED = 0.65  # a score that the calibration above counts as neither for nor against


def _score(
    text: str, reading: Reading | None, image: Image.Image, looks: Sequence[Sequence[Detection]]
) -> float | None:
    overall = _OVERALL.match(text)
    if overall:
        shares = colour_shares(image)
        return min(1.0, sum(shares[name] for name in overall.groups() if name in shares))
    if reading is None:
        return None
    labels = list(dict.fromkeys(label for label, _ in mentions(text)))
    if any(claim.negated for claim in reading.claims):
        return 1 - max(_presence(label, look) for label in labels for look in looks)
    placed = [claim for claim in reading.claims if claim.kind == PLACE]
    if not all(map(_visible, (c for c in reading.claims if c.kind != PLACE))):
        return None
    found = min(_evidence(label, reading.claims, image, looks) for label in labels)
    return min(found, UNDECIDED) if placed else found


def _visible(claim: Claim) -> bool:
    """Return whether a detector and the pixels can decide whether it is true."""
    if claim.kind == OBJECT:
        return bool(mentions(claim.subject))
    return claim.kind == NUMBER or (claim.kind == ATTRIBUTE and bool(_colours(claim.value)))


def _colours(value: str) -> set[str]:
    """Return the measured colours that a value names."""
    words = (FAMILIES.get(word, word) for word in re.findall(r"\w+", value.lower()))
    return {word for word in words if word in NAMES}


def _presence(label: str, look: Sequence[Detection], number: int = 1) -> float:
    """Return the score of the best object of a class; lowered where there are fewer than `number`."""
    scores = sorted((d.score for d in look if d.label == label), reverse=True)
    if not scores:
        return 0.0
    nth = scores[number - 1] if number <= len(scores) else 0.0
    return scores[0] * min(1.0, nth / SURE) if number > 1 else scores[0]


def _evidence(
    label: str,
    claims: Sequence[Claim],
    image: Image.Image,
    looks: Sequence[Sequence[Detection]],
) -> float:
    own = [c for c in claims if any(label == named for named, _ in mentions(c.subject))]
    number = max([1, *(int(c.value) for c in own if c.kind == NUMBER and c.value.isdigit())])
    presence = min(_presence(label, look, min(number, 100)) for look in looks)
    colours = set().union(*(_colours(c.value) for c in own if c.kind == ATTRIBUTE))
    boxes = [d for d in looks[0] if d.label == label]
    if not colours or not boxes:
        return presence
    families: dict[str, float] = {}
    for name, share in middle_colours(image, boxes[0].box).items():
        family = FAMILIES.get(name, name)
        families[family] = families.get(family, 0.0) + share
    fit = sum(families.get(colour, 0.0) for colour in colours) / max(families.values())
    return presence * min(1.0, fit)
