"""Runs vision-language and language models of transformers in one generic way.

Whatever has a class for image-text-to-text, a processor and a chat template: LLaVA-1.5, LLaVA-1.6,
Qwen-VL and the like; and the few that cannot chat but know a task (`TASKS`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import torch

from ...errors import PatchMattersError, in_short, is_fault
from .. import Completion
from ..reasoning import after_mark, is_marked, only_thinks, without_reasoning
from .chat import FILE, Chat, find_template
from .devices import Devices, Weights
from .folder import ModelFolder
from .generation import Sampling, generate, prepares_itself, undisturbed
from .loading import QUANTISED, Loading, lacking_package
from .prefill import EACH_TOKEN, last_logits, same_logits, shared_last_logits, shared_prefill
from .pretrained import from_folder, load_weights
from .upstream_faults import upstream_fault

BATCH = 8  # requests generated together at most
MIN_SIDE = 28  # px; smaller crops are enlarged, because the patches of vision encoders are 14 to 28 px wide
# What models without a chat template take in place of a question: their own words for "describe".
TASKS = {
    "florence2": "<MORE_DETAILED_CAPTION>",
    "paligemma": "<image>caption en",
    "blip": "",
    "blip-2": "",
    "instructblip": "Write a detailed description of the image.",
    "kosmos-2": "Describe this image in detail:",
}

# Any question does: what is looked at is how an answer begins.
_ANY_QUESTION = "Is snow white? Answer with one word, yes or no."

FORMATS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class RefusedImage(ValueError):
    """The processor rejects an image of the batch, usually because it is too narrow."""


class Unanswered(RuntimeError):
    """The model failed on a prompt."""


class VisionLanguageModel:
    """Weights and processor of one folder. Loaded when first used."""

    def __init__(self, folder: ModelFolder, devices: Devices, loading: Loading = Loading()):
        self._folder, self._devices, self._loading = folder, devices, loading
        quantised = loading.precision in QUANTISED
        self.weights = Weights(folder.path.name, self._load, placed=quantised)
        # None: not tried yet.
        self._shares: bool | None = None  # whether its cache can be continued
        self._batches: bool | None = None  # whether the images of a batch do not affect each other
        self._marks: str | None = None  # what every prompt ends with

    @cached_property
    def processor(self):
        try:
            processor = self._open_processor()
        except ImportError as error:
            raise lacking_package(self._folder.path.name, error) from error
        except PatchMattersError:
            raise
        except Exception as error:  # of any library below transformers
            raise PatchMattersError(
                f"model: {self._folder.path.name} cannot be used ({in_short(error)}): download it again."
            ) from error
        tokenizer = getattr(processor, "tokenizer", processor)
        word = tokenizer("a", add_special_tokens=False)["input_ids"]
        if not tokenizer.decode(word, skip_special_tokens=True).strip():
            # transformers 5 makes an empty one where its files are missing
            raise PatchMattersError(
                f"model: {self._folder.path.name} has no usable tokenizer: its tokenizer.json or "
                "tokenizer.model is missing. Download the model again."
            )
        chats, template = find_template(self._folder.path, processor)
        if not chats and self._folder.model_type not in TASKS:
            raise PatchMattersError(
                f"model: {self._folder.path.name} has no chat template, so the pack cannot build "
                f"its prompts: put its {FILE} into the folder, or use a chat model."
            )
        self._chat = (
            Chat(self._folder.path.name, processor, self._folder.config, template)
            if chats
            else None
        )
        tokenizer.padding_side = "left"
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        return processor

    def _open_processor(self):
        from transformers import AutoProcessor

        return from_folder(AutoProcessor, self._folder.path)

    def _load(self, device: torch.device) -> torch.nn.Module:
        precision = self._loading.precision
        options = {"dtype": FORMATS.get(precision, "auto")}
        if precision in QUANTISED:
            options = _quantised(precision, device)
        if self._loading.attention != "sdpa":  # which is what transformers takes where it can
            options["attn_implementation"] = self._loading.attention
        with torch.random.fork_rng(devices=[]):  # transformers 4 draws weights before it reads them
            model = self._open_model(options)
        if precision == "4-bit" and device.type == "cpu":
            _unpack_what_does_not_fit(model)
        # Florence-2 would write its end token in place of the last one, and so hide that it was cut.
        model.generation_config.forced_eos_token_id = None
        return model

    def _open_model(self, options: dict):
        from transformers import AutoModelForCausalLM, AutoModelForImageTextToText
        from transformers.models.auto.modeling_auto import (
            MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES as SEEING,
        )

        seeing = self._folder.model_type in SEEING
        auto = AutoModelForImageTextToText if seeing else AutoModelForCausalLM
        return load_weights(auto, self._folder.path, **options)

    @property
    def tokenizer(self):
        """The processor's tokenizer; a language model's processor is one."""
        return getattr(self.processor, "tokenizer", self.processor)

    @property
    def sees(self) -> bool:
        """Return whether it accepts images."""
        return hasattr(self.processor, "image_processor")

    @property
    def chats(self) -> bool:
        """Return whether it answers questions; a model that does not can only describe."""
        return bool(self.processor) and self._chat is not None

    def prompt(self, text: str, *, image: bool) -> str:
        """Return the model's own chat format around a text, whose special tokens are made plain words.

        A model that does not chat gets its task instead of the text.
        """
        if not self.chats:
            return TASKS[self._folder.model_type]
        return self._chat.prompt(text, image=image)

    def generate(
        self,
        texts: Sequence[str],
        images: Sequence | None,
        rows: Sequence[Sampling],
        max_tokens: int,
        every_token: Callable[[], None],
    ) -> list[Completion]:
        """Continue chats of which each has one image (or none has): see `generation.generate`."""
        each = len(rows) // len(texts)
        try:
            with self._running(texts, images) as model:
                texts = self._marked(model, texts)
                inputs = self._inputs(model, texts, images)
                if self._may_batch(model, texts, images, inputs):
                    parts = [(texts, images, inputs)]
                else:
                    pairs = [([t], [i]) for t, i in zip(texts, images)]
                    parts = [(t, i, self._inputs(model, t, i)) for t, i in pairs]
                done: list[Completion] = []
                for some, seen, inputs in parts:
                    asked = rows[len(done) : len(done) + each * len(some)]
                    inputs = self._repeated(model, some, seen, inputs, each)
                    done += generate(model, inputs, asked, max_tokens, self._read, every_token)
                return done
        except RefusedImage:
            raise
        except Exception as error:
            if not is_fault(error):
                raise
            raise Unanswered(f"the model failed ({in_short(error)})") from error

    def _repeated(self, model, texts, images: Sequence | None, inputs: dict, each: int) -> dict:
        """Return the inputs of `each` samples of every chat, from those of one."""
        # An encoder runs once however many samples there are; other models read a prompt once and repeat its cache.
        if each == 1 or model.config.is_encoder_decoder or prepares_itself(model):
            return inputs
        return shared_prefill(model, inputs, each) or self._inputs(
            model,
            [text for text in texts for _ in range(each)],
            [image for image in images for _ in range(each)] if images else None,
        )

    def _may_batch(self, model, texts, images: Sequence | None, inputs: dict) -> bool:
        """Return whether the chats of a batch can be continued together without changing each other.

        An encoder may see the padding of images that are smaller than others of their batch (Emu3). That is tried on the first
        batch that is padded, once.
        """
        if self._batches is not None or len(texts) == 1 or not images or not _may_be_padded(inputs):
            return self._batches is not False
        small = min(range(len(images)), key=lambda i: images[i].width * images[i].height)
        alone = self._inputs(model, [texts[small]], [images[small]])
        if _image_shapes(alone) != _image_shapes(inputs) and not prepares_itself(model):
            one, of_batch = last_logits(model, alone)[0], last_logits(model, inputs)[small]
            self._batches = same_logits(one, of_batch, model.dtype)
        return self._batches is not False

    @contextmanager
    def _running(self, texts: Sequence[str], images: Sequence | None) -> Iterator:
        """Provide the model for one call with these chats.

        Raises:
            PatchMattersError: transformers itself fails to run it.
        """
        model = self._devices.ready(self.weights)
        with undisturbed(model):
            try:
                yield model
            except Exception as error:
                first = images[:1] if images else None
                why = upstream_fault(
                    model,
                    self._folder.path.name,
                    error,
                    lambda: self._processed(model, texts[:1], first),
                )
                if why is None:
                    raise
                raise why from error

    def _read(self, ids: list[int]) -> tuple[str, bool]:
        """Return the text of an answer's tokens, and whether it is a thought that did not end.

        The marks of a thought are special tokens in some models, so they are looked for with those.
        """
        marked = self.tokenizer.decode(ids, skip_special_tokens=False)
        if not is_marked(marked):
            text = self.tokenizer.decode(ids, skip_special_tokens=True)
            return without_reasoning(text), False
        text = without_reasoning(marked)
        for token in self.tokenizer.all_special_tokens:
            text = text.replace(token, "")
        return text.strip(), only_thinks(marked)

    def next_logits(self, texts: Sequence[str], image) -> torch.Tensor:
        """Return the logits of the next token of chats about one image: float32, (chats, vocabulary).

        The image, and what the chats have in common before and after it, is read once, if the model's
        cache can be continued: that is tried on the first chats, once.
        """
        with self._running(texts, [image]) as model:
            texts = self._marked(model, texts)
            if len(texts) > 1 and self._shares is not False:
                logits = self._shared_logits(model, texts, image)
                if logits is not None and self._shares is None:
                    alone = last_logits(model, self._inputs(model, texts[-1:], [image]))
                    self._shares = same_logits(alone[0], logits[-1], model.dtype)
                if logits is not None and self._shares:
                    return logits
            return last_logits(model, self._inputs(model, texts, [image] * len(texts)))

    def _marked(self, model, texts: Sequence[str]) -> list[str]:
        """Return chats that end where the model's answer itself begins.

        A model may open a thought, or mark its answer, though its template says nothing of it (GLM-4.1V). One that has
        the tokens for a thought is asked once which token it would begin with.
        """
        if self._marks is None:
            self._marks = ""
            asked = prompt = self.prompt(_ANY_QUESTION, image=False)
            if self.chats and self._chat.may_think and not is_marked(asked):
                for _ in range(2):  # a thought, then the mark of an answer
                    best = last_logits(model, self._inputs(model, [prompt], None)).argmax()
                    token = self.tokenizer.decode([int(best)], skip_special_tokens=False)
                    prompt = after_mark(prompt, token.strip())
                self._marks = prompt.removeprefix(asked)
        return [text + self._marks for text in texts]

    def _shared_logits(self, model, texts: Sequence[str], image) -> torch.Tensor | None:
        """Return the logits of `next_logits` with the common prefix read once, or None if the cache does not allow it."""
        inputs = self._inputs(model, texts[:1], [image])
        read = self.tokenizer(list(texts), add_special_tokens=not self._started(texts[0]))
        ends = _after_what_is_shared(read["input_ids"])
        if not ends or inputs["input_ids"][0, -len(ends[0]) :].tolist() != ends[0]:
            return None
        try:
            return shared_last_logits(model, inputs, ends)
        except Exception as error:  # of a cache that cannot do what was asked of it
            if not is_fault(error):
                raise
            self._shares = False
            return None

    def _started(self, text: str) -> bool:
        """Return whether a chat has its start token: some templates write it, others do not."""
        return bool(self.tokenizer.bos_token) and text.startswith(self.tokenizer.bos_token)

    def _inputs(self, model, texts: Sequence[str], images: Sequence | None) -> dict:
        """Return the batch on the compute device, left-padded."""
        wanted = inspect.signature(model.forward).parameters
        processed = self._processed(model, texts, images)
        # Some processors return counts of tiles as lists (Unlimited-OCR).
        return {k: v for k, v in processed.items() if isinstance(v, torch.Tensor) or k in wanted}

    def _processed(self, model, texts: Sequence[str], images: Sequence | None) -> dict:
        """Return what the processor makes of a batch, its tensors on the compute device."""
        options: dict[str, Any] = {"images": [[_large_enough(i)] for i in images]} if images else {}
        if self.chats:
            options["add_special_tokens"] = not self._started(texts[0])
        elif images:
            options["images"] = [_large_enough(i) for i in images]
        # Not all processors return it by default to the models that need it.
        wanted = inspect.signature(model.forward).parameters
        given = getattr(self.processor, "model_input_names", ())
        if images and "mm_token_type_ids" in wanted and "mm_token_type_ids" in given:
            options["return_mm_token_type_ids"] = True
        try:
            inputs = self.processor(text=list(texts), padding=True, return_tensors="pt", **options)
        except Exception as error:
            raise RefusedImage(f"the model refused the image ({in_short(error)})") from error
        return {
            k: v.to(model.device, model.dtype if v.is_floating_point() else None)
            if isinstance(v, torch.Tensor)
            else v
            for k, v in inputs.items()
        }


def _quantised(precision: str, device: torch.device) -> dict:
    from transformers import BitsAndBytesConfig

    # What is not quantised (norms, embeddings) in the format that bitsandbytes computes in.
    if precision == "8-bit":
        config, dtype = BitsAndBytesConfig(load_in_8bit=True), torch.float16
    else:
        dtype = torch.bfloat16
        config = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype
        )
    return {"quantization_config": config, "device_map": {"": device}, "dtype": dtype}


def _unpack_what_does_not_fit(model: torch.nn.Module) -> None:
    """Unpack the weights of layers whose sizes are not multiples of the block size.

    On CPUs with AVX512-BF16, bitsandbytes rearranges 4-bit weights into tiles of 32 outputs by 64
    inputs (0.49 to 0.50: `_convert_weight_packed_for_cpu`) and fails where a layer has other sizes,
    such as the 3420 of Qwen2.5-VL's vision tower.
    """
    from bitsandbytes.nn import Linear4bit

    for layer in model.modules():
        if isinstance(layer, Linear4bit) and (layer.out_features % 32 or layer.in_features % 64):
            layer.support_avx512bf16_for_cpu = False


def _after_what_is_shared(rows: Sequence[list[int]]) -> list[list[int]]:
    """Return what follows in each row after the tokens that all begin with; at least one token of each."""
    shared = 0
    for tokens in zip(*(row[:-1] for row in rows)):
        if len(set(tokens)) > 1:
            break
        shared += 1
    return [row[shared:] for row in rows]


def _image_shapes(inputs: dict) -> dict[str, torch.Size]:
    """Return the shape of one row of each input that is images: (rows, ..., channels, height, width)."""
    tensors = ((k, v) for k, v in inputs.items() if isinstance(v, torch.Tensor))
    return {k: v.shape[1:] for k, v in tensors if v.dim() > 3}


def _may_be_padded(inputs: dict) -> bool:
    """Return whether a batch has whole images, not patches, and another input that tells their sizes."""
    images = set(_image_shapes(inputs))
    return bool(images) and bool(set(inputs) - images - set(EACH_TOKEN))


def _large_enough(image):
    width, height = image.size
    if min(width, height) >= MIN_SIDE:
        return image
    return image.resize((max(width, MIN_SIDE), max(height, MIN_SIDE)))
