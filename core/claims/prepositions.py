"""Prepositional phrases: relations, places in the image, clothing, settings."""

from __future__ import annotations

from . import ATTRIBUTE, cutting
from .english_words import (
    APPEARANCE,
    COLOURS,
    CONTAINERS,
    EVALUATIVE,
    GROUNDS,
    HAIR,
    IMAGES_OF,
    PARTS,
    SIDES,
    TEXT_NOUNS,
)
from .nouns import head_of, is_abstract, is_garment, lemma
from .phrases import Phrases
from .scene_words import SURROUNDING, is_room, scene_of, setting_of, time_of
from .trees import children, conjuncts

_NO_RELATION = frozenset(
    "like as than despite for about regarding due because per except including during throughout until since".split()
)
_BESIDES = ("along with", "together with", "apart from", "aside from", "other than", "such as")
_FORMATIONS = frozenset("row line circle pile stack cluster queue semicircle column".split())
_STATES = frozenset("state position posture condition pose manner mood style mode".split())


_WHILE = ("in", "on", "at", "under")
_NO_STATES = frozenset(
    "addition particular general contrast total order fact time term terms detail focus turn front back top bottom "
    "middle case place common color colour size shape design height length width number view sight part comparison "
    "all sum half background foreground distance image picture photo nature frame appearance quality style "
    "one which".split()
)


def state_of(prep, noun) -> str:
    """Return what something is in, at or under that is not a thing: "in motion", "in mid-air", "under
    construction".
    """
    name, base = prep.lower_, lemma(noun)
    before = [c for c in noun.children if c.i < noun.i and not c.is_punct]
    if name not in _WHILE or noun.tag_ not in ("NN", "NNP"):
        return ""
    if base == "air" and name == "in":
        return "in mid-air" if any(c.lower_ == "mid" for c in before) else "in the air"
    if before or base in _NO_STATES or not (is_abstract(base) or base in ("profile", "bloom")):
        return ""
    return (
        "" if scene_of(noun) or any(c.lower_ == "of" for c in noun.children) else f"{name} {base}"
    )


_INTO = frozenset("vase bowl basket bucket glass pitcher jug".split())
_ONTO = frozenset(
    "tray table plate platter desk shelf counter countertop bed nightstand workbench".split()
)


class Prepositions(Phrases):
    """The part of `SentenceReader` that reads prepositional phrases."""

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
                if (
                    t.dep_ in ("relcl", "acl")
                    and t.i not in self.verbs
                    and t.head.i not in self.verbs
                ):
                    self.clause(t, subjects)
            return
        for c in children(prep, "pcomp"):
            if c.pos_ in ("VERB", "AUX"):
                self.clause(c, [] if children(c, "nsubj", "nsubjpass") else subjects, hedged=hedged)
        if name == "for" and not children(prep, "pcomp"):
            return self._aside(prep)
        value, targets = self._target(prep, name)
        either = len(targets) > 1 and any(
            c.dep_ == "cc" and c.text.lower() == "or" for c in targets[0].children
        )
        for t in targets:
            noun = lemma(t)
            scene = scene_of(t)
            if (
                scene
                and name in ("at", "in", "during", "on", "under", "by", "against")
                and scene[0] != "sky"
            ):
                draft.scene(*scene, hedged=hedged, negated=negated, tokens=list(prep.subtree))
                if scene[0] == "weather" and (time := time_of(t)):
                    draft.scene(*time, hedged=hedged, negated=negated, tokens=list(prep.subtree))
                self.done[t.i] = None
            elif noun in COLOURS and value == "of":
                self.done[t.i] = None
                if t == targets[0]:  # "a coat of brown and white"
                    said = [x for x in targets if lemma(x) in COLOURS]
                    for e in subjects:
                        colours = " and ".join(x.text.lower() for x in said)
                        draft.add(ATTRIBUTE, e, colours, tokens=list(prep.subtree), hedged=hedged)
            elif (
                value in ("in", "inside", "at")
                and ((is_room(noun) and value != "at") or noun in SURROUNDING)
                and not children(t, "poss")
                and not any(e.part for e in subjects)
            ):
                self._room(prep, t, targets if either else [t], hedged, negated)
                if either:
                    break
            elif (value == "in" and noun in _STATES) or (value == "with" and noun in APPEARANCE):
                self.done[t.i] = None
                for e in subjects:
                    self.adjectives(t, e, hedged)
            elif (
                value in ("in", "into")
                and noun in _FORMATIONS
                and not any(c.text.lower() == "the" for c in t.children)
            ):
                self.done[t.i] = None
                for e in subjects:
                    draft.add(ATTRIBUTE, e, f"in {noun}", tokens=list(prep.subtree), hedged=hedged)
            elif value == "of" and lemma(prep.head) == "screenshot" and t.pos_ == "NOUN":
                self._screen_of(t, subjects, prep, hedged)
            elif value == "out of" and is_abstract(noun):  # "out of focus"
                self.done[t.i] = None
                for e in subjects:
                    draft.add(
                        ATTRIBUTE,
                        e,
                        f"out of {noun}",
                        tokens=list(prep.subtree),
                        hedged=hedged,
                        negated=negated,
                    )
            elif name == "outside" and not subjects and t.pos_ == "NOUN":
                draft.scene("setting", f"outside {head_of(t)}", hedged=hedged, negated=negated)
                self.done[t.i] = None
            elif (value == "in" and noun in COLOURS) or (state := state_of(prep, t)):
                self.done[t.i] = None
                for e in subjects:
                    draft.add(
                        ATTRIBUTE,
                        e,
                        noun if noun in COLOURS else state,
                        tokens=list(prep.subtree),
                        hedged=hedged,
                    )
            elif name == "to" and noun in ("camera", "viewer") and subjects:
                self.done[t.i] = None
                for e in subjects:
                    if e.part:
                        draft.add(
                            ATTRIBUTE, e, "to camera", tokens=list(prep.subtree), hedged=hedged
                        )
            else:
                no = name == "without" or any(c.text.lower() == "no" for c in children(t, "det"))
                thing = self.phrase(t, hedged=hedged, negated=no)
                if thing is None or name in _NO_RELATION or no:
                    continue
                beside = f"{prep.head.text.lower()} {name}" in _BESIDES
                if beside or value in _BESIDES:
                    continue  # "along with a calendar": there is one, too
                for e in subjects:
                    if e is not thing:
                        self._related(e, value, thing, noun, prep, t, hedged, negated)

    def _screen_of(self, token, subjects, prep, hedged) -> None:
        """ "a screenshot of a weather app" says what the image is of, and of no further thing."""
        kind = head_of(token)
        entity = self.done[token.i] = self.draft.things.noun(token, self.draft.index)
        entity.announced = True
        self.draft.mention(token, entity)
        for e in subjects:
            e.nouns.add(kind)
            self.draft.add(ATTRIBUTE, e, kind, tokens=list(prep.subtree), hedged=hedged)
        self.adjectives(token, entity, hedged)
        self.modifiers(token, entity, hedged)

    def _room(self, prep, token, names, hedged, negated) -> None:
        place = setting_of(token) or ("setting", lemma(token))
        value = place[1] if len(names) == 1 else " or ".join(lemma(t) for t in names)
        self.draft.scene(place[0], value, hedged=hedged, negated=negated, tokens=list(prep.subtree))
        for t in names:
            self.done[t.i] = None
            self.nested(t, False)

    def _related(self, e, value, thing, noun, prep, token, hedged, negated) -> None:
        draft = self.draft
        tokens = (
            cutting.with_noun(token)
            if token.dep_ == "pobj" or token.dep_ == "conj"
            else list(prep.subtree)
        )
        garment = is_garment(noun) and (e.person or e.animal)
        how = {"tokens": tokens, "hedged": hedged, "negated": negated}
        if value == "in" and garment:
            draft.relation(e, "wear", thing, **how)
        elif value == "of":
            if e.noun in CONTAINERS and e.noun != thing.noun:  # not "one of the glasses"
                draft.relation(thing, "in", e, **how)
            elif e.noun in IMAGES_OF:
                e.nouns.add(noun)
                draft.add(ATTRIBUTE, e, noun, **how)
        elif value == "with":
            if noun in PARTS or noun in HAIR:
                if any(c.tag_ == "PRP$" for c in children(token, "poss")):
                    return  # "with her hands behind her back": everybody has hands
                thing.owner = e.index if thing.owner < 0 else thing.owner
                thing.part = True
                up = [
                    c
                    for c in children(token, "advmod")
                    if c.text.lower() in ("up", "down", "open", "closed", "out", "back")
                ]
                for c in up:
                    draft.add(ATTRIBUTE, thing, c.text.lower(), **how)
                if (noun in HAIR and noun != "hair") or not (
                    up or children(token, "amod", "compound", "acl", "prep")
                ):
                    e.has.add(noun)
                    draft.add(ATTRIBUTE, e, noun, **how)
            elif garment:
                draft.relation(e, "wear", thing, **how)
            elif noun not in TEXT_NOUNS:
                self._holds(e, thing, token, how)
        elif noun not in GROUNDS or e.noun not in GROUNDS:
            draft.relation(e, value, thing, **how)

    def _holds(self, e, thing, token, how) -> None:
        """ "a vase with tulips": in it; "a tray with a cup": on it."""
        if any(
            o.lower_ in ("it", "them") for p in children(token, "prep") for o in children(p, "pobj")
        ):
            return  # "a sofa with a cat on it"
        host = token.head.head if token.head.dep_ == "prep" else token.head
        if host.pos_ in ("VERB", "AUX"):  # "stands on a table with a cloth": maybe the table's
            return self.draft.relation(e, "with", thing, **how)
        if e.noun in _INTO and not is_garment(thing.noun):
            self.draft.relation(thing, "in", e, **how)
        elif e.noun in _ONTO:
            self.draft.relation(thing, "on", e, **how)
        else:
            self.draft.relation(e, "with", thing, **how)

    def _target(self, prep, name) -> tuple[str, list]:
        """(preposition, nouns after it), through "on the left side of", "in front of", "next to"."""
        words, head = [name], prep.head
        if head.text.lower() in (
            "next",
            "close",
            "adjacent",
            "left",
            "right",
            "near",
            "opposite",
            "parallel",
        ) and name in ("to", "of"):
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
                side = [
                    c.text.lower()
                    for c in children(o, "amod", "compound")
                    if c.text.lower() not in EVALUATIVE
                ]
                return self._side_of(name, base, side), [
                    t for c in children(of, "pobj") for t in conjuncts(c)
                ]
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
            return (
                f"{' '.join(side)} side of"
                if side
                else "along"
                if name == "along"
                else "on side of"
            )
        if base in ("tip", "base", "rear"):
            return {"tip": "on", "base": "at base of", "rear": "behind"}[base]
        return " ".join([name, *side, base, "of"])
