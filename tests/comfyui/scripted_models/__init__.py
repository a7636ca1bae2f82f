"""Nodes for the tests only: a fake captioner (no VLM's weights can be had), and broken pictures."""

import time
from dataclasses import dataclass

import torch
from comfy_api.latest import ComfyExtension, io


@dataclass(frozen=True)
class Said:
    """As `core.models.Completion`, which a pack beside that one cannot import."""

    text: str
    finish: str = "stop"
    detail: str = ""
    tokens: int = 7
    requests: int | None = None


class ScriptedCaptioner:
    """A fake: says one text of everything, slowly if wanted. The server's log counts its requests."""

    name = "test:scripted"

    def __init__(self, text, seconds):
        self.text, self.seconds = text, seconds

    def caption(self, requests, on_progress):
        print(f"scripted captioner: {len(requests)} requests", flush=True)
        answers = []
        for index, request in enumerate(requests):
            time.sleep(self.seconds)
            answers.append([Said(self.text)] * request.n)
            on_progress(index)
        return answers


class TestScriptedCaptioner(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="TestScriptedCaptioner",
            inputs=[io.String.Input("text"), io.Float.Input("seconds", default=0.0)],
            outputs=[io.Custom("PATCH_MATTERS_CAPTIONER").Output()],
        )

    @classmethod
    def execute(cls, text, seconds):
        return io.NodeOutput(ScriptedCaptioner(text, seconds))


class TestBrokenImage(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="TestBrokenImage",
            inputs=[io.Combo.Input("kind", options=["nan", "empty", "latent", "beyond"])],
            outputs=[io.Image.Output()],
        )

    @classmethod
    def execute(cls, kind):
        image = torch.rand(3, 40, 60, 3)
        if kind == "nan":
            image[1, 0, 0, 0] = float("nan")
        elif kind == "empty":
            image = image[:0]
        elif kind == "latent":
            image = torch.rand(1, 16, 8, 8)
        elif kind == "beyond":
            image = image * 5 - 2
        return io.NodeOutput(image)


class TestBoxes(io.ComfyNode):
    """Boxes as a careless detector may give them, from JSON with NaN."""

    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="TestBoxes",
            inputs=[io.String.Input("json")],
            outputs=[io.BoundingBox.Output()],
        )

    @classmethod
    def execute(cls, json):
        from json import loads

        return io.NodeOutput(loads(json))


class TestMasks(io.ComfyNode):
    """Two masks as one batch: core has no node that joins masks."""

    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="TestMasks",
            inputs=[io.Mask.Input("first"), io.Mask.Input("second")],
            outputs=[io.Mask.Output()],
        )

    @classmethod
    def execute(cls, first, second):
        return io.NodeOutput(torch.cat([first, second]))


class TestExtension(ComfyExtension):
    async def get_node_list(self):
        return [TestScriptedCaptioner, TestBrokenImage, TestBoxes, TestMasks]


async def comfy_entrypoint():
    return TestExtension()
