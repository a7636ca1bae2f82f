"""Each workflow file in the real frontend, in a real browser: opened, queued, its result read."""

import json
import shutil
from pathlib import Path

import pytest

WORKFLOWS = sorted((Path(__file__).parents[2] / "workflows").glob("*.json"))
# The frontend marks a model file that is not there.
NO_MODELS_HERE = {
    "CheckpointLoaderSimple",
    "UNETLoader",
    "CLIPLoader",
    "DualCLIPLoader",
    "VAELoader",
}
READY = "window.app?.graph && Object.keys(window.LiteGraph.registered_node_types).length > 400"


@pytest.fixture(scope="module")
def page(server):
    from playwright.sync_api import Error, sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    browser_path = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
            )
        except Error:
            pytest.skip("NO BROWSER: install Chromium to run the tests in ComfyUI's page")
        page = browser.new_page(viewport={"width": 1800, "height": 1000})
        page.goto(f"http://{server.address}")
        page.wait_for_function(READY, timeout=120_000)
        page.wait_for_timeout(2_000)
        yield page
        browser.close()


def set_nodes_2(page, on):
    page.evaluate("on => app.extensionManager.setting.set('Comfy.VueNodes.Enabled', on)", on)
    page.wait_for_timeout(500)


def open_graph(page, graph):
    page.evaluate("graph => app.loadGraphData(graph)", graph)
    page.wait_for_function(f"() => app.graph._nodes.length === {len(graph['nodes'])}")


def result_of(page, kind):
    """What the node shows, once it is a result and not the patch at work."""
    find = f"app.graph._nodes.find(n => n.type === '{kind}').widgets.find(w => w.name === 'result')"
    page.wait_for_function(f"() => {find}.value && !{find}.value.endsWith('…')", timeout=120_000)
    return page.evaluate(f"() => {find}.value")


@pytest.mark.parametrize("nodes_2", [False, True], ids=["classic nodes", "nodes 2.0"])
@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda f: f.stem)
def test_a_workflow_opens_and_shows_its_caption(page, file, nodes_2):
    set_nodes_2(page, nodes_2)
    graph = json.loads(file.read_text())
    open_graph(page, graph)
    wrong = page.evaluate("() => app.graph._nodes.filter(n => n.has_errors).map(n => n.type)")
    assert set(wrong) <= NO_MODELS_HERE
    page.evaluate("() => { app.queuePrompt(0) }")
    kinds = {n["type"] for n in graph["nodes"]}
    for kind in kinds & {"HierarchicalAggregator", "PatchMatters"}:
        assert "orange cup" in result_of(page, kind)
    if "SemanticFilter" in kinds:
        assert "✗" in result_of(page, "SemanticFilter")


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda f: f.stem)
def test_saving_a_workflow_again_changes_no_value(page, file):
    graph = json.loads(file.read_text())
    open_graph(page, graph)
    again = page.evaluate("() => app.graph.serialize()")
    values = {n["id"]: n.get("widgets_values") for n in graph["nodes"]}
    assert {n["id"]: n.get("widgets_values") for n in again["nodes"]} == values


def test_a_caption_is_shown_as_text_never_as_markup(page):
    set_nodes_2(page, False)
    open_graph(page, json.loads(next(f for f in WORKFLOWS if "caption" in f.stem).read_text()))
    page.evaluate(
        """() => {
            const load = app.graph._nodes.find((n) => n.type === "PatchDivider");
            const captioner = LiteGraph.createNode("TestScriptedCaptioner");
            app.graph.add(captioner);
            captioner.widgets.find((w) => w.name === "text").value =
                "A cup <img src=x onerror='window.broken = 1'> stands there.";
            captioner.connect(0, app.graph._nodes.find((n) => n.type === "LocalCaptioner"), 1);
            app.queuePrompt(0);
        }"""
    )
    assert "<img src=x" in result_of(page, "LocalCaptioner")
    page.wait_for_timeout(1_000)
    assert page.evaluate("() => window.broken") is None


def test_every_workflow_has_its_thumbnail():
    assert WORKFLOWS
    assert all(file.with_suffix(".jpg").is_file() for file in WORKFLOWS)
