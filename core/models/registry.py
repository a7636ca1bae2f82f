"""Models by name: `backend:name`, the same in a node, on the command line and in a bench."""

from __future__ import annotations

from ..errors import PatchMattersError

DETECTOR, CAPTIONER, MATCHER, WRITER = "detector", "captioner", "matcher", "writer"

OFFLINE = {
    DETECTOR: "offline:ssd-mobilenet",
    CAPTIONER: "offline:measured",
    MATCHER: "offline:evidence",
    WRITER: "offline:rules",
}


def known_models(role: str) -> list[str]:
    """The names that `load_model` takes for a role."""
    return [OFFLINE[role]]


def load_model(role: str, name: str = ""):
    """The model of that name; without a name the offline one. Weights load when it is first used.

    Raises:
        PatchMattersError: no model has that name; the known ones are listed.
    """
    name = name or OFFLINE[role]
    if name == OFFLINE[DETECTOR] and role == DETECTOR:
        from .ssd import OfflineDetector

        return OfflineDetector()
    if name == OFFLINE[CAPTIONER] and role == CAPTIONER:
        from .offline_captioner import OfflineCaptioner

        return OfflineCaptioner()
    if name == OFFLINE[MATCHER] and role == MATCHER:
        from .offline_matcher import OfflineMatcher

        return OfflineMatcher()
    if name == OFFLINE[WRITER] and role == WRITER:
        from .offline_writer import OfflineWriter

        return OfflineWriter()
    raise PatchMattersError(
        f"{role}: there is no model named «{name[:100]}». Known: {', '.join(known_models(role))}."
    )


def load_embedder():
    """The sentence model that groups statements."""
    from .minilm import OfflineEmbedder

    return OfflineEmbedder()
