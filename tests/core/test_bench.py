"""The benches run, and what they print adds up."""

import json
import random
import re
import shutil
import subprocess
import sys

import pytest

from core.cli import EXAMPLE

BENCH = EXAMPLE.parents[1] / "bench"
sys.path.insert(0, str(BENCH))

import simulation  # noqa: E402
import speed  # noqa: E402
from simulated_text import caption_of, facts_in  # noqa: E402


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
    scores = out.split("folds,")[0].splitlines()
    lines = {line[:29].strip(): numbers(line[29:]) for line in scores if line.strip()}
    assert lines["whole picture"][:3] == [0.5, 0.667, 0.571]  # cup, table; dog and mouse; no spoon
    precision, recall, _ = lines["profile default"][:3]
    assert precision > 0.5 and recall >= 0.667, "the guessed dog is gone"
    assert "profile paper" in lines and "everything said, unfiltered" in lines
    folds = out.split("folds,")[1].split("Difference")[0].splitlines()
    [default] = [line for line in folds if line.startswith("profile default")]
    assert numbers(default)[0] == precision and numbers(default)[1] == 0, (
        "two photos that are the same"
    )
    [kept] = tmp_path.iterdir()
    before = kept.read_text()
    assert printed("did_bench.py", *options) == out and kept.read_text() == before


def test_facts_are_told_better_than_by_the_paper_with_fewer_calls():
    out = printed("facts.py", "--scenes", 3, "--noise", 0.2, "--auc", 0.9)
    table, differences = out.split("F1 of the default profile")
    rows = {line[14:30].strip(): numbers(line[30:]) for line in table.splitlines() if "0.2   0.9" in line}  # fmt: skip
    assert len(rows) == 5 and all(0 <= value <= 1 for row in rows.values() for value in row[:3])
    assert rows["default"][2] > rows["paper"][2] > rows["whole image"][2]
    assert rows["default"][3] < rows["paper"][3]
    [cells] = [numbers(line) for line in differences.splitlines() if "0.2   0.9" in line]
    assert cells[2] == pytest.approx(rows["default"][2] - rows["paper"][2], abs=0.0011)


def test_a_text_of_the_simulation_tells_what_it_was_made_from():
    for seed in range(50):
        scene, draw = simulation.Scene.random(seed), random.Random(seed)
        pairs = zip(scene.items, scene.items[draw.choice((1, 2)) :])
        relations = [simulation.relation(a, b) for a, b in pairs if draw.random() < 0.6]
        facts = {fact for item in scene.items for fact in item.facts()} | set(relations)
        text = caption_of(scene.items, relations, draw)
        assert facts_in(text)[0] == facts <= scene.true(), text


@pytest.mark.parametrize(
    "text, facts",
    [
        ("There is a dog, and it is red.", {("object", "dog"), ("colour", "dog", "red")}),
        ("Two cats which are black can be seen.", {("object", "cat"), ("number", "cat", "2"), ("colour", "cat", "black")}),
        ("A dog is to the left of a bench, while a cat is white.", {("object", "dog"), ("object", "bench"), ("object", "cat"), ("relation", "dog", "left", "bench"), ("colour", "cat", "white")}),
        ("To the right of the bench, there are cats and a dog.", {("object", "dog"), ("object", "bench"), ("object", "cat"), ("relation", "cat", "right", "bench"), ("relation", "dog", "right", "bench")}),
        ("The image shows a peaceful scene.", set()),
    ],
)  # fmt: skip
def test_the_simulation_reads_texts_by_itself(text, facts):
    assert facts_in(text)[0] == facts


def test_what_a_text_takes_for_granted_is_not_what_it_asserts():
    assert facts_in("The red dog is to the left of the bench.")[1] == {
        ("relation", "dog", "left", "bench")
    }


def test_each_signal_is_switched_off_once(photos):
    out = printed("ablations.py", photos, "--limit", 1, "--scenes", 1)
    rows = [numbers(line[38:]) for line in out.splitlines()[2:]]
    assert len(rows) > 8 and all(len(row) == 6 for row in rows)
    assert any(row[3:] != rows[0][3:] for row in rows[1:]), "some signal counts in a scene"


def test_constants_are_printed_with_their_spread(photos):
    out = printed("calibrate.py", photos, "--recorded", "said")
    assert "objects that the recorded captions name, true:   0.50  (4 of 8)" in out
    assert "in guesses alone:                            0.00  (0 of 2)" in out
    assert re.search(r"recorded captions: intercept [+-][\d.]+ ± [\d.]+", out)


def test_the_stages_own_work_is_timed():
    times = speed.own_work(1)
    assert list(times) == ["divide, describe", "read", "filter", "aggregate"]
    assert all(0 < ms < 60_000 for ms in times.values())
    words = [len(sentence.split()) for sentence in speed.SENTENCES]
    assert len(words) == 5 and all(19 <= count <= 21 for count in words)
