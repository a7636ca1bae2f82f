"""Broken JSON, bytes and replies of servers, for hypothesis."""

import copy
import gzip
import json

from hypothesis import strategies as st

NUMBERS = st.integers(-5, 70) | st.just(10**30) | st.floats()
WORDS = st.sampled_from(
    [
        "",
        "A cup stands on a table.",
        "stop",
        "length",
        "text",
        "\ud800",
        "\x00",
        "<|im_end|>",
        "x" * 5000,
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | WORDS, inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value, path=()):
    """The path of every value in a JSON value."""
    found = [path] if path else []
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, part in inner:
        found += places(part, (*path, key))
    return found


@st.composite
def spoiled(draw, value):
    """A JSON value with one to three of its values replaced, taken out or doubled."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 3))):
        if not (known := places(value)):
            break
        *path, last = draw(st.sampled_from(known))
        place = value
        for key in path:
            place = place[key]
        how = draw(st.sampled_from(["replace", "replace", "drop", "wrap"]))
        if how == "drop":
            del place[last]
        elif how == "wrap":
            place[last] = [place[last]] * draw(st.integers(1, 3))
        else:
            place[last] = draw(VALUES)
    return value


@st.composite
def damaged(draw, data: bytes):
    """Bytes of which some were changed, cut off or added."""
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(changed) - 1)))
        how = draw(st.sampled_from(["flip", "cut", "insert", "head", "noise"]))
        if how == "flip" and changed:
            changed[at] ^= draw(st.integers(1, 255))
        elif how == "head" and changed:
            changed[at % min(64, len(changed))] = draw(st.integers(0, 255))
        elif how == "cut":
            del changed[at:]
        elif how == "insert":
            changed[at:at] = draw(st.binary(max_size=40))
        else:
            part = draw(st.binary(min_size=1, max_size=64))
            changed[at : at + len(part)] = part
    return bytes(changed)


WHOLE = {
    "openai": {
        "id": "c1",
        "object": "chat.completion",
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "A cup."},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 7, "total_tokens": 8},
    },
    "anthropic": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": "A cup."}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 7},
    },
}
ERRORS = [
    {"error": {"message": "overloaded", "code": 529}},
    {"error": "no"},
    {"error": {"code": 401}},
]


def replies(name):
    """(body, headers), or an HTTP status."""
    value = spoiled(WHOLE[name]) | VALUES | st.sampled_from(ERRORS)
    body = value.map(lambda v: json.dumps(v).encode())
    body |= damaged(json.dumps(WHOLE[name]).encode())
    body |= st.sampled_from([b"", b"<html>", b"data: {}\n\n", b"[" * 50_000, b'{"a":' * 50_000])
    plain = body.map(lambda b: (b, {}))
    packed = body.map(lambda b: (gzip.compress(b), {"Content-Encoding": "gzip"}))
    wrong = body.map(lambda b: (b, {"Content-Encoding": "gzip"}))
    status = st.sampled_from([400, 401, 403, 404, 408, 413, 429, 500, 503, 529, "cut"])
    return st.one_of(plain, plain, plain, packed, wrong, status)
