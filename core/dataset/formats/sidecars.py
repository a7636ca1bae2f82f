"""Caption files beside the images, of the same name apart from the ending."""

from __future__ import annotations

import json

from ...errors import PatchMattersError
from ..words import Captions

# kohya's sd-scripts read the file of their caption_extension (".caption" unless set), ai-toolkit that of its
# caption_ext, of a ".json" the fields "caption" and "caption_short".
SUFFIXES = {"txt": ".txt", "caption": ".caption", "ai-toolkit": ".json"}


def content(name: str, text: str, captions: Captions, before: bytes | None = None) -> bytes:
    """Return what goes in the caption file of that format.

    Args:
        text: the captions with the words around them, one a line.
        before: the file that it takes the place of. If that is a JSON file with a caption, its other fields stay.
    """
    if name == "ai-toolkit":
        has_caption = caption_in(before, SUFFIXES[name]) is not None
        others = json.loads(before.decode("utf-8-sig")) if has_caption else {}
        value = {**others, "caption": text.split("\n")[0], "caption_short": captions.short}
        text = json.dumps(value, ensure_ascii=False)
    return (text + "\n").encode("utf-8", "replace")


def with_caption(content: bytes | None, path: str, text: str) -> bytes:
    """Return a caption file with another caption; what else a JSON file says stays.

    Args:
        content: of a file in which `caption_in` finds a caption; None where there is none.
    """
    if content is None or not path.endswith(SUFFIXES["ai-toolkit"]):
        return (text + "\n").encode("utf-8", "replace")
    value = {**json.loads(content.decode("utf-8-sig")), "caption": text}
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def caption_in(content: bytes | None, path: str) -> str | None:
    """Return the caption in a caption file, its lines ended by "\\n"; None where there is none, or where the file
    is something else.

    Raises:
        PatchMattersError: it is not UTF-8.
    """
    if content is None or not content.strip():
        return None
    try:
        text = "\n".join(content.decode("utf-8-sig").strip().splitlines())
    except UnicodeDecodeError as error:
        raise PatchMattersError(
            f"{path} is not UTF-8, so its caption cannot be read: save it as UTF-8."
        ) from error
    if not path.endswith(SUFFIXES["ai-toolkit"]):
        return text
    try:
        value = json.loads(text)
        caption = value.get("caption") if isinstance(value, dict) else None
    except (ValueError, RecursionError):
        return None
    return caption.strip() if isinstance(caption, str) else None
