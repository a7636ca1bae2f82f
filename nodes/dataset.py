"""A whole folder of images as one node: captions beside the images, for training."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import comfy.model_management
from comfy_api.latest import io, ui

from .. import core
from ..core.dataset.choices import EXISTING, FORMAT_NAMES, KEEP, REPORT, STATE
from ..core.dataset.ledger import FAILED, Ledger
from ..core.styles import DESCRIPTION
from . import bridge, folders, types
from .dataset_job import job_of

if TYPE_CHECKING:
    from ..core.dataset.job import Job
    from ..core.dataset.run import Status, Summary

MAX_LISTED = 10_000  # captions that are given on
FAILURES_SHOWN = 20
IMAGES_AT_ONCE = 8  # with hosted models: of 5 or more requests each; their own limit holds


class CaptionDataSet(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersCaptionDataSet",
            display_name="Caption Data Set",
            category=types.CATEGORY,
            description="Captions every image in a folder and writes each caption into a file beside its "
            "image, for training. Run it again to resume: only what is missing, changed or failed is "
            "captioned.",
            search_aliases=[
                *("patch matters", "caption dataset", "caption folder", "batch caption"),
                *("lora training captions", "kohya", "sidecar", "批量打标", "训练集打标"),
            ],
            is_output_node=True,
            inputs=[
                io.Combo.Input(
                    "folder",
                    options=folders.names(),
                    default="input",
                    tooltip="The folder of images, with its subfolders: ComfyUI's input or output, or a folder "
                    "inside them. You can allow other folders in the pack's config.json (see "
                    "docs/datasets.md). Press R to see new folders.",
                ),
                types.captioner_input(),
                types.verifier_input(),
                types.writer_input(),
                types.detector_input(),
                io.Combo.Input(
                    "existing",
                    options=list(EXISTING),
                    default=KEEP,
                    tooltip="What to do with an image that already has a caption. keep: leave it alone. "
                    "overwrite: replace the caption. append, prepend: put the new caption after or before "
                    "it. improve: check its claims like the captioner's and use those that are likely true "
                    "in the new caption. Captions that you corrected by hand are replaced by overwrite and improve only.",
                ),
                io.Combo.Input(
                    "format",
                    options=list(FORMAT_NAMES),
                    default=FORMAT_NAMES[0],
                    tooltip="txt, caption: one text file beside each image. ai-toolkit: one JSON file beside "
                    "each image. metadata: metadata.jsonl for Hugging Face's imagefolder. kohya, parquet "
                    "and webdataset go in the folder .patch_matters. Run again with another format to add "
                    "it; no model is asked again.",
                ),
                io.String.Input(
                    "trigger",
                    default="",
                    placeholder="trigger word (empty: none)",
                    tooltip="The word that the trained model should learn. It comes first in each caption, "
                    "followed by a comma.",
                ),
                io.String.Input(
                    "exclude",
                    default="",
                    placeholder="hair colour, tattoo (empty: nothing)",
                    tooltip="What captions must not say, separated by commas: a thing, or a thing and "
                    '"colour". The trigger word then stands for it.',
                ),
                types.length_input(),
                types.profile_input(
                    "default: decides about each claim by all the evidence, and the writer writes once. "
                    "paper: decides and writes as the paper does. fast: one caption for each patch, and "
                    "no writer."
                ),
                io.Int.Input(
                    "limit",
                    default=0,
                    min=0,
                    max=1_000_000,
                    tooltip="The most images to caption in this run. 0: all. A few are enough to see whether "
                    "the settings are right; the next run continues with the rest.",
                ),
                types.seed_input(),
                types.style_input(),
                types.style_text_input(),
            ],
            outputs=[
                io.String.Output(
                    "captions",
                    is_output_list=True,
                    tooltip="A list: the caption of each image as written, in the order of the file names; "
                    f"{MAX_LISTED:,} at most.",
                ),
                io.String.Output(
                    "summary",
                    tooltip="How many images were captioned, kept and failed, and why.",
                ),
            ],
        )

    @classmethod
    def validate_inputs(cls, folder) -> bool | str:
        """Named here, the folder may also be one that is too deep to be listed."""
        try:
            if folder is not None:
                folders.folder_of(folder)
        except ValueError as error:
            return str(error)
        return True

    @classmethod
    def fingerprint_inputs(cls, **kwargs) -> float:
        """Another one each time: files may have come or gone, and what is done is not done again."""
        return time.time()

    @classmethod
    def execute(
        cls,
        folder,
        existing,
        format,
        trigger,
        exclude,
        length,
        profile,
        limit,
        seed,
        captioner=None,
        matcher=None,
        writer=None,
        detector=None,
        style=DESCRIPTION.name,
        style_text="",
    ) -> io.NodeOutput:
        with bridge.explained():
            models = core.pipeline.Models.connected(
                detector=detector, captioner=captioner, verifier=matcher, writer=writer
            )
            job = job_of(
                folder=folder,
                existing=existing,
                format=format,
                trigger=bridge.bounded_text(trigger, "trigger"),
                exclude=bridge.bounded_text(exclude, "exclude"),
                length=length,
                profile=profile,
                limit=limit,
                seed=seed,
                style=style,
                style_text=style_text,
            )
            at_once = core.dataset.turns.concurrency_for(models, IMAGES_AT_ONCE)
            job = replace(job, concurrency=at_once)
            summary = core.dataset.run.caption_dataset(job, models, _Progress().show)
        text = _text(summary, folder)
        return io.NodeOutput(_captions(job), text, ui=ui.PreviewText(text))


class _Progress:
    """The node's bar counts images; its result says how fast, what is at work, and the last caption."""

    def __init__(self):
        self._bar = None

    def show(self, status: Status) -> None:
        comfy.model_management.throw_exception_if_processing_interrupted()
        self._bar = self._bar or bridge.NodeProgress(status.total, "")
        parts = [f"{status.settled} of {status.total} images", status.numbers()]
        lines = [", ".join(part for part in parts if part)]
        lines += [f"{status.image}: {status.caption}"] if status.caption else []
        lines += [status.doing] if status.doing else []
        self._bar.move_to(status.settled, "\n".join(lines))


def _text(summary: Summary, folder: str) -> str:
    """What became of a run, for a person."""
    lines = [summary.sentence()]
    lines += [f"The run ended early: {summary.stopped}"] if summary.stopped else []
    lines += [f"{path}: {reason}" for path, reason in summary.failures[:FAILURES_SHOWN]]
    if len(summary.failures) > FAILURES_SHOWN:
        lines.append(f"... and {len(summary.failures) - FAILURES_SHOWN} more in the report.")
    lines.append(
        "To look at the captions and correct them, open Captions in the sidebar. The report is "
        f"{folder}/{STATE}/{REPORT}."
    )
    return "\n".join(lines)


def _captions(job: Job) -> list[str]:
    """The captions of the images that are there; never an empty list, which ComfyUI passes on as None."""
    found: list[str] = []
    with Ledger(job.root) as ledger:
        for entry in ledger.every_entry():
            if entry.status != FAILED and job.images.exists(entry.path):
                found.append(entry.caption)
            if len(found) == MAX_LISTED:
                break
    return found or [""]
