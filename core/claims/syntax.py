"""English sentences, parsed by spaCy -> claims: the walk through clauses and noun phrases."""

from __future__ import annotations

import re

from . import ACTION, ATTRIBUTE, NUMBER, OBJECT, PLACE, RELATION, SCENE, TEXT, places
from .clauses import Predicates, children, conjuncts
from .draft import Draft
from .english_words import (
    ABOUT_PICTURE,
    ABSTRACT,
    COLOUR_DEGREES,
    COLOUR_NOUNS,
    COLOURS,
    CONTAINERS,
    EVALUATIVE,
    GARMENTS,
    GOVERNED,
    GROUNDS,
    HAIR,
    HEDGE_ADVERBS,
    HEDGE_MODALS,
    HEDGE_VERBS,
    IMAGES_OF,
    INFER,
    LOCATED,
    MATERIALS,
    MOOD_VERBS,
    PARTS,
    PICTURE,
    POSTURES,
    PRESENT,
    READS,
    SIDES,
    STATES,
    TEXT_NOUNS,
    WEAR,
)
from .surroundings import scene_of, scene_subject
from .things import Entity, exact, head_of, lemma, partitive

_CLAUSES = ("advcl", "ccomp", "xcomp", "conj", "dep", "parataxis", "pcomp")


class SentenceReader(Predicates):
    """Reads one parsed sentence into a `Draft`."""

    def __init__(self, draft: Draft, doc):
        self.draft, self.doc = draft, doc
        self.done: dict[int, Entity | None] = {}
        self.verbs: set[int] = set()
        self.places = {}
        for match in places.PHRASE.finditer(doc.text):
            span = doc.char_span(match.start(), match.end(), alignment_mode="contract")
            if span is not None and len(span):
                self.places.update({t.i: (places.value(match), span) for t in span})

    def read(self) -> None:
        root = next((t for t in self.doc if t.head.i == t.i), None)
        if root is None:
            return
        self.clause(root, [])
        for token in self.doc:  # whatever an odd parse hung where no rule looks
            if token.pos_ in ("NOUN", "PROPN") and token.i not in self.done and not self._inside(token):
                self.phrase(token)

    def _inside(self, token) -> bool:
        return token.dep_ in ("compound", "npadvmod", "nmod", "poss") or token.i in self.places or token.i in self.draft.skipped

    # -- noun phrases ---------------------------------------------------------------------------

    def phrase(self, token, *, hedged=False, negated=False) -> Entity | None:
        """The thing a noun or pronoun stands for, after its own claims were made; None where it is no thing."""
        if token.i in self.done:
            return self.done[token.i]
        self.done[token.i] = None
        draft = self.draft
        base = lemma(token)
        hedged = hedged or any(c.lemma_.lower() in HEDGE_ADVERBS for c in children(token, "advmod"))
        if any(c.text.lower() in ("no", "neither") for c in children(token, "det")):
            negated = True
        if token.pos_ == "PRON" or token.tag_ in ("DT", "PRP", "WP", "WDT"):
            return self._pronoun(token)
        group = partitive(token)
        if group is not None:
            inner, number = group
            entity = self.phrase(inner, hedged=hedged, negated=negated)
            if entity is not None and number:
                entity.number = entity.number or number
                draft.add(NUMBER, entity, str(number), tokens=[], hedged=hedged)
            self._adjectives(token, entity, hedged)
            self._modifiers(token, entity, hedged, skip_of=True)
            for other in children(inner, "conj"):
                extra = self.phrase(other, hedged=hedged)
                self._modifiers(token, extra, hedged, skip_of=True, again=True)
            self.done[token.i] = entity
            return entity
        scene = scene_of(token)
        if scene and token.dep_ in ("pobj", "attr", "dobj") and scene[0] in ("time", "season", "weather"):
            draft.scene(*scene, hedged=hedged, negated=negated, tokens=list(token.subtree))
            return None
        if base in ABSTRACT or base in PICTURE:
            return self._no_thing(token, base, hedged)
        owner = self._owner(token)
        place = next((self.places[c.i][0] for c in token.children if c.i in self.places), "")
        entity = draft.things.noun(
            token, draft.index, owner=owner.index if owner is not None else -1, place=place
        )
        self.done[token.i] = entity
        draft.mention(token, entity)
        new = not entity.announced
        entity.announced = True
        silent = entity.part or base in GROUNDS
        if negated:
            draft.add(OBJECT, entity, negated=True, tokens=self._whole(token), hedged=hedged)
        elif new and not silent:
            draft.object(entity, tokens=self._whole(token), hedged=hedged)
        if exact(token) and entity.number and not negated:
            draft.add(NUMBER, entity, str(entity.number), tokens=[c for c in children(token, "nummod")], hedged=hedged)
        if not negated:
            self._adjectives(token, entity, hedged)
            self._modifiers(token, entity, hedged)
        return entity

    def _pronoun(self, token) -> Entity | None:
        draft = self.draft
        low = token.text.lower()
        if token.dep_ == "relcl" or low in ("which", "who", "that", "whom", "whose"):
            return None
        if low in ("one", "another", "other") or token.tag_ == "CD":
            return None
        entity = draft.things.pronoun(token, draft.index)
        self.done[token.i] = entity
        if entity is not None:
            draft.mention(token, entity)
        return entity

    def _no_thing(self, token, base, hedged) -> None:
        for prep in children(token, "prep"):
            for c in children(prep, "pobj"):
                for t in conjuncts(c):
                    self.phrase(t, hedged=hedged)
        if base in ("expression", "pose"):
            return None
        for c in children(token, "acl", "relcl"):
            self.clause(c, [], hedged=hedged)
        return None

    def _owner(self, token) -> Entity | None:
        for poss in children(token, "poss"):
            if poss.pos_ == "PRON":
                return self.phrase(poss) if poss.tag_ == "PRP$" else None
            return self.phrase(poss)
        if lemma(token) in PARTS:
            for prep in children(token, "prep"):
                if prep.text.lower() == "of":
                    for c in children(prep, "pobj"):
                        return self.phrase(c)
        return None

    def _whole(self, token) -> list:
        """The tokens that a noun phrase takes up, with the preposition before it."""
        tokens = list(token.subtree)
        if token.dep_ == "pobj" and token.head.dep_ == "prep":
            tokens = list(token.head.subtree)
        return tokens

    def _adjectives(self, token, entity, hedged) -> None:
        draft = self.draft
        if entity is None:
            return
        adjectives = []
        for c in children(token, "amod", "nmod", "compound"):
            if c.dep_ == "compound" and c.text.lower() not in MATERIALS:
                continue
            adjectives += [c, *[x for x in c.children if x.dep_ == "conj"]]
        while adjectives:
            c = adjectives.pop(0)
            word = c.text.lower()
            if word in EVALUATIVE or c.lemma_.lower() in EVALUATIVE or c.tag_ in ("CD", "DT"):
                continue
            joined = [x for x in c.children if x.dep_ == "conj" and x in adjectives and self._joined(c, x)]
            for x in joined:
                adjectives.remove(x)
            value, tokens = self._adjective(c, joined)
            if value:
                draft.add(ATTRIBUTE, entity, value, tokens=tokens, hedged=hedged or self._guessed(c))
        if entity.part and entity.owner < 0:
            return

    @staticmethod
    def _joined(a, b) -> bool:
        either = any(x.dep_ == "cc" and x.text.lower() == "or" for x in a.children)
        return either or (a.text.lower() in COLOURS and b.text.lower() in COLOURS)

    @staticmethod
    def _guessed(token) -> bool:
        return any(c.lemma_.lower() in HEDGE_ADVERBS for c in token.children)

    def _adjective(self, c, joined=()) -> tuple[str, list]:
        """The words of one attribute: "light brown", "red and white"."""
        first = [x for x in c.children if x.dep_ in ("advmod", "amod", "compound", "npadvmod", "nmod", "punct") and x.i < c.i]
        tokens = [*first, c]
        words = [
            x.text.lower() for x in first if x.text.lower() in COLOUR_DEGREES or x.dep_ in ("npadvmod", "compound", "punct")
        ]
        words.append(c.text.lower())
        for x in joined:
            link = next((y.text.lower() for y in c.children if y.dep_ == "cc"), "and")
            more, extra = self._adjective(x)
            words += [link, more]
            tokens += [*[y for y in c.children if y.dep_ == "cc"], *extra]
        return " ".join(words).replace(" - ", "-").strip(" ,-"), tokens

    def _modifiers(self, token, entity, hedged, *, skip_of=False, again=False) -> None:
        """Claims of what hangs on a noun: prepositions, participles, relative clauses, appositions."""
        for c in token.children:
            if c.i in self.places and c.dep_ == "prep":
                self._place(c, [entity], hedged, restrictive=True)
            elif c.dep_ == "prep" and not (skip_of and c.text.lower() == "of"):
                self.prepositional(c, [entity], hedged=hedged)
            elif c.dep_ in ("acl", "relcl"):
                if again:
                    self.verbs.discard(c.i)
                self.clause(c, [entity] if entity is not None else [], hedged=hedged)
            elif c.dep_ == "appos" and not again:
                self._apposition(c, entity, hedged)
            elif c.dep_ == "amod" and c.tag_ in ("VBN", "VBG", "JJ") and c.i > token.i:
                for p in children(c, "prep"):
                    self.prepositional(p, [entity], hedged=hedged, verb=c)
            elif c.dep_ == "conj" and c.pos_ in ("VERB", "AUX"):
                self.clause(c, [], hedged=hedged)

    def _apposition(self, c, entity, hedged) -> None:
        """ "two individuals, a man and a woman"; "a bird, possibly a gull"."""
        hedged = hedged or self._guessed(c)
        names = conjuncts(c)
        if entity is not None and entity.plural and len(names) > 1:
            entity.members = [e.index for e in map(self.phrase, names) if e is not None]
            return
        if entity is None or lemma(c) in ABSTRACT:
            self.phrase(c)
            return
        self.done[c.i] = entity
        self.draft.add(ATTRIBUTE, entity, lemma(c), tokens=list(c.subtree), hedged=hedged)
        self._adjectives(c, entity, hedged)
        self._modifiers(c, entity, hedged)

    # -- clauses --------------------------------------------------------------------------------

    def clause(self, verb, inherited: list, *, hedged=False, negated=False) -> None:
        """The claims of a clause; `inherited`: its subjects where it names none ("... and holding a cup")."""
        if verb.i in self.verbs:
            return
        self.verbs.add(verb.i)
        if verb.pos_ in ("NOUN", "PROPN", "PRON", "NUM") and not children(verb, "nsubj", "cop"):
            for t in conjuncts(verb):
                self.phrase(t, hedged=hedged)
            self._rest(verb, inherited, hedged)
            return
        kids = list(verb.children)
        hedged = hedged or any(
            c.lemma_.lower() in HEDGE_ADVERBS or (c.dep_ == "aux" and c.text.lower() in HEDGE_MODALS) for c in kids
        )
        negated = negated or any(c.dep_ == "neg" for c in kids)
        there = any(c.dep_ == "expl" for c in kids)
        nominal = [c for c in kids if c.dep_ in ("nsubj", "nsubjpass") and c.tag_ not in ("WDT", "WP")]
        if any(c.dep_ in ("nsubj", "nsubjpass") and c.text.lower() in ("which", "that", "who") for c in kids):
            nominal = []
        if there:
            nominal = [c for c in kids if c.dep_ in ("attr", "dobj", "nsubj") and c.text.lower() != "there"]
        base = verb.lemma_.lower()
        if nominal and not there and self._about_picture(verb, nominal[0], hedged, negated):
            return
        if base in INFER and not nominal:
            self._inference(verb)
            return
        subjects = self._subjects(nominal, inherited, hedged, negated and there)
        if nominal and verb.dep_ in ("ROOT", "conj"):
            self.draft.things.subjects += [e.index for e in subjects]
        if there:
            for c in kids:
                if c.dep_ == "prep":
                    self.prepositional(c, subjects, hedged=hedged)
        elif base in HEDGE_VERBS and children(verb, "acomp", "oprd", "xcomp", "attr", "ccomp"):
            self._complements(verb, subjects, hedged=True, negated=negated)
        elif base == "be":
            self._complements(verb, subjects, hedged=hedged, negated=negated)
        elif base in ("have", "feature", "contain", "include", "boast") and children(verb, "dobj"):
            self._having(verb, base, subjects, hedged, negated)
        elif verb.pos_ in ("ADJ",):
            self._predicate(verb, subjects, hedged, negated)
        else:
            self._action(verb, base, subjects, hedged, negated)
        self._rest(verb, subjects or inherited, hedged)

    def _rest(self, verb, subjects, hedged) -> None:
        """The clauses and phrases that hang on a verb, with its subjects."""
        for c in verb.children:
            if c.i in self.done or c.i in self.verbs:
                continue
            if c.dep_ in _CLAUSES and c.pos_ in ("VERB", "AUX", "ADJ") and c.dep_ not in ("xcomp",):
                self.clause(c, [] if c.dep_ == "ccomp" else subjects)
            elif c.dep_ == "xcomp" and c.lemma_.lower() not in ("be",):
                self.clause(c, subjects, hedged=hedged)
            elif c.dep_ in ("appos", "dobj", "attr", "oprd", "nsubj", "dep", "npadvmod", "conj") and c.pos_ in ("NOUN", "PROPN"):
                for t in conjuncts(c):
                    if c.dep_ != "npadvmod":
                        self.phrase(t, hedged=hedged)
            elif c.dep_ == "prep" and c.i not in self.draft.skipped:
                self.prepositional(c, subjects, hedged=hedged, verb=verb)

    def _subjects(self, nominal, inherited, hedged, negated) -> list:
        if not nominal:
            return [e for e in inherited if e is not None]
        found = []
        for token in nominal:
            for t in conjuncts(token):
                entity = self.phrase(t, hedged=hedged, negated=negated)
                if entity is not None:
                    found.append(entity)
        return found

    def _about_picture(self, verb, subject, hedged, negated) -> bool:
        """Clauses whose subject is the image, its background, the scene, a mood; True where that was all."""
        base, draft = lemma(subject), self.draft
        kind = scene_subject(subject)
        said = children(verb, "acomp", "attr", "oprd") or (
            [verb] if verb.tag_ == "VBN" and children(verb, "nsubjpass") and verb.lemma_ not in PRESENT else []
        )
        if kind and said and (verb.lemma_ == "be" or verb.lemma_ in HEDGE_VERBS):
            self.done[subject.i] = None
            hedged = hedged or verb.lemma_ in HEDGE_VERBS
            for t in said:
                for x in [t, *children(t, "conj")]:
                    scene = scene_of(x)
                    if scene or x.lemma_.lower() not in EVALUATIVE:
                        draft.scene(*(scene or (kind, x.text.lower())), hedged=hedged, negated=negated, tokens=[])
                    self.done[x.i] = None
            return True
        if base not in ABSTRACT and base not in PICTURE:
            return False
        if base in ("background", "foreground") or subject.i in self.places or base in SIDES:
            objects = children(verb, "dobj") + [
                o for p in children(verb, "prep") if p.text.lower() in ("of", "with", "by") for o in children(p, "pobj")
            ] + [o for a in children(verb, "agent") for o in children(a, "pobj")]
            if objects:
                where = self.places[subject.i][0] if subject.i in self.places else base
                for o in objects:
                    for t in conjuncts(o):
                        entity = self.phrase(t, hedged=hedged)
                        if entity is not None and where in ("background", "foreground", "left", "right", "top", "bottom"):
                            draft.place(entity, where, tokens=[], hedged=hedged)
                return True
        if said and base in ABOUT_PICTURE | {"background", "color", "colour", "expression", "foreground"}:
            entity = draft.about(base)
            for t in said:
                for x in [t, *children(t, "conj")]:
                    if x.lemma_.lower() not in EVALUATIVE and x.pos_ in ("ADJ", "VERB"):
                        value, tokens = self._adjective(x)
                        draft.add(ATTRIBUTE, entity, value, tokens=tokens, hedged=hedged, negated=negated)
            self._rest(verb, [], hedged)
            return True
        if verb.lemma_.lower() in PRESENT:
            for o in children(verb, "dobj"):
                for t in conjuncts(o):
                    self.phrase(t, hedged=hedged)
            self._rest(verb, [], hedged)
            return True
        draft.no_claim(verb)
        for t in verb.subtree:
            self.done.setdefault(t.i, None)
        return True

    def _inference(self, verb) -> None:
        """ "suggesting a cloudy day": a guessed scene, or nothing that can be seen."""
        found = False
        for t in verb.subtree:
            scene = scene_of(t)
            if scene and t.pos_ in ("NOUN", "ADJ", "ADV") and t.dep_ != "compound":
                self.draft.scene(*scene, hedged=True, tokens=list(verb.subtree))
                found = True
            self.done.setdefault(t.i, None)
            self.verbs.add(t.i)
        if not found:
            self.draft.no_claim(verb)
