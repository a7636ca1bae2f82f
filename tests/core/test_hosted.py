"""Hosted models: the vendors' real SDKs against a server on this machine that speaks their formats."""

import json
import logging
import re
import sys
import time

import pytest
from PIL import Image
from vendor import running_vendor

from core.cli import EXAMPLE
from core.errors import PatchMattersError
from core.images import read_image
from core.models import CaptionRequest, Fact, WritingRequest
from core.models.hosted.endpoints import Config, Limits, Rule
from core.models.hosted.model import encoded
from core.models.registry import CAPTIONER, VERIFIER, WRITER, load_hosted, load_model
from core.models.score_parser import parse_scores
from core.pipeline import Models, caption_images
from core.regions import Box

KEY = "sk-secret-0123456789abcdefghij"
PHOTO = read_image(EXAMPLE)


@pytest.fixture
def vendor(monkeypatch, tmp_path):
    with running_vendor() as (vendor, address):
        own = {"key_variable": "TEST_KEY"}
        endpoints = {
            "openai": {"url": f"{address}/v1", **own},
            "anthropic": {"url": address, **own},
            "zhipu": {"url": f"{address}/v4", **own},
            "ollama": {"url": f"{address}/v1"},
        }
        (tmp_path / "config.json").write_text(json.dumps({"endpoints": endpoints}))
        monkeypatch.setenv("TEST_KEY", KEY)
        vendor.home = tmp_path
        yield vendor


def models(vendor, name="openai:gpt-4o", cached=False, **limits):
    endpoint, _, model = name.partition(":")
    config = Config.read(vendor.home)
    return load_hosted(config, endpoint, model, vendor.home, limits=Limits(**limits), cached=cached)


def patches(count):
    """Images that a server can tell apart: each of a width of its own."""
    return [
        CaptionRequest(Image.new("RGB", (100 + i, 60), (i, 0, 0)), "Describe.", seed=i)
        for i in range(count)
    ]


def no_progress(index):
    pass


@pytest.mark.parametrize("name", ["openai:gpt-4o", "anthropic:claude-sonnet-4-5", "ollama:llava"])
def test_one_image_and_a_prompt_go_out_and_a_caption_comes_back(vendor, name):
    seen = []
    vendor.say = lambda prompt, image: seen.append((prompt, image)) or "A cup."
    [[said]] = models(vendor, name)[CAPTIONER].caption(
        [CaptionRequest(PHOTO, "Describe.", temperature=0.7, max_tokens=50)], no_progress
    )
    assert (said.text, said.finish, said.tokens) == ("A cup.", "stop", 7)
    assert seen[0][0] == "Describe." and seen[0][1].size == PHOTO.size
    assert seen[0][1].format == "JPEG"
    [body] = vendor.seen
    assert body["temperature"] == 0.7
    assert 50 in (body.get("max_tokens"), body.get("max_completion_tokens"))
    assert vendor.keys == ["none" if name.startswith("ollama") else KEY]


def test_what_a_model_does_not_take_is_left_out(vendor):
    ask = [CaptionRequest(PHOTO, "Describe.", temperature=0.7, max_tokens=50)]
    models(vendor, "openai:gpt-5-mini")[CAPTIONER].caption(ask, no_progress)
    assert "temperature" not in vendor.seen[-1] and "max_tokens" not in vendor.seen[-1]
    assert vendor.seen[-1]["max_completion_tokens"] == 4050
    models(vendor, "zhipu:glm-4v-plus")[CAPTIONER].caption(
        [CaptionRequest(PHOTO, "Describe.", temperature=0.0, max_tokens=5000)], no_progress
    )
    assert vendor.seen[-1]["temperature"] == 0.01 and vendor.seen[-1]["max_tokens"] == 1024
    assert Rule("x", drop=("temperature",)).parameters(0.5, 9) == {"max_tokens": 9}


def test_candidates_come_in_one_request_where_the_service_can(vendor):
    answers = iter(range(100))
    vendor.say = lambda prompt, image: f"Caption {next(answers)}."
    three = [CaptionRequest(PHOTO, "Describe.", n=3, seed=5)]
    [row] = models(vendor)[CAPTIONER].caption(three, no_progress)
    assert len(row) == 3 and len(vendor.seen) == 1 and vendor.seen[0]["n"] == 3
    [row] = models(vendor, "anthropic:claude")[CAPTIONER].caption(three, no_progress)
    assert len(row) == 3 and len(vendor.seen) == 4
    assert len({c.text for c in row}) == 3


def test_images_are_made_as_small_as_the_service_looks_at():
    big = Image.effect_noise((3000, 2000), 90).convert("RGB")
    data = encoded(big, 1000, 200_000)
    assert len(data) <= 200_000
    from io import BytesIO

    assert max(Image.open(BytesIO(data)).size) <= 1000
    assert Image.open(BytesIO(encoded(PHOTO, 1536, 10**6))).size == PHOTO.size


def test_requests_run_side_by_side_and_answers_keep_their_order(vendor):
    vendor.seconds = 1.0
    vendor.say = lambda prompt, image: f"{image.width} wide."
    start = time.monotonic()
    rows = models(vendor, concurrency=6)[CAPTIONER].caption(patches(6), no_progress)
    assert time.monotonic() - start < 1.6
    assert [row[0].text for row in rows] == [f"{100 + i} wide." for i in range(6)]
    vendor.seconds, vendor.most = 0.05, 0
    models(vendor, concurrency=3)[CAPTIONER].caption(patches(12), no_progress)
    assert vendor.most == 3


def test_faults_on_the_way_cost_a_retry_and_no_patch(vendor):
    # Of 40 in a row 10 % 429, 5 % 500, 2.5 % cut connections.
    pattern = {0: 429, 7: 429, 13: 500, 26: 429, 33: "cut", 38: 429, 31: 500}
    vendor.fault = lambda number: pattern.get(number % 40)
    vendor.say = lambda prompt, image: f"{image.width} wide."
    ticked = []
    rows = models(vendor, concurrency=8)[CAPTIONER].caption(patches(200), ticked.append)
    assert [row[0].text for row in rows] == [f"{100 + i} wide." for i in range(200)]
    assert sorted(i for i in ticked if i is not None) == list(range(200))
    assert len(vendor.seen) <= 250


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("name", ["openai:gpt-4o", "anthropic:claude"])
def test_what_every_request_would_be_refused_for_stops_at_once(vendor, status, name):
    vendor.fault = lambda number: status
    vendor.error = f"The key {KEY} is not good for this."
    with pytest.raises(PatchMattersError, match="refused the request") as refused:
        models(vendor, name, concurrency=1)[CAPTIONER].caption(patches(5), no_progress)
    assert KEY not in str(refused.value) and "•••" in str(refused.value)
    do = {401: "check the key", 403: "check that the key may", 404: "check the name of the model"}
    assert do[status] in str(refused.value)
    assert len(vendor.seen) <= 2


def test_one_bad_request_costs_its_patch_only(vendor):
    vendor.fault = lambda number: 400 if number == 1 else None
    rows = models(vendor, concurrency=1)[CAPTIONER].caption(patches(3), no_progress)
    assert [row[0].finish for row in rows] == ["stop", "error", "stop"]
    assert len(vendor.seen) == 3  # no retry


def test_when_all_fails_it_is_said(vendor):
    vendor.fault = lambda number: 400
    vendor.error = f"no vision with {KEY}"
    with pytest.raises(PatchMattersError, match="no vision with •••"):
        models(vendor)[CAPTIONER].caption(patches(3), no_progress)


@pytest.mark.parametrize(
    ("name", "answer", "finish"),
    [
        ("openai:gpt-4o", ("A cup stands on", "length"), "length"),
        ("openai:gpt-4o", ("", "content_filter"), "refusal"),
        ("openai:gpt-4o", ("", "stop"), "error"),
        ("openai:gpt-4o", ("<think>well</think>A cup.", "stop"), "stop"),
        ("anthropic:claude", ("A cup stands on", "max_tokens"), "length"),
        ("anthropic:claude", ("", "refusal"), "refusal"),
        ("anthropic:claude", ("", ""), "error"),
    ],
)
def test_how_an_answer_ended(vendor, name, answer, finish):
    vendor.say = lambda prompt, image: answer if image.width == 100 else "A cup."
    rows = models(vendor, name)[CAPTIONER].caption(patches(2), no_progress)
    assert rows[0][0].finish == finish and "think" not in rows[0][0].text
    assert rows[1][0].finish == "stop"


def test_a_refused_patch_is_left_out_with_its_reason(vendor):
    small = "I'm sorry, I can't help with that."
    vendor.say = lambda prompt, image: (
        small if image and image.width < 400 else "A cup stands here."
    )
    hosted = models(vendor)
    [record] = caption_images([PHOTO], Models(captioner=hosted[CAPTIONER]))
    refused = [note for note in record.notes if "refused the region" in note]
    assert refused and "I'm sorry" in refused[0]
    assert not any("sorry" in s.text for s in record.statements)
    assert record.calls["captioner"] >= 5 and record.tokens["captioner"] > 0


def test_the_report_counts_the_requests_that_went_out(vendor):
    for sent_again in (False, True):
        before = len(vendor.seen)
        captioner = models(vendor, "anthropic:claude-sonnet-4-5", cached=True)[CAPTIONER]
        [record] = caption_images([PHOTO], Models(captioner=captioner))
        went_out = len(vendor.seen) - before
        assert record.calls.get("captioner", 0) == went_out
        assert record.models["captioner"] == "anthropic:claude-sonnet-4-5"
        assert (went_out == 0) == sent_again  # three candidates of a patch are three requests here
    assert before >= 13


def test_a_redirect_is_not_followed(vendor):
    vendor.fault = lambda number: "redirect"
    for name in ("openai:gpt-4o", "anthropic:claude"):
        with pytest.raises(PatchMattersError, match="refused the request"):
            models(vendor, name)[CAPTIONER].caption(patches(1), no_progress)


def test_the_environment_leads_no_request_elsewhere(vendor, monkeypatch):
    for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/elsewhere")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-the-built-in-key-0000000")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "another-token")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-mine")
    for name in ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"):
        monkeypatch.setenv(name, "X-Mine: for-the-vendor-only")
    for name in ("openai:gpt-4o", "anthropic:claude", "ollama:llava"):
        models(vendor, name)[CAPTIONER].caption(patches(1), no_progress)
    assert vendor.keys == [KEY, KEY, "none"]
    sent = str(vendor.headers)
    for secret in ("built-in-key", "another-token", "org-of-mine", "for-the-vendor-only"):
        assert secret not in sent


def test_names_keys_and_packages_that_are_not_there(vendor, monkeypatch):
    with pytest.raises(
        PatchMattersError, match="no endpoint named “evil”.*Known: openai, anthropic"
    ):
        models(vendor, "evil:model")
    with pytest.raises(PatchMattersError, match="enter a model name"):
        models(vendor, "openai: ")
    with pytest.raises(PatchMattersError, match="openai:gpt-4o"):
        load_model(CAPTIONER, "evil:model", home=vendor.home)
    assert load_model(CAPTIONER, "openai:gpt-4o", home=vendor.home).name == "openai:gpt-4o"
    monkeypatch.delenv("TEST_KEY")
    with pytest.raises(PatchMattersError, match="set the environment variable TEST_KEY"):
        models(vendor)[CAPTIONER].caption(patches(1), no_progress)
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(PatchMattersError, match="python -m pip install openai"):
        models(vendor)[CAPTIONER].caption(patches(1), no_progress)


def test_more_requests_than_permitted_are_an_error_before_the_first(vendor, caplog):
    with pytest.raises(PatchMattersError, match="5 requests are needed and 4 allowed"):
        models(vendor, max_requests=4)[CAPTIONER].caption(patches(5), no_progress)
    assert vendor.seen == []
    config = json.loads((vendor.home / "config.json").read_text())
    (vendor.home / "config.json").write_text(json.dumps({**config, "max_requests": 3}))
    with pytest.raises(PatchMattersError, match="5 requests are needed and 3 allowed"):
        models(vendor, max_requests=400)[CAPTIONER].caption(patches(5), no_progress)
    with caplog.at_level(logging.INFO, "patch_matters"):
        models(vendor)[CAPTIONER].caption(patches(3), no_progress)
    assert "openai:gpt-4o: 3 requests" in caplog.text


def test_a_server_that_goes_on_answering_is_waited_for(vendor):
    """One at home answers one question after the other: all take longer than the limit, none does."""
    vendor.seconds = 0.5
    rows = models(vendor, concurrency=1, seconds=1)[CAPTIONER].caption(patches(6), no_progress)
    assert [row[0].finish for row in rows] == ["stop"] * 6


def test_a_server_that_stops_answering_is_given_up(vendor):
    vendor.say = lambda prompt, image: time.sleep(6 if image.width > 101 else 0) or "A cup."
    start = time.monotonic()
    rows = models(vendor, concurrency=1, seconds=1.5)[CAPTIONER].caption(patches(6), no_progress)
    assert time.monotonic() - start < 5
    assert rows[1][0].finish == "stop" and "no answer came for 1.5 seconds" in rows[5][0].detail


def test_a_hosted_model_writes_what_the_facts_say(vendor):
    facts = (Fact("A cup stands there.", "image", Box(0, 0, 1, 1), 0.9),)
    prompts = []
    vendor.say = lambda prompt, image: prompts.append((prompt, image)) or "A cup."
    [said] = models(vendor)[WRITER].write([WritingRequest(facts)], no_progress)
    assert (
        said.text == "A cup." and "A cup stands there." in prompts[0][0] and prompts[0][1] is None
    )


def test_a_writer_that_fails_leaves_the_writing_to_the_rules(vendor):
    vendor.fault = lambda number: 400
    [record] = caption_images([PHOTO], Models(writer=models(vendor)[WRITER]))
    assert "orange cup" in record.caption
    assert any("it failed" in note for note in record.notes)


def test_a_hosted_judge_is_asked_in_an_order_and_what_it_leaves_open_in_the_reverse(vendor):
    """A judge that favours what stands first favours nothing in the mean."""
    liked = {"A cup.": 80, "A dog.": 20, "A cat.": 40, "A bus.": 90, "A sun.": 10}
    sure = {"A bus.", "A sun."}
    asked = []

    def judge(prompt, image):
        said = re.findall(r"^(\d+)\. (A .*)$", prompt, re.MULTILINE)
        asked.append([text for _, text in said])
        lines = [f"{n}: {liked[t] + (10 if n == '1' else 0)}%" for n, t in said if t in liked]
        return "\n".join([*lines, "Thanks!", "77: 3"])

    vendor.say = judge
    texts = ["A cup.", "A dog.", "A cat.", "A cow.", "A bus.", "A sun."]
    scores = models(vendor)[VERIFIER].score([(PHOTO, texts), (PHOTO, [])], no_progress)
    assert len(vendor.seen) == 2 and set(asked[0]) == set(texts)
    assert asked[1] == [text for text in asked[0][::-1] if text not in sure]
    first = [order[0] for order in asked]
    expected = [
        (liked[t] + 10 * first.count(t) / (1 if t in sure else 2)) / 100 if t in liked else None
        for t in texts
    ]
    assert scores == [pytest.approx(expected), []]
    assert parse_scores("1) 100\n2 - 0\n3: 999", 3) == {1: 1.0, 2: 0.0, 3: 1.0}
    many = [f"Statement {i}." for i in range(90)]
    vendor.seen.clear()
    models(vendor)[VERIFIER].score([(PHOTO, many)], no_progress)
    assert len(vendor.seen) == 2 * 2  # two parts, each asked once more: no number was read
