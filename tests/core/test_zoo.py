"""Every architecture of transformers that sees: its own classes, files and caches, tiny random weights.

The ordinary run takes a few of each kind of cache; `--full` takes all that this transformers has.
"""

import json
from importlib.util import find_spec

import pytest
import torch
import transformers
from safetensors.torch import save_file
from transformers import CONFIG_MAPPING
from zoo.build import known, make
from zoo.checks import CHECKS, Subject, fault_of_transformers
from zoo.table import EVERY_DAY, KINDS

from core.errors import PatchMattersError
from core.models.local.devices import TorchDevices
from core.models.local.model_store import roles
from core.models.local.vlm_loader import open_model


@pytest.fixture(scope="module")
def subjects(tmp_path_factory):
    folder, last = tmp_path_factory.mktemp("zoo"), {}

    def get(name):
        if name not in last:  # one at a time: their checks follow each other
            last.clear()
            last[name] = Subject(make(name, KINDS[name], folder / name))
        return last[name]

    return get


def architectures():
    for name in KINDS:
        marks = () if name in EVERY_DAY else (pytest.mark.full,)
        yield pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", architectures())
def test_an_architecture_serves(subjects, name):
    if not known(name):
        pytest.skip("this transformers does not have it")
    subject = subjects(name)
    try:
        for check in CHECKS:
            check(subject)
    except PatchMattersError as error:
        if "itself fails to run" not in str(error):
            raise
        fault = fault_of_transformers(subject.folder)
        assert fault and str(fault) in str(error), f"the pack blames transformers: {error}"
        pytest.skip(f"transformers {transformers.__version__} cannot run {name}: {fault}")


@pytest.mark.skipif(not known("gemma3n") or bool(find_spec("timm")), reason="timm is installed")
def test_a_model_that_needs_another_package_names_it(tmp_path):
    """Gemma 3n's, FastVLM's and PerceptionLM's eyes are timm's."""
    CONFIG_MAPPING["gemma3n"]().save_pretrained(tmp_path)
    save_file({"a": torch.zeros(1)}, tmp_path / "model.safetensors")
    devices = TorchDevices("cpu")
    with pytest.raises(PatchMattersError, match="not installed: python -m pip install timm$"):
        devices.ready(open_model(tmp_path, devices).weights)


@pytest.mark.parametrize("name", ["blip-2", "instructblip", "kosmos-2"])
def test_what_only_describes_is_offered_as_captioner_alone(subjects, name):
    subject = subjects(name)
    assert roles(json.loads((subject.folder / "config.json").read_text())) == {"captioner"}
    assert not subject.model.chats


def test_what_neither_chats_nor_describes_is_not_offered():
    for kind in ("git", "pix2struct", "kosmos-2.5"):
        config = {"model_type": kind, "vision_config": {}, "architectures": ["XForCausalLM"]}
        assert roles(config) == set()
