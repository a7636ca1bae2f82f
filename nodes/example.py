"""The example image of the pack, so that a workflow runs wherever the pack is installed."""

from __future__ import annotations

from pathlib import Path

from comfy_api.latest import io, ui

from ..core.images import read_image
from . import bridge, types

EXAMPLE = Path(__file__).parents[1] / "assets" / "example.png"


class ExampleImage(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersExampleImage",
            display_name="Example Image",
            category=types.CATEGORY,
            description="The image that comes with this pack, so that a workflow runs immediately. It is "
            "replaced by your own image as soon as you connect one.",
            search_aliases=["patch matters", "sample image", "demo image", "test image"],
            # An output node shows its image also if a later run takes it from the cache.
            is_output_node=True,
            inputs=[
                io.Image.Input(
                    "image",
                    optional=True,
                    tooltip="Your own image or batch, which is passed on unchanged. If nothing is "
                    "connected, or the connected node is muted, the example is used.",
                )
            ],
            outputs=[
                io.Image.Output(
                    "image",
                    tooltip="Your own images if any are connected, otherwise the example: a cup of coffee "
                    "on a table.",
                )
            ],
        )

    @classmethod
    def execute(cls, image=None) -> io.NodeOutput:
        if image is None:
            image = bridge.tensor_from_images([read_image(EXAMPLE)])
        return io.NodeOutput(image, ui=ui.PreviewImage(image, cls=cls))
