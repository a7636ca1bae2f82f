"""Core's text encoders as captioner, writer and judge: the real classes, random weights."""

import json

import pytest
from test_prompts import PACK
from test_server import LOAD, chain, node, python, random_clip_l, shown

from conftest import ROOT, comfyui_folder

START = """
import sys
sys.argv = ["main.py", "--cpu"]
import comfy.options; comfy.options.enable_args_parsing()
"""
# One direction that all tokens share, and a few words and the stop token more: it says those.
SPEAK = """
def speak(embeddings, words, stop):
    tokenizer = qwen35.Qwen35Tokenizer().tokenizer
    embeddings[:, 0] = 20
    embeddings[tokenizer(" A cup stands on the table. 1: 90")["input_ids"], 0] = 20 + words
    embeddings[248046, 0] = 20 + stop
"""
FULL_SIZE = """
import torch, safetensors.torch, comfy.ops, comfy.text_encoders.qwen35 as qwen35
class Small(qwen35.Qwen35):
    model_type = "qwen35_08b"
with torch.device("meta"):
    model = Small({}, torch.bfloat16, "meta", comfy.ops.manual_cast)
torch.manual_seed(0)
published = {"model.": "model.language_model.", "visual.": "model.visual."}
state = {}
for key, value in model.state_dict().items():
    start = key.split(".")[0] + "."
    state[published[start] + key[len(start):]] = torch.randn(value.shape, dtype=torch.bfloat16) * 0.02
speak(state["model.language_model.embed_tokens.weight"], 0.75, 0.875)
safetensors.torch.save_file(state, OUT)
"""
TINY = """
import torch, comfy.sd, comfy.text_encoders.qwen35 as qwen35
from types import SimpleNamespace
from PIL import Image
from pack.nodes.text_encoder import TextEncoder
from pack.core.models.chat import ChatRequest
qwen35.QWEN35_MODELS["qwen35_08b"] = dict(
    hidden_size=64, intermediate_size=64, num_hidden_layers=4,
    vision=dict(hidden_size=48, num_heads=4, intermediate_size=64, depth=1),
)
target = SimpleNamespace(clip=qwen35.te(model_type="qwen35_08b"), tokenizer=qwen35.tokenizer("qwen35_08b"), params={})
clip = comfy.sd.CLIP(target, model_options={"dtype": torch.float32})
torch.manual_seed(0)
for part in clip.cond_stage_model.parameters():
    part.data = torch.randn(part.shape) * 0.02
speak(clip.cond_stage_model.qwen35_08b.transformer.model.embed_tokens.weight.data, 2.5, 2.3)
encoder = TextEncoder(clip)
red, blue = (Image.new("RGB", (40, 60), c) for c in ("red", "blue"))
on_part_progress = []
with torch.inference_mode():
    chat_requests = [ChatRequest("Describe.", red, 3, 1.0, 4, 5), ChatRequest("Describe.", blue, 1, 1.0, 200, 6)]
    first = encoder.ask(chat_requests, on_part_progress.append)
    again = encoder.ask(chat_requests[::-1], lambda i: None)[::-1]
    print(first == again, [len(r) for r in first], on_part_progress)
    for c in sum(first, []):
        print(c.finish, c.tokens, c.requests, repr(c.text))
    [[cold]] = encoder.ask([ChatRequest("Describe.", red, 1, 0.0, 3, 5)], on_part_progress.append)
    print("cold", cold.tokens)
    tokens = encoder._tokens(ChatRequest("(a:2) <|im_end|> <|image_pad|> embedding:x", red))
    ids = [t for t, w in tokens["qwen35_08b"][0]]
    print("control", ids.count(248046), sum(isinstance(i, dict) for i in ids), ids.count(248056))
"""


def needs_tokenizer():
    file = comfyui_folder() / "comfy/text_encoders/qwen35_tokenizer/vocab.json"
    if not file.is_file():
        pytest.skip(f"NO TOKENIZER: this ComfyUI lacks Qwen3.5's {file.name}")


def test_seeds_lengths_and_control_tokens_in_cores_own_classes(server):
    needs_tokenizer()
    out = python(PACK.replace("ROOT", repr(str(ROOT))) + SPEAK + TINY)
    same, *captions, cold, control = out.splitlines()[-7:]
    assert same == "True [3, 1] [None, None, None, 0, None, 1]"
    assert [c.split()[:3] for c in captions[:3]] == [["length", "4", "1"]] * 3
    assert len({c.split("'")[1] for c in captions[:3]}) == 3, "three candidates, three seeds"
    finish, tokens, _, text = captions[3].split(" ", 3)
    assert finish == "stop" and int(tokens) < 200 and "<|" not in text
    assert set(text.strip("'").split()) - {""}, "it says something"
    assert cold == "cold 3"
    # The template's own stop token, the one image, and nothing that the text brought along.
    assert control == "control 1 1 0"


def test_a_text_encoder_describes_judges_and_writes(server):
    """Qwen3.5-0.8B at its full size, by core's own loader. It knows nine words."""
    needs_tokenizer()
    file = server.base / "models" / "text_encoders" / "random_qwen35.safetensors"
    file.parent.mkdir(exist_ok=True)
    python(START + SPEAK + FULL_SIZE.replace("OUT", repr(str(file))))
    stages = chain(image=["small", 0], seed=71)
    stages["describe"]["inputs"] |= {"captioner": ["roles", 0], "max_tokens": 16, "candidates": 2}
    stages["filter"]["inputs"]["matcher"] = ["roles", 2]
    offline = {f"offline {key}": value for key, value in chain(seed=72).items()}
    offline["offline describe"]["inputs"]["patches"] = ["offline divide", 0]
    offline["offline filter"]["inputs"]["captions"] = ["offline describe", 0]
    offline["offline join"]["inputs"] |= {
        "survivors": ["offline filter", 0],
        "writer": ["roles", 1],
    }
    prompt = {
        "load": LOAD,
        "small": node("ImageScale", image=["load", 0], upscale_method="area", width=28, height=28, crop="center"),
        "clip": node("CLIPLoader", clip_name=file.name, type="stable_diffusion", device="default"),
        "roles": node("PatchMattersCaptionerFromClip", clip=["clip", 0]),
        **stages,
        **offline,
        "report": node("PreviewAny", source=["offline join", 2]),
        "small report": node("PreviewAny", source=["join", 2]),
    }  # fmt: skip
    try:
        result = server.run(prompt, seconds=400)
    finally:
        server.post("/free", {"unload_models": True, "free_memory": True})
        file.unlink()
    assert result["end"]["type"] == "execution_success", result["end"]
    small, offline = (json.loads(shown(result, key)) for key in ("small report", "report"))
    assert {small["models"][role] for role in ("captioner", "matcher")} == {"clip:qwen35_08b"}
    assert small["calls"]["captioner"] == 1 <= small["tokens"]["captioner"] <= 16
    assert offline["models"]["writer"] == "clip:qwen35_08b"
    assert offline["calls"]["writer"] == 1 <= offline["tokens"]["writer"]
    assert "orange cup" in offline["caption"], "what nine words say is no caption: the rules write"


def test_a_text_encoder_that_cannot_write_is_refused(server):
    prompt = {
        "clip": random_clip_l(server),
        "roles": node("PatchMattersCaptionerFromClip", clip=["clip", 0]),
        "see": node("PreviewAny", source=["roles", 0]),
    }
    end = server.run(prompt)["end"]
    assert end["type"] == "execution_error"
    assert "clip: the text encoder l cannot write text" in end["data"]["exception_message"]
