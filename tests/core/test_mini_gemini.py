"""Mini-Gemini: what the authors' code made of the same weights, recorded, and every way a folder can be
wrong. `tests/mini_gemini/record.py` says how it was recorded."""

import json
from pathlib import Path

import numpy as np
import pytest
import tiny_mini_gemini as tiny
import torch
from safetensors.torch import load_file, save_file
from tiny import tokenizer

from core.errors import PatchMattersError
from core.models.local.devices import TorchDevices
from core.models.local.generation import Sampling
from core.models.local.loading import Loading, precisions
from core.models.local.mini_gemini.inputs import conversation
from core.models.local.model_store import CAPTIONER, WRITER, roles
from core.models.local.vlm_loader import open_model

DEVICES = TorchDevices("cpu")
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
    return open_model(folder, DEVICES), tiny.image(256 if hd else 128), recorded


def test_it_sees_and_says_what_the_authors_code_does(variant):
    model, image, recorded = variant
    prompt = model.prompt(tiny.QUESTION, image=True)
    inputs = model.processor(text=[prompt], images=[[image]], return_tensors="pt")
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
    logits = model.next_logits([prompt], image)[0]
    assert logits.numpy() == pytest.approx(recorded["logits"], abs=1e-3)
    greedy = recorded["greedy"].tolist()
    out = weights.generate(**inputs, do_sample=False, max_new_tokens=32, eos_token_id=-1)
    assert out[0, len(ids) :].tolist() == greedy and len(greedy) == 32
    ends = [i for i, token in enumerate(greedy) if token in model.processor.ends]
    [said] = model.generate([prompt], [image], [Sampling(0, 0, 0.0)], 32, lambda: None)
    expected = model.tokenizer.decode(greedy[: min(ends, default=32)], skip_special_tokens=True)
    assert said.text == expected.strip()


def said_by(folder, image=None) -> str:
    model = open_model(folder, TorchDevices("cpu"))  # never one that is still loaded
    prompt = model.prompt(tiny.QUESTION, image=True)
    images = [image or tiny.image(128)]
    return model.generate([prompt], images, [Sampling(0, 0, 0.0)], 32, lambda: None)[0].text


def change(folder: Path, **changes) -> None:
    """Write weights anew in other shapes; those that are None are left out."""
    for file in folder.glob("*.safetensors"):
        held = load_file(file)
        kept = {name: value for name, value in held.items() if changes.get(name, 1) is not None}
        shaped = {n: torch.zeros(shape) for n, shape in changes.items() if n in kept and shape}
        save_file({**kept, **shaped}, file, metadata={"format": "pt"})


def edit(folder: Path, **changes) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


def test_a_picture_that_is_not_square_is_padded_as_the_weights_were_trained(tmp_path):
    model = open_model(tiny.write(tmp_path / "m"), DEVICES)
    inputs = model.processor(text=["<image>"], images=[[tiny.image(97, 61)]], return_tensors="pt")
    found, recorded = inputs["pixel_values_aux"][0].numpy(), RECORDED["mgm.padded"]
    assert found.shape == recorded.shape
    # transformers 4 resizes as the authors did; transformers 5 by torchvision, a grey level beside.
    assert np.abs(found - recorded).max() < 1.1 / 255 / 0.26
    edit(tmp_path / "m", image_aspect_ratio="square")
    cut = open_model(tmp_path / "m", TorchDevices("cpu")).processor(
        text=["<image>"], images=[[tiny.image(97, 61)]], return_tensors="pt"
    )
    assert np.abs(cut["pixel_values_aux"][0].numpy() - recorded).max() > 1


def test_towers_that_are_not_among_the_weights_are_found_beside_the_folder(tmp_path):
    whole = said_by(tiny.write(tmp_path / "whole"))
    folder = tiny.write(tmp_path / "LLM" / "YanweiLi" / "MGM-7B", towers=False)
    low = tmp_path / "LLM" / "openai" / "clip-vit-large-patch14-336"
    high = tmp_path / "LLM" / "CLIP-convnext_large_d_320.laion2B-s29B-b131K-ft-soup"
    wanted = (
        "MGM-7B has no weights of its vision tower (model.vision_tower.vision_tower.vision_model.*), "
        "and neither is clip-vit-large-patch14-336 beside it: put openai/clip-vit-large-patch14-336 there."
    )
    with pytest.raises(PatchMattersError) as refused:
        said_by(folder)
    assert wanted in str(refused.value)
    weights = tiny.weights(tiny.LLAMA)
    low.mkdir(parents=True)
    own = {f"vision_model.{n[len(tiny.LOW) :]}": w for n, w in weights.items() if tiny.LOW in n}
    torch.save(own | {"text_model.ignored": torch.zeros(3)}, low / "pytorch_model.bin")
    with pytest.raises(PatchMattersError, match="put laion/CLIP-convnext_large_d_320"):
        said_by(folder)
    high.mkdir()
    own = {f"visual.trunk.{n[len(tiny.HIGH) :]}": w for n, w in weights.items() if tiny.HIGH in n}
    save_file(own, high / "open_clip_model.safetensors")
    assert said_by(folder) == whole


def test_weights_as_pickles_are_read_and_their_programs_are_not_run(tmp_path):
    folder = tiny.write(tmp_path / "model")
    whole = said_by(folder)
    places = json.loads((folder / "model.safetensors.index.json").read_text())["weight_map"]
    (folder / "model.safetensors.index.json").unlink()
    for file in list(folder.glob("*.safetensors")):
        torch.save(load_file(file), file.with_suffix(".bin"))
        file.unlink()
    index = {name: file.replace(".safetensors", ".bin") for name, file in places.items()}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps({"weight_map": index}))
    assert said_by(folder) == whole

    class Program:
        def __reduce__(self):
            return Path.touch, (tmp_path / "it ran",)

    torch.save({"model.norm.weight": Program()}, folder / "model-00002-of-00002.bin")
    with pytest.raises(PatchMattersError, match="contains more than weights"):
        said_by(folder)
    assert not (tmp_path / "it ran").exists()


AUX = "model.vlm_uni_aux_projector.0.weight"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda f: change(f, **{"model.mm_projector.0.weight": (32, 48)}),
            ("model.mm_projector.0.weight", "(32, 48)", "(32, 64)"),
        ),
        (
            lambda f: change(f, **{"model.layers.1.mlp.up_proj.weight": (48, 32)}),
            ("model.layers.1.mlp.up_proj.weight", "(48, 32)", "(64, 32)"),
        ),
        (lambda f: change(f, **{AUX: (96,)}), (AUX, "(96,)", "(120,)")),
        (
            lambda f: edit(f, hidden_size=64),
            ("model.mm_projector.0.weight", "(32, 64)", "(64, 64)"),
        ),
        (lambda f: change(f, **{AUX: None}), ("lacks the weights", AUX)),
        (
            lambda f: change(f, **{"model.norm.weight": None, "lm_head.weight": None}),
            ("lacks the weights lm_head.weight and 1 more",),
        ),
        (
            lambda f: change(f, **{tiny.HIGH + "stages.2.blocks.1.gamma": None}),
            ("lacks the weights", "model.vision_tower_aux.vision_stages.2.blocks.1.gamma"),
        ),
        (
            lambda f: change(f, **{tiny.LOW + "embeddings.position_embedding.weight": None}),
            ("lacks the weights", "vision_model.embeddings.position_embedding.weight"),
        ),
        (
            lambda f: edit(f, mm_projector_type="resampler"),
            ("mm_projector_type", "“resampler” instead of mlp2x_gelu"),
        ),
        (lambda f: edit(f, mm_use_im_start_end=True), ("mm_use_im_start_end",)),
        (lambda f: edit(f, image_size_aux=100), ("image_size_aux", "a multiple of 16")),
        (lambda f: edit(f, image_grid="two"), ("image_grid", "“two” instead of a whole number")),
        (lambda f: edit(f, mm_vision_select_layer=-9), ("mm_vision_select_layer", "“-9”")),
        (lambda f: edit(f, image_grid=0), ("image_grid", "“0”")),
        (lambda f: edit(f, num_attention_heads="many"), ("cannot be used",)),
        (
            lambda f: (f / "tokenizer.model").unlink(),
            ("has no usable tokenizer", "Download the model again"),
        ),
        (
            lambda f: edit(f, model_type="mgm_phi"),
            ("has the model type “mgm_phi”", "use a version of the model for transformers"),
        ),
        (
            lambda f: (f / "model-00002-of-00002.safetensors").unlink(),
            ("lacks model-00002-of-00002.safetensors", "start it again"),
        ),
        (
            lambda f: (f / "model-00002-of-00002.safetensors").write_bytes(b"half"),
            ("model-00002-of-00002.safetensors cannot be read",),
        ),
        (
            lambda f: (f / "model.safetensors.index.json").write_text(
                '{"weight_map": {"a": "../../other.safetensors"}}'
            ),
            ("it names files in other folders",),
        ),
    ],
)
def test_what_does_not_fit_is_named_in_one_sentence(tmp_path, spoil, words):
    folder = tiny.write(tmp_path / "MGM-7B")
    spoil(folder)
    with pytest.raises(PatchMattersError) as refused:
        said_by(folder)
    message = str(refused.value)
    assert all(word in message for word in ("MGM-7B", *words)) and "\n" not in message


@pytest.mark.parametrize("precision", precisions())
@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_formats_of_the_weights(tmp_path, precision, attention):
    folder = tiny.write(tmp_path / "m", tiny.GEMMA)
    model = open_model(folder, DEVICES, Loading(precision, attention))
    prompt = model.prompt(tiny.QUESTION, image=True)
    [said] = model.generate([prompt], [tiny.image(97, 61)], [Sampling(0, 0, 0.0)], 4, lambda: None)
    assert said.tokens
    weights = DEVICES.ready(model.weights)
    full = sum(w.numel() * 4 for w in tiny.weights(tiny.GEMMA).values())
    share = {"auto": 1, "fp32": 1, "bf16": 0.5, "fp16": 0.5, "8-bit": 0.5, "4-bit": 0.5}[precision]
    assert weights.get_memory_footprint() <= share * full * 1.01
    if precision in ("8-bit", "4-bit"):  # the words only
        kinds = (type(weights.model.layers[0].mlp.up_proj), type(weights.vision.mm_projector[0]))
        assert kinds[0] is not torch.nn.Linear and kinds[1] is torch.nn.Linear


@pytest.mark.parametrize(
    ("language", "vocabulary", "before", "after"),
    [
        ("llama", {}, "questions. USER: ", " ASSISTANT:"),
        ("llama", {"<|im_start|>": 7}, "<|im_start|>user\n", "<|im_start|>assistant\n"),
        ("llama", {"<|start_header_id|>": 7}, "user<|end_header_id|>\n\n", "_id|>\n\n"),
        ("mixtral", {}, "[INST] ", " [/INST]"),
        ("gemma", {}, "<start_of_turn>user\n", "<start_of_turn>model\n"),
    ],
    ids=["vicuna", "yi", "llama_3", "mixtral", "gemma"],
)
def test_each_variant_has_the_conversation_it_was_trained_on(language, vocabulary, before, after):
    found = conversation(language, vocabulary)
    assert found.before.endswith(before) and found.after.endswith(after)
    assert found.end is None or found.after.startswith(found.end)


def like_yi(folder: Path) -> None:
    """ChatML's tokens are pieces of its SentencePiece model."""
    import sentencepiece

    with (folder / "tokenizer.model").open("wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(Path(__file__).read_text().splitlines()),
            model_writer=file,
            vocab_size=400,
            model_type="bpe",
            byte_fallback=True,
            normalization_rule_name="identity",
            user_defined_symbols=["<|im_start|>", "<|im_end|>"],
            pad_id=-1,
            minloglevel=2,
        )


def like_llama_3(folder: Path) -> None:
    """A tokenizer.json, with tokens of its own around roles."""
    (folder / "tokenizer.model").unlink()
    names = ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
    tokenizer(*names).save_pretrained(folder)


@pytest.mark.parametrize(
    ("give", "turn", "end"),
    [(like_yi, "<|im_start|>", "<|im_end|>"), (like_llama_3, "<|start_header_id|>", "<|eot_id|>")],
)
def test_yi_and_llama_3_speak_by_their_own_tokens(tmp_path, give, turn, end):
    give(tiny.write(tmp_path / "m"))
    model = open_model(tmp_path / "m", TorchDevices("cpu"))
    ids = model.processor(text=[model.prompt(f"Describe {turn}.", image=True)])["input_ids"][0]
    tokens = model.tokenizer.convert_ids_to_tokens(ids)
    assert [tokens.count(t) for t in (turn, end, "<image>")] == [3, 2, 16]
    assert model.processor.ends == model.tokenizer.convert_tokens_to_ids(["</s>", end])
    assert said_by(tmp_path / "m")


def test_it_describes_and_writes(tmp_path):
    assert roles(json.loads((tiny.write(tmp_path) / "config.json").read_text())) == {
        CAPTIONER,
        WRITER,
    }
