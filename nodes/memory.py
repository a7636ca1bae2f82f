"""Local models under ComfyUI's own memory management."""

from __future__ import annotations

import comfy.model_management
import torch
from comfy.model_patcher import ModelPatcher

from ..core.models.local.devices import ExclusiveMemory, Weights


class _Holder(torch.nn.Module):
    """Wraps a transformers model, whose `device` cannot be set; ModelPatcher needs to set it."""

    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model = model


class ComfyDevices:
    """Load, offload and reload models as ComfyUI does with its own.

    On the CPU there is nowhere to offload to, so the previous weights are dropped. Quantised weights cannot be
    moved and are dropped on any device.
    """

    def __init__(self, device: torch.device):
        self.device = device
        self._offload = comfy.model_management.text_encoder_offload_device()
        self._turns = ExclusiveMemory()

    def ready(self, weights: Weights) -> torch.nn.Module:
        self._turns.evict_previous(weights, self._evict)
        if weights.placed and not weights.loaded:
            # It cannot be offloaded later, so as much memory as possible is freed first.
            comfy.model_management.free_memory(1e30, self.device)
        model = weights.get(self.device)
        if weights.placed:
            return model
        patcher = model.__dict__.get("patch_matters_patcher")
        if patcher is None:
            patcher = ModelPatcher(_Holder(model), self.device, self._offload)
            # Stored on the model, so that both are freed together.
            model.__dict__["patch_matters_patcher"] = patcher
        comfy.model_management.load_models_gpu([patcher], force_full_load=True)
        return model

    def _evict(self, weights: Weights) -> None:
        if self.device.type == "cpu" or weights.placed:
            weights.drop()


_devices: dict[str, ComfyDevices] = {}


def devices(choice: str) -> ComfyDevices:
    """Return the devices for a widget's value: "auto" (ComfyUI's device) or "cpu"."""
    if choice not in _devices:
        auto = comfy.model_management.get_torch_device()
        _devices[choice] = ComfyDevices(torch.device("cpu") if choice == "cpu" else auto)
    return _devices[choice]
