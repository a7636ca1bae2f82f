"""`report.html`: what became of a data set, in one file that opens anywhere and loads nothing."""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ..errors import PatchMattersError
from ..images import read_image
from ..regions import IMAGE, SEMANTIC
from ..report import PATCH_COLOURS, SEMANTIC_COLOUR, reason_text
from .choices import REPORT, STATE
from .files import Files
from .job import Job
from .ledger import DONE, FAILED, KEPT, Entry, Ledger

SHOWN = 200  # images in the report, the most doubtful ones: about 4 MB
LISTED = 1000  # failures in it
SLOWEST, DROPPED = 10, 20
SIDE = 400  # px, the longer one of an image in it


def write_report(job: Job, ledger: Ledger, files: Files) -> None:
    """Write the report of all images that the ledger knows.

    Raises:
        PatchMattersError: it cannot be written.
    """
    from jinja2 import Environment

    source = Path(__file__).with_name("report.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True, trim_blocks=True).from_string(source)
    doubtful = ledger.entries(DONE, order="doubt", limit=SHOWN)
    dropped = Counter(
        statement["text"] for entry in doubtful for statement in _dropped(ledger.record(entry.path))
    )
    page = template.stream(
        name=job.images.name,
        counts={name: ledger.count(name) for name in (DONE, KEPT, FAILED)},
        excluded=ledger.excluded(),
        failed=ledger.entries(FAILED, limit=LISTED),
        slowest=ledger.entries(DONE, order="seconds", limit=SLOWEST),
        dropped=dropped.most_common(DROPPED),
        shown=len(doubtful),
        images=_images(doubtful, job, ledger),
    )
    files.write(
        f"{STATE}/{REPORT}", lambda file: page.dump(file, "utf-8", "replace"), "", replace=True
    )


def _images(entries: list[Entry], job: Job, ledger: Ledger) -> Iterator[dict]:
    for entry in entries:
        record = ledger.record(entry.path) or {}
        yield {
            "entry": entry,
            "thumbnail": _thumbnail(job, entry.path),
            "size": record.get("size", (1, 1)),
            "regions": list(_regions(record)),
            "dropped": list(_dropped(record)),
            "notes": record.get("notes", ()),
        }


def _regions(record: dict) -> Iterator[dict]:
    patches = [r for r in record.get("regions", ()) if r["kind"] != IMAGE]
    for number, region in enumerate(patches):
        semantic = region["kind"] == SEMANTIC
        colour = SEMANTIC_COLOUR if semantic else PATCH_COLOURS[number % len(PATCH_COLOURS)]
        yield {"name": region["name"], "box": region["box"], "colour": colour}


def _dropped(record: dict | None) -> Iterator[dict]:
    for statement in (record or {}).get("statements", ()):
        if statement["verdict"] == "dropped" and statement["reason"] != "not_a_claim":
            yield {"text": statement["text"], "why": reason_text(statement)}


def _thumbnail(job: Job, path: str) -> str:
    """Return the image as a small JPEG in base64; "" where it cannot be read any more."""
    try:
        image = read_image(path, job.images.read(path))
    except (OSError, PatchMattersError):
        return ""
    image.thumbnail((SIDE, SIDE))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=72)
    return base64.b64encode(file.getvalue()).decode()
