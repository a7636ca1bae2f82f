"""What the clause of a pronoun tells about the thing that it stands for."""

from __future__ import annotations

from .nouns import head_of

HE, SHE, IT = (
    frozenset(("he", "him", "his", "himself")),
    frozenset(("she", "her", "hers", "herself")),
    frozenset(("it", "its", "itself")),
)
THEY = frozenset(("they", "them", "their", "theirs", "themselves"))
_LIVING_ONLY = frozenset(
    "hold carry wear smile grin laugh look gaze walk run ride eat drink talk chat play dance watch wave point read sing "
    "clap jump swim cook".split()
)


def other_than(token) -> str:
    """Return the noun of the subject that a pronoun cannot stand for; "" where there is none.

    Somebody "follows him": not himself. "His grandfather stands beside him": "him" is whose grandfather it is.
    """
    if token.dep_ not in ("dobj", "pobj") or token.lower_.endswith(("self", "selves")):
        return ""
    verb = next((a for a in token.ancestors if a.pos_ in ("VERB", "AUX")), None)
    subject = next((c for c in verb.children if c.dep_ == "nsubj"), None) if verb else None
    if subject is None or subject.pos_ not in ("NOUN", "PROPN") or subject.i > token.i:
        return ""
    same = next((group for group in (HE, SHE, IT, THEY) if token.lower_ in group), ())
    owned = any(c.dep_ == "poss" and c.lower_ in same for c in subject.children)
    return head_of(subject).split()[-1] if owned or token.head == verb else ""


def is_living(token) -> bool:
    """Return whether a pronoun is the subject of what only people and animals do: "they are holding poles"."""
    return token.dep_ == "nsubj" and token.head.lemma_.lower() in _LIVING_ONLY
