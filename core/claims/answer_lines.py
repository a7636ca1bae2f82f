"""Reads claims from a language model's answer, one per line, even if it is malformed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import ACTION, ATTRIBUTE, KINDS, NUMBER, OBJECT, PLACE, RELATION, SCENE, STATEMENT, TEXT

# Models translate the names of the kinds now and then.
_KINDS = {k: k for k in KINDS if k != STATEMENT} | {
    "物体": OBJECT, "对象": OBJECT, "存在": OBJECT, "属性": ATTRIBUTE, "特征": ATTRIBUTE, "数量": NUMBER,
    "关系": RELATION, "动作": ACTION, "行为": ACTION, "位置": PLACE, "地点": PLACE, "场景": SCENE, "环境": SCENE,
    "文字": TEXT, "文本": TEXT, "state": ATTRIBUTE, "colour": ATTRIBUTE, "color": ATTRIBUTE, "material": ATTRIBUTE,
    "count": NUMBER, "position": PLACE, "location": PLACE, "setting": SCENE, "weather": SCENE, "time": SCENE,
}  # fmt: skip
_NOTHING = {"none", "无", "没有", "n/a", "nothing", "not a claim"}
_HEDGED = re.compile(
    r"可能|也许|似乎|好像|看起来|看上去|或许|大概|仿佛|疑似|像是|\b(?:maybe|perhaps|possibly|seems?|appears?|may|might|likely)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"没有|没(?=[有在穿戴])|不(?!锈|同)|无(?=.)|\b(?:not|no|without|never)\b", re.IGNORECASE
)
_NUMBER = re.compile(
    r"^\W*(?:sentence|caption|句子|第)?\s*#?"
    r"(?:(?P<caption>\d{1,3})\s*[.．·\-]\s*)?(?P<sentence>\d{1,3})(?!\d)[.)）、:：*_`]*\s*(?:句)?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*(?:\||｜|\t|丨|¦)\s*")
_JSON = re.compile(r"\{[^{}]*\}")
_DETERMINED = re.compile(r"(?:the|a|an|his|her|its|their|some|no|both|two|three|four|[A-Z]\S*)\s")
_ARTICLES = re.compile(r"^(?:the|a|an|some|his|her|its|their)\s+(?=\S)", re.IGNORECASE)
_MEASURES = "个位名只条张把辆头匹朵棵座件杯瓶串块片本支根幅双对群些排盏顶栋间台艘架碗盘份堆束"
# "长椅上" is the bench; "左边" alone names nothing.
_BESIDE = re.compile(
    r"(?<=.)的?(?:(?:身|正|斜)?[上下前后左右旁里外](?:面|方|边|侧)|身[后前旁上边]|(?<=..)[上下里中前后旁]|之间)$"
)
_PLACE_ONLY = re.compile(
    r"[上下前后左右旁里外远近中](?:面|方|边|侧|处|央|间)?|一[侧边旁]|[左右][上下][方角]|四周|周围"
)
_COUNTED = re.compile(
    rf"^(?:这|那|该|其中)?(?:[一二两三四五六七八九十几数多]+|\d+)?[{_MEASURES}](?=..)"
)
# Words that add nothing to what is said.
_EMPTY = {
    "the",
    "are",
    "has",
    "have",
    "with",
    "and",
    "ther",
    "imag",
    "pict",
    "phot",
    "this",
    "that",
    "whic",
    "whil",
} | set(
    "的了着是在有一个位名只条和与及也还都正这那她他它们其中上里这张照片图画面中展示呈现显描绘拍摄"
)
_COUNT_ONLY = re.compile(rf"(?:[一二两三四五六七八九十几数多]+|\d+)?[{_MEASURES}]?")
_DIGITS = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_NAMES = "zero one two three four five six seven eight nine ten eleven twelve".split()
# Of a claim's words this share must stand in its caption: a model that copies the example, or goes on
# inventing, has less of them, one that replaces a pronoun or a verb's form more.
_SHARED = 0.5
# Of a sentence's words this share must be in its claims: else a detail of it was left out, and it stays whole.
_COVERED = 0.7


@dataclass(frozen=True)
class Line:
    """One claim as the model wrote it. `kind` None: the sentence claims nothing. `caption` 0: no number of a
    caption was given."""

    caption: int
    sentence: int
    kind: str | None
    subject: str = ""
    value: str = ""
    object: str = ""

    @property
    def hedged(self) -> bool:
        return bool(_HEDGED.search(f"{self.subject} {self.value}"))

    @property
    def negated(self) -> bool:
        return bool(_NEGATED.search(f"{self.subject} {self.value}"))


def chinese(text: str) -> bool:
    """Return whether words are written without blanks between them (Chinese, Japanese)."""
    return bool(re.search(r"[\u3040-\u30ff\u3400-\u9fff]", text))


def read_lines(answer: str) -> list[Line]:
    """Return the claims of an answer: one a line, or the objects of a JSON text. What is neither is passed
    over.
    """
    found = list(_objects(answer)) or [_line(raw) for raw in answer.splitlines()]
    return [line for line in found if line]


def _objects(answer: str) -> Iterator[Line | None]:
    for text in _JSON.findall(answer):
        try:
            fields = {str(k).lower().strip(): v for k, v in json.loads(text).items()}
        except ValueError:
            continue

        def first(*names: str, fields=fields) -> str:
            return next((str(fields[n]) for n in names if fields.get(n) is not None), "")

        cells = (
            first("number", "id", "sentence", "line"),
            first("kind", "type"),
            first("thing", "subject"),
            first("value", "what is said of it", "said", "predicate", "attribute", "relation"),
            first("object", "other thing", "other"),
        )
        yield _line(" | ".join(cells))


def _line(raw: str) -> Line | None:
    match = _NUMBER.match(raw.strip())
    if not match:
        return None
    cells = [
        c.strip(" *_`\"'“”") if i < 2 else c.strip(" *_`")
        for i, c in enumerate(_SEPARATOR.split(match["rest"].strip("|｜ ")))
    ]
    cells = [c for c in cells if c]
    number = int(match["caption"] or 0), int(match["sentence"])
    if not cells:
        return None
    # "1.1 attribute: woman | is young", "1.1 relation woman | wears | a coat"
    head = re.match(r"^(\w+)\s*[:：]\s*(.+)$|^([a-z]+)\s+(\S.*)$", cells[0])
    if cells[0].lower() not in _KINDS and head and (head[1] or head[3]).lower() in _KINDS:
        cells[0:1] = [head[1] or head[3], head[2] or head[4]]
    if cells[0].lower().strip(".。") in _NOTHING:
        return Line(*number, None)
    if cells[0].lower() in _KINDS:
        kind, *rest = cells
        kind = _KINDS[kind.lower()]
    elif len(cells) > 1:
        kind, rest = (RELATION if len(cells) > 2 else ATTRIBUTE), cells
    else:
        return None
    rest = [c.strip(" .。;；,，") for c in rest[:3]]
    if kind == SCENE and len(rest) == 1:  # "scene | a night market"
        if re.search("场景|画面|scene", rest[0]):  # a whole sentence
            return None
        rest = ["场景", f"是{rest[0]}"] if chinese(rest[0]) else ["setting", f"is {rest[0]}"]
    if not rest or not any(ch.isalnum() for ch in rest[0]) or (kind != OBJECT and len(rest) < 2):
        return None
    subject, value, other = (*rest, "", "")[:3]
    if (kind == NUMBER and not digits(f"{value} {other}").isdigit()) or _COUNT_ONLY.fullmatch(
        subject
    ):
        return None
    if _PLACE_ONLY.fullmatch(other):
        kind, value, other = PLACE, f"{value}{other}", ""
    if kind == OBJECT:
        value = other = ""
    return Line(*number, kind, subject, value, other)


def in_words(line: Line) -> str:
    """Return the claim as a sentence."""
    subject, value, other = line.subject, line.value, line.object
    if chinese(subject + value):
        there = line.kind == OBJECT and not re.match("没有|可能有|有", subject)
        return f"{'有' if there else ''}{subject}{value}{other}。"
    if line.kind == OBJECT and subject.isascii():
        plural = subject.endswith("s") and not subject.endswith("ss")
        named = subject if plural or _DETERMINED.match(subject) else f"a {subject}"
        return f"There {'are' if plural else 'is'} {named}."
    if subject.isascii() and not _DETERMINED.match(subject):
        subject = f"the {subject}"
    text = " ".join(filter(None, (subject, value, other)))
    return f"{text[:1].upper()}{text[1:]}."


def grounded(line: Line, caption: str) -> bool:
    """Return whether the words of a claim are those of its caption, by at least half; in Chinese those of
    each field, and all its numbers: a model that translates "lies" as "sits" is not to be believed.
    """
    known, fields = _units(caption), (line.subject, line.value, line.object)
    if not chinese(caption):
        said = _units(" ".join(fields))
        return bool(said) and len(said & known) >= _SHARED * len(said)
    if any(c in _DIGITS and c != "一" and c not in caption for c in "".join(fields)):
        return False
    parts = [_units(field) for field in fields]
    return any(parts) and all(len(u & known) >= _SHARED * len(u) for u in parts)


def complete(lines: Sequence[Line], sentence: str) -> bool:
    """Return whether claims say nearly all words of their sentence."""
    known = _units(sentence)
    said = _units(" ".join(f"{x.subject} {x.value} {x.object}" for x in lines))
    return len(known & said) >= _COVERED * len(known)


def _units(text: str) -> set[str]:
    """Characters of scripts without blanks; of others the first four letters of each longer word, so that
    "sits" and "sitting" are one."""
    units = set(re.findall(r"[\u3040-\u30ff\u3400-\u9fff]", text))
    units |= {w[:4].lower() for w in re.findall(r"[^\W_\u3040-\u30ff\u3400-\u9fff]{3,}", text)}
    return units - _EMPTY


def naming(text: str) -> str:
    """Return a name without article, counting word or description: "一位系着围裙的女摊主" is "女摊主"."""
    text = _ARTICLES.sub("", text.strip())
    if not chinese(text):
        return text.casefold()
    text = _BESIDE.sub("", text)
    return _COUNTED.sub("", re.sub(r"^(?:没有|可能有|有)(?=.)|^.*的(?=..)", "", text))


def counted(text: str) -> str:
    """ "2" for "两个小男孩"; "" where nothing, or a single thing, is counted."""
    found = _COUNTED.match(text)
    number = digits(found[0]) if found else ""
    return number if number.isdigit() and int(number) > 1 else ""


def plain_value(value: str) -> str:
    """Return a value without its copula or aspect: "是红色的" is "红色", "is young" is "young"."""
    if chinese(value):
        value = _HEDGED.sub("", value)
        value = re.sub(r"^(?:正在|是|正)(?=.)", "", value)
        return re.sub(r"(?<=.)(?:[着了]|(?<=..)的)$", "", value)
    return re.sub(r"^(?:is|are|was|were)\s+(?=\S)", "", value).casefold()


def written(value: str) -> str:
    """Return the words that can be read: "写着“出口”" and "reads "EXIT"" without the verb and the quotation marks."""
    quoted = re.search('“([^”]+)”|「([^」]+)」|『([^』]+)』|‘([^’]+)’|"([^"]+)"', value)
    return next(filter(None, quoted.groups())).strip() if quoted else plain_value(value.strip())


def digits(value: str) -> str:
    """ "两个" and "are two" as "2"; a number that is none of the first as it stands."""
    if found := re.search(r"\d+", value):
        return found[0]
    if chinese(value):
        return next((str(_DIGITS[c]) for c in value if c in _DIGITS), value)
    return next((str(_NAMES.index(w)) for w in value.lower().split() if w in _NAMES), value)
