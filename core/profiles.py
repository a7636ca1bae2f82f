"""The profiles, which set how the stages work together."""

from __future__ import annotations

from dataclasses import dataclass

LENGTHS = {"short": 3, "medium": 8, "long": 0}  # sentences of a caption; 0: no limit


@dataclass(frozen=True)
class Profile:
    """Attributes:
    name: as the user chooses it.
    candidates: captions of each patch.
    temperature: at which the patches' captions are sampled.
    by_sentence: the filter decides as the paper does, sentence by sentence; else claim by claim.
    by_level: the writer writes region by region, overlapping ones together, then all.
    writes: the writer is asked; else what was kept is arranged by rules.
    """

    name: str
    candidates: int = 3
    temperature: float = 0.7
    by_sentence: bool = False
    by_level: bool = False
    writes: bool = True


DEFAULT = Profile("default")
PAPER = Profile("paper", by_sentence=True, by_level=True)
FAST = Profile("fast", candidates=1, temperature=0.2, writes=False)
PROFILES = {profile.name: profile for profile in (DEFAULT, PAPER, FAST)}
