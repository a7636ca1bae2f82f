"""What captions must not say: a trait that a trigger word shall stand for, for example.

A topic is a thing ("tattoo", "clothing") or a trait of one ("hair colour"). Claims about it are dropped before
anything is written; what a writer says of it all the same loses the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

from .claims import ATTRIBUTE, Claim, lexicon
from .claims.values import colours, stem
from .focus import is_called
from .image_record import ImageRecord, StageProgress, no_progress
from .sentences import join_sentences, split_sentences
from .statements import Reason, Statement, Verdict

_COLOUR = re.compile(r"colou?rs?$", re.IGNORECASE)
# Words that give the colour of hair without naming it.
_HAIR_COLOURS = frozenset("blond blonde brunette redhead redheaded ginger auburn".split())
_SHADES = frozenset("dark light fair pale".split())  # say a thing's colour without naming one
_NEAR = 4  # words between a trait and its thing: "hair that is long and brown"
_BEING = frozenset("is are was were looks appears of".split())  # "hair of a light brown"


@dataclass(frozen=True)
class Exclude:
    """Drop kept statements about the topics; take sentences about them out of the captions.

    Attributes:
        topics: what must not be said, as a user writes it: "tattoo", "hair colour".
    """

    topics: tuple[str, ...]

    name: ClassVar[str] = "exclude"
    roles: ClassVar[tuple[str, ...]] = ()

    def steps(self, batch: Sequence[ImageRecord]) -> int:
        return len(batch)

    def process(
        self, batch: Sequence[ImageRecord], models, on_progress: StageProgress = no_progress
    ) -> list[ImageRecord]:
        return [self._without(record) for record in batch]

    def _without(self, record: ImageRecord) -> ImageRecord:
        statements = tuple(
            replace(s, verdict=Verdict.DROPPED, reason=Reason.EXCLUDED, against="")
            if s.verdict is Verdict.KEPT and self._concerns(s)
            else s
            for s in record.statements
        )
        caption, removed = without_topics(record.caption, self.topics)
        captions = {
            region: without_topics(text, self.topics)[0] for region, text in record.captions.items()
        }
        notes = [f'Removed: it says what is excluded: "{sentence}"' for sentence in removed]
        return record.extended(
            statements=statements, caption=caption, captions=captions, notes=notes
        )

    def _concerns(self, statement: Statement) -> bool:
        claim = statement.claim
        if claim is not None and any(claims_topic(claim, topic) for topic in self.topics):
            return True
        texts = (statement.text, *(claim.firm for claim in [claim] if claim))
        return any(mentions_topic(text, topic) for text in texts for topic in self.topics)


def excluded_count(record: ImageRecord) -> int:
    """Return how many statements were dropped because they were excluded."""
    return sum(s.reason is Reason.EXCLUDED for s in record.statements)


def without_topics(text: str, topics: Sequence[str]) -> tuple[str, list[str]]:
    """Return the text without the sentences that mention a topic, and those sentences."""
    if not text or not any(mentions_topic(text, topic) for topic in topics):
        return text, []
    kept: list[str] = []
    removed: list[str] = []
    for sentence in split_sentences(text):
        said = any(mentions_topic(sentence, topic) for topic in topics)
        (removed if said else kept).append(sentence)
    return join_sentences(kept), removed


def claims_topic(claim: Claim, topic: str) -> bool:
    """Return whether a claim is about a topic."""
    thing, of_colour = _parts(topic)
    if not of_colour:
        return any(_is(word, thing) for word in (claim.subject, claim.value, claim.object))
    if claim.kind == ATTRIBUTE and _is(claim.subject, thing):
        return _is_colour(claim.value)
    return _coloured_compound(claim.value, thing) or _coloured_compound(claim.subject, thing)


@lru_cache(maxsize=65536)
def mentions_topic(text: str, topic: str) -> bool:
    """Return whether a text speaks of a topic, whatever claims were read of it."""
    thing, of_colour = _parts(topic)
    words = [w for w in re.split(r"[^\w'-]+", text.lower()) if w]
    if not words or (not text.isascii() and thing in text.lower()):
        return thing in text.lower()
    named = [i for i in range(len(words)) if _named_at(words, i, thing)]
    if not of_colour:
        return bool(named)
    compounds = [i for i, word in enumerate(words) if _coloured_compound(word, thing)]
    if any(not _of_another(words, i, thing) for i in compounds):
        return True
    return any(_coloured_before(words, i) or _coloured_after(words, i) for i in named)


def _of_another(words: Sequence[str], index: int, thing: str) -> bool:
    """Return whether a colour belongs to what follows it, which is neither the thing nor a person: "ginger tea"
    for hair.
    """
    word, after = words[index], words[index + 1 : index + 2]
    if word not in _HAIR_COLOURS or not lexicon.senses(word, lexicon.ADJECTIVE) or not after:
        return False
    if not lexicon.senses(after[0], lexicon.NOUN) or lexicon.senses(after[0], lexicon.ADJECTIVE):
        return False
    return not any(lexicon.is_kind(after[0], kind) for kind in (thing, "person"))


def _is_colour(text: str) -> bool:
    return bool(colours(text)) or any(word in _SHADES for word in text.lower().split())


def _coloured_before(words: Sequence[str], index: int) -> bool:
    """Return whether a colour stands among the adjectives before a noun: "long, brown hair"."""
    for word in reversed(words[max(0, index - _NEAR) : index]):
        if _is_colour(word):
            return True
        if lexicon.senses(word) and not lexicon.senses(word, lexicon.ADJECTIVE) and word != "and":
            return False
    return False


def _coloured_after(words: Sequence[str], index: int) -> bool:
    """Return whether a verb of being says a noun's colour: "hair that is long and brown"."""
    after = words[index + 1 : index + 2 + _NEAR]
    verbs = [i for i, word in enumerate(after[:2]) if word in _BEING]
    return bool(verbs) and any(_is_colour(word) for word in after[verbs[0] :])


def _parts(topic: str) -> tuple[str, bool]:
    """Return the thing of a topic, and whether only its colour is meant."""
    words = topic.lower().split()
    if len(words) > 1 and _COLOUR.match(words[-1]):
        return " ".join(words[:-1]), True
    return " ".join(words), False


def _named_at(words: Sequence[str], index: int, thing: str) -> bool:
    """Return whether a word, or the compound that begins with it, names the thing."""
    length = len(thing.split())
    return _is(" ".join(words[index : index + length]), thing)


@lru_cache(maxsize=65536)
def _is(word: str, thing: str) -> bool:
    """Return whether a word names the thing, a kind of it, or a trait made of it ("tattooed",
    "brown-haired").
    """
    if not word:
        return False
    word = word.lower()
    if is_called(word, thing):
        return True
    return any(stem(part) == stem(thing) for part in re.split(r"[\s-]", word))


def _coloured_compound(word: str, thing: str) -> bool:
    """Return whether one word gives the thing's colour: "brown-haired", "blonde" for hair."""
    parts = re.split(r"[\s-]", word.lower())
    if lexicon.same(thing, "hair") and any(part in _HAIR_COLOURS for part in parts):
        return True
    named = any(stem(part) == stem(thing) for part in parts)
    return named and any(colours(part) for part in parts)
