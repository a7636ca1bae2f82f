"""A simulated server of a vision-language model: `python simulated_server.py PORT SLOTS SECONDS SEED LOG`.

It stands in for vLLM, whose GPU no test has. It speaks OpenAI's format over HTTP/1.1, answers SLOTS requests at once,
each after a delay drawn from a log-normal distribution with the mean SECONDS (others wait in line, as vLLM lets them), and
appends the hash of each request that it receives, and the time, to LOG. What it says reads like what such a model says.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PARTS = [
    "A woman in a red coat sits on a wooden bench.",
    "A brown dog lies beside her on the grass.",
    "Green trees stand behind the bench.",
    "A white cup stands on the bench.",
]
SPREAD = 0.5  # standard deviation of the logarithm of a delay
_LENGTH = re.compile(rb"content-length: *(\d+)", re.I)


def answer(prompt: str, digest: bytes) -> str:
    """What a model answers: scores for numbered statements, or a caption."""
    if "numbered" in prompt:
        lines = [line for line in prompt.splitlines() if line.split(".")[0].strip().isdigit()]
        return "\n".join(f"{n}: 90" for n in range(1, len(lines) + 1))
    return " ".join(part for n, part in enumerate(PARTS) if digest[0] >> n & 1) or PARTS[0]


class SimulatedServer:
    def __init__(self, slots: int, seconds: float, seed: int, log: Path):
        self._slots, self._seconds = asyncio.Semaphore(slots), seconds
        self._random, self._log = random.Random(seed), log.open("a", buffering=1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
                data = await self._answer(head, body)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(data) + data
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"GET"):
            return b'{"object": "list", "data": []}'
        digest = hashlib.sha256(body).digest()
        self._log.write(f"{digest.hex()} {time.time():.3f}\n")
        asked = json.loads(body)
        prompt = "".join(p.get("text", "") for p in asked["messages"][0]["content"])
        async with self._slots:
            sigma = SPREAD
            mu = -(sigma**2) / 2
            await asyncio.sleep(self._seconds * self._random.lognormvariate(mu, sigma))
        n = asked.get("n", 1)
        choices = [
            {
                "index": i,
                "message": {"role": "assistant", "content": answer(prompt, digest[i:])},
                "finish_reason": "stop",
            }
            for i in range(n)
        ]
        usage = {"prompt_tokens": 1200, "completion_tokens": 60 * n, "total_tokens": 1200 + 60 * n}
        return json.dumps(
            {
                "id": "c1",
                "object": "chat.completion",
                "created": 1,
                "model": asked["model"],
                "choices": choices,
                "usage": usage,
            }
        ).encode()


async def main(port: int, slots: int, seconds: float, seed: int, log: Path) -> None:
    server = await asyncio.start_server(
        SimulatedServer(slots, seconds, seed, log).serve, "127.0.0.1", port, limit=2**24
    )
    async with server:
        await server.serve_forever()


class Running:
    """A simulated server in a process of its own, which can be killed and started again at its port."""

    def __init__(self, port: int, slots: int, seconds: float, log: Path, seed: int = 0):
        self.url, self.log, self.slots, self.seconds = (
            f"http://127.0.0.1:{port}/v1",
            log,
            slots,
            seconds,
        )
        self._command = [
            sys.executable, __file__, *map(str, (port, slots, seconds, seed)), str(log),
        ]  # fmt: skip
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command)
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"{self.url}/models", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.url} did not start")

    @property
    def pid(self) -> int:
        return self._process.pid

    def seen(self) -> list[tuple[str, float]]:
        """Return (hash, time) of each request that it received."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [(digest, float(at)) for digest, at in map(str.split, lines)]

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    asyncio.run(
        main(
            int(arguments[0]),
            int(arguments[1]),
            float(arguments[2]),
            int(arguments[3]),
            Path(arguments[4]),
        )
    )
