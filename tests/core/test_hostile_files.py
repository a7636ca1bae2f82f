"""Model folders, pictures and mirrors that are broken or mean harm: one sentence each, and no code runs."""

import json
import os
import shutil
import sys
import threading

import numpy as np
import pytest
import tiny
import tiny_towers
import torch
from hub import running_hub
from PIL import Image
from safetensors.torch import load_file, save_file
from test_downloads import ENTRY

from core.cli import EXAMPLE
from core.errors import PatchMattersError
from core.images import FORMATS, read_image
from core.models import CaptionRequest
from core.models.local import downloads
from core.models.local.devices import TorchDevices
from core.models.local.folder import ModelFolder, read_json
from core.models.local.generation import OVERFLOWED, Sampling, SeededChoice
from core.models.local.model_store import (
    CAPTIONER,
    DETECTOR,
    VERIFIER,
    WRITER,
    find_text_encoder,
    names,
)
from core.models.registry import load_folder
from core.models.scoring import finite

DEVICES = TorchDevices("cpu")
PHOTO = Image.new("RGB", (40, 30), "white")
EVIL = "import pathlib\npathlib.Path({mark!r}).write_text('it ran')\n"


@pytest.fixture(scope="module")
def bases(tmp_path_factory):
    folder, made = tmp_path_factory.mktemp("bases"), {}

    def get(make):
        if make not in made:
            made[make] = make(folder / make.__name__)
        return made[make]

    return get


@pytest.fixture
def copied(bases, tmp_path):
    return lambda make: shutil.copytree(bases(make), tmp_path / "model")


def edit(file, **changes):
    there = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps({**there, **changes}))


def caption(folder):
    request = CaptionRequest(PHOTO, "Describe.", max_tokens=2)
    return load_folder(CAPTIONER, "test", folder, DEVICES).caption([request] * 2, lambda i: None)


def use(role, folder):
    model = load_folder(role, "test", folder, DEVICES)
    if role == CAPTIONER:
        return caption(folder)
    if role == DETECTOR:
        return model.detect([PHOTO], lambda i: None, [["cup"]])
    return model.score([(PHOTO, ["A cup."])], lambda i: None)


# Each role's model with code of its own for it, in every file that may name some.
ROLES = [
    (tiny.llava, CAPTIONER),
    (tiny.llava, VERIFIER),
    (tiny_towers.siglip2, DETECTOR),
    (tiny_towers.siglip2, VERIFIER),
    (tiny_towers.clip, VERIFIER),
    (tiny_towers.blip_itm, VERIFIER),
    (tiny_towers.rt_detr, DETECTOR),
    (tiny_towers.owlv2, DETECTOR),
]


@pytest.mark.parametrize(("make", "role"), ROLES)
def test_code_in_a_model_folder_never_runs(copied, make, role, tmp_path, monkeypatch):
    folder, mark = copied(make), tmp_path / "mark"
    (folder / "evil.py").write_text(EVIL.format(mark=str(mark)) + "class M: pass\n")
    (folder / "custom_generate").mkdir()
    (folder / "custom_generate" / "generate.py").write_text(EVIL.format(mark=str(mark)))
    kinds = ("AutoConfig", "AutoModel", "AutoModelForObjectDetection", "AutoModelForImageTextToText",
             "AutoModelForCausalLM", "AutoProcessor", "AutoImageProcessor", "AutoTokenizer",
             "AutoModelForZeroShotObjectDetection", "AutoVideoProcessor")  # fmt: skip
    for name in ("config.json", "processor_config.json", "preprocessor_config.json",
                 "tokenizer_config.json", "generation_config.json"):  # fmt: skip
        edit(folder / name, auto_map={kind: "evil.M" for kind in kinds})
    asked = []
    monkeypatch.setattr("builtins.input", lambda *a: asked.append(a) or "yes")  # yes | run.py
    if (make, role) == (tiny_towers.siglip2, DETECTOR):
        with pytest.raises(PatchMattersError, match="its own code, which is never run"):
            use(role, folder)
    else:
        assert use(role, folder) is not None
    assert not mark.exists() and not asked
    assert not any("evil" in name for name in sys.modules)


@pytest.mark.parametrize(
    "changes",
    [
        {"attn_implementation": "evil/kernel"},
        {"_attn_implementation": "evil/kernel@main:attention"},
        {"text_config": {"attn_implementation": "evil/kernel"}},
        {"vision_config": {"experts_implementation": {"": "evil/kernel"}}},
        {"backbone": "hf-hub:evil/model"},
        {"transformers_weights": "../other/model.safetensors"},
    ],
)
def test_a_config_leads_nowhere_outside_its_folder(copied, changes):
    folder = copied(tiny.llava)
    edit(folder / "config.json", **changes)
    with pytest.raises(PatchMattersError, match="outside the folder"):
        ModelFolder.open(folder)


def test_an_adapter_is_refused(copied):
    folder = copied(tiny.llama)
    edit(folder / "adapter_config.json", base_model_name_or_path="/elsewhere")
    with pytest.raises(PatchMattersError, match="is an adapter"):
        ModelFolder.open(folder)


ODD_CONFIGS = [
    '{"model_type": {}}',
    '{"model_type": []}',
    '{"model_type": 5}',
    '{"model_type": "clip", "vision_config": [5]}',
    '{"model_type": "clip", "vision_config": 5, "projection_dim": {}}',
    '{"model_type": "blip", "architectures": [{}]}',
    '{"model_type": "blip", "architectures": "Blip"}',
    '{"model_type": "llama", "architectures": {"a": 1}}',
    '{"architectures": 5}',
    "[" * 100_000,
    "null",
    "",
    "\x00",
    '{"model_type": "llava", "vision_config": NaN}',
]


def test_one_odd_config_costs_its_own_entry_and_the_log_names_it(bases, tmp_path, caplog):
    for number, content in enumerate(ODD_CONFIGS):
        (tmp_path / f"odd{number:02}").mkdir()
        (tmp_path / f"odd{number:02}" / "config.json").write_text(content)
    (tmp_path / "bytes").mkdir()
    (tmp_path / "bytes" / "config.json").write_bytes(b"\xff\xfe{}")
    (tmp_path / "good").symlink_to(bases(tiny.llava))
    for role in (CAPTIONER, WRITER, VERIFIER, DETECTOR):
        assert ("good" in names(role, [tmp_path])) == (role in (CAPTIONER, WRITER))
    assert "odd00" in caplog.text and "bytes" in caplog.text and caplog.text.count("odd00") == 1
    with pytest.raises(PatchMattersError):
        find_text_encoder([tmp_path])
    for folder in sorted(tmp_path.glob("odd*")):
        with pytest.raises(PatchMattersError, match="model: "):
            ModelFolder.open(folder)


def test_a_config_with_a_byte_order_mark_is_read(copied):
    folder = copied(tiny.llava)
    text = (folder / "config.json").read_text()
    (folder / "config.json").write_text(text, encoding="utf-8-sig")
    assert read_json(folder / "config.json")["model_type"] == "llava"
    assert ModelFolder.open(folder).model_type == "llava"


def without(folder, part):
    file = folder / "model.safetensors"
    tensors = load_file(file)
    kept = {name: tensor for name, tensor in tensors.items() if part not in name}
    assert len(kept) < len(tensors)
    save_file(kept, file, {"format": "pt"})


@pytest.mark.parametrize(
    ("make", "role", "part"),
    [
        (tiny.llava, CAPTIONER, "layers.1."),
        (tiny.llava, CAPTIONER, "projector"),
        (tiny_towers.clip, VERIFIER, "text_projection"),
        (tiny_towers.siglip, VERIFIER, "vision_model"),
        (tiny_towers.blip_itm, VERIFIER, "text_encoder.encoder.layer.0"),
        (tiny_towers.rt_detr, DETECTOR, "encoder"),
        (tiny_towers.owlv2, DETECTOR, "class_head"),
    ],
)
def test_half_a_checkpoint_is_refused_and_a_weight_named(copied, make, role, part):
    folder = copied(make)
    without(folder, part)
    with pytest.raises(PatchMattersError, match=r"lacks the weights \S+"):
        use(role, folder)


def test_weights_of_ten_bytes_are_refused(copied):
    folder = copied(tiny.llava)
    (folder / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    with pytest.raises(PatchMattersError, match=r"lacks the weights|was not loaded"):
        caption(folder)


def test_a_template_that_raises_is_explained(copied):
    folder = copied(tiny.llava)
    (folder / "chat_template.jinja").write_text("{{ raise_exception('no images here') }}")
    with pytest.raises(PatchMattersError, match="a chat template that fails"):
        caption(folder)


def test_numbers_that_overflow_are_no_caption_and_no_score(copied):
    folder = copied(tiny.llava)
    tensors = load_file(folder / "model.safetensors")
    tensors = {n: t * float("nan") if "lm_head" in n else t for n, t in tensors.items()}
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(PatchMattersError, match="overflowed"):
        caption(folder)
    judge = load_folder(VERIFIER, "test", folder, DEVICES)
    assert judge.score([(PHOTO, ["A cup.", "A dog."])], lambda i: None) == [[None, None]]
    assert "fp32" in OVERFLOWED
    assert finite([0.5, float("nan"), float("inf"), None]) == [0.5, None, None, None]
    choice = SeededChoice([Sampling(1, 0, 0.7)] * 2)
    choice(torch.zeros(2, 1, dtype=torch.long), torch.tensor([[0.0, 1.0], [float("nan"), 1.0]]))
    assert choice.overflowed == {1}


@pytest.mark.parametrize("make", [tiny_towers.clip, tiny_towers.blip_itm, tiny_towers.siglip])
def test_a_matcher_whose_numbers_overflow_scores_nothing(copied, make):
    folder = copied(make)
    tensors = load_file(folder / "model.safetensors")
    tensors = {
        n: t * float("nan") if t.is_floating_point() and t.dim() > 1 else t
        for n, t in tensors.items()
    }
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    assert use(VERIFIER, folder) == [[None]]


# Pictures

POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n{ } loop\n"


def test_a_picture_that_is_a_program_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr("subprocess.Popen", lambda *a, **k: pytest.fail("a program was started"))
    for name in ("loop.jpg", "loop.eps", "loop.png"):
        (tmp_path / name).write_bytes(POSTSCRIPT)
        with pytest.raises(PatchMattersError, match="cannot be opened as an image"):
            read_image(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_and_a_device_are_refused(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    for name in ("a.png", "zero.png"):
        with pytest.raises(PatchMattersError, match="a pipe or a device"):
            read_image(tmp_path / name)


def test_every_format_by_its_name(tmp_path):
    Image.init()
    for name in FORMATS:
        if name not in Image.SAVE:
            continue
        Image.new("RGB", (20, 10), (200, 10, 20)).save(tmp_path / "a", name)
        found = read_image(tmp_path / "a")
        assert found.size == (20, 10) and abs(found.getpixel((5, 5))[0] - 200) < 12
    for name in ("PPM", "TGA", "ICO", "PCX"):
        Image.new("RGB", (20, 10)).save(tmp_path / "b", name)
        with pytest.raises(PatchMattersError, match="cannot be opened as an image"):
            read_image(tmp_path / "b")


def test_floats_of_0_to_1_are_not_black(tmp_path):
    values = np.full((4, 4), 0.5, np.float32)
    values[0, 0] = np.nan
    Image.fromarray(values).save(tmp_path / "a.tif")
    assert read_image(tmp_path / "a.tif").getpixel((2, 2)) == (127, 127, 127)
    Image.fromarray(values * 255).save(tmp_path / "b.tif")
    assert read_image(tmp_path / "b.tif").getpixel((2, 2)) == (127, 127, 127)


def test_damaged_exif_does_not_cost_the_picture(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    data = b"Exif\x00\x00" + b"MM\x00*\xff\xff\xff\xff" + b"\x00" * 20
    Image.new("RGB", (20, 10)).save(tmp_path / "a.jpg", exif=data)
    assert read_image(tmp_path / "a.jpg").size == (20, 10)


# Mirrors


@pytest.fixture(scope="module")
def repository(bases):
    return bases(tiny.llava)


@pytest.mark.parametrize(
    "commit",
    ["../../../elsewhere", "/tmp/elsewhere", "..", "", "main", "0" * 39, "0" * 40 + "/..", 5, None,
     "0" * 40 + "\n"],
)  # fmt: skip
def test_a_mirror_whose_commit_is_a_path_writes_nothing(repository, commit, tmp_path, monkeypatch):
    root = tmp_path / "models" / "LLM"
    root.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    with running_hub() as (hub, address):
        hub.repositories[ENTRY.id], hub.commit = repository, commit
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.setenv("HF_HOME", str(tmp_path.parent / f"hf-{tmp_path.name}"))
        with pytest.raises(PatchMattersError, match="did not finish|returned no commit"):
            downloads.download(ENTRY, root, lambda done, total: None)
    left = [p for p in tmp_path.rglob("*") if p not in before and downloads.STAGING not in str(p)]
    assert left == []
    assert not [p for p in root.rglob("*") if p.is_file()]


def test_a_mirror_that_sends_more_than_it_announced(repository, tmp_path, monkeypatch):
    with running_hub() as (hub, address):
        hub.repositories[ENTRY.id], hub.claim = repository, -1000
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        with pytest.raises(PatchMattersError, match="did not finish"):
            downloads.download(ENTRY, tmp_path, lambda done, total: None)
    assert not (tmp_path / "someone").exists()


def test_names_of_a_mirror_that_lead_elsewhere_are_passed_over():
    from core.models.local.fetcher.fetch import TEXTS, WEIGHTS

    for name in ("../a.json", "/a.json", "a/b.json", "..\\a.json", "C:a.json", "a.py", "a.json.py",
                 "model.safetensors/../a", "../model.safetensors"):  # fmt: skip
        assert not TEXTS.fullmatch(name) and not WEIGHTS.fullmatch(name), name


def test_ultralytics_sends_nothing(monkeypatch, tmp_path):
    pytest.importorskip("ultralytics")
    from ultralytics import YOLO
    from ultralytics.utils import SETTINGS, events

    from core.models.local.yolo import UltralyticsDetector

    posted = []
    monkeypatch.setattr(events, "_post", lambda *a, **k: posted.append(a))
    monkeypatch.setattr(
        events.events, "enabled", True
    )  # as it is for whoever has not switched it off
    monkeypatch.setattr(events.events, "t", 0.0)
    before = SETTINGS["sync"]
    torch.manual_seed(0)
    YOLO("yolov8n.yaml").save(tmp_path / "a.pt")
    UltralyticsDetector("test", tmp_path / "a.pt").detect([PHOTO], lambda i: None)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(0.2)
    assert posted == [] and not events.events.enabled
    assert SETTINGS["sync"] == before and EXAMPLE.exists()
