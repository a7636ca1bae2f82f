"""Chooses the reader of captions by name."""

from __future__ import annotations

from typing import cast

from ..models import ChatModel, ModelProgress, Writer
from ..settings import LANGUAGE_MODEL, SYNTAX
from . import Reader
from .language_model import LanguageModelReader
from .reading import SyntaxReader


def reader_for(
    choice: str, writer: Writer | None, on_progress: ModelProgress = lambda index: None
) -> Reader:
    """Return the reader of that name.

    "auto" reads English by syntax, and asks the writer, if it can be asked, about the rest; "language-model" asks it
    about English, too. Without such a writer all is read by syntax.
    """
    if choice == SYNTAX or writer is None or not writer.generates or not hasattr(writer, "answer"):
        return SyntaxReader()
    return LanguageModelReader(
        cast(ChatModel, writer), english=choice == LANGUAGE_MODEL, on_progress=on_progress
    )
