"""ComfyUI's multimodal text encoders as captioner, writer and verifier.

These are the models of ComfyUI's TextGenerate: Qwen3.5, Gemma 3 and Gemma 4. ComfyUI loads their weights and
manages their memory; transformers loads nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from comfy_api.latest import io

from ..core.errors import PatchMattersError
from ..core.models import LENGTH, STOP, Completion, ModelProgress
from ..core.models.chat import ChatRequest, chat_roles
from ..core.models.seeds import derive_seed
from ..core.prompt_fitting import neutralised
from . import bridge, types
from .prompts import reads_weights


class TextEncoder:
    """A CLIP that generates text, one request at a time.

    ComfyUI's progress bar counts the tokens, and generation stops within one token of an interrupt.
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

    def ask(
        self, chat_requests: Sequence[ChatRequest], on_progress: ModelProgress
    ) -> list[list[Completion]]:
        """See `core.models.chat.ChatBackend`.

        Raises:
            PatchMattersError: a request has an image and the text encoder cannot read images.
        """
        answers = []
        for index, ask in enumerate(chat_requests):
            tokens = self._tokens(ask)
            row = []
            for candidate in range(ask.n):
                on_progress(None)
                row.append(self._answer(tokens, ask, derive_seed(ask.seed, candidate)))
            answers.append(row)
            on_progress(index)
        return answers

    def _tokens(self, ask: ChatRequest):
        image = None if ask.image is None else bridge.tensor_from_images([ask.image])
        # A caption must not be able to close the prompt or to open an embedding file.
        text = neutralised(ask.text, weights=self._weights)
        # Some of ComfyUI's tokenizers omit their chat template by default.
        tokens = self._clip.tokenize(
            text, image=image, skip_template=False, min_length=1, thinking=False
        )
        if image is not None and not _has_image(tokens):
            raise PatchMattersError(
                f"clip: the text encoder {self.name[5:]} cannot read images, so it can only be "
                "the writer: load one that can (Qwen3.5, Gemma 3 or Gemma 4 with vision)."
            )
        return tokens

    def _answer(self, tokens, ask: ChatRequest, seed: int) -> Completion:
        ids = self._clip.generate(
            tokens,
            do_sample=ask.temperature > 0,
            max_length=ask.max_tokens,
            temperature=ask.temperature or 1.0,
            # Plain sampling, as in every other captioner of the pack.
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
                types.Verifier.Output(
                    "judge",
                    display_name="verifier",
                    tooltip="Connect to verifier of the Semantic Filter. It answers how likely each "
                    "sentence is to be true; all sentences on a patch go in one request.",
                ),
            ],
        )

    @classmethod
    def execute(cls, clip) -> io.NodeOutput:
        return io.NodeOutput(*chat_roles(TextEncoder(clip)))
