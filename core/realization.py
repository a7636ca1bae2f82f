"""Claims in words of the pack's own, joined thing by thing: "The woman wears an orange sari and a blouse."."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .claims import ACTION, ATTRIBUTE, NUMBER, OBJECT, PLACE, RELATION, Claim, lexicon
from .claims.english_words import COLOURS, MASS, MATERIALS
from .claims.nouns import is_abstract
from .claims.sayable import FOREIGN, is_sayable
from .claims.verbalization import plural
from .english import article, capital, join_words, number_word
from .image_record import ImageRecord
from .statements import Statement, Verdict

_VERBS = (
    r"is|are|has|have|wears?|covers?|lines?|surrounds?|fills?|contains?|resembles?|overlooks?|supports?|connects?|"
    r"crosse?s?"
)
_PLACES = (
    r"in front|to the left|to the right|on the left|on the right|on top|in|on|at|under|below|above|behind|beside|next to|"
    r"near|between|around|against|along|across|over|by|inside|outside|through|toward|towards|into|onto|down|up|with|from|of|for|to"
)
# The wording of a relation (`claims/verbalization.py`): who, what they do and the other thing.
_RELATION = re.compile(
    rf"^(?P<who>.+?) (?P<what>(?:{_VERBS})(?: \w+(?:ing|ed|en|ung|ld))?(?: (?:{_PLACES})(?: of)?)*) (?P<other>.+)\.$"
)
_PREDICATE = re.compile(r"^(?P<who>.+?) (?P<be>is|are|has|have) (?P<what>.+)\.$")
_UNIQUE = frozenset("sun sky moon ground floor horizon wind sea background foreground".split())
_LONGEST = 14  # words of two predicates that are joined to one sentence


@dataclass(frozen=True)
class Realized:
    """A sentence in the pack's words.

    Attributes:
        says: the statements that it says, by index.
        things: that it names, the one it is about first.
    """

    text: str
    says: frozenset[int]
    things: tuple[int, ...]


def realized(
    record: ImageRecord, wanted: Collection[int], introduced: Collection[int]
) -> list[Realized]:
    """Return sentences for statements that no captioner's sentence makes.

    A statement that would not be an English sentence is left out.

    Args:
        wanted: indices of statements.
        introduced: things that other sentences have named.
    """
    return _Writer(record, wanted, introduced).sentences()


class _Writer:
    def __init__(self, record: ImageRecord, wanted: Collection[int], introduced: Collection[int]):
        self.record, self.introduced = record, set(introduced)
        self.claims: dict[int, Claim] = {}
        self.verbatim: list[int] = []
        for i in sorted(wanted):
            claim = record.statements[i].claim
            if claim is not None and not (is_sayable(claim) and _worth_a_sentence(claim)):
                continue
            plain = claim and not claim.negated and not claim.hedged and claim.thing >= 0
            plain = plain and not FOREIGN.search(claim.text)  # no English sentence is made of those
            if plain and claim.kind in (OBJECT, NUMBER, ATTRIBUTE, ACTION, PLACE, RELATION):
                self.claims[i] = claim
            else:
                self.verbatim.append(i)
        self.left = dict.fromkeys(self.claims)
        there = {  # thing -> the kept statement that it is there, whether it is wanted or goes without saying
            s.claim.thing: i
            for i, s in enumerate(record.statements)
            if s.verdict is Verdict.KEPT
            and s.claim
            and s.claim.kind == OBJECT
            and not s.claim.negated
        }
        spoken_of = {t for c in self.claims.values() for t in (c.thing, c.other)}
        self.there = {t: i for t, i in there.items() if t in spoken_of}
        owned = {t for t in self.there if record.things[t].owner >= 0}  # "the teacher's table"
        self.new = set(self.there) - self.introduced - owned

    def sentences(self) -> list[Realized]:
        done: list[Realized] = []
        for thing in self._order():
            done += self._about(thing)
        counts = [i for i in self.left if self.claims[i].kind == NUMBER]
        done += [
            Realized(self._text(i), frozenset((i,)), _things(self.record.statements[i].claim))
            for i in (*counts, *self.verbatim)
        ]
        return _listed(done)

    def _order(self) -> list[int]:
        """Return the things in the order of writing: introduced ones, then those that no relation names."""
        subjects = list(dict.fromkeys(c.thing for c in self.claims.values()))
        beside = {c.other for c in self.claims.values() if c.kind == RELATION}
        return sorted(subjects, key=lambda t: (t in self.new, t in beside, subjects.index(t)))

    def _text(self, index: int) -> str:
        return cased(self.record.statements[index].text, self.record, index)

    def _of(self, thing: int, *kinds: str) -> list[int]:
        return [
            i for i in self.left if self.claims[i].thing == thing and self.claims[i].kind in kinds
        ]

    def _take(self, indices: Sequence[int]) -> None:
        for i in indices:
            self.left.pop(i, None)

    def _phrase(self, thing: int) -> tuple[str, list[int]]:
        """Return the noun phrase at a first mention, "a bright orange sari", and what it says."""
        said = self.record.statements[self.there[thing]]
        says, head = [self.there[thing]], said.claim.subject
        number = self._of(thing, NUMBER)
        traits = [i for i in self._of(thing, ATTRIBUTE) if _before_noun(self.claims[i].value)]
        traits.sort(key=lambda i: _rank(self.claims[i].value))
        words = [cased(self.claims[i].value, self.record, i) for i in traits]
        many = " are " in said.text
        count = self.claims[number[0]].value if number else ""
        noun = plural(head) if many else head
        if count.isdigit() and int(count) > 1:
            words.insert(0, number_word(int(count)))
        phrase = " ".join([*words, noun])
        mass = not many and (head in MASS or f" {article(head)}." not in said.text)
        taken = [*says, *number, *traits]
        self._take(taken)
        self.new.discard(thing)
        if head in _UNIQUE:
            return f"the {phrase}", taken
        return (phrase if many or mass else article(phrase)), taken

    def _about(self, thing: int) -> list[Realized]:
        """Return the sentences about one thing: its attributes, then its actions and places."""
        mine = self._of(thing, OBJECT, NUMBER, ATTRIBUTE, ACTION, PLACE, RELATION)
        if not mine:
            return []
        fresh = thing in self.new
        who, taken = self._phrase(thing) if fresh else ("", [])
        said: list[tuple[str, list[int], list[int]]] = []  # predicate, says, other things
        qualities = self._of(thing, ATTRIBUTE)
        self._take(qualities)
        does = self._does(thing)
        name = self._name(thing, [i for _, says, _ in does for i in says] or mine)
        if does and not fresh and len(name.split()) == 2:
            before = [i for i in qualities if _before_noun(self.claims[i].value)]
            qualities = [i for i in qualities if i not in before]
            name = " ".join(
                [
                    "The",
                    *(cased(self.claims[i].value, self.record, i) for i in before),
                    name.split()[1],
                ]
            )
            taken = before
        said += self._qualities(qualities)
        said += does
        if not said:
            if not fresh:
                return []
            be = "are" if " are " in self.record.statements[taken[0]].text else "is"
            return [Realized(f"There {be} {who}.", frozenset(taken), (thing,))]
        done = []
        while said:
            predicate, says, others = said.pop(0)
            if said and _alike(predicate, said[0][0]):
                second, more, also = said.pop(0)
                predicate = _both(predicate, second)
                says, others = [*says, *more], [*others, *also]
            subject = capital(who if fresh else name)
            done.append(
                Realized(f"{subject} {predicate}.", frozenset([*taken, *says]), (thing, *others))
            )
            fresh, taken = False, []
        return done

    def _name(self, thing: int, indices: Sequence[int]) -> str:
        for i in indices:
            if self.claims[i].kind == OBJECT:
                continue
            found = (_RELATION if self.claims[i].kind == RELATION else _PREDICATE).match(
                self._text(i)
            )
            if found:
                return found["who"]
        return capital(self.record.things[thing].name or f"the {self.record.things[thing].head}")

    def _qualities(self, indices: Sequence[int]) -> list[tuple[str, list[int], list[int]]]:
        """Return predicates such as "is round and small" and "has long hair", one for each group of like wording."""
        groups: dict[tuple[str, bool], list[tuple[str, int]]] = {}
        for i in indices:
            found = _PREDICATE.match(self._text(i))
            if found:
                noun = found["what"].split()[0] in ("a", "an", "one")
                groups.setdefault((found["be"], noun), []).append((found["what"], i))
        return [
            (f"{be} {join_words([what for what, _ in parts])}", [i for _, i in parts], [])
            for (be, _), parts in groups.items()
        ]

    def _does(self, thing: int) -> list[tuple[str, list[int], list[int]]]:
        said: list[tuple[str, list[int], list[int]]] = []
        groups: dict[str, list[tuple[str, list[int], int]]] = {}
        for i in self._of(thing, RELATION):
            found = _RELATION.match(self._text(i))
            claim = self.claims[i]
            self._take([i])
            if not found:
                continue
            other, says = found["other"], [i]
            if claim.other in self.new and _names(other, claim.object):
                other, more = self._phrase(claim.other)
                says += more
            elif claim.other in self.introduced:
                other = re.sub(r"^an? ", "the ", other)
            counted = [n for n in self._of(claim.other, NUMBER) if _count(self.claims[n]) in other]
            self._take(counted)
            says += counted
            groups.setdefault(found["what"], []).append((other, says, claim.other))
        for what, parts in groups.items():
            others = join_words([other for other, _, _ in parts])
            said.append(
                (f"{what} {others}", [i for _, s, _ in parts for i in s], [t for _, _, t in parts])
            )
        for i in self._of(thing, ACTION, PLACE):
            self._take([i])
            if found := _PREDICATE.match(self._text(i)):
                said.append((f"{found['be']} {found['what']}", [i], []))
        return sorted(said, key=lambda s: not re.match(r"(?:is|are) \w+ing\b", s[0]))


def _rank(value: str) -> int:
    """Return where an adjective stands before a noun: a colour after a size, a material after a colour."""
    last = value.split()[-1]
    return 2 if last in MATERIALS or last == "wooden" else 1 if last in COLOURS else 0


def _worth_a_sentence(claim: Claim) -> bool:
    """Return whether a claim is worth a sentence; not so "there may be food", "there is a lifestyle"."""
    if claim.kind == OBJECT and not claim.negated:
        return not claim.hedged and not is_abstract(claim.subject)
    if claim.kind == RELATION:
        return not is_abstract(claim.object)
    return claim.kind != NUMBER or claim.value != "1"


def _names(phrase: str, noun: str) -> bool:
    return re.search(rf"\b(?:{re.escape(noun)}|{re.escape(plural(noun))})\b", phrase) is not None


def _count(claim: Claim) -> str:
    return f"{number_word(int(claim.value))} " if claim.value.isdigit() else claim.value


def _things(claim: Claim | None) -> tuple[int, ...]:
    return tuple(t for t in (claim.thing, claim.other) if t >= 0) if claim else ()


def _before_noun(value: str) -> bool:
    """Return whether an attribute can stand before its noun: "bright orange", "wooden"; not "covered in
    snow".
    """
    words = value.split()
    if (
        len(words) > 3
        or words[0] in ("made", "covered", "filled")
        or words[-1] in ("on", "off", "up", "down")
    ):
        return False
    if words[-1] in COLOURS | MATERIALS or "-" in words[-1]:
        return True
    return bool(lexicon.senses(words[-1], lexicon.ADJECTIVE)) and not words[-1].endswith("ing")


def _alike(first: str, second: str) -> bool:
    """Return whether two predicates read well with "and" between them."""
    if len(f"{first} {second}".split()) > _LONGEST:
        return False
    if _DOING.match(first) and _THERE.match(second):
        return True
    return bool(_THERE.match(first)) == bool(_THERE.match(second)) and " and " not in first


_DOING = re.compile(r"^(?P<be>is|are) (?P<doing>\w+ing)$")
_THERE = re.compile(rf"^(?:is|are) (?P<there>(?:{_PLACES})\b.*)$")


def _both(first: str, second: str) -> str:
    """Join two predicates of one subject: "is sitting" and "is on a bench" become one."""
    doing, there = _DOING.match(first), _THERE.match(second)
    if doing and there:
        return f"{first} {there['there']}"
    be = re.match(r"(?:is|are) ", first)
    if be and second.startswith(be[0]):
        second = second[be.end() :]
    return f"{first} and {second}"


_ONLY = re.compile(r"^There (?P<be>is|are) (?P<what>[^,]+)\.$")


def _listed(sentences: Sequence[Realized]) -> list[Realized]:
    """Join sentences that only say that things are there: "There is a cup, a glass and a bowl."."""
    alone = [s for s in sentences if _ONLY.match(s.text)]
    if len(alone) < 2:
        return list(sentences)
    found = [_ONLY.match(s.text) for s in alone]
    text = f"There {found[0]['be']} {join_words([f['what'] for f in found])}."
    together = Realized(
        text,
        frozenset().union(*(s.says for s in alone)),
        tuple(dict.fromkeys(t for s in alone for t in s.things)),
    )
    return [together if s is alone[0] else s for s in sentences if s is alone[0] or s not in alone]


def cased(text: str, record: ImageRecord, index: int) -> str:
    """Return a text with the capitals of the captions that said it: "Indian", "TV"."""
    forms = _capitals(record.statements[index], record.readings)
    return re.sub(r"[^\W\d_]+", lambda word: forms.get(word[0], word[0]), text) if forms else text


def _capitals(statement: Statement, readings: Mapping) -> dict[str, str]:
    forms: dict[str, str] = {}
    for occurrence in statement.occurrences:
        reading = readings.get(occurrence.source)
        if reading is None or not 0 <= occurrence.sentence < len(reading.sentences):
            continue
        said = reading.sentences[occurrence.sentence].said
        words = re.findall(r"(?<=[\w,] )[^\W\d_]+", said)
        lower = {w for w in words if w.islower()}
        forms |= {w.lower(): w for w in words if w != w.lower() and w.lower() not in lower}
    return forms
