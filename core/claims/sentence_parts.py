"""What the parts of `SentenceReader` share: each is a class that adds the methods of one subject."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from .reading_builder import ReadingBuilder
from .things import Entity


class SentenceParts(ABC):
    """The state of reading one sentence, and what its parts ask of each other.

    Attributes:
        draft: collects the claims.
        doc: the sentence as spaCy parsed it.
        done: token index -> the thing it stands for, None where it stands for none.
        verbs: indices of the verbs already read.
        places: token index -> (place in the image, the span of its phrase).
    """

    draft: ReadingBuilder
    doc: Any
    done: dict[int, Entity | None]
    verbs: set[int]
    places: dict[int, tuple]

    @abstractmethod
    def phrase(
        self, token, *, hedged=False, negated=False, owner: Entity | None = None
    ) -> Entity | None: ...

    @abstractmethod
    def prepositional(self, prep, subjects, *, hedged=False, negated=False, told=False) -> None: ...

    @abstractmethod
    def predicate(self, adjective, subjects, hedged, negated) -> None: ...

    @abstractmethod
    def clause(self, verb, inherited: list, *, hedged=False, negated=False) -> None: ...

    @abstractmethod
    def rest(self, verb, subjects, hedged) -> None: ...
