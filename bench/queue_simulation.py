"""The queue of a captioning cluster, simulated by events (see bench/scale.py for the sources of the numbers)."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, replace
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
