"""Writes a paragraph by rules: the captioner's own sentences without their false claims.

Sentences are chosen so that together they say every kept statement and little of it twice; what no sentence
says is added in the pack's own words (`realization.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from .candidates import Candidate, candidates, is_of_itself, without_label, without_repeats
from .claims import ATTRIBUTE, NUMBER, OBJECT, PLACE, RELATION, STATEMENT, Claim, Thing, lexicon
from .claims.coverage import alike
from .claims.entailment import A_ENTAILS_B, EQUIVALENT, claim_relation
from .claims.sayable import is_sayable
from .discourse import in_order, reading_order, told
from .image_record import GIVEN, ImageRecord
from .noun_phrases import before_noun, rank, with_attributes
from .realization import realized
from .sentences import join_sentences
from .statements import Reason, Statement, Verdict

_WHOLE = frozenset("picture image photo".split())
# In units of a new statement.
REPEATED = 0.3  # cost of repeating a statement
ATTRIBUTED = 0.5  # value of an attribute, number or place of a named thing; the sentence that names it may take it
RENAMED = 0.25  # value of another name of a named thing: "a shop window" after "the window"
LEAST = 0.3  # a sentence is added only if it gains more than this


def compose(record: ImageRecord, region: str = "", max_sentences: int = 0) -> str:
    """Write one paragraph of the kept statements, or of those of one region.

    Args:
        max_sentences: those that say most that is new are taken (0: all).
    """
    return join_sentences(compose_sentences(record, region, max_sentences))


def compose_sentences(
    record: ImageRecord, region: str = "", max_sentences: int = 0, known: Collection[int] = ()
) -> list[str]:
    """Return the sentences of `compose` as a list.

    Args:
        known: kept statements (indices) that have been said already and are not wanted again.
    """
    chosen = _wanted(record, region, known)
    if max_sentences:
        by_user = {i for i, s in enumerate(record.statements) if s.reason is Reason.BY_USER}
        chosen = sorted(chosen, key=lambda c: not c.covers & by_user)[:max_sentences]
    return [text for text, _ in told(record, in_order(record, chosen))]


def ranked_sentences(record: ImageRecord) -> tuple[list[str], list[int]]:
    """Return the sentences of `compose`, and their indices, those first that say most that is new."""
    chosen = _wanted(record)
    sentences = told(record, in_order(record, chosen))
    by_rank = sorted(range(len(sentences)), key=lambda i: _rank(sentences[i][1], chosen))
    return [text for text, _ in sentences], by_rank


def _rank(candidate: Candidate, chosen: Sequence[Candidate]) -> int:
    """Return when a sentence was selected; for joined sentences, when the first of them was."""
    return next(n for n, c in enumerate(chosen) if c.covers <= candidate.covers)


def _wanted(record: ImageRecord, region: str = "", known: Collection[int] = ()) -> list[Candidate]:
    """Return sentences that together state everything that was kept, those first that add the most."""
    kept = {
        i
        for i, s in enumerate(record.statements)
        if s.verdict is Verdict.KEPT and (not region or region in s.regions)
    }
    if not region:
        kept -= _of_parts(record, kept)
    return _chosen(record, kept - set(known), implications(record, kept), region)


def _of_parts(record: ImageRecord, kept: Collection[int]) -> set[int]:
    """Return what is said of a part of the image that is said of all of it: "the area is mostly blue"."""
    claims = {i: record.statements[i].claim for i in kept if record.statements[i].claim}
    whole = {c.value for c in claims.values() if c.subject in _WHOLE and c.kind == ATTRIBUTE}
    return {i for i, c in claims.items() if c.subject == "area" and c.value in whole}


def implications(record: ImageRecord, among: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return for the index of each statement the indices of what follows from it, itself included."""
    claims = {i: record.statements[i].claim for i in sorted(among)}
    near: dict[object, set[int]] = {}
    for i, claim in claims.items():
        for thing in {claim.thing, claim.other} if claim else ():
            if thing >= 0:
                near.setdefault(thing, set()).add(i)
        if claim and claim.kind == STATEMENT:
            near.setdefault(STATEMENT, set()).add(i)
    found = {}
    for i, claim in claims.items():
        others = (
            set().union(*(near.get(t, ()) for t in (claim.thing, claim.other, claim.kind)))
            if claim
            else ()
        )
        found[i] = frozenset(
            {i, *(j for j in others if j != i and _entails(claim, claims[j], record.things))}
        )
    return found


def _entails(a: Claim, b: Claim, things: Sequence[Thing]) -> bool:
    return claim_relation(a, b, things) in (A_ENTAILS_B, EQUIVALENT)


def not_said(record: ImageRecord) -> list[str]:
    """Return the kept claims that no sentence states and whose own wording is not an English sentence."""
    odd = {
        i
        for i, s in enumerate(record.statements)
        if s.verdict is Verdict.KEPT and s.claim and not is_sayable(s.claim)
    }
    if odd:
        odd -= frozenset().union(*(c.covers for c in _wanted(record)))
    return [record.statements[i].text for i in sorted(odd)]


def _chosen(record, wanted, implied, region) -> list[Candidate]:
    """Return sentences that together state all wanted claims, in the order of a greedy selection."""
    left = set(wanted)
    chosen: list[Candidate] = []
    pool = candidates(record, implied, region)
    if not region:
        left -= _only_places(record, pool, left)
    for part in reading_order(record):
        own = [c for c in pool if c.region.name == part.name]
        while own and left:
            known = {t for c in chosen for t in c.things}
            best = max(own, key=lambda c: (_gain(record, c, left, known), -len(c.text), -c.index))
            if _gain(record, best, left, known) <= LEAST:
                break
            own.remove(best)
            new = best.covers & left
            left -= best.covers
            if all(_told_already(record, i, wanted - left - new) for i in new):
                continue
            chosen.append(without_repeats(record, best, wanted - left - new))
    chosen = _not_doubled(chosen)
    told, said = with_attributes(record, in_order(record, chosen), left)
    chosen = [next(t for t in told if (t.source, t.index) == (c.source, c.index)) for c in chosen]
    return _not_doubled([*chosen, *_added(record, left - said, implied, chosen)])


_SIDES = frozenset(("left of", "right of", "above", "below"))


def _only_places(record: ImageRecord, pool: Sequence[Candidate], kept: Collection[int]) -> set[int]:
    """Return the places that only the offline captioner states, of things that a given caption of the whole image names.

    Measured boxes give "The person is above the dining table." for a woman who sits at it.
    """
    if GIVEN not in record.models or not record.models.get("captioner", "").startswith("offline:"):
        return set()
    whole = {t for c in pool if c.region is record.root for t in c.things}
    return {
        i
        for i in kept
        if (claim := record.statements[i].claim) is not None
        and _is_place(claim)
        and record.root.name not in record.statements[i].regions
        and {claim.thing, *([claim.other] if claim.other >= 0 else ())} <= whole
    }


def _is_place(claim: Claim) -> bool:
    return claim.kind == PLACE or (claim.kind == RELATION and claim.value in _SIDES)


def _not_doubled(sentences: list[Candidate]) -> list[Candidate]:
    """Return the sentences without those all of whose words another has, too."""
    kept = list(sentences)
    for one in sorted(sentences, key=lambda c: len(c.text)):
        others = [c.text for c in kept if c is not one]
        short = len(one.text.split()) < 3 and not _UNSPACED.search(one.text)
        if not short and _said(one.text, others):
            kept.remove(one)
    return kept


def _told_already(record: ImageRecord, index: int, told: Collection[int]) -> bool:
    """Return whether a statement adds nothing to others: the same words of another thing, or a
    vaguer name of a thing that was named ("a person" after "a woman").
    """
    claim = record.statements[index].claim
    if claim is None or claim.kind == STATEMENT:
        return False
    for other in (record.statements[i].claim for i in told):
        if other is None or (other.kind, other.negated) != (claim.kind, claim.negated):
            continue
        if (other.value, other.object) != (claim.value, claim.object):
            continue
        vaguer = claim.kind == OBJECT and not claim.negated
        if other.subject == claim.subject or (
            vaguer and lexicon.is_kind(other.subject, claim.subject)
        ):
            return True
    return False


def _added(record, left: Collection[int], implied, chosen: Sequence[Candidate]) -> list[Candidate]:
    """Return the rest in the pack's own words."""
    left = {
        i
        for i in left
        if not any(i in implied[j] and i != j for j in left)  # said with what it follows from
        and not _said(_plain(record.statements[i]), (c.text for c in chosen))
        and not _told_already(record, i, frozenset().union(*(c.covers for c in chosen)))
    }
    introduced = {t for c in chosen for t in c.things}
    told = {i for c in chosen for i in c.covers}
    coloured = {c.thing for c in (record.statements[i].claim for i in told) if _is_colour(c)}
    # "The jacket is white" after "a brown jacket": the parser attached the colour of something else to it.
    left = {
        i
        for i in left
        if not (_is_colour(c := record.statements[i].claim) and c.thing in coloured & introduced)
    }
    added = []
    for sentence in realized(record, left, introduced):
        text = without_label(sentence.text)
        if not text or is_of_itself(text):
            continue
        regions = {n for i in sentence.says for n in record.statements[i].regions}
        place = min((record.root.find(n) for n in sorted(regions)), key=lambda r: r.box.area)
        covers = sentence.says.union(*(implied.get(i, ()) for i in sentence.says))
        added.append(Candidate(place, None, 0, text, frozenset(), covers, sentence.things))
    return added


def _plain(statement: Statement) -> str:
    """Return the text of a statement, of a relation with the head nouns of its things ("stall" for "food stall")."""
    claim = statement.claim
    if claim is None or claim.kind != RELATION or _UNSPACED.search(statement.text):
        return statement.text
    subject, other = (re.escape(noun) for noun in (claim.subject, claim.object))
    text = re.sub(rf"\b{subject}\b", lexicon.head(claim.subject), statement.text)
    return re.sub(rf"\b{other}\b", lexicon.head(claim.object), text)


def _is_colour(claim: Claim | None) -> bool:
    return claim is not None and claim.kind == ATTRIBUTE and rank(claim.value) == 1


def _said(text: str, sentences: Iterable[str]) -> bool:
    """Return whether one of the sentences has all the words of a text, or forms of them; or most of its pairs of
    characters, in scripts without blanks between words.
    """
    if _UNSPACED.search(text):
        pairs = _pairs(text)
        shares = (len(pairs & _pairs(other)) / max(1, len(pairs)) for other in sentences)
        return any(share >= _SAME_PAIRS for share in shares)
    words = _words(text) - _GRAMMAR
    return any(
        all(any(alike(word, other) for other in there) for word in words)
        for there in map(_words, sentences)
    )


def _pairs(text: str) -> set[str]:
    """Return the pairs of adjacent characters of a Chinese or Japanese text, without particles."""
    return {
        part[i : i + 2]
        for part in re.split(r"[^\w]+", _PARTICLES.sub("", text))
        for i in range(len(part) - 1)
    }


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))


_GRAMMAR = frozenset("the a an is are there has have s be being of in on at with".split())
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_PARTICLES = re.compile(r"[的了着在是有放里中上个一]|以及|还有")
_SAME_PAIRS = 0.75  # share of its pairs from which on another sentence says the same


def _gain(record: ImageRecord, candidate: Candidate, left: Collection[int], known) -> float:
    """Return what a sentence says that is new, less what it repeats.

    Args:
        known: things that the sentences before it name. Their attributes need no sentence of their own.
    """
    new = candidate.covers & set(left)
    worth = sum(_worth(record.statements[i].claim, known) for i in new)
    return worth - REPEATED * (len(candidate.covers) - len(new))


def _worth(claim: Claim | None, known: Collection[int]) -> float:
    if claim is not None and claim.thing in known:
        if claim.kind == OBJECT and not claim.negated:
            return RENAMED
        if claim.kind == ATTRIBUTE and before_noun(claim.value):
            return ATTRIBUTED
        if claim.kind in (NUMBER, PLACE):
            return ATTRIBUTED
    return 1.0
