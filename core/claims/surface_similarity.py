"""Compares sentences that cannot be split into claims, by their characters, words and numbers.

A sentence pair is "equivalent" where nearly all characters are shared, entails where one is nearly
contained in the other, and contradicts where one frame is filled with another number or an opposite
word. No embedding of another language decides anything here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from . import chinese_contrast

# Opposites, synonyms and kinds of plain visible words in the languages that captions come in most.
_OPPOSITE = """
左|右;上方|下方;上面|下面;里面|外面;前面|后面;前景|背景;坐|站|躺|趴|蹲;白天|夜晚;开着|关着;打开|关闭;打开|关上;敞开|关着;\
室内|海边|沙滩|公园里|街上|街道|田野|森林|草原|户外;男|女;男子|女子;男人|女人;男孩|女孩;红|蓝|绿|黄|黑|白|灰|紫|粉|橙|棕;室内|室外;户内|户外;年轻|年老;大人|孩子;\
上|下;满|空;晴|阴|雨|雪;有人|没有人|空无一人;停|行驶;狗|猫;木|金属;日出|日落;亮|暗;长发|短发;戴着|没有戴;夏|冬;开|关;湿|干;新|旧;\
亮着|关着|熄灭|没有打开;下着雨|阳光|下着雪;微笑|严肃|哭;点燃|熄灭;醒着|睡;微笑|严肃|哭;笑|哭;下着雨|阳光;站着|坐着|躺着|趴着;站在|坐在|躺在|趴在|蹲在;干净|脏;整齐|凌乱;完整|破损|切掉|切开|咬了|缺了|吃了;身后|前面;\
单人|双人;光头|长发;穿着鞋|光着脚;牵着|抱着;骑着|推着;面向镜头|背对镜头;睁着|闭着;张开|合上;直发|卷发;结冰|流动;生的|熟的
왼쪽|오른쪽;앉|서 |누워;위|아래;안|밖;낮|밤;남자|여자;소년|소녀;열려|닫혀;빨간|파란|노란|검은|흰|초록|회색;실내|실외;개|고양이;젊은|늙은;앞|뒤
слева|справа;левой|правой;сидит|стоит|лежит;сидят|стоят|лежат;днём|ночью;день|ночь;мужчин|женщин;мальчик|девочк;открыт|закрыт;\
красн|син|зелён|зелен|жёлт|желт|чёрн|черн|бел|сер;внутри|снаружи;в помещении|на улице;собак|кошк;старый|молодой;пуст|полн;под |на ;деревянн|металлическ
左側|右側;座って|立って|横に;昼|夜;男性|女性;開いて|閉じて;赤い|青い|緑の|黄色い|黒い|白い;屋内|屋外;犬|猫;上に|下に
links|rechts;sitzt|steht|liegt;mann|frau;offen|geschlossen;rote|blaue|grüne|gelbe|schwarze|weiße|graue;tag|nacht;hund|katze
izquierda|derecha;sentad|de pie|acostad;hombre|mujer;abiert|cerrad;roj|azul|verde|amarill|negr|blanc;día|noche;perro|gato
gauche|droite;assis|debout|allongé;homme|femme;ouvert|fermé;rouge|bleu|vert|jaune|noir|blanc;jour|nuit;chien|chat
"""
_SAME = """
关着=紧闭着=紧闭;没有人=一个人也没有=一个人都没有=空无一人=没人;街道上=街上=马路上;看向镜头=看着镜头=望着镜头=注视镜头;面向镜头=面对镜头=面朝镜头;背对镜头=背对着镜头=背向镜头;似乎=好像=看起来像;\
女子=女人=女士=女性=妇女;长椅=长凳;男子=男人=男士=男性;女子=女人=女性;双手抱臂=双臂交叉=抱着双臂;天上=天空;万里无云=没有一丝云=没有云=无云=晴朗;路边=道路旁边=街边=马路边;汽车=车辆=轿车=车;\
停放=停着=停;照片=图片=画面=图像;沙发=长沙发;一位=一名=一个=那位=那名=那个=这个;自行车=单车;摩托车=机车;手机=电话;拿着=握着=手持=里有=中有;穿着=身穿=身着=穿;\
戴着=佩戴=戴;孩子=小孩=儿童;看着=望向=注视=望着;旁边=一侧=边上;上方=上面;下方=下面=底下=下;书桌=桌子;眼镜=一副眼镜;微笑=笑着;衣服=衣物;帽子=帽;跳了起来=跳起=跃到空中=跃起
길가=도로변;자동차=차;주차되어 있다=세워져 있다;사람=인물;여자=여성;남자=남성;소파=쇼파
машин=автомобил;диван=соф;человек=мужчина или женщина;дорог=улиц
"""
_KIND = """
苹果>水果;橙子>水果;香蕉>水果;牧羊犬>狗;小狗>狗;麻雀>鸟;海鸥>鸟;鸽子>鸟;公交车>车;卡车>车;轿车>车;吉他>乐器;钢琴>乐器;男孩>孩子;女孩>孩子;\
男子>人;女子>人;男孩>人;女孩>人;老人>人;孩子>人;猫>动物;狗>动物;马>动物;外套>衣服;衬衫>衣服;上衣>衣服;帽子>衣物;啤酒>饮料;咖啡>饮料;玫瑰>花;松树>树;桌子>家具;椅子>家具
사과>과일;바나나>과일;개>동물;고양이>동물;남자>사람;여자>사람
яблок>фрукт;банан>фрукт;апельсин>фрукт;собак>животн;кошк>животн;кот>животн;мужчин>человек;женщин>человек;роз>цвет
"""
_NUMBERS = {
    "一": 1, "两": 2, "二": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
    "один": 1, "одна": 1, "два": 2, "две": 2, "двое": 2, "три": 3, "трое": 3, "четыре": 4, "пять": 5, "шесть": 6,
    "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6,
}  # fmt: skip
_VAGUE = re.compile(r"几|一些|许多|多|些|여러|несколько|много|some|einige")
_CLASSIFIER = "个名位只条辆把张匹头件棵朵本台部架艘座顶双副片块群株盏面扇支杯瓶碗盘"
_FILLER = re.compile(
    r"似乎|画面|照片|图片|图像|可以看到|能看到|看到|位于|显示|[的了着在是有那这和与正地把被将上里中一个名位只条辆把张件棵们其所]"
)
_PARTICLE = re.compile(r"[은는이가을를에의로도와과 다있어되한그]")
# Rows of `_OPPOSITE` about the whole image: they clash however little else is shared.
_OVERALL = (
    "白天",
    "室内",
    "户内",
    "낮",
    "실내",
    "днём",
    "день",
    "внутри",
    "昼",
    "屋内",
    "tag",
    "día",
    "jour",
    "晴",
)
_COLOURS = ("红", "빨간", "красн", "赤い", "rote", "roj", "rouge")
_INDEFINITE = re.compile(r"一[名个位只](?!.*同)")
_TELLING = frozenset("左右红蓝绿黄黑白灰紫粉橙棕金银大小高长短木铁老新旧二两三四五六七八九十")


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    text = text.lower()
    for line in _SAME.strip().splitlines():
        for group in line.split(";"):
            words = group.split("=")
            # Longest first, through a mark, so that one replacement does not eat another.
            for word in sorted(words[1:], key=len, reverse=True):
                text = text.replace(word, words[0])
    return text


@lru_cache(maxsize=4096)
def _numbers(text: str) -> tuple[tuple[int, str], ...]:
    """Counts, each with the character or word counted next."""
    found = [(int(n), rest) for n, rest in re.findall(rf"(\d+)\s*(?:[{_CLASSIFIER}])?(\w?)", text)]
    found += [
        (_NUMBERS[n], rest)
        for n, rest in re.findall(rf"([两二三四五六七八九十])(?:[{_CLASSIFIER}])(\w?)", text)
    ]
    found += [
        (_NUMBERS[n], rest[:3])
        for n, rest in re.findall(
            r"\b({})\s+(\w+)".format("|".join(w for w in _NUMBERS if len(w) > 2)), text
        )
    ]
    return tuple(found)


def _grams(text: str) -> set[str]:
    """Pairs of characters where a word is a few of them, beginnings of words where blanks part them."""
    text = re.sub(r"[\W_]+", " ", text).strip()
    if re.search(r"[぀-ヿ㐀-鿿]", text):
        return set(_FILLER.sub("", text.replace(" ", "")))
    if re.search(r"[가-힣]", text):
        return set(_PARTICLE.sub("", text))
    return {w[:4] if len(w) > 4 else w for w in text.split()}


@lru_cache(maxsize=4096)
def compare(a: str, b: str) -> str:
    """equivalent | a_entails_b | b_entails_a | contradiction | neutral."""
    x, y = _normal(a), _normal(b)
    m, n = _grams(x), _grams(y)
    if not m or not n:
        return "neutral"
    if x == y:
        return "equivalent"
    if (q := _quotes_clash(a, b)) and len(
        _grams(_QUOTED.sub("", x)) & _grams(_QUOTED.sub("", y))
    ) >= q:
        return "contradiction"
    if (turned := _turned(x, y)) or (turned := _denied(x, y)) or (turned := _counted(a, b)):
        return turned
    if opposed := chinese_contrast.compare(x, y):
        return opposed
    shared = len(m & n)
    less = shared / min(len(m), len(n))
    for row in _rows(_OPPOSITE):
        words = row.split("|")
        said_x, said_y = _said(words, x), _said(words, y)
        if said_x and said_y and not said_x & said_y and (less >= 0.5 or words[0] in _OVERALL):
            people = _INDEFINITE.search(a) and _INDEFINITE.search(b)
            if words[0] in _COLOURS and people and less < 0.9:
                return "neutral"  # two people, each with a colour
            if words[0] in _COLOURS and _topic(x) and _topic(y) and _topic(x) != _topic(y):
                return "neutral"  # two things, each of its colour
            if words[0] in ("左", "왼쪽", "слева", "左側", "links") and less < 0.75:
                return "neutral"  # two things, each on its side
            return "contradiction"
    if _of_one_subject(x, y):
        return "contradiction"
    if (s := _swapped(x, y)) and less > 0.85:
        return s
    counts_x, counts_y = dict(_numbers(x)), dict(_numbers(y))
    if counts_x and counts_y and set(counts_x) != set(counts_y) and less >= 0.6:
        return "contradiction"
    forward, backward = _covered(m, n, x, y), _covered(n, m, y, x)
    more, fewer = (m - n) & _TELLING, (n - m) & _TELLING
    if bool(more) != bool(fewer):
        forward, backward = (forward, 0.0) if more else (0.0, backward)
        if max(forward, backward) >= 0.65:
            return "a_entails_b" if more else "b_entails_a"
    elif more and fewer:
        return "neutral"
    if (forward >= 0.8 and backward >= 0.8) or (
        min(forward, backward) >= 0.7 and abs(len(m) - len(n)) <= 2
    ):
        return "equivalent"
    if forward >= 0.72 and forward > backward:
        return "a_entails_b"
    if backward >= 0.72 and backward > forward:
        return "b_entails_a"
    return "neutral"


_POSED = (
    "坐",
    "站着",
    "站在",
    "开着",
    "打开",
    "亮",
    "点燃",
    "醒着",
    "满",
    "干净",
    "完整",
    "湿",
    "睁着",
    "张开",
)
_INTRODUCED = re.compile(r"^(?:有|几|许多|一些|[一两二三四五六七八九十]+[个名位只条辆匹头群])")


def _of_one_subject(x: str, y: str) -> bool:
    """Two clauses that begin with one definite thing, which sits here and stands there."""
    for row in _rows(_OPPOSITE):
        words = row.split("|")
        if words[0] not in _POSED:
            continue
        p, q = _said(words, x), _said(words, y)
        if len(p) == len(q) == 1 and p != q:
            one, other = x.partition(*p)[0], y.partition(*q)[0]
            start = one[
                : next((i for i, (c, d) in enumerate(zip(one, other)) if c != d), len(one))
            ][: len(other)]
            if (
                len(start) >= 2
                and not _INTRODUCED.match(start)
                and min(len(one), len(other)) <= len(start) + 2
            ):
                return True
    return False


_QUOTED = re.compile(r"[“\"「『《]([^”\"」』》]{1,80})[”\"」』》]")


def _quotes_clash(a: str, b: str) -> int:
    """Return how many characters beside them two texts must share whose quotations differ, so that they
    contradict each other; 0 where they don't differ.
    """
    p, q = set(_QUOTED.findall(a)), set(_QUOTED.findall(b))
    return 3 if p and q and not p & q else 0


_VERB = re.compile(r"追|推|拉|喂|抱|牵|背|骑|咬|扶|举|拍|画|追赶|亲吻|拥抱|听诊|剪|喷|递")
_NAMES = re.compile(r"(?:[一两二三四五六七八九十几]|那|这)?[个名位只条辆匹头]")


def _agents(text: str) -> tuple[str, str, str] | None:
    """(who, verb, to whom) of a plain Chinese clause; None where it has another form."""
    clause = re.sub(r"[。.！!的着了]", "", text)
    verb = next(iter(_VERB.findall(clause)), "")
    if not verb or "，" in clause or "," in clause:
        return None
    plain = re.sub(
        r"正在|正|在(?=被|给|把|用|追|推|拉|喂|抱|牵|背|咬|扶)|用[^给把]{1,6}(?=给|把)",
        "",
        _NAMES.sub("", clause),
    )
    if "被" in plain:
        other, _, rest = plain.partition("被")
        return (rest.partition(verb)[0], verb, other)
    for mark in ("给", "把"):
        if mark in plain:
            one, _, rest = plain.partition(mark)
            return (one, verb, rest.rpartition(verb)[0])
    one, _, other = plain.partition(verb)
    return (one, verb, other) if one and other else None


def _turned(x: str, y: str) -> str:
    """Two clauses in which each does it to the other, or one says actively what the other says passively."""
    for one, other in (
        ("左", "右"),
        ("前", "后"),
        ("上", "下"),
    ):  # "台灯在电脑左边", "电脑在台灯右边"
        pattern = r"^(.{{1,8}}?)(?:位于|在)(.{{1,8}}?)的?{}[边面侧方]?[。.]?$"
        for p, q in ((one, other), (other, one)):
            a, b = re.match(pattern.format(p), x), re.match(pattern.format(q), y)
            if a and b and (a[1], a[2]) == (b[2], b[1]):
                return "equivalent"
    m, n = _agents(x), _agents(y)
    if m and n and m[1] == n[1] and all(m) and all(n) and m[0] != m[2]:
        if (m[0], m[2]) == (n[2], n[0]):
            return "contradiction"
        if m == n and ("被" in x) != ("被" in y):
            return "equivalent"
    return ""


_NONE = re.compile(r"没有(?:任何|一个|一只)?(?P<what>[\u3400-\u9fff]{1,4})[。.]?$")


def _denied(x: str, y: str) -> str:
    """Return where nothing of a kind is there, nothing of its special kinds is."""
    p, q = _NONE.search(x), _NONE.search(y)
    if not p or not q or p["what"] == q["what"]:
        return ""
    kinds = {tuple(row.split(">")) for row in _rows(_KIND)}
    if (q["what"], p["what"]) in kinds:
        return "a_entails_b"
    return "b_entails_a" if (p["what"], q["what"]) in kinds else ""


_HAVE = re.compile(
    rf"(?P<only>只|仅)?(?:有|摆着|放着|站着|停着|坐着)(?P<number>[一两二三四五六七八九十])[{_CLASSIFIER}](?P<what>[\u3400-\u9fff]{{1,4}})"
)


def _counted(a: str, b: str) -> str:
    """Other numbers of one thing, where one of them is "only": "只有一碗面", "三碗面"."""
    p, q = _HAVE.search(a), _HAVE.search(b)
    if (
        p
        and q
        and len(p["what"]) > 1 < len(q["what"])
        and p["what"][:2] == q["what"][:2]
        and p["number"] != q["number"]
        and (p["only"] or q["only"])
    ):
        return "contradiction"
    return ""


def _topic(text: str) -> str:
    """Return what a clause says a value of: "裙子" of "女子的裙子是白色的"."""
    found = re.match(r"^[^，,]{0,12}的([\u3400-\u9fff]{1,4})(?:是|为|呈)", text)
    return found[1] if found else ""


def _rows(table: str) -> list[str]:
    return [row for line in table.strip().splitlines() for row in line.split(";")]


def _said(words: list[str], text: str) -> set[str]:
    found = {w for w in words if w in text}
    return {w for w in found if not any(w != o and w in o for o in found)}


def _covered(m: set[str], n: set[str], x: str, y: str) -> float:
    """Return the share of what `y` says that `x` says too, kinds and vague counts included."""
    missing = n - m
    for row in _rows(_KIND):
        special, _, general = row.partition(">")
        if special in x and general in y:
            missing = missing - set(general) - {general[:4]}
    for word in re.findall(_VAGUE, y):
        missing = missing - set(word)
    return 1 - len(missing) / len(n)


def _swapped(x: str, y: str) -> str:
    """Two clauses that give one pair of things each other's place."""
    for row in ("左|右", "왼쪽|오른쪽", "слева|справа"):
        sides = row.split("|")
        if not all(side in text for side in sides for text in (x, y)):
            continue
        first, second = _sided(x, sides), _sided(y, sides)
        for words, where in first:
            _, other = max(second, key=lambda s: len(s[0] & words) - len(s[0] ^ words))
            if where and other and other != where:
                return "contradiction"
    return ""


def _sided(text: str, sides: list[str]) -> list[tuple[frozenset[str], str]]:
    """Return each clause's characters without those of the side, and the side it names."""
    return [
        (frozenset(clause) - set("".join(sides)), next((s for s in sides if s in clause), ""))
        for clause in re.split(r"[，,;；]", text)
    ]
