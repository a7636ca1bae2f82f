"""The method. Submodules are imported when they are first used, so that a node's schema loads no stage."""

from .lazy import submodules_of

__getattr__ = submodules_of(__name__)
