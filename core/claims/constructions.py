"""Repairs parses of constructions that a small parser gets wrong in any sentence.

Free relatives ("what appears to be a phone"), hyphenated words, a noun repeated around a preposition ("hand in
hand"), and lists of which an item was hung on the verb or on what a container holds.
"""

from __future__ import annotations

from . import lexicon
from .english_words import COLOURS, HEDGE_MODALS, HEDGE_VERBS
from .list_items import (
    GUESS,
    counted_again,
    garment_beside,
    item_of_container,
    item_of_verb,
)
from .nouns import is_abstract
from .trees import NOUNS, children

_REPEATING = frozenset("by in to after upon on".split())
_ROLES = {"pcomp": "pobj", "ccomp": "dobj", "advcl": "dobj", "conj": "conj"}


def rehang(doc) -> None:
    """Repair these constructions in place."""
    for token in doc:
        if token.text == "-":
            _hyphenated(token)
    for token in doc:
        if token.lower_ == "what":
            _free_relative(token)
        elif token.lower_ == "with":
            _with_state(token)
        elif token.lower_ == "than":
            _place_after_than(token)
        elif token.tag_ == "VBD" and token.dep_ == "acl":
            token.tag_ = "VBN"  # "a television mounted on the wall"
        elif token.dep_ == "prt":
            _along(token)
    for token in doc[: max(0, len(doc) - 2)]:
        _repeated_noun(token)
    _plural_for_verb(doc)
    for token in doc:
        _colour_after(token)
        _noun_for_adverb(token)
        _clause_after(token)
        if token.dep_ == "compound" and token.pos_ == "CCONJ":  # "red-and-white"
            token.head, token.dep_ = token.head.head, "cc"
        _adjective_for_noun(token)
        if token.tag_ == "CD":
            counted_again(token)
        if token.pos_ in NOUNS:
            garment_beside(token)
            _adjectives_before(token)
            item_of_verb(token)
            item_of_container(token)


def _replace(new, old, *, within=()) -> None:
    """Let `new` take the role of `old`; what `old` governs outside of `within` comes along."""
    role, outer = old.dep_, old.head
    if outer == old:
        new.head, new.dep_ = new, "ROOT"
    else:
        new.head, new.dep_ = outer, role
    for c in list(old.children):
        if c != new and c not in within:
            c.head = new


def _hyphenated(hyphen) -> None:
    """ "mid-air", whose parts were hung beside each other: the last part is the head."""
    if not 0 < hyphen.i < len(hyphen.doc) - 1 or hyphen.nbor(-1).whitespace_ or hyphen.whitespace_:
        return
    first, last = hyphen.nbor(-1), hyphen.nbor(1)
    if last.is_ancestor(first) or first.is_ancestor(last) or hyphen.is_ancestor(last):
        return
    if not (first.is_alpha and last.is_alpha) or last.pos_ not in (*NOUNS, "ADJ", "VERB"):
        return
    if first.head in (last.head, hyphen.head):
        first.head, first.dep_ = last, "compound"
        hyphen.head, hyphen.dep_, hyphen.pos_ = last, "punct", "PUNCT"


def _free_relative(what) -> None:
    """ "holds what appears to be a phone", "what looks like a book": the phone is held, as a guess."""
    verb = what.head
    if (
        what.dep_ not in ("nsubj", "attr", "dobj")
        or verb.pos_ not in ("VERB", "AUX")
        or what.i > verb.i
    ):
        return
    named = None
    base = verb.lemma_.lower()
    if base in HEDGE_VERBS:
        inner = [
            *children(verb, "xcomp", "ccomp"),
            *[p for p in children(verb, "prep") if p.lower_ == "like"],
        ]
        named = next((n for c in inner for n in children(c, "attr", "pobj", "oprd")), None)
        named = named or next(iter(children(verb, "attr", "oprd")), None)
    elif base == "be" and any(c.lower_ in HEDGE_MODALS for c in children(verb, "aux")):
        named = next(iter(children(verb, "attr")), None)
    if named is None or named.pos_ not in NOUNS or verb.dep_ not in _ROLES:
        return
    role, outer = _ROLES[verb.dep_], verb.head
    if role == "dobj" and outer.head == outer and not children(outer, "nsubj", "nsubjpass", "expl"):
        role = "nsubj"  # "On the desk lies what looks like a book"
    named.head, named.dep_ = outer, role
    for c in list(verb.children):
        if c.i > named.i:  # what follows was said beside the clause
            c.head = outer
    verb.head, verb.dep_, verb.lemma_ = named, "predet", GUESS


def repeats(token) -> str:
    """ "hand in hand" for its first noun, hung on a verb by `rehang`; "" for any other token."""
    for prep in token.children if token.dep_ == "npadvmod" else ():
        for again in prep.children:
            if again.lower_ == token.lower_ and prep.dep_ == "prep":
                return f"{token.lower_} {prep.lower_} {again.lower_}"
    return ""


_MOTION = frozenset(
    "drive march walk run ride go move slide climb roll fly jog stroll travel swim cycle ski skate flow stretch lead wind "
    "hang lean jump parade gallop trot hike crawl".split()
)
_WAYS = frozenset("down up along through across around over past off".split())


def _along(particle) -> None:
    """ "driving down a road": the road is not driven, it is where."""
    verb = particle.head
    way = next((o for o in children(verb, "dobj") if o.i > particle.i), None)
    if way is None or particle.lower_ not in _WAYS or verb.lemma_.lower() not in _MOTION:
        return
    particle.dep_, particle.pos_ = "prep", "ADP"
    way.head, way.dep_ = particle, "pobj"


def _place_after_than(than) -> None:
    """ "is bigger than the boat on the right", with the place hung on the verb."""
    for noun in children(than, "pobj"):
        after = than.doc[noun.i + 1] if noun.i + 1 < len(than.doc) else noun
        if after.dep_ == "prep" and after.head.i < than.i:
            after.head = noun


_STATES = frozenset("on off up down open closed shut out lit raised lowered visible".split())


def _with_state(prep) -> None:
    """ "with its roof light on", "with her eyes closed": what the noun before the state is."""
    doc = prep.doc
    state = next((t for t in doc[prep.i + 2 : prep.i + 7] if t.lower_ in _STATES), None)
    if state is None or doc[state.i - 1].pos_ not in ("NOUN", "PROPN", "ADJ"):
        return
    noun, after = doc[state.i - 1], doc[state.i + 1] if state.i + 1 < len(doc) else None
    if any(
        t.pos_ in ("VERB", "AUX", "ADP", "CCONJ") or t.is_punct for t in doc[prep.i + 1 : noun.i]
    ):
        return
    if after is not None and state.lower_ in ("on", "off", "up", "down", "out"):
        if not (after.is_punct or after.pos_ in ("AUX", "VERB", "CCONJ", "SCONJ")):
            return
    host = prep.head
    if host == state:  # "a woman with her eyes closed", with the woman hung on "closed"
        return
    if host.head == state:
        _replace(host, state)
        host.dep_ = "nsubj" if host.dep_ in ("csubj", "csubjpass") else host.dep_
    for c in [c for c in state.children if c != noun and c.i < noun.i]:
        c.head = noun
    clause = next((t for t in (host, *host.ancestors) if t.pos_ in ("VERB", "AUX")), host)
    for c in [c for t in (state, noun) for c in t.children if c.i > state.i and c.dep_ == "prep"]:
        c.head = clause  # "with its doors open beneath a gray sky"
    noun.head, noun.dep_, noun.pos_ = prep, "pobj", "NOUN"
    state.head, state.dep_, state.pos_ = noun, "amod", "ADJ"


def _repeated_noun(token) -> None:
    """ "walk hand in hand", "parked bumper to bumper": how, and not what."""
    prep, again = token.nbor(1), token.nbor(2)
    if not (
        token.lower_ == again.lower_
        and prep.lower_ in _REPEATING
        and token.is_alpha
        and lexicon.senses(token.lower_)
        and not any(c.i < token.i for c in token.children)
    ):
        return
    host = token.head if token.head.i < token.i else again.head if again.head.i < token.i else None
    host = host if host is not None else prep.head
    if host in (token, prep, again) or host.pos_ not in ("VERB", "AUX", *NOUNS):
        return
    for c in list(again.children):
        c.head = host
    for c in list(token.children):
        if c != prep:
            c.head = host
    token.head, token.dep_, token.pos_ = host, "npadvmod", "NOUN"
    prep.head, prep.dep_ = token, "prep"
    again.head, again.dep_, again.pos_ = prep, "pobj", "NOUN"


def _plural_for_verb(doc) -> None:
    """ "Neon signs in red illuminate the street", with the signs taken for the verb."""
    root = next((t for t in doc if t.head == t), None)
    if root is None or root.tag_ != "VBZ" or children(root, "nsubj", "nsubjpass", "expl"):
        return
    if not lexicon.senses(root.lemma_.lower()) or not children(
        root, "compound", "amod", "nmod", "det"
    ):
        return
    verb = next(
        (
            t
            for t in doc[root.i + 1 :]
            if t.tag_ in ("VB", "VBP", "VBD", "VBZ")
            and t.dep_ in ("advcl", "xcomp", "ccomp", "conj", "dep", "parataxis")
            and not children(t, "aux", "mark", "nsubj", "nsubjpass", "cc")
        ),
        None,
    )
    if verb is None:
        return
    _replace(verb, root, within=[c for c in root.children if c.i < verb.i])
    root.head, root.dep_, root.tag_, root.pos_ = verb, "nsubj", "NNS", "NOUN"


def _colour_after(token) -> None:
    """ "signs in red and blue", with the colours taken for adjectives of nothing."""
    prep = token.head
    if token.lower_ not in COLOURS or prep.dep_ != "prep" or token.i < prep.i:
        return
    if prep.lower_ in ("in", "of") and token.dep_ in ("amod", "advmod", "acomp", "dep", "pobj"):
        token.dep_ = "pobj"
        before = prep.nbor(-1) if prep.i else prep
        if prep.lower_ == "in" and prep.head.pos_ in ("VERB", "AUX") and before.pos_ in NOUNS:
            prep.head = before  # "passed by a bus in white"
        while token is not None and token.lower_ in COLOURS:
            token.pos_ = "NOUN"
            token = next(iter(children(token, "conj")), None)


def _adjective_for_noun(token) -> None:
    """ "a matching blouse", with the adjective taken for a noun."""
    if (
        token.dep_ in ("compound", "nmod")
        and token.tag_ == "NN"
        and token.i < token.head.i
        and lexicon.senses(token.lower_, lexicon.ADJECTIVE)
        and not lexicon.senses(token.lower_)
    ):
        token.dep_, token.tag_, token.pos_ = "amod", "JJ", "ADJ"


def _noun_for_adverb(token) -> None:
    """ "has a tattoo visible on her arm", with the adjective taken for the thing."""
    if (
        token.pos_ != "ADJ"
        or token.dep_ not in ("dobj", "attr", "pobj")
        or not children(token, "det")
    ):
        return
    noun = token.nbor(-1) if token.i else token
    if noun.head != token or noun.dep_ == "det" or not lexicon.senses(noun.lower_):
        return
    _replace(noun, token, within=[c for c in token.children if c.i > token.i])
    token.head, token.dep_ = noun, "amod"
    noun.tag_, noun.pos_ = "NN", "NOUN"


def _clause_after(token) -> None:
    """ "with a fire burning", with the participle taken for the noun."""
    noun = token.nbor(-1) if token.i else token
    low = token.lower_
    if not (
        low.endswith("ing")
        and token.tag_ == "NN"
        and noun.head == token
        and noun.dep_ == "compound"
        and token.dep_ in ("pobj", "attr", "dobj")
        and children(token, "det")
        and not lexicon.senses(f"{noun.lower_} {low}")
        and (token.i + 1 == len(token.doc) or token.nbor(1).is_punct)
    ):
        return
    stem = next((w for w in (low[:-3], low[:-3] + "e") if lexicon.senses(w, lexicon.VERB)), "")
    if (
        not stem
        or (lexicon.senses(low) and not is_abstract(low))
        or is_abstract(noun.lemma_.lower())
    ):
        return
    _replace(noun, token)
    token.head, token.dep_, token.tag_, token.pos_, token.lemma_ = noun, "acl", "VBG", "VERB", stem


def _adjectives_before(token) -> None:
    """ "a homey and inviting kitchen", with the first adjective taken for a noun and the second for its verb."""
    second = next((c for c in children(token, "conj") if c.tag_ in ("VBG", "VBN", "JJ")), None)
    if second is None and token.head != token:
        second = next(
            (c for c in children(token.head, "conj") if c.tag_ in ("VBG", "VBN") and c.i > token.i),
            None,
        )
    if second is None or not lexicon.senses(token.lower_, lexicon.ADJECTIVE):
        return
    if any(t.lower_ not in ("and", "but", ",") for t in token.doc[token.i + 1 : second.i]):
        return
    noun = second.nbor(1) if second.i + 1 < len(token.doc) else None
    if noun is None or noun.pos_ not in NOUNS or noun.head != second or children(noun, "det"):
        return
    _replace(noun, token, within=[second, *children(token, "cc", "punct")])
    if noun.dep_ == "conj":
        noun.dep_ = "attr"
    token.head, token.dep_, token.tag_, token.pos_ = noun, "amod", "JJ", "ADJ"
    second.head, second.dep_, second.pos_ = token, "conj", "ADJ"
