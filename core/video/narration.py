"""Joins the parts of a clip's caption in order: "In the first shot, ... At first, ... Then, ..."."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..claims.reading import is_english
from .timeline import AT_FIRST, STAYS, THEN

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_ENGLISH = {STAYS: "", AT_FIRST: "At first, ", THEN: "Then, "}
_IN_CHINESE = {STAYS: "", AT_FIRST: "起初，", THEN: "随后，"}
# A sentence that begins so may go on after a comma in lower case.
_OPENERS = frozenset(
    "a an the this that these those there it its he she they his her their some several many few two three four five six "
    "seven eight nine ten another each both all most no in on at near behind under above below beside between".split()
)


@dataclass(frozen=True)
class Told:
    """Text of one part of a shot.

    Attributes:
        frame: the key frame, by its place in the shot.
        when: `timeline.STAYS`, `AT_FIRST` or `THEN`.
    """

    frame: int
    when: str
    text: str


def narrated(shots: Sequence[Sequence[Told]]) -> str:
    """Return one text for the parts of all shots. Only a clip of several shots names them; what is neither English nor
    Chinese is joined without words in between.
    """
    texts = [_shot(parts) for parts in shots]
    if len([t for t in texts if t]) < 2:
        return "".join(texts)
    said = [
        _led(_shot_name(number, len(shots), text), text)
        for number, text in enumerate(texts)
        if text
    ]
    return ("" if _CHINESE.search(said[0]) else " ").join(said)


def _shot(parts: Sequence[Told]) -> str:
    said = []
    for part in parts:
        words = _IN_CHINESE if _CHINESE.search(part.text) else _ENGLISH
        foreign = words is _ENGLISH and not is_english(part.text)
        said.append(_led("" if foreign else words[part.when], part.text))
    return ("" if said and _CHINESE.search(said[0]) else " ").join(said)


def _shot_name(number: int, count: int, text: str) -> str:
    if _CHINESE.search(text):
        return f"第{number + 1}个镜头："
    if not is_english(text):
        return ""
    if number == count - 1 and number > 1:
        return "In the last shot, "
    return f"In the {_ORDINALS[number]} shot, " if number < len(_ORDINALS) else "In the next shot, "


def _led(words: str, text: str) -> str:
    """Return the text after words that lead to it, its first word in lower case if that is an ordinary word."""
    first = re.match(r"[^\W\d_]+", text)
    if not words.endswith(", ") or not first:
        return words + text
    word = first[0]
    ordinary = word.lower() in _OPENERS or (
        word[1:].islower() and re.search(rf"\b{word.lower()}\b", text) is not None
    )
    return words + (word.lower() + text[first.end() :] if ordinary else text)
