"""Builds a reading: collects claims sentence by sentence, and words them once all names are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ..regions import Box
from . import (
    OBJECT,
    PLACE,
    RELATION,
    SCENE,
    Claim,
    Reading,
    Sentence,
    Thing,
    cutting,
    places,
    trimming,
    verbalization,
)
from .english_words import PLURAL_ONLY
from .nouns import telling
from .quotations import Quote
from .things import Entity, Things


@dataclass
class Edit:
    """A change of a sentence's text: characters `start` to `end` become `new`."""

    start: int
    end: int
    new: str


@dataclass
class FoundClaim:
    """A claim before it is worded."""

    kind: str
    value: str
    entity: Entity | None
    other: Entity | None
    subject: str = ""
    hedged: bool = False
    negated: bool = False
    spans: tuple[tuple[int, int], ...] = ()
    sentence: int = 0
    verb: Any = None
    active: bool = False


@dataclass
class ReadingBuilder:
    """The claims of one caption so far, and the state of the sentence being read.

    Attributes:
        skipped: tokens whose meaning was taken already.
        placed: starts of place phrases already claimed.
        edits: changes of the sentence's text, in characters of the parsed text.
    """

    frame: Box | None = None
    things: Things = field(default_factory=Things)
    found: list[FoundClaim] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    not_claims: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def begin(self, doc, quotes: Iterable[Quote] = (), shown: bool = False) -> None:
        self.doc, self.shown = doc, shown
        self.index = len(self.sentences)
        self.skipped: set[int] = set()
        self.placed: set[int] = set()
        self.edits: list[Edit] = []
        self.fillers: list = []  # tokens whose phrase claims nothing
        self.mentions: list[tuple[int, int, Entity]] = []
        self.first = len(self.found)
        self.quotes: list[Quote] = []
        for q in quotes:
            self.edits.append(Edit(q.start, q.start + q.length, q.said))
            token = next((t for t in doc if t.idx == q.start), None)
            if token is not None:
                self.quotes.append(replace(q, token=token.i))

    def end(self, said: str, complete: bool = True) -> bool:
        """Close the sentence: make the edits of its text, and move whatever counts its characters.

        Returns whether it claims anything.
        """
        text = self.doc.text if self.doc is not None else ""
        if self.doc is not None and len(self.found) > self.first:
            if not places.whole(self.frame):
                self._translate_areas()
            self.edits += [Edit(*e) for e in trimming.edits(self)]
        kept: list[Edit] = []
        for e in sorted(self.edits, key=lambda e: (e.start, e.start < e.end, e.start - e.end)):
            if not kept or e.start >= kept[-1].end:
                kept.append(e)

        def moved(at: int) -> int:
            shift = 0
            for e in kept:
                if at >= e.end:
                    shift += len(e.new) - (e.end - e.start)
                elif at > e.start:
                    return e.start + shift + min(at - e.start, len(e.new))
            return at + shift

        for e in reversed(kept):
            text = text[: e.start] + e.new + text[e.end :]
        mine = self.found[self.first :]
        for f in mine:
            f.spans = tuple((a, b) for a, b in ((moved(a), moved(b)) for a, b in f.spans) if b > a)
        mentions = sorted(
            {(moved(a), moved(b), e.index) for a, b, e in self.mentions if moved(a) < moved(b)}
        )
        if not mine:
            text, mentions = "", []
        if text and text[-1].isalnum():
            text += "."
        self.sentences.append(
            Sentence(said, text[:1].upper() + text[1:], complete, tuple(mentions))
        )
        return bool(mine)

    def _translate_areas(self) -> None:
        """Areas of the crop that are still named in the text, as areas of the whole image."""
        for match in places.AREA.finditer(self.doc.text):
            if match["of"] or not match.start():
                where = places.area(places.translate(places.value(match), self.frame))
                where = where if match.start() else where[:1].upper() + where[1:]
                self.edits.append(Edit(match.start(), match.end(), where))

    # -- what the walk through a sentence calls ---------------------------------------------------

    def mention(self, token, entity: Entity) -> None:
        lefts = [
            c
            for c in token.lefts
            if c.dep_ in ("det", "poss", "nummod", "amod", "compound", "predet", "nmod")
        ]
        start = min([token.idx, *[c.left_edge.idx for c in lefts]])
        self.mentions.append((start, token.idx + len(token.text), entity))

    def mentions_by_token(self) -> list[tuple[int, int, Entity]]:
        """(token, end, thing) of every mention so far, for whatever is said of the nearest thing."""
        starts = {t.idx + len(t.text): t.i for t in self.doc}
        return [(starts[b], b, e) for _, b, e in self.mentions if b in starts]

    def letters(self, entity: Entity) -> Entity:
        """Return the letters on a sign: what a colour of its text is said of."""
        for e in self.things.all:
            if e.head == "letter" and e.owner == entity.index:
                return e
        e = Entity(
            len(self.things.all),
            "letter",
            ["letter"],
            plural=True,
            definite=True,
            owner=entity.index,
            part=True,
            announced=True,
            sentence=self.index,
        )
        self.things.all.append(e)
        return e

    def no_claim(self, token) -> None:
        """Note that what a token governs claims nothing."""
        start = token.left_edge.idx if token.dep_ == "ROOT" else token.idx
        end = token.right_edge.idx + len(token.right_edge.text)
        said = self.doc.text[start:end]
        for q in reversed(self.quotes):
            at = self.doc[q.token].idx
            if start <= at < end:
                said = said[: at - start] + q.said + said[at - start + q.length :]
        said = said.strip(" ,.;")
        if said:
            self.not_claims.append(said)
            self.fillers.append(token)

    def about(self, base: str, place: tuple | None = None) -> Entity:
        """Return the image itself, its background, an area of it: what attributes of the image are said of.

        Args:
            place: (place in the image, the span that says it) of an area.
        """
        where = places.translate(place[0], self.frame) if place else ""
        if place and where != place[0]:
            start, end = place[1][0].idx, place[1][-1].idx + len(place[1][-1].text)
            if place[1][0].pos_ == "ADP":  # else an area, which `end` translates
                self.edits.append(Edit(start, end, places.phrase(where)))
        for e in self.things.all:
            if e.head == base and e.aspect and e.place == where:
                return e
        plural = base in ("color", "colour", "tone")
        entity = Entity(
            len(self.things.all),
            base,
            [base],
            0 if plural else 1,
            plural,
            definite=True,
            aspect=True,
            announced=True,
            place=where,
            told=bool(where),
        )
        self.things.all.append(entity)
        return entity

    def object(self, entity: Entity, *, tokens=(), hedged=False) -> None:
        if any(
            f.kind == OBJECT and f.entity.head == entity.head and not f.negated for f in self.found
        ):
            return
        self.add(OBJECT, entity, tokens=tokens, hedged=hedged)

    def place(
        self, entity: Entity, value: str, *, tokens=(), hedged=False, negated=False, told=False
    ) -> None:
        """A place in the image; `told`: it tells the thing from its like ("the man on the left is ...")."""
        whole = places.translate(value, self.frame)
        if not entity.place:
            entity.place, entity.told = whole, told
        if tokens and not places.whole(self.frame) and whole != value:
            start, end = tokens[0].idx, tokens[-1].idx + len(tokens[-1].text)
            after = len(self.doc.text[end:]) - len(self.doc.text[end:].lstrip(" ,"))
            if whole:
                self.edits.append(Edit(start, end, places.phrase(whole)))
            else:  # with the comma or the blank beside it
                self.edits.append(
                    Edit(0, end + after, "") if not start else Edit(start - 1, end, "")
                )
        if whole:
            self.add(PLACE, entity, whole, tokens=tokens, hedged=hedged, negated=negated)

    def scene(self, subject: str, value: str, *, hedged=False, negated=False, tokens=()) -> None:
        self._keep(
            FoundClaim(
                SCENE,
                value,
                None,
                None,
                subject,
                hedged,
                negated,
                self.spans_of(tokens),
                self.index,
            )
        )

    def relation(
        self,
        a: Entity,
        value: str,
        b: Entity,
        *,
        tokens=(),
        verb=None,
        hedged=False,
        negated=False,
        active=False,
        at=None,
    ) -> None:
        if a is b or (verb is None and value != "wear" and 0 <= b.owner == a.index):
            return  # nothing is in its own hand
        spans = self.spans_of(self._tokens(tokens, verb, at))
        self._keep(
            FoundClaim(
                RELATION, value, a, b, a.head, hedged, negated, spans, self.index, verb, active
            )
        )

    def add(
        self,
        kind: str,
        entity: Entity,
        value: str = "",
        *,
        tokens=(),
        verb=None,
        hedged=False,
        negated=False,
    ) -> None:
        spans = self.spans_of(self._tokens(tokens, verb))
        self._keep(
            FoundClaim(
                kind, value, entity, None, entity.head, hedged, negated, spans, self.index, verb
            )
        )

    def _keep(self, f: FoundClaim) -> None:
        for o in self.found[self.first :]:
            if (
                (o.kind, o.value, o.negated, o.subject) == (f.kind, f.value, f.negated, f.subject)
                and o.entity is f.entity
                and o.other is f.other
            ):
                return
        self.found.append(f)

    def _tokens(self, tokens, verb, at=None) -> list:
        """Return the tokens that go with a claim: those given, else the verb's or the object's phrase."""
        if tokens or (verb is None and at is None):
            return list(tokens)
        return cutting.with_token(at if at is not None else verb)

    def spans_of(self, tokens) -> tuple[tuple[int, int], ...]:
        spans: list[list[int]] = []
        last = -2
        for t in sorted(tokens, key=lambda t: t.i):
            if t.is_punct and t.i == len(self.doc) - 1:
                continue
            if spans and t.i == last + 1:
                spans[-1][1] = t.idx + len(t.text)
            else:
                spans.append([t.idx, t.idx + len(t.text)])
            last = t.i
        return tuple((a, b) for a, b in spans)

    # -- the end ----------------------------------------------------------------------------------

    def reading(self) -> Reading:
        names = verbalization.Names(self.things.all)
        things = tuple(
            Thing(
                e.head,
                tuple(dict.fromkeys(e.heads)),
                names.name(e),
                e.number or (0 if e.plural or e.mass else 1),
                e.definite,
                owner=e.owner,
                members=tuple(e.members),
                place=e.place if e.told else "",
                told=tuple(t for t in e.traits if telling(t)),
            )
            for e in self.things.all
        )
        claims = []
        for f in self.found:
            e, o = f.entity, f.other
            claims.append(
                Claim(
                    verbalization.claim(names, f),
                    f.kind,
                    e.head if e is not None else f.subject,
                    f.value,
                    o.head if o is not None else "",
                    f.negated,
                    f.hedged,
                    e.index if e is not None else -1,
                    o.index if o is not None else -1,
                    f.sentence,
                    f.spans,
                    firm=verbalization.claim(names, replace(f, hedged=False)) if f.hedged else "",
                    plural=e is not None and verbalization.many(e) and e.noun not in PLURAL_ONLY,
                )
            )
        return Reading(
            tuple(self.sentences), things, tuple(claims), tuple(self.not_claims), tuple(self.notes)
        )
