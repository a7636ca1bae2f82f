"""Answers of hosted models are kept, so that nothing is paid for twice."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_hosted import KEY, models, no_progress, patches, vendor  # noqa: F401 - a fixture

from core.models import CaptionRequest
from core.models.chat import ChatRequest
from core.models.completion_cache import CompletionCache
from core.models.hosted.endpoints import Config, Endpoint
from core.models.hosted.model import HostedModel
from core.models.registry import CAPTIONER


def test_answers_are_kept_and_not_asked_for_again(vendor):  # noqa: F811
    first = models(vendor, cached=True)[CAPTIONER].caption(patches(3), no_progress)
    ticked = []
    again = models(vendor, cached=True)[CAPTIONER].caption(patches(4), ticked.append)
    assert [r[0].text for r in again[:3]] == [r[0].text for r in first] and len(vendor.seen) == 4
    assert again[0][0].tokens == 0  # paid for before
    assert sorted(i for i in ticked if i is not None) == list(
        range(len(ticked) - ticked.count(None))
    )
    other = [CaptionRequest(r.image, r.prompt, seed=r.seed + 100) for r in patches(3)]
    models(vendor, cached=True)[CAPTIONER].caption(other, no_progress)
    assert len(vendor.seen) == 7  # a new seed, new answers
    models(vendor, cached=False)[CAPTIONER].caption(patches(3), no_progress)
    assert len(vendor.seen) == 10
    content = (vendor.home / "answers.sqlite").read_bytes()
    assert KEY.encode() not in content and b"A cup stands" in content
    models(vendor)  # the switch in the config:
    (vendor.home / "config.json").write_text(
        json.dumps({**json.loads((vendor.home / "config.json").read_text()), "cache_mb": 0})
    )
    models(vendor, cached=True)[CAPTIONER].caption(patches(3), no_progress)
    assert len(vendor.seen) == 13


def test_an_interrupt_stops_within_a_second_and_what_is_under_way_is_kept(vendor):  # noqa: F811
    class Stop(BaseException):
        pass

    started = time.monotonic()

    def on_progress(index):
        if time.monotonic() - started > 0.5:
            raise Stop

    vendor.seconds = 2.0
    with pytest.raises(Stop):
        models(vendor, cached=True, concurrency=2)[CAPTIONER].caption(patches(6), on_progress)
    assert time.monotonic() - started < 1.5
    time.sleep(2.5)
    assert len(vendor.seen) == 2  # none went out after it
    vendor.seconds = 0
    models(vendor, cached=True)[CAPTIONER].caption(patches(6), no_progress)
    assert len(vendor.seen) == 6  # those two were kept


CRASHING = """
import sys; sys.path.insert(0, {root!r}); sys.path.insert(0, {tests!r})
from pathlib import Path
from core.models.hosted.endpoints import Config, Limits
from core.models.registry import CAPTIONER, load_hosted
from test_hosted import no_progress, patches
home = Path({home!r})
load_hosted(Config.read(home), "openai", "gpt-4o", home, limits=Limits(concurrency=2))[
    CAPTIONER].caption(patches(40), no_progress)
"""


def test_a_run_that_was_killed_pays_for_the_rest_only(vendor):  # noqa: F811
    tests = Path(__file__).parent
    code = CRASHING.format(
        root=str(tests.parents[1]), tests=str(tests), home=str(vendor.home)
    ).replace(
        "sys.path.insert(0, ", f"sys.path.insert(0, {str(tests.parent)!r}); sys.path.insert(0, ", 1
    )
    vendor.seconds = 0.1
    process = subprocess.Popen([sys.executable, "-c", code])
    while len(vendor.seen) < 22 and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.wait()
    time.sleep(0.5)
    before = len(vendor.seen)
    assert before < 40
    rows = models(vendor, cached=True)[CAPTIONER].caption(patches(40), no_progress)
    assert len(vendor.seen) - before <= 22
    assert all(row[0].finish == "stop" for row in rows)


def test_an_answer_from_one_server_is_none_from_another(vendor, tmp_path):  # noqa: F811
    answers = CompletionCache(tmp_path / "a.sqlite", 5)
    address = Config.read(vendor.home).endpoint("ollama").url
    for url in (address, address + "/"):
        HostedModel(Endpoint("x", url), "m", answers=answers).ask(
            [ChatRequest("Say.")], no_progress
        )
    assert len(vendor.seen) == 2
