"""Checks that an edited sentence is grammatical and claims nothing new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..models.offline import spacy_english
from . import STATEMENT, Claim, Passage
from .markup import CJK
from .reading import read
from .trees import FINITE

_SUBJECTS = frozenset("nsubj nsubjpass expl csubj csubjpass".split())
_REMEMBERED = 1000  # sentences: a caption is composed for each region and for the whole
_claims: dict[str, tuple[Claim, ...]] = {}  # text -> what it claims
_whole: dict[str, bool] = {}  # text -> is it a sentence
_STAND_INS = frozenset("person thing".split())  # what a pronoun is read as without its antecedent


@dataclass(frozen=True)
class Change:
    """Attributes:
    before, after: an English sentence, and what is left of it.
    kept, dropped: the claims of it that may, and that must not, be made by what is left.
    """

    before: str
    after: str
    kept: tuple[Claim, ...]
    dropped: tuple[Claim, ...]


def says_no_more(changes: Sequence[Change]) -> list[bool]:
    """Return whether what is left of each sentence is one, and claims only what the sentence did and may.

    A sentence is read anew without those around it, and then may claim a little else (who "it" is). So what is
    left may also claim what the whole sentence does when it is read in this way.
    """
    if len(_claims) > _REMEMBERED:
        _claims.clear()
    texts = list(dict.fromkeys(text for c in changes for text in (c.before, c.after)))
    new = [text for text in texts if text not in _claims]
    for text, reading in zip(new, read([Passage(text) for text in new])):
        _claims[text] = reading.claims
    return [
        whole
        and all(
            _among(claim, c.kept)
            or (_among(claim, _claims[c.before]) and not _among(claim, c.dropped))
            for claim in _claims[c.after]
        )
        for c, whole in zip(changes, are_sentences([c.after for c in changes]))
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


def are_sentences(texts: Sequence[str]) -> list[bool]:
    """Return whether each text is a clause with a finite verb that has its subject before or beside it and agrees
    with it; True for a text in Chinese, Japanese or Korean, which is not parsed.
    """
    if not spacy_english.installed():
        return [True] * len(texts)
    if len(_whole) > _REMEMBERED:
        _whole.clear()
    new = [text for text in dict.fromkeys(texts) if text not in _whole]
    _whole.update((text, True) for text in new if CJK.search(text))
    english = [text for text in new if text not in _whole]
    for doc in spacy_english.pipeline().pipe(english):
        roots = [token for token in doc if token.dep_ == "ROOT"]
        _whole[doc.text] = bool(roots) and _clause(roots[0]) and _agrees(doc)
    return [_whole[text] for text in texts]


def _agrees(doc) -> bool:
    """Return whether no article is left without its noun, and no verb with a subject of another number."""
    for token in doc:
        if token.lower_ in ("a", "an") and token.dep_ == "det":
            noun = token.head
            if noun.i < token.i or (noun.tag_ == "NNS" and not noun.text.lower().endswith("ss")):
                return False
        if token.lower_ in ("is", "has") and token.dep_ in ("aux", "auxpass", "ROOT"):
            verb = token.head if token.dep_ != "ROOT" else token
            subject = next((c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass")), None)
            if subject is not None and subject.i < token.i and _many(subject):
                return False
    return True


def _many(subject) -> bool:
    joined = any(c.dep_ == "cc" and c.lower_ == "and" for c in subject.children)
    return subject.tag_ == "NNS" or (joined and any(c.dep_ == "conj" for c in subject.children))


def _clause(root) -> bool:
    finite = root.tag_ in FINITE or any(
        c.tag_ in FINITE for c in root.children if c.dep_ in ("aux", "auxpass")
    )
    return finite and any(c.dep_ in _SUBJECTS for c in root.children)
