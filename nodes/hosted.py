"""The node for hosted models. It holds no URL and no key: see SECURITY.md."""

from __future__ import annotations

from collections import Counter

from comfy_api.latest import io

from ..core.errors import PatchMattersError
from ..core.models.hosted.endpoints import Config, Limits
from ..core.models.registry import CAPTIONER, VERIFIER, WRITER, load_hosted
from . import bridge, plan, scan, types

LONGEST_NAME = 200
_failures: Counter = Counter()  # (endpoint, model) -> how often answers were missing


def _endpoints() -> list[str]:
    try:
        return list(Config.read(scan.home()).endpoints)
    except PatchMattersError:  # reported when the node runs
        return list(Config.read(None).endpoints)


class HostedModel(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        table = Config.read(None).endpoints.values()
        examples = ", ".join(f"{e.name}: {e.example}" for e in table)
        keys = ", ".join(e.key_variable for e in table if e.key_variable)
        defaults = Limits()
        return io.Schema(
            node_id="PatchMattersHostedModel",
            display_name="Hosted Model",
            category=types.CATEGORY,
            description="Uses a model of a provider (OpenAI, Anthropic, Zhipu, Gemini, OpenRouter) or of "
            "your own server (Ollama, LM Studio, vLLM, SGLang, llama.cpp). Keys come from the environment "
            "or the config file, never from a workflow. The patches of your images are sent to that "
            "service.",
            search_aliases=[
                "patch matters",
                "gpt-4o",
                "claude",
                "glm-4v",
                "gemini",
                "ollama",
                "api",
            ],
            inputs=[
                io.Combo.Input(
                    "endpoint",
                    options=_endpoints(),
                    default="openai",
                    tooltip="Where the model runs. The key is read from an environment variable: "
                    f"{keys}; your own servers need none. You can add endpoints in config.json, which "
                    "docs/models.md describes.",
                ),
                io.String.Input(
                    "model",
                    default="gpt-4o",
                    tooltip=f"Name of the model at that endpoint. Examples: {examples}.",
                ),
                io.Int.Input(
                    "concurrency",
                    default=defaults.concurrency,
                    min=1,
                    max=32,
                    tooltip="How many requests may be in flight at once. Higher values are faster until "
                    "the service's rate limit is reached.",
                ),
                io.Int.Input(
                    "max_requests",
                    default=200,
                    min=1,
                    max=100_000,
                    tooltip="How many requests one run (one queued prompt) may send, over all nodes. The lowest "
                    "value of all Hosted Model nodes in the workflow applies. A run that is certain to need more "
                    "sends nothing; a run that reaches the limit stops with an error and keeps its answers. "
                    "Each patch takes one request (at some services, each candidate does). The limit in config.json (1000 by "
                    "default) also applies.",
                ),
                io.Int.Input(
                    "seconds",
                    default=int(defaults.seconds),
                    min=5,
                    max=86_400,
                    tooltip="How many seconds a stage waits without any answer before it continues without the "
                    "missing ones. A slow server that keeps answering is waited for.",
                ),
                io.Boolean.Input(
                    "reuse_answers",
                    default=True,
                    tooltip="Keeps answers on disk and reuses them when the same question is asked again "
                    "with the same seed, so that you do not pay twice.",
                ),
            ],
            outputs=[
                types.Captioner.Output("captioner", tooltip="Connect to the Local Captioner."),
                types.Writer.Output("writer", tooltip="Connect to the Hierarchical Aggregator."),
                types.Verifier.Output(
                    "judge",
                    display_name="verifier",
                    tooltip="Connect to verifier of the Semantic Filter. It answers how likely each "
                    "sentence is to be true; all sentences on a patch go in one request.",
                ),
            ],
        )

    @classmethod
    def fingerprint_inputs(cls, endpoint, model, **kwargs) -> str:
        """Changes when the config or the key changed, or when answers were missing. The node and the stages behind
        it then run again; the answers that arrived are on disk."""
        return f"{scan.config_state(endpoint)} {_failures[endpoint, model]}"

    @classmethod
    def execute(
        cls, endpoint, model, concurrency, max_requests, seconds, reuse_answers
    ) -> io.NodeOutput:
        if len(model) > LONGEST_NAME or not model.isprintable():
            raise PatchMattersError("model: enter a model name.")
        home = scan.home()
        served = load_hosted(
            Config.read(home),
            endpoint,
            model,
            home,
            limits=Limits(concurrency, max_requests, seconds),
            cached=reuse_answers,
            announce=bridge.announce,
            budget=plan.budget,
            failed=lambda: _failures.update([(endpoint, model)]),
        )
        return io.NodeOutput(*(served[role] for role in (CAPTIONER, WRITER, VERIFIER)))
