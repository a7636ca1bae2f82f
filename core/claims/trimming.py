"""The text of a sentence with only what it claims: praise, moods and whatever no claim says taken out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from . import cutting, lexicon, moods, verbalization
from .coverage import NOTHING, alike
from .english_words import EVALUATIVE, MOOD_VERBS, WHICH
from .nouns import is_abstract
from .quotations import STANDIN
from .trees import FINITE

if TYPE_CHECKING:
    from .reading_builder import ReadingBuilder

Change = tuple[int, int, str]  # characters from, to, and what stands there instead
# Adjectives that a viewer can check with his eyes stay, though nobody verifies them.
_SEEN = frozenset(
    "vibrant lush calm festive bustling dramatic prominent distinctive distinct vivid rich intricate subtle balanced "
    "organized simple plain-looking traditional classic iconic familiar ordinary rustic sturdy grand contemporary modern "
    "sophisticated luxurious elegant majestic professional candid visual quiet notable noticeable eye-catching utilitarian "
    "high-quality".split()
)
_PRAISE = EVALUATIVE - WHICH - _SEEN
_VAGUE = frozenset(
    "way manner fashion fact moment place point extent".split()
)  # say nothing by themselves
_CONTENT = ("NOUN", "PROPN", "VERB", "ADJ", "ADV")
_CLAUSES = ("advcl", "acl", "relcl", "appos")


def edits(draft: ReadingBuilder) -> list[Change]:
    """Return the changes of the parsed text of the sentence being read that leave what is claimed."""
    return [
        *moods.announced_scene(draft),
        *moods.of_mood(draft),
        *(moods.presented(draft) or _announced(draft)),
        *_fillers(draft),
        *_moods(draft),
        *_praise(draft),
        *_leftovers(draft),
    ]


def _left_out(draft: ReadingBuilder, tokens, *, aside: bool) -> list[Change]:
    """Words that claim nothing, with the comma or blank before them.

    An aside behind a noun ("a light, which is old, hangs ...") takes both of its commas along.
    """
    text, changes = draft.doc.text, []
    for start, end in draft.spans_of(tokens):
        before = text[:start].rstrip()
        after = text[end:].lstrip()
        if before.endswith(",") and (not after or after[0] in ",.;"):
            before = before[:-1]
            if aside and after.startswith(",") and end < len(text) and text[end] == ",":
                end += 1
        if before:
            start = len(before)
        else:
            end += len(text[end:]) - len(text[end:].lstrip(" ,"))
        changes.append((start, end, ""))
    return changes


def _claimed(draft: ReadingBuilder) -> set[tuple[int, int]]:
    return {span for f in draft.found[draft.first :] for span in f.spans}


def _fillers(draft: ReadingBuilder) -> list[Change]:
    """Take out what was found to claim nothing, where it can go by itself and no claim is said by it alone."""
    kept, changes = _claimed(draft), []
    for token in draft.fillers:
        tokens = cutting.with_token(token)
        spans = draft.spans_of(tokens)
        if tokens and _ends_inside(tokens):
            continue
        if spans and not any(a <= x and y <= b for a, b in spans for x, y in kept):
            changes += _left_out(draft, tokens, aside=token.dep_ in ("relcl", "acl", "appos"))
    return changes


def _moods(draft: ReadingBuilder) -> list[Change]:
    to_ = {
        s for f in draft.found[draft.first :] if f.value == "to" for s in f.spans
    }  # "color to the dish"
    kept, changes = _claimed(draft) - to_, []
    for tokens in moods.clauses(draft):
        spans = draft.spans_of(tokens)
        if len(spans) == 1 and not any(a <= x and y <= b for a, b in spans for x, y in kept):
            changes += _left_out(draft, tokens, aside=True)
    return changes


def _praise(draft: ReadingBuilder) -> list[Change]:
    changes: list[Change] = []
    for token in draft.doc:
        if (
            token.dep_ == "amod"
            and token.lemma_.lower() in _PRAISE
            and token.text.lower() not in WHICH
        ):
            changes += _adjective(token)
    return changes


def _adjective(token) -> list[Change]:
    """Without an adjective before its noun, and with the article that fits what follows."""
    doc = token.doc
    if any(t.text == "-" for t in doc[max(0, token.i - 1) : token.i + 2]):
        return []
    if any(c.dep_ in ("conj", "prep", "cc") for c in token.children) or token.i + 1 >= len(doc):
        return []
    following = token.nbor(1)
    if following.is_punct:
        following = token.nbor(2) if token.i + 2 < len(doc) else following
    changes = [(token.left_edge.idx, following.idx, "")]
    article = token.left_edge.nbor(-1) if token.left_edge.i else None
    if article is not None and article.text.lower() in ("a", "an"):
        right = verbalization.article(following.text).split()[0]
        right = right.capitalize() if article.text[0].isupper() else right
        changes.append((article.idx, article.idx + len(article.text), right))
    return changes


def _announced(draft: ReadingBuilder) -> list[Change]:
    """ "A tall tower in the background." -> "There is a tall tower in the background."; "A man riding" -> "is riding"."""
    doc = draft.doc
    root = next((t for t in doc if t.head.i == t.i), None)
    if root is None or doc[0].text.lower() in ("there", "here"):
        return []
    subject = next(
        (c for c in root.children if c.dep_ in ("nsubj", "nsubjpass") and c.i < root.i), None
    )
    if any(map(_misread_verb, doc)):
        return []
    quoted = {q.token for q in draft.quotes}
    if root.tag_ == "VBD" and subject is not None and _is_aside(root, subject):
        return [
            (0, 1, f"There is {doc.text[0].lower()}")
        ]  # "A chair, slightly turned to the right."
    if (
        root.pos_ in ("NOUN", "PROPN")
        and subject is None
        and not any(
            t.tag_ in ("VBZ", "VBP", "VBD")
            # "The words "Open" are on the door" has no relative clause.
            and (t.dep_ not in ("relcl", "acl", "amod") or any(c.i in quoted for c in t.children))
            and t.head.i == root.i
            for t in doc
        )
    ):
        many = root.tag_ in ("NNS", "NNPS")
        if root.text.lower() != STANDIN.lower() and doc[0].pos_ in (
            "DET", "NOUN", "ADJ", "NUM", "PROPN", "VERB", "ADV",
        ):  # fmt: skip
            first = doc[0]
            named = first.pos_ == "PROPN" or (first.text.isupper() and len(first.text) > 1)
            lower = [] if named else [(0, 1, first.text[0].lower())]
            return [(0, 0, f"There {'are' if many else 'is'} "), *lower]
    elif root in draft.fillers and subject is not None and _only_named(root, subject):
        many = subject.tag_ in ("NNS", "NNPS")
        lower = [(subject.left_edge.idx, subject.left_edge.idx + 1, doc[0].text[0].lower())]
        if subject.left_edge.i:  # "In the foreground, a dog adds charm."
            lower = []
        start = subject.left_edge.idx
        end = subject.right_edge.idx + len(subject.right_edge.text)
        there = f"{'T' if start == 0 else 't'}here {'are' if many else 'is'} "
        return [
            (start, start, there),
            *lower,
            (end, doc[-1].idx if doc[-1].is_punct else len(doc.text), ""),
        ]
    elif (
        root.tag_ in ("VBG", "VBN")
        and subject is not None
        and not any(c.dep_ in ("aux", "auxpass") for c in root.children)
        and not any(t.tag_ in FINITE and t.dep_ != "relcl" for t in doc)
    ):
        many = subject.tag_ in ("NNS", "NNPS") or any(c.dep_ == "conj" for c in subject.children)
        return [(root.idx, root.idx, "are " if many else "is ")]
    return []


def _is_aside(verb, subject) -> bool:
    """Return whether a comma parts a first noun phrase from a verb form, so that it is a participle."""
    return (
        subject.left_edge.i == 0
        and subject.left_edge.lower_ in ("a", "an")
        and verb.doc[subject.right_edge.i].text == ","
        and sum(t.text == "," for t in verb.doc[: verb.i]) == 1
    )


def _misread_verb(token) -> bool:
    """Return whether a word is a verb that the tagger took for a noun: "A child, a girl with long hair, peeks
    from ...", "Striped canopies in red stretch over ...".
    """
    if token.i < 2 or token.i + 1 >= len(token.doc) or token.nbor(1).pos_ not in ("ADP", "ADV"):
        return False
    before = token.nbor(-1)
    if token.tag_ in ("NNS", "NNPS") and before.text == ",":
        return bool(lexicon.senses(token.lower_.removesuffix("s"), lexicon.VERB))
    plural = any(t.tag_ == "NNS" and t.i < token.i - 1 for t in token.doc)
    bare = before.pos_ in ("NOUN", "ADJ", "PROPN") and not any(
        c.dep_ in ("det", "poss", "nummod") for c in token.children
    )
    # Tagged as no verb, or as an infinitive without "to".
    return (
        token.tag_ in ("NN", "VB", "VBP")
        and plural
        and bare
        and bool(lexicon.senses(token.lower_, lexicon.VERB))
    )


def _only_named(root, subject) -> bool:
    """Return whether all that is claimed by "A hydrant adds a pop of color" is that there is a hydrant."""
    article = subject.left_edge.text.lower()
    return article in ("a", "an", "two", "three", "several", "some", "many") and not any(
        c.dep_ in ("conj", "advcl", "ccomp") or (c.dep_ == "dobj" and c.i < root.i)
        for c in root.children
    )


# -- what no claim accounts for ---------------------------------------------------------------------


@cache
def _stop_words() -> frozenset[str]:
    from spacy.lang.en.stop_words import STOP_WORDS

    return frozenset(STOP_WORDS)


def _leftovers(draft: ReadingBuilder) -> list[Change]:
    """Phrases and clauses of which no word is in a claim, where the sentence stands without them."""
    known = set()
    for f in draft.found[draft.first :]:
        known |= set(f"{f.value} {f.subject}".lower().split())
        for e in filter(None, (f.entity, f.other)):
            names = (*e.heads, *e.nouns, *e.has, *(e.traits if e.part else ()))
            known |= {word.lower() for name in names for word in name.split()}
    quoted = {q.token for q in draft.quotes}
    doc = list(draft.doc)
    content = [t for t in doc if t.i not in quoted and _is_content(t)]
    held = {t.i for t in content if _accounted(t, known)}
    open_ = {t.i for t in content if t.i not in held and not _nothing(t)}
    kept, gone, changes = _claimed(draft), set(), []
    for token in doc:
        if token.i not in open_ or token.i in gone:
            continue
        for tokens in _pieces(token):
            spans = draft.spans_of(tokens)
            mood = any(
                t.dep_ in _CLAUSES and t.lemma_.lower() in MOOD_VERBS and t.head not in tokens
                for t in tokens
            )
            if (
                not tokens
                or len(spans) > 1
                or any(t.text == ":" for t in tokens)
                or _ends_inside(tokens)
                or any(t.text == "-" for t in doc[max(0, tokens[0].i - 1) : tokens[-1].i + 2])
                or (not mood and any(t.i in held for t in tokens))
                or any(t.i in quoted for t in tokens)
                or any(a <= x and y <= b for a, b in spans for x, y in kept)
            ):
                continue
            gone |= {t.i for t in tokens}
            one = len(tokens) == 1 and token.dep_ == "amod" and token.i < token.head.i
            changes += _adjective(token) if one else _left_out(draft, tokens, aside=True)
            break
    return changes


def _pieces(token) -> list[list]:
    """Return the clauses that a word stands in, the smallest first: each states something of its own.

    Adjectives, compounds, adverbs and phrases stay with the word that they modify.
    """
    found = []
    up = token
    for _ in range(6):
        infinitive = any(
            c.tag_ == "TO" for c in up.children
        )  # "a turn to play": no clause of its own
        if up.dep_ in _CLAUSES and up.dep_ != "appos" and not infinitive:
            found.append(_with_vague_noun(up))
        elif up.dep_ == "conj" and up.pos_ in ("VERB", "AUX") and up.head.pos_ in ("VERB", "AUX"):
            found.append(cutting.with_token(up))
        elif up.lower_ == "for" and any(
            c.dep_ == "pobj" and is_abstract(c.lemma_.lower()) for c in up.children
        ):  # a purpose: "wearing a helmet for safety"
            found.append(list(up.subtree))
        if up.head == up:
            break
        up = up.head
    return found


def _ends_inside(tokens) -> bool:
    """Return whether what follows the tokens needs them: the next of a list, or the verb of a clause around
    them.
    """
    first, last = tokens[0], tokens[-1]
    if first.dep_ == "cc" and any(c.dep_ == "det" for c in first.head.children):
        # "a homey and inviting kitchen", taken for "a homey" and "inviting kitchen"
        noun, adjective = (
            lexicon.senses(first.head.lower_, pos) for pos in (lexicon.NOUN, lexicon.ADJECTIVE)
        )
        if adjective or not noun:
            return True
    if last.i + 1 >= len(last.doc):
        return False
    following = last.nbor(1)
    if following.dep_ == "cc":
        return True
    verb = following.head if following.dep_ in ("aux", "auxpass") else following
    subjects = [c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass")]
    return verb.tag_ in FINITE and any(c in tokens for c in subjects)


def _with_vague_noun(clause) -> list:
    """Return the tokens of a clause; with the noun that says nothing without it: "arranged in a way that
    ...".
    """
    noun = clause.head
    if clause.dep_ in ("relcl", "acl") and noun.lemma_.lower() in _VAGUE and noun.dep_ == "pobj":
        return list(noun.head.subtree)
    return list(clause.subtree)


def _is_content(token) -> bool:
    low = token.text.lower()
    return (
        token.pos_ in _CONTENT
        and low.isalpha()
        and len(low) > 2
        and not low.endswith("ly")
        and low not in _stop_words()
    )


def _nothing(token) -> bool:
    return bool({token.text.lower(), token.lemma_.lower()} & NOTHING)


def _accounted(token, known: set[str]) -> bool:
    forms = {token.text.lower(), token.lemma_.lower()}
    return any(alike(form, word) for form in forms for word in known)
