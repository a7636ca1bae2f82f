"""What batching is worth for local models, with random weights. Prints one table of ratios.

    .venv/bin/python bench/local.py verifier [--crops 5 --sentences 24]
    .venv/bin/python bench/local.py captioner [--patches 5 --candidates 3 --tokens 40]
    .venv/bin/python bench/local.py sampler [--rows 24 --words 152000]
    .venv/bin/python bench/local.py step [--patches 5 --candidates 3 --layers 2]

verifier: full-size BLIP large, this pack's way against one call for each sentence and head, as the
reference does it. captioner: a small LLaVA, all patches and candidates in one batch against one
call each. The weights are random and made in a temporary folder (BLIP large: 1.8 GB). sampler: the choice
of the next token of each row, against a generator a row on the CPU and transformers' draw, as it was
in version 0.2; and the time that its operations take to start. step: one decoding step of a language model of
Qwen3-VL-2B's size, with few of its 28 layers, scaled to all; and the share of it that this pack takes.
"""

from __future__ import annotations

import argparse
import inspect
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import tiny  # noqa: E402
import tiny_towers  # noqa: E402
import torch  # noqa: E402

from core.cli import EXAMPLE  # noqa: E402
from core.images import read_image  # noqa: E402
from core.models import CaptionRequest  # noqa: E402
from core.models.local.devices import TorchDevices  # noqa: E402
from core.models.local.generation import Sampling, SeededChoice  # noqa: E402
from core.models.registry import CAPTIONER, VERIFIER, load_folder  # noqa: E402


def crops(n: int) -> list:
    photo = read_image(EXAMPLE)
    return [photo.crop((10 * i, 5 * i, 300 + 10 * i, 300 + 5 * i)) for i in range(n)]


def seconds(call) -> tuple[float, object]:
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def in_turns(calls: dict, times: int) -> dict[str, list[float]]:
    """Seconds of each call, `times` times."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(times):
        for name, call in calls.items():
            found[name].append(seconds(call)[0])
    return found


def verifier(options) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # BLIP large: ViT-L/16 at 384 px, and a text model of BERT's base size.
        path = tiny_towers.blip_itm(
            Path(folder),
            text={
                "hidden_size": 768,
                "intermediate_size": 3072,
                "num_hidden_layers": 12,
                "num_attention_heads": 12,
                "encoder_hidden_size": 1024,
            },
            vision={
                "hidden_size": 1024,
                "intermediate_size": 4096,
                "num_hidden_layers": 24,
                "num_attention_heads": 16,
                "image_size": 384,
            },
            joint=256,
            words="cup number stands on brown table",
        )
        devices = TorchDevices()
        ours = load_folder(VERIFIER, "bench", path, devices)
        views = crops(options.crops)
        texts = [f"a cup number {i} stands on a brown table." for i in range(options.sentences)]
        model, processor = devices.ready(ours.weights), ours._processor

        def one_by_one() -> list[list[float]]:
            rows = []
            for view in views:
                row = []
                for text in texts:
                    inputs = processor(images=view, text=text, return_tensors="pt")
                    inputs.pop("token_type_ids", None)
                    inputs = inputs.to(model.device)
                    with torch.inference_mode():
                        match = model(**inputs, use_itm_head=True).itm_score.softmax(-1)[0, 1]
                        cosine = model(**inputs, use_itm_head=False).itm_score[0, 0]
                    row.append(float(((match + cosine) / 2).clamp(0, 1)))
                rows.append(row)
            return rows

        ours.score([(views[0], texts[:1])], lambda i: None)  # warm
        fast, a = seconds(lambda: ours.score([(v, texts) for v in views], lambda i: None))
        slow, b = seconds(one_by_one)
    difference = max(abs(x - y) for p, q in zip(a, b) for x, y in zip(p, q))
    print(f"BLIP large, {options.crops} crops x {options.sentences} sentences, {model.device}")
    print(f"  one call a sentence and head {slow:8.1f} s\n  this pack {fast:27.1f} s")
    print(f"  times faster {slow / fast:24.1f}\n  largest difference of a score {difference:.1e}")


def captioner(options) -> None:
    sizes = {"hidden_size": 256, "intermediate_size": 1024, "num_hidden_layers": 8}
    sizes |= {"num_attention_heads": 8, "num_key_value_heads": 8}
    with tempfile.TemporaryDirectory() as folder:
        path = tiny.llava(Path(folder), image_size=336, **sizes)
        devices = TorchDevices()
        ours = load_folder(CAPTIONER, "bench", path, devices)
        views = crops(options.patches)

        def request(view, n, seed):
            return CaptionRequest(view, "Describe.", n, 0.7, options.tokens, seed)

        ours.caption([request(views[0], 1, 0)], lambda i: None)  # warm
        batch = [request(v, options.candidates, i) for i, v in enumerate(views)]
        fast, _ = seconds(lambda: ours.caption(batch, lambda i: None))
        slow, _ = seconds(
            lambda: [
                ours.caption([request(v, 1, 10 * i + c)], lambda i: None)
                for i, v in enumerate(views)
                for c in range(options.candidates)
            ]
        )
    print(
        f"LLaVA of random weights, {options.patches} patches x {options.candidates} candidates x "
        f"{options.tokens} tokens, {devices.device}"
    )
    print(f"  one call a candidate {slow:8.1f} s\n  one batch {fast:19.1f} s")
    print(f"  times faster {slow / fast:16.1f}")


def sampler(options) -> None:
    rows, words = options.rows, options.words
    logits, ids = torch.randn(rows, words), torch.zeros(rows, 1, dtype=torch.long)
    generators = [torch.Generator().manual_seed(i) for i in range(rows)]

    def before() -> torch.Tensor:
        noise = [torch.rand(words, generator=g) for g in generators]
        noise = torch.stack([n.clamp_(1e-20).log_().neg_().log_().neg_() for n in noise])
        best = (logits / 0.7 + noise).argmax(dim=1, keepdim=True)
        return torch.full_like(logits, -torch.inf).scatter_(1, best, 0.0)

    def choice() -> SeededChoice:
        return SeededChoice([Sampling(i, 0, 0.7) for i in range(rows)])

    now, few = choice(), choice()
    left = before()
    calls = {
        "before": before,
        "this pack": lambda: now(ids, logits),
        "transformers' draw, before": lambda: torch.multinomial(left.softmax(1), 1),
        "transformers' argmax": lambda: left.argmax(1),
    }
    for call in calls.values():
        call()
    # In turns, so that whatever else the machine does weighs on all; the best of each.
    figures = {name: 1000 * min(times) for name, times in in_turns(calls, options.times).items()}
    # One word a row: what remains is the time that the operations take to start. On tensors without data (`meta`) torch
    # 2.9 works out shapes of elementwise operations in Python: an addition takes 68 us there, and 1.2 us on numbers.
    bare, left = choice(), logits.to("meta")
    starts = {
        "operations alone": lambda: few(ids, logits[:, :1]),
        "on tensors without data": lambda: bare(ids, left),
    }
    for name, call in starts.items():
        figures[name] = 1000 * min(in_turns({"": call}, 300)[""])
    print(
        f"sampler, {rows} rows x {words} words, CPU, {torch.get_num_threads()} threads; ms a token"
    )
    for name, figure in figures.items():
        print(f"  {name:28}{figure:8.2f}")
    print(f"  times faster{figures['before'] / figures['this pack']:24.1f}")
    drawn = figures["before"] + figures["transformers' draw, before"]
    now_drawn = figures["this pack"] + figures["transformers' argmax"]
    print(f"  with transformers' part{drawn / now_drawn:13.1f}")


def step(options) -> None:
    from transformers import DynamicCache, Qwen3Config, Qwen3ForCausalLM

    depth, prompt, rows = 28, 300, options.patches * options.candidates
    config = Qwen3Config(
        vocab_size=151_936,
        hidden_size=2048,
        intermediate_size=6144,
        num_hidden_layers=options.layers,
        num_attention_heads=16,
        num_key_value_heads=8,
        head_dim=128,
        tie_word_embeddings=True,
    )
    model = Qwen3ForCausalLM(config).eval()
    ids = torch.randint(1000, (rows, 1))
    with torch.inference_mode():
        # transformers 5.24 renamed it.
        names = inspect.signature(model.forward).parameters
        read = {"cache" if "cache" in names else "past_key_values": DynamicCache(config=config)}
        model(ids.expand(rows, prompt), **read, logits_to_keep=1)
        hidden = model.model(ids, **read).last_hidden_state
        logits = model.lm_head(hidden)[:, -1].float()
        choice = SeededChoice([Sampling(i, 0, 0.7) for i in range(rows)])
        calls = {
            "layers": lambda: model.model(ids, **read),
            "head": lambda: model.lm_head(hidden),
            "this pack": lambda: choice(ids, logits),
        }
        for call in calls.values():
            call()
        ms = {name: 1000 * min(times) for name, times in in_turns(calls, options.times).items()}
    whole = ms["layers"] * depth / options.layers + ms["head"] + ms["this pack"]
    print(
        f"a step of {rows} rows after {prompt} tokens, Qwen3-VL-2B's size, fp32, CPU, "
        f"{torch.get_num_threads()} threads; ms"
    )
    print(f"  {options.layers} layers {ms['layers']:20.1f}\n  head {ms['head']:24.1f}")
    print(f"  this pack {ms['this pack']:19.1f}\n  whole, scaled to {depth} layers {whole:5.0f}")
    print(f"  share of this pack {100 * ms['this pack'] / whole:8.1f} %")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["verifier", "captioner", "sampler", "step"])
    parser.add_argument("--crops", type=int, default=5)
    parser.add_argument("--sentences", type=int, default=24)
    parser.add_argument("--patches", type=int, default=5)
    parser.add_argument("--candidates", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=40)
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--words", type=int, default=152_000)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--layers", type=int, default=2)
    options = parser.parse_args()
    tasks = {"verifier": verifier, "captioner": captioner, "sampler": sampler, "step": step}
    tasks[options.what](options)


if __name__ == "__main__":
    main()
