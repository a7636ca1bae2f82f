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
from dataclasses import dataclass, fields, replace
from pathlib import Path

import simpy

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from core.budget import PATCHES, PROMPT_TOKENS, TOKENS_OUT  # noqa: E402
from core.models.registry import CAPTIONER, VERIFIER, WRITER  # noqa: E402

STEP_TOKENS = 8  # that a simulated step generates for each request: fewer events, the same rate
PROMPT_BUDGET = 8192  # tokens of prompts in a step (vLLM's max_num_batched_tokens)


@dataclass(frozen=True)
class Plan:
    """A cluster and its work.

    Attributes:
        images: to caption.
        gpus: each with a server of its own.
        api_processes: of each server, which prepare images one after the other.
        cores: workers, each of which keeps one core busy.
        requests_per_gpu: under way for each server, those that wait included (--concurrency).
        cpu_seconds: of a worker for an image.
        read_seconds, write_seconds: that a worker waits for storage, per image.
        prepared_pixels: a second, by an API process.
        crop_pixels: of a patch, as it is sent; the whole image has `image_pixels`.
        token_pixels: that one token stands for.
        known_share: of the image tokens of the verifier's requests that are in the prefix cache.
        candidates: captions of a patch, in one request (`n`).
        teraflops, bandwidth: of a GPU, per second (bandwidth in TB).
        flops_share, bandwidth_share: of those that are reached.
        weights, parameters: of the model, in GB and billions.
        cache_bytes: of a token in the key-value cache.
        sequences: that a GPU generates at once, at most (vLLM's max_num_seqs).
        gpu_price, core_price: USD an hour.
    """

    images: int = 10_000_000
    gpus: int = 8
    api_processes: int = 4
    cores: int = 48
    requests_per_gpu: int = 192
    cpu_seconds: float = 0.45
    read_seconds: float = 0.05
    write_seconds: float = 0.005
    prepared_pixels: float = 14 * 1275 * 1650
    image_pixels: float = 1_000_000
    crop_pixels: float = 400_000
    token_pixels: float = 32 * 32
    known_share: float = 0.9
    candidates: int = 3
    teraflops: float = 989
    flops_share: float = 0.4
    bandwidth: float = 3.35
    bandwidth_share: float = 0.7
    weights: float = 8.9
    parameters: float = 4.4
    cache_bytes: float = 2 * 36 * 8 * 128 * 2
    sequences: int = 256
    gpu_price: float = 3.0
    core_price: float = 0.04


@dataclass
class Request:
    """A request: pixels to prepare, prompt tokens to read, n answers of so many tokens."""

    pixels: float
    prompt: float
    n: int
    tokens: int
    done: simpy.Event = None
    left: int = 0


def requests_of(plan: Plan, chance: random.Random) -> list[list[Request]]:
    """Return the requests of an image: those in one list go out together, when the list before is answered."""
    patches = int(PATCHES) + (chance.random() < PATCHES % 1)

    def request(pixels: float, n: int, tokens: int, known: float = 0.0) -> Request:
        tokens = max(8, round(tokens * chance.lognormvariate(-0.08, 0.4)))
        prompt = PROMPT_TOKENS + (1 - known) * pixels / plan.token_pixels
        return Request(pixels * (1 - known), prompt, n, tokens)

    crops = [plan.crop_pixels] * patches
    every = [plan.image_pixels, *crops]
    return [
        [request(plan.image_pixels, 1, TOKENS_OUT[CAPTIONER])],
        [request(pixels, plan.candidates, TOKENS_OUT[CAPTIONER]) for pixels in crops],
        [request(pixels, 1, TOKENS_OUT[VERIFIER], plan.known_share) for pixels in every],
        [request(0, 1, TOKENS_OUT[WRITER])],
    ]


class GpuServer:
    """API processes in front of a GPU that works on all requests at once."""

    def __init__(self, env: simpy.Environment, plan: Plan):
        self._env, self._plan = env, plan
        self._api = simpy.Resource(env, plan.api_processes)
        self._waiting, self._running = [], []
        self._wake = env.event()
        self.prepared = 0.0  # busy seconds of the API processes
        self.filled = (
            0.0  # seconds, each times the share of the sequences that were generated in it
        )
        env.process(self._work())

    def ask(self, request: Request):
        with self._api.request() as turn:
            yield turn
            seconds = request.pixels / self._plan.prepared_pixels
            self.prepared += seconds
            yield self._env.timeout(seconds)
        request.done, request.left = self._env.event(), request.tokens
        self._waiting.append(request)
        if not self._wake.triggered:
            self._wake.succeed()
        yield request.done

    def _work(self):
        plan = self._plan
        while True:
            if not self._waiting and not self._running:
                self._wake = self._env.event()
                yield self._wake
            prompt, sequences = 0.0, sum(r.n for r in self._running)
            while self._waiting and prompt < PROMPT_BUDGET:
                if sequences + self._waiting[0].n > plan.sequences:
                    break
                request = self._waiting.pop(0)
                prompt, sequences = prompt + request.prompt, sequences + request.n
                self._running.append(request)
            held = sum(r.prompt + r.n * (r.tokens - r.left) for r in self._running)
            arithmetic = 2 * plan.parameters * 1e9 * (prompt + STEP_TOKENS * sequences)
            traffic = STEP_TOKENS * (plan.weights * 1e9 + plan.cache_bytes * held)
            seconds = max(
                arithmetic / (plan.teraflops * plan.flops_share * 1e12),
                traffic / (plan.bandwidth * plan.bandwidth_share * 1e12),
            )
            self.filled += seconds * sum(r.n for r in self._running) / plan.sequences
            yield self._env.timeout(seconds)
            for request in self._running:
                request.left -= STEP_TOKENS
                if request.left <= 0:
                    request.done.succeed()
            self._running = [request for request in self._running if request.left > 0]


class SlotServer:
    """A server that answers some requests at once, each after a drawn delay, as tests/simulated_server.py does."""

    def __init__(self, env: simpy.Environment, slots: int, seconds: float, spread: float, chance):
        self._env, self._slots = env, simpy.Resource(env, slots)
        self._seconds, self._spread, self._chance = seconds, spread, chance

    def ask(self, request: Request):
        with self._slots.request() as turn:
            yield turn
            delay = self._seconds * self._chance.lognormvariate(
                -(self._spread**2) / 2, self._spread
            )
            yield self._env.timeout(delay)


class Worker:
    """A process with one core, and as many images at work as it may have requests."""

    def __init__(self, env, plan: Plan, servers, requests: int, requests_of_image, chance):
        self.core = simpy.PriorityResource(env, 1)
        self._slots = simpy.Resource(env, requests)
        self._env, self._plan, self._servers = env, plan, servers
        self._requests_of_image, self._chance = requests_of_image, chance
        self._busy = dict.fromkeys(servers, 0)
        self.used = 0.0
        self.images = requests

    def image(self, number: int):
        plan, env = self._plan, self._env
        yield env.timeout(plan.read_seconds)
        groups = self._requests_of_image(self._chance)
        # Of the CPU time, an equal part comes before each group, and one after the last.
        part = plan.cpu_seconds / (len(groups) + 1)
        for group in groups:
            yield from self._compute(number, part)
            yield env.all_of([env.process(self._ask(request)) for request in group])
        yield from self._compute(number, part)
        yield env.timeout(plan.write_seconds)

    def _compute(self, number: int, seconds: float):
        with self.core.request(priority=number) as turn:  # the oldest image first, as Turns has it
            yield turn
            self.used += seconds
            yield self._env.timeout(seconds)

    def _ask(self, request: Request):
        with self._slots.request() as turn:
            yield turn
            least = min(self._busy.values())
            server = self._chance.choice([s for s, busy in self._busy.items() if busy == least])
            self._busy[server] += 1
            yield self._env.process(server.ask(request))
            self._busy[server] -= 1


@dataclass(frozen=True)
class Found:
    """What a simulation found.

    Attributes:
        rate: images a second.
        workers, api: share of the time in which workers' cores and API processes were busy.
        gpus: share of their sequences that were being generated. (A step of a GPU takes long with few, too.)
    """

    rate: float
    workers: float
    api: float
    gpus: float

    @property
    def bottleneck(self) -> str:
        shares = {
            "CPU of the workers": self.workers,
            "image preparation in API processes": self.api,
            "GPUs": self.gpus,
        }
        most = max(shares, key=shares.__getitem__)
        return most if shares[most] > 0.9 else "too few requests under way"


def simulate(env, plan: Plan, servers, workers, images: int, warm: int, at_once: int) -> Found:
    """Caption `images` after `warm` others, which fill the queues."""
    finished, marks = [], {}
    numbers = iter(range(10**9))

    def feed(worker: Worker):
        while len(finished) < warm + images:
            yield env.process(worker.image(next(numbers)))
            finished.append(env.now)
            if len(finished) == warm:
                marks["start"] = (env.now, *_busy(servers, workers))

    for worker in workers:
        for _ in range(at_once):
            env.process(feed(worker))
    while len(finished) < warm + images:
        env.step()
    began, *before = marks["start"]
    seconds = env.now - began
    used, prepared, filled = (b - a for a, b in zip(before, _busy(servers, workers)))
    return Found(
        images / seconds,
        used / seconds / len(workers),
        prepared / seconds / len(servers) / plan.api_processes,
        filled / seconds / len(servers),
    )


def _busy(servers, workers) -> tuple[float, float, float]:
    return (
        sum(worker.used for worker in workers),
        sum(server.prepared for server in servers),
        sum(server.filled for server in servers),
    )


def planned(plan: Plan, seed: int = 0) -> Found:
    """Simulate a cluster. One GPU with its part of the workers stands for all, because servers share nothing."""
    env, chance = simpy.Environment(), random.Random(seed)
    share = plan.cores / plan.gpus
    server = GpuServer(env, plan)
    whole = max(1, round(share))
    # A fraction of a core is a slower one.
    slower = replace(plan, cpu_seconds=plan.cpu_seconds * whole / share)
    requests = -(-plan.requests_per_gpu // whole)
    of_image = lambda chance: requests_of(plan, chance)  # noqa: E731
    workers = [Worker(env, slower, [server], requests, of_image, chance) for _ in range(whole)]
    return simulate(env, plan, [server], workers, 3000, 1000, requests)


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
