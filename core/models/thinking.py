"""What a model thought aloud is no part of its answer."""

import re

_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)


def without_thinking(text: str) -> str:
    """The text without what a model thought aloud; nothing is left where it never stopped."""
    return _THINKING.sub("", text).strip()
