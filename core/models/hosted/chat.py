"""Chat completions in OpenAI's format, adapted to what each server accepts (reasoning switches, JSON schemas)."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .. import ERROR, LENGTH, Completion
from ..reasoning import without_reasoning
from .endpoints import Endpoint
from .questions import Question
from .wire import USED_UP, parsed, read_openai

THINKING_TOKENS = 4000  # added to max_tokens of a model whose reasoning cannot be switched off
# Words in the error of a server about a field that it, or the model, does not accept.
_OF_THINKING = re.compile(r"reason|think|effort|template|extra|unrecognized|unknown", re.I)
_OF_FORMAT = re.compile(r"response_format|json|schema|structured|grammar|guided", re.I)


class ChatCompletions:
    """Asks one model of one server, and learns from its errors which fields it does not accept.

    A field that switches thinking off, or that asks for a structured answer, is left out for good where the server
    refuses it. A model that thinks all the same, and has used up its tokens before it wrote anything, is asked again
    with `THINKING_TOKENS` more, and so is every later question. The first answer carries the tokens and the number of
    both requests. May be called from several threads.

    Args:
        client: of OpenAI's SDK.
        kind: the class of its HTTP responses.
        may_repeat: reserves one more request for a question; False where the run may send no more.
    """

    def __init__(
        self, client, kind: type, endpoint: Endpoint, model: str, may_repeat: Callable[[], bool]
    ):
        self._client, self._kind, self._endpoint, self._model = client, kind, endpoint, model
        self._may_repeat = may_repeat
        self._rule = endpoint.rule(model)
        self._switches, self._structured, self._more = True, endpoint.json_schema, 0
        self._loading, self._loaded = threading.Lock(), not endpoint.keep_alive

    def __call__(self, question: Question) -> list[Completion]:
        self._load()
        more = self._more
        found = self._accepted(question, more)
        if more or not any(_only_thought(c) for c in found):
            return found
        self._more = THINKING_TOKENS
        if not self._may_repeat():
            return found
        spent = sum(c.tokens for c in found)
        first, *others = self._accepted(question, self._more)
        first = replace(first, tokens=first.tokens + spent, requests=2)
        return [first, *(replace(c, requests=0) for c in others)]

    def _accepted(self, question: Question, more: int) -> list[Completion]:
        """Ask, and again without each field that the server refuses; a refused request costs nothing."""
        for _ in range(2):
            try:
                return self._ask(question, more)
            except Exception as error:
                if getattr(error, "status_code", 0) not in (400, 422) or not self._learned(error):
                    raise
                more = self._more
        return self._ask(question, more)

    def _ask(self, question: Question, more: int) -> list[Completion]:
        content: list[dict[str, Any]] = [{"type": "text", "text": question.text}]
        if question.jpeg:
            url = f"data:image/jpeg;base64,{base64.b64encode(question.jpeg).decode()}"
            content.insert(0, {"type": "image_url", "image_url": {"url": url}})
        body = dict(self._rule.send) if self._switches else {}
        body |= {"model": self._model, "messages": [{"role": "user", "content": content}]}
        body |= self._rule.parameters(question.temperature, question.max_tokens + more)
        if question.n > 1:
            body["n"] = question.n
        if self._endpoint.seed:
            body["seed"] = question.seed % 2**31
        if question.schema and self._structured:
            schema = {"name": "answer", "strict": True, "schema": json.loads(question.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        # Not `chat.completions.create`, which fails where an answer has not the form it expects.
        answer = self._client.post("/chat/completions", cast_to=self._kind, body=body)
        return read_openai(parsed(answer), question.n)

    def _learned(self, error: Exception) -> bool:
        """Return whether an error is about an optional field, which is left out from now on."""
        text = str(error)
        if self._structured and _OF_FORMAT.search(text):
            self._structured = False
            return True
        if self._switches and self._rule.send and _OF_THINKING.search(text):
            self._switches, self._more = False, THINKING_TOKENS
            return True
        return False

    def _load(self) -> None:
        """Have Ollama load the model and keep it in memory for the endpoint's `keep_alive`, which only Ollama's own
        API accepts."""
        with self._loading:
            if self._loaded:
                return
            self._loaded = True
            url = re.sub(r"/v1/?$", "", self._endpoint.url) + "/api/generate"
            body = {"model": self._model, "keep_alive": self._endpoint.keep_alive}
            try:
                self._client.post(url, cast_to=self._kind, body=body, options={"max_retries": 0})
            except Exception:
                return  # not Ollama, or no such model: the request itself will report it


def _only_thought(completion: Completion) -> bool:
    if completion.finish == ERROR:
        return completion.detail == USED_UP
    return completion.finish == LENGTH and not without_reasoning(completion.text)
