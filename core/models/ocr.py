"""Words in an image, checked by reading them: a claim that a sign says STOP is scored by what OCR reads there.

PP-OCR by way of `rapidocr`, whose package carries the models (Chinese, Japanese, English and about 45 languages in
Latin letters), so nothing is downloaded. It is optional, and so is `rapidfuzz`, which compares what was read.
"""

from __future__ import annotations

import importlib.util
import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from PIL.Image import Image

from ..evidence import Calibration
from . import ModelProgress

PACKAGES = ("rapidocr", "onnxruntime", "rapidfuzz")
MISSING = (
    "Words in the image were not checked by reading them. For that install, in the pack's folder: "
    "python -m pip install -r requirements-ocr.txt, then python -m pip install --no-deps rapidocr"
)
# Shorter quotes stand in other words by chance: "on" in "Boston". A Chinese character is a word by itself.
_SHORTEST_PART, _SHORTEST_HAN = 4, 2
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
# What PP-OCRv6's recogniser was trained on, by the first word of a character's name in Unicode.
_SCRIPTS = ("LATIN", "DIGIT", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA")
_MOST_TEXT = 300  # characters of a quote that are compared


class OcrVerifier:
    """Scores quoted words by what is read in an image: 1 where they were read as they are, 0 where nothing was like
    them. None for words in letters that the model does not know.

    Follows the protocol of a verifier; what it is given are the words alone, without a sentence around them.
    """

    name = "ocr:rapidocr"
    threshold = 0.88
    # Measured by bench/ocr.py: from 0.88 on, near misses ("STOP" for "SHOP") are as rare as words of other images. The
    # least that a score tells stands between photos, where two thirds of what people read is missed (-0.4),
    # and signs that are easy to read (-2.2).
    calibration = Calibration(middle=1.99, slope=1.5, low=-0.8, high=3.0)

    def score(
        self, batches: Sequence[tuple[Image, Sequence[str]]], on_progress: ModelProgress
    ) -> list[list[float | None]]:
        engine, rows = _engine(), []
        for index, (image, quotes) in enumerate(batches):
            known = [_readable(quote) for quote in quotes]
            lines = engine.read(image) if any(known) else ()
            rows.append([agreement(q, lines) if k else None for q, k in zip(quotes, known)])
            on_progress(index)
        return rows

    def baseline(self, texts: Sequence[str], on_progress: ModelProgress) -> list[list[float]]:
        """Return empty lists: the calibration was measured, so no baseline is needed."""
        return [[] for _ in texts]


def load_ocr() -> OcrVerifier | None:
    """Return the verifier; None where its packages are not installed (`MISSING` says which)."""
    installed = all(importlib.util.find_spec(name) for name in PACKAGES)
    return OcrVerifier() if installed else None


def agreement(quote: str, lines: Sequence[str]) -> float:
    """Return how far a quote is among the lines that were read, 0..1: letters and digits count, in any case.

    The better of two: its words one by one, wherever they were read; and the quote as a whole, without blanks, as a
    part of all that was read.
    """
    from rapidfuzz import fuzz, process

    wanted = _words(quote[:_MOST_TEXT])
    read = [word for line in lines for word in _words(line)]
    if not wanted or not read:
        return 0.0
    # "coffee shop" may be read as "coffeeshop", and "HALF" "PINT" in two lines.
    pairs = [a + b for a, b in pairwise(read)]
    best = [process.extractOne(w, [*read, *pairs], scorer=fuzz.ratio)[1] for w in wanted]
    lengths = [len(w) for w in wanted]
    by_words = sum(b * n for b, n in zip(best, lengths)) / sum(lengths)
    whole, text = "".join(wanted), "".join(read)
    shortest = _SHORTEST_HAN if _HAN.search(whole) else _SHORTEST_PART
    as_part = fuzz.partial_ratio(whole, text) if shortest <= len(whole) <= len(text) else 0.0
    return max(by_words, as_part) / 100


def _readable(quote: str) -> bool:
    """Return whether the model knows the letters of a quote, nine of ten of them at least."""
    letters = [c for c in unicodedata.normalize("NFKC", quote) if c.isalnum()]
    known = sum(unicodedata.name(c, "").split(" ")[0] in _SCRIPTS for c in letters)
    return known >= 0.9 * len(letters) > 0


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


class _Engine:
    """RapidOCR, one image at a time: its sessions use all cores already."""

    def __init__(self):
        from rapidocr import RapidOCR

        self._ocr = RapidOCR(params={"Global.log_level": "critical"})
        self._lock = threading.Lock()

    def read(self, image: Image) -> list[str]:
        """Return the lines in an image, from its top to its bottom."""
        import numpy as np

        pixels = np.ascontiguousarray(np.asarray(image.convert("RGB"))[..., ::-1])
        with self._lock:
            found = self._ocr(pixels)
        return list(found.txts or ())


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    return _Engine()
