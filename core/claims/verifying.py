"""Whether a sentence that was changed still is one, and says nothing that it did not say before."""

from __future__ import annotations

from collections.abc import Sequence

from ..models.offline import spacy_english
from . import STATEMENT, Claim, Passage
from .reading import read

_FINITE = frozenset("VBZ VBP VBD MD".split())
_SUBJECTS = frozenset("nsubj nsubjpass expl csubj csubjpass".split())
_REMEMBERED = 1000  # sentences: a caption is composed for each region and for the whole
_seen: dict[str, tuple[bool, tuple[Claim, ...]]] = {}  # text -> is it a sentence, and its claims
_STAND_INS = frozenset("person thing".split())  # what a pronoun is read as without its antecedent


def says_no_more(texts: Sequence[str], claims: Sequence[Sequence[Claim]]) -> list[bool]:
    """Whether each text is a sentence, and each of its claims one of those given beside it.

    Args:
        texts: English sentences after a cut.
        claims: of each, the claims that it may make.
    """
    if len(_seen) > _REMEMBERED:
        _seen.clear()
    found = {text: _seen[text] for text in texts if text in _seen}
    new = [text for text in dict.fromkeys(texts) if text not in found]
    readings = read([Passage(text) for text in new])
    for text, whole, reading in zip(new, _sentences(new), readings):
        found[text] = _seen[text] = (whole, reading.claims)
    return [
        found[text][0] and all(_among(claim, may) for claim in found[text][1])
        for text, may in zip(texts, claims, strict=True)
    ]


def _among(claim: Claim, claims: Sequence[Claim]) -> bool:
    if claim.kind == STATEMENT:
        return any(claim.text.rstrip(".") in c.text for c in claims)
    return any(
        claim.kind == c.kind
        and claim.negated == c.negated
        and _same(claim.subject, c.subject)
        and claim.value == c.value
        and _same(claim.object, c.object)
        for c in claims
    )


def _same(a: str, b: str) -> bool:
    return a == b or a in _STAND_INS or b in _STAND_INS


def _sentences(texts: Sequence[str]) -> list[bool]:
    """Whether each text is a clause with a finite verb that has its subject before or beside it."""
    if not spacy_english.installed():
        return [True] * len(texts)
    found = []
    for doc in spacy_english.pipeline().pipe(texts):
        roots = [token for token in doc if token.dep_ == "ROOT"]
        found.append(bool(roots) and _clause(roots[0]))
    return found


def _clause(root) -> bool:
    finite = root.tag_ in _FINITE or any(
        c.tag_ in _FINITE for c in root.children if c.dep_ in ("aux", "auxpass")
    )
    return finite and any(c.dep_ in _SUBJECTS for c in root.children)
