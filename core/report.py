"""Reports what happened to an image: as JSON, as a readable text, and as an annotated image."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from .compose import compose
from .edit_schema import image_key
from .image_record import ImageRecord
from .regions import IMAGE, SEMANTIC, Box, Region
from .statements import Reason, Statement, Verdict

PATCH_COLOURS = ("#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#008080", "#9a6324")
SEMANTIC_COLOUR = "#ffd500"
_DETECTION_COLOUR = "#ffffff"


def as_dict(record: ImageRecord) -> dict:
    """Return the full report of one image; boxes are `[x1, y1, x2, y2]` in upright pixels, scores 0..1."""
    return {
        "size": list(record.size),
        "caption": record.caption,
        "style": record.style.name,
        "only": list(record.focus.only),
        "ignore": list(record.focus.ignore),
        "global_caption": record.global_caption,
        "regions": [
            {
                "name": region.name,
                "kind": region.kind,
                "box": _rounded(region.box),
                "caption": record.captions.get(region.name, ""),
                "candidates": [
                    {"text": c.text, "finish": c.finish}
                    for c in record.candidates.get(region.name, ())
                ],
            }
            for region in record.root.walk()
        ],
        "detections": [
            {
                "label": d.label,
                "score": round(d.score, 3),
                "box": _rounded(d.box),
            }
            for d in record.detections
        ],
        "statements": [statement_dict(s) for s in record.statements],
        "notes": list(record.notes),
        "models": dict(record.models),
        "calls": dict(record.calls),
        "tokens": dict(record.tokens),
    }


def _rounded(box: Box) -> list[float]:
    return [round(v, 1) for v in box.as_tuple()]


def statement_dict(statement: Statement) -> dict:
    """Return one statement as the report has it."""
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
        # Only where the user decided.
        **({"overruled": statement.overruled.value} if statement.overruled else {}),
        **({"box": _rounded(statement.box)} if statement.box else {}),
        "said": [
            {"region": s.region, "candidate": s.candidate, "text": s.text}
            for s in statement.occurrences
        ],
    }


def as_text(record: ImageRecord) -> str:
    """Return a table of all statements with score, regions, verdict and reason.

    Statements about one thing stand together; things are in the order in which they are first mentioned.
    """
    lines = []
    for title, mark, verdict in (("KEPT", "✓", Verdict.KEPT), ("DROPPED", "✗", Verdict.DROPPED)):
        statements = [s for s in record.statements if s.verdict is verdict]
        lines.append(f"{title} ({len(statements)})")
        for s in sorted(statements, key=_thing):
            score = " –  " if s.score is None else f"{s.score:.2f}"
            said, asked = s.support
            lines.append(f"{mark} {score} {s.text}")
            where = ", ".join(s.regions)
            support = f"in {said} of {asked} captions · " if asked else ""
            lines.append(f"   {where} · {support}{_why(s)}")
        lines.append("")
    if record.notes:
        lines += ["NOTES", *(f"· {note}" for note in record.notes)]
    return "\n".join(lines).rstrip()


def _thing(statement: Statement) -> tuple[int, int]:
    """Sort key: claims by their thing, then claims about no thing, then texts that claim nothing."""
    claim = statement.claim
    if claim is None:
        return (2, 0)
    return (0, claim.thing) if claim.thing >= 0 else (1, 0)


def _why(statement: Statement) -> str:
    return reason_text(statement_dict(statement))


def reason_text(statement: dict) -> str:
    """Return in words why a statement, as `as_dict` has it, was kept or dropped.

    locales/*/main.json has the same words for the frontend.
    """
    needed, against = statement["needed"], statement["against"]
    needs = "" if needed is None else f", needs more than {needed:.2f}"
    return {
        Reason.BY_USER: "by the user",
        Reason.PROBABLE: "likely true",
        Reason.IMPROBABLE: f"too little evidence{needs}",
        Reason.CONTRADICTED: f'"{against}" fits the image better',
        Reason.WITHOUT_THING: "the thing it describes was dropped",
        Reason.NOT_A_CLAIM: "says nothing visible",
        Reason.EXCLUDED: "you excluded it from captions",
        Reason.OUTSIDE: "outside what you asked to be described",
        Reason.ABOVE: "above the threshold",
        Reason.BEST: f'fits the image better than "{against}"',
        Reason.AGREED: "several captions of the region agree",
        Reason.GLOBAL: "caption of the whole image, not filtered",
        Reason.BELOW: f"not above the threshold{needs}",
        Reason.MINORITY: "cannot be scored, and only one caption says it",
        Reason.CUT_OFF: "the caption was cut off before the sentence ended",
    }[Reason(statement["reason"])]


def as_view(record: ImageRecord) -> dict:
    """Return what Patch Report shows: numbered regions, and each statement with its verdict and reason."""
    numbers = {region.name: number for number, region, _ in _numbered(record)}
    return {
        "size": list(record.size),
        "key": image_key(record.image),
        "caption": caption_of(record),
        "regions": [
            {
                "number": number,
                "name": region.name,
                "colour": colour,
                "box": _rounded(region.box),
            }
            for number, region, colour in _numbered(record)
        ],
        "statements": [
            {
                "text": s.text,
                # 0 is the whole image.
                "regions": [numbers.get(name, 0) for name in s.regions],
                "kept": s.verdict is Verdict.KEPT,
                "score": None if s.score is None else round(s.score, 2),
                "support": list(s.support),
                "reason": s.reason.value,
                "needed": s.needed,
                "against": s.against,
                "overruled": s.overruled.value if s.overruled else None,
                "written": list(s.written_by_user),
                "names": list(s.regions),
                "box": _rounded(s.box) if s.box else None,
            }
            for s in sorted(record.statements, key=_thing)
        ],
        "notes": list(record.notes),
    }


def caption_of(record: ImageRecord) -> str:
    """Return the caption of an image; before one was written, the kept sentences arranged by rules."""
    return record.own_caption or record.caption or compose(record)


def _numbered(record: ImageRecord) -> list[tuple[int, Region, str]]:
    """Return the regions below the whole image, each with its number (from 1) and its colour."""
    regions = [r for r in record.root.walk() if r.kind != IMAGE]
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


def annotated(record: ImageRecord) -> Image.Image:
    """Draw the patches (coloured, named) and the detections (white, with scores) into a copy of the image."""
    image = record.image.copy()
    draw = ImageDraw.Draw(image)
    side = max(1, min(image.size))
    width = max(2, side // 150)
    font = ImageFont.load_default(size=max(10, side // 22))
    detections, patches = [], []
    for d in record.detections:
        outline = _outline(d.box)
        draw.rectangle(outline, outline=_DETECTION_COLOUR, width=max(1, width // 2))
        detections.append((outline, f"{d.label} {d.score:.2f}", "#000000"))
    for number, region, colour in _numbered(record):
        # Each patch is inset a little more than the one before, so that shared edges stay visible.
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
    """Write a name into a corner of an outline and return the space it takes.

    Prefers the corner nearest to a corner of the image and avoids corners where other names are.
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
