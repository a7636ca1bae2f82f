"""The models that a command names, with a progress bar for what is downloaded."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from .english import split_words
from .models.completion_cache import SplitCache
from .models.hosted.budget import Budget
from .models.hosted.endpoints import Config, Limits
from .models.local.loading import Loading
from .models.registry import DETECTOR, load_hosted, load_model
from .options import ROLES
from .pipeline import Models


def load_models(
    options: argparse.Namespace,
    home: Path,
    load=load_model,
    *,
    config: Config | None = None,
    budget: Budget | None = None,
    answers: SplitCache | None = None,
) -> Models:
    """Return the models that the options name.

    A hosted model that is named for several roles is one model, so that its limit holds for all of them.

    Args:
        home: the pack's own folder, with the config of hosted models and the cache of answers.
        load: gives a model that is not hosted.
        config: of hosted models, in place of the one in `home`.
        budget: of their requests, where other processes send some, too.
        answers: their cache of answers, in place of the one in `home`.
    """
    config, budget = config or Config.read(home), budget or Budget()
    if options.max_requests:
        config = replace(config, max_requests=options.max_requests)
    limits = Limits(options.concurrency, config.max_requests)
    hosted: dict[str, dict] = {}
    models = {}
    for role in ROLES:
        name = getattr(options, role)
        endpoint, _, model = name.partition(":")
        if role != DETECTOR and model and endpoint in config.endpoints:
            if name not in hosted:
                hosted[name] = load_hosted(
                    config, endpoint, model, home, limits=limits, budget=budget, answers=answers
                )
            models[role] = hosted[name][role]
        else:
            models[role] = _loaded(role, name, options, home, load)
    return Models(**models)


def _loaded(role: str, name: str, options: argparse.Namespace, home: Path, load):
    from tqdm import tqdm

    classes = split_words(options.classes) if role == DETECTOR else ()
    with tqdm(unit="B", unit_scale=True, desc=name, delay=1, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return load(
            role,
            name,
            roots=[Path(options.models)],
            progress=progress,
            loading=Loading(options.precision),
            classes=classes,
            home=home,
        )
