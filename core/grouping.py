"""Sentences sorted into same, contradictory and unique: by a language model, or by embeddings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .prompts import load_prompt
from .statements import Statement, contradictions

if TYPE_CHECKING:
    import numpy as np

_LINE = re.compile(r"^\W*(same|contradictory|unique)\W+([\d,;/\s&and]*)", re.IGNORECASE | re.MULTILINE)  # fmt: skip


@dataclass(frozen=True)
class Grouping:
    """Indices of statements; each stands in one group at most.

    Attributes:
        same: groups that say the same.
        contradictory: groups of which one at most can be true.
        forgotten: what the sorting put nowhere; whatever stands in none of the three is unique.
    """

    same: tuple[tuple[int, ...], ...] = ()
    contradictory: tuple[tuple[int, ...], ...] = ()
    forgotten: tuple[int, ...] = ()


def grouping_prompt(statements: Sequence[Statement]) -> str:
    """What a language model is asked, the sentences fenced as data."""
    captions = list(dict.fromkeys(source for s in statements for source in sorted(s.sources)))
    lines = "\n".join(
        f"{number}. [caption {captions.index(min(s.sources)) + 1}] {s.text}"
        for number, s in enumerate(statements, 1)
    )
    return load_prompt("group").format(sentences=lines)


def read_grouping(answer: str, count: int) -> Grouping:
    """A language model's answer, however malformed.

    Numbers that there are not are passed over; of a number that stands twice the first place counts;
    a group of one is none.
    """
    placed: set[int] = set()
    groups: dict[str, list[tuple[int, ...]]] = {"same": [], "contradictory": []}
    for kind, numbers in _LINE.findall(answer):
        found = dict.fromkeys(int(n) - 1 for n in re.findall(r"\d+", numbers))
        group = tuple(i for i in found if 0 <= i < count and i not in placed)
        placed.update(group)
        if len(group) > 1 and kind.lower() in groups:
            groups[kind.lower()].append(group)
    forgotten = tuple(i for i in range(count) if i not in placed)
    return Grouping(tuple(groups["same"]), tuple(groups["contradictory"]), forgotten)


def embedded_grouping(
    statements: Sequence[Statement], vectors: Mapping[str, np.ndarray]
) -> Grouping:
    """Of statements of which those that say the same are merged already."""
    groups: list[set[int]] = []
    for pair in map(set, contradictions(statements, vectors)):
        near = [g for g in groups if g & pair]
        groups = [g for g in groups if not g & pair] + [pair.union(*near)]
    disputed = {i for group in groups for i in group}
    agreed = ((i,) for i, s in enumerate(statements) if i not in disputed and len(s.sources) > 1)
    return Grouping(tuple(agreed), tuple(tuple(sorted(group)) for group in groups))
