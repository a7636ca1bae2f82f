"""Entailment on claims as the reader makes them of sentences."""

import pytest

pytest.importorskip("spacy")

from core.claims import ATTRIBUTE, OBJECT, RELATION, Claim, Passage, Thing
from core.claims.entailment import align, claim_relation, compare, relation, unsupported
from core.claims.reading import read


def readings(*texts):
    return read([Passage(text) for text in texts])


@pytest.mark.parametrize(
    ("a", "b", "label"),
    [
        ("A dog lies on a rug.", "A dog is lying on a carpet.", "equivalent"),
        (
            "The lamp is to the left of the bed.",
            "The bed is to the right of the lamp.",
            "equivalent",
        ),
        ("A poodle is sleeping on the sofa.", "An animal is sleeping on the couch.", "a_entails_b"),
        ("There is a boat.", "A red boat is on the lake.", "b_entails_a"),
        ("The door of the barn is open.", "The barn's door is closed.", "contradiction"),
        (
            "The woman is wearing a green scarf.",
            "The woman is wearing a yellow scarf.",
            "contradiction",
        ),
        (
            "There are three boats on the lake.",
            "There are four boats on the lake.",
            "contradiction",
        ),
        ("The cat is on the chair.", "The cat is under the chair.", "contradiction"),
        ("The boy is standing.", "The boy is sitting.", "contradiction"),
        ("The dog is asleep on the rug.", "The dog is standing on the rug.", "contradiction"),
        ("The lamp on the desk is switched off.", "The lamp on the desk is on.", "contradiction"),
        (
            "The boy holds a kite in his left hand.",
            "The boy holds a kite in his right hand.",
            "contradiction",
        ),
        ("The woman is smiling.", "The woman has a serious expression.", "contradiction"),
        ("The sky is overcast.", "Clouds cover the sky.", "equivalent"),
        ("There are no animals in the yard.", "No dogs are in the yard.", "a_entails_b"),
        # two people, two things
        (
            "The man on the left is holding a cup.",
            "The man on the right is holding a book.",
            "neutral",
        ),
        (
            "A man in a red shirt is on the street.",
            "A man in a green shirt is on the street.",
            "neutral",
        ),
        ("The girl is wearing black boots.", "The girl is wearing a white coat.", "neutral"),
        ("A bird is on the roof.", "A car is parked on the street.", "neutral"),
    ],
)
def test_pairs(a, b, label):
    assert compare(*readings(a, b)) == label
    turned = {"a_entails_b": "b_entails_a", "b_entails_a": "a_entails_b"}.get(label, label)
    assert compare(*readings(b, a)) == turned


def test_three_unrelated_chinese_sentences_are_three():
    a, b, c = readings("一只猫坐在窗台上。", "墙上挂着一幅画。", "桌子旁边有两把椅子。")
    assert {compare(a, b), compare(b, c), compare(a, c)} == {"neutral"}


FACTS = (
    "A woman is sitting on a wooden bench. She is wearing a red coat. A small dog is lying on the ground. "
    "The dog has a blue collar. There are two bicycles in the background."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "A woman in a red coat sits on a bench.",
        "Someone is seated on a wooden bench.",
        "The dog wears a blue collar.",
        "An animal lies on the ground.",
        "Two bicycles can be seen in the background.",
    ],
)
def test_what_follows_from_the_facts(sentence):
    assert not unsupported(*readings(FACTS, sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "A man in a red coat sits on a bench.",
        "A woman in a blue coat sits on a bench.",
        "A woman sits on a metal bench.",
        "The dog has a red collar.",
        "Three bicycles are in the background.",
        "A woman with a handbag sits on a bench.",
        "The woman is standing.",
        "A poodle is lying on the ground.",
    ],
)
def test_what_does_not_follow(sentence):
    assert unsupported(*readings(FACTS, sentence))


TWO_DOGS = (
    "Two dogs are on a lawn. The larger dog is lying in the shade. The smaller dog has a ball in its mouth. "
    "The larger dog wears a red collar."
)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        # said in another form, or hung on another noun by the parser
        ("A potted fern stands next to the bed.", "A fern in a pot is beside the bed."),
        ("Pigeons are gathered around a statue's feet.", "There are pigeons at the statue's feet."),
        (
            "A plumber is fixing a tap. She works with a wrench.",
            "The female plumber is using a wrench.",
        ),
        ("A plane is flying above the hills.", "A plane is in the sky above the hills."),
        ("A goat is in a meadow. A wooden fence stands beyond.", "The meadow has a wooden fence."),
        ("The floor is covered with gray tiles.", "The gray floor is tiled."),
        ("The girl's navy sweater has buttons.", "The girl is wearing a sweater."),
        ("The bus is passing by a line of cones.", "The bus makes its way past a row of cones."),
        ("There are no curtains in the room.", "The room has no curtains."),
        (TWO_DOGS, "The bigger dog is lying in the shade."),
        (TWO_DOGS, "Two dogs are on a lawn."),
    ],
)
def test_wording_that_differs_follows_too(facts, sentence):
    assert not unsupported(*readings(facts, sentence))


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ("A woman carries a box. A man carries a lamp.", "The woman carries a lamp."),
        ("A boat is moored at a pier.", "A boat is sailing past a pier."),
        ("The plumber on the left wears a cap. She works.", "The male plumber wears a cap."),
        ("A cup is on the shelf. There is a table.", "A cup is on the table."),
        # said of one of two, not of the other, nor of both
        (TWO_DOGS, "The larger dog has a ball in its mouth."),
        (TWO_DOGS, "Both dogs wear red collars."),
        (
            "A red car is behind a blue car. The red car has a flat tire.",
            "The blue car has a flat tire.",
        ),
        # the colour of a part or of a neighbour
        (
            "A chair stands at the window. It has a green cushion.",
            "A green chair stands at the window.",
        ),
        (
            "A cello leans against the wardrobe. The wardrobe is white.",
            "A white cello leans against the wardrobe.",
        ),
        # another place of the same two, the other way round, another agent
        ("A shovel leans against the wheelbarrow.", "A shovel lies in the wheelbarrow."),
        ("A cyclist rides ahead of a van.", "A cyclist rides behind a van."),
        ("A waiter serves soup to an old couple.", "An old couple serves soup to a waiter."),
        # a garment that is at hand but not on
        (
            "A woman sits at a desk. Her jacket hangs over the back of a chair.",
            "The woman is wearing a jacket.",
        ),
        (
            "A woman sits at a desk. A cup of coffee stands in front of her.",
            "The woman is drinking coffee.",
        ),
    ],
)
def test_another_thing_of_the_facts_is_no_excuse(facts, sentence):
    assert unsupported(*readings(facts, sentence))


def test_an_accent_parts_no_words():
    assert (
        compare(*readings("A café is on the corner.", "A cafe is on the corner.")) == "equivalent"
    )


def test_a_guess_stays_a_guess():
    facts, firm, guess = readings(
        "The setting appears to be a church.",
        "The setting is a church.",
        "The setting appears to be a church.",
    )
    assert unsupported(facts, firm)
    assert not unsupported(facts, guess)


def test_alignment_keeps_apart_what_cannot_meet():
    a, b = readings("A red car is parked.", "A red car is parked.")
    assert align(a, b) == {0: 0}
    assert align(a, b, lambda premise, hypothesis: False) == {}


def test_relation_of_one_claim():
    premise, text = readings(
        "A tall man in a black hat is walking a dog.", "A man is walking an animal."
    )
    found = align(premise, text)
    assert all(relation(claim, premise, found) == "entailed" for claim in text.claims)


THINGS = (Thing("dog"), Thing("dog"), Thing("bench"))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (
            Claim("", ATTRIBUTE, "dog", "black", thing=0),
            Claim("", ATTRIBUTE, "dog", "black", thing=0),
            "equivalent",
        ),
        (
            Claim("", ATTRIBUTE, "dog", "black", thing=0),
            Claim("", ATTRIBUTE, "dog", "white", thing=0),
            "contradiction",
        ),
        (
            Claim("", ATTRIBUTE, "dog", "black", thing=0),
            Claim("", ATTRIBUTE, "dog", "white", thing=1),
            "neutral",
        ),
        (
            Claim("", ATTRIBUTE, "dog", "black", thing=0),
            Claim("", OBJECT, "dog", thing=0),
            "a_entails_b",
        ),
        (Claim("", OBJECT, "animal", thing=0), Claim("", OBJECT, "dog", thing=0), "b_entails_a"),
        (
            Claim("", OBJECT, "dog", negated=True),
            Claim("", OBJECT, "dog", thing=0),
            "contradiction",
        ),
        (
            Claim("", RELATION, "dog", "on", "bench", thing=0, other=2),
            Claim("", RELATION, "dog", "under", "bench", thing=0, other=2),
            "contradiction",
        ),
        (
            Claim("", RELATION, "dog", "on", "bench", thing=0, other=2),
            Claim("", OBJECT, "bench", thing=2),
            "a_entails_b",
        ),
    ],
)
def test_claims_of_one_scene(a, b, expected):
    assert claim_relation(a, b, THINGS) == expected


@pytest.mark.parametrize(
    ("facts", "written", "follows"),
    [
        ("There is a red car on the street.", "There are cars on the street.", False),
        ("Three cars are parked.", "Cars are parked.", True),
        ("A man and a woman sit on a bench.", "People sit on a bench.", True),
        (
            "Two men carry a wardrobe up the stairs.",
            "Two men carry a wardrobe down the stairs.",
            False,
        ),
        (
            "A bird sits on the back of the larger elephant.",
            "A bird sits on the back of the smaller elephant.",
            False,
        ),
        ("The clock shows 10:45.", "The clock shows a quarter to eleven.", True),
        (
            "A robot carries her suitcase. A girl stands there.",
            "The girl carries a suitcase.",
            False,
        ),
    ],
)
def test_numbers_comparisons_and_directions_decide_what_follows(facts, written, follows):
    first, second = read([Passage(facts), Passage(written)])
    assert (not unsupported(first, second)) is follows


@pytest.mark.parametrize(
    ("a", "b", "label"),
    [
        ("那只鹅在追小狗。", "小狗在追那只鹅。", "contradiction"),
        ("老人推着孩子。", "孩子被老人推着。", "equivalent"),
        ("台灯在电脑的左边。", "电脑在台灯的右边。", "equivalent"),
        ("招牌上写着“今日休息”。", "招牌上写着“正在营业”。", "contradiction"),
        ("女子的裙子是白色的。", "女子的鞋子是黑色的。", "neutral"),
        ("图中没有任何动物。", "图中没有狗。", "a_entails_b"),
    ],
)
def test_chinese_agents_places_and_quotations(a, b, label):
    assert compare(*read([Passage(a), Passage(b)])) == label
