"""The stages after the first, one node each."""

from __future__ import annotations

from comfy_api.latest import io, ui

from .. import core
from ..core.profiles import DEFAULT, PAPER, PROFILES
from ..core.settings import AUTO, READERS, DescribeSettings, FilterSettings
from ..core.styles import DESCRIPTION, style_of
from . import bridge, types


class LocalCaptioner(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        defaults = DescribeSettings()
        return io.Schema(
            node_id="LocalCaptioner",
            display_name="Local Captioner",
            category=types.CATEGORY,
            description="Describes the whole image once and each patch several times, so that the "
            "captions can be compared.",
            search_aliases=[
                *("patch matters", "caption patches", "describe", "vlm", "vqa", "interrogate"),
                "反推",
            ],
            is_output_node=True,
            inputs=[
                types.Patches.Input("patches", tooltip="From the Patch Divider."),
                types.captioner_input(),
                io.String.Input(
                    "prompt",
                    default=defaults.prompt,
                    multiline=True,
                    placeholder="Instruction for each patch (leave empty for the pack's own prompt)",
                    tooltip="The instruction to the captioner for each patch. Leave it empty to use the "
                    "pack's own prompt. The offline captioner ignores it.",
                ),
                io.Int.Input(
                    "candidates",
                    default=defaults.candidates,
                    min=1,
                    max=8,
                    tooltip="How many captions to sample for each patch. More captions make the "
                    "comparison more reliable and take longer.",
                ),
                io.Float.Input(
                    "temperature",
                    default=defaults.temperature,
                    min=0.0,
                    max=2.0,
                    step=0.05,
                    tooltip="Sampling temperature for the captions of the patches. At 0 nothing is "
                    "sampled: the model always takes the most likely token. The whole image is always "
                    "described at 0.2.",
                ),
                io.Int.Input(
                    "max_tokens",
                    default=defaults.max_tokens,
                    min=16,
                    max=2048,
                    tooltip="Maximum length of one caption, in tokens. A sentence that is cut off at this "
                    "limit is dropped.",
                ),
                types.seed_input(),
                types.style_input(),
                types.style_text_input(),
                types.known_input(),
            ],
            outputs=[
                types.Captions.Output("captions", tooltip="Connect to the Semantic Filter."),
                io.String.Output(
                    "global_caption",
                    is_output_list=True,
                    tooltip="A list with the unfiltered caption of each whole image.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        patches,
        prompt,
        candidates,
        temperature,
        max_tokens,
        seed,
        captioner=None,
        style=DESCRIPTION.name,
        style_text="",
        known="",
    ) -> io.NodeOutput:
        bridge.bounded_text(prompt, "prompt")
        bridge.bounded_text(known, "known")
        chosen = style_of(style, style_text)
        stage = core.stages.Describe(
            prompt, candidates, temperature, max_tokens, seed, chosen, known
        )
        models = core.pipeline.Models.connected(captioner=captioner)
        records = bridge.processed(stage, patches, models, "describe")
        texts = [
            "\n\n".join(
                f"[{name}]\n" + "\n".join(c.text or f"({c.finish})" for c in completions)
                for name, completions in record.candidates.items()
            )
            for record in records
        ]
        return io.NodeOutput(
            records,
            [record.global_caption for record in records],
            ui=ui.PreviewText(bridge.titled(records, texts)),
        )


class SemanticFilter(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        defaults = FilterSettings()
        return io.Schema(
            node_id="SemanticFilter",
            display_name="Semantic Filter",
            category=types.CATEGORY,
            description="Splits the captions into single claims, scores each claim against the pixels, "
            "and keeps those that are likely true. It reports why each claim was kept or dropped.",
            search_aliases=["patch matters", "filter caption", "hallucination", "image text match"],
            is_output_node=True,
            inputs=[
                types.Captions.Input("captions", tooltip="From the Local Captioner."),
                types.verifier_input(),
                types.fraction_input(
                    "threshold",
                    defaults.threshold,
                    "A claim is kept if it is true with a probability (0 to 1) above this value. 0 uses "
                    "the default: 0.85, or 0.5 for claims that the verifier cannot score. Higher values "
                    "keep fewer, more reliable claims; at 1 nothing is kept. In the paper profile this is "
                    "the verifier's score of a sentence, and 0 uses the verifier's own threshold.",
                ),
                types.fraction_input(
                    "overlap_iou",
                    defaults.overlap,
                    "Used by the paper profile only: patches whose overlap (intersection over union, 0 to "
                    "1) is above this value are compared with each other. Lower values compare more "
                    "patches. The default profile compares all patches that overlap.",
                ),
                io.Combo.Input(
                    "profile",
                    options=[DEFAULT.name, PAPER.name],
                    default=DEFAULT.name,
                    tooltip="default: decides about each claim by the captions that make it and by what "
                    "the verifier sees, in those patches and in the whole image. paper: decides about "
                    "whole sentences, as the paper does; what two captions of a patch agree on is kept "
                    "without a score.",
                ),
                types.Writer.Input(
                    "writer",
                    optional=True,
                    tooltip="A chat model. It splits captions in languages other than English into "
                    "claims, and groups the sentences in the paper profile. If not connected, other "
                    "languages are compared sentence by sentence, and the paper profile groups sentences "
                    "by their claims.",
                ),
                io.Combo.Input(
                    "reader",
                    options=list(READERS),
                    default=AUTO,
                    optional=True,
                    tooltip="How captions are split into claims. auto: English by its syntax, other "
                    "languages by the writer if a chat model is connected. syntax: no model is asked. "
                    "language-model: the writer also splits English.",
                ),
                types.nli_input(),
            ],
            outputs=[
                types.KeptClaims.Output(
                    "survivors",
                    display_name="kept_claims",
                    tooltip="Connect to the Hierarchical Aggregator, "
                    "Prompt Fitter, Regional Prompts or Patch Report.",
                ),
                io.String.Output(
                    "report",
                    is_output_list=True,
                    tooltip="A list with one table for each image: every claim with its probability, "
                    "whether it was kept, and why.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        captions,
        threshold,
        overlap_iou,
        profile,
        reader=AUTO,
        matcher=None,
        writer=None,
        nli=None,
    ) -> io.NodeOutput:
        stage = core.stages.Verify(threshold, overlap_iou, PROFILES[profile], reader)
        models = core.pipeline.Models.connected(verifier=matcher, writer=writer, nli=nli)
        records = bridge.processed(stage, captions, models, "filter")
        reports = [core.report.as_text(record) for record in records]
        return io.NodeOutput(records, reports, ui=ui.PreviewText(bridge.titled(records, reports)))


class HierarchicalAggregator(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="HierarchicalAggregator",
            display_name="Hierarchical Aggregator",
            category=types.CATEGORY,
            description="Joins the kept claims into one caption for each image. You can connect the "
            "caption directly to CLIP Text Encode.",
            search_aliases=["patch matters", "merge captions", "prompt from image", "summarize"],
            is_output_node=True,
            inputs=[
                types.survivors_input(),
                types.writer_input(),
                types.length_input(),
                types.profile_input(
                    "default: the writer writes once. paper: the writer writes each patch, then "
                    "overlapping patches together, then the whole image. fast: the kept sentences are "
                    "arranged by rules, without the writer."
                ),
                types.nli_input(),
                types.style_input(as_captioned=True),
                types.style_text_input(),
            ],
            outputs=[
                io.String.Output(
                    "caption", is_output_list=True, tooltip="A list with the caption of each image."
                ),
                io.String.Output(
                    "region_captions",
                    is_output_list=True,
                    tooltip="A list with the captions of the regions of each image, one per line as "
                    '"region: caption".',
                ),
                io.String.Output(
                    "report",
                    is_output_list=True,
                    tooltip="A list with the full report of each image as JSON: regions, boxes, captions, "
                    "claims, scores, models and calls.",
                ),
                types.KeptClaims.Output(
                    "captioned",
                    display_name="kept_claims",
                    tooltip="The claims together with their caption. Connect to Patch Report to edit the "
                    "caption.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        survivors,
        length,
        profile,
        writer=None,
        nli=None,
        style=types.AS_CAPTIONED,
        style_text="",
    ) -> io.NodeOutput:
        chosen = None if style == types.AS_CAPTIONED else style_of(style, style_text)
        stage = core.stages.Write(length, PROFILES[profile], style=chosen)
        records = bridge.processed(
            stage, survivors, core.pipeline.Models.connected(writer=writer, nli=nli), "join"
        )
        captions = [record.caption for record in records]
        regions = [
            "\n".join(f"{name}: {text}" for name, text in record.captions.items())
            for record in records
        ]
        return io.NodeOutput(
            captions,
            regions,
            [bridge.report_json(record) for record in records],
            records,
            ui=ui.PreviewText(bridge.titled(records, bridge.with_notes(records))),
        )
