"""Statements with provenance: a claim, or a sentence, and every caption that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from .claims import Claim
from .regions import Box

# Texts of the user have negative numbers where captions have their candidate number: -1, -2, ...
FIRST_BY_USER = -1


class Verdict(str, Enum):
    KEPT = "kept"
    DROPPED = "dropped"


class Reason(str, Enum):
    """Why a statement was kept or dropped."""

    BY_USER = "by_user"
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
        overruled: the filter's verdict, where the user decided otherwise or confirmed it; None where only the filter
            decided, or where the user added the statement.
        box: where the user put it, in pixels; None where its regions say where it is.
        place: the region that this box belongs to; "" without a box.
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
    overruled: Verdict | None = None
    box: Box | None = None
    place: str = ""

    @property
    def regions(self) -> tuple[str, ...]:
        """Return the regions whose captions make it, in the order of their tree; the place that the user gave it."""
        if self.place:
            return (self.place,)
        return tuple(dict.fromkeys(occurrence.region for occurrence in self.occurrences))

    @property
    def sources(self) -> frozenset[tuple[str, int]]:
        """Return the captions that make it, as (region, candidate number)."""
        return frozenset(occurrence.source for occurrence in self.occurrences)

    @property
    def support(self) -> tuple[int, int]:
        """Return the number of captions that make the statement, and of those that could have; 0 of 0 for one that
        only the user makes.
        """
        return (sum(number > FIRST_BY_USER for _, number in self.sources), self.asked)

    @property
    def written_by_user(self) -> tuple[str, ...]:
        """Return the texts of the user that make it, as they were written."""
        texts = (o.text for o in self.occurrences if o.candidate <= FIRST_BY_USER)
        return tuple(dict.fromkeys(texts))

    def decided(self, verdict: Verdict, reason: Reason, against: str = "") -> Statement:
        return replace(self, verdict=verdict, reason=reason, against=against)

    def decided_by_user(self, verdict: Verdict) -> Statement:
        """Return the statement with the user's verdict; `overruled` keeps the filter's."""
        return replace(
            self,
            verdict=verdict,
            reason=Reason.BY_USER,
            against="",
            overruled=self.overruled or self.verdict,
        )
