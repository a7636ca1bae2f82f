"""The repositories that may be downloaded: `catalogue.json`, and nothing else.

Sizes are of the safetensors at the listed revision (GB, 10^9 bytes), estimates where an entry says so; `vram_gb` is an estimate: the
weights in bf16 and what eight requests of one patch each need beside them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One repository of the hub.

    Attributes:
        gated: its licence has to be accepted on its page first.
        unverified: its size was worked out from its parameters, not read off its page.
    """

    id: str
    revision: str
    role: str
    size_gb: float
    vram_gb: float
    licence: str
    gated: bool = False
    unverified: bool = False

    @property
    def summary(self) -> str:
        """Name, GB to download, GB of VRAM and licence, short enough for a tooltip."""
        gate = " (accept it on its page)" if self.gated else ""
        about = "about " if self.unverified else ""
        name = self.id.split("/")[1]
        return f"{name}: {about}{self.size_gb:g}, {self.vram_gb:g}, {self.licence}{gate}"


@lru_cache(maxsize=1)
def catalogue() -> tuple[Entry, ...]:
    """Return all entries. The first of each role is the recommended one."""
    rows = json.loads(Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8"))
    return tuple(Entry(**row) for row in rows)


def entries(role: str) -> list[Entry]:
    """Return the catalogue entries for a role."""
    return [entry for entry in catalogue() if entry.role == role]


def find_entry(role: str, repository: str) -> Entry | None:
    """Return the entry with that id, if it can take the role. A captioner can also be writer and verifier."""
    roles = {role, "captioner"} if role in ("writer", "verifier") else {role}
    return next((e for e in catalogue() if e.id == repository and e.role in roles), None)
