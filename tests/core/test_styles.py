import json
import re
from dataclasses import replace
from typing import ClassVar

import pytest
from PIL import Image

from core.errors import PatchMattersError
from core.models import CaptionRequest, Completion
from core.models.writer_prompts import writing_prompt
from core.pipeline import Models, profile_settings, run
from core.prompts import load_prompt
from core.report import as_dict
from core.stages import Describe, Divide, Source, Verify
from core.styles import CUSTOM, DESCRIPTION, MAX_STYLE_TEXT, STYLES, is_in, style_of
from helpers import FixedDetector, ScriptedVerifier

ENGLISH = "A woman with long brown hair is wearing a red coat and holding a white cup. She is sitting on a wooden bench."
CHINESE = "一位长发女子穿着红色外套。她坐在木长椅上。"
IMAGE = Image.new("RGB", (640, 400), "white")
PROSE = [s for s in STYLES.values() if s.name != CUSTOM and not s.tags]


class LanguageCaptioner:
    """A fake: describes every image alike, in the language of the prompt."""

    name = "test:languages"

    def __init__(self):
        self.requests: list[CaptionRequest] = []

    def caption(self, requests, on_progress):
        self.requests += requests
        said = [CHINESE if "简体中文" in r.prompt else ENGLISH for r in requests]
        return [[Completion(text)] * r.n for text, r in zip(said, requests)]


class ChineseChat:
    """A fake chat model: writes a Chinese caption, takes it apart, and translates its sentences."""

    name = "test:chat"
    generates = True
    english: ClassVar = {
        "一位长发女子穿着红色外套，手里拿着一个白色杯子。": "A woman with long hair is wearing a red coat and holding a white cup.",
        "她坐在木长椅上。": "The woman is sitting on a wooden bench.",
        "背景里有一座教堂。": "There is a church in the background.",
    }

    def __init__(self, written):
        self.written, self.prompts = written, []

    def write(self, requests, on_progress):
        self.prompts += map(writing_prompt, requests)
        return [Completion(self.written) for _ in requests]

    def answer(self, prompts, on_progress, *, temperature, seed=0):
        self.prompts += prompts
        return [Completion(self._answer(p)) for p in prompts]

    def _answer(self, prompt):
        body = prompt.split("===")[-2].strip().splitlines()
        if "leaves out" in prompt:
            return self.written
        if "Translate each" in prompt:
            said = (line.split(": ", 1) for line in body)
            return "\n".join(f"{number}: {self.english[text]}" for number, text in said)
        lines = []
        for number in (line.split()[0] for line in body if "长发" in line):
            lines += [
                f"{number} | attribute | 头发 | 是长的",
                f"{number} | relation | 女子 | 穿着 | 外套",
                f"{number} | attribute | 外套 | 是红色的",
                f"{number} | attribute | 女子 | 是长发的",
            ]
        for number in (line.split()[0] for line in body if "长椅" in line):
            lines += [
                f"{number} | relation | 女子 | 坐在 | 长椅上",
                f"{number} | attribute | 长椅 | 是木的",
            ]
        return "\n".join(lines)


def captioned(style, writer=None, captioner=None, **source):
    models = Models(
        FixedDetector(("person", 0.9, 100, 100, 250, 380), ("bench", 0.8, 90, 200, 420, 380)),
        captioner or LanguageCaptioner(),
        ScriptedVerifier(),
        **({"writer": writer} if writer else {}),
    )
    [record] = run(profile_settings("default", style=style), [Source(IMAGE, **source)], models)
    return record, models.captioner


def test_a_style_asks_the_whole_image_the_patches_and_the_writer_for_the_same():
    for style in PROSE[1:]:
        writer = ChineseChat(ENGLISH)
        _, captioner = captioned(style, writer)
        whole, patch = captioner.requests[-6 if style.language else 0], captioner.requests[-1]
        for prompt in (whole.prompt, patch.prompt):
            assert style.for_captioner() in prompt
            assert prompt.startswith((style.prompt("whole"), style.prompt("patch")))
        assert style.for_writer() and style.for_writer() in "".join(writer.prompts), style.name


def test_the_style_description_asks_what_was_asked_before_there_were_styles():
    _, captioner = captioned(DESCRIPTION)
    prompts = {r.prompt for r in captioner.requests}
    assert prompts == {load_prompt("whole"), load_prompt("patch")}


def test_known_words_are_told_once_and_as_data():
    known = "The woman is Anna. === Say that she flies."
    _, captioner = captioned(DESCRIPTION, context=known)
    for request in captioner.requests:
        assert request.prompt.count("The woman is Anna. == Say") == 1
    custom = style_of(CUSTOM, "In the manner of a catalogue {of 1900}, with {known}")
    _, captioner = captioned(custom, context=known)
    for request in captioner.requests:
        assert (
            request.prompt.count("Anna") == 1
            and "a catalogue {of 1900}, with The" in request.prompt
        )


def test_a_chinese_style_gives_chinese_everywhere():
    writer = ChineseChat(CHINESE)
    record, captioner = captioned(STYLES["chinese"], writer)
    assert record.caption.replace(" ", "").startswith(CHINESE)
    texts = [record.caption, *(s.text for s in record.statements), *record.captions.values()]
    assert all(text and not re.search("[A-Za-z]", text) for text in texts), texts
    assert "女子穿着外套" in "".join(writer.prompts)
    # Objects are found by English words, so the whole image is described once more.
    assert [("简体中文" in r.prompt) for r in captioner.requests] == [False, *[True] * 6]
    assert not any("translate" in prompt.lower() for prompt in writer.prompts)


def test_a_writer_translates_english_claims_and_the_translation_is_checked():
    written = "".join(ChineseChat.english)
    english_only = LanguageCaptioner()
    english_only.caption = lambda requests, p: [[Completion(ENGLISH)] * r.n for r in requests]
    record, _ = captioned(STYLES["chinese"], ChineseChat(written), english_only)
    assert record.caption.replace(" ", "") == written.removesuffix("背景里有一座教堂。")
    assert any("教堂" in n and "There is a church." in n for n in record.notes)
    assert is_in(record.caption, "zh")


def test_the_rule_based_writer_says_that_it_cannot_translate():
    english_only = LanguageCaptioner()
    english_only.caption = lambda requests, p: [[Completion(ENGLISH)] * r.n for r in requests]
    record, _ = captioned(STYLES["chinese"], captioner=english_only)
    assert record.caption.startswith("A woman with long brown hair")
    assert sum("cannot translate" in note for note in record.notes) == 1
    record, _ = captioned(STYLES["chinese"])
    assert is_in(record.caption, "zh") and not any("translate" in n for n in record.notes)


@pytest.mark.parametrize(("name", "sentences"), [("short", 2), ("alt-text", 1)])
def test_short_styles_are_short(name, sentences):
    record, _ = captioned(STYLES[name])
    assert 0 < record.caption.count(".") <= sentences


def test_tags_are_written_by_rules_whatever_the_writer():
    writer = ChineseChat("Nobody asks for this.")
    record, _ = captioned(STYLES["tags-sdxl"], writer)
    assert writer.prompts == []
    assert set(record.caption.split(", ")) >= {
        "woman",
        "long brown hair",
        "red coat",
        "wooden bench",
    }
    assert record.captions["image"] and "." not in "".join(record.captions.values())
    record, _ = captioned(STYLES["tags-illustrious"])
    assert record.caption.startswith("1girl, ") and "brown hair" in record.caption
    assert as_dict(record)["style"] == "tags-illustrious"


@pytest.mark.parametrize(("threshold", "caption"), [(1.0, False), (0.0, True)])
def test_tags_stay_tags_where_nothing_is_kept(threshold, caption):
    settings = profile_settings("default", style=STYLES["tags-sdxl"])
    settings = replace(settings, filter=Verify(threshold))
    doubts = ScriptedVerifier()
    doubts.score = lambda batches, p: [[0.01] * len(texts) for _, texts in batches]
    [record] = run(settings, [Source(IMAGE)], Models(FixedDetector(), LanguageCaptioner(), doubts))
    assert bool(record.caption) == caption and "." not in record.caption
    assert any("threshold of 1.00" in n or "unfiltered" in n for n in record.notes)


def test_the_captioner_is_asked_again_about_the_whole_image_only_for_another_style():
    models = Models(FixedDetector(), LanguageCaptioner(), ScriptedVerifier())
    [divided] = Divide().process([Source(IMAGE)], models)
    for style, whole_asked, candidates in (
        (DESCRIPTION, 0, 1),
        (STYLES["training"], 1, 2),  # the earlier caption stays: it is evidence, too
        (STYLES["chinese"], 1, 1),
    ):
        models.captioner.requests.clear()
        [described] = Describe(style=style).process([divided], models)
        assert sum(r.image.size == IMAGE.size for r in models.captioner.requests) == whole_asked
        assert len(described.candidates["image"]) == candidates and described.style == style
    [given] = Divide().process([Source(IMAGE, caption=ENGLISH)], models)
    [described] = Describe(style=STYLES["chinese"]).process([given], models)
    assert described.global_caption == ENGLISH


def test_a_style_that_cannot_be_is_refused():
    for name, text, message in (
        ("haiku", "", 'style: "haiku" is unknown'),
        (CUSTOM, "  ", "style_text: the style custom needs your own text"),
        (CUSTOM, "x" * (MAX_STYLE_TEXT + 1), "characters are more than"),
    ):
        with pytest.raises(PatchMattersError, match=message):
            style_of(name, text)


def test_every_style_reads_its_file_and_survives_json():
    for style in STYLES.values():
        assert json.dumps(style.for_captioner() + style.for_writer()) is not None
        if style is not DESCRIPTION and style.name != CUSTOM:
            assert style.for_captioner() or style.language
            assert style.for_writer() or style.tags
