"""Core's text encoders that see and write, as captioner, writer and judge.

They are what core's TextGenerate works with: Qwen3.5, Gemma 3 and Gemma 4. Their weights are wholly in
ComfyUI's hands; transformers loads nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from comfy_api.latest import io

from ..core.errors import PatchMattersError
from ..core.fitting import neutralised
from ..core.models import LENGTH, STOP, Completion, Tick
from ..core.models.asking import Ask, asked
from ..core.models.seeds import mixed_seed
from . import bridge, types
from .prompts import reads_weights


class TextEncoder:
    """A CLIP that generates: one question at a time, as core does.

    Core's progress bar counts the tokens, and stops within one when the user interrupts.
    """

    def __init__(self, clip):
        self._clip = clip
        self.name = f"clip:{next(iter(clip.tokenize('')))}"
        parts = clip.cond_stage_model.modules()
        if not any(hasattr(getattr(part, "transformer", None), "generate") for part in parts):
            raise PatchMattersError(
                f"clip: the text encoder {self.name[5:]} cannot write text: load one that can "
                "(Qwen3.5, Gemma 3 or Gemma 4), or use Load Captioner or Load Writer."
            )
        self._weights = reads_weights(clip.tokenize)

    def ask(self, asks: Sequence[Ask], tick: Tick) -> list[list[Completion]]:
        """See `core.models.asking.Askable`.

        Raises:
            PatchMattersError: there is an image, and the text encoder does not see.
        """
        answers = []
        for index, ask in enumerate(asks):
            tokens = self._tokens(ask)
            row = []
            for candidate in range(ask.n):
                tick(None)
                row.append(self._answer(tokens, ask, mixed_seed(ask.seed, candidate)))
            answers.append(row)
            tick(index)
        return answers

    def _tokens(self, ask: Ask):
        image = None if ask.image is None else bridge.tensor_from_images([ask.image])
        # What a caption says must not close the question, nor open an embedding file.
        text = neutralised(ask.text, weights=self._weights)
        # Some of core's tokenizers leave their chat template out unless they are told not to.
        tokens = self._clip.tokenize(
            text, image=image, skip_template=False, min_length=1, thinking=False
        )
        if image is not None and not _has_image(tokens):
            raise PatchMattersError(
                f"clip: the text encoder {self.name[5:]} cannot read images, so it can only be "
                "the writer: load one that can (Qwen3.5, Gemma 3 or Gemma 4 with vision)."
            )
        return tokens

    def _answer(self, tokens, ask: Ask, seed: int) -> Completion:
        ids = self._clip.generate(
            tokens,
            do_sample=ask.temperature > 0,
            max_length=ask.max_tokens,
            temperature=ask.temperature or 1.0,
            # Plain sampling, as with every other captioner of the pack.
            top_k=0,
            top_p=1.0,
            min_p=0.0,
            repetition_penalty=1.0,
            seed=seed,
        )
        # The stop token is among the ids; it decodes to nothing.
        ended = len(ids) < ask.max_tokens or not self._clip.decode(ids[-1:])
        text = self._clip.decode(ids).strip()
        return Completion(text, STOP if ended else LENGTH, tokens=len(ids), requests=1)


def _has_image(tokens) -> bool:
    return any(
        isinstance(item[0], dict) and item[0].get("type") == "image"
        for chunks in tokens.values()
        for chunk in chunks
        for item in chunk
    )


class CaptionerFromClip(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersCaptionerFromClip",
            display_name="Captioner from CLIP",
            category=types.CATEGORY,
            description="Uses a ComfyUI text encoder that can read images or generate text (Qwen3.5, "
            "Gemma 3, Gemma 4: the models of Generate Text) as captioner, writer and verifier. Patches "
            "are described one after another.",
            search_aliases=[
                "patch matters",
                "text encoder",
                "qwen3.5",
                "gemma",
                "generate text",
                "vqa",
            ],
            inputs=[
                io.Clip.Input(
                    "clip",
                    tooltip="From Load CLIP: a text encoder that generates text. To describe images it "
                    "must be able to read them; an encoder that reads only text can be the writer.",
                )
            ],
            outputs=[
                types.Captioner.Output("captioner", tooltip="Connect to the Local Captioner."),
                types.Writer.Output("writer", tooltip="Connect to the Hierarchical Aggregator."),
                types.Matcher.Output(
                    "judge",
                    display_name="verifier",
                    tooltip="Connect to verifier of the Semantic Filter. It answers how likely each "
                    "sentence is to be true; all sentences on a patch go in one question.",
                ),
            ],
        )

    @classmethod
    def execute(cls, clip) -> io.NodeOutput:
        return io.NodeOutput(*asked(TextEncoder(clip)))
