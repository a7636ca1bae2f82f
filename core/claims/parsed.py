"""Holds a parsed sentence as plain objects. spaCy creates a token object at each access, which would
take most of the time of reading."""

from __future__ import annotations

from collections.abc import Iterator


class Word:
    """A token, with the names that spaCy's have."""

    __slots__ = (
        "_head", "children", "dep_", "doc", "i", "idx", "is_alpha", "is_punct", "lemma_", "like_num", "lower_", "pos_",
        "tag_", "text", "whitespace_",
    )  # fmt: skip

    def __init__(self, token, doc: Parsed):
        self.doc, self.i, self.idx = doc, token.i, token.idx
        self.text, self.lower_, self.whitespace_ = token.text, token.lower_, token.whitespace_
        self.lemma_, self.pos_, self.tag_, self.dep_ = (
            token.lemma_,
            token.pos_,
            token.tag_,
            token.dep_,
        )
        self.is_punct, self.is_alpha, self.like_num = token.is_punct, token.is_alpha, token.like_num
        self.children: list[Word] = []
        self._head = self

    @property
    def head(self) -> Word:
        return self._head

    @head.setter
    def head(self, new: Word) -> None:
        old = self._head
        if old is not self:
            old.children = [
                c for c in old.children if c is not self
            ]  # a new list: a loop over the old one goes on
        self._head = new
        if new is not self:
            new.children = sorted([*new.children, self], key=lambda w: w.i)

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return self.text

    @property
    def lefts(self) -> list[Word]:
        return [c for c in self.children if c.i < self.i]

    @property
    def subtree(self) -> list[Word]:
        found: list[Word] = []
        left = [self]
        while left and len(found) < len(self.doc):  # a repair may have made a circle
            word = left.pop()
            found.append(word)
            left += word.children
        return sorted(found, key=lambda w: w.i)

    @property
    def left_edge(self) -> Word:
        return self.subtree[0]

    @property
    def right_edge(self) -> Word:
        return self.subtree[-1]

    @property
    def ancestors(self) -> Iterator[Word]:
        word = self
        for _ in range(len(self.doc)):  # a repair may have made a circle
            if word.head is word:
                return
            word = word.head
            yield word

    def is_ancestor(self, other: Word) -> bool:
        return any(word is self for word in other.ancestors)

    def nbor(self, by: int = 1) -> Word:
        return self.doc[self.i + by]


class Span(tuple):
    """Words in a row."""

    @property
    def start(self) -> int:
        return self[0].i


class Parsed:
    """A sentence and its words.

    Args:
        doc: spaCy's parse of it.
    """

    def __init__(self, doc):
        self.text: str = doc.text
        tokens = list(doc)
        self.words = [Word(token, self) for token in tokens]
        for word, token in zip(self.words, tokens):
            word._head = self.words[token.head.i]
            if word._head is not word:
                word._head.children.append(word)

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[Word]:
        return iter(self.words)

    def __getitem__(self, at):
        return self.words[at]

    def char_span(self, start: int, end: int) -> Span | None:
        """Return the words that lie wholly within these characters; None where there are none."""
        inside = [w for w in self.words if start <= w.idx and w.idx + len(w.text) <= end]
        return Span(inside) or None
