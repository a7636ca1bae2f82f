"""Places that Chinese captions of a crop name ("画面左侧"), translated into the whole image."""

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


def in_whole_image(text: str, frame: Box | None) -> str:
    """A text said of a crop with its places translated into the whole image.

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
    """A reading of whole sentences with the places in them translated; what was said stays as it was."""
    if places.whole(frame):
        return reading
    return replace(
        reading,
        sentences=tuple(replace(s, text=in_whole_image(s.text, frame)) for s in reading.sentences),
        claims=tuple(replace(c, text=in_whole_image(c.text, frame)) for c in reading.claims),
    )
