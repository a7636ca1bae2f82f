"""Styles: what the captioner is asked to look for, and how the writer is asked to write, so that both agree."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import PatchMattersError
from .prompts import fenced, load_prompt

CHINESE = "zh"
KNOWN = "{known}"  # in a user's own text: what is known about the image
MAX_STYLE_TEXT = 4000  # characters of a user's own text; the longest prompt of the pack has 2,400
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Style:
    """How a caption is to be, for everyone who works on it.

    Attributes:
        name: as the user chooses it. `prompts/styles/<name>.txt` has its instructions: above the line of ---
            what is added to the captioner's prompts, below it what is added to the writer's.
        language: in which everybody writes; empty leaves it to the captioner's answers.
        max_sentences: of the caption; 0 for no limit of its own.
        tags: the caption is a list of tags, made from the claims by rules: "phrases" as SDXL reads them, or
            "booru" as models trained on Danbooru do; empty for sentences.
        text: the user's own instruction, in place of the two in the file.
    """

    name: str
    language: str = ""
    max_sentences: int = 0
    tags: str = ""
    text: str = ""

    def for_captioner(self, known: str = "") -> str:
        """Return what is added to a prompt for the captioner; empty for nothing."""
        return filled(self.text, known) if self.text else _instructions(self.name)[0]

    def for_writer(self, known: str = "") -> str:
        """Return what is added to a prompt for the writer; empty for nothing."""
        return filled(self.text, known) if self.text else _instructions(self.name)[1]

    def prompt(self, name: str) -> str:
        """Return the pack's prompt of that name, in the language of this style where there is one."""
        return load_prompt(f"{name}.{self.language}" if self.language else name)

    def with_known(self, prompt: str, known: str) -> str:
        """Return a prompt for the captioner, with what is known about the image unless the text has it."""
        if KNOWN in self.text or not known.strip():
            return prompt
        return self.prompt("context").format(prompt=prompt, context=fenced(known))


DESCRIPTION = Style("description")
PHRASES, BOORU = "phrases", "booru"
CUSTOM = "custom"
STYLES = {
    style.name: style
    for style in (
        DESCRIPTION,
        Style("training"),
        Style("short", max_sentences=2),
        Style("tags-sdxl", tags=PHRASES),
        Style("tags-illustrious", tags=BOORU),
        Style("flux"),
        Style("qwen-image"),
        Style("alt-text", max_sentences=1),
        Style("chinese", language=CHINESE),
        Style(CUSTOM),
    )
}


def style_of(name: str, text: str = "") -> Style:
    """Return the style that a user chose.

    Args:
        text: of the style "custom".

    Raises:
        PatchMattersError: the name is unknown, or the text is missing, too long or belongs to no style.
    """
    if name not in STYLES:
        raise PatchMattersError(f'style: "{name}" is unknown: choose from {", ".join(STYLES)}.')
    if name != CUSTOM:
        return STYLES[name]
    if not text.strip():
        raise PatchMattersError(
            "style_text: the style custom needs your own text: say how the caption is to be."
        )
    if len(text) > MAX_STYLE_TEXT:
        raise PatchMattersError(
            f"style_text: {len(text)} characters are more than {MAX_STYLE_TEXT}: shorten it."
        )
    return Style(CUSTOM, text=text.strip())


def filled(text: str, known: str) -> str:
    """Return a user's text with what is known in the place of `{known}`; other braces stay as they are."""
    return text.replace(KNOWN, fenced(known))


def is_in(text: str, language: str) -> bool:
    """Return whether a text is in a style's language; any text is where the style has none."""
    return language != CHINESE or bool(_HAN.search(text))


def _instructions(name: str) -> tuple[str, str]:
    if name in (DESCRIPTION.name, CUSTOM):
        return "", ""
    captioner, writer = re.split(r"^---$", load_prompt(f"styles/{name}"), flags=re.MULTILINE)
    return captioner.strip(), writer.strip()
