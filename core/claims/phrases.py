"""Noun phrases and prepositional phrases: the things they name, and what their modifiers say."""

from __future__ import annotations

from . import ATTRIBUTE, NUMBER, OBJECT, cutting, places
from .draft import Draft
from .english_words import (
    COLOUR_DEGREES,
    COLOURS,
    EVALUATIVE,
    GROUNDS,
    HAIR,
    HEDGE_ADVERBS,
    IMAGES_OF,
    PARTS,
    PICTURE,
    SIDES,
)
from .nouns import count_of, exact, head_of, is_abstract, is_modifier, lemma, names_nothing, partitive
from .surroundings import SHOWN_SETTINGS, is_room, scene_of, setting_of, time_of
from .things import Entity

_DEGREES = frozenset("half partially partly fully completely mostly almost nearly".split())
_SIZES = frozenset("large small big huge little tiny vast great whole second third".split())
_SOME = frozenset("many most some several few all others both".split())
_RELATIVE = ("which", "that", "who", "whom", "whose", "where")


def children(token, *deps: str) -> list:
    return [c for c in token.children if c.dep_ in deps]


def left_of(token) -> list:
    """The adjectives before a noun."""
    return [c for c in children(token, "amod", "compound", "nmod") if c.i < token.i]


def listed(token) -> list:
    """The members that a counted noun is followed by: "two individuals, a man and a woman"."""
    first = next(iter(children(token, "conj", "appos")), None)
    if first is None or not exact(token) or any(c.dep_ == "cc" for c in token.children):
        return []
    found = _joined(first)
    return found if len(found) == count_of(token) else []


def conjuncts(token) -> list:
    """A noun and what is joined to it by "and", "or"."""
    return [token] if listed(token) else _joined(token)


def _joined(token) -> list:
    found = [token]
    for c in token.children:
        apart = (
            c.dep_ == "appos"
            and any(x.dep_ == "cc" for x in c.children)
            and token.dep_ in ("conj", "dobj", "pobj", "attr")
        )
        if (
            (c.dep_ == "conj" or apart)
            and c.pos_ in ("NOUN", "PROPN", "PRON", "NUM", "X")
            and not children(c, "nsubj")
        ):
            found += _joined(c)
    return found


class Phrases:
    """The part of `SentenceReader` that reads noun phrases and prepositions."""

    draft: Draft
    done: dict[int, Entity | None]
    verbs: set[int]
    places: dict[int, tuple]

    def phrase(
        self, token, *, hedged=False, negated=False, owner: Entity | None = None
    ) -> Entity | None:
        """The thing a noun or pronoun stands for, after its own claims were made; None where it is no thing."""
        if token.i in self.done:
            return self.done[token.i]
        self.done[token.i] = None
        draft, base = self.draft, lemma(token)
        hedged = hedged or self.guessed(token)
        negated = negated or any(
            c.text.lower() in ("no", "neither") for c in children(token, "det")
        )
        if token.text.lower() in ("nobody", "noone") or (base == "one" and negated):
            entity = draft.things.new(token, "person", draft.index)
            entity.plural = True
            draft.add(OBJECT, entity, negated=True, tokens=cutting.with_noun(token), hedged=hedged)
            return None
        if token.pos_ == "PRON" or token.tag_ in ("DT", "PRP", "WP", "WDT", "PRP$"):
            return self._pronoun(token, hedged)
        if token.tag_ == "CD" or base in ("one", "other", "another"):
            return self._one(token, hedged)
        if token.text.lower() in _SOME and token.pos_ in ("ADJ", "DET", "NOUN", "ADV"):
            entity = self.done[token.i] = draft.things.some(token, draft.index)
            return entity
        if any(q.token == token.i for q in draft.quotes):
            return None
        if (group := partitive(token)) is not None:
            return self._group(token, *group, hedged, negated)
        scene = scene_of(token)
        if (
            scene
            and scene[0] in ("time", "season", "weather", "light")
            and token.dep_ != "compound"
        ):
            tokens = cutting.with_noun(token) if token.dep_ in ("pobj", "conj") else []
            draft.scene(*scene, hedged=hedged, negated=negated, tokens=tokens)
            if scene[0] == "weather" and (time := time_of(token)):
                draft.scene(*time, hedged=hedged, negated=negated, tokens=tokens)
            self.nested(token, hedged)
            return None
        if base in ("inside", "interior") and (inner := self._of(token)) is not None:
            draft.scene("setting", head_of(inner), hedged=hedged, negated=negated)
            entity = draft.things.noun(inner, draft.index)
            entity.announced, self.done[inner.i] = True, entity
            self.adjectives(inner, entity, hedged)
            return None
        if base in IMAGES_OF & PICTURE and (inner := self._of(token)) and token.dep_ != "nsubj":
            entity = self.phrase(inner, hedged=hedged)
            self.done[token.i] = entity
            self.adjectives(token, entity, hedged)
            self.modifiers(token, entity, hedged, skip_of=True)
            return entity
        part = base in PARTS and not (base in SIDES and not self._belongs(token))
        if names_nothing(token) and not part and owner is None:
            return self._no_thing(token, base, hedged)
        owner = owner or self._owner(token)
        if (
            draft.shown
            and token.dep_ == "attr"
            and owner is None
            and (base in SHOWN_SETTINGS or is_room(base))
            and not exact(token)
        ):
            draft.scene("setting", head_of(token), hedged=hedged, negated=negated)
            entity = draft.things.noun(token, draft.index)
            entity.announced, self.done[token.i] = True, entity
            draft.mention(token, entity)
            self.adjectives(token, entity, hedged)
            self.modifiers(token, entity, hedged)
            return entity
        place = next(
            (
                places.translate(self.places[c.i][0], draft.frame)
                for c in token.children
                if c.i in self.places and c.dep_ == "prep"
            ),
            "",
        )
        entity = draft.things.noun(
            token, draft.index, owner=owner.index if owner is not None else -1, place=place
        )
        self.done[token.i] = entity
        draft.mention(token, entity)
        new, entity.announced = not entity.announced, True
        if negated:
            draft.add(OBJECT, entity, negated=True, tokens=cutting.with_noun(token), hedged=hedged)
            return entity
        if new and not entity.part and base not in GROUNDS:
            draft.object(entity, tokens=cutting.with_noun(token), hedged=hedged)
        if exact(token) and entity.number:
            draft.add(
                NUMBER, entity, str(entity.number), tokens=children(token, "nummod"), hedged=hedged
            )
        if token.dep_ in ("nsubj", "nsubjpass") or (
            token.dep_ == "attr" and children(token.head, "expl")
        ):
            draft.things.subjects.append(entity.index)
        members = [e for e in map(self.phrase, listed(token)) if e is not None]
        if len(members) > 1:
            entity.members = [e.index for e in members]
        self.adjectives(token, entity, hedged)
        self.modifiers(token, entity, hedged)
        return entity

    def _pronoun(self, token, hedged) -> Entity | None:
        low = token.text.lower()
        if low in _RELATIVE:
            return None
        if low in ("his", "hers", "theirs", "mine") and token.dep_ in (
            "nsubj",
            "dobj",
            "pobj",
            "conj",
            "attr",
        ):
            entity = self.draft.things.own(
                token, self.draft.index
            )  # "her scarf is red, while his is checkered"
            self.done[token.i] = entity
            return entity
        if low in ("one", "another", "other", "others"):
            return self._one(token, hedged)
        entity = self.draft.things.pronoun(token, self.draft.index)
        self.done[token.i] = entity
        if entity is not None:
            self.draft.mention(token, entity)
        return entity

    def _one(self, token, hedged) -> Entity | None:
        """ "one of them", "one ... the other", "the one next to him": a member of a group."""
        place = next(
            (
                places.translate(self.places[c.i][0], self.draft.frame)
                for c in token.children
                if c.i in self.places and c.dep_ == "prep"
            ),
            "",
        )
        of = self._of(token)
        group = self.phrase(of, hedged=hedged) if of is not None else None
        entity = self.draft.things.one_of(token, self.draft.index, group, place)
        self.done[token.i] = entity
        if entity is not None:
            self.draft.mention(token, entity)
            self.modifiers(token, entity, hedged, skip_of=True)
        return entity

    def _group(self, token, inner, number, hedged, negated) -> Entity | None:
        entity = self.phrase(inner, hedged=hedged, negated=negated)
        self.done[token.i] = entity
        if entity is not None and number:
            entity.number = entity.number or number
            self.draft.add(NUMBER, entity, str(number), hedged=hedged) if exact(
                token
            ) or number > 1 else None
        if not any(c.lemma_.lower() in _SIZES for c in children(token, "amod")):
            self.adjectives(token, entity, hedged)
        self.modifiers(token, entity, hedged, skip_of=True)
        for other in children(inner, "conj"):
            extra = self.phrase(other, hedged=hedged)
            self.modifiers(token, extra, hedged, skip_of=True, again=True)
        return entity

    def _of(self, token):
        of = next((c for c in children(token, "prep") if c.text.lower() == "of"), None)
        return next(iter(children(of, "pobj")), None) if of is not None else None

    def _no_thing(self, token, base, hedged) -> None:
        """A noun that names no thing: what it is a scene of or a mood of may be one."""
        draft = self.draft
        before = [
            c
            for c in children(token, "compound", "amod", "nmod")
            if c.text.lower() not in EVALUATIVE
        ]
        if base in (
            "scene",
            "setting",
            "view",
            "shot",
            "environment",
            "area",
            "interior",
            "inside",
        ):
            for c in before:
                scene = scene_of(c) or setting_of(c) or ("setting", self.adjective(c)[0])
                draft.scene(*scene, hedged=hedged)
                self.done[c.i] = None
            for p in children(token, "prep"):
                for o in [
                    o
                    for o in children(p, "pobj")
                    if p.text.lower() in ("in", "at", "on", "of", "inside", "from")
                ]:
                    if (scene := setting_of(o)) and (
                        scene[0] == "event" or p.text.lower() != "from"
                    ):
                        draft.scene(*scene, hedged=hedged)
                        self.done[o.i] = None
                        self.modifiers(o, None, hedged)
                        if base in ("inside", "interior"):
                            self.adjectives(o, None, hedged)
        self.nested(token, hedged)

    def nested(self, token, hedged) -> None:
        """The things named in what hangs on a noun that is none itself."""
        if lemma(token) in ("depth", "sense", "feeling", "lack"):
            for t in token.subtree:
                self.done.setdefault(t.i, None)
            return
        for prep in children(token, "prep"):
            if prep.i in self.places:
                continue
            if prep.text.lower() == "for":
                self._aside(prep)
                continue
            for c in children(prep, "pobj"):
                for t in conjuncts(c):
                    self.phrase(t, hedged=hedged)
        for c in children(token, "acl", "relcl"):
            self.clause(c, [], hedged=hedged)

    def _aside(self, token) -> None:
        """What says a purpose or a reason names nothing that is seen."""
        for t in token.subtree:
            self.done.setdefault(t.i, None)
            self.verbs.add(t.i)
            self.draft.skipped.add(t.i)

    def _belongs(self, token) -> bool:
        return bool(children(token, "poss")) or self._of(token) is not None

    def _owner(self, token) -> Entity | None:
        for poss in children(token, "poss"):
            return self.phrase(poss)
        if lemma(token) in PARTS and (of := self._of(token)) is not None:
            return self.phrase(of)
        return None

    # -- adjectives -------------------------------------------------------------------------------

    def adjectives(self, token, entity, hedged) -> None:
        """Attributes from the adjectives and materials before a noun."""
        if entity is None:
            return
        left = []
        for c in children(token, "amod", "nmod", "compound"):
            if len(c.text) == 1 or (c.i > token.i and c.dep_ != "amod") or c.text.lower() in head_of(token).split()[
                :-1
            ]:
                continue
            if c.dep_ in ("compound", "nmod") and not is_modifier(c.text.lower()):
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
            ):
                continue
            joined = [x for x in c.children if x.dep_ == "conj" and x in left and self.joined(c, x)]
            left = [x for x in left if x not in joined]
            value, tokens = self.adjective(c, joined)
            if (entity.part or entity.noun in HAIR) and not left and len(left_of(token)) == 1:
                tokens = cutting.with_noun(token)  # "with red hair" says no more than "red"
            if value in ("left", "right"):
                if not entity.part:
                    self.draft.place(entity, value, hedged=hedged, told=True)
            elif value:
                self.draft.add(
                    ATTRIBUTE, entity, value, tokens=tokens, hedged=hedged or self.guessed(c)
                )

    @staticmethod
    def joined(a, b) -> bool:
        """Whether two joined words are one value: two colours, an either-or."""
        either = any(x.dep_ == "cc" and x.text.lower() == "or" for x in a.children)
        return either or (a.text.lower() in COLOURS and b.text.lower() in COLOURS)

    @staticmethod
    def guessed(token) -> bool:
        return any(c.lemma_.lower() in HEDGE_ADVERBS for c in token.children)

    def adjective(self, c, joined=()) -> tuple[str, list]:
        """The words of one attribute, "light brown", "red and white", and their tokens."""
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
            or x.text.lower() in _DEGREES
            or x.dep_ in ("npadvmod", "compound", "punct", "amod", "nmod")
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
        """What "which" stands for: in "a phone in his hand, which is open" the phone."""
        if not (
            subjects and subjects[0].part and token.dep_ == "pobj" and token.head.dep_ == "prep"
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

    def _apposition(self, c, entity, hedged) -> None:
        """ "two individuals, a man and a woman"; "a bird, possibly a gull"; "objects: a phone, a cup"."""
        hedged = hedged or self.guessed(c)
        names = conjuncts(c)
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
