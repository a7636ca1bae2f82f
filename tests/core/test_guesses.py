import pytest

from core.guesses import firm_part, guesses


@pytest.mark.parametrize(
    "sentence, firm",
    [
        (
            "A blue umbrella is visible, suggesting that it is a sunny day.",
            "A blue umbrella is visible.",
        ),
        (
            "A line of cones stands there, which could be set up for roadwork.",
            "A line of cones stands there.",
        ),
        ("There are bottles on it, possibly with a drink.", "There are bottles on it."),
        ("The sandwich is filled with meat and possibly with cheese.", "The sandwich is filled with meat."),
        ("The road is lined with trees, and perhaps a wall.", "The road is lined with trees."),
        ("A street sign indicating the way stands there.", "A street sign indicating the way stands there."),
        ("The cat sits on a chair.", "The cat sits on a chair."),
        ("The scene suggests a casual meal.", ""),
        ("The person might be taking a photo, possibly of a bird.", ""),
        ("Possibly a boat.", ""),
        ("A hat, possibly straw.", ""),
        ("", ""),
        ("一只猫可能在睡觉。", "一只猫可能在睡觉。"),
    ],
)  # fmt: skip
def test_a_sentence_without_its_guess(sentence, firm):
    assert firm_part(sentence) == firm
    assert guesses(sentence) == (firm != sentence)


def test_what_is_left_is_firm():
    for sentence in ("There is, possibly, a boat, which may sail on the lake.", "A, maybe, b."):
        assert not guesses(firm_part(sentence))
