"""Structured Caption, Ask about the Image and Compare Captions in the real frontend."""

import json

import pytest
from test_workflows import named, new_node, open_graph, page, result_of, set_nodes_2

__all__ = ["page"]  # the fixture
MODES = pytest.mark.parametrize("nodes_2", [False, True], ids=["classic nodes", "nodes 2.0"])
CELLS = ".caption-comparison .claim td"


@MODES
def test_the_json_is_shown_on_the_node(page, nodes_2):
    set_nodes_2(page, nodes_2)
    open_graph(page, named("15"))
    page.evaluate("() => { app.queuePrompt(0) }")
    shown, note = result_of(page, "StructuredCaption").rsplit("}", 1)
    value = json.loads(shown + "}")
    assert "cup" in {one["label"] for one in value["objects"]}
    assert note == "" or "jsonschema" in note


@MODES
def test_an_answer_and_a_comparison_are_shown(page, nodes_2):
    set_nodes_2(page, nodes_2)
    open_graph(page, named("17"))
    page.evaluate("() => { app.queuePrompt(0) }")
    answer = result_of(page, "AskImage")
    assert answer.startswith("No.") and "EVIDENCE" in answer and "[top left]" in answer
    page.wait_for_selector(CELLS, state="attached")
    rows = page.locator(".caption-comparison tr").all_inner_texts()
    titles = [row.strip() for row in rows if row.strip().endswith(")")]
    assert [t.split(" (")[0] for t in titles] == [
        "Contradicting",
        "Both",
        "Only left",
        "Only right",
    ]
    contradicting = next(row for row in rows if "blue" in row)
    assert "The cup is orange." in contradicting and "contradicted" in contradicting
    head = page.locator(".caption-comparison thead th").first.inner_text()
    assert "requests" in head and "mean score" in head
    node = "app.graph._nodes.find(n => n.type === 'CompareCaptions')"
    page.evaluate(f"() => app.canvas.centerOnNode({node})")  # what is out of sight is not drawn
    page.wait_for_selector(".caption-comparison", state="visible")
    height, scale = page.evaluate(f"() => [{node}.size[1], app.canvas.ds.scale]")
    assert page.locator(".caption-comparison").bounding_box()["height"] <= height * scale, (
        "it scrolls"
    )


def test_markup_is_shown_as_text(page):
    set_nodes_2(page, False)
    new_node(page, "CompareCaptions")
    page.evaluate(
        """() => {
            const text = "<img src=x onerror='window.broken = 1'>";
            const said = { text, score: 0.9, check: text, regions: [text] };
            const side = { claims: 1, mean_score: null, models: {}, requests: 0, tokens: 0, cost: null };
            const view = { contradicting: [[said, said]], both: [], only_left: [], only_right: [],
                           left: side, right: side };
            app.canvas.centerOnNode(app.graph._nodes[0]);
            app.graph._nodes[0].onExecuted({ patch_matters_comparison: [view, view] });
        }"""
    )
    page.wait_for_selector(CELLS, state="attached")
    assert "<img src=x" in page.locator(".caption-comparison").inner_text()
    page.locator(".caption-comparison button").last.click()
    page.wait_for_timeout(1_000)
    assert "2" in page.locator(".caption-comparison .pages span").inner_text()
    assert page.evaluate("() => window.broken") is None
    assert page.locator(".caption-comparison img").count() == 0


def test_a_comparison_is_in_the_language_of_the_page(page):
    set_nodes_2(page, False)
    page.evaluate("() => app.extensionManager.setting.set('Comfy.Locale', 'zh')")
    page.wait_for_timeout(1_000)
    try:
        open_graph(page, named("17"))
        page.evaluate("() => { app.queuePrompt(0) }")
        page.wait_for_selector(CELLS, state="attached")
        text = page.locator(".caption-comparison").inner_text()
        assert "相互矛盾" in text and "仅左侧" in text and "Contradicting" not in text
    finally:
        page.evaluate("() => app.extensionManager.setting.set('Comfy.Locale', 'en')")
        page.wait_for_timeout(1_000)
