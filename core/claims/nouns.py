"""What a noun names (a person, an animal, something to wear, nothing that can be seen), its lemma and its number."""

from __future__ import annotations

from functools import lru_cache

from . import lexicon, values
from .english_words import (
    ABSTRACT,
    COLOURS,
    CONTAINERS,
    EXACT_GROUPS,
    GARMENTS,
    GROUPS,
    LEMMAS,
    MASS,
    MATERIALS,
    PARTS,
    PEOPLE,
    PICTURE,
    PLURAL_ONLY,
    WEAR,
)

_NUMBERS = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
}
# Visible things whose commoner senses are abstract, and words that WordNet would take for people.
_CONCRETE = frozenset(
    "poster billboard placard notice advertisement ad menu label document page certificate receipt map card calendar chart graph screenshot line ticket list crew circle splash wave rainbow herd flock orchestra roll present gift print label traffic crowd team band letter image logo sign signal bun cloud group queue row set "
    "racket note drawing tag stamp saucer cable step path arch dome peak stage trophy medal fire spark foam bubble drop "
    "arrow globe drain model memorial grave slice wedge lift mail float mantle conditioner beam pillar molding opener "
    "case fringe bunting plot stall drink display market circus accent mark feast craft exhibit cartoon crossing railway record signature indicator digit numeral symbol gauge subtitle headline scoreboard "
    "dragon monster badge pennant halo scar dot notification diary fold crease scratch grandstand carousel ripple "
    "froth flash tear hump bump target pitch checkout serving fairy elf mermaid".split()
)
_NO_PEOPLE = frozenset(
    "object item thing model statue doll top cap bull toast light toaster hood mug planter rake speaker monitor printer "
    "scanner router bleacher trailer ruler calculator tart shrimp taco peeler hanger washer plunger stroller pacifier "
    "checker controller screw jack coaster antique tumbler romper comforter cooler heater dryer blender mixer cooker "
    "freezer boiler burner sprinkler lighter stapler charger locker counter tanker cruiser clipper sweater jumper pullover "
    "pitcher carrier divider dispenser holder container bumper fan".split()
)
_ABSTRACT_ENDINGS = ("ness", "ship", "ism", "ance", "ence", "hood", "tude", "cy")


@lru_cache(maxsize=4096)
def is_person(noun: str) -> bool:
    return noun in PEOPLE or (noun not in _NO_PEOPLE and lexicon.is_person(noun))


@lru_cache(maxsize=4096)
def is_animal(noun: str) -> bool:
    return lexicon.is_kind(noun, "animal") and not is_person(noun)


@lru_cache(maxsize=4096)
def is_garment(noun: str) -> bool:
    return noun in GARMENTS or (bool(lexicon.senses(noun)) and lexicon.is_kind(noun, "clothing"))


@lru_cache(maxsize=4096)
def is_abstract(noun: str) -> bool:
    """Return whether a noun names nothing that could be pointed at: "mood", "sense", "companionship"."""
    last = noun.split()[-1] if noun.strip() else ""
    if not any(c.isalnum() for c in last):
        return True
    known = " " in noun and bool(lexicon.senses(noun))  # "traffic light" is more than a light
    if not known and (last in ABSTRACT or last in PICTURE):
        return True
    if last in PARTS or last in GARMENTS or last in PEOPLE or last in MASS or last in _CONCRETE:
        return False
    if known or lexicon.senses(noun) or lexicon.senses(last):
        return not (
            lexicon.is_kind(last, "physical entity")
            or (known and lexicon.is_kind(noun, "physical entity"))
        )
    return last.endswith(_ABSTRACT_ENDINGS) or (
        last.endswith(("ity", "tion", "sion", "ment")) and len(last) > 6
    )


def names_nothing(token) -> bool:
    """Return whether a noun in its phrase names nothing that could be pointed at; lights do, and a camera
    does that isn't the one that took the image.
    """
    base = lemma(token)
    if base == "light" and token.tag_ == "NNS":
        return False
    if base in PEOPLE and not any(c.lower_ == "of" for c in token.children):
        return False  # "a couple walks"
    if base == "ground" and token.dep_ in ("nsubj", "nsubjpass"):
        return False  # "the ground is wet"
    if base == "camera":
        return {c.text.lower() for c in token.children} <= {"the"}
    if base in GARMENTS and _worn(token):
        return False
    head = head_of(token)
    return is_abstract(head) and is_abstract(base)


def _worn(token) -> bool:
    """Return whether a word that may also name a side ("top") is something to wear: by its verb, or by what
    it is listed with.
    """
    while token.dep_ == "conj" and token.head.pos_ in ("NOUN", "PROPN"):
        token = token.head
        if is_garment(lemma(token)) and not is_abstract(lemma(token)):
            return True
    prep = token.head if token.dep_ == "pobj" else None
    verb = prep.head if prep is not None else token.head
    while verb.dep_ == "conj" and verb.pos_ in ("NOUN", "PROPN"):
        verb = verb.head
    if verb.lemma_.lower() in WEAR:
        return True
    listed = any(
        is_garment(lemma(c)) and not is_abstract(lemma(c))
        for c in token.children
        if c.dep_ == "conj"
    )
    indefinite = any(c.lower_ in ("a", "an") for c in token.children)
    person = (
        prep is not None
        and prep.lower_ in ("in", "with")
        and prep.head.pos_ in ("NOUN", "PROPN")
        and is_person(lemma(prep.head))
    )
    return listed or (person and indefinite)


_DRINKS = frozenset(
    "wine drinking champagne beer water shot cocktail juice martini milk whiskey sherry".split()
)


def lemma(token) -> str:
    """Return a noun's singular; plural-only words stay ("scissors", "shorts")."""
    low = token.text.lower()
    if low == "glasses" and any(c.lower_ in _DRINKS or c.lower_ == "of" for c in token.children):
        return "glass"  # "wine glasses", "glasses of beer"
    if low in PLURAL_ONLY or low in LEMMAS:
        return LEMMAS.get(low, low)
    if token.pos_ == "PROPN" and token.text[:1].islower():
        return token.text  # "iPad"
    base = token.lemma_.lower().strip() or low
    if base != low and not lexicon.senses(base) and lexicon.senses(low):
        base = low  # "ramen" is not a plural
    if (
        low.endswith("es")
        and base == low[:-2]
        and not base.endswith(("s", "x", "z", "ch", "sh", "o"))
    ):
        base = low[:-1]  # "soles"
    if low.endswith("men") and base.endswith("man") and not is_person(base):
        base = low
    if token.tag_ in ("NN", "NNP") and low == base:
        base = lexicon.singular(base) or base  # a plural that the tagger took for a name
    return LEMMAS.get(base, base)


@lru_cache(maxsize=4096)
def is_modifier(word: str) -> bool:
    """Return whether a noun before a noun says what that is like: "concrete floor", "ginger cat", "shirtless
    man".
    """
    return (
        word in MATERIALS
        or word in COLOURS
        or (word.endswith(("less", "ed")) and not lexicon.senses(word))
    )


def hyphenated(token) -> bool:
    """Return whether a word ends a hyphenated one: "speed" of "high-speed train"."""
    return token.i > 1 and token.nbor(-1).text == "-" and token.nbor(-2).whitespace_ == ""


def head_of(token) -> str:
    """Return the head lemma, with the noun that makes a compound of it ("traffic light")."""
    words = []
    for child in token.lefts:
        if (
            child.dep_ == "compound"
            and child.i == token.i - 1
            and child.text.replace("-", "").isalpha()
            and not hyphenated(child)
        ):
            low = child.text.lower()
            base = lemma(token)
            if not is_modifier(low) or (
                low in _LOOSE_MATERIALS and lexicon.senses(f"{low} {base}")
            ):
                words.append(low)
        elif (
            child.dep_ == "amod"
            and child.i == token.i - 1
            and child.tag_ in ("JJ", "VBG", "VBN", "NN")
        ):
            low = child.text.lower()
            if low not in COLOURS and f"{low} {lemma(token)}" in _FIXED:
                words.append(low)
    return " ".join([*words[-1:], lemma(token)])


# Materials that more often make a compound than say what the thing is made of: "ice cream", "snow board".
_LOOSE_MATERIALS = frozenset(
    "paper ice rubber tin sand pine oak snow tile fur cotton wire mesh water grass plush".split()
)
_FIXED = frozenset(
    (
        "cell phone",
        "mobile phone",
        "fire hydrant",
        "polar bear",
        "parking lot",
        "dining table",
        "washing machine",
        "swimming pool",
        "hot dog",
        "remote control",
        "teddy bear",
        "potted plant",
        "electric guitar",
        "digital camera",
        "hard hat",
        "rubber duck",
    )
)


# Nouns that are named by their kind: "street sign", "navigation bar", "acacia tree", "olive oil".
_NAMED_BY_KIND = frozenset(
    "sign tree bar app list oil indicator light room track print rack stand sauce card hall landscape match site scene court field "
    "call interior exterior area park ground road name code number machine dog part".split()
)


@lru_cache(maxsize=4096)
def tells_kind(head: str) -> bool:
    """Return whether the first noun of a compound says of what kind the thing is: "school uniform", "neon sign", and
    not "traffic light", which is one word of the language.
    """
    first, _, last = head.rpartition(" ")
    if not first or (first not in _NEVER_FIXED and (last in _NAMED_BY_KIND or last in PARTS)):
        return False
    if lexicon.senses(head) or head in _FIXED:
        return first in _LOOSE_MATERIALS and first not in ("ice", "snow", "sand", "water", "grass")
    return not is_abstract(last)


_NEVER_FIXED = frozenset("neon wooden plaid vintage digital electric checkered".split())


def trait(token) -> str:
    """Return what an adjective tells its noun by: its lemma, but a comparative as it stands ("older")."""
    return token.text.lower() if token.tag_ in ("JJR", "JJS") else token.lemma_.lower()


def telling(word: str) -> bool:
    """Return whether an adjective tells one of several like things: "older", "upper", "second"."""
    return word in _TELLING or values.compared(word) != word


_TELLING = frozenset(
    "left right top bottom upper lower front rear back first second third last near far inner outer leftmost rightmost "
    "topmost bottommost other".split()
)


def is_plural(token) -> bool:
    return token.tag_ in ("NNS", "NNPS") or token.text.lower() in (
        "people",
        "men",
        "women",
        "children",
        "schoolchildren",
        "grandchildren",
    )


def count_of(token) -> int:
    """Return how many, where a number says so exactly; else 1 for "a", 0 for no count."""
    for child in token.children:
        if child.dep_ in ("nummod", "det", "amod", "predet") or child.tag_ == "CD":
            low = child.text.lower()
            if (child.tag_ == "CD" or low in _NUMBERS) and (number := numeral(child)):
                return number
            if low in ("a", "an", "single", "lone"):
                return 1
            if low == "both":
                return 2
    return 0


def numeral(token) -> int:
    """Return the number that a token is: 2 for "two"; 0 for any other word."""
    low = token.text.lower()
    return _NUMBERS.get(low, int(low) if low.isdecimal() and len(low) < 4 else 0)


def exact(token) -> bool:
    """Return whether the count is a number, not an article."""
    return any(
        (c.tag_ == "CD" and c.dep_ == "nummod")
        or (c.text.lower() in ("single", "lone") and c.dep_ == "amod")
        for c in token.children
    )


# A pair of them is what one has: no count.
_IN_PAIRS = frozenset(
    "chopstick earphone earbud headphone ski crutch handcuff tong spectacles spectacle".split()
)


def partitive(token) -> tuple[object, int] | None:
    """ "a pair of shoes" -> (shoes, 0 or the exact number): what a group noun is of; None if it is not a group."""
    base = token.lemma_.lower()
    if base not in GROUPS or base in CONTAINERS:
        return None
    of = next((c for c in token.children if c.dep_ == "prep" and c.text.lower() == "of"), None)
    inner = next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
    if inner is None:
        return None
    number = EXACT_GROUPS.get(base, 0)
    if number == 2 and inner.text.lower() in PLURAL_ONLY:
        number = 1
    if base == "pair" and (lemma(inner) in _IN_PAIRS or is_garment(lemma(inner))):
        number = 1 if inner.text.lower() in PLURAL_ONLY else 0
    count = count_of(token)
    if exact(token) and count > 1:
        number = count
    return inner, number
