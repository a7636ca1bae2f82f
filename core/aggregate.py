"""Stage 4: kept statements + a writer -> region captions and the one caption of the picture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .filter import DEFAULT, FAST, PAPER
from .models import ERROR, REFUSAL, Completion, Embedder, Fact, Writer, WritingRequest, requests_of
from .models.offline.writer import compose
from .picture import Picture, Step, no_step, sign_of_life
from .regions import IMAGE, WHOLE, Region, iou
from .statements import Reason, Statement, Verdict, split_sentences
from .words import attributes, canonical, contradiction, nouns

LENGTHS = {"short": 3, "medium": 8, "long": 0}  # sentences; 0: all that was kept
PROFILES = (DEFAULT, PAPER, FAST)
# Cosine of a written sentence and a kept statement from which the one follows from the other. Lower
# than the cosine of two equal statements, for a writer joins several into one sentence.
GROUNDED = 0.6
SAME_THING = 0.7  # cosine of two names of a thing: "vehicle" and "car" .76, "dog" and "cat" .66
NEIGHBOURS_IOU = 0.4  # overlapping patches are written together above it (paper, section 3.3)


@dataclass(frozen=True)
class AggregateSettings:
    """Attributes:
    length: "short", "medium" or "long": see `LENGTHS`.
    profile: "default" lets the writer write once for each picture; "paper" region by region,
        overlapping ones together, then all; "fast" arranges the kept sentences without the writer.
    seed: for the writer.
    """

    length: str = "long"
    profile: str = DEFAULT
    seed: int = 0


def kept_statements(picture: Picture) -> list[Statement]:
    """The kept statements, most important first.

    Importance: said of how many regions, then the score, or the support where there is none.
    """

    def weight(statement: Statement) -> tuple[int, float]:
        said, asked = statement.support
        score = said / asked if statement.score is None else statement.score
        return (-len(statement.regions), -score)

    return sorted((s for s in picture.statements if s.verdict is Verdict.KEPT), key=weight)


def facts_of(picture: Picture, region: str = "") -> tuple[Fact, ...]:
    """The kept statements as facts, most important first; those of one region where it is named."""
    facts = []
    for statement in kept_statements(picture):
        if region and region not in statement.regions:
            continue
        regions = [picture.root.find(name) for name in statement.regions]
        # What the whole image also shows needs no place; else the smallest region says it best.
        whole = next((r for r in regions if r.kind == IMAGE), None)
        place = whole or min(regions, key=lambda r: r.box.area)
        box, order = picture.fraction(place.box), picture.statements.index(statement)
        facts.append(Fact(statement.text, place.name, box, statement.score, order))
    return tuple(facts)


def aggregate(
    pictures: Sequence[Picture],
    writer: Writer,
    embedder: Embedder,
    settings: AggregateSettings = AggregateSettings(),
    *,
    step: Step = no_step,
) -> list[Picture]:
    """Write one caption for each picture, and for each region the kept statements of its own.

    A sentence of the writer that follows from no kept statement is left out and noted. Where the
    writer fails, its caption is the kept statements, arranged by rules.
    """
    maximum = LENGTHS[settings.length]
    use_writer = settings.profile != FAST
    requests = [
        WritingRequest(facts_of(picture), maximum, seed=settings.seed) for picture in pictures
    ]
    spent: list[list[Completion]] = [[] for _ in pictures]
    if settings.profile == PAPER:
        requests, spent = _write_regions(pictures, requests, writer, step)
    asked = [i for i, request in enumerate(requests) if request.facts and use_writer]
    answers: dict[int, Completion] = {}
    if asked:
        written = writer.write([requests[i] for i in asked], sign_of_life(step))
        answers = dict(zip(asked, written, strict=True))

    done = []
    for index, (picture, request) in enumerate(zip(pictures, requests)):
        notes: list[str] = []
        caption = compose(request.facts, maximum)
        if index in answers:
            spent[index].append(answers[index])
            caption = _usable(answers[index], request, writer, embedder, notes) or caption
        if not request.facts:
            caption = _unfiltered(picture)
            notes.append(
                "No statement passed the filter: the caption is what the captioner said of the "
                "whole image, unfiltered."
                if caption
                else "The captioner said nothing that can be used: the caption is empty."
            )
        captions = {
            region.name: compose(facts_of(picture, region.name)) for region in picture.root.walk()
        }
        done.append(
            picture.extended(
                caption=caption,
                captions=captions,
                notes=notes,
                models={"writer": writer.name} if index in answers else {},
                calls={"writer": sum(requests_of([c]) for c in spent[index])},
                tokens={"writer": sum(c.tokens for c in spent[index])},
            )
        )
        step(index, WHOLE)
    return done


def _unfiltered(picture: Picture) -> str:
    """What the captioner said of the whole image and only the scores speak against."""
    doubted = (Reason.BELOW, Reason.MINORITY)
    return " ".join(
        s.text for s in picture.statements if s.reason in doubted and WHOLE in s.regions
    )


def _usable(
    answer: Completion,
    request: WritingRequest,
    writer: Writer,
    embedder: Embedder,
    notes: list[str],
) -> str:
    """What of the writer's answer can be used; empty if nothing."""
    if answer.finish in (ERROR, REFUSAL) or not answer.text.strip():
        why = answer.detail or answer.finish if answer.text.strip() == "" else answer.finish
        notes.append(
            f"The writer gave no caption ({why}): the kept sentences are arranged by rules instead."
        )
        return ""
    if not writer.generates:
        return answer.text
    sentences = split_sentences(answer.text)
    grounded = grounded_sentences(sentences, [f.text for f in request.facts], embedder)
    for sentence, ok in zip(sentences, grounded):
        if not ok:
            notes.append(f"Left out, for it follows from no kept statement: «{sentence}»")
    return " ".join(s for s, ok in zip(sentences, grounded) if ok)


def grounded_sentences(
    sentences: Sequence[str], facts: Sequence[str], embedder: Embedder
) -> list[bool]:
    """Whether each sentence follows from the facts.

    It is similar to one and contradicts none such; some fact names every thing that it names; and the
    colours and numbers that it gives a thing are those that a fact gives it.
    """
    if not sentences or not facts:
        return [False] * len(sentences)
    said = [attributes(text) for text in sentences]
    known = [attributes(text) for text in facts]
    cosine = (
        embedder.embed([a.skeleton for a in said]) @ embedder.embed([a.skeleton for a in known]).T
    )
    things = _Things(facts, embedder)
    return [
        any(
            cosine[i, j] >= GROUNDED and not contradiction(sentence, fact)
            for j, fact in enumerate(known)
        )
        and all(map(things.known, nouns(sentences[i])))
        and all(
            any(values & fact.colours.get(noun, frozenset()) for fact in known)
            for noun, values in sentence.colours.items()
        )
        and all(
            number == 1 or any(fact.numbers.get(noun) == number for fact in known)
            for noun, number in sentence.numbers.items()
        )
        for i, sentence in enumerate(said)
    ]


class _Things:
    """The things that facts name."""

    def __init__(self, facts: Sequence[str], embedder: Embedder):
        self._words = {canonical(w) for text in facts for w in re.findall(r"[\w'-]+", text.lower())}
        self._embedder = embedder
        self._named = embedder.embed(list(dict.fromkeys(n for text in facts for n in nouns(text))))

    def known(self, noun: str) -> bool:
        """Whether some fact names it, in these words or in others."""
        if all(canonical(word) in self._words for word in noun.split()):
            return True
        return bool(len(self._named)) and bool(
            (self._embedder.embed([noun]) @ self._named.T).max() >= SAME_THING
        )


def _write_regions(
    pictures: Sequence[Picture], final: Sequence[WritingRequest], writer: Writer, step: Step
) -> tuple[list[WritingRequest], list[list[Completion]]]:
    """The paper's levels: each region, then overlapping patches together, as drafts of the last."""
    places = [
        (index, region)
        for index, picture in enumerate(pictures)
        for region in picture.root.walk()
        if facts_of(picture, region.name)
    ]
    first = [
        WritingRequest(facts_of(pictures[i], r.name), temperature=0.6, seed=final[i].seed)
        for i, r in places
    ]
    written = writer.write(first, sign_of_life(step)) if first else []
    drafts: list[dict[str, str]] = [{} for _ in pictures]
    spent: list[list[Completion]] = [[] for _ in pictures]
    for (index, region), completion in zip(places, written, strict=True):
        drafts[index][region.name] = completion.text
        spent[index].append(completion)

    groups = [
        (index, group)
        for index, picture in enumerate(pictures)
        for group in overlapping_groups(picture.root.children, drafts[index])
    ]
    second = [
        WritingRequest(
            tuple(dict.fromkeys(f for name in group for f in facts_of(pictures[i], name))),
            drafts=tuple((name, drafts[i][name]) for name in group),
            temperature=0.6,
            seed=final[i].seed,
        )
        for i, group in groups
    ]
    merged = writer.write(second, sign_of_life(step)) if second else []
    for (index, group), completion in zip(groups, merged, strict=True):
        for name in group:
            del drafts[index][name]
        drafts[index][" + ".join(group)] = completion.text
        spent[index].append(completion)
    return [replace(r, drafts=tuple(drafts[i].items())) for i, r in enumerate(final)], spent


def overlapping_groups(
    regions: Sequence[Region], described: Mapping[str, str]
) -> list[tuple[str, ...]]:
    """The connected groups (two or more) of described regions that overlap by `NEIGHBOURS_IOU`."""
    groups: list[list[Region]] = []
    for region in (r for r in regions if r.name in described):
        near = [
            g for g in groups if any(iou(region.box, other.box) > NEIGHBOURS_IOU for other in g)
        ]
        groups = [g for g in groups if not any(g is n for n in near)]
        groups.append([*(r for g in near for r in g), region])
    return [tuple(r.name for r in group) for group in groups if len(group) > 1]
