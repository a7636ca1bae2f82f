import pytest

from core.dataset.words import Captions, Words, context_text, joined
from core.errors import PatchMattersError

CAPTIONS = Captions("A red cup stands on a table.", "A red cup.", "A cup.", "red cup, table")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (Words(), "A red cup stands on a table."),
        (Words(trigger="ohwx"), "ohwx, A red cup stands on a table."),
        (Words("ohwx, ", "photo of", "35mm"), "photo of ohwx, A red cup stands on a table. 35mm"),
        (Words(template="{trigger}|{short}|{tags}|{old}|{name}|{folder}|{caption}", trigger="t"),
         "t|A cup.|red cup, table|an {old} one|img|set|A red cup stands on a table."),
        (Words(lines=("long", "short", "tags")), "A red cup stands on a table.\nA cup.\nred cup, table"),
    ],
)  # fmt: skip
def test_the_words_around_a_caption(words, text):
    words.check()
    assert words.text(CAPTIONS, old="an {old}\none", name="img", folder="set") == text


@pytest.mark.parametrize(
    "template", ["{caption.__class__}", "{0}", "{}", "{captions}", "{caption!r}"]
)
def test_a_template_has_known_fields_only(template):
    with pytest.raises(PatchMattersError, match="template: .* is unknown: use {trigger}"):
        Words(template=template).check()


def test_what_the_captioner_is_told():
    told = context_text(
        "{name} in {folder}: {tags}", old="1girl, red hair,\nhat", name="Ann", folder="x"
    )
    assert told == "Ann in x: 1girl, red hair, hat"
    with pytest.raises(PatchMattersError, match="context: {caption} is unknown"):
        Words.check_context("{caption}")


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("A cup.", "A table.", "A cup. A table."),
        ("1girl, hat", "A woman.", "1girl, hat, A woman."),
        ("1girl,", "A woman.", "1girl, A woman."),
        ("", "A woman.", "A woman."),
        ("一位女士。", "A woman.", "一位女士。 A woman."),
    ],
)
def test_two_captions_on_one_line(first, second, text):
    assert joined(first, second) == text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (Words(lines=()), "lines: name one or more"),
        (Words(template=" "), "template: it is blank"),
        (Words(template="{caption}", trigger="ohwx"), "template: put {trigger}"),
    ],
)
def test_words_that_would_lose_something(words, message):
    with pytest.raises(PatchMattersError, match=message):
        words.check()
