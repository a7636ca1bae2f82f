"""Stage 3 as in the paper (sections 3.2 and 3.3).

What two captions of a patch say is kept unscored; of a contradiction the side that fits the patch best,
if it scores above the threshold; what one caption says, if it does. Then overlapping neighbours the
same once more: contradictions on the pixels of both, the rest on its own patch. The caption of the
whole image is not filtered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .image_record import ImageRecord, StageProgress, heartbeat
from .models import ChatModel, Embedder, Verifier
from .models.scoring import finite
from .regions import IMAGE, PAIR, SPATIAL, Region, iou, union_box
from .sentence_grouping import Grouping, claims_grouping, grouping_prompt, read_grouping
from .settings import FilterSettings
from .statements import Occurrence, Reason, Statement, Verdict

GROUPING_TEMPERATURE = 0.2  # paper's code
UNSCORED_NOTE = "The verifier could not score anything in this image, so the verdicts rest on the captions alone."


def sentences_of(record: ImageRecord, region: str) -> list[Statement]:
    """Return every sentence of a region's captions as a statement of its own; one that claims nothing, or was
    cut off, is decided already.
    """
    found = []
    for (name, number), reading in record.readings.items():
        if name != region:
            continue
        for index, sentence in enumerate(reading.sentences):
            occurrence = Occurrence(region, number, sentence.said, sentence=index)
            statement = Statement(
                sentence.text or sentence.said, (occurrence,), record.asked((region,))
            )
            if not sentence.complete:
                statement = statement.decided(Verdict.DROPPED, Reason.CUT_OFF)
            elif not sentence.text:
                statement = statement.decided(Verdict.DROPPED, Reason.NOT_A_CLAIM)
            found.append(statement)
    return found


class PaperFilter:
    """Decides about the sentences of one image, grouped by a language model if there is one.

    Args:
        grouper: a writer that generates; None groups by what the sentences claim and by their embeddings.
    """

    def __init__(
        self,
        record: ImageRecord,
        verifier: Verifier,
        settings: FilterSettings,
        grouper: ChatModel | None,
        embedder: Embedder,
        on_progress: StageProgress,
    ):
        self._verifier, self._grouper, self._embedder = verifier, grouper, embedder
        self._overlap, self._on_progress = settings.overlap, on_progress
        self._threshold = settings.threshold or verifier.threshold
        self._record = record
        self._notes: list[str] = []
        self._calls, self._tokens, self._crops = 0, 0, 0
        self._scored: list[bool] = []  # of what the verifier was asked: whether it gave a number

    def decided(self, index: int) -> ImageRecord:
        """Return the record with all statements decided.

        Args:
            index: of the image in the batch, passed to `on_progress`.
        """
        record = self._record
        statements: list[Statement] = []
        for region in record.root.walk():
            said = sentences_of(record, region.name)
            if region.kind == IMAGE:
                statements += [
                    s if s.verdict else s.decided(Verdict.KEPT, Reason.GLOBAL) for s in said
                ]
            else:
                statements += self._region(region, said)
            self._on_progress(index, region.name)
        statements = self._neighbours(statements)
        if self._scored and not any(self._scored):
            self._notes.append(UNSCORED_NOTE)
        models = {"matcher": self._verifier.name}
        if self._grouper:
            models["grouper"] = self._grouper.name
        return record.extended(
            statements=tuple(statements),
            notes=self._notes,
            models=models,
            calls={"matcher": self._crops, "grouper": self._calls},
            tokens={"grouper": self._tokens},
        )

    def _region(self, region: Region, statements: Sequence[Statement]) -> list[Statement]:
        """Compare the captions of one patch with each other."""
        unusable = [s for s in statements if s.verdict is not None]
        usable, grouping = self._grouped(region.name, [s for s in statements if s.verdict is None])
        decided = self._decide(usable, grouping, lambda s: region, region)
        return [*decided, *unusable]

    def _neighbours(self, statements: list[Statement]) -> list[Statement]:
        """Compare the kept statements of overlapping patches once more."""
        patches = [r for r in self._record.root.children if r.kind == SPATIAL]
        pairs = zip(patches, patches[1:] + patches[:1])
        for a, b in pairs if len(patches) > 2 else list(pairs)[:1]:
            if a is b or iou(a.box, b.box) <= self._overlap:
                continue
            names = {a.name, b.name}
            both = [s for s in statements if s.verdict is Verdict.KEPT and set(s.regions) <= names]
            rest = [s for s in statements if not any(s is other for other in both)]
            pair = Region(f"{a.name} + {b.name}", PAIR, union_box([a.box, b.box]))
            open_again = [replace(s, verdict=None, reason=None, against="") for s in both]
            usable, grouping = self._grouped(pair.name, open_again)
            decided = self._decide(
                usable, grouping, lambda s: self._record.root.find(s.regions[0]), pair
            )
            statements = [*decided, *rest]
        return statements

    def _grouped(self, name: str, statements: list[Statement]) -> tuple[list[Statement], Grouping]:
        if len(statements) < 2:
            return statements, Grouping()
        if self._grouper is None:
            return statements, claims_grouping(statements, self._record, self._embedder)
        [answer] = self._grouper.answer(
            [grouping_prompt(statements)],
            heartbeat(self._on_progress),
            temperature=GROUPING_TEMPERATURE,
        )
        self._calls, self._tokens = self._calls + 1, self._tokens + answer.tokens
        grouping = read_grouping(answer.text, len(statements))
        if grouping.forgotten:
            self._notes.append(
                f"{name}: the grouping left out {len(grouping.forgotten)} of {len(statements)} "
                "sentences; each of these counts as one caption's."
            )
        return statements, grouping

    def _decide(
        self,
        statements: Sequence[Statement],
        grouping: Grouping,
        own: Callable[[Statement], Region],
        shared: Region,
    ) -> list[Statement]:
        """Keep or drop each statement, counting equivalent ones as one.

        Args:
            own: where a statement that stands alone is scored.
            shared: where those that contradict each other are scored.
        """
        grouped = {i for group in (*grouping.same, *grouping.contradictory) for i in group}
        alone = [s for i, s in enumerate(statements) if i not in grouped]
        disputed = [[statements[i] for i in group] for group in grouping.contradictory]
        scores = self._scores(
            [(own(s), s) for s in alone] + [(shared, s) for group in disputed for s in group]
        )
        decided = [
            self._merged([statements[i] for i in group]).decided(Verdict.KEPT, Reason.AGREED)
            for group in grouping.same
        ]
        for group in disputed:
            decided += self._contradiction([self._with(s, shared, scores) for s in group])
        for statement in alone:
            weighed = self._with(statement, own(statement), scores)
            if weighed.score is None:
                decided.append(weighed.decided(Verdict.DROPPED, Reason.MINORITY))
            elif weighed.score > self._threshold:
                decided.append(weighed.decided(Verdict.KEPT, Reason.ABOVE))
            else:
                decided.append(weighed.decided(Verdict.DROPPED, Reason.BELOW))
        return decided

    def _contradiction(self, sides: Sequence[Statement]) -> list[Statement]:
        best = max(sides, key=lambda s: -1.0 if s.score is None else s.score)  # the first of equals
        if (best.score or 0.0) <= self._threshold:
            return [s.decided(Verdict.DROPPED, Reason.BELOW) for s in sides]
        return [
            s.decided(Verdict.KEPT, Reason.BEST, next(o.text for o in sides if o is not best))
            if s is best
            else s.decided(Verdict.DROPPED, Reason.CONTRADICTED, best.text)
            for s in sides
        ]

    def _merged(self, group: Sequence[Statement]) -> Statement:
        occurrences = tuple(occurrence for s in group for occurrence in s.occurrences)
        evidence = {name: value for s in group for name, value in s.evidence.items()}
        merged = replace(group[0], occurrences=occurrences, evidence=evidence)
        return replace(merged, asked=self._record.asked(merged.regions))

    def _scores(self, wanted) -> dict[tuple[str, str], float | None]:
        """Return (region, text) -> score. Each crop is scored once, with all its texts."""
        texts: dict[str, dict[str, None]] = {}
        regions = {}
        for region, statement in wanted:
            regions[region.name] = region
            texts.setdefault(region.name, {})[statement.text] = None
        if not texts:
            return {}
        self._crops += len(texts)
        batches = [
            (self._record.crop(regions[name].box), list(said)) for name, said in texts.items()
        ]
        answers = self._verifier.score(batches, heartbeat(self._on_progress))
        scores = {
            (name, text): value
            for (name, said), values in zip(texts.items(), answers, strict=True)
            for text, value in zip(said, finite(values), strict=True)
        }
        self._scored += [value is not None for value in scores.values()]
        return scores

    def _with(self, statement: Statement, region: Region, scores) -> Statement:
        value = scores.get((region.name, statement.text))
        evidence = dict(statement.evidence)
        if value is not None:
            evidence[region.name] = value
        return replace(statement, evidence=evidence, score=value, needed=self._threshold)
