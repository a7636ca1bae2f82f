"""What a writer wrote, checked claim by claim against what was kept."""

from __future__ import annotations

from dataclasses import dataclass

from .claims import Passage, Reader, Reading
from .claims.editing import edited
from .claims.entailment import unsupported
from .claims.rewriting import name_edits, without
from .claims.verifying import Change, says_no_more
from .models import LENGTH, Completion


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


def check(answer: Completion, facts: Reading, reader: Reader) -> Checked:
    """Check a written text against the facts, all together.

    A claim that does not follow is cut out of its sentence; a sentence of which nothing is left, or that was
    cut off in the middle, goes whole. What claims nothing (headings, lead-ins, moods) goes, too.

    Args:
        facts: the things and claims that may be said.
    """
    cut = answer.finish == LENGTH
    [written] = reader.read([Passage(answer.text, cut=cut)])
    wrong = set(unsupported(facts, written))
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
        if false and text:
            left = tuple(claim for k, claim in enumerate(claims) if k not in false)
            change = Change(fit.text, text, left, tuple(claims[k] for k in false))
            text = text if says_no_more([change])[0] else ""
        before = {thing for _, _, thing in sentence.mentions} if text else set()
        removed += [claims[k].text for k in sorted(false)]
        if text:
            sentences.append(text)
    [rest] = reader.read([Passage(" ".join(sentences))]) if sentences else [Reading()]
    missing = unsupported(rest, facts) if sentences else range(len(facts.claims))
    return Checked(tuple(sentences), tuple(dict.fromkeys(removed)), tuple(missing))
