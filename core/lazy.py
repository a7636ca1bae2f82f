"""Packages that import a submodule when it is first used, as scipy does (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType


def submodules_of(package: str) -> Callable[[str], ModuleType]:
    """Return the `__getattr__` of a package, so that `package.module` imports the module when it is first used.

    Several threads may do so at once: Python's import locks make one wait for the other, and the pack has no circular
    imports, which could then fail.
    """

    def imported(name: str) -> ModuleType:
        try:
            return import_module(f"{package}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{package}.{name}":
                raise
            raise AttributeError(f"module {package!r} has no attribute {name!r}") from None

    return imported
