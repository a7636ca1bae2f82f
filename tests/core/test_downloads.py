"""Downloads through the real huggingface_hub from a hub on this machine."""

import threading
import time

import pytest
import tiny
from hub import running_hub

from core.errors import PatchMattersError
from core.models.local.catalogue import Entry, catalogue, entries, find_entry
from core.models.local.downloads import STAGING, download
from core.models.local.model_store import (
    CAPTIONER,
    DETECTOR,
    NLI,
    VERIFIER,
    WRITER,
    find_or_download,
    names,
    roles,
)

ENTRY = Entry("someone/tiny-llava", "main", CAPTIONER, 0.001, 1, "MIT")


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tiny.llava(
        tmp_path_factory.mktemp("repository") / "tiny", hidden_size=512, intermediate_size=2048
    )
    (folder / "modeling_evil.py").write_text("raise SystemExit")
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.safetensors").write_bytes(b"another format")
    return folder


@pytest.fixture
def hub(repository, monkeypatch, tmp_path):
    with running_hub() as (hub, address):
        hub.repositories[ENTRY.id] = repository
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        for name in ("HF_TOKEN", "HF_HUB_OFFLINE"):
            monkeypatch.delenv(name, raising=False)
        yield hub


def fetch(root, entry=ENTRY, progress=lambda done, total: None):
    return download(entry, root, progress)


def whole(folder, repository):
    wanted = {
        f.name for f in repository.iterdir() if f.suffix in (".json", ".safetensors", ".jinja")
    }
    assert {f.name for f in folder.iterdir()} == wanted
    for name in wanted:
        assert (folder / name).read_bytes() == (repository / name).read_bytes()


def nothing_looks_whole(root):
    assert names(CAPTIONER, [root]) == [] and not (root / "someone").exists()


def test_a_repository_arrives_whole_and_without_code_or_pickles(hub, repository, tmp_path):
    seen = []
    folder = fetch(tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert folder == tmp_path / "someone" / "tiny-llava"
    whole(folder, repository)
    assert names(CAPTIONER, [tmp_path]) == ["someone/tiny-llava"]
    assert seen[-1][0] == seen[-1][1] > 1_000_000
    assert all(done <= total for done, total in seen)


def test_a_connection_cut_half_way_is_resumed_at_once(hub, repository, tmp_path):
    hub.cuts = [15_000_000]  # huggingface_hub writes 10 MiB at a time
    whole(fetch(tmp_path), repository)
    ranges = [r for _, path, r in hub.asked if path.endswith("model.safetensors") and r]
    assert ranges and all(r.startswith("bytes=10485760-") or int(r[6:-1]) > 10**7 for r in ranges)


def test_a_connection_that_is_cut_again_and_again_is_resumed_by_the_next_call(
    hub, repository, tmp_path
):
    hub.cuts = [15_000_000, *[1000] * 20]
    with pytest.raises(PatchMattersError, match="did not finish"):
        fetch(tmp_path)
    nothing_looks_whole(tmp_path)
    hub.cuts, before = [], len(hub.asked)
    whole(fetch(tmp_path), repository)
    assert any(r for _, _, r in hub.asked[before:])  # not from the start
    assert not any((tmp_path / STAGING).iterdir())


def test_a_download_can_be_cancelled_and_goes_on_later(hub, repository, tmp_path):
    class Cancelled(BaseException):
        pass

    def cancel(done, total):
        if done > 10_000_000:
            raise Cancelled

    hub.slow = 0.01
    with pytest.raises(Cancelled):
        fetch(tmp_path, progress=cancel)
    nothing_looks_whole(tmp_path)
    time.sleep(0.3)
    asked = len(hub.asked)
    time.sleep(0.5)
    assert len(hub.asked) == asked  # nobody goes on in the background
    hub.slow = 0
    whole(fetch(tmp_path), repository)
    assert any(r for _, _, r in hub.asked[asked:])


def test_what_is_not_there(hub, tmp_path):
    missing = Entry("someone/gone", "main", CAPTIONER, 1, 1, "MIT")
    with pytest.raises(PatchMattersError, match=r"someone/gone \(main\) was not found"):
        fetch(tmp_path, missing)
    nothing_looks_whole(tmp_path)


def test_a_licence_to_be_accepted_and_a_token(hub, repository, tmp_path, monkeypatch):
    hub.gated.add(ENTRY.id)
    with pytest.raises(PatchMattersError, match="accept its licence: accept it on https://hugging"):
        fetch(tmp_path)
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    with pytest.raises(PatchMattersError) as refused:
        fetch(tmp_path)
    assert "hf_wrong" not in str(refused.value)
    monkeypatch.setenv("HF_TOKEN", "hf_good")
    whole(fetch(tmp_path), repository)


def test_too_little_room_on_the_disk_is_said_before_anything_is_fetched(hub, tmp_path):
    hub.claim = 10**15
    with pytest.raises(PatchMattersError, match=r"needs 1000000\.0 GB more on the disk"):
        fetch(tmp_path)
    assert not any("resolve" in path for _, path, _ in hub.asked)
    nothing_looks_whole(tmp_path)


def test_offline_means_offline(hub, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(PatchMattersError, match="disabled by HF_HUB_OFFLINE"):
        fetch(tmp_path)
    assert hub.asked == []


def test_a_hub_that_cannot_be_reached(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(PatchMattersError, match="check the connection"):
        fetch(tmp_path)


def test_a_repository_without_safetensors(hub, tmp_path):
    folder = tmp_path / "pickles"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    hub.repositories["someone/pickles"] = folder
    with pytest.raises(PatchMattersError, match=r"no config\.json with model\.safetensors"):
        fetch(tmp_path, Entry("someone/pickles", "main", CAPTIONER, 1, 1, "MIT"))


def test_a_half_model_in_the_way(hub, tmp_path):
    (tmp_path / ENTRY.id).mkdir(parents=True)
    with pytest.raises(PatchMattersError, match="delete that folder"):
        fetch(tmp_path)


def test_a_model_that_lies_elsewhere_is_not_downloaded(hub, repository, tmp_path):
    known = entries(CAPTIONER)[0].id
    own = tmp_path / "other" / known.split("/")[1].lower()
    tiny.llava(own)
    assert find_or_download(CAPTIONER, known, [tmp_path, tmp_path / "other"], None) == own
    hub.repositories[known] = repository
    found = find_or_download(CAPTIONER, known, [tmp_path / "empty"], lambda done, total: None)
    assert found == tmp_path / "empty" / known
    with pytest.raises(PatchMattersError, match="nor in the catalogue"):
        find_or_download(CAPTIONER, "someone/else", [tmp_path], None)


def test_the_catalogue():
    ids = [entry.id for entry in catalogue()]
    assert len(set(ids)) == len(ids)
    for entry in catalogue():
        assert entry.role in (CAPTIONER, WRITER, VERIFIER, DETECTOR, NLI)
        assert entry.size_gb > 0 and entry.vram_gb > 0 and entry.licence and entry.revision
        assert entry.licence in entry.summary
    for role in (CAPTIONER, WRITER, VERIFIER, DETECTOR, NLI):
        assert entries(role)
        # A node of 210 px shows about 20 characters of a name.
        shown = [entry.id.split("/")[1][:16] for entry in entries(role)]
        assert len(set(shown)) == len(shown)
    assert find_entry(WRITER, entries(CAPTIONER)[0].id)  # a captioner writes, too
    assert find_entry(DETECTOR, entries(CAPTIONER)[0].id) is None


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"model_type": "llava", "vision_config": {}}, {CAPTIONER, WRITER}),
        ({"model_type": "florence2", "vision_config": {}}, {CAPTIONER}),
        ({"model_type": "llama", "architectures": ["LlamaForCausalLM"]}, {WRITER}),
        ({"model_type": "bert", "architectures": ["BertModel"]}, set()),
        ({"model_type": "blip", "architectures": ["BlipForImageTextRetrieval"]}, {VERIFIER}),
        ({"model_type": "blip", "architectures": ["BlipForConditionalGeneration"]}, {CAPTIONER}),
        ({"model_type": "blip", "architectures": ["BlipForQuestionAnswering"]}, set()),
        ({"model_type": "siglip", "vision_config": {}}, {VERIFIER}),
        ({"model_type": "rt_detr", "architectures": ["RTDetrForObjectDetection"]}, {DETECTOR}),
        ({"model_type": "owlv2", "vision_config": {}}, {DETECTOR}),
        ({}, set()),
    ],
)
def test_what_a_model_can_be(config, expected):
    assert roles(config) == expected


def test_two_downloads_do_not_hinder_each_other(hub, repository, tmp_path):
    hub.repositories["someone/other"] = repository
    other = Entry("someone/other", "main", CAPTIONER, 1, 1, "MIT")
    threads = [threading.Thread(target=fetch, args=(tmp_path, e)) for e in (ENTRY, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(CAPTIONER, [tmp_path]) == ["someone/other", "someone/tiny-llava"]
