"""Finds model folders on disk, says what each can do, and downloads missing ones."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from ...errors import PatchMattersError
from .catalogue import find_entry
from .downloads import DownloadProgress, download
from .folder import MINI_GEMINI, read_json

DETECTOR, CAPTIONER, VERIFIER, WRITER = "detector", "captioner", "verifier", "writer"
NLI = "nli"

_DEPTH = 3  # LLM/name, LLM/author/name, and a folder of another pack's between
CONTRASTIVE = ("clip", "siglip", "siglip2")
ZERO_SHOT = ("grounding-dino", "mm-grounding-dino", "owlvit", "owlv2")
# Captioners that cannot be asked to write.
NOT_CHATTING = ("blip", "blip-2", "florence2", "instructblip", "kosmos-2", "paligemma")
# Parts of a config that only models with vision have; the second turns an image into tokens (Chameleon, Emu3).
_SEEING = ("vision_config", "vq_config")
# Models that see and that the pack cannot ask for a description.
OF_OTHER_USE = {
    **dict.fromkeys(("got_ocr2", "kosmos-2.5", "pix2struct", "udop"), "reads documents"),
    **dict.fromkeys(("pp_chart2table", "pp_formulanet"), "reads charts or formulas"),
    **dict.fromkeys(("git", "vision-encoder-decoder"), "says one line"),
    **dict.fromkeys(("fuyu", "idefics"), "has no chat template"),
    "diffusion_gemma": "writes blocks by diffusion, so no token of its own can be chosen by a seed",
    "evolla": "describes proteins",
    "instructblipvideo": "watches videos",
    "pi0": "moves robots",
    "shieldgemma2": "classifies images",
}
_log = logging.getLogger("patch_matters")
_warned: set[Path] = set()


def model_folders(roots: Sequence[Path]) -> dict[str, Path]:
    """Name (the path below a root, with slashes) -> folder, for each with a config.json."""
    found: dict[str, Path] = {}
    for root in roots:
        level = [root]
        for _ in range(_DEPTH):
            entries = [entry for folder in level for entry in _subfolders(folder)]
            level = [entry for entry in entries if not (entry / "config.json").is_file()]
            for folder in entries:
                if folder not in level:
                    found.setdefault(folder.relative_to(root).as_posix(), folder)
    return found


def roles(config: dict) -> set[str]:
    """Return the roles that a model with this config.json can take, which may be none."""
    kind, classes = config.get("model_type"), config.get("architectures") or []
    if not isinstance(kind, str) or not isinstance(classes, list):
        return set()
    classes = [name for name in classes if isinstance(name, str)]
    named = " ".join(classes)
    if "ForSequenceClassification" in named:
        labels = config.get("id2label")
        said = " ".join(map(str, labels.values())).lower() if isinstance(labels, dict) else ""
        return {NLI} if "entail" in said and "contradict" in said else set()
    if kind in CONTRASTIVE:
        return {VERIFIER}
    if kind in ZERO_SHOT or "ForObjectDetection" in named:
        return {DETECTOR}
    if kind == "blip" and classes:
        fit = {"BlipForImageTextRetrieval": {VERIFIER}, "BlipForConditionalGeneration": {CAPTIONER}}
        return fit.get(classes[0], set())
    if kind in OF_OTHER_USE:
        return set()
    if kind in NOT_CHATTING:
        return {CAPTIONER}
    if any(part in config for part in _SEEING) or kind in MINI_GEMINI:
        return {CAPTIONER, WRITER}
    return {WRITER} if not classes or "CausalLM" in named or "LMHead" in named else set()


def names(role: str, roots: Sequence[Path]) -> list[str]:
    """Return the names of the folders that can take a role."""
    return [n for n, f in model_folders(roots).items() if role in roles(read_config(f))]


def find_or_download(
    role: str, name: str, roots: Sequence[Path], progress: DownloadProgress
) -> Path:
    """Return the folder of a model by its name. A catalogued repository that is in no root is downloaded into
    the first.

    Raises:
        PatchMattersError: neither on disk nor in the catalogue, or the download failed.
    """
    folders = model_folders(roots)
    if name in folders:
        return folders[name]
    entry = find_entry(role, name)
    if entry is None:
        raise PatchMattersError(
            f"model: “{name[:100]}” is neither in {' or '.join(map(str, roots))} nor in the catalogue: put "
            "its folder there, or choose another model."
        )
    last = name.split("/")[-1].lower()
    same = (f for n, f in folders.items() if n.split("/")[-1].lower() == last)
    return next(same, None) or download(entry, roots[0], progress)


def find_text_encoder(roots: Sequence[Path]) -> Path:
    """Return the folder of a CLIP ViT-B/32, whose text side YOLO-World was trained with.

    Raises:
        PatchMattersError: there is none.
    """
    for folder in model_folders(roots).values():
        config = read_config(folder)
        vision = config.get("vision_config") or {}
        if not isinstance(vision, dict):
            continue
        # A vector length of 512 and patches of 32 px: transformers' defaults, so some configs say
        # nothing of them.
        sizes = (config.get("projection_dim", 512), vision.get("patch_size", 32))
        if config.get("model_type") == "clip" and sizes == (512, 32):
            return folder
    raise PatchMattersError(
        "classes: this YOLO-World needs OpenAI's CLIP ViT-B/32, which is not on disk. Put "
        "openai/clip-vit-base-patch32 with its safetensors into models/LLM, or leave classes empty to use "
        "those in the detector's file."
    )


def read_config(folder: Path) -> dict:
    """Return the config, for sorting models into lists; it is checked when a model is opened.

    One that cannot be read costs its own folder's entry: it is empty then, and the log names it once.
    """
    file = folder / "config.json"
    try:
        config = read_json(file)
        if not isinstance(config, dict) or not isinstance(config.get("model_type", ""), str):
            raise ValueError("its model_type is not text")
    except (OSError, ValueError) as error:
        if file not in _warned:
            _warned.add(file)
            _log.warning("%s is not listed as a model: %s", file, error)
        return {}
    return config


def _subfolders(folder: Path) -> list[Path]:
    try:
        return sorted(
            entry for entry in folder.iterdir() if entry.is_dir() and entry.name[0] != "."
        )
    except OSError:
        return []
