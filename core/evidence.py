"""Evidence for a claim as log-odds: which captions make it, and what the verifier's scores mean.

A score is not a probability. What it is worth comes from a calibration: measured on labelled images where that
was done, else label-free, from what the same texts score where they cannot be true.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance

_EDGE = 1e-6  # scores are kept this far from 0 and 1, where their logits would be infinite
LIMIT = 3.0  # no single score weighs more (odds of 20): verifiers are sure of what is false, too
# Two classes of equal spread that a verifier tells apart at this many standard deviations have an AUC of
# .85, the middle of what is published for image-text matchers on captions.
SEPARATION = 1.47
_WEIGHT = (
    20  # scores that the assumed separation weighs as much as, when it is estimated from scores
)
_TRUE_SHARE = 0.75  # of what vision-language models say of a patch (LLaVA-1.5's objects: .81)

# Log-odds, chosen on invented scenes whose facts are known (bench/RESULTS.md).
HEDGED = -1.0  # said as a guess
UNMENTIONED = (
    -3.3
)  # a thing that a given caption of the whole image, not this captioner's, does not name
THING_WEIGHT = 1.0  # how much of `evidence_for_thing` counts


def logit(probability: float) -> float:
    """Return log(p / (1 - p)), with p kept a millionth away from 0 and 1."""
    p = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(p / (1 - p))


def probability(log_odds: float) -> float:
    """Return the probability (0..1) of these log-odds."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


@dataclass(frozen=True)
class Calibration:
    """Turns a score into a log-likelihood ratio: `slope * (logit(score) - middle)`, at most `limit` to
    either side. A slope is never negative, so a higher score never counts for less.

    `thing_weight`: how much of what is seen of a thing (`evidence_for_thing`) counts for its being there.
    """

    middle: float
    slope: float
    low: float = -LIMIT
    high: float = LIMIT
    thing_weight: float = THING_WEIGHT

    def of(self, text: str) -> Calibration:
        """Return the calibration of one text, which is the same for all texts."""
        return self

    def evidence(self, score: float) -> float:
        """Return the log-likelihood ratio of a score (0..1)."""
        return max(self.unlimited(score), self.low)

    def unlimited(self, score: float) -> float:
        """Return the log-likelihood ratio without the lower limit."""
        return min(self.slope * (logit(score) - self.middle), self.high)


class LabelFreeCalibration:
    """Calibrates each text by its scores on images of which it cannot be true.

    Each text has its own level there, as far as it differs from the others by more than chance; all have
    the same spread. How far true texts lie above is estimated from the scores on the image itself, of
    which `_TRUE_SHARE` are taken to be true.

    Args:
        baseline: text -> its scores (0..1) where it cannot be true, one or more; may be empty.
        scores: all scores on the image's own regions.
        threshold: the score (0..1) from which a text fits the image: used as the middle if there is no baseline.
    """

    def __init__(
        self, baseline: Mapping[str, Sequence[float]], scores: Iterable[float], threshold: float
    ):
        self.thing_weight = THING_WEIGHT
        rows = {text: [logit(s) for s in found] for text, found in baseline.items() if found}
        self._levels: dict[str, float] = {}
        self._default = Calibration(logit(threshold), 1.0)
        if sum(map(len, rows.values())) < 2:
            return
        values = [v for row in rows.values() for v in row]
        mean, within = fmean(values), fmean(pvariance(row) for row in rows.values())
        repeats = fmean(map(len, rows.values()))
        within *= repeats / max(1.0, repeats - 1)  # pvariance of few values is too small
        between = max(0.0, pvariance([fmean(row) for row in rows.values()]) - within / repeats)
        spread = math.sqrt(max(within, 1e-4)) if repeats > 1 else math.sqrt(pvariance(values)) or 1
        for text, row in rows.items():
            trust = between / (between + within / len(row)) if between else 0.0
            self._levels[text] = mean + trust * (fmean(row) - mean)
        above = [(logit(s) - mean) / spread for s in scores]
        total = SEPARATION * _TRUE_SHARE * _WEIGHT + sum(above)
        separation = min(max(total / (_TRUE_SHARE * (_WEIGHT + len(above))), 0.3), 4.0)
        self._mean, self._spread, self._separation = mean, spread, separation

    def of(self, text: str) -> Calibration:
        """Return the calibration of one text."""
        if not self._levels:
            return self._default
        level = self._levels.get(text, self._mean)
        slope = self._separation / self._spread
        return Calibration(level + self._separation * self._spread / 2, slope)


@dataclass(frozen=True)
class Prior:
    """How likely a captioner's claims are to be true before the verifier looks at the image, as log-odds.

    The defaults are for vision-language models, whose captions of the whole image and of its patches support each
    other; they were chosen with `verdicts.PROBABLE` on invented scenes (bench/RESULTS.md). What one of three
    sampled captions says needs the pixels. A model repeats its favourite inventions, so a second and a third
    caption count, and no further one does.

    Attributes:
        once: log-odds of a claim in one of several captions of a region.
        again: added for a second and for a third caption of the region.
        alone: log-odds of a claim in the only caption of a region.
        of_thing: added to claims about a thing, given that the thing is there.
        other_view: added for each further region whose captions make the claim.
        late: difference between the first and the last sentence of the only caption of a region. What a model invents
            stands late (LURE, arXiv 2310.00754): of the objects that LLaVA-1.5 first named in the first sentence
            .97 were in the photos of DID-Bench, in the last third about .65 (bench/calibrate.py).
    """

    once: float = 0.0
    again: float = 1.0
    alone: float = 1.6
    of_thing: float = 1.5
    late: float = 1.5
    other_view: float = 1.5

    def of(self, captions: int, asked: int, *, hedged: bool = False, late: float = 0.5) -> float:
        """Return the log-odds of what `captions` of the `asked` captions of one region say.

        Args:
            late: where the only caption of a region first says it, 0 in its first sentence to 1 in its last.

        Raises:
            ValueError: fewer than one caption, or more than were asked.
        """
        if not 1 <= captions <= asked:
            raise ValueError(f"said by {captions} of {asked} captions")
        if asked == 1:
            odds = self.alone + self.late * (0.5 - late)
        else:
            odds = self.once + self.again * min(captions - 1, 2)
        return odds + (HEDGED if hedged else 0.0)


# A supplied caption is not one of several samples. Its unhedged claims are kept if a verifier cannot score them (of the objects that LLaVA-1.5 named in the photos of DID-Bench .81 were there, bench/calibrate.py).
GIVEN_PRIOR = Prior(alone=2.35, late=1.0)


def combined_evidence(
    occurrences: Iterable[str],
    scores: Mapping[str, float],
    others: Iterable[str] = (),
    other_view: float = Prior.other_view,
    unlimited: Mapping[str, float] | None = None,
) -> float:
    """Combine the verifier's scores of a claim over all views into one log-likelihood ratio.

    Another region whose captions make the claim, or a higher score, never lowers the result: the best region counts in
    full, and each further one counts if its score and `other_view` together are positive. Negative evidence of further
    regions is not limited by `Calibration.low`, so a region in which the detector finds nothing adds nothing.

    Args:
        occurrences: the regions whose captions make the claim.
        scores: region -> the evidence of the verifier's score there; regions without a score count 0.
        others: regions that show the place and whose captions do not make the claim: the whole image.
        other_view: log-odds added for each further region (`Prior.other_view`).
        unlimited: as `scores`, by `Calibration.unlimited`; None for the same.
    """
    free = scores if unlimited is None else unlimited
    best, *further = sorted(occurrences, key=lambda region: -free.get(region, 0.0))
    more = sum(max(0.0, other_view + free.get(region, 0.0)) for region in further)
    return scores.get(best, 0.0) + more + sum(scores.get(region, 0.0) for region in others)


def evidence_for_thing(prior: float, evidence: float, likely: float = 1.0) -> float:
    """Return how much evidence for a claim about a thing counts for the thing's presence, as a log-likelihood
    ratio. Without the thing the claim cannot be true; with it the claim may still be false.

    Args:
        prior: log-odds of what is said, where the thing is there.
        evidence: log-likelihood ratio of what is said.
        likely: probability that what else it needs is there.
    """
    share = probability(prior) * likely
    return math.log(1 + share * (math.exp(evidence) - 1))
