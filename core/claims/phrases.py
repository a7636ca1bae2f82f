"""Noun phrases and prepositional phrases: the things they name, and what their modifiers say."""

from __future__ import annotations

from . import ATTRIBUTE, NUMBER, OBJECT, cutting, places
from .english_words import EVALUATIVE, GROUNDS, IMAGES_OF, PARTS, PICTURE, SIDES
from .modifiers import Modifiers
from .nouns import exact, head_of, lemma, names_nothing, numeral, partitive, tells_kind, trait
from .reading_builder import ReadingBuilder
from .scene_words import SHOWN_SETTINGS, is_room, scene_of, setting_of, time_of
from .things import Entity
from .trees import children, conjuncts, listed, says_what_none_is

_SIZES = frozenset("large small big huge little tiny vast great whole second third".split())
_SOME = frozenset("many most some several few all others both".split())
_SHARES = _SOME | {
    "all",
    "each",
    "none",
    "neither",
    "either",
    "half",
    "third",
    "quarter",
    "part",
    "rest",
    "much",
}
_RELATIVE = ("which", "that", "who", "whom", "whose", "where")


class Phrases(Modifiers):
    """The part of `SentenceReader` that reads noun phrases and prepositions."""

    draft: ReadingBuilder
    done: dict[int, Entity | None]
    verbs: set[int]
    places: dict[int, tuple]

    def phrase(
        self, token, *, hedged=False, negated=False, owner: Entity | None = None
    ) -> Entity | None:
        """Return the thing a noun or pronoun stands for, after its own claims were made; None where it is no
        thing.
        """
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
            if token.dep_ in ("nsubj", "nsubjpass") and not children(token.head, "expl"):
                entity.announced, self.done[token.i] = True, entity
                entity.plural, entity.nobody = False, True
                return entity  # "no one is sitting there": what nobody does
            draft.add(OBJECT, entity, negated=True, tokens=cutting.with_noun(token), hedged=hedged)
            return None
        if (
            token.text.lower() in _SHARES
            and (of := self._of(token)) is not None
            and of.lower_ not in _RELATIVE
        ):
            entity = self.done[token.i] = self.phrase(of, hedged=hedged, negated=negated)
            return entity
        if token.pos_ == "PRON" or token.tag_ in ("DT", "PRP", "WP", "WDT", "PRP$"):
            return self._pronoun(token, hedged)
        if token.tag_ == "CD" or base in ("one", "other", "another"):
            return self._one(token, hedged)
        if token.tag_ in ("JJR", "JJS") and children(token, "det") and self._of(token) is not None:
            return self._one(token, hedged)
        if token.text.lower() in _SOME and token.pos_ in ("ADJ", "DET", "NOUN", "ADV"):
            entity = self.done[token.i] = draft.things.some(draft.index)
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
            self._no_thing(token, base, hedged)
            return None
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
            token,
            draft.index,
            owner=owner.index if owner is not None else -1,
            place=place,
            apart=self._subjects_beside(token),
        )
        self.done[token.i] = entity
        draft.mention(token, entity)
        new, entity.announced = not entity.announced, True
        if negated and says_what_none_is(token):
            return entity
        if negated:
            draft.add(OBJECT, entity, negated=True, tokens=cutting.with_noun(token), hedged=hedged)
            return entity
        if new and not entity.part and base not in GROUNDS:
            draft.object(entity, tokens=cutting.with_noun(token), hedged=hedged)
        if not entity.part and tells_kind(head_of(token)):
            kind = head_of(token)
            entity.nouns.add(kind)
            first = [c for c in children(token, "compound", "amod") if c.i == token.i - 1]
            draft.add(ATTRIBUTE, entity, kind, tokens=first, hedged=hedged)
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

    def _subjects_beside(self, token) -> frozenset[int]:
        """Return the subjects of the verb that a noun belongs to: "the mother carries the child" names two people."""
        if token.dep_ not in ("dobj", "pobj", "dative"):
            return frozenset()
        verb = next((t for t in token.ancestors if t.pos_ in ("VERB", "AUX")), None)
        named = children(verb, "nsubj", "nsubjpass", "agent") if verb is not None else []
        known = [self.done.get(t.i) for t in named]
        return frozenset(e.index for e in known if e is not None)

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
        if of is not None and of.text.lower() in _RELATIVE and token.head.dep_ == "relcl":
            group = self.done.get(token.head.head.i)
        number = numeral(token)
        traits = {trait(c) for c in (token, *children(token, "amod")) if c.tag_ in ("JJR", "JJS")}
        if traits and group is None:
            group = self.draft.things.compared(traits) or next(
                (e for e in reversed(self.draft.things.all) if e.plural and not e.part), None
            )
        if traits and group is not None and group.plural:
            entity = self.draft.things.told(token, group, traits, self.draft.index)
            for word in traits:
                self.draft.add(ATTRIBUTE, entity, word, hedged=hedged)
        elif number > 1 and group is not None and group.plural:
            entity = self.draft.things.some_of(group, number, self.draft.index)
        else:
            entity = self.draft.things.one_of(token, self.draft.index, group, place)
        if entity is None and place:  # "the boat on the right ... the one on the left"
            entity = self.draft.things.other_like(token, place, self.draft.index)
            if entity is not None and not entity.place:
                self.done[token.i] = entity
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
        if base in ("background", "backdrop") and before and token.dep_ != "nsubj":
            self.adjectives(token, draft.about("background"), hedged)
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
            if poss.text.lower() == "whose":
                clause = next((t for t in token.ancestors if t.dep_ == "relcl"), None)
                return self.done.get(clause.head.i) if clause is not None else None
            return self.phrase(poss)
        if lemma(token) in PARTS and (of := self._of(token)) is not None:
            return self.phrase(of)
        return None
