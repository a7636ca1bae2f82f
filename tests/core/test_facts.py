"""The kept claims as one reading, against which a written text is checked."""

import pytest

pytest.importorskip("spacy")

from core.claims import Passage
from core.claims.entailment import unsupported
from core.claims.reading import read
from core.facts import kept_reading
from core.filter import FilterSettings, filter_statements
from core.models.registry import load_embedder
from helpers import ScriptedVerifier, record_with

PHONE = ("There is a phone.", "The woman is holding a phone.", "The woman is holding the phone.")


def facts_of_caption(caption, *dropped):
    record = record_with({"image": [caption]})
    verifier = ScriptedVerifier(dict.fromkeys(dropped, 0.01))
    [record] = filter_statements([record], verifier, load_embedder(), FilterSettings())
    return kept_reading(record)


def test_a_sentence_of_which_all_was_kept_is_among_the_facts_as_it_was_said():
    caption = "A baker is selling bread. A stall has oranges."
    assert [s.said for s in facts_of_caption(caption).sentences] == [
        "A baker is selling bread.",
        "A stall has oranges.",
    ]


def test_what_was_dropped_of_a_sentence_is_not_in_its_words():
    facts = facts_of_caption("A woman in a red coat is holding a phone.", *PHONE)
    said = " ".join(s.said for s in facts.sentences)
    assert "coat" in said
    assert "phone" not in said


@pytest.mark.parametrize(
    "caption, text",
    [
        ("None of the shops are open.", "No shops are open."),
        ("The lamp is off.", "The lamp is switched off."),
        ("A child is taking a photo of the fountain.", "A child photographs the fountain."),
        ("Pine trees stand on both sides of the trail.", "The trail is flanked by pines."),
    ],
)
def test_the_wording_of_the_captions_supports_a_text(caption, text):
    [written] = read([Passage(text)])
    assert not unsupported(facts_of_caption(caption), written)
