"""Runs that are killed at any moment."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from core.dataset.choices import STATE
from core.dataset.run import caption_dataset
from helpers import scale
from image_folders import captions, contents, fakes, folder_of, job

ROOT = Path(__file__).parents[2]
# A run whose captioner notes in a file, at once, each image that it has answered for.
CODE = """
import os, sys, time
sys.path[:0] = [sys.argv[2], sys.argv[2] + "/tests"]
from image_folders import FakeCaptioner, fakes, job
from core.dataset.run import caption_dataset

class Noting(FakeCaptioner):
    def caption(self, requests, on_progress):
        answers = super().caption(requests, on_progress)
        note = os.open(sys.argv[3], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for request in requests:
            if request.frame.area == 1:
                os.write(note, f"{request.image.getpixel((0, 0))[:2]}\\n".encode())
        os.close(note)
        return answers

print("ready", flush=True)
caption_dataset(job(sys.argv[1]), fakes(Noting()))
"""


def test_a_run_that_is_killed_at_random_moments_pays_once_and_leaves_nothing_half_done(tmp_path):
    images, kills = (500, 20) if scale(10) == 10 else (60, 3)
    folder = folder_of(tmp_path / "images", images)
    before, asked = contents(folder), tmp_path / "asked"
    chance = random.Random(0)
    for _ in range(kills):
        command = [sys.executable, "-c", CODE, str(folder), str(ROOT), str(asked)]
        run = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert run.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.05, 2.5))
        run.kill()
        run.wait()
        run.stdout.close()
        whole = captions(folder)
        assert all(text.endswith("has a handle.") for text in whole.values())
    summary = caption_dataset(job(folder), fakes())
    assert summary.failures == () and len(captions(folder)) == images
    after = contents(folder)
    assert set(after) - set(before) == {f"{n:05d}.txt" for n in range(images)}
    assert {p: h for p, h in after.items() if p in before} == before
    assert not list((folder / STATE / "temporary").iterdir())
    times = Counter(asked.read_text().splitlines()) if asked.exists() else Counter()
    again = sum(n - 1 for n in times.values())
    assert again <= 16 * kills, "no more than the batch at work is asked about twice"
