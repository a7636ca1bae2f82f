"""Packages that import a submodule when it is first used, as scipy does (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType


def submodules_of(package: str) -> Callable[[str], ModuleType]:
    """Return the `__getattr__` of a package, so that `package.module` imports the module when it is first used.

    Several threads may do so at once: Python lets them wait for each other, and no modules of the pack import each
    other in a circle.
    """

    def imported(name: str) -> ModuleType:
        try:
            return import_module(f"{package}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{package}.{name}":
                raise
            raise AttributeError(f"module {package!r} has no attribute {name!r}") from None

    return imported
