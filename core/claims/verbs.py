"""What verbs say of their subjects: relations, actions, states; and text that can be read."""

from __future__ import annotations

from . import ACTION, ATTRIBUTE, cutting
from .english_words import GOVERNED, LOCATED, MOOD_VERBS, PARTS, POSTURES, READS, SIDES, WEAR
from .modifiers import DEGREES
from .nouns import head_of, is_abstract, is_garment, lemma
from .readable import Readable
from .trees import children, conjuncts

# Nouns with which a verb says one thing: "play chess", "perform a trick", "take a photo".
_IDIOMS = frozenset(
    "chess trick game soccer football tennis baseball basketball golf frisbee sport music toast turn jump photo "
    "picture selfie break bite step nap stroll walk ride pose guard attention conversation cards part hand care "
    "stunt maneuver shot dive".split()
)
_VIEWER = frozenset("camera viewer photographer lens".split())
_LIGHT_VERBS = frozenset("take make do perform have play give strike raise pose practice".split())


_FILLS = frozenset("dominate occupy fill frame command take stretch".split())
_TURNS = frozenset("turn tilt face point lean look bend angle".split())
_INVERSE = frozenset(
    "cover line fill surround dot mark top decorate strew litter scatter sprinkle carpet blanket drape shroud crown".split()
)
_HANDLE = frozenset(
    "hold put place carry set lay raise keep lift rest grip clutch balance leave pour hang cradle".split()
)
_DIRECTED = frozenset(
    "look gaze stare glance face point".split()
)  # "looks straight into the camera"
_MIND = frozenset(
    "hope expect wonder think consider anticipate plan want wish decide need seek intend".split()
)
# Where what is handled is put, and nobody sits: "stirring a pot on the stove".
_SURFACES = frozenset(
    "stove scale table counter countertop plate board desk shelf wall easel stand tray grill pan".split()
)
# Verbs that say nothing that can be seen without what they govern.
_INCOMPLETE = frozenset(
    "consist include base use involve contain comprise belong refer appear seem match complement contrast allow help "
    "cause become get keep let need require serve vary range depend relate represent remain tend happen occur compose "
    "come go lead know call name consider believe associate suit design intend mean add".split()
)
_MADE = frozenset("make build construct craft carve weave".split())
# Adverbs and adjectives for the result of a verb: "pulled back", "drawn shut".
_RESULTS = frozenset("up down back apart aside open shut closed high low".split())
_BODY = frozenset("hand arm finger mouth tooth beak paw".split())


class Verbs(Readable):
    """The part of `SentenceReader` that reads verbs other than "be" and "have"."""

    def action(self, verb, base, subjects, hedged, negated) -> None:
        """Any other verb: with an object a relation, without one an action or a state."""
        objects = [t for o in children(verb, "dobj") for t in conjuncts(o)]
        passive = self.passive(verb)
        if self._side(base, objects, subjects, hedged):
            return
        if base in READS and self._reads(verb, subjects, hedged):
            return
        if base in WEAR and not objects and not children(verb, "agent"):
            return self._dressed(verb, subjects, hedged, negated)
        base = "wear" if base in WEAR and any(is_garment(lemma(o)) for o in objects) else base
        nothing = objects and all(is_abstract(lemma(o)) and lemma(o) not in PARTS for o in objects)
        if base in MOOD_VERBS and nothing:
            return self._mood(verb, objects)
        if objects and not (passive and children(verb, "agent")):
            return self._transitive(verb, base, objects, subjects, hedged, negated)
        agents = [
            t for a in children(verb, "agent") for o in children(a, "pobj") for t in conjuncts(o)
        ]
        if agents and objects:  # "is handed a coin by a boy"
            givers = [e for e in map(self.phrase, agents) if e is not None]
            return self._transitive(verb, base, objects, givers, hedged, negated)
        if agents and self._by(verb, base, agents, subjects, hedged, negated):
            return
        if self._governed(verb, base, subjects, hedged, negated, passive):
            return
        if base in _MADE and passive and self._made_of(verb, subjects, hedged, negated):
            return
        for c in children(verb, "acomp", "oprd"):
            if c.pos_ == "ADJ" and base not in _DIRECTED:  # "stands tall", "lies idle"
                self.predicate(c, subjects, hedged, negated)
        particle = next(
            (
                c.lower_
                for c in verb.children
                if c.dep_ == "prt"
                or (passive and c.lower_ in _RESULTS and c.dep_ in ("advmod", "oprd", "acomp"))
            ),
            "",
        )
        if (
            base in LOCATED
            or (base in MOOD_VERBS and not passive)
            or (base, particle) in (("stand", "out"), ("come", "out"))
        ):
            return
        if any(p.text.lower() == "as" for p in children(verb, "prep")):
            return
        if base in ("have", "do", "be"):
            return  # "has her arms crossed": what is crossed is said by itself
        if base in _MIND | _INCOMPLETE:
            return self.draft.no_claim(verb)
        alive = any(e.person or e.animal or e.members for e in subjects)
        if (
            not alive
            and not passive
            and base in POSTURES | {"hang", "loom", "tower", "run", "stretch", "extend"}
            and children(verb, "prep", "advmod")
        ):
            return
        state = (passive and base not in POSTURES) or any(e.part for e in subjects)
        degree = next((c.lower_ for c in verb.children if c.lower_ in DEGREES), "") if state else ""
        value = " ".join(filter(None, (degree, verb.text.lower() if state else base, particle)))
        if state and base in _TURNS:
            for c in verb.children:
                if c.i in self.places and c.dep_ == "prep":
                    where, span = self.places[c.i]
                    self.draft.skipped.update(t.i for t in span)
                    value += f" {where}"
                elif c.dep_ == "prep" and any(lemma(o) == "side" for o in children(c, "pobj")):
                    value += " to side"
                    self.draft.skipped.add(c.i)
        for e in subjects:
            self.draft.add(
                ATTRIBUTE if state else ACTION, e, value, verb=verb, hedged=hedged, negated=negated
            )

    def _made_of(self, verb, subjects, hedged, negated) -> bool:
        """ "made of wood": an attribute, and no thing."""
        for p in [p for p in children(verb, "prep") if p.text.lower() in ("of", "from")]:
            stuff = [t for o in children(p, "pobj") for t in conjuncts(o)]
            if not stuff:
                continue
            self.draft.skipped.add(p.i)
            self.done.update({t.i: None for t in stuff})
            value = f"{verb.text.lower()} {p.text.lower()} {' and '.join(map(head_of, stuff))}"
            for e in subjects:
                self.draft.add(ATTRIBUTE, e, value, verb=verb, hedged=hedged, negated=negated)
            return True
        return False

    def _mood(self, verb, objects) -> None:
        self.draft.no_claim(verb)
        for o in objects:
            for t in o.subtree:
                self.done.setdefault(t.i, None)
                self.verbs.add(t.i)

    @staticmethod
    def passive(verb) -> bool:
        """Return whether a participle is passive; the tagger takes some for a past tense ("scissors arranged
        in a row").
        """
        if verb.tag_ == "VBD":
            return verb.dep_ == "acl" or (verb.dep_ == "conj" and verb.head.pos_ == "ADJ")
        perfect = any(c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children)
        return verb.tag_ == "VBN" and (not perfect or bool(children(verb, "auxpass")))

    def _side(self, base, objects, subjects, hedged) -> bool:
        """ "dominating the right side of the frame": a place."""
        for o in objects:
            if lemma(o) in SIDES and subjects and base in _FILLS:
                value = " ".join(
                    c.text.lower()
                    for c in o.children
                    if c.text.lower() in ("left", "right", "top", "bottom", "upper", "lower")
                )
                value = value or (
                    lemma(o)
                    if lemma(o)
                    in ("left", "right", "center", "top", "bottom", "foreground", "background")
                    else ""
                )
                if value:
                    for e in subjects:
                        self.draft.place(e, value, hedged=hedged)
                    self.done[o.i] = None
                    return True
        return False

    def _dressed(self, verb, subjects, hedged, negated) -> None:
        """ "dressed in a suit", "adorned with a collar"."""
        for p in children(verb, "prep"):
            if p.text.lower() not in ("in", "with"):
                continue
            self.draft.skipped.add(p.i)
            for t in [x for o in children(p, "pobj") for x in conjuncts(o)]:
                thing = self.phrase(t, hedged=hedged)
                for e in subjects:
                    if thing is not None:
                        what = "wear" if e.person or e.animal or is_garment(thing.noun) else "with"
                        self.draft.relation(
                            e, what, thing, verb=verb, hedged=hedged, negated=negated, at=t
                        )

    def _keeps_part(self, verb, base, objects, subjects, hedged, negated) -> bool:
        """Read how a part is held ("holds its head up high", "keeps her eyes closed"); return whether that was said."""
        how = next(
            (
                c
                for c in verb.children
                if c.i > objects[0].i
                and not children(c, "prep")
                and (c.dep_ in ("prt", "acomp", "oprd") or c.lower_ in _RESULTS)
                and c.lower_ not in ("on", "in")
            ),
            None,
        )
        if (
            base not in ("hold", "keep", "have")
            or how is None
            or len(subjects) != 1
            or lemma(objects[0]) not in PARTS
        ):
            return False
        part = self.phrase(objects[0], hedged=hedged, owner=subjects[0])
        if part is None:
            return False
        self.draft.add(ATTRIBUTE, part, how.lower_, verb=verb, hedged=hedged, negated=negated)
        self.done.setdefault(how.i, None)
        return True

    def _transitive(self, verb, base, objects, subjects, hedged, negated) -> None:
        if self._keeps_part(verb, base, objects, subjects, hedged, negated):
            return
        particle = next((c.text.lower() for c in children(verb, "prt")), "")
        for o in objects:
            noun = lemma(o)
            camera = noun in _VIEWER and base in ("face", "look", "watch")
            if camera or (noun in _IDIOMS and base in _LIGHT_VERBS) or o.tag_ == "VBG":
                self.done[o.i] = None
                for e in subjects:
                    value = f"{base} camera" if camera else f"{base} {noun}"
                    self.draft.add(
                        ACTION,
                        e,
                        value,
                        tokens=cutting.with_noun(o),
                        verb=verb,
                        hedged=hedged,
                        negated=negated,
                    )
                continue
            first = o if o.dep_ != "conj" else objects[0]
            no = any(c.text.lower() == "no" for c in children(first, "det"))
            thing = self.phrase(o, hedged=hedged, negated=no)
            for e in subjects:
                if thing is not None:
                    value = (
                        f"{base} {particle}"
                        if particle in ("up", "out", "down", "over")
                        and base in ("look", "pick", "hang", "sit")
                        else base
                    )
                    if base in ("put", "place", "set", "leave") and children(verb, "prep"):
                        continue
                    self.draft.relation(
                        e, value, thing, verb=verb, hedged=hedged, negated=negated or no, at=o
                    )
        self._handled(verb, base, objects, subjects, hedged)

    def _handled(self, verb, base, objects, subjects, hedged) -> None:
        """ "holding a phone in his hand", "put the cups on the ground": the preposition is said of the object."""
        things = [e for e in (self.done.get(o.i) for o in objects) if e is not None]
        for p in children(verb, "prep") if things and base not in _HANDLE else ():
            on = p.text.lower() in ("on", "onto", "in") and [lemma(o) for o in children(p, "pobj")]
            if on and on[0] in _SURFACES and p.i not in self.places and p.i > objects[-1].i:
                self.prepositional(p, things, hedged=hedged)
        if base in _HANDLE and things:
            for p in children(verb, "prep"):
                with_hands = p.text.lower() == "with" and [
                    t for o in children(p, "pobj") for t in conjuncts(o) if lemma(t) in _BODY
                ]
                if with_hands and len(subjects) == 1:  # what is held with both hands is in them
                    self.draft.skipped.add(p.i)
                    for t in with_hands:
                        hands = self.phrase(t, hedged=hedged, owner=subjects[0])
                        for e in things if hands is not None else ():
                            tokens = cutting.with_noun(t)
                            self.draft.relation(e, "in", hands, tokens=tokens, hedged=hedged)
                elif p.i not in self.places:
                    self.prepositional(p, things, hedged=hedged)
                    for q in [x for c in children(verb, "advmod") for x in children(c, "prep")]:
                        self.prepositional(q, things, hedged=hedged)

    def _by(self, verb, base, agents, subjects, hedged, negated) -> bool:
        said = False
        for a in agents:
            thing = self.phrase(a, hedged=hedged)
            for e in subjects:
                if thing is not None:
                    self.draft.relation(
                        thing,
                        base,
                        e,
                        tokens=cutting.with_noun(a),
                        verb=verb,
                        hedged=hedged,
                        negated=negated,
                        active=True,
                    )
                    said = True
        return said

    def _governed(self, verb, base, subjects, hedged, negated, passive) -> bool:
        """ "look at a phone", "covered in snow": a relation that verb and preposition make together."""
        governed, said = GOVERNED.get(base, "").split(), False
        particle = next((c.text.lower() for c in children(verb, "prt")), "")
        hosts = [verb, *[c for c in children(verb, "advmod", "prt") if children(c, "prep")]]
        for p in [p for h in hosts for p in children(h, "prep")]:
            name = p.text.lower()
            targets = [t for o in children(p, "pobj") for t in conjuncts(o)]
            if p.i in self.places or name not in governed or not targets:
                continue
            value = (
                f"{base} {name}"
                if particle in ("", "up", "down", "out", "over")
                else f"{base} {particle} {name}"
            )
            if any(lemma(t) in _VIEWER for t in targets):
                self.draft.skipped.add(p.i)
                self.done.update({t.i: None for t in targets})
                for e in subjects:
                    self.draft.add(
                        ACTION, e, f"{value} camera", verb=verb, hedged=hedged, negated=negated
                    )
                said = True
                continue
            if base in POSTURES and base != "lean":
                continue
            if any(
                (lemma(t) in SIDES or is_abstract(lemma(t)))
                and lemma(t) not in ("head",)
                and not self.is_quote(t)
                for t in targets
            ):
                continue
            self.draft.skipped.add(p.i)
            if base == "stain":
                self.done.update({t.i: None for t in targets})
                for e in subjects:
                    self.draft.add(
                        ATTRIBUTE,
                        e,
                        f"{base}ed {name} {lemma(targets[0])}",
                        verb=verb,
                        hedged=hedged,
                        negated=negated,
                    )
                said = True
                continue
            inverse = passive and name in ("in", "with", "by") and base in _INVERSE
            for t in targets:
                thing = self.phrase(t, hedged=hedged)
                for e in subjects:
                    if thing is None or thing is e:
                        continue
                    if inverse and not e.part:
                        self.draft.relation(
                            thing,
                            "on" if base == "top" else base,
                            e,
                            verb=verb,
                            hedged=hedged,
                            negated=negated,
                            active=True,
                            at=t,
                        )
                    else:
                        self.draft.relation(
                            e, value, thing, verb=verb, hedged=hedged, negated=negated, at=t
                        )
                    said = True
        return said
