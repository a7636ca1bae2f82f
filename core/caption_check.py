"""Checks a written caption claim by claim against the kept claims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .claims import OBJECT, Passage, Reader, Reading, Sentence
from .claims.coverage import content_words
from .claims.editing import edited
from .claims.entailment import unsupported
from .claims.grammar_check import Change, says_no_more
from .claims.inference import supported
from .claims.rewriting import name_edits, still_names, without
from .claims.sayable import is_sayable
from .claims.sentence_words import means, tokens
from .claims.unread import invented_words
from .models import LENGTH, NLI, Completion, ModelProgress


@dataclass(frozen=True)
class Checked:
    """Attributes:
    sentences: what of the text follows from the facts.
    removed: the claims (or whole sentences) that were taken out, as text.
    missing: indices of the facts' claims that the rest does not say; without those whose text another claim that it
        says has, too.
    """

    sentences: tuple[str, ...]
    removed: tuple[str, ...]
    missing: tuple[int, ...]


def check(
    answer: Completion,
    facts: Reading,
    reader: Reader,
    nli: NLI | None = None,
    on_progress: ModelProgress = lambda index: None,
) -> Checked:
    """Check a written text against the facts, all together.

    A claim that does not follow is cut out of its sentence; a sentence of which nothing is left, that was
    cut off in the middle, or that names what the facts name nowhere, goes whole. What claims nothing (headings,
    lead-ins, moods) goes, too, unless all its words are the facts' own.

    Args:
        facts: the things and claims that may be said.
        nli: asked about what structure leaves open; what contradicts a fact goes in any case.
    """
    cut = answer.finish == LENGTH
    [written] = reader.read([Passage(answer.text, cut=cut)])
    wrong = _unsupported(facts, written, nli, on_progress)
    named = _words_of(facts)
    gone = _unsupported_things(written, wrong)
    sentences, removed = [], []
    before: set[int] = set()  # what a pronoun may stand for
    for index, sentence in enumerate(written.sentences):
        clear, before = before, set()
        numbers = [n for n, c in enumerate(written.claims) if c.sentence == index]
        if not numbers or not sentence.complete:
            if sentence.complete and _only_facts(sentence, named):
                sentences.append(sentence.said)
            elif sentence.text or sentence.said in written.not_claims:
                removed.append(sentence.said)
            continue
        false = {k for k, n in enumerate(numbers) if n in wrong}
        text = _fitted(written, index, clear, false, gone)
        if text == sentence.text and _same_start(sentence) and _only_facts(sentence, named):
            text = sentence.said  # a clause that no claim accounts for, in words of the facts
        left = [written.claims[n] for k, n in enumerate(numbers) if k not in false]
        if text and (invented := invented_words(text, left, written.things, named)):
            removed.append(f"{sentence.said} ({', '.join(invented)})")
            continue
        before = {thing for _, _, thing in sentence.mentions} if text else set()
        removed += [written.claims[n].text for k, n in enumerate(numbers) if k in false]
        if text:
            sentences.append(text)
    out = [part for part in written.not_claims if not any(part in text for text in sentences)]
    [rest] = reader.read([Passage(" ".join(sentences))]) if sentences else [Reading()]
    missing = _unsupported(rest, facts, nli, on_progress) if sentences else range(len(facts.claims))
    # Claims about different things may have the same text, which then is not asked for a second time.
    told = {claim.text for i, claim in enumerate(facts.claims) if i not in missing}
    asked_for = tuple(
        i
        for i in sorted(missing)
        if facts.claims[i].text not in told and is_sayable(facts.claims[i])
    )
    return Checked(tuple(sentences), _once((*out, *removed)), asked_for)


def _once(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the texts without those that another one contains, punctuation and case apart."""
    plain = {text: " ".join(("", *re.findall(r"\w+", text.lower()), "")) for text in texts}
    first = {words: text for text, words in reversed(plain.items())}  # of equal ones the first
    return tuple(
        text
        for text, words in plain.items()
        if first[words] == text and not any(words in o and words != o for o in first)
    )


def _unsupported(
    facts: Reading, written: Reading, nli: NLI | None, on_progress: ModelProgress
) -> set[int]:
    """Indices of the claims of a text that do not follow from the facts."""
    new = unsupported(facts, written)
    return set(new) - (supported(facts, written, new, nli, on_progress) if nli and new else set())


def without_doubled(sentences: Sequence[str], added: Sequence[str], reader: Reader) -> list[str]:
    """Return the sentences and then those added, without each that says no more than one that was added."""
    if not added:
        return list(sentences)
    readings = reader.read([Passage(text) for text in (*sentences, *added)])
    fuller = readings[len(sentences) :]
    return [
        *(
            text
            for text, reading in zip(sentences, readings)
            if not reading.claims
            or _PRONOUN.match(text)
            or all(unsupported(other, reading) for other in fuller)
        ),
        *added,
    ]


_PRONOUN = re.compile(r"(?:he|she|it|they|his|her|its|their|both)\b", re.IGNORECASE)


def _unsupported_things(written: Reading, wrong: set[int]) -> frozenset[int]:
    """Return the things that are not there, for all that the facts say."""
    said = [
        (n, c.thing) for n, c in enumerate(written.claims) if c.kind == OBJECT and not c.negated
    ]
    return frozenset(t for n, t in said if n in wrong) - {t for n, t in said if n not in wrong}


def _fitted(written: Reading, index: int, clear: set[int], false: set[int], gone) -> str:
    """Return the sentence without what is false, with names for pronouns that nothing explains; "" where no
    sentence is left.
    """
    sentence = written.sentences[index]
    claims = [c for c in written.claims if c.sentence == index]
    fit, moved = edited(sentence, claims, name_edits(written, index, clear))
    text, _ = without(fit, moved, false)
    if not false or not text:
        return text
    if still_names(sentence, claims, false, gone):
        return ""
    kept = tuple(claim for k, claim in enumerate(claims) if k not in false)
    change = Change(fit.text, text, kept, tuple(claims[k] for k in false))
    return text if says_no_more([change])[0] else ""


def _words_of(facts: Reading) -> frozenset[str]:
    said = " ".join([*(s.said for s in facts.sentences), *(c.text for c in facts.claims)])
    return frozenset(tokens(said))


def _only_facts(sentence: Sentence, named: frozenset[str]) -> bool:
    """Return whether a sentence that no rule reads says nothing but words of the facts."""
    words = content_words(sentence.said)
    return bool(words) and all(any(means(n, word) for n in named) for word in words)


def _same_start(sentence: Sentence) -> bool:
    """Return whether no lead-in was taken off a sentence."""
    return sentence.text[:8].lower() == sentence.said[:8].lower()
