"""Values of things: which entail each other, and which one thing cannot have at once.

A value is a lemma or a few ("dark blue", "red and white", "made of wood"). Families are complete as
classes: all basic colours with their named shades, materials, postures, states. Sizes are relative and
never exclude each other. What is in no family is compared by WordNet's clusters and antonyms.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from . import lexicon
from .exclusive_values import EXCLUSIVE
from .lexicon import normal
from .value_words import (
    DARK,
    EMPTY,
    INTENSITIES,
    MATERIAL_WORDS,
    NEAR,
    NEARLY,
    RELATIVE,
    SHADE,
    SHADES,
    SYNONYMS,
)


def _map(families: dict[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for family, words in families.items():
        for word in words.split():
            found.setdefault(normal(word), set()).add(family)
    return {word: frozenset(names) for word, names in found.items()}


COLOURS, MATERIALS = _map(SHADES), _map(MATERIAL_WORDS)
_NEAR_PAIRS = {frozenset(pair.split()) for pair in NEAR.split("|")}


@cache
def _exclusive() -> dict[str, list[tuple[int, int]]]:
    """word -> (row, cell) of every row of `EXCLUSIVE` that it is in."""
    found: dict[str, list[tuple[int, int]]] = {}
    for row, line in enumerate(EXCLUSIVE.strip().splitlines()):
        for cell, words in enumerate(line.split("|")):
            for word in words.split(","):
                found.setdefault(normal(word), []).append((row, cell))
    return found


@cache
def _synonyms() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for row, line in enumerate(SYNONYMS.strip().splitlines()):
        for word in line.split(","):
            found.setdefault(normal(word), set()).add(row)
    return {word: frozenset(rows) for word, rows in found.items()}


@lru_cache(maxsize=8192)
def words(value: str) -> tuple[str, ...]:
    """Return the words of a value that say something: "mostly of a dark blue color" -> ("dark", "blue")."""
    parts = re.findall(r"[^\W_]+(?:'[^\W_]+)?", normal(value))
    return tuple(p for p in parts if p not in EMPTY) or tuple(parts)


@lru_cache(maxsize=8192)
def colours(value: str) -> tuple[frozenset[str], ...]:
    """Return the colours that a value names, each with its families and "dark" or "light" where it says so."""
    found, shade, parts = [], None, words(value)
    for i, word in enumerate(parts):
        pair = " ".join(parts[i : i + 2])
        if word in SHADE:
            shade = SHADE[word]
            continue
        families = COLOURS.get(pair) or COLOURS.get(word)
        if families:
            found.append(
                families | ({shade} if shade else {"dark"} if word in DARK else frozenset())
            )
        shade = None
    return tuple(found)


def _shades_clash(a: frozenset[str], b: frozenset[str]) -> bool:
    return {"dark", "light"} <= (a ^ b)


def _colour_entails(a: frozenset[str], b: frozenset[str]) -> bool:
    tone = {"dark", "light"}
    return bool((a - tone) & (b - tone)) and (b & tone) <= (a & tone)


def _colour_excludes(a: frozenset[str], b: frozenset[str]) -> bool:
    tone = {"dark", "light"}
    x, y = a - tone, b - tone
    if x & y:
        return _shades_clash(a, b)
    return not any(frozenset((f, g)) in _NEAR_PAIRS for f in x for g in y)


def _only(value: str, known: dict) -> bool:
    """Return whether every word of the value is one of the class, or tells its shade."""
    return all(w in known or w in SHADE or w in INTENSITIES for w in words(value))


@lru_cache(maxsize=32768)
def entails(a: str, b: str) -> bool:
    """Return whether what is `a` is `b`: navy is blue, red and white is red, seated is sitting."""
    a, b = normal(a), normal(b)
    if a == b:
        return True
    first, second = set(words(a)), set(words(b))
    if second <= first:
        return True
    if a.partition(" ")[0] in NEARLY - second:
        return False  # curtains that are half drawn are not closed
    if {*_cells(a)} & {*_cells(b)}:
        return True  # "in motion" and "moving"
    if (x := colours(a)) and (y := colours(b)) and _only(b, COLOURS):
        return all(any(_colour_entails(p, q) for p in x) for q in y)
    return all(any(_word_entails(p, q) for p in first) for q in second - first)


@lru_cache(maxsize=32768)
def _word_entails(a: str, b: str) -> bool:
    if a == b or _synonyms().get(a, frozenset()) & _synonyms().get(b, frozenset()):
        return True
    if (x := COLOURS.get(a)) and (y := COLOURS.get(b)):
        return b in x and len(y) == 1
    if (
        (x := MATERIALS.get(a))
        and b in MATERIALS
        and (b in x or any(related(b, f) or related(f, b) for f in x))
    ):
        return True
    if any(cell in _exclusive().get(b, ()) for cell in _exclusive().get(a, ())):
        return True
    if lexicon.same(a, b) or (
        lexicon.senses(b) and lexicon.is_kind(a, b) and b not in lexicon.ANYTHING
    ):
        return True
    return _similar(a, b) or related(a, b)


@lru_cache(maxsize=8192)
def _cluster(word: str) -> frozenset[int]:
    return frozenset(lexicon.senses(word, lexicon.ADJECTIVE)[:2])


def _similar(a: str, b: str) -> bool:
    """One synset, or one is the head of the other's cluster, in their two first senses."""
    x, y = _cluster(a), _cluster(b)
    if x & y:
        return True
    column = lexicon._column(lexicon.ADJECTIVE, "above")
    return any(int(t) in y for s in x for t in column[s].split())


_ENDINGS = re.compile(r"(?:ing|ed|en|y|s|es|ish|like)$")


def stem(word: str) -> str:
    """Return what "wooden", "wood" or "snowy", "snow" or "hooded", "hood" have in common."""
    cut = _ENDINGS.sub("", word)
    if len(cut) > 3 and cut[-1] == cut[-2]:
        cut = cut[:-1]
    return cut if len(cut) >= 3 else word


@lru_cache(maxsize=32768)
def related(a: str, b: str) -> bool:
    """Return whether two words are forms of one: "wooden" and "wood"."""
    x, y = stem(a), stem(b)
    return x == y or x == y + "e" or y == x + "e"


def _pale(value: str) -> bool:
    """Return whether a value is white or blond and nothing else: what is so is not dark."""
    named = colours(value)
    return (
        bool(named)
        and _only(value, COLOURS)
        and all(c <= {"white", "yellow", "light"} for c in named)
    )


# What is called long or short by a common measure: nobody's hair is both.
_LONG_OR_SHORT = frozenset("hair sleeve beard tail mane skirt fur coat".split())


@lru_cache(maxsize=32768)
def excludes(a: str, b: str, of: str = "") -> bool:
    """Return whether one thing cannot be `a` and `b` at once; `of`: the lemma of that thing."""
    a, b = normal(a), normal(b)
    if a == b or entails(a, b) or entails(b, a):
        return False
    if lexicon.head(of) in _LONG_OR_SHORT and {*words(a), *words(b)} >= {"long", "short"}:
        return True
    if _is_covering(of) and {_drawn(a), _drawn(b)} == {"open", "shut"}:
        return True
    rows = dict(_cells(a))
    if any(row in rows and rows[row] != cell for row, cell in _cells(b)):
        return True
    x, y = colours(a), colours(b)
    if (words(a) == ("dark",) and _pale(b)) or (words(b) == ("dark",) and _pale(a)):
        return True
    if x and y and _only(a, COLOURS) and _only(b, COLOURS):
        return all(_colour_excludes(p, q) for p in x for q in y)
    first, second = words(a), words(b)
    m, n = MATERIALS.get(first[-1]), MATERIALS.get(second[-1])
    if m and n and _only(a, MATERIALS) and _only(b, MATERIALS):
        return not m & n
    if len(first) == len(second) == 1 and not {*first, *second} <= RELATIVE:
        return _opposite(first[0], second[0])
    return False


_SHUT = re.compile(
    r"^(?:fully |completely |tightly )?(?:closed|shut|drawn|down|lowered|(?:drawn|pulled|rolled|let) (?:shut|closed|down|together))$"
)
_OPENED = re.compile(
    r"^(?:fully |completely |wide )?(?:open|opened|up|raised|parted|lifted|"
    r"(?:drawn|pulled|pushed|rolled|tied|swept) (?:back|apart|aside|open|up)|raise|roll up|pull up)$"
)


def _drawn(value: str) -> str:
    """Return whether curtains or shutters that are so are open or shut; "" where the value says neither."""
    return "shut" if _SHUT.match(value) else "open" if _OPENED.match(value) else ""


@lru_cache(maxsize=2048)
def _is_covering(noun: str) -> bool:
    return bool(noun) and lexicon.head(noun) in (
        "curtain", "drape", "shutter", "blind", "shade", "awning", "gate", "barrier",
    )  # fmt: skip


def _cells(value: str) -> list[tuple[int, int]]:
    known = _exclusive()
    said = words(value)
    firm = " ".join(w for w in said if not w.endswith("ly") or lexicon.senses(w, lexicon.ADJECTIVE))
    return known.get(value) or known.get(" ".join(said)) or known.get(firm) or []


@lru_cache(maxsize=8192)
def _opposite(a: str, b: str) -> bool:
    """Antonyms of WordNet, direct or of the heads of their clusters; not of sizes."""
    if a in RELATIVE or b in RELATIVE:
        return False
    if a == f"un{b}" or b == f"un{a}":
        return True
    return _antonyms(a, b)


_APART = tuple(
    frozenset(p.split())
    for p in "left right|top bottom|upper lower|front rear|front back|first second|first last|near far|inner outer|other same|"
    "leftmost rightmost|topmost bottommost|closer farther|nearer farther".split("|")
)


@lru_cache(maxsize=2048)
def compared(word: str) -> str:
    """Return the adjective of a comparative or superlative: "larger", "largest" -> "large"; else the word."""
    for ending in ("er", "est"):
        stem = word.removesuffix(ending)
        if stem != word:
            forms = (
                stem,
                f"{stem}e",
                f"{stem[:-1]}y" if stem.endswith("i") else "",
                stem[:-1] if stem[-1:] == stem[-2:-1] else "",
            )
            for form in forms:
                if form and lexicon.senses(form, lexicon.ADJECTIVE):
                    return form
    return word


@lru_cache(maxsize=4096)
def distinguishes(a: str, b: str) -> bool:
    """Return whether two definite things of one kind are two because the one is `a` and the other `b`: the
    larger and the smaller dog, the left and the right window.
    """
    if frozenset((a, b)) in _APART:
        return True
    return a != compared(a) and b != compared(b) and _antonyms(compared(a), compared(b), 4)


def _antonyms(a: str, b: str, meanings: int = 1) -> bool:
    """Antonyms of WordNet, direct or of the heads of their clusters, in that many of their first senses."""
    pos = lexicon.ADJECTIVE
    up, against = lexicon._column(pos, "above"), lexicon._column(pos, "opposite")

    def heads(word: str) -> set[int]:
        own = lexicon.senses(word, pos)[:meanings]
        return {*own, *(int(t) for s in own for t in up[s].split())}

    x, y = heads(a), heads(b)
    return any(int(t) in y for s in x for t in against[s].split())


def inherent(value: str) -> bool:
    """A colour, material or pattern: what a thing has of itself, and another thing's is not its own."""
    return any(w in COLOURS or w in MATERIALS or w in _exclusive() for w in words(value))
