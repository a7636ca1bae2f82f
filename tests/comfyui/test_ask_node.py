"""Ask about the Image in a real server: with the offline models, and with a scripted captioner."""

from test_server import LOAD, chain, node, shown

CANNOT_TELL = "I cannot tell from the image."


def ask(server, question, said="", image=("load", 0), **inputs):
    prompt = {
        "load": LOAD,
        "divide": chain(image)["divide"],
        "ask": node("AskImage", patches=["divide", 0], question=question, samples=1, seed=0, **inputs),
        "answer": node("PreviewAny", source=["ask", 0]),
        "report": node("PatchReport", survivors=["ask", 1]),
        "twice": node("RepeatImageBatch", image=["load", 0], amount=2),
    }  # fmt: skip
    if said:
        prompt["says"] = node("TestScriptedCaptioner", text=said, seconds=0.0)
        prompt["ask"]["inputs"]["captioner"] = ["says", 0]
    return server.run(prompt)


def answer_of(result):
    assert result["end"]["type"] == "execution_success", result["end"]
    return "".join(result["outputs"]["answer"]["text"])


def test_the_offline_models_answer_what_they_measure(server):
    assert "orange cup" in answer_of(ask(server, "What colour is the cup?"))
    assert answer_of(ask(server, "Is the cup orange?")).startswith("Yes.")
    assert answer_of(ask(server, "Is the cup blue?")).startswith("No.")
    assert answer_of(ask(server, "Is there an elephant?")) == CANNOT_TELL


def test_an_invented_answer_does_not_survive(server):
    result = ask(server, "Is there an elephant?", "Yes, there is an elephant.")
    assert answer_of(result) == CANNOT_TELL
    text = shown(result, "ask")
    assert text.startswith(CANNOT_TELL) and "[image]\nYes, there is an elephant." in text
    [view] = result["outputs"]["report"]["patch_matters_report"]
    assert any("elephant" in s["text"] and not s["kept"] for s in view["statements"])


def test_each_image_of_a_batch_is_answered(server):
    result = ask(server, "What colour is the cup?", image=("twice", 0))
    answer_of(result)
    assert shown(result, "ask").count("EVIDENCE") == 2 and "— Image 2 of 2 —" in shown(
        result, "ask"
    )


def test_an_empty_question_is_an_error_that_says_so(server):
    result = ask(server, "  ")
    assert result["end"]["type"] == "execution_error"
    assert result["end"]["data"]["exception_message"].startswith("question: it is empty")
