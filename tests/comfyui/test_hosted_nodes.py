"""Hosted models in a real server, whose config points openai to a server on this machine."""

import json
import urllib.request
from urllib.error import HTTPError

import pytest
from test_server import LOAD, chain, node

HOSTED = {
    "endpoint": "openai",
    "model": "gpt-4o",
    "concurrency": 6,
    "max_requests": 50,
    "seconds": 60,
    "reuse_answers": True,
}


def prompt_with(seed, **options):
    prompt = {"load": LOAD, **chain(seed=seed)}
    prompt["hosted"] = node("PatchMattersHostedModel", **{**HOSTED, **options})
    prompt["describe"]["inputs"]["captioner"] = ["hosted", 0]
    prompt["filter"]["inputs"]["matcher"] = ["hosted", 2]
    prompt["join"]["inputs"]["writer"] = ["hosted", 1]
    prompt["report"] = node("PreviewAny", source=["join", 2])
    return prompt


def says(prompt, image):
    if "numbered statements" in prompt:
        return "\n".join(f"{i}: 90" for i in range(1, 41))
    return "A white cup stands on a saucer. A spoon lies beside it."


def raw(server, path):
    try:
        with urllib.request.urlopen(f"http://{server.address}{path}", timeout=30) as answer:
            return answer.read()
    except HTTPError as error:
        return error.read()


def test_a_workflow_that_names_gpt_4o_and_where_the_key_shows_up(hosted_server):
    server = hosted_server
    server.vendor.say = says
    prompt = prompt_with(seed=41)
    prompt["save"] = node("SaveImage", images=["divide", 1], filename_prefix="hosted")
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    report = json.loads("".join(result["outputs"]["report"]["text"]))
    assert report["models"]["captioner"] == report["models"]["writer"] == "openai:gpt-4o"
    assert "saucer" in report["caption"]
    assert report["calls"]["captioner"] >= 5 and report["tokens"]["captioner"] >= 35
    shown = [m["data"]["text"] for m in result["messages"] if m["type"] == "patch_matters.progress"]
    assert any(text.startswith("openai:gpt-4o: ") for text in shown)
    assert set(server.vendor.keys) == {server.key}
    [image] = (server.base / "output").glob("hosted*.png")
    for place in (
        json.dumps(result).encode(),
        raw(server, "/history"),
        raw(server, "/object_info/PatchMattersHostedModel"),
        image.read_bytes(),
        server.log.read_bytes(),
        (server.home / "answers.sqlite").read_bytes(),
        repr(shown).encode(),
    ):
        assert server.key.encode() not in place
    assert b"5 requests" in server.log.read_bytes() or b"6 requests" in server.log.read_bytes()


def test_a_key_that_the_service_repeats_in_its_error_is_not_shown(hosted_server):
    server = hosted_server
    server.vendor.error, server.vendor.fault = f"bad key {server.key}", lambda number: 401
    try:
        result = server.run(prompt_with(seed=42))
    finally:
        server.vendor.fault = lambda number: None
    assert result["end"]["type"] == "execution_error"
    assert "bad key •••" in result["end"]["data"]["exception_message"]
    for place in (json.dumps(result).encode(), raw(server, "/history"), server.log.read_bytes()):
        assert server.key.encode() not in place


def test_an_endpoint_that_is_not_in_the_table_is_refused_and_the_known_ones_listed(server):
    for endpoint in ("evil", "http://evil.example/v1", "../openai"):
        answer = server.post("/prompt", {"prompt": prompt_with(43, endpoint=endpoint)})
        [error] = answer["node_errors"]["hosted"]["errors"]
        assert endpoint in error["details"] and "anthropic" in error["details"]


@pytest.mark.parametrize("model", ["", " ", "x" * 1000, "a\nb"])
def test_a_name_that_is_none(server, model):
    asked = len(server.vendor.seen)
    end = server.run(prompt_with(44, model=model))["end"]
    assert end["type"] == "execution_error"
    assert end["data"]["exception_type"].endswith("PatchMattersError")
    assert len(server.vendor.seen) == asked


def test_more_requests_than_the_widget_permits(server):
    asked = len(server.vendor.seen)
    end = server.run(prompt_with(45, max_requests=2))["end"]
    assert "requests are needed and 2 allowed" in end["data"]["exception_message"]
    assert len(server.vendor.seen) == asked


def test_what_was_paid_for_is_not_paid_for_again(hosted_server):
    server = hosted_server
    server.vendor.say = says
    server.run(prompt_with(46))
    asked = len(server.vendor.seen)
    server.post("/free", {"unload_models": True, "free_memory": True})  # forget all outputs
    result = server.run(prompt_with(46, concurrency=5))
    assert result["end"]["type"] == "execution_success"
    assert len(server.vendor.seen) == asked


def test_no_page_reads_the_config_or_the_answers(server):
    for path in (
        "/userdata?dir=../__patch_matters",
        "/userdata/..%2F__patch_matters%2Fconfig.json",
        "/userdata/%2E%2E%2F__patch_matters%2Fconfig.json",
        "/v2/userdata?path=../__patch_matters",
    ):
        assert b"PATCH_MATTERS_TEST_KEY" not in raw(server, path)


def test_a_config_that_was_mended_counts_at_once(hosted_server):
    server = hosted_server
    server.vendor.say = says
    file = server.home / "config.json"
    whole = file.read_text()
    broken = json.loads(whole)
    broken["endpoints"]["openai"]["key_variable"] = "NO_SUCH_VARIABLE"
    file.write_text(json.dumps(broken))
    try:
        end = server.run(prompt_with(47))["end"]
        assert "needs a key" in end["data"]["exception_message"]
    finally:
        file.write_text(whole)
    assert server.run(prompt_with(47))["end"]["type"] == "execution_success"
    asked = len(server.vendor.seen)
    again = server.run(prompt_with(47))  # nothing changed: all of it from ComfyUI's cache
    assert again["end"]["type"] == "execution_success" and len(server.vendor.seen) == asked
    history = raw(server, "/history").decode()
    assert server.key not in history and "NO_SUCH_VARIABLE" in history


def test_a_patch_that_failed_is_asked_for_again_and_alone(hosted_server):
    server = hosted_server
    server.vendor.say = says
    start = len(server.vendor.seen)
    server.vendor.fault = lambda number: 400 if number == start + 2 else None
    try:
        first = server.run(prompt_with(48))
    finally:
        server.vendor.fault = lambda number: None
    report = json.loads("".join(first["outputs"]["report"]["text"]))
    assert any("has no caption" in note for note in report["notes"])
    asked = len(server.vendor.seen)
    second = server.run(prompt_with(48))
    report = json.loads("".join(second["outputs"]["report"]["text"]))
    assert not any("has no caption" in note for note in report["notes"])
    asked_for_patches = [
        body
        for body in server.vendor.seen[asked:]
        if "Describe" in str(body) or "larger image" in str(body)
    ]
    assert len(asked_for_patches) == 1


def test_one_limit_for_all_stages_of_a_queued_prompt(hosted_server):
    server = hosted_server
    server.vendor.say = says
    start = len(server.vendor.seen)
    limited = prompt_with(49, max_requests=7, reuse_answers=False)
    end = server.run(limited)["end"]
    sent = len(server.vendor.seen) - start
    assert 5 <= sent <= 7
    assert "were already sent in this run" in end["data"]["exception_message"]
    limited["hosted"]["inputs"]["concurrency"] = 5
    server.run(limited)  # a new run counts from zero
    assert len(server.vendor.seen) == start + 2 * sent
