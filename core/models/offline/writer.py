"""A writer that arranges the facts' own sentences by rules. No language model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...regions import WHOLE
from ...words import attributes, capital, join_words, place_name
from .. import Completion, Fact, Tick, WritingRequest

# "A cup is on the left of the picture." Subjects with commas or many words read badly when joined.
_PREDICATE = re.compile(r"^((?:\S+ ){0,5}\S+) (is|are) (.+)\.$")
_WHOLE_SUBJECTS = ("The picture", "The image", "The photo", "The scene")
_OPENERS = set("a an the there this these some several many one two three four five six".split())


class OfflineWriter:
    """`offline:rules`: whole picture first, then its parts in reading order, none said twice."""

    name = "offline:rules"
    generates = False

    def write(self, requests: Sequence[WritingRequest], tick: Tick) -> list[Completion]:
        completions = []
        for index, request in enumerate(requests):
            completions.append(Completion(compose(request.facts, request.max_sentences)))
            tick(index)
        return completions


def compose(facts: Sequence[Fact], max_sentences: int = 0) -> str:
    """One paragraph of the facts' sentences.

    The most important `max_sentences` are taken (0: all), and told in the order in which they were said,
    for "she" is whom the sentence before named. What is true of the whole picture is not
    said of its parts again. Sentences that say the same of different
    things become one; the first of a part of the picture says which part, unless it does already.
    """
    matches = (_PREDICATE.match(fact.text) for fact in facts)
    everywhere = {m[3] for m in matches if m and m[1] in _WHOLE_SUBJECTS}
    facts = [f for f in facts if not _of_a_part(f, everywhere)]
    taken = list(facts[:max_sentences] if max_sentences else facts)
    taken.sort(key=lambda f: (_reading_order(f), f.order))
    sentences: list[str] = []
    place = WHOLE
    for text, fact in _join_predicates(taken):
        if fact.place != place:
            place = fact.place
            text = _with_place(text, fact)
        if text not in sentences:
            sentences.append(text)
    return " ".join(sentences)


def _of_a_part(fact: Fact, everywhere: set[str]) -> bool:
    """Whether a fact says of a part of the picture what is said of all of it."""
    match = _PREDICATE.match(fact.text)
    return fact.place != WHOLE and match is not None and match[3] in everywhere


def _reading_order(fact: Fact) -> tuple:
    if fact.place == WHOLE:
        return (0, 0, 0)
    if fact.place == "main":
        return (1, 0, 0)
    return (2, round(fact.box.center[1], 1), fact.box.center[0])


def _join_predicates(facts: Sequence[Fact]) -> list[tuple[str, Fact]]:
    """Facts "A cup is on the left." and "A bowl is on the left." as one sentence."""
    groups: dict[object, list[tuple[str, Fact]]] = {}
    for fact in facts:
        match = _PREDICATE.match(fact.text)
        joinable = match and "," not in match[1] and match[1].split()[0].lower() in _OPENERS
        key = match[3] if joinable and match[1].split()[0].lower() != "the" else fact
        groups.setdefault(key, []).append((match[1] if match else "", fact))
    joined = []
    for predicate, members in groups.items():
        first = members[0][1]
        subjects = list(dict.fromkeys(subject for subject, _ in members))
        if len(subjects) == 1:
            joined.append((first.text, first))
        else:
            words = [subjects[0], *(s[0].lower() + s[1:] for s in subjects[1:])]
            joined.append((f"{join_words(words)} are {predicate}.", first))
    return joined


def _with_place(text: str, fact: Fact) -> str:
    first = text.split()[0]
    if fact.place in (WHOLE, "main") or attributes(text).places or first.lower() not in _OPENERS:
        return text
    return f"{capital(place_name(fact.box))}, {first.lower()}{text[len(first) :]}"
