"""Patch Report's editor in the real frontend: edit, veto, redraw, undo, save, reload."""

import json

import pytest
from test_workflows import named, open_graph, page, result_of, set_nodes_2  # noqa: F401

MARKUP = "A sign reads \"<img src=x onerror='window.broken = 1'>\"."
REPORT = "app.graph._nodes.find(n => n.type === 'PatchReport')"
EDITS = f"{REPORT}.widgets.find(w => w.name === 'edits').value"


def edits_of(page, page_number=0):  # noqa: F811
    """What the workflow keeps of one image; {} where it keeps nothing."""
    text = page.evaluate(f"() => {EDITS}")
    return list(json.loads(text)["images"].values())[page_number] if text else {}


def run_and_wait(page):  # noqa: F811
    """Run from the editor, until its changes are applied."""
    page.locator(".pm-editor .head .main").click()
    page.wait_for_selector(".pm-editor .head .main:not(.pending)", timeout=60_000)


def open_editor(page):  # noqa: F811
    page.evaluate(
        f"""() => {{
            const [x, y] = {REPORT}.pos;
            app.canvas.ds.scale = 0.8;
            app.canvas.ds.offset = [200 - x, 150 - y];
            app.canvas.setDirty(true, true);
        }}"""
    )
    page.locator(".patch-report .bar button").click()
    page.wait_for_selector(".pm-editor .claim")


@pytest.fixture(params=[False, True], ids=["classic nodes", "nodes 2.0"])
def editor(request, page):  # noqa: F811
    """The template with its editor open, after one run."""
    set_nodes_2(page, request.param)
    open_graph(page, named("12"))
    page.evaluate("() => { app.queuePrompt(0) }")
    page.wait_for_selector(".patch-report .sentence", state="attached", timeout=120_000)
    result_of(page, "HierarchicalAggregator")
    open_editor(page)
    yield page
    if page.locator(".pm-editor").count():
        page.evaluate("() => document.querySelector('.pm-editor').close()")


def claim(editor, text):
    return editor.locator(".pm-editor .claim", has_text=text).first


def drag(editor, start, end):
    """Drag over the image, from one place to another, as fractions of it."""
    box = editor.locator(".pm-picture svg").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    editor.mouse.move(*places[0])
    editor.mouse.down()
    editor.mouse.move(*places[1], steps=5)
    editor.mouse.up()


def test_what_is_edited_reaches_the_caption_and_is_saved_with_the_workflow(editor):
    claim(editor, "There is a spoon.").locator("input").uncheck()
    claim(editor, "The cup is orange.").locator(".words").dblclick()
    editor.keyboard.type("The cup is turquoise.")
    editor.keyboard.press("Enter")
    editor.get_by_label("Add a claim").fill("A newspaper lies beside the cup.")
    editor.keyboard.press("Enter")
    edits = edits_of(editor)
    assert [e.get("keep", e.get("text")) for e in edits["claims"]] == [
        False,
        "The cup is turquoise.",
    ]
    run_and_wait(editor)
    find = "app.graph._nodes.find(n => n.type === 'HierarchicalAggregator').widgets.find(w => w.name === 'result')"
    editor.wait_for_function(f"() => {find}.value.includes('newspaper')")
    said = editor.evaluate(f"() => {find}.value").split("Notes:")[0]
    assert "turquoise" in said and "spoon" not in said and "orange cup" not in said
    editor.get_by_role("button", name="Close").last.click()
    assert editor.locator(".patch-report .why", has_text="by the user").count() >= 3

    # Saved and loaded again, the edits are there and shown as changes.
    saved = editor.evaluate("() => app.graph.serialize()")
    open_graph(editor, saved)
    assert edits_of(editor) == edits
    assert "3" in editor.locator(".patch-report .count").inner_text()
    editor.evaluate("() => { app.queuePrompt(0) }")
    editor.wait_for_selector(".patch-report .sentence", state="attached")
    open_editor(editor)
    assert not claim(editor, "There is a spoon.").locator("input").is_checked()
    assert claim(editor, "The cup is turquoise.").locator(".was").inner_text()


def test_a_patch_is_drawn_moved_and_deleted(editor):
    editor.get_by_role("button", name="Draw a patch").click()
    drag(editor, (0.3, 0.55), (0.6, 0.9))
    [patch] = edits_of(editor)["patches"]
    assert patch["name"] == "drawn 1"
    x1, y1, x2, y2 = patch["box"]
    width, height = editor.evaluate(
        "() => { const b = document.querySelector('.pm-picture svg').viewBox.baseVal; return [b.width, b.height] }"
    )
    assert [round(v, 1) for v in (x1 / width, x2 / width, y2 / height)] == [0.3, 0.6, 0.9]
    drag(editor, (0.45, 0.7), (0.55, 0.7))
    assert edits_of(editor)["patches"][0]["box"][0] - x1 == pytest.approx(0.1 * width, abs=2)
    editor.keyboard.press("ArrowUp")
    assert edits_of(editor)["patches"][0]["box"][1] < y1
    editor.get_by_label("Ask about this patch").fill("What is on the saucer?")
    editor.get_by_role("button", name="Describe again").click()
    assert edits_of(editor)["patches"][0]["question"] == "What is on the saucer?"
    run_and_wait(editor)
    assert "drawn 1" in editor.locator(".pm-editor .claims").inner_text()
    editor.get_by_role("button", name="Delete", exact=True).click()
    assert edits_of(editor) == {}
    # One of the divider's own goes by the keyboard.
    editor.locator(".pm-picture text", has_text="1").first.click()
    editor.keyboard.press("Delete")
    assert edits_of(editor)["patches"] == [{"name": "top left", "delete": True}]


def test_every_step_is_undone_and_done_again(editor):
    editor.keyboard.press("Space")
    once = edits_of(editor)
    editor.keyboard.press("ArrowDown")
    editor.keyboard.press("Delete")
    twice = edits_of(editor)
    assert len(once["claims"]) == 1 and len(twice["claims"]) == 2
    editor.keyboard.press("b")
    drag(editor, (0.1, 0.1), (0.4, 0.4))
    assert edits_of(editor)["claims"][1]["box"]
    for expected in (twice, once, {}):
        editor.keyboard.press("Control+z")
        assert edits_of(editor) == expected
    editor.keyboard.press("Control+Shift+z")
    assert edits_of(editor) == once
    editor.keyboard.press("Control+y")
    assert edits_of(editor) == twice
    assert editor.locator(".pm-editor").count() == 1, "ComfyUI's own undo was not triggered"
    assert editor.evaluate(f"() => Boolean({REPORT}.patchReport.editor)"), "nor loaded the graph"
    editor.keyboard.press("Escape")
    assert editor.locator(".pm-editor").count() == 0
    # ComfyUI's undo is its own again.
    editor.evaluate("() => document.activeElement.blur()")
    editor.keyboard.press("Control+z")
    editor.wait_for_function(
        f"() => {{ const n = {REPORT}; return n && !n.widgets.find(w => w.name === 'edits').value.includes('large') }}"
    )


def test_the_final_caption_is_ones_own(editor):
    caption = editor.get_by_label("Final caption")
    assert "cup" in caption.input_value()
    caption.fill("My <b>own</b> words.")
    editor.keyboard.press("Control+Enter")
    editor.wait_for_selector(".pm-editor .head .main:not(.pending)", timeout=60_000)
    assert edits_of(editor)["caption"] == "My <b>own</b> words."
    find = "app.graph._nodes.find(n => n.type === 'HierarchicalAggregator').widgets.find(w => w.name === 'result')"
    editor.wait_for_function(f"() => {find}.value.startsWith('My <b>own</b> words.')")
    editor.get_by_role("button", name="Use the written caption").click()
    assert edits_of(editor) == {}


def test_what_a_workflow_brings_is_text_never_markup(editor):
    key = json.loads(
        editor.evaluate(
            f"() => JSON.stringify({REPORT}.patchReport.views[0].key)"
        )
    )  # fmt: skip
    brought = {
        "added": [{"text": MARKUP}, {"text": 7}],
        "claims": [{"claim": "There is a cup.", "regions": ["image"], "text": MARKUP}, 3],
        "patches": [{"name": MARKUP, "box": [1, 1, 50, 50], "question": MARKUP}],
        "caption": MARKUP,
    }
    editor.keyboard.press("Escape")
    text = json.dumps({"version": 1, "images": {key: brought, "__proto__": {"added": []}}})
    editor.evaluate(f"text => {{ {EDITS} = text; app.queuePrompt(0); }}", text)
    editor.wait_for_selector(".patch-report .notes >> text=An edit was skipped", state="attached")
    open_editor(editor)
    assert MARKUP in claim(editor, "A sign reads").inner_text()
    assert editor.get_by_label("Final caption").input_value() == MARKUP
    editor.wait_for_timeout(500)
    assert editor.evaluate("() => window.broken") is None


def test_images_of_a_batch_have_pages(page):  # noqa: F811
    set_nodes_2(page, False)
    open_graph(page, named("12"))
    page.evaluate(
        """() => {
            const example = app.graph._nodes.find((n) => n.type === "PatchMattersExampleImage");
            const divider = app.graph._nodes.find((n) => n.type === "PatchDivider");
            const add = (kind) => { const n = LiteGraph.createNode(kind); app.graph.add(n); return n; };
            const invert = add("ImageInvert"), both = add("ImageBatch");
            example.connect(0, invert, 0);
            example.connect(0, both, 0);
            invert.connect(0, both, 1);
            both.connect(0, divider, 0);
            app.queuePrompt(0);
        }"""
    )
    page.wait_for_selector(".patch-report .sentence", state="attached", timeout=120_000)
    open_editor(page)
    page.keyboard.press("PageDown")
    assert "2" in page.locator(".pm-editor .place").inner_text()
    page.get_by_label("Add a claim").fill("A newspaper lies beside the cup.")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    open_editor(page)
    assert page.locator(".pm-editor .claim.changed").count() == 0, "the first image has no edit"
    run_and_wait(page)
    page.get_by_title("Next image").click()
    assert page.locator(".pm-editor .claim.changed").count() == 1
    page.evaluate("() => document.querySelector('.pm-editor').close()")


def test_the_editor_works_inside_a_subgraph(page):  # noqa: F811
    set_nodes_2(page, False)
    open_graph(page, named("12"))
    page.evaluate(
        """() => {
            const inside = app.graph._nodes.filter((n) => ["SemanticFilter", "PatchReport"].includes(n.type));
            app.graph.convertToSubgraph(new Set(inside));
            app.queuePrompt(0);
        }"""
    )
    result_of(page, "HierarchicalAggregator")
    find = "app.graph._nodes.find(n => n.isSubgraphNode?.()).subgraph.nodes.find(n => n.type === 'PatchReport')"
    page.wait_for_function(f"() => {find}.patchReport.views.length === 1")
    page.evaluate(f"() => {find}.patchReport.edit(0)")
    page.wait_for_selector(".pm-editor .claim")
    page.get_by_label("Add a claim").fill("A newspaper lies beside the cup.")
    page.keyboard.press("Enter")
    run_and_wait(page)
    page.evaluate("() => document.querySelector('.pm-editor').close()")
    shown = "app.graph._nodes.find(n => n.type === 'HierarchicalAggregator').widgets.find(w => w.name === 'result').value"
    page.wait_for_function(f"() => {shown}.includes('newspaper')")
    assert "newspaper" in json.dumps(page.evaluate("() => app.graph.serialize()"))


def test_what_one_report_adds_can_be_dropped_in_the_next(page):  # noqa: F811
    set_nodes_2(page, False)
    open_graph(page, named("12"))
    reports = "app.graph._nodes.filter(n => n.type === 'PatchReport')"
    shown = "app.graph._nodes.find(n => n.type === 'HierarchicalAggregator').widgets.find(w => w.name === 'result').value"
    page.evaluate(
        f"""() => {{
            const [first] = {reports};
            const second = LiteGraph.createNode("PatchReport");
            app.graph.add(second);
            first.connect(2, second, 0);
            second.connect(2, app.graph._nodes.find((n) => n.type === "HierarchicalAggregator"), 0);
            app.queuePrompt(0);
        }}"""
    )
    page.wait_for_function(f"() => {reports}.every(n => n.patchReport?.views?.length === 1)")
    page.evaluate(f"() => {reports}[0].patchReport.edit(0)")
    page.get_by_label("Add a claim").fill("A newspaper lies beside the cup.")
    page.keyboard.press("Enter")
    run_and_wait(page)
    page.evaluate("() => document.querySelector('.pm-editor').close()")
    page.wait_for_function(f"() => {shown}.includes('newspaper')")
    page.evaluate(f"() => {reports}[1].patchReport.edit(0)")
    claim(page, "There is a newspaper.").locator("input").uncheck()
    page.get_by_label("Add a claim").fill("The saucer is red.")
    page.keyboard.press("Enter")
    run_and_wait(page)
    page.wait_for_function(f"() => {shown}.includes('saucer') && !{shown}.includes('newspaper')")
    assert page.locator(".pm-editor .claim", has_text="saucer").count() == 1, "not once more"
    page.evaluate("() => document.querySelector('.pm-editor').close()")
