"""A hub on this machine that speaks as much of the hub's protocol as huggingface_hub asks for."""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Serves folders as repositories, and misbehaves as it is told to.

    Attributes:
        repositories: id -> folder.
        gated: ids that want the token "hf_good".
        cuts: the next answers with weights are cut off after so many bytes, one after the other.
        claim: adds so many bytes to the size of the weights that the hub names.
        commit: the commit that it answers with.
        slow: seconds before each 64 KB of weights.
        asked: (method, path, Range) of every request.
    """

    def __init__(self):
        self.repositories: dict[str, Path] = {}
        self.gated: set[str] = set()
        self.cuts: list[int] = []
        self.claim = 0
        self.commit: object = COMMIT
        self.slow = 0.0
        self.asked: list[tuple[str, str, str]] = []


def _handler(hub: Hub):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def do_HEAD(self):
            self._answer(body=False)

        def do_GET(self):
            self._answer(body=True)

        def _refuse(self, status: int, code: str):
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("X-Error-Message", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _answer(self, body: bool):
            path = unquote(urlsplit(self.path).path)
            hub.asked.append((self.command, path, self.headers.get("Range", "")))
            name = next((n for n in hub.repositories if f"/{n}/" in path + "/"), None)
            if name is None:
                return self._refuse(404, "RepoNotFound")
            gated = name in hub.gated and "/resolve/" in path
            if gated and self.headers.get("Authorization") != "Bearer hf_good":
                return self._refuse(401, "GatedRepo")
            folder = hub.repositories[name]
            if path.startswith("/api/"):
                return self._send(json.dumps(self._info(name, folder)).encode(), body, {})
            file = folder / path.rsplit("/", 1)[1]
            if not file.is_file():
                return self._refuse(404, "EntryNotFound")
            content = file.read_bytes()
            tag = hashlib.sha256(content).hexdigest()
            headers = {"ETag": f'"{tag}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
            return self._send(content, body, headers, weights=file.suffix == ".safetensors")

        def _info(self, name: str, folder: Path) -> dict:
            files = sorted(f for f in folder.rglob("*") if f.is_file())
            siblings = [
                {
                    "rfilename": f.relative_to(folder).as_posix(),
                    "size": f.stat().st_size + hub.claim * (f.suffix == ".safetensors"),
                    "blobId": "0" * 40,
                    "lfs": {
                        "sha256": hashlib.sha256(f.read_bytes()).hexdigest(),
                        "size": f.stat().st_size,
                        "pointerSize": 134,
                    },
                }
                for f in files
            ]
            return {"id": name, "modelId": name, "sha": hub.commit, "siblings": siblings}

        def _send(self, content: bytes, body: bool, headers: dict, weights: bool = False):
            start = 0
            wanted = self.headers.get("Range", "")
            if wanted.startswith("bytes=") and body:
                start = int(wanted[6:].split("-")[0])
            self.send_response(206 if start else 200)
            if start:
                end = f"bytes {start}-{len(content) - 1}/{len(content)}"
                self.send_header("Content-Range", end)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            if not body:
                return
            rest = content[start:]
            if weights and hub.cuts:
                self.wfile.write(rest[: hub.cuts.pop(0)])
                self.wfile.flush()
                self.connection.close()  # half-way
                self.close_connection = True
                return
            for at in range(0, len(rest), 65536):
                if weights and hub.slow:
                    threading.Event().wait(hub.slow)
                self.wfile.write(rest[at : at + 65536])

    return Handler


@contextmanager
def running_hub():
    """(hub, its address)"""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
