"""Scores a caption sentence by sentence against the image it describes, or against one generated from it."""

from __future__ import annotations

from comfy_api.latest import io, ui

from ..core.errors import PatchMattersError
from ..core.models.registry import VERIFIER, load_model
from ..core.sentences import split_sentences
from . import bridge, types


class CaptionScore(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="CaptionScore",
            display_name="Score Caption",
            category=types.CATEGORY,
            description="Scores each sentence of a caption against a whole image: the image that it "
            "describes, or one that was generated from it. It does not look at patches, so small details "
            "can score lower here than in the Semantic Filter.",
            search_aliases=[
                "patch matters",
                "caption score",
                "clip score",
                "image text match",
                "compare",
            ],
            is_input_list=True,
            is_output_node=True,
            inputs=[
                io.Image.Input("image", tooltip="The images to score the caption against."),
                io.String.Input(
                    "caption",
                    force_input=True,
                    tooltip="One caption for all images, or one for each.",
                ),
                types.verifier_input(),
            ],
            outputs=[
                io.Float.Output(
                    "score",
                    is_output_list=True,
                    tooltip="A list with the mean score (0 to 1) of each image, over the sentences that "
                    "the verifier can score; 0 if there are none.",
                ),
                io.String.Output(
                    "sentences",
                    is_output_list=True,
                    tooltip="A list with the sentences of each image and their scores, one per line.",
                ),
            ],
        )

    @classmethod
    def execute(cls, image, caption, matcher=None) -> io.NodeOutput:
        images = [one for batch in image for one in bridge.images_from_tensor(batch)]
        if len(caption) not in (1, len(images)):
            raise PatchMattersError(
                f"caption: {len(caption)} captions for {len(images)} images: connect one "
                "caption, or one for each image."
            )
        texts = [split_sentences(bridge.bounded_text(text, "caption")) for text in caption]
        texts *= len(images) // len(texts)
        progress = bridge.NodeProgress(len(images), "score")
        with bridge.explained():
            model = matcher[0] if matcher else load_model(VERIFIER)
            scored = model.score(
                list(zip(images, texts)),
                lambda i: progress.update(i, "" if i is None else f"image {i + 1}"),
            )
        means, tables = [], []
        for sentences, scores in zip(texts, scored):
            known = [score for score in scores if score is not None]
            means.append(sum(known) / len(known) if known else 0.0)
            marks = (" –  " if score is None else f"{score:.2f}" for score in scores)
            tables.append("\n".join(f"{m} {s}" for m, s in zip(marks, sentences)))
        shown = [
            f"{mean:.2f} on average, on the whole image\n{table}"
            for mean, table in zip(means, tables)
        ]
        return io.NodeOutput(means, tables, ui=ui.PreviewText(bridge.titled(images, shown)))
