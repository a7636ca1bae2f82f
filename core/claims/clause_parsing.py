"""Parses a sentence again clause by clause where the first parse mixes up its clauses.

A clause that was parsed correctly is attached to the rest of the sentence by one word. Where more do, the parser took a part
of one clause into another ("... between the balconies, and colorful houses line the street", with the houses between
them). Each clause is then parsed by itself, and their trees are joined. So are absolutes ("her hair tied in a bun").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .english_words import COLOURS
from .item_parsing import BEFORE, Item, as_noun, items
from .parsed import Parsed
from .trees import FINITE, NOUNS

_JOINING = ("and", "but", "while", "as", "whereas", "though", "although")
_STARTS = ("DT", "PRP$", "CD", "PRP", "EX", "PDT")
_BARE = ("JJ", "NN", "NNS", "NNP", "JJR")
_SUBJECTS = ("nsubj", "nsubjpass", "expl")
_AFTER_NOUN = ("IN", "VBG", "VBN", "RB", "RP", "JJ")


def reparsed(docs: Sequence, parse: Callable[[Iterable], list]) -> list[Parsed]:
    """Return spaCy's parses as plain objects, with sentences parsed again whose clauses are mixed up.

    Args:
        parse: parses documents that have words only, each as one sentence.
    """
    from spacy.tokens import Doc

    sentences = [Parsed(doc) for doc in docs]
    cuts = [_clauses(sentence) for sentence in sentences]
    lists = [[] if cut else items(sentence) for sentence, cut in zip(sentences, cuts)]
    cuts = [cut or _items(sentence, found) for sentence, cut, found in zip(sentences, cuts, lists)]
    parts = [
        Doc(doc.vocab, [doc[i].text for i in part], [bool(doc[i].whitespace_) for i in part])
        for doc, clauses in zip(docs, cuts)
        for part in clauses
    ]
    done = iter(parse(parts) if parts else ())
    for sentence, clauses, found in zip(sentences, cuts, lists):
        if clauses:
            _join(sentence, clauses, [next(done) for _ in clauses], found)
    return sentences


def _items(doc, found: Sequence[Item]) -> list[list[int]]:
    """Return the tokens of what is left of a sentence without the items, and of each item; [] without any."""
    if not found:
        return []
    taken = {i for item in found for i in (*item.loose, *range(item.start, item.stop))}
    return [
        [i for i in range(len(doc)) if i not in taken],
        *[list(range(item.start, item.stop)) for item in found],
    ]


def _clauses(doc) -> list[list[int]]:
    """Return the tokens of each clause, the main one first; [] if the parse does not mix them up."""
    number = [0] * len(doc)
    opening = _opening(doc)
    found = int(opening > 0)
    number[:opening] = [1] * opening
    for start in range(max(3, opening), len(doc) - 2):
        stop = _absolute(doc, start) if doc[start - 1].text == "," and not number[start] else 0
        beside = _has_clause(doc[opening:start]) or stop < len(doc)
        if stop and beside and not _keeps(doc, start, stop, bare=True):
            found += 1
            number[start - 1 : stop] = [found] * (stop - start + 1)
    starts = [
        i
        for i in range(opening + 3, len(doc) - 2)
        if not number[i] and _begins(doc, i) and _has_clause(doc[opening:i])
    ]
    for start, stop in zip(starts, [*starts[1:], len(doc)]):
        if not _keeps(doc, start, stop):
            found += 1
            number[start:stop] = [n or found for n in number[start:stop]]
    return [[i for i, n in enumerate(number) if n == k] for k in range(found + 1)] if found else []


def _has_clause(tokens) -> bool:
    """Return whether a main clause's subject and its verb are among the tokens."""
    return any(
        t.tag_ in FINITE
        and any(c.dep_ in _SUBJECTS for c in t.children)
        and not any(
            c.dep_ in ("mark", "advmod") and c.i < t.i and c.tag_ in ("IN", "WRB")
            for c in t.children
        )
        for t in tokens
    )


def _begins(doc, at: int) -> bool:
    """Return whether a further clause, with subject and verb, begins at a token, by the tags alone."""
    word, before = doc[at], doc[at - 1]
    if word.lower_ in _JOINING:
        if word.lower_ == "as" and not before.is_punct and before.pos_ not in NOUNS:
            return False
        return _clause_from(doc, at + 1)
    return before.text == ";" and _clause_from(doc, at)


def _clause_from(doc, first: int) -> bool:
    """Return whether a noun phrase and its verb follow from a token on."""
    if first >= len(doc) or doc[first].tag_ not in (*_STARTS, *_BARE, "IN"):
        return False
    named = False
    for t in doc[first:]:
        if t.tag_ in FINITE:
            return named
        if (t.is_punct and t.text != "-") or t.tag_ in ("WDT", "WP", "CC", "TO"):
            return False
        named = named or t.pos_ in (*NOUNS, "PRON") or t.tag_ == "EX"
    return False


def _absolute(doc, first: int) -> int:
    """Return where ", its head lowered" or ", a black cat beside her" ends; 0 where there is none.

    It is a noun phrase without "and", then a preposition or participle, and no finite verb, up to the end of the
    sentence; with a possessive pronoun it may end at a comma.
    """
    own = doc[first].tag_ == "PRP$"
    if not own and doc[first].tag_ not in ("DT", "CD"):
        return 0
    noun = 0
    for t in doc[first:]:
        if t.text == ",":
            more = doc[t.i + 1] if t.i + 1 < len(doc) else t
            return t.i + 1 if own and noun and more.tag_ != "CC" else 0
        if not noun and (t.pos_ in NOUNS or t.lower_ == "one") and doc[t.i + 1 : t.i + 2]:
            after = doc[t.i + 1]
            if after.pos_ in NOUNS and after.lower_ not in COLOURS:
                continue
            noun = t.i
            if (
                after.tag_ not in _AFTER_NOUN
                and after.lower_ not in COLOURS
                and not (own and after.tag_ == "VBD")
            ):
                return 0
            if t.lower_ == "one" and after.tag_ == "JJ":
                return 0  # "two cats, one black and one white"
            continue
        lost = t.tag_ in FINITE and not (own and t.tag_ == "VBD" and t.i == noun + 1)
        if lost or t.tag_ in ("WDT", "WP") or (t.lower_ in ("and", "or") and not noun):
            return 0
    return len(doc) if noun else 0


def _opening(doc) -> int:
    """Return where the main clause begins after "With their legs crossed," where the parse mixes both up; else 0."""
    comma = next((t.i for t in doc if t.text == ","), 0)
    if comma < 2 or comma + 3 > len(doc) or doc[0].tag_ not in ("IN", "VBG", "VBN"):
        return 0
    root = next(t for t in doc if t.head.i == t.i)
    named = doc[comma + 1].tag_ in (*_STARTS, *_BARE)
    verb = any(t.tag_ in FINITE for t in doc[comma + 1 :])
    return comma + 1 if root.i < comma and named and verb else 0


def _keeps(doc, start: int, end: int, bare: bool = False) -> bool:
    """Return whether a clause is attached to the rest by one word: its verb, or the noun or participle of an absolute."""
    inside = range(start, end)
    roots = [
        t
        for t in doc[start:end]
        if (t.head.i not in inside or t.head.i == t.i)
        and not (t.is_punct or (t.i == start and t.dep_ in ("cc", "mark")))
    ]
    taken = [
        t
        for t in doc
        if t.i not in inside and t.head.i in inside and not (t.is_punct or t.dep_ == "cc")
    ]
    if len(roots) != 1 or (taken if bare else [t for t in taken if t.i < start]):
        return False
    root = roots[0]
    return (
        root.dep_ not in ("conj", "pobj", "dobj", "appos") if bare else root.pos_ in ("VERB", "AUX")
    )


def _join(
    sentence: Parsed, clauses: Sequence[Sequence[int]], parts: Sequence, found: Sequence[Item]
) -> None:
    """Give the sentence the trees of its clauses, the root of each attached to that of the first, or of its items,
    each joined to a noun.
    """
    main = sentence[0]
    for n, (own, part) in enumerate(zip(clauses, parts)):
        for i, t in zip(own, part):
            word, root = sentence[i], t.head.i == t.i
            word.tag_, word.pos_, word.lemma_, word.dep_ = t.tag_, t.pos_, t.lemma_, t.dep_
            word.head = sentence[own[t.head.i]]
            if root and not n:
                main = word
            elif root:
                word.dep_ = _role(t, part)
    for own, part in zip(clauses[1:], parts[1:]):
        for i, t in zip(own, part):
            if t.head.i == t.i:
                sentence[i].head = main
    before = main
    for item, own, part in zip(found, clauses[1:], parts[1:]):
        root = next(sentence[i] for i, t in zip(own, part) if t.head.i == t.i)
        joined = before if item.head == BEFORE else sentence[item.head] if item.head >= 0 else main
        before = root
        as_noun(root)
        if joined is root or root.is_ancestor(joined):
            joined = main
        if joined.pos_ in NOUNS and root.pos_ in NOUNS:
            root.head, root.dep_ = joined, "conj"
        for i in item.loose:
            sentence[i].head = joined if joined is not sentence[i] else main


def _role(root, part) -> str:
    """Return the dependency label of a clause that is attached to the first."""
    if root.pos_ == "ADP":
        return "prep"
    if root.pos_ not in ("VERB", "AUX"):
        return "dep"
    return "conj" if part[0].lower_ in ("and", "but") else "advcl"
