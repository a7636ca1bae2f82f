"""The models on disk, through ComfyUI's paths (so extra_model_paths.yaml counts)."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import folder_paths

from ..core.errors import PatchMattersError
from ..core.models.hosted.endpoints import CONFIG, Config
from ..core.models.local.shelf import model_folders

FOLDER = "LLM"  # models/LLM, where other packs put such models, too; downloads go there
# Where other packs, and core, keep folders of transformers models.
ALSO = ("VLM", "clip_vision", "text_encoders", "grounding-dino")
# Where other packs put detectors: models/ultralytics, and its bbox and segm.
YOLO_FOLDERS = ("ultralytics", "ultralytics_bbox", "ultralytics_segm")

_SALT = secrets.token_bytes(16)  # of this process: nobody can try keys against what is cached

for _name in (FOLDER, YOLO_FOLDERS[0]):
    folder_paths.add_model_folder_path(_name, os.path.join(folder_paths.models_dir, _name))


def roots() -> list[Path]:
    """The folders of model folders; the first is where downloads go."""
    known = [n for n in (FOLDER, *ALSO) if n in folder_paths.folder_names_and_paths]
    found = [Path(path) for name in known for path in folder_paths.get_folder_paths(name)]
    beside = [Path(folder_paths.models_dir) / name for name in ALSO if name not in known]
    return [*found, *beside]


def home() -> Path:
    """The pack's own folder, which no page and no client of the server can read or write."""
    return Path(folder_paths.get_system_user_directory("patch_matters"))


def config_state(endpoint: str) -> str:
    """Changes with the config file and with the endpoint's key, which it does not show."""
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
    """Changes with the files of a model on disk; empty where none has that name."""
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
    """Name (the path below the detectors' folder) -> .pt file."""
    found: dict[str, Path] = {}
    for kind in YOLO_FOLDERS:
        if kind not in folder_paths.folder_names_and_paths:
            continue
        for root in map(Path, folder_paths.get_folder_paths(kind)):
            for file in sorted([*root.glob("*.pt"), *root.glob("*/*.pt")]):
                if file.resolve() not in {f.resolve() for f in found.values()}:
                    found.setdefault(file.relative_to(root).as_posix(), file)
    return found
