"""What a hosted judge is asked of one image: 6 regions x 3 captions x 5 sentences of 20 words. Prints one table.

    .venv/bin/python bench/judge_requests.py [--images 5]

A fake judge answers: three quarters of its answers are sure (0 to 10, 90 to 100), a quarter lies between. Tokens of
text are taken for four characters each, and an image for 765 (GPT-4o, 512 to 1024 px a side, high detail).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).parent))

from PIL import Image
from speed import FiveSentences, FixedDetector

from core.describe import describe
from core.divide import divide
from core.filter import filter_statements
from core.models import Completion
from core.models.chat import ChatVerifier
from core.models.registry import load_embedder

SURE, BETWEEN = (0, 2, 5, 10, 90, 95, 98, 100), (20, 30, 40, 50, 60, 70, 80)
IMAGE_TOKENS = 765


class CountingModel:
    """A fake: answers each numbered statement as the docstring above says, and counts."""

    name = "bench:judge"

    def __init__(self):
        self.requests = self.statements = 0
        self.text = self.answers = 0.0

    def ask(self, chat_requests, on_progress):
        found = []
        for ask in chat_requests:
            lines = []
            for number, said in re.findall(r"^(\d+)\. (.*)$", ask.text, re.MULTILINE):
                draw = random.Random(said)
                score = draw.choice(SURE if draw.random() < 0.75 else BETWEEN)
                lines.append(f"{number}: {score}")
            answer = "\n".join(lines)
            self.requests, self.statements = self.requests + 1, self.statements + len(lines)
            self.text, self.answers = self.text + len(ask.text) / 4, self.answers + len(answer) / 4
            found.append([Completion(answer)])
        return found


def asked(run: int) -> CountingModel:
    """Return what one image's filter asks."""
    detector = FixedDetector(("cup", 0.9, 100, 100, 260, 220), ("dog", 0.8, 300, 200, 420, 330))
    records = divide([Image.new("RGB", (640, 480))], detector=detector)
    model = CountingModel()
    filter_statements(describe(records, FiveSentences(run)), ChatVerifier(model), load_embedder())
    return model


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=5)
    models = [asked(run) for run in range(parser.parse_args().images)]
    for name, values in (
        ("requests", [m.requests for m in models]),
        ("statements asked", [m.statements for m in models]),
        ("tokens in, images included", [m.text + IMAGE_TOKENS * m.requests for m in models]),
        ("tokens out", [m.answers for m in models]),
    ):
        print(f"{name:<30}{fmean(values):>10.1f}")


if __name__ == "__main__":
    main()
