"""What a user decides about the claims of an image, and adds to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .claims import OBJECT, STATEMENT, Claim, Passage, Reader, Reading, Sentence
from .claims.scene import Scene, Source, extended, grouped, merged, same_claim
from .edit_patches import clipped, decided_by_sentence
from .edit_schema import ClaimEdit, ImageEdits
from .filter import may_meet
from .image_record import ImageRecord
from .regions import Box, coverage
from .sentences import SENTENCE_END
from .statements import FIRST_BY_USER, Occurrence, Reason, Statement, Verdict
from .verdicts import needed_things, without_absent_things

INSIDE = 0.9  # fraction of a box that must lie in a patch for the box to belong to it


def with_claims(record: ImageRecord, edits: ImageEdits, reader: Reader) -> ImageRecord:
    """Return the record with the user's decisions; they override the filter's verdicts.

    What contradicts a claim of the user is dropped, and so is what speaks of a thing that the user dropped; a thing that
    a claim of the user needs is kept.

    Args:
        reader: splits what the user wrote into claims.
    """
    if not (edits.claims or edits.added):
        return record
    work = _Work(list(record.statements))
    texts: list[_Text] = []
    for edit in edits.claims:
        index = _found(record, edit)
        if index is None:
            work.notes.append(f'An edit was skipped: no claim says "{edit.claim}" any more.')
            continue
        box = clipped(edit.box, record)
        if edit.text and edit.text != edit.claim:
            regions = [record.root.find(name) for name in record.statements[index].regions]
            place = home(record, box) if box else min(regions, key=lambda r: r.box.area).name
            texts.append(_Text(edit.text, place, box))
            work.decide(index, Verdict.DROPPED)
        elif edit.keep is not None:
            work.decide(index, Verdict.KEPT if edit.keep else Verdict.DROPPED)
        if box and not edit.text:
            work.statements[index] = _placed(record, work.statements[index], box)
    for added in edits.added:
        box = clipped(added.box, record)
        texts.append(_Text(added.text, home(record, box) if box else record.root.name, box))
    if texts:
        record = _added(record, work, texts, reader)
    if not decided_by_sentence(record):
        _with_consequences(record, work)
    return record.extended(statements=tuple(work.statements), notes=work.notes)


@dataclass(frozen=True)
class _Text:
    """What the user wrote, the region that it is about, and where in it."""

    text: str
    region: str
    box: Box | None


@dataclass
class _Work:
    """Statements while they are decided.

    Attributes:
        by_user: index -> whether the user keeps it.
    """

    statements: list[Statement]
    by_user: dict[int, bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def decide(self, index: int, verdict: Verdict) -> None:
        self.statements[index] = self.statements[index].decided_by_user(verdict)
        self.by_user[index] = verdict is Verdict.KEPT

    def kept_by_filter(self, indices: Sequence[int]) -> list[int]:
        """Return those of the statements that are kept and about which the user decided nothing."""
        kept = (i for i in indices if self.statements[i].verdict is Verdict.KEPT)
        return [i for i in kept if i not in self.by_user]


def _found(record: ImageRecord, edit: ClaimEdit) -> int | None:
    """Return the index of the statement that an edit is about: of the same words, in one of its regions."""
    shared = {
        i: len(set(s.regions) & set(edit.regions))
        for i, s in enumerate(record.statements)
        if s.text == edit.claim
    }
    best = max(shared, key=lambda i: shared[i], default=None)
    return best if best is not None and shared[best] else None


def _placed(record: ImageRecord, statement: Statement, box: Box) -> Statement:
    return replace(statement, box=box, place=home(record, box))


def home(record: ImageRecord, box: Box) -> str:
    """Return the name of the smallest region that a box lies in; of the whole image where it lies in no patch."""
    around = [r for r in record.root.walk() if coverage(box, r.box) >= INSIDE]
    return min(around, key=lambda r: r.box.area, default=record.root).name


def _added(record: ImageRecord, work: _Work, texts: Sequence[_Text], reader: Reader) -> ImageRecord:
    """Return the record with the user's texts as readings, and put their claims among the statements."""
    first = min([FIRST_BY_USER, *(number - 1 for _, number in record.readings)])
    sources: list[Source] = [(said.region, first - n) for n, said in enumerate(texts)]
    read = reader.read([Passage(said.text) for said in texts])
    new = {
        source: _as_written(said.text, reading)
        for source, said, reading in zip(sources, texts, read)
    }
    meet = may_meet(record)
    scene, _ = extended(
        Scene(record.things, record.readings),
        merged(new, lambda a, b: True),
        lambda region, other: region == record.root.name or meet(region, other),
    )
    for source, said in zip(sources, texts):
        for number, claim in enumerate(scene.readings[source].claims):
            statement = Statement(
                claim.text,
                (Occurrence(*source, said.text, number, claim.sentence),),
                asked=0,
                claim=claim,
                verdict=Verdict.KEPT,
                reason=Reason.BY_USER,
            )
            _put(work, _placed(record, statement, said.box) if said.box else statement, scene)
    return replace(record, things=scene.things, readings=scene.readings)


def _as_written(text: str, reading: Reading) -> Reading:
    """Return the reading, or one with the text as a single claim where nothing was read of it: it is the user's."""
    if reading.claims:
        return reading
    ended = text if text.endswith(SENTENCE_END) else text + ("." if text.isascii() else "。")
    return Reading((Sentence(text, ended),), (), (Claim(ended, STATEMENT, ""),), ())


def _put(work: _Work, new: Statement, scene: Scene) -> None:
    """Add a statement of the user, or join it with the one that says the same."""
    known = [i for i, s in enumerate(work.statements) if s.claim is not None]
    found = same_claim(new.claim, [work.statements[i].claim for i in known], scene.things)
    if found is None:
        work.by_user[len(work.statements)] = True
        work.statements.append(new)
        return
    index = known[found]
    old = work.statements[index]
    box, place = (new.box, new.place) if new.box else (old.box, old.place)
    occurrences = (*old.occurrences, *new.occurrences)
    work.statements[index] = replace(old, occurrences=occurrences, box=box, place=place)
    if old.verdict is Verdict.KEPT:
        work.by_user[index] = True  # the filter agrees, so its reason stays
    else:
        work.decide(index, Verdict.KEPT)


def _with_consequences(record: ImageRecord, work: _Work) -> None:
    """Decide what follows from the user's decisions for other statements."""
    done, by_user = work.statements, work.by_user
    with_claim = [i for i, s in enumerate(done) if s.claim is not None]
    # Dropped for want of a thing only, so kept again if the user keeps the thing.
    for i in with_claim:
        if done[i].reason is Reason.WITHOUT_THING and i not in by_user:
            done[i] = done[i].decided(Verdict.KEPT, Reason.PROBABLE)
    named = {done[i].claim.thing for i in with_claim if done[i].claim.kind == OBJECT}
    needs = {i: needed_things(record, named, done[i].claim) for i in with_claim}
    for i in [i for i in by_user if by_user[i] and i in needs and not done[i].claim.negated]:
        for j in with_claim:
            claim = done[j].claim
            there = claim.kind == OBJECT and not claim.negated and claim.thing in needs[i]
            if there and j not in by_user and _is_name(claim, done[i].claim):
                if done[j].verdict is not Verdict.KEPT:
                    work.decide(j, Verdict.KEPT)
    groups = grouped(
        [done[i].claim for i in with_claim],
        [done[i].occurrences[0].source for i in with_claim],
        record.things,
    )
    members = [[with_claim[i] for i in group] for group in groups.groups]
    for strong, weak in groups.entails:
        for j in members[weak]:
            if by_user.get(j) is False and done[j].claim.kind != OBJECT:
                for i in work.kept_by_filter(members[strong]):
                    done[i] = done[i].decided_by_user(Verdict.DROPPED)
    for a, b in groups.contradicts:
        for one, other in ((a, b), (b, a)):
            for i in members[one]:
                for j in work.kept_by_filter(members[other]) if by_user.get(i) else ():
                    done[j] = done[j].decided(Verdict.DROPPED, Reason.CONTRADICTED, done[i].text)
    for i in _seen_in_parts(record, work, with_claim):
        done[i] = done[i].decided_by_user(Verdict.DROPPED)
    checked = without_absent_things([done[i] for i in with_claim], [needs[i] for i in with_claim])
    for i, statement in zip(with_claim, checked):
        if i not in by_user:
            done[i] = statement


def _seen_in_parts(record: ImageRecord, work: _Work, among: Sequence[int]) -> list[int]:
    """Return the kept statements that patches alone make of a thing that the user dropped from the whole image.

    Patches that do not overlap each have their own thing of that name; none of them is there if the image has none.
    """

    def is_there(index: int) -> bool:
        claim = work.statements[index].claim
        return claim.kind == OBJECT and not claim.negated

    whole = record.root.name
    gone = {
        work.statements[i].claim.subject
        for i, keep in work.by_user.items()
        if not keep and i in among and is_there(i) and whole in work.statements[i].regions
    }
    return [
        i
        for i in work.kept_by_filter(among)
        if is_there(i)
        and work.statements[i].claim.subject in gone
        and whole not in work.statements[i].regions
    ]


def _is_name(there: Claim, of: Claim) -> bool:
    """Return whether a claim that a thing is there calls it as another claim does, or is about its owner."""
    if there.thing == of.thing:
        return there.subject == of.subject
    return there.thing != of.other or there.subject == of.object
