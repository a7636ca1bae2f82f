"""The things that a caption speaks of: its noun phrases and pronouns, and which of them are the same thing."""

from __future__ import annotations

from dataclasses import dataclass, field

from .english_words import (
    CONTAINERS,
    EXACT_GROUPS,
    FEMALE,
    GENERAL,
    GROUPS,
    LEMMAS,
    MALE,
    MASS,
    MATERIALS,
    PARTS,
    PEOPLE,
    PICTURE,
    PLURAL_ONLY,
)

_NUMBERS = {
    w: n
    for n, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
_HE, _SHE, _IT = {"he", "him", "his", "himself"}, {"she", "her", "hers", "herself"}, {"it", "its", "itself"}
_THEY = {"they", "them", "their", "theirs", "themselves"}
ANIMALS = frozenset(
    "animal bird dog cat horse cow sheep goat elephant bear zebra giraffe seagull duck pigeon puppy kitten lamb monkey "
    "lion tiger pig chicken rooster goose swan parrot owl eagle rabbit deer fox squirrel mouse fish turtle frog bull calf "
    "pony donkey camel penguin creature pet gull crow sparrow hen hound".split()
)


@dataclass
class Entity:
    """A thing while the caption is being read (see `Thing`).

    Attributes:
        owner: the entity that it is a part of; -1 where none.
        members: the entities that a group ("two individuals, a man and a woman") consists of.
        plural: grammatically.
        traits: lemmas of adjectives it was introduced with, by which it is told from its like.
        place: where in the image, if that tells it from its like.
    """

    index: int
    head: str
    heads: list[str] = field(default_factory=list)
    number: int = 0
    plural: bool = False
    mass: bool = False
    definite: bool = False
    owner: int = -1
    members: list[int] = field(default_factory=list)
    traits: list[str] = field(default_factory=list)
    place: str = ""
    sentence: int = 0
    part: bool = False
    announced: bool = False
    group: int = -1

    @property
    def noun(self) -> str:
        return self.head.split()[-1]

    @property
    def person(self) -> bool:
        return self.noun in PEOPLE

    @property
    def animal(self) -> bool:
        return self.noun in ANIMALS

    @property
    def gender(self) -> str:
        return "f" if self.noun in FEMALE else "m" if self.noun in MALE else ""


def lemma(token) -> str:
    """A noun's singular; plural-only words stay ("scissors", "shorts")."""
    low = token.text.lower()
    if low in PLURAL_ONLY:
        return low
    if token.pos_ == "PROPN" and token.text[:1].isupper() and not token.text.istitle():
        return token.text  # "iPad", "TV"
    base = token.lemma_.lower()
    if token.tag_ in ("NN", "NNP") and low.endswith("s") and base + "s" == low and not low.endswith(("ss", "us")):
        base = base  # a plural tagged as a singular
    return LEMMAS.get(base, base)


def head_of(token) -> str:
    """The head lemma, with the nouns that make a compound of it ("traffic light")."""
    words = []
    for child in token.lefts:
        if child.dep_ == "compound" and child.text.isalpha() and child.text.lower() not in MATERIALS:
            words.append(child.text if child.pos_ == "PROPN" and not child.text.istitle() else child.text.lower())
    return " ".join([*words[-1:], lemma(token)])


def is_plural(token) -> bool:
    return token.tag_ in ("NNS", "NNPS") or token.text.lower() in ("people", "men", "women", "children")


def count_of(token) -> int:
    """How many, where a number says so exactly; else 1 for "a", 0 for no count."""
    for child in token.children:
        if child.dep_ in ("nummod", "det", "amod", "predet") or child.tag_ == "CD":
            low = child.text.lower()
            if child.tag_ == "CD" or low in _NUMBERS:
                if low in _NUMBERS:
                    return _NUMBERS[low]
                if low.isdigit() and len(low) < 4:
                    return int(low)
            if low in ("a", "an", "single", "lone"):
                return 1
    return 0


def exact(token) -> bool:
    """Whether the count is a number, not an article."""
    return any(
        (c.tag_ == "CD" and c.dep_ == "nummod") or (c.text.lower() in ("single", "lone") and c.dep_ == "amod")
        for c in token.children
    )


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
            count_of(token) or (1 if not plural and noun not in MASS and det in ("the", "this") else 0),
            plural,
            not plural and (noun in MASS or not det) and count_of(token) == 0,
            det in ("the", "this", "that", "its", "his", "her", "their") or owner >= 0,
            owner,
            traits=[c.lemma_.lower() for c in token.children if c.dep_ == "amod"],
            sentence=sentence,
            part=noun in PARTS,
        )
        self.all.append(entity)
        return entity

    def noun(self, token, sentence: int, *, owner: int = -1, place: str = "") -> Entity:
        """The thing that a noun phrase names: a known one where it is definite, else a new one."""
        head = head_of(token)
        noun = head.split()[-1]
        dets = {c.text.lower() for c in token.children if c.dep_ in ("det", "amod", "predet", "poss")}
        traits = {c.lemma_.lower() for c in token.children if c.dep_ == "amod"}
        plural, count = is_plural(token), count_of(token)
        definite = bool(dets & {"the", "this", "these", "that", "those", "both", "each", "every"}) or owner >= 0
        if noun in PARTS or owner >= 0:
            for e in reversed(self.all):
                if e.noun == noun and e.owner == owner and owner >= 0:
                    return e
        if not definite or dets & {"another", "second", "third"}:
            # "trees ... trees", "sky": uncounted plurals and masses are one thing wherever they come back.
            if not count and not dets & {"another", "other", "some", "more"} and (plural or noun in MASS):
                for e in reversed(self.all):
                    if e.head == head and not e.number and set(e.traits) == traits and e.owner == owner:
                        return e
            return self.new(token, head, sentence, owner=owner)
        same = [e for e in self.all if noun in {h.split()[-1] for h in e.heads} and owner in (-1, e.owner)]
        singular = [e for e in same if not e.plural]
        if "other" in dets:
            group = next((e for e in reversed(self.all) if e.plural and e.noun == noun), None)
            if group and group.members and len(group.members) > 1 and not plural:
                known = [self.all[m] for m in group.members]
                mine = [e for e in known if place and e.place == place]
                return (mine or known[-1:])[0] if mine else self._member(token, head, sentence, group, place)
            return self._member(token, head, sentence, group, place) if group else self.new(token, head, sentence)
        if dets & {"each", "every"}:
            return next((e for e in reversed(same) if e.plural), None) or self.new(token, head, sentence)
        pool = [e for e in same if e.plural] if plural or "both" in dets else singular
        fitting = [e for e in pool if (not place or not e.place or e.place == place)]
        if traits:
            told = [e for e in fitting if traits & set(e.traits)]
            fitting = told or [e for e in fitting if not self._clash(traits, e)]
        if place:
            fitting = [e for e in fitting if e.place == place] or ([] if self._group(noun) else fitting)
        if fitting:
            return fitting[-1] if not self.subjects or fitting[-1].index in self.subjects else fitting[-1]
        group = self._group(noun)
        if group is not None and not plural and (noun in PEOPLE or noun in group.heads):
            return self._member(token, head, sentence, group, place)
        if (general := GENERAL.get(noun)) is not None and owner < 0:
            for e in reversed(self.all):
                if e.plural == plural and self._is_a(e, noun, general) and (e.place == place or not place):
                    if noun not in e.heads:
                        e.heads.append(noun)
                    return e
        # A telling name after a general one: "a bird ... the seagull" is left to the lexicon.
        if noun in PEOPLE:
            for e in reversed(self.all):
                if e.person and e.plural == plural and GENERAL.get(e.noun) == "person" and not e.gender and e.group < 0:
                    e.heads.append(head)
                    e.head = head
                    return e
        return self.new(token, head, sentence, owner=owner)

    def pronoun(self, token, sentence: int) -> Entity | None:
        """The thing a pronoun stands for; None where nothing fits."""
        low = token.text.lower()
        recent = [self.all[i] for i in reversed(self.subjects)]
        recent += [e for e in reversed(self.all) if e not in recent]
        recent = [e for e in recent if not e.part]
        if low in _HE or low in _SHE:
            gender = "m" if low in _HE else "f"
            fits = [e for e in recent if e.person and not e.plural and e.gender in (gender, "")]
            fits = [e for e in fits if e.gender == gender] or fits or [e for e in recent if e.animal and not e.plural]
            return fits[0] if fits else None
        if low in _IT:
            fits = [e for e in recent if not e.plural and not e.person and e.noun not in PICTURE]
            return fits[0] if fits else None
        if low in _THEY:
            fits = [e for e in recent if e.plural or len(e.members) > 1]
            one = [e for e in recent if e.person and not e.plural]
            people = [e for e in fits if e.person or e.animal]
            return (people or fits or one or [None])[0]
        if low == "both":
            fits = [e for e in recent if e.number == 2 or len(e.members) == 2] or [e for e in recent if e.plural]
            return fits[0] if fits else None
        return None

    def join(self, parts: list[Entity], sentence: int) -> Entity:
        """The group that a joint subject makes: "a man and a woman"; the same one each time."""
        indices = [e.index for e in parts]
        for e in self.all:
            if e.members == indices:
                return e
        people = all(e.person for e in parts)
        group = Entity(
            len(self.all),
            "person" if people else parts[0].head,
            ["person"] if people else [e.head for e in parts],
            len(parts) if all(e.number == 1 for e in parts) else 0,
            True,
            members=indices,
            sentence=sentence,
        )
        self.all.append(group)
        return group

    def _member(self, token, head: str, sentence: int, group: Entity | None, place: str) -> Entity:
        entity = self.new(token, head, sentence)
        entity.number, entity.place = 1, place
        if group is not None:
            entity.group = group.index
            group.members.append(entity.index)
        return entity

    def _group(self, noun: str) -> Entity | None:
        for e in reversed(self.all):
            if e.plural and (e.noun == noun or (noun in PEOPLE and e.person)):
                return e
        return None

    @staticmethod
    def _is_a(e: Entity, noun: str, general: str) -> bool:
        if general == "person":
            return e.person
        return general == "animal" and e.animal

    def _clash(self, traits: set[str], e: Entity) -> bool:
        """Other traits of the same sort: "the red car" is not "a blue car"."""
        from .english_words import COLOURS

        mine, other = traits & COLOURS, set(e.traits) & COLOURS
        return bool(mine and other and not mine & other)


def partitive(token) -> tuple[object, int] | None:
    """ "a pair of shoes" -> (shoes, 0 or the exact number): what a group noun is of; None where it is no group."""
    base = token.lemma_.lower()
    if base not in GROUPS or base in CONTAINERS:
        return None
    of = next((c for c in token.children if c.dep_ == "prep" and c.text.lower() == "of"), None)
    inner = next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
    if inner is None:
        return None
    number = EXACT_GROUPS.get(base, 0)
    if number == 2 and inner.text.lower() in PLURAL_ONLY:
        number = 1
    count = count_of(token)
    if exact(token) and count > 1:
        number = count
    return inner, number
