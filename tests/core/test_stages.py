import ast
from dataclasses import FrozenInstanceError, asdict, fields
from pathlib import Path

import pytest
from PIL import Image

from core import aggregate, describe, divide, excluding, filter
from core.cli import EXAMPLE
from core.images import read_image
from core.pipeline import Models, Settings, caption_images, profile_settings, run
from core.profiles import PROFILES
from core.report import as_dict
from core.stages import Describe, Divide, Source, Verify, Write
from helpers import FixedDetector, ScriptedCaptioner, ScriptedVerifier

STAGES = (Divide(), Describe(), Verify(), Write())


def test_no_stage_imports_another():
    modules = {
        m.__name__.rsplit(".", 1)[-1]: m for m in (divide, describe, filter, aggregate, excluding)
    }
    for name, module in modules.items():
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        imported = {
            (node.module or "").rsplit(".", 1)[-1]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
        }
        assert not imported & (set(modules) - {name}), name


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_its_settings(stage):
    assert asdict(stage) and {"name", "roles"}.isdisjoint(f.name for f in fields(stage))
    assert set(stage.roles) <= {"detector", "captioner", "verifier", "writer", "embedder"}
    with pytest.raises(FrozenInstanceError):
        stage.seed = 1
    assert type(stage)(**{f.name: getattr(stage, f.name) for f in fields(stage)}) == stage


@pytest.mark.parametrize("profile", PROFILES)
def test_stage_by_stage_is_what_the_pipeline_does(profile):
    image, settings, models = read_image(EXAMPLE), profile_settings(profile), Models()
    batch = [Source(image), Source(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT))]
    for stage in settings:
        before = list(batch)
        batch = stage.process(batch, models)
        assert all(a is not b for a, b in zip(before, batch))
    alone = [caption_images([s.image], models, settings)[0] for s in map(Source, [image])]
    assert as_dict(batch[0]) == as_dict(alone[0])
    assert as_dict(run(settings, [Source(image)], models)[0]) == as_dict(alone[0])


def test_what_a_source_brings_is_used_and_not_asked_for():
    captioner = ScriptedCaptioner({(80, 60): ["A dog runs."], (40, 30): ["A red ball lies there."]})
    models = Models(FixedDetector(), captioner, ScriptedVerifier())
    image = Image.new("RGB", (80, 60))
    sources = [Source(image, caption="A cat sits."), Source(image, context="The dog is Rex.")]
    first, second = Describe().process(Divide().process(sources, models), models)
    assert first.global_caption == "A cat sits." and second.global_caption == "A dog runs."
    whole = [r for r in captioner.requests if r.image.size == (80, 60)]
    assert len(whole) == 1 and "The dog is Rex." in whole[0].prompt
    told = ["The dog is Rex." in r.prompt for r in captioner.requests if r.image.size == (40, 30)]
    assert told == [False] * 4 + [True] * 4


def test_an_existing_caption_is_one_more_candidate_of_the_whole_image():
    models = Models(
        FixedDetector(), ScriptedCaptioner({(80, 60): ["A dog runs."]}), ScriptedVerifier()
    )
    source = Source(Image.new("RGB", (80, 60)), existing_caption="A brown dog runs on sand.")
    [record] = run(Settings(), [source], models)
    assert [c.text for c in record.candidates["image"]][1] == "A brown dog runs on sand."
    supports = {s.text: s.support for s in record.statements if s.claim}
    assert supports["There is a dog."] == (2, 2) and any(s == (1, 2) for s in supports.values())
