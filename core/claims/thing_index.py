"""An index of a reading by thing: its claims, owner, number and place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from . import ACTION, NUMBER, OBJECT, RELATION, Claim, Reading, Sentence, lexicon, predicates
from .comparison import ENTAILED, called, says
from .coverage import unclaimed_words

_OWNING = frozenset("wear have dress with".split())


_MODIFIER = re.compile(
    r"\b(\w+),? (?:(?:who|which|that) (?:is|are) )?(?:(?:standing|sitting|seated|positioned) )?"
    r"(?:on|to|at|in) (?:the|our|its)?\s?(?:(?:far|top|bottom|upper|lower|very) )*"
    r"(left|right|foreground|background|middle|center|(?<=the )front|(?<=in )front|(?<=the )back)\b(?! of| hand| arm| leg| wrist)"
)


@lru_cache(maxsize=1024)
def _modified(text: str) -> tuple[tuple[str, str], ...]:
    """(noun lemma, place) of every "the man on the left": the place stands at the noun, not after a verb."""
    return tuple(
        (lexicon.singular(noun), place)
        for noun, place in _MODIFIER.findall(text)
        if noun not in _VERBS
    )


_WHO = re.compile(r"^(?:who|which|that) (?:is|are) ")
_RESTRICTS = re.compile(
    r"(?:(?:who|which|that) (?:is|are) )?(?:\w+ing )?(?:in|on|at|by|near|under|with|behind|beside|next to|in front of|"
    r"on top of|at the (?:end|top|bottom|foot|back|front|edge) of|(?:on|to) the (?:left|right) of|above|below|inside|"
    r"closest to|nearest to|nearest|holding|wearing|riding|carrying|from|against|between|along)(?: the| a| an)?"
)
_PART_OF = re.compile(r"at (?:the )?(back|front|top|bottom) of")
_VERBS = frozenset("is are was were be seen visible located stands sits".split())


@dataclass
class ThingIndex:
    """A reading looked at thing by thing.

    Attributes:
        about: thing -> the claims that it is subject or object of.
        owner: thing -> whose part, garment or belonging it is, where the text says so.
        counted: thing -> its exact number, where a claim counts it.
    """

    reading: Reading
    about: dict[int, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    owner: dict[int, int] = field(default_factory=dict)
    counted: dict[int, int] = field(default_factory=dict)
    text: str = ""

    @classmethod
    def of(cls, reading: Reading) -> ThingIndex:
        reading = replace(reading, claims=(*_denied(_absent(reading)),))
        known = cls(reading, text=" ".join(s.said or s.text for s in reading.sentences).lower())
        for index, thing in enumerate(reading.things):
            if thing.owner >= 0:
                known.owner[index] = thing.owner
            if thing.number > 1:
                known.counted[index] = thing.number
        for claim in reading.claims:
            for index in {claim.thing, claim.other} - {-1}:
                known.about[index].append(claim)
            if claim.kind == NUMBER and claim.value.isdecimal() and claim.thing >= 0:
                known.counted[claim.thing] = int(claim.value)
            if claim.kind == RELATION and claim.other >= 0 and not claim.negated:
                verb, place, _ = predicates.parts(claim.value)
                if (verb or place) in _OWNING and claim.thing != claim.other:
                    known.owner.setdefault(claim.other, claim.thing)
        for sentence in reading.sentences:
            for owned, owner in _possessed(sentence):
                known.owner.setdefault(owned, owner)
        return known

    @cached_property
    def half_read(self) -> frozenset[int]:
        """The sentences of which a word is in no claim: what a parser missed there has to be looked for in the
        wording."""
        return frozenset(
            i
            for i, sentence in enumerate(self.reading.sentences)
            if unclaimed_words(
                sentence.said or sentence.text,
                [c for c in self.reading.claims if c.sentence == i],
                self.reading.things,
            )
        )

    def place(self, index: int) -> str:
        """Return the place that tells the thing from its like, "left" of "the man on the left"."""
        thing = self.reading.things[index]
        if thing.place:
            return thing.place
        if not thing.definite:
            return ""
        for noun, place in _modified(self.text):
            if any(lexicon.head(h) == noun for h in called(thing)):
                return place
        where = self.restriction(index)
        found = _PART_OF.match(where[0]) if where else None
        return found[1] if found else ""

    def restriction(self, index: int) -> tuple[str, int] | None:
        """Return what comes right after the thing's noun and says which one is meant, with the other thing in it.

        ("on", shelf) of "the jar on the shelf is full"; None of "the jar is on the shelf".
        """
        for sentence in self.reading.sentences:
            mentions = sorted(sentence.mentions)
            for start, end, thing in mentions:
                if thing != index or not re.match(
                    r"the\b", sentence.text[start:end], re.IGNORECASE
                ):
                    continue
                after = next((m for m in mentions if m[0] >= end and m[2] != index), None)
                between = sentence.text[end : after[0]].strip().lower() if after else ""
                if between and len(between) <= 40 and _RESTRICTS.fullmatch(between):
                    return _WHO.sub("", between), after[2]
        return None

    def states(self, claim: Claim) -> bool:
        """Return whether a claim, in the numbers of these things, follows from one of the claims about its subject."""
        things = self.reading.things
        return any(says(p, claim, things) == ENTAILED for p in self.about[claim.thing])

    def belongings(self, index: int) -> list[int]:
        return [k for k, owner in self.owner.items() if owner == index]

    def plural(self, index: int) -> bool:
        return self.reading.things[index].number > 1 or self.counted.get(index, 1) > 1


_FREE_OF = re.compile(
    r"\b(?:empty|free|devoid|bare|clear) of (?:any |all )?(?:other )?([a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)


def _absent(reading: Reading) -> list[Claim]:
    """Return the claims, things of which a place is said to be empty denied."""
    named = {
        (i, lexicon.singular(word))
        for i, sentence in enumerate(reading.sentences)
        for phrase in _FREE_OF.findall(sentence.text)
        for word in (phrase, *phrase.lower().split())
    }
    emptied = {i for i, _ in named}
    return [
        replace(c, negated=True)
        if (c.kind == OBJECT and (c.sentence, lexicon.singular(c.subject)) in named)
        or (c.kind == OBJECT and c.subject == "person" and (c.sentence, "people") in named)
        else c
        for c in reading.claims
        if not (c.sentence in emptied and c.value in ("empty", "free", "devoid", "bare", "clear"))
    ]


def _denied(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims, what is said of denied things denied too: "no cars are on the bridge"."""
    absent = {
        (c.sentence, c.thing) for c in claims if c.kind == OBJECT and c.negated and c.thing >= 0
    }
    nobody = {
        (c.sentence, c.thing)
        for c in claims
        if c.kind == ACTION and c.negated and c.subject == "person" and c.thing >= 0
    }
    return [
        replace(c, negated=True)
        if c.kind == RELATION
        and (
            {(c.sentence, c.thing), (c.sentence, c.other)} & absent
            or (c.sentence, c.thing) in nobody
        )
        else c
        for c in claims
    ]


def _possessed(sentence: Sentence) -> list[tuple[int, int]]:
    """(thing, owner) of every "the woman's hand", "her hand" among the mentions."""
    text, found = sentence.text, []
    for a, b, owner in sentence.mentions:
        word = text[a:b].lower()
        if not (
            word.endswith(("'s", "’s"))
            or text[b : b + 2] in ("'s", "’s", "s'")
            or word in _POSSESSIVE
        ):
            continue
        inside = [m for m in sentence.mentions if m[0] == a and m[1] > b and m[2] != owner]
        after = [m for m in sentence.mentions if b <= m[0] <= b + 4 and m[2] != owner]
        found += [(m[2], owner) for m in (inside or after)[:1]]
    return found


_POSSESSIVE = frozenset(("his", "her", "its", "their"))
