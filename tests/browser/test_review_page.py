"""The page Captions in the sidebar, in the real frontend: what is edited there is found on disk."""

import shutil

import pytest
from test_workflows import page, set_nodes_2  # noqa: F401 - page is a fixture

from core.dataset.run import caption_dataset
from core.dataset.words import Words
from image_folders import FakeCaptioner, captions, fakes, folder_of, job

MARKUP = "A sign reads \"<img src=x onerror='window.broken = 1'>\"."
TAB = ".patch-matters-captions-tab-button"


@pytest.fixture
def folder(server):
    """Three images with captions of a captioner that is a fake, and one that is no image."""
    made = folder_of(server.base / "input" / "to review", 3)
    (made / "00003.png").write_bytes(b"no image")
    caption_dataset(job(made, words=Words("ohwx")), fakes())
    yield made
    shutil.rmtree(made)


@pytest.fixture
def tab(page, folder):  # noqa: F811
    """The page with its sidebar open; its shortcuts queue no workflow."""
    set_nodes_2(page, False)
    page.locator(TAB).click()
    page.get_by_label("Folder", exact=True).select_option("input/to review")
    page.wait_for_selector(".pm-captions .cell >> nth=3")
    yield page
    page.locator(TAB).click()


def open_first(tab):
    tab.locator(".pm-captions .cell").first.click()
    tab.wait_for_selector(".pm-captions .claim")


def text_of(tab):
    return tab.get_by_label("Caption", exact=True).input_value()


def wait_for_text(tab, part):
    tab.wait_for_function(
        "part => document.querySelector('.pm-captions textarea')?.value.includes(part)", arg=part
    )


@pytest.mark.parametrize("nodes_2", [False, True], ids=["classic nodes", "nodes 2.0"])
def test_an_edited_caption_is_on_disk_and_the_next_image_is_shown(tab, folder, server, nodes_2):
    set_nodes_2(tab, nodes_2)
    open_first(tab)
    assert text_of(tab) == captions(folder)["00000.txt"]
    tab.get_by_label("Caption", exact=True).fill("ohwx, a blue cup.")
    tab.keyboard.press("Control+Enter")
    tab.wait_for_selector("text=2 of 4")
    assert captions(folder)["00000.txt"] == "ohwx, a blue cup."
    assert server.get("/queue") == {"queue_running": [], "queue_pending": []}
    wait_for_text(tab, "red cup")
    tab.keyboard.press("Alt+ArrowLeft")
    wait_for_text(tab, "blue cup")
    tab.keyboard.press("Escape")
    first = tab.locator(".pm-captions .cell").first
    assert "ohwx, a blue cup." in first.inner_text() and "edited" in first.inner_text()


def test_images_are_filtered_and_ordered(tab, folder):
    (folder / "00001.txt").write_text("Changed in another program.")
    cells = tab.locator(".pm-captions .cell")

    def wait_for_count(count):
        tab.wait_for_function(
            "n => document.querySelectorAll('.pm-captions .cell').length === n", arg=count
        )

    tab.get_by_label("Show", exact=True).select_option("failed")
    wait_for_count(1)
    assert "cannot be opened as an image" in cells.inner_text()
    tab.get_by_label("Show", exact=True).select_option("edited")
    tab.wait_for_selector(".pm-captions .cell >> text=another program")
    wait_for_count(1)
    tab.get_by_label("Show", exact=True).select_option("")
    wait_for_count(4)
    tab.get_by_label("Caption or name contains").fill("00002")
    wait_for_count(1)
    tab.get_by_label("Caption or name contains").fill("")
    wait_for_count(4)
    tab.get_by_label("Order", exact=True).select_option("doubt")
    wait_for_count(4)
    tab.get_by_label("Order", exact=True).select_option("path")
    wait_for_count(4)
    cells.first.focus()
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("() => document.activeElement.title") == "00001.png"


def test_a_claim_that_is_unticked_leaves_the_caption(tab, folder):
    open_first(tab)
    assert "handle" in text_of(tab)
    for claim in tab.locator(".pm-captions .claim", has_text="handle").all():
        claim.locator("input").uncheck()
    tab.wait_for_function(
        "() => !document.querySelector('.pm-captions textarea').value.includes('handle')"
    )
    assert text_of(tab).startswith("ohwx, ") and "cup" in text_of(tab)
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.wait_for_selector("text=Saved.")
    assert captions(folder)["00000.txt"] == text_of(tab)
    # Words of one's own are not lost to a tick.
    tab.get_by_label("Caption", exact=True).fill("My own words.")
    tab.locator(".pm-captions .claim", has_text="handle").first.locator("input").check()
    wait_for_text(tab, "handle")
    tab.get_by_role("button", name="Bring it back").click()
    assert text_of(tab) == "My own words."
    tab.get_by_role("button", name="All images").click()
    tab.get_by_role("button", name="Discard").click()
    assert "My own words" not in str(captions(folder))


def test_a_file_that_changed_meanwhile_is_shown_and_not_overwritten(tab, folder):
    open_first(tab)
    (folder / "00000.txt").write_text(MARKUP)
    tab.get_by_label("Caption", exact=True).fill("Mine.")
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.wait_for_selector(".pm-captions .notice >> text=was changed meanwhile")
    assert captions(folder)["00000.txt"] == MARKUP
    assert MARKUP in tab.locator(".pm-captions .notice").inner_text()
    tab.get_by_role("button", name="Use that").click()
    assert text_of(tab) == MARKUP
    (folder / "00000.txt").write_text("Changed again.")
    tab.get_by_label("Caption", exact=True).fill("Mine.")
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.get_by_role("button", name="Replace it with mine").click()
    tab.wait_for_selector("text=Saved.")
    assert captions(folder)["00000.txt"] == "Mine."


def test_a_caption_is_text_and_never_markup(page, server, folder):  # noqa: F811
    other = folder_of(server.base / "input" / "<b>markup</b>", 1)
    caption_dataset(job(other), fakes(FakeCaptioner(MARKUP)))
    (other / "00000.txt").write_text(MARKUP)
    page.locator(TAB).click()
    page.get_by_label("Folder", exact=True).select_option("input/<b>markup</b>")
    page.wait_for_selector(".pm-captions .cell >> text=<img src=x")
    page.locator(".pm-captions .cell").first.click()
    wait_for_text(page, "<img src=x")
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.broken") is None
    page.keyboard.press("Escape")
    page.locator(TAB).click()
    shutil.rmtree(other)


def test_the_page_speaks_the_language_of_the_frontend(tab):
    tab.evaluate("() => app.extensionManager.setting.set('Comfy.Locale', 'zh')")
    try:
        tab.locator(TAB).click()
        tab.locator(TAB).click()
        tab.get_by_label("文件夹", exact=True).select_option("input/to review")
        tab.wait_for_selector("text=4 / 4 张图片")
        assert "所有图片" in tab.get_by_label("显示", exact=True).inner_text()
        assert "失败" in tab.locator(".pm-captions .cell").last.inner_text()
        open_first(tab)
        assert tab.get_by_role("button", name="保存并看下一张").count() == 1
        assert "很可能为真" in tab.locator(".pm-captions .claim .why").first.inner_text()
        tab.get_by_label("描述", exact=True).fill("ohwx，一只杯子。")
        tab.get_by_role("button", name="保存", exact=True).click()
        tab.wait_for_selector("text=已保存。")
        tab.keyboard.press("Escape")
    finally:
        tab.evaluate("() => app.extensionManager.setting.set('Comfy.Locale', 'en')")
