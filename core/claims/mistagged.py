"""Repairs parses in which a word has an impossible tag, or a participle or a part of the body is attached to the wrong
noun."""

from __future__ import annotations

from . import lexicon
from .english_words import COLOURS, HAIR, PARTS, POSTURES, WEAR
from .nouns import is_animal, is_garment, is_person
from .trees import FINITE, NOUNS, children

_LAYERS = ("under", "over", "beneath", "underneath")
_VERBS = ("VERB", "AUX")


def retag(doc) -> None:
    """Repair a parse in place."""
    for token in doc:
        if token.tag_ == "VBZ" and children(token, "det") and lexicon.senses(token.lemma_.lower()):
            token.tag_, token.pos_ = "NNS", "NOUN"  # "the stands are full"
        elif token.tag_ == "IN":
            _noun_for_preposition(token)
        elif token.tag_ in ("VBN", "VBD"):
            _participle_after_noun(token)
            _state_of_part(token)
        _straight_at(token)
        if token.tag_ == "VBG" and token.dep_ == "acl" and token.lemma_.lower() in WEAR:
            _worn_by_nobody(token)
        if token.pos_ in NOUNS:
            part_beside(token)
            _colour_behind(token)
        if token.lower_ in _LAYERS:
            _layer(token)


def _noun_for_preposition(token) -> None:
    """ "have ear cushions", with the ear taken for a preposition."""
    noun = token.nbor(1) if token.i + 1 < len(token.doc) else None
    if (
        noun is None
        or noun.head != token
        or noun.dep_ != "pobj"
        or not lexicon.senses(token.lower_)
        or lexicon.senses(token.lower_, lexicon.ADJECTIVE)
        or token.lower_ in _PREPOSITIONS
    ):
        return
    host = token.head
    noun.head = host
    noun.dep_ = "dobj" if host.pos_ in _VERBS else "conj"
    token.head, token.dep_, token.tag_, token.pos_ = noun, "compound", "NN", "NOUN"


_PREPOSITIONS = frozenset(
    "aboard about above across after against along amid among around as at before behind below beneath beside besides "
    "between beyond by despite down during for from in inside into like near of off on onto opposite out outside over "
    "past per round since than that through throughout to toward towards under underneath until up upon via with within "
    "without while whereas because if though although atop astride alongside versus plus minus so whether lest once then".split()
)


def _participle_after_noun(token) -> None:
    """ "kick a ball in a street lined with houses": it is the street that is lined."""
    noun = token.nbor(-1) if token.i else token
    if (
        token.dep_ not in ("advcl", "conj", "dep")
        or token.head.i >= noun.i
        or token.head.pos_ not in _VERBS
        or noun.pos_ not in NOUNS
        or noun.dep_ not in ("dobj", "pobj", "attr", "conj")
        or children(token, "aux", "auxpass", "mark", "cc", "nsubj", "nsubjpass", "dobj")
        or token.lemma_.lower() in WEAR | POSTURES
        or is_person(noun.lemma_.lower())
        or not children(token, "prep", "agent")
    ):
        return
    token.head, token.dep_, token.tag_ = noun, "acl", "VBN"


def _state_of_part(token) -> None:
    """ "stands at the back with his arms crossed": it is the arms that are crossed."""
    noun = token.nbor(-1) if token.i else token
    if (
        token.dep_ in ("advcl", "conj", "dep")
        and noun.pos_ in NOUNS
        and noun.dep_ == "pobj"
        and noun.head.lower_ == "with"
        and children(noun, "poss")
        and not children(token, "aux", "auxpass", "mark", "cc", "nsubj", "nsubjpass", "dobj")
    ):
        token.head, token.dep_, token.tag_ = noun, "amod", "VBN"


def _straight_at(token) -> None:
    """ "looks straight into the camera", with the direction taken for a trait of who looks."""
    if (
        token.lower_ in ("straight", "right")
        and token.dep_ in ("acomp", "oprd")
        and token.i + 1 < len(token.doc)
        and token.nbor(1).tag_ == "IN"
    ):
        token.dep_, token.tag_, token.pos_ = "advmod", "RB", "ADV"


def _colour_behind(token) -> None:
    """ "its roof green", with the colour taken for the noun."""
    noun = token.nbor(-1) if token.i else token
    after = token.nbor(1) if token.i + 1 < len(token.doc) else None
    if (
        token.lower_ not in COLOURS
        or noun.head != token
        or noun.dep_ != "compound"
        or not any(c.tag_ in ("PRP$", "DT") for c in token.children)
        or (after is not None and not after.is_punct and after.tag_ not in FINITE)
    ):
        return
    role, outer = token.dep_, token.head
    for c in [c for c in token.children if c != noun]:
        c.head = noun
    noun.head, noun.dep_ = (outer, role) if outer != token else (noun, "ROOT")
    token.head, token.dep_, token.tag_, token.pos_ = noun, "amod", "JJ", "ADJ"


def part_beside(token) -> None:
    """ "a man with gray hair and a beard": the beard is one more thing that he has, and does not stand beside him."""
    owner = token.head
    if token.dep_ != "conj" or owner.pos_ not in NOUNS or token.lemma_.lower() not in PARTS | HAIR:
        return
    had = [
        o
        for c in children(owner, "prep")
        if c.lower_ == "with" and c.i < token.i
        for o in children(c, "pobj")
        if o.lemma_.lower() in PARTS | HAIR
    ]
    if not had:
        return
    for c in children(owner, "cc", "punct"):
        if had[-1].i < c.i < token.i:
            c.head = had[-1]
    token.head = had[-1]


def _worn_by_nobody(verb) -> None:
    """ "People stand on the sidewalk wearing coats": it is the people who wear them."""
    clause = next((t for t in verb.ancestors if t.pos_ in _VERBS), None)
    who = next(iter(children(clause, "nsubj", "nsubjpass")), None) if clause is not None else None
    if who is None or is_person(verb.head.lemma_.lower()) or not is_person(who.lemma_.lower()):
        return
    if not lexicon.is_kind(verb.head.lemma_.lower(), "animal"):
        verb.head, verb.dep_ = clause, "advcl"


def _layer(prep) -> None:
    """ "wears a sweater under a jacket": the sweater is under it, and not the wearer."""
    outer = next(iter(children(prep, "pobj")), None)
    if outer is None or not is_garment(outer.lemma_.lower()):
        return
    verb = prep.head
    had = [o for o in children(verb, "dobj") if o.i < prep.i]
    had += [
        o
        for p in children(verb, "prep")
        if p.i < prep.i and p.lower_ in ("in", "with")
        for o in children(p, "pobj")
    ]
    named = [verb] if verb.pos_ in NOUNS else had
    worn = [o for o in named if is_garment(o.lemma_.lower())]
    if worn:
        prep.head = worn[-1]
        for more in children(outer, "conj"):  # "a shirt under an apron and a hat"
            if lexicon.is_kind(more.lemma_.lower(), "headdress"):
                for link in children(outer, "cc"):
                    link.head = worn[-1]
                more.head = worn[-1]


# People whose nouns end as a trade's does: "a sleeping toddler", but "a swimming instructor".
_NO_TRADE = frozenset(
    "toddler youngster teenager mother father brother sister daughter passenger".split()
)


def doing(token) -> None:
    """ "a sleeping toddler", with the participle taken for a noun: what the toddler does, and no kind of toddler."""
    low, who = token.lower_, token.head.lemma_.lower()
    stem = next((w for w in (low[:-3], low[:-3] + "e") if lexicon.senses(w, lexicon.VERB)), "")
    if (
        token.dep_ == "compound"
        and token.i == token.head.i - 1
        and low.endswith("ing")
        and stem
        and (is_person(who) or is_animal(who))
        and (who in _NO_TRADE or not who.endswith(("er", "or", "coach")))
        and not lexicon.senses(f"{low} {who}")
    ):
        token.dep_, token.tag_, token.pos_, token.lemma_ = "amod", "VBG", "VERB", stem
