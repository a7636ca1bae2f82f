"""Local models: real classes and files, tiny random weights (no hub can be reached)."""

import pytest
import tiny
import tiny_towers
import torch
from PIL import Image

from core.cli import EXAMPLE
from core.errors import PatchMattersError
from core.evidence import LabelFreeCalibration
from core.images import read_image
from core.models import CaptionRequest, Fact, WritingRequest
from core.models.local.devices import TorchDevices
from core.models.local.generation import in_batches
from core.models.local.vlm_loader import open_model
from core.models.reasoning import without_reasoning
from core.models.registry import CAPTIONER, VERIFIER, WRITER, load_folder, load_model
from core.models.writer_prompts import writing_prompt
from core.pipeline import Models, caption_images, profile_settings
from core.prompts import load_prompt
from core.regions import Box

DEVICES = TorchDevices("cpu")
ALL = Box(0, 0, 1, 1)


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory):
    folder, made = tmp_path_factory.mktemp("models"), {}

    def get(make):
        if make not in made:
            made[make] = make(folder / make.__name__)
        return made[make]

    return get


@pytest.fixture(params=tiny.CHATTING, ids=lambda make: make.__name__)
def vlm(request, checkpoints):
    return checkpoints(request.param)


@pytest.fixture(params=(*tiny.CHATTING, *tiny.DESCRIBING), ids=lambda make: make.__name__)
def seeing(request, checkpoints):
    return checkpoints(request.param)


def requests(n=3, temperature=0.7, max_tokens=8, seeds=(5, 6)):
    photo = read_image(EXAMPLE)
    views = (photo, photo.crop((0, 0, 20, 90)))
    return [
        CaptionRequest(view, prompt, n, temperature, max_tokens, seed)
        for view, prompt, seed in zip(views, ("Describe.", "Describe all of this."), seeds)
    ]


def caption(folder, asked):
    model = load_folder(CAPTIONER, "test", folder, DEVICES)
    return model.caption(asked, lambda index: None)


def test_a_prompt_goes_through_the_models_own_template_with_one_image(vlm):
    model = open_model(vlm, DEVICES)
    names = (model.processor.image_token, getattr(model.processor, "boi_token", None))
    image_token = next(t for t in names if t and t in model.prompt("Describe.", image=True))
    text = model.prompt(f"Describe {image_token} this.", image=True)
    assert text.count(image_token) == 1
    assert model.prompt("Describe.", image=False).count(image_token) == 0
    assert "Describe" in text and text.rstrip().lower().endswith(
        ("assistant:", "assistant", "model")
    )


def test_what_a_row_says_depends_on_its_own_request_alone(seeing):
    torch.manual_seed(3)
    state = torch.random.get_rng_state()
    both = caption(seeing, requests())
    assert torch.equal(torch.random.get_rng_state(), state)  # the global generator is untouched
    assert caption(seeing, requests()) == both
    assert [
        caption(seeing, [r])[0] for r in requests()
    ] == both  # a batch says what each says alone
    assert caption(seeing, requests(n=2)) == [row[:2] for row in both]  # or with fewer candidates
    texts = [c.text for row in both for c in row]
    assert len(set(texts)) == len(texts)
    assert caption(seeing, requests(seeds=(7, 8))) != both


def test_without_temperature_it_is_greedy_and_batch_equals_single(seeing):
    both = caption(seeing, requests(n=2, temperature=0.0))
    assert [row[0] for row in both] == [row[1] for row in both]
    assert [caption(seeing, [r])[0] for r in requests(n=2, temperature=0.0)] == both


def test_a_caption_that_is_cut_says_so(seeing):
    cut = caption(seeing, requests(max_tokens=2, temperature=0.0))
    assert {c.finish for row in cut for c in row} == {"length"}


def test_the_same_weights_write(vlm):
    writer = load_folder(WRITER, "test", vlm, DEVICES)
    request = WritingRequest((Fact("A dog runs.", "image", ALL, 0.9),))
    assert writer.write([request], lambda i: None)[0].finish in ("stop", "length")
    captioner = load_folder(CAPTIONER, "test", vlm, DEVICES)
    assert writer._model is captioner._model  # one copy in memory


def test_an_interrupt_comes_within_one_token(seeing):
    class Stop(BaseException):
        pass

    calls = []

    def on_progress(index):
        calls.append(index)
        if len(calls) == 3:
            raise Stop

    with pytest.raises(Stop):
        load_folder(CAPTIONER, "test", seeing, DEVICES).caption(
            requests(max_tokens=200), on_progress
        )
    assert calls == [None] * 3


@pytest.mark.parametrize("make", tiny.DESCRIBING, ids=lambda make: make.__name__)
def test_a_model_that_only_describes_neither_writes_nor_judges(checkpoints, make):
    folder = checkpoints(make)
    facts = (Fact("A dog runs.", "image", ALL, 0.9),)
    writer = load_folder(WRITER, "test", folder, DEVICES)
    with pytest.raises(PatchMattersError, match="can only describe images"):
        writer.write([WritingRequest(facts)], lambda i: None)
    if make is not tiny.blip_captioner:  # a BLIP is taken for a verifier of its own
        judge = load_folder(VERIFIER, "test", folder, DEVICES)
        with pytest.raises(PatchMattersError, match="cannot answer questions"):
            judge.score([(read_image(EXAMPLE), ["A dog."])], lambda i: None)


def test_a_language_model_writes_but_does_not_see(checkpoints):
    folder = checkpoints(tiny.llama)
    writer = load_folder(WRITER, "test", folder, DEVICES)
    facts = (Fact("A dog runs.", "image", ALL, 0.9),)
    assert writer.write([WritingRequest(facts)], lambda i: None)[0].text
    with pytest.raises(PatchMattersError, match="cannot read images"):
        caption(folder, requests())


def test_on_out_of_memory_the_batch_is_halved_down_to_one():
    sizes = []

    def run(start, stop, room):
        sizes.append(stop - start)
        if stop - start > room:
            raise torch.OutOfMemoryError
        return list(range(start, stop))

    assert in_batches(10, lambda a, b: run(a, b, 2), 8) == list(range(10))
    assert sizes == [8, 4, 2, 2, 2, 2, 2]
    with pytest.raises(torch.OutOfMemoryError):
        in_batches(3, lambda a, b: run(a, b, 0), 2)


def test_an_image_that_finds_no_room_costs_that_patch_only(checkpoints, monkeypatch):
    model = open_model(checkpoints(tiny.llava), DEVICES)
    real = type(model).generate

    def little_room(self, texts, images, rows, max_tokens, every_token):
        if len(images) > 1 or images[0].size == (520, 380):
            raise torch.OutOfMemoryError
        return real(self, texts, images, rows, max_tokens, every_token)

    monkeypatch.setattr(type(model), "generate", little_room)
    large, small = caption(checkpoints(tiny.llava), requests())
    assert {c.finish for c in large} == {"error"} and "too little memory for one image" in large[
        0
    ].detail
    assert all(c.text for c in small)


def test_an_image_that_the_processor_refuses_costs_that_patch_only(checkpoints):
    photo = read_image(EXAMPLE)
    thread = photo.resize((12_000, 30))  # Qwen takes no image longer than 200 times its width
    asked = [CaptionRequest(view, "Describe.", 2, 0.7, 6, 5) for view in (thread, photo)]
    refused, described = caption(checkpoints(tiny.qwen2_5_vl), asked)
    assert {c.finish for c in refused} == {"error"} and "refused the image" in refused[0].detail
    assert all(c.finish != "error" for c in described)


def test_thinking_is_cut_off():
    assert without_reasoning("<think>hm</think>\n\nA dog.") == "A dog."
    assert without_reasoning("<think>and on and on") == ""
    assert without_reasoning("A dog <thinks>.") == "A dog <thinks>."


def test_the_writers_prompt_fences_the_facts():
    facts = (Fact("A dog {runs}.", "top left", Box(0, 0, 0.5, 0.5), 0.9),)
    text = writing_prompt(WritingRequest(facts, 3))
    assert "\n- [top left] A dog {runs}.\n" in text
    assert "at most 3 sentences" in text
    drafts = writing_prompt(WritingRequest(facts, drafts=(("main", "A dog."),)))
    assert "[main] A dog." in drafts
    assert "[top left; box 0.00, 0.00, 0.50, 0.50] A dog {runs}." in drafts


def test_the_captioner_judges_by_the_probability_of_its_yes(vlm):
    judge = load_folder(VERIFIER, "test", vlm, DEVICES)
    photo = read_image(EXAMPLE)
    texts = ["A cup stands there.", "A dog {runs}.", "A <image> cat, no more and no less."]
    part = part_that_sees(DEVICES.ready(open_model(vlm, DEVICES).weights))
    judge.score([(photo, texts)], lambda i: None)  # the first time, what can be shared is tried
    seen = []
    hook = part.register_forward_hook(lambda *_: seen.append(1))
    scores = judge.score([(photo, texts), (photo.crop((0, 0, 90, 90)), texts[:1])], lambda i: None)
    hook.remove()
    assert len(seen) == 2  # once a crop
    alone = [judge.score([(photo, [t])], lambda i: None)[0][0] for t in texts]
    assert scores[0] == pytest.approx(alone, abs=1e-4)
    assert all(0 < s < 1 for row in scores for s in row) and len(set(scores[0])) == 3
    model = open_model(vlm, DEVICES)
    prompt = model.prompt(load_prompt("judge").format(statement=texts[0]), image=True)
    logits = model.next_logits([prompt], photo)[0]
    letters = {c: model.tokenizer.convert_tokens_to_ids(c) for c in "yYnN"}
    yes, no = (sum(logits[letters[c]].exp() for c in pair) for pair in ("yY", "nN"))
    assert scores[0][0] == pytest.approx(float(yes / (yes + no)), abs=1e-4)


def test_what_a_judge_would_say_without_an_image_is_no_evidence(checkpoints):
    """A checkpoint whose projector gives zeros sees nothing: its scores are its bias for each sentence alone."""
    devices = TorchDevices("cpu")
    judge = load_folder(VERIFIER, "test", checkpoints(tiny.llava), devices)
    photo = read_image(EXAMPLE)
    texts = ["A cup stands there.", "A dog runs.", "It is night.", "A red car and a tree."]

    def evidence():
        [scores] = judge.score([(photo, texts)], lambda i: None)
        [reverse] = judge.score([(photo, texts[::-1])], lambda i: None)
        assert reverse[::-1] == pytest.approx(scores, abs=1e-4)  # the order decides nothing
        baseline = dict(zip(texts, judge.baseline(texts, lambda i: None)))
        calibration = LabelFreeCalibration(baseline, scores, judge.threshold)
        return scores, [calibration.of(t).evidence(s) for t, s in zip(texts, scores)]

    tiny_towers.lively(devices.ready(judge._model.weights), 6)
    _, seeing = evidence()
    last = devices.ready(judge._model.weights).model.multi_modal_projector.linear_2
    with torch.no_grad():
        last.weight.zero_()
        last.bias.zero_()
    scores, blind = evidence()
    assert max(scores) - min(scores) > 0.01  # it prefers some sentences unseen
    assert blind == pytest.approx([blind[0]] * len(texts), abs=1e-3) and blind[0] < 0
    assert seeing != pytest.approx([seeing[0]] * len(texts), abs=1e-3)


def part_that_sees(model):
    names = ("vision_tower", "visual", "vision_model")
    return next(part for name, part in model.named_modules() if name.split(".")[-1] in names)


def blip_reference(folder, image, text):
    """One call for each head, as the model's own forward does it."""
    from transformers import AutoProcessor, BlipForImageTextRetrieval

    model = BlipForImageTextRetrieval.from_pretrained(folder).eval()
    inputs = AutoProcessor.from_pretrained(folder)(images=image, text=text, return_tensors="pt")
    inputs.pop("token_type_ids", None)
    with torch.inference_mode():
        match = model(**inputs, use_itm_head=True).itm_score.softmax(-1)[0, 1]
        cosine = model(**inputs, use_itm_head=False).itm_score[0, 0]
    return float(((match + cosine) / 2).clamp(0, 1))


def test_blip_scores_as_its_own_forward_does_and_sees_each_crop_once(checkpoints, monkeypatch):
    folder = checkpoints(tiny_towers.blip_itm)
    verifier = load_folder(VERIFIER, "test", folder, DEVICES)
    photo = read_image(EXAMPLE)
    crops = [photo, photo.crop((0, 0, 200, 200))]
    texts = [
        "a cup on a table.",
        "a dog.",
        "a much longer sentence on a spoon, a cup and a saucer.",
    ]
    expected = [[blip_reference(folder, crop, text) for text in texts] for crop in crops]
    seen = []
    DEVICES.ready(verifier.weights).vision_model.register_forward_hook(lambda *_: seen.append(1))
    found = verifier.score([(crop, texts) for crop in crops], lambda i: None)
    assert len(seen) == 2
    for a, b in zip(found, expected):
        assert a == pytest.approx(b, abs=1e-4)
    assert len({round(v, 6) for row in found for v in row}) > 3


def test_a_blip_without_matching_head_is_refused(tmp_path):
    folder = tiny_towers.blip_itm(tmp_path / "captioner", retrieval=False)
    verifier = load_folder(VERIFIER, "test", folder, DEVICES)
    with pytest.raises(PatchMattersError, match="without a matching head"):
        verifier.score([(Image.new("RGB", (40, 40)), ["a dog."])], lambda i: None)


def test_local_models_by_name_on_the_command_line(checkpoints):
    names = {
        "captioner": f"transformers:{checkpoints(tiny.llava)}",
        "writer": f"transformers:{checkpoints(tiny.llama)}",
        "verifier": f"transformers:{checkpoints(tiny_towers.blip_itm)}",
    }
    models = Models(**{role: load_model(role, name) for role, name in names.items()})
    settings = profile_settings("paper")  # it keeps the global caption, whatever random BLIP says
    record = caption_images([read_image(EXAMPLE)], models, settings)[0]
    assert {role: record.models[role.replace("verifier", "matcher")] for role in names} == names
    assert record.calls["captioner"] == len(list(record.root.walk()))
    assert record.statements
    with pytest.raises(PatchMattersError, match="transformers:FOLDER"):
        load_model("captioner", "transformer:typo")
