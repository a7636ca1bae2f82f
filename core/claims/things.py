"""The things that a caption speaks of: its noun phrases and pronouns, and which of them are the same thing."""

from __future__ import annotations

from . import lexicon, values
from .english_words import (
    ALWAYS_PARTS,
    COLOURS,
    GENERAL,
    MASS,
    PARTS,
    PEOPLE,
    PICTURE,
)
from .entities import Entity, differs, goes_by, has_telling_name, may_be_called, shares_trait
from .nouns import count_of, head_of, is_person, is_plural, trait
from .pronouns import HE, IT, SHE, THEY, is_living, other_than


class Things:
    """Finds the thing that each noun and pronoun of a caption stands for, in order of reading."""

    def __init__(self):
        self.all: list[Entity] = []
        self.subjects: list[int] = []  # things that were the subject of a clause, latest last

    def new(self, token, head: str, sentence: int, *, owner: int = -1) -> Entity:
        det = next((c.text.lower() for c in token.children if c.dep_ in ("det", "poss")), "")
        plural = is_plural(token)
        noun = head.split()[-1]
        entity = Entity(
            len(self.all),
            head,
            [head],
            count_of(token)
            or (1 if not plural and noun not in MASS and det in ("the", "this") else 0),
            plural,
            not plural and (noun in MASS or not det) and count_of(token) == 0,
            det in ("the", "this", "that", "its", "his", "her", "their") or owner >= 0,
            owner,
            traits=[trait(c) for c in token.children if c.dep_ == "amod"],
            sentence=sentence,
            part=noun in ALWAYS_PARTS or (noun in PARTS and owner >= 0),
        )
        self.all.append(entity)
        return entity

    def noun(
        self,
        token,
        sentence: int,
        *,
        owner: int = -1,
        place: str = "",
        apart: frozenset[int] = frozenset(),
    ) -> Entity:
        """Return the thing that a noun phrase names: a known one where it is definite, else a new one.

        Args:
            apart: things that it cannot be by another name, because they do it something.
        """
        head = head_of(token)
        noun = head.split()[-1]
        dets = {
            c.text.lower() for c in token.children if c.dep_ in ("det", "amod", "predet", "poss")
        }
        traits = {trait(c) for c in token.children if c.dep_ == "amod"}
        plural, count = is_plural(token), count_of(token)
        definite = (
            bool(dets & {"the", "this", "these", "that", "those", "both", "each", "every"})
            or owner >= 0
        )
        if noun in PARTS or owner >= 0:
            for e in reversed(self.all):
                other = {"left", "right"} & (traits ^ set(e.traits))
                if e.noun == noun and e.owner == owner and owner >= 0 and len(other) < 2:
                    return e
        if not definite or dets & {"another", "second", "third"}:
            # "trees ... trees", "sky": uncounted plurals and masses are one thing wherever they come back.
            if (
                not count
                and not dets & {"another", "other", "some", "more"}
                and (plural or noun in MASS)
            ):
                for e in reversed(self.all):
                    if (
                        e.head == head
                        and not e.number
                        and set(e.traits) == traits
                        and e.owner == owner
                    ):
                        return e
            return self.new(token, head, sentence, owner=owner)
        same = [
            e for e in self.all if goes_by(e, head, noun) and owner in (-1, e.owner) and not e.joint
        ]
        singular = [e for e in same if not e.plural]
        if "other" in dets:
            group = next((e for e in reversed(self.all) if e.plural and e.noun == noun), None)
            if group and group.members and len(group.members) > 1 and not plural:
                known = [self.all[m] for m in group.members]
                mine = [e for e in known if place and e.place == place]
                return (
                    (mine or known[-1:])[0] if mine else self._member(token, head, sentence, group)
                )
            return (
                self._member(token, head, sentence, group)
                if group
                else self.new(token, head, sentence)
            )
        if dets & {"each", "every"}:
            return next((e for e in reversed(same) if e.plural), None) or self.new(
                token, head, sentence
            )
        pool = [e for e in same if e.plural] if plural or "both" in dets else singular
        fitting = [e for e in pool if (not place or not e.place or e.place == place)]
        if traits:
            told = [e for e in fitting if traits & set(e.traits)]
            fitting = told or [e for e in fitting if not differs(e, traits)]
        if place:
            fitting = [e for e in fitting if e.place == place] or (
                [] if self._group(noun) else fitting
            )
        if fitting:
            return fitting[-1]
        group = self._group(noun)
        if group is not None and not plural and (noun in PEOPLE or noun in group.heads):
            return self._member(token, head, sentence, group)
        for e in reversed(self.all):
            if (
                noun not in GENERAL
                and e.index not in apart
                and e.plural == plural
                and e.owner == owner
                and has_telling_name(e, noun)
                and (not place or e.place == place)
                and is_person(noun)
            ):
                e.heads.append(head)
                e.head = head
                return e
        if (
            owner < 0
            and not plural
            and " " not in head
            and (special := self._only_kind(noun, traits, place, apart))
        ):
            special.heads.append(noun)
            return special
        if noun in GENERAL and owner < 0 and not traits & COLOURS:
            general = GENERAL[noun]
            for e in reversed(self.all):
                if (
                    e.plural == plural
                    and e.index not in apart
                    and may_be_called(e, noun, general)
                    and (e.place == place or not place)
                ):
                    e.heads.append(noun)
                    return e
        for e in reversed(self.all):  # "a street ... the road"
            if (
                e.plural == plural
                and e.owner == owner
                and not e.part
                and not e.aspect
                and " " not in head
                and lexicon.same(noun, e.noun)
                and (not place or not e.place or e.place == place)
                and not differs(e, traits)
            ):
                e.heads.append(head)
                return e
        # "a bird ... the seagull", "two individuals ... the riders": one thing gets the most telling name.
        for e in reversed(self.all):
            if (
                e.plural == plural
                and e.owner == owner
                and has_telling_name(e, noun)
                and (not place or e.place == place)
            ):
                e.heads.append(head)
                e.head = head
                return e
        return self.new(token, head, sentence, owner=owner)

    def pronoun(self, token, sentence: int) -> Entity | None:
        """Return the thing a pronoun stands for; None where nothing fits."""
        low = token.text.lower()
        recent = [self.all[i] for i in reversed(self.subjects)]
        recent += [e for e in reversed(self.all) if e not in recent]
        other = other_than(token)
        recent = [e for e in recent if not e.part and not (other and e.noun == other)]
        if low in HE or low in SHE:
            gender = "m" if low in HE else "f"
            fits = [e for e in recent if e.person and not e.plural and e.gender in (gender, "")]
            fits = (
                [e for e in fits if e.gender == gender]
                or fits
                or [e for e in recent if e.animal and not e.plural]
            )
            return fits[0] if fits else self._unknown("person", sentence, low)
        if low in IT:
            fits = [e for e in recent if not e.plural and not e.person and e.noun not in PICTURE]
            if low == "its" and len(fits) > 1 and self._presented(fits[0], sentence):
                fits = fits[1:]  # "a cabin stands there, and a flag flies on its roof"
            return fits[0] if fits else self._unknown("thing", sentence, low)
        if low in THEY:
            fits = [e for e in recent if e.plural or len(e.members) > 1]
            one = [e for e in recent if e.person and not e.plural]
            people = [e for e in fits if e.person or e.animal]
            people = people or (one if is_living(token) else [])
            if people or fits or one:
                return (people or fits or one)[0]
            return self._unknown("person", sentence, low)
        if low == "both":
            fits = [e for e in recent if e.number == 2 or len(e.members) == 2] or [
                e for e in recent if e.plural
            ]
            return fits[0] if fits else None
        return None

    def _presented(self, e: Entity, sentence: int) -> bool:
        """Return whether a lifeless thing was named first as the subject of the clause being read."""
        last = bool(self.subjects) and self.subjects[-1] == e.index
        return last and e.sentence == sentence and not (e.definite or e.animal)

    def _unknown(self, head: str, sentence: int, pronoun: str) -> Entity:
        """Return what a pronoun stands for whose noun isn't in the text."""
        plural = pronoun in THEY
        entity = Entity(
            len(self.all),
            head,
            [head],
            0 if plural else 1,
            plural,
            definite=True,
            sentence=sentence,
            announced=True,
            unnamed=True,
        )
        self.all.append(entity)
        return entity

    def own(self, token, sentence: int) -> Entity | None:
        """ "his", said of a thing like the last one: "her scarf is red, while his is checkered"."""
        owner = self.pronoun(token, sentence)
        last = next((self.all[i] for i in reversed(self.subjects) if not self.all[i].person), None)
        if owner is None or last is None:
            return None
        entity = Entity(
            len(self.all),
            last.head,
            [last.head],
            last.number,
            last.plural,
            last.mass,
            True,
            owner.index,
            sentence=sentence,
            announced=True,
        )
        self.all.append(entity)
        return entity

    def one_of(self, token, sentence: int, group: Entity | None, place: str) -> Entity | None:
        """Return a member of a group: "one of them", "the other", "the one next to him"."""
        low = token.text.lower()
        dets = {c.text.lower() for c in token.children}
        if group is None:
            groups = [e for e in reversed(self.all) if e.plural and not e.part and not e.aspect]
            group = next(
                (e for e in groups if e.number == 2 or e.members), groups[0] if groups else None
            )
        if group is None:
            return None
        if place:
            known = [self.all[m] for m in group.members if self.all[m].place == place]
            if known:
                return known[0]
        if (
            low in ("other", "another")
            or "other" in dets
            or (low == "one" and not ("the" in dets and group.members))
            or "the" in dets
        ):
            entity = self.new(token, group.head, sentence)
            entity.plural, entity.number, entity.mass, entity.definite = (
                low == "others",
                1,
                False,
                True,
            )
            entity.announced = True
            group.members.append(entity.index)
            return entity
        return group

    def told(self, token, group: Entity, traits: set[str], sentence: int) -> Entity:
        """Return the member of a group that an adjective tells: "the older of the two men", "the smaller
        one".
        """
        alike = [e for e in self.all if e.head == group.head and not e.plural and e is not group]
        known = [e for e in alike if traits & set(e.traits)]
        if not known:
            known = [
                e for e in alike if e.traits and not differs(e, traits) and shares_trait(e, traits)
            ]
        if known:
            return known[-1]
        entity = self.new(token, group.head, sentence)
        entity.plural, entity.number, entity.mass, entity.definite = False, 1, False, True
        entity.traits, entity.announced = sorted(traits), True
        group.members.append(entity.index)
        return entity

    def _only_kind(
        self, noun: str, traits: set[str], place: str, apart: frozenset[int]
    ) -> Entity | None:
        """Return the one thing that a more general noun can go back to: "a retriever ... the dog"."""
        if is_person(noun) or noun in lexicon.ANYTHING | MASS or noun in GENERAL:
            return None
        kinds = [
            e
            for e in self.all
            if not (e.plural or e.part or e.aspect or e.joint or e.person or e.index in apart)
            and lexicon.is_kind(e.head, noun)
        ]
        fits = len(kinds) == 1 and (not place or not kinds[0].place or kinds[0].place == place)
        return kinds[0] if fits and not differs(kinds[0], traits) else None

    def compared(self, traits: set[str]) -> Entity | None:
        """Return the group of the last thing that another comparative told: "the taller giraffe ... the smaller one"."""
        for e in reversed(self.all):
            if any(values.compared(x) != x and x not in traits for x in e.traits):
                return next((g for g in reversed(self.all) if g.plural and g.head == e.head), None)
        return None

    def other_like(self, token, place: str, sentence: int) -> Entity | None:
        """Return the one at another place: "the boat on the right ... the one on the left"."""
        last = next((self.all[i] for i in reversed(self.subjects) if not self.all[i].person), None)
        if last is None or not last.place or last.place == place:
            return None
        entity = self.new(token, last.head, sentence)
        entity.number, entity.mass, entity.definite, entity.announced = 1, False, True, True
        return entity

    def some_of(self, group: Entity, number: int, sentence: int) -> Entity:
        """Some of a group: "three cups, two of which are orange"."""
        entity = Entity(
            len(self.all), group.head, [group.head], number, True, definite=True, sentence=sentence,
            announced=True,
        )  # fmt: skip
        self.all.append(entity)
        group.members.append(entity.index)
        return entity

    def some(self, sentence: int) -> Entity | None:
        """Return what "many", "most", "others" are of: the latest plural; people where there is none."""
        of = [e for e in reversed(self.all) if e.plural and not e.part and not e.aspect]
        return of[0] if of else self._unknown("person", sentence, "they")

    def join(self, parts: list[Entity], sentence: int) -> Entity:
        """Return the group that a joint subject makes: "a man and a woman"; the same one each time."""
        indices = [e.index for e in parts]
        for e in self.all:
            if e.members == indices:
                return e
        heads = list(dict.fromkeys(e.head for e in parts))
        group = Entity(
            len(self.all),
            "person" if all(e.person for e in parts) else heads[0],
            heads,
            len(parts) if all(e.number == 1 for e in parts) else 0,
            True,
            members=indices,
            sentence=sentence,
            joint=True,
            announced=True,
        )
        self.all.append(group)
        return group

    def _member(self, token, head: str, sentence: int, group: Entity | None) -> Entity:
        entity = self.new(token, head, sentence)
        entity.number = entity.number or (0 if entity.plural else 1)
        if group is not None:
            group.members.append(entity.index)
        return entity

    def _group(self, noun: str) -> Entity | None:
        for e in reversed(self.all):
            if e.plural and (e.noun == noun or (noun in PEOPLE and e.person)):
                return e
        return None
