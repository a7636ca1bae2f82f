"""Peak memory of a run with four large models, against the largest of them alone. CPU, random weights.

    .venv/bin/python bench/memory.py

Each row is a process of its own that asks detector, captioner, verifier and writer in turn, twice: with
one large model and tiny others, and with all large. What a process with tiny ones takes is taken off.
The models are made in a temporary folder (5 GB).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

ROLES = ("detector", "captioner", "verifier", "writer")


def make(folder: Path) -> None:
    import tiny
    import tiny_towers

    wide = {"hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 8}
    wide |= {"num_attention_heads": 16, "num_key_value_heads": 16}
    tower = {"hidden_size": 1024, "intermediate_size": 4096, "num_attention_heads": 16}
    for size, large in (("tiny", False), ("large", True)):
        tiny.llava(folder / size / "captioner", **(wide if large else {}))
        tiny.llama(folder / size / "writer", **({**wide, "num_hidden_layers": 6} if large else {}))
        vision = {**tower, "num_hidden_layers": 24, "image_size": 384} if large else {}
        text = {"encoder_hidden_size": 1024} if large else {}
        tiny_towers.blip_itm(folder / size / "verifier", vision=vision, text=text)
        tiny_towers.rt_detr(folder / size / "detector")


def child(folders: dict[str, str]) -> None:
    from core.cli import EXAMPLE
    from core.images import read_image
    from core.models import CaptionRequest, Fact, WritingRequest
    from core.models.registry import load_model
    from core.regions import Box

    photo = read_image(EXAMPLE)
    detector, captioner, verifier, writer = (
        load_model(role, f"transformers:{folders[role]}") for role in ROLES
    )
    facts = (Fact("A cup.", "image", Box(0, 0, 1, 1), 1.0),)
    for _ in range(2):
        detector.detect([photo], print)
        captioner.caption([CaptionRequest(photo, "Describe.", max_tokens=4)], print)
        verifier.score([(photo, ["A cup."])], print)
        writer.write([WritingRequest(facts)], print)
    # Linux. (getrusage would count what the parent had before it started this process.)
    status = Path("/proc/self/status").read_text().splitlines()
    print(next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1e6)


def peak(folder: Path, large: tuple[str, ...]) -> float:
    """GB (10^9 bytes), about."""
    folders = {r: str(folder / ("large" if r in large else "tiny") / r) for r in ROLES}
    command = [sys.executable, __file__, "--child", json.dumps(folders)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return float(done.stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(json.loads(options.child))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder)
        base = peak(folder, ())
        alone = {role: peak(folder, (role,)) - base for role in ROLES if role != "detector"}
        together = peak(folder, ROLES) - base
    print(f"tiny {base:13.2f} GB (taken off below)")
    for role, gb in alone.items():
        print(f"{role} alone {gb:8.2f} GB")
    print(f"all {together:14.2f} GB = {together / max(alone.values()):.2f} of the largest alone")
    return None


if __name__ == "__main__":
    main()
