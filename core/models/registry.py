"""Models by name: `backend:name`, the same in a node, on the command line and in a bench."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from ..errors import PatchMattersError
from .answers import Answers
from .hosted.budget import Budget
from .hosted.endpoints import Config, Limits
from .local.devices import Devices, PlainDevices
from .local.downloads import Progress
from .local.loading import Loading
from .local.shelf import (
    CAPTIONER,
    CONTRASTIVE,
    DETECTOR,
    MATCHER,
    NLI,
    WRITER,
    ZERO_SHOT,
    find_text_encoder,
    obtain,
)
from .seeds import SAMPLING

OFFLINE = {
    DETECTOR: "offline:ssd-mobilenet",
    CAPTIONER: "offline:measured",
    MATCHER: "offline:evidence",
    WRITER: "offline:rules",
}
ANSWERS = "answers.sqlite"
TRANSFORMERS, ULTRALYTICS = "transformers:", "ultralytics:"
_LOCAL = {
    DETECTOR: "a DETR, Grounding DINO or OWL",
    CAPTIONER: "a vision-language model",
    MATCHER: "a BLIP for image-text retrieval, a CLIP or SigLIP, or a vision-language model as judge",
    WRITER: "a chat model, with or without vision",
    NLI: "a cross-encoder with the classes entailment, neutral and contradiction",
}


def known_models(role: str) -> str:
    """What `load_model` takes for a role, apart from hosted models, in words."""
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
    progress: Progress = lambda done, total: None,
    loading: Loading = Loading(),
    classes: Sequence[str] = (),
    home: Path | None = None,
    budget: Budget | None = None,
):
    """The model of that name; without a name the offline one, or None where there is none (nli). Weights load when
    it is first used.

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
            folder = obtain(role, named, roots, progress)
        if folder is not None:
            model = load_folder(role, name, folder, _plain_devices(), loading, classes)
            if role != CAPTIONER:
                return model
            return remembering(model, folder, loading, load_answers(Config.read(home), home))
    if name.startswith(ULTRALYTICS) and role == DETECTOR:
        file = Path(name[len(ULTRALYTICS) :])
        return load_yolo(name, file, str(_plain_devices().device), classes, roots)
    endpoint, _, hosted = name.partition(":")
    if role not in (DETECTOR, NLI) and hosted and endpoint in (config := Config.read(home)).endpoints:
        return load_hosted(config, endpoint, hosted, home, budget=budget)[role]
    if name == OFFLINE.get(role):
        model = _offline(role)
        return _chosen(model, classes) if role == DETECTOR else model
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
    """The model in a folder, under a name of the caller's."""
    from .local.folder import ModelFolder

    kind = (opened := ModelFolder.open(folder)).model_type
    if role == DETECTOR and kind in ZERO_SHOT:
        from .local.detr import ZeroShotDetector

        return ZeroShotDetector(name, opened, devices, classes)
    if role == DETECTOR:
        from .local.detr import TransformersDetector

        return _chosen(TransformersDetector(name, opened, devices), classes)
    if role == NLI:
        from .local.nli import NliCrossEncoder

        return NliCrossEncoder(name, opened, devices)
    if role == MATCHER and kind == "blip":
        from .local.blip import BlipMatcher

        return BlipMatcher(name, opened, devices)
    if role == MATCHER and kind in CONTRASTIVE:
        from .local.contrastive import ContrastiveMatcher

        return ContrastiveMatcher(name, opened, devices)
    captioner, writer, judge = load_seeing(name, folder, devices, loading)
    return {CAPTIONER: captioner, WRITER: writer, MATCHER: judge}[role]


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
) -> dict:
    """A hosted or served model in its three roles: role -> model.

    Args:
        limits: the config's ceiling of requests holds in any case.
        cached: whether answers are kept, and those that were kept are used.
        announce: is told how many requests will go out.
        budget: of the run, where other models share it; else this model's own.
        failed: is called where an answer is missing, which another run may bring.

    Raises:
        PatchMattersError: no endpoint has that name, or the model none.
    """
    from .asking import asked
    from .hosted.model import HostedModel

    if not model.strip():
        raise PatchMattersError("model: name one, as the endpoint knows it: gpt-4o, for example.")
    limits = limits or Limits()
    limits = replace(limits, max_requests=min(limits.max_requests, config.max_requests))
    answers = load_answers(config, home) if cached else None
    served = HostedModel(
        config.endpoint(endpoint),
        model.strip(),
        answers=answers,
        limits=limits,
        announce=announce,
        budget=budget,
        failed=failed,
    )
    return dict(zip((CAPTIONER, WRITER, MATCHER), asked(served)))


def remembering(
    captioner,
    folder: Path,
    loading: Loading,
    answers: Answers | None,
    failed: Callable[[], None] = lambda: None,
):
    """A local captioner whose answers are kept, until its files or the way it is loaded change."""
    from importlib.metadata import version

    from .remembering import RememberingCaptioner

    if answers is None:
        return captioner
    files = sorted(f for f in folder.iterdir() if f.is_file())
    state = [[f.name, f.stat().st_size, f.stat().st_mtime_ns] for f in files]
    backend = [SAMPLING, *(f"{name} {version(name)}" for name in ("torch", "transformers"))]
    identity = (captioner.name, state, loading.precision, loading.attention, backend)
    return RememberingCaptioner(captioner, answers, identity, failed)


def load_answers(config: Config, home: Path | None) -> Answers | None:
    """The cache of answers; None where it is switched off."""
    return Answers(home / ANSWERS, config.cache_mb) if home and config.cache_mb else None


def load_seeing(name: str, folder: Path, devices: Devices, loading: Loading = Loading()):
    """The vision-language model in a folder as captioner, as writer and as judge: one copy of its
    weights."""
    from .local.judge import JudgeMatcher
    from .local.llm_writer import TransformersWriter
    from .local.opening import open_model
    from .local.vlm_captioner import TransformersCaptioner

    model = open_model(folder, devices, loading)
    return tuple(k(name, model) for k in (TransformersCaptioner, TransformersWriter, JudgeMatcher))


def load_yolo(
    name: str,
    file: Path,
    device: str,
    classes: Sequence[str] = (),
    roots: Sequence[Path] = (),
):
    """The detector in a .pt file of ultralytics, under a name of the caller's.

    Args:
        classes: what to look for. A YOLO-World reads them with the CLIP ViT-B/32 in `roots`.
    """
    from .local.yolo import UltralyticsDetector

    encoder = partial(find_text_encoder, roots)
    return _chosen(UltralyticsDetector(name, file, device, classes, encoder), classes)


def load_embedder():
    """The sentence model that groups statements."""
    from .offline.minilm import OfflineEmbedder

    return OfflineEmbedder()


def _chosen(detector, classes: Sequence[str]):
    from .local.chosen import ChosenClasses

    return ChosenClasses(detector, classes) if classes else detector


@lru_cache(maxsize=1)
def _plain_devices() -> PlainDevices:
    return PlainDevices()


def _offline(role: str):
    if role == DETECTOR:
        from .offline.ssd import OfflineDetector

        return OfflineDetector()
    if role == CAPTIONER:
        from .offline.captioner import OfflineCaptioner

        return OfflineCaptioner()
    if role == MATCHER:
        from .offline.matcher import OfflineMatcher

        return OfflineMatcher()
    from .offline.writer import OfflineWriter

    return OfflineWriter()
