"""Downloads one model repository. Started by `downloads.py` in a process of its own.

    python fetch.py REPOSITORY REVISION FOLDER

A process can be stopped at once, whatever the transport inside huggingface_hub is doing. Prints JSON
lines: {"total": bytes} before the first file, then {"done": commit} or {"error": kinds, "text": ...}.
It ends when its standard input is closed, so it does not outlive whoever started it.
"""

import hashlib
import json
import os
import re
import sys
import threading
from pathlib import Path

# Weights as safetensors, and the text files of config, processor and tokenizer; nothing that is code
# or a pickle, nothing in subfolders (other formats of the same weights).
WEIGHTS = re.compile(r"model(-\d+-of-\d+)?\.safetensors")
TEXTS = re.compile(r"[^/\\:]+\.(json|txt|jinja|model)")
COMMIT = re.compile(r"[0-9a-f]{40}")
MOST_TEXT = 64_000_000  # bytes of one text file; the largest published tokenizers have about 35 MB


def say(**message) -> None:
    print(json.dumps(message), flush=True)


def end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def main(repository: str, revision: str, folder: str) -> None:
    from huggingface_hub import HfApi, hf_hub_url
    from huggingface_hub.utils import build_hf_headers

    info = HfApi().model_info(repository, revision=revision, files_metadata=True)
    files = {f.rfilename: f for f in info.siblings}
    weights = [name for name in files if WEIGHTS.fullmatch(name)]
    if "config.json" not in files or not weights:
        say(error=["NoSafetensors"], text="it has no config.json with model.safetensors")
        return
    sharded = [name for name in weights if name != "model.safetensors"]
    if sharded and "model.safetensors.index.json" in files:
        weights = sharded
    wanted = weights + [name for name in files if TEXTS.fullmatch(name)]
    # A mirror (HF_ENDPOINT) may answer anything: a path in place of a commit, no size, a huge one.
    if not isinstance(info.sha, str) or not COMMIT.fullmatch(info.sha):
        raise ValueError("the hub returned no commit of 40 hexadecimal digits")
    for name in wanted:
        size, most = files[name].size, sys.maxsize if name in weights else MOST_TEXT
        if type(size) is not int or not 0 <= size <= most:
            raise ValueError(f"the hub gives {name[:100]} the size {str(size)[:20]}")
    # A folder for each commit: what was begun of another is not mixed into this one.
    target = Path(folder) / info.sha
    target.mkdir(parents=True, exist_ok=True)
    if any((target / name).resolve().parent != target.resolve() for name in wanted):
        raise ValueError("the hub names files outside the model's folder")
    say(total=sum(files[name].size for name in wanted))
    headers = build_hf_headers()
    for name in wanted:
        url = hf_hub_url(repository, name, revision=info.sha)
        digest = files[name].lfs.sha256 if files[name].lfs else None
        fetch_file(url, headers, files[name].size, digest, target / name)
    say(done=info.sha)


def fetch_file(url: str, headers: dict, size: int, sha256: str | None, target: Path) -> None:
    """Download one file completely or not at all, resuming a partial file.

    (`hf_hub_download` of huggingface_hub 2 throws away what it has when it is stopped.)
    """
    from huggingface_hub.file_download import http_get

    if target.exists():
        return
    part = target.with_name(target.name + ".part")
    there = -1
    while there < size:
        with part.open("ab") as file:
            before, there = there, file.tell()
            if there == size:
                break
            try:
                http_get(
                    url, Bounded(file, size), resume_size=there, headers=headers, expected_size=size
                )
            except Exception:
                if there == before:  # the last attempt brought nothing
                    raise
    damaged = sha256 is not None and digest_of(part) != sha256
    if damaged or part.stat().st_size != size:
        part.unlink()
        raise OSError(f"{target.name} arrived damaged")
    os.replace(part, target)


class Bounded:
    """A file that accepts no more bytes than were announced."""

    def __init__(self, file, most: int):
        self._file, self._most = file, most

    def write(self, data: bytes) -> int:
        if self._file.tell() + len(data) > self._most:
            raise OSError("the server sends more than it announced")
        return self._file.write(data)

    def __getattr__(self, name: str):
        return getattr(self._file, name)


def digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        main(*sys.argv[1:])
    except Exception as error:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        say(error=kinds, text=str(error).strip().split("\n")[0][:300])
