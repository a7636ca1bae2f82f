"""A cache of model answers on disk, so that nothing is paid for or waited for twice.

JSON text in SQLite: nothing that is read back can run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ..prompts import prompts_version
from . import LENGTH, REFUSAL, STOP, Completion

# `total` has one row, the sum of the sizes, and `oldest` finds what goes first: so neither is looked for in the whole
# table when an answer is kept.
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS answers "
    "(key TEXT PRIMARY KEY, answer TEXT NOT NULL, size INTEGER NOT NULL, used REAL NOT NULL)",
    "CREATE INDEX IF NOT EXISTS oldest ON answers (used, size)",
    "CREATE TABLE IF NOT EXISTS total (bytes INTEGER NOT NULL)",
    "DELETE FROM total",
    "INSERT INTO total SELECT COALESCE(SUM(size), 0) FROM answers",
    "CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, owner TEXT, until REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS rates "
    "(model TEXT PRIMARY KEY, requests REAL NOT NULL, seconds REAL NOT NULL)",
    "PRAGMA user_version = 3",  # 0 is that of version 0.2, whose table is kept
)
VERSION = 3
RATE_REQUESTS = 200  # after which what was measured before counts half, because services become faster or slower
LOCK_SECONDS, OFF_SECONDS = 1, 10
USED_SECONDS = 3600  # to which the time of the last use is exact: most readings write nothing
CLAIM_SECONDS = 10  # after which a claim that was not renewed is one of a program that ended
_log = logging.getLogger("patch_matters")


class CompletionCache:
    """A cache of completions. When it is full, the least recently used are removed.

    Args:
        path: of the database; made when the first answer is kept.
        megabytes: of answers (10^6 bytes).
    """

    def __init__(self, path: Path, megabytes: int):
        self._path, self._limit = path, megabytes * 1_000_000
        self._lock = threading.Lock()
        self._off_until = 0.0  # monotonic; while another program holds the file

    @staticmethod
    def key(*parts) -> str:
        """Return the SHA-256 of what an answer depends on: numbers, texts, bytes; and of the pack's prompts."""
        digest = hashlib.sha256()
        for part in (prompts_version(), *parts):
            data = part if isinstance(part, bytes) else json.dumps(part).encode()
            digest.update(f"{len(data)}:".encode() + data)
        return digest.hexdigest()

    def get(self, key: str) -> list[Completion] | None:
        """Return the completions kept under a key; None if there are none, or the file cannot be used."""
        try:
            with self._lock, self._open() as base:
                wanted = "SELECT answer, used FROM answers WHERE key = ?"
                row = base.execute(wanted, (key,)).fetchone()
                if row is None:
                    return None
                if abs((now := time.time()) - row[1]) > USED_SECONDS:
                    base.execute("UPDATE answers SET used = ? WHERE key = ?", (now, key))
            return [_read(value) for value in json.loads(row[0])] or None
        except (sqlite3.Error, OSError, ValueError, TypeError, RecursionError):
            return None

    def put(self, key: str, completions: Sequence[Completion]) -> None:
        """Keep completions. A cache that cannot be written costs only what it would have saved."""
        text = json.dumps([asdict(c) for c in completions])
        try:
            with self._lock, self._open() as base:
                base.execute(
                    "BEGIN IMMEDIATE"
                )  # the sum is read and written without another in between
                _forget(base, "key = ?", key)
                row = (key, text, len(text), time.time())
                base.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", row)
                base.execute("UPDATE total SET bytes = bytes + ?", (len(text),))
                while base.execute("SELECT bytes FROM total").fetchone()[0] > self._limit:
                    oldest = "rowid = (SELECT rowid FROM answers ORDER BY used LIMIT 1)"
                    if not _forget(base, oldest):
                        break
        except (sqlite3.Error, OSError):
            return

    def claim(self, key: str, owner: str) -> bool:
        """Return whether `owner` may request this answer, and not another process that is already doing so.

        So two programs that are asked the same at the same time pay once. Where the file cannot be used,
        everyone asks.
        """
        now = time.time()
        try:
            with self._lock, self._open() as base:
                base.execute("DELETE FROM claims WHERE until < ?", (now,))
                row = (key, owner, now + CLAIM_SECONDS)
                return (
                    base.execute("INSERT OR IGNORE INTO claims VALUES (?, ?, ?)", row).rowcount > 0
                )
        except (sqlite3.Error, OSError):
            return True

    def renew(self, owner: str) -> None:
        """Renew the claims of an owner that is still running."""
        with contextlib.suppress(sqlite3.Error, OSError), self._lock, self._open() as base:
            until = time.time() + CLAIM_SECONDS
            base.execute("UPDATE claims SET until = ? WHERE owner = ?", (until, owner))

    def release(self, owner: str, key: str = "") -> None:
        """Give up the claim on a key, or all claims of the owner."""
        with contextlib.suppress(sqlite3.Error, OSError), self._lock, self._open() as base:
            base.execute("DELETE FROM claims WHERE owner = ? AND ? IN ('', key)", (owner, key))

    def add_rate(self, model: str, requests: int, seconds: float) -> None:
        """Remember how long a model took to answer some requests."""
        with contextlib.suppress(sqlite3.Error, OSError), self._lock, self._open() as base:
            row = base.execute("SELECT requests, seconds FROM rates WHERE model = ?", (model,))
            before, took = row.fetchone() or (0.0, 0.0)
            share = 0.5 if before > RATE_REQUESTS else 1.0
            values = (model, share * before + requests, share * took + seconds)
            base.execute("INSERT OR REPLACE INTO rates VALUES (?, ?, ?)", values)

    def rates(self) -> dict[str, float]:
        """Return model -> seconds for each request, for those that were measured."""
        if not self._path.is_file():
            return {}
        try:
            with self._lock, self._open() as base:
                rows = base.execute(
                    "SELECT model, seconds / requests FROM rates WHERE requests > 0"
                )
                return dict(rows.fetchall())
        except (sqlite3.Error, OSError):
            return {}

    def clear(self) -> None:
        """Delete all answers."""
        self._path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _open(self):
        """Open a transaction, committed and closed at the end of the `with` block.

        Raises:
            sqlite3.Error: the file cannot be used, or is held by another program. It is left alone for
                `OFF_SECONDS` then, so that a run waits once and not for each answer.
        """
        if time.monotonic() < self._off_until:
            raise sqlite3.OperationalError("locked by another program")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with (
                contextlib.closing(sqlite3.connect(self._path, timeout=LOCK_SECONDS)) as base,
                base,
            ):
                # Waiting for the disk takes 20 ms per answer. A power cut may damage the file, which is then started anew.
                base.execute("PRAGMA synchronous = OFF")
                if base.execute("PRAGMA user_version").fetchone()[0] < VERSION:
                    base.execute("BEGIN IMMEDIATE")
                    for statement in _SCHEMA:
                        base.execute(statement)
                    base.commit()
                yield base
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                self._off_until = time.monotonic() + OFF_SECONDS
                _log.warning("%s is locked by another program, so answers are not kept", self._path)
            elif "malformed" in str(error) or "not a database" in str(error):
                _log.warning("%s is damaged: the answers in it are lost", self._path)
                with contextlib.suppress(OSError):
                    self.clear()
            raise


class SplitCache:
    """A cache in several files, for many processes at once: one file is locked by one writer at a time.

    Args:
        folder: of the files.
        megabytes: of answers in all of them.
    """

    FILES = 16

    def __init__(self, folder: Path, megabytes: int):
        each = max(1, megabytes // self.FILES)
        self._caches = [
            CompletionCache(folder / f"answers-{n:02d}.sqlite", each) for n in range(self.FILES)
        ]
        self._claims: dict[str, Counter] = {}  # owner -> files, by the claims in them
        self._lock = threading.Lock()

    def get(self, key: str) -> list[Completion] | None:
        return self._of(key).get(key)

    def put(self, key: str, completions: Sequence[Completion]) -> None:
        self._of(key).put(key, completions)

    def claim(self, key: str, owner: str) -> bool:
        cache = self._of(key)
        if claimed := cache.claim(key, owner):
            with self._lock:
                self._claims.setdefault(owner, Counter())[cache] += 1
        return claimed

    def renew(self, owner: str) -> None:
        with self._lock:
            caches = list(self._claims.get(owner, ()))
        for cache in caches:
            cache.renew(owner)

    def release(self, owner: str, key: str) -> None:
        cache = self._of(key)
        cache.release(owner, key)
        with self._lock:
            if claims := self._claims.get(owner):
                claims -= Counter([cache])  # those without any claim are gone
                if not claims:
                    del self._claims[owner]

    def _of(self, key: str) -> CompletionCache:
        return self._caches[int(key[:8], 16) % self.FILES]


def _forget(base, where: str, *values) -> bool:
    """Delete the answers of a condition, and their sizes from the sum; whether there were any."""
    found = base.execute(f"SELECT SUM(size) FROM answers WHERE {where}", values).fetchone()[0]
    if found is None:
        return False
    base.execute(f"DELETE FROM answers WHERE {where}", values)
    base.execute("UPDATE total SET bytes = bytes - ?", (found,))
    return True


def _read(value: dict) -> Completion:
    """Return a cached completion, if it has the form that `put` writes.

    Raises:
        TypeError: it is something else.
    """
    found = Completion(**value)
    fits = (
        isinstance(found.text, str)
        and found.finish in (STOP, LENGTH, REFUSAL)
        and isinstance(found.detail, str)
        and type(found.tokens) is int
        and (found.requests is None or type(found.requests) is int)
    )
    if not fits:
        raise TypeError("an unexpected row")
    return found
