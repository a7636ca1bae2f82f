"""The four stages, one node each."""

from __future__ import annotations

from comfy_api.latest import io, ui

from ..core.aggregate import AggregateSettings, aggregate
from ..core.claims import AUTO, READERS
from ..core.describe import DescribeSettings, describe
from ..core.divide import DivideSettings, divide
from ..core.filter import FilterSettings, filter_statements
from ..core.models.ocr import load_ocr
from ..core.models.registry import (
    CAPTIONER,
    DETECTOR,
    MATCHER,
    WRITER,
    load_embedder,
    load_model,
)
from ..core.profiles import DEFAULT, PAPER, PROFILES
from ..core.report import as_text
from . import bridge, types


class PatchDivider(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        defaults = DivideSettings()
        return io.Schema(
            node_id="PatchDivider",
            display_name="Patch Divider",
            category=types.CATEGORY,
            description="Divides each image into patches around the objects in it: four that "
            "overlap where there are objects, and one around the main subject.",
            search_aliases=["patch matters", "divide image", "caption", "tiles", "crop", "regions"],
            is_output_node=True,
            inputs=[
                io.Image.Input("image", tooltip="Images to caption; a whole batch at once."),
                types.detector_input(),
                types.captioner_input(
                    "Says what each image is about, to place the semantic patch; its caption is passed "
                    "on to the next stages. Not connected: the largest, most central object is used."
                ),
                io.String.Input(
                    "caption",
                    optional=True,
                    force_input=True,
                    tooltip="A caption of the image that you already have (the same for all images of "
                    "a batch), used instead of the captioner's.",
                ),
                io.BoundingBox.Input(
                    "bboxes",
                    optional=True,
                    force_input=True,
                    tooltip="Objects from one of ComfyUI's built-in detectors (RT-DETR, SAM 3 …). When "
                    "connected, no detector of this pack runs.",
                ),
                io.Float.Input(
                    "min_score",
                    default=defaults.min_score,
                    min=0.0,
                    max=1.0,
                    step=0.01,
                    tooltip="Score (0 to 1) above which a detection counts as an object. Lower "
                    "values let more (less certain) objects shape the patches.",
                ),
                io.Float.Input(
                    "merge_iou",
                    default=defaults.merge_iou,
                    min=0.0,
                    max=1.0,
                    step=0.01,
                    tooltip="Overlap (intersection over union, 0 to 1) above which detections "
                    "become one object. Lower values give larger objects.",
                ),
                io.Float.Input(
                    "share",
                    default=defaults.share,
                    min=0.0,
                    max=1.0,
                    step=0.01,
                    tooltip="Share of an object's area (0 to 1) above which a quarter of the image "
                    "is widened to hold all of it. Lower values make patches overlap more.",
                ),
                io.Boolean.Input(
                    "semantic_patch",
                    default=defaults.semantic,
                    tooltip="Also make one patch around the main subject of the image.",
                ),
                io.Float.Input(
                    "semantic_iou",
                    default=defaults.semantic_iou,
                    min=0.0,
                    max=1.0,
                    step=0.01,
                    tooltip="The semantic patch is made only where its overlap with the whole "
                    "image (intersection over union, 0 to 1) is below this.",
                ),
                io.Int.Input(
                    "levels",
                    default=defaults.levels,
                    min=1,
                    max=3,
                    tooltip="1 divides the image once, as in the paper; 2 or 3 also divide patches "
                    "that are large (600 px) and crowded (5 objects).",
                ),
            ],
            outputs=[
                types.Patches.Output("patches", tooltip="For the Local Captioner."),
                io.Image.Output("annotated", tooltip="The images with patches and objects drawn."),
                io.BoundingBox.Output(
                    "patch_boxes", tooltip="The patches of each image, in pixels."
                ),
                io.Mask.Output(
                    "patch_masks",
                    is_output_list=True,
                    tooltip="A list: for each image one batch of masks, one mask per patch.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        image,
        min_score,
        merge_iou,
        share,
        semantic_patch,
        semantic_iou,
        levels,
        detector=None,
        captioner=None,
        caption=None,
        bboxes=None,
    ) -> io.NodeOutput:
        images = bridge.images_from_tensor(image)
        if caption is not None:
            bridge.bounded_text(caption, "caption")
        given = bridge.detections_from_boxes(bboxes, images) if bboxes is not None else None
        progress = bridge.NodeProgress(len(images), "divide", len(images))
        with bridge.explained():
            pictures = divide(
                images,
                detector=detector or load_model(DETECTOR),
                detections=given,
                captioner=captioner,
                captions=[caption] * len(images) if caption is not None else None,
                settings=DivideSettings(
                    min_score, merge_iou, share, semantic_patch, semantic_iou, levels
                ),
                step=progress.step,
            )
        annotated = bridge.annotated_tensor(pictures)
        return io.NodeOutput(
            pictures,
            annotated,
            [bridge.patch_boxes(p) for p in pictures],
            [bridge.patch_masks(p) for p in pictures],
            ui=ui.PreviewImage(annotated, cls=cls),
        )


class LocalCaptioner(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        defaults = DescribeSettings()
        return io.Schema(
            node_id="LocalCaptioner",
            display_name="Local Captioner",
            category=types.CATEGORY,
            description="Describes the whole image once and every patch several times, so that the "
            "captions can be compared.",
            search_aliases=[
                *(
                    "patch matters",
                    "caption patches",
                    "describe",
                    "vlm",
                    "vqa",
                    "interrogate",
                    "反推",
                ),
            ],
            is_output_node=True,
            inputs=[
                types.Patches.Input("patches", tooltip="From the Patch Divider."),
                types.captioner_input(),
                io.String.Input(
                    "prompt",
                    default=defaults.prompt,
                    multiline=True,
                    placeholder="What to ask of each patch (empty: the pack's own prompt)",
                    tooltip="What to ask of each patch. Empty: the pack's own prompt. The offline "
                    "captioner reads none.",
                ),
                io.Int.Input(
                    "candidates",
                    default=defaults.candidates,
                    min=1,
                    max=8,
                    tooltip="How many captions to sample for each patch. More of them can be compared with "
                    "each other, and take longer.",
                ),
                io.Float.Input(
                    "temperature",
                    default=defaults.temperature,
                    min=0.0,
                    max=2.0,
                    step=0.05,
                    tooltip="Sampling temperature for the captions of the patches. 0: no sampling, "
                    "always the most likely word. The whole image always uses 0.2.",
                ),
                io.Int.Input(
                    "max_tokens",
                    default=defaults.max_tokens,
                    min=16,
                    max=2048,
                    tooltip="Maximum length of one caption, in tokens. A sentence that is cut off is "
                    "dropped.",
                ),
                types.seed_input(),
            ],
            outputs=[
                types.Captions.Output("captions", tooltip="For the Semantic Filter."),
                io.String.Output(
                    "global_caption",
                    is_output_list=True,
                    tooltip="A list: the unfiltered caption of each whole image.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls, patches, prompt, candidates, temperature, max_tokens, seed, captioner=None
    ) -> io.NodeOutput:
        bridge.bounded_text(prompt, "prompt")
        progress = bridge.NodeProgress(bridge.region_count(patches), "describe", len(patches))
        with bridge.explained():
            pictures = describe(
                patches,
                captioner or load_model(CAPTIONER),
                DescribeSettings(prompt, candidates, temperature, max_tokens, seed),
                step=progress.step,
            )
        texts = [
            "\n\n".join(
                f"[{name}]\n" + "\n".join(c.text or f"({c.finish})" for c in completions)
                for name, completions in picture.candidates.items()
            )
            for picture in pictures
        ]
        return io.NodeOutput(
            pictures,
            [picture.global_caption for picture in pictures],
            ui=ui.PreviewText(bridge.titled(pictures, texts)),
        )


class SemanticFilter(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        defaults = FilterSettings()
        return io.Schema(
            node_id="SemanticFilter",
            display_name="Semantic Filter",
            category=types.CATEGORY,
            description="Reads the captions into single claims, scores each claim against the "
            "pixels, and keeps what is likely true. Says why each claim was kept or "
            "dropped.",
            search_aliases=["patch matters", "filter caption", "hallucination", "image text match"],
            is_output_node=True,
            inputs=[
                types.Captions.Input("captions", tooltip="From the Local Captioner."),
                types.matcher_input(),
                io.Float.Input(
                    "threshold",
                    default=defaults.threshold,
                    min=0.0,
                    max=1.0,
                    step=0.01,
                    tooltip="Probability (0 to 1) that a claim must exceed to be kept. 0 "
                    "uses 0.85, or 0.5 for claims that the matcher cannot judge. "
                    "Higher values keep fewer, more reliable claims; at 1 nothing "
                    "is kept. In the paper profile it is the matcher's score of a "
                    "sentence, and 0 uses the matcher's own threshold.",
                ),
                io.Float.Input(
                    "overlap_iou",
                    default=defaults.overlap,
                    min=0.0,
                    max=1.0,
                    step=0.01,
                    tooltip="For the paper profile: overlap (intersection over union, 0 to "
                    "1) above which two patches are compared with each other. Lower "
                    "values compare more patches. The default profile compares all "
                    "patches that overlap at all.",
                ),
                io.Combo.Input(
                    "profile",
                    options=[DEFAULT.name, PAPER.name],
                    default=DEFAULT.name,
                    tooltip="default: decides about every single claim by who says it and "
                    "what the matcher sees, in the patches that say it and in the "
                    "whole image. paper: decides sentence by sentence as the paper "
                    "does; what two captions of a patch agree on is kept unscored.",
                ),
                types.Writer.Input(
                    "writer",
                    optional=True,
                    tooltip="A chat model. It reads captions in languages other than "
                    "English, and sorts the sentences in the paper profile. Not "
                    "connected: other languages are compared sentence by sentence, "
                    "and the sentences are sorted by what they claim.",
                ),
                io.Combo.Input(
                    "reader",
                    options=list(READERS),
                    default=AUTO,
                    optional=True,
                    tooltip="What takes the captions apart. auto: English by its syntax, other "
                    "languages by the writer if a chat model is connected; syntax: no model is "
                    "asked; language-model: the writer reads English, too.",
                ),
            ],
            outputs=[
                types.Survivors.Output("survivors", tooltip="For the Hierarchical Aggregator."),
                io.String.Output(
                    "report",
                    is_output_list=True,
                    tooltip="A list: for each image a table of every claim, its "
                    "probability, whether it was kept, and why.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls, captions, threshold, overlap_iou, profile, reader=AUTO, matcher=None, writer=None
    ) -> io.NodeOutput:
        progress = bridge.NodeProgress(bridge.region_count(captions), "filter", len(captions))
        with bridge.explained():
            pictures = filter_statements(
                captions,
                matcher or load_model(MATCHER),
                load_embedder(),
                FilterSettings(threshold, overlap_iou, PROFILES[profile], reader),
                writer=writer,
                ocr=load_ocr(),
                step=progress.step,
            )
        reports = [as_text(picture) for picture in pictures]
        return io.NodeOutput(pictures, reports, ui=ui.PreviewText(bridge.titled(pictures, reports)))


class HierarchicalAggregator(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="HierarchicalAggregator",
            display_name="Hierarchical Aggregator",
            category=types.CATEGORY,
            description="Joins what was kept into one caption for each image. The "
            "caption connects straight to CLIP Text Encode.",
            search_aliases=["patch matters", "merge captions", "prompt from image", "summarize"],
            is_output_node=True,
            inputs=[
                types.Survivors.Input("survivors", tooltip="From the Semantic Filter."),
                types.writer_input(),
                types.length_input(),
                types.profile_input(
                    "default: the writer writes once; paper: patch by patch, "
                    "overlapping ones together, then all; fast: what was kept is "
                    "arranged by rules, without the writer."
                ),
            ],
            outputs=[
                io.String.Output(
                    "caption", is_output_list=True, tooltip="A list: the caption of each image."
                ),
                io.String.Output(
                    "region_captions",
                    is_output_list=True,
                    tooltip="A list: for each image the captions of its regions, one per line as "
                    '"region: caption".',
                ),
                io.String.Output(
                    "report",
                    is_output_list=True,
                    tooltip="A list: for each image the full report as JSON (regions, boxes, "
                    "captions, statements, scores, models, calls).",
                ),
            ],
        )

    @classmethod
    def execute(cls, survivors, length, profile, writer=None) -> io.NodeOutput:
        progress = bridge.NodeProgress(len(survivors), "join", len(survivors))
        with bridge.explained():
            pictures = aggregate(
                survivors,
                writer or load_model(WRITER),
                AggregateSettings(length, PROFILES[profile]),
                step=progress.step,
            )
        captions = [picture.caption for picture in pictures]
        regions = [
            "\n".join(f"{name}: {text}" for name, text in picture.captions.items())
            for picture in pictures
        ]
        return io.NodeOutput(
            captions,
            regions,
            [bridge.report_json(picture) for picture in pictures],
            ui=ui.PreviewText(bridge.titled(pictures, bridge.with_notes(pictures))),
        )
