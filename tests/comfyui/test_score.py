"""The Caption Score node in a real server."""

import shutil

from test_server import node, shown

from conftest import ROOT
from core.images import read_image
from core.models.registry import VERIFIER, load_model

CAPTION = "An orange cup stands on a table. A spoon is in the lower left. It looks cosy."


def test_the_whole_image_is_scored_and_the_node_says_so(server):
    example = ROOT / "assets" / "example.png"
    shutil.copy(example, server.base / "input" / "scored.png")
    prompt = {
        "load": node("LoadImage", image="scored.png"),
        "text": node("PrimitiveStringMultiline", value=CAPTION),
        "score": node("CaptionScore", image=["load", 0], caption=["text", 0]),
    }
    result = server.run(prompt)
    assert result["end"]["type"] == "execution_success", result["end"]
    sentences = [f"{s.strip('.')}." for s in CAPTION.split(". ")]
    [scores] = load_model(VERIFIER).score([(read_image(example), sentences)], lambda i: None)
    assert any(score is not None for score in scores)
    rows = [
        f"{' –  ' if score is None else f'{score:.2f}'} {sentence}"
        for score, sentence in zip(scores, sentences)
    ]
    heading, *lines = shown(result, "score").splitlines()
    assert "on the whole image" in heading
    assert lines == rows
