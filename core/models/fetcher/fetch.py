"""Downloads one model repository. Started by `downloads.py` in a process of its own.

    python fetch.py REPOSITORY REVISION FOLDER

A process can be stopped at once, whatever the transport inside huggingface_hub is doing. Prints JSON
lines: {"total": bytes} before the first file, then {"done": true} or {"error": kind, "text": ...}.
It ends when its standard input is closed, so it does not outlive whoever started it.
"""

import json
import os
import re
import sys
import threading

# Weights as safetensors, and the text files of config, processor and tokenizer; nothing that is code
# or a pickle, nothing in subfolders (other formats of the same weights).
WEIGHTS = re.compile(r"model(-\d+-of-\d+)?\.safetensors")
TEXTS = re.compile(r"[^/]+\.(json|txt|jinja|model)")


def say(**message) -> None:
    print(json.dumps(message), flush=True)


def end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def main(repository: str, revision: str, folder: str) -> None:
    from huggingface_hub import HfApi, hf_hub_download

    info = HfApi().model_info(repository, revision=revision, files_metadata=True)
    files = {f.rfilename: f.size or 0 for f in info.siblings}
    weights = [name for name in files if WEIGHTS.fullmatch(name)]
    if "config.json" not in files or not weights:
        say(error=["NoSafetensors"], text="it has no config.json with model.safetensors")
        return
    sharded = [name for name in weights if name != "model.safetensors"]
    if sharded and "model.safetensors.index.json" in files:
        weights = sharded
    wanted = weights + [name for name in files if TEXTS.fullmatch(name)]
    say(total=sum(files[name] for name in wanted))
    for name in wanted:
        hf_hub_download(repository, name, revision=info.sha, local_dir=folder)
    say(done=True)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        main(*sys.argv[1:])
    except Exception as error:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        say(error=kinds, text=str(error).strip().split("\n")[0][:300])
