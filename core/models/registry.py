"""Loads models by name, as `backend:name`, for nodes, the command line and benches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from pathlib import Path

from ..errors import PatchMattersError
from .completion_cache import CompletionCache, SplitCache
from .hosted.budget import Budget
from .hosted.endpoints import Config, Limits
from .local.devices import Devices, TorchDevices
from .local.downloads import DownloadProgress
from .local.loading import Loading
from .local.model_store import (
    CAPTIONER,
    CONTRASTIVE,
    DETECTOR,
    NLI,
    VERIFIER,
    WRITER,
    ZERO_SHOT,
    find_or_download,
    find_text_encoder,
)
from .seeds import SAMPLING

OFFLINE = {
    DETECTOR: "offline:ssd-mobilenet",
    CAPTIONER: "offline:measured",
    VERIFIER: "offline:evidence",
    WRITER: "offline:rules",
}
CACHE_FILE = "answers.sqlite"
TRANSFORMERS, ULTRALYTICS = "transformers:", "ultralytics:"
_LOCAL = {
    DETECTOR: "a DETR, Grounding DINO or OWL",
    CAPTIONER: "a vision-language model",
    VERIFIER: "a BLIP for image-text retrieval, a CLIP or SigLIP, or a vision-language model",
    WRITER: "a chat model, with or without vision",
    NLI: "a cross-encoder with the classes entailment, neutral and contradiction",
}


def known_models(role: str) -> str:
    """Return what `load_model` takes for a role, apart from hosted models, in words."""
    known = f"{TRANSFORMERS}FOLDER or {TRANSFORMERS}AUTHOR/NAME ({_LOCAL[role]})"
    if role in OFFLINE:
        known = f"{OFFLINE[role]}, {known}"
    return f"{known}, {ULTRALYTICS}FILE.pt (a YOLO)" if role == DETECTOR else known


def hosted_examples() -> list[str]:
    """`endpoint:model` for each endpoint of the pack's own table."""
    return [f"{e.name}:{e.example}" for e in Config.read(None).endpoints.values()]


def load_model(
    role: str,
    name: str = "",
    *,
    roots: Sequence[Path] = (),
    progress: DownloadProgress = lambda done, total: None,
    loading: Loading = Loading(),
    classes: Sequence[str] = (),
    home: Path | None = None,
    budget: Budget | None = None,
):
    """Return the model of that name; without a name the offline one, or None where there is none (nli).
    Weights load when it is first used.

    Args:
        roots: folders of model folders. A catalogued repository that is in none of them is
            downloaded into the first.
        progress: of that download.
        loading: of a vision-language or language model.
        classes: what a detector is to look for; empty for all its own, or for the caption's nouns.
        home: the pack's own folder, with the config of hosted models and the cache of answers.
        budget: of the requests of a run, where several hosted models share it.

    Raises:
        PatchMattersError: no model has that name (the known ones are listed), the folder that it
            names cannot be used, or the download failed.
    """
    name = name or OFFLINE.get(role, "")
    if not name:
        return None
    if name.startswith(TRANSFORMERS):
        named = name[len(TRANSFORMERS) :]
        folder = Path(named) if Path(named).is_dir() else None
        if folder is None and roots:
            folder = find_or_download(role, named, roots, progress)
        if folder is not None:
            model = load_folder(role, name, folder, _torch_devices(), loading, classes)
            if role != CAPTIONER:
                return model
            return with_cache(model, folder, loading, load_cache(Config.read(home), home))
    if name.startswith(ULTRALYTICS) and role == DETECTOR:
        file = Path(name[len(ULTRALYTICS) :])
        return load_yolo(name, file, str(_torch_devices().device), classes, roots)
    endpoint, _, hosted = name.partition(":")
    if (
        role not in (DETECTOR, NLI)
        and hosted
        and endpoint in (config := Config.read(home)).endpoints
    ):
        return load_hosted(config, endpoint, hosted, home, budget=budget)[role]
    if name == OFFLINE.get(role):
        model = _offline(role)
        return _with_class_filter(model, classes) if role == DETECTOR else model
    known = known_models(role)
    if role not in (DETECTOR, NLI):
        known += f"; hosted or served: {', '.join(hosted_examples())}"
    raise PatchMattersError(f'{role}: there is no model named "{name[:100]}". Known: {known}.')


def load_folder(
    role: str,
    name: str,
    folder: Path,
    devices: Devices,
    loading: Loading = Loading(),
    classes: Sequence[str] = (),
):
    """Return the model in a folder, under the given name."""
    from .local.folder import ModelFolder

    kind = (opened := ModelFolder.open(folder)).model_type
    if role == DETECTOR and kind in ZERO_SHOT:
        from .local.detr import ZeroShotDetector

        return ZeroShotDetector(name, opened, devices, classes)
    if role == DETECTOR:
        from .local.detr import TransformersDetector

        return _with_class_filter(TransformersDetector(name, opened, devices), classes)
    if role == NLI:
        from .local.nli import NliCrossEncoder

        return NliCrossEncoder(name, opened, devices)
    if role == VERIFIER and kind == "blip":
        from .local.blip import BlipVerifier

        return BlipVerifier(name, opened, devices)
    if role == VERIFIER and kind in CONTRASTIVE:
        from .local.contrastive import ContrastiveVerifier

        return ContrastiveVerifier(name, opened, devices)
    captioner, writer, verifier = load_vlm(name, folder, devices, loading)
    return {CAPTIONER: captioner, WRITER: writer, VERIFIER: verifier}[role]


def load_hosted(
    config: Config,
    endpoint: str,
    model: str,
    home: Path | None,
    *,
    limits: Limits | None = None,
    cached: bool = True,
    announce: Callable[[str], None] = lambda text: None,
    budget: Budget | None = None,
    failed: Callable[[], None] = lambda: None,
    answers: CompletionCache | SplitCache | None = None,
) -> dict:
    """Return a hosted model in its three roles, as role -> model.

    Args:
        limits: the config's ceiling of requests holds in any case.
        cached: whether answers are kept, and those that were kept are used.
        announce: called with a text that says how many requests will be sent.
        budget: of the run, where other models share it; else this model's own.
        failed: is called where an answer is missing, which another run may bring.
        answers: the cache of answers, in place of the one in `home`.

    Raises:
        PatchMattersError: no endpoint has that name, or the model none.
    """
    from .chat import chat_roles
    from .hosted.model import HostedModel

    if not model.strip():
        raise PatchMattersError("model: enter a model name of the endpoint, for example gpt-4o.")
    limits = limits or Limits()
    limits = replace(limits, max_requests=min(limits.max_requests, config.max_requests))
    answers = (answers or load_cache(config, home)) if cached else None
    served = HostedModel(
        config.endpoint(endpoint),
        model.strip(),
        answers=answers,
        limits=limits,
        announce=announce,
        budget=budget,
        failed=failed,
    )
    return dict(zip((CAPTIONER, WRITER, VERIFIER), chat_roles(served)))


def with_cache(
    captioner,
    folder: Path,
    loading: Loading,
    answers: CompletionCache | None,
    failed: Callable[[], None] = lambda: None,
):
    """Return a local captioner whose answers are kept, until its files or the way it is loaded change."""
    from importlib.metadata import version

    from .cached_captioner import CachedCaptioner

    if answers is None:
        return captioner
    files = sorted(f for f in folder.iterdir() if f.is_file())
    state = [[f.name, f.stat().st_size, f.stat().st_mtime_ns] for f in files]
    backend = [SAMPLING, *(f"{name} {version(name)}" for name in ("torch", "transformers"))]
    identity = (captioner.name, state, loading.precision, loading.attention, backend)
    return CachedCaptioner(captioner, answers, identity, failed)


def load_cache(config: Config, home: Path | None) -> CompletionCache | None:
    """Return the cache of answers, or None if it is disabled."""
    return CompletionCache(home / CACHE_FILE, config.cache_mb) if home and config.cache_mb else None


def load_vlm(name: str, folder: Path, devices: Devices, loading: Loading = Loading()):
    """Return the vision-language model in a folder as captioner, as writer and as verifier: one copy of its
    weights.
    """
    from .local.llm_writer import TransformersWriter
    from .local.vlm_captioner import TransformersCaptioner
    from .local.vlm_loader import open_model
    from .local.vlm_verifier import VlmVerifier

    model = open_model(folder, devices, loading)
    return tuple(k(name, model) for k in (TransformersCaptioner, TransformersWriter, VlmVerifier))


def load_yolo(
    name: str,
    file: Path,
    device: str,
    classes: Sequence[str] = (),
    roots: Sequence[Path] = (),
):
    """Return the detector in a .pt file of ultralytics, under the given name.

    Args:
        classes: what to look for. A YOLO-World reads them with the CLIP ViT-B/32 in `roots`.
    """
    from .local.yolo import UltralyticsDetector

    encoder = partial(find_text_encoder, roots)
    return _with_class_filter(UltralyticsDetector(name, file, device, classes, encoder), classes)


def load_embedder():
    """Return the sentence model that groups statements."""
    from .offline.minilm import OfflineEmbedder

    return OfflineEmbedder()


def _with_class_filter(detector, classes: Sequence[str]):
    from .local.class_filter import ClassFilter

    return ClassFilter(detector, classes) if classes else detector


@lru_cache(maxsize=1)
def _torch_devices() -> TorchDevices:
    return TorchDevices()


@cache
def _offline(role: str):
    if role == DETECTOR:
        from .offline.ssd import OfflineDetector

        return OfflineDetector()
    if role == CAPTIONER:
        from .offline.captioner import OfflineCaptioner

        return OfflineCaptioner()
    if role == VERIFIER:
        from .offline.verifier import OfflineVerifier

        return OfflineVerifier()
    from .offline.writer import OfflineWriter

    return OfflineWriter()
