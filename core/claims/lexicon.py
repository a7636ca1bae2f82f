"""What words mean to each other: kinds of things, synonyms, opposites. From WordNet (`lexicon.json.gz`).

`bench/make_lexicon.py` makes the table. It is loaded when first used. Words are lemmas; a compound is
written with blanks or hyphens ("traffic light"). What WordNet does not know is known by its head
("backsplash tile" is a tile) or, failing that, only equals itself.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from .vocabulary import COUNTERPARTS, GENERA, KINDS, SAME, SPELLING

NOUN, VERB, ADJECTIVE = "noun", "verb", "adj"

_ACCENTED = re.compile(r"[À-ɏ]")
_OUR = re.compile(r"\b(col|harb|fav|neighb|flav|lab|parl|vap|arm|hum|od|savi|behavi|endeav)our")
_RE = re.compile(r"\b(cent|theat|met|lit|fib|sab|somb|spect|lust|meag|kilomet|centimet)re\b")


@lru_cache(maxsize=8192)
def normal(word: str) -> str:
    """Return the word in American spelling, lower case, parts apart by blanks: "Light-coloured" -> "light
    colored".
    """
    word = _ACCENTED.sub(lambda m: unicodedata.normalize("NFD", m[0])[0], word.lower())
    word = " ".join(re.sub(r"[_\-‐‑]+", " ", word).split())
    word = _RE.sub(r"\1er", _OUR.sub(r"\1or", word))
    return " ".join(SPELLING.get(part, part) for part in word.split())


@cache
def _table() -> dict:
    file = Path(__file__).with_name("lexicon.json.gz")
    return json.loads(gzip.decompress(file.read_bytes()))


@cache
def _lemmas(pos: str) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in _table()[pos]["lemmas"].split("\n"))


@cache
def _column(pos: str, name: str) -> list[str]:
    return _table()[pos][name].split(",")


@lru_cache(maxsize=8192)
def senses(word: str, pos: str = NOUN) -> tuple[int, ...]:
    """Return the word's synsets, the most frequent first; () where WordNet has none."""
    lemmas, word = _lemmas(pos), normal(word)
    for form in (word.replace(" ", "_"), word.replace(" ", "-"), word.replace(" ", "")):
        if form in lemmas:
            return tuple(map(int, lemmas[form].split()))
    return ()


@lru_cache(maxsize=8192)
def above(synset: int, pos: str = NOUN) -> frozenset[int]:
    """Return the synset and all above it."""
    rows, seen, left = _column(pos, "above"), {synset}, [synset]
    while left:
        for target in map(int, rows[left.pop()].split()):
            if target not in seen:
                seen.add(target)
                left.append(target)
    return frozenset(seen)


@cache
def _groups() -> dict[str, frozenset[int]]:
    """word -> the groups of `SAME` that it is in."""
    known: dict[str, set[int]] = {}
    for number, line in enumerate(SAME.strip().splitlines()):
        for word in line.split(", "):
            known.setdefault(normal(word), set()).add(number)
    return {word: frozenset(groups) for word, groups in known.items()}


@cache
def _kinds() -> dict[str, frozenset[str]]:
    """word -> the more general words that `KINDS` gives, theirs included."""
    direct: dict[str, set[str]] = {}
    for line in KINDS.strip().splitlines():
        word, _, kinds = line.partition(":")
        direct.setdefault(normal(word), set()).update(normal(k) for k in kinds.split("|"))

    def closed(word: str, seen: frozenset[str]) -> set[str]:
        more = direct.get(word, set()) - seen
        return more.union(*(closed(w, seen | more | {word}) for w in more))

    return {word: frozenset(closed(word, frozenset())) for word in direct}


@lru_cache(maxsize=8192)
def head(word: str) -> str:
    """Return the last word of a compound; the word itself where it is one word."""
    return normal(word).rsplit(" ", 1)[-1]


_PLURALS = dict(
    pair.split("=")
    for pair in "feet=foot teeth=tooth men=man women=woman children=child mice=mouse geese=goose oxen=ox "
    "policemen=policeman firemen=fireman snowmen=snowman fishermen=fisherman businessmen=businessman "
    "gentlemen=gentleman workmen=workman cacti=cactus calves=calf halves=half shelves=shelf dice=die lice=louse "
    "policewomen=policewoman businesswomen=businesswoman grandchildren=grandchild salesmen=salesman "
    "schoolchildren=schoolchild".split()
)


@lru_cache(maxsize=8192)
def singular(word: str) -> str:
    """Return the lemma of a plural noun where WordNet knows one; else the word."""
    word = normal(word)
    if word in _PLURALS:
        return _PLURALS[word]
    if not word.endswith("s") or senses(word) or _groups().get(word):
        return word
    for ending, put in (("ies", "y"), ("ves", "f"), ("ves", "fe"), ("s", ""), ("es", "")):
        if word.endswith(ending) and senses(word[: -len(ending)] + put):
            return word[: -len(ending)] + put
    return word


@lru_cache(maxsize=32768)
def same(a: str, b: str) -> bool:
    """Return whether two nouns name the same kind of thing."""
    a, b = singular(a), singular(b)
    if a == b or a.replace(" ", "") == b.replace(" ", ""):
        return True
    if _grouped(a, b):
        return True
    if senses(a) and senses(a)[:1] == senses(b)[:1]:
        return True
    first, second = a.split(" "), b.split(" ")
    if 1 < len(first) == len(second):
        return all(same(x, y) for x, y in zip(first, second))
    return _plays(a, b) or _plays(b, a)


def _plays(player: str, artist: str) -> bool:
    """Return whether one noun is the one word for the other: "saxophone player" and "saxophonist"."""
    instrument, _, noun = player.rpartition(" ")
    return (
        noun == "player"
        and len(artist) > 6
        and artist.endswith("ist")
        and instrument.startswith(artist[:-3])
    )


def _grouped(a: str, b: str) -> bool:
    return a == b or bool(_groups().get(a, frozenset()) & _groups().get(b, frozenset()))


@lru_cache(maxsize=32768)
def is_kind(special: str, general: str) -> bool:
    """Return whether whatever is called `special` may be called `general`: the same, a synonym or a kind
    above.

    WordNet's first sense of the special word counts; any sense of the general one does. The second and
    third count where the general word is one for plants and food, which share their names.
    """
    special, general = singular(special), singular(general)
    if not special or not general:
        return False
    if same(special, general) or general in ANYTHING:
        return True
    if any(_grouped(k, general) for k in _kinds().get(special, ())):
        return True
    targets = set(senses(general))
    if targets and any(above(s) & targets for s in senses(special)[:1]):
        return True
    if targets and any(above(s) & targets & _eaten() for s in senses(special)[1:3]):
        return True
    if " " not in general and any(above(s) & _ending(general) for s in senses(special)[:1]):
        return True
    if " " in special:
        return is_kind(head(special), general)
    return any((above(s) - {s}) & targets for k in _kinds().get(special, ()) for s in senses(k)[:1])


@cache
def _eaten() -> frozenset[int]:
    """Synsets of what plants are besides plants: asparagus is a vegetable in its second sense, an oak a tree."""
    return frozenset(
        s
        for word in (
            "vegetable",
            "fruit",
            "food",
            "plant",
            "tree",
            "wood",
            "herb",
            "flower",
            "spice",
            "meat",
        )
        for s in senses(word)
    )


@lru_cache(maxsize=2048)
def _ending(word: str) -> frozenset[int]:
    """Synsets of compounds that end in the word: "instrument" -> musical instrument, ..."""
    text, found, at = _table()[NOUN]["lemmas"], set(), 0
    while (at := text.find(f"_{word} ", at)) >= 0:
        end = text.find("\n", at)
        numbers = text[at : end if end > 0 else None].split(" ")
        found.add(int(numbers[1]))
        at += 1
    return frozenset(found)


ANYTHING = frozenset(
    ("thing", "object", "item", "something", "anything", "element", "stuff", "article")
)


@cache
def _genera() -> frozenset[int]:
    return frozenset(s for genus in GENERA for s in senses(genus)[:1])


@lru_cache(maxsize=32768)
def excludes(a: str, b: str) -> bool:
    """Return whether one thing cannot be both: cat and dog, motorcycle and bicycle, man and woman."""
    a, b = singular(a), singular(b)
    if is_kind(a, b) or is_kind(b, a):
        return False
    if (x := gender(a)) and (y := gender(b)) and x != y:
        return True
    first, second = senses(a)[:1] or senses(head(a))[:1], senses(b)[:1] or senses(head(b))[:1]
    if not first or not second:
        return False
    return bool(above(first[0]) & above(second[0]) & _genera())


@cache
def _counterparts() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split()) for pair in COUNTERPARTS.strip().split("|"))


def are_counterparts(a: str, b: str) -> bool:
    """Return whether the nouns are those of two people of whom each is what the other is not: mother and daughter."""
    return frozenset((head(singular(a)), head(singular(b)))) in _counterparts()


_FEMALE = "woman girl lady female mother sister daughter bride actress waitress queen".split()
_MALE = "man boy gentleman guy male father brother son groom actor waiter king".split()


@lru_cache(maxsize=4096)
def gender(word: str) -> str:
    """ "female", "male" or "" for the noun of a person."""
    word = singular(word)
    for name, words in (("female", _FEMALE), ("male", _MALE)):
        if word in words or head(word) in words or _kinds().get(word, frozenset()) & {name}:
            return name
    found = {s for w in ("female_person",) for s in senses(w)[:1]}
    male = {s for w in ("male_person",) for s in senses(w)[:1]}
    up = above(senses(word)[0]) if senses(word) else frozenset()
    return "female" if up & found else "male" if up & male else ""


_OBJECTS = frozenset(("mug", "monitor"))  # WordNet: slang for a face, and who supervises, too


@lru_cache(maxsize=8192)
def is_person(word: str) -> bool:
    own = senses(singular(word)) if " " in normal(word) else ()
    if own:  # a cookie cutter is not a person, although a cutter can be
        return bool(above(own[0]) & set(senses("person")))
    return is_kind(word, "person") and singular(word).split(" ")[-1] not in ANYTHING | _OBJECTS


@lru_cache(maxsize=8192)
def is_living(word: str) -> bool:
    """Return whether a noun is a person or an animal."""
    return is_person(word) or is_kind(word, "animal")


_IRREGULAR = {
    form: lemma
    for lemma, forms in {
        "lie": "lying lay lain", "hold": "held", "wear": "worn wore", "ride": "riding ridden rode", "sit": "sat seated",
        "stand": "stood", "hang": "hung", "take": "taken taking", "make": "made making", "drive": "driven driving",
        "fly": "flown flew", "run": "running ran", "eat": "eaten ate", "build": "built", "break": "broken",
        "fall": "fallen fell", "cut": "cutting", "put": "putting", "lead": "led", "feed": "fed", "tie": "tied tying",
        "swim": "swimming swum", "throw": "thrown", "catch": "caught", "leave": "left leaving", "show": "shown",
        "see": "seen", "write": "written writing", "draw": "drawn", "set": "setting", "spread": "spreading",
        "blow": "blown", "grow": "grown", "bite": "biting bitten", "have": "has having had", "be": "is are was being",
        "say": "said", "read": "reads", "bear": "bearing", "leap": "leapt", "light": "lit", "lean": "leant",
        "sell": "sold", "buy": "bought", "bring": "brought", "tear": "torn tore", "hide": "hidden hiding", "give": "given",
        "sweep": "swept", "bend": "bent", "shake": "shaken shook", "stick": "stuck", "strike": "struck", "teach": "taught",
        "shoot": "shot", "pay": "paid", "feel": "felt", "keep": "kept", "sleep": "slept", "swing": "swung",
        "string": "strung", "kneel": "knelt", "sing": "sung", "ring": "rung", "choose": "chosen", "speak": "spoken",
        "beat": "beaten", "weave": "woven", "steal": "stolen", "fight": "fought", "send": "sent", "spin": "spun spinning",
    }.items()
    for form in forms.split()
}  # fmt: skip


@lru_cache(maxsize=16384)
def lemma(token: str) -> str:
    """Return the verb of "eating", "secured", "lies"; the noun of a plural; else the word."""
    if token in _IRREGULAR:
        return _IRREGULAR[token]
    for ending in ("ing", "ed", "es", "s", "n"):
        if ending == "n" and (senses(token) or senses(token, ADJECTIVE)):
            continue
        if token.endswith(ending) and len(token) > len(ending) + 2:
            cut = token[: -len(ending)]
            for form in (cut, cut + "e", cut[:-1] if cut[-1] == cut[-2] else cut):
                if senses(form, VERB) and not (ending in ("es", "s") and senses(form)):
                    return form
    return singular(token)
