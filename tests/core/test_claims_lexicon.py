import pytest

from core.claims import lexicon, predicates, surface_similarity, values


@pytest.mark.parametrize(
    ("special", "general"),
    [
        ("woman", "person"),
        ("seagull", "bird"),
        ("seagull", "animal"),
        ("bus", "vehicle"),
        ("buses", "vehicle"),
        ("coffee table", "furniture"),  # a compound of WordNet
        ("kitchen table", "table"),  # by its head
        ("guitar", "instrument"),  # musical instrument
        ("hoodie", "sweatshirt"),  # younger than WordNet
        ("sofa", "couch"),
        ("lorry", "truck"),
        ("tyre", "tire"),
        ("apple", "object"),
    ],
)
def test_kinds(special, general):
    assert lexicon.is_kind(special, general)


@pytest.mark.parametrize(
    ("special", "general"),
    [
        ("person", "woman"),
        ("dog", "person"),
        ("table", "chair"),
        ("bicycle", "motorcycle"),
        ("tree", "dog"),
    ],
)
def test_no_kinds(special, general):
    assert not lexicon.is_kind(special, general)


def test_what_one_thing_cannot_be():
    assert lexicon.excludes("cat", "dog")
    assert lexicon.excludes("bicycle", "motorcycle")
    assert lexicon.excludes("man", "woman")
    assert not lexicon.excludes("player", "man")
    assert not lexicon.excludes("poodle", "dog")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("navy", "blue"),
        ("dark blue", "blue"),
        ("navy", "dark blue"),
        ("red and white", "red"),
        ("grey", "gray"),
        ("oak", "wooden"),
        ("steel", "metal"),
        ("folded", "crossed"),
        ("elderly", "old"),
    ],
)
def test_values_entail(a, b):
    assert values.entails(a, b)


@pytest.mark.parametrize(
    ("a", "b"), [("blue", "navy"), ("red", "red and white"), ("metal", "steel")]
)
def test_a_general_value_does_not_say_the_special_one(a, b):
    assert not values.entails(a, b)
    assert not values.excludes(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("red", "blue"),
        ("dark brown", "white"),
        ("light blue", "dark blue"),
        ("wooden", "metal"),
        ("open", "closed"),
        ("empty", "full"),
        ("wet", "dry"),
        ("young", "old"),
        ("striped", "plaid"),
        ("finished", "unfinished"),
    ],
)
def test_values_exclude(a, b):
    assert values.excludes(a, b) and values.excludes(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("large", "small"),
        ("tall", "short"),
        ("red and white", "white"),
        ("gold", "yellow"),
        ("soft", "red"),
    ],
)
def test_values_that_go_together(a, b):
    assert not values.excludes(a, b)


def test_predicates():
    assert predicates.entails("left of", "right of", turned=True)
    assert predicates.entails("on top of", "on")
    assert predicates.entails("in front of", "near")
    assert predicates.entails("next to", "beside")
    assert predicates.entails("on", "hold", turned=True)
    assert not predicates.entails("under", "on")
    assert predicates.excludes("on", "under")
    assert predicates.excludes("left of", "left of", turned=True)
    assert predicates.verb_entails("stroll", "walk")
    assert not predicates.verb_entails("sit", "stand")
    assert predicates.posture_excludes("sit", "stand")
    assert predicates.action_excludes("look at camera", "look down")


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        ("一只黑猫趴在沙发上。", "沙发上趴着一只黑猫。", "equivalent"),
        ("女孩站在树的左边。", "女孩站在树的右边。", "contradiction"),
        ("桌上有三个苹果。", "桌上有五个苹果。", "contradiction"),
        ("一辆红色的公交车停在路边。", "天空中有几朵云。", "neutral"),
        ("男人戴着帽子。", "窗户是开着的。", "neutral"),
        ("На столе стоит ваза.", "Собака бежит по траве.", "neutral"),
        ("고양이가 의자 위에서 자고 있다.", "자동차가 길가에 있다.", "neutral"),
    ],
)
def test_sentences_that_no_reader_takes_apart(a, b, relation):
    assert surface_similarity.compare(a, b) == relation
    assert surface_similarity.compare(a, a) == "equivalent"
