"""Local models under ComfyUI's own memory management."""

from __future__ import annotations

import comfy.model_management
import torch
from comfy.model_patcher import ModelPatcher


class _Holder(torch.nn.Module):
    """A transformers model has no settable `device`, which ModelPatcher needs."""

    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model = model


class ComfyDevices:
    """Models are loaded, pushed out by others and brought back as core's own models are."""

    def __init__(self, device: torch.device):
        self.device = device
        self._offload = comfy.model_management.text_encoder_offload_device()

    def ready(self, model: torch.nn.Module) -> torch.device:
        patcher = model.__dict__.get("patch_matters_patcher")
        if patcher is None:
            patcher = ModelPatcher(_Holder(model), self.device, self._offload)
            # Beside the model, not in a table: they are to be freed together.
            model.__dict__["patch_matters_patcher"] = patcher
        comfy.model_management.load_models_gpu([patcher], force_full_load=True)
        return self.device


_devices: dict[str, ComfyDevices] = {}


def devices(choice: str) -> ComfyDevices:
    """Those of a widget's choice: "auto" (ComfyUI's device) or "cpu"."""
    if choice not in _devices:
        auto = comfy.model_management.get_torch_device()
        _devices[choice] = ComfyDevices(torch.device("cpu") if choice == "cpu" else auto)
    return _devices[choice]
