"""The node that names a hosted or served model. URLs and keys are not in it: see SECURITY.md."""

from __future__ import annotations

from collections import Counter

from comfy_api.latest import io

from ..core.errors import PatchMattersError
from ..core.models.hosted.budget import Budget
from ..core.models.hosted.endpoints import Config, Limits
from ..core.models.registry import CAPTIONER, MATCHER, WRITER, load_hosted
from . import bridge, scan, types

LONGEST_NAME = 200
_budget = Budget(bridge.current_run)  # of all hosted models of one queued prompt
_failures: Counter = Counter()  # (endpoint, model) -> how often answers were missing


def _endpoints() -> list[str]:
    try:
        return list(Config.read(scan.home()).endpoints)
    except PatchMattersError:  # said when the node runs
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
            description="A model at a provider (OpenAI, Anthropic, Zhipu, Gemini, OpenRouter) or on "
            "a server of your own (Ollama, LM Studio, vLLM, SGLang, llama.cpp). Keys come from the "
            "environment or the config file, never from a workflow. The patches of your images are sent to that service.",
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
                    tooltip=f"Where the model is. Its key is read from the environment: {keys}; servers "
                    "of your own need none. More endpoints stand in the config file: see the README.",
                ),
                io.String.Input(
                    "model",
                    default="gpt-4o",
                    tooltip=f"The model's name at that endpoint. Examples: {examples}.",
                ),
                io.Int.Input(
                    "concurrency",
                    default=defaults.concurrency,
                    min=1,
                    max=32,
                    tooltip="Requests under way at once. More: faster, until the service's rate "
                    "limit slows it down.",
                ),
                io.Int.Input(
                    "max_requests",
                    default=200,
                    min=1,
                    max=100_000,
                    tooltip="Requests that one run may send, all stages together; a stage that needs "
                    "more sends none and says so. One for each patch (at some services for each "
                    "candidate). The config file's ceiling (1000 unless set) holds in any case.",
                ),
                io.Int.Input(
                    "seconds",
                    default=int(defaults.seconds),
                    min=5,
                    max=86_400,
                    tooltip="Seconds without any answer after which a stage gives up what is not "
                    "answered yet; the rest goes on without it. A slow server that goes on answering is "
                    "waited for.",
                ),
                io.Boolean.Input(
                    "reuse_answers",
                    default=True,
                    tooltip="Keep answers on disk and use them when the same is asked again with the "
                    "same seed, so that nothing is paid for twice.",
                ),
            ],
            outputs=[
                types.Captioner.Output("captioner", tooltip="For the Local Captioner."),
                types.Writer.Output("writer", tooltip="For the Hierarchical Aggregator."),
                types.Matcher.Output(
                    "judge",
                    tooltip="For the Semantic Filter: how likely the model says a sentence is, all "
                    "sentences on a patch in one request.",
                ),
            ],
        )

    @classmethod
    def fingerprint_inputs(cls, endpoint, model, **kwargs) -> str:
        """Other where the config or the key changed, or where answers were missing: the node then runs
        again, and with it the stages behind it, whose answers that came are kept on disk."""
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
            budget=_budget,
            failed=lambda: _failures.update([(endpoint, model)]),
        )
        return io.NodeOutput(*(served[role] for role in (CAPTIONER, WRITER, MATCHER)))
