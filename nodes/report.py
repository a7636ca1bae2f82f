"""The report as a view and an editor: the image with its regions numbered, beside what was kept and dropped."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from comfy_api.latest import io, ui

from .. import core
from ..core.edit_schema import read_edits
from ..core.models.scoring import without_nan
from . import bridge, types

if TYPE_CHECKING:
    from ..core.edit_patches import DescribedPatches


@cache
def _described() -> DescribedPatches:
    """Return the patches that were described before, of all nodes."""
    return core.edit_patches.DescribedPatches()


class PatchReport(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchReport",
            display_name="Patch Report",
            category=types.CATEGORY,
            description="Shows which claims were kept and dropped, beside the image with its numbered "
            "patches, and lets you change both. Click a patch to see only its claims; press Edit to keep, "
            "drop, reword or add claims, draw or move patches, and write the caption.",
            search_aliases=[
                "patch matters",
                "caption report",
                "caption review",
                "caption editor",
                "edit caption",
                "反推报告",
                "show regions",
            ],
            is_output_node=True,
            inputs=[
                types.survivors_input(
                    "From the Semantic Filter, or from the Hierarchical Aggregator to edit the final "
                    "caption."
                ),
                types.captioner_input(
                    "Describes patches that you draw, move or ask about again. Nothing else is described "
                    "again. If not connected, this works only where the offline captioner described the "
                    "other patches."
                ),
                types.verifier_input(
                    "Scores the claims about patches that you draw, move or ask about again. If not "
                    "connected, the offline detector does; it knows only 80 classes of objects."
                ),
                types.Writer.Input(
                    "writer",
                    optional=True,
                    tooltip="A chat model. It splits what you write in languages other than English into "
                    "claims. If not connected, each of these sentences counts as one claim.",
                ),
                io.String.Input(
                    "edits",
                    default="",
                    optional=True,
                    socketless=True,
                    extra_dict={"hidden": True},
                    tooltip="Your changes as JSON, which the editor writes. They are saved with the "
                    "workflow and apply only to the images that you made them for.",
                ),
            ],
            outputs=[
                io.Image.Output("annotated", tooltip="The images with their patches drawn in."),
                io.String.Output(
                    "report",
                    is_output_list=True,
                    tooltip="A list with one table for each image: every claim with its probability, "
                    "whether it was kept, and why.",
                ),
                types.KeptClaims.Output(
                    "edited",
                    display_name="kept_claims",
                    tooltip="The claims with your changes. Connect to the Hierarchical Aggregator, Prompt "
                    "Fitter or Regional Prompts.",
                ),
                io.String.Output(
                    "caption",
                    is_output_list=True,
                    tooltip="A list with the caption of each image: yours if you wrote one, otherwise the "
                    "aggregator's. Before the aggregator, the kept sentences are arranged by rules.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls, survivors, edits="", captioner=None, matcher=None, writer=None
    ) -> io.NodeOutput:
        stage = core.edits.Edit(read_edits(edits), _described())
        # Without a captioner, the stage decides whether the offline one may describe patches.
        models = core.pipeline.Models.connected(verifier=matcher, writer=writer)
        models = replace(models, captioner=captioner)
        records = bridge.processed(stage, survivors, models, "edit")
        plain = bridge.tensor_from_images([record.image for record in records])
        files = ui.PreviewImage(plain, cls=cls).values
        views = [
            {**without_nan(core.report.as_view(p)), "image": dict(file)}
            for p, file in zip(records, files)
        ]
        return io.NodeOutput(
            bridge.annotated_tensor(records),
            [core.report.as_text(record) for record in records],
            records,
            [core.report.caption_of(record) for record in records],
            ui={"patch_matters_report": views, "patch_matters_edits": [edits]},
        )
