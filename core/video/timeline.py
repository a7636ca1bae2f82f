"""What stays and what changes between the key frames of a shot.

Claims were verified frame by frame. Here the things of the frames are matched (`claims/scene.py`), and each frame's
claims are looked for in the others: what another frame's claims entail is known, what they contradict or what its
pixels speak against has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..claims import OBJECT, Claim, Reading
from ..claims.entailment import A_ENTAILS_B, CONTRADICTION, EQUIVALENT, claim_relation
from ..claims.scene import merged, renumbered
from ..image_record import ImageRecord
from ..statements import Statement, Verdict

# Log-likelihood ratio below which a claim of one frame is gone in another: odds of 3 to 1, because things stay more
# often than they go.
GONE = -1.1

STAYS, AT_FIRST, THEN = "stays", "at first", "then"

Evidence = Mapping[tuple[int, str], float | None]
"""(frame of the shot, text of a claim) -> log-likelihood ratio of the verifier's score on that frame; None where it
cannot score it."""


@dataclass(frozen=True)
class Part:
    """A part of what is to be said of a shot.

    Attributes:
        frame: the key frame, by its place in the shot, in which it was seen.
        when: `STAYS`: holds in all of the shot; `AT_FIRST`: not until its end; `THEN`: not from its start.
        record: the frame's record, with what is to be said as its only kept statements.
    """

    frame: int
    when: str
    record: ImageRecord


def matched(records: Sequence[ImageRecord]) -> list[ImageRecord]:
    """Return the records of a shot's key frames with one numbering of their things.

    Only kept claims tell which things are the same.
    """
    sources = [(f"frame {k}", 0) for k in range(len(records))]
    facts = [Reading((), r.things, tuple(s.claim for s in _kept(r))) for r in records]
    scene = merged(dict(zip(sources, facts)), lambda a, b: True)
    done = []
    for record, source in zip(records, sources):
        numbers = scene.numbers[source]
        readings = {
            place: replace(renumbered(reading, numbers), things=scene.things)
            for place, reading in record.readings.items()
        }
        statements = tuple(
            replace(s, claim=_renumbered(s.claim, numbers)) if s.claim else s
            for s in record.statements
        )
        done.append(replace(record, things=scene.things, readings=readings, statements=statements))
    return done


def texts_to_look_for(records: Sequence[ImageRecord]) -> list[list[str]]:
    """Return for each key frame the kept claims of the others that its own do not settle."""
    wanted = []
    for own in records:
        known = [s.claim for s in _kept(own)]
        others = (s for other in records if other is not own for s in _kept(other))
        open_ = [s for s in others if not _settled(s.claim, known, own)]
        wanted.append(list(dict.fromkeys(_text(s) for s in open_)))
    return wanted


def parts_of(records: Sequence[ImageRecord], evidence: Evidence) -> list[Part]:
    """Return what is to be said of a shot, in this order: what stays; then, key frame by key frame, what was so at
    first and what is so from then on. Nothing is said twice.

    Args:
        records: of its key frames, as `matched` returns them.
        evidence: of the texts of `texts_to_look_for`.
    """
    stays: list[set[int]] = [set() for _ in records]
    ends: list[set[int]] = [set() for _ in records]
    begins: list[set[int]] = [set() for _ in records]
    absent = {
        (k, j): _absent(records, k, j, evidence)
        for k in range(len(records))
        for j in range(len(records))
        if j != k
    }
    told: list[Claim] = []  # what was said and still holds
    for k, record in enumerate(records):
        for i, statement in enumerate(record.statements):
            if statement.verdict is not Verdict.KEPT or statement.claim is None:
                continue
            if k and _entailed(statement.claim, told, record):
                continue
            later = any(
                _over(statement, records, j, evidence) or absent[k, j] & _things(statement.claim)
                for j in range(k + 1, len(records))
            )
            before = k and (
                not _held(statement, records, k - 1, evidence)
                or absent[k, k - 1] & _things(statement.claim)
            )
            (begins if before else ends if later else stays)[k].add(i)
            told.append(statement.claim)
        if k + 1 < len(records):
            after = [s.claim for s in _kept(records[k + 1])]
            told = [
                c
                for c in told
                if not _contradicted(c, after, record) and not absent[k, k + 1] & _things(c)
            ]
    parts = [Part(k, STAYS, _only(records[k], chosen)) for k, chosen in enumerate(stays) if chosen]
    for k in range(len(records)):
        parts += [Part(k, AT_FIRST, _only(records[k], ends[k]))] if ends[k] else []
        parts += [Part(k, THEN, _only(records[k], begins[k]))] if begins[k] else []
    return parts


def _kept(record: ImageRecord) -> list[Statement]:
    return [s for s in record.statements if s.verdict is Verdict.KEPT and s.claim is not None]


def _text(statement: Statement) -> str:
    return statement.claim.firm or statement.claim.text


def _renumbered(claim: Claim, numbers: Mapping[int, int]) -> Claim:
    return replace(claim, thing=numbers.get(claim.thing, -1), other=numbers.get(claim.other, -1))


def _settled(claim: Claim, known: Sequence[Claim], record: ImageRecord) -> bool:
    return _entailed(claim, known, record) or _contradicted(claim, known, record)


def _entailed(claim: Claim, known: Sequence[Claim], record: ImageRecord) -> bool:
    return any(claim_relation(k, claim, record.things) in (A_ENTAILS_B, EQUIVALENT) for k in known)


def _contradicted(claim: Claim, known: Sequence[Claim], record: ImageRecord) -> bool:
    return any(claim_relation(k, claim, record.things) == CONTRADICTION for k in known)


def _over(
    statement: Statement, records: Sequence[ImageRecord], frame: int, evidence: Evidence
) -> bool:
    """Return whether a claim of one key frame is not true in another."""
    known = [s.claim for s in _kept(records[frame])]
    if _settled(statement.claim, known, records[frame]):
        return _contradicted(statement.claim, known, records[frame])
    found = evidence.get((frame, _text(statement)))
    return found is not None and found < GONE


def _held(
    statement: Statement, records: Sequence[ImageRecord], frame: int, evidence: Evidence
) -> bool:
    """Return whether a claim is true in an earlier key frame whose captions do not make it, as far as its pixels tell."""
    if _contradicted(statement.claim, [s.claim for s in _kept(records[frame])], records[frame]):
        return False
    found = evidence.get((frame, _text(statement)))
    return found is not None and found >= GONE


def _absent(
    records: Sequence[ImageRecord], seen: int, frame: int, evidence: Evidence
) -> frozenset[int]:
    """Return the things of one key frame that are not there in another: all names of them are gone."""
    named: dict[int, list[bool]] = {}
    for s in _kept(records[seen]):
        if s.claim.kind == OBJECT and not s.claim.negated:
            named.setdefault(s.claim.thing, []).append(_over(s, records, frame, evidence))
    return frozenset(thing for thing, gone in named.items() if all(gone))


def _things(claim: Claim) -> set[int]:
    return {claim.thing, claim.other} - {-1}


def _only(record: ImageRecord, chosen: set[int]) -> ImageRecord:
    """Return the record with these kept statements, and with those that their things are there."""
    things = set().union(*(_things(record.statements[i].claim) for i in chosen))
    needed = {
        i
        for i, s in enumerate(record.statements)
        if s.claim and s.claim.kind == OBJECT and not s.claim.negated and s.claim.thing in things
    }
    statements = tuple(
        s if i in chosen | needed or s.verdict is not Verdict.KEPT else replace(s, verdict=None)
        for i, s in enumerate(record.statements)
    )
    return replace(record, statements=statements)
