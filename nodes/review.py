"""What the page Captions in the sidebar asks of the server: images and captions of data sets, inside allowed folders.

Everything here is reachable by whoever can reach this ComfyUI. So folders are named as in the node (`folders.py`), an
image is one of the ledger's, and what is written is a caption file of such an image, nothing else.
"""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from server import PromptServer

from .. import core
from ..core.dataset.choices import STATE
from ..core.dataset.ledger import DONE, FAILED, KEPT, LEDGER, Ledger
from ..core.dataset.words import one_line
from ..core.errors import PatchMattersError
from ..core.images import read_image
from . import bridge, folders

if TYPE_CHECKING:
    from ..core.dataset.browsing import Row

MOST = 200  # images of one answer
SIDES = (256, 1024)  # px, the longer one: in the grid, and of the image that is looked at
MAX_FILE = 500_000_000  # bytes of an image that is shown
EDITED = "edited"
FILTERS = ("", DONE, KEPT, FAILED, EDITED)
ORDERS = ("path", "doubt", "seconds")
_decoding = asyncio.Semaphore(2)  # images decoded at once: one of 100 million pixels takes 300 MB


def _answered(work: Callable):
    """A handler that runs `work(values)` in a thread; an error that a user can cause is its sentence."""

    @wraps(work)
    async def handler(request: web.Request) -> web.Response:
        try:
            values = await _values(request)
        except PatchMattersError as error:
            return web.json_response({"error": str(error)}, status=400)
        body, status = await asyncio.to_thread(_done, work, values)
        return web.json_response(body, status=status)

    return handler


def _done(work: Callable, values: dict) -> tuple[dict, int]:
    """Return what a request is answered with, and its HTTP status."""
    try:
        return work(values), 200
    except core.dataset.review.Changed as error:
        return {"error": str(error), "current": asdict(error.current)}, 409
    except PatchMattersError as error:
        return {"error": str(error)}, 400


async def _values(request: web.Request) -> dict:
    if request.method == "GET":
        return dict(request.query)
    # A page of another site can send no JSON without asking first, and is told no.
    if request.content_type != "application/json":
        raise PatchMattersError("Send JSON.")
    try:
        values = await request.json()
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise PatchMattersError("Send a JSON object.")
    return values


def list_folders(values: dict) -> dict:
    """The folders that have captions of this pack."""
    found = []
    for name in folders.names():
        try:
            _root({"folder": name})
        except PatchMattersError:
            continue
        found.append(name)
    return {"folders": found}


def list_images(values: dict) -> dict:
    """Some images of a folder, and how many there are."""
    chosen = _text(values, "filter")
    order = _text(values, "order") or ORDERS[0]
    if chosen not in FILTERS or order not in ORDERS:
        raise PatchMattersError(f"filter: one of {FILTERS}; order: one of {ORDERS}.")
    total, rows = core.dataset.browsing.browse(
        _root(values),
        status="" if chosen == EDITED else chosen,
        edited=chosen == EDITED,
        contains=_text(values, "contains"),
        order=order,
        offset=_number(values, "offset"),
        limit=min(_number(values, "limit") or MOST, MOST),
    )
    return {"total": total, "images": [_row(row) for row in rows]}


def show_image(values: dict) -> dict:
    """One image: its caption on disk, and what the filter kept and dropped."""
    root, path = _root(values), _path(values)
    with Ledger(root) as ledger:
        entry, record = ledger.entry(path), ledger.record(path) or {}
    sidecar = core.dataset.review.current(root, path)
    return {
        "sidecar": asdict(sidecar),
        "caption": sidecar.text or entry.caption,
        "composed": one_line(record.get("caption", "")),
        "notes": list(record.get("notes", ())),
        "claims": [
            {
                "text": statement["text"],
                "kept": statement["verdict"] == "kept",
                "score": statement["score"],
                "why": core.report.reason_text(statement),
            }
            for statement in record.get("statements", ())
        ],
    }


def compose_claims(values: dict) -> dict:
    """A caption of the claims that are ticked."""
    kept = values.get("kept")
    with Ledger(_root(values)) as ledger:
        record = ledger.record(_path(values))
    if record is None:
        raise PatchMattersError("This image has no claims: caption it first.")
    known = range(len(record["statements"]))
    if not isinstance(kept, list) or not all(
        type(index) is int and index in known for index in kept
    ):
        raise PatchMattersError("kept: numbers of claims were expected. Open the image again.")
    if PromptServer.instance.prompt_queue.currently_running:
        # The parser is not made for two threads.
        raise PatchMattersError("A workflow is running: wait for its end, or edit the text.")
    with bridge.explained():
        return {"caption": one_line(core.dataset.review.recompose(record, kept))}


def save_caption(values: dict) -> dict:
    """Write a caption to disk."""
    caption = bridge.bounded_text(_text(values, "caption"), "caption")
    saved = core.dataset.review.save(_root(values), _path(values), caption, _text(values, "sha256"))
    return {"sidecar": asdict(saved)}


async def thumbnail(request: web.Request) -> web.Response:
    """An image, scaled down, as JPEG."""
    try:
        values = dict(request.query)
        root, path = await asyncio.to_thread(_image, values)
        state = await asyncio.to_thread(os.stat, root / path)
        side = SIDES[1] if values.get("large") else SIDES[0]
        headers = {
            "ETag": f'"{state.st_mtime_ns:x}-{state.st_size:x}-{side}"',
            "Cache-Control": "private, no-cache",
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        async with _decoding:
            body = await asyncio.to_thread(_scaled, root / path, path, side)
        return web.Response(body=body, content_type="image/jpeg", headers=headers)
    except (PatchMattersError, OSError):
        return web.Response(status=404)


def _image(values: dict) -> tuple[Path, str]:
    """The folder of an image, and its path below it, which no link leads out of."""
    root, path = _root(values), _path(values)
    return root, folders.inside(root, path)


def _scaled(place: Path, path: str, side: int) -> bytes:
    if place.stat().st_size > MAX_FILE:
        raise PatchMattersError(f"{path} is too large to be shown.")
    image = read_image(path, place.read_bytes())
    image.thumbnail((side, side))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()


def _root(values: dict) -> Path:
    """The folder that is named, if it has captions of this pack."""
    name = _text(values, "folder")
    root = folders.folder_of(name)
    if not (root / STATE / LEDGER).is_file():
        raise PatchMattersError(f"{name} has no captions of this pack yet: caption it first.")
    folders.inside(root, f"{STATE}/{LEDGER}")
    return root


def _path(values: dict) -> str:
    """The path of an image that the ledger of the folder knows."""
    path = _text(values, "path")
    with Ledger(_root(values)) as ledger:
        if ledger.entry(path) is None:
            raise PatchMattersError(
                f"{path[:100]} is not an image of this data set: load the list again."
            )
    return path


def _text(values: dict, name: str) -> str:
    value = values.get(name, "")
    try:
        os.fsencode(value)
    except (TypeError, UnicodeEncodeError):
        raise PatchMattersError(f"{name}: a text was expected.") from None
    return value


def _number(values: dict, name: str) -> int:
    text = _text(values, name) or "0"
    if not text.isdecimal() or len(text) > 9:
        raise PatchMattersError(f"{name}: a whole number was expected.")
    return int(text)


def _row(row: Row) -> dict:
    entry = row.entry
    return {
        "path": entry.path,
        "status": entry.status,
        "reason": row.problem or entry.reason,
        "caption": row.text or entry.caption,  # some formats have no file beside the image
        "edited": row.edited,
        "doubt": round(entry.doubt, 3),
    }


def add_routes() -> None:
    """Add the routes of the page to ComfyUI's server."""
    routes = PromptServer.instance.routes
    routes.get("/patch_matters/folders")(_answered(list_folders))
    routes.get("/patch_matters/images")(_answered(list_images))
    routes.get("/patch_matters/image")(_answered(show_image))
    routes.get("/patch_matters/thumbnail")(thumbnail)
    routes.post("/patch_matters/compose")(_answered(compose_claims))
    routes.post("/patch_matters/save")(_answered(save_caption))
