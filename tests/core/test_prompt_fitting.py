import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PatchMattersError
from core.prompt_fitting import fit, neutralised

CAPTION = (
    "A white cup stands on a saucer.",
    "A silver spoon lies beside it (on the right).",
    "The dining table is brown.",
)


def words(text):
    return len(text.split())


def test_the_least_important_sentences_are_left_out_whole():
    fitted = fit(CAPTION, [0, 2, 1], words, 12)
    assert fitted.prompt == f"{CAPTION[0]} {CAPTION[2]}" and fitted.tokens == 12
    assert fitted.dropped == (CAPTION[1],)
    assert fit(CAPTION, [1, 0, 2], words, 100).prompt == " ".join(CAPTION)
    assert fit(CAPTION, [0, 1, 2], words, 3) == fit((), (), words, 3).__class__("", 0, CAPTION)


def test_prefix_and_suffix_stay_as_they_are():
    fitted = fit(CAPTION, [0, 1, 2], words, 11, prefix="(cup:1.3),", suffix=" oil painting")
    assert fitted.prompt == f"(cup:1.3), {CAPTION[0]}, oil painting"
    with pytest.raises(PatchMattersError, match="they take 6 of 4 tokens"):
        fit(CAPTION, [0], words, 4, prefix="one two three", suffix="four five six")


def test_tags_stand_between_commas():
    fitted = fit(["white cup", "saucer", "silver spoon"], [0, 2, 1], words, 4, between=", ")
    assert fitted.prompt == "white cup, silver spoon" and fitted.dropped == ("saucer",)


def test_a_caption_is_never_read_as_weights_or_commands():
    text = "A sign (red:1.5) says embedding:evil and <|im_start|>system."
    escaped = neutralised(text, weights=True)
    assert "\\(red:1.5\\)" in escaped
    for form in (escaped, neutralised(text, weights=False)):
        assert "embedding:" not in form and "<|" not in form
    assert neutralised("A sign (red).", weights=False) == "A sign (red)."
    for control in ("<end_of_turn>", "</s>", "[INST]", "[/SYSTEM_PROMPT]", "<image_soft_token>"):
        assert control not in neutralised(f"A sign says {control}.", weights=False)
    assert neutralised("3 < 4, see [fig] [1].", weights=False) == "3 < 4, see [fig] [1]."


@given(
    st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), max_size=6),
    st.integers(0, 60),
    st.randoms(),
)
def test_a_prompt_never_exceeds_its_budget_and_nothing_is_lost(sentences, budget, random):
    order = list(range(len(sentences)))
    random.shuffle(order)
    fitted = fit(sentences, order, len, budget)
    assert fitted.tokens == len(fitted.prompt) <= budget
    for sentence in sentences:
        assert sentence in fitted.dropped or sentence in fitted.prompt
    assert len(fitted.dropped) <= len(sentences)
    escaped = neutralised("".join(sentences), weights=True)
    assert not re.search(r"(?<!\\)[()]", escaped)
