import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.filter import FilterSettings, filter_statements
from core.models import Completion
from core.models.registry import load_embedder
from core.statements import Reason, Verdict
from helpers import ScriptedMatcher, picture_with


def run(picture, scores=None, **options):
    matcher = ScriptedMatcher(scores)
    matcher.pooled_threshold = options.pop("pooled_threshold", None)
    done = filter_statements([picture], matcher, load_embedder(), FilterSettings(**options))[0]
    return {s.text: s for s in done.statements}, matcher, done


def outcome(statements):
    return {text: (s.verdict.value, s.reason) for text, s in statements.items()}


def test_a_sentence_is_kept_above_the_threshold_only():
    picture = picture_with({"image": [], "a": ["A dog runs.", "A boat sails.", "A tree."]})
    scores = {"A dog runs.": 0.31, "A boat sails.": 0.3, "A tree.": 0.0}
    statements, _, _ = run(picture, scores)
    assert outcome(statements) == {
        "A dog runs.": ("kept", Reason.ABOVE),
        "A boat sails.": ("dropped", Reason.BELOW),
        "A tree.": ("dropped", Reason.BELOW),
    }
    statements, _, _ = run(picture, scores, threshold=0.2)
    assert statements["A boat sails."].verdict is Verdict.KEPT


def test_agreement_is_not_truth_but_is_counted():
    picture = picture_with({"image": [], "a": ["A dog runs.", "A dog runs.", "A dog runs."]})
    statements, _, _ = run(picture, {"A dog runs.": 0.1})
    assert statements["A dog runs."].support == (3, 3)
    assert statements["A dog runs."].verdict is Verdict.DROPPED
    statements, _, _ = run(picture, {"A dog runs.": 0.1}, paper=True)
    assert outcome(statements) == {"A dog runs.": ("kept", Reason.AGREED)}


def test_of_a_contradiction_the_side_that_fits_best_is_kept():
    picture = picture_with({"image": [], "a": ["A white cat.", "A black cat.", "A white cat."]})
    statements, _, _ = run(picture, {"A white cat.": 0.5, "A black cat.": 0.7})
    assert outcome(statements) == {
        "A black cat.": ("kept", Reason.BEST),
        "A white cat.": ("dropped", Reason.CONTRADICTED),
    }
    assert statements["A white cat."].against == "A black cat."
    statements, _, _ = run(picture, {"A white cat.": 0.2, "A black cat.": 0.1})
    assert {s.verdict for s in statements.values()} == {Verdict.DROPPED}  # best, but not above .3


def test_a_tie_goes_to_what_more_captions_say():
    picture = picture_with({"image": [], "a": ["A white cat.", "A black cat.", "A black cat."]})
    assert outcome(run(picture)[0])["A black cat."] == ("kept", Reason.BEST)


def test_contradictions_of_overlapping_patches_are_judged_on_both_together():
    boxes = {"a": (0, 0, 60, 50), "b": (20, 0, 80, 50)}  # IoU 0.5
    picture = picture_with({"image": [], "a": ["A white cat."], "b": ["A black cat."]}, boxes)
    statements, matcher, _ = run(picture, {"A white cat.": 0.5, "A black cat.": 0.8})
    assert outcome(statements)["A white cat."] == ("dropped", Reason.CONTRADICTED)
    assert matcher.batches[-1] == ((80, 50), ["A white cat.", "A black cat."])
    assert statements["A white cat."].evidence["a + b"] == 0.5
    far_apart, _, _ = run(picture, overlap=0.6)  # two cats, for all one knows
    assert {s.verdict for s in far_apart.values()} == {Verdict.KEPT}


def test_what_several_regions_say_is_one_statement_with_all_its_sources():
    picture = picture_with({"image": ["A dog runs."], "a": ["A dog runs.", "A dog runs."]})
    statements, _, done = run(picture)
    assert len(done.statements) == 1
    assert statements["A dog runs."].regions == ("image", "a")
    assert statements["A dog runs."].support == (3, 3)


def test_each_crop_goes_to_the_matcher_once():
    picture = picture_with({"image": ["A sky."], "a": ["A dog.", "A boat.", "A dog. A tree."]})
    _, matcher, done = run(picture)
    assert [size for size, _ in matcher.batches] == [(100, 100), (50, 50)]
    assert done.calls["matcher"] == 2


def test_pooled_evidence_counts_every_view_that_shows_the_place():
    boxes = {"a": (0, 0, 60, 50), "b": (40, 0, 100, 50), "c": (0, 60, 50, 100)}
    picture = picture_with(
        {"image": ["A sky."], "a": ["A dog."], "b": ["A sky."], "c": ["A sky."]}, boxes
    )
    statements, _, _ = run(picture, {"A dog.": 0.5}, pooled_threshold=0.8)
    # a itself, the whole image and b see the place, c does not.
    assert set(statements["A dog."].evidence) == {"a", "b", "image"}
    assert statements["A dog."].score == pytest.approx(1 - 0.5**3)
    assert statements["A dog."].verdict is Verdict.KEPT


def test_what_the_matcher_cannot_judge_is_decided_by_the_majority():
    picture = picture_with({"image": [], "a": ["A calm mood.", "A calm mood.", "A loud noise."]})
    statements, _, _ = run(picture, {"A calm mood.": None, "A loud noise.": None})
    assert outcome(statements) == {
        "A calm mood.": ("kept", Reason.MAJORITY),
        "A loud noise.": ("dropped", Reason.MINORITY),
    }


def test_the_paper_does_not_filter_the_caption_of_the_whole_image():
    picture = picture_with({"image": ["A dog runs."]})
    assert outcome(run(picture, {"A dog runs.": 0.0}, paper=True)[0])["A dog runs."] == (
        "kept",
        Reason.GLOBAL,
    )


captions = st.lists(
    st.lists(
        st.sampled_from(
            ["A white cat.", "A black cat.", "Two cats.", "A dog on the left.", "A dog on the right.",
             "There is no dog.", "Trees", "!?", "x" * 600]
        ),
        max_size=4,
    ).map(" ".join),
    max_size=3,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(captions, captions, captions, st.booleans())
def test_nothing_that_was_said_disappears_and_nothing_given_is_changed(whole, a, b, paper):
    boxes = {"a": (0, 0, 60, 50), "b": (20, 0, 80, 50)}
    picture = picture_with({"image": whole[:1], "a": a, "b": b}, boxes)
    before = dict(picture.candidates)
    _, _, done = run(picture, {"A white cat.": 0.2, "Trees.": None}, paper=paper)
    said = sorted(
        (region, number, sentence.rstrip("."))
        for region, texts in (("image", whole[:1]), ("a", a), ("b", b))
        for number, text in enumerate(texts)
        for sentence in _sentences(text)
    )
    reported = sorted(
        (x.region, x.candidate, x.text.rstrip(".")) for s in done.statements for x in s.sayings
    )
    assert reported == said
    assert all(s.verdict and s.reason for s in done.statements)
    assert picture.candidates == before and picture.statements == ()


def _sentences(text):
    from core.statements import split_sentences

    return split_sentences(text)


def test_a_captioner_that_failed_leaves_the_rest_alone():
    failed = Completion("", "error", "no answer")
    picture = picture_with({"image": ["A dog."], "a": [failed]})
    statements, _, _ = run(picture)
    assert outcome(statements) == {"A dog.": ("kept", Reason.ABOVE)}


GUESS = "A man stands at the shore, possibly with a boat."
FIRM = "A man stands at the shore."


@pytest.mark.parametrize(
    "scores, kept",
    [
        ({GUESS: 0.2, FIRM: 0.9}, {FIRM: Reason.FIRM}),
        ({GUESS: 0.8, FIRM: 0.9}, {GUESS: Reason.ABOVE}),
        ({GUESS: None, FIRM: 0.9}, {FIRM: Reason.FIRM}),
        ({GUESS: 0.2, FIRM: 0.1}, {}),
    ],
)
def test_a_guess_is_kept_only_where_the_pixels_bear_it_out(scores, kept):
    statements, _, _ = run(picture_with({"image": [], "a": [GUESS]}), scores)
    found = {t: s.reason for t, s in statements.items() if s.verdict is Verdict.KEPT}
    assert found == kept
    assert [s.sayings[0].text for s in statements.values()] == [GUESS], "what was said stays known"


def test_a_sentence_that_is_nothing_but_a_guess():
    said = "The scene suggests a casual meal."
    statements, _, _ = run(picture_with({"image": [], "a": [said]}), {said: 0.1})
    assert outcome(statements) == {said: ("dropped", Reason.GUESS)}
    statements, _, _ = run(picture_with({"image": [], "a": [said]}), {said: 0.1}, paper=True)
    assert outcome(statements) == {said: ("dropped", Reason.BELOW)}


def judged(picture, scores, captioner="vlm", **options):
    """By a matcher that knows how often it is right."""
    matcher = ScriptedMatcher(scores)
    matcher.rates, matcher.kin = (0.77, 0.29), ("kin",)
    picture = picture.extended(models={"captioner": captioner})
    done = filter_statements([picture], matcher, load_embedder(), FilterSettings(**options))[0]
    return outcome({s.text: s for s in done.statements})


def test_a_matcher_that_misses_much_does_not_outweigh_captions_that_agree():
    dog = "A dog runs."
    agreed = picture_with({"image": [], "a": [dog, dog, dog]})
    alone = picture_with({"image": [], "a": [dog, "A tree.", "A tree."]})
    assert judged(agreed, {dog: 0.1})[dog] == ("kept", Reason.TRUSTED)
    assert judged(alone, {dog: 0.1})[dog] == ("dropped", Reason.BELOW)
    assert judged(alone, {dog: 0.9})[dog] == ("kept", Reason.ABOVE)
    assert judged(alone, {dog: None})[dog] == ("dropped", Reason.MINORITY)
    # What its own network says, it only says again; and a threshold that is set is what counts.
    assert judged(agreed, {dog: 0.1}, captioner="kin")[dog] == ("dropped", Reason.BELOW)
    assert judged(agreed, {dog: 0.1}, threshold=0.3)[dog] == ("dropped", Reason.BELOW)


def test_what_an_independent_caption_of_the_whole_does_not_mention():
    picture = picture_with({"image": ["A dog runs."], "a": ["There is a dog. There is a boat."]})
    picture = picture.extended(models={"caption": "given"})
    scores = {"There is a boat.": 0.95, "There is a dog.": 0.95, "A dog runs.": 0.9}
    found = judged(picture, scores, captioner="kin")
    assert found["There is a boat."] == ("dropped", Reason.UNMENTIONED)
    assert "kept" in {v for t, (v, _) in found.items() if "dog" in t}
    scores["There is a boat."] = 0.995
    assert judged(picture, scores, captioner="kin")["There is a boat."] == ("kept", Reason.ABOVE)


def test_who_is_a_woman_is_a_person_too():
    picture = picture_with({"image": ["A woman rides."], "a": ["There is a person."]})
    picture = picture.extended(models={"caption": "given"})
    found = judged(picture, {"There is a person.": 0.7, "A woman rides.": 0.9}, captioner="kin")
    assert found["There is a person."] == ("kept", Reason.ABOVE)
    picture = picture_with({"image": ["A person rides."], "a": ["There is a man."]})
    picture = picture.extended(models={"caption": "given"})
    found = judged(picture, {"There is a man.": 0.7, "A person rides.": 0.9}, captioner="kin")
    assert found["There is a man."] == ("kept", Reason.ABOVE)
