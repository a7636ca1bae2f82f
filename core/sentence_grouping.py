"""Groups sentences into same, contradictory and unique, with a language model or by their claims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .claims import STATEMENT, Reading
from .claims.entailment import CONTRADICTION, EQUIVALENT, NEUTRAL, compare
from .image_record import ImageRecord
from .models import Embedder
from .prompts import fenced, load_prompt
from .statements import Statement

# Cosine (all-MiniLM-L6-v2) from which two sentences are taken for paraphrases where their claims neither agree nor
# clash: of the English pairs of claims_bench and bench/claims_third that are left open one is above it, a paraphrase.
PARAPHRASE = 0.9
_LINE = re.compile(r"^\W*(same|contradictory|unique)\W+([\d,;/\s&and]*)", re.IGNORECASE | re.MULTILINE)  # fmt: skip


@dataclass(frozen=True)
class Grouping:
    """Indices of statements. Each statement is in at most one group.

    Attributes:
        same: groups that say the same.
        contradictory: groups of which one at most can be true.
        forgotten: what the sorting put nowhere; whatever stands in none of the three is unique.
    """

    same: tuple[tuple[int, ...], ...] = ()
    contradictory: tuple[tuple[int, ...], ...] = ()
    forgotten: tuple[int, ...] = ()


def grouping_prompt(statements: Sequence[Statement]) -> str:
    """Return the prompt that asks a language model to group sentences, which are fenced as data."""
    captions = list(dict.fromkeys(source for s in statements for source in sorted(s.sources)))
    lines = "\n".join(
        f"{number}. [caption {captions.index(min(s.sources)) + 1}] {fenced(s.text)}"
        for number, s in enumerate(statements, 1)
    )
    return load_prompt("group").format(sentences=lines)


def read_grouping(answer: str, count: int) -> Grouping:
    """Read a language model's grouping, even if it is malformed.

    Numbers that there are not are passed over; of a number that stands twice the first place counts;
    a group of one is none.
    """
    placed: set[int] = set()
    groups: dict[str, list[tuple[int, ...]]] = {"same": [], "contradictory": []}
    parts = ((kind, part) for kind, all_ in _LINE.findall(answer) for part in all_.split(";"))
    for kind, numbers in parts:
        found = dict.fromkeys(int(n) - 1 for n in re.findall(r"\d+", numbers))
        group = tuple(i for i in found if 0 <= i < count and i not in placed)
        placed.update(group)
        if len(group) > 1 and kind.lower() in groups:
            groups[kind.lower()].append(group)
    forgotten = tuple(i for i in range(count) if i not in placed)
    return Grouping(tuple(groups["same"]), tuple(groups["contradictory"]), forgotten)


def claims_grouping(
    statements: Sequence[Statement], record: ImageRecord, embedder: Embedder
) -> Grouping:
    """Group sentences by their claims, or as paraphrases by their embeddings if no claim differs. Sentences of one
    caption are never grouped, because a caption that states both means two things."""
    readings = [of_sentence(record, s) for s in statements]
    english = [not any(c.kind == STATEMENT for c in r.claims) for r in readings]
    rows = embedder.embed([s.text for s in statements])
    cosine = rows @ rows.T
    same: list[set[int]] = []
    disputed: list[set[int]] = []
    for i, a in enumerate(statements):
        for j, b in enumerate(statements[i + 1 :], i + 1):
            if a.sources & b.sources:
                continue
            label = compare(readings[i], readings[j])
            alike = label == NEUTRAL and english[i] and english[j] and cosine[i, j] >= PARAPHRASE
            if label == EQUIVALENT or alike:
                _join(same, {i, j})
            elif label == CONTRADICTION:
                _join(disputed, {i, j})
    agreed = {i for group in same for i in group}
    open_ = (tuple(sorted(group - agreed)) for group in disputed)
    return Grouping(
        tuple(tuple(sorted(group)) for group in same), tuple(g for g in open_ if len(g) > 1)
    )


def _join(groups: list[set[int]], pair: set[int]) -> None:
    near = [g for g in groups if g & pair]
    groups[:] = [g for g in groups if not g & pair] + [pair.union(*near)]


def of_sentence(record: ImageRecord, statement: Statement) -> Reading:
    """Return the claims of one sentence."""
    occurrence = statement.occurrences[0]
    reading = record.readings[occurrence.source]
    said = (c for c in reading.claims if c.sentence == occurrence.sentence)
    return replace(reading, claims=tuple(said))
