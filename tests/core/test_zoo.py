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
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES as SEEING,
)
from transformers.utils import import_utils
from zoo.build import known, make
from zoo.checks import CHECKS, Subject, fault_of_transformers, pair
from zoo.parts import OLD
from zoo.table import ELSEWHERE, EVERY_DAY, KINDS

from core.errors import PatchMattersError
from core.models.local.devices import TorchDevices
from core.models.local.model_store import OF_OTHER_USE, roles
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
    if KINDS[name].package and not find_spec(KINDS[name].package):
        pytest.skip(f"needs {KINDS[name].package}, which is in tests/requirements.txt")
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


@pytest.mark.parametrize(("name", "batches"), [("mistral3", 1), ("emu3", 1 if OLD else 2)])
def test_images_go_alone_only_where_the_padding_of_a_batch_changes_them(subjects, name, batches):
    if not known(name):
        pytest.skip("this transformers does not have it")
    captioner, steps = subjects(name).captioner, []
    captioner.caption(pair(n=1, max_tokens=3), steps.append)
    tokens = steps.count(None)
    assert 3 * (batches - 1) < tokens <= 3 * batches


def test_every_architecture_that_sees_has_a_row_or_a_reason():
    left = set(SEEING) - set(KINDS) - set(ELSEWHERE) - set(OF_OTHER_USE)
    if left:  # as new ones come every week
        pytest.skip(
            f"transformers {transformers.__version__} has architectures without a row in tests/zoo: "
            f"{', '.join(sorted(left))}"
        )


@pytest.mark.skipif(not known("gemma3n"), reason="this transformers does not have it")
def test_a_model_that_needs_another_package_names_it(tmp_path, monkeypatch):
    """Gemma 3n's, FastVLM's and PerceptionLM's eyes are timm's."""
    _, sentence = import_utils.BACKENDS_MAPPING["timm"]
    monkeypatch.setitem(import_utils.BACKENDS_MAPPING, "timm", (lambda: False, sentence))
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


@pytest.mark.parametrize("kind", OF_OTHER_USE)
def test_what_neither_chats_nor_describes_is_not_offered(kind):
    for named in ("XForCausalLM", "XForConditionalGeneration"):
        assert roles({"model_type": kind, "vision_config": {}, "architectures": [named]}) == set()


@pytest.mark.parametrize("part", ["vision_config", "vq_config"])
def test_what_sees_and_chats_is_offered(part):
    config = {"model_type": "new", part: {}, "architectures": ["XForConditionalGeneration"]}
    assert roles(config) == {"captioner", "writer"}
