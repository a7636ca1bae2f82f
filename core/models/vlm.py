"""Vision-language models of transformers, as captioner and as writer: one generic path.

Whatever has a class for image-text-to-text, a processor and a chat template: LLaVA-1.5, LLaVA-1.6,
Qwen-VL and the like. The same weights serve both roles.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import torch

from ..errors import PatchMattersError
from ..prompts import load_prompt
from . import ERROR, CaptionRequest, Completion, Tick, WritingRequest
from .devices import Devices
from .folder import ModelFolder
from .generation import Sampling, generate, in_batches

BATCH = 8  # requests generated together at most
MIN_SIDE = 28  # px; smaller crops are enlarged, for a vision model's own patch is 14 to 28 px wide
MAX_WRITTEN_TOKENS = 400  # of a written caption

_loaded: weakref.WeakValueDictionary = weakref.WeakValueDictionary()


class RefusedImage(ValueError):
    """The processor does not take an image of the batch: too narrow, as a rule."""


class VisionLanguageModel:
    """Weights and processor of one folder. Loaded when first used."""

    def __init__(self, folder: ModelFolder, devices: Devices, precision: str = "auto"):
        self._folder, self._devices, self._precision = folder, devices, precision

    @cached_property
    def processor(self):
        from transformers import AutoProcessor

        processor = AutoProcessor.from_pretrained(self._folder.path, local_files_only=True)
        tokenizer = getattr(processor, "tokenizer", processor)
        if not (getattr(processor, "chat_template", None) or tokenizer.chat_template):
            raise PatchMattersError(
                f"model: {self._folder.path.name} has no chat template, so the pack cannot tell how "
                "to ask it: put its chat_template.jinja into the folder, or use a chat model."
            )
        tokenizer.padding_side = "left"
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        return processor

    @cached_property
    def model(self):
        from transformers import AutoModelForCausalLM, AutoModelForImageTextToText
        from transformers.models.auto.modeling_auto import (
            MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES as SEEING,
        )

        kind = self._folder.model_type
        auto = AutoModelForImageTextToText if kind in SEEING else AutoModelForCausalLM
        dtype = {"auto": "auto", "fp32": torch.float32, "bf16": torch.bfloat16}
        dtype = {**dtype, "fp16": torch.float16}[self._precision]
        with torch.random.fork_rng(devices=[]):  # transformers 4 draws weights before it reads them
            model = auto.from_pretrained(
                self._folder.path,
                local_files_only=True,
                use_safetensors=True,
                dtype=dtype,
                attn_implementation="sdpa",
            )
        return model.eval()

    @property
    def tokenizer(self):
        """The processor's tokenizer; a language model's processor is one."""
        return getattr(self.processor, "tokenizer", self.processor)

    @property
    def sees(self) -> bool:
        """Whether it takes images."""
        return hasattr(self.processor, "image_processor")

    def ready(self) -> torch.device:
        return self._devices.ready(self.model)

    def prompt(self, text: str, *, image: bool) -> str:
        """The model's own chat format around a text, whose special tokens are made plain words."""
        tokenizer = self.tokenizer
        for token in {*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()}:
            if len(token) > 1 and token in text:
                text = text.replace(token, f"{token[0]} {token[1:-1]} {token[-1]}")
        content = [{"type": "image"}] if image else []
        content.append({"type": "text", "text": text})
        if not self.sees:
            content = text
        return self.processor.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False
        )

    def generate(
        self,
        texts: Sequence[str],
        images: Sequence | None,
        rows: Sequence[Sampling],
        max_tokens: int,
        every_token,
    ) -> list[Completion]:
        """Continue chats of which each has one image (or none has): see `generation.generate`."""
        inputs = self._inputs(texts, images)
        tokenizer = self.tokenizer
        return generate(
            self.model,
            inputs,
            rows,
            max_tokens,
            lambda ids: tokenizer.decode(ids, skip_special_tokens=True),
            every_token,
        )

    def next_logits(self, texts: Sequence[str], images: Sequence) -> torch.Tensor:
        """The logits of the next token of each chat: float32, shape (chats, vocabulary)."""
        with torch.inference_mode():
            out = self.model.generate(
                **self._inputs(texts, images),
                max_new_tokens=1,
                do_sample=False,
                output_logits=True,
                return_dict_in_generate=True,
            )
        return out.logits[0].float()

    def _inputs(self, texts: Sequence[str], images: Sequence | None) -> dict:
        """The batch on the compute device, left-padded."""
        device = self.ready()
        options = {"images": [[_large_enough(i)] for i in images]} if images else {}
        tokenizer = self.tokenizer
        # Some chat templates write the start token, others leave it to the tokenizer.
        started = bool(tokenizer.bos_token) and texts[0].startswith(tokenizer.bos_token)
        try:
            inputs = self.processor(
                text=list(texts),
                padding=True,
                return_tensors="pt",
                add_special_tokens=not started,
                **options,
            )
        except ValueError as error:
            raise RefusedImage(str(error)) from error
        return {
            k: v.to(device, self.model.dtype if v.is_floating_point() else None)
            for k, v in inputs.items()
            if isinstance(v, torch.Tensor)
        }


def open_model(path: str | Path, devices: Devices, precision: str = "auto") -> VisionLanguageModel:
    """The model of a folder; the same object while anyone holds it, so its weights load once."""
    folder = ModelFolder.open(path)
    key = (str(folder.path.resolve()), id(devices), precision)
    model = _loaded.get(key)
    if model is None:
        model = _loaded[key] = VisionLanguageModel(folder, devices, precision)
    return model


class TransformersCaptioner:
    """A captioner of a model folder."""

    def __init__(self, name: str, model: VisionLanguageModel):
        self.name, self._model = name, model

    def caption(self, requests: Sequence[CaptionRequest], tick: Tick) -> list[list[Completion]]:
        if not self._model.sees:
            raise PatchMattersError(
                f"captioner: {self.name} takes no images: choose a vision-language model."
            )
        answers: list[list[Completion]] = [[] for _ in requests]
        # Requests of one kind go together: a row more or less changes no other row.
        kinds: dict[tuple[int, int], list[int]] = {}
        for index, request in enumerate(requests):
            kinds.setdefault((request.n, request.max_tokens), []).append(index)
        for (n, max_tokens), members in kinds.items():

            def run(start, stop, n=n, max_tokens=max_tokens, members=members):
                batch = [requests[i] for i in members[start:stop]]
                found = self._batch(batch, n, max_tokens, tick)
                for i, completions in zip(members[start:stop], found):
                    answers[i] = completions
                    tick(i)
                return found

            in_batches(len(members), run, BATCH)
        return answers

    def _batch(self, requests, n: int, max_tokens: int, tick: Tick) -> list[list[Completion]]:
        rows = [Sampling(r.seed, c, r.temperature) for r in requests for c in range(n)]
        try:
            completions = self._model.generate(
                [self._model.prompt(r.prompt, image=True) for r in requests],
                [r.image for r in requests],
                rows,
                max_tokens,
                lambda: tick(None),
            )
        except torch.OutOfMemoryError:
            if len(requests) > 1:
                raise
            why = "the model has no room for one image: choose a smaller one, or a lower precision"
            return [[Completion("", ERROR, why)] * n]
        except RefusedImage as error:
            if len(requests) > 1:  # the processor refused an image: which one?
                return [one for r in requests for one in self._batch([r], n, max_tokens, tick)]
            return [[Completion("", ERROR, f"the model refused the image ({error})")] * n]
        return [completions[i * n : (i + 1) * n] for i in range(len(requests))]


class TransformersWriter:
    """A writer of a model folder: a vision-language model or a language model."""

    generates = True

    def __init__(self, name: str, model: VisionLanguageModel):
        self.name, self._model = name, model

    def write(self, requests: Sequence[WritingRequest], tick: Tick) -> list[Completion]:
        completions = []
        for index, request in enumerate(requests):
            try:
                completions += self._model.generate(
                    [self._model.prompt(writing_prompt(request), image=False)],
                    None,
                    [Sampling(request.seed, 0, request.temperature)],
                    MAX_WRITTEN_TOKENS,
                    lambda: tick(None),
                )
            except torch.OutOfMemoryError:
                why = "the model has no room: choose a smaller one, or a lower precision"
                completions.append(Completion("", ERROR, why))
            tick(index)
        return completions


def writing_prompt(request: WritingRequest) -> str:
    """What a language model is asked, the facts fenced as data."""
    facts = "\n".join(
        f"- [{f.place}; box {', '.join(f'{v:.2f}' for v in f.box.as_tuple())}] {f.text}"
        for f in request.facts
    )
    drafts = "\n".join(f"- [{place}] {text}" for place, text in request.drafts)
    limit = f"Use at most {request.max_sentences} sentences." if request.max_sentences else ""
    prompt = load_prompt("write_drafts" if drafts else "write")
    return prompt.format(facts=facts, drafts=drafts, limit=limit).strip()


def _large_enough(image):
    width, height = image.size
    if min(width, height) >= MIN_SIDE:
        return image
    return image.resize((max(width, MIN_SIDE), max(height, MIN_SIDE)))
