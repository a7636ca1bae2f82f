"""One caption for a video: frames are grouped into shots, and only frames that show something new are described."""

from ..lazy import submodules_of

__getattr__ = submodules_of(__name__)
