"""What happened to a picture: as JSON, as a text that a person reads, as an annotated image."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from .picture import Picture
from .regions import IMAGE, SEMANTIC, Region
from .statements import Reason, Statement, Verdict

PATCH_COLOURS = ("#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#008080", "#9a6324")
SEMANTIC_COLOUR = "#ffd500"
_DETECTION_COLOUR = "#ffffff"


def as_dict(picture: Picture) -> dict:
    """The full report of one picture; boxes `[x1, y1, x2, y2]` in upright pixels, scores 0..1."""
    return {
        "size": list(picture.size),
        "caption": picture.caption,
        "global_caption": picture.global_caption,
        "regions": [
            {
                "name": region.name,
                "kind": region.kind,
                "box": [round(v, 1) for v in region.box.as_tuple()],
                "caption": picture.captions.get(region.name, ""),
                "candidates": [
                    {"text": c.text, "finish": c.finish}
                    for c in picture.candidates.get(region.name, ())
                ],
            }
            for region in picture.root.walk()
        ],
        "detections": [
            {
                "label": d.label,
                "score": round(d.score, 3),
                "box": [round(v, 1) for v in d.box.as_tuple()],
            }
            for d in picture.detections
        ],
        "statements": [statement_dict(s) for s in picture.statements],
        "notes": list(picture.notes),
        "models": dict(picture.models),
        "calls": dict(picture.calls),
        "tokens": dict(picture.tokens),
    }


def statement_dict(statement: Statement) -> dict:
    """One statement as the report has it."""
    return {
        "text": statement.text,
        "regions": list(statement.regions),
        "kind": statement.claim.kind if statement.claim else "sentence",
        "support": list(statement.support),
        "score": None if statement.score is None else round(statement.score, 3),
        "needed": statement.needed,
        "evidence": {name: round(value, 3) for name, value in statement.evidence.items()},
        "verdict": statement.verdict.value if statement.verdict else None,
        "reason": statement.reason.value if statement.reason else None,
        "against": statement.against,
        "said": [
            {"region": s.region, "candidate": s.candidate, "text": s.text}
            for s in statement.sayings
        ],
    }


def as_text(picture: Picture) -> str:
    """A table: each statement with its score, where it was said, whether it was kept, and why.

    What is said of one thing stands together, the things in the order in which they were first spoken of.
    """
    lines = []
    for title, mark, verdict in (("KEPT", "✓", Verdict.KEPT), ("DROPPED", "✗", Verdict.DROPPED)):
        statements = [s for s in picture.statements if s.verdict is verdict]
        lines.append(f"{title} ({len(statements)})")
        for s in sorted(statements, key=_thing):
            score = " –  " if s.score is None else f"{s.score:.2f}"
            said, asked = s.support
            lines.append(f"{mark} {score} {s.text}")
            where = ", ".join(s.regions)
            lines.append(f"   {where} · in {said} of {asked} captions · {_why(s)}")
        lines.append("")
    if picture.notes:
        lines += ["NOTES", *(f"· {note}" for note in picture.notes)]
    return "\n".join(lines).rstrip()


def _thing(statement: Statement) -> tuple[int, int]:
    """What stands together in a report: things in their order, then what is said of none, then no claims."""
    claim = statement.claim
    if claim is None:
        return (2, 0)
    return (0, claim.thing) if claim.thing >= 0 else (1, 0)


def _why(statement: Statement) -> str:
    return reason_text(statement_dict(statement))


def reason_text(statement: dict) -> str:
    """Why a statement, as `as_dict` has it, was kept or dropped."""
    needed, against = statement["needed"], statement["against"]
    needs = "" if needed is None else f", needs more than {needed:.2f}"
    return {
        Reason.PROBABLE: "likely true",
        Reason.IMPROBABLE: f"too little speaks for it{needs}",
        Reason.CONTRADICTED: f'"{against}" fits the image better',
        Reason.WITHOUT_THING: "what it is said of was dropped",
        Reason.NOT_A_CLAIM: "says nothing that can be seen",
        Reason.EXCLUDED: "you asked for captions without it",
        Reason.ABOVE: "above the threshold",
        Reason.BEST: f'fits the image better than "{against}"',
        Reason.AGREED: "several captions of the region say it",
        Reason.GLOBAL: "caption of the whole image, not filtered",
        Reason.BELOW: f"not above the threshold{needs}",
        Reason.MINORITY: "cannot be scored, and only one caption says it",
        Reason.CUT_OFF: "the captioner was stopped before the sentence ended",
    }[Reason(statement["reason"])]


def as_view(picture: Picture) -> dict:
    """What a report beside the picture shows: numbered regions, and each statement in a sentence."""
    numbers = {region.name: number for number, region, _ in _numbered(picture)}
    return {
        "size": list(picture.size),
        "regions": [
            {
                "number": number,
                "name": region.name,
                "colour": colour,
                "box": [round(v, 1) for v in region.box.as_tuple()],
            }
            for number, region, colour in _numbered(picture)
        ],
        "statements": [
            {
                "text": s.text,
                # 0 is the whole picture.
                "regions": [numbers.get(name, 0) for name in s.regions],
                "kept": s.verdict is Verdict.KEPT,
                "score": None if s.score is None else round(s.score, 2),
                "support": list(s.support),
                "why": _why(s),
            }
            for s in sorted(picture.statements, key=_thing)
        ],
        "notes": list(picture.notes),
    }


def _numbered(picture: Picture) -> list[tuple[int, Region, str]]:
    """The regions below the whole picture, each with its number (from 1) and its colour."""
    regions = [r for r in picture.root.walk() if r.kind != IMAGE]
    return [
        (
            number,
            region,
            SEMANTIC_COLOUR
            if region.kind == SEMANTIC
            else PATCH_COLOURS[(number - 1) % len(PATCH_COLOURS)],
        )
        for number, region in enumerate(regions, 1)
    ]


def annotated(picture: Picture) -> Image.Image:
    """The picture with its patches (coloured, named) and the detections (white, with scores)."""
    image = picture.image.copy()
    draw = ImageDraw.Draw(image)
    side = max(1, min(image.size))
    width = max(2, side // 150)
    font = ImageFont.load_default(size=max(10, side // 22))
    detections, patches = [], []
    for d in picture.detections:
        outline = _outline(d.box)
        draw.rectangle(outline, outline=_DETECTION_COLOUR, width=max(1, width // 2))
        detections.append((outline, f"{d.label} {d.score:.2f}", "#000000"))
    for number, region, colour in _numbered(picture):
        # Each patch is drawn a little further in, so that shared edges stay visible.
        inset = ((number - 1) % 4) * (width + 1)
        x1, y1, x2, y2 = _outline(region.box)
        if x2 - x1 > 2 * inset and y2 - y1 > 2 * inset:
            x1, y1, x2, y2 = x1 + inset, y1 + inset, x2 - inset, y2 - inset
        draw.rectangle((x1, y1, x2, y2), outline=colour, width=width)
        patches.append(((x1, y1, x2, y2), f"{number} {region.name}", colour))
    taken: list[tuple] = []
    for outline, text, colour in (*patches, *detections):
        taken.append(_tag(draw, outline, text, colour, font, taken))
    return image


def _outline(box) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = box.pixels()
    return (x1, y1, x2 - 1, y2 - 1)


def _tag(draw, outline: tuple, text: str, colour: str, font, taken: list[tuple]) -> tuple:
    """Write a name into a corner of an outline, and return the space it takes.

    The corner nearest to one of the image comes first; one where other names are is left.
    """
    _, _, right, bottom = draw.textbbox((0, 0), text, font=font)
    width, height = right + 4, bottom + 2
    x1, y1, x2, y2 = outline
    (w, h) = draw.im.size
    corners = sorted(
        ((x, y) for y in (y1, y2) for x in (x1, x2)),
        key=lambda c: min(c[0], w - 1 - c[0]) + min(c[1], h - 1 - c[1]),
    )
    spaces = []
    for x, y in corners:
        x = min(max(0, x if x == x1 else x - width + 1), max(0, w - width))
        y = min(max(0, y if y == y1 else y - height + 1), max(0, h - height))
        spaces.append((x, y, x + width, y + height))
    space = next((s for s in spaces if not any(_meet(s, other) for other in taken)), spaces[0])
    draw.rectangle((space[0], space[1], space[2] - 1, space[3] - 1), fill=colour)
    dark = colour in (SEMANTIC_COLOUR, _DETECTION_COLOUR)
    draw.text((space[0] + 2, space[1]), text, fill="black" if dark else "white", font=font)
    return space


def _meet(one: tuple, other: tuple) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
