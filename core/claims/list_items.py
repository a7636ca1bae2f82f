"""Repairs parses in which an item of a list was attached to the verb, to another item, or to what a container
holds."""

from __future__ import annotations

from .english_words import CONTAINERS, GROUPS
from .nouns import is_garment, is_person
from .trees import NOUNS, children

GUESS = "appear"  # lemma of a verb before a noun that presents the noun as a guess


def is_guess(noun) -> bool:
    """Return whether a free relative before a noun presents it as a guess: "what appears to be a phone"."""
    return any(c.dep_ == "predet" and c.lemma_ == GUESS for c in noun.children)


def counted_again(token) -> None:
    """ "one black and one white", with the second hung on what the first is; "two cups, one of them empty"."""
    first = token.head
    if token.dep_ == "nsubj" and first.pos_ == "ADJ" and first.dep_ == "amod" and first.i > token.i:
        if first.head.i < token.i:
            token.head, token.dep_ = first.head, "appos"
            first.head = token
        return
    if (
        token.dep_ == "conj"
        and first.pos_ == "ADJ"
        and first.dep_ == "amod"
        and first.head.tag_ == "CD"
    ):
        for c in children(first, "cc", "punct"):
            c.head = first.head
        token.head = first.head


def garment_beside(token) -> None:
    """ "a woman in a white top and a skirt": the skirt is worn, and does not stand beside the woman."""
    person = token.head
    if token.dep_ != "conj" or person.pos_ not in NOUNS or not is_garment(token.lemma_.lower()):
        return
    if not is_person(person.lemma_.lower()):
        return
    worn = [
        o
        for c in person.children
        if c.i < token.i and c.dep_ in ("prep", "acl")
        for o in children(c, "pobj", "dobj")
        if is_garment(o.lemma_.lower())
    ]
    if worn:
        for c in children(person, "cc", "punct"):
            if worn[-1].i < c.i < token.i:
                c.head = worn[-1]
        token.head = worn[-1]


def item_of_verb(token) -> None:
    """ "set with a glass, a cup, and a plate", with the plate hung on the verb: it is one of the list."""
    verb = token.head
    if token.dep_ != "conj" or verb.pos_ not in ("VERB", "AUX") or children(token, "nsubj", "cop"):
        return
    before = token.left_edge.i - 1
    while before > verb.i and (token.doc[before].is_punct or token.doc[before].dep_ == "cc"):
        before -= 1
    last = token.doc[before]
    while (
        last.head.i > verb.i
        and last.head.right_edge.i <= before
        and last.head.pos_ in (*NOUNS, "ADP")
    ):
        if last.dep_ in ("appos", "conj") and last.pos_ in NOUNS:
            break
        last = last.head
    if last.pos_ not in NOUNS or last.i <= verb.i:
        return
    links = [c for c in children(verb, "cc") if last.i < c.i < token.i]
    token.head = last
    for c in links:
        c.head = last


def item_of_container(token) -> None:
    """ "a glass of beer, a cup and a plate": the cup is an item beside the glass, and is not in the glass."""
    if token.dep_ not in ("conj", "appos") or not any(
        c.lower_ in ("a", "an") or c.dep_ == "nummod" for c in children(token, "det", "nummod")
    ):
        return
    inner = token.head
    if inner.dep_ != "pobj" or inner.head.lower_ != "of" or inner.head.head.pos_ not in NOUNS:
        return
    outer = inner.head.head
    mass = not children(inner, "det", "nummod") or is_guess(inner)
    if outer.lemma_.lower() not in CONTAINERS | GROUPS or not mass:
        return
    for c in children(inner, "cc", "punct"):
        if inner.i < c.i < token.i:
            c.head = outer
    token.head, token.dep_ = outer, "conj"
