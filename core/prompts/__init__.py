"""The prompts, one text file each."""

import hashlib
import re
from functools import lru_cache
from importlib.resources import files


def load_prompt(name: str) -> str:
    """Return the text of `<name>.txt` in this folder; a style is `styles/<name>`."""
    return files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8").strip()


@lru_cache(maxsize=1)
def prompts_version() -> str:
    """Return a hash of all prompts: another one where any of them was changed."""
    here = files(__package__)
    names = [f.name for f in here.iterdir()] + [
        f"styles/{f.name}" for f in here.joinpath("styles").iterdir()
    ]
    texts = sorted(name for name in names if name.endswith(".txt"))
    said = "\0".join(f"{name}\0{load_prompt(name[:-4])}" for name in texts)
    return hashlib.sha256(said.encode()).hexdigest()


def fenced(text: str) -> str:
    """Return a text that goes between a prompt's lines of ===: on one line, and unable to end them."""
    return re.sub(r"([=\-])\1{2,}", r"\1\1", " ".join(text.split()))
