import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from core.dataset.choices import EXISTING, STATE
from core.dataset.job import Job
from core.dataset.ledger import DONE, FAILED, KEPT, Ledger
from core.dataset.run import caption_dataset, locked, undo
from core.dataset.words import Words
from core.errors import PatchMattersError
from core.models import ERROR, Completion
from core.pipeline import profile_settings
from image_folders import FakeCaptioner, captions, contents, fakes, folder_of, job, paint

ROOT = Path(__file__).parents[2]


def test_every_image_gets_its_caption_beside_it_and_nothing_else(tmp_path):
    folder = folder_of(tmp_path, 3)
    paint(folder / "sub" / "a.b.JPG", 7)
    paint(folder / ".hidden" / "h.png", 8)
    (folder / "notes.md").write_text("mine")
    os.symlink(folder / "00000.png", folder / "link.png")
    os.symlink(folder / "sub", folder / "linked")
    before = contents(folder)
    summary = caption_dataset(job(folder), fakes())
    assert (summary.status.total, summary.status.done, summary.failures) == (4, 4, ())
    after = contents(folder)
    assert {p: h for p, h in after.items() if p in before} == before
    assert set(after) - set(before) == {"00000.txt", "00001.txt", "00002.txt", "sub/a.b.txt"}
    assert all("cup" in text for text in captions(folder).values())
    assert sorted(p.name for p in folder.iterdir() if p.name.startswith(".")) == [".hidden", STATE]


def test_a_second_run_asks_nothing_and_a_third_what_is_missing_or_changed(tmp_path):
    folder, models = folder_of(tmp_path, 4), fakes()
    caption_dataset(job(folder), models)
    assert len(models.captioner.asked) == 4
    again = caption_dataset(job(folder), models)
    assert (again.status.resumed, again.status.done, len(models.captioner.asked)) == (4, 0, 4)
    (folder / "00001.txt").unlink()
    paint(folder / "00002.png", 99)
    third = caption_dataset(job(folder), models)
    assert (third.status.resumed, third.status.done) == (2, 2)
    assert models.captioner.asked[4:] == [(99, 0, 90)], "a lost file is written from the ledger"


def test_other_settings_caption_again_but_other_words_only_write_again(tmp_path):
    folder, models = folder_of(tmp_path, 2), fakes()
    caption_dataset(job(folder), models)
    caption_dataset(job(folder, words=Words(trigger="ohwx")), models)
    assert len(models.captioner.asked) == 2
    assert all(text.startswith("ohwx, ") for text in captions(folder).values())
    other = Job(folder, settings=profile_settings("fast", seed=5))
    caption_dataset(other, models)
    assert len(models.captioner.asked) == 4


def test_the_same_image_at_two_paths_is_captioned_once(tmp_path):
    folder, models = folder_of(tmp_path, 2), fakes()
    for name in ("copy.png", "sub/copy.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(folder / "00001.png", folder / name)
    summary = caption_dataset(job(folder), models)
    assert summary.status.done == 4 and len(models.captioner.asked) == 2
    assert len(captions(folder)) == 4


@pytest.mark.parametrize("existing", EXISTING)
@pytest.mark.parametrize("out", [None, "same", "other"])
def test_what_becomes_of_captions_that_are_there(tmp_path, existing, out):
    folder = folder_of(tmp_path / "in", 2)
    (folder / "00000.txt").write_text("\ufeffMy own words", encoding="utf-8")
    (folder / "00001.txt").write_text("  \n")
    images = {p: h for p, h in contents(folder).items() if p.endswith(".png")}
    place = {None: None, "same": tmp_path / "in", "other": tmp_path / "out"}[out]
    models = fakes()
    for _ in range(2):
        caption_dataset(job(folder, out=place, existing=existing), models)
    assert {p: h for p, h in contents(folder).items() if p.endswith(".png")} == images
    new = captions(place or folder)["00001.txt"]
    assert new.startswith("A red cup") or "cup" in new
    first = captions(place or folder)["00000.txt"]
    expected = {
        "keep": new if out == "other" else "\ufeffMy own words",
        "overwrite": new,
        "append": f"My own words, {new}",
        "prepend": f"{new} My own words",
    }
    if existing == "improve":
        assert "cup" in first
    else:
        assert first == expected[existing]
    if out == "other":
        assert captions(folder)["00000.txt"] == "\ufeffMy own words"
    _, messages = undo(place or folder)
    assert not messages
    if out == "other":
        assert captions(place) == {}
    else:
        assert (folder / "00000.txt").read_bytes() == b"\xef\xbb\xbfMy own words"
        assert (folder / "00001.txt").read_text() == "  \n"


def test_an_improved_caption_has_the_claims_of_the_old_one_that_hold(tmp_path):
    folder = folder_of(tmp_path, 1)
    (folder / "00000.txt").write_text("A blue kettle stands beside the cup.")
    caption_dataset(job(folder, existing="improve"), fakes())
    with Ledger(folder) as ledger:
        said = [s["text"] for s in ledger.record("00000.png")["statements"]]
    assert any("kettle" in text for text in said) and any("cup" in text for text in said)


def test_a_corrected_caption_is_kept_and_not_added_to_again(tmp_path):
    folder = folder_of(tmp_path, 1)
    (folder / "00000.txt").write_text("Mine.")
    for existing in ("append", "append", "keep"):
        caption_dataset(job(folder, existing=existing), fakes())
        (folder / "00000.txt").write_text("Corrected.")
    assert captions(folder) == {"00000.txt": "Corrected."}
    count, [message] = undo(folder)
    assert count == 0 and "was changed since" in message


def test_the_captioner_is_told_the_context(tmp_path):
    folder, captioner = folder_of(tmp_path / "people", 1), FakeCaptioner()
    (folder / "00000.txt").write_text("1girl, red hair")
    told = "This is {name} of {folder}: {tags}"
    caption_dataset(job(folder, context=told, existing="overwrite"), fakes(captioner))
    assert captioner.prompts
    assert all("This is 00000 of people: 1girl, red hair" in p for p in captioner.prompts)


def test_what_is_excluded_is_not_said_and_counted(tmp_path):
    folder = folder_of(tmp_path, 1)
    said = "A woman with long brown hair holds a cup. She has a tattoo on her arm."
    models = fakes(FakeCaptioner(said))
    exclude = ("hair colour", "tattoo")
    summary = caption_dataset(job(folder, exclude=exclude), models)
    [text] = captions(folder).values()
    assert "brown" not in text and "tattoo" not in text.lower() and "cup" in text
    assert summary.status.excluded >= 1


def test_twins_with_the_same_pixels_share_a_caption_file(tmp_path):
    paint(tmp_path / "x.png", 5)
    shutil.copy(tmp_path / "x.png", tmp_path / "x.webp")
    assert caption_dataset(job(tmp_path), fakes()).failures == ()


def test_failed_images_are_tried_again_alone_if_asked(tmp_path):
    folder = folder_of(tmp_path, 3)
    good = (folder / "00001.png").read_bytes()
    (folder / "00001.png").write_text("hello")
    models = fakes()
    assert len(caption_dataset(job(folder), models).failures) == 1
    (folder / "00001.png").write_bytes(good)
    paint(folder / "new.png", 9)
    again = caption_dataset(job(folder, retry_failed=True), models)
    assert (again.status.done, again.failures) == (1, ())
    assert not (folder / "new.txt").exists()


class OnceMissing(FakeCaptioner):
    """A fake: its first answer about a patch is an error."""

    missing = True

    def caption(self, requests, on_progress):
        answers = super().caption(requests, on_progress)
        if self.missing and len(answers) > 1:
            answers[1] = [Completion("", ERROR, "429 rate limit")]
        return answers


def test_a_caption_with_missing_answers_is_written_and_made_whole_by_the_next_run(tmp_path):
    folder, captioner = folder_of(tmp_path, 1), OnceMissing()
    assert caption_dataset(job(folder), fakes(captioner)).status.done == 1
    with Ledger(folder) as ledger:
        assert "429 rate limit" in ledger.entry("00000.png").reason
    captioner.missing = False
    assert caption_dataset(job(folder), fakes(captioner)).status.done == 1
    assert caption_dataset(job(folder), fakes(captioner)).status.resumed == 1


def test_two_runs_in_one_folder(tmp_path):
    folder = folder_of(tmp_path, 1)
    with locked(folder), pytest.raises(PatchMattersError, match="Another run is at work"):
        caption_dataset(job(folder), fakes())
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from pathlib import Path\nfrom core.dataset.run import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); input()\n"
    )
    command = [sys.executable, "-c", code, str(folder), str(ROOT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(PatchMattersError, match="Another run is at work"):
            caption_dataset(job(folder), fakes())
        other.kill()
    assert caption_dataset(job(folder), fakes()).status.done == 1


def test_an_observer_that_raises_ends_the_run_and_the_next_one_resumes(tmp_path):
    folder, models = folder_of(tmp_path, 40), fakes()

    def stop(status):
        if status.done >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        caption_dataset(job(folder), models, stop)
    done = len(captions(folder))
    assert 5 <= done < 40
    summary = caption_dataset(job(folder), models)
    assert len(captions(folder)) == 40 and summary.status.resumed >= done
    assert len(models.captioner.asked) <= 40 + 16, "a batch at most is asked twice"


def test_the_ledger_says_what_became_of_each_image(tmp_path):
    folder = folder_of(tmp_path, 3)
    (folder / "00000.txt").write_text("Mine, with a zebra.")
    (folder / "00002.png").write_text("hello")
    caption_dataset(job(folder), fakes())
    with Ledger(folder) as ledger:
        assert [e.status for e in ledger.entries()] == [KEPT, DONE, FAILED]
        assert [e.path for e in ledger.entries(contains="ZEBRA")] == ["00000.png"]
        assert ledger.count() == 3 and ledger.count(FAILED) == 1
        assert ledger.entries(DONE)[0].seconds > 0
        assert ledger.record("00001.png")["regions"] and ledger.record("00000.png") is None
        assert [e.path for e in ledger.every_entry()] == [e.path for e in ledger.entries()]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"folder": "missing"}, "is not a folder"),
        ({"formats": ("docx",)}, "format: \"docx\" is unknown"),
        ({"formats": ()}, "format: name one"),
        ({"existing": "burn"}, "existing: \"burn\" is unknown"),
        ({"words": Words(template="{x}")}, "template: {x}"),
        ({"settings": profile_settings("paper"), "existing": "improve"}, "improve needs the profile"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_before_any_work(tmp_path, changes, message):
    folder = folder_of(tmp_path, 1)
    models = fakes()
    if "folder" in changes:
        changes = {"folder": tmp_path / changes["folder"]}
    with pytest.raises(PatchMattersError, match=message):
        caption_dataset(Job(**{"folder": folder, **changes}), models)
    assert not models.captioner.asked


def test_large_images_go_through_in_smaller_batches(tmp_path, monkeypatch):
    monkeypatch.setattr("core.dataset.run.PIXELS", 3_000_000)
    monkeypatch.setattr("core.dataset.ahead.PIXELS", 3_000_000)
    for number in range(5):
        paint(tmp_path / f"{number}.png", number, (1500, 1000))
    largest = 0

    class Watching(FakeCaptioner):
        """A fake: notes how many whole images come at once."""

        def caption(self, requests, on_progress):
            nonlocal largest
            largest = max(largest, sum(r.frame.area == 1 for r in requests))
            return super().caption(requests, on_progress)

    assert caption_dataset(job(tmp_path), fakes(Watching())).status.done == 5
    assert largest == 2


def test_the_report_escapes_what_stands_in_names_and_captions(tmp_path):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    paint(tmp_path / "<b>x.png", 3)
    paint(tmp_path / "y.png", 4)
    (tmp_path / "y.txt").write_text(evil + " A zebra.")
    caption_dataset(job(tmp_path, existing="append"), fakes(FakeCaptioner(f"{evil} A cup stands.")))
    page = (tmp_path / STATE / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page and "<img src=x" not in page and "<b>x" not in page
    assert "&lt;b&gt;x.png" in page and "Content-Security-Policy" in page
    assert page.count("data:image/jpeg;base64,") == 2 and "<rect" in page
    assert Image.open(tmp_path / "y.png").size == (48, 40)
