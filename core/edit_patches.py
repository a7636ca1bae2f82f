"""Patches that a user draws, moves, deletes or has described again: only these are asked about."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from .claims import Reading, Thing
from .claims.scene import Scene, Source, extended, grouped
from .describe import describe
from .edit_schema import DRAWN, ImageEdits, PatchEdit, Sides, image_key
from .filter import filter_statements, may_meet
from .image_record import EMPTY, GIVEN, ImageRecord, StageProgress, no_progress
from .models import ERROR, Captioner, Completion
from .profiles import DEFAULT, PAPER
from .prompts import load_prompt
from .regions import SPATIAL, Box, Region, clip_box
from .settings import DescribeSettings, FilterSettings
from .stages import ModelsByRole
from .statements import Reason, Statement, Verdict

MOST_DESCRIBED = 200  # patches that are remembered, each a few kB
MIN_SIDE = 4  # px; a smaller patch was drawn by a slip of the hand


def clipped(box: Sides | None, record: ImageRecord) -> Box | None:
    """Return a box of the user inside the image; None where nothing is left of it."""
    found = clip_box(*box, *record.size) if box else None
    return found if found and min(found.width, found.height) >= MIN_SIDE else None


def with_regions(record: ImageRecord, edits: ImageEdits) -> tuple[ImageRecord, list[PatchEdit]]:
    """Return the record with the user's patches, and the changes for which a patch has to be described.

    What the captions of a deleted, moved or described patch said goes, unless other captions say it, too.
    """
    root, notes = record.root, []
    gone: set[str] = set()
    wanted: list[PatchEdit] = []
    for edit in {e.name: e for e in edits.patches}.values():  # of two changes of one patch the last
        known = {r.name for r in root.walk()} - {root.name}
        box = clipped(edit.box, record)
        new = edit.name not in known
        if new and not (DRAWN.fullmatch(edit.name) and (box or edit.delete)):
            notes.append(f'An edit was skipped: there is no patch "{edit.name}".')
            continue
        if new and not edit.delete:
            root = replace(root, children=(*root.children, Region(edit.name, SPATIAL, box)))
        elif edit.delete:
            gone |= {r.name for r in root.find(edit.name).walk()} if not new else set()
            root = _changed(root, edit.name, None)
        elif box:
            root = _changed(root, edit.name, box)
        if not edit.delete:
            gone.add(edit.name)
            wanted.append(edit)
    left = {r.name for r in root.walk()}
    changed = _without(record, gone).extended(root=root, notes=notes)
    return changed, [edit for edit in wanted if edit.name in left]


def _changed(region: Region, name: str, box: Box | None) -> Region:
    """Return the tree with another box for the region of that name, or without it."""
    children = tuple(
        _changed(child, name, box) for child in region.children if box or child.name != name
    )
    own = box if region.name == name and box else region.box
    return replace(region, box=own, children=children)


def _without(record: ImageRecord, regions: Collection[str]) -> ImageRecord:
    """Return the record without what the captions of these regions say."""
    if not regions:
        return record
    record = replace(
        record,
        candidates={n: said for n, said in record.candidates.items() if n not in regions},
        readings={s: reading for s, reading in record.readings.items() if s[0] not in regions},
    )
    statements = []
    for statement in record.statements:
        left = tuple(o for o in statement.occurrences if o.region not in regions)
        if len(left) == len(statement.occurrences):
            statements.append(statement)
        elif left:
            evidence = {n: v for n, v in statement.evidence.items() if n not in regions}
            statement = replace(statement, occurrences=left, evidence=evidence)
            statements.append(replace(statement, asked=record.asked(statement.regions)))
    return replace(record, statements=tuple(statements))


@dataclass(frozen=True)
class Described:
    """What one patch says of itself, described and verified alone."""

    candidates: tuple[Completion, ...]
    readings: Mapping[Source, Reading]
    things: tuple[Thing, ...]
    statements: tuple[Statement, ...]
    notes: tuple[str, ...]
    models: Mapping[str, str]


class DescribedPatches:
    """Patches that were described and verified before, so that another run asks no model about them again.

    It holds the last used ones in memory, and forgets them when the program ends.
    """

    def __init__(self, most: int = MOST_DESCRIBED):
        self._most = most
        self._known: OrderedDict[tuple, tuple[tuple, Described]] = OrderedDict()

    def get(self, key: tuple, models: tuple) -> Described | None:
        """Return what was found for a patch by these very models; None if it was not described."""
        found = self._known.get(key)
        if found is None or any(a is not b for a, b in zip(found[0], models)):
            return None
        self._known.move_to_end(key)
        return found[1]

    def put(self, key: tuple, models: tuple, described: Described) -> None:
        """Remember a patch."""
        self._known[key] = (models, described)
        self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)


def described(
    record: ImageRecord,
    wanted: Sequence[PatchEdit],
    captioner: Captioner | None,
    models: ModelsByRole,
    remembered: DescribedPatches,
    index: int,
    on_progress: StageProgress = no_progress,
) -> ImageRecord:
    """Return the record with the captions and claims of the patches that were drawn, moved or asked about again.

    Args:
        captioner: None leaves the patches without captions, and a note says so.
        remembered: what earlier runs found; what is new is added.
        index: of the image in its batch, for `on_progress`.
    """
    number, focus = _captions_of_a_patch(record), record.focus
    before = record.models.get("matcher", models.verifier.name)
    for edit in wanted:
        if captioner is None:
            note = f'The patch "{edit.name}" is not described, because no captioner is connected to Patch Report.'
            record = record.extended(notes=[note])
            continue
        key = (
            image_key(record.image),
            record.root.find(edit.name).box,
            *(edit.seed, edit.question, number),
            *(record.threshold, decided_by_sentence(record), record.context, record.style),
            *(focus.only, focus.ignore, image_key(focus.shown) if focus.shown else ""),
        )
        used = (captioner, models.verifier, models.writer)
        found = remembered.get(key, used)
        if found is None:
            alone = _asked(record, edit, captioner, models, number, on_progress)
            record = record.extended(calls=alone.calls, tokens=alone.tokens)
            found = _described(alone, edit.name)
            if all(c.finish != ERROR for c in found.candidates):
                remembered.put(key, used, found)
        notes = [*found.notes]
        if before != models.verifier.name:
            notes.append(
                f"Changed patches were verified by {models.verifier.name}, the others by {before}."
            )
        joined = _joined(record, edit.name, found)
        record = joined.extended(notes=notes, models={**found.models, "matcher": before})
        on_progress(index, edit.name)
    return record


def _asked(
    record: ImageRecord,
    edit: PatchEdit,
    captioner: Captioner,
    models: ModelsByRole,
    number: int,
    on_progress: StageProgress,
) -> ImageRecord:
    """Return a record of one patch alone, described and verified."""
    alone = _alone(record, edit, captioner, number, on_progress)
    profile = PAPER if decided_by_sentence(record) else DEFAULT
    [done] = filter_statements(
        [alone],
        models.verifier,
        models.embedder,
        FilterSettings(record.threshold, profile=profile),
        writer=models.writer,
        nli=models.nli,
        ocr=models.ocr,
        on_progress=lambda i, name: on_progress(None, ""),
    )
    return done


def _described(alone: ImageRecord, name: str) -> Described:
    said = alone.candidates[name]
    return Described(
        said, alone.readings, alone.things, alone.statements, alone.notes, alone.models
    )


def decided_by_sentence(record: ImageRecord) -> bool:
    """Return whether the paper's profile decided, whose statements are sentences."""
    decided = [s for s in record.statements if s.reason is not Reason.NOT_A_CLAIM]
    return bool(decided) and all(s.claim is None for s in decided)


def _captions_of_a_patch(record: ImageRecord) -> int:
    """Return how many captions the other patches have."""
    counts = [len(said) for name, said in record.candidates.items() if name != record.root.name]
    return max(counts, default=DescribeSettings().candidates)


def _alone(
    record: ImageRecord,
    edit: PatchEdit,
    captioner: Captioner,
    number: int,
    on_progress: StageProgress,
) -> ImageRecord:
    """Return a record of one patch alone, with its captions."""
    region = record.root.find(edit.name)
    root = replace(record.root, children=(replace(region, children=()),))
    given = {GIVEN: record.models[GIVEN]} if GIVEN in record.models else EMPTY
    # No caption of the whole image: it has been asked for already.
    alone = ImageRecord(
        record.image,
        root,
        context=record.context,
        style=record.style,
        focus=record.focus,
        models=given,
        candidates={root.name: ()},
    )
    prompt = load_prompt("patch_question").format(question=edit.question) if edit.question else ""
    settings = DescribeSettings(prompt, number, seed=edit.seed, style=record.style)
    return describe([alone], captioner, settings, on_progress=lambda i, n: on_progress(None, ""))[0]


def _joined(record: ImageRecord, name: str, new: Described) -> ImageRecord:
    """Return the record with the statements of a patch, those that it already has joined with them."""
    record = replace(record, candidates={**record.candidates, name: new.candidates})
    known = Scene(record.things, record.readings)
    scene, numbers = extended(known, Scene(new.things, new.readings), may_meet(record))
    moved = [_renumbered(s, numbers) for s in new.statements]
    record = replace(record, things=scene.things, readings=scene.readings)
    return replace(record, statements=_merged(record, moved))


def _renumbered(statement: Statement, numbers: Mapping[int, int]) -> Statement:
    """Return the statement with other numbers for the things of its claim."""
    claim = statement.claim
    if claim is None:
        return statement
    thing, other = numbers.get(claim.thing, -1), numbers.get(claim.other, -1)
    return replace(statement, claim=replace(claim, thing=thing, other=other))


def _merged(record: ImageRecord, new: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return the statements of the record and the new ones, each once.

    What two make is kept if one of them was; of two that contradict each other the better score stays.
    """
    done = list(record.statements)
    first_new = len(done)
    done += new
    with_claim = [i for i, s in enumerate(done) if s.claim is not None]
    groups = grouped(
        [done[i].claim for i in with_claim],
        [done[i].occurrences[0].source for i in with_claim],
        record.things,
    )
    members = [[with_claim[i] for i in group] for group in groups.groups]
    absorbed: set[int] = set()
    for group in members:
        old = next((i for i in group if i < first_new), None)
        for i in group if old is not None else ():
            if i >= first_new:
                done[old] = _of_both(record, done[old], done[i])
                absorbed.add(i)
    for a, b in groups.contradicts:
        for i in members[a]:
            for j in members[b]:
                if {done[i].verdict, done[j].verdict} == {Verdict.KEPT}:
                    winner, loser = (i, j) if _score(done[i]) >= _score(done[j]) else (j, i)
                    done[loser] = done[loser].decided(
                        Verdict.DROPPED, Reason.CONTRADICTED, done[winner].text
                    )
    return tuple(s for i, s in enumerate(done) if i not in absorbed)


def _of_both(record: ImageRecord, old: Statement, new: Statement) -> Statement:
    better = max(old, new, key=lambda s: (s.verdict is Verdict.KEPT, _score(s)))
    occurrences = tuple(dict.fromkeys((*old.occurrences, *new.occurrences)))
    both = replace(
        better,
        text=old.text,
        claim=old.claim,
        occurrences=occurrences,
        evidence={**old.evidence, **new.evidence},
    )
    return replace(both, asked=record.asked([r for r in both.regions if r in record.candidates]))


def _score(statement: Statement) -> float:
    return -1.0 if statement.score is None else statement.score
