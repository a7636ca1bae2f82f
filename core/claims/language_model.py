"""Splits captions into claims with a language model, for languages without an installed pipeline.

The model answers one line a claim, `1.2 | relation | woman | wears | a red coat`: as JSON, the claims of 13
captions would take a local model a minute. Malformed answers are read as far as possible (`answer_lines.py`), nothing is
taken that the caption's own words do not support, and another reader reads what they leave out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..models import ERROR, LENGTH, REFUSAL, ChatModel, Completion, ModelProgress
from ..models.offline import spacy_english
from ..models.reasoning import without_reasoning
from ..prompts import load_prompt
from . import NUMBER, OBJECT, RELATION, SCENE, TEXT, Claim, Passage, Reader, Reading, Thing
from .answer_lines import (
    Line,
    chinese,
    complete,
    counted,
    digits,
    grounded,
    in_words,
    naming,
    plain_value,
    read_lines,
    written,
)
from .reading import SyntaxReader, is_english

# Sentences asked about at once. At four lines a sentence, of a dozen tokens each, the answer is within
# what a writer may write.
SENTENCES = 6

Numbered = dict[
    tuple[int, int], tuple[int, int]
]  # (caption, sentence) as numbered -> passage, sentence


def _no_progress(index: int | None) -> None:
    return None


class LanguageModelReader:
    """Asks a language model about what the other reader does not know.

    Args:
        talker: the model.
        fallback: finds the sentences, reads English, and reads what the model leaves out.
        english: ask about English captions, too. The model then only breaks sentences into simple ones, and the
            fallback reads those.
        on_progress: as for all models; it may raise to interrupt.
    """

    def __init__(
        self,
        talker: ChatModel,
        fallback: Reader | None = None,
        *,
        english: bool = False,
        on_progress: ModelProgress = _no_progress,
    ):
        self.name = talker.name
        self._talker, self._fallback = talker, fallback or SyntaxReader()
        self._english, self._tick = english, on_progress

    def read(self, passages: Sequence[Passage]) -> list[Reading]:
        """Return one reading a passage. English ones cost no call, unless that was chosen or no pipeline is
        installed.
        """
        readings = list(self._fallback.read(passages))
        asked = [i for i, p in enumerate(passages) if self._asks(p.text)]
        questions = list(_questions(passages, readings, asked))
        if not questions:
            return readings
        answers = self._talker.answer([q for q, _ in questions], self._tick, temperature=0.0)
        lines: dict[int, dict[int, list[Line]]] = {i: {} for i in asked}
        failed: dict[int, str] = {}
        for (_, numbered), answer in zip(questions, answers):
            for (passage, sentence), found in _found(answer, numbered).items():
                lines[passage].setdefault(sentence, []).extend(found)
            if answer.finish in (ERROR, REFUSAL):
                failed.update({p: answer.detail or answer.finish for p, _ in numbered.values()})
        for i in asked:
            reading = readings[i]
            own = {
                s: [x for x in found if x.kind is None or grounded(x, passages[i].text)]
                for s, found in lines[i].items()
            }
            own = {
                s: found
                for s, found in own.items()
                if _claims_nothing(found) or complete(found, readings[i].sentences[s].text)
            }
            if own and is_english(passages[i].text) and spacy_english.installed():
                reading = self._simplified(reading, own, passages[i])
            elif own:
                reading = _assembled(reading, own)
            left = sum(1 for s, x in enumerate(reading.sentences) if x.text and s not in own)
            readings[i] = replace(
                reading, notes=(*reading.notes, *self._notes(left, failed.get(i, "")))
            )
        return readings

    def _asks(self, text: str) -> bool:
        return self._english or not (is_english(text) and spacy_english.installed())

    def _notes(self, left: int, why: str) -> list[str]:
        if why:
            return [f"{self.name} could not read this caption ({why}), so it was split by rules."]
        if not left:
            return []
        amount = "a sentence" if left == 1 else f"{left} sentences"
        return [f"{self.name} left out {amount} of a caption, which rules split."]

    def _simplified(
        self, reading: Reading, own: dict[int, list[Line]], passage: Passage
    ) -> Reading:
        """Return an English reading, made by the fallback from the simple sentences that the model wrote."""
        texts: list[str] = []
        sources = []
        for index, sentence in enumerate(reading.sentences):
            found = own.get(index)
            said = [in_words(x) for x in found if x.kind] if found else [sentence.text]
            texts += filter(None, said)
            sources += [(index, found is not None)] * sum(map(bool, said))
        # The sentences' own places were translated when the fallback read them; the model's lines repeat these.
        [simple] = self._fallback.read([Passage("\n".join(texts))])
        if len(simple.sentences) != len(texts):
            return reading
        claims = [
            replace(c, sentence=sources[c.sentence][0], spans=()) for c in simple.claims
        ]  # a span of a simple sentence is none of the caption's
        moods = [s.said for i, s in enumerate(reading.sentences) if _claims_nothing(own.get(i))]
        return replace(
            reading,
            sentences=_without_moods(reading, own),
            things=simple.things,
            claims=tuple(dict.fromkeys(claims)),
            not_claims=tuple(dict.fromkeys([*reading.not_claims, *moods])),
        )


def _questions(
    passages: Sequence[Passage], readings: Sequence[Reading], asked: Sequence[int]
) -> Iterator[tuple[str, Numbered]]:
    """Prompts, each about at most `SENTENCES` sentences of captions of one region."""
    lines: list[str] = []
    numbered: Numbered = {}
    caption, frame = 0, None
    for i in asked:
        if lines and passages[i].frame != frame:
            yield _prompt(lines), numbered
            lines, numbered, caption = [], {}, 0
        frame, caption = passages[i].frame, caption + 1
        for index, sentence in enumerate(readings[i].sentences):
            if not sentence.text or not sentence.complete:
                continue
            if len(lines) == SENTENCES:
                yield _prompt(lines), numbered
                lines, numbered, caption = [], {}, 1
            number = sum(1 for c, _ in numbered if c == caption) + 1
            numbered[caption, number] = (i, index)
            lines.append(f"{caption}.{number} {' '.join(sentence.text.split())}")
    if lines:
        yield _prompt(lines), numbered


def _prompt(lines: Sequence[str]) -> str:
    return load_prompt("claims").format(sentences="\n".join(lines))


def _found(answer: Completion, numbered: Numbered) -> dict[tuple[int, int], list[Line]]:
    """Return the lines of an answer by passage and sentence; numbers that were not asked about are passed
    over.
    """
    found: dict[tuple[int, int], list[Line]] = {}
    captions = {caption for caption, _ in numbered}
    last = None
    for line in read_lines(without_reasoning(answer.text)):
        caption = line.caption or (next(iter(captions)) if len(captions) == 1 else 0)
        place = numbered.get((caption, line.sentence))
        if place is None:
            continue
        last = place
        lines = found.setdefault(place, [])
        if line not in lines:
            lines.append(line)
    if answer.finish == LENGTH and last is not None:
        del found[last]  # stopped before it was done with this sentence
    return found


def _claims_nothing(lines: Sequence[Line] | None) -> bool:
    return bool(lines) and all(line.kind is None for line in lines)


def _without_moods(reading: Reading, own: dict[int, list[Line]]):
    return tuple(
        replace(s, text="", mentions=()) if _claims_nothing(own.get(i)) else s
        for i, s in enumerate(reading.sentences)
    )


def _assembled(reading: Reading, own: dict[int, list[Line]]) -> Reading:
    """Return a reading of the model's own lines; sentences that it left out keep the claims they had."""
    things: list[Thing] = []
    claims: list[Claim] = []
    for index in range(len(reading.sentences)):
        if index not in own:
            claims += [c for c in reading.claims if c.sentence == index]
            continue
        for line in own[index]:
            if line.kind is None:
                continue
            before = len(things)
            thing = -1 if line.kind == SCENE else _thing(things, line.subject)
            other = _thing(things, line.object) if line.kind == RELATION and line.object else -1
            # Whatever something is said of is there, unless it is denied.
            for new in range(before, len(things)) if not line.negated else ():
                shown = Line(line.caption, line.sentence, OBJECT, things[new].name)
                claims.append(_claim(shown, things, new, -1, index, line.hedged))
                named = line.subject if new == thing else line.object
                if number := counted(named):
                    things[new] = replace(things[new], number=int(number))
                    claims.append(
                        replace(claims[-1], kind=NUMBER, value=number, text=f"有{named}。")
                    )
            if line.kind != OBJECT or line.negated:
                claims.append(_claim(line, things, thing, other, index, line.hedged))
    moods = [s.said for i, s in enumerate(reading.sentences) if _claims_nothing(own.get(i))]
    return replace(
        reading,
        sentences=_without_moods(reading, own),
        things=tuple(things),
        claims=tuple(dict.fromkeys(claims)),
        not_claims=tuple(dict.fromkeys([*reading.not_claims, *moods])),
    )


def _claim(
    line: Line, things: list[Thing], thing: int, other: int, sentence: int, hedged: bool
) -> Claim:
    value = plain_value(line.value)
    if line.kind == NUMBER:
        value = digits(f"{line.value} {line.object}")
    elif line.kind == TEXT:
        value = written(f"{line.value} {line.object}")
    if line.kind == NUMBER and thing >= 0 and value.isdigit():
        things[thing] = replace(things[thing], number=int(value))
    return Claim(
        text=in_words(line),
        kind=line.kind,
        subject=things[thing].head if thing >= 0 else line.subject,
        value="" if line.kind == OBJECT else value,
        object=things[other].head if other >= 0 else naming(line.object),
        negated=line.negated,
        hedged=hedged,
        thing=thing,
        other=other,
        sentence=sentence,
    )


def _thing(things: list[Thing], named: str) -> int:
    """Return the index of the thing of that name, a new one if there is none.

    "女摊主" is "摊主": where nouns stand at the end of what describes them, the end is enough.
    """
    name = naming(named)
    for index, thing in enumerate(things):
        known = thing.heads[0]
        if name == known or (chinese(name) and (name.endswith(known) or known.endswith(name))):
            if name not in thing.heads:
                things[index] = replace(thing, heads=(*thing.heads, name))
            return index
    things.append(Thing(name, (name,), name))
    return len(things) - 1
