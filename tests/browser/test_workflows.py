"""Each workflow file in the real frontend, in a real browser: opened, queued, its result read."""

import json
from pathlib import Path

import pytest

from conftest import skip_for_want_of
from run_tests import find_browser

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

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
            )
        except Error:
            skip_for_want_of("a browser (or install Chromium)")
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


def named(stem):
    return json.loads(next(f for f in WORKFLOWS if f.stem == stem).read_text())


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
    kinds = {n["type"] for n in graph["nodes"]}
    if "PatchMattersCaptionerFromClip" in kinds:
        return  # nothing in it runs without its text encoder: see test_text_encoder.py
    page.evaluate("() => { app.queuePrompt(0) }")
    for kind in kinds & {"HierarchicalAggregator", "PatchMatters"}:
        assert "orange cup" in result_of(page, kind)
    if "SemanticFilter" in kinds:
        assert "✗" in result_of(page, "SemanticFilter")
    if "PatchReport" in kinds:
        page.wait_for_selector(".patch-report .kept >> text=orange cup", state="attached")
        assert page.locator(".patch-report .dropped").count() >= 3


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda f: f.stem)
def test_saving_a_workflow_again_changes_no_value(page, file):
    graph = json.loads(file.read_text())
    open_graph(page, graph)
    again = page.evaluate("() => app.graph.serialize()")
    values = {n["id"]: n.get("widgets_values") for n in graph["nodes"]}
    assert {n["id"]: n.get("widgets_values") for n in again["nodes"]} == values


def test_the_report_shows_one_patch_alone(page):
    set_nodes_2(page, False)
    open_graph(page, named("patch_report"))
    page.evaluate(
        """() => {
            const [x, y] = app.graph._nodes.find((n) => n.type === "PatchReport").pos;
            app.canvas.ds.scale = 1;
            app.canvas.ds.offset = [200 - x, 100 - y];
            app.queuePrompt(0);
        }"""
    )
    page.wait_for_selector(".patch-report .sentence")
    everything = page.locator(".patch-report .sentence").count()
    boxes = page.locator(".patch-report .patch")
    assert 4 <= boxes.count() <= 5
    image, fourth = (page.locator(s).bounding_box() for s in (
        ".patch-report img", ".patch-report .patch >> nth=3",
    ))  # fmt: skip
    assert fourth["x"] < image["x"] + image["width"] / 3, "bottom left, where it is in the picture"
    assert fourth["y"] > image["y"] + image["height"] / 3
    choose = "n => document.querySelectorAll('.patch-report .patch b')[n].click()"
    page.evaluate(choose, 3)
    sentences = page.locator(".patch-report .sentence")
    assert 0 < sentences.count() < everything
    assert all("4" in text for text in page.locator(".patch-report .why").all_inner_texts())
    page.evaluate(choose, 3)
    assert sentences.count() == everything


def test_the_subgraph_is_offered_and_runs(page, server):
    offered = server.get("/global_subgraphs").values()
    ours = [e["name"] for e in offered if "patch-matters" in e["info"]["node_pack"]]
    files = list((WORKFLOWS[0].parents[1] / "subgraphs").glob("*.json"))
    assert sorted(ours) == sorted(f.stem for f in files) != []
    open_graph(page, json.loads(files[0].read_text()))
    page.evaluate(
        """() => {
            const [node] = app.graph._nodes;
            const add = (kind) => { const n = LiteGraph.createNode(kind); app.graph.add(n); return n; };
            const load = add("LoadImage"), see = add("PreviewAny");
            load.widgets.find((w) => w.name === "image").value = "example.png";
            load.connect(0, node, node.inputs.findIndex((i) => i.name === "image"));
            node.connect(node.outputs.findIndex((o) => o.name === "caption"), see, 0);
            app.queuePrompt(0);
        }"""
    )
    shown = "app.graph._nodes.find(n => n.type === 'PreviewAny').widgets.map(w => w.value).join()"
    page.wait_for_function(f"() => {shown}.includes('orange cup')")


def test_a_caption_is_shown_as_text_never_as_markup(page):
    set_nodes_2(page, False)
    open_graph(page, named("patch_report"))
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
    page.wait_for_selector(".patch-report .sentence >> text=<img src=x", state="attached")
    page.wait_for_timeout(1_000)
    assert page.evaluate("() => window.broken") is None


def test_every_workflow_has_its_thumbnail():
    assert WORKFLOWS
    assert all(file.with_suffix(".jpg").is_file() for file in WORKFLOWS)
