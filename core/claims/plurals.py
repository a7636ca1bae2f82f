"""Several things of one kind: which of them a sentence speaks of, and what is said of all of them together."""

from __future__ import annotations

from collections.abc import Mapping

from . import Sentence, lexicon
from .thing_index import ThingIndex


def is_plural(known: ThingIndex, index: int) -> bool:
    """Return whether a thing is spoken of in the plural: counted as several, or by a plural noun."""
    thing = known.reading.things[index]
    if known.plural(index):
        return True
    if thing.number or lexicon.head(thing.head).endswith("s"):
        return False
    for s in known.reading.sentences:
        for start, end, named in s.mentions:
            words = s.text[start:end].lower().split()
            if named == index and words and _plural_form(words[-1], lexicon.head(thing.head)):
                return True
    return False


def _plural_form(word: str, head: str) -> bool:
    return word != head and lexicon.singular(word) == head


def rival_named(sentence: Sentence, thing: int, premise: ThingIndex) -> bool:
    """Return whether a sentence names another single thing of that noun, and neither the thing nor a group
    with it.
    """
    things = premise.reading.things
    named = {m[2] for m in sentence.mentions}
    if thing < 0 or thing in named:
        return False
    alike = {k for k in named if lexicon.same(things[k].head, things[thing].head)}
    return bool(alike) and all(things[k].number == 1 for k in alike)


def together(
    premise: ThingIndex, written: ThingIndex, found: Mapping[int, int]
) -> dict[int, tuple[int, ...]]:
    """Return what the written text names in the plural where the facts name single things or a group.

    Returns:
        thing of the written text -> the things of the premise of all of which its claims must hold:
        the group, where the premise speaks of one, else every single thing of that kind.
    """
    things = premise.reading.things
    several: dict[int, tuple[int, ...]] = {}
    for j, thing in enumerate(written.reading.things):
        at = found.get(j, -1)
        if not is_plural(written, j) or (at >= 0 and things[at].number != 1):
            continue
        alike = [k for k, t in enumerate(things) if lexicon.is_kind(t.head, thing.head)]
        groups = [k for k in alike if premise.plural(k)]
        single = [k for k in alike if things[k].number == 1]
        if at >= 0 and groups:
            several[j] = (groups[0],)
        elif len(single) > 1 and (at >= 0 or thing.number in (0, len(single))) and not groups:
            several[j] = tuple(single)
        elif at >= 0 and len(single) == 1 and thing.number > 1:
            several[j] = ()
    return several


def of_another(premise: ThingIndex, written: ThingIndex, found: Mapping[int, int]) -> set[int]:
    """Parts and belongings in the written text of which the facts know only those of another of the owner's kind.

    Facts about the roof of the blue car say nothing of "the roof of the red car".
    """
    things, apart = premise.reading.things, set()
    for j, thing in enumerate(written.reading.things):
        own = found.get(written.owner.get(j, -1), -1)
        if j in found or own < 0:
            continue
        alike = [k for k, t in enumerate(things) if lexicon.same(t.head, thing.head)]
        alike = alike or [k for k, t in enumerate(things) if lexicon.is_kind(t.head, thing.head)]
        owners = {premise.owner.get(k, -1) for k in alike}
        if owners and all(o >= 0 and o != own and _rivals(premise, o, own) for o in owners):
            apart.add(j)
    return apart


def _rivals(premise: ThingIndex, a: int, b: int) -> bool:
    """Two single things of one kind, or two people."""
    x, y = premise.reading.things[a], premise.reading.things[b]
    if premise.plural(a) or premise.plural(b):
        return False
    return lexicon.same(x.head, y.head) or (lexicon.is_person(x.head) and lexicon.is_person(y.head))
