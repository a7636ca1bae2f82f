"""A server on this machine that speaks the wire formats of OpenAI's and Anthropic's services."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image


class Vendor:
    """Answers every request with `say(prompt, image)`, and fails as it is told to.

    Attributes:
        say: gives the text, or (text, finish reason).
        fault: gives for the number of a request (from 0) None, an HTTP status, "cut" or "redirect".
        fault_of: the same for the body of a request.
        reply: gives for a request None, or in place of an answer the bytes of a 200, or (bytes, headers).
        error: the message that goes with a status.
        seconds: that an answer takes.
        thinks: the tokens that the model needs for its thoughts and an answer, unless it is told not to think.
        seen: the bodies of all requests, as parsed JSON.
        loads: those of requests to load a model, in Ollama's own format.
        keys: the keys they came with.
        headers: the headers they came with.
        most: how many were under way at once at most.
    """

    def __init__(self):
        self.say: Callable = lambda prompt, image: "A cup stands on a table."
        self.fault: Callable = lambda number: None
        self.fault_of: Callable = lambda body: None
        self.reply: Callable = lambda prompt, image, number: None
        self.error = "it failed"
        self.retry_after = "0.01"
        self.seconds = 0.0
        self.thinks = 0
        self.seen: list[dict] = []
        self.loads: list[dict] = []
        self.keys: list[str] = []
        self.headers: list[dict] = []
        self.most = self._now = 0
        self._lock = threading.Lock()


def _handler(vendor: Vendor):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path.endswith(
                "/api/generate"
            ):  # Ollama's own: without a prompt it loads a model
                vendor.loads.append(body)
                self._send(200, {"model": body["model"], "done": True, "done_reason": "load"})
                return
            key = self.headers.get("x-api-key") or self.headers.get("Authorization", "")
            with vendor._lock:
                number = len(vendor.seen)
                vendor.seen.append(body)
                vendor.keys.append(key.removeprefix("Bearer "))
                vendor.headers.append(dict(self.headers))
                vendor._now += 1
                vendor.most = max(vendor.most, vendor._now)
            try:
                time.sleep(vendor.seconds)
                self._answer(body, vendor.fault(number) or vendor.fault_of(body), number)
            finally:
                with vendor._lock:
                    vendor._now -= 1

        def _answer(self, body: dict, fault, number: int):
            if fault == "cut":
                self.connection.close()
                self.close_connection = True
                return
            if fault == "redirect":
                self.send_response(307)
                self.send_header("Location", "http://127.0.0.1:9/stolen")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if fault:
                error = {"message": vendor.error, "type": "error", "code": "error"}
                self._send(fault, {"type": "error", "error": error})
                return
            prompt, image = _read(body)
            if (reply := vendor.reply(prompt, image, number)) is not None:
                self._send_raw(*(reply if isinstance(reply, tuple) else (reply, {})))
                return
            n = body.get("n", 1)
            said = [vendor.say(prompt, image) for _ in range(n)]
            said = [s if isinstance(s, tuple) else (s, "") for s in said]
            if body.get("max_tokens", 10_000) < vendor.thinks and _thinking(body):
                said = [("", "length")] * n  # the thought is in a field of its own, cut off
            if self.path.endswith("/messages"):
                [(text, finish)] = said
                self._send(200, {
                    "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"],
                    "content": [{"type": "text", "text": text}] if text else [],
                    "stop_reason": finish or "end_turn", "stop_sequence": None,
                    "usage": {"input_tokens": 100, "output_tokens": 7},
                })  # fmt: skip
                return
            thought = {"reasoning": "Hm, a cup."} if vendor.thinks and _thinking(body) else {}
            choices = [
                {
                    "index": i,
                    "message": {"role": "assistant", "content": text, **thought},
                    "finish_reason": finish or "stop",
                }
                for i, (text, finish) in enumerate(said)
            ]
            usage = {"prompt_tokens": 100, "completion_tokens": 7 * n, "total_tokens": 100 + 7 * n}
            self._send(200, {
                "id": "c1", "object": "chat.completion", "created": 1, "model": body["model"],
                "choices": choices, "usage": usage,
            })  # fmt: skip

        def _send_raw(self, data: bytes, headers: dict):
            self.send_response(200)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with contextlib.suppress(OSError):  # whoever has read enough hangs up
                self.wfile.write(data)

        def _send(self, status: int, content: dict):
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            if status != 200:
                self.send_header("Retry-After", vendor.retry_after)
            self.end_headers()
            self.wfile.write(data)

    return Handler


def _thinking(body: dict) -> bool:
    """Whether none of the documented fields switches thinking off."""
    template = body.get("chat_template_kwargs", {})
    effort = body.get("reasoning_effort") or body.get("reasoning", {}).get("effort")
    return template.get("enable_thinking", True) and effort != "none"


def _read(body: dict) -> tuple[str, Image.Image | None]:
    """The text and the image of a request in either format."""
    text, image = "", None
    for part in body["messages"][0]["content"]:
        if part["type"] == "text":
            text += part["text"]
        elif part["type"] == "image_url":
            image = part["image_url"]["url"].split("base64,")[1]
        elif part["type"] == "image":
            image = part["source"]["data"]
    return text, image and Image.open(io.BytesIO(base64.b64decode(image)))


@contextmanager
def running_vendor():
    """(vendor, its address)"""
    vendor = Vendor()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(vendor))
    server.daemon_threads = True
    server.request_queue_size = 64
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield vendor, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
