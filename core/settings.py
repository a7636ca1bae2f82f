"""The settings of the four steps, and the names that a user chooses from. Imports none of the steps."""

from __future__ import annotations

from dataclasses import dataclass

from .profiles import DEFAULT, Profile
from .styles import DESCRIPTION, Style

# What becomes of the pack's own patches where the user marks regions.
ADD, REPLACE = "add", "replace"
# What splits captions into claims: see `claims/readers.py`.
AUTO, SYNTAX, LANGUAGE_MODEL = "auto", "syntax", "language-model"
READERS = (AUTO, SYNTAX, LANGUAGE_MODEL)


@dataclass(frozen=True)
class DivideSettings:
    """Defaults are the paper's (section 3.1 and its code).

    Attributes:
        min_score: detections at or below this score (0..1) are left out.
        merge_iou: detections that overlap by more than this IoU become one object.
        min_coverage: an object joins a quadrant that holds more than this fraction (0..1) of its area.
        semantic: also make a patch of what the image is about.
        semantic_iou: the semantic patch is used only below this IoU with the whole image.
        levels: 1 divides the image only; 2 or 3 divide large, crowded patches again.
        marked: "add" puts the regions that the user marked beside the pack's own patches, "replace" in their place.
    """

    min_score: float = 0.3
    merge_iou: float = 0.3
    min_coverage: float = 0.3
    semantic: bool = True
    semantic_iou: float = 0.4
    levels: int = 1
    marked: str = ADD


@dataclass(frozen=True)
class DescribeSettings:
    """Defaults are the paper's.

    Attributes:
        prompt: asked of every patch; empty for the pack's own.
        candidates: captions of each patch.
        temperature: of the patches' captions; the whole image always has `whole.GLOBAL_TEMPERATURE`.
        max_tokens: of one caption.
        seed: with the place in the tree it decides every sample.
        style: of the captions.
        known: what is known about the images (names, tags, a trigger word); added to what the record has.
    """

    prompt: str = ""
    candidates: int = 3
    temperature: float = 0.7
    max_tokens: int = 300
    seed: int = 0
    style: Style = DESCRIPTION
    known: str = ""


@dataclass(frozen=True)
class FilterSettings:
    """Attributes:
    threshold: what is kept must be above it (0..1): in the default profile the probability that a claim is
        true, in the paper's the verifier's score of a sentence; 0 takes the pack's own, or the verifier's.
    overlap: in the paper's profile, regions that overlap by more than this IoU are filtered together
        (paper: 0.4).
    profile: how it is decided.
    reader: how captions are split into claims: one of `READERS`.
    """

    threshold: float = 0.0
    overlap: float = 0.4
    profile: Profile = DEFAULT
    reader: str = AUTO


@dataclass(frozen=True)
class AggregateSettings:
    """Attributes:
    length: "short", "medium" or "long": see `profiles.LENGTHS`.
    profile: how the writer is asked.
    reader: how the written text is split into claims: one of `READERS`.
    seed: of the writer.
    style: of the caption; None for the one that the captioner was asked for.
    """

    length: str = "long"
    profile: Profile = DEFAULT
    reader: str = AUTO
    seed: int = 0
    style: Style | None = None
