"""Finds models on disk through ComfyUI's paths, which include extra_model_paths.yaml."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import folder_paths

from ..core.errors import PatchMattersError
from ..core.models.hosted.endpoints import CONFIG, Config
from ..core.models.local.model_store import model_folders

FOLDER = "LLM"  # models/LLM, which other packs also use; downloads go there
# Folders in which other packs and ComfyUI keep transformers models.
ALSO = ("VLM", "clip_vision", "text_encoders", "grounding-dino")
# Folders in which other packs keep detectors: models/ultralytics and its bbox and segm.
YOLO_FOLDERS = ("ultralytics", "ultralytics_bbox", "ultralytics_segm")

_SALT = secrets.token_bytes(
    16
)  # new for each process, so that the cached state cannot be used to guess a key

for _name in (FOLDER, YOLO_FOLDERS[0]):
    folder_paths.add_model_folder_path(_name, os.path.join(folder_paths.models_dir, _name))


def roots() -> list[Path]:
    """Return the folders that contain model folders. Downloads go to the first."""
    known = [n for n in (FOLDER, *ALSO) if n in folder_paths.folder_names_and_paths]
    found = [Path(path) for name in known for path in folder_paths.get_folder_paths(name)]
    beside = [Path(folder_paths.models_dir) / name for name in ALSO if name not in known]
    return [*found, *beside]


def home() -> Path:
    """Return the pack's own folder, which no page and no client of the server can read or write."""
    return Path(folder_paths.get_system_user_directory("patch_matters"))


def config_state(endpoint: str) -> str:
    """Return a string that changes with the config file and the endpoint's key, without revealing the key."""
    try:
        file = (home() / CONFIG).stat()
        state = f"{file.st_mtime_ns} {file.st_size}"
    except OSError:
        state = "none"
    try:
        state += Config.read(home()).endpoint(endpoint).key()
    except PatchMattersError as error:
        state += str(error)
    return hashlib.sha256(_SALT + state.encode("utf-8", "replace")).hexdigest()


def model_state(name: str) -> str:
    """Return a string that changes with the files of a model on disk; empty if there is no such model."""
    place = model_folders(roots()).get(name) or yolo_files().get(name)
    if place is None:
        return ""
    try:
        parts = sorted(place.iterdir()) if place.is_dir() else [place]
        files = [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in parts]
    except OSError:
        return ""
    return hashlib.sha256(repr(files).encode("utf-8", "replace")).hexdigest()


def yolo_files() -> dict[str, Path]:
    """Map names (paths below the detectors' folder) to .pt files."""
    found: dict[str, Path] = {}
    for kind in YOLO_FOLDERS:
        if kind not in folder_paths.folder_names_and_paths:
            continue
        for root in map(Path, folder_paths.get_folder_paths(kind)):
            for file in sorted([*root.glob("*.pt"), *root.glob("*/*.pt")]):
                if file.resolve() not in {f.resolve() for f in found.values()}:
                    found.setdefault(file.relative_to(root).as_posix(), file)
    return found
