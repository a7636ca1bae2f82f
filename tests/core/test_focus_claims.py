import re

import pytest
from PIL import Image

from core.focus import Focus
from core.focus_claims import focused, topic_of
from core.models import Completion
from core.pipeline import Models, profile_settings, run
from core.report import reason_text, statement_dict
from core.stages import Source
from core.statements import Reason, Verdict
from helpers import FixedDetector, ScriptedVerifier, ScriptedWriter

SAID = (
    "A woman with long brown hair is wearing a red coat and holding a white cup. She is sitting on a wooden bench. "
    "A brown dog with a blue collar is lying next to the woman. Tall trees stand in the background. The sky is blue. "
    "The setting is a park. It is a sunny day."
)
IMAGE = Image.new("RGB", (640, 400), "white")


class OneText:
    """A fake captioner: says one text of every image, or of whole images only."""

    name = "test:one-text"

    def __init__(self, text, *, patches):
        self.text, self.patches = text, patches

    def caption(self, requests, on_progress):
        says = [self.patches or r.image.size == IMAGE.size for r in requests]
        return [[Completion(self.text if s else "")] * r.n for s, r in zip(says, requests)]


def captioned(
    only=(), ignore=(), *, text=SAID, profile="default", writer=None, patches=True, **source
):
    detector = FixedDetector(("person", 0.9, 100, 100, 250, 380), ("dog", 0.8, 300, 250, 420, 380))
    models = Models(
        detector,
        OneText(text, patches=patches),
        ScriptedVerifier(),
        **({"writer": writer} if writer else {}),
    )
    settings = profile_settings(profile, only=only, ignore=ignore)
    [record] = run(settings, [Source(IMAGE, **source)], models)
    return record


def kept(record):
    return {s.text for s in record.statements if s.verdict is Verdict.KEPT}


def outside(record):
    return {s.text for s in record.statements if s.reason is Reason.OUTSIDE}


@pytest.mark.parametrize(
    ("only", "ignore", "caption"),
    [
        (("the person",), (), "A woman with long brown hair is wearing a red coat and holding a white cup. She is sitting on a bench."),
        (("the dog",), (), "A brown dog with a blue collar is lying next to the woman."),
        (("background",), (), "Tall trees stand in the background. The sky is blue. The setting is a park. It is a sunny day."),
        ((), ("the background",), "A woman with long brown hair is wearing a red coat and holding a white cup. She is sitting on a wooden bench. A brown dog with a blue collar is lying next to the woman."),
        ((), ("dogs", "background"), "A woman with long brown hair is wearing a red coat and holding a white cup. She is sitting on a wooden bench."),
        ((), ("animals",), "A woman with long brown hair is wearing a red coat and holding a white cup. She is sitting on a wooden bench. Tall trees stand in the background. The sky is blue. The setting is a park. It is a sunny day."),
    ],
)  # fmt: skip
def test_a_caption_is_about_what_is_to_be_described(only, ignore, caption):
    record = captioned(only, ignore)
    assert record.caption == caption
    gone = {w for t in outside(record) if t.startswith("There ") for w in t[:-1].split()[-1:]}
    for text in record.captions.values():
        assert not gone & set(re.findall(r"\w+", text)), text


def test_claims_outside_have_a_reason_of_their_own():
    record = captioned(("the person",))
    assert {"There is a dog.", "The dog is brown.", "The sky is blue."} <= outside(record)
    assert {"The coat is red.", "The woman's hair is long.", "There is a bench."} <= kept(record)
    assert "The bench is wooden." in outside(record)
    dropped = next(s for s in record.statements if s.reason is Reason.OUTSIDE)
    assert reason_text(statement_dict(dropped)) == "outside what you asked to be described"


def test_what_belongs_to_an_ignored_thing_goes_with_it():
    record = captioned((), ("the dog",))
    assert {"There is a collar.", "The collar is blue.", "The dog is next to the woman."} <= outside(record)  # fmt: skip


def test_words_are_matched_by_things_and_not_by_letters():
    text = "A cat is sitting on a chair. A caterpillar is on a leaf. A category sign hangs on the wall."
    record = captioned((), ("cat",), text=text)
    assert "caterpillar" in record.caption and "A cat is" not in record.caption


def test_adjectives_and_places_tell_things_apart():
    text = "A red car is parked on the street. A blue car is driving. A man on the left is waving. A man on the right is sleeping."
    record = captioned(("the red car",), text=text)
    assert "red car" in record.caption and "blue" not in record.caption
    record = captioned((), ("the man on the left",), text=text, patches=False)
    assert "sleeping" in record.caption and "waving" not in record.caption


def test_topics_are_read_as_a_caption_is():
    topic = topic_of("the young woman on the left")
    assert (topic.head, topic.traits, topic.place) == ("woman", {"young"}, "left")
    assert topic_of("dogs").head == "dog" and topic_of("人物").head == "人物"
    assert topic_of("the background").head == "background"


def test_a_detected_thing_in_hidden_pixels_is_outside():
    mask = Image.new("L", IMAGE.size, 255)
    mask.paste(0, (290, 240, 640, 400))
    record = captioned(shown=mask)
    assert {"There is a dog.", "The dog is brown."} <= outside(record)
    assert "There is a woman." in kept(record) and "dog" not in record.caption


def test_nothing_of_it_gives_an_empty_caption_and_one_note():
    record = captioned(("elephants",))
    assert record.caption == "" and not kept(record)
    assert "Nothing that was kept is about what is to be described." in record.notes


def test_names_in_another_language_than_the_captions_are_said_to_be_missing():
    [note] = [n for n in captioned(("狗",)).notes if n.startswith("only: ")]
    assert note == (
        'only: "狗" is not found, because the captions are in English: write the English names, or choose the style '
        "chinese."
    )
    assert any(n.startswith('ignore: "狗"') for n in captioned((), ("狗",)).notes)
    assert not any(n.startswith(("only:", "ignore:")) for n in captioned(("dog",)).notes)
    french = captioned(("chien",), text="Un chien brun dort à côté d'une femme en manteau rouge.")
    assert not any(n.startswith("only:") for n in french.notes)


def test_the_writer_is_told_and_what_it_says_all_the_same_is_removed():
    writer = ScriptedWriter(
        "A woman with long brown hair wears a red coat. A brown dog lies next to her.",
        "A woman with long brown hair wears a red coat. A brown dog lies next to her.",
    )
    record = captioned((), ("the dog",), writer=writer)
    assert "Say nothing of" in writer.requests[0].instruction and "dog" not in record.caption
    assert not any("dog" in fact.text for fact in writer.requests[0].facts)


def test_the_papers_sentences_are_dropped_as_wholes():
    record = captioned((), ("the dog",), profile="paper")
    assert "dog" not in record.caption and "woman" in record.caption
    assert any("dog" in text for text in outside(record))


def test_chinese_words_match_chinese_things_by_their_end():
    text = "一位老人坐在长椅上。一只黄狗躺在地上。"
    record = captioned(("老人",), text=text)
    assert "老人" in record.caption and "狗" not in record.caption
    record = captioned((), ("狗",), text=text)
    assert "老人" in record.caption and "狗" not in record.caption


def test_a_record_without_a_focus_stays_as_it_is():
    record = captioned()
    assert record.focus == Focus() and focused(record) is record


@pytest.mark.parametrize("word", ["text", "the writing"])
def test_what_is_written_on_things_can_be_left_out_or_be_all_that_is_said(word):
    text = 'A blue bus is parked on a street. The bus reads "ECO".'
    ignored = captioned(ignore=(word,), text=text)
    assert "ECO" not in ignored.caption and "blue bus" in ignored.caption
    assert 'The bus reads "ECO".' in kept(captioned(only=(word,), text=text))
