"""Claims in words: short English sentences that need no other to be understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ACTION, ATTRIBUTE, NUMBER, OBJECT, PLACE, TEXT, places

if TYPE_CHECKING:
    from .things import Entity

_TIMES = {"setting": "The setting is {}.", "event": "The event is {}.", "light": "The light is {}.", "sky": "The sky is {}.", "weather": "The weather is {}."}
_NOUNLIKE = frozenset("beard mustache moustache stubble goatee ponytail bun braid haircut tail mane hair horn antler wing".split())


def _engine():
    from ..words import _engine as engine

    return engine()


def article(noun: str) -> str:
    return _engine().a(noun)


def plural(noun: str) -> str:
    return {"person": "people"}.get(noun) or _engine().plural_noun(noun) or noun


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def name(draft, e: Entity) -> str:
    """The shortest definite noun phrase that tells a thing from the others: "the man on the left"."""
    known = draft.things.all
    if e.members and len(e.members) > 1 and e.head == "person" and not e.heads[1:]:
        parts = [known[m] for m in e.members]
        if all(p.number == 1 for p in parts) and len({p.head for p in parts}) == len(parts):
            return " and ".join(f"the {p.head}" for p in parts)
    noun = plural(e.head) if e.plural and e.head not in _plural_only() else e.head
    if 0 <= e.owner < len(known) and known[e.owner] is not e and known[e.owner].owner != e.index:
        owner = name(draft, known[e.owner])
        return f"{owner}{chr(39) if owner.endswith('s') else chr(39) + 's'} {noun}"
    if e.plural and e.number > 1:
        noun = f"{_engine().number_to_words(e.number) if e.number <= 12 else e.number} {noun}"
    alike = [x for x in known if x is not e and x.head == e.head and not x.part]
    if alike and e.place:
        return f"the {noun} {places.phrase(e.place)}"
    if alike and e.traits:
        return f"the {e.traits[0]} {noun}"
    return f"the {noun}"


def _plural_only():
    from .english_words import PLURAL_ONLY

    return PLURAL_ONLY


def _many(e: Entity) -> bool:
    return e.plural or e.head in _plural_only() or len(e.members) > 1


def _be(e: Entity) -> str:
    return "are" if _many(e) else "is"


def indefinite(e: Entity) -> str:
    if e.plural or e.head in _plural_only():
        return plural(e.head) if e.head not in _plural_only() else e.head
    return e.head if e.mass else article(e.head)


def claim(draft, kind: str, e: Entity, value: str, *, verb=None, negated=False, hedged=False) -> str:
    subject = capital(name(draft, e))
    no = " not" if negated else ""
    be = "appears to be" if hedged and not _many(e) else "appear to be" if hedged else _be(e)
    if kind == OBJECT:
        if negated:
            return f"There {_be(e)} no {plural(e.head) if e.plural else e.head}."
        return f"There {'may be' if hedged else _be(e)} {indefinite(e)}."
    if kind == NUMBER:
        word = _engine().number_to_words(int(value)) if value.isdigit() and int(value) <= 12 else value
        noun = e.head if value == "1" or e.head in _plural_only() else plural(e.head)
        return f"There {'is' if value == '1' else 'are'} {word} {noun}."
    if kind == TEXT:
        return f'{subject} {"read" if _many(e) else "reads"} "{value}".'
    if kind == PLACE:
        return f"{subject} {be}{no} {places.phrase(value)}."
    if kind == ACTION:
        return f"{subject} {be}{no} {_progressive(verb, value)}."
    if kind == ATTRIBUTE:
        if value in _NOUNLIKE or value.endswith((" marking", " spot")):
            return f"{subject} {'have' if _many(e) else 'has'} {article(value)}."
        if value[:1].isupper() or _noun(draft, value):
            return f"{subject} {be}{no} {article(value) if not _many(e) else plural(value)}."
        return f"{subject} {be}{no} {value}."
    return f"{subject} {be}{no} {value}."


def _noun(draft, value: str) -> bool:
    from .english_words import PEOPLE

    return value in PEOPLE


def _progressive(verb, value: str) -> str:
    """ "stand" -> "standing", "look at camera" -> "looking at the camera"."""
    base, _, rest = value.partition(" ")
    if verb is not None and verb.tag_ == "VBG" and verb.lemma_.lower() == base:
        form = verb.text.lower()
    else:
        form = _engine().present_participle(base) if base else ""
    if rest.endswith("camera"):
        rest = rest[: -len("camera")] + "the camera"
    return f"{form} {rest}".strip()


def relation(draft, a: Entity, value: str, b: Entity, *, verb=None, active=False, negated=False, hedged=False) -> str:
    subject, other = capital(name(draft, a)), name(draft, b)
    if not b.definite and b.owner < 0 and not any(x is not b and x.head == b.head for x in draft.things.all) and b.sentence == draft.index:
        other = indefinite(b)
    be = ("appear to be" if _many(a) else "appears to be") if hedged else _be(a)
    no = " not" if negated else ""
    if value == "with" or value == "have":
        return f"{subject} {'have' if _many(a) else 'has'} {'no ' if negated else ''}{other}."
    if verb is None and value != "wear":
        return f"{subject} {be}{no} {value} {other}."
    base, _, rest = value.partition(" ")
    if verb is not None and verb.tag_ == "VBN" and not active and value != "wear" and not any(c.dep_ == "dobj" for c in verb.children):
        return f"{subject} {be}{no} {verb.text.lower()} {rest} {other}.".replace("  ", " ")
    if base in ("cover", "line", "surround", "wear", "fill", "have", "contain", "resemble", "overlook"):
        form = base if _many(a) else _third(base)
        return f"{subject} {form} {rest} {other}.".replace("  ", " ") if not (negated or hedged) else f"{subject} {be}{no} {_progressive(None, base)} {rest} {other}.".replace("  ", " ")
    return f"{subject} {be}{no} {_progressive(verb if not active else None, base)} {rest} {other}.".replace("  ", " ")


def _third(base: str) -> str:
    if base == "have":
        return "has"
    return base + ("es" if base.endswith(("s", "sh", "ch", "x", "o")) else "s")


def scene(subject: str, value: str, negated=False, hedged=False) -> str:
    be = "may be" if hedged else "is"
    no = " not" if negated else ""
    if subject in ("time", "season", "it"):
        value = {"day": "daytime", "night": "night"}.get(value, value)
        return f"It {be}{no} {value}."
    if subject in ("setting", "event") and value not in ("indoors", "outdoors") and " " not in value[-1:]:
        last = value.split()[-1]
        noun = last not in ("urban", "rural", "suburban", "domestic", "outdoor", "indoor", "natural", "casual", "professional", "outside", "inside", "formal", "residential", "industrial")
        return f"The {subject} {be}{no} {article(value) if noun else value}."
    return _TIMES.get(subject, "The {s} is {{}}.".format(s=subject)).replace(" is ", f" {be}{no} ").format(value)
