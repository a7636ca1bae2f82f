"""Captioning a data set: what it adds to the models. Prints a line for each figure.

    .venv/bin/python bench/dataset.py hosted [--images 200] [--seconds 3] [--limit 32]
    .venv/bin/python bench/dataset.py offline IMAGES_FOLDER [--images 200] [--one-call]
    .venv/bin/python bench/dataset.py memory [--images 100 10000]
    .venv/bin/python bench/dataset.py ledger [--images 1000]
    .venv/bin/python bench/dataset.py resume [--images 100000]

hosted: a server on this machine that answers after some seconds, all roles by it. What it could give is its limit
over the seconds; own CPU time is that of this process, the server has another.
offline: the offline models over a folder; with --one-call one call of `caption_images` over all its images, which
is a command of its own because what was seen once is not computed again.
memory: the most memory of a run over images of 24 x 20 px, which have one region, with a captioner that answers at once, by a process each.
ledger: what a run takes beyond the same stages alone, with models that answer at once.
resume: images that were all done before, listed and resumed. Their captions are put into the ledger by hand.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from core.dataset.files import sha256  # noqa: E402
from core.dataset.job import Job  # noqa: E402
from core.dataset.ledger import DONE, Entry, Ledger, Output, Result  # noqa: E402
from core.dataset.run import caption_dataset, locked  # noqa: E402
from core.dataset.words import Captions  # noqa: E402
from core.images import read_image  # noqa: E402
from core.pipeline import Models, caption_images, profile_settings, run  # noqa: E402
from core.stages import Source  # noqa: E402
from image_folders import fakes, folder_of, job, paint  # noqa: E402

SERVER = """
import sys, time
sys.path[:0] = sys.argv[2:]
from vendor import running_vendor
PARTS = ["A woman in a red coat sits on a wooden bench.", "A brown dog lies beside her.",
         "Green trees stand behind the bench.", "A white cup stands on the bench."]
def say(prompt, image):
    if "numbered" in prompt:
        lines = [l for l in prompt.splitlines() if l.split(".")[0].strip().isdigit()]
        return "\\n".join(f"{n}: 90" for n in range(1, len(lines) + 1))
    return " ".join(PARTS)
with running_vendor() as (vendor, address):
    vendor.seconds = float(sys.argv[1]); vendor.say = say
    print(address, flush=True)
    sys.stdin.readline()
    print(len(vendor.seen), vendor.most, flush=True)
"""


def hosted(options) -> None:
    from core.dataset.turns import concurrency_for
    from core.models.hosted.endpoints import Config, Limits
    from core.models.registry import load_hosted

    with tempfile.TemporaryDirectory() as place:
        home, folder = Path(place, "home"), Path(place, "set")
        home.mkdir()
        for number in range(options.images[0]):
            paint(folder / f"{number:05d}.png", number, (640, 480))
        command = [
            sys.executable,
            "-c",
            SERVER,
            str(options.seconds),
            str(ROOT),
            str(ROOT / "tests"),
        ]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server:
            address = server.stdout.readline().strip()
            config = {"endpoints": {"vllm": {"url": f"{address}/v1", "n": True}}}
            (home / "config.json").write_text(json.dumps({**config, "max_requests": 10**6}))
            model = load_hosted(
                Config.read(home), "vllm", "m", home, limits=Limits(options.limit, 10**6)
            )
            models = Models.connected(**model)
            one = Job(folder, settings=profile_settings("default"))
            one = Job(
                folder, settings=one.settings, concurrency=concurrency_for(models, options.limit)
            )
            cpu, began = time.process_time(), time.monotonic()
            summary = caption_dataset(one, models)
            seconds, cpu = time.monotonic() - began, time.process_time() - cpu
            print("\n", file=server.stdin, flush=True)
            requests, most = map(int, server.stdout.readline().split())
    could = options.limit / options.seconds
    print(
        f"{summary.status.done} images, {requests} requests, {most} at once at most, {seconds:.0f} s"
    )
    print(
        f"{requests / seconds:.2f} requests a second, {100 * requests / seconds / could:.0f} % of {could:.2f}"
    )
    print(f"own CPU time {1000 * cpu / summary.status.done:.0f} ms an image")


def offline(options) -> None:
    images = sorted(p for p in options.folder.iterdir() if p.suffix in (".jpg", ".png"))
    images = images[: options.images[0]]
    settings, models = profile_settings("default"), Models()
    caption_images([read_image(images[0])], models, settings)  # loads all models
    cpu, began = time.process_time(), time.monotonic()
    if options.one_call:
        caption_images([read_image(path) for path in images], models, settings)
    else:
        with tempfile.TemporaryDirectory() as place:
            for path in images:
                Path(place, path.name).write_bytes(path.read_bytes())
            caption_dataset(Job(Path(place), settings=settings), models)
    name = "one call" if options.one_call else "data set"
    line(name, time.monotonic() - began, time.process_time() - cpu, len(images))


def line(name: str, seconds: float, cpu: float, images: int) -> None:
    print(
        f"{name:<10} {seconds / images:.3f} s an image, CPU {cpu / images:.3f} s, {images} images"
    )


def memory(options) -> None:
    for count in options.images:
        code = (
            "import sys, resource, tempfile\nsys.path[:0] = sys.argv[2:]\nfrom pathlib import Path\n"
            "from image_folders import *\nfrom core.dataset.run import caption_dataset\n"
            "d = folder_of(Path(tempfile.mkdtemp()), int(sys.argv[1]), (24, 20))\n"
            "s = caption_dataset(job(d), fakes()); assert s.status.done == int(sys.argv[1]), s\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        )
        command = [sys.executable, "-c", code, str(count), str(ROOT), str(ROOT / "tests")]
        peak = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print(f"{count} images: {peak / 1024:.0f} MB at most", flush=True)


def ledger(options) -> None:
    count = options.images[0]
    with tempfile.TemporaryDirectory() as place:
        folder = folder_of(Path(place), count)
        one, models = job(folder), fakes()
        caption_images([read_image(folder / "00000.png")], models, one.settings)
        began = time.process_time(), time.monotonic()
        paths = iter(sorted(folder.glob("*.png")))
        while batch := [Source(read_image(path)) for path in islice(paths, 16)]:
            run(one.settings, batch, models)
        alone = time.process_time() - began[0], time.monotonic() - began[1]
        began = time.process_time(), time.monotonic()
        caption_dataset(one, models)
        whole = time.process_time() - began[0], time.monotonic() - began[1]
    cpu, wall = (1000 * (a - b) / count for a, b in zip(whole, alone))
    print(f"{count} images: the data set run takes {wall:.2f} ms an image more (CPU {cpu:.2f} ms)")
    files_and_ledger(count)


def files_and_ledger(count: int) -> None:
    """The ledger's rows and the caption file of an image alone, of the size that they have for real captions."""
    from core.dataset.files import Files

    record = {"statements": [{"text": f"The cup is red {n}.", "score": n / 100} for n in range(60)]}
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        with locked(root), Ledger(root, create=True) as base:
            files = Files(root, base)
            files.clear_temporary()
            began, cpu = time.monotonic(), time.process_time()
            for n in range(count):
                said = Captions("A red cup stands on a table. " * 10)
                base.set_content(f"{n}.png", n, n, str(n))
                base.add_result(Result(str(n), str(n), said, record=record))
                files.write(f"{n}.txt", said.long.encode(), f"{n}.png", replace=False)
                base.set_image(Entry(f"{n}.png", DONE, caption=said.long, key=str(n)))
            wall, cpu = time.monotonic() - began, time.process_time() - cpu
    each = f"{1000 * wall / count:.2f} ms an image (CPU {1000 * cpu / count:.2f} ms)"
    print(f"ledger and caption file: {each}")


def resume(options) -> None:
    count = options.images[0]
    models = fakes()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        paint(folder / "0" / "0.png")
        data = (folder / "0" / "0.png").read_bytes()
        one = job(folder)
        content, text = sha256(data), b"A red cup.\n"
        key = one.keys(models)(content, "", "")
        with locked(folder), Ledger(folder, create=True) as base:
            base._base.execute("BEGIN")
            base.add_result(Result(key, content, Captions("A red cup.")))
            for n in range(count):
                path = Path(folder, str(n // 1000), f"{n}.png")
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)
                path.with_suffix(".txt").write_bytes(text)
                name, state = f"{n // 1000}/{n}", path.stat()
                base.set_content(f"{name}.png", state.st_size, state.st_mtime_ns, content)
                base.set_image(Entry(f"{name}.png", DONE, caption="A red cup.", key=key))
                base.add_output(Output(f"{name}.txt", sha256(text), None, f"{name}.png"))
            base._base.execute("COMMIT")
        began = time.monotonic()
        summary = caption_dataset(one, models)
        seconds = time.monotonic() - began
        assert summary.status.resumed == count and not models.captioner.asked, summary.status
    print(f"{count} images listed and resumed in {seconds:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("hosted", "offline", "memory", "ledger", "resume"))
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--images", type=int, nargs="*")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--limit", type=int, default=32)
    parser.add_argument("--one-call", action="store_true", help="offline: `caption_images` instead")
    options = parser.parse_args()
    defaults = {"memory": [100, 10_000], "ledger": [1000], "resume": [100_000]}
    options.images = options.images or defaults.get(options.what, [200])
    globals()[options.what](options)


if __name__ == "__main__":
    main()
