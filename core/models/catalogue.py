"""The repositories that may be downloaded: `catalogue.json`, and nothing else.

Sizes are of the safetensors at the listed revision (GB, 10^9 bytes); `vram_gb` is an estimate: the
weights in bf16 and what eight requests of one patch each need beside them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One repository of the hub. `gated`: its licence has to be accepted on its page first."""

    id: str
    revision: str
    role: str
    size_gb: float
    vram_gb: float
    licence: str
    gated: bool = False

    @property
    def summary(self) -> str:
        """Size, memory and licence in a line."""
        terms = f"{self.licence}, accept it on its page first" if self.gated else self.licence
        return f"{self.size_gb:g} GB to download, about {self.vram_gb:g} GB VRAM, {terms}"


@lru_cache(maxsize=1)
def catalogue() -> tuple[Entry, ...]:
    """All entries; of each role the recommended one comes first."""
    rows = json.loads(Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8"))
    return tuple(Entry(**row) for row in rows)


def entries(role: str) -> list[Entry]:
    """Those of a role."""
    return [entry for entry in catalogue() if entry.role == role]


def find_entry(role: str, repository: str) -> Entry | None:
    """The entry of that id, if the role has it. A captioner may also write and judge."""
    roles = {role, "captioner"} if role in ("writer", "matcher") else {role}
    return next((e for e in catalogue() if e.id == repository and e.role in roles), None)
