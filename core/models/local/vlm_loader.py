"""Opens vision-language models. All handles of a folder share one model."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakValueDictionary

from .devices import Devices
from .folder import MINI_GEMINI, ModelFolder
from .loading import Loading
from .vlm import VisionLanguageModel

_opened: WeakValueDictionary = WeakValueDictionary()


def open_model(
    path: str | Path, devices: Devices, loading: Loading = Loading()
) -> VisionLanguageModel:
    """Return the model of a folder. It is the same object as long as anyone holds it, so weights are loaded
    once.
    """
    folder = ModelFolder.open(path)
    key = (str(folder.path.resolve()), id(devices), loading)
    model = _opened.get(key)
    if model is None:
        kind = VisionLanguageModel
        if folder.model_type in MINI_GEMINI:
            from .mini_gemini import MiniGemini as kind
        model = _opened[key] = kind(folder, devices, loading)
    return model
