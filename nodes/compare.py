"""Two captions of one image side by side, claim by claim."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from comfy_api.latest import io

from .. import core
from ..core.errors import PatchMattersError
from ..core.models.hosted.endpoints import Config
from ..core.models.scoring import without_nan
from . import bridge, scan, types

if TYPE_CHECKING:
    from ..core.caption_comparison import Side
    from ..core.image_record import ImageRecord


class CompareCaptions(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="CompareCaptions",
            display_name="Compare Captions",
            category=types.CATEGORY,
            description="Compares two captions of the same image claim by claim: what both say, what only "
            "one says, and where they contradict each other, with scores, requests and tokens.",
            search_aliases=[
                "patch matters",
                "compare",
                "diff",
                "captioner",
                "side by side",
                "对比",
            ],
            is_input_list=True,
            is_output_node=True,
            inputs=[
                _side("left"),
                _side("right"),
                types.survivors_input(
                    "Verified claims of the same image, from the Semantic Filter. Each claim of a connected "
                    "caption is checked against them.",
                    optional=True,
                ),
            ],
            outputs=[
                io.String.Output(
                    "comparison",
                    is_output_list=True,
                    tooltip="A list with one table for each image: claims that contradict each other, claims "
                    "that both captions or only one make, and what each side cost.",
                ),
                io.String.Output(
                    "json",
                    is_output_list=True,
                    tooltip="A list with the same comparison as JSON for each image.",
                ),
            ],
        )

    @classmethod
    def execute(cls, left, right, survivors=None) -> io.NodeOutput:
        comparison = core.caption_comparison
        records = survivors[0] if survivors else []
        sides = {"left": _flat(left), "right": _flat(right)}
        count = max(len(records), *map(len, sides.values()))
        for name, values in {**sides, "kept_claims": records}.items():
            if len(values) not in (1, count) and (values or name != "kept_claims"):
                raise PatchMattersError(
                    f"{name}: {len(values)} captions for {count} images: connect left, right and "
                    "kept_claims of the same images."
                )
        prices, views = _prices(), []
        for index in range(count):
            record = _at(records, index) if records else None
            a, b = (_read(_at(sides[n], index), n, record) for n in ("left", "right"))
            views.append(without_nan(comparison.as_view(comparison.compared(a, b), prices)))
        return io.NodeOutput(
            [comparison.as_text(view) for view in views],
            [json.dumps(view, ensure_ascii=False) for view in views],
            ui={"patch_matters_comparison": views},
        )


def _side(name: str):
    return io.MultiType.Input(
        name,
        [types.KeptClaims, io.String],
        tooltip="A caption, or kept claims. Kept claims, from the Semantic Filter, also show their scores, and "
        "the requests and tokens that they took.",
    )


def _flat(values: Sequence) -> list:
    """Return one caption or record for each image: kept claims arrive as a list of records in a list."""
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _at(values: Sequence, index: int):
    return values[index if len(values) > 1 else 0]


def _read(value, name: str, record: ImageRecord | None) -> Side:
    if isinstance(value, core.image_record.ImageRecord):
        return core.caption_comparison.Side.of_record(value)
    if isinstance(value, str):
        return core.caption_comparison.Side.of_text(bridge.bounded_text(value, name), record)
    raise PatchMattersError(f"{name}: connect a caption or kept_claims.")


def _prices() -> dict[str, tuple[float, float]]:
    try:
        return dict(Config.read(scan.home()).prices)
    except PatchMattersError:  # reported where a hosted model is used
        return {}
