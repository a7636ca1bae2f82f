"""Which words of a parsed sentence can go together, so that the rest is still a sentence."""

from __future__ import annotations

from .english_words import CONTAINERS, GROUPS, SIDES, WEAR

# Prepositions without which a verb says something else or nothing: "looking at", "covered with".
_BOUND = frozenset("at to of by for into onto against".split())
# Verbs that as a participle say nothing without where: "with smoke coming (from a chimney)".
_INCOMPLETE = frozenset("come lead extend stretch face point reach".split())
_OWN = ("nsubj", "nsubjpass", "csubj", "expl")


def with_token(token) -> list:
    """Return the tokens that go where a noun, a verb or an adjective goes; none where only the whole sentence
    can.
    """
    if token.dep_ in ("amod", "nummod", "advmod", "neg", "npadvmod", "appos", "det"):
        return _side(token)
    if token.pos_ in ("NOUN", "PROPN", "PRON", "NUM", "X"):
        return with_noun(token)
    return with_verb(token)


def _side(token) -> list:
    """Return a modifier; one of several before a noun with a comma of theirs ("a large, dark coat")."""
    tokens = list(token.subtree)
    if token.dep_ != "amod" or token.i > token.head.i:
        return tokens
    first, last = tokens[0].i, tokens[-1].i
    if token.doc[last + 1].text == ",":
        return [*tokens, token.doc[last + 1]]
    if first > 1 and token.doc[first - 1].text == "," and token.doc[first - 2].dep_ == "amod":
        return [token.doc[first - 1], *tokens]
    return tokens


def _all_of(token) -> list:
    """Return what hangs on a token, and it, without a comma behind them."""
    tokens = list(token.subtree)
    while len(tokens) > 1 and tokens[-1].text == ",":
        tokens.pop()
    return tokens


def with_noun(token) -> list:
    """Return a noun phrase and what makes no sense without it: its preposition, its verb."""
    if token.dep_ == "conj":
        return _last(token)
    if first := _first(token):
        return first
    head = token.head
    if token.dep_ == "pobj":
        return with_preposition(head)
    if token.dep_ in ("dobj", "attr", "oprd", "nsubj", "nsubjpass", "dative", "acomp"):
        return with_verb(head)
    if token.dep_ == "appos":
        return _all_of(token)
    if token.dep_ in ("compound", "nmod", "poss"):
        return with_noun(head)
    return []


def with_preposition(prep) -> list:
    """Return a prepositional phrase; with the verb that it completes."""
    head = prep.head
    if prep.dep_ == "prep" and head.dep_ == "prep":
        return with_preposition(head)
    if prep.text.lower() == "of" and head.lemma_.lower() in SIDES and head.dep_ == "pobj":
        return with_preposition(head.head)  # "in front of a house"
    if prep.text.lower() == "of" and head.lemma_.lower() in GROUPS - CONTAINERS:
        return with_noun(head)
    if head.pos_ == "VERB" and head.dep_ in ("acl", "advcl") and len(_preps(head)) == 1:
        if head.lemma_ in _INCOMPLETE or (
            head.tag_ == "VBN"
            and (prep.text.lower() == "with" or (prep.text.lower() == "in" and head.lemma_ in WEAR))
            and not _objects(head)
        ):
            return with_verb(head)
    if prep.dep_ == "agent" or (
        prep.text.lower() in _BOUND
        and head.pos_ == "VERB"
        and prep.dep_ == "prep"
        and not _objects(head)
    ):
        return with_verb(head)
    if head.pos_ == "AUX" or (head.pos_ == "ADJ" and head.dep_ in ("acomp", "oprd")):
        said = [
            c
            for c in head.children
            if c.dep_ in ("attr", "acomp", "dobj", "conj") or (c.dep_ == "prep" and c != prep)
        ]
        if not said:
            return with_verb(head)
    if (
        head.dep_ in ("advmod", "acomp", "prt")
        and head.pos_ in ("ADV", "SCONJ", "ADP", "ADJ")
        and prep.i == head.i + 1
    ):
        return _all_of(head)
    return _all_of(prep)


def _preps(verb) -> list:
    return [c for c in verb.children if c.dep_ in ("prep", "agent")]


def _objects(verb) -> list:
    return [c for c in verb.children if c.dep_ in ("dobj", "attr", "acomp", "oprd")]


def with_verb(verb) -> list:
    """Return a verb's phrase: a clause that hangs on another, or one of several verbs of a subject."""
    if verb.dep_ in ("aux", "auxpass"):
        return with_verb(verb.head)
    if verb.dep_ == "pcomp":
        return _all_of(verb.head)
    if verb.dep_ in ("acl", "relcl", "advcl"):
        return _clause(verb)
    if verb.dep_ == "xcomp":
        return with_verb(verb.head)
    if verb.dep_ == "conj":
        return _last(verb)
    later = [
        c
        for c in verb.children
        if c.dep_ == "conj"
        and c.pos_ in ("VERB", "AUX", "ADJ")
        and not any(x.dep_ in _OWN for x in c.children)
        and not _inverted(c)
    ]
    if verb.dep_ == "ROOT" and later:
        follower = later[0]
        own_auxiliary = any(
            c.dep_ in ("aux", "auxpass") for c in follower.children
        ) or follower.tag_ in ("VBZ", "VBP", "VBD", "MD")
        tokens = []
        for t in verb.subtree:
            if t.i >= follower.left_edge.i:
                continue
            top = _below(t, verb)
            if (
                top is not None
                and top.dep_ != "cc"
                and (
                    top.dep_ in _OWN
                    or (top.dep_ in ("aux", "auxpass") and not own_auxiliary)
                    or (top.i < verb.i and top.dep_ in ("prep", "advmod", "advcl", "punct", "mark"))
                )
            ):
                continue
            tokens.append(t)
        return tokens
    second = [
        c
        for c in verb.children
        if c.dep_ == "conj"
        and c.pos_ in ("VERB", "AUX")
        and (any(x.dep_ in _OWN for x in c.children) or _inverted(c))
    ]
    if verb.dep_ == "ROOT" and second:
        return [t for t in verb.subtree if t.i < second[0].left_edge.i]
    return []


def _inverted(verb) -> bool:
    """Return whether the subject stands behind its verb: "on his back is a backpack"."""
    return (
        verb.left_edge.i < verb.i
        and verb.left_edge.pos_ == "ADP"
        and verb.lemma_ in ("be", "stand", "lie", "hang")
    )


def _below(token, verb):
    """Return the child of the verb that a token is under; None for the verb itself."""
    while token != verb and token.head != verb:
        token = token.head
    return None if token == verb else token


def _clause(verb) -> list:
    """Return a clause with what is left out before it ("while", "with")."""
    if verb.head.dep_ == "pobj" and verb.head.head.text.lower() == "with" and verb.dep_ == "acl":
        return _all_of(verb.head.head)
    first = _first(verb)
    return first or _all_of(verb)


def _last(token) -> list:
    """Return one of several joined words that isn't the first: with the "and" before it, where it is the
    last.
    """
    inner = [c for c in token.children if c.dep_ == "conj"]
    own = [
        t
        for t in token.subtree
        if not inner
        or t.i
        < min([*[c.left_edge.i for c in inner], *[c.i for c in token.children if c.dep_ == "cc"]])
    ]
    while len(own) > 1 and own[-1].is_punct:
        own.pop()
    links = {c.i for c in token.head.children if c.dep_ in ("cc", "punct")}
    start = at = token.left_edge.i
    while at - 1 > token.head.i and at - 1 in links:
        at -= 1
    before = [token.doc[i] for i in range(at, start)]
    if inner:  # in the middle of a list: its own comma goes
        return [*[c for c in before if c.dep_ == "punct"][-1:], *own]
    return [*before, *own]


def _first(token) -> list:
    """Return the first of several joined words, with the "and" or the comma after it."""
    joined = [c for c in token.children if c.dep_ == "conj" and c.pos_ == token.pos_]
    if not joined or any(x.dep_ in _OWN for x in joined[0].children):
        return []
    end = joined[0].left_edge.i
    return [t for t in token.subtree if t.i < end]
