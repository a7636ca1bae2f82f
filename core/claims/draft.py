"""A reading in the making: claims are collected sentence by sentence, worded, and their places in the text kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ..regions import Box
from . import ATTRIBUTE, NUMBER, OBJECT, PLACE, RELATION, SCENE, TEXT, Claim, Reading, Sentence, Thing, places, wording
from .english_words import ABOUT_PICTURE, PARTS
from .things import Entity, Things

_QUOTE = re.compile(r"[\"“”«]([^\"“”«»]{1,200})[\"“”»]|(?<!\w)[‘']([^'‘’]{1,80})[’'](?!\w)")


@dataclass
class Quote:
    """Words in quotation marks: text that can be read in the image."""

    text: str
    tokens: list
    used: bool = False


@dataclass
class _Edit:
    start: int
    end: int
    new: str


@dataclass
class Draft:
    """The claims of one caption so far, and the state of the sentence being read.

    Attributes:
        skipped: tokens whose meaning was taken already.
        placed: starts of place phrases already claimed.
        edits: changes of the sentence's text, in characters of the parsed text.
    """

    frame: Box | None = None
    things: Things = field(default_factory=Things)
    claims: list[Claim] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    not_claims: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def begin(self, doc) -> None:
        self.doc = doc
        self.index = len(self.sentences)
        self.skipped: set[int] = set()
        self.placed: set[int] = set()
        self.edits: list[_Edit] = []
        self.mentions: list[tuple[int, int, int]] = []
        self.first = len(self.claims)
        self.quotes = []
        if doc is not None:
            for match in _QUOTE.finditer(doc.text):
                span = doc.char_span(match.start(), match.end(), alignment_mode="expand")
                text = (match[1] or match[2]).strip().rstrip(".,;")
                if span is not None and text:
                    self.quotes.append(Quote(text, list(span)))

    def end(self, said: str, complete: bool = True) -> None:
        """Close the sentence: its text with the edits made, and everything that counts its characters moved."""
        text = self.doc.text if self.doc is not None else ""
        edits = sorted(self.edits, key=lambda e: e.start)
        kept: list[_Edit] = []
        for e in edits:
            if not kept or e.start >= kept[-1].end:
                kept.append(e)

        def moved(at: int) -> int:
            shift = 0
            for e in kept:
                if at >= e.end and (e.end > e.start or at >= e.start):
                    shift += len(e.new) - (e.end - e.start)
                elif at > e.start:
                    return e.start + shift + min(at - e.start, len(e.new))
            return at + shift

        for e in reversed(kept):
            text = text[: e.start] + e.new + text[e.end :]
        mine = self.claims[self.first :]
        for i, c in enumerate(mine, self.first):
            spans = tuple((moved(a), moved(b)) for a, b in c.spans)
            self.claims[i] = replace(c, spans=tuple((a, b) for a, b in spans if b > a))
        mentions = tuple(sorted({(moved(a), moved(b), t) for a, b, t in self.mentions}))
        self.sentences.append(Sentence(said, text if mine else "", complete, mentions if mine else ()))

    # -- what the walk through a sentence calls ---------------------------------------------------

    def mention(self, token, entity: Entity) -> None:
        lefts = [c for c in token.lefts if c.dep_ in ("det", "poss", "nummod", "amod", "compound", "predet", "nmod")]
        start = min([token.idx, *[c.left_edge.idx for c in lefts]])
        self.mentions.append((start, token.idx + len(token.text), entity.index))

    def no_claim(self, token) -> None:
        a, b = token.left_edge.idx, token.right_edge.idx + len(token.right_edge.text)
        if token.dep_ not in ("ROOT",):
            a = token.idx
        said = self.doc.text[a:b].strip(" ,.;")
        if said:
            self.not_claims.append(said)

    def about(self, base: str) -> Entity:
        """The image itself, its background, its colours: what attributes of the image are said of."""
        for e in self.things.all:
            if e.head == base and e.part:
                return e
        entity = Entity(len(self.things.all), base, [base], 1, base in ("color", "colour"), False, True, part=True, announced=True)
        self.things.all.append(entity)
        return entity

    def object(self, entity: Entity, *, tokens=(), hedged=False) -> None:
        if any(c.kind == OBJECT and c.subject == entity.head and not c.negated for c in self.claims):
            return
        self.add(OBJECT, entity, tokens=tokens, hedged=hedged)

    def place(self, entity: Entity, value: str, *, tokens=(), hedged=False, negated=False) -> None:
        whole = places.translate(value, self.frame)
        if not entity.place:
            entity.place = whole
        if tokens and whole != value and not places.whole(self.frame):
            a, b = tokens[0].idx, tokens[-1].idx + len(tokens[-1].text)
            self.edits.append(_Edit(a, b, places.phrase(whole) if whole else ""))
        if whole:
            self.add(PLACE, entity, whole, tokens=tokens, hedged=hedged, negated=negated)

    def scene(self, subject: str, value: str, *, hedged=False, negated=False, tokens=()) -> None:
        self._claim(SCENE, subject, value, "", -1, -1, wording.scene(subject, value, negated, hedged), hedged, negated, tokens)

    def relation(self, a: Entity, value: str, b: Entity, *, tokens=(), verb=None, hedged=False, negated=False, active=False, at=None) -> None:
        if a is b:
            return
        tokens = self._tokens(tokens, verb, at)
        text = wording.relation(self, a, value, b, verb=verb, active=active, negated=negated, hedged=hedged)
        self._claim(RELATION, a.head, value, b.head, a.index, b.index, text, hedged, negated, tokens)

    def add(self, kind: str, entity: Entity, value: str = "", *, tokens=(), verb=None, hedged=False, negated=False) -> None:
        tokens = self._tokens(tokens, verb)
        text = wording.claim(self, kind, entity, value, verb=verb, negated=negated, hedged=hedged)
        self._claim(kind, entity.head, value, "", entity.index, -1, text, hedged, negated, tokens)

    def _tokens(self, tokens, verb, at=None) -> list:
        """The tokens that go with a claim: those given, or the verb's clause where it isn't the main one."""
        if tokens or verb is None:
            return list(tokens)
        if at is not None and (at.dep_ == "conj" or any(c.dep_ == "conj" for c in at.children)):
            return [t for t in at.subtree] if at.dep_ == "conj" else [t for t in at.subtree if t.i < min(c.left_edge.i for c in at.children if c.dep_ in ("conj", "cc"))]
        if verb.dep_ in ("acl", "relcl", "advcl", "xcomp", "pcomp"):
            return list(verb.subtree)
        if verb.dep_ == "conj":
            head = verb.head
            cc = [c for c in head.children if c.dep_ == "cc" and head.i < c.i < verb.i]
            return [*cc[-1:], *verb.subtree]
        return []

    def _claim(self, kind, subject, value, other_head, thing, other, text, hedged, negated, tokens) -> None:
        for c in self.claims[self.first :]:
            if (c.kind, c.subject, c.value, c.object, c.thing, c.other, c.negated) == (kind, subject, value, other_head, thing, other, negated):
                return
        self.claims.append(
            Claim(text, kind, subject, value, other_head, negated, hedged, thing, other, self.index, self._spans(tokens))
        )

    def _spans(self, tokens) -> tuple[tuple[int, int], ...]:
        spans: list[list[int]] = []
        for t in sorted(tokens, key=lambda t: t.i):
            if t.is_punct and t.i == len(self.doc) - 1:
                continue
            if spans and self.doc[t.i - 1].idx + len(self.doc[t.i - 1].text) == spans[-1][1]:
                spans[-1][1] = t.idx + len(t.text)
            else:
                spans.append([t.idx, t.idx + len(t.text)])
        return tuple((a, b) for a, b in spans)

    def reading(self) -> Reading:
        names = [wording.name(self, e) for e in self.things.all]
        things = tuple(
            Thing(e.head, tuple(dict.fromkeys(e.heads)), n, e.number or (0 if e.plural or e.mass else 1), e.definite)
            for e, n in zip(self.things.all, names)
        )
        return Reading(tuple(self.sentences), things, tuple(self.claims), tuple(self.not_claims), tuple(self.notes))


__all__ = ["ABOUT_PICTURE", "ATTRIBUTE", "NUMBER", "PARTS", "TEXT", "Draft", "Quote"]
