"""The prompts, one text file each."""

from importlib.resources import files


def load_prompt(name: str) -> str:
    """The text of `<name>.txt` in this folder."""
    return files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8").strip()
