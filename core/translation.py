"""Checks a caption in another language than its facts: it is translated back into English and compared claim by claim."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .caption_check import Checked
from .claims import Passage, Reading
from .claims.entailment import unsupported
from .claims.reading import is_english, read
from .claims.sayable import is_sayable
from .models import LENGTH, ChatModel, Completion, ModelProgress
from .models.reasoning import without_reasoning
from .prompts import fenced, load_prompt

_LINE = re.compile(r"^\W{0,3}(\d{1,3})\W{0,2}[:：.)]\s*(\S.*)$", re.MULTILINE)


def check_translation(
    answer: Completion,
    facts: Reading,
    talker: ChatModel,
    on_progress: ModelProgress = lambda index: None,
) -> tuple[Checked, Completion | None]:
    """Check a text against facts in English.

    A sentence of which any claim does not follow from the facts goes whole, and so does one that is cut off, claims
    nothing or was not translated: its words cannot be told apart by the claims of its translation.

    Returns:
        What is left, and the answer of the language model that translated it (None if all is in English).
    """
    [reading] = read([Passage(answer.text, cut=answer.finish == LENGTH)])
    sentences = [s for s in reading.sentences if s.text or s.said in reading.not_claims]
    said = [s.said for s in sentences if s.complete and s.text]
    english, translated = _english(said, talker, on_progress)
    known = [n for n in range(len(said)) if english.get(n)]
    together, places = _read_together([english[n] for n in known])
    wrong: dict[int, list[str]] = {}
    for i in sorted(unsupported(facts, together)):
        claim = together.claims[i]
        wrong.setdefault(known[places[claim.sentence]], []).append(claim.text)
    claiming = {known[places[c.sentence]] for c in together.claims}
    kept = [n for n in known if n in claiming and n not in wrong]
    removed = [s.said for s in sentences if not (s.complete and s.text)]
    removed += [
        f"{text} ({' '.join(wrong[n])})" if n in wrong else text
        for n, text in enumerate(said)
        if n not in kept
    ]
    rest, _ = _read_together([english[n] for n in kept])
    missing = unsupported(rest, facts) if kept else range(len(facts.claims))
    absent = tuple(i for i in sorted(missing) if is_sayable(facts.claims[i]))
    return Checked(tuple(said[n] for n in kept), tuple(removed), absent), translated


def _english(
    sentences: Sequence[str], talker: ChatModel, on_progress: ModelProgress
) -> tuple[dict[int, str], Completion | None]:
    """Return the English of each sentence by its number, and the answer of the model that was asked for it."""
    english = {n: text for n, text in enumerate(sentences) if is_english(text)}
    if len(english) == len(sentences):
        return english, None
    lines = "\n".join(f"{n}: {fenced(text)}" for n, text in enumerate(sentences, 1))
    prompt = load_prompt("translate").format(sentences=lines)
    [answer] = talker.answer([prompt], on_progress, temperature=0.0)
    found = _LINE.findall(without_reasoning(answer.text))
    return {**{int(n) - 1: text.strip() for n, text in found}, **english}, answer


def _read_together(texts: Sequence[str]) -> tuple[Reading, list[int]]:
    """Return one reading of all texts, so that later ones name things of earlier ones, and the number of the text
    that each of its sentences is from.
    """
    if not texts:
        return Reading(), []
    counts = [len(r.sentences) for r in read([Passage(text) for text in texts])]
    places = [number for number, count in enumerate(counts) for _ in range(count)]
    [together] = read([Passage("\n".join(texts))])
    # Sentences that split otherwise in the whole are counted to the last text.
    return together, [*places, *[len(texts) - 1] * len(together.sentences)]
