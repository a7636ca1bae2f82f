"""Manages where the weights of local models are."""

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
    """The weights of one model. They are loaded when first needed and dropped when others need the memory.

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
        """Return the model.

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
    def loaded(self) -> bool:
        return self._model is not None


class Devices(Protocol):
    """Moves models to the compute device. Making one ready may evict others."""

    def ready(self, weights: Weights) -> torch.nn.Module:
        """Free memory if necessary, and return the model on the compute device."""


class ExclusiveMemory:
    """Keeps only the most recently used weights in memory."""

    def __init__(self):
        self._last: Callable[[], Weights | None] = lambda: None

    def evict_previous(self, weights: Weights, evict: Callable[[Weights], None]) -> None:
        """Call `evict` with the previous weights, if they are others and still loaded."""
        last = self._last()
        if last is not None and last is not weights and last.loaded:
            evict(last)
        self._last = weakref.ref(weights)


class TorchDevices:
    """Devices outside ComfyUI: CUDA, otherwise MPS, otherwise the CPU.

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
        self._turns = ExclusiveMemory()

    def ready(self, weights: Weights) -> torch.nn.Module:
        self._turns.evict_previous(weights, self._evict)
        model = weights.get(self.device)
        return model if weights.placed else model.to(self.device)

    def _evict(self, weights: Weights) -> None:
        if self.device.type == "cpu" or weights.placed:
            weights.drop()
        else:
            weights.get(self.device).to("cpu")
