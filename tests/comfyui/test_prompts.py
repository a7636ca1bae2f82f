"""Prompts and regions in a real server, with core's own classes of random weights and tokenizers."""

import json

import pytest
from test_server import LOAD, chain, node, python, random_clip_l

from conftest import ROOT

PACK = """
import sys
sys.argv = ["main.py", "--cpu"]
import comfy.options; comfy.options.enable_args_parsing()
import asyncio, importlib.util, random
import utils.extra_config  # before nodes.py puts another utils before it
import server
server.PromptServer(asyncio.new_event_loop())
spec = importlib.util.spec_from_file_location("pack", ROOT + "/__init__.py", submodule_search_locations=[ROOT])
pack = importlib.util.module_from_spec(spec); sys.modules["pack"] = pack; spec.loader.exec_module(pack)
from pack.nodes import prompts
"""
COUNT = """
import comfy.sd1_clip, comfy.text_encoders.sd3_clip
from pack.core.prompt_fitting import neutralised
random.seed(0)
alphabets = ["abcdefghij klmno pqrst, uvwxyz. ", "äöüß éèê ", "日本語の写真 猫", "кошка на столе ", "()[]{}:\\\\\\"'<|>embedding: ", "😀🐈 "]
tokenize = prompts._tokenizer("SD 1.5")
tokens = prompts._Tokens(tokenize)
start, end = 49406, 49407
tokenizer = comfy.sd1_clip.SD1Tokenizer()
assert prompts.reads_weights(tokenize)
wrong = 0
for number in range(1000):
    alphabet = alphabets[number % 6] + alphabets[0]
    text = "".join(random.choice(alphabet) for _ in range(random.randrange(0, 900)))
    text = neutralised(text, weights=True)
    chunks = tokenizer.tokenize_with_weights(text)["l"]
    encoded = 0
    for chunk in chunks:
        ids = [t for t, w in chunk]
        assert len(ids) == 77 and ids[0] == start and all(w == 1.0 for t, w in chunk)
        encoded += ids.index(end) - 1
    wrong += encoded != tokens.count(text)
print("wrong:", wrong)
t5 = prompts._tokenizer("Flux")
print("t5:", prompts._Tokens(t5).count("a cup"), prompts.reads_weights(t5))
qwen = None
try:
    qwen = prompts._tokenizer("Qwen-Image")
except Exception as error:
    print("qwen:", type(error).__name__)
if qwen:
    tokens = prompts._Tokens(qwen)
    print("qwen:", tokens.count(""), tokens.count("a cup"), prompts.reads_weights(qwen))
"""

AREAS = """
import dataclasses, torch, comfy.samplers, comfy.sd1_clip
from PIL import Image
from pack.core.divide import divide
from pack.core.models import Detection
from pack.core.regions import Box
from pack.core.statements import Reason, Occurrence, Statement, Verdict
random.seed(0)

class FakeClipWithCoresTokenizer:
    tokenize = staticmethod(comfy.sd1_clip.SD1Tokenizer().tokenize_with_weights)
    def encode_from_tokens_scheduled(self, tokens):
        return [[torch.zeros(1, 77, 8), {}]]

def random_picture():
    width, height = random.randrange(40, 900), random.randrange(40, 900)
    found = []
    for _ in range(random.randrange(0, 8)):
        x, y = random.uniform(0, width - 20), random.uniform(0, height - 20)
        w, h = random.uniform(1, width - x), random.uniform(1, height - y)
        found.append(Detection(Box(x, y, x + w, y + h), "cup", random.random()))
    [record] = divide([Image.new("RGB", (width, height))], detections=[found])
    kept = [
        Statement(f"A cup is in {r.name}.", (Occurrence(r.name, 0, "A cup."),), verdict=Verdict.KEPT, reason=Reason.ABOVE)
        for r in record.root.walk()
    ]
    return dataclasses.replace(record, statements=tuple(kept))

areas = masks = 0
for number in range(500):
    record = random_picture()
    out = prompts.RegionalPrompts.execute([[record]], [FakeClipWithCoresTokenizer()], ["area"], [1.0])
    [conditioning], captions, _, [boxes] = out.result
    h, w = random.randrange(8, 160), random.randrange(8, 160)
    local = [dict(options) for _, options in conditioning[1:]]
    assert len(local) == len(boxes) == len(captions)
    comfy.samplers.resolve_areas_and_cond_masks_multidim(local, (h, w), "cpu")
    scale = (h / record.size[1], w / record.size[0])
    regions = [r for r in record.root.walk() if r is not record.root]
    for values, region in zip(local, regions, strict=True):
        box = region.box
        if "mask" in values:
            assert values["mask"].shape[-2:] == (h, w)
            masks += 1
            continue
        height, width, y, x = values["area"]
        assert 0 < height and 0 < width and y < h and x < w
        ends = min(y + height, h), min(x + width, w)
        top, left = box.y1 * scale[0], box.x1 * scale[1]
        # One latent pixel is the least that the sampler works on.
        tall, wide = max(1, box.height * scale[0]), max(1, box.width * scale[1])
        wanted = (top, left, top + tall, left + wide)
        assert all(abs(a - b) <= 1 + 1e-6 for a, b in zip((y, x, *ends), wanted)), (values["area"], wanted)
        areas += 1
print("areas", areas, "masks", masks)
"""


@pytest.fixture(scope="module")
def clip(server):
    return random_clip_l(server)


def test_the_tokens_it_counts_are_those_that_are_encoded(server):
    out = python(PACK.replace("ROOT", repr(str(ROOT))) + COUNT)
    assert "wrong: 0" in out
    assert "t5: 3 True" in out and "qwen: 0 2 False" in out


def test_areas_reach_the_sampler_where_the_regions_are(server):
    """500 random divisions and latent sizes, resolved as core's sampler does: within one latent pixel."""
    out = python(PACK.replace("ROOT", repr(str(ROOT))) + AREAS).splitlines()[-1].split()
    assert int(out[1]) > 1900 and int(out[3]) > 0


def fitter(**inputs):
    defaults = {"model": "SD 1.5", "budget": 0, "form": "sentences", "prefix": "", "suffix": ""}
    return node("PromptFitter", **{**defaults, **inputs})


def test_a_caption_is_fitted_with_and_without_a_clip(server, clip):
    caption = " ".join(f"There is a (small) cup number {i} on the table." for i in range(12))
    prompt = {
        "clip": clip,
        "text": node("PrimitiveStringMultiline", value=caption),
        "with": fitter(caption=["text", 0], clip=["clip", 0], prefix="sks cup"),
        "without": fitter(caption=["text", 0], prefix="sks cup"),
        "long": fitter(caption=["text", 0], budget=1000),
        "encode": node("CLIPTextEncode", text=["with", 0], clip=["clip", 0]),
        **{f"see {n} {o}": node("PreviewAny", source=[n, o]) for n in ("with", "without", "long") for o in range(3)},
        "see encode": node("PreviewAny", source=["encode", 0]),
    }  # fmt: skip
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]

    def seen(name):
        return "".join(result["outputs"][f"see {name}"]["text"])

    assert seen("with 0") == seen("without 0")
    assert seen("with 0").startswith("sks cup, There is a \\(small\\) cup number 0")
    assert 50 < int(seen("with 2")) <= 75
    dropped = seen("with 1").splitlines()
    assert len(dropped) + seen("with 0").count("number") == 12
    assert all(line.endswith("on the table.") for line in dropped)
    assert seen("long 1") == "" and "number 11" in seen("long 0")


def test_survivors_become_prompts_and_regional_conditioning_for_a_batch(server, clip):
    prompt = {
        "a": LOAD,
        "load": node("RepeatImageBatch", image=["a", 0], amount=2),
        "clip": clip,
        **chain(seed=61),
        "fit": fitter(survivors=["filter", 0], model="Flux", form="tags"),
        "see fit": node("PreviewAny", source=["fit", 0]),
    }
    for place in ("area", "mask"):
        prompt[place] = node(
            "RegionalPrompts",
            survivors=["filter", 0],
            clip=["clip", 0],
            caption=["join", 0],
            place=place,
            strength=0.8,
        )
        prompt[f"see {place}"] = node("PreviewAny", source=[place, 0])
        prompt[f"see {place} texts"] = node("PreviewAny", source=[place, 1])
        prompt[f"see {place} boxes"] = node("PreviewAny", source=[place, 3])
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    assert len(result["outputs"]["see fit"]["text"]) == 2
    area = result["outputs"]["see area"]["text"]
    mask = result["outputs"]["see mask"]["text"]
    assert len(area) == len(mask) == 2  # one conditioning for each picture
    assert "percentage" in area[0] and "'strength': 0.8" in area[0]
    assert "mask_strength" in mask[0] and "percentage" not in mask[0]
    assert len(result["outputs"]["see area texts"]["text"]) >= 8
    assert json.dumps(result["outputs"]["see area boxes"])


def test_a_fitter_with_nothing_to_fit(server):
    prompt = {"fit": fitter(), "see": node("PreviewAny", source=["fit", 0])}
    assert "connect a caption" in server.run(prompt)["end"]["data"]["exception_message"]
