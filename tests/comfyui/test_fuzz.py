"""Any widget values, through the real server's own validation: refused, or done, or explained."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_server import chain, node

from helpers import fuzz

NODES = (
    "PatchDivider",
    "LocalCaptioner",
    "SemanticFilter",
    "HierarchicalAggregator",
    "PatchMatters",
    "PatchMattersLoadDetector",
    "PatchMattersLoadCaptioner",
    "PatchMattersLoadWriter",
    "PatchMattersLoadMatcher",
    "PatchMattersHostedModel",
)
PLACES = {
    "PatchDivider": "divide",
    "LocalCaptioner": "describe",
    "SemanticFilter": "filter",
    "HierarchicalAggregator": "join",
}
WIDGETS = ("INT", "FLOAT", "STRING", "BOOLEAN", "COMBO")
STRANGE = [
    "../../etc/passwd",
    "/etc/passwd",
    "openai:gpt-4o",
    "transformers:..",
    "<img onerror=alert(1)>",
    "{statement}",
    "x" * 30_000,
]
TEXTS = st.sampled_from(STRANGE) | st.text(max_size=40)
VALUES = st.one_of(
    st.integers(),
    st.floats(),
    TEXTS,
    st.booleans(),
    st.none(),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


def fitting(default):
    """Values of the kind that a widget takes, so that they get past the first check."""
    if isinstance(default, bool):
        return st.booleans()
    if isinstance(default, int):
        return st.integers(0, 9)
    if isinstance(default, float):
        return st.floats(0, 1)
    return TEXTS


@pytest.fixture(scope="module")
def widgets(server):
    """(node, input) of every widget of the pack, and a value it has by default."""
    found = {}
    for name in NODES:
        info = server.get(f"/object_info/{name}")[name]["input"]
        for kind in ("required", "optional"):
            for key, (type_, *options) in info.get(kind, {}).items():
                options = options[0] if options else {}
                listed = type_ if isinstance(type_, list) else options.get("options", [""])
                is_widget = isinstance(type_, list) or type_ in WIDGETS
                if is_widget and not options.get("forceInput"):
                    found[name, key] = options.get("default", listed[0])
    return found


def test_any_values_are_refused_or_explained(server, widgets):
    assert {name for name, _ in widgets} == set(NODES)
    seen = set()
    change = st.sampled_from(sorted(widgets)).flatmap(
        lambda widget: st.tuples(st.just(widget), fitting(widgets[widget]) | VALUES)
    )

    @fuzz(2000)
    @given(st.lists(change, min_size=1, max_size=3))
    def run_with(changes):
        prompt = {
            "load": node("EmptyImage", width=64, height=48, batch_size=1, color=0xFF8800),
            **chain(seed=0),
        }
        for (name, key), value in changes:
            place = PLACES.get(name, name)
            if place not in prompt:
                defaults = {k: v for (n, k), v in widgets.items() if n == name}
                prompt[place] = node(name, **defaults)
                if name == "PatchMatters":
                    prompt[place]["inputs"]["image"] = ["load", 0]
                else:
                    prompt[f"show {place}"] = node("PreviewAny", source=[place, 0])
            prompt[place]["inputs"][key] = value
        body = json.dumps({"prompt": prompt})  # NaN and infinity as JavaScript writes them
        answer = server.post("/prompt", json.loads(body))
        if "prompt_id" not in answer:
            assert answer["error"]["type"] or answer["node_errors"]
            seen.add("refused")
            return
        end = server.wait_for(answer["prompt_id"])
        seen.add(end["status_str"])
        for kind, data in end["messages"]:
            if kind == "execution_error":
                assert data["exception_type"].endswith("PatchMattersError"), data

    run_with()
    assert {"refused", "success"} <= seen


def test_sizes_are_bounded(server):
    def end(**changes):
        prompt = {
            "load": node("EmptyImage", width=16, height=16, batch_size=1, color=0),
            **chain(seed=51),
        }
        for place, inputs in changes.items():
            prompt[place]["inputs"] |= inputs
        return server.run(prompt)["end"]["data"]

    assert "1001 images are more than 1000" in end(load={"batch_size": 1001})["exception_message"]
    assert "more than 20000" in end(describe={"prompt": "x" * 20_001})["exception_message"]
    prompt = {
        "load": node("EmptyImage", width=16, height=16, batch_size=1, color=0),
        **chain(seed=52),
    }
    prompt["describe"]["inputs"] |= {"candidates": 9, "max_tokens": 10**6}
    errors = server.post("/prompt", {"prompt": prompt})["node_errors"]["describe"]["errors"]
    assert {e["extra_info"]["input_name"] for e in errors} == {"candidates", "max_tokens"}
