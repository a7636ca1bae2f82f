"""Signs drawn for the tests of OCR: words in a scene's clutter, tilted, small or blurred."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

WORDS = (
    "STOP", "EXIT", "NO PARKING", "COFFEE SHOP", "Bakery", "OPEN", "CLOSED", "Main Street", "PHARMACY", "Hotel Astoria",
    "SALE 50%", "Platform 9", "TAXI", "Welcome", "Bus 42", "SCHOOL ZONE", "Fresh Fish", "LIBRARY", "Do Not Enter", "Café Milano",
    "Bäckerei Müller", "PELIGRO", "Boulangerie", "ONE WAY", "Police", "Museum of Art", "GATE B12", "Flowers", "Pizza", "Speed Limit 25",
)  # fmt: skip
_ALIKE = {
    "O": "C",
    "E": "F",
    "S": "B",
    "a": "e",
    "o": "e",
    "P": "R",
    "I": "T",
    "e": "o",
    "1": "7",
    "2": "3",
}


def sign(number: int) -> tuple[Image.Image, str]:
    """A picture with a sign (RGB, 480 x 360 px), and the words on it; from easy to hard as the number's hash has it."""
    chance = random.Random(number)
    words = WORDS[number % len(WORDS)]
    size = chance.choice((14, 18, 24, 36, 48))
    font = ImageFont.load_default(size)
    ink, ground = chance.choice(
        (("white", "#b01818"), ("black", "#f4d03f"), ("white", "#14508c"), ("#333", "#eee"))
    )
    box = font.getbbox(words)
    plate = Image.new("RGBA", (box[2] + size, box[3] + size), ground)
    ImageDraw.Draw(plate).text((size / 2, size / 2), words, font=font, fill=ink)
    plate = plate.rotate(chance.uniform(-12, 12), expand=True, resample=Image.Resampling.BICUBIC)
    scene = Image.effect_noise((480, 360), 40).convert("RGB").filter(ImageFilter.GaussianBlur(2))
    draw = ImageDraw.Draw(scene)
    for _ in range(6):
        x, y = chance.randrange(480), chance.randrange(360)
        colour = tuple(chance.randrange(60, 200) for _ in range(3))
        draw.rectangle((x, y, x + chance.randrange(20, 160), y + chance.randrange(20, 160)), colour)
    place = (
        chance.randrange(max(1, 480 - plate.width)),
        chance.randrange(max(1, 360 - plate.height)),
    )
    scene.paste(plate, place, plate)
    return scene.filter(ImageFilter.GaussianBlur(chance.choice((0, 0.5, 1)))), words


def misread(words: str, number: int) -> str:
    """The words as a captioner may misread them: a letter or two are others."""
    chance = random.Random(number)
    letters = [i for i, c in enumerate(words) if c.isalnum()]
    for i in chance.sample(letters, min(len(letters), 1 + len(letters) // 6)):
        other = _ALIKE.get(words[i], "n" if words[i].islower() else "K")
        words = words[:i] + other + words[i + 1 :]
    return words
