"""Builds the prompt of a chat model with its own chat template, with reasoning switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateError
from jinja2.meta import find_undeclared_variables

from ...errors import PatchMattersError, in_short
from ..reasoning import close_thought, opens_thought

FILE = "chat_template.jinja"
# Template variables that switch reasoning off (Qwen, GLM, Gemma; Kimi, Granite).
_NO_THINKING = {"enable_thinking": False, "thinking": False}
# Attributes of processors, tokenizers and configs that name the image placeholder of a prompt.
_PLACEHOLDERS = ("boi_token", "image_token", "image_start_token")
_PLACEHOLDER_IDS = ("image_token_id", "image_token_index")


class Chat:
    """The chat format of a model.

    Args:
        name: of the model, for messages.
        processor: of transformers; a language model's tokenizer is its own.
        config: of the model, as in its config.json.
        template: a Jinja program, where neither processor nor tokenizer has one.

    Attributes:
        may_think: whether the tokenizer has a token that opens a thought.
    """

    def __init__(self, name: str, processor, config: dict, template: str | None = None):
        self._name, self._config = name, config
        self._tokenizer = getattr(processor, "tokenizer", processor)
        self._sees = hasattr(processor, "image_processor")
        # If only the tokenizer has a template, the processor does not find it.
        own = getattr(processor, "chat_template", None) or template
        self._speaker = processor if own else self._tokenizer
        self._options: dict[str, Any] = {"chat_template": template} if template else {}
        written = template or self._speaker.chat_template
        # At every call, transformers 5 warns of variables that the template does not use.
        self._options |= {k: v for k, v in _NO_THINKING.items() if k in _variables(written)}
        special = {*self._tokenizer.all_special_tokens, *self._tokenizer.get_added_vocab()}
        self._special = sorted((t for t in special if len(t) > 1), key=len, reverse=True)
        self._placeholders = list(self._named_placeholders(processor))
        self.may_think = any(opens_thought(token) for token in special)

    def prompt(self, text: str, *, image: bool) -> str:
        """Return the template around a text, whose special tokens are made plain words; an image comes first.

        Raises:
            PatchMattersError: the template fails.
        """
        for token in self._special:
            if token in text:
                text = text.replace(token, f"{token[0]} {token[1:-1]} {token[-1]}")
        failure = None
        for content in self._contents(text, image):
            try:
                prompt = self._render(content)
            except Exception as error:  # templates are programs of their own, in a sandbox
                failure = failure or error
                continue
            # A template that accepts only strings prints a list in Python's notation.
            whole = text.strip() in prompt and "{'type':" not in prompt
            if whole and (not image or self._shows(prompt, content)):
                break
        else:
            why = in_short(failure) if failure else "the question or the image is not in the prompt"
            raise PatchMattersError(
                f"model: {self._name} has a chat template that fails ({why}): take the {FILE} of "
                "another version of the model."
            )
        if not image:
            for token in self._placeholders:  # which some templates always write
                prompt = prompt.replace(token, "")
        return close_thought(prompt)

    def _contents(self, text: str, image: bool) -> Iterator:
        """Yield the forms in which a message can be written, the usual one first."""
        words = {"type": "text", "text": text}
        if not image:
            yield from ([words], text) if self._sees else (text, [words])
            return
        yield [{"type": "image"}, words]
        yield text  # the template may write the image itself
        for token in self._placeholders:
            yield f"{token}\n{text}"
            yield [{"type": "text", "text": f"{token}\n{text}"}]

    def _render(self, content) -> str:
        return self._speaker.apply_chat_template(
            [{"role": "user", "content": content}],
            add_generation_prompt=True,
            tokenize=False,
            **self._options,
        )

    def _shows(self, prompt: str, content) -> bool:
        """Return whether a prompt has an image: one that it names, or one that was there for the template."""
        if any(token in prompt for token in self._placeholders):
            return True
        return isinstance(content, list) and prompt != self._render(content[1:])

    def _named_placeholders(self, processor) -> Iterator[str]:
        for part in (processor, self._tokenizer):
            for name in _PLACEHOLDERS:
                if isinstance(token := getattr(part, name, None), str) and token:
                    yield token
        for name in _PLACEHOLDER_IDS:
            number = self._config.get(name)
            if isinstance(number, int) and 0 <= number < len(self._tokenizer):
                yield self._tokenizer.convert_ids_to_tokens(number)


def _variables(template) -> set[str]:
    """Return what a chat template, or any of several by name, uses; none if it is not a Jinja program."""
    found = set()
    for text in template.values() if isinstance(template, dict) else [template]:
        if not isinstance(text, str):
            continue  # Mini-Gemini's
        # A tag that only transformers knows; it marks an answer for training.
        text = re.sub(r"{%-?\s*(?:end)?generation\s*-?%}", "", text)
        try:
            ast = Environment(extensions=["jinja2.ext.loopcontrols"]).parse(text)
        except TemplateError:
            continue  # rendering reports the error
        found |= find_undeclared_variables(ast)
    return found


def find_template(folder: Path, processor) -> tuple[bool, str | None]:
    """Return whether a model has a chat template; and its text, where transformers did not load it."""
    tokenizer = getattr(processor, "tokenizer", processor)
    if getattr(processor, "chat_template", None) or getattr(tokenizer, "chat_template", None):
        return True, None
    file = folder / FILE
    return (True, file.read_text(encoding="utf-8")) if file.is_file() else (False, None)
