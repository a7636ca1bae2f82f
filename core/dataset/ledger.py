"""What a data set run remembers, in SQLite: results by content and settings, images, and files written.

A result is committed before any caption file is written, and a file's row before the file is put in its place, so
that a run that is killed at any moment loses nothing that was paid for and never takes a file of its own for
a user's.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import PatchMattersError, in_short
from .choices import STATE
from .words import Captions

LEDGER = "ledger.sqlite"
DONE, KEPT, FAILED = "done", "kept", "failed"
VERSION = 1  # of the tables
# The latest results, from which the time of an image is estimated; older ones may come from a slower machine or model.
PACED = 200
_OWN_TABLES = {"files", "results", "images", "outputs"}
_ORDERS = {
    "path": "images.path",
    "doubt": "results.doubt DESC, images.path",
    "seconds": "results.seconds DESC, images.path",
}
_TABLES = """
CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, content TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, content TEXT NOT NULL, long TEXT NOT NULL, medium TEXT NOT NULL, short TEXT NOT NULL,
    tags TEXT NOT NULL, doubt REAL NOT NULL, excluded INTEGER NOT NULL, seconds REAL NOT NULL,
    requests INTEGER NOT NULL, tokens INTEGER NOT NULL, missing TEXT NOT NULL, record BLOB NOT NULL,
    at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS images (
    path BLOB PRIMARY KEY, status TEXT NOT NULL, reason TEXT NOT NULL, key TEXT NOT NULL, caption TEXT NOT NULL,
    before TEXT, at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS images_by_status ON images (status);
CREATE TABLE IF NOT EXISTS outputs (
    path BLOB PRIMARY KEY, sha256 TEXT NOT NULL, before BLOB, image BLOB NOT NULL, at REAL NOT NULL
);
"""


@dataclass(frozen=True)
class Result:
    """What came out for the content of an image under certain settings.

    Attributes:
        key: as `Job.key` gives it.
        content: SHA-256 of the image file.
        doubt: 0 (everything that was said was kept, with certainty) to 1.
        excluded: statements that were dropped because they were excluded.
        seconds: that its part of a batch took.
        requests, tokens: of all models.
        missing: why answers are missing, which another run may bring; "" where it is whole.
        record: the report, `report.as_dict`.
    """

    key: str
    content: str
    captions: Captions
    doubt: float = 0.0
    excluded: int = 0
    seconds: float = 0.0
    requests: int = 0
    tokens: int = 0
    missing: str = ""
    record: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """An image of the folder as the last run left it.

    Attributes:
        path: below the folder, with slashes.
        status: `DONE`, `KEPT` (its own caption stays) or `FAILED`.
        reason: why it failed.
        caption: as written, with the words around it; or the one that was kept.
        before: the caption that it had; None where it had none.
        key: of its result; "" where it has none.
        at: when, in seconds since 1970.
    """

    path: str
    status: str
    reason: str = ""
    caption: str = ""
    before: str | None = None
    key: str = ""
    at: float = 0.0
    doubt: float = 0.0
    excluded: int = 0
    seconds: float = 0.0
    requests: int = 0
    tokens: int = 0


@dataclass(frozen=True)
class Output:
    """A file that the pack wrote: its SHA-256, and the bytes that were there before, if any."""

    path: str
    sha256: str
    before: bytes | None
    image: str


class Ledger:
    """The ledger of an output folder; usable from several threads. A context manager.

    Args:
        create: make it where there is none.

    Raises:
        PatchMattersError: there is none, it is damaged, or it is of a newer version.
    """

    def __init__(self, root: Path, *, create: bool = False):
        self.path = Path(root, STATE, LEDGER)
        if not create and not self.path.is_file():
            raise PatchMattersError(f"{root} has no captions of this pack yet: caption it first.")
        for place in (self.path.parent, self.path):
            if place.is_symlink():
                raise PatchMattersError(f"{place} is a link: remove it.")
        self._lock = threading.RLock()
        with self._explained():
            self._base = sqlite3.connect(
                self.path, timeout=20, check_same_thread=False, isolation_level=None
            )
            version = self._base.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise PatchMattersError(
                    f"{self.path} was written by a newer version of this pack: update the pack."
                )
            tables = {row[0] for row in self._base.execute("SELECT name FROM sqlite_master")}
            if tables and not tables >= _OWN_TABLES:
                raise PatchMattersError(
                    f"{self.path} is a database, but not of this pack: rename its folder."
                )
            # With a write-ahead log a commit waits for no disk; a killed program loses nothing.
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            if version < VERSION:
                self._base.executescript(_TABLES + f"PRAGMA user_version = {VERSION};")

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            self._base.close()

    @contextlib.contextmanager
    def _explained(self):
        """Turns what SQLite raises into one sentence."""
        try:
            yield
        except sqlite3.Error as error:
            if "full" in str(error) or "I/O" in str(error):
                raise PatchMattersError(
                    f"{self.path} cannot be written ({in_short(error)}): free up disk space, then "
                    "start the run again; it resumes where it ended."
                ) from error
            raise PatchMattersError(
                f"{self.path.parent} cannot be used, because {LEDGER} in it is damaged ({in_short(error)}): "
                "move it away to start afresh."
            ) from error

    def _all(self, query: str, values: Sequence = ()) -> list[tuple]:
        with self._lock, self._explained():
            return self._base.execute(query, values).fetchall()

    def _one(self, query: str, values: Sequence = ()) -> tuple | None:
        rows = self._all(query, values)
        return rows[0] if rows else None

    # Contents

    def content(self, path: str, size: int, modified: int) -> str:
        """Return the SHA-256 of a file, if it was read with this size (bytes) and time (ns); else ""."""
        query = "SELECT content FROM files WHERE path = ? AND size = ? AND modified = ?"
        row = self._one(query, (os.fsencode(path), size, modified))
        return row[0] if row else ""

    def set_content(self, path: str, size: int, modified: int, content: str) -> None:
        self._all(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
            (os.fsencode(path), size, modified, content),
        )

    # Results

    def result(self, key: str) -> Result | None:
        """Return the result of that key, without its record."""
        row = self._one(
            "SELECT content, long, medium, short, tags, doubt, excluded, seconds, requests, tokens, "
            "missing FROM results WHERE key = ?",
            (key,),
        )
        return Result(key, row[0], Captions(*row[1:5]), *row[5:]) if row else None

    def add_result(self, result: Result) -> None:
        record = zlib.compress(json.dumps(result.record, ensure_ascii=True).encode(), 6)
        said = result.captions
        self._all(
            "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(result.key, result.content, said.long, said.medium, said.short, said.tags),
                *(result.doubt, result.excluded, result.seconds, result.requests, result.tokens),
                *(result.missing, record, time.time()),
            ),
        )

    def record(self, path: str) -> dict | None:
        """Return the report of the image at that path (`report.as_dict`); None where it has none."""
        row = self._one(
            "SELECT results.record FROM images JOIN results USING (key) WHERE path = ?",
            (os.fsencode(path),),
        )
        return json.loads(zlib.decompress(row[0])) if row else None

    def pace(self, *, at_once: bool) -> float | None:
        """Return the seconds in which one image after the other was done, by the latest results; None without any.

        Args:
            at_once: images were waited for at the same time, each by itself: time that several took counts once.
        """
        rows = self._all("SELECT at, seconds FROM results ORDER BY at DESC LIMIT ?", (PACED,))
        if not rows:
            return None
        if not at_once:
            return sum(seconds for _, seconds in rows) / len(rows)
        busy, begun = 0.0, float("inf")
        for at, seconds in rows:
            end = min(at, begun)
            start = min(at - seconds, end)
            busy, begun = busy + end - start, start
        return busy / len(rows)

    # Images

    def set_image(self, entry: Entry) -> None:
        self._all(
            "INSERT OR REPLACE INTO images VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(os.fsencode(entry.path), entry.status, entry.reason, entry.key, entry.caption),
                *(entry.before, entry.at or time.time()),
            ),
        )

    def entry(self, path: str) -> Entry | None:
        """Return the image at that path, below the folder."""
        rows = self._entries("WHERE images.path = ?", (os.fsencode(path),), "")
        return next(iter(rows), None)

    def entries(
        self,
        status: str = "",
        contains: str = "",
        order: str = "path",
        offset: int = 0,
        limit: int = -1,
    ) -> list[Entry]:
        """Images in an order ("path", "doubt": most doubtful first, "seconds": slowest first).

        Args:
            status: only those; "" for all.
            contains: only those whose caption or path has this text, in any case.
            limit: the most to return; -1 for all.
        """
        where, values = _where(status, contains)
        tail = f"ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?"
        return self._entries(where, (*values, limit, offset), tail)

    def every_entry(self, status: str = "") -> Iterator[Entry]:
        """Return the images in the order of their paths, a thousand at a time."""
        last = b""
        while True:
            where = "WHERE images.path > ?" + (" AND images.status = ?" if status else "")
            values = (last, status) if status else (last,)
            rows = self._entries(where, values, "ORDER BY images.path LIMIT 1000")
            yield from rows
            if not rows:
                return
            last = os.fsencode(rows[-1].path)

    def count(self, status: str = "", contains: str = "") -> int:
        """Return how many images `entries` finds."""
        where, values = _where(status, contains)
        return self._one(f"SELECT COUNT(*) FROM images {where}", values)[0]

    def excluded(self) -> int:
        """Return how many statements of all captioned images were dropped because they were excluded."""
        query = "SELECT SUM(excluded) FROM images JOIN results USING (key) WHERE status = ?"
        return self._one(query, (DONE,))[0] or 0

    def forget_image(self, path: str) -> None:
        """Forget that an image was there; its result stays."""
        self._all("DELETE FROM images WHERE path = ?", (os.fsencode(path),))

    def _entries(self, where: str, values: Sequence, tail: str) -> list[Entry]:
        rows = self._all(
            "SELECT images.path, status, reason, images.caption, before, images.key, images.at, "
            "COALESCE(doubt, 0), COALESCE(excluded, 0), COALESCE(seconds, 0), COALESCE(requests, 0), "
            f"COALESCE(tokens, 0) FROM images LEFT JOIN results USING (key) {where} {tail}",
            values,
        )
        return [Entry(os.fsdecode(row[0]), *row[1:]) for row in rows]

    # Files written

    def output(self, path: str) -> Output | None:
        """Return the file of that path below the output folder, if the pack wrote it."""
        row = self._one(
            "SELECT sha256, before, image FROM outputs WHERE path = ?", (os.fsencode(path),)
        )
        return Output(path, row[0], row[1], os.fsdecode(row[2])) if row else None

    def outputs(self) -> Iterator[Output]:
        """Return all files that the pack wrote."""
        for path, sha256, before, image in self._all(
            "SELECT path, sha256, before, image FROM outputs"
        ):
            yield Output(os.fsdecode(path), sha256, before, os.fsdecode(image))

    def add_output(self, output: Output) -> None:
        self._all(
            "INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?)",
            (
                *(os.fsencode(output.path), output.sha256, output.before),
                *(os.fsencode(output.image), time.time()),
            ),
        )

    def forget_output(self, path: str) -> None:
        self._all("DELETE FROM outputs WHERE path = ?", (os.fsencode(path),))


def _where(status: str, contains: str) -> tuple[str, tuple]:
    conditions, values = [], []
    if status:
        conditions.append("images.status = ?")
        values.append(status)
    if contains:
        conditions.append(
            "(instr(lower(images.caption), lower(?)) OR instr(lower(CAST(images.path AS TEXT)), lower(?)))"
        )
        values += [contains, contains]
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), tuple(values)
