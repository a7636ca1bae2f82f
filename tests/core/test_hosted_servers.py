"""What served models are like: they think, flag images, ask to wait, and lack what others have.

The SDKs are real; the server on this machine speaks the wire formats (tests/vendor.py).
"""

import json
import time
from email.utils import formatdate

import pytest
from test_hosted import PHOTO, models, no_progress, patches, vendor  # noqa: F401 - a fixture

from core.errors import PatchMattersError
from core.models import CaptionRequest
from core.models.hosted.clients import SECONDS, SECONDS_AT_HOME
from core.models.hosted.endpoints import Config
from core.models.registry import CAPTIONER, VERIFIER

THINKING = ["ollama", "vllm", "sglang", "llamacpp", "openrouter"]


@pytest.fixture
def served(vendor):  # noqa: F811
    """The vendor under the names of servers that it can stand for."""
    config = json.loads((vendor.home / "config.json").read_text())
    address = config["endpoints"]["ollama"]["url"]
    names = [*THINKING, "lmstudio", "gemini", "another"]
    config["endpoints"] |= {name: {"url": address} for name in names}
    (vendor.home / "config.json").write_text(json.dumps(config))
    return vendor


def captions(server, name, count=1, max_tokens=60, **limits):
    chat_requests = [
        CaptionRequest(r.image, r.prompt, 1, 0.2, max_tokens, r.seed) for r in patches(count)
    ]
    return [
        row[0]
        for row in models(server, name, **limits)[CAPTIONER].caption(chat_requests, no_progress)
    ]


@pytest.mark.parametrize("endpoint", THINKING)
def test_thinking_is_switched_off_where_there_is_a_field_for_it(served, endpoint):
    served.thinks = 900
    [said] = captions(served, f"{endpoint}:qwen3-vl")
    assert (said.text, said.finish) == ("A cup stands on a table.", "stop")
    assert len(served.seen) == 1 and served.seen[0]["max_tokens"] == 60


@pytest.mark.parametrize("endpoint", ["lmstudio", "another"])
def test_a_model_that_thinks_all_the_same_gets_tokens_for_it_once_it_was_seen(served, endpoint):
    served.thinks = 900
    said = captions(served, f"{endpoint}:qwen3-vl", 5, concurrency=1)
    assert [c.text for c in said] == ["A cup stands on a table."] * 5
    assert [body["max_tokens"] for body in served.seen] == [60, 4060, 4060, 4060, 4060, 4060]


def test_the_request_that_went_into_a_thought_is_counted(served):
    served.thinks = 900
    said = captions(served, "another:qwen3-vl", 3, concurrency=1)
    assert [c.requests for c in said] == [2, 1, 1] and len(served.seen) == 4
    assert said[0].tokens > said[1].tokens  # those of both
    kept = captions(served, "another:qwen3-vl", 3, cached=True, concurrency=1)
    assert sum(c.requests for c in kept) == 4
    again = captions(served, "another:qwen3-vl", 3, cached=True, concurrency=1)
    assert sum(c.requests for c in again) == 0 and [c.text for c in again] == [c.text for c in kept]


def test_no_request_goes_out_for_a_thought_beyond_what_is_permitted(served):
    served.thinks = 900
    said = captions(served, "another:qwen3-vl", 3, concurrency=1, max_requests=3)
    assert len(served.seen) == 3
    assert [c.finish for c in said] == ["error", "stop", "stop"]
    assert "raise max_tokens" in said[0].detail and said[0].requests == 1


def test_a_thought_in_the_text_that_max_tokens_cut_is_asked_again(served):
    served.say = lambda prompt, image: (
        ("<think>Hm, a cup, or", "length")
        if served.seen[-1]["max_tokens"] < 1000
        else "<think>Hm.</think>A cup."
    )
    [said] = captions(served, "another:thinker")
    assert said.text.endswith("A cup.") and len(served.seen) == 2


def test_a_switch_that_the_server_refuses_is_left_out_from_then_on(served):
    served.error = 'think value "none" is not supported for this model'
    served.fault_of = lambda body: 400 if "reasoning_effort" in body else None
    served.thinks = 900
    said = captions(served, "ollama:thinks-always", 3, concurrency=1)
    assert all(c.text for c in said)
    assert ["reasoning_effort" in body for body in served.seen] == [True, False, False, False]
    assert served.seen[1]["max_tokens"] == 4060


def test_other_mistakes_are_not_taken_for_a_refused_field(served):
    served.error = "the image is too large"
    served.fault_of = lambda body: 400
    with pytest.raises(PatchMattersError, match="the image is too large"):
        captions(served, "ollama:llava", 3, concurrency=1)
    assert all("reasoning_effort" in body for body in served.seen)


def test_ollama_keeps_the_model_and_is_told_once(served):
    captions(served, "ollama:qwen3-vl", 4)
    assert served.loads == [{"model": "qwen3-vl", "keep_alive": "30m"}]
    assert not any("keep_alive" in body for body in served.seen)
    captions(served, "vllm:qwen3-vl")
    assert len(served.loads) == 1


def test_a_judge_answers_in_json_where_the_server_can_hold_it_to_that(served):
    served.say = lambda prompt, image: '{"1": 60, "2": 40}'
    scores = models(served, "vllm:judge")[VERIFIER].score(
        [(PHOTO, ["A cup.", "A dog."])], no_progress
    )
    schema = served.seen[0]["response_format"]["json_schema"]
    assert set(schema["schema"]["properties"]) == {"1", "2"} and schema["strict"]
    assert scores == [[0.5, 0.5]]  # undecided, so asked in both orders: their mean
    served.seen.clear()
    captions(served, "vllm:judge")
    assert "response_format" not in served.seen[0]
    served.seen.clear()
    served.error = "response_format is not supported"
    served.fault_of = lambda body: 400 if "response_format" in body else None
    served.say = lambda prompt, image: "1: 60\n2: 40"
    scores = models(served, "vllm:judge", concurrency=1)[VERIFIER].score(
        [(PHOTO, ["A cup.", "A dog."])], no_progress
    )
    assert scores == [[0.5, 0.5]] and len(served.seen) == 3  # one refused, then both orders
    served.seen.clear()
    models(served, "another:judge")[VERIFIER].score([(PHOTO, ["A cup."])], no_progress)
    assert "response_format" not in served.seen[0]


@pytest.mark.parametrize("name", ["openai:gpt-4o", "anthropic:claude", "openrouter:qwen/x"])
@pytest.mark.parametrize("error", ["Your input was flagged by moderation", "Forbidden"])
def test_one_flagged_image_costs_that_image(served, name, error):
    served.error = error
    served.fault = lambda number: 403 if number == 0 else None
    said = captions(served, name, 4, concurrency=1)
    assert [c.finish for c in said[1:]] == ["stop"] * 3 and len(served.seen) == 4
    assert said[0].finish == ("refusal" if "flagged" in error else "error") and not said[0].text


@pytest.mark.parametrize("name", ["openai:gpt-4o", "anthropic:claude"])
@pytest.mark.parametrize("wait", ["3600", "a date"])
def test_an_hour_to_wait_is_told_and_not_slept_through(served, name, wait):
    served.retry_after = wait if wait == "3600" else formatdate(time.time() + 3600, usegmt=True)
    served.fault = lambda number: 429 if number >= 2 else None
    started = time.monotonic()
    said = captions(served, name, 6, concurrency=1)
    assert time.monotonic() - started < 5 and len(served.seen) == 3  # no retry, no further question
    assert [c.finish for c in said] == ["stop"] * 2 + ["error"] * 4
    assert all("wait 60 minutes" in c.detail for c in said[2:])
    served.fault = lambda number: 429
    with pytest.raises(PatchMattersError, match="asks to wait 60 minutes.*run it again then"):
        captions(served, name, 6, concurrency=1)


def test_a_short_wait_is_waited(served):
    served.retry_after = "1"
    served.fault = lambda number: 429 if number == 0 else None
    [said] = captions(served, "openai:gpt-4o")
    assert said.finish == "stop" and len(served.seen) == 2


def test_an_answer_depends_on_what_is_sent(served):
    """A rule that changes what a model is sent makes other answers."""
    captions(served, "another:m", cached=True)
    captions(served, "another:m", cached=True)
    assert len(served.seen) == 1
    config = json.loads((served.home / "config.json").read_text())
    rules = [{"match": "*", "send": {"reasoning_effort": "none"}}]
    config["endpoints"]["another"]["models"] = rules
    (served.home / "config.json").write_text(json.dumps(config))
    captions(served, "another:m", cached=True)
    assert len(served.seen) == 2 and served.seen[1]["reasoning_effort"] == "none"
    config["endpoints"]["another"]["models"] = [{"match": "*", "send": 5}]
    (served.home / "config.json").write_text(json.dumps(config))
    with pytest.raises(PatchMattersError, match="a rule for its models has a wrong value"):
        Config.read(served.home)


def test_a_rule_cannot_replace_the_question(served):
    config = json.loads((served.home / "config.json").read_text())
    config["endpoints"]["another"]["models"] = [{"match": "*", "send": {"model": "x", "top_k": 5}}]
    (served.home / "config.json").write_text(json.dumps(config))
    captions(served, "another:m")
    assert served.seen[0]["model"] == "m" and served.seen[0]["top_k"] == 5


def test_a_server_at_home_may_take_longer_for_one_answer():
    """It answers one after the other, so the last of six waits for five."""
    assert SECONDS_AT_HOME >= 5 * SECONDS
