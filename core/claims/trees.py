"""Walks a parsed sentence: children, conjuncts and lists, and the tags that rules ask for."""

from __future__ import annotations

from .nouns import count_of, exact

NOUNS = ("NOUN", "PROPN")  # coarse tags
FINITE = ("VBZ", "VBP", "VBD", "MD")  # Penn Treebank tags: finite verbs and modals


def children(token, *deps: str) -> list:
    """Return the children of a token that have one of these dependency labels."""
    return [c for c in token.children if c.dep_ in deps]


def left_of(token) -> list:
    """Return the adjectives before a noun."""
    return [c for c in children(token, "amod", "compound", "nmod") if c.i < token.i]


def listed(token) -> list:
    """Return the members that a counted noun is followed by: "two individuals, a man and a woman"."""
    first = next(iter(children(token, "conj", "appos")), None)
    if first is None or not exact(token) or any(c.dep_ == "cc" for c in token.children):
        return []
    found = _joined(first)
    return found if len(found) == count_of(token) else []


def conjuncts(token) -> list:
    """Return a noun and what is joined to it by "and", "or"."""
    return [token] if listed(token) else _joined(token)


def _joined(token) -> list:
    found = [token]
    for c in token.children:
        apart = (
            c.dep_ == "appos"
            and any(x.dep_ == "cc" for x in c.children)
            and token.dep_ in ("conj", "dobj", "pobj", "attr")
        )
        if (
            (c.dep_ == "conj" or apart)
            and c.pos_ in ("NOUN", "PROPN", "PRON", "NUM", "X")
            and not children(c, "nsubj")
        ):
            found += _joined(c)
    return found


_THERE = frozenset("visible present available evident apparent".split())


def says_what_none_is(subject) -> bool:
    """Return whether a clause denies an attribute of all such things, not that they exist: "no shops are open"."""
    verb = subject.head
    return (
        subject.dep_ == "nsubj"
        and any(c.lower_ == "no" for c in children(subject, "det"))
        and verb.lemma_.lower() == "be"
        and any(c.pos_ == "ADJ" and c.lower_ not in _THERE for c in children(verb, "acomp"))
    )
