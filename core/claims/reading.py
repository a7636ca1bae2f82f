"""Reads captions: English by its syntax, other languages sentence by sentence.

What is read of a caption is bounded (`markup.py`), so a model in a loop costs no more than a long caption.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from ..models.offline import spacy_english
from . import ATTRIBUTE, OBJECT, STATEMENT, Claim, Passage, Reading, Sentence, lexicon
from .chinese import placed
from .clause_parsing import reparsed
from .english_words import COLOURS
from .markup import Unit, read_markup
from .other_words import Wording, parsed_in_other_words
from .parsed import Parsed
from .parses import repaired
from .quotations import stand_in
from .reading_builder import ReadingBuilder
from .verbless import with_verb

_FOREIGN = re.compile(
    r"[^\x00-\u024f\u2000-\u206f\u20a0-\u20bf\u2100-\u27bf\ufe00-\ufe0f\U0001f000-\U0001faff]"
)
_ENGLISH = frozenset(
    "the a an is are was were be been being am of in on at and or but with there this that these those to it its from by "
    "for as no not two three four his her their they he she i we you what which who while where when near into onto over "
    "under above below behind beside between next some several many each both other another one all any has have had do "
    "does can could may might will would should also very more most just only so than then if up down out off through "
    "across along around against toward towards them him".split()
)


def is_english(text: str) -> bool:
    """Return whether a text can be taken for English: in Latin letters, half of its words English ones or
    more.
    """
    letters = [c for c in text[:2000] if c.isalpha()]
    if not letters or sum(1 for c in letters if _FOREIGN.match(c)) > 0.15 * len(letters):
        return False
    words = re.findall(r"[^\W\d_]+", text[:2000])[:80]
    known = [w for w in words if _known(w.lower())]
    return len(known) >= 0.5 * len(words)


@lru_cache(maxsize=8192)
def _known(word: str) -> bool:
    if word in _ENGLISH:
        return True
    forms = {word, lexicon.singular(word)}
    for ending in ("ing", "ed", "ly", "s", "es", "er", "est", "d"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            forms |= {stem, stem + "e", stem[:-1] if stem[-1:] == stem[-2:-1] else stem}
    return word.isascii() and any(
        lexicon.senses(f, pos)
        for f in forms
        for pos in (lexicon.NOUN, lexicon.VERB, lexicon.ADJECTIVE)
    )


class SyntaxReader:
    """Reads English with spaCy; where it is not installed, and in other languages, a sentence is one claim."""

    name = "syntax"

    def read(self, passages: Sequence[Passage], wording: Wording | None = None) -> list[Reading]:
        """Return one reading a passage, in one batch.

        Args:
            wording: other words of which the parse is taken.
        """
        marked = [read_markup(p.text, cut=p.cut) for p in passages]
        english = [is_english(p.text) for p in passages]
        parsing = any(english) and spacy_english.installed()
        docs = iter(
            _parse(
                [u for (units, _), e in zip(marked, english) if e for u in units if u.text], wording
            )
            if parsing
            else ()
        )
        readings = []
        for passage, (units, note), e in zip(passages, marked, english):
            if e and parsing:
                draft = ReadingBuilder(passage.frame)
                _by_syntax(draft, units, docs)
                draft.notes += [note] if note else []
                readings.append(_without_denied(draft.reading()))
            else:
                notes = [n for n in (note, spacy_english.MISSING if e else "") if n]
                readings.append(placed(_by_sentence(units, notes), passage.frame))
        return readings


def read(passages: Sequence[Passage], wording: Wording | None = None) -> list[Reading]:
    """Return one reading a passage, by syntax where it is English and spaCy is installed."""
    return SyntaxReader().read(passages, wording)


def _without_denied(reading: Reading) -> Reading:
    """Return the reading without claims that what a sentence denies is there: "is not wearing a hat" names no
    hat.
    """
    denied = {(c.sentence, c.other) for c in reading.claims if c.negated and c.other >= 0}
    denied |= {(c.sentence, c.thing) for c in reading.claims if c.negated and c.kind == OBJECT}
    gone = [c for c in reading.claims if not c.negated and (c.sentence, c.thing) in denied]
    if not gone:
        return reading
    return replace(reading, claims=tuple(c for c in reading.claims if c not in gone))


_REMEMBERED = 1000  # sentences, each a few kB: what a writer says is read again and again
_parsed: dict[tuple[str, Wording | None], Parsed] = {}


def _parse(units: Sequence[Unit], wording: Wording | None) -> list:
    """Return the parse of each unit's text, taken as one sentence, and its quotations."""
    prepared = [stand_in(_sentence(unit)) for unit in units]
    texts = {
        text: bool(quotes) for text, quotes in prepared
    }  # one in several captions is parsed once
    if len(_parsed) > _REMEMBERED:
        _parsed.clear()
    known = {text: _parsed[text, wording] for text in texts if (text, wording) in _parsed}
    new = [text for text in texts if text not in known]
    nlp = spacy_english.pipeline()
    docs = dict(zip(new, _docs(nlp, new, wording)))
    verbless = {t: verb for t, doc in docs.items() if not texts[t] and (verb := with_verb(doc))}
    docs |= zip(verbless, _docs(nlp, list(verbless.values()), wording))
    known |= {text: repaired(doc) for text, doc in docs.items()}
    _parsed.update({(text, wording): doc for text, doc in known.items()})
    return [(known[text], quotes) for text, quotes in prepared]


def _docs(nlp, texts: Sequence[str], wording: Wording | None) -> list:
    """Return the parses of texts, each one sentence."""

    def parse(docs):
        for doc in docs:
            for token in doc:
                token.is_sent_start = token.i == 0
        parsed = list(nlp.pipe(docs))
        return parsed_in_other_words(nlp, parsed, wording) if wording else parsed

    return reparsed(parse([nlp.make_doc(text) for text in texts]), parse)


def _sentence(unit: Unit) -> str:
    """Return the text with the words that make a sentence of what stood behind a lead-in or a label."""
    text = unit.text
    first = text.split(None, 1)[0]
    lower = (
        text
        if first != "I" and (first[1:] != first[1:].lower() or first.istitle() is False)
        else text[:1].lower() + text[1:]
    )
    if unit.shown and _TIME.match(text):
        return f"It is {lower}"
    if unit.shown:
        return f"There {'are' if _is_plural(text) else 'is'} {lower}"
    if unit.label and (where := _place_of_label(unit.label)) and not _PLACED.search(text):
        there = "" if _FINITE_VERB.search(text) else f"there {'are' if _is_plural(text) else 'is'} "
        return f"{where}, {there}{lower}"
    if unit.label and _is_value(unit, text):
        lower = re.sub(r", (?=[\w-]+\.?$)", " and ", lower)
        return f"The {unit.label.lower()} {'are' if _MANY.search(unit.label) else 'is'} {lower}"
    return text


def _place_of_label(label: str) -> str:
    """Return a label that says where in the image something is as a phrase ("In the foreground"); "" for any other."""
    found = _WHERE_LABEL.match(label.strip())
    if not found:
        return ""
    where = re.sub(r"[\s-]+", " ", found[1].lower())
    if where in (
        "foreground",
        "background",
        "middle ground",
        "midground",
        "distance",
        "center",
        "centre",
    ):
        return f"In the {where}"
    return f"{'On' if where in ('left', 'right') else 'At'} the {where}"


def _is_plural(text: str) -> bool:
    """Return whether a text without a verb begins with several things: "two dogs", "tall shelves with books"."""
    if _PLURAL.match(text):
        return True
    if _ONE.match(text):
        return False
    words = re.findall(r"[A-Za-z'-]+|[,.;]", text[:80].lower())
    for word, after in zip(words, [*words[1:], ""]):
        ends = not after or not after[0].isalpha() or _AFTER_NOUN.match(after)
        if ends and not lexicon.senses(word, lexicon.ADJECTIVE):
            return word in _PEOPLE or lexicon.singular(word) != word
    return False


_PLURAL = re.compile(
    r"^(?:two|three|four|five|six|seven|eight|nine|ten|several|many|multiple|various|numerous|some|few|\d+)\b",
    re.IGNORECASE,
)
_PEOPLE = frozenset("people men women children stairs".split())
_ONE = re.compile(r"^(?:an?|one|another|this|that|the|part|each|every|no)\b", re.IGNORECASE)
_AFTER_NOUN = re.compile(
    r"(?:of|in|on|at|with|from|to|by|for|and|or|that|which|who|where|behind|under|near|next|above|below|between|around|"
    r"along|across|against|inside|outside|over|through|are|were|have|\w+ing|\w+ed)$",
    re.IGNORECASE,
)
_WHERE_LABEL = re.compile(
    r"^(?:in |on |at |far )?(?:the )?(foreground|background|middle[ -]?ground|midground|distance|cent(?:er|re)|left|right|top|bottom|"
    r"(?:top|upper|bottom|lower)[ -](?:left|right))(?: side| corner| part| half| area)?(?: of the (?:image|frame|scene|photo|picture))?$",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"^(?:the|there|it|they|this|in|on|at|both|each)\b|\b(?:foreground|background|distance)\b",
    re.IGNORECASE,
)
_FINITE_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|can|[a-z]{3,}s|stand|sit|lie|hang|rest|run|walk)\b(?= )"
)
_TIME = re.compile(
    r"^an? (?:[\w-]+,? ){0,3}(?:day|night|evening|morning|afternoon|sunset|sunrise)\b"
    r"(?!\s+(?!(?:scene|view|time)\b)\w+\s+(?:with|in|on|at|of)\b)",  # not "a night market with stalls"
    re.IGNORECASE,
)
_MANY = re.compile(r"[^s]s$")
_SCENE_LABEL = re.compile(
    r"^(?:setting|location|lighting|light|weather|time|time of day|season|environment|place|mood|atmosphere|style)$",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|appears?|seems?|suggests?|shows?|stands?|sits?|can|wears?|holds?)\b"
)
_FOLLOWS = re.compile(
    r"^([a-z-]+)(?:,| (?:with|and|in|on|at|by|to|or|but|under|near)\b|\W*$)", re.IGNORECASE
)


def _is_value(unit: Unit, text: str) -> bool:
    """Return whether an item says what its label is, and doesn't name it: "Sky: blue, with few clouds"."""
    if _FINITE.search(text) or re.match(
        r"(?:the|there|it|he|she|they|this|his|her|its)\b", text, re.IGNORECASE
    ):
        return False
    if _SCENE_LABEL.match(unit.label):
        return True
    first = _FOLLOWS.match(text)
    word = first[1].lower() if first else ""
    return bool(word) and (
        word in COLOURS
        or word.endswith(("ing", "ed"))
        or (bool(lexicon.senses(word, lexicon.ADJECTIVE)) and not lexicon.senses(word))
    )


def _by_syntax(draft: ReadingBuilder, units: Sequence[Unit], docs) -> None:
    from .syntax import SentenceReader

    for unit in units:
        style = _STYLE.search(" ".join(unit.left_out))
        if not unit.text:
            draft.not_claims.append(unit.said)
            draft.begin(None)
            draft.end(unit.said, unit.complete)
            continue
        draft.not_claims += unit.left_out
        doc, quotes = next(docs)
        draft.begin(doc, quotes, unit.shown)
        if unit.complete:
            if style:
                draft.add(ATTRIBUTE, draft.about("photo"), style[0].lower().replace("-", " "))
            SentenceReader(draft, doc).read()
        if not draft.end(unit.said, unit.complete):
            draft.not_claims.append(unit.text)


_STYLE = re.compile(
    r"black[- ]and[- ]white|\bmonochrome\b|\bsepia\b|\bblurry\b|\bgrayscale\b", re.IGNORECASE
)


_VALUE = 8  # characters: a shorter item is only a sentence with its label


def _by_sentence(units: Sequence[Unit], notes: Sequence[str]) -> Reading:
    """Return every sentence as one claim, of which nothing can be cut."""
    sentences: list[Sentence] = []
    claims: list[Claim] = []
    out: list[str] = []
    for unit in units:
        text = unit.text if unit.complete else ""
        out += unit.left_out if text else ()
        if text:
            if unit.label and len(text) <= _VALUE:
                text = unit.said  # "Weather: sunny" says nothing without its label
            text = (
                text
                if re.search(r"[.!?。！？…]\W*$", text)
                else text + ("." if text.isascii() else "。")
            )
            claims.append(Claim(text, STATEMENT, "", sentence=len(sentences)))
        else:
            out.append(unit.said)
        sentences.append(Sentence(unit.said, text, unit.complete))
    return Reading(tuple(sentences), (), tuple(claims), tuple(out), tuple(notes))


__all__ = ["SyntaxReader", "is_english", "read"]
