"""Checks the folder of a transformers model before anything is loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ...errors import PatchMattersError

# Mini-Gemini: the kinds of its configs, new and old, and the language model within.
MINI_GEMINI = {
    f"{name}{suffix}": language
    for name in ("mgm", "mini_gemini")
    for suffix, language in {
        "": "llama",
        "_gemma": "gemma",
        "_mistral": "mistral",
        "_mixtral": "mixtral",
    }.items()
}
SAFE, PICKLED = "model.safetensors", "pytorch_model.bin"
MAX_JSON = 64_000_000  # bytes; the index of the largest published models has about 10 MB
# Fields of a config that transformers follows to code or weights outside the folder: attention from a
# hub, a backbone's own repository, another file.
_LEADING_AWAY = (
    *("attn_implementation", "_attn_implementation"),
    *("experts_implementation", "_experts_implementation"),
    *("backbone", "transformers_weights"),
)


@dataclass(frozen=True)
class ModelFolder:
    """A model on disk, whose config was read and whose weights are whole.

    Attributes:
        weights: their files.

    Raises:
        PatchMattersError: the folder or its config is missing, its config names code of its own, or
            its weights are not safetensors, or some are missing.
    """

    path: Path
    config: dict
    weights: tuple[Path, ...]

    @classmethod
    def open(cls, path: str | Path) -> ModelFolder:
        path = Path(path)
        try:
            config = read_json(path / "config.json")
            if not isinstance(config, dict) or not isinstance(config.get("model_type"), str):
                raise ValueError("it names no model_type")
        except OSError as error:
            raise PatchMattersError(
                f"model: {path} has no config.json: give the folder to which a transformers model was saved "
                "or downloaded."
            ) from error
        except ValueError as error:
            raise PatchMattersError(
                f"model: {path / 'config.json'} cannot be used ({error}): download the model again."
            ) from error
        _check_code(path, config)
        _check_stays(path, config)
        pickles = config["model_type"] in MINI_GEMINI  # which are read with weights_only=True
        return cls(path, config, tuple(_weights(path, pickles)))

    @property
    def model_type(self) -> str:
        """The architecture, as in `llava` or `qwen3_vl`."""
        return self.config["model_type"]


def read_json(path: Path):
    """Return the value in a JSON file, with or without a byte order mark.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not JSON, is nested too deeply, or larger than `MAX_JSON`.
    """
    if not path.is_file():  # a pipe would never end
        raise FileNotFoundError(f"there is no {path.name}")
    if path.stat().st_size > MAX_JSON:
        raise ValueError(f"it has more than {MAX_JSON // 1_000_000} MB")
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _check_stays(path: Path, config: dict) -> None:
    """Refuse a config that refers to files outside the model's folder."""
    if (path / "adapter_config.json").is_file():
        raise PatchMattersError(
            f"model: {path.name} is an adapter (it has an adapter_config.json), which is loaded onto "
            "another model: use one into which the adapter was merged."
        )
    for key, value in _fields(config):
        named = value.values() if isinstance(value, dict) else [value]
        if key in _LEADING_AWAY and any(
            isinstance(v, str) and set(v) & set("/\\:@") for v in named
        ):
            raise PatchMattersError(
                f"model: {path.name} is not loaded: {key} in its config.json leads to code or weights "
                "outside the folder. Delete that line, or use another version of the model."
            )


def _fields(value):
    """(key, value) of everything in a JSON value, nested ones included."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value.items()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _check_code(path: Path, config: dict) -> None:
    from transformers import CONFIG_MAPPING

    kind = config["model_type"]
    if kind not in CONFIG_MAPPING and kind not in MINI_GEMINI:
        import transformers

        why = "it comes with its own code, which is never run" if "auto_map" in config else ""
        raise PatchMattersError(
            f"model: {path.name} has the model type “{kind}”, which transformers {transformers.__version__} "
            f"does not know{'; ' + why if why else ''}: use a version of the model for transformers, "
            "or a newer transformers."
        )


def weight_files(path: Path, name: str) -> list[Path]:
    """Return the files of the weights of that name: one, or those of their index; empty if none is there.

    Raises:
        PatchMattersError: the index cannot be read, or a file that it names is not there.
    """
    index = path / f"{name}.index.json"
    if not index.is_file():
        return [path / name] if (path / name).is_file() else []
    try:
        names = sorted(set(read_json(index)["weight_map"].values()))
        if not names:
            raise ValueError("it names no files")
        if any(Path(n).name != n for n in names):
            raise ValueError("it names files in other folders")
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise PatchMattersError(
            f"model: {index} cannot be read ({error}): download the model again."
        ) from error
    missing = [n for n in names if not (path / n).is_file()]
    if missing:
        raise PatchMattersError(
            f"model: {path.name} lacks {', '.join(missing[:3])}"
            f"{' …' if len(missing) > 3 else ''}: the download is incomplete; start it again."
        )
    return [path / n for n in names]


def _weights(path: Path, pickles: bool) -> list[Path]:
    files = weight_files(path, SAFE) or (weight_files(path, PICKLED) if pickles else [])
    if not files and not pickles and [*path.glob("*.bin"), *path.glob("*.pt")]:
        raise PatchMattersError(
            f"model: {path.name} has its weights as a pickle, which may run code and is not loaded: "
            "convert them to safetensors, or download a version that has them."
        )
    if not files:
        raise PatchMattersError(
            f"model: {path.name} lacks {SAFE}: the download is incomplete; start it again."
        )
    return files
