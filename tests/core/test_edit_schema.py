"""What a workflow may bring as edits."""

import pytest

from core.edit_schema import MAX_TEXT, read_edits


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "null", '"x"', '{"version": 2, "images": {}}', '{"version": 1, "images": []}',
     "[" * 100_000, " " * 10 + "x" * MAX_TEXT, '{"version": 1' + "0" * 5000 + "}"],
)  # fmt: skip
def test_edits_that_cannot_be_read_are_one_note(text):
    found = read_edits(text)
    assert not found.images and len(found.notes) == 1
