"""The model folders on disk, through ComfyUI's paths (so extra_model_paths.yaml counts)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import folder_paths

FOLDER = "LLM"  # models/LLM, where other packs put such models, too
_DEPTH = 2  # models/LLM/name, models/LLM/author/name

# Where other packs put detectors: models/ultralytics, and its bbox and segm.
YOLO_FOLDERS = ("ultralytics", "ultralytics_bbox", "ultralytics_segm")

folder_paths.add_model_folder_path(
    YOLO_FOLDERS[0], os.path.join(folder_paths.models_dir, YOLO_FOLDERS[0])
)
folder_paths.add_model_folder_path(FOLDER, os.path.join(folder_paths.models_dir, FOLDER))


def model_folders() -> dict[str, Path]:
    """Name (the path below the model folder) -> folder, for each with a config.json."""
    found: dict[str, Path] = {}
    for root in map(Path, folder_paths.get_folder_paths(FOLDER)):
        level = [root]
        for _ in range(_DEPTH):
            level = [entry for folder in level for entry in _subfolders(folder)]
            for folder in level:
                if (folder / "config.json").is_file():
                    found.setdefault(folder.relative_to(root).as_posix(), folder)
    return found


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


def captioners() -> list[str]:
    """The names of models that see."""
    configs = {name: _config(folder) for name, folder in model_folders().items()}
    return [n for n, c in configs.items() if "vision_config" in c and c["model_type"] != "blip"]


def matchers() -> list[str]:
    """The names of BLIP models."""
    return [
        n for n, folder in model_folders().items() if _config(folder).get("model_type") == "blip"
    ]


def writers() -> list[str]:
    """The names of models that chat."""
    return [
        n
        for n, folder in model_folders().items()
        if _config(folder).get("model_type", "blip") != "blip"
    ]


def _subfolders(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if entry.is_dir())
    except OSError:
        return []


def _config(folder: Path) -> dict:
    """The config, for sorting the model into a list; it is checked when the model is opened."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return config if isinstance(config, dict) and "model_type" in config else {}
