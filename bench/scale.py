"""What ten million images take: a simulation of the queue, and its check against a real run.

    .venv/bin/python bench/scale.py plan [--gpus 8] [--images 10000000] ...    the table of docs/cluster.md (1 min)
    .venv/bin/python bench/scale.py check [--images 400]                       against a run on Ray here (about 8 min)

An image is read, divided and described, verified and written, as the stages do it: CPU work of a worker between
requests to servers, which depend on each other. A server has API processes, which prepare images, and a GPU, which
reads prompts and generates tokens for all requests under way, a step at a time; a step takes as long as its arithmetic
or its memory traffic, whichever is longer. SimPy runs the events. 3,000 images are simulated once all queues are full; the
rest is multiplication.

Sources of the numbers: `bench/RESULTS.md` (patches and requests of an image, own CPU time), `core/budget.py`
(tokens), vllm#58266 (14 images of 2.1 megapixels a second in an API process), NVIDIA's data sheet of the H100 SXM (989
TFLOPS BF16 dense, 3.35 TB/s), the config of Qwen3-VL-4B (36 layers, 8 key-value heads of 128: 147 kB of cache a token;
8.9 GB of weights), and price lists of 2026 (2 to 4 USD an hour for an H100). Efficiencies (0.4 of the arithmetic, 0.7 of
the bandwidth) are assumptions. No GPU was available to measure them: run `check` against servers of your own first.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
from dataclasses import fields, replace
from pathlib import Path

import simpy

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from queue_simulation import Plan, Request, SlotServer, Worker, planned  # noqa: E402


def row(name: str, plan: Plan) -> str:
    found = planned(plan)
    rate = found.rate * plan.gpus
    days = plan.images / rate / 86400
    cost = days * 24 * (plan.gpus * plan.gpu_price + plan.cores * plan.core_price)
    return (
        f"| {name} | {rate:.1f} | {days:.1f} | {cost:,.0f} | {100 * found.workers:.0f} % | "
        f"{100 * found.api:.0f} % | {100 * found.gpus:.0f} % | {found.bottleneck} |"
    )


def plan_table(options) -> None:
    given = {
        field.name: getattr(options, field.name)
        for field in fields(Plan)
        if getattr(options, field.name) is not None
    }
    base = Plan(**given)
    nodes = {f"{n} x 8 GPUs": {"gpus": 8 * n, "cores": base.cores * n} for n in (2, 8)}
    changes = {
        "the node as above": {},
        "1 API process a server": {"api_processes": 1},
        "2 API processes a server": {"api_processes": 2},
        "8 API processes a server": {"api_processes": 8},
        "1 API process, 14 images a second of any size": {
            "api_processes": 1,
            "prepared_pixels": 14 * base.crop_pixels,
        },
        "4 API processes, 14 images a second of any size": {
            "api_processes": 4,
            "prepared_pixels": 14 * base.crop_pixels,
        },
        "half the cores": {"cores": base.cores // 2},
        "a quarter of the cores": {"cores": base.cores // 4},
        "32 requests a server": {"requests_per_gpu": 32},
        "384 requests, 512 sequences a server": {"requests_per_gpu": 384, "sequences": 512},
        "no prefix cache": {"known_share": 0.0},
        "1 caption a patch": {"candidates": 1},
        "an 8B model": {"weights": 17.5, "parameters": 8.8},
        **nodes,
    }
    print(
        "| | images a second | days | USD | workers busy | API processes busy | sequences of the GPUs in use | bottleneck |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for name, change in changes.items():
        print(row(name, replace(base, **change)), flush=True)


def check(options) -> None:
    """Run on Ray with simulated servers, simulate the same, and compare."""
    import pyarrow.parquet as pq
    import ray_rates
    from simulated_server import SPREAD

    images, servers, workers = options.images or 400, 4, 2
    errors = []
    for slots, seconds in ((2, 1.2), (4, options.seconds)):
        with ray_rates.Bench(images, servers, seconds, slots) as bench:
            _, usage = ray_rates.on_ray(bench)
            cpu = usage.cpu_at_work
            seen = bench.seen()
            real = images / (seen[-1][1] - seen[0][1])
            calls = [
                json.loads(report.as_py())["calls"]
                for place in bench.root.glob("out/results/*/*/*.parquet")
                for report in pq.read_table(place, columns=["report"])["report"]
            ]
            fill = bench.fill
        asked = statistics.fmean(sum(v for k, v in c.items() if k != "detector") for c in calls)
        each = len(seen) / images
        simulated = _loopback(
            slots, seconds, SPREAD, images, servers, workers, fill, cpu / images, calls
        )
        errors.append(abs(simulated / real - 1))
        print(
            f"check      {servers} servers of {slots} slots, {seconds} s: {each:.1f} requests an image ({asked:.1f} by "
            f"its report), CPU {cpu / images:.2f} s an image; measured {real:.3f} images a second, simulated "
            f"{simulated:.3f} ({100 * (simulated / real - 1):+.1f} %)",
            flush=True,
        )
    print(f"check      largest error {100 * max(errors):.1f} %; the aim is 15 %")


def _loopback(slots, seconds, spread, images, servers, workers, fill, cpu, calls) -> float:
    env, chance = simpy.Environment(), random.Random(1)
    plan = Plan(cpu_seconds=cpu, read_seconds=0.0, write_seconds=0.0)

    def of_image(chance: random.Random) -> list[list[Request]]:
        found = chance.choice(calls)
        told = lambda n: [Request(0, 0, 1, 1) for _ in range(n)]  # noqa: E731
        described, written = found.get("captioner", 1), found.get("writer", 0)
        verified = sum(found.values()) - found.get("detector", 0) - described - written
        groups = [told(1), told(described - 1), told(verified), told(written)]
        return [group for group in groups if group]

    places = [SlotServer(env, slots, seconds, spread, chance) for _ in range(servers)]
    at_once = max(2, -(-int(fill) // workers))
    made = [Worker(env, plan, places, at_once, of_image, chance) for _ in range(workers)]
    # As long as the real run, which begins and ends with queues that are not full.
    finished, numbers = [], iter(range(images))

    def feed(worker: Worker):
        for number in numbers:
            yield env.process(worker.image(number))
            finished.append(env.now)

    for worker in made:
        for _ in range(at_once):
            env.process(feed(worker))
    env.run()
    return images / max(finished)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("plan", "check"))
    parser.add_argument("--seconds", type=float, default=0.7, help="check: mean delay of an answer")
    for field in fields(Plan):
        kind = {"int": int, "float": float}[str(field.type)]
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind)
    options = parser.parse_args()
    check(options) if options.what == "check" else plan_table(options)


if __name__ == "__main__":
    main()
