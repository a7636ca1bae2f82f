"""The prompts, one text file each."""

import re
from importlib.resources import files


def load_prompt(name: str) -> str:
    """The text of `<name>.txt` in this folder."""
    return files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8").strip()


def fenced(text: str) -> str:
    """A text that goes between a prompt's lines of ===: on one line, and unable to end them."""
    return re.sub(r"([=\-])\1{2,}", r"\1\1", " ".join(text.split()))
