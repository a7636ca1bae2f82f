"""Reads sentences again of which some claims do not follow from the facts, in case the parser misread them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from . import STATEMENT, Claim, Passage, Reading, predicates
from .coverage import alike, unclaimed_words
from .other_words import WORDINGS

_LIGHT = frozenset(
    "a an the of in on at by to with from for as into onto have be one it and or that who which".split()
)

# A text is read and compared whole in each wording, so of a longer one the first reading stands. The longest published
# detailed captions have about 30 sentences.
MOST_SENTENCES = 40
AGREEING = 2  # wordings in which a sentence has to follow, because one may be misread so that an invention is lost


def second_opinion(
    facts: Reading,
    written: Reading,
    new: Sequence[int],
    unsupported: Callable[[Reading, Reading], list[int]],
) -> list[int]:
    """Return those of the claims that do not follow from the facts in `AGREEING` of the wordings either.

    Args:
        new: indices of the claims of the text that do not follow as it was read.
        unsupported: returns the indices of the claims of a text that do not follow from facts.
    """
    from .reading import SyntaxReader  # which compares claims, too

    if not 0 < len(written.sentences) <= MOST_SENTENCES or any(
        written.claims[i].kind == STATEMENT for i in new
    ):
        return list(new)
    left, agreeing = list(new), Counter[int]()
    text = " ".join(sentence.said for sentence in written.sentences)
    for wording in WORDINGS:
        [again] = SyntaxReader().read([Passage(text)], wording)
        if [s.said for s in again.sentences] != [s.said for s in written.sentences]:
            return left
        wrong = {again.claims[i].sentence for i in unsupported(facts, again)}
        for index in {written.claims[i].sentence for i in left} - wrong:
            sentence = written.sentences[index]
            before = [c for c in written.claims if c.sentence == index]
            after = [c for c in again.claims if c.sentence == index]
            doubted = [written.claims[i] for i in left if written.claims[i].sentence == index]
            lost = set(unclaimed_words(sentence.said, after, again.things)) - set(
                unclaimed_words(sentence.said, before, written.things)
            )
            if not lost and _says_as_much(before, after, doubted):
                agreeing[index] += 1
                if agreeing[index] == AGREEING:
                    left = [i for i in left if written.claims[i].sentence != index]
        if not left:
            break
    return left


def _says_as_much(
    before: Sequence[Claim], after: Sequence[Claim], doubted: Collection[Claim]
) -> bool:
    """Return whether claims have all the words of those that are doubted, though they say them of other things."""
    if sum(c.negated for c in after) < sum(c.negated for c in before):
        return False
    if any(_is_idiom(c.value) for c in doubted):
        return False
    said = {word for c in after for word in _words(f"{c.text} {c.subject} {c.value} {c.object}")}
    needed = {word for c in doubted for word in _words(f"{c.value} {c.object}")}
    return all(any(alike(word, other) for other in said) for word in needed)


def _is_idiom(value: str) -> bool:
    """Return whether a value is a phrase like "hand in hand"."""
    first, *rest = value.split() or [""]
    return first in rest


def _words(text: str) -> set[str]:
    return {
        word
        for word in re.findall(r"[^\W_]+", text.lower())
        if word not in _LIGHT and not predicates.idle(word)
    }
