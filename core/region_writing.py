"""Writing region by region, and overlapping regions together, before the whole image (the paper's profile)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .facts import facts_of
from .image_record import ImageRecord, StageProgress, heartbeat
from .models import (
    Completion,
    Writer,
    WritingRequest,
)
from .regions import Region, iou

NEIGHBOURS_IOU = 0.4  # overlapping patches are written together above it (paper, section 3.3)


def write_regions(
    records: Sequence[ImageRecord],
    final: Sequence[WritingRequest],
    writer: Writer,
    on_progress: StageProgress,
) -> tuple[list[WritingRequest], list[list[Completion]]]:
    """Write level by level as in the paper: each region, then overlapping patches together, as drafts of the
    final text.
    """
    places = [
        (index, region)
        for index, record in enumerate(records)
        for region in record.root.walk()
        if final[index].facts and facts_of(record, region.name)
    ]
    first = [
        replace(final[i], facts=facts_of(records[i], r.name), max_sentences=0, temperature=0.6)
        for i, r in places
    ]
    written = writer.write(first, heartbeat(on_progress)) if first else []
    drafts: list[dict[str, str]] = [{} for _ in records]
    spent: list[list[Completion]] = [[] for _ in records]
    for (index, region), completion in zip(places, written, strict=True):
        drafts[index][region.name] = completion.text
        spent[index].append(completion)

    groups = [
        (index, group)
        for index, record in enumerate(records)
        for group in overlapping_groups(record.root.children, drafts[index])
    ]
    second = [
        replace(
            final[i],
            facts=tuple(dict.fromkeys(f for name in group for f in facts_of(records[i], name))),
            drafts=tuple((name, drafts[i][name]) for name in group),
            max_sentences=0,
            temperature=0.6,
        )
        for i, group in groups
    ]
    merged = writer.write(second, heartbeat(on_progress)) if second else []
    for (index, group), completion in zip(groups, merged, strict=True):
        for name in group:
            del drafts[index][name]
        drafts[index][" + ".join(group)] = completion.text
        spent[index].append(completion)
    return [replace(r, drafts=tuple(drafts[i].items())) for i, r in enumerate(final)], spent


def overlapping_groups(
    regions: Sequence[Region], described: Mapping[str, str]
) -> list[tuple[str, ...]]:
    """Return the connected groups (two or more) of described regions that overlap by `NEIGHBOURS_IOU`."""
    groups: list[list[Region]] = []
    for region in (r for r in regions if r.name in described):
        near = [
            g for g in groups if any(iou(region.box, other.box) > NEIGHBOURS_IOU for other in g)
        ]
        groups = [g for g in groups if not any(g is n for n in near)]
        groups.append([*(r for g in near for r in g), region])
    return [tuple(r.name for r in group) for group in groups if len(group) > 1]
