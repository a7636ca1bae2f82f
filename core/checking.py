"""What a writer wrote, checked claim by claim against what was kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .claims import Passage, Reader, Reading
from .claims.editing import edited
from .claims.entailment import unsupported
from .claims.inference import supported
from .claims.rewriting import name_edits, without
from .claims.verifying import says_no_more
from .models import LENGTH, NLI, Completion, Tick


@dataclass(frozen=True)
class Checked:
    """Attributes:
    sentences: what of the text follows from the facts.
    removed: the claims (or whole sentences) that were taken out, as text.
    missing: indices of the facts' claims that the rest does not say.
    """

    sentences: tuple[str, ...]
    removed: tuple[str, ...]
    missing: tuple[int, ...]


def check(
    answer: Completion,
    facts: Reading,
    reader: Reader,
    nli: NLI | None = None,
    tick: Tick = lambda index: None,
) -> Checked:
    """Check a written text against the facts, all together.

    A claim that does not follow is cut out of its sentence; a sentence of which nothing is left, or that was
    cut off in the middle, goes whole. What claims nothing (headings, lead-ins, moods) goes, too.

    Args:
        facts: the things and claims that may be said.
        nli: asked about what structure leaves open; what contradicts a fact goes in any case.
    """
    cut = answer.finish == LENGTH
    [written] = reader.read([Passage(answer.text, cut=cut)])
    wrong = _unsupported(facts, written, nli, tick)
    sentences, removed = [], [*written.not_claims]
    before: set[int] = set()  # what a pronoun may stand for
    for index, sentence in enumerate(written.sentences):
        clear, before = before, set()
        if not sentence.text:
            continue
        numbers = [n for n, c in enumerate(written.claims) if c.sentence == index]
        if not numbers or not sentence.complete:
            removed.append(sentence.said)
            continue
        false = {k for k, n in enumerate(numbers) if n in wrong}
        claims = [written.claims[n] for n in numbers]
        edits = name_edits(written, index, clear)
        fit, moved = edited(sentence, claims, edits)
        text, _ = without(fit, moved, false)
        left = [claim for k, claim in enumerate(claims) if k not in false]
        if false and text and not says_no_more([text], [left])[0]:
            text = ""
        before = {thing for _, _, thing in sentence.mentions} if text else set()
        removed += [claims[k].text for k in sorted(false)]
        if text:
            sentences.append(text)
    [rest] = reader.read([Passage(" ".join(sentences))]) if sentences else [Reading()]
    missing = _unsupported(rest, facts, nli, tick) if sentences else range(len(facts.claims))
    return Checked(tuple(sentences), _once(removed), tuple(sorted(missing)))


def _once(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts without those that another one contains, punctuation and case apart."""
    plain = {text: " ".join(("", *re.findall(r"\w+", text.lower()), "")) for text in texts}
    first = {words: text for text, words in reversed(plain.items())}  # of equal ones the first
    return tuple(
        text
        for text, words in plain.items()
        if first[words] == text and not any(words in o and words != o for o in first)
    )


def _unsupported(facts: Reading, written: Reading, nli: NLI | None, tick: Tick) -> set[int]:
    """Indices of the claims of a text that do not follow from the facts."""
    new = unsupported(facts, written)
    return set(new) - (supported(facts, written, new, nli, tick) if nli and new else set())
