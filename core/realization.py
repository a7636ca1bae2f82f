"""Claims in words of the pack's own, joined thing by thing: "The woman wears an orange sari and a blouse."."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from .claims import ACTION, ATTRIBUTE, NUMBER, OBJECT, PLACE, RELATION, Claim, lexicon
from .claims.english_words import (
    ALWAYS_PARTS,
    COLOURS,
    FEMALE,
    GARMENTS,
    GROUNDS,
    HAIR,
    MALE,
    MASS,
    MATERIALS,
    PARTS,
    POSTURES,
)
from .claims.grammar_check import are_sentences
from .claims.nouns import is_abstract
from .claims.sayable import FOREIGN, is_sayable
from .claims.verbalization import plural
from .english import agreeing, article, capital, is_plural_form, join_words, number_word
from .image_record import ImageRecord
from .joining import PLACES, Realized, alike, both, joined_colours, listed
from .noun_phrases import INCOMPLETE, before_noun, cased, rank
from .statements import Verdict

_VERBS = (
    r"is|are|has|have|wears?|covers?|lines?|surrounds?|fills?|contains?|resembles?|overlooks?|supports?|connects?|"
    r"crosse?s?"
)
# The wording of a relation (`claims/verbalization.py`): who, what they do and the other thing.
_RELATION = re.compile(
    rf"^(?P<who>.+?) (?P<what>(?:{_VERBS})(?: \w+(?:ing|ed|en|ung|ld))?(?: (?:{PLACES})(?: of)?)*) (?P<other>.+)\.$"
)
_PLACE_ONLY = re.compile(rf"(?:is|are)(?: (?:{PLACES})(?: of)?)+")
_PREDICATE = re.compile(r"^(?P<who>.+?) (?P<be>is|are|has|have) (?P<what>.+)\.$")
_UNIQUE = frozenset("sun sky moon ground floor horizon wind sea background foreground".split())


def realized(
    record: ImageRecord, wanted: Collection[int], introduced: Collection[int]
) -> list[Realized]:
    """Return sentences for statements that no captioner's sentence makes.

    A statement that would not be an English sentence is left out.

    Args:
        wanted: indices of statements.
        introduced: things that other sentences have named.
    """
    found = _Writer(record, wanted, introduced).sentences()
    return [s for s, ok in zip(found, are_sentences([s.text for s in found])) if ok]


class _Writer:
    def __init__(self, record: ImageRecord, wanted: Collection[int], introduced: Collection[int]):
        self.record, self.introduced = record, set(introduced)
        self.claims: dict[int, Claim] = {}
        self.verbatim: list[int] = []
        for i in sorted(wanted):
            claim = record.statements[i].claim
            if claim is not None and not (is_sayable(claim) and self._is_worth_a_sentence(claim)):
                continue
            plain = claim and not claim.negated and not claim.hedged and claim.thing >= 0
            # English sentences are not built from claims in another script.
            plain = plain and not FOREIGN.search(claim.text)
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

    def _is_worth_a_sentence(self, claim: Claim) -> bool:
        """Return whether a claim is worth a sentence; not so "there may be food", "there is a lifestyle", "the woman has
        hair", or where a thing is that another sentence has named.
        """
        if re.search(r"['’]s? \S+['’]s? ", claim.text):
            return False  # "the cat's fur's markings"
        if claim.kind == OBJECT and not claim.negated:
            last = lexicon.head(claim.subject)
            person = lexicon.is_person(last) and any(
                lexicon.is_person(self.record.things[t].head) for t in self.introduced
            )  # "five people" may be those who have been named
            colour = claim.subject.split("-")[-1] in COLOURS  # "golden-brown"
            named = (
                not colour and bool(lexicon.senses(last)) and last not in MATERIALS and not person
            )
            return named and not claim.hedged and not is_abstract(claim.subject)
        if claim.kind == RELATION:
            bare = claim.value in ("with", "have") and claim.object in HAIR
            motion = claim.value in _TOWARDS and re.search(
                rf"\b(?:is|are) {claim.value} ", claim.text
            )
            return not bare and not motion and not is_abstract(claim.object)
        if claim.kind == PLACE:
            return claim.thing not in self.introduced
        part = claim.kind in (ATTRIBUTE, ACTION) and lexicon.head(claim.subject) in ALWAYS_PARTS
        if part and self.record.things[claim.thing].owner < 0:
            return False  # "the arm is raised": whose?
        if claim.kind == ACTION and not lexicon.is_living(claim.subject):
            return lexicon.lemma(claim.value) not in _SOMEWHERE
        if claim.kind == ATTRIBUTE:
            bare = claim.value in ALWAYS_PARTS and claim.value not in HAIR - {"hair"}
            return not bare and claim.value not in INCOMPLETE
        return claim.kind != NUMBER or claim.value != "1"

    def sentences(self) -> list[Realized]:
        done: list[Realized] = []
        for thing in self._order():
            done += self._about(thing)
        counts = [i for i in self.left if self.claims[i].kind == NUMBER]
        done += [
            Realized(self._text(i), frozenset((i,)), _things(self.record.statements[i].claim))
            for i in (*counts, *self.verbatim)
        ]
        return listed(done, self._place)

    def _place(self, sentence: Realized) -> str:
        """Return the smallest region in which what a sentence says was seen."""
        regions = {n for i in sentence.says for n in self.record.statements[i].regions}
        return min(sorted(regions), key=lambda n: self.record.root.find(n).box.area)

    def _order(self) -> list[int]:
        """Return the things in the order of writing: introduced ones, then those that no relation names."""
        subjects = list(dict.fromkeys(c.thing for c in self.claims.values()))
        beside = {c.other for c in self.claims.values() if c.kind == RELATION}
        return sorted(subjects, key=lambda t: (t in self.new, t in beside, subjects.index(t)))

    def _text(self, index: int) -> str:
        text = cased(self.record.statements[index].text, self.record, index)
        text = re.sub(
            r"\b(on|in|at) (edge|middle|top|side|end|base|foot|bottom|center|corner) of\b",
            r"\1 the \2 of",
            text,
        )
        return re.sub(r"\bno an? ", "no ", text)

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
        traits = [i for i in self._of(thing, ATTRIBUTE) if before_noun(self.claims[i].value)]
        traits.sort(key=lambda i: rank(self.claims[i].value))
        values = [cased(self.claims[i].value, self.record, i) for i in traits]
        words = joined_colours([v for v in dict.fromkeys(values) if v not in head.split()])
        many = " are " in said.text
        count = self.claims[number[0]].value if number else ""
        noun = plural(head) if many else head
        if count.isdigit() and int(count) > 1:
            words.insert(0, number_word(int(count)))
        phrase = " ".join([*words, noun])
        mass = not many and (head in MASS or not re.search(r"\bis an? ", said.text))
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
        name, many = self._name(thing, [i for _, says, _ in does for i in says] or mine)
        if fresh:
            many = " are " in self.record.statements[self.there[thing]].text
        if does and not fresh and len(name.split()) == 2:
            before = [i for i in qualities if before_noun(self.claims[i].value)]
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
            if not _stands_alone(self.record.things[thing].head):
                return []
            be = "are" if " are " in self.record.statements[taken[0]].text else "is"
            return [Realized(f"There {be} {who}.", frozenset(taken), (thing,))]
        done = []
        while said:
            predicate, says, others = said.pop(0)
            predicate = agreeing(predicate, many)
            if said and alike(predicate, said[0][0]):
                second, more, also = said.pop(0)
                predicate = both(predicate, second)
                says, others = [*says, *more], [*others, *also]
            subject = capital(who if fresh else name)
            done.append(
                Realized(f"{subject} {predicate}.", frozenset([*taken, *says]), (thing, *others))
            )
            fresh, taken = False, []
        return done

    def _is_misread(self, claim: Claim) -> bool:
        """Return whether a relation looks like a phrase that the parser attached to the wrong word: "the gloves have the
        mirror", "the woman is in the man".
        """
        if claim.value in ("with", "have"):
            known = claim.other in self.introduced
            return known and self.record.things[claim.other].owner != claim.thing
        inside = claim.value in ("in", "inside", "into", "on")
        return inside and (
            lexicon.is_person(claim.object) or (lexicon.head(claim.subject) in GARMENTS)
        )

    def _name(self, thing: int, indices: Sequence[int]) -> tuple[str, bool | None]:
        """Return the name of a thing, and whether it is a plural (None: unknown)."""
        for i in indices:
            if self.claims[i].kind == OBJECT:
                continue
            found = (_RELATION if self.claims[i].kind == RELATION else _PREDICATE).match(
                self._text(i)
            )
            if found:
                verb = self._text(i)[found.end("who") :].split()[0]
                return found["who"], is_plural_form(verb)
        name = self.record.things[thing].name or f"the {self.record.things[thing].head}"
        return capital(name), None

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
        placed: set[int] = set()
        for i in self._of(thing, RELATION):
            found = _RELATION.match(self._text(i))
            claim = self.claims[i]
            self._take([i])
            if not found or self._is_misread(claim):
                continue
            if _PLACE_ONLY.fullmatch(found["what"]):
                if claim.other in placed:  # "behind the woman and beside the woman"
                    continue
                placed.add(claim.other)
            other, says = _theirs(found["other"], found["who"], claim.subject), [i]
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


def _theirs(other: str, who: str, subject: str) -> str:
    """Return "her notebook" for "the woman's notebook" in a sentence about the woman."""
    owner = re.match(rf"{re.escape(who)}['’]s? ", other, re.IGNORECASE)
    if owner is None:
        return other
    noun = lexicon.head(subject)
    male, female = noun in MALE, noun in FEMALE
    person = lexicon.is_person(noun) or who.endswith("s")
    word = "his" if male else "her" if female else "their" if person else "its"
    return f"{word} {other[owner.end() :]}"


def _stands_alone(noun: str) -> bool:
    """Return whether a caption may name a thing without saying whose it is or where; not so "there is a floor",
    "there is a chin".
    """
    last = noun.split()[-1]
    return last not in _SURFACES | PARTS | HAIR | GROUNDS


_SURFACES = frozenset(
    "sky horizon background foreground floor wall ceiling surface edge middle frame top area room view".split()
)


# "The dock is into the water" has lost its verb.
_TOWARDS = frozenset("toward towards into onto through".split())
# "The panel is standing", "the peaks are rising" say nothing without where.
_SOMEWHERE = POSTURES | frozenset("rise extend stretch run lead".split())


def _names(phrase: str, noun: str) -> bool:
    return re.search(rf"\b(?:{re.escape(noun)}|{re.escape(plural(noun))})\b", phrase) is not None


def _count(claim: Claim) -> str:
    return f"{number_word(int(claim.value))} " if claim.value.isdigit() else claim.value


def _things(claim: Claim | None) -> tuple[int, ...]:
    return tuple(t for t in (claim.thing, claim.other) if t >= 0) if claim else ()
