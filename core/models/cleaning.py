"""Extracts the caption from a model's answer: limited in length and without markup."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from itertools import groupby, pairwise

from . import ERROR, LENGTH, Completion
from .loops import without_loops
from .reasoning import without_reasoning

MAX_ANSWER = 200_000  # characters that are read; reasoning comes before the answer
MAX_CHARACTERS = 12_000  # of an answer; 4,096 tokens of English have about as many as 16,000
MAX_SENTENCES = 80  # of a caption; the longest published detailed captions have about 30
REPEATS = 3  # the same sentence so often, and it is a loop

# Keys that models put a caption under when they answer in JSON.
_KEYS = ("caption", "description", "text", "answer", "content", "response", "output", "result")
_JSON_START = re.compile(r'\{\s{0,9}"(?:' + "|".join(_KEYS) + r')"\s{0,9}:\s{0,9}"')
_FENCE = re.compile(r"```[\w-]*[ \t]*\n?")
_PREAMBLE = re.compile(
    r"(?:sure|certainly|of course|okay|ok|absolutely|great)?[\s,.!:—-]{0,3}"
    r"(?:here(?:'s|’s| is| are)|below is|this is|the following is)?\s?"
    r"(?:the|a|an|my|your)?\s?(?:detailed|accurate|concise|short|brief|final|requested|image|picture|"
    r"comprehensive|complete|factual|revised|merged|\s){0,6}"
    r"(?:caption|description|answer|response|summary|paragraph|json|output|result)"
    r"(?:\s(?:of|for)\s(?:the|this|your)\s(?:given\s|provided\s)?(?:image|picture|photo|patch|region|crop))?"
    r"\s?(?:based on (?:the|your) [\w ]{1,40})?\s?:",
    re.I,
)
_PREAMBLE_ZH = re.compile(r"(?:好的[,，。!！]?)?(?:以下是|下面是|这是)[^\n:：。]{0,20}[:：]")
_LIST = re.compile(r"[ \t]*(?:[-*•·>]|\d{1,2}[.)])[ \t]+")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]+[^\n]{0,80}")
# What text-to-image models read as commands: a caption is often their prompt.
_COMMANDS = re.compile(r"<(?:lora|lyco|hypernet|lbw):[^<>\n]{0,200}>?|\bembedding:\S{1,200}", re.I)
_QUOTES = (('"', '"'), ("“", "”"), ("'", "'"), ("«", "»"), ("「", "」"), ("『", "』"), ("`", "`"))
# The first look-behind keeps it linear: a run of dots is tried once, not from each of its dots.
_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’)\]]*(?=\s|$)|(?<=[。！？])|\n+")


def cleaned(completion: Completion) -> Completion:
    """Return a captioner's or writer's answer as a plain caption.

    It removes reasoning, control tokens, code fences, markdown, JSON around the caption, "Here is the
    caption:", quotation marks around it all, and what image models read as commands. A sentence that
    comes again and again is cut at its first repetition; `detail` says so, and says if the caption
    was longer than the bounds.
    """
    if completion.finish == ERROR or not completion.text:
        return completion
    text, notes = clean_caption(completion.text)
    finish = LENGTH if any("longer" in note for note in notes) else completion.finish
    detail = "; ".join([*filter(None, [completion.detail]), *notes])
    return replace(completion, text=text, finish=finish, detail=detail)


def answered(completion: Completion) -> Completion:
    """Return an answer that is not a caption (scores, a grouping), limited in length and without reasoning."""
    if completion.finish == ERROR:
        return completion
    text = without_reasoning(readable(completion.text[:MAX_ANSWER]))
    return replace(completion, text=text[:MAX_CHARACTERS].strip())


def clean_caption(text: str) -> tuple[str, list[str]]:
    """Return the caption in an answer, and what of it was cut, in words."""
    notes = []
    text = _COMMANDS.sub("", without_reasoning(readable(text[:MAX_ANSWER])))
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS]
        notes.append(f"longer than {MAX_CHARACTERS} characters: the rest was cut off")
    text = _from_json(_FENCE.sub("", text).strip())
    text = _from_json(_without_preamble(text))
    text = _without_markdown(text)
    text = _COMMANDS.sub("", _without_quotes(text))  # what markup or JSON had hidden
    text, repeated = without_repetition(text)
    if repeated:
        notes.append(f"it repeated itself: {repeated} sentences were cut off")
    text, looped = without_loops(text)
    if looped:
        notes.append(f"it repeated the same words: {looped} characters were cut off")
    text, more = _bounded(text)
    if more:
        notes.append(f"longer than {MAX_SENTENCES} sentences: {more} were cut off")
    return re.sub(r"[ \t]{2,}", " ", text).strip(), notes


def readable(text: str) -> str:
    """Return the text without control characters, lone surrogates and runs of empty lines."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        c
        for c in text
        if c in "\n\t\u200c\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )
    # Line by line: a pattern over blanks and line ends would take quadratic time on many of them.
    lines = (line.rstrip() for line in kept.split("\n"))
    return "\n".join(line for line in lines if line).strip()


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text with what stands between them: joined, they are the text again."""
    cuts = [0, *(m.end() for m in _END.finditer(text)), len(text)]
    return [text[a:b] for a, b in pairwise(cuts) if b > a]


def without_repetition(text: str) -> tuple[str, int]:
    """Return the text up to where it begins to loop, and how many sentences that leaves out.

    A loop is a sentence, or a part of one between commas, that comes `REPEATS` times; each of its
    sentences stays once.
    """
    parts = sentences_of(text)
    said: dict[str, int] = {}
    for part in parts:
        if words := _plain(part):
            said[words] = said.get(words, 0) + 1
    loops = {words for words, times in said.items() if times >= REPEATS}
    seen: set[str] = set()
    kept = []
    for part in parts:
        words = _plain(part)
        if words in loops and words in seen:
            continue
        seen.add(words)
        kept.append(part)
    kept = [_without_stutter(part) for part in kept]
    return "".join(kept).strip(), len(parts) - len(kept)


def _without_stutter(sentence: str) -> str:
    """Return a sentence in which a part between commas comes `REPEATS` times in a row or more, with it once.

    One whose words stutter stays as it is: it has no end, and statements that are too long are dropped.
    """
    runs = [list(run) for _, run in groupby(sentence.split(", "), _plain)]
    return ", ".join(part for run in runs for part in (run[:1] if len(run) >= REPEATS else run))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _bounded(text: str) -> tuple[str, int]:
    parts = sentences_of(text)
    return "".join(parts[:MAX_SENTENCES]).strip(), max(0, len(parts) - MAX_SENTENCES)


def _from_json(text: str) -> str:
    """Return the caption where the whole answer is JSON; else the text as it is."""
    if text[:1] not in ("{", "[", '"'):
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        # Cut off by max_tokens, perhaps: the beginning of a caption is worth keeping.
        found = _JSON_START.match(text)
        if found:
            rest = text[found.end() :]
            return (
                re.split(r'(?<!\\)"', rest, maxsplit=1)[0].replace('\\"', '"').replace("\\n", "\n")
            )
        fields = _FIELD.findall(text[:MAX_CHARACTERS])
        return "\n".join(_field(key, value) for key, value in fields) if len(fields) > 1 else text
    return _text_in(value) or text


def _text_in(value, depth: int = 4) -> str:
    if isinstance(value, str):
        return value
    if not depth:
        return ""
    if isinstance(value, list):
        parts = [*filter(None, (_text_in(v, depth - 1) for v in value))]
        short = all(len(part.split()) <= _NAME and part[-1:] not in ".!?。" for part in parts)
        return (", " if short else " ").join(parts)
    if isinstance(value, dict):
        named = {str(k).lower(): v for k, v in value.items()}
        key = next((k for k in _KEYS if k in named), None)
        if key:
            return _text_in(named[key], depth - 1)
        fields = ((k, _text_in(v, depth - 1)) for k, v in value.items())
        return "\n".join(_field(str(k), text) for k, text in fields if text)
    return ""


_NAME = 4  # words: something shorter is not a sentence
_FIELD = re.compile(r'"([^"\\]{1,60})"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.){1,2000})"')


def _field(key: str, text: str) -> str:
    """Return a field of an answer in JSON, or a row of a table: what it says, behind its name where it is no
    sentence.
    """
    if len(text.split()) > _NAME or text[-1:] in ".!?。" or "\n" in text:
        return text
    return f"{key.replace('_', ' ').strip().capitalize()}: {text}"


def _without_preamble(text: str) -> str:
    bare = text.lstrip(" *_#\n")
    for pattern in (_PREAMBLE, _PREAMBLE_ZH):
        if found := pattern.match(bare):
            rest = bare[found.end() :].lstrip(" *_\n")
            return rest or text
    return text


_PICTURE = re.compile(r"!\[[^\[\]\n]{0,200}\]\([^()\n]{0,600}\)")
_LINK = re.compile(r"\[([^\[\]\n]{0,200})\]\((?:[^()\s]{0,500})(?:\s+\"[^\"\n]{0,100}\")?\)")
_ADDRESS = re.compile(r"<?\bhttps?://[^\s<>()]{0,500}[^\s<>().,;!?]>?")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*")


def _rows(lines: list[str]) -> list[str]:
    """Return the lines with tables as one field a line, without their head and its rule."""
    found: list[str] = []
    for i, line in enumerate(lines):
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        table = line.count("|") >= 2 and line.lstrip().startswith("|")
        if _RULE.fullmatch(line) and "|" in line:
            continue
        if table and i + 1 < len(lines) and "|" in lines[i + 1] and _RULE.fullmatch(lines[i + 1]):
            continue
        if table and len(cells) == 2 and all(cells):
            found.append(cells[1] if cells[1][-1] in ".!?。" else f"{cells[0]}: {cells[1]}")
        elif table:
            found.append(", ".join(filter(None, cells)))
        else:
            found.append(line)
    return found


def _without_markdown(text: str) -> str:
    """Remove headings and the addresses of links; keep list items, table rows and emphasised words as text."""
    lines = []
    text = _ADDRESS.sub("", _LINK.sub(r"\1", _PICTURE.sub("", text)))
    for line in _rows(text.split("\n")):
        if _HEADING.fullmatch(line):
            continue
        if found := _LIST.match(line):
            line = line[found.end() :]
        lines.append(
            re.sub(r"\*\*|__(?=\w)|(?<=\w)__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", "", line)
        )
    return "\n".join(lines).strip() or text.strip("#* \n")


def _without_quotes(text: str) -> str:
    text = text.strip()
    for opening, closing in _QUOTES:
        inner = text[len(opening) : -len(closing)]
        if (
            len(text) > 2
            and text.startswith(opening)
            and text.endswith(closing)
            and opening not in inner
            and closing not in inner
        ):
            return inner.strip()
    return text
