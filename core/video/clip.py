"""One caption for a clip: its shots are found, their key frames described and verified like images, and what stays and
what changes is written in order.

Each part of the caption is written from the claims of one shot alone and checked against them, so nothing of one shot is
said of another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL.Image import Image

from ..claims import Passage, Reading
from ..claims.editing import Edit, edited
from ..claims.entailment import align
from ..claims.reading import SyntaxReader, is_english
from ..discourse import introduced_before
from ..facts import kept_reading
from ..filter import label_free
from ..image_record import ImageRecord, no_progress, region_progress
from ..models.scoring import finite
from ..pipeline import Models, Progress, Settings, counted, run
from ..regions import WHOLE
from ..stages import Source, Stage
from .narration import Told, narrated
from .shots import Shot, find_shots
from .timeline import Evidence, Part, matched, parts_of, texts_to_look_for

STAGES = ("divide", "describe", "filter", "compare", "aggregate")


@dataclass(frozen=True)
class ShotCaption:
    """The caption of one shot; empty where nothing is said of it.

    Attributes:
        parts: what was written of it, in order.
        records: of its key frames, each with all claims and the caption of the shot.
    """

    shot: Shot
    caption: str
    parts: tuple[Told, ...]
    records: tuple[ImageRecord, ...]


@dataclass(frozen=True)
class ClipCaption:
    """The caption of a clip, and of each of its shots.

    Attributes:
        caption: of the whole clip.
        fps: frames per second, from which times are computed.
    """

    caption: str
    shots: tuple[ShotCaption, ...]
    fps: float

    @property
    def records(self) -> list[ImageRecord]:
        return [record for shot in self.shots for record in shot.records]

    def as_dict(self) -> dict:
        """Return the captions of all shots with their times in seconds."""
        return {
            "caption": self.caption,
            "fps": self.fps,
            "shots": [
                {
                    "start": round(s.shot.start / self.fps, 3),
                    "end": round(s.shot.stop / self.fps, 3),
                    "frames": [s.shot.start, s.shot.stop - 1],
                    "key_frames": list(s.shot.keys),
                    "caption": s.caption,
                    "parts": [
                        {
                            "when": told.when,
                            "time": round(s.shot.keys[told.frame] / self.fps, 3),
                            "text": told.text,
                        }
                        for told in s.parts
                    ],
                }
                for s in self.shots
            ],
        }


def caption_clip(
    thumbnails: np.ndarray,
    frame: Callable[[int], Image],
    models: Models,
    settings: Settings,
    *,
    fps: float = 24.0,
    most: int = 6,
    progress: Progress = lambda stage, done, total, region: None,
) -> ClipCaption:
    """Caption a clip.

    Args:
        thumbnails: of its frames, as `shots.find_shots` takes them.
        frame: returns a frame by its index, upright RGB; only key frames are asked for.
        fps: frames per second.
        most: key frames that are described.
        progress: called with one of `STAGES`.
    """
    shots = find_shots(thumbnails, most)
    sources = [Source(frame(key)) for shot in shots for key in shot.keys]
    stages: list[Stage] = [settings.divide, settings.describe, settings.filter]
    records = run(stages, sources, models, progress)
    of_shots, start = [], 0
    for shot in shots:
        of_shots.append(matched(records[start : start + len(shot.keys)]))
        start += len(shot.keys)
    evidence = _looked_for(of_shots, models, progress)
    parts = [parts_of(own, found) for own, found in zip(of_shots, evidence)]
    said = [part.record for own in parts for part in own]
    on_progress = counted(progress, settings.aggregate.name, len(said))
    written = settings.aggregate.process(said, models, on_progress)
    of_shots = [
        [
            record.extended(calls={"matcher": int(any(frame == k for frame, _ in found))})
            for k, record in enumerate(own)
        ]
        for own, found in zip(of_shots, evidence)
    ]
    done = []
    for shot, own, told in zip(shots, of_shots, parts):
        texts, written = written[: len(told)], written[len(told) :]
        done.append(_shot_caption(shot, own, told, texts))
    return ClipCaption(narrated([s.parts for s in done]), tuple(done), fps)


def _looked_for(
    of_shots: Sequence[Sequence[ImageRecord]], models: Models, progress: Progress
) -> Sequence[Evidence]:
    """Have the verifier look in each key frame for what was seen in the others of its shot: one call for each."""
    places, batches = [], []
    for number, own in enumerate(of_shots):
        for k, texts in enumerate(texts_to_look_for(own)):
            if texts:
                places.append((number, k))
                batches.append((own[k].image, texts))
    found: list[dict[tuple[int, str], float | None]] = [{} for _ in of_shots]
    if not batches:
        return found
    looked_at = [(i, WHOLE) for i in range(len(batches))]
    on_progress = region_progress(looked_at, counted(progress, "compare", len(batches)))
    scores = [finite(row) for row in models.verifier.score(batches, on_progress)]
    table = {
        (str(place), text): score
        for place, (_, texts), row in zip(places, batches, scores)
        for text, score in zip(texts, row)
    }
    calibration = models.verifier.calibration or label_free(models.verifier, table, no_progress)
    for (number, k), (_, texts), row in zip(places, batches, scores, strict=True):
        for text, score in zip(texts, row, strict=True):
            found[number][k, text] = None if score is None else calibration.of(text).evidence(score)
    return found


def _shot_caption(
    shot: Shot,
    records: Sequence[ImageRecord],
    parts: Sequence[Part],
    written: Sequence[ImageRecord],
) -> ShotCaption:
    told: list[Told] = []
    known: list[ImageRecord] = []
    for part, record in zip(parts, written):
        text = _after(record.caption, known) if known else record.caption
        known.append(record)
        if text:
            told.append(Told(part.frame, part.when, text))
    caption = narrated([told])
    notes = [] if told else ["Nothing of this shot passed the filter, so it is not described."]
    done = []
    for k, record in enumerate(records):
        own = [w for part, w in zip(parts, written) if part.frame == k]
        done.append(
            record.extended(
                caption=caption,
                notes=[*notes, *(note for w in own for note in w.notes)],
                models={role: name for w in own for role, name in w.models.items()},
                calls={"writer": sum(w.calls.get("writer", 0) for w in own)},
                tokens={"writer": sum(w.tokens.get("writer", 0) for w in own)},
            )
        )
    return ShotCaption(shot, caption, tuple(told), tuple(done))


def _after(text: str, known: Sequence[ImageRecord]) -> str:
    """Return English text with "the" for things that the shot's caption has mentioned before."""
    if not is_english(text):
        return text
    claims = tuple(claim for record in known for claim in kept_reading(record).claims)
    facts = Reading((), known[0].things, claims)
    [reading] = SyntaxReader().read([Passage(text)])
    told = {thing for claim in claims for thing in (claim.thing, claim.other)}
    found = {t for t, known_as in align(facts, reading).items() if known_as in told}
    said = []
    for sentence in reading.sentences:
        edits: list[Edit] = []
        for start, end, thing in sentence.mentions:
            article = re.match(r"an?\b", sentence.text[start:end], re.IGNORECASE)
            if article and thing in found and reading.things[thing].number == 1:
                the = "The" if article[0][0] == "A" else "the"
                edits.append((start, start + article.end(), the))
        said.append(
            introduced_before(edited(sentence, [], edits)[0].text) if edits else sentence.said
        )
    return " ".join(filter(None, said)) or text
