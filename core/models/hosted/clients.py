"""The vendors' own SDKs, as two functions of one form: a question in, answers out."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import urlsplit

from ...errors import PatchMattersError
from .. import ERROR, LENGTH, REFUSAL, STOP, Completion
from .endpoints import Endpoint

# Of the SDK: exponential back-off with jitter from 0.5 to 8 s, or what Retry-After says.
RETRIES = 6
SECONDS = 180  # that one answer may take
VENDORS = ("api.openai.com", "api.anthropic.com")


@dataclass(frozen=True)
class Question:
    """One request: n answers about an image (JPEG), or about none."""

    text: str
    jpeg: bytes | None
    n: int
    temperature: float
    max_tokens: int
    seed: int


class Refused(Exception):
    """What would be refused of every request: no such model, a wrong key. The text has no key."""


Send = Callable[[Question], Sequence[Completion]]


def connect(endpoint: Endpoint, model: str, going_on: Callable[[], bool]) -> Send:
    """A function that asks a model; it may be called from several threads.

    Args:
        going_on: whether requests may still go out; asked before each, retries included.

    Raises:
        PatchMattersError: the SDK is not installed, or there is no key.
    """
    try:
        sdk = import_module(endpoint.sdk)
    except ImportError as error:
        raise PatchMattersError(
            f"model: {endpoint.name}: needs a package that is not installed: python -m pip install "
            f"{endpoint.sdk}"
        ) from error
    key = endpoint.key()

    def check(request) -> None:
        if not going_on():
            raise RuntimeError("stopped")

    options = {
        "api_key": key or "none",  # the SDK wants one, also where the server does not
        "base_url": endpoint.url,  # always, so that no environment variable leads elsewhere
        "max_retries": RETRIES,
        "timeout": SECONDS,
        # A redirect could lead the key to another host.
        "http_client": sdk.DefaultHttpxClient(
            follow_redirects=False, event_hooks={"request": [check]}
        ),
    }
    if endpoint.sdk == "anthropic":
        client = sdk.Anthropic(**options)
        client.auth_token = None  # older versions add one from the environment
        ask = _anthropic(client, endpoint, model)
    else:
        client = sdk.OpenAI(**options)
        ask = _openai(client, endpoint, model)
    if urlsplit(endpoint.url).hostname not in VENDORS:
        # What the SDK takes from the environment is meant for its own vendor.
        client.organization = client.project = None
        client._custom_headers = {}

    def send(question: Question) -> Sequence[Completion]:
        try:
            return [_told_apart(c) for c in ask(question)]
        except sdk.APIStatusError as error:
            text = redacted(str(error), key)
            if error.status_code in (401, 403, 404) or 300 <= error.status_code < 400:
                raise Refused(text) from None
            if error.status_code == 400 and re.search(
                r"content.{0,10}(policy|filter)|safety", text
            ):
                return [Completion("", REFUSAL, "the provider's content filter refused it")]
            return [Completion("", ERROR, text)]
        # No connection, no answer in time, an answer of no known form.
        except sdk.APIError as error:
            return [Completion("", ERROR, redacted(str(error), key))]

    return send


def _openai(client, endpoint: Endpoint, model: str):
    def ask(question: Question) -> list[Completion]:
        content = [{"type": "text", "text": question.text}]
        if question.jpeg:
            url = f"data:image/jpeg;base64,{base64.b64encode(question.jpeg).decode()}"
            content.insert(0, {"type": "image_url", "image_url": {"url": url}})
        options = endpoint.rule(model).parameters(question.temperature, question.max_tokens)
        if question.n > 1:
            options["n"] = question.n
        if endpoint.seed:
            options["seed"] = question.seed % 2**31
        answer = client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": content}], **options
        )
        if not answer.choices:
            return [Completion("", ERROR, "the answer has no choices")]
        # Token counts are given for the request: the first answer carries them.
        tokens = answer.usage.completion_tokens if answer.usage else 0
        found = []
        for choice in answer.choices:
            finish = {"length": LENGTH, "content_filter": REFUSAL}.get(choice.finish_reason, STOP)
            refused = getattr(choice.message, "refusal", None)
            text = refused or choice.message.content or ""
            found.append(
                Completion(text.strip(), REFUSAL if refused else finish, tokens=tokens or 0)
            )
            tokens = 0
        return found

    return ask


def _anthropic(client, endpoint: Endpoint, model: str):
    def ask(question: Question) -> list[Completion]:
        content = [{"type": "text", "text": question.text}]
        if question.jpeg:
            source = {
                "type": "base64",
                "media_type": "image/jpeg",
                "data": base64.b64encode(question.jpeg).decode(),
            }
            content.insert(0, {"type": "image", "source": source})
        options = endpoint.rule(model).parameters(question.temperature, question.max_tokens)
        answer = client.messages.create(
            model=model,
            messages=[{"role": "user", "content": content}],
            max_tokens=options.pop("max_tokens"),
            extra_body=options,  # temperature, which the package's newer versions do not name
        )
        text = "".join(block.text for block in answer.content if block.type == "text").strip()
        finish = {"max_tokens": LENGTH, "refusal": REFUSAL}.get(answer.stop_reason, STOP)
        return [Completion(text, finish, tokens=answer.usage.output_tokens)]

    return ask


def _told_apart(completion: Completion) -> Completion:
    if completion.text or completion.finish in (REFUSAL, ERROR):
        return completion
    why = "the answer was empty"
    if completion.finish == LENGTH:
        why = "the model used up max_tokens before it wrote anything: raise max_tokens"
    return Completion("", ERROR, why, completion.tokens)


def redacted(text: str, key: str) -> str:
    """A server's message, short, without the key it may have repeated."""
    if key:
        text = text.replace(key, "•••")
    return re.sub(r"\b(sk|key|hf)-?[A-Za-z0-9_-]{16,}", "•••", text)[:300]
