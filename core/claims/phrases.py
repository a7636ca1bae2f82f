"""Noun phrases and prepositional phrases: the things they name, and what their modifiers say."""

from __future__ import annotations

from . import ATTRIBUTE, NUMBER, OBJECT, cutting, places
from .draft import Draft
from .english_words import (
    COLOUR_DEGREES,
    COLOURS,
    CONTAINERS,
    EVALUATIVE,
    GROUNDS,
    HAIR,
    HEDGE_ADVERBS,
    IMAGES_OF,
    PARTS,
    PICTURE,
    SIDES,
    TEXT_NOUNS,
)
from .surroundings import SHOWN_SETTINGS, SURROUNDING, is_room, scene_of, setting_of, time_of
from .things import (
    Entity,
    count_of,
    exact,
    head_of,
    is_abstract,
    is_garment,
    is_modifier,
    lemma,
    partitive,
)

_NO_RELATION = frozenset("like as than despite for about regarding due because per except including during throughout until since".split())
_FORMATIONS = frozenset("row line circle pile stack cluster queue semicircle column".split())
_STATES = frozenset("state position posture condition pose manner mood style mode".split())
_RELATIVE = ("which", "that", "who", "whom", "whose", "where")


def children(token, *deps: str) -> list:
    return [c for c in token.children if c.dep_ in deps]


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
        apart = c.dep_ == "appos" and any(x.dep_ == "cc" for x in c.children) and token.dep_ in ("conj", "dobj", "pobj", "attr")
        if (c.dep_ == "conj" or apart) and c.pos_ in ("NOUN", "PROPN", "PRON", "NUM", "X") and not children(c, "nsubj"):
            found += _joined(c)
    return found


class Phrases:
    """The part of `SentenceReader` that reads noun phrases and prepositions."""

    draft: Draft
    done: dict[int, Entity | None]
    verbs: set[int]
    places: dict[int, tuple]

    def phrase(self, token, *, hedged=False, negated=False, owner: Entity | None = None) -> Entity | None:
        """The thing a noun or pronoun stands for, after its own claims were made; None where it is no thing."""
        if token.i in self.done:
            return self.done[token.i]
        self.done[token.i] = None
        draft, base = self.draft, lemma(token)
        hedged = hedged or self.guessed(token)
        negated = negated or any(c.text.lower() in ("no", "neither") for c in children(token, "det"))
        if token.text.lower() in ("nobody", "noone") or (base == "one" and negated):
            entity = draft.things.new(token, "person", draft.index)
            entity.plural = True
            draft.add(OBJECT, entity, negated=True, tokens=cutting.with_noun(token), hedged=hedged)
            return None
        if token.pos_ == "PRON" or token.tag_ in ("DT", "PRP", "WP", "WDT", "PRP$"):
            return self._pronoun(token, hedged)
        if token.tag_ == "CD" or base in ("one", "other", "another"):
            return self._one(token, hedged)
        if any(q.token == token.i for q in draft.quotes):
            return None
        if (group := partitive(token)) is not None:
            return self._group(token, *group, hedged, negated)
        scene = scene_of(token)
        if scene and scene[0] in ("time", "season", "weather", "light") and token.dep_ != "compound":
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
        if is_abstract(head_of(token)) and base not in PARTS and owner is None:
            return self._no_thing(token, base, hedged)
        owner = owner or self._owner(token)
        if draft.shown and token.dep_ == "attr" and owner is None and (base in SHOWN_SETTINGS or is_room(base)) and not exact(token):
            draft.scene("setting", head_of(token), hedged=hedged, negated=negated)
            entity = draft.things.noun(token, draft.index)
            entity.announced, self.done[token.i] = True, entity
            draft.mention(token, entity)
            self.adjectives(token, entity, hedged)
            self.modifiers(token, entity, hedged)
            return entity
        place = next((places.translate(self.places[c.i][0], draft.frame) for c in token.children if c.i in self.places and c.dep_ == "prep"), "")
        entity = draft.things.noun(token, draft.index, owner=owner.index if owner is not None else -1, place=place)
        self.done[token.i] = entity
        draft.mention(token, entity)
        new, entity.announced = not entity.announced, True
        if negated:
            draft.add(OBJECT, entity, negated=True, tokens=cutting.with_noun(token), hedged=hedged)
            return entity
        if new and not entity.part and base not in GROUNDS:
            draft.object(entity, tokens=cutting.with_noun(token), hedged=hedged)
        if exact(token) and entity.number:
            draft.add(NUMBER, entity, str(entity.number), tokens=children(token, "nummod"), hedged=hedged)
        if token.dep_ in ("nsubj", "nsubjpass") or (token.dep_ == "attr" and children(token.head, "expl")):
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
        if low in ("his", "hers", "theirs", "mine") and token.dep_ in ("nsubj", "dobj", "pobj", "conj", "attr"):
            entity = self.draft.things.own(token, self.draft.index)  # "her scarf is red, while his is checkered"
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
        place = next((places.translate(self.places[c.i][0], self.draft.frame) for c in token.children if c.i in self.places and c.dep_ == "prep"), "")
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
            self.draft.add(NUMBER, entity, str(number), hedged=hedged) if exact(token) or number > 1 else None
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
        before = [c for c in children(token, "compound", "amod", "nmod") if c.text.lower() not in EVALUATIVE]
        if base in ("scene", "setting", "view", "shot", "environment", "area", "interior", "inside"):
            for c in before:
                scene = scene_of(c) or setting_of(c) or ("setting", c.text.lower())
                draft.scene(*scene, hedged=hedged)
                self.done[c.i] = None
            for p in children(token, "prep"):
                for o in [o for o in children(p, "pobj") if p.text.lower() in ("in", "at", "on", "of", "inside", "from")]:
                    if (scene := setting_of(o)) and (scene[0] == "event" or p.text.lower() != "from"):
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
            if c.i > token.i and c.dep_ != "amod" or c.text.lower() in head_of(token).split()[:-1]:
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
            if c.text.lower() in COLOUR_DEGREES and c.i + 1 < len(c.doc) and c.nbor(1).text.lower() in COLOURS and c.text.lower() not in COLOURS:
                continue  # "light brown": read with the colour
            if entity.noun == "sky" and (c.text.lower() in ("cloudy", "overcast", "clear", "cloudless")):
                self.draft.scene("sky", c.text.lower(), hedged=hedged, tokens=[c])
                continue
            if c.text.lower() in EVALUATIVE or c.lemma_.lower() in EVALUATIVE or c.tag_ in ("CD", "DT", "PDT"):
                continue
            joined = [x for x in c.children if x.dep_ == "conj" and x in left and self.joined(c, x)]
            left = [x for x in left if x not in joined]
            value, tokens = self.adjective(c, joined)
            if value in ("left", "right"):
                if not entity.part:
                    self.draft.place(entity, value, hedged=hedged, told=True)
            elif value:
                self.draft.add(ATTRIBUTE, entity, value, tokens=tokens, hedged=hedged or self.guessed(c))

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
        first = [x for x in c.children if x.i < c.i and x.dep_ in ("advmod", "amod", "compound", "npadvmod", "nmod", "punct") and x.text != ","]
        if c.i and c.nbor(-1).text.lower() in COLOUR_DEGREES and c.text.lower() in COLOURS and c.nbor(-1) not in first:
            first.append(c.nbor(-1))
        words = [x.text.lower() for x in first if x.text.lower() in COLOUR_DEGREES or x.dep_ in ("npadvmod", "compound", "punct", "amod", "nmod")]
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
                self.prepositional(c, subjects, hedged=hedged, told=c.i in self.places and self._restrictive(token))
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
                self.clause(c, subjects if not children(c, "nsubj", "nsubjpass") else [], hedged=hedged)

    def _relative(self, token, subjects) -> list:
        """What "which" stands for: in "a phone in his hand, which is open" the phone."""
        if not (subjects and subjects[0].part and token.dep_ == "pobj" and token.head.dep_ == "prep"):
            return subjects
        host = token.head.head
        held = [self.done.get(o.i) for o in children(host, "dobj")] if host.pos_ == "VERB" else [self.done.get(host.i)]
        return [e for e in held if e is not None] or subjects

    @staticmethod
    def _restrictive(token) -> bool:
        return token.dep_ in ("nsubj", "nsubjpass", "pobj", "dobj") and any(
            c.text.lower() in ("the", "one", "other") for c in token.children if c.dep_ in ("det", "amod")
        )

    def _apposition(self, c, entity, hedged) -> None:
        """ "two individuals, a man and a woman"; "a bird, possibly a gull"; "objects: a phone, a cup"."""
        hedged = hedged or self.guessed(c)
        names = conjuncts(c)
        either = any(x.dep_ == "cc" and x.text.lower() == "or" for x in c.children)
        if entity is None or is_abstract(lemma(c)) or (len(names) > 1 and not either) or c.pos_ == "PROPN":
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

    # -- prepositions -----------------------------------------------------------------------------

    def place(self, token, subjects, hedged, *, told=False, negated=False) -> None:
        value, span = self.places[token.i]
        self.draft.skipped.update(t.i for t in span)
        for t in span:
            self.done.setdefault(t.i, None)
        if span.start in self.draft.placed:
            return
        self.draft.placed.add(span.start)
        for e in subjects:
            self.draft.place(e, value, tokens=list(span), hedged=hedged, negated=negated, told=told)

    def prepositional(self, prep, subjects, *, hedged=False, negated=False, told=False) -> None:
        """The claims that a prepositional phrase makes of what it hangs on."""
        if prep.i in self.draft.skipped:
            return
        self.draft.skipped.add(prep.i)
        draft, name = self.draft, prep.text.lower()
        subjects = [e for e in subjects if e is not None]
        hedged = hedged or self.guessed(prep)
        if prep.i in self.places:
            self.place(prep, subjects, hedged, told=told, negated=negated)
            for t in prep.subtree:
                if t.dep_ in ("relcl", "acl") and t.i not in self.verbs and not t.head.i in self.verbs:
                    self.clause(t, subjects)
            return
        for c in children(prep, "pcomp"):
            if c.pos_ in ("VERB", "AUX"):
                self.clause(c, [] if children(c, "nsubj", "nsubjpass") else subjects, hedged=hedged)
        if name == "for" and not children(prep, "pcomp"):
            return self._aside(prep)
        value, targets = self._target(prep, name)
        either = len(targets) > 1 and any(c.dep_ == "cc" and c.text.lower() == "or" for c in targets[0].children)
        for t in targets:
            noun = lemma(t)
            scene = scene_of(t)
            if scene and name in ("at", "in", "during", "on", "under", "by", "against") and scene[0] != "sky":
                draft.scene(*scene, hedged=hedged, negated=negated, tokens=list(prep.subtree))
                if scene[0] == "weather" and (time := time_of(t)):
                    draft.scene(*time, hedged=hedged, negated=negated, tokens=list(prep.subtree))
                self.done[t.i] = None
            elif noun in COLOURS and value == "of":
                self.done[t.i] = None
            elif value in ("in", "inside", "at") and (is_room(noun) and value != "at" or noun in SURROUNDING) and not children(t, "poss") and not any(e.part for e in subjects):
                self._room(prep, t, targets if either else [t], hedged, negated)
                if either:
                    break
            elif value == "in" and noun in _STATES:
                self.done[t.i] = None
                for e in subjects:
                    self.adjectives(t, e, hedged)
            elif value in ("in", "into") and noun in _FORMATIONS and not any(c.text.lower() == "the" for c in t.children):
                self.done[t.i] = None
                for e in subjects:
                    draft.add(ATTRIBUTE, e, f"in {noun}", tokens=list(prep.subtree), hedged=hedged)
            elif name == "outside" and not subjects and t.pos_ == "NOUN":
                draft.scene("setting", f"outside {head_of(t)}", hedged=hedged, negated=negated)
                self.done[t.i] = None
            elif value == "in" and noun in COLOURS | {"profile", "bloom", "flight"}:
                self.done[t.i] = None
                for e in subjects:
                    draft.add(ATTRIBUTE, e, "in profile" if noun == "profile" else noun, tokens=list(prep.subtree), hedged=hedged)
            elif name == "to" and noun in ("camera", "viewer") and subjects:
                self.done[t.i] = None
                for e in subjects:
                    if e.part:
                        draft.add(ATTRIBUTE, e, "to camera", tokens=list(prep.subtree), hedged=hedged)
            else:
                no = name == "without" or any(c.text.lower() == "no" for c in children(t, "det"))
                thing = self.phrase(t, hedged=hedged, negated=no)
                if thing is None or name in _NO_RELATION or no:
                    continue
                for e in subjects:
                    if e is not thing:
                        self._related(e, value, thing, noun, prep, t, hedged, negated)

    def _room(self, prep, token, names, hedged, negated) -> None:
        place = setting_of(token) or ("setting", lemma(token))
        value = place[1] if len(names) == 1 else " or ".join(lemma(t) for t in names)
        self.draft.scene(place[0], value, hedged=hedged, negated=negated, tokens=list(prep.subtree))
        for t in names:
            self.done[t.i] = None
            self.nested(t, False)

    def _related(self, e, value, thing, noun, prep, token, hedged, negated) -> None:
        draft = self.draft
        tokens = cutting.with_noun(token) if token.dep_ == "pobj" or token.dep_ == "conj" else list(prep.subtree)
        garment = is_garment(noun) and (e.person or e.animal)
        how = {"tokens": tokens, "hedged": hedged, "negated": negated}
        if value == "in" and garment:
            draft.relation(e, "wear", thing, **how)
        elif value == "of":
            if e.noun in CONTAINERS:
                draft.relation(thing, "in", e, **how)
            elif e.noun in IMAGES_OF:
                e.nouns.add(noun)
                draft.add(ATTRIBUTE, e, noun, **how)
        elif value == "with":
            if noun in PARTS or noun in HAIR:
                thing.owner = e.index if thing.owner < 0 else thing.owner
                thing.part = True
                up = [c for c in children(token, "advmod") if c.text.lower() in ("up", "down", "open", "closed", "out", "back")]
                for c in up:
                    draft.add(ATTRIBUTE, thing, c.text.lower(), **how)
                if noun in HAIR and noun != "hair" or not (up or children(token, "amod", "compound", "acl", "prep")):
                    e.has.add(noun)
                    draft.add(ATTRIBUTE, e, noun, **how)
            elif garment:
                draft.relation(e, "wear", thing, **how)
            elif noun not in TEXT_NOUNS:
                draft.relation(e, "with", thing, **how)
        elif noun not in GROUNDS or e.noun not in GROUNDS:
            draft.relation(e, value, thing, **how)

    def _target(self, prep, name) -> tuple[str, list]:
        """(preposition, nouns after it), through "on the left side of", "in front of", "next to"."""
        words, head = [name], prep.head
        if head.text.lower() in ("next", "close", "adjacent", "left", "right", "near", "opposite", "parallel") and name in ("to", "of"):
            words = [head.text.lower(), name]
        inner = children(prep, "prep")
        if inner and not children(prep, "pobj"):
            value, targets = self._target(inner[0], inner[0].text.lower())
            self.draft.skipped.add(inner[0].i)
            return f"{name} {value}", targets
        found = []
        for o in children(prep, "pobj"):
            base = lemma(o)
            of = next((c for c in children(o, "prep") if c.text.lower() == "of"), None)
            poss = children(o, "poss")
            if base in SIDES and of is not None:
                self.done[o.i] = None
                self.draft.skipped.add(of.i)
                side = [c.text.lower() for c in children(o, "amod", "compound") if c.text.lower() not in EVALUATIVE]
                return self._side_of(name, base, side), [t for c in children(of, "pobj") for t in conjuncts(c)]
            if base in ("left", "right", "side") and poss:
                self.done[o.i] = None
                return f"{base} of" if base != "side" else "beside", poss
            found += conjuncts(o)
        return " ".join(words), found

    @staticmethod
    def _side_of(name: str, base: str, side: list[str]) -> str:
        if base in ("left", "right"):
            return f"{base} of"
        if (name, base) in (("in", "front"), ("on", "top")):
            return f"{name} {base} of"
        if base == "side":
            return f"{' '.join(side)} side of" if side else "along" if name == "along" else "on side of"
        if base in ("tip", "base", "rear"):
            return {"tip": "on", "base": "at base of", "rear": "behind"}[base]
        return " ".join([name, *side, base, "of"])


