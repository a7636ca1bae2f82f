"""Finds the verb that the tagger took for a noun: "A brown horse grazes in a field" as one long name."""

from __future__ import annotations

from ..english import present_participle
from . import lexicon
from .trees import FINITE

_NOUNS = frozenset("NN NNS".split())


# Verbs of which no plural noun follows a noun often.
_STANDS = frozenset("stands waits sits lies hangs leans sticks floats".split())


def with_verb(doc) -> str:
    """Return the sentence with that noun as a verb ("is grazing"); "" where it has a verb, or no such noun."""
    if any(token.tag_ in FINITE for token in doc):
        return ""
    for token in reversed(doc):
        before = doc[token.i - 1] if token.i else None
        if token.tag_ not in _NOUNS or before is None or before.tag_ not in {*_NOUNS, "NNP"}:
            continue
        if lexicon.senses(f"{before.lemma_} {token.lemma_}".lower()):
            continue  # "police officers"
        third, plural = _verb_forms(token.text.lower())
        then = doc[token.i + 1] if token.i + 1 < len(doc) else token
        if _is_counted(before, token):
            continue
        # "A sheet of seaweed sticks out", "a door with a panel stands open", "a sign on the sidewalk lists today's menu".
        follows = (
            then.tag_ in ("DT", "PRP$")
            or then.lower_ in ("out", "off", "up", "down", "today")
            or token.lower_ in _STANDS
        )
        if token.dep_ == "pobj" and not follows:
            continue
        joined = any(t.lower_ == "and" and doc[t.i - 1].tag_ in _NOUNS for t in doc[1 : token.i])
        many = before.tag_ == "NNS" or joined
        if not third or plural is not many or token.i + 1 >= len(doc):
            continue
        verb = f"{'are' if many else 'is'} {present_participle(third)}"
        end = token.idx + len(token)
        return f"{doc.text[: token.idx]}{verb}{doc.text[end:]}"
    return ""


def _is_counted(before, token) -> bool:
    """Return whether the noun is a plural with a number: "two copper pans", not "two dogs run"."""
    number = before.doc[before.i - 1] if before.i else None
    return (
        number is not None
        and (number.tag_ == "CD" or number.lower_ in ("several", "many", "some", "few"))
        and before.tag_ != "NNS"
        and token.tag_ == "NNS"
    )


def _verb_forms(word: str) -> tuple[str, bool]:
    """Return the third person of a verb, and whether the word is its plural; "" where no verb has this form."""
    if word.endswith("s"):
        for base in (word[:-1], word[:-2]):
            if lexicon.senses(base, lexicon.VERB):
                return word, False
        return "", False
    if not lexicon.senses(word, lexicon.VERB):
        return "", False
    return (f"{word}es" if word.endswith(("ch", "sh", "s", "x")) else f"{word}s"), True
