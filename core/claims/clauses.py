"""What verbs and adjectives say of their subjects."""

from __future__ import annotations

from functools import lru_cache

from . import ACTION, ATTRIBUTE, TEXT, cutting, lexicon
from .english_words import (
    EVALUATIVE,
    GOVERNED,
    HAIR,
    LOCATED,
    MOOD_VERBS,
    PARTS,
    PICTURE,
    POSTURES,
    READS,
    SIDES,
    TEXT_NOUNS,
    WEAR,
)
from .nouns import is_abstract, is_garment, is_person, lemma
from .phrases import children, conjuncts
from .prepositions import Prepositions
from .surroundings import scene_of

# Nouns with which a verb says one thing: "play chess", "perform a trick", "take a photo".
_IDIOMS = frozenset(
    "chess trick game soccer football tennis baseball basketball golf frisbee sport music toast turn jump photo "
    "picture selfie break bite step nap stroll walk ride pose guard attention conversation cards part hand care "
    "stunt maneuver shot dive".split()
)
_VIEWER = frozenset("camera viewer photographer lens".split())
_LIGHT_VERBS = frozenset("take make do perform have play give strike raise pose practice".split())


@lru_cache(maxsize=4096)
def verb_lemma(text: str, lemma_: str) -> str:
    """The lemma of a verb, where the tagger's rules cut off too much: "riding" is no "rid"."""
    if text.endswith(("ing", "ed")) and not lemma_.endswith("e"):
        stem = text[:-3] if text.endswith("ing") else text[:-2]
        vowel = (
            len(stem) > 2
            and stem[-2] in "aeiou"
            and stem[-1] not in "aeiouwxy"
            and stem[-3] not in "aeiou"
        )
        if lemma_ == stem and vowel and lexicon.senses(stem + "e", lexicon.VERB):
            return stem + "e"
    return {"sate": "seat", "lit": "light", "lain": "lie", "clothe": "dress"}.get(lemma_, lemma_)


def base_of(verb) -> str:
    return verb_lemma(verb.text.lower(), verb.lemma_.lower())


class Predicates(Prepositions):
    """The part of `SentenceReader` that reads predicates."""

    def complements(self, verb, subjects, *, hedged, negated) -> None:
        """After "be", "appear", "seem", "look": adjectives, nouns, places."""
        for c in verb.children:
            if c.dep_ in ("acomp", "oprd") and c.pos_ in ("ADJ", "VERB", "ADV"):
                self.predicate(c, subjects, hedged, negated)
            elif c.dep_ in ("attr", "oprd", "acomp", "dobj"):
                self._nominal(c, subjects, hedged, negated)
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
                if c.lemma_.lower() == "be":
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
            ] and c.lemma_.lower() in _RELATIONAL
            tokens = (
                cutting.with_verb(c if c.dep_ not in ("acomp", "oprd") else c.head)
                if len(group) == 1
                else self._one_of(c, tokens)
            )
            for entity in subjects:
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
                elif c.lemma_.lower() not in EVALUATIVE and not relational:
                    draft.add(
                        ATTRIBUTE, entity, value, tokens=tokens, hedged=hedged, negated=negated
                    )
            if scene and not subjects:
                draft.scene(*scene, hedged=hedged, negated=negated)
            self.rest(c, subjects, hedged)

    @staticmethod
    def _one_of(token, tokens) -> list:
        """The tokens to cut for one of several joined words, with the "and" before it."""
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
            self.adjectives(
                noun, subjects[0] if base in ("color", "colour", "shape", "size") else None, hedged
            )
            self.modifiers(noun, subjects[0], hedged)
            return
        for entity in subjects:
            if base != entity.noun:
                value = " or ".join(lemma(t) for t in names)
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
            for t in conjuncts(o):
                noun = lemma(t)
                living = any(e.person or e.animal for e in subjects)
                part = (
                    (noun in PARTS and not (is_garment(noun) and any(e.person for e in subjects)))
                    or noun in HAIR
                    or noun in _MARKS
                )
                if is_abstract(noun) and not part:
                    self.phrase(t, hedged=hedged)
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

    def action(self, verb, base, subjects, hedged, negated) -> None:
        """Any other verb: with an object a relation, without one an action or a state."""
        objects = [t for o in children(verb, "dobj") for t in conjuncts(o)]
        passive = self.passive(verb)
        if self._side(verb, base, objects, subjects, hedged):
            return
        if base in READS and self._reads(verb, subjects, hedged):
            return
        if base in WEAR and not objects:
            return self._dressed(verb, subjects, hedged, negated)
        base = "wear" if base in WEAR and any(is_garment(lemma(o)) for o in objects) else base
        nothing = objects and all(is_abstract(lemma(o)) and lemma(o) not in PARTS for o in objects)
        if base in MOOD_VERBS and nothing:
            return self._mood(verb, objects)
        if objects:
            return self._transitive(verb, base, objects, subjects, hedged, negated)
        agents = [
            t for a in children(verb, "agent") for o in children(a, "pobj") for t in conjuncts(o)
        ]
        if agents and self._by(verb, base, agents, subjects, hedged, negated):
            return
        if self._governed(verb, base, subjects, hedged, negated, passive):
            return
        particle = next((c.text.lower() for c in children(verb, "prt")), "")
        if (
            base in LOCATED
            or (base in MOOD_VERBS and not passive)
            or (base, particle) in (("stand", "out"), ("come", "out"))
        ):
            return
        if any(p.text.lower() == "as" for p in children(verb, "prep")):
            return
        alive = any(e.person or e.animal or e.members for e in subjects)
        if (
            not alive
            and base in POSTURES | {"hang", "loom", "tower", "run", "stretch", "extend"}
            and children(verb, "prep", "advmod")
        ):
            return
        state = (passive and base not in POSTURES) or any(e.part for e in subjects)
        value = " ".join(filter(None, (verb.text.lower() if state else base, particle)))
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
        for c in children(verb, "acomp", "oprd"):
            if c.pos_ == "ADJ":
                self.predicate(c, subjects, hedged, negated)

    def _mood(self, verb, objects) -> None:
        self.draft.no_claim(verb)
        for o in objects:
            for t in o.subtree:
                self.done.setdefault(t.i, None)
                self.verbs.add(t.i)

    @staticmethod
    def passive(verb) -> bool:
        """Whether a participle is passive; the tagger takes some for a past tense ("scissors arranged in a row")."""
        if verb.tag_ == "VBD":
            return verb.dep_ == "acl" or (verb.dep_ == "conj" and verb.head.pos_ == "ADJ")
        return verb.tag_ == "VBN" and not any(
            c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children
        )

    def _side(self, verb, base, objects, subjects, hedged) -> bool:
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

    def _transitive(self, verb, base, objects, subjects, hedged, negated) -> None:
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
            no = any(c.text.lower() == "no" for c in children(o, "det"))
            thing = self.phrase(o, hedged=hedged)
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
        self._handled(verb, base, objects, hedged)

    def _handled(self, verb, base, objects, hedged) -> None:
        """ "holding a phone in his hand", "put the cups on the ground": the preposition is said of the object."""
        things = [e for e in (self.done.get(o.i) for o in objects) if e is not None]
        if base in _HANDLE and things:
            for p in children(verb, "prep"):
                if p.i not in self.places:
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
                            "on" if base in ("mark", "dot", "top") else base,
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

    # -- text -------------------------------------------------------------------------------------

    def is_quote(self, token) -> bool:
        return any(q.token == token.i for q in self.draft.quotes)

    def _reads(self, verb, subjects, hedged) -> bool:
        """ "reads "STOP"", "displaying the names ..."."""
        mine = [
            q for q in self.draft.quotes if not q.used and verb.i < q.token <= verb.right_edge.i
        ]
        if not mine or not subjects:
            return False
        for t in verb.subtree:
            if t.i > verb.i and (self.is_quote(t) or lemma(t) in TEXT_NOUNS):
                self.done.setdefault(t.i, None)
                if not self.is_quote(t):
                    for m in children(t, "amod"):
                        if m.text.lower() not in EVALUATIVE:
                            self.draft.add(
                                ATTRIBUTE,
                                self.draft.letters(subjects[0]),
                                m.text.lower(),
                                tokens=[m],
                            )
        for q in mine:
            q.used = True
            self.draft.add(TEXT, subjects[0], q.text, verb=verb, hedged=hedged)
        return True

    def quotations(self) -> None:
        """Text that no verb has claimed: it is read on the last thing named before it, or the next after it."""
        things = [
            (i, e)
            for i, _, e in self.draft.mentions_by_token()
            if not e.part and not is_person(e.noun)
        ]
        things.sort(key=lambda pair: pair[0])
        for q in self.draft.quotes:
            if q.used:
                continue
            token = self.doc[q.token]
            verb = next((t for t in token.ancestors if t.pos_ == "VERB"), None)
            subject = (
                self.done.get(
                    next((c.i for c in verb.children if c.dep_ in ("nsubj", "nsubjpass")), -1)
                )
                if verb is not None
                else None
            )
            on = (
                [
                    self.done.get(o.i)
                    for p in verb.children
                    if p.dep_ == "prep" and p.text.lower() in ("on", "above", "across")
                    for o in p.children
                    if o.dep_ == "pobj"
                ]
                if verb is not None and subject is None
                else []
            )
            on = [e for e in on if e is not None and not e.part]
            if on:
                q.used = True
                self.draft.add(TEXT, on[0], q.text)
                continue
            before = [e for i, e in things if i < q.token]
            after = [e for i, e in things if i > q.token]
            for e in before[-1:] or after[:1]:
                q.used = True
                self.draft.add(TEXT, e, q.text)


_RELATIONAL = frozenset(
    "full next close adjacent similar ready made opposite near filled visible".split()
)
_FILLS = frozenset("dominate occupy fill frame command take stretch".split())
_TURNS = frozenset("turn tilt face point lean look bend angle".split())
_INVERSE = frozenset("cover line fill surround dot mark top decorate".split())
_HANDLE = frozenset(
    "hold put place carry set lay raise keep lift rest grip clutch balance leave pour hang cradle".split()
)
_MARKS = frozenset("marking spot stripe pattern patch area writing".split())
