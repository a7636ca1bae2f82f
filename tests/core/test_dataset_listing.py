import os

import pytest

from core.dataset.listing import Found, find_images
from core.dataset.sources import Folder
from core.errors import PatchMattersError
from core.outputs import OutputFolder
from image_folders import paint


def test_images_come_in_the_order_of_their_names_without_links_and_hidden_ones(tmp_path):
    for name in ("b/2.JPG", "b/10.webp", "a.png", "c.TIFF", ".git/x.png", ".y.png"):
        paint(tmp_path / "real.png").replace(tmp_path / "moved")
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / "moved").replace(tmp_path / name)
    (tmp_path / "notes.txt").write_text("x")
    os.symlink(tmp_path / "a.png", tmp_path / "link.png")
    os.symlink(tmp_path / "b", tmp_path / "loop")
    assert [f.path for f in find_images(tmp_path)] == ["a.png", "c.TIFF", "b/10.webp", "b/2.JPG"]


@pytest.mark.parametrize(("ignore_case", "twins"), [(False, 1), (True, 2)])
def test_images_that_would_share_a_caption_file_are_told(tmp_path, ignore_case, twins):
    for name in ("a.jpg", "a.png", "A.webp", "b.png"):
        (tmp_path / name).write_bytes(b"x")
    found = list(find_images(tmp_path, ignore_case=ignore_case))
    assert sum(bool(f.twin) for f in found) == twins
    assert Found("a.png", "a.jpg") in found or ignore_case


def test_annotated_images_that_the_pack_wrote_are_passed_over(tmp_path):
    image = paint(tmp_path / "a.png")
    OutputFolder(tmp_path).write("a.patches.png", image.read_bytes(), image)
    (tmp_path / "mine.patches.png").write_bytes(b"x")
    assert [f.path for f in find_images(tmp_path)] == ["a.png", "mine.patches.png"]


def test_a_link_that_took_the_place_of_an_image_is_not_read(tmp_path):
    (tmp_path / "secret").write_text("x")
    os.symlink(tmp_path / "secret", tmp_path / "a.png")
    with pytest.raises(PatchMattersError, match="not a regular file"):
        Folder(tmp_path).read("a.png")
