"""Models by name: `backend:name`, the same in a node, on the command line and in a bench."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ..errors import PatchMattersError
from .devices import Devices, PlainDevices

DETECTOR, CAPTIONER, MATCHER, WRITER = "detector", "captioner", "matcher", "writer"

OFFLINE = {
    DETECTOR: "offline:ssd-mobilenet",
    CAPTIONER: "offline:measured",
    MATCHER: "offline:evidence",
    WRITER: "offline:rules",
}
TRANSFORMERS, ULTRALYTICS = "transformers:", "ultralytics:"
_LOCAL = {
    CAPTIONER: "a vision-language model",
    MATCHER: "a BLIP for image-text retrieval, or a vision-language model as judge",
    WRITER: "a chat model, with or without vision",
}


def known_models(role: str) -> str:
    """What `load_model` takes for a role, in words."""
    if role == DETECTOR:
        return f"{OFFLINE[role]}, {ULTRALYTICS}FILE.pt (a YOLO)"
    return f"{OFFLINE[role]}, {TRANSFORMERS}FOLDER ({_LOCAL[role]})"


def load_model(role: str, name: str = ""):
    """The model of that name; without a name the offline one. Weights load when it is first used.

    Raises:
        PatchMattersError: no model has that name (the known ones are listed), or the folder that
            it names cannot be used.
    """
    name = name or OFFLINE[role]
    folder = Path(name.removeprefix(TRANSFORMERS))
    if name.startswith(TRANSFORMERS) and role in _LOCAL and folder.is_dir():
        return load_folder(role, name, folder, _plain_devices())
    if name.startswith(ULTRALYTICS) and role == DETECTOR:
        return load_yolo(name, Path(name[len(ULTRALYTICS) :]), str(_plain_devices().device))
    if name == OFFLINE[role]:
        return _offline(role)
    raise PatchMattersError(
        f"{role}: there is no model named «{name[:100]}». Known: {known_models(role)}."
    )


def load_folder(role: str, name: str, folder: Path, devices: Devices, precision: str = "auto"):
    """The model in a folder, under a name of the caller's.

    Args:
        precision: auto (as saved), fp32, fp16 or bf16; BLIP always has its own.
    """
    from .blip import BlipMatcher
    from .folder import ModelFolder
    from .judge import JudgeMatcher
    from .vlm import TransformersCaptioner, TransformersWriter, open_model

    if role == MATCHER and (opened := ModelFolder.open(folder)).model_type == "blip":
        return BlipMatcher(name, opened, devices)
    kinds = {CAPTIONER: TransformersCaptioner, WRITER: TransformersWriter, MATCHER: JudgeMatcher}
    return kinds[role](name, open_model(folder, devices, precision))


def load_yolo(name: str, file: Path, device: str):
    """The detector in a .pt file of ultralytics, under a name of the caller's."""
    from .yolo import UltralyticsDetector

    return UltralyticsDetector(name, file, device)


def load_embedder():
    """The sentence model that groups statements."""
    from .minilm import OfflineEmbedder

    return OfflineEmbedder()


@lru_cache(maxsize=1)
def _plain_devices() -> PlainDevices:
    return PlainDevices()


def _offline(role: str):
    if role == DETECTOR:
        from .ssd import OfflineDetector

        return OfflineDetector()
    if role == CAPTIONER:
        from .offline_captioner import OfflineCaptioner

        return OfflineCaptioner()
    if role == MATCHER:
        from .offline_matcher import OfflineMatcher

        return OfflineMatcher()
    from .offline_writer import OfflineWriter

    return OfflineWriter()
