"""The kept claims as JSON, in the forms that image models and trainers read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from comfy_api.latest import io, ui

from .. import core
from ..core.structured import COORDINATES, FORMS, GENERIC, PIXELS
from . import bridge, types

if TYPE_CHECKING:
    from ..core.structured.scene_graph import SceneGraph


class StructuredCaption(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="StructuredCaption",
            display_name="Structured Caption",
            category=types.CATEGORY,
            description="Gives the kept claims as JSON: objects with their attributes, boxes and relations, "
            "or the JSON prompts of Ideogram 4, FLUX.2 and FIBO. Dropped claims are left out, and every "
            "word comes from a kept claim.",
            search_aliases=[
                *(
                    "patch matters",
                    "json prompt",
                    "structured prompt",
                    "ideogram",
                    "fibo",
                    "flux 2",
                ),
                *("scene graph", "bounding boxes", "layout", "结构化", "JSON 提示词"),
            ],
            is_output_node=True,
            inputs=[
                types.survivors_input(),
                io.Combo.Input(
                    "form",
                    options=list(FORMS),
                    default=GENERIC,
                    tooltip="generic: objects, attributes, relations, boxes and scores. ideogram4: the "
                    "captions that Ideogram 4 was trained on. flux2: the JSON prompts of the FLUX.2 guide. "
                    "fibo: the structured prompts of Bria's FIBO. Fields without a claim, such as the "
                    "camera, are left out or empty.",
                ),
                io.Combo.Input(
                    "coordinates",
                    options=list(COORDINATES),
                    default=PIXELS,
                    tooltip="How boxes are given in the generic form, as x1, y1, x2, y2: in pixels, or in "
                    "fractions (0 to 1) of the image's width and height. The other forms have their own.",
                ),
            ],
            outputs=[
                io.String.Output(
                    "json",
                    is_output_list=True,
                    tooltip="A list with the JSON of each image, on one line. Connect it to CLIP Text "
                    "Encode or to a node that saves text.",
                ),
                io.BoundingBox.Output(
                    "bboxes",
                    tooltip="The objects of each image that the detector found, in pixels, with their "
                    "labels and descriptions. Connect it to Draw BBoxes, or to Create Bounding Boxes in "
                    "newer versions of ComfyUI.",
                ),
            ],
        )

    @classmethod
    def execute(cls, survivors, form, coordinates) -> io.NodeOutput:
        forms = core.structured.forms
        made = [forms.structured(record, form, coordinates) for record in survivors]
        shown = [_readable(value) + (f"\n· {note}" if note else "") for value, _, note in made]
        return io.NodeOutput(
            [forms.compact(value) for value, _, _ in made],
            [_bounding_boxes(graph) for _, graph, _ in made],
            ui=ui.PreviewText(bridge.titled(survivors, shown)),
        )


def _readable(value: dict) -> str:
    """Return the JSON on many lines, but each box on one."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return re.sub(r"\[\n\s*((?:[\d.]+,\n\s*)+[\d.]+)\n\s*\]", _on_one_line, text)


def _on_one_line(numbers: re.Match) -> str:
    return f"[{', '.join(numbers[1].replace(',', ' ').split())}]"


def _bounding_boxes(graph: SceneGraph) -> list[dict]:
    """Return the objects with boxes as BOUNDING_BOX values; `metadata` is what Create Bounding Boxes reads."""
    boxes = []
    for one in graph.objects:
        description = {
            "type": "obj",
            "text": "",
            "desc": " ".join(graph.describe([one])),
            "palette": [],
        }
        for box in one.boxes:
            x1, y1, x2, y2 = box.pixels()
            place = {"x": x1, "y": y1, "width": x2 - x1, "height": y2 - y1}
            score = 1.0 if one.score is None else one.score
            boxes.append({**place, "label": one.label, "score": score, "metadata": description})
    return boxes
