"""English articles, plurals, number words and place names for text that the pack writes."""

from __future__ import annotations

import re
from functools import lru_cache

from .regions import Box


@lru_cache(maxsize=1)
def _engine():
    import inflect

    return inflect.engine()


@lru_cache(maxsize=4096)
def plural(word: str) -> str:
    """Return the plural of an English noun."""
    return _engine().plural_noun(word)


@lru_cache(maxsize=4096)
def present_participle(third: str) -> str:
    """Return the "-ing" form of a verb in the third person: "runs" -> "running", "listens" -> "listening"."""
    form = _engine().present_participle(third)
    # inflect doubles the consonant after an unstressed syllable ("listenning") and not after some stressed ones.
    found = re.fullmatch(
        r"(?P<base>.*[aeiou].*[^aeiou](?:u?[aeiou])(?P<last>[nrtpm]))(?P=last)?ing", form
    )
    if found is None:
        return form
    return f"{found['base']}{found['last'] if found['base'] in _STRESSED else ''}ing"


# Verbs of several syllables of which the last is stressed, or doubled in spite of it.
_STRESSED = frozenset(
    "begin admit permit submit commit emit omit transmit refer prefer confer transfer defer deter occur recur forget regret "
    "upset reset unwrap entrap equip outfit babysit unpin unzip kidnap format program worship".split()
)


@lru_cache(maxsize=4096)
def article(noun: str) -> str:
    """Return the noun with "a" or "an" before it."""
    return _engine().a(noun)


@lru_cache(maxsize=64)
def number_word(number: int) -> str:
    """Return "two" to "twelve"; larger numbers in digits."""
    return _engine().number_to_words(number) if 0 <= number <= 12 else str(number)


def join_words(words: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return _engine().join(words, final_sep="")


def capital(text: str) -> str:
    """Return the text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def split_words(text: str) -> list[str]:
    """ "person, red car" -> its parts, without blanks and without those said twice."""
    return list(dict.fromkeys(filter(None, (part.strip() for part in re.split(r"[,;\n]", text)))))


def place_name(box: Box) -> str:
    """Return where the middle of a box (in fractions of the image) lies, in thirds: "in the upper left"."""
    x, y = box.center
    column = "left" if x < 1 / 3 else "right" if x > 2 / 3 else ""
    row = "upper" if y < 1 / 3 else "lower" if y > 2 / 3 else ""
    if row and column:
        return f"in the {row} {column}"
    if column:
        return f"on the {column}"
    return {"upper": "at the top", "lower": "at the bottom", "": "in the center"}[row]


_FORMS = {"is": "are", "has": "have"}


def is_plural_form(verb: str) -> bool | None:
    """Return whether a form of "be" or "have" is plural; None for any other verb."""
    return True if verb in _FORMS.values() else False if verb in _FORMS else None


def agreeing(predicate: str, many: bool | None) -> str:
    """Return a predicate in the number of its subject (None: as it is)."""
    verb, _, rest = predicate.partition(" ")
    forms = _FORMS if many else {} if many is None else {b: a for a, b in _FORMS.items()}
    return f"{forms.get(verb, verb)} {rest}".rstrip()
