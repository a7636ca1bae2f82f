"""Captions -> statements with provenance, and their grouping: same, contradictory or unique."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from .models import LENGTH, Completion
from .words import Attributes, attributes, contradiction

if TYPE_CHECKING:
    import numpy as np

MAX_SENTENCE = 500  # characters; longer "sentences" are lists or loops, and matchers cut them off
# Cosine of two skeletons from which they are about the same thing. Paraphrases measured 0.76 to
# 1.00, sentences on different objects up to 0.72 (tests/core/test_statements.py, all-MiniLM-L6-v2).
SAME = 0.75


class Verdict(str, Enum):
    KEPT = "kept"
    DROPPED = "dropped"


class Reason(str, Enum):
    """Why a statement was kept or dropped."""

    ABOVE = "above_threshold"
    BEST = "best_of_contradiction"
    MAJORITY = "majority_unscored"
    AGREED = "agreed"
    GLOBAL = "global_caption"
    BELOW = "below_threshold"
    CONTRADICTED = "contradicted"
    MINORITY = "minority_unscored"
    FIRM = "firm_part"
    GUESS = "guess"
    TRUSTED = "trusted"
    UNMENTIONED = "unmentioned"
    CUT_OFF = "cut_off"
    TOO_LONG = "too_long"
    NO_WORDS = "no_words"


@dataclass(frozen=True)
class Saying:
    """One sentence of one caption: which region's, which of its candidates, and the words."""

    region: str
    candidate: int
    text: str

    @property
    def source(self) -> tuple[str, int]:
        return (self.region, self.candidate)


@dataclass(frozen=True)
class Statement:
    """What one or several captions state, and what was decided about it.

    Attributes:
        text: the wording that stands for all.
        sayings: every sentence that says it, so that nothing disappears.
        asked: how many captions could have said it (those of the regions that did).
        evidence: region -> the matcher's score (0..1) on that region's pixels.
        score: what the verdict rests on, 0..1; None where the matcher could not judge.
        verdict: None until it is decided.
        against: the statement that this one lost to, or won against.
    """

    text: str
    sayings: tuple[Saying, ...]
    asked: int = 1
    evidence: Mapping[str, float] = field(default_factory=dict)
    score: float | None = None
    verdict: Verdict | None = None
    reason: Reason | None = None
    against: str = ""

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that said it, in the order of their tree."""
        return tuple(dict.fromkeys(saying.region for saying in self.sayings))

    @property
    def sources(self) -> frozenset[tuple[str, int]]:
        """The captions that said it, as (region, candidate number)."""
        return frozenset(saying.source for saying in self.sayings)

    @property
    def support(self) -> tuple[int, int]:
        """Said by how many captions, of how many that could have."""
        return (len(self.sources), self.asked)

    @property
    def attributes(self) -> Attributes:
        return attributes(self.text)

    def decided(self, verdict: Verdict, reason: Reason, against: str = "") -> Statement:
        return replace(self, verdict=verdict, reason=reason, against=against)


def clean_text(text: str) -> str:
    """Without control characters and markup of lists and emphasis, one blank between words.

    Line ends are kept, for they end sentences.
    """
    lines = []
    for line in text.splitlines():
        line = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in line)
        line = re.sub(r"^\s*(?:[-*•#>]+|\d{1,2}[.)])\s+", "", line)
        line = re.sub(r"\*\*|__|`", "", line)
        lines.append(re.sub(r"\s+", " ", line).strip())
    return "\n".join(line for line in lines if line)


def split_sentences(text: str) -> list[str]:
    """The sentences of a caption, cleaned; in any of the languages that `sentencex` knows."""
    from sentencex import segment

    return [
        sentence.strip()
        for line in clean_text(text).split("\n")
        for sentence in segment("en", line)
        if sentence.strip()
    ]


def read_candidates(region: str, completions: Sequence[Completion]) -> list[Statement]:
    """Every sentence of a region's captions as a statement of its own.

    One that cannot be used (cut off, too long, no words) is already decided.
    """
    asked = sum(1 for c in completions if c.text.strip())
    statements = []
    for number, completion in enumerate(completions):
        sentences = split_sentences(completion.text)
        for position, sentence in enumerate(sentences):
            saying = Saying(region, number, sentence)
            ended = unicodedata.category(sentence[-1])[0] == "P" and sentence[-1] not in ",;:-–—("
            cut = completion.finish == LENGTH and position == len(sentences) - 1 and not ended
            text = sentence if ended else sentence.rstrip(",;:-–—( ") + "."
            statement = Statement(text, (saying,), asked)
            if cut:
                statement = statement.decided(Verdict.DROPPED, Reason.CUT_OFF)
            elif len(text) > MAX_SENTENCE:
                statement = statement.decided(Verdict.DROPPED, Reason.TOO_LONG)
            elif not any(c.isalnum() for c in text):
                statement = statement.decided(Verdict.DROPPED, Reason.NO_WORDS)
            statements.append(statement)
    return statements


def similarity(statements: Sequence[Statement], vectors: Mapping[str, np.ndarray]) -> np.ndarray:
    """Cosine of the statements' skeletons, shape (n, n)."""
    import numpy as np

    rows = np.stack([vectors[s.attributes.skeleton] for s in statements])
    return rows @ rows.T


def merge_same(
    statements: Sequence[Statement],
    vectors: Mapping[str, np.ndarray],
    asked: Callable[[tuple[str, ...]], int],
) -> list[Statement]:
    """Merge statements that say the same; the rest stay as they are.

    The most similar pair is merged first. Two groups are never merged where any two of their
    members contradict each other, or where one caption said both: it meant two things.

    Args:
        vectors: skeleton -> embedding of unit length.
        asked: how many captions the regions of that name have.
    """
    if len(statements) < 2:
        return list(statements)
    cosine = similarity(statements, vectors)
    pairs = [
        (-cosine[i, j], i, j)
        for i in range(len(statements))
        for j in range(i + 1, len(statements))
        if cosine[i, j] >= SAME
    ]
    groups = {i: [i] for i in range(len(statements))}
    for _, i, j in sorted(pairs):
        a, b = groups[i], groups[j]
        if a is b or any(
            statements[x].sources & statements[y].sources
            or contradiction(statements[x].attributes, statements[y].attributes)
            for x in a
            for y in b
        ):
            continue
        a.extend(b)
        for member in b:
            groups[member] = a
    merged = []
    for first, group in groups.items():
        if first == min(group):
            merged.append(_merge_group([statements[i] for i in sorted(group)], asked))
    return merged


def contradictions(
    statements: Sequence[Statement], vectors: Mapping[str, np.ndarray]
) -> list[tuple[int, int]]:
    """Pairs of statements on the same subject with different values of an attribute.

    A caption does not contradict itself: where one said both, it meant two things.
    """
    if len(statements) < 2:
        return []
    cosine = similarity(statements, vectors)
    return [
        (i, j)
        for i, a in enumerate(statements)
        for j, b in enumerate(statements[i + 1 :], i + 1)
        if cosine[i, j] >= SAME
        and not a.sources & b.sources
        and contradiction(a.attributes, b.attributes)
    ]


def _merge_group(group: Sequence[Statement], asked: Callable[[tuple[str, ...]], int]) -> Statement:
    if len(group) == 1:
        return group[0]
    # The more specific wording, for none of the others contradicts it; then what most say word for
    # word; then the first.
    said = [saying.text for s in group for saying in s.sayings]
    best = max(group, key=lambda s: (s.attributes.kinds, said.count(s.text)))
    sayings = tuple(saying for s in group for saying in s.sayings)
    winner = next((s for s in group if s.reason), best)
    merged = replace(
        best,
        sayings=sayings,
        evidence={region: value for s in group for region, value in s.evidence.items()},
        reason=winner.reason,
        against=winner.against,
    )
    return replace(merged, asked=asked(merged.regions))
