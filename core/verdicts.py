"""Whether a statement is kept: what speaks for it, weighed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .guesses import firm_part, guesses
from .models import Matcher
from .picture import GIVEN, Picture
from .regions import Region, coverage, intersection_area
from .statements import Reason, Statement, Verdict
from .words import canonical, nouns

# Of the objects that a vision-language model names, all its captions agreeing, so many are there:
# LLaVA-1.5's precision on DID-Bench (bench/calibrate.py). A share of the captions counts as that share.
PRIOR = 0.81
# An item raises F1 where its probability is above F1 / 2: .35 at the .7 that is reached where it matters
# (bench/facts.py, a matcher of AUC 0.7 and noise 0.2: F1 .743; with .4 it is .719, with .3 .742).
WORTH = 0.35
APART = 0.2  # share of a patch that may overlap another and still shows something else
# What a detector sees and the caption of the whole does not mention is seldom worth mention: of such
# objects .33 were in the human-checked captions at a pooled score of .8 to .99, .44 above
# (bench/calibrate.py).
UNMENTIONED = 0.99
# How much of what a sentence scores on a wrong crop is taken off: half, for one such score is half
# chance where the sentence's own bias and the crop's are as large (bench/facts.py).
WRONG_CROP = 0.5


@dataclass(frozen=True)
class FilterSettings:
    """Attributes:
    threshold: a statement is kept above this score (0..1); 0 takes the matcher's own.
    overlap: regions that overlap by more than this IoU are filtered together (paper: 0.4).
    paper: decide as the paper does: statements of several captions are kept unscored, the rest
        are scored on their own patch alone, and the caption of the whole image is not filtered.
    """

    threshold: float = 0.0
    overlap: float = 0.4
    paper: bool = False


Scores = dict[tuple[str, str], float | None]  # (region, text) -> the matcher's score


def _logit(score: float) -> float:
    score = min(max(score, 1e-3), 1 - 1e-3)
    return math.log(score / (1 - score))


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def views(picture: Picture, statement: Statement, pooled: bool) -> list[Region]:
    """The regions whose pixels bear on a statement: its own, and those that overlap them."""
    own = [picture.root.find(name) for name in statement.regions]
    if not pooled:
        return own
    return [
        region
        for region in picture.root.walk()
        if any(intersection_area(region.box, o.box) for o in own)
    ]


def wrong_view(picture: Picture, statement: Statement) -> Region | None:
    """The largest patch that cannot show what a statement says: none of its captions says it, and it
    does not overlap those whose captions do."""
    own = [picture.root.find(name) for name in statement.regions]
    apart = [
        region
        for region in picture.root.walk()
        if not any(coverage(region.box, o.box) > APART for o in own)
    ]
    return max(apart, key=lambda region: region.box.area, default=None)


def wordings(statement: Statement) -> list[str]:
    """The texts of a statement that may be decided about: itself, and itself without its guess."""
    if not guesses(statement.text):
        return [statement.text]
    return [statement.text, *filter(None, [firm_part(statement.text)])]


class Court:
    """Decides about the statements of one picture, by the matcher's scores and who said them."""

    def __init__(
        self,
        picture: Picture,
        statements: Sequence[Statement],
        scores: Scores,
        matcher: Matcher,
        settings: FilterSettings,
    ):
        self._picture, self._scores, self._matcher = picture, scores, matcher
        self._statements = statements
        self._pooled = matcher.pooled_threshold is not None
        own = matcher.pooled_threshold if self._pooled else matcher.threshold
        self._threshold = settings.threshold or own
        # Only measured rates can outweigh a score; a threshold that the user sets is what counts.
        self._weighs = not settings.threshold and matcher.rates is not None
        self._whole_said = self._words_of_the_whole()
        # On wrong crops: what each sentence gets there, and what sentences get on average, as logits.
        self._wrong = self._on_wrong_crops() if matcher.contrast else {}
        self._usual = sum(self._wrong.values()) / max(1, len(self._wrong))

    def decided(self) -> list[Statement]:
        """All the statements, decided."""
        return [self._decided(statement) for statement in self._statements]

    def _on_wrong_crops(self) -> dict[str, float]:
        wrong = ((s, wrong_view(self._picture, s)) for s in self._statements)
        pairs = ((text, view.name) for s, view in wrong if view for text in wordings(s))
        scored = ((text, self._scores.get((name, text))) for text, name in pairs)
        return {text: _logit(score) for text, score in scored if score is not None}

    def _decided(self, statement: Statement) -> Statement:
        """The statement with its evidence, its score and its verdict."""
        weighed = self._weighed(statement)
        if weighed.verdict is not None:
            return weighed
        if not guesses(weighed.text) or self._above(weighed):
            return self._judged(weighed)
        firm = firm_part(weighed.text)
        if not firm:
            return weighed.decided(Verdict.DROPPED, Reason.GUESS, weighed.against)
        judged = self._judged(self._weighed(replace(statement, text=firm)))
        if judged.verdict is Verdict.KEPT and judged.reason is not Reason.BEST:
            return replace(judged, reason=Reason.FIRM)
        return judged

    def _judged(self, statement: Statement) -> Statement:
        if self._weighs and self._independent(statement):
            return self._by_probability(statement)
        if self._unmentioned(statement) and (statement.score or 0) <= UNMENTIONED:
            return statement.decided(Verdict.DROPPED, Reason.UNMENTIONED, statement.against)
        return self._by_threshold(statement)

    def _by_probability(self, statement: Statement) -> Statement:
        """Bayes: how often such a statement is true, and what the matcher's word adds to that."""
        said, asked = statement.support
        prior = PRIOR * said / asked
        odds = prior / (1 - prior)
        if statement.score is not None:
            of_true, of_false = self._matcher.rates
            above = self._above(statement)
            odds *= of_true / of_false if above else (1 - of_true) / (1 - of_false)
        kept = odds / (1 + odds) > WORTH
        if statement.score is None:
            reason = Reason.MAJORITY if kept else Reason.MINORITY
        elif self._above(statement):
            reason = Reason.ABOVE if kept else Reason.MINORITY
        else:
            reason = Reason.TRUSTED if kept else Reason.BELOW
        if kept and statement.reason is Reason.BEST:
            reason = Reason.BEST
        return statement.decided(
            Verdict.KEPT if kept else Verdict.DROPPED, reason, statement.against
        )

    def _by_threshold(self, statement: Statement) -> Statement:
        if statement.score is None:
            said, asked = statement.support
            majority = 2 * said > asked
            return statement.decided(
                Verdict.KEPT if majority else Verdict.DROPPED,
                Reason.MAJORITY if majority else Reason.MINORITY,
                statement.against,
            )
        if not self._above(statement):
            return statement.decided(Verdict.DROPPED, Reason.BELOW, statement.against)
        return statement.decided(Verdict.KEPT, statement.reason or Reason.ABOVE, statement.against)

    def _above(self, statement: Statement) -> bool:
        return statement.score is not None and statement.score > self._threshold

    def _weighed(self, statement: Statement) -> Statement:
        """Fill in evidence and score."""
        evidence = {}
        for region in views(self._picture, statement, self._pooled):
            values = [self._scores.get((region.name, statement.text))]
            if values == [None]:  # another wording of the same was scored here
                values = [self._scores.get((region.name, s.text)) for s in statement.sayings]
            values = [v for v in values if v is not None]
            if values:
                evidence[region.name] = sum(values) / len(values)
        score = None
        if evidence:
            own = [v for name, v in evidence.items() if name in statement.regions]
            if self._pooled:
                score = 1 - math.prod(1 - v for v in evidence.values())
            elif own:
                score = self._without_bias(statement, max(own))
        return replace(statement, evidence={**evidence, **statement.evidence}, score=score)

    def _without_bias(self, statement: Statement, score: float) -> float:
        """A score less what the sentence gets on a wrong crop: what fits everywhere proves nothing.

        Measured against what sentences get there on average, so that a threshold keeps its meaning.
        """
        wrong = self._wrong.get(statement.text)
        if wrong is None:
            return score
        return _probability(_logit(score) - WRONG_CROP * (wrong - self._usual))

    def _speaker(self, region: str) -> str:
        """Who described a region."""
        models: Mapping[str, str] = self._picture.models
        given = region == self._picture.root.name and GIVEN in models
        return models[GIVEN] if given else models.get("captioner", "")

    def _independent(self, statement: Statement) -> bool:
        return any(self._speaker(name) not in self._matcher.kin for name in statement.regions)

    def _words_of_the_whole(self) -> frozenset[str] | None:
        """The words of an independent caption of the whole picture; None where there is none."""
        root = self._picture.root.name
        caption = self._picture.global_caption
        if not self._weighs or not caption or self._speaker(root) in self._matcher.kin:
            return None
        return frozenset(canonical(word.strip(".,;:!?()\"'").lower()) for word in caption.split())

    def _unmentioned(self, statement: Statement) -> bool:
        """Whether it names a thing that an independent caption of the whole picture does not."""
        if self._whole_said is None:
            return False
        return any(
            canonical(word) not in self._whole_said
            for noun in nouns(statement.text)
            for word in noun.split()
        )
