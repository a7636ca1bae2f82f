"""A model that transformers itself cannot run is told in one sentence; a fault of this pack is not blamed on it."""

import pytest
import tiny
import transformers
from transformers import LlavaForConditionalGeneration

from core.cli import EXAMPLE
from core.errors import PatchMattersError
from core.images import read_image
from core.models import ERROR, CaptionRequest
from core.models.local import vlm
from core.models.local.devices import TorchDevices
from core.models.registry import CAPTIONER, VERIFIER, load_folder

PHOTO = read_image(EXAMPLE)
SAYS = (
    f"transformers {transformers.__version__} itself fails to run model .*no attribute 'image_outputs'.* "
    f'python -m pip install "transformers!={transformers.__version__}"'
)


@pytest.fixture
def folder(tmp_path):
    return tiny.llava(tmp_path / "model")


@pytest.fixture
def faulty(monkeypatch):
    """As Llama 4 in transformers 5.24.0."""

    def forward(self, input_ids=None, pixel_values=None, attention_mask=None, **kwargs):
        return self.image_outputs

    monkeypatch.setattr(LlavaForConditionalGeneration, "forward", forward)


def ask(folder, n=1):
    captioner = load_folder(CAPTIONER, "test", folder, TorchDevices("cpu"))
    [answers] = captioner.caption([CaptionRequest(PHOTO, "Describe.", n)], lambda i: None)
    return answers


@pytest.mark.parametrize("n", [1, 3])
def test_a_captioner_says_what_is_broken_and_what_to_do(folder, faulty, n):
    with pytest.raises(PatchMattersError, match=SAYS):
        ask(folder, n)


def test_a_verifier_does_so_too(folder, faulty):
    verifier = load_folder(VERIFIER, "test", folder, TorchDevices("cpu"))
    with pytest.raises(PatchMattersError, match=SAYS):
        verifier.score([(PHOTO, ["A cup.", "A dog."])], lambda i: None)


def test_faults_of_this_pack_are_not_blamed_on_transformers(folder, monkeypatch):
    def fails(*args):
        raise AttributeError("'Choice' object has no attribute 'rows'")

    monkeypatch.setattr(vlm, "generate", fails)
    [answer] = ask(folder)
    assert answer.finish == ERROR and "transformers" not in answer.detail
    assert "'Choice' object has no attribute 'rows'" in answer.detail


def test_a_field_that_the_models_config_lacks_is_not_blamed_on_transformers(folder, monkeypatch):
    def forward(self, input_ids=None, pixel_values=None, attention_mask=None, **kwargs):
        return self.config.vision_start_token_id

    monkeypatch.setattr(LlavaForConditionalGeneration, "forward", forward)
    [answer] = ask(folder)
    assert answer.finish == ERROR and "vision_start_token_id" in answer.detail
    assert "transformers" not in answer.detail
