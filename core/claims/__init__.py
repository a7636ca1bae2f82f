"""Claims: the smallest statements of a caption that can be true or false on their own.

A reader takes captions apart (`syntax.py` for English; where no reader knows the language, a sentence
is one claim). `entailment.py` decides which claims say the same, entail or contradict each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..regions import Box

OBJECT, ATTRIBUTE, NUMBER, RELATION = "object", "attribute", "number", "relation"
ACTION, PLACE, SCENE, TEXT = "action", "place", "scene", "text"
STATEMENT = "statement"  # a whole sentence that no reader took apart
KINDS = (OBJECT, ATTRIBUTE, NUMBER, RELATION, ACTION, PLACE, SCENE, TEXT, STATEMENT)


@dataclass(frozen=True)
class Thing:
    """A thing or a group of like things that a caption speaks of, however often it comes back to it.

    Attributes:
        head: the lemma of its most telling noun ("seagull" where "the bird" is the same); a fixed
            compound is whole ("traffic light").
        heads: the lemmas of all nouns it is called by.
        name: a short definite noun phrase, "the woman in the red coat", to put in place of a pronoun.
        number: how many, where the caption counts them exactly; 1 for "a", "the" with a singular; 0 for an
            uncounted plural or a mass noun.
        definite: it was introduced by "the", "its", "her" (and not "a", "some", "two").
        owner: index of the thing that it is a part or a belonging of ("her hand", "the train's doors"); else -1.
        members: indices of the things that a group consists of ("two individuals, a man and a woman").
        place: a place word by which it is told from its like ("the man on the left": "left"); else "".
        told: adjectives by which it is told from its like ("older", "upper").
    """

    head: str
    heads: tuple[str, ...] = ()
    name: str = ""
    number: int = 0
    definite: bool = False
    owner: int = -1
    members: tuple[int, ...] = ()
    place: str = ""
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """One claim; `subject`, `value` and `object` are lemmas.

    Attributes:
        text: a sentence that needs no other to be understood: pronouns are replaced, places of a crop are
            translated into the whole image.
        kind: one of `KINDS`.
        subject: head lemma of what it is said of; "setting", "event", "time", "season", "weather", "light"
            or "sky" for a scene.
        value: the attribute, number (a digit), verb, preposition, place word or quoted text; "" for object.
        object: head lemma of the other thing of a relation; else "".
        negated: the thing or value named is denied.
        hedged: the caption itself presents it as a guess.
        thing, other: indices into `Reading.things` of subject and object; -1 where there is none.
        sentence: index into `Reading.sentences`.
        spans: (start, end) characters of that sentence's `text` that say this claim and what hangs on it:
            without them the rest of the sentence is still one. Empty where only the whole sentence
            can go.
        plural: its subject is several things or an uncounted plural ("cars"), of which one is not enough.
        firm: the text without its hedge, where it is hedged ("There is a book."); else "".
    """

    text: str
    kind: str
    subject: str
    value: str = ""
    object: str = ""
    negated: bool = False
    hedged: bool = False
    thing: int = -1
    other: int = -1
    sentence: int = 0
    spans: tuple[tuple[int, int], ...] = ()
    firm: str = ""
    plural: bool = False


@dataclass(frozen=True)
class Sentence:
    """One sentence of a caption.

    Attributes:
        said: as the captioner wrote it.
        text: the same fit to be said of the whole image: without headings, lead-ins ("The image shows") and
            list marks, places of a crop translated or left out; "" where nothing claimed is left.
        complete: False where the caption was cut off inside it.
        mentions: (start, end, thing) of every noun phrase (with its determiner) and pronoun of `text` that
            names a thing: characters of `text`, and an index into `Reading.things`.
    """

    said: str
    text: str
    complete: bool = True
    mentions: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a caption says.

    Attributes:
        not_claims: the parts that claim nothing of the image (headings, lead-ins, praise, moods, guesses about
            purposes), as they were said.
        notes: what the user should know of how it was read (it was too long; no reader for it is installed).
    """

    sentences: tuple[Sentence, ...] = ()
    things: tuple[Thing, ...] = ()
    claims: tuple[Claim, ...] = ()
    not_claims: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passage:
    """A caption to read. `frame`: the crop it was said of, in fractions of the whole image; None or the unit
    box for the whole image. `cut`: the captioner was stopped before it had ended."""

    text: str
    frame: Box | None = None
    cut: bool = False


class Reader(Protocol):
    name: str

    def read(self, passages: Sequence[Passage]) -> list[Reading]:
        """Return one reading a passage, in one batch."""
