"""What a caption says of moods and of itself rather than of what can be seen, taken out of its sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import OBJECT, verbalization
from .nouns import is_abstract

if TYPE_CHECKING:
    from .reading_builder import ReadingBuilder

Change = tuple[int, int, str]  # characters from, to, and what stands there instead
_HANGING = ("advcl", "acl", "relcl")
_FEELS = frozenset(
    "add lend bring create evoke convey exude contribute give enhance emphasize emphasise invite provide highlight set "
    "impart infuse heighten accentuate draw attract command".split()
)
_MOODS = frozenset(
    "mood atmosphere ambiance ambience vibe feeling feel impression aesthetic".split()
)
_OF_ITSELF = frozenset("scene moment glimpse snapshot view depiction".split())
_SHOW = ("feature", "show", "depict", "capture", "include")
_PLURAL = ("NNS", "NNPS")


def clauses(draft: ReadingBuilder) -> list[list]:
    """Return the tokens of each clause that hangs on a sentence and speaks of a mood: "adding a pop of
    color".
    """
    return [
        list(token.subtree) for token in draft.doc if token.dep_ in _HANGING and _is_mood(token)
    ]


def presented(draft: ReadingBuilder) -> list[Change]:
    """ "A sunset with golden hues sets the tone." -> "There is a sunset with golden hues."

    The same of one that is joined to another clause with "and".
    """
    doc = draft.doc
    for verb in doc:
        subject = next((c for c in verb.children if c.dep_ == "nsubj" and c.i < verb.i), None)
        joined = verb.dep_ == "conj" and verb.head.dep_ == "ROOT"
        if subject is None or not (verb.dep_ == "ROOT" or joined) or not _is_mood(verb):
            continue
        others = [
            c
            for c in verb.children
            if c.dep_ in ("ccomp", "advcl") or (c.dep_ == "conj" and not _is_mood(c))
        ]
        if others or subject.pos_ not in ("NOUN", "PROPN") or is_abstract(subject.lemma_.lower()):
            continue
        if any(c.dep_ == "conj" for c in subject.children):
            continue
        changes = _there_is(doc, verb, subject)
        found = draft.found[draft.first :]
        said_of = [f for f in found if f.kind != OBJECT]
        claimed = {e.index for f in said_of for e in (f.entity, f.other) if e is not None}
        told = [(a, b) for a, b, entity in draft.mentions if entity.index in claimed]
        told += [span for f in said_of for span in f.spans]
        cut = changes[-1] if changes else (0, 0)
        return [] if any(cut[0] <= a and b <= cut[1] for a, b in told) else changes
    return []


def of_mood(draft: ReadingBuilder) -> list[Change]:
    """ "The mood is relaxed, with a kite flying above the beach." -> "A kite is flying above the beach." """
    doc = draft.doc
    root = next((t for t in doc if t.dep_ == "ROOT"), None)
    subject = next((c for c in root.children if c.dep_ == "nsubj"), None) if root else None
    if subject is None or subject.lemma_.lower() not in _MOODS or subject.i > root.i:
        return []
    beside = next((t for t in doc[root.i :] if t.lower_ == "with" and t.dep_ == "prep"), None)
    if beside is not None and root not in (beside.head, beside.head.head):
        return []
    beside_kids = list(beside.children) if beside else []
    doing = next((c for c in beside_kids if c.dep_ == "pcomp" and c.tag_ == "VBG"), None)
    kids = list(doing.children) if doing else beside_kids
    thing = next((c for c in kids if c.dep_ in ("pobj", "nsubj")), None)
    if thing is None or thing.pos_ not in ("NOUN", "PROPN") or is_abstract(thing.lemma_.lower()):
        return []
    start, many = thing.left_edge.idx, thing.tag_ in _PLURAL
    be = "are" if many or any(c.dep_ == "conj" for c in thing.children) else "is"
    doing = doing or next((c for c in thing.children if c.dep_ == "acl" and c.tag_ == "VBG"), None)
    if doing is not None:
        return [(0, start, ""), (doing.idx, doing.idx, f"{be} ")]
    return [(0, start, f"There {be} ")]


def _there_is(doc, verb, subject) -> list[Change]:
    start, end = subject.left_edge.idx, subject.right_edge.idx + len(subject.right_edge.text)
    many = subject.tag_ in _PLURAL
    first = subject.left_edge
    there = f"{'T' if start == 0 else 't'}here {'are' if many else 'is'} "
    stop = verb.right_edge
    last = stop.idx if stop.is_punct else stop.idx + len(stop.text)
    end = len(doc.text[:end].rstrip(" ,"))
    gone = (end, last, "")
    if first.lower_ in ("the", "its"):
        if many:
            return [(start, first.nbor(1).idx, there), gone]
        return [
            (
                start,
                first.nbor(1).idx,
                f"{there}{verbalization.article(first.nbor(1).text).split()[0]} ",
            ),
            gone,
        ]
    if first.lower_ in ("his", "her", "their") or first.pos_ == "PROPN":
        return []
    lower = [(start, start + 1, there + doc.text[start].lower())]
    return [*lower, gone]


def announced_scene(draft: ReadingBuilder) -> list[Change]:
    """ "There is a lively scene of two men ..." -> "There are two men ...", and "There is a moment in a kitchen
    where a man is cooking" -> "In a kitchen, a man is cooking"."""
    doc = draft.doc
    if len(doc) < 5 or doc[0].lower_ != "there" or doc[1].lower_ not in ("is", "are"):
        return []
    noun = next((c for c in doc[1].children if c.dep_ in ("attr", "nsubj") and c.i > 1), None)
    if noun is None or noun.lemma_.lower() not in _OF_ITSELF or noun.i > 5:
        return []
    after = doc[noun.i + 1]
    where = next((t for t in doc if t.lower_ == "where"), None)
    if after.lower_ in ("in", "at", "on") and where is not None and where.i > after.i + 1:
        comma = doc[where.i - 1].text == ","
        cut = doc[where.i - (2 if comma else 1)]
        return [
            (0, after.idx + len(after.text), after.text.capitalize()),
            (cut.idx + len(cut.text), where.idx + len(where.text), ","),
        ]
    told = next((c for c in after.children if c.dep_ == "pobj"), None)
    if after.lower_ in ("of", "with") and told is not None and told.pos_ in ("NOUN", "PROPN"):
        shows = next((c for c in noun.children if c.dep_ == "acl" and c.lemma_ in _SHOW), None)
        shown = next((c for c in shows.children if c.dep_ == "dobj"), None) if shows else None
        if is_abstract(told.lemma_.lower()) and shown is not None:
            told = shown
        elif is_abstract(told.lemma_.lower()):
            return []
        many = told.tag_ in _PLURAL or any(c.dep_ == "conj" for c in told.children)
        if told.left_edge.lower_ in ("a", "an"):
            many = False
        return [(0, told.left_edge.idx, f"There {'are' if many else 'is'} ")]
    return []


def _is_mood(verb) -> bool:
    """Return whether a verb and all that it acts on say how something feels."""
    if verb.lemma_.lower() not in _FEELS:
        return False
    acted_on = [c for c in verb.children if c.dep_ in ("dobj", "attr")]
    if not acted_on:
        acted_on = [
            o
            for c in verb.children
            if c.dep_ in ("prep", "dative") and c.lower_ in ("to", "as")
            for o in c.children
            if o.dep_ == "pobj"
        ]
    if verb.lemma_ in ("draw", "attract", "command"):
        return any(o.lemma_ in ("attention", "eye", "focus") for o in acted_on)
    every = [x for o in acted_on for x in (o, *(c for c in o.children if c.dep_ == "conj"))]
    return bool(every) and all(is_abstract(x.lemma_.lower()) for x in every)
