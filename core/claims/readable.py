"""Text that can be read in an image: what verbs and quotations say of it."""

from __future__ import annotations

from . import ATTRIBUTE, TEXT, cutting
from .english_words import EVALUATIVE, TEXT_NOUNS
from .nouns import head_of, is_person, lemma
from .prepositions import Prepositions
from .things import Entity
from .trees import NOUNS, children

_ON = frozenset("on onto across over along in inside".split())
_LETTERS = frozenset("word text letter lettering writing inscription phrase number".split())


class Readable(Prepositions):
    """The part of `SentenceReader` that reads quotations."""

    def is_quote(self, token) -> bool:
        return any(q.token == token.i for q in self.draft.quotes)

    def _reads(self, verb, subjects, hedged) -> bool:
        """ "reads "STOP"", "displaying the names ..."."""
        mine = [
            q for q in self.draft.quotes if not q.used and verb.i < q.token <= verb.right_edge.i
        ]
        if not mine or not subjects:
            return False
        for t in verb.subtree:
            if t.i > verb.i and (self.is_quote(t) or lemma(t) in TEXT_NOUNS):
                self.done.setdefault(t.i, None)
                if not self.is_quote(t):
                    for m in children(t, "amod"):
                        if m.text.lower() not in EVALUATIVE:
                            self.draft.add(
                                ATTRIBUTE,
                                self.draft.letters(subjects[0]),
                                m.text.lower(),
                                tokens=[m],
                            )
        for q in mine:
            q.used = True
            self.draft.add(TEXT, subjects[0], q.text, verb=verb, hedged=hedged)
        return True

    def _numbered(self, token):
        """Return who is "wearing number 4"; None where it is another text."""
        number = token.head
        if lemma(number) != "number" or number.head.lemma_.lower() not in ("wear", "have"):
            return None
        verb = number.head
        who = [verb.head] if verb.dep_ in ("acl", "relcl") else children(verb, "nsubj")
        return next((e for t in who if (e := self.done.get(t.i)) is not None), None)

    def _named_text(self, at: int) -> Entity | None:
        """Return what bears a quotation that a noun before it calls a text ("the title "Book Club""): what the text is
        printed on, else the text itself; None where no such noun stands before it.
        """
        word = self.doc[at - 1] if at else None
        if word is None or lemma(word) not in TEXT_NOUNS or word.pos_ not in NOUNS:
            return None
        above = (*word.ancestors, *self.doc[at].ancestors)
        verb = next((t for t in above if t.pos_ in ("VERB", "AUX")), None)
        hosts = [word, self.doc[at], *([verb] if verb is not None and verb.i > at else [])]
        hosts += [
            o
            for host in hosts
            for p in children(host, "prep")
            for o in children(p, "pobj")
            if lemma(o) in TEXT_NOUNS  # "in small letters on the cup"
        ]
        surfaces = [
            e
            for host in hosts
            for p in host.children
            if p.dep_ == "prep" and p.lower_ in _ON and p.i not in self.places
            for o in children(p, "pobj")
            if (e := self.done.get(o.i)) is not None
            and e.noun not in TEXT_NOUNS
            and not is_person(e.noun)
        ]
        if surfaces:
            return surfaces[0]
        top = word if word.head is not self.doc[at] else self.doc[at]
        while top.dep_ in ("conj", "appos") and top.head.i < word.i:
            top = top.head
        if lemma(word) in _LETTERS and top.dep_ not in ("nsubj", "nsubjpass", "ROOT"):
            return None  # "a sign with the word "STOP"": on what is named before
        entity = self.draft.things.new(word, head_of(word), self.draft.index)
        entity.announced = True
        self.draft.mention(word, entity)
        self.draft.object(entity, tokens=cutting.with_noun(word))
        where = next(
            (self.places[c.i] for h in hosts for c in h.children if c.i in self.places),
            None,
        )
        if where is not None:
            self.draft.place(entity, where[0], tokens=list(where[1]))
        return entity

    def quotations(self) -> None:
        """Text that no verb has claimed: it is read on the last thing named before it, or the next after it."""
        things = [
            (i, e)
            for i, _, e in self.draft.mentions_by_token()
            if not e.part and not is_person(e.noun)
        ]
        things.sort(key=lambda pair: pair[0])
        for q in self.draft.quotes:
            if q.used:
                continue
            token = self.doc[q.token]
            if (wearer := self._numbered(token)) is not None:
                q.used = True
                self.draft.add(TEXT, wearer, q.text)
                continue
            if (bearer := self._named_text(q.token)) is not None:
                q.used = True
                self.draft.add(TEXT, bearer, q.text)
                continue
            verb = next((t for t in token.ancestors if t.pos_ in ("VERB", "AUX")), None)
            subject = (
                self.done.get(
                    next((c.i for c in verb.children if c.dep_ in ("nsubj", "nsubjpass")), -1)
                )
                if verb is not None
                else None
            )
            on = (
                [
                    self.done.get(o.i)
                    for p in verb.children
                    if p.dep_ == "prep" and p.text.lower() in ("on", "above", "across")
                    for o in p.children
                    if o.dep_ == "pobj"
                ]
                if verb is not None and subject is None
                else []
            )
            on = [e for e in on if e is not None and not e.part]
            if on:
                q.used = True
                self.draft.add(TEXT, on[0], q.text)
                continue
            before = [e for i, e in things if i < q.token]
            after = [e for i, e in things if i > q.token]
            for e in before[-1:] or after[:1]:
                q.used = True
                word = (
                    token.head if lemma(token.head) in TEXT_NOUNS and token.head != token else None
                )
                tokens = cutting.with_noun(word) if word is not None else ()
                self.draft.add(TEXT, e, q.text, tokens=tokens)
