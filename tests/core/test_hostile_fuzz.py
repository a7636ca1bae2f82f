"""Random replies, model folders, pictures and answers: a result or one sentence, in time, and no more.

A tenth of the examples in an ordinary run, all of them with --full.
"""

import contextlib
import io
import json
import shutil
import time

import pytest
import tiny
import tiny_towers
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from vendor import running_vendor
from wreckage import VALUES, WHOLE, WORDS, damaged, places, replies, spoiled

import helpers
from core.errors import PatchMattersError
from core.images import read_image
from core.models import CaptionRequest, Completion, Fact, WritingRequest
from core.models.chat import chat_roles
from core.models.cleaning import MAX_CHARACTERS, answered
from core.models.hosted import clients
from core.models.hosted.endpoints import Config, Limits
from core.models.hosted.wire import parsed
from core.models.local.devices import TorchDevices
from core.models.local.model_store import (
    CAPTIONER,
    DETECTOR,
    VERIFIER,
    WRITER,
    find_text_encoder,
    names,
)
from core.models.registry import load_folder, load_hosted
from core.models.score_parser import parse_scores
from core.refusals import marked_refusals
from core.regions import Box
from core.sentence_grouping import read_grouping
from helpers import fuzz

AT_ONCE = 20  # replies of one question to a server
SECONDS = 2  # of the processor's time for one reply


@pytest.fixture(scope="module")
def vendor(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with running_vendor() as (vendor, address), pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients, "RETRIES", 0)
        endpoints = {
            name: {"url": address + path} for name, path in (("openai", "/v1"), ("anthropic", ""))
        }
        (home / "config.json").write_text(json.dumps({"endpoints": endpoints}))
        vendor.home = home
        yield vendor


def usable(completion: Completion) -> None:
    """A caption, or one sentence that says why there is none."""
    if completion.finish in ("error", "refusal"):
        assert not completion.text or completion.finish == "refusal"
        assert completion.detail or completion.text
        assert "\n" not in completion.detail.strip() and len(completion.detail) <= 400
    else:
        assert completion.text


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_any_reply_is_an_answer_or_a_sentence(vendor, name):
    roles = load_hosted(
        Config.read(vendor.home), name, "m", None, limits=Limits(max_requests=10**6)
    )
    chat_requests = [
        CaptionRequest(Image.new("RGB", (100 + i, 60)), "Say.", seed=i) for i in range(AT_ONCE)
    ]

    @fuzz(2000 // AT_ONCE)
    @given(st.lists(replies(name), min_size=AT_ONCE, max_size=AT_ONCE))
    def run(given_replies):
        start = len(vendor.seen)
        vendor.fault = lambda number: (
            None
            if isinstance(given_replies[(number - start) % AT_ONCE], tuple)
            else given_replies[(number - start) % AT_ONCE]
        )
        vendor.reply = lambda prompt, image, number: given_replies[(number - start) % AT_ONCE]
        started = time.process_time()
        try:
            rows = roles[CAPTIONER].caption(chat_requests, lambda i: None)
        except PatchMattersError as error:
            assert len(str(error)) < 600
            rows = []
        assert time.process_time() - started < SECONDS * AT_ONCE
        for row in rows:
            for completion in marked_refusals(row):
                usable_or_empty(completion)

    run()


def usable_or_empty(completion: Completion) -> None:
    if completion.text or completion.detail:
        usable(completion)
    completion.text.encode(), completion.detail.encode()
    assert type(completion.tokens) is int and completion.tokens >= 0


BASES = {tiny.llava: CAPTIONER, tiny_towers.clip: VERIFIER, tiny_towers.rt_detr: DETECTOR}
ODD = (
    st.none()
    | st.booleans()
    | st.integers(-3, 64)
    | st.floats()
    | WORDS
    | st.just([])
    | st.just({})
)


@pytest.fixture(scope="module")
def bases(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bases")
    return {make: make(folder / make.__name__) for make in BASES}


def test_any_model_folder_is_used_or_refused_in_a_sentence(bases, tmp_path):
    devices = TorchDevices("cpu")
    photo = Image.new("RGB", (40, 30), "white")

    @fuzz(500)
    @given(st.data())
    def run(data):
        make = data.draw(st.sampled_from(list(BASES)))
        root = tmp_path / "LLM"
        shutil.rmtree(root, ignore_errors=True)
        folder = root / "model"
        shutil.copytree(bases[make], folder)
        for _ in range(data.draw(st.integers(1, 2))):
            file = folder / data.draw(
                st.sampled_from(sorted(f.name for f in bases[make].iterdir()))
            )
            how = data.draw(st.sampled_from(["spoil", "spoil", "odd", "bytes", "remove", "folder"]))
            if not file.is_file():
                continue
            if how == "remove":
                file.unlink()
            elif how == "folder":
                file.unlink()
                file.mkdir()
            elif how == "bytes" or file.suffix != ".json":
                file.write_bytes(data.draw(damaged(file.read_bytes())))
            elif how == "odd":
                file.write_text(json.dumps(data.draw(VALUES)))
            elif file.name != "tokenizer.json":
                try:
                    value = json.loads(file.read_bytes())
                except ValueError:
                    continue
                if known := places(value):
                    *path, last = data.draw(st.sampled_from(known))
                    place = value
                    for key in path:
                        place = place[key]
                    place[last] = data.draw(ODD)
                file.write_text(json.dumps(value))
        listed = [
            name for role in (DETECTOR, CAPTIONER, VERIFIER, WRITER) for name in names(role, [root])
        ]
        assert set(listed) <= {"model"}
        with contextlib.suppress(PatchMattersError):
            find_text_encoder([root])
        try:
            model = load_folder(BASES[make], "test", folder, devices)
            if not helpers.FULL and data.draw(st.integers(0, 2)):
                return  # to open one is quick, to use it is not
            if BASES[make] == CAPTIONER:
                for row in model.caption(
                    [CaptionRequest(photo, "Say.", max_tokens=2)], lambda i: None
                ):
                    list(map(usable_or_empty, row))
            elif BASES[make] == VERIFIER:
                [[score]] = model.score([(photo, ["A cup."])], lambda i: None)
                assert score is None or 0 <= score <= 1
            else:
                for found in model.detect([photo], lambda i: None)[0]:
                    assert 0 <= found.score <= 1
        except PatchMattersError as error:
            assert str(error).startswith(("model: ", "verifier: ", "detector: ", "captioner: "))

    run()


@pytest.fixture(scope="module")
def images():
    image = Image.effect_noise((40, 30), 90).convert("RGB")
    Image.init()
    found = []
    for name in ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"):
        if name in Image.SAVE:
            file = io.BytesIO()
            image.save(file, name)
            found.append(file.getvalue())
    for mode, options in (
        ("1", {}),
        ("I;16", {}),
        ("P", {"save_all": True, "append_images": [image]}),
    ):
        file = io.BytesIO()
        image.convert("L").convert(mode).save(file, "PNG", **options)
        found.append(file.getvalue())
    return found


@pytest.mark.filterwarnings("ignore")
def test_any_picture_is_read_or_refused_in_a_sentence(images, tmp_path):
    file = tmp_path / "picture.jpg"

    @fuzz(500)
    @given(st.sampled_from(images).flatmap(damaged))
    def run(data):
        file.write_bytes(data)
        started = time.process_time()
        try:
            assert read_image(file).mode == "RGB"
        except PatchMattersError as error:
            assert str(error).startswith(str(file))
        assert time.process_time() - started < SECONDS

    run()


PIECES = st.sampled_from(
    ["1", "2", ": ", "85", "0.85", "%", "/100", "yes", "no", "\n", "same", "unique", "contradictory",
     "A cup stands on a table. ", "A dog runs. ", "<think>", "</think>", "<answer>", "</answer>",
     "```json\n", "```", '{"caption": "', '"}', "[", "]", "{", "}", '"', "Here is the caption:", "**",
     "- ", "# ", "...", "!", "\ud800", "\x00", "|", ",", " ", "=== ", "<lora:a:1>", "◁think▷", "。"]
)  # fmt: skip
CACHE_FILE = st.one_of(
    st.text(max_size=200),
    st.lists(PIECES, max_size=60).map("".join),
    st.tuples(PIECES, st.integers(1, 20_000)).map(lambda p: p[0] * p[1]),
    st.tuples(PIECES, PIECES, st.integers(1, 10_000)).map(lambda p: (p[0] + p[1]) * p[2]),
)


def in_time(read, answer):
    started = time.process_time()
    found = read(answer)
    assert time.process_time() - started < SECONDS
    return found


@fuzz(1000)
@given(CACHE_FILE, st.integers(1, 40))
def test_any_answer_of_a_judge(answer, count):
    found = in_time(lambda a: parse_scores(answered(Completion(a)).text, count), answer)
    assert all(1 <= n <= count and 0 <= v <= 1 for n, v in found.items())
    assert all(1 <= n <= count for n in in_time(lambda a: parse_scores(a, count), answer))


@fuzz(1000)
@given(CACHE_FILE, st.integers(0, 40))
def test_any_answer_of_a_grouping(answer, count):
    found = in_time(lambda a: read_grouping(answered(Completion(a)).text, count), answer)
    placed = [i for group in (*found.same, *found.contradictory) for i in group]
    assert len(placed) == len(set(placed)) and set(placed) <= set(range(count))


class SaysAnything:
    """A fake of a model that can only be asked: gives the answer it was told to, whatever is asked."""

    name = "test:anything"

    def __init__(self, answer: str):
        self.answer = answer

    def ask(self, chat_requests, on_progress):
        return [[Completion(self.answer)] for _ in chat_requests]


@fuzz(1000)
@given(CACHE_FILE)
def test_any_answer_of_a_writer_and_a_captioner(answer):
    captioner, writer, judge = chat_roles(SaysAnything(answer))
    request = WritingRequest((Fact("A cup stands there.", "image", Box(0, 0, 1, 1), 0.9),))
    [written] = in_time(lambda a: writer.write([request], lambda i: None), answer)
    photo = Image.new("RGB", (40, 30))
    [row] = in_time(
        lambda a: captioner.caption([CaptionRequest(photo, "Say.")], lambda i: None), answer
    )
    [said] = in_time(marked_refusals, row)
    for completion in (written, said):
        completion.text.encode()
        assert len(completion.text) <= MAX_CHARACTERS and "<think>" not in completion.text
        assert "<lora:" not in completion.text
    [[score]] = judge.score([(photo, ["A cup."])], lambda i: None)
    assert score is None or 0 <= score <= 1


def test_the_fuzzer_reaches_what_it_is_for():
    """What it makes is neither all refused before it is read, nor all read."""
    seen = set()

    class Reply:
        def __init__(self, content):
            self.content, self.extensions = content, {}

    @fuzz(500)
    @given(spoiled(WHOLE["openai"]))
    def run(value):
        from core.models.hosted.wire import Malformed, Refused, read_openai

        try:
            found = read_openai(parsed(Reply(json.dumps(value).encode())), 1)
            seen.add(found[0].finish)
        except (Malformed, Refused):
            seen.add("malformed")

    run()
    assert {"stop", "error", "malformed"} <= seen
