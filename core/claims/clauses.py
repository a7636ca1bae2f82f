"""What "be", "have" and their like say of their subjects."""

from __future__ import annotations

from . import ACTION, ATTRIBUTE, OBJECT, cutting
from .english_words import (
    APPEARANCE,
    COLOURS,
    EVALUATIVE,
    HAIR,
    PARTS,
    PICTURE,
)
from .nouns import head_of, is_abstract, is_garment, lemma
from .scene_words import scene_of
from .trees import children, conjuncts
from .verbs import Verbs

_RELATIONAL = frozenset(
    "full next close adjacent similar ready made opposite near filled visible".split()
)
_WITHOUT = frozenset("free devoid bereft".split())  # "free of snow"
_EXTENTS = frozenset(
    "area surface space expanse mix blend combination mixture pattern design".split()
)
_MARKS = frozenset("mark marking spot stripe pattern patch area writing".split())


class Predicates(Verbs):
    """The part of `SentenceReader` that reads predicates of "be", "have" and their like."""

    def complements(self, verb, subjects, *, hedged, negated) -> None:
        """After "be", "appear", "seem", "look": adjectives, nouns, places."""
        for c in verb.children:
            colour = c.lemma_.lower() in COLOURS and c.dep_ in ("acomp", "oprd", "attr")
            if colour or (c.dep_ in ("acomp", "oprd") and c.pos_ in ("ADJ", "VERB", "ADV")):
                self.predicate(c, subjects, hedged, negated)
            elif c.dep_ in ("attr", "oprd", "acomp", "dobj"):
                self._nominal(c, subjects, hedged, negated)
            elif c.lower_ in ("on", "off") and c.dep_ != "acomp" and not any(c.children):
                for e in subjects:  # "the lights are on"
                    self.draft.add(
                        ATTRIBUTE, e, c.lower_, tokens=[c], hedged=hedged, negated=negated
                    )
            elif c.dep_ == "advmod":
                if scene := scene_of(c):
                    self.draft.scene(
                        *scene,
                        hedged=hedged,
                        negated=negated,
                        tokens=[c] if verb.dep_ != "ROOT" else [],
                    )
            elif c.dep_ == "prep":
                self.prepositional(c, subjects, hedged=hedged, negated=negated)
            elif c.dep_ in ("xcomp", "ccomp"):
                if children(c, "nsubj", "nsubjpass", "expl"):
                    self.clause(c, [], hedged=hedged, negated=negated)
                elif c.lemma_.lower() == "be":
                    self.verbs.add(c.i)
                    self.complements(c, subjects, hedged=hedged, negated=negated)
                    self.rest(c, subjects, hedged)
                else:
                    self.clause(c, subjects, hedged=hedged, negated=negated)

    def predicate(self, adjective, subjects, hedged, negated) -> None:
        """ "is red", "is open and empty", "is full of baguettes"."""
        draft = self.draft
        self.done.setdefault(adjective.i, None)
        group, left = [], [adjective]
        while left:
            c = left.pop(0)
            group.append(c)
            left += [
                x for x in c.children
                if x.dep_ == "conj" and x.pos_ in ("ADJ", "VERB", "ADV") and not self.joined(c, x) and not children(x, "nsubj", "nsubjpass", "dobj")
            ]  # fmt: skip
        hedged = hedged or self.guessed(adjective)
        negated = negated or any(c.dep_ == "neg" for c in adjective.children)
        for c in group:
            self.verbs.add(c.i)
            if negated and c.lower_ in ("visible", "present") and self._absent(subjects, hedged):
                continue
            if c.pos_ == "VERB" and c != adjective:
                self.verbs.discard(c.i)
                self.clause(c, subjects, hedged=hedged, negated=negated)
                continue
            scene = scene_of(c)
            value, tokens = self.adjective(
                c, [x for x in c.children if x.dep_ == "conj" and self.joined(c, x)]
            )
            relational = [
                p for p in children(c, "prep") if p.i not in self.places
            ] and c.lemma_.lower() in _RELATIONAL | _WITHOUT
            tokens = (
                cutting.with_verb(c if c.dep_ not in ("acomp", "oprd") else c.head)
                if len(group) == 1
                else self._one_of(c, tokens)
            )
            # "About to jump" says only what is done.
            for entity in subjects if c.lower_ != "about" else ():
                if (
                    not scene
                    and entity.noun == "sky"
                    and c.lemma_.lower() in ("clear", "cloudless")
                ):
                    draft.scene(
                        "sky", c.lemma_.lower(), hedged=hedged, negated=negated, tokens=tokens
                    )
                elif scene and (scene[0] == "setting" or entity.noun in ("sky", "day", "weather")):
                    subject = "sky" if entity.noun == "sky" and scene[0] == "weather" else scene[0]
                    draft.scene(subject, scene[1], hedged=hedged, negated=negated, tokens=tokens)
                elif c.lemma_.lower() == "asleep":
                    draft.add(
                        ACTION, entity, "sleep", tokens=tokens, hedged=hedged, negated=negated
                    )
                elif than := self._than(c):
                    other = self.phrase(than, hedged=hedged)
                    if other is not None:
                        draft.relation(
                            entity,
                            f"{value} than",
                            other,
                            tokens=tokens,
                            hedged=hedged,
                            negated=negated,
                        )
                elif (
                    c.lemma_.lower() not in EVALUATIVE or (negated and c.lower_ == "visible")
                ) and not relational:
                    draft.add(
                        ATTRIBUTE, entity, value, tokens=tokens, hedged=hedged, negated=negated
                    )
            if scene and not subjects:
                draft.scene(*scene, hedged=hedged, negated=negated)
            for p in children(c, "prep") if c.lemma_.lower() in _WITHOUT else ():
                draft.skipped.add(p.i)
                for t in [x for o in children(p, "pobj") for x in conjuncts(o)]:
                    thing = self.done[t.i] = draft.things.noun(
                        t, draft.index
                    )  # it may be elsewhere
                    thing.announced = True
                    for entity in subjects:
                        draft.relation(
                            entity, "have", thing, hedged=hedged, negated=not negated, at=t
                        )
            self.rest(c, subjects, hedged)

    def _absent(self, subjects, hedged) -> bool:
        """ "The keyboard is not visible.": there is none in the image; of a part it says how the thing is."""
        if not subjects or any(e.part or e.owner >= 0 or e.person for e in subjects):
            return False
        found = self.draft.found[self.draft.first :]
        if not all(any(f.kind == OBJECT and f.entity is e for f in found) for e in subjects):
            return False  # named before, so it is there
        for e in subjects:
            found[:] = [f for f in found if not (f.kind == OBJECT and f.entity is e)]
            self.draft.found[self.draft.first :] = found
            self.draft.add(OBJECT, e, negated=True, hedged=hedged)
        return True

    @staticmethod
    def _than(adjective):
        """Return what something is "bigger than"; None where it is not compared with a thing."""
        if adjective.tag_ != "JJR":
            return None
        preps = [c for c in adjective.children if c.lower_ == "than"]
        return next((o for p in preps for o in children(p, "pobj")), None)

    @staticmethod
    def _one_of(token, tokens) -> list:
        """Return the tokens to cut for one of several joined words, with the "and" before it."""
        before = (
            [c for c in token.head.children if c.dep_ == "cc"]
            if token.dep_ == "conj"
            else [c for c in token.children if c.dep_ == "cc"]
        )
        return [*before, *tokens]

    def _nominal(self, noun, subjects, hedged, negated) -> None:
        """ "is a boy", "are a cup and a book", "is the main subject"."""
        base, draft = lemma(noun), self.draft
        hedged = hedged or self.guessed(noun)
        scene = scene_of(noun)
        if scene and noun.dep_ != "dobj" and base != "sky":
            draft.scene(*scene, hedged=hedged, negated=negated)
            self.done[noun.i] = None
            return
        names = conjuncts(noun)
        either = any(c.dep_ == "cc" and c.text.lower() == "or" for c in noun.children)
        if not subjects or (len(names) > 1 and not either):
            for t in names:
                self.phrase(t, hedged=hedged, negated=negated)
            if len(subjects) == 1 and subjects[0].plural:
                subjects[0].members = subjects[0].members or [
                    e.index for e in map(self.done.get, (t.i for t in names)) if e
                ]
            return
        if base in PICTURE or is_abstract(base) or noun.pos_ in ("PRON", "NUM"):
            self.done[noun.i] = None
            self.adjectives(noun, subjects[0] if base in APPEARANCE | _EXTENTS else None, hedged)
            self.modifiers(noun, subjects[0], hedged)
            return
        for entity in subjects:
            if entity.unnamed and len(names) == 1 and not negated:  # "It is a small dog"
                entity.head, entity.unnamed = head_of(noun), False
                entity.heads = [entity.head]
                draft.add(OBJECT, entity, hedged=hedged)
            elif (value := " or ".join(map(head_of, names))) not in (entity.noun, *entity.heads):
                entity.nouns.add(value)
                draft.add(ATTRIBUTE, entity, value, hedged=hedged, negated=negated)
            for t in names:
                self.done[t.i] = entity
                self.adjectives(t, entity, hedged)
        for t in names:
            self.modifiers(t, subjects[0], hedged)

    def having(self, verb, base, subjects, hedged, negated) -> None:
        """ "has a beard", "has black handles", "has a scarf"."""
        for o in children(verb, "dobj"):
            none = negated or any(c.text.lower() == "no" for c in children(o, "det"))
            for t in conjuncts(o):
                negated = none
                noun = lemma(t)
                living = any(e.person or e.animal for e in subjects)
                part = (
                    (noun in PARTS and not (is_garment(noun) and any(e.person for e in subjects)))
                    or noun in HAIR
                    or noun in _MARKS
                )
                if is_abstract(noun) and not part:
                    self.phrase(t, hedged=hedged)
                    if noun in APPEARANCE and len(subjects) == 1 and not negated:
                        self.adjectives(t, subjects[0], hedged)  # "has a white finish"
                        self.modifiers(t, subjects[0], hedged)
                    continue
                owner = (
                    subjects[0]
                    if len(subjects) == 1 and part and (base != "include" or living)
                    else None
                )
                thing = self.phrase(t, hedged=hedged, negated=negated, owner=owner)
                if thing is None:
                    continue
                if part:
                    described = [
                        c
                        for c in children(t, "amod", "compound")
                        if c.text.lower() not in EVALUATIVE
                    ]
                    if not described or noun in HAIR:
                        for e in subjects:
                            e.has.add(noun)
                            self.draft.add(
                                ATTRIBUTE,
                                e,
                                noun,
                                tokens=cutting.with_noun(t),
                                verb=verb,
                                hedged=hedged,
                                negated=negated,
                            )
                    continue
                for e in subjects:
                    if base == "have":
                        self.draft.relation(
                            e, "have", thing, verb=verb, hedged=hedged, negated=negated, at=t
                        )
                    elif base in ("feature", "contain", "include", "boast"):
                        self.draft.relation(
                            thing,
                            "in" if base == "contain" else "on",
                            e,
                            tokens=cutting.with_noun(t),
                            hedged=hedged,
                            negated=negated,
                        )
