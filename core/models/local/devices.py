"""Where a model's weights live while it works."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from ...errors import PatchMattersError, in_short
from .loading import lacking_package

if TYPE_CHECKING:
    import torch


class Weights:
    """The weights of one model: loaded when first needed, dropped when others need their room.

    Args:
        name: of the model, for messages.
        load: gives the model, on the CPU; or, if it cannot be moved, on the device it is given.
        placed: whether it cannot be moved (quantised).
    """

    def __init__(
        self, name: str, load: Callable[[torch.device], torch.nn.Module], *, placed: bool = False
    ):
        self._name, self._load, self.placed = name, load, placed
        self._model = None

    def get(self, device: torch.device) -> torch.nn.Module:
        """The model.

        Raises:
            PatchMattersError: it cannot be loaded: a damaged or missing file, a package that is not
                installed, a precision or attention that it does not support.
        """
        import torch

        if self._model is None:
            try:
                self._model = self._load(device).eval()
            except (PatchMattersError, torch.OutOfMemoryError):
                raise
            except ImportError as error:
                raise lacking_package(self._name, error) from error
            except Exception as error:  # of any library below transformers
                raise PatchMattersError(
                    f"model: {self._name} was not loaded ({in_short(error)})."
                ) from error
        return self._model

    def drop(self) -> None:
        """Give the memory back. The next use loads them again."""
        self._model = None
        gc.collect()

    @property
    def there(self) -> bool:
        return self._model is not None


class Devices(Protocol):
    """Decides where models are. One model at a time is made ready; others may have to leave."""

    def ready(self, weights: Weights) -> torch.nn.Module:
        """The model on the compute device, where room was made first."""


class OneAtATime:
    """Of the weights that pass through here, none but the last stays."""

    def __init__(self):
        self._last: Callable[[], Weights | None] = lambda: None

    def make_way(self, weights: Weights, leave: Callable[[Weights], None]) -> None:
        """`leave` is called with the weights before, if these are others that still hold memory."""
        last = self._last()
        if last is not None and last is not weights and last.there:
            leave(last)
        self._last = weakref.ref(weights)


class PlainDevices:
    """Outside ComfyUI: CUDA, else MPS, else the CPU.

    One model at a time is on an accelerator, the others wait in the CPU's memory; without an
    accelerator the weights before are dropped.

    Args:
        device: "auto", "cpu", "cuda", "mps" …

    Raises:
        PatchMattersError: a device is asked for that is not there.
    """

    def __init__(self, device: str = "auto"):
        import torch

        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
            if device == "cpu" and torch.backends.mps.is_available():
                device = "mps"
        kind = device.split(":")[0]
        there = {"cpu": True, "cuda": torch.cuda.is_available()}
        there["mps"] = torch.backends.mps.is_available()
        if not there.get(kind, False):
            raise PatchMattersError(
                f"device: “{device}” is not available to this PyTorch ({torch.__version__}): choose "
                "auto or cpu, or install its driver and a PyTorch that supports it."
            )
        self.device = torch.device(device)
        self._turns = OneAtATime()

    def ready(self, weights: Weights) -> torch.nn.Module:
        self._turns.make_way(weights, self._leave)
        model = weights.get(self.device)
        return model if weights.placed else model.to(self.device)

    def _leave(self, weights: Weights) -> None:
        if self.device.type == "cpu" or weights.placed:
            weights.drop()
        else:
            weights.get(self.device).to("cpu")
