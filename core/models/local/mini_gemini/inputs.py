"""What Mini-Gemini is given: its conversation, as its weights were trained on it, and its pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn.functional import interpolate
from transformers import AddedToken, LlavaImageProcessor

IMAGE = "<image>"


@dataclass(frozen=True)
class Conversation:
    """What stands before and after a question, and the token that ends an answer beside the
    tokenizer's own."""

    before: str
    after: str
    end: str | None = None


VICUNA = Conversation(
    "A chat between a curious user and an artificial intelligence assistant. The assistant gives "
    "helpful, detailed, and polite answers to the user's questions. USER: ",
    " ASSISTANT:",
)
GEMMA = Conversation(
    "<start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n", "<end_of_turn>"
)
MISTRAL = Conversation("[INST] ", " [/INST]")
CHATML = Conversation(
    "<|im_start|>system\nAnswer the questions.<|im_end|><|im_start|>user\n",
    "<|im_end|><|im_start|>assistant\n",
    "<|im_end|>",
)
# The answer's role is called system: that is how the Llama 3 variants were trained.
LLAMA_3 = Conversation(
    "<|start_header_id|>system<|end_header_id|>\n\nYou are a helpful language and vision assistant. "
    "You are able to understand the visual content that the user provides, and assist the user with "
    "a variety of tasks using natural language.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
    "<|eot_id|><|start_header_id|>system<|end_header_id|>\n\n",
    "<|eot_id|>",
)


def conversation(language: str, vocabulary) -> Conversation:
    """Return the conversation format of a variant, by its type of language model; for Llama by its tokens."""
    if language == "gemma":
        return GEMMA
    if language in ("mistral", "mixtral"):
        return MISTRAL
    if "<|start_header_id|>" in vocabulary:
        return LLAMA_3
    return CHATML if "<|im_start|>" in vocabulary else VICUNA


class MiniGeminiProcessor:
    """Prompts and images to tensors, called as a processor of transformers is."""

    image_token = IMAGE

    def __init__(self, tokenizer, config):
        self.tokenizer = tokenizer
        self.chat_template = conversation(config.model_type, tokenizer.get_vocab())
        tokenizer.add_tokens(AddedToken(IMAGE, special=True), special_tokens=True)
        self.image_token_id = tokenizer.convert_tokens_to_ids(IMAGE)
        self._side, self._grid = config.clip["image_size"], config.image_grid
        self._views = self._grid**2 + config.image_global
        self._tokens = self._views * (self._side // config.clip["patch_size"]) ** 2
        large = config.image_size_aux
        self.image_processor = LlavaImageProcessor(
            size={"shortest_edge": large},
            crop_size={"height": large, "width": large},
            do_pad=config.image_aspect_ratio == "pad",
        )

    @property
    def ends(self) -> list[int]:
        """The tokens that end an answer."""
        named = [token for token in (self.tokenizer.eos_token, self.chat_template.end) if token]
        return self.tokenizer.convert_tokens_to_ids(named)

    def apply_chat_template(self, messages: Sequence[dict], **_) -> str:
        """Return one question, around it the variant's conversation."""
        [message] = messages
        parts = (f"{IMAGE}\n" if p["type"] == "image" else p["text"] for p in message["content"])
        return self.chat_template.before + "".join(parts) + self.chat_template.after

    def __call__(
        self,
        text: Sequence[str],
        images: Sequence[Sequence] | None = None,
        add_special_tokens: bool = True,
        **options,
    ) -> dict[str, torch.Tensor]:
        """Return a padded batch: input_ids and attention_mask, (batch, length); with images, one a text, also
        pixel_values, (batch, views, 3, side, side), and pixel_values_aux, (batch, 3, large, large).
        """
        rows = {"input_ids": [self._ids(one, add_special_tokens) for one in text]}
        inputs = dict(self.tokenizer.pad(rows, **options))
        if images:
            large = self.image_processor([i for each in images for i in each], return_tensors="pt")
            inputs["pixel_values_aux"] = large["pixel_values"]
            inputs["pixel_values"] = self._low(large["pixel_values"])
        return inputs

    def _ids(self, text: str, special: bool) -> list[int]:
        """Read apart, before and after the image: so the weights were trained."""
        before, image, after = text.partition(IMAGE)
        ids = self.tokenizer(before, add_special_tokens=special)["input_ids"]
        if image:
            ids = ids + [self.image_token_id] * self._tokens
            ids += self.tokenizer(after, add_special_tokens=False)["input_ids"]
        return ids

    def _low(self, images: torch.Tensor) -> torch.Tensor:
        """(batch, 3, large, large) -> (batch, views, 3, side, side)"""
        grid, side = self._grid, self._side
        low = interpolate(images, size=(grid * side, grid * side), mode="bilinear")
        tiles = low.unflatten(3, (grid, side)).unflatten(2, (grid, side))
        tiles = tiles.permute(0, 2, 4, 1, 3, 5).flatten(1, 2)
        if self._views == grid**2:
            return tiles
        whole = interpolate(low, size=(side, side), mode="bilinear")
        return torch.cat([whole.unsqueeze(1), tiles], dim=1)
