"""The estimate of a run, and the one ceiling that all its models share."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from vendor import running_vendor

from core.budget import (
    Demand,
    Requests,
    captioning,
    cost_of,
    describing,
    seconds_of,
    sentence,
    verifying,
    writing,
)
from core.models.chat import ChatRequest
from core.models.completion_cache import RATE_REQUESTS, CompletionCache
from core.models.hosted.budget import Budget, Plan
from core.models.hosted.endpoints import Config, Limits
from core.models.hosted.model import HostedModel
from core.models.registry import CAPTIONER, VERIFIER, WRITER
from core.pipeline import profile_settings
from core.profiles import DEFAULT, PAPER
from core.styles import DESCRIPTION, STYLES

DEMANDS = [
    Demand(CAPTIONER, "openai:a", describing(10, 3)),
    Demand(VERIFIER, "openai:a", verifying(10)),
    Demand(WRITER, "openai:b", writing(10, DEFAULT, DESCRIPTION)),
]


def test_ten_images_in_words():
    text = sentence(DEMANDS, (130.0, 240.0), (0.5, 0.7))
    assert text.startswith(
        "about 214 to 280 requests (captioner 148, verifier 56 to 112, writer 10 to 20); "
    )
    assert text.endswith("about 0.50 to 0.70 to pay; about 2 min to 4 min")


def test_what_is_not_known_is_said():
    text = sentence(DEMANDS, None, None, ["Caption Video"])
    assert "price unknown; time unknown until the first answers" in text
    assert text.endswith("not counted: Caption Video")
    assert sentence([], None, None, ["Caption Video"]) == (
        "an unknown number of requests (Caption Video)"
    )


def test_price_and_time_need_every_model():
    prices, rates = {"openai:a": (1.0, 2.0)}, {"openai:a": 0.5}
    assert cost_of(DEMANDS, prices) is None and seconds_of(DEMANDS, rates) is None
    few, most = cost_of(DEMANDS, {**prices, "openai:b": (0.0, 0.0)})
    assert 0 < few < most
    assert seconds_of(DEMANDS[:2], rates) == (0.5 * (148 + 56), 0.5 * (148 + 112))


def test_a_service_that_gives_several_answers_is_asked_once_a_patch():
    settings = profile_settings(DEFAULT.name)
    each = captioning(10, settings, several=False)[CAPTIONER]
    together = captioning(10, settings, several=True)[CAPTIONER]
    assert (each.amount(), together.amount()) == ("148", "56")


def test_styles_and_profiles_ask_the_writer_for_more_or_for_nothing():
    def of_writer(profile, style):
        settings = profile_settings(profile, style=STYLES[style])
        return captioning(10, settings, several=False)[WRITER]

    plain = of_writer(DEFAULT.name, "description")
    assert plain.amount() == "10 to 20"
    assert of_writer(DEFAULT.name, "tags-sdxl") == Requests()
    assert of_writer(PAPER.name, "description").few > plain.most, "region by region"
    assert of_writer(DEFAULT.name, "chinese").few > plain.most, "it splits the captions"


def test_what_several_threads_wait_for_at_once_counts_once(tmp_path):
    """The rate of a model is that of the run, not of each caller, which waits while others are answered."""
    with running_vendor() as (vendor, address):
        vendor.seconds = 0.1
        endpoint = replace(Config.read(tmp_path).endpoints["ollama"], url=f"{address}/v1")
        answers = CompletionCache(tmp_path / "answers.sqlite", 1)
        model = HostedModel(endpoint, "m", answers=answers, limits=Limits(4, 100))

        def ask(number):
            asked = [ChatRequest(f"{number} {i}") for i in range(3)]
            model.ask(asked, lambda index: None)

        ask("alone, to connect")
        answers.clear()
        began = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(ask, range(4)))
        took = time.monotonic() - began
    assert answers.rates()["ollama:m"] * 12 <= 1.2 * took


def test_a_plan_is_made_once_a_run_and_its_ceiling_holds_for_every_model():
    run, made = ["one"], []

    def plan():
        made.append(run[0])
        return Plan(9, 12, least=3, ceiling=5, where="Hosted Model (node 4)")

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
