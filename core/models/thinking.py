"""What a model thought aloud is no part of its answer."""

from __future__ import annotations

import re

_WORDS = r"think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad|seed:think"
# Each family with the way it writes its tags: <think> (DeepSeek, Qwen), [THINK] (Magistral),
# ◁think▷ (Kimi), <|channel|>analysis<|message|> (gpt-oss).
_OPEN = re.compile(rf"<(?:{_WORDS})>|\[THINK\]|◁think▷|<\|channel\|>analysis<\|message\|>", re.I)
_CLOSE = re.compile(
    rf"</(?:{_WORDS})>|\[/THINK\]|◁/think▷|<\|channel\|>final<\|message\|>|<\|end\|>", re.I
)
# What stands around the answer itself.
_ANSWER = re.compile(r"<(?:answer|final|output|response)>|<\|begin_of_box\|>|\\boxed\{", re.I)
_ANSWER_END = re.compile(r"</(?:answer|final|output|response)>|<\|end_of_box\|>", re.I)
_CONTROL = re.compile(r"<\|[^<>|\n]{1,40}\|>|</?s>|<(?:end|start)_of_turn>|<eos>|<bos>", re.I)


def without_thinking(text: str) -> str:
    """The answer alone, without what a model thought aloud and without its control tokens.

    Nothing is left where it never stopped thinking. A closing tag without an opening one, whose opening
    tag stands in the prompt of some models, ends what was thought. Runs in time linear in the text.
    """
    kept, at = [], 0
    while opened := _OPEN.search(text, at):
        kept.append(text[at : opened.start()])
        closed = _CLOSE.search(text, opened.end())
        at = closed.end() if closed else len(text)
    text = "".join(kept) + text[at:]
    for closed in reversed(list(_CLOSE.finditer(text))):
        if text[closed.end() :].strip():
            text = text[closed.end() :]
            break
        text = text[: closed.start()]
    starts = list(_ANSWER.finditer(text))
    if starts:
        text = text[starts[-1].end() :]
        end = _ANSWER_END.search(text)
        text = text[: end.start()] if end else text
    return _CONTROL.sub("", _ANSWER_END.sub("", text)).strip()
