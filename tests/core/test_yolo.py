"""ultralytics detectors: real classes and files, random weights made from the package's own configs."""

import pickle
import zipfile

import pytest
import tiny_towers
import torch

from core.cli import EXAMPLE
from core.errors import PatchMattersError
from core.images import read_image
from core.models.local import yolo
from core.models.local.yolo import UltralyticsDetector
from core.models.registry import load_model, load_yolo


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """name of a config -> a .pt file with random weights."""
    from ultralytics import YOLO

    folder = tmp_path_factory.mktemp("yolo")

    def make(config):
        file = folder / f"{config}.pt"
        if not file.exists():
            torch.manual_seed(0)
            YOLO(f"{config}.yaml").save(file)
        return file

    return make


@pytest.mark.parametrize("config", ["yolov8n", "yolo11n", "yolo26n", "yolov8n-seg", "yolo11n-seg"])
def test_a_checkpoint_loads_in_safe_mode_and_detects(make, config, monkeypatch):
    monkeypatch.setattr(yolo, "FLOOR", 0.0)  # random weights are sure of nothing
    detector = UltralyticsDetector("test", make(config))
    photo = read_image(EXAMPLE)
    on_part_progress = []
    found = detector.detect([photo, photo.crop((0, 0, 90, 70))], on_part_progress.append)
    assert on_part_progress == [0, 1] and len(found) == 2
    for detections, (width, height) in zip(found, [(520, 380), (90, 70)]):
        for d in detections:
            assert 0 <= d.box.x1 < d.box.x2 <= width and 0 <= d.box.y1 < d.box.y2 <= height
            assert isinstance(d.label, str) and 0 <= d.score <= 1
    assert {d.label for row in found for d in row}


class Malicious:
    def __reduce__(self):
        return (open, ("broken-in", "w"))


def test_a_file_with_a_program_in_it_is_refused_and_not_run(make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = torch.load(make("yolov8n"), weights_only=False)
    content["train_args"] = Malicious()
    torch.save(content, tmp_path / "evil.pt")
    with pytest.raises(PatchMattersError, match=r"evil\.pt was not loaded"):
        UltralyticsDetector("test", tmp_path / "evil.pt").detect(
            [read_image(EXAMPLE)], lambda i: None
        )
    assert not (tmp_path / "broken-in").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"not a model", pickle.dumps({"model": 1})],
    ids=["empty", "text", "a pickle without a model"],
)
def test_a_damaged_file_is_explained(tmp_path, content):
    file = tmp_path / "a.pt"
    file.write_bytes(content)
    with pytest.raises(PatchMattersError, match=r"a\.pt was not loaded"):
        UltralyticsDetector("test", file).detect([read_image(EXAMPLE)], lambda i: None)


def test_half_a_download_is_explained(make, tmp_path):
    whole = make("yolov8n").read_bytes()
    assert zipfile.is_zipfile(make("yolov8n"))
    (tmp_path / "half.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PatchMattersError, match=r"half\.pt was not loaded"):
        UltralyticsDetector("t", tmp_path / "half.pt").detect([read_image(EXAMPLE)], lambda i: None)


def test_where_safe_loading_is_missing_nothing_is_loaded(make, monkeypatch):
    from ultralytics.nn import tasks

    file = make("yolov8n")
    monkeypatch.setattr(tasks, "torch_safe_load", lambda weight: None)
    with pytest.raises(PatchMattersError, match="cannot load .pt files safely"):
        UltralyticsDetector("test", file).detect([read_image(EXAMPLE)], lambda i: None)


def test_another_task_is_refused(make):
    with pytest.raises(PatchMattersError, match="for the task “pose”"):
        UltralyticsDetector("t", make("yolov8n-pose")).detect([read_image(EXAMPLE)], lambda i: None)


def test_a_detector_by_name(make, tmp_path):
    assert load_model("detector", f"ultralytics:{make('yolov8n')}").name.endswith("yolov8n.pt")
    with pytest.raises(PatchMattersError, match=r"is not a \.pt file"):
        load_model("detector", f"ultralytics:{tmp_path / 'none.pt'}")


def test_a_yolo_world_looks_for_words_read_by_a_clip_on_disk(make, tmp_path, monkeypatch):
    monkeypatch.setattr(yolo, "FLOOR", 0.0)
    photo = read_image(EXAMPLE)
    file = make("yolov8s-worldv2")
    own = load_model("detector", f"ultralytics:{file}")
    assert {d.label for d in own.detect([photo], lambda i: None)[0]} - {"cup", "old spoon"}
    words = ["cup", "old spoon"]
    missing = load_yolo("test", file, "cpu", words, [tmp_path])
    with pytest.raises(PatchMattersError, match="clip-vit-base-patch32"):
        missing.detect([photo], lambda i: None)
    tiny_towers.clip(tmp_path / "another-clip")
    tiny_towers.clip_b32(tmp_path / "openai" / "clip-vit-base-patch32")
    told = load_yolo("test", file, "cpu", words, [tmp_path])
    found = told.detect([photo], lambda i: None)[0]
    assert found and {d.label for d in found} <= set(words)
    assert found == told.detect([photo], lambda i: None)[0]


@pytest.mark.parametrize("config", ["yoloe-11s", "yoloe-11s-seg", "yoloe-26s-seg"])
def test_a_yoloe_finds_the_classes_of_its_file(make, config, monkeypatch):
    monkeypatch.setattr(yolo, "FLOOR", 0.0)
    detector = UltralyticsDetector("test", make(config))
    assert detector.detect([read_image(EXAMPLE)], lambda i: None)[0]
