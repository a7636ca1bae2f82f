"""The benches run, and what they print adds up."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from core.cli import EXAMPLE

BENCH = EXAMPLE.parents[1] / "bench"


def printed(name, *options):
    done = subprocess.run(
        [sys.executable, str(BENCH / name), *map(str, options)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def numbers(line):
    return [float(n) for n in re.findall(r"\d+\.\d+", line)]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A folder as did_bench wants it, with the pack's own photo."""
    folder = tmp_path_factory.mktemp("photos")
    (folder / "images").mkdir()
    records = []
    for number in range(2):
        name = f"{number}{EXAMPLE.suffix}"
        shutil.copy(EXAMPLE, folder / "images" / name)
        said = "A cup stands on a table, possibly with a dog. A mouse runs."
        record = {"image": name, "reference": "A cup and a spoon on a table.", "said": said}
        records.append(json.dumps(record))
    (folder / "records.jsonl").write_text("\n".join(records))
    words = {n: [n] for n in ("cup", "spoon", "dog", "mouse", "hot dog")}
    (folder / "coco_words.json").write_text(json.dumps(words | {"dining table": ["table"]}))
    return folder


def test_photos_are_scored_and_a_second_run_computes_nothing(photos, tmp_path):
    options = [photos, "--recorded", "said", "--results", tmp_path]
    out = printed("did_bench.py", *options)
    scores = out.split("Difference")[0].splitlines()
    lines = {line[:29].strip(): numbers(line[29:]) for line in scores if line.strip()}
    assert lines["whole picture"][:3] == [0.5, 0.667, 0.571]  # cup, table; dog and mouse; no spoon
    precision, recall, _ = lines["profile default"][:3]
    assert precision > 0.5 and recall >= 0.667, "the guessed dog is gone"
    assert "profile paper" in lines and "everything said, unfiltered" in lines
    [kept] = tmp_path.iterdir()
    before = kept.read_text()
    assert printed("did_bench.py", *options) == out and kept.read_text() == before


def test_facts_are_told_better_than_by_the_paper_with_fewer_calls():
    out = printed("facts.py", "--scenes", 3, "--noise", 0.2, "--auc", 0.9)
    rows = {line[14:30].strip(): numbers(line[30:]) for line in out.splitlines() if "0.2   0.9" in line}  # fmt: skip
    assert len(rows) == 4 and all(0 <= value <= 1 for row in rows.values() for value in row[:3])
    assert rows["default"][2] > rows["paper"][2] > rows["whole picture"][2]
    assert rows["default"][3] < rows["paper"][3]
    caught, lost = numbers(out.splitlines()[-1])[1:]
    assert caught > 0.9 and lost < 0.1
