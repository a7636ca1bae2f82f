"""How scores and occurrences become log-odds: nothing that speaks for a claim may lower it."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evidence import (
    Calibration,
    LabelFreeCalibration,
    Prior,
    combined_evidence,
    evidence_for_thing,
    logit,
    probability,
)

scores = st.floats(0, 1)
evidence = st.floats(-3, 3)


@given(st.floats(-30, 30))
def test_a_probability_and_its_log_odds(log_odds):
    assert 0 <= probability(log_odds) <= 1
    if abs(log_odds) < 13:
        assert logit(probability(log_odds)) == pytest.approx(log_odds, abs=1e-6)


@given(st.floats(-5, 5), st.floats(0, 5), scores, scores)
def test_a_higher_score_is_never_worth_less(middle, slope, a, b):
    low, high = sorted((a, b))
    calibration = Calibration(middle, slope)
    assert calibration.evidence(low) <= calibration.evidence(high)
    assert abs(calibration.evidence(a)) <= 3


@given(
    st.dictionaries(st.sampled_from("abcd"), st.lists(scores, max_size=5), max_size=4),
    st.lists(scores, max_size=20),
    st.floats(0.01, 0.99),
    scores,
    scores,
)
def test_neither_is_it_where_nothing_was_measured(baseline, of_image, threshold, a, b):
    calibration = LabelFreeCalibration(baseline, of_image, threshold).of("a")
    low, high = sorted((a, b))
    assert -3 <= calibration.evidence(low) <= calibration.evidence(high) <= 3


def test_a_text_that_scores_high_on_any_image_needs_a_higher_score():
    draw = random.Random(0)

    def around(level):
        return [probability(draw.gauss(level, 0.5)) for _ in range(6)]

    baseline = {f"plain {n}": around(-2) for n in range(10)} | {
        f"favourite {n}": around(1) for n in range(10)
    }
    found = LabelFreeCalibration(baseline, [probability(draw.gauss(0, 2)) for _ in range(60)], 0.5)
    assert found.of("favourite 1").middle > found.of("plain 1").middle + 2
    assert found.of("never scored").slope == found.of("plain 1").slope > 0


def test_texts_that_differ_by_chance_alone_share_one_level():
    draw = random.Random(1)
    baseline = {str(n): [probability(draw.gauss(-1, 1)) for _ in range(6)] for n in range(40)}
    found = LabelFreeCalibration(baseline, [0.5] * 50, 0.5)
    middles = [found.of(text).middle for text in baseline]
    assert max(middles) - min(middles) < 1


def test_a_separation_that_is_there_is_found():
    """Scores of true texts a standard deviation of d above those of false ones get weights of about d."""
    draw = random.Random(2)
    for d in (0.7, 1.5, 2.5):
        baseline = {
            str(n): [probability(draw.gauss(-d / 2, 1)) for _ in range(5)] for n in range(60)
        }
        shown = [
            probability(draw.gauss(d / 2 if draw.random() < 0.75 else -d / 2, 1))
            for _ in range(200)
        ]
        slope = LabelFreeCalibration(baseline, shown, 0.5).of("0").slope
        assert slope == pytest.approx(d, rel=0.35)


@given(st.integers(1, 8), st.integers(0, 8), st.booleans())
def test_one_more_caption_that_says_it_never_lowers_the_prior(captions, others, hedged):
    prior, asked = Prior(), captions + others
    assert (
        prior.of(captions, asked, hedged=hedged) <= prior.of(captions + 1, asked + 1, hedged=hedged)
        or asked == 1
    )  # the only caption of a region is asked at a low temperature
    assert prior.of(captions, asked, hedged=True) < prior.of(captions, asked)


def test_what_nobody_said_has_no_prior():
    with pytest.raises(ValueError, match="0 of 3"):
        Prior().of(0, 3)


views = st.dictionaries(st.sampled_from("abcdef"), evidence, min_size=1)


lows = st.floats(-3, -0.1)  # the least that a verifier's evidence can be


def seen_above(low, shown):
    """What is seen in views that all say it, of a verifier whose evidence is not below `low`."""
    limited = {region: max(low, value) for region, value in shown.items()}
    return combined_evidence(shown, limited, unlimited=shown)


@given(views, st.sampled_from("uvw"), evidence, lows)
def test_one_more_view_that_says_it_never_lowers_what_is_seen(shown, name, more, low):
    assert seen_above(low, {**shown, name: more}) >= seen_above(low, shown) - 1e-9
    assert (
        combined_evidence([*shown, name], shown) >= combined_evidence(shown, shown) - 1e-9
    )  # not scored there


@given(views, st.floats(0, 3), lows)
def test_neither_does_a_higher_score(shown, more, low):
    for region in shown:
        raised = {**shown, region: shown[region] + more}
        assert seen_above(low, raised) >= seen_above(low, shown) - 1e-9


def test_a_further_view_in_which_a_detector_finds_nothing_counts_nothing():
    detector = Calibration(middle=0.6, slope=0.4, low=-0.3, high=1.3)

    def of(*scores):
        scored = dict(zip("ab", scores))
        limited = {r: detector.evidence(s) for r, s in scored.items()}
        return combined_evidence(
            scored, limited, unlimited={r: detector.unlimited(s) for r, s in scored.items()}
        )

    assert of(0.32, 0.0) == of(0.32) == detector.low
    assert of(0.32, 0.3) > of(0.32) + 0.5


@given(evidence, evidence, st.floats(-3, 3), st.floats(0, 1))
def test_what_is_seen_of_a_thing_speaks_for_it(a, b, prior, likely):
    low, high = sorted((a, b))
    assert evidence_for_thing(prior, low, likely) <= evidence_for_thing(prior, high, likely) + 1e-12
    assert evidence_for_thing(prior, low, likely) <= math.log1p(math.exp(low)) + 1e-9
    assert evidence_for_thing(prior, 0.0, likely) == pytest.approx(0)
