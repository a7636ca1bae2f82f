"""States, quantities and roles that exclude each other, in sentences that share few words."""

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
        ("The kite soars high above the dunes.", "The kite is lying on the sand."),
        (
            "The helicopter is parked on the landing pad.",
            "The helicopter hovers above the landing pad.",
        ),
        ("The trumpeter has his hands in his pockets.", "The trumpeter is playing the trumpet."),
        ("The stream has frozen solid.", "Water rushes through the stream."),
        ("The canoe has been pulled up on the beach.", "The canoe floats on the lake."),
        ("The pavement is bone dry.", "The pavement is covered with puddles."),
        ("The cellar lies in darkness.", "The cellar is brightly lit."),
        ("The gardener is raking leaves.", "The gardener is digging a hole."),
        ("The cashier wears a beret.", "The cashier is wearing a helmet."),
        ("The postman is on a bicycle.", "The postman is riding a motorcycle."),
        ("The flag hangs limp from its pole.", "The flag is fluttering in the wind."),
        ("The girl's hair is tied back.", "The girl's hair hangs loose."),
        ("The umbrella is furled.", "The umbrella is open."),
        ("The sandwich has been half eaten.", "The sandwich is untouched."),
        ("The bride's feet are bare.", "The bride is wearing white sneakers."),
        ("The ferry is moored at the pier.", "The ferry is sailing across the bay."),
        (
            "The falcon sits on the woman's left arm.",
            "The woman holds the falcon on her right arm.",
        ),
        ("The juggler is bald.", "The juggler has long hair."),
        ("The van is spotless.", "The van's wheels are covered in mud."),
        ("The bust is carved out of marble.", "The bust is cast in bronze."),
        ("The watch is in an open drawer.", "The man is wearing the watch."),
        ("The fountain is switched off.", "Water shoots up from the fountain."),
        ("The hall is deserted.", "Children are running through the hall."),
    ],
)
def test_states_that_exclude_each_other(a, b):
    assert label(a, b) == label(b, a) == "contradiction"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The surfer carries a board on his back.", "The surfer stands on the sand."),
        ("The kite is red.", "A boy stands on the beach, looking at the kite."),
        ("One of her hands is raised.", "One of her hands is in her pocket."),
        ("The wall is dark brown.", "The wall is lit by a lamp."),
        ("The chef is wearing a white hat.", "The chef is wearing black shoes."),
        ("The mother's hair is tied back.", "The daughter's hair hangs loose."),
        (
            "The rider in front wears a red helmet.",
            "The last rider in the row wears a black helmet.",
        ),
        ("Six gulls are sitting on the roof.", "Two gulls are standing on the sand."),
        (
            "The box in the foreground holds three eggs.",
            "The box at the back of the shelf holds five eggs.",
        ),
        ("Three cows are lying under the tree.", "Two cows are drinking from the trough."),
        ("The lid of the jar is made of metal.", "The jar is made of glass."),
        ("The girl at the window is barefoot.", "The girl with the kite is wearing boots."),
        ("Another boy is wearing a green cap.", "A boy is wearing a yellow cap."),
    ],
)
def test_what_may_be_true_of_two_or_of_different_times_is_neutral(a, b):
    assert label(a, b) == label(b, a) == "neutral"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("All of the stalls are closed.", "Two of the stalls are open.", "contradiction"),
        ("None of the stalls are closed.", "None of the stalls are open.", "neutral"),
        ("Every child wears a helmet.", "One of the children is not wearing a helmet.", "contradiction"),
        ("All but one of the lanterns are lit.", "All of the lanterns are switched off.", "contradiction"),
        ("Neither of the doors is open.", "Both doors are closed.", "equivalent"),
        ("Two of the three lamps are burning.", "At least one lamp is burning.", "a_entails_b"),
        ("All of the boats are white.", "Some of the boats are white.", "a_entails_b"),
        ("All of the vans are red except for one.", "All but one of the vans are red.", "equivalent"),
        ("There are no empty benches in the park.", "Every bench in the park is occupied.", "equivalent"),
        ("The court is empty of players.", "There are no players on the court.", "equivalent"),
    ],
)  # fmt: skip
def test_shares_of_a_group(a, b, expected):
    assert label(a, b) == expected
