"""What a sentence states, read from its words: colours, numbers, places, presence.

Sentence embeddings alone cannot tell "a white cat" from "a black cat" (cosine 0.76 with
all-MiniLM-L6-v2), so values of attributes are taken out of a sentence and compared as words; what
remains, the skeleton, is what embeddings are good at. English only: in another language a sentence
keeps its skeleton and states no attribute.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .regions import Box

# Names of one family do not contradict each other.
COLOURS = {
    name: family
    for family, names in {
        "red": "red maroon crimson scarlet burgundy",
        "orange": "orange",
        "yellow": "yellow gold golden",
        "green": "green olive lime",
        "blue": "blue navy turquoise teal cyan",
        "purple": "purple violet lavender",
        "pink": "pink magenta",
        "brown": "brown tan beige cream",
        "black": "black",
        "white": "white ivory",
        "grey": "grey gray silver",
    }.items()
    for name in names.split()
}
NUMBERS = {
    word: value
    for value, words in enumerate(
        "no|a an one single|two pair couple|three|four|five|six|seven|eight|nine|ten|eleven|twelve".split(
            "|"
        )
    )
    for word in words.split()
}
NEGATIONS = {"no", "not", "without", "never", "none", "cannot", "isn't", "aren't", "absent"}
# Word -> (axis, value). "left of" and "top of" say how two things stand to each other: see below.
PLACES = {
    "left": ("horizontal", "left"),
    "right": ("horizontal", "right"),
    "top": ("vertical", "top"),
    "upper": ("vertical", "top"),
    "bottom": ("vertical", "bottom"),
    "lower": ("vertical", "bottom"),
    "foreground": ("depth", "front"),
    "background": ("depth", "back"),
}
MIDDLE = {"center", "centre", "middle"}
RELATIONS = {"above": "above", "below": "below", "beneath": "below", "under": "below"}
PEOPLE = set(
    "person people man woman boy girl child kid baby toddler adult lady gentleman individual someone "
    "pedestrian player rider worker".split()
)
SIZES = {"large", "big", "huge", "small", "little", "tiny"}  # relative, so never a contradiction
_EXISTENCE = re.compile(r"^there (?:is|are) | (?:is|are)$")  # "there is cat", "cat is" -> "cat"
# "in the upper left of the picture", "at the bottom": a place, and nothing else.
_PICTURE = r"(?:picture|image|photo|photograph|frame|scene)"
_PLACE_PHRASE = re.compile(
    r",?\s*\b(?:in|at|on|to|near|towards?)\s+the(?:\s+(?:far|very))?"
    r"(?:[-\s]+(?:upper|lower|top|bottom|left|right|middle|cent(?:er|re)|foreground|background))+\b"
    r"(?:[-\s]+hand)?(?:\s+(?:side|part|corner|half|third|edge|portion|area)s?\b)?"
    rf"(?:\s+of\s+the\s+{_PICTURE}\b)?(?!\s+of\b)",
    re.IGNORECASE,
)
_PICTURE_PHRASE = re.compile(
    rf"\b(?:in|of|across|throughout)\s+(?:the|this)\s+{_PICTURE}\b", re.IGNORECASE
)
_PICTURE_END = re.compile(rf"(?:the|this)\s+{_PICTURE}\b")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[,;.:!?()]")
_FUNCTION = set(
    "the this that these those is are was were be been being am and or but with of in on at to by "
    "for from as it its his her their there here has have had which who where while into onto over "
    "near next beside behind front across through mostly mainly very also both some several many "
    "few other another each all any".split()
)
_REACH = 3  # content words that an attribute may belong to: "white fluffy cat sits"


@dataclass(frozen=True)
class Attributes:
    """What a sentence states besides its skeleton.

    Attributes:
        colours: word -> the colour families said of it.
        numbers: word (singular) -> how many.
        places: axis -> the values named.
        negated: the sentence denies that something is there.
        skeleton: the sentence without the above, for comparing what it is about.
    """

    colours: Mapping[str, frozenset[str]]
    numbers: Mapping[str, int]
    places: Mapping[str, frozenset[str]]
    negated: bool
    skeleton: str

    @property
    def kinds(self) -> int:
        """How many kinds of value are stated: the more, the more specific the sentence."""
        return bool(self.colours) + bool(self.numbers) + len(self.places)


@lru_cache(maxsize=1)
def _engine():
    import inflect

    return inflect.engine()


@lru_cache(maxsize=4096)
def singular(word: str) -> str:
    """The singular of an English noun; the word itself where it is not a plural."""
    return _engine().singular_noun(word) or word


def canonical(word: str) -> str:
    """A noun by which two texts can be compared: its singular; "person" for whoever is one."""
    base = singular(word)
    return "person" if base in PEOPLE or word in PEOPLE else base


@lru_cache(maxsize=4096)
def plural(word: str) -> str:
    """The plural of an English noun."""
    return _engine().plural_noun(word)


def article(noun: str) -> str:
    """The noun with "a" or "an" before it."""
    return _engine().a(noun)


def number_word(number: int) -> str:
    """ "two" to "ten"; larger numbers in digits."""
    return _engine().number_to_words(number) if number <= 10 else str(number)


def join_words(words: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return _engine().join(words, final_sep="")


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def split_words(text: str) -> list[str]:
    """ "person, red car" -> its parts, without blanks and without those said twice."""
    return list(dict.fromkeys(filter(None, (part.strip() for part in re.split(r"[,;\n]", text)))))


def place_name(box: Box) -> str:
    """Where the middle of a box (in fractions of the picture) lies, in thirds: "in the upper left"."""
    x, y = box.center
    column = "left" if x < 1 / 3 else "right" if x > 2 / 3 else ""
    row = "upper" if y < 1 / 3 else "lower" if y > 2 / 3 else ""
    if row and column:
        return f"in the {row} {column}"
    if column:
        return f"on the {column}"
    return {"upper": "at the top", "lower": "at the bottom", "": "in the center"}[row]


@lru_cache(maxsize=4096)
def attributes(sentence: str) -> Attributes:
    """Read the attributes of an English sentence."""
    tokens = _WORD.findall(sentence.lower().replace("’", "'"))
    colours: dict[str, set[str]] = {}
    numbers: dict[str, int] = {}
    places: dict[str, set[str]] = {}
    negated = False
    for i, token in enumerate(tokens):
        following = tokens[i + 1] if i + 1 < len(tokens) else ""
        if token in COLOURS:
            for noun in _belongs_to(tokens, i, predicate=True):
                colours.setdefault(noun, set()).add(COLOURS[token])
        elif token in NEGATIONS:
            negated = True
        elif token in NUMBERS or (token.isdigit() and len(token) <= 3):
            value = NUMBERS[token] if token in NUMBERS else int(token)
            for noun in _belongs_to(tokens, i, predicate=False):
                numbers.setdefault(singular(noun), value)
        elif token in PLACES:
            axis, value = PLACES[token]
            if following == "of" and not _PICTURE_END.match(" ".join(tokens[i + 2 : i + 4])):
                axis = "relation"  # "left of the car"; but "on top of" says no place at all
            if axis != "relation" or value in ("left", "right"):
                places.setdefault(axis, set()).add(value)
        elif token in MIDDLE:
            places.setdefault("horizontal", set()).add("middle")
            places.setdefault("vertical", set()).add("middle")
        elif token in RELATIONS:
            places.setdefault("relation", set()).add(RELATIONS[token])
    return Attributes(
        {noun: frozenset(values) for noun, values in colours.items()},
        numbers,
        {axis: frozenset(values) for axis, values in places.items()},
        negated,
        _skeleton(sentence),
    )


def contradiction(a: Attributes, b: Attributes) -> str:
    """The attribute of which two sentences on the same subject state different values.

    One of "presence", "colour", "number", "position"; empty where they agree.
    """
    if a.negated != b.negated:
        return "presence"
    if any(not a.colours[n] & b.colours[n] for n in a.colours.keys() & b.colours.keys()):
        return "colour"
    if any(a.numbers[n] != b.numbers[n] for n in a.numbers.keys() & b.numbers.keys()):
        return "number"
    if any(not a.places[axis] & b.places[axis] for axis in a.places.keys() & b.places.keys()):
        return "position"
    return ""


def names_label(text: str, label: str) -> bool:
    """Whether an English text names a detector's label: the word itself or its plural, whole."""
    words = {label.lower(), plural(label.lower())}
    return re.search(rf"\b(?:{'|'.join(map(re.escape, words))})\b", text.lower()) is not None


def nouns(text: str) -> list[str]:
    """The things an English text names, in order, without their attributes: what a detector that
    takes words can look for.

    A thing is what follows an article or number, up to the next function word; or a plural without
    one ("with trees"). Read by rules: now and then a verb passes for a noun.
    """
    found: dict[str, None] = {}
    tokens = _WORD.findall(text.lower().replace("’", "'"))
    chunk: list[str] | None = None
    one = False  # after "a", so that what looks like a plural is a verb: "a cat sleeps"
    for token in [*tokens, "."]:
        value = token in COLOURS or token in SIZES or token in PLACES or token in MIDDLE
        content = token[0].isalpha() and token not in _FUNCTION and not value
        if token in _DETERMINERS:
            _close(chunk, found)
            chunk, one = [], NUMBERS.get(token) == 1
        elif content and not (chunk and (chunk[-1] in _NO_THING or _no_noun(token, one))):
            if chunk is None and singular(token) != token:
                chunk = []
            if chunk is not None:
                chunk.append(token)
        elif not value or (chunk and token in PLACES):
            _close(chunk, found)
            chunk = None
    return list(found)


_DETERMINERS = (NUMBERS.keys() - {"no"}) | set(
    "the this that these those its his her their several many few some other another".split()
)
# What captions call the picture itself, its parts and its impression: no detector can find them.
_NO_THING = set(
    "picture image photo photograph frame scene view background foreground side part area corner "
    "edge center centre middle top bottom left right front back shot setting atmosphere".split()
)


def _no_noun(token: str, one: bool) -> bool:
    """Whether a word that follows a noun ends the thing that it names."""
    verb = one and singular(token) != token
    return verb or token.endswith(("ing", "ly")) or token in ("along", "around", "against")


def _close(chunk: list[str] | None, found: dict[str, None]) -> None:
    """Add the last two words of a chunk at most: what comes before describes them."""
    if chunk and chunk[-1] not in _NO_THING:
        found.setdefault(" ".join([*chunk[-2:-1], singular(chunk[-1])]))


def _belongs_to(tokens: list[str], i: int, *, predicate: bool) -> list[str]:
    """The content words after position `i` that the attribute there is said of.

    With `predicate`, those before it where none follows: "the cat is white".
    """
    nouns = []
    for token in tokens[i + 1 :]:
        if _is_value(token) or (token == "and" and not nouns):
            continue  # "two red and white cats"
        if token in _FUNCTION or not token[0].isalnum() or len(nouns) == _REACH:
            break
        nouns.append(token)
    if not nouns and predicate:
        before = [
            t for t in tokens[:i] if t[0].isalnum() and t not in _FUNCTION and not _is_value(t)
        ]
        nouns = before[-1:]
    return nouns


def _is_value(token: str) -> bool:
    return token in COLOURS or token in NUMBERS or token in NEGATIONS


def _skeleton(sentence: str) -> str:
    rest = _PICTURE_PHRASE.sub(" ", _PLACE_PHRASE.sub(" ", sentence.lower()))
    drop = COLOURS.keys() | NUMBERS.keys() | NEGATIONS | PLACES.keys() | MIDDLE | SIZES
    words = [w for w in _WORD.findall(rest) if w[0].isalnum() and w not in drop]
    skeleton = _EXISTENCE.sub("", " ".join(words))
    return skeleton or sentence.lower().strip()
