"""Mini-Gemini: what the authors' code made of the same weights, recorded, and every way a folder can be
wrong. `tests/mini_gemini/record.py` says how it was recorded."""

import numpy as np
import pytest
import tiny_mini_gemini as tiny
import torch

from core.models.local.devices import PlainDevices
from core.models.local.generation import Sampling
from core.models.local.vlm import open_model

DEVICES = PlainDevices("cpu")
RECORDED = np.load(tiny.HERE / "recorded.npz")
VARIANTS = {
    f"{config['model_type']}{'_hd' if hd else ''}": (config, hd)
    for config in (tiny.LLAMA, tiny.GEMMA, tiny.MIXTRAL)
    for hd in (False, True)
}


@pytest.fixture(params=VARIANTS)
def variant(request, tmp_path):
    config, hd = VARIANTS[request.param]
    folder = tiny.write(tmp_path / request.param, config, hd=hd)
    recorded = {p: RECORDED[f"{request.param}.{p}"] for p in ("ids", "image", "logits", "greedy")}
    return open_model(folder, DEVICES), tiny.picture(256 if hd else 128), recorded


def test_it_sees_and_says_what_the_authors_code_does(variant):
    model, picture, recorded = variant
    prompt = model.prompt(tiny.QUESTION, image=True)
    inputs = model.processor(text=[prompt], images=[[picture]], return_tensors="pt")
    image_id = model.processor.image_token_id
    ids = inputs["input_ids"][0].tolist()
    tokens = ids.count(image_id)
    before = ids.index(image_id)
    assert [*ids[:before], -200, *ids[before + tokens :]] == recorded["ids"].tolist()

    weights = DEVICES.ready(model.weights)
    with torch.inference_mode():
        seen = weights.vision(inputs["pixel_values"][0], inputs["pixel_values_aux"][0])
    assert seen.shape == recorded["image"].shape == (tokens, 32)
    assert seen.numpy() == pytest.approx(recorded["image"], abs=1e-4)
    logits = model.next_logits([prompt], picture)[0]
    assert logits.numpy() == pytest.approx(recorded["logits"], abs=1e-3)
    greedy = recorded["greedy"].tolist()
    out = weights.generate(**inputs, do_sample=False, max_new_tokens=32, eos_token_id=-1)
    assert out[0, len(ids) :].tolist() == greedy and len(greedy) == 32
    ends = [i for i, token in enumerate(greedy) if token in model.processor.ends]
    [said] = model.generate([prompt], [picture], [Sampling(0, 0, 0.0)], 32, lambda: None)
    expected = model.tokenizer.decode(greedy[: min(ends, default=32)], skip_special_tokens=True)
    assert said.text == expected.strip()
