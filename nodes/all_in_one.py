"""All four stages as one node."""

from __future__ import annotations

from comfy_api.latest import io, ui

from .. import core
from ..core.english import split_words
from ..core.styles import DESCRIPTION, style_of
from . import bridge, types


class PatchMatters(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMatters",
            display_name="Caption",
            category=types.CATEGORY,
            description="Writes a long, detailed caption in which every claim is checked against the "
            "pixels. All four steps in one node: it divides the image into patches, describes each patch, "
            "filters the claims, and joins those that it keeps.",
            search_aliases=[
                *("patch matters", "patch matters caption", "caption", "caption dataset"),
                *("interrogate", "interrogator", "describe image", "image to prompt"),
                *("image to text", "img2prompt", "img2txt", "tag", "tagger", "vlm"),
                *("反推", "反推提示词", "打标", "图像描述"),
            ],
            is_output_node=True,
            inputs=[
                io.Image.Input(
                    "image",
                    tooltip="The images to caption. A batch gives one caption for each image.",
                ),
                types.captioner_input(),
                types.verifier_input(),
                types.writer_input(),
                types.detector_input(),
                types.length_input(),
                types.profile_input(
                    "default: decides about each claim by all the evidence, and the writer writes once. "
                    "paper: decides and writes as the paper does. fast: one caption for each patch, and "
                    "no writer."
                ),
                types.seed_input(),
                types.nli_input(),
                types.style_input(),
                types.style_text_input(),
                types.known_input(),
                types.only_input(),
                types.ignore_input(),
            ],
            outputs=[
                io.String.Output(
                    "caption", is_output_list=True, tooltip="A list with the caption of each image."
                ),
                io.String.Output(
                    "report",
                    is_output_list=True,
                    tooltip="A list with the full report of each image, as JSON.",
                ),
                io.Image.Output(
                    "annotated",
                    tooltip="The images with their patches and detected objects drawn in.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        image,
        length,
        profile,
        seed,
        captioner=None,
        matcher=None,
        writer=None,
        detector=None,
        nli=None,
        style=DESCRIPTION.name,
        style_text="",
        known="",
        only="",
        ignore="",
    ) -> io.NodeOutput:
        images = bridge.images_from_tensor(image)
        stages = core.pipeline.STAGES
        bar = bridge.NodeProgress(len(stages), "")

        def progress(stage, done, total, region):
            bar.move_to(stages.index(stage) + done / total, region and f"{stage}: {region}")

        with bridge.explained():
            models = core.pipeline.Models.connected(
                detector=detector, captioner=captioner, verifier=matcher, writer=writer, nli=nli
            )
            records = core.pipeline.caption_images(
                images,
                models,
                core.pipeline.profile_settings(
                    profile,
                    seed=seed,
                    length=length,
                    style=style_of(style, style_text),
                    only=split_words(bridge.bounded_text(only, "only")),
                    ignore=split_words(bridge.bounded_text(ignore, "ignore")),
                ),
                context=bridge.bounded_text(known, "known"),
                progress=progress,
            )
        captions = [record.caption for record in records]
        annotated = bridge.annotated_tensor(records)
        shown = ui.PreviewImage(annotated, cls=cls).as_dict()
        return io.NodeOutput(
            captions,
            [bridge.report_json(record) for record in records],
            annotated,
            ui={**shown, "text": (bridge.titled(records, bridge.with_notes(records)),)},
        )
