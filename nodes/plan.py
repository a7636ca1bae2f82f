"""What a queued prompt will ask of hosted models, from its graph, and the ceiling that it must keep."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from comfy_execution.utils import get_executing_context
from server import PromptServer

from .. import core
from ..core.budget import (
    NONE,
    Demand,
    Requests,
    answering,
    captioning,
    cost_of,
    describing,
    duration,
    reading,
    requests_by_role,
    seconds_of,
    sentence,
    verifying,
    writing,
)
from ..core.edit_schema import read_edits
from ..core.errors import PatchMattersError
from ..core.models.hosted.budget import Budget, Plan
from ..core.models.hosted.endpoints import Config
from ..core.models.registry import CAPTIONER, DETECTOR, OFFLINE, VERIFIER, WRITER, load_cache
from ..core.profiles import DEFAULT, PROFILES, Profile
from ..core.settings import LANGUAGE_MODEL
from ..core.styles import DESCRIPTION, STYLES, Style
from . import scan
from .dataset_job import job_of

if TYPE_CHECKING:
    from ..core.pipeline import Settings

_Counts = dict[str, Callable[[bool], Requests]]
HOSTED = "PatchMattersHostedModel"
_ROLES = {"captioner": CAPTIONER, "matcher": VERIFIER, "writer": WRITER}  # by the input's name
_OF_JOB = inspect.signature(job_of).parameters
_log = logging.getLogger("patch_matters")
_batch = 1  # images of the batch that a node of the pack took last
_chosen = ("", "", 0)  # the run and the node that chose key frames last, and how many


def current_run() -> str:
    """Return the id of the prompt that is being executed, or an empty string outside of one."""
    context = get_executing_context()
    return context.prompt_id if context else ""


def note_batch(images: int) -> None:
    """Remember how many images the nodes of this run work on."""
    global _batch
    _batch = images


def note_key_frames(frames: int) -> None:
    """Remember how many key frames the node that runs has chosen."""
    global _chosen
    if context := get_executing_context():
        _chosen = (context.prompt_id, context.node_id, frames)


def status() -> str:
    """Return a line about the requests of the run: sent, expected, and the time that is left; empty where none is
    under way.
    """
    plan, used = budget.plan, budget.used
    if plan is None or not used:
        return ""
    known = used <= plan.most
    amount = Requests(plan.few, plan.most).amount()
    parts = [f"{used} of about {amount} requests" if known else f"{used} requests"]
    if plan.ceiling is not None:
        parts.append(f"at most {plan.ceiling} allowed")
    if known and plan.seconds is not None and used < plan.most:
        parts.append(f"at most about {duration(plan.seconds * (1 - used / plan.most))} left")
    return ", ".join(parts)


def demands_of(
    graph: Mapping[str, dict], images: int, config: Config, done: frozenset[str] = frozenset()
) -> tuple[list[Demand], list[str]]:
    """Return what the nodes of a graph ask of hosted models, and the names of nodes of which that is not known.

    Args:
        graph: a prompt as ComfyUI executes it: node id -> class_type and inputs.
        images: in the batch.
        done: ids of nodes that do not run any more.
    """
    demands, uncounted = [], []
    for node, kind, values in _nodes(graph):
        asked = {
            role: hosted
            for name, role in _ROLES.items()
            if (hosted := _hosted_model(graph, values.get(name), config))
        }
        if node in done or not asked:
            continue
        counts = _counts(graph, node, values, images, config)
        if counts is None:
            title = graph[node].get("_meta", {}).get("title")  # as the user sees it
            uncounted.append(title[:40] if isinstance(title, str) else kind)
            continue
        for role, (model, several) in asked.items():
            if role in counts and (requests := counts[role](several)).most:
                demands.append(Demand(role, model, requests, node))
    return demands, uncounted


def _nodes(graph: Mapping[str, dict]) -> Iterator[tuple[str, str, dict]]:
    for node, value in graph.items():
        inputs = value.get("inputs")
        yield node, str(value.get("class_type")), inputs if isinstance(inputs, dict) else {}


def _hosted_model(graph, link, config: Config) -> tuple[str, bool] | None:
    """Return the name of the hosted model behind a link, and whether it gives several answers to one request."""
    source = _source(graph, link)
    values = source.get("inputs", {}) if source.get("class_type") == HOSTED else {}
    endpoint, model = values.get("endpoint"), values.get("model")
    if not (isinstance(endpoint, str) and isinstance(model, str) and endpoint in config.endpoints):
        return None
    return f"{endpoint}:{model.strip()}", config.endpoints[endpoint].n


def _source(graph: Mapping[str, dict], link) -> dict:
    is_link = isinstance(link, list) and len(link) == 2
    return graph.get(str(link[0]), {}) if is_link else {}


def _number(values: Mapping, name: str, default: int) -> int:
    value = values.get(name)
    return value if type(value) is int else default


def _counts(graph, node: str, values: Mapping, images: int, config: Config) -> _Counts | None:
    """Return role -> a function from whether one request gives several answers to the requests of a node; None for a
    node whose number of images is not known.
    """
    kind = str(graph[node].get("class_type"))
    profile = _profile(values)
    if kind == "PatchDivider":
        return {CAPTIONER: lambda several: Requests(images, images, images)}
    if kind == "LocalCaptioner":
        candidates = _number(values, "candidates", DEFAULT.candidates)
        divider = _source(graph, values.get("patches")).get("inputs", {})
        whole = "captioner" not in divider and "caption" not in divider
        return {CAPTIONER: lambda n: describing(images, 1 if n else candidates, whole=whole)}
    if kind == "SemanticFilter":
        captions = _source(graph, values.get("captions")).get("inputs", {})
        candidates = _number(captions, "candidates", DEFAULT.candidates)
        by_model = bool(_style(captions).language) or values.get("reader") == LANGUAGE_MODEL
        read = reading(images, profile, candidates, by_model=by_model)
        return {VERIFIER: lambda several: verifying(images), WRITER: lambda several: read}
    if kind == "HierarchicalAggregator":
        return {WRITER: lambda several: writing(images, profile, _style(values))}
    if kind == "PatchMatters":
        return _captioning(
            images, core.pipeline.profile_settings(profile.name, style=_style(values))
        )
    if kind == "PatchMattersCaptionDataSet":
        return _of_data_set(graph, values, config)
    if kind == "PatchReport":
        return _of_edits(graph, values)
    if kind == "AskImage":
        samples = _number(values, "samples", 1)
        return {
            CAPTIONER: lambda n: answering(images, 1 if n else samples),
            # Answers that claim nothing are not scored, and nothing is written from them.
            VERIFIER: lambda several: replace(verifying(images), least=0),
            WRITER: lambda several: Requests(0, images),
        }
    if kind == "PatchMattersCaptionVideo":
        return _of_video(node, values, profile)
    if kind == "CaptionScore":
        return {VERIFIER: lambda several: Requests(images, 2.0 * images, images)}
    return None


def _captioning(images: int, settings: Settings) -> _Counts:
    def of(role: str) -> Callable[[bool], Requests]:
        return lambda several: captioning(images, settings, several=several)[role]

    return {role: of(role) for role in (CAPTIONER, VERIFIER, WRITER)}


def _of_data_set(graph, values: Mapping, config: Config) -> _Counts | None:
    """Return the counts for the images of a folder that have no caption yet; None where the folder cannot be read, or
    the name of a local model, which the record of earlier runs holds, is not in the graph.
    """
    names = {}
    for name, role in {**_ROLES, "detector": DETECTOR}.items():
        hosted = _hosted_model(graph, values.get(name), config)
        names[role] = hosted[0] if hosted else OFFLINE[role]
        if name in values and not hosted:
            return None
    try:
        job = job_of(**{name: values[name] for name in _OF_JOB if name in values})
        _, images = core.dataset.estimate.to_caption(job, job.keys_of(names))
    except (PatchMattersError, OSError, TypeError, ValueError):  # reported by the node itself
        return None
    counts = _captioning(images, job.settings)
    # What is not done in this run is done in the next one, so none of it is needed in any case.
    return {
        role: lambda n, count=count: replace(count(n), least=0) for role, count in counts.items()
    }


def _of_video(node: str, values: Mapping, profile: Profile) -> _Counts:
    """Return the counts for the key frames that Caption Video has chosen; before that, for one to the most."""
    run, chooser, chosen = _chosen
    known = (run, chooser) == (current_run(), node)
    most = chosen if known else _number(values, "key_frames", 6)
    few = chosen if known else 1

    def between(count: Callable[[int], Requests]) -> Requests:
        return Requests(count(few).few, count(most).most, count(1).least)

    # A claim of a shot is verified in its other key frames, too.
    again = Requests(0, most if most > 1 else 0)
    return {
        CAPTIONER: lambda n: between(lambda f: describing(f, 1 if n else profile.candidates)),
        VERIFIER: lambda several: between(verifying) + again,
        WRITER: lambda several: between(lambda f: writing(f, profile, DESCRIPTION)),
    }


def _of_edits(graph, values: Mapping) -> _Counts:
    """Return the counts for the patches that Patch Report has described again: of one of them at least, because those
    that were described before are remembered.
    """
    edits = values.get("edits")
    images = read_edits(edits).images.values() if isinstance(edits, str) else ()
    patches = sum(not p.delete for image in images for p in image.patches)
    candidates = max(
        (
            _number(inputs, "candidates", DEFAULT.candidates)
            for _, kind, inputs in _nodes(graph)
            if kind == "LocalCaptioner"
        ),
        default=DEFAULT.candidates,
    )
    few = min(1, patches)
    return {
        CAPTIONER: lambda n: Requests(few, patches) * (1 if n else candidates),
        # The claims of a patch are scored on it and on the whole image.
        VERIFIER: lambda several: Requests(2 * few, 4 * patches),
    }


def _profile(values: Mapping) -> Profile:
    name = values.get("profile")
    return PROFILES.get(name, DEFAULT) if isinstance(name, str) else DEFAULT


def _style(values: Mapping) -> Style:
    name = values.get("style")
    return STYLES.get(name, DESCRIPTION) if isinstance(name, str) else DESCRIPTION


def _ancestors(graph: Mapping[str, dict], node: str) -> frozenset[str]:
    """Return the ids of the nodes that have run before a node runs."""
    found: set[str] = set()
    left = [node]
    while left:
        inputs = graph.get(left.pop(), {}).get("inputs", {})
        for value in inputs.values():
            if isinstance(value, list) and len(value) == 2 and str(value[0]) not in found:
                found.add(str(value[0]))
                left.append(str(value[0]))
    return frozenset(found)


def _running_graph() -> Mapping[str, dict]:
    """Return the graph of the prompt that is being executed; empty where it cannot be found."""
    running, _ = PromptServer.instance.prompt_queue.get_current_queue_volatile()
    prompts = [item[2] for item in running if item[1] == current_run()]
    return prompts[0] if prompts else {}


def _ceiling(graph: Mapping[str, dict], config: Config) -> tuple[int | None, str]:
    """Return the lowest max_requests of the hosted models in a graph, and which node has it."""
    limits = [
        (min(value, config.max_requests), f"Hosted Model (node {node})")
        for node, kind, values in _nodes(graph)
        if kind == HOSTED and type(value := values.get("max_requests")) is int
    ]
    return min(limits) if limits else (None, "")


def make_plan() -> Plan:
    """Plan the prompt that is being executed, and show the estimate in the console.

    What cannot be known counts nothing: whether ComfyUI or the cache of answers already has a result.
    """
    graph, context = _running_graph(), get_executing_context()
    if not graph or context is None:
        return Plan()
    try:
        config = Config.read(scan.home())
    except PatchMattersError:  # reported by the node that needs it
        return Plan()
    demands, uncounted = demands_of(graph, _batch, config, _ancestors(graph, context.node_id))
    cache = load_cache(config, scan.home())
    seconds = seconds_of(demands, cache.rates() if cache else {})
    text = sentence(demands, seconds, cost_of(demands, config.prices), uncounted)
    ceiling, where = _ceiling(graph, config)
    total = sum(requests_by_role(demands).values(), NONE)
    text = f"This run takes {text}."
    if ceiling is not None and round(total.most) > ceiling:
        text += f" max_requests of {where} allows {ceiling}, so it may stop before the end."
    _log.info(text)
    longest = seconds[1] if seconds else None
    return Plan(round(total.few), round(total.most), total.least, ceiling, where, longest, text)


budget = Budget(current_run, make_plan)  # shared by all hosted models of one queued prompt
