"""Chinese captions: what of a sentence says something of the image, and places of a crop ("画面左侧") as places of
the whole image."""

from __future__ import annotations

import re
from dataclasses import replace

from ..regions import Box
from . import Reading, places

_WHERE = {"左": "left", "右": "right", "上": "top", "顶": "top", "下": "bottom", "底": "bottom"}
_WORDS = {
    "upper left": "左上方", "upper right": "右上方", "lower left": "左下方", "lower right": "右下方",
    "left": "左侧", "right": "右侧", "center": "中央", "top center": "上方中央", "bottom center": "下方中央",
}  # fmt: skip
# "画面的左上角", "图片中央"; without a word for the picture only where a clause begins, for "桌子左侧" is a
# place next to the table.
_PHRASE = re.compile(
    r"(?:(?:(?P<start>位于|处于|在|于)?(?P<of>(?:画面|图像|图片|照片|影像|镜头|图)(?:中|里)?的?))"
    r"|(?:(?<=[，。；：！？,;\n])|^)(?P<bare>位于|在)?)"
    r"[最正偏]?(?:(?P<where>[左右][上下]|[上下顶底][左右]|[左右上下顶底])(?:半部分|半边|部分|侧|边|方|部|角|端)|(?P<middle>正?中[央间心](?:部分|位置|处)?))"
    r"(?!的?那)"
)


_PICTURE = r"(?:图片|照片|图像|画面|影像|截图|插画|图)"
_THE = rf"(?:(?:这|该|此|本)(?:是一)?[张幅个]?)?{_PICTURE}"
_LEAD_INS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:好的|当然(?:可以)?|没问题)[，,。！!]\s*",
        r"(?:以下|下面)(?:是|为)[^：:。]{0,30}[：:]\s*",
        r"(?:此外|另外|同时|总的来说|总之|总体而言|综上所述)[，,]\s*",
        rf"{_THE}(?:中|里|上|内)?(?:主要)?(?:展示|展现|显示|呈现|描绘|拍摄|捕捉|描述|记录)(?:的是|了|出)?",
        rf"(?:从|在)?{_THE}(?:中|里|上|内)?[，,]?\s*(?:我们|还|也|你)?(?:可以|能够?)(?:清晰地?|清楚地?)?(?:看到|看见|观察到|发现)(?:了)?",
        rf"(?:在)?{_THE}(?:中|里|内)[，,]\s*",
        rf"(?:在)?{_THE}(?:中|里|上|内)?(?:的)?是(?=[一两二三四五六七八九十几数多许])",
        r"(?:我们|还|也)?(?:可以|能够?)(?:看到|看见|观察到)(?:了)?",
    )
)
_SHOWS = 3  # from this on what follows is what the image shows
_REFUSES = re.compile(
    r"^(?:(?:非常|很)?(?:抱歉|对不起|不好意思)[，,。]?\s*)?(?:我|本人|作为[^，,]{0,12}[，,]我)?"
    r"(?:无法|不能|没法|没有办法|不便)(?:识别|描述|提供|确定|看到|查看|判断|回答|辨认|帮助)[^，,。；;]*"
    r"(?:[，,；;。]?\s*(?:但是?|不过|然而)[，,]?\s*(?:我)?(?P<rest>.+))?[。.！!]?$"
)
# Clauses of a mood or a conclusion, with nothing that can be seen behind them.
_MOOD = re.compile(
    r"氛围|气氛|给人|令人|让人|使人|营造|烘托|心情|美感|和谐感|体现[了出]|彰显|象征|增添了|增加了|仿佛在诉说|"
    r"充满[^，,。]{0,8}(?:气息|活力|生机|感觉|魅力|乐趣)|"
    r"(?:显得|看起来|看上去)(?:十分|非常|格外|特别|很|尤为|更加|既)?[^，,。]{0,3}(?:热闹|宁静|温馨|生动|和谐|舒适|惬意|美丽|安静|祥和|繁忙)"
)
_SIGN = re.compile(r"[“”\"「」『』]")  # words on a sign are no mood
_CUT = re.compile(r"[的在是和与着把被有个只条张名位、，,：:]$")  # no sentence ends so


# A clause of another part of the image, with its own subject: it is a statement by itself.
_ELSEWHERE = (
    r"(?:(?:画面|图片|图像)?(?:的)?(?:背景|前景|远处|近处|中景)(?:[中里处]?(?:是|为|有|可见)|的)|"
    r"(?:画面|图片|图像)(?:的)?[左右上下顶底中](?:上|下|方|侧|边|部|央|间|角)*[有是放站坐]|"
    r"(?:天空|地面|墙壁|水面)(?:中|上)?(?:是|有|呈|很|布满|铺))"
)
_CLAUSE_END = re.compile(rf"[；;]\s*|[，,]\s*(?={_ELSEWHERE})")


def clauses(sentence: str) -> list[str]:
    """Return the parts of a Chinese sentence that can stand alone: at "；", and before a clause about another part of the
    image. A clause whose subject is in the one before stays with it.
    """
    found, start = [], 0
    for end in _CLAUSE_END.finditer(sentence):
        before = sentence[: end.start()]
        opened = sum(before.count(c) for c in "“「『《（") - sum(
            before.count(c) for c in "”」』》）"
        )
        if not opened and len(before) - start > 3:
            found.append(before[start:])
            start = end.end()
    return [*found, sentence[start:]]


def is_cut(text: str) -> bool:
    """Return whether a sentence breaks off: it ends in a word that more must follow."""
    return bool(_CUT.search(text.strip()))


def said_of_image(said: str) -> tuple[str, list[str]]:
    """Return a sentence without refusal, lead-in and moods, and these; "" where nothing else is left."""
    text, out = said.strip(), []
    if refused := _REFUSES.match(text):
        rest = refused["rest"] or ""
        out.append(text[: len(text) - len(rest)])
        text = rest
    for number, pattern in enumerate(_LEAD_INS):
        if found := pattern.match(text):
            out.append(found[0])
            text = text[found.end() :]
            if number >= _SHOWS and re.match(r"[一两二三四五六七八九十几数多许]", text):
                text = f"有{text}"
    clauses = re.findall(r"[^，,；;。！？!?]+[，,；;。！？!?]*[”」』\"]*", text)
    moods = [c for c in clauses if _MOOD.search(c) and not _SIGN.search(c)]
    if moods:
        out += [m.strip("，,；; ") for m in moods]
        text = "".join(c for c in clauses if c not in moods)
        text = re.sub(r"[，,；;]+$", "", text.strip())
    text = text.strip("，, ")
    return (text if re.search(r"\w", text) else ""), out


def in_whole_image(text: str, frame: Box | None) -> str:
    """Return a text said of a crop with its places translated into the whole image.

    Args:
        frame: the crop in fractions of the whole image; None for the whole image.
    """
    if places.whole(frame):
        return text

    def translated(match: re.Match) -> str:
        names = {_WHERE[c] for c in match["where"] or ""}
        rows, columns = names & {"top", "bottom"}, names & {"left", "right"}
        place = " ".join([*rows, *columns]) or "center"
        word = _WORDS.get(places.translate(place, frame), "")
        before = match["start"] or match["bare"] or ""
        return f"{before}{match['of'] or '画面'}{word}" if word else ""

    return _PHRASE.sub(translated, text)


def placed(reading: Reading, frame: Box | None) -> Reading:
    """Return a reading of whole sentences with the places in them translated; what was said stays as it was."""
    if places.whole(frame):
        return reading
    return replace(
        reading,
        sentences=tuple(replace(s, text=in_whole_image(s.text, frame)) for s in reading.sentences),
        claims=tuple(replace(c, text=in_whole_image(c.text, frame)) for c in reading.claims),
    )
