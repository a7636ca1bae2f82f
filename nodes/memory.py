"""Local models under ComfyUI's own memory management."""

from __future__ import annotations

import comfy.model_management
import torch
from comfy.model_patcher import ModelPatcher

from ..core.models.local.devices import OneAtATime, Weights


class _Holder(torch.nn.Module):
    """A transformers model has no settable `device`, which ModelPatcher needs."""

    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model = model


class ComfyDevices:
    """Models are loaded, pushed out by others and brought back as core's own models are.

    On the CPU, where there is nowhere to push to, the weights before are dropped. So are quantised
    ones, which cannot be moved, on any device.
    """

    def __init__(self, device: torch.device):
        self.device = device
        self._offload = comfy.model_management.text_encoder_offload_device()
        self._turns = OneAtATime()

    def ready(self, weights: Weights) -> torch.nn.Module:
        self._turns.make_way(weights, self._leave)
        if weights.placed and not weights.there:
            # Nobody can push it out later, so whatever can leave leaves now.
            comfy.model_management.free_memory(1e30, self.device)
        model = weights.get(self.device)
        if weights.placed:
            return model
        patcher = model.__dict__.get("patch_matters_patcher")
        if patcher is None:
            patcher = ModelPatcher(_Holder(model), self.device, self._offload)
            # Beside the model, not in a table: they are to be freed together.
            model.__dict__["patch_matters_patcher"] = patcher
        comfy.model_management.load_models_gpu([patcher], force_full_load=True)
        return model

    def _leave(self, weights: Weights) -> None:
        if self.device.type == "cpu" or weights.placed:
            weights.drop()


_devices: dict[str, ComfyDevices] = {}


def devices(choice: str) -> ComfyDevices:
    """Those of a widget's choice: "auto" (ComfyUI's device) or "cpu"."""
    if choice not in _devices:
        auto = comfy.model_management.get_torch_device()
        _devices[choice] = ComfyDevices(torch.device("cpu") if choice == "cpu" else auto)
    return _devices[choice]
