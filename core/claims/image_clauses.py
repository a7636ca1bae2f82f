"""Clauses about the image, its background, the scene, a mood; "It is daytime"."""

from __future__ import annotations

from . import ATTRIBUTE, places
from .clauses import Predicates
from .english_words import (
    ABOUT_PICTURE,
    EVALUATIVE,
    HEDGE_VERBS,
    PARTS,
    PICTURE,
    PRESENT,
    SIDES,
    TEXT_NOUNS,
    TIMES,
)
from .nouns import head_of, is_abstract, is_plural, lemma, names_nothing, partitive
from .reading_builder import Edit
from .scene_words import scene_of, scene_subject, setting_of
from .trees import children, conjuncts

_WHERE = frozenset("background foreground left right top bottom center middle".split())
_ASPECTS = frozenset(
    "background foreground color colour area part section region side corner half".split()
)


_ASKING = frozenset("whether if what who which why how where when".split())
_CERTAIN = frozenset(
    "clear evident obvious apparent visible certain plain notable worth noteworthy".split()
)


class ImageClauses(Predicates):
    """The part of `SentenceReader` that reads clauses about the image."""

    def _about_picture(self, verb, subject, hedged, negated) -> bool:
        """Clauses whose subject is the image, its background, the scene, a mood; True where that was all."""
        if (of := partitive(subject)) is not None:
            subject = of[0]  # "a pair of gloves"
        base, draft = head_of(subject), self.draft  # "traffic light" is more than a light
        if " " in base and is_abstract(base):
            base = lemma(subject)
        if subject.pos_ == "PRON":
            return self._impersonal(verb, subject, hedged, negated)
        said = [
            *children(verb, "acomp", "attr", "oprd"),
            *[c for c in children(verb, "advmod") if scene_of(c)],
            *(
                [verb]
                if verb.tag_ == "VBN" and children(verb, "nsubjpass") and verb.lemma_ not in PRESENT
                else []
            ),
        ]
        said += [
            x
            for c in children(verb, "xcomp")
            if c.lemma_ == "be"
            for x in children(c, "acomp", "attr", "oprd")
        ] + [c for c in children(verb, "xcomp") if c.tag_ == "VBN"]
        hedged = hedged or verb.lemma_ in HEDGE_VERBS
        copular = verb.lemma_ in ("be", *HEDGE_VERBS)
        if base == lemma(subject) and (kind := scene_subject(subject)) and said and copular:
            return self._scene(verb, subject, kind, said, hedged, negated)
        if self._area(subject) is not None and self._region(verb, subject, base, hedged):
            return True
        if not (names_nothing(subject) if subject.pos_ == "NOUN" else is_abstract(base)):
            return False
        quoted = {q.token for q in draft.quotes} & {t.i for t in verb.subtree}
        if subject.i in quoted or (base in TEXT_NOUNS and quoted):
            # ""STOP" is on the sign"; "The words "Fresh Fish" are written on a board"
            self.done[subject.i] = None
            for o in [o for p in children(verb, "prep") for o in children(p, "pobj")]:
                self.phrase(o, hedged=hedged)
            return True
        if base in PARTS and (
            children(subject, "poss")
            or (self._of(subject) is not None and not is_abstract(lemma(self._of(subject))))
        ):
            return False
        if self._region(verb, subject, base, hedged):
            return True
        if said and base in ABOUT_PICTURE | _ASPECTS:
            place = next((self.places[t.i] for t in subject.subtree if t.i in self.places), None)
            if place is None and (area := self._area(subject)) is not None:
                span = subject.doc.char_span(*area.span())
                place = (places.value(area), span) if span is not None else None
            entity = draft.about(base, place)
            self.done[subject.i] = entity
            for t in [t for t in said if lemma(t) in PICTURE]:
                self.adjectives(t, entity, hedged)  # "is an old photograph"
            for t in said:
                left = [t, *[x for x in children(t, "conj") if not self.joined(t, x)]]
                for x in left:
                    if (
                        x.lemma_.lower() not in EVALUATIVE
                        and x.pos_ in ("ADJ", "VERB")
                        and x.lemma_ not in ("take", "capture")
                    ):
                        value, tokens = self.adjective(
                            x, [y for y in children(x, "conj") if self.joined(x, y)]
                        )
                        draft.add(
                            ATTRIBUTE,
                            entity,
                            value,
                            tokens=tokens if len(left) > 1 else [],
                            hedged=hedged,
                            negated=negated,
                        )
                    if x.lemma_ in ("take", "capture"):
                        self.rest(x, [], hedged)
                    self.verbs.add(x.i)
                    self.done.setdefault(x.i, None)
            self.rest(verb, [], hedged)
            return True
        if verb.lemma_.lower() in PRESENT or verb.lemma_ in ("take", "shoot", "set", "unfold"):
            for o in children(verb, "dobj"):
                for t in conjuncts(o):
                    self.phrase(t, hedged=hedged)
            self._set_in(verb, hedged)
            self._no_thing(subject, base, hedged)
            self.done[subject.i] = None
            self.rest(verb, [], hedged)
            return True
        self._unseen(verb, subject, base, hedged)
        return True

    def _unseen(self, verb, subject, base, hedged) -> None:
        """ "The atmosphere is calm, with a dog lying there": no claim but those of the things named beside it."""
        draft = self.draft
        draft.no_claim(verb)
        self.verbs.add(verb.i)
        things = []
        if base in (
            "presence",
            "addition",
            "inclusion",
            "focus",
            "point",
            "subject",
            "centerpiece",
        ):
            things += [self._of(subject)]
            things += [t for t in children(verb, "attr") if verb.lemma_ == "be"]
        if base == "focus":
            things += [
                o for p in children(verb, "prep") for o in children(p, "pobj") if p.text == "on"
            ]
        for t in [x for thing in things if thing is not None for x in conjuncts(thing)]:
            self.phrase(t, hedged=hedged)
        apart = [
            c
            for c in verb.children
            if (c.dep_ in ("conj", "ccomp", "advcl") and children(c, "nsubj", "nsubjpass"))
            or (c.dep_ == "prep" and c.text.lower() == "with")
        ]
        others = {t.i for c in apart for t in c.subtree}
        for t in verb.subtree:
            if t.i not in others:
                self.done.setdefault(t.i, None)
                self.verbs.add(t.i)
        for c in apart:
            if c.dep_ == "prep":
                self.prepositional(c, [], hedged=hedged)
            else:
                self.clause(c, [])

    def _impersonal(self, verb, subject, hedged, negated) -> bool:
        """ "It is daytime", "It appears to be raining"; "This is a kitchen"."""
        if subject.text.lower() == "it" and verb.lemma_.lower() in (
            "rain",
            "snow",
            "drizzle",
            "hail",
        ):
            self.draft.scene("weather", verb.lemma_.lower(), hedged=hedged, negated=negated)
            self.done[subject.i] = None
            self.rest(verb, [], hedged)
            return True
        if subject.text.lower() not in ("it", "this") or verb.lemma_ not in (
            "be",
            "appear",
            "seem",
        ):
            return False
        if self._extraposed(verb, subject, hedged, negated):
            return True
        when = next(
            (
                o
                for t in children(verb, "acomp")
                if t.lemma_.lower() in ("late", "early")
                for p in children(t, "prep") + children(verb, "prep")
                for o in children(p, "pobj")
                if scene_of(o) and scene_of(o)[0] == "time"
            ),
            None,
        )
        if when is not None:
            part = next(t.lemma_.lower() for t in children(verb, "acomp"))
            self.draft.scene("time", f"{part} {scene_of(when)[1]}", hedged=hedged, negated=negated)
            self.done.update({t.i: None for t in verb.subtree})
            return True
        said = children(verb, "acomp", "attr", "oprd") + [
            x for c in children(verb, "xcomp") for x in children(c, "attr", "acomp", "oprd")
        ]
        found = False
        for t in said:
            scene = scene_of(t) or (
                setting_of(t) if t.dep_ == "attr" and subject.text.lower() == "this" else None
            )
            if scene and scene[0] != "sky" and (t.pos_ != "ADJ" or scene[0] == "weather"):
                self.draft.scene(*scene, hedged=hedged or verb.lemma_ != "be", negated=negated)
                self.done[t.i] = self.done[subject.i] = None
                self.modifiers(t, None, hedged)
                found = True
        day = [t for t in said if t.lemma_.lower() in TIMES]
        if day and not found:  # "It is a beautiful day at the beach"
            self.draft.scene("time", "day", hedged=hedged, negated=negated) if day[
                0
            ].text == "daytime" else None
            self.done.update({t.i: None for t in (subject, *day)})
            for t in day:
                self.nested(t, hedged)
            found = True
        if found:
            self.rest(verb, [], hedged)
        return found

    def _extraposed(self, verb, subject, hedged, negated) -> bool:
        """ "It is clear that the door is open" says that; "It is hard to tell whether it is" says nothing."""
        adjective = next((c for c in children(verb, "acomp") if c.pos_ == "ADJ"), None)
        hosts = [verb, adjective] if adjective is not None else []
        clauses = [
            c
            for host in hosts
            for c in children(host, "ccomp", "xcomp", "advcl")
            if c.i > adjective.i and c.pos_ in ("VERB", "AUX")
        ]
        if subject.text.lower() != "it" or not clauses:
            return False
        said = clauses[0]
        marks = {c.text.lower() for c in children(said, "mark", "advmod", "attr", "dobj", "nsubj")}
        self.done[subject.i] = None
        if children(said, "nsubj", "nsubjpass", "expl") and not marks & _ASKING and not negated:
            guess = adjective.lemma_.lower() not in _CERTAIN
            self.verbs.add(adjective.i)
            self.done.setdefault(adjective.i, None)
            self.clause(said, [], hedged=hedged or guess)
            self.rest(verb, [], hedged)
            return True
        self.draft.no_claim(verb)
        for t in verb.subtree:
            self.done.setdefault(t.i, None)
            self.verbs.add(t.i)
            self.draft.skipped.add(t.i)
        return True

    def _scene(self, verb, subject, kind, said, hedged, negated) -> bool:
        self.done[subject.i] = None
        for t in said:
            for x in [t, *children(t, "conj")]:
                scene = scene_of(x) or setting_of(x)
                if scene or (
                    x.lemma_.lower() not in EVALUATIVE
                    and x.pos_ in ("ADJ", "NOUN", "VERB")
                    and not is_abstract(lemma(x))
                ):
                    value = self.adjective(x)[0] if x.pos_ == "ADJ" else lemma(x)
                    self.draft.scene(*(scene or (kind, value)), hedged=hedged, negated=negated)
                self.done[x.i] = None
                self.verbs.add(x.i)
                self.modifiers(x, None, hedged)
        self._set_in(verb, hedged)
        self.rest(verb, [], hedged)
        return True

    def _set_in(self, verb, hedged) -> None:
        """ "The scene is set in a park", "unfolds on a street": the setting."""
        for p in children(verb, "prep"):
            for o in children(p, "pobj"):
                if (
                    lemma(o) in SIDES | {"midst"}
                    and (of := self._of(o)) is not None
                    and setting_of(of)
                ):
                    self.done[o.i], o = None, of
                if p.text.lower() in ("in", "at", "on", "inside", "outside") and (
                    scene := setting_of(o)
                ):
                    outside = "outside " if p.text.lower() == "outside" else ""
                    self.draft.scene(scene[0], outside + scene[1], hedged=hedged)
                    self.done[o.i] = None
                    self.draft.skipped.add(p.i)
                    self.nested(o, hedged)

    def _region(self, verb, subject, base, hedged) -> bool:
        """ "The background features trees": the things and where they are."""
        area = self._area(subject)
        inside = subject.i in self.places or area is not None
        if base not in ("background", "foreground") and not inside and base not in SIDES:
            return False
        objects = children(verb, "dobj") + [
            o
            for p in children(verb, "prep", "agent")
            if p.text.lower() in ("of", "with", "by")
            for o in children(p, "pobj")
        ]
        if not objects or verb.lemma_ == "be":
            return False
        words = [
            c.text.lower()
            for c in children(subject, "amod", "compound")
            if c.text.lower() in ("left", "right", "upper", "lower", "top", "bottom")
        ]
        where = " ".join([*words, *([base] if base in _WHERE else [])])
        where = places.value(area) if area is not None else where
        if where and not places.translate(
            where, self.draft.frame
        ):  # "The foreground features a dog"
            first = objects[0]
            are = (
                "are" if is_plural(first) or any(c.dep_ == "conj" for c in first.children) else "is"
            )
            self.draft.edits.append(
                Edit(subject.left_edge.idx, first.left_edge.idx, f"There {are} ")
            )
        for o in objects:
            for t in conjuncts(o):
                entity = self.phrase(t, hedged=hedged)
                if entity is not None and where:
                    self.draft.place(entity, where, hedged=hedged)
        for p in children(verb, "prep", "agent"):
            self.draft.skipped.add(p.i)
        self.done.setdefault(subject.i, None)
        self.rest(verb, [], hedged)
        return True

    @staticmethod
    def _area(subject):
        """Return the match of an area of the image that a subject is: "the left half of the picture"; else
        None.
        """
        found = places.AREA.match(subject.doc.text, subject.left_edge.idx)
        return found if found and (found["of"] or not subject.left_edge.i) else None

    def _inference(self, verb) -> None:
        """ "suggesting a cloudy day": a guessed scene, or nothing that can be seen."""
        found = False
        apart = {t.i for c in children(verb, "advcl") if children(c, "mark") for t in c.subtree}
        for c in children(verb, "dobj", "ccomp"):
            apart |= {t.i for x in children(c, "advcl") for t in x.subtree}
            for x in children(c, "advcl"):
                self.clause(x, [])
        for t in verb.subtree:
            if t.i in apart:
                continue
            scene = (
                scene_of(t)
                if t.dep_ != "compound" and t.pos_ in ("NOUN", "ADJ", "ADV", "PROPN")
                else None
            )
            if not scene and t.dep_ in ("attr", "pobj", "dobj") and t.pos_ == "NOUN":
                scene = (
                    setting_of(t)
                    if any(
                        lemma(s) in ("scene", "setting", "this", "location", "image", "photo")
                        for s in t.head.children
                    )
                    or t.dep_ == "pobj"
                    else None
                )
            if scene and scene[0] != "sky":
                self.draft.scene(*scene, hedged=True, tokens=list(verb.subtree))
                found = True
            self.done.setdefault(t.i, None)
            self.verbs.add(t.i)
            self.draft.skipped.add(t.i)
        if not found:
            self.draft.no_claim(verb)
