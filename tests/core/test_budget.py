"""The estimate of a run, and the one ceiling that all its models share."""

from core.budget import Demand, cost_of, describing, seconds_of, sentence, verifying, writing
from core.models.completion_cache import RATE_REQUESTS, CompletionCache
from core.models.hosted.budget import Budget, Plan
from core.models.registry import CAPTIONER, VERIFIER, WRITER

DEMANDS = [
    Demand(CAPTIONER, "openai:a", *describing(10, 3)),
    Demand(VERIFIER, "openai:a", *verifying(10)),
    Demand(WRITER, "openai:b", *writing(10)),
]


def test_ten_images_in_words():
    text = sentence(DEMANDS, 130.0, 0.5)
    assert text.startswith("about 275 requests (captioner 148, verifier 112, writer 15); ")
    assert text.endswith("about 0.50 to pay; about 2 min")


def test_what_is_not_known_is_said():
    text = sentence(DEMANDS, None, None, ["Caption Data Set"])
    assert "price unknown; time unknown until the first answers" in text
    assert text.endswith("not counted: Caption Data Set")
    assert sentence([], None, None, ["Caption Data Set"]) == (
        "an unknown number of requests (Caption Data Set)"
    )


def test_price_and_time_need_every_model():
    prices, rates = {"openai:a": (1.0, 2.0)}, {"openai:a": 0.5}
    assert cost_of(DEMANDS, prices) is None and seconds_of(DEMANDS, rates) is None
    assert cost_of(DEMANDS, {**prices, "openai:b": (0.0, 0.0)}) > 0
    assert seconds_of(DEMANDS[:2], rates) == 0.5 * sum(d.requests for d in DEMANDS[:2])


def test_a_plan_is_made_once_a_run_and_its_ceiling_holds_for_every_model():
    run, made = ["one"], []

    def plan():
        made.append(run[0])
        return Plan(requests=9, least=3, ceiling=5, where="Hosted Model (node 4)")

    budget = Budget(lambda: run[0], plan)
    assert budget.plan is None
    assert budget.take(4, 100, fresh=True) is None
    refusal = budget.take(2, 100)
    assert (refusal.used, refusal.permitted, refusal.where) == (4, 5, "Hosted Model (node 4)")
    assert budget.take(1, 4).where == "", "the model's own limit is the lower one"
    run[0] = "two"
    assert budget.used == 0 and budget.take(5, 100) is None
    assert made == ["one", "two"]


def test_a_run_that_needs_more_in_any_case_is_refused_before_its_first_request():
    budget = Budget(plan=lambda: Plan(least=8, ceiling=7))
    refusal = budget.take(5, 100, fresh=True)
    assert refusal.before_first and refusal.wanted == 8 and budget.used == 0
    assert budget.take(5, 100) is None, "some answers are cached, so it may do with fewer"


def test_rates_are_those_of_the_latest_answers(tmp_path):
    cache = CompletionCache(tmp_path / "answers.sqlite", 1)
    assert cache.rates() == {}
    cache.add_rate("openai:a", 10, 20.0)
    assert cache.rates() == {"openai:a": 2.0}
    for _ in range(10):
        cache.add_rate("openai:a", RATE_REQUESTS, RATE_REQUESTS * 0.5)
    assert 0.5 <= cache.rates()["openai:a"] < 0.51
