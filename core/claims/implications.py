"""Finds what follows from several facts together, or is implied without being stated."""

from __future__ import annotations

from . import (
    ACTION,
    ATTRIBUTE,
    NUMBER,
    OBJECT,
    PLACE,
    RELATION,
    SCENE,
    Claim,
    comparison,
    lexicon,
    predicates,
    sides,
    values,
)
from .thing_index import ThingIndex


def follows(claim: Claim, moved: Claim, premise: ThingIndex) -> bool:
    """What no single claim says, but several do: its words are all said of its things."""
    things = premise.reading.things
    if _vacuous(claim) or _in_flight(claim, moved, premise):
        return True
    if (
        claim.kind == ATTRIBUTE
        and claim.value in _PRONOUNS
        and moved.thing >= 0
        and not claim.negated
    ):
        return _sex(moved.thing, premise) == claim.value
    if claim.negated or moved.thing == -2 or moved.other == -2 or moved.thing < 0:
        return False
    if claim.kind == OBJECT:
        return _compound(moved, premise)
    if claim.kind in (NUMBER, PLACE):
        return False
    if claim.kind == RELATION:
        return _connected(moved, premise)
    head = things[moved.thing].head
    living = lexicon.is_living(head)
    if not living and predicates.idle(claim.value):
        return True
    own = values.inherent(claim.value)
    said = [*comparison.called(things[moved.thing])]
    for p in premise.about[moved.thing]:
        if not p.negated:
            said.append(f"{p.value} {p.object if p.thing == moved.thing else p.subject}")
            # "The horse has a coat of brown and white" says that it is brown and white, and gray
            # tiles that cover the floor make it gray.
            for k in {p.thing, p.other} - {moved.thing, -1}:
                coats = k == p.thing and predicates.parts(p.value)[0] in _COATING
                near = not living and premise.owner.get(k) != moved.thing
                material = lexicon.head(things[k].head) in values.MATERIALS
                if things[k].head in SURFACES or coats or material or (near and not own):
                    said += [
                        q.value for q in premise.about[k] if q.kind == ATTRIBUTE and q.thing == k
                    ]
    return all(any(values.entails(s, w) for s in said) for w in values.words(claim.value))


_PRONOUNS = {"female": ("she", "her", "hers", "herself"), "male": ("he", "his", "him", "himself")}


def _sex(thing: int, premise: ThingIndex) -> str:
    """Return what the pronouns that stand for a thing say of it; "" where there are none."""
    for s in premise.reading.sentences:
        for start, end, named in s.mentions:
            if named == thing:
                for sex, pronouns in _PRONOUNS.items():
                    if s.text[start:end].lower() in pronouns:
                        return sex
    return ""


def _in_flight(claim: Claim, moved: Claim, premise: ThingIndex) -> bool:
    """What flies is in the sky, and then there is sky."""
    if claim.negated or "sky" not in (claim.subject, claim.object):
        return False
    flying = {
        p.thing
        for p in premise.reading.claims
        if not p.negated and lexicon.lemma(p.value.split(" ")[0]) in _FLY
    }
    if claim.kind == OBJECT:
        return bool(flying)
    return claim.kind == RELATION and claim.object == "sky" and moved.thing in flying


_FLY = ("fly", "soar", "glide", "hover")


def _vacuous(claim: Claim) -> bool:
    """Says nothing of its own: that somebody has hands, that something is placed where it is."""
    if claim.negated:
        return False
    if claim.kind == OBJECT:
        return lexicon.head(claim.subject) in PARTS or claim.subject in _UNSEEN
    if claim.kind == ATTRIBUTE:
        return claim.value in PARTS or claim.value in _PLACED
    if claim.kind == RELATION:
        return claim.object in _UNSEEN or claim.object in ("front", "side", "top", "bottom")
    return claim.kind == ACTION and claim.value in _IDLE


PARTS = frozenset(
    "hand head arm leg foot face eye back lap paw hair body ear nose mouth finger shoulder neck side tail "
    "surface front top bottom trunk tongue shape".split()
)


_IDLE = frozenset("have appear seem be look feature include wait come go make".split())


_UNSEEN = frozenset(
    "mix variety range close-up group row line help use task mood way safety addition array pair couple bunch "
    "surrounding environment background foreground side area scene distance one other lead conclusion middle".split()
)


_PLACED = frozenset(
    "titled labeled named marked spotted captured noticed observed depicted positioned placed located situated made set seen visible found present shown displayed featured set up used".split()
) | {"made out", "picked out", "laid out"}


def _parts_of(noun: str) -> list[str]:
    """Return the nouns of a compound: "park bench", "tablecloth"."""
    if " " in noun:
        return noun.split()
    for at in range(3, len(noun) - 2):
        if (
            lexicon.senses(noun[:at])
            and noun[at:] not in _ENDINGS
            and lexicon.is_kind(noun, noun[at:])
        ):
            return [noun[:at], noun[at:]]
    return [noun]


_ENDINGS = frozenset(("man", "men", "son", "ship"))


def _compound(claim: Claim, premise: ThingIndex) -> bool:
    """ "A park bench" follows from a bench in a park, "a pine forest" from a forest of pine trees."""
    *modifiers, head = _parts_of(claim.subject)
    called = comparison.called(premise.reading.things[claim.thing])
    if not modifiers or not comparison.a_kind(called, head):
        return False
    said = " ".join(
        f"{p.subject} {p.value} {p.object}" for p in premise.about[claim.thing] if not p.negated
    ) + " ".join(p.value for p in premise.reading.claims if p.kind == SCENE)
    return all(values.entails(said, m) for m in modifiers)


SURFACES = frozenset(
    "coat fur skin body exterior finish surface color colour hue tone shade feather plumage paint hair "
    "frame pattern hide stripe design icing frosting glaze".split()
)


_COATING = frozenset("cover coat line pave tile blanket panel".split())


def _connected(claim: Claim, premise: ThingIndex) -> bool:
    """Return whether the premise leads from one thing to the other by steps that say as much."""
    verb, place, _ = predicates.parts(claim.value)
    a, b = claim.thing, claim.other
    if a < 0 or b < 0:
        return False
    if lexicon.head(claim.object) == "sky" and place in ("under", "in", "on"):
        return True
    if verb == "touch":
        return any(
            p.kind == RELATION
            and p.other == b
            and premise.owner.get(p.thing) == a
            and lexicon.head(p.subject) in PARTS
            for p in premise.about[b]
        )
    if verb == "wear" and _worn(claim, premise):
        return True
    if place in ("front", "behind") and not verb:
        back = b if place == "front" else a
        return any(
            p.kind == PLACE and p.thing == back and "background" in sides.sides(p.value)
            for p in premise.about[back]
        )
    edges = [
        p
        for p in premise.about[a]
        if b in (p.thing, p.other) and p.kind == RELATION and not p.negated
    ]
    bare = not verb or predicates.idle(verb) or verb in ("have", "feature", "include", "be")
    if place == "toward":
        edges = [p for p in edges if p.thing == a]
    if edges and bare and place in ("", "with", "at", "toward"):
        return True
    if edges and verb and not place:
        # The verb is said of one of them, the other thing of a preposition: "reaching out" + "towards a hand".
        words = [q.value for q in premise.about[a] if q.thing == a and not q.negated]
        return any(predicates.verb_entails(w, verb) for v in words for w in v.split())
    if bare and place in ("on", "in", "at"):
        parts = [
            k
            for k in premise.belongings(a)
            if lexicon.head(premise.reading.things[k].head) in PARTS
        ]
        return any(_reaches(premise, k, b, 2) for k in parts) or _reaches(premise, a, b, 3)
    if verb in predicates.HAVING - _HANDLED and not place:
        return _reaches(premise, b, a, 3)
    if verb in _HANDLED and not place and not lexicon.is_person(claim.subject):
        return _reaches(premise, b, a, 3)
    return False


_HANDLED = frozenset("hold carry bear support show display".split())


def _worn(claim: Claim, premise: ThingIndex) -> bool:
    """A crown that rests on her head, a jacket over his shoulders."""
    return any(
        p.kind == RELATION
        and p.thing == claim.other
        and premise.owner.get(p.other) == claim.thing
        and lexicon.head(p.object) in PARTS
        and predicates.parts(p.value)[1] != "in"
        for p in premise.about[claim.other]
    )


def _reaches(premise: ThingIndex, a: int, b: int, steps: int) -> bool:
    """Return whether a is on or in something that is on or in b."""
    if a == b or premise.owner.get(a) == b:
        return True
    if steps == 0:
        return False
    for p in premise.about[a]:
        if p.kind != RELATION or p.negated or p.other < 0:
            continue
        verb, place, _ = predicates.parts(p.value)
        if (
            p.thing == a
            and place in ("on", "in", "at")
            and _reaches(premise, p.other, b, steps - 1)
        ):
            return True
        holds = p.other == a and verb in ("hold", "contain", "support", "have") and not place
        if holds and not lexicon.is_person(p.subject) and _reaches(premise, p.thing, b, steps - 1):
            return True
    return False
