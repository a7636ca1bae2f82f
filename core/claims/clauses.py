"""What verbs, adjectives and prepositions say of their subjects."""

from __future__ import annotations

from . import ACTION, ATTRIBUTE, OBJECT, RELATION, TEXT, places
from .english_words import (
    ABSTRACT,
    CONTAINERS,
    EVALUATIVE,
    GARMENTS,
    GOVERNED,
    GROUNDS,
    HAIR,
    IMAGES_OF,
    LOCATED,
    MOOD_VERBS,
    PARTS,
    PICTURE,
    POSTURES,
    READS,
    SIDES,
    STATES,
    TEXT_NOUNS,
    WEAR,
)
from .surroundings import ENCLOSED, scene_of, setting_of
from .things import lemma

_IDIOMS = {"chess", "trick", "game", "soccer", "football", "tennis", "baseball", "basketball", "golf", "frisbee", "sport", "music", "toast", "wave", "turn", "jump", "photo", "picture", "selfie", "break", "bite", "step", "nap", "stroll", "walk", "ride", "pose", "guard", "attention"}
_NOT_RELATIONS = {"like", "as", "than", "despite", "for", "about", "regarding", "due", "because", "per", "except", "including", "during", "throughout", "until", "since", "upon_arrival"}


def children(token, *deps: str):
    return [c for c in token.children if c.dep_ in deps]


def conjuncts(token) -> list:
    """A noun and what is joined to it by "and", "or"."""
    found = [token]
    for c in token.children:
        if c.dep_ == "conj" and c.pos_ in ("NOUN", "PROPN", "PRON", "NUM", "ADJ", "X"):
            found += conjuncts(c)
    return found


class Predicates:
    """The part of `SentenceReader` that reads predicates."""

    def _complements(self, verb, subjects, *, hedged, negated) -> None:
        """After "be", "appear", "seem", "look": adjectives, nouns, places."""
        for c in verb.children:
            if c.dep_ in ("acomp", "oprd") and c.pos_ in ("ADJ", "VERB", "ADV"):
                self._predicate(c, subjects, hedged, negated)
            elif c.dep_ in ("attr", "oprd", "acomp"):
                self._nominal(c, subjects, hedged, negated)
            elif c.dep_ == "advmod":
                scene = scene_of(c)
                if scene:
                    self.draft.scene(*scene, hedged=hedged, negated=negated, tokens=[c])
            elif c.dep_ == "prep":
                self.prepositional(c, subjects, hedged=hedged, negated=negated, verb=verb)
            elif c.dep_ in ("xcomp", "ccomp"):
                if c.lemma_.lower() == "be":
                    self.verbs.add(c.i)
                    self._complements(c, subjects, hedged=hedged, negated=negated)
                    self._rest(c, subjects, hedged)
                else:
                    self.clause(c, subjects, hedged=hedged, negated=negated)

    def _predicate(self, adjective, subjects, hedged, negated) -> None:
        """ "is red", "is open and empty", "is full of baguettes"."""
        self.done.setdefault(adjective.i, None)
        group = [adjective]
        for c in adjective.children:
            if c.dep_ == "conj" and c.pos_ in ("ADJ", "VERB", "ADV") and not children(c, "nsubj", "nsubjpass"):
                if self._joined(adjective, c):
                    continue
                group.append(c)
        hedged = hedged or self._guessed(adjective)
        negated = negated or any(c.dep_ == "neg" for c in adjective.children)
        for c in group:
            self.verbs.add(c.i)
            if c.pos_ == "VERB" and c != adjective:
                self.verbs.discard(c.i)
                self.clause(c, subjects, hedged=hedged, negated=negated)
                continue
            scene = scene_of(c)
            joined = [x for x in c.children if x.dep_ == "conj" and self._joined(c, x)]
            value, tokens = self._adjective(c, joined)
            preps = [p for p in children(c, "prep") if p.i not in self.places]
            if c.lemma_.lower() == "asleep":
                value = "asleep"
            for entity in subjects:
                if scene and scene[0] == "setting":
                    self.draft.scene(*scene, hedged=hedged, negated=negated, tokens=[])
                    break
                if scene and entity.noun in ("sky", "day", "weather", "it"):
                    self.draft.scene("sky" if entity.noun == "sky" else scene[0], scene[1], hedged=hedged, negated=negated, tokens=[])
                    continue
                if c.lemma_.lower() not in EVALUATIVE and not (preps and c.lemma_.lower() in ("full", "next", "close", "adjacent", "similar", "ready", "made")):
                    self.draft.add(ATTRIBUTE, entity, value, tokens=self._coordinated(c, tokens), hedged=hedged, negated=negated)
            if scene and not subjects:
                self.draft.scene(*scene, hedged=hedged, negated=negated, tokens=[])
            self._rest(c, subjects, hedged)

    def _coordinated(self, token, tokens) -> list:
        """The tokens to cut for one of several joined words; none where it is all that its verb says."""
        return tokens if token.dep_ == "conj" else []

    def _nominal(self, noun, subjects, hedged, negated) -> None:
        """ "is a boy", "are a cup and a book", "is the main subject"."""
        base = lemma(noun)
        hedged = hedged or self._guessed(noun)
        scene = scene_of(noun)
        if scene and (not subjects or base not in ("sky",)):
            self.draft.scene(*scene, hedged=hedged, negated=negated, tokens=[])
            self.done[noun.i] = None
            return
        if noun.head.lemma_ == "be" and noun.i < noun.head.i or not subjects:
            for t in conjuncts(noun):
                self.phrase(t, hedged=hedged, negated=negated)
            return
        if base in PICTURE or base in ABSTRACT or noun.pos_ in ("PRON", "NUM"):
            self.done[noun.i] = None
            self._modifiers(noun, subjects[0], hedged)
            return
        self.draft.skipped.add(noun.i)
        self.done[noun.i] = subjects[0]
        alternatives = [t for t in conjuncts(noun)]
        either = any(c.dep_ == "cc" and c.text.lower() == "or" for c in noun.children)
        inverted = any(c.dep_ == "nsubj" and c.i > noun.head.i for c in noun.head.children)
        if len(alternatives) > 1 and not either or inverted:
            del self.done[noun.i]
            for t in alternatives:
                self.phrase(t, hedged=hedged, negated=negated)
            return
        for entity in subjects:
            if base != entity.noun:
                value = " or ".join(lemma(t) for t in alternatives)
                self.draft.add(ATTRIBUTE, entity, value, tokens=[], hedged=hedged, negated=negated)
            for t in alternatives:
                self.done[t.i] = entity
                self._adjectives(t, entity, hedged)
        self._modifiers(noun, subjects[0], hedged)

    def _having(self, verb, base, subjects, hedged, negated) -> None:
        """ "has a beard", "has black handles", "has a scarf"."""
        for o in children(verb, "dobj"):
            for t in conjuncts(o):
                noun = lemma(t)
                if noun in ABSTRACT and noun not in PARTS:
                    self.phrase(t, hedged=hedged)
                    continue
                part = self.phrase(t, hedged=hedged, negated=negated)
                if part is None:
                    continue
                if noun in PARTS or noun in HAIR:
                    part.owner = subjects[0].index if subjects else -1
                    described = children(t, "amod", "compound")
                    if not described or noun in HAIR and noun != "hair":
                        for e in subjects:
                            self.draft.add(ATTRIBUTE, e, noun, tokens=[], hedged=hedged, negated=negated, verb=verb)
                    continue
                for e in subjects:
                    if e is not part:
                        self.draft.relation(e, "have", part, verb=verb, hedged=hedged, negated=negated)

    def _action(self, verb, base, subjects, hedged, negated) -> None:
        """Any other verb: with an object a relation, without one an action or a state."""
        objects = [t for o in children(verb, "dobj", "dative") for t in conjuncts(o) if o.dep_ == "dobj"]
        passive = verb.tag_ == "VBN" and not any(c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children)
        agents = [t for a in children(verb, "agent") for o in children(a, "pobj") for t in conjuncts(o)]
        preps = [p for p in children(verb, "prep") if p.i not in self.places]
        particle = next((c.text.lower() for c in children(verb, "prt")), "")
        if base in READS and self._reads(verb, subjects, hedged):
            return
        if base in WEAR and not objects:
            preps_in = [p for p in preps if p.text.lower() in ("in", "with")]
            for p in preps_in[:1]:
                self.draft.skipped.add(p.i)
                for t in [x for o in children(p, "pobj") for x in conjuncts(o)]:
                    thing = self.phrase(t, hedged=hedged)
                    for e in subjects:
                        if thing is not None:
                            self.draft.relation(e, "wear", thing, verb=verb, hedged=hedged, negated=negated)
            return
        if base in WEAR:
            base = "wear"
        if base in MOOD_VERBS and objects and all(lemma(o) in ABSTRACT or lemma(o) in PICTURE for o in objects):
            self.draft.no_claim(verb)
            for t in verb.subtree:
                if t.i > verb.i:
                    self.done.setdefault(t.i, None)
            return
        if objects:
            for o in objects:
                noun = lemma(o)
                if noun == "camera":
                    self.done[o.i] = None
                    for e in subjects:
                        self.draft.add(ACTION, e, f"{base} camera", verb=verb, hedged=hedged, negated=negated)
                    continue
                if noun in _IDIOMS or o.tag_ == "VBG":
                    self.done[o.i] = None
                    for e in subjects:
                        self.draft.add(ACTION, e, f"{base} {noun}", verb=verb, hedged=hedged, negated=negated)
                    continue
                thing = self.phrase(o, hedged=hedged)
                for e in subjects:
                    if thing is not None:
                        self.draft.relation(e, base, thing, verb=verb, hedged=hedged, negated=negated, at=o)
            return
        governed = GOVERNED.get(base, "").split()
        for a in agents:
            thing = self.phrase(a, hedged=hedged)
            for e in subjects:
                if thing is not None:
                    self.draft.relation(thing, base, e, verb=verb, hedged=hedged, negated=negated, active=True)
        if agents:
            return
        said = False
        for p in preps:
            name = p.text.lower()
            targets = [t for o in children(p, "pobj") for t in conjuncts(o)]
            if name not in governed or not targets:
                continue
            if any(lemma(t) in ("camera", "viewer", "photographer") for t in targets):
                self.draft.skipped.add(p.i)
                for t in targets:
                    self.done[t.i] = None
                for e in subjects:
                    self.draft.add(ACTION, e, f"{base} {name} camera", verb=verb, hedged=hedged, negated=negated)
                said = True
                continue
            if any(lemma(t) in SIDES or lemma(t) in ABSTRACT for t in targets) or base in POSTURES and base != "lean":
                continue
            self.draft.skipped.add(p.i)
            inverse = passive and name in ("in", "with", "by") and base not in ("engage", "equip", "wrap", "serve", "stack")
            for t in targets:
                thing = self.phrase(t, hedged=hedged)
                for e in subjects:
                    if thing is None or thing is e:
                        continue
                    if inverse and not e.part:
                        self.draft.relation(thing, base, e, verb=verb, hedged=hedged, negated=negated, active=True)
                    else:
                        self.draft.relation(e, f"{base} {name}", thing, verb=verb, hedged=hedged, negated=negated)
                    said = True
        if said or base in LOCATED or base in MOOD_VERBS and not passive:
            return
        state = passive and base not in POSTURES or any(e.part for e in subjects)
        complement = next(iter(children(verb, "acomp", "oprd")), None)
        value = verb.text.lower() if state else " ".join(filter(None, (base, particle)))
        if state:
            value = " ".join(filter(None, (value, particle)))
        for c in children(verb, "prep"):
            if state and any(lemma(o) == "side" for o in children(c, "pobj")):
                value += " to side"
        for e in subjects:
            self.draft.add(ATTRIBUTE if state else ACTION, e, value, verb=verb, hedged=hedged, negated=negated)
        if complement is not None and complement.pos_ == "ADJ":
            self._predicate(complement, subjects, hedged, negated)

    def _reads(self, verb, subjects, hedged) -> bool:
        """ "reads "STOP"", "displaying the names ..."."""
        quoted = [q for q in self.draft.quotes if any(verb.left_edge.i <= t.i <= verb.right_edge.i for t in q.tokens)]
        quoted = [q for q in quoted if not q.used and q.tokens[0].i > verb.i]
        if not quoted:
            return False
        for q in quoted:
            q.used = True
            for e in subjects[:1]:
                self.draft.add(TEXT, e, q.text, verb=verb, hedged=hedged)
            for t in q.tokens:
                self.done[t.i] = None
        for t in verb.subtree:
            if t.i > verb.i and (lemma(t) in TEXT_NOUNS):
                self.done.setdefault(t.i, None)
        return True

    # -- prepositions ---------------------------------------------------------------------------

    def _place(self, token, subjects, hedged, *, restrictive=False, negated=False) -> None:
        value, span = self.places[token.i]
        for t in span:
            self.done.setdefault(t.i, None)
        if span.start in self.draft.placed:
            return
        self.draft.placed.add(span.start)
        self.draft.skipped.update(t.i for t in span)
        for e in subjects:
            if e is not None:
                self.draft.place(e, value, tokens=list(span), hedged=hedged, negated=negated)

    def prepositional(self, prep, subjects, *, hedged=False, negated=False, verb=None) -> None:
        """The claims that a prepositional phrase makes of what it hangs on."""
        if prep.i in self.draft.skipped:
            return
        self.draft.skipped.add(prep.i)
        draft = self.draft
        subjects = [e for e in subjects if e is not None]
        hedged = hedged or self._guessed(prep)
        if prep.i in self.places:
            self._place(prep, subjects, hedged, negated=negated)
            for t in prep.subtree:
                if t.dep_ in ("relcl", "acl") and t.i not in self.verbs:
                    self.clause(t, subjects, hedged=hedged)
            return
        name = prep.text.lower()
        for c in children(prep, "pcomp"):
            if c.pos_ in ("VERB", "AUX"):
                self.clause(c, [] if name == "with" or children(c, "nsubj") else subjects, hedged=hedged)
        value, targets = self._target(prep, name)
        for t in targets:
            noun = lemma(t)
            scene = scene_of(t)
            if scene and name in ("at", "in", "during", "on", "under", "by"):
                draft.scene(*scene, hedged=hedged, negated=negated, tokens=list(prep.subtree))
                self.done[t.i] = None
                continue
            if name == "without":
                thing = self.phrase(t, hedged=hedged, negated=True)
                continue
            if name == "in" and noun in ENCLOSED and not children(t, "poss") and value == "in":
                place = setting_of(t)
                draft.scene(*(place or ("setting", noun)), hedged=hedged, negated=negated, tokens=list(prep.subtree))
                self.done[t.i] = None
                thing = None
                for m in t.children:
                    if m.dep_ == "prep":
                        self.prepositional(m, [], hedged=hedged)
                continue
            thing = self.phrase(t, hedged=hedged)
            if thing is None or name in _NOT_RELATIONS:
                continue
            for e in subjects:
                if e is thing:
                    continue
                self._related(e, value, thing, noun, prep, t, hedged, negated, verb)

    def _related(self, e, value, thing, noun, prep, token, hedged, negated, verb) -> None:
        draft = self.draft
        tokens = list(prep.subtree) if token.dep_ != "conj" else list(token.subtree)
        if value == "in" and noun in GARMENTS:
            draft.relation(e, "wear", thing, tokens=tokens, hedged=hedged, negated=negated)
        elif value == "of":
            if e.noun in CONTAINERS:
                draft.relation(thing, "in", e, tokens=tokens, hedged=hedged, negated=negated)
            elif e.noun in IMAGES_OF:
                draft.add(ATTRIBUTE, e, noun, tokens=tokens, hedged=hedged)
        elif value == "with":
            if noun in PARTS or noun in HAIR:
                if thing.owner < 0:
                    thing.owner = e.index
                if not children(token, "amod", "compound") or (noun in HAIR and noun != "hair"):
                    draft.add(ATTRIBUTE, e, noun, tokens=tokens, hedged=hedged, negated=negated)
            elif noun in GARMENTS and (e.person or e.animal):
                draft.relation(e, "wear", thing, tokens=tokens, hedged=hedged, negated=negated)
            else:
                draft.relation(e, "with", thing, tokens=tokens, hedged=hedged, negated=negated)
        elif noun not in GROUNDS or value not in ("on", "in", "along"):
            draft.relation(e, value, thing, tokens=tokens, hedged=hedged, negated=negated)

    def _target(self, prep, name) -> tuple[str, list]:
        """(preposition, nouns after it), through "on the left side of", "in front of", "next to"."""
        words = [name]
        before = [c for c in prep.children if c.dep_ in ("advmod", "amod", "npadvmod") and c.i < prep.i]
        if prep.head.text.lower() in ("next", "close", "adjacent", "left", "right") and name in ("to", "of") and prep.head.dep_ in ("advmod", "acomp", "amod", "prep"):
            words = [prep.head.text.lower(), name]
        inner = children(prep, "prep")
        if inner and not children(prep, "pobj"):
            value, targets = self._target(inner[0], inner[0].text.lower())
            self.draft.skipped.add(inner[0].i)
            return f"{name} {value}", targets
        found = []
        for o in children(prep, "pobj"):
            base = lemma(o)
            of = next((c for c in o.children if c.dep_ == "prep" and c.text.lower() == "of"), None)
            if base in SIDES and of is not None:
                side = [c.text.lower() for c in o.children if c.dep_ in ("amod", "compound") and c.lemma_.lower() not in EVALUATIVE]
                self.done[o.i] = None
                self.draft.skipped.add(of.i)
                inner_targets = [t for c in children(of, "pobj") for t in conjuncts(c)]
                side = [*side, base]
                value = " ".join(side) + " of"
                if base in ("front",) and name == "in":
                    value = "in front of"
                elif base == "top" and name in ("on", "atop"):
                    value = "on top of"
                elif base == "side" and not side[:-1]:
                    value = "along" if name == "along" else "on side of"
                elif base in ("tip",):
                    value = "on"
                elif base in ("inside", "middle", "center", "centre", "end", "edge", "corner", "top", "bottom") and name in ("at", "in", "on", "near"):
                    value = f"{name} {base} of"
                return value, inner_targets
            poss = children(o, "poss")
            if base in ("left", "right", "side") and poss:
                self.done[o.i] = None
                return f"{base} of" if base != "side" else "beside", poss
            found += conjuncts(o)
        del before
        return " ".join(words), found


