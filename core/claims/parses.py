"""Repairs what a small parser often gets wrong in captions, where grammar or the lexicon shows the error."""

from __future__ import annotations

from . import lexicon
from .constructions import rehang
from .english_words import GROUPS, HAIR, PARTS
from .list_items import garment_beside
from .mistagged import doing, part_beside, retag
from .nouns import is_abstract, is_garment, is_modifier, is_person
from .quotations import STANDIN
from .trees import NOUNS, children

_ONE = frozenset("a an this that each every another one".split())
_CC = frozenset("and or but".split())


def repaired(doc):
    """Return the same parse, with the repairs made in place."""
    if len(doc) < 2:
        return doc
    rehang(doc)
    retag(doc)
    for token in doc:
        _compound(token)
    for token in doc:
        _noun_for_adjective(token)
        doing(token)
        if token.pos_ in NOUNS:
            _off_garment(token)
            _numbered(token)
            _two_nouns(token)
            _gerund(token)
            _outer_adjectives(token)
        elif token.dep_ == "csubj":
            _subject_clause(token)
        elif token.tag_ == "VBG" and token.dep_ == "pcomp":
            _with_noun(token)
            _of_gerund(token)
    _noun_for_verb(doc)
    _inverted(doc)
    for token in doc:
        if token.dep_ in ("nsubj", "nsubjpass"):
            _subject(token)
            garment_beside(token)
            part_beside(token)
    for token in doc:
        if token.dep_ == "appos" and token.pos_ in NOUNS:
            if not _absolute(token):
                _list(token)
        elif token.dep_ == "cc" and token.text.lower() in _CC:
            _joined_verb(token)
    return doc


def _compound(token) -> None:
    """ "a fire hydrant", with the second noun hung on the first as an adjective: the last noun is the head."""
    head = token.head
    if not (
        token.dep_ in ("amod", "nmod", "acl")
        and token.tag_ in ("NN", "NNS")
        and token.i == head.i + 1
        and head.pos_ == "NOUN"
        and head.tag_ == "NN"
    ):
        return
    role, outer = head.dep_, head.head
    for c in list(head.children):
        if c != token and (c.i < head.i or c.i > token.i):
            c.head = token
    head.head, head.dep_ = token, "compound"
    token.dep_ = role
    token.head = outer if outer != head else token


def _noun_for_adjective(token) -> None:
    """ "ski poles", "dish soap", with the first noun taken for an adjective."""
    low = token.text.lower()
    if (
        token.dep_ == "amod"
        and token.tag_ == "JJ"
        and token.i == token.head.i - 1
        and token.head.pos_ == "NOUN"
        and not is_modifier(low)
        and not any(token.children)
        and lexicon.senses(low)
        and not lexicon.senses(low, lexicon.ADJECTIVE)
    ):
        token.dep_, token.tag_, token.pos_ = "compound", "NN", "NOUN"


def _gerund(token) -> None:
    """ "a white phone resting on the desk", with the participle taken for the noun."""
    low = token.text.lower()
    noun = next((c for c in children(token, "compound", "nmod") if c.i == token.i - 1), None)
    stem = next((w for w in (low[:-3], low[:-3] + "e") if lexicon.senses(w, lexicon.VERB)), "")
    if (
        noun is None
        or not low.endswith("ing")
        or not stem
        or noun.pos_ not in NOUNS
        or (lexicon.senses(low) and not is_abstract(low))
        or token.i + 1 >= len(token.doc)
        or token.nbor(1).pos_ not in ("ADP", "ADV", "PART", "SCONJ")
    ):
        return
    role, outer = token.dep_, token.head
    for c in [c for c in token.children if c.i < token.i and c != noun]:
        c.head = noun
    noun.head, noun.dep_ = (outer, role) if outer != token else (noun, "ROOT")
    token.head, token.dep_, token.tag_, token.pos_ = noun, "acl", "VBG", "VERB"
    token.lemma_ = stem


def _subject_clause(verb) -> None:
    """ "A mug standing next to a laptop is full": it is the mug that is."""
    subject = next(iter(children(verb, "nsubj")), None)
    if verb.dep_ == "csubj" and verb.tag_ == "VBG" and subject is not None:
        subject.head, subject.dep_ = verb.head, "nsubj"
        verb.head, verb.dep_ = subject, "acl"


def _of_gerund(token) -> None:
    """ "a pair of reading glasses", with the glasses taken for what is read."""
    prep = token.head
    named = next((c for c in children(token, "dobj") if c.i == token.i + 1), None)
    if named is None or prep.text.lower() != "of" or prep.head.lemma_.lower() not in GROUPS:
        return
    named.head, named.dep_ = prep, "pobj"
    for c in [c for c in token.children if c != named]:
        c.head = named
    token.head, token.dep_ = named, "compound"


def _off_garment(token) -> None:
    """ "a skier in a red jacket on a slope": it is the skier who is on the slope."""
    prep = token.head
    if token.dep_ != "pobj" or prep.text.lower() != "in" or not is_garment(token.lemma_.lower()):
        return
    if prep.head.pos_ not in NOUNS:
        return
    for c in children(token, "acl"):
        if c.tag_ == "VBG" and is_person(prep.head.lemma_.lower()):
            c.head = prep.head  # "a boy in a hoodie wearing headphones"
    for p in children(token, "prep"):
        after = next(iter(children(p, "pobj")), None)
        if (
            p.text.lower()
            in ("on", "at", "in", "near", "behind", "beside", "under", "by", "against", "along")
            and after is not None
            and after.lemma_.lower() not in PARTS
            and not is_garment(after.lemma_.lower())
            and not children(after, "poss")
        ):
            p.head = prep.head


def _numbered(token) -> None:
    """ "a bus number 5", where the number was taken for the thing."""
    if token.lemma_.lower() != "number":
        return
    digits = token.nbor(1) if token.i + 1 < len(token.doc) else token
    if digits.text == STANDIN and digits != token.head.head:
        if token.head == digits:
            for c in [c for c in digits.children if c != token]:
                c.head = token
            token.dep_, token.head = digits.dep_, digits.head if digits.head != digits else token
        digits.head, digits.dep_ = token, "appos"
    elif not children(token, "nummod"):
        return
    named = next((c for c in children(token, "compound") if c.i == token.i - 1), None)
    if named is None:
        return
    role, outer = token.dep_, token.head
    for c in list(token.children):
        if c != named and c.i < named.i:
            c.head = named
    named.head, named.dep_ = (outer, role) if outer != token else (named, "ROOT")
    token.head, token.dep_ = named, "npadvmod"


def _two_nouns(token) -> None:
    """ "a pink dress and white sandals", with the first noun and the second adjective taken for modifiers."""
    first = next((c for c in children(token, "nmod", "compound") if c.pos_ == "NOUN"), None)
    if first is None or not children(first, "cc"):
        return
    second = next((c for c in children(first, "conj") if first.i < c.i < token.i), None)
    if (
        second is None
        or second.pos_ not in ("ADJ", "NUM", "NOUN", "VERB")
        or is_modifier(first.text.lower())
        or (second.pos_ == "NOUN" and not is_modifier(second.text.lower()))
        or first.right_edge.i >= token.i
    ):
        return
    before = [c for c in token.children if c.i < first.left_edge.i]
    if not before and not children(first, "amod", "nummod"):
        return
    for c in before:
        c.head = first
    role, outer = token.dep_, token.head
    second.head, second.dep_ = token, "nummod" if second.pos_ == "NUM" else "amod"
    first.head, first.dep_ = (outer, role) if outer != token else (first, role)
    token.head, token.dep_ = first, "conj"


def _outer_adjectives(token) -> None:
    """ "a black desk lamp", "a round glass table": what stands before a compound is said of its last noun."""
    for noun in children(token, "compound", "nmod"):
        if noun.i > token.i or noun.pos_ not in NOUNS:
            continue
        inner = [noun, *children(noun, "compound")]
        for n in inner:
            for c in list(n.children):
                if c.i >= n.i or c.dep_ not in ("amod", "nummod", "det", "poss"):
                    continue
                fixed = f"{c.text} {n.text}".lower()
                if c.dep_ != "amod" or not (c.nbor(1).text == "-" or lexicon.senses(fixed)):
                    c.head = token


def _with_noun(verb) -> None:
    """ "a cat with orange fur sitting there", "with smoke coming out": the noun taken for a part of the verb."""
    noun = next((c for c in children(verb, "compound", "nmod", "amod") if c.i == verb.i - 1), None)
    prep = verb.head
    if noun is None or noun.pos_ not in NOUNS or prep.text.lower() != "with":
        return
    for c in [c for c in verb.children if c.i < noun.i]:
        c.head = noun
    whole = noun.lemma_.lower() in PARTS | HAIR and prep.head.pos_ in NOUNS
    noun.head, noun.dep_ = prep, "pobj"
    verb.head, verb.dep_ = prep.head if whole else noun, "acl"
    verb.pos_ = "VERB"


def _inverted(doc) -> None:
    """ "Parked behind her are two cars": what is parked stands behind."""
    verb = next((t for t in doc if t.head == t), None)
    if verb is None or verb.tag_ not in ("VBN", "VBG"):
        return
    be = next(
        (c for c in children(verb, "aux", "auxpass") if c.i > verb.i and c.lemma_ == "be"), None
    )
    if be is not None and not children(verb, "nsubj", "nsubjpass"):
        for c in children(be, "attr", "nsubj"):
            c.head, c.dep_ = verb, "nsubjpass" if verb.tag_ == "VBN" else "nsubj"


def _noun_for_verb(doc) -> None:
    """ "A dog runs." and "mist hovers over the water", where the verb was taken for a noun."""
    verbs = any(t.pos_ in ("VERB", "AUX") for t in doc)
    for token in doc:
        if (
            token.tag_ not in ("NNS", "NN")
            or token.pos_ not in NOUNS
            or not token.text.endswith("s")
        ):
            continue
        named = next((c for c in token.lefts if c.dep_ == "nsubj"), None)
        if (
            named is not None
            and token.tag_ == "NNS"
            and lexicon.senses(token.lemma_.lower(), lexicon.VERB)
            and not children(token, "cop")
        ):
            token.tag_, token.pos_ = "VBZ", "VERB"
            continue
        subject = next(
            (
                c
                for c in token.lefts
                if c.dep_ in ("compound", "nmod") and c.right_edge.i == token.i - 1
            ),
            None,
        )
        base = token.lemma_.lower()
        if subject is None or not lexicon.senses(base, lexicon.VERB):
            continue
        one = any(c.dep_ == "det" and c.text.lower() in _ONE for c in token.children)
        never = not lexicon.senses(base)
        alone = not verbs and token.dep_ == "ROOT" and any(c.dep_ == "det" for c in token.children)
        if (one and token.tag_ == "NNS") or never or alone:
            _make_verb(token, subject)


def _make_verb(token, subject) -> None:
    token.tag_, token.pos_ = "VBZ", "VERB"
    owner = token.head
    inside = token.dep_ == "pobj" and owner.dep_ == "prep"  # "a layer of mist hovers"
    for c in [c for c in token.lefts if c != subject]:
        c.head = subject
    if inside:
        outer, dep = owner.head, owner.head.dep_
        clause = outer.head if outer.head != outer else None
        subject.head, subject.dep_ = owner, "pobj"
        if outer.pos_ in NOUNS and (clause is None or dep in ("conj", "ROOT", "nsubj")):
            token.dep_, token.head = (
                ("conj" if dep == "conj" else "ROOT"),
                (clause if clause is not None and dep == "conj" else token),
            )
            outer.head, outer.dep_ = token, "nsubj"
        return
    subject.head, subject.dep_ = token, "nsubj"


def _subject(token) -> None:
    """A subject hung on the auxiliary ("is" of "is closed"), or two subjects that are one list."""
    if token.head.dep_ in ("aux", "auxpass") and token.head.head != token.head:
        token.head = token.head.head
    verb = token.head
    if _opening(token):
        return
    before = [
        c
        for c in children(verb, "nsubj", "nsubjpass")
        if c.i < token.i and c.tag_ not in ("WDT", "WP")
    ]
    link = token.left_edge.nbor(-1) if token.left_edge.i else token
    if before and link.dep_ == "cc" and token.pos_ in NOUNS and token.i < verb.i:
        if link.head.pos_ in NOUNS and not children(link.head, "conj"):
            token.head, token.dep_ = link.head, "conj"  # "a man in a jacket and jeans stands"
            return
    if (
        before
        and token.i < verb.i
        and all(t.is_punct for t in token.doc[before[-1].right_edge.i + 1 : token.left_edge.i])
    ) and (before[-1].pos_ in NOUNS and token.pos_ in NOUNS and any(children(token, "cc", "conj"))):
        token.head, token.dep_ = before[-1], "conj"


def _opening(token) -> bool:
    """ "Plates in his hands, a waiter walks in": the first of two subjects is what the second has about him."""
    verb = token.head
    first = next((c for c in children(verb, "nsubj", "nsubjpass") if c.i < token.i), None)
    if (
        first is None
        or first.pos_ not in NOUNS
        or token.pos_ not in ("NOUN", "PROPN", "PRON")
        or token.i > verb.i
        or token.left_edge.nbor(-1).text != ","
        or not children(first, "prep", "acl", "amod")
        or not any(c.tag_ == "PRP$" for t in first.subtree for c in [t])
        or children(token, "cc", "conj")
    ):
        return False
    first.dep_ = "dep"
    return True


def _absolute(token) -> bool:
    """ "reading a book, her small dog looking up": a clause of its own, taken for another name of the book."""
    verb = next((c for c in token.children if c.dep_ == "acl" and c.tag_ in ("VBG", "VBN")), None)
    if verb is None or not any(c.tag_ == "PRP$" for c in children(token, "poss")):
        return False
    main = next((t for t in token.ancestors if t.pos_ in ("VERB", "AUX")), None)
    if main is None:
        return False
    verb.head, verb.dep_ = main, "advcl"
    token.head, token.dep_ = verb, "nsubj"
    return True


def _list(token) -> None:
    """ "a cup, a book, and an apple": items of a list taken for other names of the first."""
    last = token
    while (more := children(last, "conj", "appos")) and not children(last, "cc"):
        last = more[0]
    if not any(c.text.lower() in _CC for c in children(last, "cc")) or not children(last, "conj"):
        return
    if token.head.dep_ not in ("dobj", "pobj", "attr", "nsubj", "nsubjpass", "conj", "ROOT"):
        return
    if any(c.dep_ == "nummod" for c in token.head.children) or token.head.tag_ in ("NNS", "NNPS"):
        return  # "two individuals, a man and a woman"
    token.dep_ = "conj"


def _joined_verb(cc) -> None:
    """ "walking on the beach and holding hands": the second verb hung on the first as a circumstance."""
    if children(cc.head, "conj") and any(c.i > cc.i for c in children(cc.head, "conj")):
        return
    if cc.head.pos_ not in ("NOUN", "PROPN", "PRON") or cc.i + 1 >= len(cc.doc):
        return
    verb = next(
        (
            t
            for t in cc.doc[cc.i + 1 : cc.i + 4]
            if t.pos_ == "VERB" and t.dep_ in ("advcl", "acl", "xcomp", "dep")
        ),
        None,
    )
    if verb is None or verb.head.i > cc.i or verb.head.pos_ not in ("VERB", "AUX"):
        return
    if any(t.pos_ not in ("ADV", "AUX", "PART") for t in cc.doc[cc.i + 1 : verb.i]):
        return
    cc.head, verb.dep_ = verb.head, "conj"
