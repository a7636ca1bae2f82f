"""The one exception that a user can cause. Its text is shown as it is, without a traceback."""


class PatchMattersError(ValueError):
    """Says which input, what is wrong with it, and what to do, in one or two sentences."""


def in_short(error: Exception) -> str:
    """The first line of what a library says; its kind, if it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
