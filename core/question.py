"""Answers a question about an image: asks the whole image and each patch, verifies what they say, and answers from
what was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import ClassVar, cast

from .caption_check import check
from .claims import (
    ACTION,
    ATTRIBUTE,
    NUMBER,
    OBJECT,
    PLACE,
    RELATION,
    STATEMENT,
    TEXT,
    Passage,
    Reading,
    lexicon,
)
from .claims.english_words import COLOURS
from .claims.entailment import CONTRADICTION, compare, unsupported
from .claims.readers import reader_for
from .compose import compose_sentences
from .english import number_word
from .evidence import Prior
from .facts import facts_of, kept_reading
from .filter import filter_statements
from .image_record import ImageRecord, StageProgress, heartbeat, no_progress, region_progress
from .models import (
    ERROR,
    NLI,
    Captioner,
    CaptionRequest,
    ChatModel,
    Completion,
    Embedder,
    Verifier,
    Writer,
    requests_of,
)
from .models.registry import CAPTIONER, VERIFIER, WRITER
from .models.writer_prompts import fact_lines
from .partial_answers import PartialAnswers
from .prompts import load_prompt
from .question_forms import (
    COLOUR,
    COUNT,
    OPEN,
    WHERE,
    WRITTEN,
    YES_NO,
    Question,
    cannot_tell,
    read_question,
)
from .realization import realized
from .refusals import marked_refusals
from .sentences import join_sentences
from .settings import AUTO, SYNTAX, FilterSettings
from .stages import EMBEDDER, ModelsByRole, region_count
from .statements import Statement, Verdict

TEMPERATURE = 0.2  # as for the caption of a whole image (paper, section 4.1)
MAX_TOKENS = 120  # of one answer: two sentences
# A question suggests its answer to a vision-language model ("Is there an elephant?"). Agreement between samples and
# patches is therefore worth little, and the verifier decides. A choice, not a measurement.
SUGGESTED = Prior(once=0.5, again=0.0, alone=0.5, late=0.0, other_view=0.0)
MOST_SENTENCES = 3  # of an answer by rule


@dataclass(frozen=True)
class Ask:
    """A stage: images with regions to images with the answer as their caption.

    Attributes:
        question: in any language; yes/no questions, counts, colours, places and written words are understood in
            English, all others are answered with the claims about what they name.
        samples: answers of the whole image and of each patch.
        seed: with the place in the tree it decides every sample.
    """

    question: str
    samples: int = 1
    seed: int = 0

    name: ClassVar[str] = "ask"
    roles: ClassVar[tuple[str, ...]] = (CAPTIONER, VERIFIER, EMBEDDER, WRITER)

    def steps(self, batch: Sequence[ImageRecord]) -> int:
        return 2 * region_count(batch)

    def process(
        self,
        batch: Sequence[ImageRecord],
        models: ModelsByRole,
        on_progress: StageProgress = no_progress,
    ) -> list[ImageRecord]:
        question = read_question(self.question)
        asked = _asked(batch, question, models.captioner, self, on_progress)
        done = []
        for index, record in enumerate(asked):

            def here(i: int | None, region: str, index: int = index) -> None:
                on_progress(None if i is None else index, region)

            read = _verified(record, question, models, here)
            done.append(_answered(read, question, models.writer, models.nli, self.seed, here))
        return done


def _asked(
    records: Sequence[ImageRecord],
    question: Question,
    captioner: Captioner,
    settings: Ask,
    on_progress: StageProgress,
) -> list[ImageRecord]:
    """Return the images with the answers of their regions as candidates, in one call of the captioner."""
    places, requests = [], []
    for index, record in enumerate(records):
        for order, region in enumerate(record.root.walk()):
            prompt = load_prompt("question" if region is record.root else "question_patch")
            places.append((index, region.name))
            requests.append(
                CaptionRequest(
                    record.crop(region.box),
                    record.style.with_known(prompt.format(question=question.text), record.context),
                    settings.samples,
                    TEMPERATURE,
                    MAX_TOKENS,
                    settings.seed + order,
                    record.fraction(region.box),
                )
            )
    answers = captioner.caption(requests, region_progress(places, on_progress))
    found: list[dict[str, tuple[Completion, ...]]] = [{} for _ in records]
    for (index, name), said in zip(places, answers, strict=True):
        found[index][name] = tuple(marked_refusals(said))
    done = []
    for record, answered in zip(records, found):
        every = [c for completions in answered.values() for c in completions]
        failed = {c.detail or c.finish for c in every if c.finish == ERROR}
        done.append(
            replace(record, candidates=MappingProxyType(answered)).extended(
                notes=[f"A region gave no answer: {why}" for why in sorted(failed)],
                models={"captioner": captioner.name},
                calls={"captioner": sum(requests_of(c) for c in answered.values())},
                tokens={"captioner": sum(c.tokens for c in every)},
                captioner_prior=getattr(captioner, "prior", SUGGESTED),
            )
        )
    return done


def _verified(
    record: ImageRecord, question: Question, models: ModelsByRole, on_progress: StageProgress
) -> ImageRecord:
    """Return the image with what its answers claim, each claim kept or dropped."""
    said = record.candidates
    told = {
        name: tuple(replace(c, text=question.told(c.text)) for c in completions)
        for name, completions in said.items()
    }
    reader = PartialAnswers(reader_for(AUTO, models.writer, heartbeat(on_progress)), record)
    [done] = filter_statements(
        [replace(record, candidates=told)],
        cast(Verifier, models.verifier),
        cast(Embedder, models.embedder),
        FilterSettings(),
        reader=reader,
        writer=models.writer,
        nli=models.nli,
        ocr=models.ocr,
        on_progress=on_progress,
    )
    return replace(done, candidates=said)


def relevant(record: ImageRecord, question: Question) -> list[int]:
    """Return the indices of the kept statements that answer the question, in the order of the captions."""
    kept = [i for i, s in enumerate(record.statements) if s.verdict is Verdict.KEPT]
    if not question.things and not question.verbs:
        return kept
    about = [i for i in kept if _names_one_of(record.statements[i], question.things)]
    if question.kind == YES_NO:
        return _like_asked(record, question, about)
    if question.kind in (COUNT, COLOUR, WRITTEN, WHERE):
        return [i for i in about if _is_wanted(record.statements[i], question)]
    doing = [i for i in about if _verb(record.statements[i]) in question.verbs]
    return doing or about


def _like_asked(record: ImageRecord, question: Question, about: Sequence[int]) -> list[int]:
    """Return those of the statements that are of the kind that is asked about: colours for a colour, that something is
    there if nothing else was asked."""
    kinds = {c.kind for c in _asked_reading(question).claims}
    for wanted in (kinds - {OBJECT}, kinds):
        found = [i for i in about if _kind(record.statements[i]) in wanted]
        if found:
            return found
    return list(about)


def _kind(statement: Statement) -> str:
    return statement.claim.kind if statement.claim else STATEMENT


def _asked_reading(question: Question) -> Reading:
    [asked] = reader_for(SYNTAX, None).read([Passage(question.statement)])
    return asked


def _names_one_of(statement: Statement, things: Sequence[str]) -> bool:
    claim = statement.claim
    if claim is None or claim.kind == STATEMENT:
        return True  # a whole sentence, in any language
    names = [n for n in (claim.subject, claim.object) if n]
    return not things or any(
        lexicon.is_kind(name, thing) or lexicon.is_kind(thing, name)
        for thing in things
        for name in names
    )


def _is_wanted(statement: Statement, question: Question) -> bool:
    claim = statement.claim
    if claim is None or claim.kind == STATEMENT:
        return True
    own = not question.things or lexicon.is_kind(claim.subject, question.things[0])
    if question.kind == COUNT:
        return own and (claim.kind == NUMBER or (claim.kind == OBJECT and claim.negated))
    if question.kind == COLOUR:
        return own and claim.kind == ATTRIBUTE and claim.value.split()[-1] in COLOURS
    if question.kind == WRITTEN:
        return claim.kind == TEXT
    place = claim.kind == PLACE or (claim.kind == RELATION and " is " in claim.text)
    return own and (place or claim.kind == ACTION)


def _verb(statement: Statement) -> str:
    claim = statement.claim
    acts = claim is not None and claim.kind in (RELATION, ACTION)
    return lexicon.lemma(claim.value.split(" ")[0]) if acts else ""


def _answered(
    record: ImageRecord,
    question: Question,
    writer: Writer,
    nli: NLI | None,
    seed: int,
    on_progress: StageProgress,
) -> ImageRecord:
    """Return the image with the answer as its caption."""
    found = relevant(record, question)
    verdict = ""
    if question.kind == YES_NO:
        verdict = yes_or_no(record, question)
        found = found if verdict else []
    if question.kind == COUNT and not found:
        verdict, found = at_least(record, question)
    text = _by_rule(record, found, question)
    spent: list[Completion] = []
    if writer.generates and hasattr(writer, "answer") and (found or question.kind == OPEN):
        chat = cast(ChatModel, writer)
        written = _written(record, found, question, chat, nli, seed, spent, on_progress)
        text = written or text
    answer = join_sentences((verdict, text)) or cannot_tell(question.text)
    return record.extended(
        caption=answer,
        models={"writer": writer.name} if spent else {},
        calls={"writer": sum(requests_of([c]) for c in spent)},
        tokens={"writer": sum(c.tokens for c in spent)},
    )


def yes_or_no(record: ImageRecord, question: Question) -> str:
    """Return "Yes." if what the question asks about follows from the kept claims, "No." if they contradict it, and
    an empty text if neither is so."""
    facts, asked = kept_reading(record), _asked_reading(question)
    if not asked.claims or not facts.claims:
        return ""
    if not unsupported(facts, asked):
        return "Yes."
    return "No." if compare(facts, asked) == CONTRADICTION else ""


def at_least(record: ImageRecord, question: Question) -> tuple[str, list[int]]:
    """Return "At least one.", or a larger number, and the statements that say so, where things were named but not counted."""
    there: dict[int, int] = {}
    for i, s in enumerate(record.statements):
        named = s.verdict is Verdict.KEPT and s.claim and s.claim.kind == OBJECT
        if named and not s.claim.negated and question.things:
            if lexicon.is_kind(s.claim.subject, question.things[0]):
                there.setdefault(s.claim.thing, i)
    if not there:
        return "", []
    return f"At least {number_word(len(there))}.", list(there.values())


def _by_rule(record: ImageRecord, found: Sequence[int], question: Question) -> str:
    if not found:
        return ""
    if question.things or question.verbs:
        distinct = {record.statements[i].text: i for i in reversed(found)}
        sentences = [s.text for s in realized(record, sorted(distinct.values()), ())]
    else:
        sentences = compose_sentences(record, max_sentences=MOST_SENTENCES)
    sentences = sentences or [record.statements[i].text for i in found]
    return join_sentences(sentences[:MOST_SENTENCES])


def _written(
    record: ImageRecord,
    found: Sequence[int],
    question: Question,
    writer: ChatModel,
    nli: NLI | None,
    seed: int,
    spent: list[Completion],
    on_progress: StageProgress,
) -> str:
    """Return the writer's answer without what the kept claims do not support; "" if nothing is left of it."""
    among = set(found) or set(range(len(record.statements)))
    chosen = replace(
        record, statements=tuple(s for i, s in enumerate(record.statements) if i in among)
    )
    facts = facts_of(chosen)
    if not facts:
        return ""
    prompt = load_prompt("answer").format(
        question=question.text, facts="\n".join(fact_lines(facts))
    )
    [answer] = writer.answer([prompt], heartbeat(on_progress), temperature=TEMPERATURE, seed=seed)
    spent.append(answer)
    told = question.without_yes_or_no(answer.text)
    if answer.finish == ERROR or not told:
        return ""
    reader = reader_for(AUTO, writer, heartbeat(on_progress))
    known = kept_reading(chosen)
    checked = check(replace(answer, text=told), known, reader, nli, heartbeat(on_progress))
    return join_sentences(checked.sentences)


def evidence_text(record: ImageRecord, question_text: str) -> str:
    """Return what an answer rests on: the kept claims that answer the question, with their scores and regions, and what
    each region answered."""
    question = read_question(question_text)
    lines = ["EVIDENCE"]
    told = record.caption != cannot_tell(question.text)
    for i in relevant(record, question) if told else []:
        s = record.statements[i]
        times, asked = s.support
        score = " –  " if s.score is None else f"{s.score:.2f}"
        lines.append(f"✓ {score} {s.text}")
        lines.append(f"   {', '.join(s.regions)} · in {times} of {asked} captions")
    lines += ["", "ANSWERS"]
    for region in record.root.walk():
        lines.append(f"[{region.name}]")
        lines += [c.text or "–" for c in record.candidates.get(region.name, ())]
    return "\n".join(lines)
