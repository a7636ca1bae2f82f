"""Recognises refusals that a model sends as ordinary text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .models import ERROR, REFUSAL, Completion
from .models.cleaning import cleaned

# Only where an answer begins: a caption may well contain "cannot". English and Chinese, for these are
# what the models in question answer in.
_APOLOGY = r"(?:(?:i['’]?m|i am|we are|we['’]re)\s+(?:\w+\s+)?sorry|sorry|unfortunately|my apologies|i apologi[sz]e)"
_CANNOT = (
    r"(?:i|we)\s+(?:can\s?not|can['’]?t|won['’]?t|am\s+(?:not\s+able|unable)|am\s+not\s+allowed|"
    r"['’]?m\s+(?:not\s+able|unable))|i['’]m\s+(?:not\s+able|unable)|as\s+an\s+ai"
)
_REFUSAL = re.compile(
    rf"^\W*(?:{_APOLOGY}\b[,.!]?\s*(?:but\s+)?(?:{_CANNOT})|(?:{_CANNOT})\b.{{0,40}}\b"
    r"(?:help|assist|provide|describe|identify|process|view|see|comply|fulfill|analy[sz]e)|"
    r"(?:很)?抱歉|对不起|我无法|作为一个(?:AI|人工智能))",
    re.IGNORECASE,
)
_LONGEST = 400  # characters; a longer answer says something besides
# "I can't identify the person, but she wears a red coat": what comes after is a caption.
_BESIDES = re.compile(
    r"(?:[,;.]\s+(?:but|however|though)\b|[.!]\s+(?:it|this|the|here|what|there)\b)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_SHORTEST = 5  # words that can be a caption


def marked_refusals(completions: Sequence[Completion]) -> tuple[Completion, ...]:
    """Return the completions cleaned, with refusals marked and their text removed.

    So a refusal is never taken for a caption; what was said goes to `detail`. Every captioner's answers
    pass through here, so here they are cleaned (see `models.cleaning`).
    """
    found = []
    for c in map(cleaned, completions):
        declines = len(c.text) <= _LONGEST and _REFUSAL.match(c.text) and not _says_more(c.text)
        if c.finish == REFUSAL or (c.finish != ERROR and declines):
            why = c.detail or (f"it said “{c.text[:100]}”" if c.text else "no reason given")
            c = replace(c, text="", finish=REFUSAL, detail=why)
        found.append(c)
    return tuple(found)


def _says_more(text: str) -> bool:
    """Return whether a caption follows what is declined; an offer of help with something else is none."""
    found = _BESIDES.search(text)
    if not found or re.search(r"\b(?:I|you|we|please)\b", found["rest"]):
        return False
    return len(found["rest"].split()) >= _SHORTEST
