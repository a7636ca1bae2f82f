"""The prompts, one text file each."""

import re
from importlib.resources import files


def load_prompt(name: str) -> str:
    """The text of `<name>.txt` in this folder."""
    return files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8").strip()


def fenced(text: str) -> str:
    """A text that goes between a prompt's lines of ===: on one line, and unable to end them."""
    return re.sub(r"([=\-])\1{2,}", r"\1\1", " ".join(text.split()))


def with_context(prompt: str, context: str) -> str:
    """The prompt, followed by what the owner of the image says about it, fenced as data."""
    if not context.strip():
        return prompt
    return load_prompt("context").format(prompt=prompt, context=fenced(context))
