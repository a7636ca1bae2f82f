"""The report as a view: the image with its regions numbered, beside what was kept and dropped."""

from __future__ import annotations

from comfy_api.latest import io, ui

from ..core.models.scoring import without_nan
from ..core.report import as_text, as_view
from . import bridge, types


class PatchReport(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchReport",
            display_name="Patch Report",
            category=types.CATEGORY,
            description="Shows which claims were kept and dropped, beside the image with its numbered "
            "patches. Click a patch to see only its claims.",
            search_aliases=[
                "patch matters",
                "caption report",
                "caption review",
                "反推报告",
                "show regions",
            ],
            is_output_node=True,
            inputs=[types.survivors_input()],
            outputs=[
                io.Image.Output("annotated", tooltip="The images with their patches drawn in."),
                io.String.Output(
                    "report",
                    is_output_list=True,
                    tooltip="A list with one table for each image: every claim with its probability, "
                    "whether it was kept, and why.",
                ),
            ],
        )

    @classmethod
    def execute(cls, survivors) -> io.NodeOutput:
        plain = bridge.tensor_from_images([record.image for record in survivors])
        files = ui.PreviewImage(plain, cls=cls).values
        views = [
            {**without_nan(as_view(p)), "image": dict(file)} for p, file in zip(survivors, files)
        ]
        return io.NodeOutput(
            bridge.annotated_tensor(survivors),
            [as_text(record) for record in survivors],
            ui={"patch_matters_report": views},
        )
