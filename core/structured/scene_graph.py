"""The kept claims of an image as a scene graph: objects with attributes and boxes, and relations between them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..claims import (
    ACTION,
    ATTRIBUTE,
    NUMBER,
    OBJECT,
    PLACE,
    RELATION,
    SCENE,
    TEXT,
    Claim,
    lexicon,
)
from ..claims.nouns import is_abstract
from ..claims.sayable import is_sayable
from ..compose import implications
from ..english import capital
from ..image_record import ImageRecord
from ..realization import realized
from ..regions import Box
from ..sentences import join_sentences
from ..statements import Statement, Verdict
from .object_boxes import object_boxes, patch_box
from .repeats import without_repeats

# Of a relation between a thing and what it wears or carries.
WEARING = frozenset(("wear",))
HAVING = WEARING | {"with", "have", "hold", "carry"}
# Aspects of a scene that say where and when it is; its light is asked for separately.
SURROUNDINGS = ("setting", "event", "time", "season", "weather", "sky")
# What lies behind everything else, whatever a caption says of its place.
_BACKGROUND = frozenset("sky cloud horizon ground floor wall ceiling".split())
_PREDICATE = re.compile(r"^.+? (?:is|are) (?P<what>.+)\.$")
_ONLY_THERE = re.compile(r"^There (?:is|are) ")
_HAS = re.compile(r"^.+? (?P<what>(?:has|have) .+)\.$")


@dataclass(frozen=True)
class Object:
    """A thing that a kept claim says is there.

    Attributes:
        thing: index into `ImageRecord.things`.
        label: the noun by which it is called, a lemma.
        count: how many, where a claim counts them; 1 for a single thing; 0 for an uncounted plural.
        attributes, actions, places: as the claims word them: "red", "walking", "on the left".
        texts: words that are written on it.
        parts: label -> attributes of the parts of it that no claim names as things ("the man's beard is gray").
        boxes: in pixels, one for each instance that a detector found; empty where none could be told to be this
            object.
        patch: in pixels, the smallest patch whose captions name it; None if only the whole image's do.
        score: probability (0..1) that it is there; None if that was not scored.
        regions: names of the regions whose captions name it.
    """

    thing: int
    label: str
    count: int = 1
    attributes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    boxes: tuple[Box, ...] = ()
    patch: Box | None = None
    score: float | None = None
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """What one object has to do with another: `predicate` is a lemma ("wear", "next to"), `text` the claim."""

    subject: int
    predicate: str
    object: int
    text: str
    score: float | None = None


@dataclass(frozen=True)
class SceneGraph:
    """The kept claims of one image.

    Attributes:
        record: the image with one statement for each claim that may be said.
        objects: most important first: what most regions name with the best score.
        scene: what is said of the whole image, as (aspect, value, claim): ("weather", "sunny", "The weather is sunny.").
        others: the claims that have no place above (denied, hedged, or about no object), as sentences.
    """

    record: ImageRecord
    objects: tuple[Object, ...] = ()
    relations: tuple[Relation, ...] = ()
    scene: tuple[tuple[str, str, str], ...] = ()
    others: tuple[str, ...] = ()

    @property
    def by_thing(self) -> dict[int, Object]:
        return {o.thing: o for o in self.objects}

    def folded(self) -> dict[int, int]:
        """Return thing -> the object that wears, has or holds it and is described together with it.

        An object that a detector found stands for itself.
        """
        known = self.by_thing
        found: dict[int, int] = {}
        for r in self.relations:
            part = known[r.object]
            takes = r.predicate in WEARING or (r.predicate in HAVING and not part.boxes)
            if takes and r.subject not in found and r.object != r.subject:
                found.setdefault(r.object, r.subject)
        # Nothing is folded into what is folded itself.
        return {thing: owner for thing, owner in found.items() if owner not in found}

    def background(self) -> tuple[Object, ...]:
        """Return the objects in the background that are not described together with another one."""
        folded = self.folded()
        return tuple(o for o in self.objects if _is_behind(o) and o.thing not in folded)

    def foreground(self) -> tuple[Object, ...]:
        """Return the other objects that are not described together with another one."""
        folded = self.folded()
        return tuple(o for o in self.objects if not _is_behind(o) and o.thing not in folded)

    def claims_of(self, one: Object, kind: str) -> list[Claim]:
        """Return the claims of a kind about an object."""
        claims = (s.claim for s in self.record.statements if _is_plain(s))
        return [c for c in claims if (c.thing, c.kind) == (one.thing, kind)]

    def describe(self, objects: Sequence[Object], *kinds: str) -> list[str]:
        """Return sentences about objects, their parts and what is folded into them, in the words of the claims.

        Args:
            kinds: of the claims about the objects themselves that are said; all if none is named.
        """
        folded, statements = self.folded(), self.record.statements
        said: list[str] = []
        for one in objects:
            worn = {t for t, owner in folded.items() if owner == one.thing}
            own = [i for i, s in enumerate(statements) if s.claim.thing == one.thing]
            own = [i for i in own if _is_plain(statements[i]) and _kind_in(statements[i], kinds)]
            apart = [i for i in own if _other_number(statements[i], one)]
            about = [i for i, s in enumerate(statements) if s.claim.thing in worn and _is_plain(s)]
            parts = [
                i
                for i, s in enumerate(statements)
                if _part_of(self.record, s.claim, self.by_thing) == one.thing
            ]
            first = realized(self.record, [i for i in (*own, *about) if i not in apart], ())
            first.sort(key=lambda sentence: sentence.things[:1] != (one.thing,))
            # A claim that is worth no sentence among others ("there is a breeze") is one where it is alone.
            there = [statements[i].text for i in own if statements[i].claim.kind == OBJECT]
            said += [sentence.text for sentence in first] or there
            said += [sentence.text for sentence in realized(self.record, parts, (one.thing,))]
            said += [statements[i].text for i in apart]
        return list(dict.fromkeys(capital(_ONLY_THERE.sub("", text)) for text in said))

    def scene_texts(self, *aspects: str) -> list[str]:
        """Return the claims about those aspects of the scene: "setting", "weather", "light" ..."""
        return [text for aspect, _, text in self.scene if aspect in aspects]

    def summary(self, length: int = 3) -> str:
        """Return one sentence for the setting, and one for each of the most important objects of which something is
        said beyond their being there."""
        main = [said[0] for o in self.foreground() or self.objects if (said := self.describe([o]))]
        main.sort(
            key=lambda text: " is " not in text and " are " not in text and " has " not in text
        )
        return join_sentences([*self.setting(), *main[:length]])

    def setting(self) -> list[str]:
        """Return the claim that opens the summary; empty where nothing is said of the setting or an event."""
        return self.scene_texts("setting", "event")[:1]


def scene_graph(record: ImageRecord) -> SceneGraph:
    """Return the scene graph of the kept claims of an image."""
    record = without_repeats(replace(record, statements=tuple(_claims(record))))
    plain = [s for s in record.statements if _is_plain(s)]
    labels, names = _labels(plain), _names(plain)
    record = replace(record, statements=tuple(_without_repeats(record, labels)))
    statements = [s for s in record.statements if _is_plain(s)]
    objects = _objects(record, statements, labels, names)
    relations = tuple(
        Relation(s.claim.thing, s.claim.value, s.claim.other, s.text, s.score)
        for s in statements
        if s.claim.kind == RELATION and s.claim.thing in labels and s.claim.other in labels
    )
    scene = tuple(
        (s.claim.subject, s.claim.value, s.text) for s in statements if s.claim.kind == SCENE
    )
    placed = {r.text for r in relations} | {text for _, _, text in scene}
    others = [
        s.text
        for s in record.statements
        if s.text not in placed and not (_is_plain(s) and _placed(record, s.claim, labels))
    ]
    return SceneGraph(record, objects, relations, scene, tuple(dict.fromkeys(others)))


def _is_behind(one: Object) -> bool:
    named = lexicon.head(one.label) in _BACKGROUND
    return named or any("background" in place for place in one.places)


def _is_plain(statement: Statement) -> bool:
    return not (statement.claim.negated or statement.claim.hedged)


def _kind_in(statement: Statement, kinds: Collection[str]) -> bool:
    # That the object is there is said with everything that is said of it.
    return not kinds or statement.claim.kind in (*kinds, OBJECT, NUMBER)


def _other_number(statement: Statement, one: Object) -> bool:
    """Return whether a claim is about one of several things, or about several where the object is one: its verb
    does not fit the object's noun."""
    kind = statement.claim.kind
    return kind in (RELATION, ACTION, PLACE) and statement.claim.plural != (one.count != 1)


def _claims(record: ImageRecord) -> Iterator[Statement]:
    """Yield the kept claims that can be said as sentences, each once; of a sentence that was kept as a whole (in
    the paper's profile) all claims."""
    seen = set()
    for s in record.statements:
        if s.verdict is not Verdict.KEPT:
            continue
        claims = [s.claim] if s.claim else [c for o in s.occurrences for c in _said(record, o)]
        for claim in claims:
            key = (claim.text, claim.thing, claim.other)
            if key not in seen and is_sayable(claim):
                seen.add(key)
                yield replace(s, text=claim.text, claim=claim)


def _said(record: ImageRecord, occurrence) -> list[Claim]:
    reading = record.readings.get(occurrence.source)
    claims = reading.claims if reading else ()
    return [claim for claim in claims if claim.sentence == occurrence.sentence]


def _without_repeats(record: ImageRecord, labels: dict[int, Statement]) -> Iterator[Statement]:
    """Yield the statements without further names of things, and without what follows from others ("is walking"
    where "is walking a dog" was kept) or is said of a part ("has a beard" where "the beard is gray" was)."""
    among = [i for i, s in enumerate(record.statements) if _is_plain(s)]
    implied = implications(record, among)
    weaker = {j for i in among for j in implied[i] if j != i and i not in implied[j]}
    described = {
        (record.things[s.claim.thing].owner, s.claim.subject)
        for s in record.statements
        if s.claim.kind == ATTRIBUTE and s.claim.thing >= 0
    }
    for i, s in enumerate(record.statements):
        c = s.claim
        if _is_plain(s) and c.kind == OBJECT and c.thing in labels:
            if s is labels[c.thing]:
                yield s
        elif c.kind not in (OBJECT, SCENE, TEXT) and i in weaker:
            continue
        elif c.kind != ATTRIBUTE or (c.thing, c.value) not in described:
            yield s


def _labels(statements: Sequence[Statement]) -> dict[int, Statement]:
    """Return thing -> the statement that it is there under the name that fits best.

    A name that agrees in number with the other claims comes first, then what most regions and captions call it, then
    the most specific name. "Person" is used only where there is no other name.
    """
    named: dict[int, list[Statement]] = {}
    numbers: dict[int, list[bool]] = {}
    for s in statements:
        c = s.claim
        if c.kind == OBJECT and c.thing >= 0 and not is_abstract(c.subject):
            named.setdefault(c.thing, []).append(s)
        elif c.kind in (RELATION, ACTION, PLACE, ATTRIBUTE):
            numbers.setdefault(c.thing, []).append(c.plural)

    def rank(s: Statement, among: Sequence[Statement]) -> tuple:
        agrees = numbers.get(s.claim.thing, []).count(s.claim.plural)
        general = sum(1 for o in among if o is not s and _more_special(o, s))
        known = s.claim.subject not in ("person", "people", "individual")
        return (known, agrees, len(s.regions), -general, len(s.sources), s.score or 0.0)

    return {thing: max(found, key=lambda s: rank(s, found)) for thing, found in named.items()}


def _more_special(a: Statement, b: Statement) -> bool:
    special, general = a.claim.subject, b.claim.subject
    return lexicon.is_kind(special, general) and not lexicon.is_kind(general, special)


def _objects(
    record: ImageRecord,
    statements: Sequence[Statement],
    labels: dict[int, Statement],
    names: dict[int, tuple[str, ...]],
) -> tuple[Object, ...]:
    found = []
    for thing, named in labels.items():
        about = [s for s in statements if s.claim.thing == thing]
        counted = [s.claim.value for s in about if s.claim.kind == NUMBER]
        found.append(
            Object(
                thing,
                named.claim.subject,
                next((int(c) for c in counted if c.isdecimal()), 0 if named.claim.plural else 1),
                _worded(about, ATTRIBUTE),
                _worded(about, ACTION),
                _worded(about, PLACE),
                tuple(dict.fromkeys(s.claim.value for s in about if s.claim.kind == TEXT)),
                _parts(record, statements, thing, labels),
                patch=patch_box(record, named.regions),
                score=named.score,
                regions=named.regions,
            )
        )
    found.sort(key=lambda o: (-len(o.regions), -(o.score or 0.0), o.thing))
    boxes = object_boxes(record, found, names)
    return tuple(replace(o, boxes=boxes.get(o.thing, ())) for o in found)


def _names(statements: Sequence[Statement]) -> dict[int, tuple[str, ...]]:
    """Return thing -> the nouns that it is called by."""
    named: dict[int, dict[str, None]] = {}
    for s in statements:
        if s.claim.kind == OBJECT:
            named.setdefault(s.claim.thing, {})[s.claim.subject] = None
    return {thing: tuple(found) for thing, found in named.items()}


def _worded(statements: Sequence[Statement], kind: str) -> tuple[str, ...]:
    """Return the values of the claims of that kind, as their sentences word them."""
    said = []
    for s in statements:
        if s.claim.kind != kind:
            continue
        pattern = _HAS if kind == ATTRIBUTE and _HAS.match(s.text) else _PREDICATE
        match = pattern.match(s.text)
        said.append(match["what"] if match else s.claim.value)
    return tuple(dict.fromkeys(said))


def _parts(
    record: ImageRecord, statements: Sequence[Statement], owner: int, labels: Collection[int]
) -> dict[str, tuple[str, ...]]:
    parts: dict[str, tuple[str, ...]] = {}
    for s in statements:
        if s.claim.kind == ATTRIBUTE and _part_of(record, s.claim, labels) == owner:
            label = s.claim.subject
            parts[label] = (*parts.get(label, ()), *_worded([s], ATTRIBUTE))
    return parts


def _part_of(record: ImageRecord, claim: Claim, labels: Collection[int]) -> int:
    """Return the object that the claim's thing is a part of; -1 where it is none."""
    thing = claim.thing
    if thing < 0 or thing in labels or claim.negated or claim.hedged:
        return -1
    owner = record.things[thing].owner
    return owner if owner in labels else -1


def _placed(record: ImageRecord, claim: Claim, labels: Collection[int]) -> bool:
    """Return whether an object of the graph says what a claim says."""
    if claim.thing in labels:
        return claim.kind not in (RELATION, SCENE) or claim.other in labels
    return claim.kind == ATTRIBUTE and _part_of(record, claim, labels) >= 0
