"""Where a model's weights live while it works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..errors import PatchMattersError

if TYPE_CHECKING:
    import torch


class Devices(Protocol):
    """Decides where models are. One model at a time is made ready; others may have to leave."""

    def ready(self, model: torch.nn.Module) -> torch.device:
        """Bring a model to the compute device, and make room there first."""


class PlainDevices:
    """Outside ComfyUI: CUDA, else MPS, else the CPU; of several models one is on the accelerator.

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
                f"device: «{device}» is not available to this PyTorch ({torch.__version__}): choose "
                "auto or cpu, or install its driver and a PyTorch that supports it."
            )
        self.device = torch.device(device)
        self._current = None

    def ready(self, model: torch.nn.Module) -> torch.device:
        if self._current is not None and self._current is not model:
            self._current.to("cpu")
        self._current = model
        model.to(self.device)
        return self.device
