"""Mini-Gemini beside LLaVA-1.5 at full size, random weights: seconds and memory for one patch.

    .venv/bin/python bench/mini_gemini.py [--layers 32 --tokens 20]

MGM-7B, MGM-7B-HD and LLaVA-1.5-7B have the same language model (Vicuna-7B) and the same CLIP; they
differ in what else sees and in how many tokens an image becomes. On a CPU, `--layers 2` cuts the
language model and leaves what sees whole. Each model is a process of its own, with bf16 weights made
in a temporary folder (15 GB at 32 layers); a CPU computes in fp32. Memory is the GPU's where there is
one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import tiny  # noqa: E402
import tiny_mini_gemini  # noqa: E402
import torch  # noqa: E402

CLIP = {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24}
CLIP |= {"num_attention_heads": 16, "image_size": 336, "patch_size": 14}
TOWERS = tiny_mini_gemini.Towers(CLIP, (192, 384, 768, 1536), (3, 3, 27, 3))
VICUNA = {"hidden_size": 4096, "intermediate_size": 11008, "vocab_size": 32000}
VICUNA |= {"num_attention_heads": 32, "num_key_value_heads": 32}
NOISE = (torch.randn(1 << 20) / 50).bfloat16()


def noise(name: str, *shape: int) -> torch.Tensor:
    """Weights of any shape, quickly: what they are makes no difference to the time."""
    count = int(torch.tensor(shape).prod())
    return NOISE.repeat(count // len(NOISE) + 1)[:count].reshape(shape)


def make_mini_gemini(folder: Path, layers: int, *, hd: bool) -> None:
    config = {**tiny_mini_gemini.LLAMA, **VICUNA, "num_hidden_layers": layers}
    tiny_mini_gemini.write_texts(folder, config, TOWERS, hd=hd, dtype="bfloat16")
    wanted = tiny_mini_gemini.shapes(config, TOWERS)
    tiny_mini_gemini.write_weights(folder, wanted, noise, shards=8)


def make_llava(folder: Path, layers: int) -> None:
    from transformers import AutoConfig, AutoModelForImageTextToText

    tiny.llava(folder, image_size=CLIP["image_size"])
    (folder / "model.safetensors").unlink()
    config = json.loads((folder / "config.json").read_text())
    config["text_config"] |= {**VICUNA, "num_hidden_layers": layers, "head_dim": 128}
    config["vision_config"] |= CLIP
    config["dtype"] = "bfloat16"
    (folder / "config.json").write_text(json.dumps(config))
    with torch.device("meta"):
        model = AutoModelForImageTextToText.from_config(AutoConfig.from_pretrained(folder))
    wanted = {name: tuple(weight.shape) for name, weight in model.state_dict().items()}
    tiny_mini_gemini.write_weights(folder, wanted, noise, shards=8)


MAKE = {
    "LLaVA-1.5-7B": make_llava,
    "MGM-7B": lambda folder, layers: make_mini_gemini(folder, layers, hd=False),
    "MGM-7B-HD": lambda folder, layers: make_mini_gemini(folder, layers, hd=True),
}


def child(folder: str, tokens: int) -> None:
    from core.cli import EXAMPLE
    from core.images import read_image
    from core.models import CaptionRequest
    from core.models.local.devices import TorchDevices
    from core.models.local.loading import Loading
    from core.models.registry import CAPTIONER, load_folder

    cuda = torch.cuda.is_available()
    loading = Loading("auto" if cuda else "fp32")
    captioner = load_folder(CAPTIONER, "bench", Path(folder), TorchDevices(), loading)
    request = CaptionRequest(read_image(EXAMPLE), "Describe this image.", max_tokens=tokens)
    captioner.caption([CaptionRequest(request.image, ".", max_tokens=1)], lambda i: None)  # warm
    times = [time.perf_counter()]
    [[said]] = captioner.caption([request], lambda i: times.append(time.perf_counter()))
    # Linux. (getrusage would count what the parent had before it started this process.)
    status = Path("/proc/self/status").read_text().splitlines()
    resident = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1e6
    print(
        json.dumps(
            {
                "first": times[1] - times[0],
                "each": (times[-1] - times[1]) / max(1, said.tokens - 1),
                "gb": torch.cuda.max_memory_allocated() / 1e9 if cuda else resident,
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=32, help="of the language model")
    parser.add_argument("--tokens", type=int, default=20, help="of the answer")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options.child, options.tokens)
    print("model          first token   each further      memory")
    for name, make in MAKE.items():
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder), options.layers)
            command = [sys.executable, __file__, "--child", folder, "--tokens", str(options.tokens)]
            done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        row = json.loads(done.stdout.splitlines()[-1])
        print(f"{name:13} {row['first']:10.2f} s {row['each']:12.3f} s {row['gb']:8.1f} GB")
    return None


if __name__ == "__main__":
    main()
