"""How much speaks for a claim, as log-odds: who says it, and what a matcher's scores of it mean.

A score is no probability. What it is worth comes from a calibration: measured on labelled images where that
was done, else label-free, from what the same texts score where they cannot be true.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance

_EDGE = 1e-6  # scores are kept this far from 0 and 1, where their logits would be infinite
LIMIT = 3.0  # no single score weighs more (odds of 20): matchers are sure of what is false, too
# Two classes of equal spread that a matcher tells apart at this many standard deviations have an AUC of
# .85, the middle of what is published for image-text matchers on captions.
SEPARATION = 1.47
_WEIGHT = 20  # scores that the assumed separation weighs as much as, when it is estimated from scores
_TRUE_SHARE = 0.75  # of what vision-language models say of a patch (LLaVA-1.5's objects: .81)

# Log-odds of a claim before any score, fitted with the rest on invented scenes (bench/RESULTS.md).
SAID_ONCE = 0.5  # in one caption of several of a region
SAID_AGAIN = 0.9  # for each further caption of the region, up to two: a model repeats what it invents
SAID_ALONE = 1.1  # in the only caption of a region
OTHER_VIEW = 1.5  # for each further region that says it
HEDGED = -1.0  # said as a guess


def logit(probability: float) -> float:
    """log(p / (1 - p)), with p kept a millionth away from 0 and 1."""
    p = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(p / (1 - p))


def probability(log_odds: float) -> float:
    """The probability (0..1) of these log-odds."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


@dataclass(frozen=True)
class Calibration:
    """Turns a score into a log-likelihood ratio: `slope * (logit(score) - middle)`, at most `limit` to
    either side. A slope is never negative, so a higher score never counts for less."""

    middle: float
    slope: float
    low: float = -LIMIT
    high: float = LIMIT

    def of(self, text: str) -> Calibration:
        """The calibration of one text: the same for all."""
        return self

    def evidence(self, score: float) -> float:
        """The log-likelihood ratio of a score (0..1)."""
        return min(max(self.slope * (logit(score) - self.middle), self.low), self.high)


class LabelFree:
    """A calibration for each text, from what the texts score where they cannot be true.

    Each text has its own level there, as far as it differs from the others by more than chance; all share
    the spread. How far true texts lie above is estimated from the scores on the image itself, of
    which `_TRUE_SHARE` are taken to be true.

    Args:
        baseline: text -> its scores (0..1) where it cannot be true, one or more; may be empty.
        scores: all scores on the image's own regions.
        threshold: what the matcher calls a fitting text: the middle where there is no baseline.
    """

    def __init__(
        self, baseline: Mapping[str, Sequence[float]], scores: Iterable[float], threshold: float
    ):
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
        """The calibration of one text."""
        if not self._levels:
            return self._default
        level = self._levels.get(text, self._mean)
        slope = self._separation / self._spread
        return Calibration(level + self._separation * self._spread / 2, slope)


def said(captions: int, asked: int, *, hedged: bool = False) -> float:
    """The log-odds of what `captions` of the `asked` captions of one region say.

    Raises:
        ValueError: fewer than one caption, or more than were asked.
    """
    if not 1 <= captions <= asked:
        raise ValueError(f"said by {captions} of {asked} captions")
    odds = SAID_ALONE if asked == 1 else SAID_ONCE + SAID_AGAIN * min(captions - 1, 2)
    return odds + (HEDGED if hedged else 0.0)


def log_odds(
    sayings: Mapping[str, float], scores: Mapping[str, float], others: Mapping[str, float]
) -> float:
    """All that speaks for a claim.

    One more region that says it, a higher score or one more caption never lowers it: of the regions that
    say it the best counts in full, and each further one as far as it speaks for the claim at all.

    Args:
        sayings: region -> `said` of the captions that say it there (at least one region).
        scores: region -> the evidence of the matcher's score, of those regions; may be empty.
        others: the same of regions that show the place and do not say it: the whole image.
    """
    base = max(sayings.values())
    seen = sorted((scores.get(region, 0.0) for region in sayings), reverse=True)
    return base + seen[0] + sum(max(0.0, OTHER_VIEW + s) for s in seen[1:]) + sum(others.values())
