import json
import re
from pathlib import Path

import pytest

from core.claims import Passage
from core.claims.reading import is_english, read
from core.facts import kept_statements
from core.filter import filter_statements
from core.models.registry import load_embedder
from core.styles import BOORU, PHRASES
from core.tags import joined, limited, tags_of_record, tags_of_text
from helpers import ScriptedVerifier, record_with

SETS = sorted((Path(__file__).parents[2] / "bench").glob("claims_*/claims.jsonl"))
COUNT = re.compile(
    r"(?:\d\+?(?:girl|boy)s?|multiple (?:girls|boys))$"
)  # Danbooru's words for numbers of people
WOMAN = (
    "A woman with long brown hair is wearing a red coat and holding a white cup while sitting on a wooden bench in a "
    "park at night."
)


def words(text):
    return set(re.findall(r"[\w'-]+", text.lower()))


@pytest.mark.parametrize(
    ("caption", "tags"),
    [
        (WOMAN, "woman, holding cup, sitting, woman on bench, long brown hair, red coat, white cup, wooden bench, park, night"),
        # Words that a parser could take for another: a plural that ends in s, a noun that is also a verb.
        ("A large bus is parked next to two small buses.", "large parked bus, two small buses"),
        ("Three chicken roasts lie on a white plate.", "three chicken roasts, chicken roasts on plate, white plate"),
        ("A black and white cat with green eyes is lying on a sofa.", "black and white cat, lying, cat on sofa, green eyes, sofa"),
        ('The sign reads "CAFE LUNA". It is a rainy day.', 'sign "CAFE LUNA", rainy'),
        ('The bus reads "ECO". The side of the bus reads "ECO".', 'bus "ECO"'),
        ("A man has a beard. The man has curly hair. The wall is covered in graffiti.", "man, beard, curly hair, wall, graffiti"),
        # What is denied or guessed is no tag.
        ("There is no dog. There may be a cat. A boy is smiling at the camera.", "boy, smiling at camera"),
        ("一只白色的猫坐在窗台上。", "一只白色的猫坐在窗台上"),
    ],
)  # fmt: skip
def test_phrases_say_what_the_claims_say(caption, tags):
    assert joined(tags_of_text(caption)) == tags


@pytest.mark.parametrize(
    ("caption", "tags"),
    [
        (WOMAN, "1girl, holding cup, sitting, woman on bench, long hair, brown hair, red coat, white cup, wooden bench, park, night"),
        ("Two young women in kimonos are laughing.", "2girls, young women, laughing, kimonos"),
        ("A girl and a boy play with a ball.", "1girl, 1boy, playing with ball, ball"),
        ("Several men are standing.", "multiple boys, standing"),
        ("A dog is sleeping.", "dog, sleeping"),
    ],
)  # fmt: skip
def test_booru_tags_have_one_quality_each_and_count_people_first(caption, tags):
    assert joined(tags_of_text(caption, BOORU)) == tags


@pytest.mark.parametrize("file", SETS, ids=lambda f: f.parent.name)
def test_no_tag_has_a_word_that_no_claim_has(file):
    gold = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    captions = [g["caption"] for g in gold if is_english(g["caption"])]
    said = 0
    for caption, reading in zip(captions, read([Passage(c) for c in captions])):
        known = words(" ".join(f"{c.text} {c.value} {c.object}" for c in reading.claims))
        for form in (PHRASES, BOORU):
            for tag in tags_of_text(caption, form):
                said += 1
                assert COUNT.match(tag.text) or words(tag.text) <= known, (tag, caption)
                assert len(tag.text.split()) <= 5
    assert said > 5 * len(captions)


def filtered(candidates, scores):
    [record] = filter_statements(
        [record_with(candidates)], ScriptedVerifier(scores), load_embedder()
    )
    return record


def test_tags_of_an_image_come_from_its_kept_claims_only():
    said = "A woman is wearing a red coat. A green dragon is flying."
    record = filtered(
        {"image": [said]},
        {t: 0.01 for t in ("There is a dragon.", "The dragon is green.", "The dragon is flying.")},
    )
    tags = {tag.text for tag in tags_of_record(record, kept_statements(record))}
    assert tags == {"woman", "red coat"}


def test_people_of_several_captions_are_not_added_up():
    record = filtered(
        {"image": ["A woman is sitting."], "top left": ["A girl is reading."], "main": ["A lady smiles."]},
        {},
    )  # fmt: skip
    tags = [t.text for t in tags_of_record(record, kept_statements(record), BOORU)]
    assert tags[0] == "1girl"


def test_the_length_limits_the_things():
    tags = tags_of_text(WOMAN)
    assert joined(limited(tags, 1)) == "woman, holding cup, sitting, woman on bench, park, night"
    assert limited(tags, 0) == tags
