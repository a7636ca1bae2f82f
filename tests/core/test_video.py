"""One caption for a clip: its shots, its key frames, what stays and what changes."""

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from video_scenes import Known, Scene, SceneCaptioner, SceneVerifier

from core.pipeline import Models, profile_settings
from core.video.clip import caption_clip
from core.video.narration import Told, narrated
from core.video.shots import HEIGHT, WIDTH, find_shots, thumbnail
from core.video.timeline import AT_FIRST, STAYS, THEN
from helpers import FixedDetector, ScriptedWriter

CAT = Scene(1, "A gray cat sleeps on a red sofa. A lamp stands beside the sofa.")
CUP = Scene(2, "A white cup stands on a saucer. A silver spoon lies beside the cup.")
BEACH = Scene(3, "A man in a blue coat walks along a beach. A brown dog runs beside the man.")
CLOSED = Scene(11, "A woman in a red coat stands in a kitchen. The door behind her is closed.")
OPEN = Scene(
    11,
    "A woman in a red coat stands in a kitchen. The door behind her is open. A brown dog sits beside the woman.",
    covered=True,
)


def models(*scenes, **others):
    known = Known(*scenes)
    return Models.connected(
        captioner=SceneCaptioner(known),
        verifier=SceneVerifier(known),
        detector=FixedDetector(("thing", 0.9, 60, 40, 180, 150)),
        **others,
    )


def clip_of(frames, used, **options):
    small = np.stack([thumbnail(frame) for frame in frames])
    return caption_clip(
        small, lambda index: frames[index], used, profile_settings("default"), **options
    )


def shots_of(frames, most=99):
    return find_shots(np.stack([thumbnail(frame) for frame in frames]), most)


def bounds(shots):
    return [(shot.start, shot.stop) for shot in shots]


def test_two_cuts_make_three_shots_and_24_frames_cost_a_third_of_24_images_at_most():
    used = models(CAT, CUP, BEACH)
    frames = [scene.frame() for scene in (CAT, CUP, BEACH) for _ in range(8)]
    clip = clip_of(frames, used, fps=8)
    assert bounds(s.shot for s in clip.shots) == [(0, 8), (8, 16), (16, 24)]
    in_clip = used.captioner.requests + used.verifier.requests
    alone = models(CAT, CUP, BEACH)
    clip_of(frames[:1], alone)
    assert in_clip <= 24 * (alone.captioner.requests + alone.verifier.requests) / 3
    counted = [record.calls["captioner"] + record.calls["matcher"] for record in clip.records]
    assert in_clip == sum(counted)


def test_nothing_of_one_shot_is_said_of_another():
    clip = clip_of(
        [scene.frame() for scene in (CAT, CUP, BEACH) for _ in range(8)], models(CAT, CUP, BEACH)
    )
    things = ({"cat", "sofa", "lamp"}, {"cup", "saucer", "spoon"}, {"man", "coat", "beach", "dog"})
    for number, shot in enumerate(clip.shots):
        words = set(shot.caption.lower().replace(".", "").split())
        assert things[number] <= words
        assert not words & set().union(*(t for n, t in enumerate(things) if n != number))
    assert clip.caption.startswith("In the first shot, a gray cat ")
    assert " In the second shot, a white cup " in clip.caption
    assert " In the last shot, a man " in clip.caption


def test_a_writer_that_mixes_up_the_shots_is_corrected():
    writer = ScriptedWriter(
        "A gray cat sleeps on a red sofa. A lamp stands beside the sofa. A white cup stands on the lamp.",
        "A white cup stands on a saucer. A silver spoon lies beside the cup. A cat sleeps beside the cup.",
    )
    writer.answer = None
    used = models(CAT, CUP, writer=writer)
    clip = clip_of([scene.frame() for scene in (CAT, CUP) for _ in range(8)], used)
    first, second = (shot.caption for shot in clip.shots)
    assert "sofa" in first and "cup" not in first
    assert "saucer" in second and "cat" not in second
    notes = [note for record in clip.records for note in record.notes]
    assert any("A cat sleeps" in note or "There is a cat" in note for note in notes)


def test_what_stays_is_said_once_and_what_changes_in_order():
    used = models(CLOSED, OPEN)
    clip = clip_of([s.frame() for s in (CLOSED, OPEN) for _ in range(12)], used, fps=8)
    [shot] = clip.shots
    assert len(shot.shot.keys) == 2
    text = {told.when: told.text for told in shot.parts}
    assert "red coat" in text[STAYS] and "dog" not in text[STAYS] and "closed" not in text[STAYS]
    assert "closed" in text[AT_FIRST] and "open" in text[THEN] and "dog" in text[THEN]
    assert "coat" not in text[THEN]
    assert "At first, the door is closed. Then, the door is open." in clip.caption
    times = {p["when"]: p["time"] for p in clip.as_dict()["shots"][0]["parts"]}
    assert times[THEN] >= 1.5 > times[AT_FIRST]


def test_a_thing_that_goes_takes_what_was_said_of_it_along():
    clip = clip_of([s.frame() for s in (OPEN, CLOSED) for _ in range(12)], models(OPEN, CLOSED))
    [shot] = clip.shots
    text = {told.when: told.text for told in shot.parts}
    assert "dog" in text[AT_FIRST] and "brown" in text[AT_FIRST]
    assert "dog" not in text[STAYS] and "dog" not in text.get(THEN, "")


def test_a_still_clip_is_described_by_one_frame():
    clip = clip_of([CUP.frame()] * 24, models(CUP))
    assert [s.shot.keys for s in clip.shots] == [(0,)]
    assert clip.caption.startswith("A white cup")
    assert len(clip.shots[0].parts) == 1


def test_a_clip_of_which_nothing_passes_the_filter_says_so():
    silent = Scene(4, "")
    clip = clip_of([silent.frame()] * 4, models(silent))
    assert clip.caption == ""
    assert "Nothing of this shot passed the filter" in " ".join(clip.records[0].notes)


def test_chinese_captions_are_joined_in_chinese():
    parts = [
        [Told(0, STAYS, "一只猫在睡觉。"), Told(1, THEN, "猫醒了。")],
        [Told(0, STAYS, "一个杯子。")],
    ]
    assert narrated(parts) == "第1个镜头：一只猫在睡觉。随后，猫醒了。第2个镜头：一个杯子。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A cat sleeps.", "In the first shot, a cat sleeps."),
        ("Two men walk.", "In the first shot, two men walk."),
        ("Tokyo Tower stands in fog.", "In the first shot, Tokyo Tower stands in fog."),
        ("TV antennas stand on a roof.", "In the first shot, TV antennas stand on a roof."),
    ],
)
def test_names_keep_their_capital(text, expected):
    said = narrated([[Told(0, STAYS, text)], [Told(0, STAYS, "A dog runs.")]])
    assert said == f"{expected} In the second shot, a dog runs."


def photo(name):
    from pathlib import Path

    folder = Path(__file__).parents[2] / "assets"
    found = next(folder.rglob(f"{name}.*"))
    return Image.open(found).convert("RGB").resize((480, 320))


def panned(image, count, step):
    return [image.crop((k * step, 40, k * step + 288, 202)) for k in range(count)]


def test_a_pan_is_one_shot_with_more_than_one_key_frame():
    [shot] = shots_of(panned(photo("coffee"), 24, 8))
    assert (shot.start, shot.stop) == (0, 24)
    assert 2 <= len(shot.keys) <= 5


def test_flicker_is_no_change():
    rng = np.random.default_rng(0)
    frames = [
        ImageEnhance.Brightness(photo("chelsea")).enhance(rng.uniform(0.75, 1.1)) for _ in range(24)
    ]
    [shot] = shots_of(frames)
    assert len(shot.keys) == 1


def test_a_flash_is_no_cut():
    frames = panned(photo("chelsea"), 24, 2)
    frames[11] = Image.new("RGB", frames[0].size, "white")
    [shot] = shots_of(frames)
    assert (shot.start, shot.stop) == (0, 24) and 11 not in shot.keys


def test_a_dissolve_ends_a_shot_and_gives_no_key_frame():
    one, other = photo("coffee"), photo("rocket")
    mixed = [Image.blend(one, other, k / 9) for k in range(1, 9)]
    shots = shots_of([*[one] * 8, *mixed, *[other] * 8])
    assert len(shots) == 2
    assert all(key < 8 or key >= 16 for shot in shots for key in shot.keys)


def test_a_fade_through_black_ends_a_shot():
    one, other = photo("coffee"), photo("chelsea")
    fade = [ImageEnhance.Brightness(one).enhance(1 - k / 6) for k in range(1, 7)]
    rise = [ImageEnhance.Brightness(other).enhance(k / 6) for k in range(6)]
    shots = shots_of([*[one] * 8, *fade, *rise, *[other] * 8])
    assert len(shots) == 2
    assert all(key < 11 or key >= 17 for shot in shots for key in shot.keys)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_short_clips(count):
    shots = shots_of([photo("coffee")] * count)
    assert bounds(shots) == [(0, count)]


def test_a_clip_of_black_frames_has_one_key_frame():
    shots = find_shots(np.zeros((9, HEIGHT, WIDTH, 3), np.uint8), 6)
    assert [shot.keys for shot in shots] == [(0,)]


def test_shots_that_are_not_described_keep_their_number():
    frames = [s.frame() for s, n in ((CAT, 9), (CUP, 4), (BEACH, 9)) for _ in range(n)]
    clip = clip_of(frames, models(CAT, CUP, BEACH), most=2)
    assert [len(shot.shot.keys) for shot in clip.shots] == [1, 0, 1]
    assert clip.shots[1].caption == ""
    assert "In the last shot, a man " in clip.caption and "second" not in clip.caption


@pytest.mark.parametrize("most", [1, 2, 3, 5])
def test_there_are_no_more_key_frames_than_asked_for(most):
    frames = [f for name in ("coffee", "chelsea", "rocket") for f in panned(photo(name), 10, 16)]
    shots = shots_of(frames, most)
    assert 1 <= sum(len(shot.keys) for shot in shots) <= most
    assert all(shot.start <= key < shot.stop for shot in shots for key in shot.keys)
