"""The one exception that a user can cause. Its text is shown as it is, without a traceback."""


class PatchMattersError(ValueError):
    """Says which input, what is wrong with it, and what to do, in one or two sentences."""
