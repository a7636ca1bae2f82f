"""Asks a question about an image and its patches, and answers from what was verified."""

from __future__ import annotations

from comfy_api.latest import io, ui

from .. import core
from ..core.errors import PatchMattersError
from . import bridge, types


class AskImage(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="AskImage",
            display_name="Ask about the Image",
            category=types.CATEGORY,
            description="Answers a question about an image. It asks the captioner about the whole image and "
            "about each patch, verifies the claims against the pixels, and answers from those that were "
            "kept. If none answers the question, it says that it cannot tell.",
            search_aliases=[
                *("patch matters", "vqa", "question answering", "ask", "count", "read text", "ocr"),
                *("提问", "问答"),
            ],
            is_output_node=True,
            inputs=[
                types.Patches.Input("patches", tooltip="From the Patch Divider."),
                io.String.Input(
                    "question",
                    default="",
                    multiline=True,
                    placeholder="Question about the image",
                    tooltip="The question, for all images of a batch. In English, yes/no questions, counts, "
                    "colours, places and written words are understood; other questions are answered with "
                    "the claims about the things that they name.",
                ),
                types.captioner_input(
                    "The model that is asked. If not connected, the offline captioner states what the "
                    "offline detector finds and measures, whatever the question is."
                ),
                types.verifier_input(),
                types.Writer.Input(
                    "writer",
                    optional=True,
                    tooltip="Writes the answer from the kept claims; whatever it adds is removed. If not "
                    "connected, the claims that answer the question are put together by rules.",
                ),
                io.Int.Input(
                    "samples",
                    default=1,
                    min=1,
                    max=8,
                    tooltip="How many answers to sample for the whole image and for each patch. More "
                    "answers make the comparison more reliable and take longer.",
                ),
                types.seed_input("answers"),
                types.nli_input(),
            ],
            outputs=[
                io.String.Output(
                    "answer",
                    is_output_list=True,
                    tooltip="A list with the answer for each image.",
                ),
                types.KeptClaims.Output(
                    "survivors",
                    display_name="kept_claims",
                    tooltip="What the answers claim. Connect to Patch Report to see which patch said what, "
                    "and why each claim was kept or dropped.",
                ),
                io.String.Output(
                    "evidence",
                    is_output_list=True,
                    tooltip="A list with the evidence for each image: the kept claims that answer the "
                    "question, with their probability and patches, and what each patch answered.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls, patches, question, samples, seed, captioner=None, matcher=None, writer=None, nli=None
    ) -> io.NodeOutput:
        if not bridge.bounded_text(question, "question").strip():
            raise PatchMattersError("question: it is empty: enter a question about the image.")
        models = core.pipeline.Models.connected(
            captioner=captioner, verifier=matcher, writer=writer, nli=nli
        )
        stage = core.question.Ask(question, samples, seed)
        records = bridge.processed(stage, patches, models, "ask")
        evidence = [core.question.evidence_text(record, question) for record in records]
        shown = [f"{record.caption}\n\n{text}" for record, text in zip(records, evidence)]
        return io.NodeOutput(
            [record.caption for record in records],
            records,
            evidence,
            ui=ui.PreviewText(bridge.titled(records, shown)),
        )
