"""The table of endpoints, and what the user's config file adds to it.

The file is `config.json` in the pack's own folder (see `Config.read`). Nothing else names a URL or a
key: no workflow, no widget.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ...errors import PatchMattersError, UnusableModel

CONFIG = "config.json"
SDKS = ("openai", "anthropic")
_KINDS = {
    **dict.fromkeys(("url", "sdk", "key", "key_variable", "example", "keep_alive"), str),
    **dict.fromkeys(("image_side", "image_bytes"), int),
    **dict.fromkeys(("n", "seed", "json_schema"), bool),
    **dict.fromkeys(("models", "urls"), list),
}
LEAST = {"image_side": 64, "image_bytes": 20_000}  # px; bytes, in which an image of that side fits


@dataclass(frozen=True)
class Rule:
    """Parameters that models with a matching name do not accept.

    Attributes:
        match: a pattern with * and ?; the first rule that matches counts.
        drop: parameters that are left out.
        rename: parameters that have another name.
        extra_tokens: added to max_tokens, for models whose thinking counts.
        max_tokens: the most that may be asked for; 0 for no limit.
        temperature: the lowest and highest that may be asked for.
        send: fields that are sent besides, such as the one that switches thinking off.
    """

    match: str
    drop: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    extra_tokens: int = 0
    max_tokens: int = 0
    temperature: tuple[float, float] = (0.0, 1.0)
    send: Mapping = field(default_factory=dict)

    def parameters(self, temperature: float, max_tokens: int) -> dict:
        """Return temperature and max_tokens as the model accepts them."""
        low, high = self.temperature
        tokens = max_tokens + self.extra_tokens
        tokens = min(tokens, self.max_tokens) if self.max_tokens else tokens
        asked = {"temperature": min(max(temperature, low), high), "max_tokens": tokens}
        return {self.rename.get(k, k): v for k, v in asked.items() if k not in self.drop}


@dataclass(frozen=True)
class Endpoint:
    """A place that serves models.

    Attributes:
        key_variable: the environment variable with the key; empty where none is needed.
        own_key: the key itself, from the config file's "key"; goes before the variable.
        sdk: "openai" or "anthropic", the wire format and the package that speaks it.
        image_side: px; larger images are scaled down, for more is not looked at.
        image_bytes: the most of one image, as JPEG.
        n: whether one request may ask for several answers.
        seed: whether a request may name a seed.
        json_schema: whether an answer can be held to a JSON schema (`response_format`).
        urls: of several servers that serve the same models, used in place of `url`, which is then the first of them.
        keep_alive: how long Ollama keeps the model in memory after an answer, such as "30m"; empty for other servers.
        example: a model's name.
    """

    name: str
    url: str
    sdk: str = "openai"
    key_variable: str = ""
    own_key: str = field(default="", repr=False)
    image_side: int = 1536
    image_bytes: int = 4_000_000
    n: bool = False
    seed: bool = False
    json_schema: bool = False
    keep_alive: str = ""
    example: str = ""
    models: tuple[Rule, ...] = ()
    urls: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Return what tells its answers from those of other endpoints: the URL; of several servers the name, because
        servers come and go."""
        return self.name if self.urls else self.url

    def rule(self, model: str) -> Rule:
        return next((r for r in self.models if fnmatchcase(model, r.match)), Rule("*"))

    def key(self) -> str:
        """Return the key; that of the environment is read when it is needed. Empty where none is needed.

        Raises:
            UnusableModel: its variable is not set.
        """
        if self.own_key or not self.key_variable:
            return self.own_key
        key = os.environ.get(self.key_variable, "").strip()
        if key and not _fits_a_header(key):
            raise UnusableModel(
                f"model: {self.key_variable} contains characters that are not allowed in a key (spaces, "
                "accents, typographic quotation marks …): copy the key again."
            )
        if not key:
            raise UnusableModel(
                f"model: {self.name} needs a key: set the environment variable {self.key_variable} "
                "and restart ComfyUI, or write the key into config.json (see docs/models.md)."
            )
        return key


@dataclass(frozen=True)
class Limits:
    """Attributes:
    concurrency: requests under way at once.
    max_requests: of one run, all its stages together; more are not sent: an error before the first.
    seconds: without any answer, after which what of one stage is not answered yet is given up.
    """

    concurrency: int = 6
    max_requests: int = 1000
    seconds: float = 900


@dataclass(frozen=True)
class Config:
    """The settings for all hosted models of this installation.

    Attributes:
        max_requests: ceiling of the requests of one run; a widget only lowers it.
        cache_mb: size of the cache of answers in MB; 0 switches it off.
        prices: "endpoint:model" -> the price of a million tokens that go in, and of a million that come out,
            in the currency that the user thinks in.
        folders: name -> a folder of images that nodes may caption, beside ComfyUI's input and output.
    """

    endpoints: Mapping[str, Endpoint]
    max_requests: int = 1000
    cache_mb: int = 500
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def read(cls, home: Path | None) -> Config:
        """Return the built-in table, and `home/config.json` if it is there::

            {"max_requests": 1000, "cache_mb": 500, "prices": {"openai:gpt-4o": [2.5, 10]},
             "folders": {"photos": "/data/photos"},
             "endpoints": {"my-server": {"url": "http://10.0.0.5:8000/v1",
                                         "key_variable": "MY_SERVER_KEY"},
                           "openai": {"key": "sk-..."}}}

        An entry of a built-in name replaces its URL and its key together: with a URL of one's own
        the built-in key is not sent.

        Raises:
            PatchMattersError: the file cannot be read, or says what cannot be.
        """
        rows = _table()
        path = home / CONFIG if home else None
        if path is None or not path.is_file():
            return cls({name: _endpoint(name, row) for name, row in rows.items()})
        try:
            own = json.loads(path.read_text(encoding="utf-8-sig"))
            for name, row in own.pop("endpoints", {}).items():
                before = dict(rows.get(name, {}))
                if "url" in row or "urls" in row:
                    before.pop("key_variable", None)
                rows[name] = {**before, **row}
            prices = {name: _price(name, row) for name, row in own.pop("prices", {}).items()}
            folders = {name: _folder(name, row) for name, row in own.pop("folders", {}).items()}
            for name, number in own.items():
                if type(number) is not int or number < 0:
                    raise ValueError(
                        f"“{name[:50]}” is not a setting: write a whole number, 0 or more"
                    )
            known = {name: _endpoint(name, row) for name, row in rows.items()}
            return cls(known, **own, prices=prices, folders=folders)
        except RecursionError as error:
            raise PatchMattersError(f"{path} cannot be used: it is nested too deeply") from error
        except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise PatchMattersError(f"{path} cannot be used: {error}") from error

    def endpoint(self, name: str) -> Endpoint:
        """Return the endpoint of that short name.

        Raises:
            PatchMattersError: there is none; the known ones are listed.
        """
        if name not in self.endpoints:
            raise PatchMattersError(
                f"endpoint: there is no endpoint named “{name[:50]}”. Known: {', '.join(self.endpoints)}."
            )
        return self.endpoints[name]


def _price(name: str, row: list) -> tuple[float, float]:
    if len(row) != 2 or not all(type(n) in (int, float) and 0 <= n < 1e6 for n in row):
        raise ValueError(f'the price of "{name[:50]}": write two numbers, as in [2.5, 10]')
    return (float(row[0]), float(row[1]))


def _folder(name: str, place: str) -> Path:
    if not name or name in ("input", "output") or set(name) & set("/\\:") or not name.isprintable():
        raise ValueError(f'"{name[:50]}" cannot be the name of a folder: write another one')
    if not Path(place).is_absolute():
        raise ValueError(f'the folder "{name[:50]}": write its whole path, as in /data/photos')
    return Path(place)


def _table() -> dict:
    return json.loads(Path(__file__).with_name("endpoints.json").read_text(encoding="utf-8"))


def _endpoint(name: str, row: dict) -> Endpoint:
    if not name.isidentifier() and not name.replace("-", "_").isidentifier():
        raise ValueError(f"“{name}” is not a valid endpoint name: use letters, digits, - and _")
    if row.get("sdk", SDKS[0]) not in SDKS:
        raise ValueError(f"“{name}” names the sdk “{row['sdk']}”: write openai or anthropic")
    for field_, value in row.items():
        if type(value) is not _KINDS.get(field_):
            what = "of a wrong kind" if field_ in _KINDS else "unknown"
            raise ValueError(f"“{name}”: the field “{field_[:50]}” is {what}: see docs/models.md")
    for field_ in ("image_side", "image_bytes"):
        if row.get(field_, LEAST[field_]) < LEAST[field_]:
            raise ValueError(f"“{name}”: {field_} is less than {LEAST[field_]}")
    if row.get("key") and not _fits_a_header(row["key"]):
        raise ValueError(
            f"the key of “{name}” contains characters that are not allowed in a key: copy it again"
        )
    urls = _urls(name, row)
    for url in urls:
        _check_url(name, url, row)
    rules = tuple(_rule(name, rule) for rule in row.get("models", []))
    row = {"own_key" if k == "key" else k: v for k, v in row.items()}
    several = tuple(urls) if "urls" in row else ()
    return Endpoint(name, **{**row, "url": urls[0], "urls": several, "models": rules})


def _urls(name: str, row: dict) -> list[str]:
    """Return the URLs of an endpoint's servers."""
    urls = row["urls"] if "urls" in row else [row["url"]]
    if not urls or not all(isinstance(url, str) for url in urls) or len(set(urls)) < len(urls):
        raise ValueError(
            f'the urls of “{name}”: write one or more, each once, as in ["http://a/v1"]'
        )
    return urls


def _check_url(name: str, url: str, row: dict) -> None:
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        # Logs of the libraries below name the URL.
        raise ValueError(
            f'the url of “{name}” has a user, a password or a query: put the key in "key"'
        )
    if not parts.hostname or (parts.port or 1) < 1:
        raise ValueError(f"the url of “{name}” has no server name")
    has_key = row.get("key_variable") or row.get("key")
    unencrypted = parts.scheme == "http" and (not has_key or at_home(parts.hostname))
    if parts.scheme != "https" and not unencrypted:
        raise ValueError(f"the key of “{name}” would be sent unencrypted: use https")


def _rule(name: str, row: dict) -> Rule:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    rule = Rule(**values)
    low, high = rule.temperature
    fits = isinstance(rule.match, str)
    fits = fits and all(isinstance(given, Mapping) for given in (rule.rename, rule.send))
    fits = fits and all(type(n) is int and n >= 0 for n in (rule.extra_tokens, rule.max_tokens))
    fits = fits and all(isinstance(w, str) for w in (*rule.drop, *rule.rename.values()))
    if not fits or not 0 <= low <= high <= 2:
        raise ValueError(f"“{name}”: a rule for its models has a wrong value: see docs/models.md")
    return rule


def _fits_a_header(key: str) -> bool:
    return key.isascii() and key.isprintable() and " " not in key


def at_home(host: str) -> bool:
    """Return whether a host is this machine or in the same private network."""
    try:
        return host == "localhost" or ip_address(host).is_private
    except ValueError:
        return False
