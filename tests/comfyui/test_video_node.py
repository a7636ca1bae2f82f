"""Caption Video in a real server."""

import json

from test_hosted_nodes import HOSTED, says
from test_server import LOAD, node


def clip(**options):
    """Three shots of eight frames: the image, a part of it, and the same inverted."""
    crop = node("ImageCrop", image=["load", 0], width=200, height=160, x=40, y=20)
    prompt = {
        "load": LOAD,
        "one": node("RepeatImageBatch", image=["load", 0], amount=8),
        "crop": crop,
        "two": node("RepeatImageBatch", image=["crop", 0], amount=8),
        "inverted": node("ImageInvert", image=["load", 0]),
        "three": node("RepeatImageBatch", image=["inverted", 0], amount=8),
        "first": node("ImageBatch", image1=["one", 0], image2=["two", 0]),
        "frames": node("ImageBatch", image1=["first", 0], image2=["three", 0]),
        "video": node(
            "PatchMattersCaptionVideo", **{"frames": ["frames", 0], "fps": 8.0, "key_frames": 6,
            "length": "long", "profile": "default", "seed": 0, **options},
        ),
        "shots": node("PreviewAny", source=["video", 1]),
        "report": node("PatchReport", survivors=["video", 2]),
    }  # fmt: skip
    return prompt


def shots_of(result):
    assert result["end"]["type"] == "execution_success", result["end"]
    return json.loads("".join(result["outputs"]["shots"]["text"]))


def test_a_clip_of_three_shots_with_times_and_a_report(server):
    result = server.run(clip())
    found = shots_of(result)
    assert [(s["start"], s["end"]) for s in found["shots"]] == [(0, 1), (1, 2), (2, 3)]
    assert "orange cup" in found["shots"][0]["caption"]
    assert found["caption"].startswith("In the first shot, ")
    assert len(result["outputs"]["report"]["patch_matters_report"]) == 3
    assert "Shot 3: 2.00 to 3.00 s, key frames: 1" in "".join(result["outputs"]["video"]["text"])


def test_a_clip_costs_an_eighth_of_its_frames(hosted_server):
    server = hosted_server
    server.vendor.say = says
    hosted = node("PatchMattersHostedModel", **{**HOSTED, "max_requests": 200})
    models = {"captioner": ["hosted", 0], "matcher": ["hosted", 2], "writer": ["hosted", 1]}
    start = len(server.vendor.seen)
    result = server.run({"hosted": hosted, **clip(seed=71, **models)})
    shots_of(result)
    in_clip = len(server.vendor.seen) - start
    one = node(
        "PatchMatters", image=["load", 0], length="long", profile="default", seed=72, **models
    )
    start = len(server.vendor.seen)
    result = server.run({"hosted": hosted, "load": LOAD, "caption": one})
    assert result["end"]["type"] == "execution_success"
    alone = len(server.vendor.seen) - start
    assert in_clip <= 24 * alone / 3
    print(f"a clip of 24 frames: {in_clip} requests; an image: {alone}")


def test_the_estimate_counts_the_key_frames_that_were_chosen(hosted_server):
    server = hosted_server
    server.vendor.say = says
    hosted = node(
        "PatchMattersHostedModel", **{**HOSTED, "model": "clip-model", "max_requests": 200}
    )
    models = {"captioner": ["hosted", 0], "matcher": ["hosted", 2], "writer": ["hosted", 1]}
    still = {**clip(seed=73, **models), "hosted": hosted}
    still["video"]["inputs"]["frames"] = ["one", 0]
    cuts = {**clip(seed=74, **models), "hosted": hosted}
    for prompt, planned in ((still, "captioner 6, verifier 6 to 11"), (cuts, "captioner 17, ")):
        result = server.run(prompt)
        shown = [
            m["data"]["text"] for m in result["messages"] if m["type"] == "patch_matters.progress"
        ]
        [plan] = [text for text in shown if text.startswith("This run takes ")]
        assert planned in plan


def test_frames_that_are_none_are_refused_by_name(server):
    prompt = clip()
    prompt["bad"] = node("TestBrokenImage", kind="empty")
    prompt["video"]["inputs"]["frames"] = ["bad", 0]
    end = server.run(prompt)["end"]
    assert end["data"]["exception_message"].startswith("frames: the batch is empty")


def test_fewer_key_frames_describe_the_longest_shots_only(server):
    found = shots_of(server.run(clip(key_frames=2)))["shots"]
    assert sum(len(shot["key_frames"]) for shot in found) == 2
    assert sum(shot["caption"] == "" for shot in found) == 1
