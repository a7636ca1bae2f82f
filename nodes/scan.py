"""The models on disk, through ComfyUI's paths (so extra_model_paths.yaml counts)."""

from __future__ import annotations

import os
from pathlib import Path

import folder_paths

FOLDER = "LLM"  # models/LLM, where other packs put such models, too; downloads go there
# Where other packs, and core, keep folders of transformers models.
ALSO = ("VLM", "clip_vision", "text_encoders", "grounding-dino")
# Where other packs put detectors: models/ultralytics, and its bbox and segm.
YOLO_FOLDERS = ("ultralytics", "ultralytics_bbox", "ultralytics_segm")

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
