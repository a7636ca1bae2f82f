"""Prints captions to be read by eye, composed from realistic texts of several vision-language models.

    .venv/bin/python bench/read_captions.py [--seeds 2] [--only NAME] [--auc 0.85] [--claims]

`bench/written_scenes/` holds invented scenes: for each region the texts that models such as LLaVA, Qwen-VL, GPT-4o,
JoyCaption and Florence might give, with markdown, refusals, hedges, cut ends, disagreements and inventions, written by
hand. A fake captioner says them and a fake verifier scores them: it knows which words are invented and is right with
an AUC of --auc. The stages between are the real ones. Printed: the caption of each scene and seed, and its notes;
below, the sentences in which `problems` finds something wrong. Regular expressions find only part of what a reader does.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402

from core.image_record import ImageRecord  # noqa: E402
from core.models import LENGTH, STOP, Completion  # noqa: E402
from core.models.cleaning import cleaned  # noqa: E402
from core.models.offline.writer import OfflineWriter  # noqa: E402
from core.pipeline import Models, run  # noqa: E402
from core.regions import IMAGE, SPATIAL, WHOLE, Box, Region  # noqa: E402
from core.sentences import split_sentences  # noqa: E402
from core.stages import Describe, Verify, Write  # noqa: E402
from core.statements import Verdict  # noqa: E402

SCENES = Path(__file__).parent / "written_scenes"
UNRELATED = 4  # images that a text is scored on where it cannot be true
_REGION = re.compile(r"\[(?P<name>\D+?)(?P<box>(?: \d+){4})?\]")


@dataclass(frozen=True)
class WrittenScene:
    """Attributes:
    size: width and height in pixels.
    invented: what a text must not say, as a regular expression.
    boxes: of the regions; the whole image is the first.
    texts: region -> what is said of it.
    """

    name: str
    size: tuple[int, int]
    invented: re.Pattern
    boxes: dict[str, Box]
    texts: dict[str, tuple[str, ...]]


def read_scene(file: Path) -> WrittenScene:
    """Read `size: W H`, `invented: REGEX`, then `[region X1 Y1 X2 Y2]` and its texts, separated by `---`."""
    size, invented, *lines = file.read_text(encoding="utf-8").splitlines()
    width, height = (int(side) for side in size.removeprefix("size:").split())
    boxes, texts = {}, {}
    for part in re.split(r"\n(?=\[)", "\n".join(lines)):
        head, _, body = part.partition("\n")
        found = _REGION.fullmatch(head.strip())
        name = found["name"].strip() if found["box"] else WHOLE
        corners = found["box"].split() if found["box"] else (0, 0, width, height)
        boxes[name] = Box(*(float(corner) for corner in corners))
        texts[name] = tuple(text.strip() for text in body.split("\n---\n"))
    pattern = re.compile(invented.removeprefix("invented:").strip(), re.IGNORECASE)
    return WrittenScene(file.stem, (width, height), pattern, boxes, texts)


class ScriptedCaptioner:
    """A fake: says the scene's texts. A text without an end counts as cut by the token limit."""

    name = "scripted:captioner"

    def __init__(self, scene: WrittenScene):
        self._scene = scene

    def caption(self, requests, on_progress):
        answers = []
        for index, request in enumerate(requests):
            name = self._region(request.frame)
            said = [
                self._scene.texts[name][i % len(self._scene.texts[name])] for i in range(request.n)
            ]
            answers.append([cleaned(Completion(text, finish(text))) for text in said])
            on_progress(index)
        return answers

    def _region(self, frame: Box) -> str:
        (width, height), boxes = self._scene.size, self._scene.boxes
        corner = (frame.x1 * width, frame.y1 * height, frame.x2 * width, frame.y2 * height)
        return next(
            n
            for n, b in boxes.items()
            if max(
                map(abs, (b.x1 - corner[0], b.y1 - corner[1], b.x2 - corner[2], b.y2 - corner[3]))
            )
            < 1
        )


def finish(text: str) -> str:
    """Return how the fake model stopped: at its token limit if the text has no end."""
    return (
        STOP
        if re.search(r"[.!?。！？:*)”\"]\s*$|^\W*\S+[:：].*$", text) or "\n" in text
        else LENGTH
    )


class ScriptedVerifier:
    """A fake: right about what is invented with a given AUC; it does not look at the image."""

    name = "scripted:verifier"
    threshold = 0.5
    calibration = None

    def __init__(self, scene: WrittenScene, seed: int, auc: float):
        self._scene, self._seed = scene, seed
        self._gap = NormalDist().inv_cdf(auc) / math.sqrt(2)

    def score(self, batches, on_progress):
        scores = []
        for index, (image, texts) in enumerate(batches):
            scores.append([self._score(text, str(image.size), True) for text in texts])
            on_progress(index)
        return scores

    def baseline(self, texts, on_progress):
        places = [f"unrelated {n}" for n in range(UNRELATED)]
        return [[self._score(text, place, False) for place in places] for text in texts]

    def _score(self, text: str, place: str, here: bool) -> float:
        right = here and not self._scene.invented.search(text)
        noise = random.Random(f"{self._seed}/{self._scene.name}/{place}/{text}").gauss(0, 1)
        return 1 / (1 + math.exp(-((self._gap if right else -self._gap) + noise)))


def captioned(
    scene: WrittenScene, seed: int = 0, auc: float = 0.85, reverse: bool = False
) -> ImageRecord:
    """Return what the default profile makes of a scene.

    Args:
        reverse: the regions come in the reverse order.
    """
    children = [Region(name, SPATIAL, box) for name, box in scene.boxes.items() if name != WHOLE]
    children = tuple(reversed(children) if reverse else children)
    record = ImageRecord(
        Image.new("RGB", scene.size, "gray"), Region(WHOLE, IMAGE, scene.boxes[WHOLE], children)
    )
    models = Models(
        captioner=ScriptedCaptioner(scene),
        verifier=ScriptedVerifier(scene, seed, auc),
        writer=OfflineWriter(),
        ocr=None,
    )
    [record] = run([Describe(), Verify(), Write()], [record], models)
    return record


# Kind of problem -> forms that a caption must not contain.
PROBLEMS = {
    "lead-in": r"^(?:here (?:is|are)|sure|certainly|the (?:image|picture|photo) (?:shows|depicts|features|captures)|in (?:this|the) "
    r"(?:image|picture|photo))|^(?:图中|这张图|图片(?:显示|展示))",
    "heading": r"[:：]\s*$|^\W*[A-Z][\w ]{0,25}:|^[^。]{0,8}：|[*#_]{2}",
    "mood": r"\b(?:atmosphere|mood|ambiance|vibe|evokes?|conveys?|exudes?|overall|in conclusion)\b|氛围|感觉|整体",
    "no end": r"[^.!?。！？\"”)]$",
    "refusal": r"\b(?:sorry|can't|cannot|unable|not able)\b",
    "dangling pronoun": r"^(?:He|She|It|They|His|Her|Its|Their|Him|Next to (?:him|her|it|them)|Behind (?:him|her|it|them))\b",
    "telegram": r"^(?:The|A|An) \S+ (?:is|are) (?:\S+|used|visible|seen)\.$",
    "two sentences without an end": r"[。！？] ",
}


def problems(caption: str) -> list[tuple[str, str]]:
    """Return (kind, sentence) for each sentence whose form is wrong; "doubled" for one that occurs again."""
    found, seen = [], set()
    for sentence in split_sentences(caption):
        kinds = [
            k
            for k, pattern in PROBLEMS.items()
            if re.search(pattern, sentence, re.I if k in ("lead-in", "mood", "refusal") else 0)
        ]
        found += [(kind, sentence) for kind in kinds]
        plain = re.sub(r"\W", "", sentence.lower())
        if plain in seen:
            found.append(("doubled", sentence))
        seen.add(plain)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--only", default="", help="scenes whose names contain this")
    parser.add_argument("--auc", type=float, default=0.85)
    parser.add_argument(
        "--claims", action="store_true", help="print the claims and their verdicts, too"
    )
    options = parser.parse_args()
    counts: dict[str, int] = {}
    for file in sorted(f for f in SCENES.glob("*.txt") if options.only in f.stem):
        scene = read_scene(file)
        for seed in range(options.seeds):
            record = captioned(scene, seed, options.auc)
            print(f"=== {scene.name}, seed {seed}\n{record.caption}\n")
            for note in record.notes:
                print(f"    note: {note}")
            for kind, sentence in problems(record.caption):
                counts[kind] = counts.get(kind, 0) + 1
                print(f"    {kind}: {sentence}")
            if options.claims:
                for s in record.statements:
                    print(f"    {'+' if s.verdict is Verdict.KEPT else '-'} {s.score} {s.text}")
    print("\n" + "\n".join(f"{count:>4} {kind}" for kind, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
