"""Prompts and regional conditioning for text-to-image models, from the kept claims."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

import node_helpers
from comfy_api.latest import io

from .. import core
from ..core.errors import PatchMattersError
from ..core.prompt_fitting import BOORU_TAGS, SENTENCES, TAGS, fit, neutralised
from ..core.sentences import split_sentences
from ..core.styles import BOORU, PHRASES
from . import bridge, types

# Model -> (number of tokens it was trained to read, ComfyUI's tokenizer for its encoders). CLIP reads chunks of 77
# tokens, two of which are special; SD 3 and Flux (dev) give T5 256 and 512 tokens, Qwen-Image 1024.
PRESETS = {
    "SD 1.5": (75, "comfy.sd1_clip:SD1Tokenizer"),
    "SDXL": (75, "comfy.sdxl_clip:SDXLTokenizer"),
    "SD 3": (256, "comfy.text_encoders.sd3_clip:SD3Tokenizer"),
    "Flux": (512, "comfy.text_encoders.flux:FluxTokenizer"),
    "Qwen-Image": (1024, "comfy.text_encoders.qwen_image:QwenImageTokenizer"),
}


# ComfyUI rounds the start of an area to a whole latent pixel. An area that starts later than this could start
# beyond the last of 4 pixels, which the sampler rejects; such a sliver becomes a mask instead.
LATEST_START = 7 / 8


class _Tokens:
    """Counts tokens with a connected CLIP or with ComfyUI's own tokenizer for a model."""

    def __init__(self, tokenize):
        self._tokenize = tokenize
        self._always = self._words("")

    def count(self, text: str) -> int:
        """Return the number of tokens of the text, without special tokens; the largest of several encoders."""
        words = self._words(text)
        return max(words[key] - self._always[key] for key in words)

    def _words(self, text: str) -> dict[str, int]:
        # The last item of each token is the number of its word; 0 marks special tokens.
        tokens = self._tokenize(text, return_word_ids=True)
        return {
            key: sum(item[-1] != 0 for chunk in chunks for item in chunk)
            for key, chunks in tokens.items()
        }


def reads_weights(tokenize) -> bool:
    """Return whether a text encoder reads "(cup:1.5)" as a weight, by looking at its tokens."""
    rows = tokenize("(cup:1.5)").values()
    return any(item[1] != 1.0 for chunks in rows for chunk in chunks for item in chunk)


@lru_cache
def _tokenizer(preset: str):
    module, name = PRESETS[preset][1].split(":")
    return getattr(import_module(module), name)().tokenize_with_weights


class PromptFitter(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        budgets = ", ".join(f"{name} {tokens}" for name, (tokens, _) in PRESETS.items())
        return io.Schema(
            node_id="PromptFitter",
            display_name="Prompt Fitter",
            category=types.CATEGORY,
            description="Shortens a caption to fit a text encoder. It leaves out the least important "
            "sentences, never cuts one, and lists what it left out.",
            search_aliases=[
                "patch matters",
                "prompt",
                "tokens",
                "truncate",
                "77 tokens",
                "tag",
                "tags",
            ],
            is_input_list=True,
            inputs=[
                io.String.Input(
                    "caption",
                    optional=True,
                    force_input=True,
                    tooltip="A caption. Earlier sentences count as more important. Not needed if "
                    "kept_claims is connected.",
                ),
                types.survivors_input(
                    "From the Semantic Filter. What most patches say with the best score counts "
                    "as most important. Gives one prompt for each image.",
                    optional=True,
                ),
                io.Clip.Input(
                    "clip",
                    optional=True,
                    tooltip="The text encoder that counts the tokens. If not connected, ComfyUI's own "
                    "tokenizer for the chosen model counts them.",
                ),
                io.Combo.Input(
                    "model",
                    options=list(PRESETS),
                    default="SDXL",
                    tooltip="The image model that the prompt is for. It sets the token budget: "
                    f"{budgets}.",
                ),
                io.Int.Input(
                    "budget",
                    default=0,
                    min=0,
                    max=4096,
                    tooltip="How many tokens the prompt may have. 0 uses the model's budget. For SD 1.5 "
                    "and SDXL, 75 tokens fill one CLIP chunk and 150 fill two.",
                ),
                io.Combo.Input(
                    "form",
                    options=[SENTENCES, TAGS, BOORU_TAGS],
                    default=SENTENCES,
                    tooltip="sentences: keeps the sentences as they are. tags: the claims as phrases between commas, "
                    '"long brown hair, red coat", as SDXL reads them. booru tags: each quality by itself and people '
                    'counted first, "1girl, long hair, brown hair", as Illustrious and other models trained on '
                    "Danbooru read them.",
                ),
                io.String.Input(
                    "prefix",
                    default="",
                    tooltip="Text at the start of the prompt, which is always kept, for example the "
                    "trigger words of a LoRA. Weights such as (word:1.2) work here.",
                ),
                io.String.Input(
                    "suffix",
                    default="",
                    tooltip="Text at the end of the prompt, which is always kept, for example style "
                    "words. Weights such as (word:1.2) work here.",
                ),
            ],
            outputs=[
                io.String.Output(
                    "prompt", is_output_list=True, tooltip="A list with one prompt for each image."
                ),
                io.String.Output(
                    "dropped",
                    is_output_list=True,
                    tooltip="A list with the sentences or tags of each image that did not fit, one per line.",
                ),
                io.Int.Output(
                    "tokens",
                    is_output_list=True,
                    tooltip="A list with the number of tokens of each prompt.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls, model, budget, form, prefix, suffix, caption=None, survivors=None, clip=None
    ) -> io.NodeOutput:
        # Lists arrive whole, because the captions and images of a batch belong together.
        [model], [budget], [form], [prefix], [suffix] = model, budget, form, prefix, suffix
        if caption is None and survivors is None:
            raise PatchMattersError(
                "caption: connect a caption, or the kept_claims of the Semantic Filter."
            )
        tokenize = clip[0].tokenize if clip is not None else _tokenizer(model)
        tokens, weights = _Tokens(tokenize), reads_weights(tokenize)
        if survivors:
            sources = [_from_record(record, form) for record in survivors[0]]
        else:
            sources = [_from_caption(bridge.bounded_text(c, "caption"), form) for c in caption]
        fitted = [
            fit(
                parts,
                importance,
                tokens.count,
                budget or PRESETS[model][0],
                prefix=bridge.bounded_text(prefix, "prefix"),
                suffix=bridge.bounded_text(suffix, "suffix"),
                between=" " if form == SENTENCES else ", ",
                escape=lambda text: neutralised(text, weights=weights),
            )
            for parts, importance in sources
        ]
        return io.NodeOutput(
            [f.prompt for f in fitted],
            ["\n".join(f.dropped) for f in fitted],
            [f.tokens for f in fitted],
        )


_FORMS = {TAGS: PHRASES, BOORU_TAGS: BOORU}


def _from_caption(caption: str, form: str) -> tuple[list[str], list[int]]:
    """Return the sentences or tags of a caption in order, and their indices by importance."""
    parts = split_sentences(caption)
    if form != SENTENCES:
        parts = [tag.text for tag in core.tags.tags_of_text(caption, _FORMS[form])]
    return parts, list(range(len(parts)))


def _from_record(record, form: str) -> tuple[list[str], list[int]]:
    """Return the same for a record; a caption that the user wrote is taken in its own order."""
    if record.own_caption:
        return _from_caption(record.own_caption, form)
    if form == SENTENCES:
        return core.compose.ranked_sentences(record)
    kept = core.facts.kept_statements(record)
    tags = core.tags.tags_of_record(record, kept, _FORMS[form])
    return [tag.text for tag in tags], list(range(len(tags)))


class RegionalPrompts(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="RegionalPrompts",
            display_name="Regional Prompts",
            category=types.CATEGORY,
            description="Makes conditioning that applies the caption of each patch to that patch's area, "
            "in addition to the caption of the whole image.",
            search_aliases=["patch matters", "regional", "area", "mask", "conditioning", "layout"],
            is_input_list=True,
            inputs=[
                types.survivors_input(),
                io.Clip.Input("clip", tooltip="The text encoder of the image model."),
                io.String.Input(
                    "caption",
                    optional=True,
                    force_input=True,
                    tooltip="Caption for the whole image. If not connected, all kept sentences are used.",
                ),
                io.Combo.Input(
                    "place",
                    options=["area", "mask"],
                    default="area",
                    tooltip="area: each area is denoised separately. It is a fraction of the image, so it "
                    "fits any latent size. mask: the whole image is denoised at once, and the text "
                    "applies inside the box. This is slower, but smoother at the edges.",
                ),
                io.Float.Input(
                    "strength",
                    default=1.0,
                    min=0.0,
                    max=10.0,
                    step=0.05,
                    tooltip="Weight of the patches' captions relative to the caption of the whole image "
                    "(which is 1). 0 leaves the patches out.",
                ),
            ],
            outputs=[
                io.Conditioning.Output(
                    "conditioning",
                    is_output_list=True,
                    tooltip="A list with the conditioning of each image.",
                ),
                io.String.Output(
                    "region_captions",
                    is_output_list=True,
                    tooltip="A list with the captions of all patches, in the order of the boxes and "
                    "masks.",
                ),
                io.Mask.Output(
                    "region_masks",
                    is_output_list=True,
                    tooltip="A list with one batch of masks for each image, one mask for each patch.",
                ),
                io.BoundingBox.Output(
                    "region_boxes", tooltip="The patches of each image, in pixels."
                ),
            ],
        )

    @classmethod
    def execute(cls, survivors, clip, place, strength, caption=None) -> io.NodeOutput:
        [survivors], [clip], [place], [strength] = survivors, clip, place, strength
        if caption is not None and len(caption) not in (1, len(survivors)):
            raise PatchMattersError(
                f"caption: {len(caption)} captions for {len(survivors)} images: connect the "
                "aggregator of the same images."
            )
        weights = reads_weights(clip.tokenize)

        def encode(text: str):
            escaped = neutralised(bridge.bounded_text(text, "caption"), weights=weights)
            return clip.encode_from_tokens_scheduled(clip.tokenize(escaped))

        conditionings, captions, region_masks = [], [], []
        for index, record in enumerate(survivors):
            whole = record.own_caption or core.compose.compose(record)
            if caption is not None:
                whole = caption[index if len(caption) > 1 else 0]
            conditioning = encode(whole)
            masks = bridge.patch_masks(record)
            region_masks.append(masks)
            for region, mask in zip(bridge.patches(record), masks):
                said = core.compose.compose(record, region.name)
                captions.append(said)
                if said and strength > 0 and region is not record.root:
                    share = record.fraction(region.box)
                    values = {"mask": mask.unsqueeze(0), "mask_strength": strength}
                    if place == "area" and max(share.x1, share.y1) < LATEST_START:
                        values = _area(share, strength)
                    values["set_area_to_bounds"] = False
                    conditioning += node_helpers.conditioning_set_values(encode(said), values)
            conditionings.append(conditioning)
        return io.NodeOutput(
            conditionings,
            captions,
            region_masks,
            [bridge.patch_boxes(record) for record in survivors],
        )


def _area(box, strength: float) -> dict:
    area = ("percentage", box.height, box.width, box.y1, box.x1)
    return {"area": area, "strength": strength}
