"""Random boxes, and what they are by a count of pixels."""

from hypothesis import strategies as st

from core.regions import Box

SIDE = 24


@st.composite
def boxes(draw):
    """A box with whole sides inside a square of `SIDE` pixels."""
    x1, y1 = draw(st.integers(0, SIDE - 1)), draw(st.integers(0, SIDE - 1))
    return Box(x1, y1, draw(st.integers(x1 + 1, SIDE)), draw(st.integers(y1 + 1, SIDE)))


def pixels(box: Box) -> set[tuple[int, int]]:
    return {
        (x, y) for x in range(int(box.x1), int(box.x2)) for y in range(int(box.y1), int(box.y2))
    }
