"""Contradictions that only whole texts show, things told apart by what follows their nouns, and all against each."""

import pytest

from core.claims import Passage
from core.claims.entailment import compare
from core.claims.reading import read

pytest.importorskip("spacy")


def label(a: str, b: str) -> str:
    return compare(*read([Passage(a), Passage(b)]))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # roles exchanged
        (
            "The woman holds the umbrella, while the man carries a shopping bag.",
            "The man holds the umbrella and the woman carries a shopping bag.",
        ),
        ("The teacher hands the student a book.", "The student hands a book to the teacher."),
        # another reading of one display
        ("The battery level is 80%.", "The battery is at 15%."),
        # a phrase denied
        ("The referee has a whistle in his mouth.", "The referee's whistle is not in his mouth."),
        ("The girl has a scar on her cheek.", "The girl's face has no scars."),
        # where somebody looks
        ("The man has his back to the camera.", "The man is looking straight into the camera."),
        ("The boy's eyes are shut.", "The boy is looking at his phone."),
        ("The arrow on the sign points left.", "The arrow on the sign points right."),
        # states and actions
        ("The market is busy.", "The market is deserted."),
        ("The bed is made.", "The bed is unmade."),
        ("The boy rides his bicycle up the hill.", "The boy pushes his bicycle up the hill."),
        ("The parrot is flying over the roof.", "The parrot is perched on the roof."),
        # what all do, each does
        ("Both dogs are asleep.", "The dog on the right is awake."),
        ("None of the chairs are occupied.", "Two people are seated on the chairs."),
        # who holds it, and what cannot be seen on what is off
        (
            "The player in the white jersey is holding the ball.",
            "The ball is held by the player in the red jersey.",
        ),
        (
            "The laptop's screen is turned off.",
            "A spreadsheet is displayed on the laptop's screen.",
        ),
        ("The poster above the bed shows a lighthouse.", "The poster above the bed shows a fox."),
        # how a part is held, and what curtains and shutters are
        ("The horse's head is lowered.", "The horse is holding its head up high."),
        ("The curtains are drawn shut.", "The curtains are pulled back."),
        ("The shutters of the bakery are closed.", "The bakery's shutters have been rolled up."),
        ("The cat is lying on top of the suitcase.", "The cat is curled up inside the suitcase."),
        (
            "The heroine grips the sword in her left hand.",
            "The heroine holds the sword in her right hand.",
        ),
        # the same restriction, another value
        ("The jar on the lower shelf is full.", "The jar on the lower shelf is empty."),
        ("The rider in the lead is on a dark horse.", "The rider in the lead is on a white horse."),
    ],
)
def test_contradictions(a, b):
    assert label(a, b) == label(b, a) == "contradiction"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The jar on the lower shelf is full.", "The jar on the upper shelf is empty."),
        ("The house on the hill has a red roof.", "The house by the river has a gray roof."),
        ("The cat on the sofa is asleep.", "The cat under the table is awake."),
        ("The man in the red shirt is sitting.", "The man in the blue shirt is standing."),
        ("The player wearing number 4 is running.", "The player wearing number 10 is standing."),
        ("The woman on the left has a backpack.", "The woman on the right is not carrying a bag."),
        ("A dog lies by the fireplace.", "A picture of a dog hangs above the fireplace."),
        ("A green dragon is coiled around the tower.", "The dragon on the flag is gold."),
        (
            "On the sidewalk, a man in a brown coat is reading a newspaper.",
            "A man in a green jacket is crossing the street.",
        ),
    ],
)
def test_things_told_apart_by_what_follows_their_nouns_are_two(a, b):
    assert label(a, b) == label(b, a) == "neutral"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Both windows are open.", "The window on the left is open."),
        ("None of the people wear helmets.", "The cyclist isn't wearing a helmet."),
        ("All of the lanterns are lit.", "The lantern on the left is lit."),
        ("The vase holds tulips.", "The vase holds flowers."),
        ("A locomotive pulls into the station.", "A train pulls into the station."),
    ],
)
def test_the_general_follows_from_the_special(a, b):
    assert (label(a, b), label(b, a)) == ("a_entails_b", "b_entails_a")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (
            "The boat on the left is bigger than the boat on the right.",
            "The boat on the right is smaller than the one on the left.",
        ),
        ("The bride is taller than the groom.", "The groom is shorter than the bride."),
        ("The bed has not been made.", "The bed is unmade."),
        ("The monitor on the desk is turned off.", "The monitor on the desk is not switched on."),
    ],
)
def test_a_converse_or_a_denied_opposite_says_the_same(a, b):
    assert label(a, b) == "equivalent"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("篮子里装着苹果。", "篮子是空的。", "contradiction"),
        ("女孩的裙子是红色的。", "女孩穿着蓝色的裙子。", "contradiction"),
        ("新郎站在新娘的左边。", "新娘站在新郎的左边。", "contradiction"),
        ("桌上摆着三碗米饭和一盘青菜。", "桌上只有一碗米饭。", "contradiction"),
        ("台灯亮着。", "台灯没有打开。", "contradiction"),
        ("老奶奶坐在摇椅上织毛衣。", "老奶奶站在灶台前炒菜。", "contradiction"),
        ("老人穿着灰色的长衫。", "老人的胡子是白色的。", "neutral"),
        ("街道右侧有一辆白色面包车。", "街道左侧停着一辆黄色出租车。", "neutral"),
    ],
)
def test_chinese(a, b, expected):
    assert label(a, b) == expected
