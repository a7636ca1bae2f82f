import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import run as run_script
from core import cli
from core.dataset.command import settings_of
from core.models.hosted.endpoints import Config
from core.models.registry import hosted_examples
from core.options import parser
from core.outputs import RECORD
from core.styles import STYLES

ROOT = Path(__file__).parents[2]


def call(*arguments, cwd):
    """The real command, as `run.py --here` starts it."""
    command = [sys.executable, str(ROOT / "run.py"), "--here", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8")


def test_without_arguments_the_example_is_captioned(tmp_path):
    done = call(cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "cup" in done.stdout
    assert sorted(p.name for p in (tmp_path / "output").iterdir()) == [
        ".patch_matters.jsonl",
        "example.patches.png",
        "example.report.json",
        "example.txt",
    ]
    caption = (tmp_path / "output" / "example.txt").read_text().strip()
    assert caption in done.stdout
    assert Image.open(tmp_path / "output" / "example.patches.png").size == (520, 380)
    assert (
        json.loads((tmp_path / "output" / "example.report.json").read_text())["caption"] == caption
    )
    assert "aggregate" in done.stderr  # the progress bar moved


def test_one_bad_picture_among_twenty(tmp_path):
    for n in range(19):
        Image.new("RGB", (40, 30), (n * 13, 80, 160)).save(tmp_path / f"{n}.png")
    (tmp_path / "bad.png").write_text("hello")
    names = [*(f"{n}.png" for n in range(10)), "bad.png", *(f"{n}.png" for n in range(10, 19))]
    done = call(*names, "--json", "all.json", "--out", "o", "--profile", "fast", cwd=tmp_path)
    assert done.returncode == 1
    assert (
        done.stderr.count("error:") == 1 and "bad.png cannot be opened as an image" in done.stderr
    )
    records = json.loads((tmp_path / "all.json").read_text())
    assert [r["image"] for r in records] == names
    assert [r["image"] for r in records if "error" in r] == ["bad.png"]
    assert all(r["caption"] for r in records if "error" not in r)
    assert len(list((tmp_path / "o").glob("*.txt"))) == 19


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--captioner", "no:such"], "offline:measured"),
        (["--detector", "no:such"], "offline:ssd-mobilenet"),
        (["--out", "file.txt/below"], "choose another"),
        (["missing.png"], "missing.png does not exist"),
        (["a.png", "."], "Name one folder, or shards, or images"),
        (["missing.png", "--trigger", "ohwx"], "--trigger is for a folder of images"),
        ([".", "--lines", "tall"], 'lines: "tall" is unknown'),
        ([".", "--limit", "0"], "not a whole number above 0"),
        ([".", "--undo"], "has no captions of this pack yet"),
        (["--json", "."], "is a folder"),
        (["--profile", "best"], "invalid choice"),
    ],
)
def test_what_a_user_can_get_wrong_is_one_sentence(tmp_path, arguments, message):
    (tmp_path / "file.txt").write_text("")
    done = call(*arguments, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory):
    """A Python with nothing installed."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def test_help_needs_no_installation_and_lists_each_endpoint_once(bare_python, tmp_path):
    command = [bare_python, "-I", ROOT / "run.py", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 0, done.stderr
    for option in ("detector", "captioner", "matcher", "writer", "profile", "seed", "json", "out"):
        assert f"--{option}" in done.stdout
    assert "offline:measured" in done.stdout and "--overwrite" in done.stdout
    text = "".join(done.stdout.split())
    for example in hosted_examples():
        assert text.count(example) == 1


def test_a_misspelt_option_installs_nothing(bare_python, tmp_path):
    command = [bare_python, "-I", ROOT / "run.py", "--lenght", "short"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 2 and "unrecognized arguments: --lenght" in done.stderr


def test_the_documentation_has_each_endpoint_and_the_variable_of_its_key():
    text = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    for endpoint in Config.read(None).endpoints.values():
        assert text.count(f"`{endpoint.name}`") == 1
        assert not endpoint.key_variable or f"`{endpoint.key_variable}`" in text


def test_an_environment_is_set_up_once_and_again_when_the_requirements_change(
    tmp_path, monkeypatch
):
    """With the real venv and pip, and a package made here: nothing is downloaded."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "pyproject.toml").write_text(
        '[project]\nname = "made-here"\nversion = "1"\n[build-system]\nrequires = []\n'
        'build-backend = "backend"\nbackend-path = ["."]\n'
    )
    (package / "backend.py").write_text(
        "import zipfile, os\n"
        "def build_wheel(folder, config=None, metadata=None):\n"
        "    name = 'made_here-1-py3-none-any.whl'\n"
        "    with zipfile.ZipFile(os.path.join(folder, name), 'w') as z:\n"
        "        z.writestr('cv2.py', '')\n"
        "        z.writestr('made_here-1.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: made-here\\nVersion: 1\\n')\n"
        "        z.writestr('made_here-1.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n"
        "        z.writestr('made_here-1.dist-info/RECORD', '')\n"
        "    return name\n"
    )
    (tmp_path / "requirements.txt").write_text(f"{package}\n")
    monkeypatch.setattr(run_script, "ROOT", tmp_path)
    ran = []
    real = run_script._run
    monkeypatch.setattr(run_script, "_run", lambda *a: (ran.append(a[-1]), real(*a)))

    def set_up():
        return run_script.set_up("requirements.txt", environment=tmp_path / ".venv")

    python = set_up()
    assert subprocess.run([python, "-c", "import cv2"]).returncode == 0
    assert ran == ["make the environment", "install the requirements"]
    assert set_up() == python and len(ran) == 2
    with (tmp_path / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    set_up()
    assert ran[2:] == ["install the requirements"]


def captioned(*arguments):
    """The command in this process; returns its exit code."""
    return cli.main(parser().parse_args([*map(str, arguments), "--profile", "fast"]))


def contents(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != RECORD}


@pytest.fixture
def dataset(tmp_path, monkeypatch):
    """A training folder with three images and what their owner wrote beside them."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "ds"
    folder.mkdir()
    for n, name in enumerate(("a.png", "b.jpg", "third.png")):
        Image.new("RGB", (40, 30), (n * 90, 80, 160)).save(folder / name)
    (folder / "b.txt").write_text("a hand-written caption")
    (folder / "notes.json").write_text("[]")
    return folder


@pytest.mark.parametrize("options", [[], ["--overwrite"]], ids=["", "overwrite"])
def test_captions_beside_the_images_replace_no_image_and_no_caption(dataset, capsys, options):
    before = contents(dataset)
    code = captioned(*sorted(dataset.glob("*.[jp]*g")), "--out", dataset, *options)
    after = contents(dataset)
    kept = set(before) if not options else set(before) - {"b.txt"}
    assert {name for name in before if after[name] == before[name]} == kept
    assert set(after) - set(before) >= {"a.txt", "a.report.json", "a.patches.png", "third.txt"}
    errors = capsys.readouterr().err.count("error: ")
    assert (code, errors) == ((0, 0) if options else (1, 1))
    assert ("b.report.json" in after) == bool(options), "all of an image's files or none"


def test_a_second_run_replaces_what_the_first_wrote_and_skips_its_annotated_images(dataset, capsys):
    assert captioned(dataset / "a.png", "--out", dataset, "--json", "all.json") == 0
    first = contents(dataset)
    Image.new("RGB", (60, 30), "red").save(dataset / "a.png")
    assert captioned(dataset / "*.png", "--out", dataset, "--json", "all.json") == 0
    assert "a.patches.png is an annotated image that this pack wrote" in capsys.readouterr().err
    second = contents(dataset)
    assert second["a.txt"] != first["a.txt"] and "third.txt" in second
    assert not any(name.startswith("a.patches.") and name != "a.patches.png" for name in second)
    assert len(json.loads(Path("all.json").read_text())) == 2
    (dataset / "a.txt").write_text("mended by hand")
    assert captioned(dataset / "a.png", "--out", dataset) == 1
    assert (dataset / "a.txt").read_text() == "mended by hand"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ds/notes.json", "was not written by this pack"),
        ("ds/a.png", "is an image of this run"),
        ("ds/A.TXT", "is an output file of one of the images"),
        ("ds/.patch_matters.jsonl", "the pack's record of its files"),
        ("ds", "is a folder"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--overwrite"]], ids=["", "overwrite"])
def test_json_replaces_no_file_and_says_so_before_any_work(dataset, capsys, name, message, options):
    before = contents(dataset)
    code = captioned(dataset / "a.png", "--out", dataset, "--json", name, *options)
    if options and name == "ds/notes.json":
        assert code == 0 and json.loads((dataset / "notes.json").read_text())[0]["caption"]
        return
    assert code == 2 and message in capsys.readouterr().err
    assert contents(dataset) == before


def test_a_caption_of_another_image_of_the_same_name_is_not_replaced(dataset, capsys):
    other = dataset / "other" / "a.png"
    other.parent.mkdir()
    Image.new("RGB", (60, 30), "green").save(other)
    assert captioned(dataset / "a.png", "--out", "out") == 0
    first = (Path("out") / "a.txt").read_bytes()
    for _ in range(2):
        assert captioned(other, "--out", "out") == 0
        assert "its files are named a-2" in capsys.readouterr().err
    assert (Path("out") / "a.txt").read_bytes() == first
    assert sorted(p.name for p in Path("out").glob("*.txt")) == ["a-2.txt", "a.txt"]


def test_an_image_named_twice_is_captioned_once(dataset):
    assert captioned(dataset / "a.png", "ds/a.png", "ds/*.png", "--out", "o", "--json", "j") == 0
    assert [r["image"] for r in json.loads(Path("j").read_text())] == ["ds/a.png", "ds/third.png"]


def test_models_are_loaded_once_for_several_images(dataset, monkeypatch):
    """As many uses of each model as stages ask it, not as images."""
    calls = []
    real = cli.load_model

    class Counting:
        """The real offline model; notes when it is asked."""

        def __init__(self, role, model):
            self._role, self._model = role, model

        def __getattr__(self, name):
            if name in ("detect", "caption", "score"):
                calls.append(self._role)
            return getattr(self._model, name)

    def counted(role, *args, **options):
        model = real(role, *args, **options)
        return model and Counting(role, model)  # there is no offline NLI model

    monkeypatch.setattr(cli, "load_model", counted)
    assert captioned(*sorted(dataset.glob("*.[jp]*g")), "--out", "o") == 0
    order = [role for i, role in enumerate(calls) if not i or calls[i - 1] != role]
    assert order == ["detector", "captioner", "verifier"]


def test_what_is_missing_for_4_bit_is_one_sentence(dataset, monkeypatch, capsys):
    monkeypatch.setattr("core.models.local.loading.find_spec", lambda name: None)
    assert captioned(dataset / "a.png", "--precision", "4-bit") == 2
    assert "pip install bitsandbytes accelerate" in capsys.readouterr().err


def test_style_and_subject_are_settings_of_all_stages():
    options = parser().parse_args(
        ["a.png", "--style", "tags-sdxl", "--only", "the cup, spoon", "--ignore", "background"]
    )
    settings = settings_of(options)
    styles = {settings.divide.style, settings.describe.style, settings.aggregate.style}
    assert styles == {STYLES["tags-sdxl"]}
    assert settings.divide.only == ("the cup", "spoon") and settings.divide.ignore == ("background",)  # fmt: skip
    options = parser().parse_args(["a.png", "--style", "custom", "--style-text", "In French."])
    assert settings_of(options).aggregate.style.for_writer() == "In French."


def test_the_example_as_tags_of_the_cup_alone(tmp_path):
    done = call("--style", "tags-sdxl", "--only", "the cup", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output" / "example.txt").read_text().startswith("orange cup")
    empty = call("--style", "custom", cwd=tmp_path)
    assert empty.returncode == 2 and "style_text: the style custom needs" in empty.stderr
