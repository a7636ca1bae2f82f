"""Removes a model's reasoning from its answer."""

from __future__ import annotations

import re

_WORDS = r"think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad|seed:think"
# Each family with the way it writes its tags: <think> (DeepSeek, GLM, Qwen), [THINK] (Magistral),
# ◁think▷ (Kimi), <|channel|>analysis<|message|> (gpt-oss), <|channel>thought (Gemma 4).
_OPEN = re.compile(
    rf"<(?:{_WORDS})>|\[THINK\]|◁think▷|<\|channel\|>analysis<\|message\|>|<\|channel>thought\b",
    re.I,
)
_CLOSE = re.compile(
    rf"</(?:{_WORDS})>|\[/THINK\]|◁/think▷|<\|channel\|>final<\|message\|>|<\|end\|>|<channel\|>",
    re.I,
)
# Marks around the answer itself.
_ANSWER = re.compile(r"<(?:answer|final|output|response)>|<\|begin_of_box\|>|\\boxed\{", re.I)
_ANSWER_END = re.compile(r"</(?:answer|final|output|response)>|<\|end_of_box\|>", re.I)
_CONTROL = re.compile(r"<\|[^<>|\n]{1,40}\|>|</?s>|<(?:end|start)_of_turn>|<eos>|<bos>", re.I)


def without_reasoning(text: str) -> str:
    """Return the answer without the model's reasoning and control tokens.

    The result is empty if the reasoning did not end. A closing tag without an opening one also ends the reasoning,
    because the prompts of some models contain the opening tag. Runs in time linear in the text.
    """
    text = _after_thoughts(text)
    starts = list(_ANSWER.finditer(text))
    if starts:
        text = text[starts[-1].end() :]
        end = _ANSWER_END.search(text)
        text = text[: end.start()] if end else text
    return _CONTROL.sub("", _ANSWER_END.sub("", text)).strip()


def only_thinks(text: str) -> bool:
    """Return whether a text is a thought that did not end."""
    return bool(_OPEN.search(text)) and not _after_thoughts(text).strip()


def is_marked(text: str) -> bool:
    """Return whether a text has marks of a thought or around an answer."""
    return any(mark.search(text) for mark in (_OPEN, _CLOSE, _ANSWER))


def close_thought(prompt: str) -> str:
    """Return a prompt that ends where a thought begins, with that thought closed: the answer comes next.

    An empty thought is how models that can do both are told not to think (Qwen3).
    """
    if prompt.endswith("<|start|>assistant"):  # gpt-oss names a channel next
        return prompt + "<|channel|>final<|message|>"
    bare = prompt.rstrip()
    opened = next((m for m in _OPEN.finditer(bare[-80:]) if m.end() == len(bare[-80:])), None)
    if opened is None:
        return prompt
    return f"{bare}\n\n{_closing(opened[0])}\n\n"


def after_mark(prompt: str, token: str) -> str:
    """Return a prompt with the token that a model would begin its answer with, where that is a mark.

    A thought is closed at once; the mark of an answer is kept, so that the answer itself comes next. With any other
    token, or one that the prompt has already, the prompt is returned as it is.
    """
    if token in prompt:
        return prompt
    if _OPEN.fullmatch(token):
        return close_thought(prompt + token)
    return prompt + token if _ANSWER.fullmatch(token) else prompt


def opens_thought(token: str) -> bool:
    """Return whether a token alone opens a thought."""
    return bool(_OPEN.fullmatch(token))


def _closing(opening: str) -> str:
    if opening.startswith("<|channel|>"):
        return "<|end|><|start|>assistant<|channel|>final<|message|>"
    if opening.startswith("<|channel>"):
        return "<channel|>"
    return f"{opening[0]}/{opening[1:]}"


def _after_thoughts(text: str) -> str:
    kept, at = [], 0
    while opened := _OPEN.search(text, at):
        kept.append(text[at : opened.start()])
        closed = _CLOSE.search(text, opened.end())
        at = closed.end() if closed else len(text)
    text = "".join(kept) + text[at:]
    for closed in reversed(list(_CLOSE.finditer(text))):
        if text[closed.end() :].strip():
            return text[closed.end() :]
        text = text[: closed.start()]
    return text
