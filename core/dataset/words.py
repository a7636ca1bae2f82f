"""The words around a caption: trigger, prefix, suffix, template; and what the captioner is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import PatchMattersError
from ..sentences import SENTENCE_END

LONG, MEDIUM, SHORT, TAGS = "long", "medium", "short", "tags"
LINES = (LONG, MEDIUM, SHORT, TAGS)
FIELDS = ("trigger", "caption", "medium", "short", "tags", "old", "name", "folder")
CONTEXT_FIELDS = ("name", "folder", "tags", "old")
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Captions:
    """The captions of one image, each on one line.

    Attributes:
        long: the caption.
        medium, short: at most 8 and 3 sentences of what was kept.
        tags: the things that the caption names, separated by commas.
    """

    long: str
    medium: str = ""
    short: str = ""
    tags: str = ""


@dataclass(frozen=True)
class Words:
    """What stands around each caption.

    Attributes:
        trigger: a word that a training run shall learn; comes first, followed by a comma.
        prefix, suffix: stand before and after everything else, as they are.
        template: in place of the three: a text with fields of `FIELDS` in braces.
        lines: which captions a file gets, a line each: names of `LINES`.
    """

    trigger: str = ""
    prefix: str = ""
    suffix: str = ""
    template: str = ""
    lines: tuple[str, ...] = (LONG,)

    def check(self) -> None:
        """Check the template and the lines.

        Raises:
            PatchMattersError: a field or line is unknown, none is named, or words contradict each other.
        """
        _check_fields("template", self.template, FIELDS)
        if self.template and (self.prefix or self.suffix):
            raise PatchMattersError(
                "template: write the prefix and the suffix into the template, or leave it out."
            )
        if self.template and not self.template.strip():
            raise PatchMattersError(
                "template: it is blank: write {caption} into it, or leave it out."
            )
        if self.template and self.trigger and "{trigger}" not in self.template:
            raise PatchMattersError(
                "template: put {trigger} where the trigger word belongs, or leave out the trigger."
            )
        if not self.lines:
            raise PatchMattersError(f"lines: name one or more of {', '.join(LINES)}.")
        for line in self.lines:
            if line not in LINES:
                raise PatchMattersError(
                    f'lines: "{line}" is unknown: choose from {", ".join(LINES)}.'
                )

    @staticmethod
    def check_context(context: str) -> None:
        """Check the fields of a context.

        Raises:
            PatchMattersError: a field is unknown.
        """
        _check_fields("context", context, CONTEXT_FIELDS)

    def text(self, captions: Captions, *, old: str = "", name: str = "", folder: str = "") -> str:
        """Return what goes in a caption file, one line for each of `lines`."""
        said = [getattr(captions, line) for line in self.lines]
        fields = {"trigger": self.trigger, "old": one_line(old), "name": name, "folder": folder}
        for field in (MEDIUM, SHORT, TAGS):
            fields[field] = getattr(captions, field)
        return "\n".join(self._around(caption, fields) for caption in said if caption)

    def _around(self, caption: str, fields: Mapping[str, str]) -> str:
        if self.template:
            return one_line(filled(self.template, {**fields, "caption": caption}))
        triggered = (
            f"{self.trigger.strip(' ,')}, {caption}" if self.trigger.strip(" ,") else caption
        )
        return one_line(f"{self.prefix} {triggered} {self.suffix}")


def context_text(context: str, *, old: str, name: str, folder: str) -> str:
    """Return what the captioner is told about one image."""
    tags = ", ".join(part.strip() for part in old.split(",") if part.strip())
    return filled(context, {"name": name, "folder": folder, "old": one_line(old), "tags": tags})


def filled(template: str, fields: Mapping[str, str]) -> str:
    """Put values into a template. Braces in a value are no fields; nothing but the names is looked up."""
    return _FIELD.sub(lambda found: fields[found[1]], template)


def joined(first: str, second: str) -> str:
    """Put two captions on one line: sentences one after the other, tags with a comma between."""
    first, second = one_line(first), one_line(second)
    if not first or not second:
        return first or second
    return f"{first} {second}" if first.endswith(SENTENCE_END) else f"{first.rstrip(',')}, {second}"


def one_line(text: str) -> str:
    """Return the text with every run of blanks and line ends as one blank."""
    return " ".join(text.split())


def _check_fields(what: str, template: str, known: tuple[str, ...]) -> None:
    for field in _FIELD.findall(template):
        if field not in known:
            raise PatchMattersError(
                f"{what}: {{{field}}} is unknown: use {', '.join(f'{{{name}}}' for name in known)}."
            )
