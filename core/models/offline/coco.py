"""The 80 classes of COCO: their ids in the TensorFlow models, and the words that mean them."""

from __future__ import annotations

import re
from functools import lru_cache

from ...english import plural

LABELS = {
    1: "person", 2: "bicycle", 3: "car", 4: "motorcycle", 5: "airplane", 6: "bus", 7: "train",
    8: "truck", 9: "boat", 10: "traffic light", 11: "fire hydrant", 13: "stop sign",
    14: "parking meter", 15: "bench", 16: "bird", 17: "cat", 18: "dog", 19: "horse", 20: "sheep",
    21: "cow", 22: "elephant", 23: "bear", 24: "zebra", 25: "giraffe", 27: "backpack",
    28: "umbrella", 31: "handbag", 32: "tie", 33: "suitcase", 34: "frisbee", 35: "skis",
    36: "snowboard", 37: "sports ball", 38: "kite", 39: "baseball bat", 40: "baseball glove",
    41: "skateboard", 42: "surfboard", 43: "tennis racket", 44: "bottle", 46: "wine glass",
    47: "cup", 48: "fork", 49: "knife", 50: "spoon", 51: "bowl", 52: "banana", 53: "apple",
    54: "sandwich", 55: "orange", 56: "broccoli", 57: "carrot", 58: "hot dog", 59: "pizza",
    60: "donut", 61: "cake", 62: "chair", 63: "couch", 64: "potted plant", 65: "bed",
    67: "dining table", 70: "toilet", 72: "tv", 73: "laptop", 74: "mouse", 75: "remote",
    76: "keyboard", 77: "cell phone", 78: "microwave", 79: "oven", 80: "toaster", 81: "sink",
    82: "refrigerator", 84: "book", 85: "clock", 86: "vase", 87: "scissors", 88: "teddy bear",
    89: "hair drier", 90: "toothbrush",
}  # fmt: skip

# Other words for a class. A word that stands for other things as often is left out.
_OTHER_WORDS = {
    "person": "man woman boy girl child kid baby toddler lady gentleman pedestrian player rider "
    "skier snowboarder surfer skateboarder cyclist worker someone",
    "bicycle": "bike",
    "motorcycle": "motorbike scooter",
    "airplane": "plane aeroplane jet aircraft",
    "bus": "minibus",
    "truck": "lorry",
    "boat": "ship sailboat canoe kayak",
    "bird": "seagull pigeon duck goose parrot swan",
    "cat": "kitten",
    "dog": "puppy",
    "horse": "pony foal",
    "sheep": "lamb",
    "cow": "cattle bull calf",
    "backpack": "rucksack",
    "umbrella": "parasol",
    "handbag": "purse",
    "tie": "necktie",
    "suitcase": "luggage",
    "sports ball": "ball football basketball",
    "cell phone": "phone smartphone cellphone",
    "wine glass": "wineglass",
    "cup": "mug",
    "donut": "doughnut",
    "couch": "sofa",
    "potted plant": "houseplant",
    "dining table": "table",
    "tv": "television",
    "refrigerator": "fridge",
    "hair drier": "hairdryer",
    "teddy bear": "teddy",
}


@lru_cache(maxsize=1)
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    words: dict[str, str] = {}
    for label in LABELS.values():
        singulars = [label, *_OTHER_WORDS.get(label, "").split()]
        for word in singulars:
            words[word] = label
            words[plural(word)] = label
    # "An orange cup" names a colour; before a verb or a preposition an orange is a fruit.
    # Longest first, so that "hot dog" is not read as "dog" nor "teddy bear" as "bear".
    ordered = sorted(words.keys() - {"orange"}, key=len, reverse=True)
    fruit = r"orange(?!\s+(?!(?:is|are|on|in|at|and|or|with|next|near|lies|sits)\b)\w)"
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, ordered))}|{fruit})\b"), words


def mentions(text: str) -> list[tuple[str, str]]:
    """Return the COCO classes that an English text names, as (class, the word that named it)."""
    pattern, words = _pattern()
    return [(words[m.group()], m.group()) for m in pattern.finditer(text.lower())]
