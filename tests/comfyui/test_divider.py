"""Boxes and masks of core's nodes into the Patch Divider: as patches, and as what is to be described."""

import json

import pytest
from PIL import Image
from test_server import LOAD, chain, node, shown

from conftest import ROOT

SIZE = (520, 380)
BOX = (275, 60, 115, 275)  # x, y, width, height of the spoon in the example image
DIVIDE = {"min_score": 0.3, "merge_iou": 0.3, "share": 0.3, "semantic_patch": True, "semantic_iou": 0.4, "levels": 1}  # fmt: skip


def bounding_box(x, y, width, height):
    return node("PrimitiveBoundingBox", x=x, y=y, width=width, height=height)


def mask_of(x, y, width, height, size=SIZE):
    """Core's nodes for a mask of one rectangle."""
    return {
        "empty": node("SolidMask", value=0.0, width=size[0], height=size[1]),
        "full": node("SolidMask", value=1.0, width=width, height=height),
        "mask": node("MaskComposite", destination=["empty", 0], source=["full", 0], x=x, y=y, operation="add"),
    }  # fmt: skip


def divided(server, seed, extra=(), **divide):
    """(patch boxes of each image, the report of the first) of a run of all stages."""
    prompt = {
        "load": LOAD,
        **dict(extra),
        **chain(seed=seed, **divide),
        "boxes": node("PreviewAny", source=["divide", 2]),
        "report": node("PreviewAny", source=["join", 2]),
    }
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    return json.loads(shown(result, "boxes")), json.loads(result["outputs"]["report"]["text"][0])


def refused(server, extra=(), **divide):
    """The message with which the divider refuses its inputs."""
    prompt = {
        "load": LOAD,
        **dict(extra),
        "divide": node("PatchDivider", **{"image": ["load", 0], **DIVIDE, **divide}),
    }
    end = server.run(prompt)["end"]
    assert end["type"] == "execution_error", end
    return end["data"]["exception_message"]


def test_a_box_of_core_replaces_the_patches_or_stands_beside_them(server):
    [boxes], report = divided(
        server, 901, {"box": bounding_box(*BOX)}, regions=["box", 0], marked="replace"
    )
    x, y, width, height = BOX
    assert boxes == [
        {"x": x, "y": y, "width": width, "height": height, "label": "region 1", "score": 1.0}
    ]
    assert [r["kind"] for r in report["regions"]] == ["image", "marked"]
    assert "detector" not in report["models"]
    [boxes], _ = divided(server, 902, {"box": bounding_box(*BOX)}, regions=["box", 0])
    assert len(boxes) > 4 and boxes[-1]["label"] == "region 1"


def test_masks_become_patches_the_way_sam_gives_them(server):
    # A batch of masks of one image, as SAM 3 gives with individual_masks: here the divider's own.
    extra = {"first": node("PatchDivider", image=["load", 0], **DIVIDE)}
    own, _ = divided(server, 903)
    boxes, report = divided(server, 904, extra, region_masks=["first", 3], marked="replace")
    corners = [{k: b[k] for k in ("x", "y", "width", "height")} for b in own[0]]
    assert [{k: b[k] for k in ("x", "y", "width", "height")} for b in boxes[0]] == corners
    assert [b["label"] for b in boxes[0]] == [f"region {n}" for n in range(1, len(corners) + 1)]
    assert all(r["candidates"] for r in report["regions"])


def test_a_mask_of_the_mask_editor_hides_the_rest(server):
    image = Image.open(ROOT / "assets" / "example.png").convert("RGBA")
    image.paste((0, 0, 0, 0), (130, 10, 370, 290))  # the editor makes transparent what is drawn
    image.save(server.base / "input" / "painted.png")
    extra = {"painted": node("LoadImage", image="painted.png")}
    [boxes], report = divided(server, 905, extra, only_mask=["painted", 1])
    assert [(b["x"], b["y"], b["width"], b["height"]) for b in boxes] == [(130, 10, 240, 280)]
    [boxes], _ = divided(server, 906, extra, ignore_mask=["painted", 1])
    assert len(boxes) > 2
    assert report["regions"][0]["box"] == [0, 0, *SIZE]


def test_words_decide_what_is_described(server):
    _, report = divided(server, 907, only="the cup")
    assert report["caption"] and "cup" in report["caption"] and "spoon" not in report["caption"]
    assert "outside_focus" in {s["reason"] for s in report["statements"]}
    assert report["only"] == ["the cup"]
    _, report = divided(server, 908, ignore="dining tables, spoon")
    assert "cup" in report["caption"] and "table" not in report["caption"]
    assert report["ignore"] == ["dining tables", "spoon"]


BATCH = {
    "turned": node("ImageRotate", image=["load", 0], rotation="180 degrees"),
    "two": node("ImageBatch", image1=["load", 0], image2=["turned", 0]),
}


@pytest.mark.parametrize(
    ("extra", "inputs", "message"),
    [
        ({}, {"region_masks": ["load", 1]}, "region_masks: the mask is empty: draw one in the mask editor"),
        ({}, {"only_mask": ["load", 1]}, "only_mask: the mask is empty"),
        (mask_of(10, 10, 50, 50, (64, 64)), {"only_mask": ["mask", 0]}, "only_mask: a mask of 64 x 64 px does not fit an image of 520 x 380 px"),
        (mask_of(10, 10, 9, 9), {"only_mask": ["mask", 0]}, "they leave less than 16 x 16 px of image 1"),
        ({"all": node("SolidMask", value=1.0, width=520, height=380)}, {"ignore_mask": ["all", 0]}, "they leave less than 16 x 16 px of image 1"),
        ({**BATCH, "first": node("PatchDivider", image=["load", 0], **DIVIDE)}, {"image": ["two", 0], "region_masks": ["first", 3]}, "masks for 2 images: connect one mask for each image, or one for all"),
        ({"box": bounding_box(600, 10, 50, 50)}, {"regions": ["box", 0]}, "regions: box 1 (x 600, y 10, 50 x 50 px) lies outside the image of 520 x 380 px"),
        ({"box": node("TestBoxes", json="[[]]")}, {"regions": ["box", 0]}, "regions: no box came in"),
        ({"box": node("TestBoxes", json='[[{"x": 1, "y": 1}]]')}, {"regions": ["box", 0]}, "regions: expected boxes with x, y, width and height"),
        ({"box": node("TestBoxes", json=json.dumps([[{"x": 1, "y": 1, "width": 50, "height": 50}]] * 3))}, {"regions": ["box", 0]}, "regions: boxes of 3 images for a batch of 1"),
        ({"box": node("TestBoxes", json=json.dumps([[{"x": 1, "y": 1, "width": 50, "height": 50}] * 65]))}, {"regions": ["box", 0]}, "regions: 65 patches are marked in one image, more than 64"),
        ({}, {"marked": "replace"}, "marked: replace needs patches: connect regions or region_masks"),
        ({}, {"only": "x" * 20_001}, "only: 20001 characters are more than 20000"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_is_said_in_one_sentence(server, extra, inputs, message):
    said = refused(server, extra, **inputs)
    assert message in said and len(said) < 250 and "Traceback" not in said


def test_an_empty_mask_of_one_image_in_a_batch_costs_no_other(server):
    # The first image has a mask, the second none.
    extra = {
        **BATCH,
        **mask_of(*BOX),
        "masks": node("TestMasks", first=["mask", 0], second=["empty", 0]),
    }
    boxes, _ = divided(
        server, 909, extra, image=["two", 0], region_masks=["masks", 0], marked="replace"
    )
    assert [len(of_image) for of_image in boxes] == [1, 1]
    assert boxes[0][0]["label"] == "region 1" and boxes[1][0]["label"] == "image"


STYLED = "A woman with long brown hair is wearing a red coat."


@pytest.mark.parametrize(
    ("styles", "caption"),
    [
        (("tags-illustrious", "as captioned"), "1girl, long hair, brown hair, red coat"),
        (("description", "tags-sdxl"), "woman, red coat, long brown hair"),
        (("description", "as captioned"), STYLED),
        (("chinese", "as captioned"), STYLED),
    ],
)
def test_the_style_of_the_captioner_is_that_of_the_caption(server, styles, caption):
    extra = {"say": node("TestScriptedCaptioner", text=STYLED, seconds=0.0)}
    prompt = {"load": LOAD, **extra, **chain(seed=910), "say_more": node("PreviewAny", source=["join", 0])}  # fmt: skip
    prompt["describe"]["inputs"] |= {"captioner": ["say", 0], "style": styles[0]}
    prompt["join"]["inputs"]["style"] = styles[1]
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    said = shown(result, "say_more")
    assert set(said.split(", ")) == set(caption.split(", ")), said
    assert ("cannot translate" in shown(result, "join")) == (styles[0] == "chinese")


def test_a_style_without_its_text_is_explained(server):
    prompt = {"load": LOAD, **chain(seed=911)}
    prompt["describe"]["inputs"]["style"] = "custom"
    end = server.run(prompt)["end"]
    assert "style_text: the style custom needs your own text" in end["data"]["exception_message"]
