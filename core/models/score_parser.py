"""Reads the scores of statements from a language model's answer, whatever its form."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable

MAX_LINES = 400  # of an answer; a verifier is asked about 40 statements at a time

_YES = r"yes|true|correct|certain|certainly true|definitely|是|正确|对"
_NO = r"no|false|incorrect|not visible|certainly false|wrong|否|错误|不是|不正确|不对"
_VALUE = (
    r"(?P<minus>-)?(?P<number>\d{1,6}(?:[.,]\d{1,6})?|\.\d{1,6})(?:\s?(?P<unit>%|/\s?100\b|/\s?10\b|/\s?1\b|分))?"
    rf"|(?P<yes>\b(?:{_YES})\b|是|正确|对)|(?P<no>\b(?:{_NO})\b|否|错误|不是|不正确|不对)"
)
_VALUES = re.compile(_VALUE, re.I)
_MARK = r"(?:statement|sentence|claim|item|line|no\.?|number|s|q|#|第|陈述|句子)"
# "1: ", "(1) ", "Statement 1 - ", "| 1 | ", "第1条：" at the start of a line or of a part of one.
_NUMBERED = re.compile(
    rf"[\W_]{{0,8}}(?:{_MARK}\s?[#:]?\s?)?(?P<n>\d{{1,3}})\s?(?:条|句)?"
    r"(?:\s?[)\]}*_\"'”`]{1,4}\s?[:=|.,-]?|\s?[:：=|]|\s?->|\s?[→=⇒]|\.(?!\d)|、|\s[-–—]\s?|[-–—](?=\D)|\t|\s(?=\d|\.\d|yes|no|true|false))"
    r"[\s*_`\"'|]{0,6}",
    re.I,
)
_EDGE = " ,;*_`\"'"  # what may stand around a value, beside the point at its end
_SKIPPED = re.compile(r"\([^()]{0,200}\)")


def parse_scores(text: str, count: int) -> dict[int, float]:
    """Return the scores (0..1) in an answer, by the number of the statement (1 to `count`).

    Read are lines of numbers with a value (hundredths as asked for; or "85%", "85.0", "85/100", "8/10",
    0..1, yes and no), several on one line, JSON, tables, and as many bare values as there are
    statements. What could be two things is left out.
    """
    text = unicodedata.normalize("NFKC", text)
    found = _from_json(text, count)
    if not found:
        found = _from_lines(text, count)
    return _as_shares(found)


def _from_json(text: str, count: int) -> dict[int, str]:
    """Number -> value as it stands, from JSON anywhere in the text."""
    rows = [row for line in text.splitlines()[:MAX_LINES] if (row := _object(line)) is not None]
    if len(rows) > 1 and (found := _from_value(rows, count)):
        return found
    starts = [i for i in (text.find("{"), text.find("[")) if i >= 0]
    for start in sorted(starts):
        try:
            value, _ = json.JSONDecoder(parse_float=str, parse_int=str).raw_decode(text[start:])
        except (ValueError, RecursionError):
            continue
        if found := _from_value(value, count):
            return found
    return {}


def _object(line: str) -> dict | None:
    """Return the JSON object that a line is."""
    line = line.strip().rstrip(",")
    if not line.startswith("{") or not line.endswith("}"):
        return None
    try:
        return json.loads(line, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return None


_NUMBER_KEYS = ("statement", "number", "id", "index", "n", "no", "statement_number", "statement_id")
_VALUE_KEYS = (
    "score",
    "likelihood",
    "probability",
    "value",
    "confidence",
    "answer",
    "rating",
    "percent",
)


def _from_value(value, count: int, depth: int = 3) -> dict[int, str]:
    if not depth:
        return {}
    if isinstance(value, list):
        if len(value) == count and all(_scalar(v) for v in value):
            return {i: str(v) for i, v in enumerate(value, 1)}
        if len(value) == count and all(isinstance(v, dict) for v in value):
            plain = [_of_keys(v, _VALUE_KEYS) for v in value]
            numbers = [_number(_of_keys(v, _NUMBER_KEYS), count) for v in value]
            if all(p is not None for p in plain) and not any(numbers):
                return {i: str(p) for i, p in enumerate(plain, 1)}
        found: dict[int, str] = {}
        for row in value:
            if isinstance(row, list) and len(row) == 2:
                row = {"id": row[0], "score": row[1]}
            if isinstance(row, dict):
                number = _number(_of_keys(row, _NUMBER_KEYS), count)
                given = _of_keys(row, _VALUE_KEYS)
                if number and given is not None:
                    found.setdefault(number, str(given))
                elif len(row) == 1:
                    found = {**_from_value(row, count, depth - 1), **found}
        return found
    if isinstance(value, dict):
        found = {}
        for key, given in value.items():
            if (number := _number(key, count)) and isinstance(given, dict):
                given = _of_keys(given, _VALUE_KEYS)
            if number and _scalar(given):
                found.setdefault(number, str(given))
        if found:
            return found
        for given in value.values():
            if isinstance(given, (list, dict)) and (found := _from_value(given, count, depth - 1)):
                return found
    return {}


def _of_keys(row: dict, keys: Iterable[str]):
    named = {str(k).lower(): v for k, v in row.items()}
    return next((named[k] for k in keys if _scalar(named.get(k))), None)


def _scalar(value) -> bool:
    return isinstance(value, (str, bool)) and len(str(value)) < 100


def _number(value, count: int) -> int:
    """Return the number of a statement in a key as "1" or "statement_1"; 0 where it is none."""
    found = re.fullmatch(r"\D{0,20}(\d{1,3})\D{0,3}", str(value or "")[:40])
    return int(found[1]) if found and 1 <= int(found[1]) <= count else 0


def _from_lines(text: str, count: int) -> dict[int, str]:
    lines = [line.strip()[:2000] for line in text.splitlines()[:MAX_LINES]]
    lines = [line for line in lines if re.search(r"\w", line)]
    found: dict[int, str] = {}
    bare: list[str] = []
    for line in lines:
        if _only_value(line):
            bare.append(line)
            continue
        parts = _parts(line, count)
        for number, rest in parts:
            if 1 <= number <= count and (value := _value_in(rest, whole=len(parts) == 1)):
                found.setdefault(number, value)
    if found:
        return found
    if len(bare) == count and len(bare) == len(lines):
        return dict(enumerate(bare, 1))
    # All on one line, as "85, 90, 5".
    if len(lines) == 1:
        values = [
            v.strip() for v in re.split(r"[;|]|,\s|\s", lines[0].strip("[](){} ")) if v.strip()
        ]
        values = values if len(values) == count else lines[0].strip("[](){} ").split(",")
        if len(values) == count and all(_only_value(v.strip()) for v in values):
            return {i: v.strip() for i, v in enumerate(values, 1)}
    return {}


def _only_value(text: str) -> bool:
    found = _VALUES.fullmatch(text.lstrip(_EDGE).rstrip(_EDGE + "."))
    return bool(found)


def _parts(line: str, count: int) -> list[tuple[int, str]]:
    """Return a line as numbered parts: one, or several where they follow each other as "1: 85, 2: 90"."""
    first = _NUMBERED.match(line)
    if not first:
        return []
    starts = [first]
    for cut in re.finditer(r"[,;|/]\s?|\s", line):
        if len(starts) > count:
            break
        following = _NUMBERED.match(line, cut.end()) if cut.end() > starts[-1].end() else None
        # Only the next number of a statement starts a part: others are part of what is said.
        if following and int(following["n"]) == int(starts[-1]["n"]) + 1:
            between = line[starts[-1].end() : cut.start()]
            if _only_value(between.lstrip(_EDGE + "|").rstrip(_EDGE + ".|")):
                starts.append(following)
    ends = [m.start() for m in starts[1:]] + [len(line)]
    return [(int(m["n"]), line[m.end() : end]) for m, end in zip(starts, ends)]


def _value_in(text: str, whole: bool) -> str:
    """Return the value in what follows a statement's number; empty where there is none, or more than one."""
    text = text.lstrip(_EDGE + "|").rstrip(_EDGE + ".|")
    if found := _VALUES.fullmatch(text):
        return found[0]
    if not whole:
        return ""
    text = _SKIPPED.sub(" ", text) if _VALUES.search(_SKIPPED.sub(" ", text)) else text
    # "85 - the cup is clearly there", "A cup stands there: 85", "yes, 85".
    lead = _VALUES.match(text)
    tail = re.search(rf"(?:^|[\s:=|→>*(\"'])(?:{_VALUE})[\s.)*_\"'|]*$", text[-40:], re.I)
    # Not "2 spoons lie there", where the number belongs to the statement that is repeated.
    ended = r"\s*[,;:(|]|\.(?!\d)|\s+[–—-]+\s(?!\d)|$"
    if lead and (lead["unit"] or re.match(ended, text[lead.end() :])):
        return lead[0]
    if tail:
        found = _VALUES.search(tail[0])
        return found[0] if found else ""
    return ""


def _as_shares(found: dict[int, str]) -> dict[int, float]:
    """Return the values on one scale: hundredths, unless all of them are 0 to 1 and some cannot be
    hundredths.
    """
    read = {n: m for n, v in found.items() if (m := _VALUES.search(v.strip()))}
    plain = {
        n: float(m["number"].replace(",", "."))
        for n, m in read.items()
        if m["number"] and not m["unit"]
    }
    fractions = any("." in read[n]["number"] or "," in read[n]["number"] for n in plain)
    fractions = fractions or (len(plain) > 1 and 1 in plain.values())
    scale = 1 if plain and max(plain.values()) <= 1 and fractions else 100
    shares = {}
    for n, m in read.items():
        if m["number"]:
            unit = re.sub(r"\s", "", m["unit"] or "")
            top = {"/10": 10, "/1": 1}.get(unit, 100 if unit else scale)
            value = float(m["number"].replace(",", ".")) / top
            shares[n] = 0.0 if m["minus"] else min(1.0, value)
        else:
            shares[n] = 1.0 if m["yes"] else 0.0
    return shares
