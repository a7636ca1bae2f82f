"""What a question asks for, and short answers to it as statements: "Is there a dog?" - "Yes." is "There is a dog."."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from .claims import lexicon
from .claims.english_words import COLOUR_DEGREES, COLOURS, PLURAL_ONLY, TEXT_NOUNS
from .claims.reading import is_english
from .claims.verbalization import plural, third_person
from .english import capital, number_word
from .models.offline import spacy_english
from .styles import CHINESE, is_in

CANNOT_TELL = "I cannot tell from the image."
CANNOT_TELL_ZH = "无法从图片判断。"  # to a question in Chinese
YES_NO, COUNT, COLOUR, WRITTEN, WHERE, OPEN = "yes/no", "count", "colour", "text", "where", "open"

_NOUNS_OF_ASKING = frozenset(
    "image picture photo color colour hue kind type sort number word text name place thing way part".split()
)
_SINGULAR = {"people": "person"}
_VERBS_OF_ASKING = frozenset("be do have see show say read write can could would tell".split())
_COUNT = re.compile(r"^how many\b", re.IGNORECASE)
_COLOUR = re.compile(r"^(?:what|which) (?:is the )?colou?rs?\b", re.IGNORECASE)
_WHERE = re.compile(r"^where\b", re.IGNORECASE)
_WRITTEN = re.compile(
    rf"^what\b.*\b(?:say|says|read|reads|written|printed)\b|^(?:what|which)\b.*\b(?:{'|'.join(TEXT_NOUNS)})s?\b",
    re.IGNORECASE,
)
_SEE = re.compile(r"^(?:can|could|do) (?:you|we|i) see\b", re.IGNORECASE)
_NUMBERS = {"no": 0, "none": 0, "a": 1, "an": 1}
_IN_IMAGE = re.compile(r" (?:in|on) (?:the|this) (?:image|picture|photo)(?=\W*$)", re.IGNORECASE)
_YES_OR_NO = re.compile(
    r"^\W*(?P<said>yes|no)\b[\s,.:;!-]*(?P<rest>.*)$", re.IGNORECASE | re.DOTALL
)
_NOT_SHOWN = re.compile(
    r"^\W*(?:not (?:visible|shown|present)|(?:i )?(?:can ?not|can't|am unable to|'m unable to) (?:tell|see|determine|answer)|"
    r"unknown|unclear|n/a|(?:this|the) (?:part|image|picture) does(?: not|n't) show|看不到|看不见|未显示|无法)",
    re.IGNORECASE,
)


@cache
def _numbers() -> dict[str, int]:
    """Return the values of the words for numbers that are written out."""
    return _NUMBERS | {number_word(n): n for n in range(13)}


@dataclass(frozen=True)
class Question:
    """A question, and what answers it.

    Attributes:
        kind: "yes/no", "count", "colour", "text", "where", or "open" for any other and for other languages than
            English.
        statement, denial: what "yes" and "no" would say, for a yes/no question; else "".
        things: the nouns that it names, as lemmas.
        verbs: its full verbs, as lemmas.
    """

    text: str
    kind: str = OPEN
    statement: str = ""
    denial: str = ""
    things: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()

    def told(self, answer: str) -> str:
        """Return an answer as statements: "Two." as "There are two chairs."; "" if it says that it cannot be seen."""
        answer = answer.strip()
        if _NOT_SHOWN.match(answer):
            return ""
        plain = answer.strip(" .!\"'“”").lower()
        if self.kind == YES_NO and (found := _YES_OR_NO.match(answer)):
            said = self.statement if found["said"].lower() == "yes" else self.denial
            rest = capital(found["rest"].strip())
            return said if rest.rstrip(".") == said.rstrip(".") else f"{said} {rest}".strip()
        if self.kind == COUNT and self.things and (plain.isdecimal() or plain in _numbers()):
            return _counted(self.things[0], int(plain) if plain.isdecimal() else _numbers()[plain])
        words = re.findall(r"[^\W_]+", plain)
        colour = bool(words) and set(words) <= COLOURS | COLOUR_DEGREES | {"and"}
        if self.kind == COLOUR and self.things and colour:
            return f"The {self.things[0]} is {plain}."
        if self.kind == WRITTEN and self.things and answer and not _has_verb(answer):
            words_there = answer.strip(" .\"'“”")
            return f'The {self.things[0]} reads "{words_there}".'
        return answer

    def without_yes_or_no(self, answer: str) -> str:
        """Return what an answer says beyond yes or no; "" if it says that it cannot be seen."""
        if _NOT_SHOWN.match(answer.strip()):
            return ""
        found = _YES_OR_NO.match(answer) if self.kind == YES_NO else None
        return capital(found["rest"].strip()) if found else answer.strip()


def read_question(text: str) -> Question:
    """Return what a question asks for."""
    text = " ".join(text.split())
    if not is_english(text) or not spacy_english.installed():
        return Question(text)
    parsed = spacy_english.pipeline()(text)
    nouns = [t for t in parsed if t.pos_ in ("NOUN", "PROPN")]
    # What is asked about stands before what it belongs to: the coat in "the woman's coat".
    heads = sorted((t for t in nouns if t.dep_ != "compound"), key=lambda t: t.dep_ == "poss")
    things = tuple(
        dict.fromkeys(name for t in heads if (name := _name(t)) and name not in _NOUNS_OF_ASKING)
    )
    verbs = tuple(
        dict.fromkeys(
            t.lemma_.lower()
            for t in parsed
            if t.pos_ == "VERB" and t.lemma_.lower() not in _VERBS_OF_ASKING
        )
    )
    for kind, pattern in ((COUNT, _COUNT), (COLOUR, _COLOUR), (WHERE, _WHERE), (WRITTEN, _WRITTEN)):
        if pattern.match(text):
            return Question(text, kind, things=things, verbs=verbs)
    # "Is the door open or closed?" asks for one of two, not for yes or no.
    choice = any(t.lower_ == "or" for t in parsed)
    statement, denial = ("", "") if choice else _statement(parsed, _IN_IMAGE.sub("", text))
    kind = YES_NO if statement else OPEN
    return Question(text, kind, statement, denial, things, verbs)


def _name(noun) -> str:
    if noun.lower_ in PLURAL_ONLY:
        return noun.lower_
    compound = [t.text for t in noun.lefts if t.dep_ == "compound"]
    whole = " ".join([*compound, noun.lemma_]).lower()
    return (
        whole
        if compound and lexicon.senses(whole)
        else _SINGULAR.get(noun.lower_) or lexicon.singular(noun.lower_)
    )


def _counted(noun: str, number: int) -> str:
    if number == 0:
        return f"There are no {plural(noun)}."
    if number == 1:
        return f"There is one {noun}."
    return f"There are {number_word(number)} {plural(noun)}."


def _has_verb(text: str) -> bool:
    return any(
        t.pos_ in ("VERB", "AUX") and t.dep_ == "ROOT" for t in spacy_english.pipeline()(text)
    )


def _statement(parsed, text: str) -> tuple[str, str]:
    """Return what a yes/no question asks about as a statement and as its denial; empty for other questions."""
    words = text.rstrip(" ?.!")
    if found := _SEE.match(words):
        return _there("is", words[found.end() :].strip())
    first = parsed[0].text.lower() if len(parsed) else ""
    if (
        first in ("is", "are", "was", "were")
        and len(parsed) > 2
        and parsed[1].text.lower() == "there"
    ):
        return _there(first, words[parsed[1].idx + len("there") :].strip())
    end = _subject_end(parsed)
    if first not in ("is", "are", "was", "were", "do", "does") or end <= 1:
        return "", ""
    subject = words[parsed[1].idx : parsed[end - 1].idx + len(parsed[end - 1])]
    rest = _without_any(words[parsed[end].idx :])
    if first in ("do", "does"):
        if not rest or parsed[end].pos_ == "ADP":  # the subject goes on: "the man in the image"
            return "", ""
        verb, *others = rest.split(" ", 1)
        inflected = third_person(verb) if first == "does" else verb
        said = " ".join([subject, inflected, *others])
        return capital(f"{said}."), capital(f"{subject} {first} not {rest}.")
    if not rest:  # "Is the dog in the image?"
        return _there(first, subject)
    return capital(f"{subject} {first} {rest}."), capital(f"{subject} {first} not {rest}.")


def _there(verb: str, what: str) -> tuple[str, str]:
    """Return that something is there, and that it is not; the verb is a form of "be"."""
    what = _without_any(what)
    return f"There {verb} {what}.", f"There {verb} no {_bare(what)}."


def _subject_end(parsed) -> int:
    """Return the index after the subject of an inverted sentence: after its first noun or pronoun that is the end of
    a noun phrase and leaves something to be said; 0 if there is none."""
    last = len(parsed) - sum(1 for t in parsed if t.is_punct and t.i >= len(parsed) - 2)
    nouns = [t for t in parsed[1:] if t.pos_ in ("NOUN", "PROPN", "PRON")]
    for token in nouns:
        following = parsed[token.i + 1] if token.i + 1 < last else None
        if following is None:
            break
        compound = following.pos_ in ("NOUN", "PROPN") and token.dep_ == "compound"
        if following.tag_ != "POS" and token.tag_ != "PRP$" and not compound:
            return token.i + 1
    # "the cup orange", of which a parser made one phrase
    return next((t.i + 1 for t in nouns if t.i + 1 < last and parsed[t.i + 1].tag_ != "POS"), 0)


def _without_any(text: str) -> str:
    return re.sub(r"\b(?:any|some) ", "", text, count=1)


def _bare(text: str) -> str:
    return re.sub(r"^(?:an?|the) ", "", text)


def cannot_tell(question: str) -> str:
    """Return the answer where no kept claim answers a question, in Chinese to a question that is."""
    return CANNOT_TELL_ZH if is_in(question, CHINESE) else CANNOT_TELL
