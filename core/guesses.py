"""What a sentence itself presents as a guess: "possibly a boat", "suggesting that it is summer".

Vision-language models end many sentences so (213 of the 762 that LLaVA-1.5 said of the photos of
DID-Bench), and what they guess is wrong more often than what they state: of the objects that stood in
guesses alone .35 were true, of the others .84 (bench/calibrate.py). English only; in other languages
nothing is taken for a guess.
"""

from __future__ import annotations

import re

_ADVERB = "possibly|perhaps|probably|presumably|maybe|likely"
_PARTICIPLE = "suggesting|indicating|implying|hinting|as if|giving the impression"
_VERB = "may|might|could|suggests?|indicates?|implies|imply"
_WORDS = re.compile(rf"\b(?:{_ADVERB}|{_VERB})\b|,\s*(?:and\s+)?(?:{_PARTICIPLE})\b", re.IGNORECASE)
# Where a guess begins that a sentence can do without.
_STARTS = (
    re.compile(rf",?\s+(?:and\s+|or\s+)?(?:{_ADVERB})\b", re.IGNORECASE),
    re.compile(rf",\s*(?:and\s+|or\s+)?(?:{_PARTICIPLE})\b", re.IGNORECASE),
    re.compile(rf",?\s+(?:which|that|who)\s+(?:\w+\s+)?(?:{_VERB})\b", re.IGNORECASE),
)
_LOOSE_END = re.compile(
    r"[\s,;:(–—-]+(?:and|or|with|of|in|on|at|by|to|a|an|the|is|are|was|were|be|being|most|more)$"
)
_SHORTEST = 4  # words of a sentence that can stand alone


def guesses(sentence: str) -> bool:
    """Whether a sentence presents something as a guess."""
    return _WORDS.search(sentence) is not None


def firm_part(sentence: str) -> str:
    """The sentence up to its first guess; empty where that is no sentence."""
    found = _WORDS.search(sentence)
    if found is None:
        return sentence
    starts = [m.start() for m in (pattern.search(sentence) for pattern in _STARTS) if m]
    if not starts or min(starts) > found.start():
        return ""
    part = sentence[: min(starts)].rstrip(" ,;:(–—-")
    while loose := _LOOSE_END.search(part):
        part = part[: loose.start()]
    return f"{part}." if len(part.split()) >= _SHORTEST else ""
