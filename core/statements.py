"""Statements with provenance: a claim, or a sentence, and every caption that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from .claims import Claim


class Verdict(str, Enum):
    KEPT = "kept"
    DROPPED = "dropped"


class Reason(str, Enum):
    """Why a statement was kept or dropped."""

    # The default profile, on claims.
    PROBABLE = "probable"
    IMPROBABLE = "improbable"
    CONTRADICTED = "contradicted"
    WITHOUT_THING = "thing_dropped"
    NOT_A_CLAIM = "not_a_claim"
    EXCLUDED = "excluded"
    OUTSIDE = "outside_focus"
    # The paper's profile, on sentences.
    ABOVE = "above_threshold"
    BEST = "best_of_contradiction"
    AGREED = "agreed"
    GLOBAL = "global_caption"
    BELOW = "below_threshold"
    MINORITY = "minority_unscored"
    CUT_OFF = "cut_off"


@dataclass(frozen=True)
class Occurrence:
    """One occurrence of a statement: the region, the candidate caption and the sentence.

    Attributes:
        claim: index into the claims of that caption's reading; -1 where the sentence counts as a whole.
        sentence: index into its sentences; -1 where it stands in none.
    """

    region: str
    candidate: int
    text: str
    claim: int = -1
    sentence: int = -1

    @property
    def source(self) -> tuple[str, int]:
        return (self.region, self.candidate)


@dataclass(frozen=True)
class Statement:
    """A claim (or sentence) of one or several captions, and the verdict on it.

    Attributes:
        text: the wording that stands for all: a sentence that needs no other to be understood.
        occurrences: every caption that says it, so that nothing disappears.
        asked: how many captions could have said it (those of the regions that did).
        claim: what it claims, its things numbered as in `ImageRecord.things`; None for a whole sentence.
        evidence: region -> the verifier's score (0..1) on that region's pixels.
        score: what the verdict rests on, 0..1: the probability that it is true in the default profile, the
            verifier's score in the paper's; None if the verifier could not score it.
        needed: what the score had to exceed to be kept; None if another reason decided.
        verdict: None until it is decided.
        against: the statement that this one lost to, or won against.
    """

    text: str
    occurrences: tuple[Occurrence, ...]
    asked: int = 1
    claim: Claim | None = None
    evidence: Mapping[str, float] = field(default_factory=dict)
    score: float | None = None
    needed: float | None = None
    verdict: Verdict | None = None
    reason: Reason | None = None
    against: str = ""

    @property
    def regions(self) -> tuple[str, ...]:
        """Return the regions whose captions make it, in the order of their tree."""
        return tuple(dict.fromkeys(occurrence.region for occurrence in self.occurrences))

    @property
    def sources(self) -> frozenset[tuple[str, int]]:
        """Return the captions that make it, as (region, candidate number)."""
        return frozenset(occurrence.source for occurrence in self.occurrences)

    @property
    def support(self) -> tuple[int, int]:
        """Return the number of captions that make the statement, and of those that could have."""
        return (len(self.sources), self.asked)

    def decided(self, verdict: Verdict, reason: Reason, against: str = "") -> Statement:
        return replace(self, verdict=verdict, reason=reason, against=against)
