"""Wraps the vendors' SDKs in two functions of the same form."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from ...errors import UnusableModel, in_short
from .. import ERROR, REFUSAL, Completion
from ..cleaning import MAX_ANSWER
from .chat import ChatCompletions
from .endpoints import Endpoint, at_home
from .questions import Question
from .servers import Server, Servers
from .wire import (
    LONGEST_WAIT,
    Malformed,
    Redaction,
    Refused,
    bounded_client,
    parsed,
    read_anthropic,
    response_type,
    wait_asked,
)

# The SDK retries with exponential back-off with jitter from 0.5 to 8 s, or what Retry-After says.
RETRIES = 6
SECONDS = 180  # that one answer may take
# With several servers a request goes to another one sooner.
RETRIES_OF_SEVERAL = 1
ALIVE_SECONDS = 5  # in which a server that is up lists its models
# On a server at home, which answers one after the other: the last of six waits for five.
SECONDS_AT_HOME = 900
# What to do about a status that every further request would meet, too.
_ADVICE = {
    401: "check the key of this endpoint",
    403: "check that the key may use this model",
    404: "check the name of the model and the address of this endpoint",
}
_FLAGGED = r"content.{0,10}(policy|filter)|safety|moderation|flagged"
VENDORS = ("api.openai.com", "api.anthropic.com")


Send = Callable[[Question], Sequence[Completion]]


def connect(
    endpoint: Endpoint, model: str, may_send: Callable[[], bool], may_repeat: Callable[[], bool]
) -> Send:
    """Return a function that sends a request to a model. It may be called from several threads.

    Args:
        may_send: whether requests may still go out; asked before each, retries included.
        may_repeat: reserves one more request for a question that was answered with a thought alone.

    Raises:
        UnusableModel: the SDK is not installed, or there is no key.
    """
    try:
        sdk = import_module(endpoint.sdk)
    except ImportError as error:
        raise UnusableModel(
            f"model: {endpoint.name}: needs a package that is not installed: python -m pip install "
            f"{endpoint.sdk}"
        ) from error
    key = endpoint.key()

    def check(request) -> None:
        if not may_send():
            raise RuntimeError("stopped")

    kind = response_type(sdk.DefaultHttpxClient)

    def client_of(url: str, **more):
        options = {
            "api_key": key or "none",  # the SDK wants one, also where the server does not
            "base_url": url,  # always, so that no environment variable leads elsewhere
            "max_retries": RETRIES_OF_SEVERAL if endpoint.urls else RETRIES,
            "timeout": SECONDS_AT_HOME if at_home(urlsplit(url).hostname) else SECONDS,
            # A redirect could lead the key to another host.
            "http_client": bounded_client(
                sdk.DefaultHttpxClient, follow_redirects=False, event_hooks=more
            ),
        }
        if endpoint.sdk == "anthropic":
            client = sdk.Anthropic(**options)
            client.auth_token = None  # older versions add one from the environment
        else:
            client = sdk.OpenAI(**options)
        if urlsplit(url).hostname not in VENDORS:
            # Settings that the SDK reads from the environment are meant for its own vendor.
            client.organization = client.project = None
            client._custom_headers = {}
        return client

    def ask_of(url: str):
        client = client_of(url, request=[check])
        if endpoint.sdk == "anthropic":
            return _anthropic(client, kind, endpoint, model)
        return ChatCompletions(client, kind, endpoint, model, may_repeat)

    def server_of(url: str) -> Server:
        client = client_of(url)  # its own: a run that has ended may still look for a server

        def alive() -> bool:
            path = "/v1/models" if endpoint.sdk == "anthropic" else "/models"
            try:
                client.get(path, cast_to=kind, options={"max_retries": 0, "timeout": ALIVE_SECONDS})
            except sdk.APIConnectionError:
                return False
            except sdk.APIStatusError as error:
                return error.status_code < 500
            return True

        return Server(ask_of(url), alive)

    def failed(error: Exception) -> bool:
        status = getattr(error, "status_code", 0)
        return isinstance(error, sdk.APIConnectionError) or status in (502, 503, 504)

    if endpoint.urls:
        ask = Servers([server_of(url) for url in endpoint.urls], failed, may_send)
    else:
        ask = ask_of(endpoint.url)

    blot, blot_in_answer = Redaction(key), Redaction(key, part=12)

    def redacted(text: str) -> str:
        return re.sub(r"\b(sk|key|hf)-?[A-Za-z0-9_-]{16,}", "•••", blot(text))

    def send(question: Question) -> Sequence[Completion]:
        try:
            found = ask(question)
        except sdk.APIStatusError as error:
            text = redacted(str(error))
            if (wait := wait_asked(error.response.headers)) > LONGEST_WAIT:
                raise Refused(_later(wait, text), ends=True) from None
            if error.status_code in (400, 403) and re.search(_FLAGGED, text, re.I):
                return [Completion("", REFUSAL, "the provider's content filter refused it")]
            if error.status_code in (401, 403, 404) or 300 <= error.status_code < 400:
                todo = _ADVICE.get(error.status_code, "check the address of this endpoint")
                raise Refused(f"{text}: {todo}", sure=error.status_code != 403) from None
            return [Completion("", ERROR, text)]
        except Refused as error:
            raise Refused(redacted(str(error)), sure=error.sure) from None
        except Malformed as error:
            return [Completion("", ERROR, redacted(str(error)))]
        # No connection, a timeout, or a library that failed on a malformed answer.
        except Exception as error:
            return [Completion("", ERROR, redacted(in_short(error)))]
        # A server may also put the key into its answer, which history and cache would keep.
        return [
            replace(c, text=blot_in_answer(c.text, MAX_ANSWER), detail=redacted(c.detail))
            for c in found
        ]

    return send


def _later(seconds: float, text: str) -> str:
    minutes = max(1, round(seconds / 60))
    wait = f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"
    return f"the server asks to wait {wait} before the next request: run it again then ({text})"


def _anthropic(client, kind: type, endpoint: Endpoint, model: str):
    def ask(question: Question) -> list[Completion]:
        content: list[dict[str, Any]] = [{"type": "text", "text": question.text}]
        if question.jpeg:
            source = {
                "type": "base64",
                "media_type": "image/jpeg",
                "data": base64.b64encode(question.jpeg).decode(),
            }
            content.insert(0, {"type": "image", "source": source})
        body = {"model": model, "messages": [{"role": "user", "content": content}]}
        body |= endpoint.rule(model).parameters(question.temperature, question.max_tokens)
        answer = client.post("/v1/messages", cast_to=kind, body=body)
        return read_anthropic(parsed(answer))

    return ask
