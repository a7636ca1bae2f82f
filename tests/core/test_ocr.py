"""Words in the image, checked by reading them with the real OCR."""

from pathlib import Path

import pytest

pytest.importorskip("rapidocr", reason="rapidocr is not installed: see requirements-ocr.txt")
pytest.importorskip("rapidfuzz", reason="rapidfuzz is not installed: see requirements-ocr.txt")

import signs
from PIL import Image, ImageDraw, ImageFont

from core.models.ocr import MISSING, OcrVerifier, agreement, load_ocr
from core.pipeline import Models, caption_images
from core.statements import Verdict
from helpers import ScriptedCaptioner, ScriptedVerifier

MADE = [signs.sign(i) for i in range(12)]


def score(image, *quotes):
    [row] = OcrVerifier().score([(image, quotes)], lambda index: None)
    return row


def test_signs_are_read_and_near_misses_are_told_from_them():
    evidence = OcrVerifier.calibration.evidence
    right = wrong = 0
    for number, (image, words) in enumerate(MADE):
        said, misread, other = score(image, words, signs.misread(words, number), "GARAGE SALE")
        right += evidence(said) > 1
        wrong += evidence(misread) > 0 or evidence(other) > 0
    assert right >= len(MADE) - 2 and wrong <= 1


def test_what_cannot_be_read_is_not_judged():
    blank = Image.new("RGB", (200, 100), "white")
    assert score(blank, "STOP", "ВЫХОД", "خروج", "出口", "♥") == [0.0, None, None, 0.0, None]
    assert OcrVerifier.calibration.evidence(0.0) == pytest.approx(-0.8)


def test_chinese_signs_are_read():
    own = str(Path.home() / ".fonts/wqy-microhei.ttc")
    fonts = (own, "wqy-microhei.ttc", "NotoSansCJK-Regular.ttc", "msyh.ttc", "PingFang.ttc")
    for name in fonts:
        try:
            font = ImageFont.truetype(name, 48)
            break
        except OSError:
            continue
    else:
        pytest.skip("no Chinese font is installed")
    image = Image.new("RGB", (320, 120), "white")
    ImageDraw.Draw(image).text((30, 30), "北京烤鸭店", font=font, fill="black")
    there, other = score(image, "北京烤鸭店", "上海小吃")
    assert there > 0.9 and other < 0.5


@pytest.mark.parametrize(
    ("quote", "lines", "fits"),
    [
        ("STOP", ["STOP"], True),
        ("Stop!", ["stop"], True),
        ("Laurel Ridge Rd", ["LAWYERS RO", "LAUREL RIDGERD"], True),  # blanks lost
        ("Field Notes", ["Canon", "NOTES", "FIELD"], True),  # lines in another order
        ("Café Milano", ["CAFÉ MILANO"], True),
        ("CLOSED", ["CL0SED"], False),  # one letter of six: it may be another word
        ("STOP", ["SHOP"], False),
        ("on", ["BOSTON"], False),
        ("出口", ["请从出口离开"], True),
        ("入口", ["请从出口离开"], False),
        ("STOP", [], False),
        ("", ["STOP"], False),
        ("!!!", ["STOP"], False),
    ],
)
def test_how_far_a_quote_was_read(quote, lines, fits):
    assert (agreement(quote, lines) >= OcrVerifier.threshold) == fits


def test_a_long_quote_and_a_page_are_compared_at_once():
    page = ["word " * 50] * 100
    assert agreement("x" * 100_000, page) < 0.5


def sign_of(words):
    image = Image.new("RGB", (400, 300), "#557755")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 100, 340, 200), fill="#b01818")
    draw.text((200, 150), words, font=ImageFont.load_default(56), fill="white", anchor="mm")
    return image


def captioned(image, text, **models):
    captioner = ScriptedCaptioner({image.size: [text]})
    [record] = caption_images(
        [image], Models(captioner=captioner, verifier=ScriptedVerifier(), **models)
    )
    return record


def written(record):
    return {s.claim.value: s for s in record.statements if s.claim and s.claim.kind == "text"}


def test_the_words_that_are_there_are_kept_and_the_others_dropped():
    image = sign_of("STOP")
    said = 'There is a red sign that says "{}". The sign is red.'
    right = written(captioned(image, said.format("STOP")))["STOP"]
    wrong = written(captioned(image, said.format("EXIT")))["EXIT"]
    assert right.verdict is Verdict.KEPT and right.score > wrong.score
    without = written(captioned(image, said.format("EXIT"), ocr=None))["EXIT"]
    assert wrong.score < without.score


def test_where_nothing_can_read_it_is_said_only_if_words_are_claimed():
    image = sign_of("STOP")
    told = captioned(image, 'There is a red sign that says "STOP".', ocr=None)
    assert MISSING in told.notes and "ocr" not in told.models
    assert MISSING not in captioned(image, "There is a red sign.", ocr=None).notes
    read = captioned(image, 'There is a red sign that says "STOP".')
    assert MISSING not in read.notes and read.models["ocr"] == "ocr:rapidocr"


def test_only_claims_about_words_are_read():
    class Counting(OcrVerifier):
        asked = 0

        def score(self, batches, on_progress):
            self.asked += len(batches)
            return super().score(batches, on_progress)

    image, ocr = sign_of("STOP"), Counting()
    captioned(image, "There is a red sign. The sign is red.", ocr=ocr)
    assert ocr.asked == 0
    captioned(image, 'There is a red sign that says "STOP".', ocr=ocr)
    assert ocr.asked >= 1


def test_it_stands_beside_the_opencv_of_ultralytics():
    """rapidocr asks for opencv-python-headless; that of ultralytics serves both."""
    cv2 = pytest.importorskip("cv2")
    pytest.importorskip("ultralytics")
    assert load_ocr() is not None and cv2.resize
    assert score(sign_of("STOP"), "STOP")[0] > 0.9


def test_without_its_packages_there_is_none(monkeypatch):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "rapidocr" else real(name)
    )
    assert load_ocr() is None and "requirements-ocr.txt" in MISSING
