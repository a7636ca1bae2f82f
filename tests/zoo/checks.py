"""What every model that sees is held to: the same checks for each architecture."""

from __future__ import annotations

import inspect
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import pytest
import torch
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor, GenerationMixin

from core.cli import EXAMPLE
from core.images import read_image
from core.models import ERROR, CaptionRequest
from core.models.local.devices import TorchDevices
from core.models.local.loading import Loading
from core.models.local.vlm_loader import open_model
from core.models.registry import CAPTIONER, VERIFIER, load_folder

STATEMENTS = ("A cup stands there.", "A dog {runs}.", "A <image> cat, no more and no less.")
TOKENS = 10  # of an answer


class Subject:
    """A checkpoint as the pack opens it."""

    def __init__(self, folder: Path):
        self.folder, self._devices = folder, TorchDevices("cpu")
        self.model = open_model(folder, self._devices)
        self.captioner = load_folder(CAPTIONER, "test", folder, self._devices)

    @cached_property
    def judge(self):
        return load_folder(VERIFIER, "test", self.folder, self._devices)

    @property
    def weights(self):
        return self._devices.ready(self.model.weights)

    def caption(self, *requests) -> list[list[str]]:
        answers = self.captioner.caption(requests, lambda index: None)
        errors = {c.detail for row in answers for c in row if c.finish == ERROR}
        assert not errors, errors
        return [[c.text for c in row] for row in answers]

    def plain(self, view: Image.Image, prompt: str) -> str:
        """What transformers alone says, asked with the same chat about the same image."""
        text = self.model.prompt(prompt, image=True)
        inputs = self.model._inputs(self.weights, [text], [view])
        own = "pixel_values" in inspect.signature(self.weights.generate).parameters
        run = self.weights.generate if own else GenerationMixin.generate.__get__(self.weights)
        with torch.inference_mode():
            [row] = run(**inputs, do_sample=False, max_new_tokens=TOKENS)
        prompt = inputs["input_ids"][0].tolist()
        said = (
            row.tolist()[len(prompt) :] if row.tolist()[: len(prompt)] == prompt else row.tolist()
        )
        return self.model.tokenizer.decode(said, skip_special_tokens=True).strip()


def ask_without_the_pack(folder: Path) -> None:
    """Have transformers alone describe an image with a checkpoint."""
    processor = AutoProcessor.from_pretrained(folder)
    model = AutoModelForImageTextToText.from_pretrained(folder)
    content = [{"type": "image"}, {"type": "text", "text": "Describe."}]
    text = processor.apply_chat_template(
        [{"role": "user", "content": content}], add_generation_prompt=True
    )
    inputs = processor(text=text, images=[views()[0]], return_tensors="pt").to(model.dtype)
    model.generate(**inputs, max_new_tokens=2)


def fault_of_transformers(folder: Path) -> Exception | None:
    """Return why transformers alone cannot describe an image with a checkpoint.

    Faults that come of a checkpoint's own numbers are not looked for, as they may come of how it was made.
    """
    try:
        ask_without_the_pack(folder)
    except (AttributeError, NameError, TypeError) as error:
        return error
    return None


@contextmanager
def warnings_told() -> Iterator[set[str]]:
    """Collect what transformers' log and Python's FutureWarnings tell a user."""
    log, told = logging.getLogger("transformers"), set()
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: told.add(record.getMessage())
    log.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always", FutureWarning)
            yield told
    finally:
        log.removeHandler(handler)
    told |= {str(w.message) for w in warned if w.category is FutureWarning}


def request(view, prompt="Describe.", n=3, temperature=0.7, seed=5, max_tokens=TOKENS):
    return CaptionRequest(view, prompt, n, temperature, max_tokens, seed)


def views() -> tuple[Image.Image, Image.Image]:
    photo = read_image(EXAMPLE)
    return photo, photo.crop((0, 0, 20, 90))


def pair(**options) -> list[CaptionRequest]:
    """Two crops of other sizes, with prompts of other lengths."""
    (one, other), prompts = views(), ("Describe.", "Describe all of this.")
    return [
        request(one, prompts[0], seed=5, **options),
        request(other, prompts[1], seed=6, **options),
    ]


def candidates_follow_their_seeds(subject: Subject) -> None:
    both = subject.caption(*pair())
    assert subject.caption(*pair()) == both
    assert subject.caption(*pair(n=2)) == [row[:2] for row in both]
    texts = [text for row in both for text in row]
    assert len(set(texts)) == len(texts)


def a_batch_says_what_each_says_alone(subject: Subject) -> None:
    for temperature in (0.0, 0.7):
        asked = pair(temperature=temperature, n=2)
        assert subject.caption(*asked) == [subject.caption(one)[0] for one in asked]


def without_temperature_it_says_what_transformers_says(subject: Subject) -> None:
    photo, _ = views()
    for prompt in ("Describe.", "Describe what is there. " * 30):
        plain = subject.plain(photo, prompt)
        for n in (1, 3):
            assert subject.caption(request(photo, prompt, n, 0.0)) == [[plain] * n]


def the_judge_reads_many_as_it_reads_one(subject: Subject) -> None:
    if not subject.model.chats:
        return
    photo, narrow = views()
    for view in (photo, narrow):
        [together] = subject.judge.score([(view, STATEMENTS)], lambda i: None)
        alone = [subject.judge.score([(view, [t])], lambda i: None)[0][0] for t in STATEMENTS]
        assert together == pytest.approx(alone, abs=1e-3)
        assert len({round(score, 5) for score in together}) == len(STATEMENTS)


def narrow_images_are_described(subject: Subject) -> None:
    photo, _ = views()
    subject.caption(request(photo.resize((10, 300)), n=2), request(photo.resize((300, 10)), n=2))


def no_special_token_is_left(subject: Subject) -> None:
    photo, _ = views()
    [texts] = subject.caption(request(photo, n=4, temperature=3.0, max_tokens=40))
    special = [t for t in subject.model.tokenizer.all_special_tokens if len(t) > 1]
    assert not [t for t in special if any(t in text for text in texts)]


def it_runs_in_half_precision(subject: Subject) -> None:
    half = load_folder(
        CAPTIONER, "test", subject.folder, TorchDevices("cpu"), Loading(precision="bf16")
    )
    answers = half.caption(pair(n=2), lambda index: None)
    assert {c.detail for row in answers for c in row if c.finish == ERROR} == set()
    if subject.model.chats:
        judge = load_folder(
            VERIFIER, "test", subject.folder, TorchDevices("cpu"), Loading(precision="bf16")
        )
        [scores] = judge.score([(views()[0], STATEMENTS)], lambda i: None)
        assert None not in scores


def a_further_call_warns_of_nothing(subject: Subject) -> None:
    with warnings_told() as told:
        subject.caption(*pair(n=2))
        if subject.model.chats:
            subject.judge.score([(views()[0], STATEMENTS)], lambda i: None)
    if told:  # some processors warn at every call (LLaVA-OneVision's in transformers 4)
        with warnings_told() as told_anyway:
            ask_without_the_pack(subject.folder)
        told -= told_anyway
    assert not told


CHECKS = (
    candidates_follow_their_seeds,
    a_batch_says_what_each_says_alone,
    without_temperature_it_says_what_transformers_says,
    the_judge_reads_many_as_it_reads_one,
    narrow_images_are_described,
    no_special_token_is_left,
    it_runs_in_half_precision,
    a_further_call_warns_of_nothing,
)
