"""Compare Captions in a real server: captions, kept claims, and both."""

import json

from test_server import LOAD, chain, node

LEFT = "An orange cup stands on a wooden table."
RIGHT = "A blue cup stands on a table. There is a spoon."


def compare(server, **inputs):
    prompt = {
        "load": LOAD,
        **chain(seed=11),
        "twice": node("RepeatImageBatch", image=["load", 0], amount=2),
        "left": node("PrimitiveStringMultiline", value=LEFT),
        "right": node("PrimitiveStringMultiline", value=RIGHT),
        "compare": node("CompareCaptions", **inputs),
        "see": node("PreviewAny", source=["compare", 0]),
        "json": node("PreviewAny", source=["compare", 1]),
    }
    return server.run(prompt)


def view_of(result):
    assert result["end"]["type"] == "execution_success", result["end"]
    [view] = result["outputs"]["compare"]["patch_matters_comparison"]
    assert json.loads("".join(result["outputs"]["json"]["text"])) == view
    return view


def texts(said):
    return [one["text"] for one in said]


def test_two_captions(server):
    view = view_of(compare(server, left=["left", 0], right=["right", 0]))
    [[orange, blue]] = view["contradicting"]
    assert (orange["text"], blue["text"]) == ("The cup is orange.", "The cup is blue.")
    assert "The table is wooden." in texts(view["only_left"])
    assert "There is a spoon." in texts(view["only_right"])
    assert view["left"]["requests"] == 0


def test_a_caption_is_checked_against_the_verified_claims(server):
    result = compare(server, left=["left", 0], right=["right", 0], survivors=["filter", 0])
    [[orange, blue]] = view_of(result)["contradicting"]
    assert orange["check"] == "supported" and orange["score"] > 0.8
    assert blue["check"] == "contradicted"


def test_kept_claims_bring_their_scores_and_what_they_cost(server):
    view = view_of(compare(server, left=["filter", 0], right=["right", 0]))
    assert view["left"]["requests"] > 0 and view["left"]["mean_score"] > 0.8
    assert view["left"]["models"]["captioner"] == "offline:measured"
    scored = [left for left, _ in view["both"] if left]
    assert scored and all(one["score"] is not None and one["regions"] for one in scored)


def test_other_numbers_of_images_are_an_error_that_names_the_side(server):
    chained = chain(("twice", 0))
    prompt = {
        "load": LOAD,
        "twice": node("RepeatImageBatch", image=["load", 0], amount=2),
        "three": node("RepeatImageBatch", image=["load", 0], amount=3),
        **chained,
        **{f"{k}3": v for k, v in chain(("three", 0)).items() if k != "join"},
        "compare": node("CompareCaptions", left=["filter", 0], right=["filter3", 0]),
    }
    prompt["describe3"]["inputs"]["patches"] = ["divide3", 0]
    prompt["filter3"]["inputs"]["captions"] = ["describe3", 0]
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_error"
    assert result["end"]["data"]["exception_message"].startswith("left: 2 captions for 3 images")
