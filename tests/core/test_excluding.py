import pytest
from PIL import Image

from core.excluding import excluded_count, mentions_topic, without_topics
from core.pipeline import Models, profile_settings, run
from core.stages import Source
from core.statements import Reason
from helpers import FixedDetector, ScriptedCaptioner, ScriptedVerifier, ScriptedWriter

SAID = (
    "A young woman with long brown hair stands in a kitchen. She wears a red dress. "
    "There is a dragon tattoo on her shoulder. Her hair is tied back."
)


@pytest.mark.parametrize(
    ("text", "topic", "said"),
    [
        ("A woman with brown hair.", "hair colour", True),
        ("A woman with long, dark brown hair.", "hair color", True),
        ("A woman with hair that is long and brown.", "hair colour", True),
        ("Her hair is blonde.", "hair colour", True),
        ("A blonde woman.", "hair colour", True),
        ("A brown-haired man.", "hair colour", True),
        ("A woman with long hair wears a red dress.", "hair colour", False),
        ("A red hat hides her hair.", "hair colour", False),
        ("A tattooed man.", "tattoo", True),
        ("Tattoos cover his arms.", "tattoo", True),
        ("He wears a shirt.", "clothing", True),
        ("A dog runs.", "cat", False),
        ("A traffic light hangs there.", "traffic light", True),
        ("A light hangs there.", "traffic light", False),
        ("一位女士有纹身。", "纹身", True),
    ],
)
def test_what_mentions_a_topic(text, topic, said):
    assert mentions_topic(text, topic) is said


def test_sentences_about_a_topic_go_whole():
    kept, removed = without_topics(SAID, ("hair colour", "tattoo"))
    assert kept == "She wears a red dress. Her hair is tied back." and len(removed) == 2


@pytest.mark.parametrize("profile", ["default", "paper", "fast"])
@pytest.mark.parametrize(
    "writer", [None, SAID], ids=["rules", "a writer that says it all the same"]
)
def test_excluded_claims_are_dropped_counted_and_not_written(profile, writer):
    models = Models.connected(
        detector=FixedDetector(),
        captioner=ScriptedCaptioner({(80, 60): [SAID], (40, 30): [SAID, SAID, SAID]}),
        verifier=ScriptedVerifier(),
        writer=ScriptedWriter(*[writer] * 40) if writer else None,
    )
    settings = profile_settings(profile, exclude=("hair colour", "tattoo"))
    [record] = run(settings, [Source(Image.new("RGB", (80, 60)))], models)
    for text in (record.caption, *record.captions.values()):
        assert "brown" not in text and "tattoo" not in text.lower()
    assert "dress" in record.caption
    assert excluded_count(record) >= 1
    reasons = {s.text: s.reason for s in record.statements}
    assert Reason.EXCLUDED in reasons.values()
    assert all(r is not Reason.EXCLUDED for text, r in reasons.items() if "dress is red" in text)


@pytest.mark.parametrize(
    ("sentence", "removed"),
    [
        ("Her dark hair is pulled back.", True),
        ("A woman with hair of a light brown shade.", True),
        ("A blonde woman sits.", True),
        ("She has auburn curls.", True),
        ("A redhead in a green dress.", True),
        ("Her hair is tied in a ponytail.", False),
        ("A woman in a dark coat.", False),
        ("Ginger tea stands in a cup.", False),
        ("A blond dog lies on a mat.", False),
    ],
)
def test_hair_colour_is_the_colour_of_hair_and_of_nothing_else(sentence, removed):
    assert bool(without_topics(sentence, ("hair colour",))[1]) is removed
