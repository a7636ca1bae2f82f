"""Records what the authors' code makes of the tiny checkpoints, for tests/core/test_mini_gemini.py.

    git clone https://github.com/dvlab-research/MGM
    pip install transformers==4.38.2 timm==0.9.16 open_clip_torch==2.24.0 einops sentencepiece protobuf
    PYTHONPATH=MGM python tests/mini_gemini/record.py tests/mini_gemini/recorded.npz

Runs outside the pack's environment; the pack has none of that code. Of each variant are recorded: the
ids of the prompt (-200 is the image), the image's tokens, the logits of the next token, 32 greedy
tokens, and how a picture that is not square was prepared.

The SentencePiece models beside this file are byte-pair models of 420 and 440 pieces with bytes to
fall back on, no normalisation, and the special tokens where Vicuna and Gemma have them, trained on
the pack's README.md and docs/architecture.md, without the words that begin with n or y: so yes and
no begin with a letter of their own, as tests/core/test_local_models.py wants it.
"""

from __future__ import annotations

import functools
import inspect
import json
import sys
import tempfile
import types
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
import tiny_mini_gemini as tiny

TEMPLATES = {"mgm": "vicuna_v1", "mgm_gemma": "gemma", "mgm_mixtral": "mistral_instruct"}


def prepare_environment() -> None:
    """What the authors' code imports and does not use here, and a ConvNeXt of the tiny sizes."""
    deepspeed = sys.modules["deepspeed"] = types.ModuleType("deepspeed")
    deepspeed.__spec__ = ModuleSpec("deepspeed", None)
    import open_clip.factory
    import timm

    def speck(pretrained=False, **options):
        sizes = {"depths": tiny.TOWERS.depths, "dims": tiny.TOWERS.widths}
        kept = {k: v for k, v in options.items() if k in ("num_classes", "drop_path_rate")}
        model = timm.models.convnext.ConvNeXt(**sizes, **kept)
        model.default_cfg = {}
        return model

    speck.__module__ = "timm.models.convnext"
    timm.models.register_model(speck)
    name = "convnext_large_d_320"
    open_clip.factory._MODEL_CONFIGS[name]["vision_cfg"]["timm_model_name"] = "speck"


def write_towers(folder: Path) -> dict[str, str]:
    """The towers' own folders, of the weights that the checkpoints have."""
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel

    weights = tiny.weights(tiny.LLAMA)
    low, high = folder / "openai" / "clip", folder / "openclip-convnext-large-d-320"
    model = CLIPVisionModel(CLIPVisionConfig(**tiny.TOWERS.clip))
    own = {"vision_model." + n[len(tiny.LOW) :]: w for n, w in weights.items() if tiny.LOW in n}
    model.load_state_dict(own, strict=False)
    model.save_pretrained(low)
    side = {"height": tiny.TOWERS.clip["image_size"], "width": tiny.TOWERS.clip["image_size"]}
    CLIPImageProcessor(size={"shortest_edge": side["width"]}, crop_size=side).save_pretrained(low)
    high.mkdir(parents=True)
    (high / "open_clip_config.json").write_text(json.dumps({"preprocess_cfg": {}}))
    trunk = {n[len(tiny.HIGH) :]: w for n, w in weights.items() if tiny.HIGH in n}
    torch.save(
        {f"visual.trunk.{n}": w for n, w in trunk.items()}, high / "open_clip_pytorch_model.bin"
    )
    return {"mm_vision_tower": str(low), "mm_vision_tower_aux": str(high)}


def pixels(image: Image.Image, processor, config) -> tuple[torch.Tensor, torch.Tensor]:
    """As mgm/eval/model_vqa_loader.py prepares one image."""
    from mgm.mm_utils import process_images

    side = tiny.TOWERS.clip["image_size"]
    processor.crop_size = {"height": config.image_size_aux, "width": config.image_size_aux}
    processor.size = {"shortest_edge": config.image_size_aux}
    large = process_images([image], processor, config)
    grid = config.image_grid
    low = torch.nn.functional.interpolate(
        large, size=[side * grid, side * grid], mode="bilinear", align_corners=False
    )
    if grid == 1:
        return low, large
    tiles = low.reshape(3, grid, side, grid, side).permute(1, 3, 0, 2, 4)
    whole = torch.nn.functional.interpolate(
        low, size=[side, side], mode="bilinear", align_corners=False
    )
    return torch.cat([tiles.reshape(-1, 3, side, side), whole])[None], large


def _without_cache_position(model_class) -> None:
    """Llama's and Mixtral's code is of before transformers 4.38, Gemma's needs that."""
    prepare = model_class.prepare_inputs_for_generation
    takes = "cache_position" in inspect.signature(model_class.forward).parameters

    @functools.wraps(prepare)
    def prepared(self, *args, **kwargs):
        inputs = prepare(self, *args, **kwargs)
        return inputs if takes else {k: v for k, v in inputs.items() if k != "cache_position"}

    model_class.prepare_inputs_for_generation = prepared


@torch.inference_mode()
def record(config: dict, hd: bool, folder: Path) -> dict[str, np.ndarray]:
    from mgm.constants import IMAGE_TOKEN_INDEX
    from mgm.conversation import conv_templates
    from mgm.mm_utils import tokenizer_image_token
    from mgm.model.language_model import mgm_gemma, mgm_llama, mgm_mixtral
    from transformers import AutoTokenizer

    kinds = {
        "mgm": mgm_llama.MGMLlamaForCausalLM,
        "mgm_gemma": mgm_gemma.MGMGemmaForCausalLM,
        "mgm_mixtral": mgm_mixtral.MGMMixtralForCausalLM,
    }
    kind = config["model_type"]
    _without_cache_position(kinds[kind])
    path = tiny.write(folder / f"{kind}-{hd}", config, hd=hd)
    written = json.loads((path / "config.json").read_text())
    (path / "config.json").write_text(json.dumps({**written, **write_towers(path / "towers")}))
    model = kinds[kind].from_pretrained(path, torch_dtype=torch.float32).eval()
    model.get_vision_tower().load_model()
    model.get_vision_tower_aux().load_model()
    model.config.model_path = str(path)
    model.get_model().initialize_uni_modules(model.config, for_eval=True)
    model.eval()

    tokenizer = AutoTokenizer.from_pretrained(path, use_fast=kind != "mgm")
    talk = conv_templates[TEMPLATES[kind]].copy()
    talk.append_message(talk.roles[0], f"<image>\n{tiny.QUESTION}")
    talk.append_message(talk.roles[1], None)
    ids = tokenizer_image_token(
        talk.get_prompt(), tokenizer, IMAGE_TOKEN_INDEX, return_tensors="pt"
    )[None]
    processor = model.get_vision_tower().image_processor
    size = model.config.image_size_aux
    low, large = pixels(tiny.image(size), processor, model.config)
    text = model.generate(
        ids, images=low, images_aux=large, do_sample=False, max_new_tokens=32, eos_token_id=-1
    )
    return {
        "ids": ids[0].numpy(),
        "image": model.encode_images(low, large)[0].numpy(),
        "logits": model(ids, images=low, images_aux=large).logits[0, -1].numpy(),
        "greedy": text[0].numpy(),
        "padded": pixels(tiny.image(97, 61), processor, model.config)[1][0].half().numpy(),
    }


if __name__ == "__main__":
    prepare_environment()
    torch.manual_seed(0)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for config in (tiny.LLAMA, tiny.GEMMA, tiny.MIXTRAL):
            for hd in (False, True):
                name = config["model_type"] + ("_hd" if hd else "")
                for part, array in record(config, hd, Path(folder)).items():
                    if part != "padded" or name == "mgm":  # the same for all
                        found[f"{name}.{part}"] = array
    np.savez_compressed(sys.argv[1], **found)
    print({name: array.shape for name, array in found.items()})
