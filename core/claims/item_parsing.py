"""Finds the items of an enumeration that the parser mixed up, to be parsed by themselves.

A small parser takes "a cup, a book, a lamp" for three names of one thing, or gives the adjectives of one item to
another. A noun phrase between commas parses well when it stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from . import lexicon
from .english_words import CONTAINERS, GROUPS, MASS
from .nouns import exact, is_plural
from .trees import FINITE, NOUNS, children

_QUANTIFIERS = frozenset("several some many various numerous multiple few both another".split())
_DETERMINERS = ("DT", "CD", "PDT", "PRP$")
_BARE = ("JJ", "NN", "NNS", "NNP", "VBG", "VBN", "JJR", "RB", "NNPS")
_RELATIVE = frozenset("which that who whose where".split())
_JOINING = ("and", "or")
_CIRCUMSTANCE = (
    "IN",
    "VBG",
    "VBN",
    "RB",
    "TO",
)  # "At the top, two lamps ...", where the verb was not recognised
FIRST, BEFORE = -1, -2


@dataclass(frozen=True)
class Item:
    """An item of an enumeration: tokens `start` to `stop`.

    Attributes:
        loose: tokens before it that only separate it: a comma, "and".
        head: the noun that the first item is joined to; `FIRST` for the first noun of the sentence, `BEFORE` for
            the item before.
    """

    start: int
    stop: int
    loose: tuple[int, ...]
    head: int


def items(doc) -> list[Item]:
    """Return the items after the first one that the parse mixed up; [] if there are none."""
    spans = _spans(doc)
    if not spans:
        return []
    verbless = not any(t.tag_ in FINITE for t in doc)
    last = len(doc) - 1
    joined = any(
        doc[min(i, last)].lower_ in _JOINING
        for start, stop in spans
        for i in (start - 1, stop, stop + 1)
    )
    if verbless and not joined:
        root = _root(doc, *spans[0])
        named = root is not None and root.dep_ == "appos" and _is_kind(root, root.head)
        if doc[0].tag_ in _CIRCUMSTANCE or named:
            return []
        return [Item(start, stop, _loose(doc, start), FIRST) for start, stop in spans]
    if not any(_mixed_up(doc, start, stop) for start, stop in spans):
        return []
    heads = [_joined_to(doc, *spans[0])] + [BEFORE] * len(spans[1:])
    return [Item(start, stop, _loose(doc, start), h) for (start, stop), h in zip(spans, heads)]


def _loose(doc, start: int) -> tuple[int, ...]:
    before = [start - 1]
    if doc[start - 1].lower_ in _JOINING and doc[start - 2].text == ",":
        before.append(start - 2)
    return tuple(sorted(before))


def _spans(doc) -> list[tuple[int, int]]:
    """Return where the noun phrases between commas begin and end, if the words before them are one, too."""
    commas = [t.i for t in doc if t.text == ","]
    if not commas or not any(t.pos_ in NOUNS for t in doc[: commas[0]]):
        return []
    end = len(doc) - (1 if doc[len(doc) - 1].is_punct else 0)
    cuts = [*commas, end]
    found = []
    for comma, stop in pairwise(cuts):
        start = comma + 1
        if start < stop and doc[start].lower_ in _JOINING:
            start += 1
        middle = _last_link(doc, start, stop) if stop == end and start == comma + 1 else 0
        if middle:
            found += [(start, middle), (middle + 1, stop)]
        elif _is_item(doc, start, stop):
            found.append((start, stop))
    return found if _is_list(doc, found, end) else []


def _last_link(doc, start: int, stop: int) -> int:
    """Return where "and" is in "a white shirt and dark blue jeans"; 0 where it joins no two phrases."""
    if any(t.pos_ in NOUNS and (exact(t) or is_plural(t)) for t in doc[max(0, start - 2) : start]):
        return 0  # "two people, a man and a woman"
    for t in doc[start + 1 : stop - 1]:
        if t.lower_ == "and" and _is_item(doc, start, t.i) and _is_item(doc, t.i + 1, stop):
            own = doc[t.i + 1].tag_ in ("DT", "CD")
            if own or not any(w.pos_ == "ADP" for w in doc[start : t.i]):
                return t.i
    return 0


def _is_list(doc, spans: list[tuple[int, int]], end: int) -> bool:
    """Return whether the phrases follow each other to the end, or to "and" before the last one."""
    if not spans:
        return False
    gaps = all(later[0] - first[1] <= 2 for first, later in pairwise(spans))
    last = spans[-1]
    if gaps and last[1] + 1 < end and doc[last[1] + 1].lower_ in _JOINING:
        return _names_first(doc, last[1] + 2, end)  # "a cat, a dog, and a bird are there"
    if not gaps or last[1] != end:
        return False
    verbless = not any(t.tag_ in FINITE for t in doc)
    return verbless or doc[last[0] - 1].lower_ in _JOINING


def _names_first(doc, start: int, end: int) -> bool:
    """Return whether a noun with a determiner comes before the verb that follows "and"."""
    verb = next((t.i for t in doc[start:end] if t.tag_ in FINITE), start)
    return doc[start].tag_ in ("DT", "CD") and any(t.pos_ in NOUNS for t in doc[start:verb])


def _is_item(doc, start: int, stop: int) -> bool:
    """Return whether tokens are a noun phrase without a verb of its own clause."""
    if stop - start < 1:
        return False
    first, words = doc[start], doc[start:stop]
    named = next((t for t in words if t.pos_ in NOUNS), None)
    if named is None:
        return False
    opens = first.lower_ in _QUANTIFIERS or (first.tag_ in _DETERMINERS and first.tag_ != "PRP$")
    if not opens and not (first.tag_ in _BARE and _bare_phrase(doc, start, stop)):
        return False
    for t in words:
        if (
            t.tag_ in FINITE
            and not any(w.lower_ in _RELATIVE and w.i > named.i for w in doc[start : t.i])
            and not _is_noun(doc, t, start)
        ):
            return False
        if t.text in (";", ":", "(", ")"):
            return False
    return True


def _bare_phrase(doc, start: int, stop: int) -> bool:
    """Return whether words without a determiner are a phrase of a noun: "chopped scallions", "posters above the door"."""
    for t in doc[start:stop]:
        if t.pos_ in NOUNS or _is_noun(doc, t, start):
            after = doc[t.i + 1] if t.i + 1 < stop else None
            if after is None or after.tag_ in ("IN", "VBG", "VBN", "CC"):
                return t.tag_ in ("NNS", "NNPS", "VBZ") or bool(lexicon.senses(t.lower_))
            continue
        if t.tag_ not in _BARE and t.text != "-":
            return False
    return False


def _is_noun(doc, word, start: int) -> bool:
    """Return whether a plural was taken for a verb: "autumn leaves", whose one autumn without "the" is no subject."""
    before = doc[word.i - 1] if word.i > start else None
    return (
        word.tag_ == "VBZ"
        and before is not None
        and before.tag_ in ("NN", "NNP")
        and lexicon.singular(word.lower_) != word.lower_
        and bool(lexicon.senses(lexicon.singular(word.lower_)))
        and not children(before, "det", "poss", "nummod")
        and before.lemma_.lower() not in MASS
        and not any(lexicon.is_kind(before.lemma_.lower(), k) for k in ("substance", "phenomenon"))
        and (word.i + 1 == len(doc) or doc[word.i + 1].tag_ in ("IN", ",", "."))
    )


def _root(doc, start: int, stop: int):
    """Return the only word of a span that hangs outside of it; None where there are more."""
    roots = [t for t in doc[start:stop] if not start <= t.head.i < stop or t.head.i == t.i]
    return roots[0] if len(roots) == 1 else None


def _mixed_up(doc, start: int, stop: int) -> bool:
    root = _root(doc, start, stop)
    if root is None or root.pos_ not in NOUNS:
        return True
    if any(
        start <= t.head.i < stop
        for t in (*doc[:start], *doc[stop:])
        if t.text != "," and t.dep_ not in ("cc", "conj", "punct", "appos")
    ):
        return True
    if root.dep_ == "appos":
        return not _is_kind(root, root.head)
    return root.dep_ != "conj" or root.head.pos_ not in NOUNS


def _is_kind(name, noun) -> bool:
    """Return whether a noun can be another name of a thing: "a bird, a gull"."""
    a, b = name.lemma_.lower(), noun.lemma_.lower()
    return lexicon.is_kind(a, b) or lexicon.is_kind(b, a)


def _joined_to(doc, start: int, stop: int) -> int:
    """Return the noun that an item is joined to: the parser's choice, else the last one before it."""
    root = _root(doc, start, stop)
    if (
        root is not None
        and root.dep_ in ("conj", "appos")
        and root.head.pos_ in NOUNS
        and root.head.i < start
    ):
        return root.head.i
    last = next((t for t in reversed(doc[:start]) if t.pos_ in NOUNS), None)
    if last is None:
        return FIRST
    named = doc[start].tag_ in ("DT", "CD")
    while last.head.pos_ == "ADP" and last.head.head.pos_ in NOUNS:
        outer = last.head.head
        group = last.head.lower_ == "of" and outer.lemma_.lower() in GROUPS | CONTAINERS
        bare = (
            named
            and not children(last, "det", "nummod", "poss")
            and children(outer, "det", "nummod")
        )
        if not (group or bare):  # "an egg on toast, a bowl"
            break
        last = outer
    return last.i


def as_noun(root) -> None:
    """Make a noun of the root of an item that the parser took for a verb: "scattered leaves on the ground"."""
    if root.tag_ not in ("VBZ", "VBP") or not lexicon.senses(lexicon.singular(root.lower_)):
        return
    root.tag_, root.pos_, root.lemma_ = "NNS", "NOUN", lexicon.singular(root.lower_)
    for c in children(root, "nsubj"):
        c.dep_ = "compound"
        for x in children(c, "amod", "det", "nummod"):
            x.head = root
