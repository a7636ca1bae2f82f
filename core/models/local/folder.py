"""A folder with a transformers model: checked before anything of it is loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ...errors import PatchMattersError


@dataclass(frozen=True)
class ModelFolder:
    """A model on disk, whose config was read and whose weights are whole.

    Raises:
        PatchMattersError: the folder or its config is missing, its config names code of its own, or
            its weights are no safetensors or not all there.
    """

    path: Path
    config: dict

    @classmethod
    def open(cls, path: str | Path) -> ModelFolder:
        path = Path(path)
        try:
            config = json.loads((path / "config.json").read_text(encoding="utf-8"))
            if not isinstance(config, dict) or "model_type" not in config:
                raise ValueError("it names no model_type")
        except OSError as error:
            raise PatchMattersError(
                f"model: {path} is no folder with a config.json: give the folder that a transformers "
                "model was saved or downloaded to."
            ) from error
        except ValueError as error:
            raise PatchMattersError(
                f"model: {path / 'config.json'} cannot be used ({error}): download the model again."
            ) from error
        _check_code(path, config)
        _check_weights(path)
        return cls(path, config)

    @property
    def model_type(self) -> str:
        """The architecture, as in `llava` or `qwen3_vl`."""
        return self.config["model_type"]


def _check_code(path: Path, config: dict) -> None:
    from transformers import CONFIG_MAPPING

    kind = config["model_type"]
    if kind not in CONFIG_MAPPING:
        import transformers

        why = "it brings code of its own, which is never run" if "auto_map" in config else ""
        raise PatchMattersError(
            f"model: {path.name} is of the kind «{kind}», which transformers {transformers.__version__} "
            f"does not know{'; ' + why if why else ''}: use a version of the model for transformers, "
            "or a newer transformers."
        )


def _check_weights(path: Path) -> None:
    index = path / "model.safetensors.index.json"
    names = {"model.safetensors"}
    if index.is_file():
        try:
            names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (ValueError, KeyError, AttributeError) as error:
            raise PatchMattersError(
                f"model: {index} cannot be read ({error}): download the model again."
            ) from error
    missing = sorted(name for name in names if not (path / name).is_file())
    if missing == ["model.safetensors"] and (list(path.glob("*.bin")) + list(path.glob("*.pt"))):
        raise PatchMattersError(
            f"model: {path.name} has its weights as a pickle, which may run code and is not loaded: "
            "convert them to safetensors, or download a version that has them."
        )
    if missing:
        raise PatchMattersError(
            f"model: {path.name} lacks {', '.join(missing[:3])}"
            f"{' …' if len(missing) > 3 else ''}: the download is not finished; start it again."
        )
