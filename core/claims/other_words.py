"""Parses a sentence by the parse of other words in the same places.

A small parser knows common words better than rare ones. Where it takes "jersey rides" for a subject and its verb, it may
parse the same sentence with "box" for "jersey" correctly. Another wording gives a second opinion of the same parser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import lexicon

Wording = Callable[[Sequence], tuple[list[str], int]]
"""Returns for a tagged sentence other words for its words, and how many stand before them."""

_ARTICLES = {"a": "the", "an": "the", "the": "a", "A": "The", "An": "The", "The": "A"}


def common_words(doc: Sequence) -> tuple[list[str], int]:
    """Return the sentence with the nouns of `common_nouns`, and "red" for its adjectives."""
    words, before = common_nouns(doc)
    for token in doc:
        if token.tag_ == "JJ" and token.text.islower():
            words[token.i] = "red"
    return words, before


def common_nouns(doc: Sequence) -> tuple[list[str], int]:
    """Return the sentence with "man" for people and "box" for other things."""
    return _with_nouns(doc, ("man", "men"), ("box", "boxes"))


def other_nouns(doc: Sequence) -> tuple[list[str], int]:
    """Return the sentence with "child" for people and "thing" for other things."""
    return _with_nouns(doc, ("child", "children"), ("thing", "things"))


def _with_nouns(doc, person: tuple[str, str], thing: tuple[str, str]) -> tuple[list[str], int]:
    words = [token.text for token in doc]
    for token in doc:
        if token.tag_ in ("NN", "NNS") and token.text.islower():
            living = lexicon.is_person(lexicon.singular(token.text))
            words[token.i] = (person if living else thing)[token.tag_ == "NNS"]
    return words, 0


def other_articles(doc: Sequence) -> tuple[list[str], int]:
    """Return the sentence with "the" for "a", and "a" for "the"."""
    return [_ARTICLES.get(token.text, token.text) for token in doc], 0


def in_a_report(doc: Sequence) -> tuple[list[str], int]:
    """Return the sentence as what "we can see"."""
    first, *rest = (token.text for token in doc)
    return ["We", "can", "see", "that", first.lower(), *rest], 4


WORDINGS: tuple[Wording, ...] = (
    common_words,
    common_nouns,
    other_nouns,
    other_articles,
    in_a_report,
)


def parsed_in_other_words(nlp, docs: Sequence, wording: Wording) -> list:
    """Return the documents with the parse that other words get in their places.

    Args:
        nlp: the pipeline (`spacy.Language`).
        docs: parsed documents, each one sentence.
    """
    from spacy.tokens import Doc

    reworded, before = [], []
    for doc in docs:
        words, offset = wording(doc)
        spaces = [bool(token.whitespace_) for token in doc]
        other = Doc(doc.vocab, words, [True] * offset + spaces)
        for token in other:
            token.is_sent_start = token.i == 0
        reworded.append(other)
        before.append(offset)
    found = []
    for doc, other, offset in zip(docs, nlp.pipe(reworded), before):
        heads = [token.head.i - offset for token in other][offset:]
        roots = [h < 0 or h == i for i, h in enumerate(heads)]
        own = Doc(
            doc.vocab,
            [token.text for token in doc],
            [bool(token.whitespace_) for token in doc],
            tags=[token.tag_ for token in other][offset:],
            heads=[i if root else h for i, (h, root) in enumerate(zip(heads, roots))],
            deps=[
                "ROOT" if root else token.dep_ for token, root in zip(list(other)[offset:], roots)
            ],
        )
        for name in ("attribute_ruler", "lemmatizer"):
            own = nlp.get_pipe(name)(own)
        found.append(own)
    return found
