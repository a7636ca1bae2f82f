"""Natural language inference: the cross-encoder (real classes, tiny random weights), and what its verdicts may change."""

import json
import shutil

import pytest
import tiny_towers
import torch

from core.caption_check import check
from core.claims import Passage, Reading
from core.claims.inference import SURE, inferred, open_pairs
from core.claims.reading import SyntaxReader
from core.claims.scene import Grouped, grouped, merged
from core.errors import PatchMattersError
from core.filter import filter_statements
from core.models import Completion, Inference
from core.models.local import nli as backend
from core.models.local.devices import TorchDevices
from core.models.local.model_store import roles
from core.models.local.nli import label_order
from core.models.registry import NLI, load_embedder, load_folder, load_model
from core.statements import Reason, Verdict
from helpers import ScriptedVerifier, record_with

DEVICES = TorchDevices("cpu")
PAIRS = [
    ("the dog runs.", "a dog moves."),
    ("two cups.", "the dog sleeps on the couch near two cups."),
    ("a.", "b."),
]
READER = SyntaxReader()
YES, NO = Inference(0.99, 0.005, 0.005), Inference(0.005, 0.005, 0.99)
OPEN = Inference(0.1, 0.8, 0.1)


def no_progress(index):
    pass


class ScriptedNLI:
    """A fake: says of (premise, hypothesis) what it was told to, and of the others always the same."""

    name = "test:scripted-nli"

    def __init__(self, script=None, otherwise=OPEN):
        self.script, self.otherwise, self.asked = script or {}, otherwise, []

    def infer(self, pairs, on_progress):
        self.asked += pairs
        return [self.script.get(pair, self.otherwise) for pair in pairs]


# The cross-encoder


@pytest.mark.parametrize("kind", ["deberta", "bert"])
def test_its_probabilities_are_the_models_own_by_the_configs_order(tmp_path, kind):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    labels = ("Entailment", "NEUTRAL", "contradiction")
    folder = tiny_towers.nli(tmp_path / "nli", labels, kind)
    found = load_folder(NLI, "test", folder, DEVICES).infer(PAIRS, no_progress)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for pair, inference in zip(PAIRS, found, strict=True):
        with torch.inference_mode():
            own = model(**tokenizer(*pair, return_tensors="pt")).logits[0].softmax(0).tolist()
        said = [inference.entailment, inference.neutral, inference.contradiction]
        assert said == pytest.approx(own, abs=1e-5)
    assert len({round(inference.entailment, 4) for inference in found}) > 1


def test_pairs_are_read_in_batches_once_and_can_be_interrupted(tmp_path, monkeypatch):
    monkeypatch.setattr(backend, "PAIRS", 2)
    model = load_folder(NLI, "test", tiny_towers.nli(tmp_path / "nli"), DEVICES)
    on_part_progress = []
    first = model.infer([*PAIRS, PAIRS[0]], on_part_progress.append)
    assert (
        on_part_progress == [None, None] and first[0] == first[3]
    )  # three different pairs, two at a time
    assert model.infer(PAIRS, on_part_progress.append) == first[:3] and len(on_part_progress) == 2

    def stop(index):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.infer([("x.", "y.")], stop)
    assert model.infer([], no_progress) == []


@pytest.mark.parametrize(
    "labels",
    [
        ("contradiction", "entailment", "neutral"),
        ("ENTAILMENT", "NEUTRAL", "CONTRADICTION"),
        ("contradictory", "neutral", "entails"),
    ],
)
def test_the_order_of_the_classes_is_read(labels):
    order = label_order({"id2label": {str(i): label for i, label in enumerate(labels)}})
    assert [labels[order[k]].lower()[:6] for k in ("entailment", "neutral", "contradiction")] == [
        "entail",
        "neutra",
        "contra",
    ]


@pytest.mark.parametrize(
    "id2label",
    [
        {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"},
        {"0": "entailment", "1": "not_entailment"},
        {"0": "entailment", "1": "entailment", "2": "neutral"},
        {"0": "entailment", "1": "neutral", "x": "contradiction"},
        ["entailment", "neutral", "contradiction"],
        None,
    ],
)
def test_classes_that_are_not_named_are_refused_in_a_sentence(id2label):
    with pytest.raises(
        PatchMattersError, match="has to name entailment, neutral and contradiction"
    ):
        label_order({"id2label": id2label})


def test_a_folder_without_its_head_or_with_other_modules_is_refused(tmp_path):
    from transformers import BertModel

    whole = tiny_towers.nli(tmp_path / "whole", kind="bert")
    headless = tmp_path / "headless"
    shutil.copytree(whole, headless)
    BertModel.from_pretrained(whole).save_pretrained(tmp_path / "body")
    shutil.copy(tmp_path / "body" / "model.safetensors", headless)
    with pytest.raises(PatchMattersError, match=r"lacks the weights classifier"):
        load_folder(NLI, "test", headless, DEVICES).infer(PAIRS, no_progress)
    for kinds in (["os.system"], ["sentence_transformers.models.Transformer", "x.Y"], None):
        text = json.dumps(kinds and [{"idx": 0, "name": "0", "path": "", "type": k} for k in kinds])
        (whole / "modules.json").write_text(text)
        with pytest.raises(PatchMattersError, match="modules.json"):
            load_folder(NLI, "test", whole, DEVICES)


def test_it_is_found_on_disk_by_its_classes_and_none_is_the_default(tmp_path):
    folder = tiny_towers.nli(tmp_path / "author" / "small-nli")
    config = json.loads((folder / "config.json").read_text())
    assert roles(config) == {NLI}
    assert roles({**config, "id2label": {"0": "LABEL_0"}}) == set()
    found = load_model(NLI, "transformers:author/small-nli", roots=[tmp_path])
    assert found.infer(PAIRS[:1], no_progress)
    assert load_model(NLI) is None
    with pytest.raises(PatchMattersError, match="a cross-encoder with the classes"):
        load_model(NLI, "openai:gpt-4o")


# What it may change


def scene(*captions, regions=None):
    """Claims, sources and groups of captions, each of a region of its own unless named."""
    regions = regions or [f"r{i}" for i in range(len(captions))]
    readings = {
        (region, number): reading
        for number, (region, reading) in enumerate(
            zip(regions, READER.read([Passage(c) for c in captions]))
        )
    }
    made = merged(readings, lambda a, b: True)
    claims = [c for reading in made.readings.values() for c in reading.claims]
    sources = [s for s, reading in made.readings.items() for _ in reading.claims]
    return claims, sources, grouped(claims, sources, made.things)


def everything(a, b):
    return True


def test_what_structure_decides_is_not_asked():
    claims, sources, groups = scene(
        "A large brown dog is running on the grass.",
        "The dog is running. It is white and friendly.",
    )
    pairs = open_pairs(claims, sources, groups, everything)
    texts = {frozenset(claims[groups.groups[n][0]].text for n in pair) for pair in pairs}
    assert frozenset(("The dog is large.", "The dog is friendly.")) in texts
    assert not any({"The dog is brown.", "The dog is white."} == t for t in texts)  # contradictory
    for a, b in pairs:
        one, other = (claims[groups.groups[n][0]] for n in (a, b))
        assert one.kind == other.kind and one.thing == other.thing
        assert not {(a, b), (b, a)} & (groups.entails | groups.contradicts)


def test_it_adds_what_it_is_sure_of_and_takes_nothing_away():
    claims, sources, groups = scene(
        "A large brown dog is running on the grass.",
        "The dog is friendly.",
        "The dog is excited.",
    )
    pairs = open_pairs(claims, sources, groups, everything)
    for said, more in (
        (YES, "entails"),
        (NO, "contradicts"),
        (OPEN, ""),
        (Inference(SURE, 0, 0), ""),
    ):
        new = inferred(claims, sources, groups, {pair: (said, said) for pair in pairs})
        assert new.groups == groups.groups
        assert new.entails >= groups.entails and new.contradicts >= groups.contradicts
        for name in ("entails", "contradicts"):
            assert (getattr(new, name) > getattr(groups, name)) == (name == more)
    one_way = inferred(claims, sources, groups, {pair: (NO, OPEN) for pair in pairs})
    assert one_way.contradicts == groups.contradicts  # a contradiction is one in both directions


def test_nothing_contradicts_what_it_follows_from_or_what_its_own_caption_says():
    claims, sources, _ = scene("The dog is large.", "The dog is friendly.", "The dog is excited.")
    numbers = [i for i, c in enumerate(claims) if c.value in ("large", "friendly", "excited")]
    groups = Grouped(tuple((n,) for n in numbers), frozenset({(0, 1), (1, 2)}), frozenset())
    assert not inferred(claims, sources, groups, {(0, 2): (NO, NO)}).contradicts
    same = [("r0", 0)] * len(claims)
    alone = Grouped(groups.groups, frozenset(), frozenset())
    assert not inferred(claims, same, alone, {(0, 2): (NO, NO)}).contradicts
    assert inferred(claims, sources, alone, {(0, 2): (NO, NO)}).contradicts == {(0, 2)}


def test_sentences_of_other_languages_support_each_other_but_never_contradict():
    captions = {"whole": ["小狗在草地上奔跑。"], "patch": ["宠物正在户外活动。", "一只猫在睡觉。"]}
    undecided = ScriptedVerifier(
        dict.fromkeys([said for row in captions.values() for said in row], 0.2)
    )

    def kept(nli=None):
        [record] = filter_statements([record_with(captions)], undecided, load_embedder(), nli=nli)
        return record

    always_no = ScriptedNLI(otherwise=NO)
    record, plain = kept(always_no), kept()
    assert always_no.asked and record.models["nli"] == always_no.name
    assert all(s.reason is not Reason.CONTRADICTED for s in record.statements)
    assert [s.score for s in plain.statements] == [s.score for s in record.statements]
    better = kept(ScriptedNLI({("小狗在草地上奔跑。", "宠物正在户外活动。"): YES}))
    before, after = (
        next(s.score for s in p.statements if "户外" in s.text) for p in (plain, better)
    )
    assert after > before


def test_of_two_claims_that_it_finds_contradictory_one_is_kept():
    captions = {"whole": ["A dog is on a couch. The dog is alert."], "patch": ["The dog is weary."]}
    script = {
        ("The dog is alert.", "The dog is weary."): NO,
        ("The dog is weary.", "The dog is alert."): NO,
    }

    def dropped(nli):
        [record] = filter_statements(
            [record_with(captions)], ScriptedVerifier(), load_embedder(), nli=nli
        )
        return [s for s in record.statements if s.reason is Reason.CONTRADICTED]

    assert dropped(None) == []
    [lost] = dropped(ScriptedNLI(script))
    assert lost.verdict is Verdict.DROPPED and {lost.text, lost.against} == {t for t, _ in script}


def reading(text) -> Reading:
    return READER.read([Passage(text)])[0]


def test_what_was_written_in_other_words_stays():
    facts = reading("A house is decrepit. A dog sleeps on the couch.")
    answer = Completion("A house is ramshackle. A dog sleeps on the couch.")
    plain = check(answer, facts, READER)
    assert plain.removed == ("The house is ramshackle.",)
    helped = check(answer, facts, READER, ScriptedNLI(otherwise=YES))
    assert helped.removed == () and helped.sentences[0] == "A house is ramshackle."
    assert helped.missing == ()
    unsure = check(answer, facts, READER, ScriptedNLI(otherwise=OPEN))
    assert unsure == plain


def test_what_contradicts_a_fact_or_names_a_new_thing_goes_whatever_it_says():
    facts = reading("A woman in a red coat is sitting on a bench. The dog is black.")
    answer = Completion("A woman in a red coat is standing. The dog is white. A horse is near.")
    always = ScriptedNLI(otherwise=YES)
    text = " ".join(check(answer, facts, READER, always).sentences)
    assert "standing" not in text and "white" not in text and "horse" not in text
    assert not any("white" in h or "horse" in h for _, h in always.asked)
    assert check(answer, facts, READER).sentences == check(answer, facts, READER, always).sentences
