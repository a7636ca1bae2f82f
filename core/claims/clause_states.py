"""What the wording of two texts puts one thing in, where a reader missed it: states that exclude each other.

A small parser drops a predicate now and then ("has both feet on the ground"). What follows a noun up to the end of its
clause is looked at as well as the claims.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from . import ACTION, ATTRIBUTE, RELATION, comparison, implied_states, lexicon, predicates, values
from .alignment import one_and_many
from .implied_states import State
from .thing_index import ThingIndex

_END = re.compile(
    r"[.;:]|\b(?:while|whereas|but|although|because|before|after|until|as if|as though)\b|"
    r"(?:,|\band\b|\bas\b|,? with\b)(?= (?:and )?(?:the|a|an|his|her|its|their|one|two|three|several|some|another|other|"
    r"he|she|it|they)\b)"
)
_NOT_YET = re.compile(
    r"\b(?:almost|nearly|about to|ready to|trying to|waiting to|used to|half|partly|partially|instead|if)\b"
)
_FINITE = re.compile(
    r"^\s*(?:is|are|has|have|sits?|stands?|lies?|hangs?|looks?|walks?|runs?|seems?|appears?)\b"
)
_PREPOSITION = re.compile(
    r"\b(?:of|on|in|at|by|with|near|beside|behind|under|above|over|to|from|next to)\s+$"
)
_SURFACES = frozenset("surface top inside interior exterior body".split())
_BODY = frozenset("head hair face eye mouth foot beard mustache chin scalp lip chest torso".split())
_SPOILT = frozenset(("mud", "dirt", "dust", "grime", "rust"))


def clash(p: ThingIndex, h: ThingIndex, alignment: Mapping[int, int]) -> bool:
    """Return whether one thing is in two states at once, as the claims and clauses about it say.

    Args:
        alignment: things of h -> the things of p that they are.
    """
    for j, i in alignment.items():
        a, b = p.reading.things[i], h.reading.things[j]
        if one_and_many(p, i, h, j) or not (a.definite or b.definite):
            continue
        if a.number != 1 and b.number != 1 and not (a.definite and b.definite):
            continue
        if implied_states.exclude(_stated(p, i), _stated(h, j)):
            return True
        if (one := _materials(p, i)) and (other := _materials(h, j)) and not one & other:
            return True
        if lexicon.is_person(a.head) and (
            (_hands_rest(p, i) and _hands_work(h, j)) or (_hands_rest(h, j) and _hands_work(p, i))
        ):
            return True
    return False


_MADE = re.compile(
    r"\b(?:made|built|carved|cast|constructed|woven|forged|crafted|hewn|molded)(?: \w+ly)? (?:up )?(?:of|from|out of|in)"
    r"((?: [\w-]+){1,3})"
)


def _materials(known: ThingIndex, thing: int) -> frozenset[str]:
    """Return the materials that a thing is said to be made of, or a building's walls."""
    made = [
        found[1].split() for phrase in _clauses(known, thing) for found in _MADE.finditer(phrase)
    ]
    walls = [
        k
        for k in known.belongings(thing)
        if lexicon.head(known.reading.things[k].head) in ("wall", "facade")
        and lexicon.is_kind(known.reading.things[thing].head, "building")
    ]
    called = [
        values.words(claim.value)
        for k in (thing, *walls)
        for claim in known.about[k]
        if claim.thing == k and claim.kind == ATTRIBUTE and not claim.negated
    ]
    # What is called gold or silver may only have the colour; what is cast in bronze is of bronze.
    named = [_material(words) for words in made]
    named += [_material(words) for words in called if not {*words} & values.COLOURS.keys()]
    return frozenset().union(*named)


def _material(words: Sequence[str]) -> frozenset[str]:
    """Return the family of the last material among the words: stone of "white marble statue"."""
    for word in reversed(words):
        if found := values.MATERIALS.get(lexicon.singular(word)):
            return found
    return frozenset()


_RESTING = re.compile(
    r"\b(?:arms|hands) (?:are |is )?(?:folded|crossed|clasped|in (?:his|her|their) (?:pockets|lap)|"
    r"behind (?:his|her|their) (?:back|head)|resting in (?:his|her|their) lap)|"
    r"\b(?:crossed|folded|clasped) (?:arms|hands)\b|\b(?:crosses|folds) (?:his|her|their) arms\b|\bempty-handed\b"
)
_WORK = implied_states.MANUAL | frozenset(
    "push pull lift row drive steer dig operate assemble repair".split()
)


def _hands_rest(known: ThingIndex, thing: int) -> bool:
    """Return whether the one person of whom a text speaks has arms folded or hands in pockets."""
    people = [i for i, t in enumerate(known.reading.things) if lexicon.is_person(t.head)]
    return people == [thing] and bool(_RESTING.search(known.text))


def _hands_work(known: ThingIndex, thing: int) -> bool:
    return any(
        c.kind in (ACTION, RELATION)
        and c.thing == thing
        and not c.negated
        and (
            lexicon.lemma(predicates.parts(c.value)[0]) in _WORK
            or (c.value == "play" and bool(c.object) and lexicon.is_kind(c.object, "instrument"))
        )
        for c in known.about[thing]
    )


def _stated(known: ThingIndex, thing: int) -> frozenset[State]:
    """Return the states that a text puts a thing in; of a row of which it says two, none."""
    found: set[State] = set()
    for claim in known.about[thing]:
        found |= implied_states.of_claim(claim, thing)
        if claim.kind == RELATION and claim.other == thing and not claim.negated:
            for action in known.about[claim.thing]:  # "water rushes" and "water through the stream"
                if (
                    action.kind == ACTION
                    and action.sentence == claim.sentence
                    and not action.negated
                ):
                    phrase = f"{claim.subject} {action.value} {claim.value}"
                    found |= implied_states.states(claim.object, phrase)
    noun = known.reading.things[thing].head
    for part in known.belongings(thing):
        name = lexicon.head(known.reading.things[part].head)
        for claim in known.about[part]:
            if claim.thing != part or claim.negated or claim.kind not in (ATTRIBUTE, RELATION):
                continue
            if name in _SURFACES or claim.object in _SPOILT:  # with muddy tires no car is spotless
                found |= implied_states.states(noun, f"{claim.value} {claim.object}")
            elif name in _BODY and claim.kind == ATTRIBUTE:
                found |= implied_states.states(noun, f"{claim.value} {name}")
            elif name in _BODY:
                found |= implied_states.states(noun, f"{name} {claim.value} {claim.object}")
    if lexicon.head(noun) not in ("hand", "arm"):
        for phrase in _clauses(known, thing):
            found |= implied_states.states(noun, phrase)
    rows = [row for row, _ in found]
    return frozenset(s for s in found if rows.count(s[0]) == 1)


def _clauses(known: ThingIndex, thing: int) -> list[str]:
    """Return what follows the thing's mentions, to the end of the clause or of the next thing in it."""
    found = []
    for sentence in known.reading.sentences:
        text, mentions = sentence.text, sorted(sentence.mentions)
        if comparison.DENIAL.search(text) or _NOT_YET.search(text):
            continue
        for start, end, named in mentions:
            if (
                named != thing
                or text[end : end + 2] in ("'s", "’s")
                or text[start:end].endswith(("'s", "’s"))
            ):
                continue
            after = text[end:]
            if _PREPOSITION.search(text[:start]) and _FINITE.match(after):
                continue  # "the boy next to the dog is jumping"
            stops = [m.start() for m in [_END.search(after)] if m]
            stops += [
                m[1] - end
                for m in mentions
                if m[0] > end and m[2] != thing and known.owner.get(m[2], -1) != thing
            ][:1]
            phrase = after[: min(stops, default=len(after))].lower()
            found.append(phrase)
    return found
