"""CLIP and SigLIP, the DETR family and detectors that take words: real classes, tiny random weights."""

import math

import pytest
import tiny_towers
import torch

from core.cli import EXAMPLE
from core.divide import divide
from core.errors import PatchMattersError
from core.images import read_image
from core.models.local import detr
from core.models.local.class_filter import ClassFilter
from core.models.local.contrastive import in_parts
from core.models.local.devices import TorchDevices
from core.models.registry import DETECTOR, VERIFIER, load_folder
from helpers import FixedDetector, ScriptedCaptioner

DEVICES = TorchDevices("cpu")
PHOTO = read_image(EXAMPLE)
CROP = PHOTO.crop((0, 0, 200, 200))
TEXTS = ["a cup.", "a dog runs.", "two cups, a spoon."]


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    folder, made = tmp_path_factory.mktemp("towers"), {}

    def make(kind):
        if kind not in made:
            made[kind] = kind(folder / kind.__name__)
        return made[kind]

    return make


def no_progress(index):
    pass


def scores(folder, *batches):
    return load_folder(VERIFIER, "test", folder, DEVICES).score(batches, no_progress)


def logits(folder, image, texts, **padding):
    """As the model's own forward has them: image against texts."""
    from transformers import AutoModel, AutoProcessor

    model = AutoModel.from_pretrained(folder).eval()
    processor = AutoProcessor.from_pretrained(folder)
    inputs = processor(images=image, text=texts, return_tensors="pt", **padding)
    with torch.inference_mode():
        return model(**inputs).logits_per_image[0], float(model.logit_scale.exp())


def test_clips_score_is_clipscore(make):
    folder = make(tiny_towers.clip)
    for image, row in zip((PHOTO, CROP), scores(folder, (PHOTO, TEXTS), (CROP, TEXTS))):
        own, scale = logits(folder, image, TEXTS, padding=True)
        assert row == pytest.approx([min(max(2.5 * float(v) / scale, 0), 1) for v in own], abs=1e-4)
        assert len(set(row)) > 1


@pytest.mark.parametrize("kind", [tiny_towers.siglip, tiny_towers.siglip2])
def test_siglips_score_is_its_probability(make, kind):
    folder = make(kind)
    for image, row in zip((PHOTO, CROP), scores(folder, (PHOTO, TEXTS), (CROP, TEXTS))):
        own, _ = logits(folder, image, TEXTS, padding="max_length", max_length=40)
        assert row == pytest.approx(own.sigmoid().tolist(), abs=1e-5)


@pytest.mark.parametrize("kind", [tiny_towers.clip, tiny_towers.siglip])
def test_a_text_longer_than_the_model_reads_is_scored_in_parts(make, kind):
    long = "a cup stands on a table, a dog sleeps under it and the spoon lies on the saucer. a cat."
    parts = in_parts(long, lambda text: len(text.replace(" ", "")) + 2 <= 40)
    assert len(parts) > 2 and " ".join(parts) == long
    [[found, *each]] = scores(make(kind), (PHOTO, [long, *parts]))
    assert found == pytest.approx(min(each))
    assert in_parts("x" * 100, lambda text: len(text) <= 30) == ["x" * 25] * 4


def check(found, size=PHOTO.size):
    assert found
    for d in found:
        assert 0 <= d.box.x1 < d.box.x2 <= size[0] and 0 <= d.box.y1 < d.box.y2 <= size[1]
        assert 0 < d.score <= 1 and math.isfinite(d.score)
    assert [d.score for d in found] == sorted((d.score for d in found), reverse=True)


def test_a_detr_finds_the_classes_of_its_config(make):
    detector = load_folder(DETECTOR, "test", make(tiny_towers.rt_detr), DEVICES)
    on_part_progress = []
    whole, crop = detector.detect([PHOTO, CROP], on_part_progress.append)
    assert on_part_progress == [0, 1] and not detector.needs_words
    check(whole)
    check(crop, CROP.size)
    assert {d.label for d in whole} <= {"cup", "dog", "dining table"}


def test_some_classes_of_a_detector():
    found = FixedDetector(("cup", 0.9, 0, 0, 9, 9), ("dog", 0.8, 0, 0, 9, 9))
    assert [d.label for d in ClassFilter(found, ["Cups"]).detect([PHOTO], no_progress)[0]] == [
        "cup"
    ]


@pytest.fixture(params=[tiny_towers.grounding_dino, tiny_towers.owlv2], ids=["dino", "owl"])
def zero_shot(request, make, monkeypatch):
    monkeypatch.setattr(detr, "WORD_FLOOR", 0.0)  # random weights are sure of nothing

    def load(*classes):
        return load_folder(DETECTOR, "test", make(request.param), DEVICES, classes=[*classes] or ())

    return load


def test_a_zero_shot_detector_finds_what_it_is_told_to(zero_shot):
    assert zero_shot().needs_words
    whole, crop = zero_shot().detect([PHOTO, CROP], no_progress, [["cup", "dining table"], ["dog"]])
    check(whole)
    check(crop, CROP.size)
    assert {d.label for d in whole} <= {"cup", "dining table"} and {d.label for d in crop} == {
        "dog"
    }
    own = zero_shot("dog")
    assert not own.needs_words
    assert {d.label for d in own.detect([PHOTO], no_progress)[0]} == {"dog"}
    many = [f"thing {i}" for i in range(25)]  # more than go into one question
    check(sorted(zero_shot(*many).detect([PHOTO], no_progress)[0], key=lambda d: -d.score))


def test_the_divider_asks_it_for_the_nouns_of_the_caption(zero_shot):
    captioner = ScriptedCaptioner({PHOTO.size: ["A cup stands on a large dining table."]})
    [record] = divide([PHOTO], detector=zero_shot(), captioner=captioner)
    assert {d.label for d in record.detections} <= {"cup", "dining table"}
    assert record.calls == {"captioner": 1, "detector": 1}
    [given] = divide([PHOTO], detector=zero_shot(), captions=["A dog sleeps."])
    assert {d.label for d in given.detections} == {"dog"}
    with pytest.raises(PatchMattersError, match="needs words to look for"):
        divide([PHOTO], detector=zero_shot())
