"""Reads replies of a server without trusting their size or form."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
import zlib
from email.utils import parsedate_to_datetime
from importlib import import_module
from urllib.parse import quote

from .. import ERROR, LENGTH, REFUSAL, STOP, Completion

MAX_REPLY = 2_000_000  # bytes after decompression; nine answers of 4,096 tokens have about 0.3 MB
REPLY_SECONDS = 180  # that one reply's body may take
_FAULT = "patch_matters_fault"  # the extension of a response that says why its body is not used
LONGEST_WAIT = 60  # seconds of a Retry-After that the SDKs sleep through
USED_UP = "the model used all of max_tokens before it wrote an answer: raise max_tokens"
_parsing = threading.Lock()  # one at a time: parsed, hostile JSON takes 50 times its size


class Refused(Exception):
    """What may be refused of every request: no such model, a wrong key. The text has no key.

    Attributes:
        sure: whether it would be: not so of a 403, which some services answer to one image that they flagged.
        ends: whether no more requests may go out, though some were answered.
    """

    def __init__(self, text: str, *, sure: bool = True, ends: bool = False):
        super().__init__(text)
        self.sure, self.ends = sure, ends


class Malformed(Exception):
    """A reply that is not an answer. The text says what it is instead."""


def bounded_client(base: type, **options):
    """Return an HTTP client whose replies are read here, and no further than `MAX_REPLY`.

    Args:
        base: httpx.Client, or the SDK's own kind of it.
        options: of that class.
    """
    Response = response_type(base)

    class Client(base):
        def send(self, request, **kwargs):
            request.headers["Accept-Encoding"] = "gzip"
            response = super().send(request, **{**kwargs, "stream": True})
            try:
                content, fault = _read(response)
            finally:
                response.close()
            kept = [
                (name, value)
                for name, value in response.headers.multi_items()
                if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
            ]
            if wait_asked(response.headers) > LONGEST_WAIT:
                kept.append(("x-should-retry", "false"))  # the SDKs would try again all the same
            return Response(
                response.status_code,
                headers=kept,
                content=content,
                request=request,
                extensions={**response.extensions, _FAULT: fault},
            )

    return Client(**options)


def wait_asked(headers) -> float:
    """Return the seconds that a Retry-After asks to wait; 0 where there is none."""
    value = headers.get("Retry-After", "").strip()
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        then = parsedate_to_datetime(value)
        return max(0.0, then.timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0


def response_type(base: type) -> type:
    """Return the class of the responses of a client's class: httpx, or httpx2 of newer SDKs."""
    library = next(c.__module__.split(".")[0] for c in base.__mro__ if c.__name__ == "Client")
    return import_module(library).Response


def _read(response) -> tuple[bytes, str]:
    """Return the body, and why it cannot be used (empty if it can)."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        return b"", "the answer has an unexpected compression"
    packed = encoding not in ("", "identity")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    deadline = time.monotonic() + REPLY_SECONDS
    found = bytearray()
    for chunk in response.iter_raw():
        if packed:
            try:
                chunk = unpack.decompress(chunk, MAX_REPLY + 1 - len(found))
            except zlib.error:
                return b"", "the answer arrived damaged"
        found += chunk
        if len(found) > MAX_REPLY:
            return b"", f"the answer has more than {MAX_REPLY // 1_000_000} MB"
        if time.monotonic() > deadline:
            return b"", f"the answer took more than {REPLY_SECONDS} seconds"
    return bytes(found), ""


def parsed(response) -> dict:
    """Return the JSON object in a reply.

    Raises:
        Malformed: there is none, or it is an error.
        Refused: it is the error of a wrong key or of a model that is not there.
    """
    if fault := response.extensions.get(_FAULT):
        raise Malformed(fault)
    body = response.content
    if not body.strip():
        raise Malformed("the answer is empty")
    try:
        with _parsing:
            reply = json.loads(body)
    except (ValueError, RecursionError):
        start = " ".join(body[:60].decode("utf-8", "replace").split())
        kind = "streamed, which was not requested" if start.startswith("data:") else "no JSON"
        raise Malformed(f"the answer is {kind}: {start}") from None
    if not isinstance(reply, dict):
        raise Malformed(f"the answer is not an object but {type(reply).__name__}")
    if error := reply.get("error"):
        told = error.get("message") if isinstance(error, dict) else error
        told = told if isinstance(told, str) else "an error without a message"
        if isinstance(error, dict) and error.get("code") in (401, 403, 404):
            raise Refused(told, sure=error["code"] != 403)
        raise Malformed(told)
    return reply


def read_openai(reply: dict, n: int) -> list[Completion]:
    """Return the first `n` choices of a chat completion.

    Raises:
        Malformed: there are none.
    """
    choices = reply.get("choices")
    if not isinstance(choices, list) or not choices:
        raise Malformed("the answer has no choices")
    # Token counts are given for the request: the first answer carries them.
    tokens = _count(reply.get("usage"), "completion_tokens")
    found = []
    for choice in choices[:n]:
        found.append(_read_choice(choice if isinstance(choice, dict) else {}, tokens))
        tokens = 0
    return found


def _read_choice(choice: dict, tokens: int) -> Completion:
    message = choice.get("message")
    if not isinstance(message, dict):
        return Completion("", ERROR, "the answer has no message", tokens)
    reason = choice.get("finish_reason")
    finish = STOP
    if isinstance(reason, str):
        finish = {"length": LENGTH, "content_filter": REFUSAL}.get(reason, STOP)
    if isinstance(refused := message.get("refusal"), str) and refused.strip():
        return Completion(refused.strip(), REFUSAL, tokens=tokens)
    try:
        return _empty_as_error(Completion(_text(message.get("content")), finish, tokens=tokens))
    except Malformed as error:
        return Completion("", ERROR, str(error), tokens)


def read_anthropic(reply: dict, n: int = 1) -> list[Completion]:
    """Return the one answer of a message.

    Raises:
        Malformed: its content is none.
    """
    reason = reply.get("stop_reason")
    finish = STOP
    if isinstance(reason, str):
        finish = {"max_tokens": LENGTH, "refusal": REFUSAL}.get(reason, STOP)
    tokens = _count(reply.get("usage"), "output_tokens")
    return [_empty_as_error(Completion(_text(reply.get("content")), finish, tokens=tokens))]


def _text(content) -> str:
    """Return the text of a content: itself, or that of its parts of text."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content.strip()
    if not isinstance(content, list):
        raise Malformed(f"the answer's content is not text but {type(content).__name__}")
    said = []
    for part in content:
        if isinstance(part, dict) and part.get("type", "text") in ("text", "output_text"):
            part = part.get("text")
        if isinstance(part, str):
            said.append(part)
    return "".join(said).strip()


def _count(usage, key: str) -> int:
    tokens = usage.get(key) if isinstance(usage, dict) else 0
    return tokens if type(tokens) is int and 0 <= tokens <= 10_000_000 else 0


def _empty_as_error(completion: Completion) -> Completion:
    if completion.text or completion.finish in (REFUSAL, ERROR):
        return completion
    why = "the answer was empty"
    if completion.finish == LENGTH:
        why = USED_UP
    return Completion("", ERROR, why, completion.tokens)


class Redaction:
    """Removes a key from texts: whole, in parts, in base64, in hexadecimal, or URL-encoded.

    Args:
        key: empty where there is none. One shorter than `part` is looked for as a whole only.
        part: the characters of a key in a row that are blotted out, whatever stands between them.
    """

    def __init__(self, key: str, part: int = 6):
        self._part = part
        forms = {key, quote(key, safe=""), key.encode().hex(), key[::-1]}
        for shift in range(3):  # base64 looks different at each place in three
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                text = encode(b"x" * shift + key.encode()).decode()
                # Without its edges, which depend on the text around it, too.
                forms.add(text[4 if shift else 0 : (shift + len(key.encode())) // 3 * 4])
        self._parts = {
            form[i : i + part]
            for form in forms
            for i in range(len(form) - part + 1)
            if len(set(form[i : i + part])) > 2  # "------" is in many texts
        }
        self._key = key

    def __call__(self, text: str, most: int = 300) -> str:
        """Return the text without the key, at most `most` characters of it."""
        text, part = text[: 2 * most], self._part
        if self._key and len(self._key) < part:
            text = text.replace(self._key, "•••")
        plain = [(i, c) for i, c in enumerate(text) if c.isalnum() or c in "-_+/=%."]
        letters = "".join(c for _, c in plain)
        hidden: set[int] = set()
        for i in range(len(letters) - part + 1) if self._parts else ():
            if letters[i : i + part] in self._parts:
                hidden.update(range(plain[i][0], plain[i + part - 1][0] + 1))
        masked = "".join("\0" if i in hidden else c for i, c in enumerate(text))
        return re.sub("\0+", "•••", masked)[:most]
