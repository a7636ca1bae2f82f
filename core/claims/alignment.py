"""Aligns the things of two texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from . import (
    ACTION,
    ATTRIBUTE,
    NUMBER,
    OBJECT,
    PLACE,
    RELATION,
    TEXT,
    Claim,
    Reading,
    lexicon,
    predicates,
    sides,
    values,
)
from .comparison import called
from .english_words import COLLECTIVES
from .thing_index import ThingIndex

MayBe = Callable[[int, int], bool]
# Where several people are natural: two that are only "a man" need not be one.
_PUBLIC = frozenset(
    "street sidewalk road platform park beach field market station square plaza crowd crosswalk court stadium "
    "slope mall track grass sand pavement bus train airport festival event stand lot".split()
)
_EVERYWHERE = frozenset(
    "sky sun moon floor ground horizon ceiling weather light background".split()
)
_MASS = frozenset(
    "grass sand snow water tree leaf cloud vegetation foliage building sky bush plant dirt".split()
)


def align(premise: Reading, hypothesis: Reading, may_be: MayBe | None = None) -> dict[int, int]:
    """Things of the hypothesis -> the things of the premise that they are.

    Pairs are taken from the likeliest on; parts and belongings follow what they belong to. Two
    indefinite things of which something differs stay two, unless what they do shows them to be one.

    Args:
        may_be: (thing of the premise, thing of the hypothesis) -> False where they cannot be one.
    """
    return align_known(ThingIndex.of(premise), ThingIndex.of(hypothesis), may_be)


def align_known(p: ThingIndex, h: ThingIndex, may_be: MayBe | None = None) -> dict[int, int]:
    found: dict[int, int] = {}
    taken: set[int] = set()
    owned = set(h.owner)
    first = [i for i in range(len(h.reading.things)) if i not in owned]
    middle = [i for i in owned if h.owner[i] not in owned]
    for chosen in (first, sorted(middle), sorted(owned - set(middle))):
        pairs = []
        for j in chosen:
            for i in range(len(p.reading.things)):
                if may_be and not may_be(i, j):
                    continue
                if (score := _score(p, i, h, j, found)) > 0:
                    pairs.append((-score, j, i))
        for _, j, i in sorted(pairs):
            if j not in found and i not in taken:
                found[j] = i
                taken.add(i)
        # A second name for a thing that is taken ("the person", where coreference missed it).
        for score, j, i in sorted(pairs):
            if (
                j not in found
                and -score >= 2
                and h.reading.things[j].definite
                and _free(h, j, found, i)
            ):
                found[j] = i
    kept = {
        j: i for j, i in found.items() if not _are_distinct(p, i, h, j, found, may_be is not None)
    }
    return {
        j: i
        for j, i in kept.items()
        if not (h.owner.get(j, -1) in found and h.owner[j] not in kept and i in p.owner)
    }


def one_and_many(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    """A single living thing and several of its kind: what differs may be another one's."""
    a, b = p.reading.things[i], h.reading.things[j]
    if not (lexicon.is_person(a.head) or lexicon.is_kind(a.head, "animal")):
        return False
    return (a.number == 1) != (b.number == 1)


def _free(h: ThingIndex, j: int, found: dict[int, int], i: int) -> bool:
    """No other thing of the hypothesis that stands beside j is i already."""
    rivals = [k for k, v in found.items() if v == i]
    return not any(
        c.kind == RELATION and {c.thing, c.other} == {j, k} for k in rivals for c in h.about[j]
    ) and not any(h.place(k) != h.place(j) for k in rivals)


def _score(p: ThingIndex, i: int, h: ThingIndex, j: int, found: dict[int, int]) -> float:
    """Return how likely thing i of the premise is thing j of the hypothesis; 0 where it cannot be."""
    a, b = p.reading.things[i], h.reading.things[j]
    kind = kinship(a.head, b.head, called(a), called(b))
    own, other = p.owner.get(i, -1), h.owner.get(j, -1)
    owners = own >= 0 and other >= 0 and found.get(other) == own
    if kind <= 0:
        # The animal on her lap may be called another; a person of other sex is another person.
        named = a.definite or b.definite or p.plural(i)
        one = kind < 0 and ((named and shared(p, i, h, j) >= 2) or _same_role(p, i, h, j))
        if not one:
            return 0.0
        kind = 0.5
    if own >= 0 and other >= 0 and found.get(other) != own:
        known = other in found
        if (known and not _group_of(p, own, found[other])) or (
            not known and _strangers(p, own, h, other)
        ):
            return 0.0
    many, single = (a, b) if lexicon.head(a.head) in COLLECTIVES else (b, a)
    if (
        lexicon.head(many.head) in COLLECTIVES
        and lexicon.head(single.head) not in COLLECTIVES
        and single.number == 1
    ):
        return 0.0  # a man is not a couple
    one, two = p.place(i), h.place(j)
    if sides.places_clash(one, two):
        return 0.0
    if any(values.tells_apart(x, y) for x in a.told for y in b.told):
        return 0.0
    score = (
        kind + owners + 0.3 * min(4, shared(p, i, h, j)) - 0.4 * min(3, len(clashes(p, i, h, j)))
    )
    if any(values.compared(x) == values.compared(y) for x in a.told for y in b.told):
        score += 1.0
    m, n = p.counted.get(i, a.number), h.counted.get(j, b.number)
    if m and n and m != n:
        counted = i in p.counted and j in h.counted
        if not counted and (m > 1) != (n > 1):
            return 0.0 if not (a.definite or b.definite) or one or two else max(0.1, score - 1.5)
        score -= 0.3
    elif m == n:
        score += 1.0 if m > 1 else 0.2
    return max(score, 0.05)


@lru_cache(maxsize=16384)
def kinship(a: str, b: str, heads: tuple[str, ...], others: tuple[str, ...]) -> float:
    """3: the same kind, 2.5 or 2: one is a kind of the other, -1: kinds that exclude each other, 0: strangers."""
    if lexicon.same(a, b):
        return 3.0
    if any(lexicon.same(x, y) for x in heads for y in others):
        return 2.8
    if (x := lexicon.gender(a)) and (y := lexicon.gender(b)) and x != y:
        return -1.0
    if any(lexicon.is_kind(x, b) for x in heads):
        return 2.5 if b not in lexicon.ANYTHING else 1.0
    if any(lexicon.is_kind(a, y) or lexicon.is_kind(y, a) for y in others):
        return 2.0 if a not in lexicon.ANYTHING else 1.0
    if lexicon.is_person(a) and lexicon.is_person(b):
        return 1.2
    if any(b in x.split() or x in b.split() for x in heads):
        return 1.5
    if lexicon.excludes(a, b):
        return -1.0
    return 0.0


def shared(p: ThingIndex, i: int, h: ThingIndex, j: int) -> int:
    """Return how many telling claims of the two things say the same, whatever their other things' numbers
    are.
    """
    return sum(
        any(_alike(c, i, d, j) for c in p.about[i])
        for d in h.about[j]
        if d.kind not in (OBJECT, NUMBER)
    )


def _alike(c: Claim, i: int, d: Claim, j: int) -> bool:
    if c.negated or d.negated:
        return False
    if c.kind == RELATION == d.kind:
        if (c.thing == i) == (d.thing == j):
            x, y = (c.object, d.object) if c.thing == i else (c.subject, d.subject)
            return lexicon.is_kind(x, y) and predicates.entails(c.value, d.value)
        x, y = (c.object, d.subject) if c.thing == i else (c.subject, d.object)
        return lexicon.is_kind(x, y) and predicates.entails(c.value, d.value, True)
    if c.thing != i or d.thing != j:
        return False
    if c.kind == PLACE == d.kind:
        return sides.place_entails(c.value, d.value)
    if {c.kind, d.kind} <= {ATTRIBUTE, ACTION}:
        return values.entails(c.value, d.value) or predicates.action_entails(c.value, d.value)
    return False


def clashes(p: ThingIndex, i: int, h: ThingIndex, j: int) -> list[tuple[Claim, Claim]]:
    """Claims of the two things that could not both be true of one."""
    found = []
    for c in p.about[i]:
        if c.thing != i or c.kind not in (ATTRIBUTE, ACTION, PLACE, RELATION, NUMBER, TEXT):
            continue
        for d in h.about[j]:
            if d.thing != j:
                continue
            if c.kind == PLACE == d.kind:
                clash = sides.places_clash(c.value, d.value)
            elif c.kind == NUMBER == d.kind or c.kind == TEXT == d.kind:
                clash = c.value != d.value
            elif {c.kind, d.kind} <= {ATTRIBUTE, ACTION}:
                clash = c.negated == d.negated and (
                    values.excludes(c.value, d.value)
                    or predicates.action_excludes(c.value, d.value)
                )
            elif {c.kind, d.kind} <= {ATTRIBUTE, ACTION, RELATION}:
                clash = predicates.posture_excludes(
                    predicates.parts(c.value)[0], predicates.parts(d.value)[0]
                )
            else:
                clash = False
            if clash and not c.negated and not d.negated:
                found.append((c, d))
    return found


def _same_role(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    """One of the two is definite and they stand in the same relation to things of one name, no garments."""
    a, b = p.reading.things[i], h.reading.things[j]
    if not (a.definite or b.definite) or lexicon.is_kind(a.head, "garment"):
        return False
    return any(
        _alike(c, i, d, j) for c in p.about[i] for d in h.about[j] if c.kind == RELATION == d.kind
    )


_ROLES = ("on", "in", "with", "toward", "under")


def _in_one_role(p: ThingIndex, i: int, h: ThingIndex, j: int, found: dict[int, int]) -> bool:
    """What the sign is mounted on is one thing, whatever the post is made of."""
    head = p.reading.things[i].head
    if not lexicon.same(head, h.reading.things[j].head) or lexicon.is_person(head):
        return False
    roles = ("on",) if lexicon.is_kind(head, "animal") else _ROLES  # what somebody rides is one

    def neighbours(known: ThingIndex, index: int) -> set[int]:
        found = set()
        for c in known.about[index]:
            if c.kind == RELATION and c.other >= 0 and not c.negated:
                verb, place, _ = predicates.parts(c.value)
                if place in roles or (not place and verb in predicates.HAVING | {"wear"}):
                    found |= {c.thing, c.other} - {index}
        return found

    near = neighbours(p, i)
    return any(
        found.get(m) in near
        and (p.reading.things[found[m]].definite or h.reading.things[m].definite)
        for m in neighbours(h, j)
        if m in found
    )


def _strangers(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    """Two owners that were not taken for one although both are people, or of one kind."""
    a, b = p.reading.things[i].head, h.reading.things[j].head
    return lexicon.same(a, b) or (lexicon.is_person(a) and lexicon.is_person(b))


def _group_of(p: ThingIndex, a: int, b: int) -> bool:
    """One of two owners is a group that the other belongs to."""
    x, y = p.reading.things[a], p.reading.things[b]
    return b in x.members or a in y.members


def _are_distinct(
    p: ThingIndex, i: int, h: ThingIndex, j: int, found: dict[int, int], one_view: bool
) -> bool:
    """Something differs, and nothing says that the two are one.

    Args:
        one_view: the two texts are known to describe the same part of an image.
    """
    a, b = p.reading.things[i], h.reading.things[j]
    if lexicon.same(a.head, b.head) and lexicon.head(a.head) in _EVERYWHERE:
        return False
    differ = clashes(p, i, h, j) + [
        pair
        for k in p.belongings(i)
        for m in h.belongings(j)
        if lexicon.same(p.reading.things[k].head, h.reading.things[m].head)
        or (found.get(m) == k and lexicon.is_kind(h.reading.things[m].head, "garment"))
        for pair in clashes(p, k, h, m)
    ]
    if not differ:
        return False
    own, other = p.owner.get(i, -1), h.owner.get(j, -1)
    if own >= 0 and other >= 0 and found.get(other) == own:
        return False
    if any(c.kind == TEXT for c, _ in differ) and not (a.definite and b.definite):
        return True
    if _in_one_role(p, i, h, j, found):
        return False
    if a.definite and b.definite and _restricted_apart(p, i, h, j):
        return True
    if any(c.kind == PLACE for c, _ in differ) and (
        lexicon.head(a.head) in _MASS or p.place(i) or h.place(j)
    ):
        return True
    if a.definite and b.definite:
        return False
    together = shared(p, i, h, j)
    if any(c.kind == NUMBER for c, _ in differ):
        return not lexicon.same(a.head, b.head)
    if a.definite or b.definite:
        return (
            not lexicon.same(a.head, b.head)
            and together < 1
            and kinship(a.head, b.head, called(a), called(b)) < 2
        )
    if p.plural(i) and h.plural(j):
        return together < 1
    living = lexicon.is_person(a.head) or lexicon.is_kind(a.head, "animal")
    if (
        living and not one_view
    ):  # where everybody is, and the garment of which something differs, tell nobody
        together -= sum(
            c.kind == RELATION
            and c.thing == i
            and (
                lexicon.head(c.object) in _PUBLIC
                or any(c.other in (x.thing, x.other) for x, _ in differ)
            )
            and any(_alike(c, i, d, j) for d in h.about[j])
            for c in p.about[i]
        )
    crowd = any(lexicon.head(x) in _PUBLIC for x in _around(p, i) + _around(h, j))
    return together < (2 if not living or not crowd else 4)


def _restricted_apart(p: ThingIndex, i: int, h: ThingIndex, j: int) -> bool:
    """Return whether what follows the nouns tells the two apart: "the jar on the lower shelf", "the jar by the
    door".
    """
    one, other = p.restriction(i), h.restriction(j)
    a, b = p.reading.things[i], h.reading.things[j]
    for told, phrase in ((b.told, one), (a.told, other)):
        if phrase and any(values.tells_apart(x, w) for x in told for w in phrase[0].split()):
            return True
    if not one or not other:
        return False
    (said, k), (also, m) = one, other
    if predicates.excludes(said, also):
        return True
    x, y = p.reading.things[k], h.reading.things[m]
    if kinship(x.head, y.head, called(x), called(y)) <= 1 and not (
        lexicon.is_kind(y.head, x.head) or lexicon.is_kind(x.head, y.head)
    ):
        return True
    if any(values.tells_apart(v, w) for v in x.told for w in y.told):
        return True
    return lexicon.same(x.head, y.head) and bool(clashes(p, k, h, m))


def _around(known: ThingIndex, index: int) -> list[str]:
    """Return what the thing stands on or beside, and the setting."""
    near = [
        c.object if c.thing == index else c.subject
        for c in known.about[index]
        if c.kind == RELATION
    ]
    return near + [c.value for c in known.reading.claims if c.subject == "setting"]


def members(known: ThingIndex, index: int) -> Sequence[int]:
    """Return the single things that a group consists of, as far as the text names them."""
    thing = known.reading.things[index]
    if thing.members:
        return thing.members
    if not known.plural(index):
        return ()
    return [
        k
        for k, other in enumerate(known.reading.things)
        if k != index
        and other.number == 1
        and lexicon.is_kind(other.head, thing.head)
        and (known.place(k) or other.definite)
    ]
