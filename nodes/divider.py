"""Patch Divider: the first stage, and what the user marks for it."""

from __future__ import annotations

from dataclasses import replace

from comfy_api.latest import io, ui

from .. import core
from ..core.english import split_words
from ..core.errors import PatchMattersError
from ..core.settings import ADD, REPLACE, DivideSettings
from . import bridge, marks, types


class PatchDivider(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        defaults = DivideSettings()
        return io.Schema(
            node_id="PatchDivider",
            display_name="Patch Divider",
            category=types.CATEGORY,
            description="Divides each image into patches around its objects: four that overlap where "
            "there are objects, and one around the main subject.",
            search_aliases=["patch matters", "divide image", "caption", "tiles", "crop", "regions"],
            is_output_node=True,
            inputs=[
                io.Image.Input(
                    "image",
                    tooltip="The images to caption. A batch gives one caption for each image.",
                ),
                types.detector_input(),
                types.captioner_input(
                    "Describes each whole image. The semantic patch is placed around what this caption "
                    "names, and the caption is passed on to the next stages. If not connected, the "
                    "largest, most central object is taken as the main subject."
                ),
                io.String.Input(
                    "caption",
                    optional=True,
                    force_input=True,
                    tooltip="A caption of the image that you already have. It is used instead of the "
                    "captioner's, for all images of a batch.",
                ),
                io.BoundingBox.Input(
                    "bboxes",
                    optional=True,
                    force_input=True,
                    tooltip="Objects from one of ComfyUI's built-in detectors (RT-DETR, SAM 3 …). When "
                    "connected, no detector of this pack runs.",
                ),
                types.fraction_input(
                    "min_score",
                    defaults.min_score,
                    "Score (0 to 1) above which a detection counts as an object. Lower "
                    "values let more (less certain) objects shape the patches.",
                ),
                types.fraction_input(
                    "merge_iou",
                    defaults.merge_iou,
                    "Overlap (intersection over union, 0 to 1) above which two detections are merged into "
                    "one object. Lower values give larger objects.",
                ),
                types.fraction_input(
                    "share",
                    defaults.min_coverage,
                    "How much of an object's area (0 to 1) must lie in a quarter of the image for that "
                    "quarter to be widened until it holds the whole object. Lower values make patches "
                    "overlap more.",
                ),
                io.Boolean.Input(
                    "semantic_patch",
                    default=defaults.semantic,
                    tooltip="Also makes one patch around the main subject of the image.",
                ),
                types.fraction_input(
                    "semantic_iou",
                    defaults.semantic_iou,
                    "The semantic patch is made only if its overlap with the whole image (intersection "
                    "over union, 0 to 1) is below this value. Lower values leave out large main subjects.",
                ),
                io.Int.Input(
                    "levels",
                    default=defaults.levels,
                    min=1,
                    max=3,
                    tooltip="How often the image is divided. 1 divides it once, as in the paper. 2 and 3 "
                    "also divide large (600 px) and crowded (5 objects) patches again.",
                ),
                io.BoundingBox.Input(
                    "regions",
                    optional=True,
                    force_input=True,
                    tooltip="Boxes that become patches, in pixels: from Bounding Box, SAM 3 or any detector. Their "
                    "labels name the patches.",
                ),
                io.Mask.Input(
                    "region_masks",
                    optional=True,
                    tooltip="Masks that become patches: the box around each. For one image every mask is a patch; "
                    "for a batch there is one mask for each image.",
                ),
                io.Combo.Input(
                    "marked",
                    options=[ADD, REPLACE],
                    default=ADD,
                    optional=True,
                    tooltip="What regions and region_masks do. add: they are described in addition to the patches "
                    "that this node makes. replace: only they and the whole image are described, and no detector runs.",
                ),
                types.only_input(),
                types.ignore_input(),
                io.Mask.Input(
                    "only_mask",
                    optional=True,
                    tooltip="Describe only what this mask marks, for example one drawn in the mask editor. The rest "
                    "of the image is covered with grey before any model sees it.",
                ),
                io.Mask.Input(
                    "ignore_mask",
                    optional=True,
                    tooltip="Cover what this mask marks with grey before any model sees it.",
                ),
            ],
            outputs=[
                types.Patches.Output("patches", tooltip="Connect to the Local Captioner."),
                io.Image.Output(
                    "annotated",
                    tooltip="The images with their patches and detected objects drawn in.",
                ),
                io.BoundingBox.Output(
                    "patch_boxes", tooltip="The patches of each image, in pixels."
                ),
                io.Mask.Output(
                    "patch_masks",
                    is_output_list=True,
                    tooltip="A list with one batch of masks for each image, one mask for each patch.",
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
        regions=None,
        region_masks=None,
        marked=ADD,
        only="",
        ignore="",
        only_mask=None,
        ignore_mask=None,
    ) -> io.NodeOutput:
        images = bridge.images_from_tensor(image)
        patches = _marked_patches(regions, region_masks, images, marked)
        shown = marks.shown_pixels(only_mask, ignore_mask, images)
        if caption is not None:
            bridge.bounded_text(caption, "caption")
        given = bridge.detections_from_boxes(bboxes, images) if bboxes is not None else None
        stage = core.stages.Divide(
            min_score,
            merge_iou,
            share,
            semantic_patch,
            semantic_iou,
            levels,
            marked if any(patches) else ADD,
            only=tuple(split_words(bridge.bounded_text(only, "only"))),
            ignore=tuple(split_words(bridge.bounded_text(ignore, "ignore"))),
        )
        sources = [
            core.stages.Source(
                image,
                given[index] if given is not None else None,
                caption,
                shown=shown[index],
                marked=patches[index],
            )
            for index, image in enumerate(images)
        ]
        # Unlike elsewhere, no captioner is none: the semantic patch then comes from the detections.
        models = replace(core.pipeline.Models.connected(detector=detector), captioner=captioner)
        records = bridge.processed(stage, sources, models, "divide")
        annotated = bridge.annotated_tensor(records)
        return io.NodeOutput(
            records,
            annotated,
            [bridge.patch_boxes(p) for p in records],
            [bridge.patch_masks(p) for p in records],
            ui=ui.PreviewImage(annotated, cls=cls),
        )


def _marked_patches(regions, masks, images, marked: str) -> list[list]:
    """Return the boxes that become patches of each image.

    Raises:
        PatchMattersError: boxes or masks do not fit the images, or "replace" has nothing to put in place.
    """
    if regions is None and masks is None and marked == REPLACE:
        raise PatchMattersError(
            "marked: replace needs patches: connect regions or region_masks, or choose add."
        )
    patches = [[] for _ in images]
    if regions is not None:
        patches = marks.marked_boxes(regions, images, "regions")
    if masks is not None:
        boxes = marks.masked_boxes(masks, images, "region_masks")
        patches = [[*first, *second] for first, second in zip(patches, boxes)]
    return patches
