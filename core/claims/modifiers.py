"""What hangs on a noun: adjectives, participles, relative clauses, appositions."""

from __future__ import annotations

from . import ACTION, ATTRIBUTE, cutting
from .english_words import COLOUR_DEGREES, COLOURS, EVALUATIVE, HAIR, HEDGE_ADVERBS, PARTS
from .list_items import is_guess
from .nouns import head_of, hyphenated, is_abstract, is_modifier, lemma
from .sentence_parts import SentenceParts
from .trees import children, conjuncts, left_of

_MEMBERS = ("one", "other", "another")
DEGREES = frozenset("half partially partly fully completely mostly almost nearly".split())


class Modifiers(SentenceParts):
    """The part of `SentenceReader` that reads what hangs on a noun."""

    def adjectives(self, token, entity, hedged) -> None:
        """Attributes from the adjectives and materials before a noun."""
        if entity is None:
            return
        left = []
        for c in children(token, "amod", "nmod", "compound"):
            if (
                len(c.text) == 1
                or (c.i > token.i and c.dep_ != "amod")
                or c.text.lower() in head_of(token).split()[:-1]
            ):
                continue
            if (
                c.dep_ in ("compound", "nmod")
                and not is_modifier(c.text.lower())
                and not (hyphenated(c) and c.text[0].islower())
            ):
                if c.pos_ == "PROPN" and c.text[0].isupper() and c.i > 0 and token.pos_ != "PROPN":
                    entity.nouns.add(c.text)
                    self.draft.add(ATTRIBUTE, entity, c.text, tokens=[c], hedged=hedged)
                continue
            if c.i > token.i and children(c, "prep"):
                continue  # "gear suitable for skiing": read with its preposition
            left += [c, *[x for x in c.children if x.dep_ == "conj"]]
        while left:
            c = left.pop(0)
            if (
                c.text.lower() in COLOUR_DEGREES
                and c.i + 1 < len(c.doc)
                and c.nbor(1).text.lower() in COLOURS
                and c.text.lower() not in COLOURS
            ):
                continue  # "light brown": read with the colour
            if entity.noun == "sky" and (
                c.text.lower() in ("cloudy", "overcast", "clear", "cloudless")
            ):
                self.draft.scene("sky", c.text.lower(), hedged=hedged, tokens=[c])
                continue
            if (
                c.text.lower() in EVALUATIVE
                or c.lemma_.lower() in EVALUATIVE
                or c.tag_ in ("CD", "DT", "PDT")
                or c.text.lower() in ("single", "lone")  # a number
            ):
                continue
            joined = [x for x in c.children if x.dep_ == "conj" and x in left and self.joined(c, x)]
            left = [x for x in left if x not in joined]
            value, tokens = self.adjective(c, joined)
            if (entity.part or entity.noun in HAIR) and not left and len(left_of(token)) == 1:
                tokens = cutting.with_noun(token)  # "with red hair" says no more than "red"
            if (
                c.tag_ == "VBG"
                and (entity.person or entity.animal)
                and value == c.lower_
                and c.lemma_ != c.lower_
            ):  # "a sleeping cat"
                self.draft.add(
                    ACTION, entity, c.lemma_.lower(), tokens=tokens, hedged=hedged, verb=c
                )
            elif value in ("left", "right"):
                if not entity.part:
                    self.draft.place(entity, value, hedged=hedged, told=True)
            elif value:
                self.draft.add(
                    ATTRIBUTE, entity, value, tokens=tokens, hedged=hedged or self.guessed(c)
                )

    @staticmethod
    def joined(a, b) -> bool:
        """Return whether two joined words are one value: two colours, an either-or."""
        either = any(x.dep_ == "cc" and x.text.lower() == "or" for x in a.children)
        return either or (a.text.lower() in COLOURS and b.text.lower() in COLOURS)

    @staticmethod
    def guessed(token) -> bool:
        return is_guess(token) or any(c.lemma_.lower() in HEDGE_ADVERBS for c in token.children)

    def adjective(self, c, joined=()) -> tuple[str, list]:
        """Return the words of one attribute, "light brown", "red and white", and their tokens."""
        first = [
            x
            for x in c.children
            if x.i < c.i
            and x.dep_ in ("advmod", "amod", "compound", "npadvmod", "nmod", "punct")
            and x.text != ","
        ]
        if (
            c.i
            and c.nbor(-1).text.lower() in COLOUR_DEGREES
            and c.text.lower() in COLOURS
            and c.nbor(-1) not in first
        ):
            first.append(c.nbor(-1))
        words = [
            x.text.lower()
            for x in first
            if x.text.lower() in COLOUR_DEGREES
            or x.text.lower() in DEGREES
            or x.dep_ in ("npadvmod", "compound", "punct", "amod", "nmod")
            or hyphenated(x.nbor(2) if x.i + 2 < len(x.doc) else x)  # "wide-brimmed"
        ]
        words.append(c.text.lower())
        tokens = [*first, c]
        for x in joined:
            link = next((y.text.lower() for y in c.children if y.dep_ == "cc"), "and")
            more, extra = self.adjective(x)
            words += [link, more]
            tokens += [*[y for y in c.children if y.dep_ == "cc"], *extra]
        value = " ".join(words).replace(" - ", "-").strip(" ,-")
        for ending in ("-colored", "-coloured", " colored", " coloured"):
            value = value.removesuffix(ending)
        return value, tokens

    # -- what hangs on a noun ---------------------------------------------------------------------

    def modifiers(self, token, entity, hedged, *, skip_of=False, again=False) -> None:
        """Claims of what hangs on a noun: prepositions, participles, relative clauses, appositions."""
        subjects = [entity] if entity is not None else []
        for c in token.children:
            if c.dep_ == "prep" and not (skip_of and c.text.lower() == "of"):
                if again:
                    self.draft.skipped.discard(c.i)
                self.prepositional(
                    c, subjects, hedged=hedged, told=c.i in self.places and self._restrictive(token)
                )
            elif c.dep_ in ("acl", "relcl"):
                if again:
                    self.verbs.discard(c.i)
                self.clause(c, self._relative(token, subjects) if c.dep_ == "relcl" else subjects)
            elif c.dep_ == "appos" and not again:
                self._apposition(c, entity, hedged)
            elif c.dep_ == "amod" and c.i > token.i and children(c, "prep"):
                self.predicate(c, subjects, hedged, False)
            elif c.dep_ == "advmod" and children(c, "prep"):
                for p in children(c, "prep"):
                    self.prepositional(p, subjects, hedged=hedged)
            elif c.dep_ == "conj" and c.pos_ in ("VERB", "AUX"):
                self.clause(
                    c, subjects if not children(c, "nsubj", "nsubjpass") else [], hedged=hedged
                )

    def _relative(self, token, subjects) -> list:
        """Return what "which" stands for: in "a phone in his hand, which is open" the phone."""
        if not (
            subjects
            and (subjects[0].part or lemma(token) in PARTS)
            and token.dep_ == "pobj"
            and token.head.dep_ == "prep"
        ):
            return subjects
        host = token.head.head
        held = (
            [self.done.get(o.i) for o in children(host, "dobj")]
            if host.pos_ == "VERB"
            else [self.done.get(host.i)]
        )
        return [e for e in held if e is not None] or subjects

    @staticmethod
    def _restrictive(token) -> bool:
        return token.dep_ in ("nsubj", "nsubjpass", "pobj", "dobj") and any(
            c.text.lower() in ("the", "one", "other")
            for c in token.children
            if c.dep_ in ("det", "amod")
        )

    def _member(self, token, group, hedged) -> None:
        """ "two cats, one black and one white": what is said of each."""
        member = self.draft.things.one_of(token, self.draft.index, group, "")
        self.done[token.i] = member
        self.draft.mention(token, member)
        self.adjectives(token, member, hedged)
        self.modifiers(token, member, hedged)

    def _apposition(self, c, entity, hedged) -> None:
        """ "two individuals, a man and a woman"; "a bird, possibly a gull"; "objects: a phone, a cup"."""
        if c.tag_ == "PRP":  # "the kitchen itself"
            self.done[c.i] = entity
            return
        hedged = hedged or self.guessed(c)
        names = conjuncts(c)
        if entity is not None and entity.plural and all(lemma(t) in _MEMBERS for t in names):
            for t in names:
                self._member(t, entity, hedged)
            return
        either = any(x.dep_ == "cc" and x.text.lower() == "or" for x in c.children)
        if (
            entity is None
            or is_abstract(lemma(c))
            or (len(names) > 1 and not either)
            or c.pos_ == "PROPN"
        ):
            found = [e for e in map(self.phrase, names) if e is not None]
            if entity is not None and entity.plural and len(found) > 1:
                entity.members = [e.index for e in found]
            return
        value = " or ".join(lemma(t) for t in names)
        if value != entity.noun:
            entity.nouns.add(value)
            self.draft.add(ATTRIBUTE, entity, value, tokens=list(c.subtree), hedged=hedged)
        for t in names:
            self.done[t.i] = entity
            self.adjectives(t, entity, hedged)
            self.modifiers(t, entity, hedged)
