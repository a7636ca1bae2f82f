import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from core.cli import EXAMPLE
from core.errors import PatchMattersError
from core.image_record import ImageRecord
from core.images import read_image
from core.models import Completion
from core.pipeline import STAGES, Models, caption_images, profile_settings
from core.regions import IMAGE, SEMANTIC, SPATIAL, WHOLE, Box, Region
from core.report import annotated, as_dict, as_text
from core.statements import Verdict
from helpers import FixedDetector, ScriptedCaptioner, ScriptedVerifier

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def example():
    return caption_images([read_image(EXAMPLE)])[0]


def test_the_example_gets_the_caption_that_the_readme_shows(example):
    assert "An orange cup" in example.caption or "an orange cup" in example.caption
    assert "mouse" not in example.caption  # a patch invents one, and the filter drops it
    assert any("mouse" in s.text for s in example.statements)
    assert any(s.verdict is Verdict.DROPPED and s.claim for s in example.statements)


def test_every_profile_gives_a_caption_and_counts_its_calls():
    image = read_image(EXAMPLE)
    calls = {}
    for profile in ("default", "paper", "fast"):
        record = caption_images([image], settings=profile_settings(profile))[0]
        assert "dining table" in record.caption
        calls[profile] = record.calls
    assert calls["default"]["captioner"] == 5
    assert not any("writer" in c for c in calls.values()), "rules are no model"


def test_the_same_run_twice_says_the_same_and_a_batch_what_each_picture_says_alone(example):
    images = [read_image(EXAMPLE), Image.new("RGB", (64, 48), "blue"), read_image(EXAMPLE)]
    batch = caption_images(images)
    assert as_dict(batch[0]) == as_dict(batch[2]) == as_dict(example)
    assert batch[1].caption == caption_images(images[1:2])[0].caption


def test_the_name_of_a_patch_hides_no_other():
    """Of two patches that share a corner, the first one's colour is seen as well as if it were alone."""

    def red(*regions):
        root = Region(WHOLE, IMAGE, Box(0, 0, 800, 600), children=tuple(regions))
        pixels = annotated(ImageRecord(Image.new("RGB", (800, 600)), root)).getdata()
        return sum(pixel == (0xE6, 0x19, 0x4B) for pixel in pixels)

    first = Region("top left", SPATIAL, Box(0, 0, 600, 400))
    second = Region("main subject", SEMANTIC, Box(0, 0, 500, 500))
    crossings = 2 * 4 * 4  # two, of lines of 4 px
    assert red(first, second) >= red(first) - crossings


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3, 200), (20_000, 20), (641, 479)])
@pytest.mark.parametrize("colour", ["black", "white"])
def test_pictures_of_any_size_without_a_single_object(size, colour):
    record = caption_images([Image.new("RGB", size, colour)])[0]
    assert record.caption
    assert annotated(record).size == size
    json.dumps(as_dict(record))


@pytest.mark.parametrize(
    ("said", "caption"),
    [
        ([], ""),
        ([""], ""),
        (["\x00\x07 \u200b"], ""),
        (["word " * 400], ""),  # one endless sentence
        (["一只狗坐在长椅上。天空是蓝色的。"], "一只狗坐在长椅上。天空是蓝色的。"),
        (["Ein Hund läuft."], "Ein Hund läuft."),
        ([Completion("", "error", "the model ran out of memory")], ""),
    ],
)
def test_what_a_captioner_may_say(said, caption):
    models = Models(
        detector=FixedDetector(),
        captioner=ScriptedCaptioner({(80, 60): said, (40, 30): said}),
        verifier=ScriptedVerifier(),
    )
    record = caption_images([Image.new("RGB", (80, 60))], models)[0]
    assert record.notes
    assert record.caption.replace(" ", "") == caption.replace(" ", "")
    assert "\x07" not in as_text(record)
    json.dumps(as_dict(record))


def test_progress_moves_through_all_stages():
    seen = []
    caption_images([Image.new("RGB", (64, 64))] * 2, progress=lambda *step: seen.append(step))
    stages = [stage for stage, *_ in seen]
    assert stages == sorted(stages, key=STAGES.index) and set(stages) == set(STAGES)
    assert all(
        (done > 0 if region else done >= 0) and done <= total for _, done, total, region in seen
    )


def test_an_interrupt_is_not_swallowed():
    class Stop(BaseException):
        pass

    def stop(stage, done, total, region):
        if stage == "describe":
            raise Stop

    with pytest.raises(Stop):
        caption_images([Image.new("RGB", (64, 64))], progress=stop)


def test_the_report_has_what_users_were_promised(example):
    report = as_dict(example)
    for region in report["regions"]:
        x1, y1, x2, y2 = region["box"]
        assert 0 <= x1 < x2 <= 520 and 0 <= y1 < y2 <= 380
        assert region["kind"] in ("image", "spatial", "semantic")
    for statement in report["statements"]:
        assert statement["verdict"] in ("kept", "dropped")
        assert statement["score"] is None or 0 <= statement["score"] <= 1
        assert statement["support"][0] <= statement["support"][1]
    assert set(report["models"]) == {"detector", "captioner", "matcher", "reader", "writer"}
    text = as_text(example)
    assert text.startswith("KEPT") and all(s.text in text for s in example.statements)


def test_importing_the_core_pulls_in_no_heavy_package():
    heavy = {"torch", "transformers", "sentence_transformers", "ultralytics", "cv2", "inflect"}
    code = "import sys, core.pipeline, core.report, core.cli; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert not heavy & set(run.stdout.split()), run.stderr


def test_an_opencv_that_does_not_load_is_explained(monkeypatch):
    from core.models.offline import ssd

    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(PatchMattersError, match="opencv-python-headless"):
        ssd.import_cv2()


@pytest.mark.parametrize("seed", [0, 3, 11])
def test_what_one_network_says_in_two_patches_and_does_not_find_again_is_dropped(seed):
    """The offline captioner takes the spoon's end for a mouse, in two patches that share those pixels."""
    [record] = caption_images(
        [read_image(EXAMPLE)], settings=profile_settings("default", seed=seed)
    )
    said = " ".join(c.text for captions in record.candidates.values() for c in captions)
    assert "mouse" in said and "mouse" not in record.caption
    assert "orange cup" in record.caption and "spoon" in record.caption
