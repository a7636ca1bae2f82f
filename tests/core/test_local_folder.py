"""Folders of local models: what cannot be used is refused or explained, and precisions load."""

import json
import shutil

import pytest
import tiny
import tiny_towers
import torch
from test_local_models import DEVICES, caption, checkpoints, requests  # noqa: F401 - a fixture

from core.cli import EXAMPLE
from core.errors import PatchMattersError
from core.images import read_image
from core.models.local.devices import TorchDevices
from core.models.local.loading import Loading, precisions
from core.models.local.vlm_loader import open_model
from core.models.registry import CAPTIONER, VERIFIER, load_folder


@pytest.fixture
def copy(checkpoints, tmp_path):  # noqa: F811
    folder = tmp_path / "model"
    shutil.copytree(checkpoints(tiny.llava), folder)
    return folder


def edit(folder, **changes):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: shutil.rmtree(f), "has no config.json"),
        (lambda f: (f / "config.json").write_text("{"), "cannot be used"),
        (lambda f: (f / "config.json").write_text("[]"), "cannot be used"),
        (lambda f: (f / "model.safetensors").unlink(), "the download is incomplete"),
        (
            lambda f: (f / "model.safetensors").rename(f / "pytorch_model.bin"),
            "weights as a pickle",
        ),
        (
            lambda f: edit(f, model_type="evil", auto_map={"AutoModel": "evil.Model"}),
            "its own code, which is never run",
        ),
        (lambda f: edit(f, model_type="not_yet_known"), "a newer transformers"),
        (
            lambda f: (f / "model.safetensors.index.json").write_text(
                '{"weight_map": {"a": "model-00002-of-00002.safetensors"}}'
            ),
            "lacks model-00002-of-00002.safetensors",
        ),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_before_anything_is_loaded(copy, spoil, message):
    spoil(copy)
    with pytest.raises(PatchMattersError, match=message):
        load_folder(CAPTIONER, "test", copy, DEVICES)


def test_half_a_weights_file_is_explained(copy):
    file = copy / "model.safetensors"
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(PatchMattersError, match="model: model was not loaded"):
        caption(copy, requests())


def test_a_folder_removed_after_it_was_chosen(copy):
    chosen = load_folder(CAPTIONER, "test", copy, DEVICES)
    said = chosen.caption(requests(), lambda i: None)
    shutil.rmtree(copy)
    assert chosen.caption(requests(), lambda i: None) == said  # what is loaded stays
    chosen._model.weights.drop()
    with pytest.raises(PatchMattersError, match="model: model was not loaded"):
        chosen.caption(requests(), lambda i: None)


@pytest.mark.parametrize("precision", precisions())
@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_formats_of_the_weights(checkpoints, precision, attention):  # noqa: F811
    folder = checkpoints(tiny.llava)
    captioner = load_folder(CAPTIONER, "test", folder, DEVICES, Loading(precision, attention))
    [said] = captioner.caption(requests()[:1], lambda i: None)
    assert {c.finish for c in said} <= {"stop", "length"}
    size = DEVICES.ready(captioner._model.weights).get_memory_footprint()
    full = DEVICES.ready(open_model(folder, DEVICES).weights).get_memory_footprint()
    share = {"auto": 1, "fp32": 1, "bf16": 0.5, "fp16": 0.5, "8-bit": 0.5, "4-bit": 0.5}[precision]
    assert size <= share * full * 1.01


@pytest.mark.parametrize("width", [128, 3420, 36])
def test_4_bit_weights_of_any_width(tmp_path, width):
    """On CPUs with AVX512-BF16 bitsandbytes packs for blocks of 64; 3420 is Qwen2.5-VL-7B's."""
    folder = tiny.llama(tmp_path / "m", hidden_size=64, intermediate_size=width)
    logits = []
    for precision in ("fp32", "4-bit"):
        model = DEVICES.ready(open_model(folder, DEVICES, Loading(precision)).weights)
        with torch.inference_mode():
            logits.append(model(torch.arange(40).reshape(2, 20)).logits.float().flatten())
    assert torch.corrcoef(torch.stack(logits))[0, 1] > 0.9


def test_8_bit_and_4_bit_are_offered_where_bitsandbytes_is():
    assert precisions()[-2:] == ["8-bit", "4-bit"]  # tests/requirements.txt installs it


def test_of_two_models_on_a_cpu_one_is_in_memory(checkpoints):  # noqa: F811
    devices = TorchDevices("cpu")
    first = load_folder(CAPTIONER, "a", checkpoints(tiny.llava), devices)
    second = load_folder(VERIFIER, "b", checkpoints(tiny_towers.blip_itm), devices)
    said = first.caption(requests(), lambda i: None)
    assert first._model.weights.loaded
    second.score([(read_image(EXAMPLE), ["a cup."])], lambda i: None)
    assert second.weights.loaded and not first._model.weights.loaded
    assert first.caption(requests(), lambda i: None) == said
    assert not second.weights.loaded


def test_a_tokenizer_without_chat_template_is_explained(copy):
    (copy / "chat_template.jinja").unlink()
    with pytest.raises(PatchMattersError, match="no chat template"):
        caption(copy, requests())


def test_a_tokenizer_that_is_missing_is_explained(copy):
    (copy / "tokenizer.json").unlink()
    with pytest.raises(PatchMattersError, match="model: model"):
        caption(copy, requests())


def test_a_device_that_is_not_there():
    with pytest.raises(PatchMattersError, match="not available"):
        TorchDevices("xpu")
