"""The image that comes with the pack: a workflow runs on it wherever the pack is installed."""

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
            description="The image that comes with this pack, so that a workflow runs at once. Your "
            "own image replaces it as soon as one is connected.",
            search_aliases=["patch matters", "sample image", "demo image", "test image"],
            # It shows its image also where a later run takes it from the cache.
            is_output_node=True,
            inputs=[
                io.Image.Input(
                    "image",
                    optional=True,
                    tooltip="Your own image or batch, which is passed on unchanged. Not connected, "
                    "or connected to a muted node: the example is used.",
                )
            ],
            outputs=[
                io.Image.Output(
                    "image",
                    tooltip="Your own images where some are connected, otherwise the example: a cup "
                    "of coffee on a table.",
                )
            ],
        )

    @classmethod
    def execute(cls, image=None) -> io.NodeOutput:
        if image is None:
            image = bridge.tensor_from_images([read_image(EXAMPLE)])
        return io.NodeOutput(image, ui=ui.PreviewImage(image, cls=cls))
