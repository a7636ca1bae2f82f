"""Chinese sentences that contradict each other in the colour of one thing, the place of two, or what is in a container."""

from __future__ import annotations

import re

_COLOUR = "红蓝绿黄黑白灰紫粉橙棕金银褐青"
_BEFORE = re.compile(
    rf"[深浅淡亮暗]?([{_COLOUR}])(?:色的?|的)((?!的)[\u3400-\u9fff]{{1,4}}?)(?=[，。,.；;、和与的在上里]|$)"
)
_AFTER = re.compile(
    rf"的?([\u3400-\u9fff]{{1,3}})(?:是|为|呈)[深浅淡亮暗]?([{_COLOUR}])色?的?(?=[，。,.；;、]|$)"
)
_NEAR = {
    frozenset(pair)
    for pair in (
        "灰银",
        "黄金",
        "棕褐",
        "红橙",
        "红粉",
        "紫粉",
        "青蓝",
        "青绿",
        "灰白",
        "黄棕",
        "红棕",
    )
}


def compare(x: str, y: str) -> str:
    """Return "contradiction", "equivalent" or "neutral" where colours, sides or emptiness decide; else ""."""
    if _sides(x, y):
        return "contradiction"
    if _filled(x, y) or _filled(y, x):
        return "contradiction"
    return _colours(x, y)


def _colours(x: str, y: str) -> str:
    """Of one thing another colour is a contradiction; colours of things that share no name decide nothing."""
    first, second = _coloured(x), _coloured(y)
    if not first or not second:
        return ""
    common = [(a, b) for a in first for b in second if a.endswith(b) or b.endswith(a)]
    if any(
        len(first[a]) == len(second[b]) == 1
        and first[a] != second[b]
        and frozenset((*first[a], *second[b])) not in _NEAR
        for a, b in common
    ):
        return "" if _several(x) or _several(y) else "contradiction"
    return "" if common else "neutral" if not _same_rest(x, y) else ""


def _coloured(text: str) -> dict[str, set[str]]:
    """noun -> its colours, of "红色的裙子" and "裙子是红色的"."""
    found: dict[str, set[str]] = {}
    for colour, noun in _BEFORE.findall(text):
        found.setdefault(noun, set()).add(colour)
    for noun, colour in _AFTER.findall(text):
        found.setdefault(noun, set()).add(colour)
    return found


def _same_rest(x: str, y: str) -> bool:
    """Return whether two sentences are one but for their colours."""
    return re.sub(f"[{_COLOUR}]", "", x) == re.sub(f"[{_COLOUR}]", "", y)


def _several(text: str) -> bool:
    """Return whether a person is introduced, so that another sentence may speak of another one."""
    return bool(re.match(r"(?:有|在.{1,8}?有)?一[名个位只]", text))


_SIDE = re.compile(
    r"(?:^|[，,])([\u3400-\u9fff]{1,8}?)(?:正?[站坐停放摆躺趴位]*[在于])([\u3400-\u9fff]{1,8}?)的?([左右前后上下])[边面侧方]"
)


def _sides(x: str, y: str) -> bool:
    """A is left of B here, B is left of A there."""
    return any(
        a[0] == b[1] and a[1] == b[0] and a[2] == b[2]
        for a in _SIDE.findall(x)
        for b in _SIDE.findall(y)
    )


_BARE = re.compile(
    r"(?:^|[，,的])([\u3400-\u9fff]{1,4}?)[上里中内]?(?:是空的|空着|都是空的|空空如也|空荡荡|空无一物|没有人|什么都?没有)"
)
_INSIDE = "[上里中内](?:还|都|正)?(?:装|放|坐|躺|站|停|摆|有|盛|插|挤|睡)(?!着?没有)"


def _filled(x: str, y: str) -> bool:
    """A thing is empty here; there something is in it."""
    return any(re.search(re.escape(noun) + _INSIDE, y) for noun in _BARE.findall(x))
