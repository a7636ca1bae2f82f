import os
import shutil

import numpy as np
import pytest
from PIL import Image

from core.cli import EXAMPLE
from core.errors import PatchMattersError
from core.images import read_image, to_rgb

RED = (200, 10, 20)


def saved(tmp_path, image, name="a.png", **options):
    image.save(tmp_path / name, **options)
    return tmp_path / name


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "LA", "RGBA", "I;16", "I", "F", "YCbCr"])
def test_every_mode_becomes_rgb(tmp_path, mode):
    image = Image.new("RGB", (20, 10), "white")
    if mode == "I;16":
        image = Image.fromarray(np.full((10, 20), 65535, np.uint16))
    else:
        image = image.convert(mode)
    read = read_image(saved(tmp_path, image, "a.tif"))
    assert (read.mode, read.size, read.getpixel((5, 5))) == ("RGB", (20, 10), (255, 255, 255))


def test_sixteen_bits_are_scaled_not_cut():
    half = Image.fromarray(np.full((4, 4), 32768, np.uint16))
    assert to_rgb(half).getpixel((0, 0)) == (127, 127, 127)


def test_transparent_parts_lie_on_white(tmp_path):
    image = Image.new("RGBA", (4, 4), (*RED, 0))
    assert read_image(saved(tmp_path, image)).getpixel((0, 0)) == (255, 255, 255)
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([*RED, 0, 0, 0])
    file = saved(tmp_path, palette, "p.png", transparency=0)
    assert read_image(file).getpixel((0, 0)) == (255, 255, 255)


def test_a_turned_photo_is_read_upright(tmp_path):
    image = Image.new("RGB", (40, 20), "white")
    image.paste(RED, (0, 0, 10, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees to the right
    read = read_image(saved(tmp_path, image, "a.jpg", exif=exif, quality=95))
    assert read.size == (20, 40)
    assert read.getpixel((10, 3))[0] > 150 > read.getpixel((10, 3))[1]


def test_of_an_animation_the_first_frame(tmp_path):
    frames = [Image.new("RGB", (8, 8), c) for c in ("red", "blue")]
    file = tmp_path / "a.gif"
    frames[0].save(file, save_all=True, append_images=frames[1:])
    assert read_image(file).getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3, 50), (20_000, 2)])
def test_odd_sizes(tmp_path, size):
    assert read_image(saved(tmp_path, Image.new("RGB", size))).size == size


def test_a_file_that_is_no_picture(tmp_path):
    file = tmp_path / "a.png"
    file.write_text("hello")
    with pytest.raises(PatchMattersError, match="a.png cannot be opened as an image: use a JPEG"):
        read_image(file)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_file_that_is_cut_off(tmp_path, share):
    whole = EXAMPLE.read_bytes()
    file = tmp_path / "cut.png"
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(PatchMattersError, match="cut.png is"):
        read_image(file)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(PatchMattersError, match="does not exist"):
        read_image(tmp_path / "no.png")
    with pytest.raises(PatchMattersError, match="is a folder"):
        read_image(tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(tmp_path):
    file = saved(tmp_path, Image.new("RGB", (4, 4)))
    file.chmod(0)
    with pytest.raises(PatchMattersError, match="permissions"):
        read_image(file)


def test_a_refused_open_is_explained(monkeypatch, tmp_path):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(PatchMattersError, match="permissions"):
        read_image(tmp_path / "a.png")


@pytest.mark.parametrize("size", [(20_000, 20_000), (11_000, 10_000)])  # Pillow's limit, and ours
def test_too_many_pixels_are_refused_before_they_are_read(tmp_path, size):
    file = saved(tmp_path, Image.new("1", size))
    with pytest.raises(PatchMattersError, match="more than 100 million pixels"):
        read_image(file)


def test_reading_changes_no_file(tmp_path):
    file = tmp_path / "a.png"
    shutil.copy(EXAMPLE, file)
    before = file.read_bytes()
    read_image(file)
    assert file.read_bytes() == before
