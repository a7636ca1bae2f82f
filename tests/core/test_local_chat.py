"""How chat models are asked, and what is taken from what they say: real templates' forms, a real tiny model.

A fake head says a script in place of what its weights would: such sentences need the weights of the models.
"""

import shutil

import pytest
import tiny
import torch

from core.cli import EXAMPLE
from core.errors import PatchMattersError
from core.images import read_image
from core.models import CaptionRequest
from core.models.local.devices import TorchDevices
from core.models.local.vlm_loader import open_model
from core.models.registry import CAPTIONER, VERIFIER, WRITER, load_folder

DEVICES = TorchDevices("cpu")
START = "{% for m in messages %}{{ m['role'] }}: {% for c in m['content'] %}{% if c['type'] == 'image' %}<image>{% else %}{{ c['text'] }}{% endif %}{% endfor %}{{ '\\n' }}{% endfor %}"
# JoyCaption's kind: strings alone, and it writes the image itself.
STRINGS = "{% for m in messages %}<s>{{ m['role'] }}\n{% if m['role'] == 'user' %}<image>{% endif %}{{ m['content'] | trim }}\n{% endfor %}assistant\n"
# Phi-4's kind: strings alone, without a word on images.
ADDED = "{% for m in messages %}{{ '<s>' + m['role'] + ' ' + m['content'] + '\n' }}{% endfor %}assistant\n"

THINKING = {
    "can be switched off, as Qwen3.5": (
        "assistant\n{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n"
        "{% else %}<think>\n{% endif %}",
        "assistant\n<think>\n\n</think>\n\n",
    ),
    "switched off by another name, as Kimi K2.5": (
        "assistant{% if thinking is defined and thinking is false %}<think></think>{% else %}<think>{% endif %}",
        "assistant<think></think>",
    ),
    "always opened, as Qwen3-VL-Thinking": (
        "assistant\n<think>\n",
        "assistant\n<think>\n\n</think>\n\n",
    ),
    "in brackets, as Magistral": ("[/INST][THINK]", "[/INST][THINK]\n\n[/THINK]\n\n"),
    "a channel, as gpt-oss": (
        "<|start|>assistant",
        "<|start|>assistant<|channel|>final<|message|>",
    ),
    "a channel, as Gemma 4": (
        "model\n<|channel>thought\n",
        "model\n<|channel>thought\n\n<channel|>\n\n",
    ),
    "none": ("ASSISTANT:", "ASSISTANT:"),
}

SAID = {
    "Qwen3.5": ["hm", "</think>", "\n\nA dog."],
    "Qwen3": ["<think>", "hm", "</think>", "\n\nA dog."],
    "GLM-4.5V": ["<think>", "It may be a cat.", "</think>", "\nA dog."],
    "GLM-4.1V": ["<think>", "hm", "</think>", "<answer>", "A dog.", "</answer>"],
    "GLM-4.6V": ["<think>", "hm", "</think>", "<|begin_of_box|>", "A dog.", "<|end_of_box|>"],
    "gpt-oss": [
        *("<|channel|>", "analysis", "<|message|>", "hm", "<|end|>", "<|start|>", "assistant"),
        *("<|channel|>", "final", "<|message|>", "A dog."),
    ],
    "Kimi-VL": ["◁think▷", "hm", "◁/think▷", "A dog."],
    "Gemma 4": ["<|channel>", "thought\nhm", "<channel|>", "A dog."],
    "no thought": ["A dog."],
    "other special tokens": ["A dog.", "<image>", "<|end|>"],
}
MARKS = sorted({part for parts in SAID.values() for part in parts if part[0] in "<◁"} - {"<image>"})


@pytest.fixture(scope="module")
def llava(tmp_path_factory):
    return tiny.llava(tmp_path_factory.mktemp("llava") / "m", special=MARKS)


@pytest.fixture
def folder(llava, tmp_path):
    return shutil.copytree(llava, tmp_path / "m")


def with_template(folder, template):
    (folder / "chat_template.jinja").write_text(template)
    return open_model(folder, DEVICES)


@pytest.mark.parametrize("template", [STRINGS, ADDED], ids=["writes the image", "does not"])
def test_a_template_that_knows_strings_alone(folder, template):
    model = with_template(folder, template)
    prompt = model.prompt("Describe <image> this.", image=True)
    assert prompt.count("<image>") == 1 and "Describe < image > this." in prompt
    assert "'type'" not in prompt
    assert "<image>" not in model.prompt("Write.", image=False)


def test_a_template_that_only_the_tokenizer_has(folder):
    import json

    template = (folder / "chat_template.jinja").read_text()
    (folder / "chat_template.jinja").unlink()
    file = folder / "tokenizer_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "chat_template": template}))
    assert "<image>\nDescribe." in open_model(folder, DEVICES).prompt("Describe.", image=True)


def test_a_template_that_fails_is_named(folder):
    model = with_template(folder, "{{ raise_exception('roles must alternate') }}")
    with pytest.raises(PatchMattersError, match="roles must alternate.*chat_template.jinja"):
        model.prompt("Describe.", image=True)


@pytest.mark.parametrize("make", [tiny.llava, tiny.llama, tiny.qwen3_vl], ids=lambda m: m.__name__)
def test_the_advice_to_add_a_template_works(tmp_path, make):
    folder = make(tmp_path / "m")
    file = folder / "chat_template.jinja"
    template = file.read_text()
    file.unlink()
    role = WRITER if make is tiny.llama else CAPTIONER
    with pytest.raises(PatchMattersError, match=r"put its chat_template\.jinja into the folder"):
        load_folder(role, "test", folder, DEVICES)._model.prompt("Say it.", image=False)
    file.write_text(template)
    assert "Say it." in open_model(folder, DEVICES).prompt("Say it.", image=False)


@pytest.mark.parametrize("name", THINKING)
def test_a_model_is_asked_not_to_think(folder, name):
    template, expected = THINKING[name]
    model = with_template(folder, START + template)
    for image in (True, False):
        prompt = model.prompt("Describe.", image=image)
        assert prompt.endswith("Describe.\n" + expected)


class ScriptedHead(torch.nn.Module):
    """A fake: gives the next token of a script, each time it is called."""

    def __init__(self, script, size):
        super().__init__()
        self.script, self.size = iter(script), size

    def forward(self, hidden):
        logits = torch.zeros(*hidden.shape[:-1], self.size)
        logits[..., next(self.script)] = 1
        return logits


def says(folder, parts, max_tokens=300):
    captioner = load_folder(CAPTIONER, "test", folder, DEVICES)
    model = captioner._model
    ids = model.tokenizer("".join(parts), add_special_tokens=False)["input_ids"]
    weights = DEVICES.ready(model.weights)
    weights.lm_head = ScriptedHead([*ids, model.tokenizer.eos_token_id], len(model.tokenizer))
    model._marks = ""  # known, so that the script is not read before the question
    request = CaptionRequest(read_image(EXAMPLE), "Describe.", 1, 0.0, max_tokens, 1)
    [[completion]] = captioner.caption([request], lambda index: None)
    model.weights.drop()
    return completion


@pytest.mark.parametrize("name", SAID)
def test_a_thought_and_special_tokens_are_no_part_of_the_caption(llava, name):
    completion = says(llava, SAID[name])
    assert (completion.text, completion.finish) == ("A dog.", "stop")


@pytest.mark.parametrize(
    "opened",
    [
        ["<think>"],
        ["<|channel|>", "analysis", "<|message|>"],
        ["◁think▷"],
        ["<|channel>", "thought\n"],
    ],
    ids=["<think>", "gpt-oss", "Kimi-VL", "Gemma 4"],
)
def test_a_thought_that_is_cut_is_no_caption(llava, opened):
    completion = says(llava, [*opened, "and on " * 20], max_tokens=40)
    assert (completion.text, completion.finish) == ("", "error")
    assert "raise max_tokens" in completion.detail


class FakeThinker(torch.nn.Module):
    """A fake: a head after which a model opens a thought, and marks its answer, as GLM-4.1V does unasked.

    Where the thought is closed and the answer marked, it is the head of the checkpoint.
    """

    def __init__(self, model, tokenizer, marks):
        super().__init__()
        self.head, self.read = model.lm_head, []
        self.marks = [
            (tokenizer.convert_tokens_to_ids(after), tokenizer.convert_tokens_to_ids(mark))
            for mark, after in marks.items()
        ]
        model.register_forward_pre_hook(self.see, with_kwargs=True)

    def see(self, model, args, inputs):
        ids = inputs["input_ids"]
        self.read = (self.read if ids.shape[1] == 1 else []) + ids.flatten().tolist()

    def forward(self, hidden):
        logits = self.head(hidden)
        for after, mark in self.marks:
            if after not in self.read:
                logits[..., mark] += 1000.0
                break
        return logits


MARKED = {
    "a thought": ({"<think>": "</think>"}, "<think>\n\n</think>\n\n"),
    "a thought, then an answer": (
        {"<think>": "</think>", "<answer>": "<answer>"},
        "<think>\n\n</think>\n\n<answer>",
    ),
}


@pytest.mark.parametrize("name", MARKED)
def test_a_model_that_thinks_unasked_is_read_where_its_answer_begins(llava, tmp_path, name):
    marks, start = MARKED[name]
    photo, sentences = read_image(EXAMPLE), ["A cup stands there.", "A dog runs.", "It is night."]
    request = CaptionRequest(photo, "Describe.", 2, 0.0, 12, 1)

    def answers(folder, marks):
        found = []
        for role in (VERIFIER, CAPTIONER):
            devices = TorchDevices("cpu")
            part = load_folder(role, "test", folder, devices)
            weights = devices.ready(part._model.weights)
            if marks:
                weights.lm_head = FakeThinker(weights, part._model.tokenizer, marks)
            ask = part.score if role is VERIFIER else part.caption
            [said] = ask([(photo, sentences) if role is VERIFIER else request], lambda index: None)
            found.append(said)
        return found

    scores, captions = answers(llava, marks)
    closed = shutil.copytree(llava, tmp_path / "closed")
    template = (closed / "chat_template.jinja").read_text()
    (closed / "chat_template.jinja").write_text(template + f"{{{{ {start!r} }}}}")
    expected, expected_captions = answers(closed, {})
    assert scores == pytest.approx(expected, abs=1e-3)
    assert captions == expected_captions and captions[0].finish != "error"
    plain, _ = answers(llava, {})
    assert plain != pytest.approx(expected, abs=1e-3)  # it is read elsewhere
