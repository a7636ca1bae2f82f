import pytest

from core.claims import Passage
from core.claims.reading import read
from core.models import LENGTH, Completion
from core.translation import check_translation

ENGLISH = {
    "一位女子穿着红色外套。": "A woman is wearing a red coat.",
    "一只棕色的狗躺在女子旁边。": "A brown dog is lying next to the woman.",
    "狗戴着帽子。": "The dog is wearing a hat.",
}
[FACTS] = read([Passage("A woman is wearing a red coat. A brown dog is lying next to the woman.")])


class Translator:
    """A fake chat model: translates the sentences it knows, as a model writes numbered lines."""

    name = "test:translator"
    generates = True

    def __init__(self, pattern="{}: {}"):
        self.pattern, self.asked = pattern, 0

    def answer(self, prompts, on_progress, *, temperature, seed=0):
        self.asked += len(prompts)
        lines = prompts[0].split("===")[-2].strip().splitlines()
        said = (line.split(": ", 1) for line in lines)
        known = [self.pattern.format(n, ENGLISH[text]) for n, text in said if text in ENGLISH]
        return [Completion("\n".join(known))]


@pytest.mark.parametrize("pattern", ["{}: {}", "{}. {}", "**{}**: {}", "{}：{}"])
def test_sentences_are_kept_or_removed_by_their_translation(pattern):
    checked, answer = check_translation(Completion("".join(ENGLISH)), FACTS, Translator(pattern))
    assert list(checked.sentences) == list(ENGLISH)[:2]
    [removed] = checked.removed
    assert removed.startswith("狗戴着帽子。 (") and "hat" in removed
    assert checked.missing == () and answer is not None


def test_what_the_caption_leaves_out_is_missing():
    checked, _ = check_translation(Completion(next(iter(ENGLISH))), FACTS, Translator())
    missing = {FACTS.claims[i].text for i in checked.missing}
    assert "There is a dog." in missing and "There is a woman." not in missing


def test_a_sentence_without_a_translation_or_an_end_is_removed():
    text = "一位女子穿着红色外套。天上有云。一只棕色的狗躺在"
    checked, _ = check_translation(Completion(text, LENGTH), FACTS, Translator())
    assert list(checked.sentences) == ["一位女子穿着红色外套。"]
    assert "天上有云。" in checked.removed
    nothing, _ = check_translation(Completion("天上有云。"), FACTS, Translator())
    assert nothing.sentences == () and len(nothing.missing) == len(FACTS.claims)


def test_a_text_in_english_needs_no_translation():
    translator = Translator()
    checked, answer = check_translation(
        Completion("A woman is wearing a red coat."), FACTS, translator
    )
    assert checked.sentences == ("A woman is wearing a red coat.",)
    assert answer is None and translator.asked == 0
