"""Each workflow file in the real frontend, in a real browser: opened, queued, its result read."""

import json
import re
from pathlib import Path

import pytest

from conftest import skip_for_want_of
from run_tests import find_browser

TESTS = Path(__file__).parents[1]
WORKFLOWS = sorted((TESTS.parent / "workflows").glob("*.json"))
OLD_WORKFLOWS = sorted((TESTS / "workflows_0_2").glob("*.json"))
# The frontend marks a model file that is not there.
NO_MODELS_HERE = {
    "CheckpointLoaderSimple",
    "UNETLoader",
    "CLIPLoader",
    "DualCLIPLoader",
    "VAELoader",
}
WIDGETS = "app.graph._nodes.find(n => n.type === 'LoadImage').widgets.map(w => w.value)"
PREVIEWS = "app.graph._nodes.filter(n => n.type === 'PreviewAny').flatMap(n => n.widgets.map(w => w.value)).join()"
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
        page.keyboard.press("Escape")  # the templates, which a first start opens
        yield page
        browser.close()


def set_nodes_2(page, on):
    page.evaluate("on => app.extensionManager.setting.set('Comfy.VueNodes.Enabled', on)", on)
    page.wait_for_timeout(500)


def open_graph(page, graph):
    page.evaluate("graph => app.loadGraphData(graph)", graph)
    page.wait_for_function(f"() => app.graph._nodes.length === {len(graph['nodes'])}")


def named(number):
    return json.loads(next(f for f in WORKFLOWS if f.stem.startswith(number)).read_text())


def new_node(page, kind):
    """An empty graph with one node of this kind, as the user adds it."""
    empty = {"nodes": [], "links": [], "groups": [], "version": 0.4}
    open_graph(page, {**empty, "last_node_id": 0, "last_link_id": 0, "config": {}, "extra": {}})
    page.evaluate(
        "kind => { const n = LiteGraph.createNode(kind); n.pos = [300, 200]; app.graph.add(n); }",
        kind,
    )


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
    if "LoadImage" in kinds:
        assert "example.png" in page.evaluate(f"() => {WIDGETS}"), "core's own, muted beside ours"
    if "PatchMattersCaptionerFromClip" in kinds:
        return  # nothing in it runs without its text encoder: see test_text_encoder.py
    page.evaluate("() => { app.queuePrompt(0) }")
    for kind in kinds & {"HierarchicalAggregator", "PatchMatters", "PatchMattersCaptionVideo"}:
        assert "orange cup" in result_of(page, kind)
    if "PatchMattersCaptionDataSet" in kinds:
        assert " captioned" in result_of(page, "PatchMattersCaptionDataSet")
        page.wait_for_function(f"() => {PREVIEWS}.includes('orange cup')", timeout=60_000)
    if "PromptFitter" in kinds:
        page.wait_for_function(f"() => {PREVIEWS}.includes('orange cup')", timeout=60_000)
    if "SemanticFilter" in kinds:
        assert "✗" in result_of(page, "SemanticFilter")
    if "PatchReport" in kinds:
        page.wait_for_selector(".patch-report .kept >> text=The cup is orange", state="attached")
        assert page.locator(".patch-report .dropped").count() >= 3


@pytest.mark.parametrize("file", OLD_WORKFLOWS, ids=lambda f: f.stem)
def test_a_workflow_of_0_2_goes_on_loading_and_running(page, file):
    set_nodes_2(page, False)
    graph = json.loads(file.read_text())
    open_graph(page, graph)
    wrong = page.evaluate("() => app.graph._nodes.filter(n => n.has_errors).map(n => n.type)")
    assert set(wrong) <= NO_MODELS_HERE
    kinds = {n["type"] for n in graph["nodes"]}
    if "PatchMattersCaptionerFromClip" in kinds:
        return
    page.evaluate("() => { app.queuePrompt(0) }")
    for kind in kinds & {"HierarchicalAggregator", "PatchMatters"}:
        assert "image is mostly" in result_of(page, kind), "core's doodle, which shows no object"


@pytest.mark.parametrize("file", [*WORKFLOWS, *OLD_WORKFLOWS], ids=lambda f: f.stem)
def test_saving_a_workflow_again_changes_no_value(page, file):
    graph = json.loads(file.read_text())
    open_graph(page, graph)
    again = page.evaluate("() => app.graph.serialize()")
    for before, after in zip(graph["nodes"], again["nodes"], strict=True):
        values, saved = before.get("widgets_values"), after.get("widgets_values")
        assert before["id"] == after["id"]
        # A widget that came after the file was saved has its default, behind the others.
        assert saved == values or (file in OLD_WORKFLOWS and saved[: len(values)] == values)


def test_the_report_shows_one_patch_alone(page):
    set_nodes_2(page, False)
    open_graph(page, named("04"))
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

    # A click into the patch does the same, and where others lie there, the next click shows those.
    page.wait_for_function("() => document.querySelector('.patch-report img').naturalWidth > 0")
    image = page.locator(".patch-report img").bounding_box()
    at = {"x": image["width"] * 0.05, "y": image["height"] * 0.8}
    page.locator(".patch-report .image").click(position=at)
    assert page.locator(".patch-report .patch.chosen b").inner_text() == "4"
    page.locator(".patch-report .image").click(position=at)
    assert sentences.count() == everything
    numbers = [b.bounding_box() for b in page.locator(".patch-report .patch b").all()]
    for i, one in enumerate(numbers):
        for other in numbers[:i]:
            apart_x = abs(one["x"] - other["x"]) >= min(one["width"], other["width"])
            assert apart_x or abs(one["y"] - other["y"]) >= one["height"], "no number under another"


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
            load.widgets.find((w) => w.name === "image").value = "my_cup.png";
            load.connect(0, node, node.inputs.findIndex((i) => i.name === "image"));
            node.connect(node.outputs.findIndex((o) => o.name === "caption"), see, 0);
            app.queuePrompt(0);
        }"""
    )
    shown = "app.graph._nodes.find(n => n.type === 'PreviewAny').widgets.map(w => w.value).join()"
    page.wait_for_function(f"() => {shown}.includes('orange cup')")


def test_a_caption_is_shown_as_text_never_as_markup(page):
    set_nodes_2(page, False)
    open_graph(page, named("04"))
    page.evaluate(
        """() => {
            const load = app.graph._nodes.find((n) => n.type === "PatchDivider");
            const captioner = LiteGraph.createNode("TestScriptedCaptioner");
            app.graph.add(captioner);
            captioner.widgets.find((w) => w.name === "text").value =
                "A sign reads \\"<img src=x onerror='window.broken = 1'>\\".";
            captioner.connect(0, app.graph._nodes.find((n) => n.type === "LocalCaptioner"), 1);
            app.queuePrompt(0);
        }"""
    )
    assert "<img src=x" in result_of(page, "LocalCaptioner")
    page.wait_for_selector(".patch-report .sentence >> text=A sign", state="attached")
    page.wait_for_timeout(1_000)
    assert page.evaluate("() => window.broken") is None


def test_every_workflow_has_its_thumbnail():
    assert WORKFLOWS
    assert all(file.with_suffix(".jpg").is_file() for file in WORKFLOWS)


def test_ones_own_image_is_chosen_and_unmuted(page):
    set_nodes_2(page, False)
    open_graph(page, named("05"))
    page.evaluate(
        """() => {
            const load = app.graph._nodes.find((n) => n.type === "LoadImage");
            app.canvas.selectNode(load);
            app.canvas.canvas.focus();
        }"""
    )
    page.keyboard.press("Control+m")
    page.evaluate("() => { app.queuePrompt(0) }")
    assert "orange cup" not in result_of(page, "PatchMatters"), "core's doodle"


def test_the_templates_are_listed_in_their_order_under_the_packs_name(page):
    page.evaluate("() => app.extensionManager.command.execute('Comfy.BrowseTemplates')")
    page.evaluate(
        """async () => {
            const ours = () => [...document.querySelectorAll("span")].find((e) => e.textContent === "Patch Matters");
            while (!ours()) await new Promise((done) => setTimeout(done, 100));
            ours().click();
        }"""
    )
    cards = page.locator("[data-testid^='template-workflow-']")
    page.wait_for_function(
        f"() => document.querySelectorAll('[data-testid^=template-workflow-]').length === {len(WORKFLOWS)}"
    )
    shown = [card.locator("h3").inner_text() for card in cards.all()]
    page.keyboard.press("Escape")
    assert shown == [file.stem for file in WORKFLOWS]


@pytest.mark.parametrize("nodes_2", [False, True], ids=["classic nodes", "nodes 2.0"])
def test_a_new_node_keeps_its_seed_and_has_room_for_its_result(page, nodes_2):
    set_nodes_2(page, nodes_2)
    new_node(page, "PatchMatters")
    seed = "app.graph._nodes[0].widgets.find(w => w.name === 'seed')"
    assert page.evaluate(f"() => {seed}.linkedWidgets.map(w => w.value)") == ["fixed"]
    page.wait_for_timeout(500)
    result = page.locator("textarea").last.bounding_box()
    assert result["height"] / page.evaluate("() => app.canvas.ds.scale") >= 4 * 15, "four lines"


def test_a_new_loader_is_wide_enough_for_its_models(page):
    set_nodes_2(page, True)
    new_node(page, "PatchMattersLoadCaptioner")
    page.evaluate(
        """() => {
            app.graph._nodes[0].widgets[0].value = "transformers:llava-hf/llava-v1.6-mistral-7b-hf";
        }"""
    )
    name = page.locator("text=llava-v1.6-mistral-7b-hf").last
    assert name.evaluate("e => e.scrollWidth <= e.clientWidth + 1")


SEARCHES = {
    "caption": 1, "describe": 1, "img2prompt": 1, "反推": 1, "打标": 1,
    "interrogate": 5, "tag": 5, "dataset": 10,
}  # fmt: skip


def test_the_words_that_people_type_find_the_node(page):
    set_nodes_2(page, False)
    new_node(page, "Reroute")
    # Not by a double click: what lies at that place depends on the tests before.
    page.evaluate("() => app.extensionManager.command.execute('Workspace.SearchBox.Toggle')")
    page.wait_for_selector("input:focus")
    for word, place in SEARCHES.items():
        page.keyboard.press("Control+a")
        page.keyboard.type(word)
        page.wait_for_timeout(900)
        found = [text.split("\n")[0] for text in page.locator("[role=option]").all_inner_texts()]
        assert "Caption" in found[:place], (word, found)
    page.keyboard.press("Escape")


def test_an_error_says_its_sentence_and_no_path(page):
    set_nodes_2(page, False)
    new_node(page, "PatchMatters")
    page.evaluate(
        """() => {
            const hosted = LiteGraph.createNode("PatchMattersHostedModel");
            const example = LiteGraph.createNode("PatchMattersExampleImage");
            app.graph.add(hosted);
            app.graph.add(example);
            hosted.widgets.find((w) => w.name === "model").value = "";
            hosted.connect(0, app.graph._nodes[0], 1);
            example.connect(0, app.graph._nodes[0], 0);
            app.queuePrompt(0);
        }"""
    )
    shown = page.wait_for_selector("text=PatchMattersError: model: ").inner_text()
    assert shown.strip().startswith("PatchMattersError: model: ") and "custom_nodes" not in shown


def test_images_of_a_list_are_told_apart(page):
    set_nodes_2(page, False)
    new_node(page, "PatchMatters")
    page.evaluate(
        """() => {
            const [caption] = app.graph._nodes;
            const add = (kind) => { const n = LiteGraph.createNode(kind); app.graph.add(n); return n; };
            const example = add("PatchMattersExampleImage"), twice = add("RepeatImageBatch");
            const list = add("RebatchImages");
            twice.widgets[0].value = 2;
            list.widgets[0].value = 1;
            example.connect(0, twice, 0);
            twice.connect(0, list, 0);
            list.connect(0, caption, 0);
            app.queuePrompt(0);
        }"""
    )
    shown = result_of(page, "PatchMatters")
    assert "— Image 1 of 2 —" in shown and "— Image 2 of 2 —" in shown


@pytest.fixture
def chinese(page):
    page.evaluate("() => app.extensionManager.setting.set('Comfy.Locale', 'zh')")
    page.wait_for_timeout(1_000)
    yield
    page.evaluate("() => app.extensionManager.setting.set('Comfy.Locale', 'en')")
    page.wait_for_timeout(1_000)


@pytest.mark.parametrize("nodes_2", [False, True], ids=["classic nodes", "nodes 2.0"])
def test_results_reasons_and_notes_are_in_the_language_of_the_page(page, chinese, nodes_2):
    set_nodes_2(page, nodes_2)
    open_graph(page, named("04"))
    page.evaluate("() => { app.queuePrompt(0) }")
    filtered = result_of(page, "SemanticFilter")
    assert "保留（" in filtered and "很可能为真" in filtered and "条描述提到" in filtered
    assert "There is a cup." in filtered or "The cup is orange." in filtered, (
        "captions stay as they are"
    )
    own = [line for line in filtered.split("\n") if line.startswith("   ")]
    assert own and not any(re.search("[a-z]{3}", re.sub("“.*?”", "", line)) for line in own), own
    page.wait_for_selector(".patch-report .kept", state="attached")
    reasons = page.locator(".patch-report .why").all_text_contents()
    assert reasons and not any(re.search("[a-z]{3}", re.sub("“.*?”", "", why)) for why in reasons)
    titles = page.locator(".patch-report h4").all_text_contents()
    assert titles[0].startswith("保留") and titles[1].startswith("删去")


@pytest.mark.parametrize("nodes_2", [False, True], ids=["classic", "nodes 2.0"])
def test_a_loader_shows_a_models_name_and_keeps_its_value(page, nodes_2):
    value = "transformers:fancyfeast/llama-joycaption-beta-one-hf-llava"
    set_nodes_2(page, nodes_2)
    shown = page.evaluate(
        """value => {
            app.graph.clear();
            const node = LiteGraph.createNode('PatchMattersLoadCaptioner');
            app.graph.add(node);
            node.setSize([210, node.size[1]]);
            const widget = node.widgets.find(w => w.name === 'model');
            widget.value = value;
            const values = widget.options.values;
            return {
                label: widget._displayValue,
                labels: values.map(v => widget.options.getOptionLabel(v)),
                saved: node.serialize().widgets_values[0],
                offered: values.includes(value),
            };
        }""",
        value,
    )
    assert shown["saved"] == value and shown["offered"]
    assert shown["label"] == "llama-joycaption-beta-one-hf-llava"
    # About 20 characters are seen in a node of 210 px.
    seen = [label[:20] for label in shown["labels"]]
    assert len(set(seen)) == len(seen)
    if nodes_2:
        page.wait_for_timeout(1_000)
        widget = page.locator(".lg-node", has_text="Load Captioner")
        assert "llama-joycaption" in widget.inner_text()
        assert "transformers:" not in widget.inner_text()
